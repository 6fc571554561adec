//! What the query language asks a vocabulary.

use crate::model::ConceptId;
use crate::vocab::Vocabulary;

/// Headings and substances: what they are called, and the hierarchy that `[mh]` counts down.
pub trait Headings: Sync {
    /// The heading or supplementary concept that goes by a name: a preferred name or an entry term, whatever the case, or an
    /// id. An abbreviation counts only in its own letters.
    fn find(&self, name: &str) -> Option<ConceptId>;

    /// A heading and all that is beneath it in the tree, itself first.
    fn narrower(&self, heading: &ConceptId) -> Vec<ConceptId>;

    /// What has a pharmacological action.
    fn acting(&self, _action: &ConceptId) -> Vec<ConceptId> {
        Vec::new()
    }

    /// The preferred name.
    fn name(&self, _heading: &ConceptId) -> Option<String> {
        None
    }

    /// Whether it says what kind of publication a document is, and so stands in `[pt]`.
    fn is_publication_type(&self, _heading: &ConceptId) -> bool {
        false
    }

    /// Names that look like one that is not known, the most alike first.
    fn nearest(&self, _name: &str) -> Vec<String> {
        Vec::new()
    }

    /// Whether there are headings at all, so that a name that [`Headings::find`] does not know is worth a note.
    fn knows_headings(&self) -> bool {
        true
    }
}

/// No vocabulary: headings are searched by the names and ids that the documents give them.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHeadings;

impl Headings for NoHeadings {
    fn find(&self, _: &str) -> Option<ConceptId> {
        None
    }

    fn narrower(&self, heading: &ConceptId) -> Vec<ConceptId> {
        vec![heading.clone()]
    }

    fn knows_headings(&self) -> bool {
        false
    }
}

/// What MeSH's ids begin with here; no other concept is a heading of a record.
pub(super) const MESH: &str = "MESH:";

/// How many names like a wrong one are offered.
const NEAREST: usize = 3;

impl Headings for Vocabulary {
    fn find(&self, name: &str) -> Option<ConceptId> {
        let mut of_mesh = Vocabulary::find(self, name).into_iter().filter(|id| id.as_str().starts_with(MESH));
        let in_these_letters = |id: &ConceptId| {
            self.concept(id).is_some_and(|c| c.name == name || c.synonyms.iter().any(|synonym| synonym == name))
        };
        of_mesh.find(|id| !self.is_abbreviation_of(name, id) || in_these_letters(id))
    }

    fn narrower(&self, heading: &ConceptId) -> Vec<ConceptId> {
        self.exploded(heading)
    }

    fn acting(&self, action: &ConceptId) -> Vec<ConceptId> {
        self.members(action)
    }

    fn name(&self, heading: &ConceptId) -> Option<String> {
        Vocabulary::name(self, heading)
    }

    fn is_publication_type(&self, heading: &ConceptId) -> bool {
        let tree = self.concept(heading).map(|concept| concept.tree_numbers).unwrap_or_default();
        !tree.is_empty() && tree.iter().all(|number| number.starts_with('V'))
    }

    fn nearest(&self, name: &str) -> Vec<String> {
        let near = Vocabulary::nearest(self, name, NEAREST * 3).into_iter();
        near.filter(|(_, id)| id.as_str().starts_with(MESH)).take(NEAREST).map(|(name, _)| name).collect()
    }
}
