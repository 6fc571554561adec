//! `litmine init`, `harvest`, `mine`, `index`

use super::bars;
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::corpus::{Corpus, CorpusError};
use crate::pipeline::{self, HarvestReport, IndexReport, MineReport, PipelineError, Selection, Workshop, count_labels};
use crate::progress::Progress;

pub(super) fn init(name: &str, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    match settings.workspace.init(name) {
        Ok(path) => {
            printer.line(&path.display().to_string());
            printer.note(&format!("Edit its sources, then: litmine refresh {name}"));
            Ok(Ended::Done)
        }
        Err(CorpusError::File { path, source }) if source.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Failure::Other {
                message: format!("{} exists already and was left as it is", path.display()),
                hint: Some(format!("litmine refresh {name} brings that corpus up to date")),
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Runs a step on a corpus, with bars.
pub(super) fn with_workshop<T>(
    name: &str,
    selection: &Selection,
    settings: &Settings,
    printer: &Printer,
    step: impl FnOnce(Workshop<'_>) -> Result<T, PipelineError>,
) -> Result<T, Failure> {
    let corpus: Corpus = settings.workspace.corpus(name)?;
    let bars = bars(printer);
    let progress: &dyn Progress = &bars;
    check_selection(&corpus, selection)?;
    let (encoder, access) = (settings.encoder.as_ref(), &settings.access);
    Ok(step(Workshop { corpus: &corpus, encoder, access, selection, progress })?)
}

/// What the arguments choose.
pub(super) fn selection(sources: &args::Sources) -> Selection {
    Selection { only: sources.only.clone(), since: sources.since }
}

/// A source that the corpus does not have is a mistake, and not an empty harvest.
fn check_selection(corpus: &Corpus, selection: &Selection) -> Result<(), Failure> {
    let names = corpus.source_names()?;
    for wanted in &selection.only {
        let one = Selection { only: vec![wanted.clone()], since: None };
        if !names.iter().any(|name| one.takes(name)) {
            return Err(Failure::usage(format!(
                "the corpus “{}” has no source “{wanted}”; it has: {}",
                corpus.name,
                names.join(", ")
            )));
        }
    }
    Ok(())
}

pub(super) fn plan(
    name: &str,
    sources: &args::Sources,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    let plans = with_workshop(name, &selection(sources), settings, printer, pipeline::plan)?;
    let failed = plans.iter().any(|(_, plan)| plan.is_err());
    if settings.is_json() {
        let sources: Vec<_> = plans
            .iter()
            .map(|(source, plan)| match plan {
                Ok(plan) => serde_json::json!({
                    "source": source, "records": plan.records, "requests": plan.requests, "notes": plan.notes
                }),
                Err(problem) => serde_json::json!({"source": source, "problem": problem}),
            })
            .collect();
        printer.line(&format!("{:#}", serde_json::json!({"schema": 1, "corpus": name, "sources": sources})));
        return Ok(Ended::unless(failed));
    }
    for (source, plan) in &plans {
        match plan {
            Ok(plan) => {
                let records = plan.records.map_or_else(|| "an unknown number of".to_owned(), |n| n.to_string());
                printer.line(&format!("{source}: {records} records, {} requests", plan.requests));
                for note in &plan.notes {
                    printer.line(&format!("  {note}"));
                }
            }
            Err(problem) => printer.warn(&format!("{source}: {problem}")),
        }
    }
    Ok(Ended::unless(failed))
}

pub(super) fn harvest(
    name: &str,
    sources: &args::Sources,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    let report = with_workshop(name, &selection(sources), settings, printer, pipeline::harvest)?;
    say_harvest(&report, printer);
    Ok(ending_of(&report))
}

pub(super) fn mine(name: &str, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let report = with_workshop(name, &Selection::default(), settings, printer, pipeline::mine)?;
    say_mine(&report, printer);
    Ok(Ended::unless(!report.problems.is_empty()))
}

pub(super) fn index(name: &str, rebuild: bool, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let selection = Selection::default();
    let report = with_workshop(name, &selection, settings, printer, |workshop| pipeline::index(workshop, rebuild))?;
    say_index(report, printer);
    Ok(Ended::Done)
}

fn ending_of(report: &HarvestReport) -> Ended {
    Ended::unless(!report.is_complete())
}

pub(super) fn say_harvest(report: &HarvestReport, printer: &Printer) {
    for source in &report.sources {
        let counts: Vec<String> = count_labels(source.counts)
            .into_iter()
            .filter(|(_, n)| *n > 0)
            .map(|(label, n)| format!("{n} {label}"))
            .collect();
        let counts = if counts.is_empty() { "nothing new".to_owned() } else { counts.join(", ") };
        printer.note(&format!("harvested {}: {counts}", source.source));
        for note in &source.notes {
            printer.note(&format!("{}: {note}", source.source));
        }
        for problem in &source.problems {
            printer.warn(&format!("{}: {problem}", source.source));
        }
        for rejected in &source.rejected {
            printer.warn(&format!("rejected {rejected}"));
        }
    }
}

pub(super) fn say_mine(report: &MineReport, printer: &Printer) {
    if report.documents > 0 {
        printer.note(&format!(
            "mined {} documents: {} findings, {} texts embedded",
            report.documents, report.findings, report.embedded
        ));
    }
    if report.learned > 0 {
        printer.note(&format!(
            "learned names of {} concepts from records; what was mined before them is not mined again",
            report.learned
        ));
    }
    for problem in &report.problems {
        printer.warn(problem);
    }
}

pub(super) fn say_index(report: IndexReport, printer: &Printer) {
    if report.updated + report.removed > 0 {
        printer.note(&format!(
            "indexed {} documents, {} taken out; the index holds {} with {} vectors",
            report.updated, report.removed, report.documents, report.vectors
        ));
    }
}
