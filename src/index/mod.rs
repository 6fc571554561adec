//! The search index: documents in, queries answered with documents and their scores.
//!
//! The contract speaks of queries, filters and scored documents and never of the engine below, so that another engine can
//! stand behind it. What it guarantees:
//!
//! - a query with an operator, a field tag, a quoted phrase, a filter or a truncation names an exact set of documents, and
//!   [`SearchAnswer::total`] is its size;
//! - the same request to the same generation gives the same documents in the same order; equal ones are ordered by id
//!   (PubMed's by number, then all others);
//! - an index on disk is always a whole one: [`IndexWriter`] builds the next generation beside it, and
//!   [`IndexWriter::publish`] switches at once. A [`Searcher`] keeps the generation that it opened.
//!
//! ```text
//! documents ──> IndexWriter ──> indexes/NAME/gen-000007 ──> Searcher <── SearchRequest (query/: PubMed's language)
//! ```
//!
//! The format on disk is described in `indexes/README.md`.

mod analyzers;
mod collect;
mod document;
mod facets;
mod generations;
mod manifest;
pub mod query;
mod reading;
mod schema;
mod searcher;
mod sentences;
mod shares;
mod sieve;
mod weights;
mod writer;

#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;

pub use facets::{Facet, FacetCount};
pub use query::{Headings, NoHeadings, QueryError, Unit};
pub use reading::{Lines, Loosened, LoosenedStep};
pub use searcher::{CANDIDATES, Searcher};
pub use sentences::Row;
pub use shares::{Sharing, SoughtText, stems};
pub use sieve::Sieve;
pub use weights::{FeedbackWeights, FieldWeights, FusionWeights, RankingWeights, ranking_weights};
pub use writer::{IndexWriter, Published};

use crate::model::{Annotation, Document, DocumentId, EvidenceLevel, FlagKind, StudyDesign};

/// The name of the file of the findings' vectors beside an index, within the folder of a generation. This module neither reads
/// nor writes it, and does not bring it from one generation to the next.
pub const VECTORS: &str = "vectors.bin";

/// The name of the file of the documents' vectors; as [`VECTORS`].
pub const DOCUMENT_VECTORS: &str = "documents.bin";

/// The name of the file of vectors of sentences beside an index.
pub const SENTENCE_VECTORS: &str = "sentences.bin";

/// A document with what was derived from it and from other records about it.
#[derive(Debug, Clone, Copy)]
pub struct IndexedDocument<'a> {
    /// The document itself; it is indexed under its primary id.
    pub document: &'a Document,
    /// What any record says of its standing.
    pub flags: &'a [FlagKind],
    /// The design of its study.
    pub design: Option<StudyDesign>,
    /// The level of evidence of its study.
    pub level: Option<EvidenceLevel>,
    /// Registrations of its trial, from the record and the text.
    pub registrations: &'a [String],
    /// What was mined from it; without, its sentences and findings are not found by themselves.
    pub annotation: Option<&'a Annotation>,
}

impl<'a> IndexedDocument<'a> {
    /// A document of which nothing more is known.
    pub fn new(document: &'a Document) -> Self {
        Self { document, flags: &[], design: None, level: None, registrations: &[], annotation: None }
    }
}

/// How documents are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By the words they share with the query.
    Bm25,
    /// By the likeness of meaning that the request hands in.
    Dense,
    /// By both.
    Hybrid,
}

impl Mode {
    /// The name as typed and as printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bm25 => "bm25",
            Self::Dense => "dense",
            Self::Hybrid => "hybrid",
        }
    }
}

/// The order of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best score first.
    #[default]
    Relevance,
    /// The latest publication first; documents without a date last; equal dates by score.
    Date,
    /// The best level of evidence first; documents without one last; equal levels by score.
    Level,
}

impl Sort {
    /// The one name of the order: `relevance`, `date` or `level`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Date => "date",
            Self::Level => "level",
        }
    }
}

