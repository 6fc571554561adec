//! `litmine init`, `harvest`, `mine`, `index`, `refresh`

use super::bars;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::corpus::{Corpus, CorpusError};
use crate::pipeline::{self, HarvestReport, IndexReport, MineReport, PipelineError, Workshop, count_labels};
use crate::progress::Progress;
use crate::store::RunOutcome;

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
fn with_workshop<T>(
    name: &str,
    settings: &Settings,
    printer: &Printer,
    step: impl FnOnce(Workshop<'_>) -> Result<T, PipelineError>,
) -> Result<T, Failure> {
    let corpus: Corpus = settings.workspace.corpus(name)?;
    let bars = bars(printer);
    let progress: &dyn Progress = &bars;
    Ok(step(Workshop { corpus: &corpus, encoder: settings.encoder.as_ref(), progress })?)
}

pub(super) fn harvest(name: &str, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let report = with_workshop(name, settings, printer, pipeline::harvest)?;
    say_harvest(&report, printer);
    Ok(ending_of(&report))
}

pub(super) fn mine(name: &str, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let report = with_workshop(name, settings, printer, pipeline::mine)?;
    say_mine(&report, printer);
    Ok(Ended::unless(!report.problems.is_empty()))
}

pub(super) fn index(name: &str, rebuild: bool, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let report = with_workshop(name, settings, printer, |workshop| pipeline::index(workshop, rebuild))?;
    say_index(report, printer);
    Ok(Ended::Done)
}

pub(super) fn refresh(
    names: &[String],
    all: bool,
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
    let (mut failed, mut incomplete, mut locked) = (Vec::new(), false, 0);
    for name in &names {
        if several {
            printer.note(&format!("{name}:"));
        }
        match refresh_one(name, settings, printer) {
            Ok(ended) => incomplete |= ended == Ended::Incomplete,
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

fn refresh_one(name: &str, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let report = with_workshop(name, settings, printer, pipeline::refresh)?;
    say_harvest(&report.harvest, printer);
    say_mine(&report.mine, printer);
    say_index(report.index, printer);
    if report.harvest.sources.iter().any(|source| source.outcome == RunOutcome::Failed) {
        return Ok(Ended::Incomplete);
    }
    Ok(Ended::unless(!report.is_complete()))
}

fn ending_of(report: &HarvestReport) -> Ended {
    Ended::unless(!report.is_complete())
}

fn say_harvest(report: &HarvestReport, printer: &Printer) {
    for source in &report.sources {
        let counts: Vec<String> = count_labels(source.counts)
            .into_iter()
            .filter(|(_, n)| *n > 0)
            .map(|(label, n)| format!("{n} {label}"))
            .collect();
        let counts = if counts.is_empty() { "nothing new".to_owned() } else { counts.join(", ") };
        printer.note(&format!("harvested {}: {counts}", source.source));
        for problem in &source.problems {
            printer.warn(&format!("{}: {problem}", source.source));
        }
        for rejected in &source.rejected {
            printer.warn(&format!("rejected {rejected}"));
        }
    }
}

fn say_mine(report: &MineReport, printer: &Printer) {
    if report.documents > 0 {
        printer.note(&format!(
            "mined {} documents: {} findings, {} texts embedded",
            report.documents, report.findings, report.embedded
        ));
    }
    for problem in &report.problems {
        printer.warn(problem);
    }
}

fn say_index(report: IndexReport, printer: &Printer) {
    if report.updated + report.removed > 0 {
        printer.note(&format!(
            "indexed {} documents, {} taken out; the index holds {} with {} vectors",
            report.updated, report.removed, report.documents, report.vectors
        ));
    }
}
