//! `litmine impact`

use super::diff::watched;
use super::{canvas, formed, open, renderer, source_names};
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::corpus::Corpus;
use crate::corpus::exported::{self, ExportRecord};
use crate::lookup::{Lookup, LookupError, Question};
use crate::model::DocumentId;
use crate::pipeline;
use crate::report::{ImpactExport, ImpactLine, ImpactPage};

pub(super) fn run(
    id: &str,
    corpus: Option<&str>,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    let id: DocumentId = id.parse().map_err(|error| Failure::usage(format!("{error}")))?;
    let names = corpus.map_or_else(|| settings.workspace.names(), |name| vec![name.to_owned()]);
    let mut page = ImpactPage {
        documents: Vec::new(),
        findings: 0,
        watched: 0,
        lines: Vec::new(),
        digests: Vec::new(),
        exports: Vec::new(),
    };
    let mut incomplete = false;
    for name in &names {
        if corpus.is_none() && !settings.workspace.corpus(name)?.store_path().exists() {
            // What was never harvested holds nothing.
            continue;
        }
        match of_corpus(&id, name, settings, printer, &mut page) {
            Ok(whole) => incomplete |= !whole,
            Err(error) if corpus.is_some() => return Err(error),
            // A corpus that cannot be read may hold it too: said, and in the exit status.
            Err(error) => {
                printer.warn(&format!("{name}: {}", error.message()));
                incomplete = true;
            }
        }
    }
    if page.documents.is_empty() {
        return Err(Failure::Other {
            message: format!("{id} is in no corpus of the workspace that could be read"),
            hint: Some("litmine status lists the corpora".to_owned()),
        });
    }
    let shown = renderer(settings)?.impact(&page, canvas(printer, false));
    printer.answer(&formed(shown, settings)?);
    Ok(Ended::unless(incomplete))
}

/// What rests on a document in one corpus; whether every question could be answered.
fn of_corpus(
    id: &DocumentId,
    name: &str,
    settings: &Settings,
    printer: &Printer,
    page: &mut ImpactPage,
) -> Result<bool, Failure> {
    let (corpus, store) = open(&settings.workspace, name)?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let lookup = Lookup::new(&corpus.name, &store, &vocabulary, source_names(&corpus)?, None)?;
    let mut whole = true;
    page.watched += corpus.definition.watches.len();
    let Some((cited, _, annotation)) = lookup.document(id)? else { return Ok(true) };
    page.documents.push((corpus.name.clone(), cited));
    page.findings += annotation.findings.len();
    for watch in &corpus.definition.watches {
        match line(id, &corpus, watch.label(), &watched(watch), &lookup) {
            Ok(line) => page.lines.extend(line),
            Err(error @ LookupError::Store(_)) => return Err(error.into()),
            Err(error) => {
                printer.warn(&format!("{name}: the watched question “{}”: {error}", watch.label()));
                whole = false;
            }
        }
    }
    page.digests.extend(digests(id, &corpus));
    let cited = page.documents.last().map(|(_, cited)| cited.id.clone());
    let folder = corpus.exports_path();
    match exported::recorded(&folder) {
        Ok((records, damaged)) => {
            // Named then as it is now, or as it was asked for: it may have been merged since.
            let holds = |one: &ExportRecord| {
                one.documents.contains(id) || cited.as_ref().is_some_and(|id| one.documents.contains(id))
            };
            page.exports.extend(records.into_iter().filter(holds).map(|one| ImpactExport {
                corpus: corpus.name.clone(),
                at: one.at.to_string(),
                is_there: one.path.is_file(),
                path: one.path.display().to_string(),
                documents: one.documents.len(),
            }));
            for path in damaged {
                printer.warn(&format!("the record of an export cannot be read: {}", path.display()));
                whole = false;
            }
        }
        Err(error) => {
            printer.warn(&format!("{}: {error}", folder.display()));
            whole = false;
        }
    }
    Ok(whole)
}

/// What rests on a document in the answer to one question; none if the answer does not hold it.
fn line(
    id: &DocumentId,
    corpus: &Corpus,
    name: String,
    question: &Question,
    lookup: &Lookup<'_>,
) -> Result<Option<ImpactLine>, LookupError> {
    let with = lookup.answer(&Question { limit: usize::MAX, ..question.clone() })?;
    let holds = |study: &&crate::lookup::StudyEntry| study.documents.iter().any(|document| document.id == *id);
    let Some(study) = with.studies.iter().find(holds) else { return Ok(None) };
    let stands_in = |finding: &&crate::lookup::FindingEntry| {
        finding.document == *id || finding.repeats.iter().any(|repeat| repeat.document == *id)
    };
    let findings = study.findings.iter().filter(stands_in).count();
    // A retracted document takes its study out of every count, as naming it does.
    let mut without = Question { limit: 0, ..question.clone() };
    without.filters.without.push(id.clone());
    let mut without = lookup.answer(&without)?;
    without.summary.retracted = with.summary.retracted + usize::from(!study.retracted);
    Ok(Some(ImpactLine {
        corpus: corpus.name.clone(),
        name,
        findings,
        counted: !study.retracted,
        before: with.summary.clone(),
        after: without.summary,
        pool: with.pool.zip(without.pool),
    }))
}

/// The digests of the corpus that name a document, by file, oldest first.
fn digests(id: &DocumentId, corpus: &Corpus) -> Vec<String> {
    let folder = corpus.digests_path();
    let named = format!("\"id\": \"{id}\"");
    let holds = |path: &std::path::Path| std::fs::read_to_string(path).is_ok_and(|text| text.contains(&named));
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<String> = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "json") && holds(path))
        .map(|path| path.display().to_string())
        .collect();
    found.sort();
    found
}
