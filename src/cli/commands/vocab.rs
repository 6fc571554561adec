//! `litmine vocab`

use std::path::PathBuf;

use super::{bars, canvas, ended, formed, open, renderer, source_names};
use crate::cli::args::{Published, Vocab};
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::lookup::{Lookup, RadarRequest};
use crate::model::ConceptId;
use crate::pipeline;
use crate::report::ConceptPage;
use crate::vocab::{self, Vocabulary};

/// The name of the vocabulary that is compiled in.
const STARTER: &str = "starter";

pub(super) fn run(command: Vocab, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    match command {
        Vocab::Import { files, references, name } => import(&files, &references, name, settings, printer),
        Vocab::Update { which: Published::Mesh, again } => super::vocab_update::mesh(again, settings, printer),
        Vocab::List => list(settings, printer),
        Vocab::New { corpus, least, limit, accept_incomplete } => {
            let request = RadarRequest { least: least as usize, limit };
            new(&corpus, &request, accept_incomplete, settings, printer)
        }
        Vocab::Find { words, vocabularies } | Vocab::Show { id: words, vocabularies, corpus: None, .. } => {
            let vocabulary = vocabulary(settings, &vocabularies)?;
            let pages = pages(&vocabulary, &words)?;
            show(&pages, settings, printer)?;
            Ok(Ended::Done)
        }
        Vocab::Show { id, corpus: Some(corpus), accept_incomplete, .. } => {
            of_corpus(&id, &corpus, accept_incomplete, settings, printer)
        }
    }
}

/// The vocabularies named; without names all that were imported, in order, and the starter beneath.
pub(super) fn vocabulary(settings: &Settings, names: &[String]) -> Result<Vocabulary, Failure> {
    Ok(Vocabulary::open_or_all(&settings.workspace.vocabularies(), names)?)
}

fn import(
    files: &[PathBuf],
    references: &[PathBuf],
    name: Option<String>,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    let name = match name {
        Some(name) => name,
        None => {
            let first = files.first().and_then(|file| file.file_name());
            let stem = first.and_then(|name| name.to_str()).unwrap_or_default();
            stem.split('.').next().unwrap_or_default().to_lowercase()
        }
    };
    let folder = settings.workspace.vocabularies();
    std::fs::create_dir_all(&folder).map_err(|error| Failure::other(format!("{}: {error}", folder.display())))?;
    let report = vocab::import(files, references, &folder, &name, &bars(printer))?;
    printer.line(&format!(
        "{name}: {} {}, {} concepts, {} names",
        report.title.title, report.title.release, report.concepts, report.names
    ));
    printer.note(&format!("Name it in a corpus: vocabularies = [\"{name}\", \"{STARTER}\"]"));
    Ok(Ended::Done)
}

fn list(settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let mut lines = Vec::new();
    let mut damaged = false;
    for vocabulary in vocab::list(&settings.workspace.vocabularies())? {
        let (state, concepts) = match &vocabulary.state {
            Ok((title, concepts)) => (format!("{}, release {}", title.title, title.release), Some(*concepts)),
            Err(reason) => {
                damaged = true;
                (reason.clone(), None)
            }
        };
        lines.push((vocabulary.name, state, concepts));
    }
    let starter = Vocabulary::starter();
    let release = starter.layers().next().map(|layer| layer.title.release.clone()).unwrap_or_default();
    lines.push((STARTER.to_owned(), format!("compiled in, release {release}"), Some(starter.len())));
    if settings.is_json() {
        let list: Vec<_> = lines
            .iter()
            .map(|(name, state, concepts)| serde_json::json!({"name": name, "title": state, "concepts": concepts}))
            .collect();
        printer.line(&format!("{:#}", serde_json::json!({"schema": 1, "vocabularies": list})));
    } else {
        for (name, state, concepts) in lines {
            printer.line(&format!(
                "{name:<16} {:>8}  {state}",
                concepts.map_or_else(|| "–".to_owned(), |n| n.to_string())
            ));
        }
    }
    Ok(Ended::unless(damaged))
}

fn new(
    corpus: &str,
    request: &RadarRequest,
    accept_incomplete: bool,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    let radar = asking(corpus, settings, |lookup, _| Ok(lookup.radar(request)?))?;
    let shown = renderer(settings)?.radar(&radar, canvas(printer, false));
    printer.answer(&formed(shown, settings)?);
    Ok(ended(radar.coverage.complete, accept_incomplete, printer, corpus))
}

/// Asks one state of a corpus, so that nothing is locked anew for each of many documents.
fn asking<T>(
    corpus: &str,
    settings: &Settings,
    ask: impl FnOnce(&Lookup<'_>, &Vocabulary) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (corpus, store) = open(&settings.workspace, corpus)?;
    let _held = store.hold()?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    ask(&Lookup::new(&corpus.name, &store, &vocabulary, source_names(&corpus)?, None)?, &vocabulary)
}

/// The concepts that a name stands for, with their kin.
fn pages(vocabulary: &Vocabulary, words: &str) -> Result<Vec<ConceptPage>, Failure> {
    let found = vocabulary.find(words);
    if found.is_empty() {
        let near: Vec<String> =
            vocabulary.nearest(words, 5).into_iter().map(|(name, id)| format!("{name} ({id})")).collect();
        return Err(Failure::Other {
            message: format!("no vocabulary has “{words}”"),
            hint: (!near.is_empty()).then(|| format!("near names: {}", near.join("; "))),
        });
    }
    let named = |ids: Vec<ConceptId>, itself: &ConceptId| -> Vec<(ConceptId, String)> {
        ids.into_iter()
            .filter(|id| id != itself)
            .map(|id| {
                let name = vocabulary.name(&id).unwrap_or_else(|| id.to_string());
                (id, name)
            })
            .collect()
    };
    let pages = found.into_iter().filter_map(|id| {
        let concept = vocabulary.concept(&id)?;
        let (broader, narrower) = (vocabulary.broader(&id), vocabulary.narrower(&id));
        Some(ConceptPage { broader: named(broader, &id), narrower: named(narrower, &id), concept, corpus: None })
    });
    Ok(pages.collect())
}

fn show(pages: &[ConceptPage], settings: &Settings, printer: &mut Printer) -> Result<(), Failure> {
    let shown = renderer(settings)?.concepts(pages, canvas(printer, false));
    printer.answer(&formed(shown, settings)?);
    Ok(())
}

/// Of how many others that a corpus names with a concept it is told what it does to them.
const OTHERS: usize = 20;

fn of_corpus(
    words: &str,
    corpus: &str,
    accept_incomplete: bool,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    let (pages, complete) = asking(corpus, settings, |lookup, vocabulary| {
        let mut pages = pages(vocabulary, words)?;
        for page in &mut pages {
            let occurrence = lookup.occurrence(&page.concept.id, OTHERS)?;
            page.corpus = occurrence.map(|(occurrence, coverage)| (corpus.to_owned(), occurrence, coverage));
        }
        Ok((pages, lookup.coverage()?.complete))
    })?;
    show(&pages, settings, printer)?;
    Ok(ended(complete, accept_incomplete, printer, corpus))
}
