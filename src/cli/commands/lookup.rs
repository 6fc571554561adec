//! `litmine lookup`

use std::fs::File;
use std::io::Read;

use super::{canvas, ended, formed, look_up, open, renderer, source_names};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::output::Output;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::lookup::{Filters, FitFilter, Lookup, Order, Question, QuestionKind};
use crate::model::{DocumentId, EvidenceLevel, StudyDesign};
use crate::pipeline;

pub(super) fn run(arguments: &args::Lookup, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let question = Question {
        limit: arguments.limit,
        patient: arguments.patient.as_deref().map(described).transpose()?,
        fit: match arguments.fit {
            args::Fit::All => FitFilter::All,
            args::Fit::Possible => FitFilter::Possible,
            args::Fit::Fits => FitFilter::Fits,
        },
        ..question(&arguments.asked, arguments.sort)?
    };
    if let Some(instant) = &arguments.as_of {
        check_instant("--as-of", instant)?;
    }
    let (corpus, store) = open(&settings.workspace, &arguments.corpus)?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let lookup = match arguments.as_of.as_deref() {
        // The index knows no earlier state.
        Some(instant) => Lookup::new(&corpus.name, &store, &vocabulary, source_names(&corpus)?, Some(instant))?,
        None => look_up(&corpus, &store, &vocabulary)?,
    };
    let answer = lookup.answer(&question)?;
    let canvas = canvas(printer, arguments.why).with_findings(arguments.findings);
    let shown = renderer(settings)?.answer(&answer, canvas);
    let mut output = Output::new(arguments.output.as_deref(), printer)?;
    output.put(&formed(shown, settings)?)?;
    let printer = output.finish()?;
    Ok(ended(answer.coverage.complete, arguments.accept_incomplete, printer, &corpus.name))
}

/// The longest description of a patient that is read at all, in bytes; what is too long is said by the look-up.
const LONGEST_READ: u64 = 1 << 20;

/// The words of a patient: as given, of a file (`@FILE`), or from standard input (`-`).
fn described(given: &str) -> Result<String, Failure> {
    let read = |input: &mut dyn Read, name: &str| -> Result<String, Failure> {
        let mut words = String::new();
        input
            .take(LONGEST_READ)
            .read_to_string(&mut words)
            .map_err(|error| Failure::other(format!("--patient: {name} cannot be read: {error}")))?;
        Ok(words)
    };
    match given.strip_prefix('@') {
        Some(path) => {
            let file = File::open(path);
            read(&mut file.map_err(|error| Failure::other(format!("--patient: {path}: {error}")))?, path)
        }
        None if given == "-" => read(&mut std::io::stdin().lock(), "standard input"),
        None => Ok(given.to_owned()),
    }
}

/// The question that the arguments ask.
pub(super) fn question(arguments: &args::Asked, sort: args::Order) -> Result<Question, Failure> {
    let without = |id: &String| id.parse::<DocumentId>().map_err(|error| Failure::usage(format!("--without: {error}")));
    Ok(Question {
        words: arguments.question.clone(),
        condition: arguments.condition.clone(),
        treatment: arguments.treatment.clone(),
        comparator: arguments.comparator.clone(),
        outcome: arguments.outcome.clone(),
        test: arguments.test.clone(),
        kind: arguments.kind.map(|kind| match kind {
            args::Kind::Therapy => QuestionKind::Therapy,
            args::Kind::Harm => QuestionKind::Harm,
            args::Kind::Diagnosis => QuestionKind::Diagnosis,
            args::Kind::Prognosis => QuestionKind::Prognosis,
        }),
        filters: Filters {
            least_participants: arguments.min_n,
            consistent: arguments.consistent,
            without: arguments.without.iter().map(without).collect::<Result<_, _>>()?,
            order: match sort {
                args::Order::Evidence => Order::Evidence,
                args::Order::Relevance => Order::Relevance,
                args::Order::Date => Order::Date,
                args::Order::Size => Order::Size,
            },
            ..which(&arguments.which)?
        },
        pool: arguments.pool,
        patient: None,
        fit: FitFilter::All,
        limit: 0,
    })
}

