//! `litmine eval`

use super::bars;
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::eval::{self, Figures, Request, Setting, tasks};

/// In place of a task: lists them.
const LIST: &str = "list";

pub(super) fn run(arguments: &args::Eval, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    if arguments.task == LIST {
        for task in tasks::ALL {
            printer.line(&format!("{} {}", task.name(), task.usage()));
        }
        return Ok(Ended::Done);
    }
    let bars = bars(printer);
    let request = Request {
        data: &arguments.data,
        split: arguments.split.as_deref(),
        mode: arguments.mode.as_deref(),
        ids: arguments.ids.as_deref(),
        articles: arguments.articles.as_deref(),
        corpus: arguments.corpus.as_deref(),
        details: arguments.details.as_deref(),
        vocabularies: &arguments.vocabularies,
    };
    let setting = Setting { workspace: &settings.workspace, encoder: settings.encoder.as_ref(), progress: &bars };
    let figures = eval::run(&arguments.task, &request, setting)?;
    if settings.is_json() {
        printer.line(&object(&arguments.task, figures));
    } else {
        table(&figures, "", printer);
    }
    Ok(Ended::Done)
}

/// The figures as one JSON object, after what they are.
fn object(task: &str, figures: Figures) -> String {
    let mut object = Figures::new();
    object.insert("schema".to_owned(), 1.into());
    object.insert("task".to_owned(), task.into());
    object.extend(figures);
    serde_json::Value::Object(object).to_string()
}

/// A line a figure; those of a part under the part's name.
fn table(figures: &Figures, part: &str, printer: &mut Printer) {
    for (name, value) in figures {
        match value {
            serde_json::Value::Object(inner) => table(inner, &format!("{part}{name} "), printer),
            serde_json::Value::String(text) => printer.line(&format!("{part}{name}  {text}")),
            other => printer.line(&format!("{part}{name}  {other}")),
        }
    }
}
