//! What the query language asks a vocabulary.

use crate::model::ConceptId;
use crate::vocab::Vocabulary;

/// Names of headings, and the hierarchy that `[mh]` counts down.
pub trait Headings {
    /// The headings that go by a name: preferred names and synonyms, whatever the case.
    fn find(&self, name: &str) -> Vec<ConceptId>;

    /// A heading and all that is narrower, itself first.
    fn narrower(&self, heading: &ConceptId) -> Vec<ConceptId>;

    /// Whether there are headings at all, so that a name that [`Headings::find`] does not know is worth a note.
    fn knows_headings(&self) -> bool {
        true
    }
}

/// No vocabulary: headings are searched by the names and ids that the documents give them.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHeadings;

impl Headings for NoHeadings {
    fn find(&self, _: &str) -> Vec<ConceptId> {
        Vec::new()
    }

    fn narrower(&self, heading: &ConceptId) -> Vec<ConceptId> {
        vec![heading.clone()]
    }

    fn knows_headings(&self) -> bool {
        false
    }
}

impl Headings for Vocabulary {
    fn find(&self, name: &str) -> Vec<ConceptId> {
        Vocabulary::find(self, name)
    }

    fn narrower(&self, heading: &ConceptId) -> Vec<ConceptId> {
        Vocabulary::narrower(self, heading)
    }
}
