//! What was asked, and what was understood.

use serde::Serialize;

use super::filters::Filters;
use super::patient::FitFilter;
use super::words::{self, QuestionKind, Reading};
use super::{LookupError, apart, together};
use crate::model::{ConceptId, ConceptType, Direction, LinkSide};
use crate::vocab::{Vocabulary, normalize};

/// A question: by names, in words, or both. At least a condition or a treatment must come of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// The question in words. What the other fields name counts before what the words say.
    pub words: Option<String>,
    /// A condition: a name, a synonym or an id.
    pub condition: Option<String>,
    /// A treatment, or a class of treatments.
    pub treatment: Option<String>,
    /// What the treatment is compared with: a name, or words such as “usual care”.
    pub comparator: Option<String>,
    /// Words that a finding must hold to be about the outcome.
    pub outcome: Option<String>,
    /// The index test, of a question of diagnosis: words that the document must hold.
    pub test: Option<String>,
    /// What kind of question it is; diagnosis, where a test is given.
    pub kind: Option<QuestionKind>,
    /// Which studies and findings count.
    pub filters: Filters,
    /// Whether effects are to be pooled.
    pub pool: bool,
    /// A patient, in words, whom the studies are compared with.
    pub patient: Option<String>,
    /// Which studies are listed by how the patient fits.
    pub fit: FitFilter,
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
    /// Concepts that are looked for with it, because papers use them for the same thing.
    pub together: Vec<(ConceptId, String)>,
    /// Concepts that the vocabulary has beneath it and that are not meant by its name: they and their kinds do not answer.
    pub apart: Vec<(ConceptId, String)>,
    /// Every concept that answers: the one taken first, then its kinds and members, then those looked for with it and theirs.
    #[serde(skip)]
    pub answers: Vec<ConceptId>,
}

impl Term {
    /// How many kinds and members stand for it besides itself and those looked for with it.
    pub fn narrower(&self) -> usize {
        self.answers.len().saturating_sub(1 + self.together.len())
    }
}

/// Words that are looked for in findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeWords {
    /// As it was asked.
    pub asked: String,
    /// Groups of words in their normal form: a finding is about it if its sentence holds all words of one group.
    pub groups: Vec<Vec<String>>,
}

impl OutcomeWords {
    /// Whether a sentence holds all words of a group.
    pub fn matches(&self, sentence: &str) -> bool {
        self.matches_normal(&normalize(sentence))
    }

    /// The same, of a sentence in its normal form.
    pub fn matches_normal(&self, normal: &str) -> bool {
        let words: std::collections::BTreeSet<&str> = normal.split_whitespace().collect();
        self.groups.iter().any(|group| group.iter().all(|word| words.contains(word.as_str())))
    }
}

/// What a treatment is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparator {
    /// As it was asked.
    pub asked: String,
    /// The concept, where a vocabulary has one of that name.
    pub concept: Option<(ConceptId, String)>,
    /// Every concept that answers.
    #[serde(skip)]
    pub answers: Vec<ConceptId>,
    /// Its words in their normal form, and those of its synonyms.
    pub words: OutcomeWords,
}

/// What a name that no vocabulary knows was given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SoughtAs {
    /// The condition.
    Condition,
    /// The treatment.
    Treatment,
    /// A question in words of which no form is known and in which no name is.
    Question,
}

impl SoughtAs {
    /// The name as printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Treatment => "treatment",
            Self::Question => "question",
        }
    }
}

/// A name that no vocabulary knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SoughtName {
    /// What it was given as.
    pub what: SoughtAs,
    /// As it was asked.
    pub asked: String,
    /// Known names that look like it.
    pub near: Vec<String>,
}

impl SoughtName {
    /// That nobody knows it, where no document holds its words either.
    pub(super) fn unknown(self) -> LookupError {
        match self.what {
            SoughtAs::Question => LookupError::NothingNamed,
            what => LookupError::UnknownName { name: self.asked, what: what.name(), near: self.near },
        }
    }
}