/// The filters by design, level and year.
pub(super) fn which(arguments: &args::Which) -> Result<Filters, Failure> {
    let (from_year, to_year) = arguments.year.as_deref().map(years).transpose()?.unwrap_or_default();
    Ok(Filters {
        designs: arguments.design.iter().copied().map(design).collect(),
        level: arguments.level.map(level),
        from_year,
        to_year,
        ..Filters::default()
    })
}

/// `2019`, `2015:2020`, `2015:` or `:2020` as the first and the last year.
pub(super) fn years(text: &str) -> Result<(Option<u16>, Option<u16>), Failure> {
    let year = |part: &str| -> Result<Option<u16>, Failure> {
        let wrong = |_| Failure::usage(format!("--year {text}: years look like 2019, 2015:2020, 2015: or :2020"));
        if part.is_empty() { Ok(None) } else { part.parse().map(Some).map_err(wrong) }
    };
    let (from, to) = match text.split_once(':') {
        Some((from, to)) => (year(from)?, year(to)?),
        None => (year(text)?, year(text)?),
    };
    match (from, to) {
        (None, None) => Err(Failure::usage(format!("--year {text}: no year in it"))),
        (Some(from), Some(to)) if from > to => Err(Failure::usage(format!("--year {text}: {from} is after {to}"))),
        both => Ok(both),
    }
}

/// Refuses what is neither a date nor an instant.
pub(super) fn check_instant(flag: &str, text: &str) -> Result<(), Failure> {
    if is_instant(text) {
        return Ok(());
    }
    Err(Failure::usage(format!("{flag} {text}: a date (2026-03-01) or an instant (2026-03-01T06:00:00Z)")))
}

fn is_instant(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok() && text.ends_with('Z')
        || text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10
}

pub(super) fn design(design: args::Design) -> StudyDesign {
    use args::Design as D;
    match design {
        D::SystematicReviewOrMetaAnalysis => StudyDesign::SystematicReviewOrMetaAnalysis,
        D::RandomizedControlledTrial => StudyDesign::RandomizedControlledTrial,
        D::RctProtocol => StudyDesign::RctProtocol,
        D::RctSecondaryObservational => StudyDesign::RctSecondaryObservational,
        D::NonRandomisedTrial => StudyDesign::NonRandomisedTrial,
        D::Cohort => StudyDesign::Cohort,
        D::CaseControl => StudyDesign::CaseControl,
        D::CrossSectional => StudyDesign::CrossSectional,
        D::CaseReportOrSeries => StudyDesign::CaseReportOrSeries,
        D::DiagnosticAccuracy => StudyDesign::DiagnosticAccuracy,
        D::PrognosticModel => StudyDesign::PrognosticModel,
        D::Guideline => StudyDesign::Guideline,
        D::Preclinical => StudyDesign::Preclinical,
        D::Other => StudyDesign::Other,
    }
}

pub(super) fn level(level: args::Level) -> EvidenceLevel {
    use args::Level as L;
    match level {
        L::L1a => EvidenceLevel::L1a,
        L::L1b => EvidenceLevel::L1b,
        L::L2a => EvidenceLevel::L2a,
        L::L2b => EvidenceLevel::L2b,
        L::L3a => EvidenceLevel::L3a,
        L::L3b => EvidenceLevel::L3b,
        L::L4 => EvidenceLevel::L4,
        L::L5 => EvidenceLevel::L5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_read() {
        assert_eq!(years("2019").unwrap(), (Some(2019), Some(2019)));
        assert_eq!(years("2015:").unwrap(), (Some(2015), None));
        assert_eq!(years(":2020").unwrap(), (None, Some(2020)));
        for wrong in ["", ":", "x", "2020:2015", "2015:2016:2017"] {
            assert!(years(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn instants_are_dates_or_instants() {
        assert!(is_instant("2026-03-01") && is_instant("2026-03-01T06:00:00Z"));
        assert!(!is_instant("yesterday") && !is_instant("2026") && !is_instant("2026-03-01T06:00:00+02:00"));
    }
}
