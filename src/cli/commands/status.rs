//! `litmine status`

use super::{canvas, formed, open, renderer, source_names};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::corpus::Corpus;
use crate::index::Searcher;
use crate::lookup::Coverage;
use crate::pipeline::count_labels;
use crate::report::{CorpusPage, PrismaFlow, PrismaSource};
use crate::store::Store;

pub(super) fn run(
    name: Option<&str>,
    rejected: bool,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    let names = name.map_or_else(|| settings.workspace.names(), |name| vec![name.to_owned()]);
    let mut pages = Vec::new();
    for name in &names {
        pages.push(page(settings.workspace.corpus(name)?, rejected)?);
    }
    if pages.is_empty() {
        printer.note("no corpus is defined here; litmine init NAME makes one");
    }
    let shown = renderer(settings)?.status(&pages, canvas(printer, false));
    printer.answer(&formed(shown, settings)?);
    Ok(Ended::Done)
}

pub(super) fn prisma(
    name: &str,
    form: args::Prisma,
    settings: &Settings,
    printer: &mut Printer,
) -> Result<Ended, Failure> {
    let (_, store) = open(&settings.workspace, name)?;
    let flow = store.flow()?;
    let flow = PrismaFlow {
        corpus: name.to_owned(),
        identified: flow.identified(),
        duplicates: flow.duplicates,
        not_of_topic: flow.passed(),
        unreadable: flow.rejected(),
        withdrawn: flow.withdrawn,
        to_screen: flow.included,
        sources: flow
            .sources
            .iter()
            .map(|source| PrismaSource { name: source.source.clone(), identified: source.identified() })
            .collect(),
    };
    match form {
        _ if settings.is_json() => printer.line(&format!("{:#}", flow.json())),
        args::Prisma::Text => printer.answer(&flow.text()),
        args::Prisma::Svg => printer.answer(&flow.svg()),
    }
    Ok(Ended::Done)
}

/// The state of a corpus.
pub(super) fn page(corpus: Corpus, rejected: bool) -> Result<CorpusPage, Failure> {
    let sources = source_names(&corpus)?;
    let mut page = CorpusPage {
        name: corpus.name.clone(),
        title: corpus.definition.title.clone(),
        totals: Vec::new(),
        last_run: Vec::new(),
        vocabularies: corpus.definition.vocabularies.clone(),
        encoder: None,
        index: format!("none yet; litmine refresh {} makes it", corpus.name),
        coverage: Coverage::default(),
        rejected: Vec::new(),
    };
    if !corpus.store_path().exists() {
        page.coverage.sources = Coverage::never_read(&sources);
        return Ok(page);
    }
    let store = Store::open_read_only(&corpus.store_path())?;
    let totals = store.totals()?;
    page.totals = vec![
        ("documents", totals.documents),
        ("versions", totals.versions),
        ("deleted", totals.deleted),
        ("retracted", totals.retracted),
        ("findings", totals.findings),
    ];
    for status in store.source_status(&sources)? {
        page.last_run.push((status.source, count_labels(status.counts)));
    }
    let snapshot = store.snapshot()?;
    page.encoder = snapshot.as_ref().and_then(|snapshot| snapshot.encoder.clone());
    if let Ok(searcher) = Searcher::open(&corpus.index_path()) {
        let current = snapshot.as_ref().is_some_and(|s| s.id.to_string() == searcher.state());
        let state =
            if current { "up to date" } else { "older than what was mined; litmine index brings it up to date" };
        page.index = format!("{} documents, {state}", searcher.documents());
    }
    page.coverage = Coverage::of(&store, snapshot.as_ref(), &sources)?;
    if rejected {
        page.rejected = store
            .rejected(None)?
            .into_iter()
            .map(|row| (format!("{} byte {}", row.origin, row.position), row.reason))
            .collect();
    }
    Ok(page)
}
