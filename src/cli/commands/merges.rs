//! `litmine merges`

use serde_json::json;

use super::open;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::model::DocumentId;
use crate::pipeline;
use crate::report::plain;

pub(super) fn list(corpus: &str, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let (_, store) = open(&settings.workspace, corpus)?;
    let merges = store.merges()?;
    if settings.is_json() {
        let list: Vec<_> = merges
            .iter()
            .map(|merge| {
                json!({
                    "absorbed": merge.absorbed,
                    "kept": merge.kept,
                    "by": {"scheme": merge.scheme, "value": merge.value},
                    "source": merge.source,
                    "at": merge.stored_at,
                })
            })
            .collect();
        printer.line(&format!("{:#}", json!({"schema": 1, "corpus": corpus, "merges": list})));
        return Ok(Ended::Done);
    }
    for merge in &merges {
        printer.line(&plain(&format!(
            "{} is {}: both carry {} {}; found by {}, {}",
            merge.absorbed, merge.kept, merge.scheme, merge.value, merge.source, merge.stored_at
        )));
    }
    match merges.len() {
        0 => printer.note(&format!("in “{corpus}” no two documents were found to be one")),
        _ => printer.note(&format!("to undo one: litmine merges {corpus} --undo ID, with the first id of its line")),
    }
    Ok(Ended::Done)
}

pub(super) fn undo(corpus: &str, id: &str, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let id: DocumentId = id.parse().map_err(|error| Failure::usage(format!("{error}")))?;
    let (corpus, _) = open(&settings.workspace, corpus)?;
    let Some(kept) = pipeline::undo_merge(&corpus, &id)? else {
        return Err(Failure::Other {
            message: format!("{id} was not merged into another document of “{}”", corpus.name),
            hint: Some(format!("litmine merges {} lists what was", corpus.name)),
        });
    };
    if settings.is_json() {
        printer.line(&format!("{:#}", json!({"schema": 1, "undone": {"absorbed": id, "kept": kept}})));
    } else {
        printer.line(&format!("{id} and {kept} are two documents again, and stay so"));
    }
    printer.note(&format!("readers see it after: litmine mine {0} && litmine index {0}", corpus.name));
    Ok(Ended::Done)
}
