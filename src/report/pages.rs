//! What is rendered besides the answer of a look-up.

use super::search::{QuoteLine, SearchDetails};
use crate::lookup::{CitedDocument, Coverage};
use crate::model::{Annotation, Concept, ConceptId, Document};

/// A page of search hits.
#[derive(Debug, Clone, PartialEq)]
pub struct HitPage {
    /// The query as it was read.
    pub query: String,
    /// How it was ranked: `bm25`, `dense` or `hybrid`.
    pub mode: String,
    /// How many documents there are in all.
    pub total: u64,
    /// How many hits come before this page.
    pub offset: usize,
    /// What must be said about how the query was read or ranked.
    pub notes: Vec<String>,
    /// The hits, best first.
    pub hits: Vec<HitLine>,
    /// What is found: `document`, `finding` or `sentence`.
    pub unit: &'static str,
    /// What else was asked for.
    pub details: SearchDetails,
    /// What was read, and what was not.
    pub coverage: Coverage,
}

/// A hit.
#[derive(Debug, Clone, PartialEq)]
pub struct HitLine {
    /// The document.
    pub document: CitedDocument,
    /// How well it fits, on the scale of the mode.
    pub score: f32,
    /// The sentence, where sentences or findings were asked for.
    pub quote: Option<QuoteLine>,
}

/// The state of a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct CorpusPage {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// How much there is, as label and number.
    pub totals: Vec<(&'static str, u64)>,
    /// What its last run brought, by source, as label and number.
    pub last_run: Vec<(String, Vec<(&'static str, u64)>)>,
    /// The vocabularies it uses.
    pub vocabularies: Vec<String>,
    /// The model whose vectors it has.
    pub encoder: Option<String>,
    /// What the index reflects, in words.
    pub index: String,
    /// What was read, and what was not.
    pub coverage: Coverage,
    /// Rejected records, as place and reason; only where asked for.
    pub rejected: Vec<(String, String)>,
}

/// A document with what was found in it.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentPage {
    /// Its citation and standing.
    pub citation: CitedDocument,
    /// The record.
    pub document: Document,
    /// What was mined.
    pub annotation: Annotation,
    /// Names of the concepts that occur.
    pub names: std::collections::BTreeMap<ConceptId, String>,
}

/// A concept with its kin.
#[derive(Debug, Clone, PartialEq)]
pub struct ConceptPage {
    /// The concept.
    pub concept: Concept,
    /// Broader concepts and classes, by name.
    pub broader: Vec<(ConceptId, String)>,
    /// Narrower concepts and members, by name.
    pub narrower: Vec<(ConceptId, String)>,
}