/// The question as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Understood {
    /// Whether it was read from words.
    pub in_words: bool,
    /// What kind of question it is, where that was said.
    pub kind: Option<QuestionKind>,
    /// The condition.
    pub condition: Option<Term>,
    /// The treatment.
    pub treatment: Option<Term>,
    /// What it is compared with.
    pub comparator: Option<Comparator>,
    /// Names that no vocabulary knows, which are looked for by their words in the documents.
    pub by_words: Vec<SoughtName>,
    /// The outcome.
    pub outcome: Option<OutcomeWords>,
    /// Whether a finding need not hold all words of the outcome or the comparator, because none does, or because names are looked for by
    /// their words: those that hold most of them come first.
    pub loosened: bool,
    /// The test, of a question of diagnosis.
    pub test: Option<OutcomeWords>,
    /// Which way the outcome was asked about.
    pub direction: Option<Direction>,
    /// Words of the question that were not used.
    pub unused: Vec<String>,
    /// Which studies and findings count.
    pub filters: Filters,
}

/// Words that carry no meaning of their own in the name of an outcome.
const EMPTY_WORDS: [&str; 14] =
    ["of", "for", "the", "in", "to", "and", "or", "a", "an", "with", "risk", "rate", "level", "incidence"];

/// How many near names are offered.
const NEAR: usize = 4;

/// Understands a question. With `by_words`, a name that no vocabulary knows is looked for by its words; without, it is an error.
pub(super) fn understand(
    question: &Question,
    vocabulary: &Vocabulary,
    by_words: bool,
) -> Result<Understood, LookupError> {
    let read = match question.words.as_deref() {
        None => None,
        Some(words) if words.chars().count() > words::LONGEST => {
            return Err(LookupError::TooLong { most: words::LONGEST });
        }
        Some(words) => words::read(words, vocabulary),
    };
    let in_words = read.is_some();
    let Reading { kind, condition, treatment, comparator, outcome, test, direction, unused } = read.unwrap_or_default();
    let pick = |by_name: &Option<String>, by_words: Option<String>| by_name.clone().or(by_words);
    let mut sought = Vec::new();
    let mut term = |asked: Option<String>, side| -> Result<Option<Term>, LookupError> {
        let Some(asked) = asked else { return Ok(None) };
        match resolve(&asked, side, vocabulary) {
            // What is known as something else is asked for by mistake.
            Err(LookupError::UnknownName { name, near, .. }) if by_words && vocabulary.find(&asked).is_empty() => {
                let what = match side {
                    LinkSide::Condition => SoughtAs::Condition,
                    LinkSide::Treatment => SoughtAs::Treatment,
                };
                sought.push(SoughtName { what, asked: name, near });
                Ok(None)
            }
            known => known.map(Some),
        }
    };
    let condition = term(pick(&question.condition, condition), LinkSide::Condition)?;
    let treatment = term(pick(&question.treatment, treatment), LinkSide::Treatment)?;
    if condition.is_none() && treatment.is_none() && sought.is_empty() {
        let Some(words) = question.words.clone().filter(|_| by_words) else { return Err(LookupError::NothingNamed) };
        sought.push(SoughtName { what: SoughtAs::Question, asked: words, near: Vec::new() });
    }
    // A direction belongs to the outcome of the words, not to one that was given instead.
    let direction = direction.filter(|_| question.outcome.is_none());
    Ok(Understood {
        in_words,
        kind: question.kind.or(question.test.as_ref().map(|_| QuestionKind::Diagnosis)).or(kind),
        condition,
        treatment,
        comparator: pick(&question.comparator, comparator).map(|asked| compared(&asked, vocabulary)),
        loosened: !sought.is_empty(),
        by_words: sought,
        outcome: pick(&question.outcome, outcome).map(|asked| words_of(&asked, vocabulary)),
        test: pick(&question.test, test).map(|asked| words_of(&asked, vocabulary)),
        direction,
        unused,
        filters: question.filters.clone(),
    })
}

