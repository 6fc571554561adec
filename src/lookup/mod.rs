//! From a question to an answer that can be checked.
//!
//! Guarantees:
//!
//! - every quote is a span of a stored document, and says which; every number in a summary is a count of what is listed or a
//!   number that stands in a quote;
//! - one study, one vote: papers, preprints and registrations of one study are grouped before anything is counted ([`grouping`]);
//! - a retracted study is shown, flagged, and never counted;
//! - every answer carries its [`Coverage`]: silence is not evidence;
//! - the same question on the same snapshot gives the same answer.

mod answer;
mod coverage;
mod gather;
mod grouping;
mod question;
mod ranking;
mod summary;
#[cfg(test)]
mod tests;

use crate::model::{Annotation, Document, DocumentId};
use crate::store::{Snapshot, Store, StoreError};
use crate::vocab::Vocabulary;

pub use answer::{Answer, CitedDocument, FindingEntry, FlagEntry, LinkEntry, StudyEntry, StudyVote, Summary, Tally};
pub use coverage::{Coverage, SourceCoverage};
pub use question::{OutcomeWords, Question, Term, Understood};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// No vocabulary has the name.
    #[error("no vocabulary of this corpus knows “{name}” as a {what}{}", near_names(near))]
    UnknownName {
        /// What was asked for.
        name: String,
        /// `condition` or `treatment`.
        what: &'static str,
        /// Names that look like it.
        near: Vec<String>,
    },
    /// Nothing was mined yet.
    #[error("the corpus “{corpus}” was never mined; `litmine refresh {corpus}` does that")]
    NotMined {
        /// Which.
        corpus: String,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn near_names(near: &[String]) -> String {
    if near.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", near.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", "))
    }
}

/// Answers questions on one snapshot of one corpus.
pub struct Lookup<'c> {
    store: &'c Store,
    snapshot: Snapshot,
    vocabulary: &'c Vocabulary,
    sources: Vec<String>,
}

impl<'c> Lookup<'c> {
    /// Answers from the newest snapshot. `sources` are the names of the sources that the corpus is defined by.
    pub fn new(
        corpus: &str,
        store: &'c Store,
        vocabulary: &'c Vocabulary,
        sources: Vec<String>,
    ) -> Result<Self, LookupError> {
        let snapshot = store.snapshot()?.ok_or_else(|| LookupError::NotMined { corpus: corpus.to_owned() })?;
        Ok(Self { store, snapshot, vocabulary, sources })
    }

    /// What the corpus rests on.
    pub fn coverage(&self) -> Result<Coverage, LookupError> {
        Ok(Coverage::of(self.store, Some(&self.snapshot), &self.sources)?)
    }

    /// A document with its citation and what was mined from it; none if the snapshot does not show it.
    pub fn document(&self, id: &DocumentId) -> Result<Option<(CitedDocument, Document, Annotation)>, LookupError> {
        let Some(stored) = self.store.document(&self.snapshot, id)? else { return Ok(None) };
        let annotation = self.store.annotation(&self.snapshot, stored.version)?.unwrap_or_default();
        let citation = gather::cite(self.store, &self.snapshot, &stored, &annotation)?;
        Ok(Some((citation, stored.document, annotation)))
    }

    /// The answer, with at most `question.limit` studies listed; the summary counts all of them.
    pub fn answer(&self, question: &Question) -> Result<Answer, LookupError> {
        let understood = question::understand(question, self.vocabulary)?;
        let coverage = self.coverage()?;
        let documents = gather::documents(self.store, &self.snapshot, self.vocabulary, &understood)?;
        let mut studies = grouping::studies(documents);
        ranking::rank(&mut studies);
        let summary = summary::summarize(&studies, understood.outcome.is_some());
        studies.truncate(question.limit);
        Ok(Answer { understood, summary, studies, coverage })
    }
}
