//! What is rendered besides the answer of a look-up.

use super::search::{QuoteLine, SearchDetails};
use crate::lookup::{Changes, CitedDocument, Coverage, EvidenceMap, Occurrence, Pooling, Summary, Told};
use crate::model::{Annotation, Concept, ConceptId, Document};

/// A page of search hits.
#[derive(Debug, Clone, PartialEq)]
pub struct HitPage {
    /// The query as it was read.
    pub query: String,
    /// How it was ranked: `bm25`, `dense` or `hybrid`.
    pub mode: String,
    /// In which order the hits are: `relevance`, `date` or `level`.
    pub sort: &'static str,
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
    /// What it says of a comparison, where one was asked for.
    pub told: Option<Told>,
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
    /// The name of a corpus, what it has on the concept, and what was read of it.
    pub corpus: Option<(String, Occurrence, Coverage)>,
}

/// The corpora that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntrancePage {
    /// Each by its name, with what it is about.
    pub corpora: Vec<(String, String)>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalPage {
    /// The reason.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The evidence map of a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPage {
    /// The corpus.
    pub corpus: String,
    /// Its map.
    pub map: EvidenceMap,
}

/// What changed in the answers to questions about a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestPage {
    /// The corpus.
    pub corpus: String,
    /// When the state compared with was published.
    pub since: String,
    /// When the state shown was published.
    pub until: String,
    /// Each question, with what changed in its answer.
    pub questions: Vec<WatchedChanges>,
    /// What was read, and what was not.
    pub coverage: Coverage,
}

impl DigestPage {
    /// Whether every answer is the same.
    pub fn is_nothing(&self) -> bool {
        self.questions.iter().all(|question| question.changes.is_nothing())
    }
}

/// A question and what changed in its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedChanges {
    /// What the question is called.
    pub name: String,
    /// What changed.
    pub changes: Changes,
}

/// What rests on a document, in the corpora that hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactPage {
    /// The document, with the corpus it was found in.
    pub documents: Vec<(String, CitedDocument)>,
    /// How many findings were mined from it.
    pub findings: usize,
    /// How many questions were looked at.
    pub watched: usize,
    /// The questions whose answers hold it.
    pub lines: Vec<ImpactLine>,
    /// Digests that name it, by file.
    pub digests: Vec<String>,
    /// Files that the corpora were exported to while they held it, as far as that is remembered.
    pub exports: Vec<ImpactExport>,
}

/// A file that a corpus was exported to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImpactExport {
    /// The corpus.
    pub corpus: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The file, as it was called then.
    pub path: String,
    /// Whether a file of that name is there.
    pub is_there: bool,
    /// How many documents it held.
    pub documents: usize,
}

/// A question whose answer holds a document.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactLine {
    /// The corpus.
    pub corpus: String,
    /// What the question is called.
    pub name: String,
    /// How many of the findings shown stand in the document.
    pub findings: usize,
    /// Whether its study is counted; a retracted one is not, and then nothing depends on it.
    pub counted: bool,
    /// The counts with its study.
    pub before: Summary,
    /// The counts as when it is retracted.
    pub after: Summary,
    /// The pooled effect with its study and without, where one is asked for.
    pub pool: Option<(Pooling, Pooling)>,
}