/// What is searched for.
#[derive(Clone, Copy)]
pub struct SearchRequest<'a> {
    /// The query, as typed.
    pub query: &'a str,
    /// How free words are ranked; none: [`Mode::Hybrid`] where `dense` is given, else the documents that hold all the words, by
    /// [`Mode::Bm25`]. Where a mode is asked for, a document need not hold all the words. A boolean query is an exact set ranked
    /// by [`Mode::Bm25`] in any case, and a note says so where something else was asked for.
    pub mode: Option<Mode>,
    /// The order of the answer.
    pub sort: Sort,
    /// At most so many hits.
    pub limit: usize,
    /// So many hits are left out before the first.
    pub offset: usize,
    /// What a heading is called and what is narrower than it.
    pub headings: &'a dyn Headings,
    /// What is found: documents, findings or sentences.
    pub unit: Unit,
    /// The day that `last 5 years` is counted back from.
    pub today: jiff::civil::Date,
    /// What the lines of a strategy found, which the query may name (`#1`).
    pub lines: Option<&'a Lines>,
    /// How like the query's meaning documents are, one cosine a document; the best [`CANDIDATES`] of them count.
    pub dense: Option<&'a [(DocumentId, f32)]>,
}

impl<'a> SearchRequest<'a> {
    /// The first ten documents for a query, by relevance, by words alone.
    pub fn new(query: &'a str) -> Self {
        Self {
            query,
            mode: None,
            sort: Sort::Relevance,
            limit: 10,
            offset: 0,
            headings: &NoHeadings,
            unit: Unit::Document,
            today: today(),
            lines: None,
            dense: None,
        }
    }
}

/// This day, by UTC.
fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchAnswer {
    /// The query as it was read.
    pub query: String,
    /// How the documents were ranked.
    pub mode: Mode,
    /// How many documents there are: the exact set of a boolean query, or of the documents that hold all the words; where a mode
    /// was asked for, those that hold any of them ([`Mode::Bm25`]) or the candidates that were ranked ([`Mode::Dense`],
    /// [`Mode::Hybrid`]).
    pub total: u64,
    /// The documents asked for, in order.
    pub hits: Vec<Hit>,
    /// What whoever asked should know of how the query was understood.
    pub notes: Vec<String>,
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The document.
    pub id: DocumentId,
    /// How well it fits; comparable within one answer only.
    pub score: f32,
    /// The sentence, where sentences or findings were asked for.
    pub sentence: Option<Row>,
}

/// What went wrong with an index, and the way out.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The query cannot be run.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// There is no index yet.
    #[error("there is no index “{index}” yet; `litmine index {index}` builds it")]
    Missing {
        /// The index.
        index: String,
    },
    /// What is on disk is no whole index.
    #[error("the index “{index}” is damaged: {what}; `litmine index {index} --rebuild` builds it anew")]
    Damaged {
        /// The index.
        index: String,
        /// What is wrong with it.
        what: String,
    },
    /// The index was written by a version of litmine that writes another format.
    #[error(
        "the index “{index}” has format {found}, and this litmine reads {known}; `litmine index {index} --rebuild` builds it \
         anew"
    )]
    OtherFormat {
        /// The index.
        index: String,
        /// Its format.
        found: u32,
        /// The format that is known.
        known: u32,
    },
    /// Somebody else writes the index now.
    #[error("the index “{index}” is being written by another process; try again when it has ended")]
    Busy {
        /// The index.
        index: String,
    },
    /// A document without an identifier cannot be indexed.
    #[error("a document has no identifier to index it under: “{title}”")]
    NoIdentifier {
        /// Its title.
        title: String,
    },
    /// A ranking by meaning was asked for, and there are no vectors.
    #[error("there are no vectors to rank by meaning with; search with --mode bm25, or index with an encoder set up")]
    NoVectors,
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The search engine failed.
    #[error("the search engine failed: {0}")]
    Engine(String),
}

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Engine(error.to_string())
    }
}

/// A text as free words, whatever it holds: nothing of it is read as an operator, a tag, a quotation or a truncation.
pub fn as_free_words(text: &str) -> String {
    let means_something = |c: char| matches!(c, '(' | ')' | '[' | ']' | '*' | ':' | '#') || is_quotation(c);
    let plain: String = text.chars().map(|c| if means_something(c) || c.is_control() { ' ' } else { c }).collect();
    let word = |word: &str| match word {
        "AND" | "OR" | "NOT" => word.to_lowercase(),
        _ => word.to_owned(),
    };
    plain.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// Double quotes of every form.
fn is_quotation(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '″')
}

/// Whether a query is boolean: whether it has an operator, a tag, a quoted phrase, a filter or a truncation. A query that
/// cannot be read is, unless it is empty: free words can always be read.
pub fn is_boolean(query: &str) -> bool {
    match query::parse(query) {
        Ok(node) => !node.is_free_words(),
        Err(error) => error.fault != query::Fault::Empty,
    }
}
