//! How often a corpus speaks of a concept, and what it tells of it together with others.

use serde::Serialize;

use super::{Basis, Coverage, Lookup, LookupError, MapRequest, Question, Relation, Relations};
use crate::model::{ConceptId, ConceptType};

/// What a corpus has on one concept: counts and relations, each as a look-up of it, or of the pair, answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Occurrence {
    /// Studies with findings on it: retracted ones are left out.
    pub studies: usize,
    /// Documents of those studies.
    pub documents: usize,
    /// Of the treatments of a condition, or the conditions of a treatment, that most documents name with it: those of which a relation is told.
    pub relations: Vec<Related>,
    /// How many others were looked at.
    pub looked_at: usize,
}

/// A relation with another concept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Related {
    /// The other: a treatment of a condition, or a condition of a treatment.
    pub id: ConceptId,
    /// Its name.
    pub name: String,
    /// What is told of the pair.
    pub told: Relation,
    /// On what that rests.
    pub basis: Basis,
    /// The counts behind it.
    #[serde(skip)]
    pub counts: Relations,
}

impl Lookup<'_> {
    /// What the corpus has on a concept, of the `limit` others that most documents name with it; none of what is neither condition
    /// nor treatment, since findings are linked to these alone.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn occurrence(&self, id: &ConceptId, limit: usize) -> Result<Option<(Occurrence, Coverage)>, LookupError> {
        let is_condition = match self.vocabulary.concept_type(id) {
            Some(ConceptType::Condition) => true,
            Some(kind) if kind.can_treat() => false,
            _ => return Ok(None),
        };
        let asked = Some(id.as_str().to_owned());
        let other = |id: &ConceptId| Some(id.as_str().to_owned());
        let pair = |with: Option<String>| {
            let (condition, treatment) = if is_condition { (asked.clone(), with) } else { (with, asked.clone()) };
            Question { condition, treatment, limit: 0, ..Question::default() }
        };
        let alone = self.answer(&pair(None))?;
        let (condition, treatment) = if is_condition { (asked.clone(), None) } else { (None, asked.clone()) };
        let map = self.map(&MapRequest { condition, treatment, limit, ..MapRequest::default() })?;
        let others = if is_condition { map.columns } else { map.rows };
        let mut relations = Vec::new();
        for term in &others {
            let counts = self.answer(&pair(other(&term.concept)))?.relations.unwrap_or_default();
            if let Some((told, basis)) = counts.told() {
                relations.push(Related { id: term.concept.clone(), name: term.name.clone(), told, basis, counts });
            }
        }
        let summary = alone.summary;
        let (studies, documents) = (summary.studies, summary.documents);
        let occurrence = Occurrence { studies, documents, relations, looked_at: others.len() };
        Ok(Some((occurrence, alone.coverage)))
    }
}
