//! `litmine refresh`: harvest, mine and index, for a person at a terminal and for a job at night.

use serde_json::{Value, json};

use super::corpus::{self, say_harvest, say_index, say_mine};
use super::watch;
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::output::write_whole;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::pipeline::{self, PipelineError, RefreshReport, Selection, count_labels};
use crate::store::RunOutcome;

pub(super) fn run(
    names: &[String],
    all: bool,
    sources: &args::Sources,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    let names = if all { settings.workspace.names() } else { names.to_vec() };
    if names.is_empty() {
        return Err(Failure::Other {
            message: format!("no corpus is defined in {}", settings.workspace.corpora().display()),
            hint: Some("litmine init NAME makes one".to_owned()),
        });
    }
    let several = names.len() > 1;
    let selection = corpus::selection(sources);
    let (mut failed, mut incomplete, mut locked) = (Vec::new(), false, 0);
    let mut records = Vec::new();
    for name in &names {
        match refresh_one(name, &selection, several, all, settings, printer) {
            Ok((ended, record)) => {
                incomplete |= ended == Ended::Incomplete;
                records.push(record);
            }
            // Alone, its own error and status say it best.
            Err(error) if !several => return Err(error),
            Err(error @ Failure::Pipeline(PipelineError::Locked { .. })) => {
                printer.warn(&error.message());
                locked += 1;
            }
            Err(error) => {
                printer.warn(&format!("{name}: {}", error.message()));
                failed.push((name.clone(), error));
            }
        }
    }
    if settings.is_json() {
        printer.line(&format!("{:#}", json!({"schema": 1, "corpora": records})));
    }
    if let Some((name, error)) = failed.pop() {
        return Err(Failure::other(format!(
            "{} of {} corpora failed, the last {name}: {}",
            failed.len() + 1,
            names.len(),
            error.message()
        )));
    }
    if locked == names.len() {
        return Err(Failure::Pipeline(PipelineError::Locked {
            corpus: names.join(", "),
            path: settings.workspace.corpora(),
        }));
    }
    Ok(Ended::unless(incomplete || locked > 0))
}

/// Refreshes one corpus; says what came of it, unless all are refreshed and nothing changed. Also the record of the run.
fn refresh_one(
    name: &str,
    selection: &Selection,
    several: bool,
    all: bool,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<(Ended, Value), Failure> {
    let before = watch::snapshot(name, settings)?;
    let report = corpus::with_workshop(name, selection, settings, printer, pipeline::refresh)?;
    let failed = report.harvest.sources.iter().any(|source| source.outcome == RunOutcome::Failed);
    let complete = !failed && report.is_complete();
    if !all || report.is_change() || !complete {
        if several {
            printer.note(&format!("{name}:"));
        }
        say_harvest(&report.harvest, printer);
        say_mine(&report.mine, printer);
        say_index(report.index, printer);
    }
    let told = watch::tell(name, before, settings, printer)?;
    for problem in &told.problems {
        printer.warn(problem);
    }
    let ended = Ended::unless(!complete || !told.problems.is_empty());
    let record = record_of(name, ended, &report, &told);
    keep_record(name, &record, settings)?;
    Ok((ended, record))
}

/// The run for programs.
fn record_of(name: &str, ended: Ended, report: &RefreshReport, told: &watch::Told) -> Value {
    let sources: Vec<Value> = report
        .harvest
        .sources
        .iter()
        .map(|source| {
            let counts: serde_json::Map<String, Value> = count_labels(source.counts)
                .into_iter()
                .map(|(label, n)| (label.replace(' ', "_"), Value::from(n)))
                .collect();
            json!({
                "source": source.source, "outcome": source.outcome.name(), "counts": counts, "problems": source.problems,
                "notes": source.notes, "rejected": source.rejected
            })
        })
        .collect();
    json!({
        "schema": 1,
        "corpus": name,
        "program": concat!("litmine ", env!("CARGO_PKG_VERSION")),
        "finished_at": jiff::Timestamp::now().to_string(),
        "outcome": if ended == Ended::Done { "complete" } else { "incomplete" },
        "changed": report.is_change(),
        "sources": sources,
        "mined": {
            "documents": report.mine.documents, "findings": report.mine.findings, "embedded": report.mine.embedded, "learned": report.mine.learned,
            "problems": report.mine.problems
        },
        "index": {
            "documents": report.index.documents, "updated": report.index.updated, "removed": report.index.removed,
            "vectors": report.index.vectors
        },
        "watched": {"digest": told.digest, "problems": told.problems}
    })
}

/// Writes the record of the last run beside the store; a reader sees the old one or the new one.
fn keep_record(name: &str, record: &Value, settings: &Settings) -> Result<(), Failure> {
    let path = settings.workspace.corpora().join(format!("{name}.run.json"));
    write_whole(&path, &format!("{record:#}\n"))
}
