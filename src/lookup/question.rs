//! What was asked, and what was understood.

use serde::Serialize;

use super::LookupError;
use crate::model::{ConceptId, ConceptType};
use crate::vocab::{Vocabulary, normalize};

/// A question by concepts. At least one of condition and treatment is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// A condition: a name, a synonym or an id.
    pub condition: Option<String>,
    /// A treatment, or a class of treatments.
    pub treatment: Option<String>,
    /// Words that a finding must hold to be about the outcome.
    pub outcome: Option<String>,
    /// How many studies to list.
    pub limit: usize,
}

/// A name of the question and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// As it was asked.
    pub asked: String,
    /// The concept taken.
    pub concept: ConceptId,
    /// Its name.
    pub name: String,
    /// Other concepts that have the name.
    pub alternatives: Vec<(ConceptId, String)>,
    /// Every concept that answers: the one taken first, then its kinds and members.
    #[serde(skip)]
    pub answers: Vec<ConceptId>,
}

impl Term {
    /// How many kinds and members stand for it besides itself.
    pub fn narrower(&self) -> usize {
        self.answers.len().saturating_sub(1)
    }
}

/// The outcome, as words that are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeWords {
    /// As it was asked.
    pub asked: String,
    /// Groups of words in their normal form: a finding is about the outcome if its sentence holds all words of one group.
    pub groups: Vec<Vec<String>>,
}

impl OutcomeWords {
    /// Whether a sentence holds all words of a group.
    pub fn matches(&self, sentence: &str) -> bool {
        let normal = normalize(sentence);
        let words: std::collections::BTreeSet<&str> = normal.split_whitespace().collect();
        self.groups.iter().any(|group| group.iter().all(|word| words.contains(word.as_str())))
    }
}

/// The question as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Understood {
    /// The condition.
    pub condition: Option<Term>,
    /// The treatment.
    pub treatment: Option<Term>,
    /// The outcome.
    pub outcome: Option<OutcomeWords>,
}

/// Words that carry no meaning of their own in the name of an outcome.
const EMPTY_WORDS: [&str; 10] = ["of", "for", "the", "in", "to", "and", "or", "a", "an", "with"];

/// How many near names are offered.
const NEAR: usize = 4;

pub(super) fn understand(question: &Question, vocabulary: &Vocabulary) -> Result<Understood, LookupError> {
    let term = |asked: &Option<String>, what, fits: fn(ConceptType) -> bool| {
        asked.as_ref().map(|asked| resolve(asked, what, fits, vocabulary)).transpose()
    };
    Ok(Understood {
        condition: term(&question.condition, "condition", |kind| kind == ConceptType::Condition)?,
        treatment: term(&question.treatment, "treatment", ConceptType::can_treat)?,
        outcome: question.outcome.as_ref().map(|asked| outcome(asked, vocabulary)),
    })
}

fn resolve(
    asked: &str,
    what: &'static str,
    fits: fn(ConceptType) -> bool,
    vocabulary: &Vocabulary,
) -> Result<Term, LookupError> {
    let fitting = |id: &ConceptId| vocabulary.concept_type(id).is_some_and(fits);
    let name = |id: &ConceptId| vocabulary.name(id).unwrap_or_else(|| id.to_string());
    let mut found = vocabulary.find(asked).into_iter().filter(fitting);
    let Some(concept) = found.next() else {
        let near = vocabulary.nearest(asked, 4 * NEAR).into_iter().filter(|(_, id)| fitting(id));
        let mut names: Vec<String> = Vec::new();
        for (near, _) in near {
            if !names.contains(&near) {
                names.push(near);
            }
        }
        names.truncate(NEAR);
        return Err(LookupError::UnknownName { name: asked.to_owned(), what, near: names });
    };
    let alternatives = found.map(|id| (id.clone(), name(&id))).collect();
    let answers = vocabulary.narrower(&concept);
    Ok(Term { asked: asked.to_owned(), name: name(&concept), concept, alternatives, answers })
}

/// The outcome's own words, and those of the synonyms of a concept of that name.
fn outcome(asked: &str, vocabulary: &Vocabulary) -> OutcomeWords {
    let words = |name: &str| -> Vec<String> {
        normalize(name).split_whitespace().filter(|word| !EMPTY_WORDS.contains(word)).map(str::to_owned).collect()
    };
    let mut groups = vec![words(asked)];
    for concept in vocabulary.find(asked).iter().filter_map(|id| vocabulary.concept(id)) {
        groups.extend(std::iter::once(&concept.name).chain(&concept.synonyms).map(|name| words(name)));
    }
    groups.retain(|group| !group.is_empty());
    groups.sort();
    groups.dedup();
    OutcomeWords { asked: asked.to_owned(), groups }
}
