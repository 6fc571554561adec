//! A question in words: which condition, treatment, comparator and outcome it names, and what it asks of them.
//!
//! The forms of questions are data (`patterns.toml`). A reading fills the slots of one form with words of the question; names
//! in them are found in the vocabularies. Nothing of a question is logged or kept.

mod outcomes;
mod patterns;

use std::ops::Range;

use serde::Serialize;

use self::patterns::{PATTERNS, Pattern, Piece, Slot};
use crate::model::{ConceptType, Direction};
use crate::vocab::Vocabulary;

pub(super) use outcomes::{harms_in, named_in, synonyms};

/// What kind of question it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuestionKind {
    /// Whether a treatment helps.
    Therapy,
    /// Whether it harms.
    Harm,
    /// How well a test tells who is ill.
    Diagnosis,
    /// How an illness goes on.
    Prognosis,
}

impl QuestionKind {
    /// The name as printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Therapy => "therapy",
            Self::Harm => "harm",
            Self::Diagnosis => "diagnosis",
            Self::Prognosis => "prognosis",
        }
    }
}

/// A question in words, read: the words of each slot as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) kind: Option<QuestionKind>,
    pub(super) condition: Option<String>,
    pub(super) treatment: Option<String>,
    pub(super) comparator: Option<String>,
    pub(super) outcome: Option<String>,
    pub(super) test: Option<String>,
    /// Which way the outcome is asked about.
    pub(super) direction: Option<Direction>,
    /// Words that say something and were not used.
    pub(super) unused: Vec<String>,
}

/// The longest question that is read, in characters.
pub(super) const LONGEST: usize = 1000;

/// The most words that a slot or a name takes.
const SLOT_WORDS: usize = 14;
const NAME_WORDS: usize = 9;

/// What each preposition in an outcome costs: more than a few words that another reading leaves over.
const SWALLOWED: usize = 5;

/// What a slot costs whose words hold no known name, beside its words: more than any that does.
const UNKNOWN: usize = 20;

/// Reads a question; none where neither a form nor a name is found in it.
pub(super) fn read(question: &str, vocabulary: &Vocabulary) -> Option<Reading> {
    let words = split(question);
    let reader = Reader { question, vocabulary, words: &words };
    let mut best: Option<(usize, Reading)> = None;
    for pattern in &PATTERNS.patterns {
        let mut slots = Vec::new();
        reader.fill(pattern, &pattern.pieces, 0, &mut slots, &mut best);
    }
    // Names alone ("metformin type 2 diabetes") are read where no form is. A form that needs a name which nobody knows keeps its
    // words, so that it can be said which; two known names are better than that.
    if best.as_ref().is_none_or(|(cost, _)| *cost >= UNKNOWN)
        && let Some(reading) = reader.names_alone()
        && (best.is_none() || reading.condition.is_some() && reading.treatment.is_some())
    {
        return Some(reading);
    }
    best.map(|(_, reading)| reading)
}

/// A word of the question: its bytes, and its letters in lower case.
#[derive(Debug, Clone)]
struct Word {
    bytes: Range<usize>,
    small: String,
}

/// Words are parted by blanks and by marks that are not within a word: `artemether/lumefantrine` and `HLA-B*57:01` are one.
fn split(question: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    for piece in question.split_inclusive(char::is_whitespace) {
        let mark = |c: char| !c.is_alphanumeric() && c != '%' && c != '+';
        let inner = piece.trim_start_matches(mark);
        let start = at + piece.len() - inner.len();
        let inner = inner.trim_end_matches(mark);
        if !inner.is_empty() {
            words.push(Word { bytes: start..start + inner.len(), small: inner.to_lowercase() });
        }
        at += piece.len();
    }
    words
}

struct Reader<'r> {
    question: &'r str,
    vocabulary: &'r Vocabulary,
    words: &'r [Word],
}

