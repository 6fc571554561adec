//! `litmine search`

use std::collections::BTreeMap;

use super::{canvas, ended, open, renderer, source_names};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::corpus::Corpus;
use crate::embed::{self, EncoderSettings, Purpose, VectorFile};
use crate::index::{Mode, SearchRequest, Searcher, Sort, VECTORS, is_boolean};
use crate::lookup::Lookup;
use crate::model::DocumentId;
use crate::pipeline;
use crate::report::{HitLine, HitPage};
use crate::store::Store;

/// Vectors that are looked at for documents near the question: several may be of one document.
const NEAREST: usize = 3000;

pub(super) fn run(arguments: &args::Search, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let (corpus, store) = open(&settings.workspace, &arguments.corpus)?;
    let query = saved_or_given(&corpus, &arguments.query)?;
    let searcher = Searcher::open(&corpus.index_path())?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let lookup = Lookup::new(&corpus.name, &store, &vocabulary, source_names(&corpus)?, None)?;
    let mode = arguments.mode.map(|mode| match mode {
        args::Mode::Bm25 => Mode::Bm25,
        args::Mode::Dense => Mode::Dense,
        args::Mode::Hybrid => Mode::Hybrid,
    });
    let mut notes = Vec::new();
    let wanted = match mode {
        Some(mode) => mode != Mode::Bm25,
        None => !is_boolean(&query),
    };
    let dense = match (wanted, &settings.encoder) {
        (true, Some(encoder)) => near(&searcher, &store, encoder, &query, mode.is_some(), &mut notes)?,
        _ => None,
    };
    if mode.is_some_and(|mode| mode != Mode::Bm25) && dense.is_none() {
        return Err(Failure::Other {
            message: "there are no vectors to rank by meaning".to_owned(),
            hint: Some(format!(
                "give {} vectors in its definition and an encoder, then litmine refresh {0}",
                corpus.name
            )),
        });
    }
    let answer = searcher.search(&SearchRequest {
        query: &query,
        mode,
        sort: match arguments.sort {
            args::Sort::Relevance => Sort::Relevance,
            args::Sort::Date => Sort::Date,
            args::Sort::Level => Sort::Level,
        },
        limit: arguments.limit,
        offset: arguments.offset,
        headings: &vocabulary,
        dense: dense.as_deref(),
    })?;
    notes.extend(answer.notes);
    let mut hits = Vec::new();
    for hit in answer.hits {
        // A document that was deleted since the index was built is not shown.
        if let Some((document, _, _)) = lookup.document(&hit.id)? {
            hits.push(HitLine { document, score: hit.score });
        }
    }
    let page = HitPage {
        query: answer.query,
        mode: answer.mode.name().to_owned(),
        total: answer.total,
        offset: arguments.offset,
        notes,
        hits,
        coverage: lookup.coverage()?,
    };
    printer.answer(&renderer(settings)?.hits(&page, canvas(printer, false)));
    Ok(ended(page.coverage.complete, arguments.accept_incomplete, printer, &corpus.name))
}

/// `@NAME` is a saved search of the corpus.
fn saved_or_given(corpus: &Corpus, query: &str) -> Result<String, Failure> {
    let Some(name) = query.strip_prefix('@') else { return Ok(query.to_owned()) };
    let saved = &corpus.definition.searches;
    saved.iter().find(|search| search.name == name).map(|search| search.query.clone()).ok_or_else(|| {
        let names: Vec<&str> = saved.iter().map(|search| search.name.as_str()).collect();
        Failure::usage(format!(
            "the corpus “{}” has no saved search “{name}”; it has: {}",
            corpus.name,
            names.join(", ")
        ))
    })
}

/// Documents near the question, each by the best of its vectors; none where there are no vectors or no encoder.
fn near(
    searcher: &Searcher,
    store: &Store,
    settings: &EncoderSettings,
    query: &str,
    demanded: bool,
    notes: &mut Vec<String>,
) -> Result<Option<Vec<(DocumentId, f32)>>, Failure> {
    let path = searcher.generation_folder().join(VECTORS);
    if !path.exists() {
        return Ok(None);
    }
    let file = VectorFile::open(&path).map_err(pipeline::PipelineError::from)?;
    let mut encoder = match embed::start(settings, Purpose::Question) {
        Ok(encoder) => encoder,
        Err(error) if demanded => return Err(error.into()),
        Err(error) => {
            notes.push(format!("ranked by words alone: {error}"));
            return Ok(None);
        }
    };
    if encoder.model() != file.model() {
        notes.push(format!(
            "ranked by words alone: the vectors are of {}, the encoder has {}; litmine refresh makes new ones",
            file.model(),
            encoder.model()
        ));
        return Ok(None);
    }
    let vector = encoder.embed(&[query])?.pop().unwrap_or_default();
    let mut best: BTreeMap<u64, f32> = BTreeMap::new();
    for neighbour in file.nearest(&vector, NEAREST, &|_| true) {
        let entry = best.entry(neighbour.key).or_insert(neighbour.cosine);
        *entry = entry.max(neighbour.cosine);
    }
    let mut documents = Vec::with_capacity(best.len());
    for (version, cosine) in best {
        documents.push((store.document_version(version as i64)?.id, cosine));
    }
    Ok(Some(documents))
}
