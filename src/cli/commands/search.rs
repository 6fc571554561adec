//! `litmine search`

use std::path::Path;

use super::{canvas, ended, formed, open, renderer, source_names};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::corpus::Corpus;
use crate::embed::{self, EncoderSettings, Purpose};
use crate::index::query::{Branch, Clause, Cost, Explanation, Line, Unmatched, read_strategy};
use crate::index::{
    Facet, FacetCount, IndexError, Lines, LoosenedStep, Mode, Row, SearchRequest, Searcher, Sort, Unit, is_boolean,
};
use crate::lookup::Lookup;
use crate::model::{Annotation, Document, DocumentId, SentenceRole, TextIndex};
use crate::pipeline::{self, Meaning};
use crate::report::{
    BranchLine, ClauseLine, CostLine, ExplainPage, FacetLine, FacetTable, HitLine, HitPage, LoosenLine, QuoteLine,
    SearchDetails, StrategyLine, UnmatchedLine,
};
use crate::store::Store;
use crate::vocab::Vocabulary;

pub(super) fn run(arguments: &args::Search, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let (corpus, store) = open(&settings.workspace, &arguments.corpus)?;
    let searcher = Searcher::open(&corpus.index_path())?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let lookup = Lookup::new(&corpus.name, &store, &vocabulary, source_names(&corpus)?, None)?;
    let at = Sought {
        corpus: &corpus,
        store: &store,
        vocabulary: &vocabulary,
        searcher: &searcher,
        lookup: &lookup,
        encoder: settings.encoder.as_ref(),
    };
    let page = found(arguments, &at)?;
    let shown = renderer(settings)?.hits(&page, canvas(printer, false));
    printer.answer(&formed(shown, settings)?);
    Ok(ended(page.coverage.complete, arguments.accept_incomplete, printer, &corpus.name))
}

/// Where is searched, opened.
pub(super) struct Sought<'s> {
    pub(super) corpus: &'s Corpus,
    pub(super) store: &'s Store,
    pub(super) vocabulary: &'s Vocabulary,
    pub(super) searcher: &'s Searcher,
    pub(super) lookup: &'s Lookup<'s>,
    /// How to start the encoder; none to do without.
    pub(super) encoder: Option<&'s EncoderSettings>,
}

/// What a search finds.
pub(super) fn found(arguments: &args::Search, at: &Sought<'_>) -> Result<HitPage, Failure> {
    let Sought { corpus, store, vocabulary, searcher, lookup, encoder } = *at;
    let lines = arguments.strategy.as_deref().map(strategy).transpose()?.unwrap_or_default();
    let query = match (&arguments.query, lines.last()) {
        (Some(query), _) => saved_or_given(corpus, query)?,
        (None, Some(line)) => line.query.clone(),
        (None, None) => return Err(Failure::usage("there is no query".to_owned())),
    };
    let mode = arguments.mode.map(|mode| match mode {
        args::Mode::Bm25 => Mode::Bm25,
        args::Mode::Dense => Mode::Dense,
        args::Mode::Hybrid => Mode::Hybrid,
    });
    let unit = match arguments.unit {
        args::Unit::Document => Unit::Document,
        args::Unit::Finding => Unit::Finding,
        args::Unit::Sentence => Unit::Sentence,
    };
    let mut notes = Vec::new();
    let wanted = match mode {
        Some(mode) => mode != Mode::Bm25,
        None => !is_boolean(&query) && unit == Unit::Document,
    };
    let dense = match (wanted, encoder) {
        (true, Some(encoder)) => near(searcher, store, encoder, &query, mode, &mut notes)?,
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
    let mut request = SearchRequest {
        mode,
        sort: match arguments.sort {
            args::Sort::Relevance => Sort::Relevance,
            args::Sort::Date => Sort::Date,
            args::Sort::Level => Sort::Level,
        },
        limit: arguments.limit,
        offset: arguments.offset,
        headings: vocabulary,
        unit,
        dense: dense.as_deref(),
        ..SearchRequest::new(&query)
    };
    let mut details = SearchDetails::default();
    let mut found = Lines::default();
    for line in &lines {
        let request = SearchRequest { query: &line.query, ..request };
        let (count, notes) = searcher.run_line(&mut found, &request).map_err(|error| of_line(line, error))?;
        details.strategy.push(StrategyLine { number: line.number, query: line.query.clone(), count, notes });
    }
    request.lines = Some(&found);
    let mut answer = searcher.search(&request).map_err(|error| pointed(error, &query))?;
    let loosened: String;
    if arguments.loosen && answer.total == 0 {
        let tried = searcher.loosen(&request)?;
        let line = |step: LoosenedStep| LoosenLine { step: step.what, query: step.query, count: step.count };
        details.loosened = tried.steps.into_iter().map(line).collect();
        match tried.query {
            Some(query) => {
                loosened = query;
                request.query = &loosened;
                let first = std::mem::take(&mut answer.notes);
                answer = searcher.search(&request)?;
                answer.notes.splice(0..0, first);
                answer.notes.push(format!("the query as typed finds nothing; what is shown is found by {loosened}"));
            }
            None => answer.notes.push("the query finds nothing, however it is loosened".to_owned()),
        }
    }
    if arguments.explain {
        details.explanation = Some(explained(searcher.explain(&request)?));
        answer
            .notes
            .push("a phrase is its words side by side; there is no list of phrases that could lack it".to_owned());
    }
    for facet in &arguments.facet {
        let facet = facet_of(*facet);
        details.facets.push(facet_table(facet, searcher.facet(&request, facet)?));
    }
    notes.extend(answer.notes);
    let mut hits = Vec::new();
    for hit in answer.hits {
        // A document that was deleted since the index was built is not shown.
        if let Some((cited, document, annotation)) = lookup.document(&hit.id)? {
            let quote = hit.sentence.and_then(|row| quoted(&document, &annotation, row));
            hits.push(HitLine { document: cited, score: hit.score, quote });
        }
    }
    Ok(HitPage {
        query: answer.query,
        mode: answer.mode.name().to_owned(),
        sort: request.sort.name(),
        total: answer.total,
        offset: arguments.offset,
        notes,
        hits,
        unit: unit.name(),
        details,
        coverage: lookup.coverage()?,
    })
}

/// Reads a strategy from a file.
fn strategy(file: &Path) -> Result<Vec<Line>, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("the strategy {} cannot be read: {error}", file.display())))?;
    read_strategy(&text).map_err(|error| Failure::usage(format!("{}, {error}", file.display())))
}