impl Reader<'_> {
    /// Fills the pieces of a pattern from word `at` on, and keeps the cheapest whole reading.
    fn fill(
        &self,
        pattern: &Pattern,
        pieces: &[Piece],
        at: usize,
        slots: &mut Vec<(Slot, Range<usize>)>,
        best: &mut Option<(usize, Reading)>,
    ) {
        let Some((piece, rest)) = pieces.split_first() else {
            if at == self.words.len() {
                let (cost, reading) = self.reading(pattern, slots);
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    *best = Some((cost, reading));
                }
            }
            return;
        };
        match piece {
            Piece::Words(phrases) => {
                for phrase in phrases.iter().filter(|phrase| self.stands_at(phrase, at)) {
                    self.fill(pattern, rest, at + phrase.len(), slots, best);
                }
            }
            Piece::Slot(slot) => {
                for end in at + 1..=self.words.len().min(at + SLOT_WORDS) {
                    slots.push((*slot, at..end));
                    self.fill(pattern, rest, end, slots, best);
                    slots.pop();
                }
            }
        }
    }

    fn stands_at(&self, phrase: &[String], at: usize) -> bool {
        self.words.get(at..at + phrase.len()).is_some_and(|words| words.iter().zip(phrase).all(|(w, p)| w.small == *p))
    }

    fn reading(&self, pattern: &Pattern, slots: &[(Slot, Range<usize>)]) -> (usize, Reading) {
        let mut reading = Reading { kind: Some(pattern.kind), direction: pattern.direction, ..Reading::default() };
        let mut cost = 0;
        for (slot, range) in slots {
            if *slot == Slot::Outcome {
                // An outcome is any words; one that runs on into a preposition has probably swallowed something.
                let swallowed = self.words[range.clone()].iter().filter(|w| PATTERNS.is_preposition(&w.small)).count();
                cost += SWALLOWED * swallowed;
                reading.outcome = Some(self.slice(self.trimmed(range)).to_owned());
                continue;
            }
            let name = self.name_in(range, |kind| slot.takes(kind));
            let taken = match &name {
                Some(name) => {
                    let left: Vec<String> = range
                        .clone()
                        .filter(|n| !name.contains(n) && !PATTERNS.is_noise(&self.words[*n].small))
                        .map(|n| self.slice(n..n + 1).to_owned())
                        .collect();
                    cost += left.len();
                    reading.unused.extend(left);
                    self.slice(name.clone())
                }
                None => {
                    cost += UNKNOWN + range.len();
                    self.slice(self.trimmed(range))
                }
            };
            let place = match slot {
                Slot::Condition => &mut reading.condition,
                Slot::Treatment => &mut reading.treatment,
                Slot::Comparator => &mut reading.comparator,
                Slot::Outcome => &mut reading.outcome,
                Slot::Test => &mut reading.test,
            };
            *place = Some(taken.to_owned());
        }
        (cost, reading)
    }

    /// Without the words at its ends that carry nothing.
    fn trimmed(&self, range: &Range<usize>) -> Range<usize> {
        let noise = |n: usize| PATTERNS.is_noise(&self.words[n].small);
        let start = range.clone().find(|n| !noise(*n)).unwrap_or(range.start);
        let end = range.clone().rev().find(|n| !noise(*n)).map_or(range.end, |n| n + 1);
        start..end.max(start + 1)
    }

    fn slice(&self, range: Range<usize>) -> &str {
        match (self.words.get(range.start), self.words.get(range.end.wrapping_sub(1))) {
            (Some(first), Some(last)) => &self.question[first.bytes.start..last.bytes.end],
            _ => "",
        }
    }

    /// The longest name of a fitting kind within these words; among equals the first.
    fn name_in(&self, range: &Range<usize>, fits: impl Fn(ConceptType) -> bool) -> Option<Range<usize>> {
        for length in (1..=range.len().min(NAME_WORDS)).rev() {
            for start in range.start..=range.end - length {
                if length == 1 && PATTERNS.is_noise(&self.words[start].small) {
                    continue;
                }
                let found = self.vocabulary.find(self.slice(start..start + length));
                let known = |id| self.vocabulary.concept_type(id).is_some_and(&fits);
                if found.iter().any(known) {
                    return Some(start..start + length);
                }
            }
        }
        None
    }

    /// The first condition and the first treatment that are named, whatever the form.
    fn names_alone(&self) -> Option<Reading> {
        let all = 0..self.words.len();
        let known = |word: &Word| PATTERNS.is_word(&word.small);
        let condition = self
            .name_in(&all, |kind| Slot::Condition.takes(kind))
            .filter(|at| at.len() > 1 || !known(&self.words[at.start]));
        let apart = |range: Range<usize>| {
            condition.as_ref().is_none_or(|taken| range.end <= taken.start || taken.end <= range.start)
        };
        let sides = match &condition {
            Some(taken) => vec![0..taken.start, taken.end..self.words.len()],
            None => vec![all.clone()],
        };
        let treatment = sides
            .into_iter()
            .filter(|side| !side.is_empty())
            .filter_map(|side| self.name_in(&side, |kind| Slot::Treatment.takes(kind)))
            .filter(|at| apart(at.clone()) && (at.len() > 1 || !known(&self.words[at.start])))
            .max_by_key(|at| (at.len(), std::cmp::Reverse(at.start)));
        if condition.is_none() && treatment.is_none() {
            return None;
        }
        let used = |n: usize| [&condition, &treatment].into_iter().flatten().any(|range| range.contains(&n));
        let unused = all
            .filter(|n| !used(*n) && !PATTERNS.is_noise(&self.words[*n].small) && !known(&self.words[*n]))
            .map(|n| self.slice(n..n + 1).to_owned())
            .collect();
        let words = |range: &Option<Range<usize>>| range.clone().map(|range| self.slice(range).to_owned());
        Some(Reading { condition: words(&condition), treatment: words(&treatment), unused, ..Reading::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Decreased, Increased};
    use QuestionKind::{Diagnosis, Harm, Prognosis, Therapy};

    fn reading(question: &str) -> Reading {
        read(question, &Vocabulary::starter()).unwrap_or_default()
    }

    type Expected = (Option<QuestionKind>, &'static str, &'static str, &'static str, &'static str, Option<Direction>);

    #[test]
    fn questions_are_read_as_people_ask_them() {
        let rows: &[(&str, Expected)] = &[
            (
                "does metformin lower HbA1c in type 2 diabetes?",
                (Some(Therapy), "type 2 diabetes", "metformin", "", "HbA1c", Some(Decreased)),
            ),
            (
                "Does metformin lower mortality in heart failure?",
                (Some(Therapy), "heart failure", "metformin", "", "mortality", Some(Decreased)),
            ),
            ("does exercise help hypertension", (Some(Therapy), "hypertension", "exercise", "", "", None)),
            (
                "is cognitive behavioural therapy effective for depression?",
                (Some(Therapy), "depression", "cognitive behavioural therapy", "", "", None),
            ),
            (
                "empagliflozin versus dapagliflozin for heart failure",
                (Some(Therapy), "heart failure", "empagliflozin", "dapagliflozin", "", None),
            ),
            ("what treats malaria?", (Some(Therapy), "malaria", "", "", "", None)),
            ("side effects of warfarin", (Some(Harm), "", "warfarin", "", "", None)),
            (
                "What are the side effects of warfarin in atrial fibrillation?",
                (Some(Harm), "atrial fibrillation", "warfarin", "", "", None),
            ),
            (
                "Does aspirin prevent stroke in atrial fibrillation?",
                (Some(Therapy), "atrial fibrillation", "aspirin", "", "stroke", Some(Decreased)),
            ),
            (
                "does aspirin increase bleeding in patients with stroke",
                (Some(Therapy), "stroke", "aspirin", "", "bleeding", Some(Increased)),
            ),
            (
                "Effect of empagliflozin on hospital admission in adults with heart failure",
                (Some(Therapy), "heart failure", "empagliflozin", "", "hospital admission", None),
            ),
            ("does aspirin cause bleeding?", (Some(Harm), "", "aspirin", "", "bleeding", Some(Increased))),
            ("how to diagnose asthma", (Some(Diagnosis), "asthma", "", "", "", None)),
            ("what is the prognosis of heart failure?", (Some(Prognosis), "heart failure", "", "", "", None)),
            ("metformin for type 2 diabetes", (Some(Therapy), "type 2 diabetes", "metformin", "", "", None)),
            ("metformin type 2 diabetes", (None, "type 2 diabetes", "metformin", "", "", None)),
            ("is metformin safe in heart failure", (Some(Harm), "heart failure", "metformin", "", "", None)),
        ];
        for (question, (kind, condition, treatment, comparator, outcome, direction)) in rows {
            let found = reading(question);
            let text = |slot: &Option<String>| slot.clone().unwrap_or_default();
            assert_eq!(
                (
                    found.kind,
                    text(&found.condition),
                    text(&found.treatment),
                    text(&found.comparator),
                    text(&found.outcome),
                    found.direction
                ),
                (
                    *kind,
                    condition.to_string(),
                    treatment.to_string(),
                    comparator.to_string(),
                    outcome.to_string(),
                    *direction
                ),
                "{question}"
            );
        }
    }

    #[test]
    fn words_that_are_not_used_are_told() {
        let found = reading("does metformin lower HbA1c in obese adults with type 2 diabetes?");
        assert_eq!(
            (found.condition.as_deref(), found.unused),
            (Some("type 2 diabetes"), vec!["obese".to_owned(), "adults".to_owned()])
        );
    }

    #[test]
    fn an_unknown_name_keeps_its_slot() {
        let found = reading("does zelmarin lower mortality in heart failure?");
        // So that the answer can say that nobody knows it, and not answer another question.
        assert_eq!((found.condition.as_deref(), found.treatment.as_deref()), (Some("heart failure"), Some("zelmarin")));
    }

    #[test]
    fn what_names_nothing_is_no_question() {
        for question in ["", "?", "what is the weather", &"in ".repeat(300)] {
            assert_eq!(read(question, &Vocabulary::starter()), None, "{question}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_question_makes_it_fail(question in "\\PC{0,120}") {
            read(&question, &Vocabulary::starter());
        }
    }
}