/// What a name of a side stands for.
pub(super) fn resolve(asked: &str, side: LinkSide, vocabulary: &Vocabulary) -> Result<Term, LookupError> {
    let fits = |kind: ConceptType| match side {
        LinkSide::Condition => kind == ConceptType::Condition,
        LinkSide::Treatment => kind.can_treat(),
    };
    let fitting = |id: &ConceptId| vocabulary.concept_type(id).is_some_and(fits);
    let name = |id: &ConceptId| vocabulary.name(id).unwrap_or_else(|| id.to_string());
    let direct = vocabulary.find(asked);
    // A name of something else may be meant for what fits: the virus for its infection.
    let mut found = direct
        .iter()
        .filter(|id| fitting(id))
        .cloned()
        .chain(direct.iter().filter(|id| !fitting(id)).flat_map(together::of).filter(|id| fitting(id)));
    let Some(concept) = found.next() else {
        let near = vocabulary.nearest(asked, 4 * NEAR).into_iter().filter(|(_, id)| fitting(id));
        let mut names: Vec<String> = Vec::new();
        for (near, _) in near {
            if !names.contains(&near) {
                names.push(near);
            }
        }
        names.truncate(NEAR);
        return Err(LookupError::UnknownName { name: asked.to_owned(), what: side.name(), near: names });
    };
    let together: Vec<ConceptId> = together::of(&concept).into_iter().filter(|id| fitting(id)).collect();
    let mut alternatives: Vec<(ConceptId, String)> = Vec::new();
    for id in found.filter(|id| *id != concept && !together.contains(id)) {
        if alternatives.iter().all(|(known, _)| *known != id) {
            alternatives.push((id.clone(), name(&id)));
        }
    }
    let mut answers = vocabulary.narrower(&concept);
    for id in together.iter().flat_map(|id| vocabulary.narrower(id)) {
        if !answers.contains(&id) {
            answers.push(id);
        }
    }
    // What stands apart is left out with its kinds, unless it was not there to begin with.
    let apart: Vec<ConceptId> = apart::from(&concept).iter().filter(|id| answers.contains(id)).cloned().collect();
    for id in apart.iter().flat_map(|id| vocabulary.narrower(id)) {
        answers.retain(|answer| *answer != id);
    }
    let named = |ids: Vec<ConceptId>| ids.into_iter().map(|id| (id.clone(), name(&id))).collect();
    let (together, apart) = (named(together), named(apart));
    Ok(Term { asked: asked.to_owned(), name: name(&concept), concept, alternatives, together, apart, answers })
}

/// A comparator: by its concept where one has the name, and by its words in any case, since “usual care” is no concept.
fn compared(asked: &str, vocabulary: &Vocabulary) -> Comparator {
    let concept = vocabulary.find(asked).into_iter().next();
    let answers = concept.as_ref().map(|id| vocabulary.narrower(id)).unwrap_or_default();
    let concept = concept.map(|id| (id.clone(), vocabulary.name(&id).unwrap_or_else(|| id.to_string())));
    Comparator { asked: asked.to_owned(), concept, answers, words: words_of(asked, vocabulary) }
}

/// The words themselves, those of the synonyms of a concept of that name, and the other names of an outcome.
fn words_of(asked: &str, vocabulary: &Vocabulary) -> OutcomeWords {
    let words = |name: &str| -> Vec<String> {
        normalize(name).split_whitespace().filter(|word| !EMPTY_WORDS.contains(word)).map(str::to_owned).collect()
    };
    let mut groups = vec![words(asked)];
    for concept in vocabulary.find(asked).iter().filter_map(|id| vocabulary.concept(id)) {
        groups.extend(std::iter::once(&concept.name).chain(&concept.synonyms).map(|name| words(name)));
    }
    groups.extend(words::synonyms(asked).into_iter().map(words));
    groups.retain(|group| !group.is_empty());
    groups.sort();
    groups.dedup();
    OutcomeWords { asked: asked.to_owned(), groups }
}