/// A fault of a query, with the line of the strategy it stands in.
fn of_line(line: &Line, error: IndexError) -> Failure {
    match error {
        IndexError::Query(error) => {
            Failure::usage(format!("line #{} of the strategy: {error}\n{}", line.number, error.pointing(&line.query)))
        }
        other => other.into(),
    }
}

/// A fault of the query, with marks where it stands.
pub(super) fn pointed(error: IndexError, query: &str) -> Failure {
    match error {
        IndexError::Query(error) => Failure::usage(format!("{error}\n{}", error.pointing(query))),
        other => other.into(),
    }
}

/// The sentence of a hit, as mined; none where it was mined anew since the index was built and is no more.
fn quoted(document: &Document, annotation: &Annotation, row: Row) -> Option<QuoteLine> {
    let sentence = annotation.sentences.get(usize::from(row.sentence))?;
    let text = document.text();
    Some(QuoteLine {
        text: TextIndex::new(&text).slice(sentence.span).to_owned(),
        span: sentence.span,
        section: document.passages.get(sentence.passage as usize)?.section.clone(),
        role: sentence.role.map(SentenceRole::name),
        finding: row.finding.map(|n| u32::from(n) + 1),
    })
}

/// How many values of a facet are shown.
const VALUES: usize = 20;

const fn facet_of(facet: args::Facet) -> Facet {
    match facet {
        args::Facet::Year => Facet::Year,
        args::Facet::Journal => Facet::Journal,
        args::Facet::Pt => Facet::PublicationType,
        args::Facet::Mesh => Facet::Mesh,
        args::Facet::Design => Facet::Design,
        args::Facet::Level => Facet::Level,
    }
}

fn facet_table(facet: Facet, mut counts: Vec<FacetCount>) -> FacetTable {
    // Years are a series, of which none is left out.
    let shown = if facet == Facet::Year { counts.len() } else { VALUES.min(counts.len()) };
    let more = counts.len() - shown;
    counts.truncate(shown);
    let line = |FacetCount { value, count }| FacetLine { value, count };
    FacetTable { facet: facet.name(), values: counts.into_iter().map(line).collect(), more }
}

fn explained(explanation: Explanation) -> ExplainPage {
    let cost = |cost: Cost| CostLine { clause: cost.clause, without: cost.without, adds: cost.adds };
    let unmatched = |line: Unmatched| UnmatchedLine { term: line.term, nearest: line.nearest };
    ExplainPage {
        translation: explanation.translation,
        clause: clause_line(explanation.clause),
        costs: explanation.costs.into_iter().map(cost).collect(),
        unmatched: explanation.unmatched.into_iter().map(unmatched).collect(),
    }
}

fn clause_line(clause: Clause) -> ClauseLine {
    let branch = |branch: Branch| BranchLine { name: branch.name, id: branch.id, count: branch.count };
    ClauseLine {
        operator: clause.operator.map(|operator| operator.to_string()),
        query: clause.text,
        count: clause.count,
        stands_for: clause.stands_for,
        branches: clause.branches.into_iter().map(branch).collect(),
        operands: clause.operands.into_iter().map(clause_line).collect(),
    }
}

/// `@NAME` is a saved search of the corpus.
pub(super) fn saved_or_given(corpus: &Corpus, query: &str) -> Result<String, Failure> {
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
    mode: Option<Mode>,
    notes: &mut Vec<String>,
) -> Result<Option<Vec<(DocumentId, f32)>>, Failure> {
    let Some(meaning) = Meaning::open(searcher)? else { return Ok(None) };
    let mut encoder = match embed::start(settings, Purpose::Question) {
        Ok(encoder) => encoder,
        Err(error) if mode.is_some() => return Err(error.into()),
        Err(error) => {
            notes.push(format!("ranked by words alone: {error}"));
            return Ok(None);
        }
    };
    if encoder.model() != meaning.model() {
        notes.push(format!(
            "ranked by words alone: the vectors are of {}, the encoder has {}; litmine refresh makes new ones",
            meaning.model(),
            encoder.model()
        ));
        return Ok(None);
    }
    let vector = encoder.embed(&[query])?.pop().unwrap_or_default();
    Ok(Some(meaning.near(searcher, store, &vector, query, mode)?))
}
