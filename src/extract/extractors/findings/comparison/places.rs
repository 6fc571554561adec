//! Where a text speaks of the two arms and of the outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Asked;
use super::lexicon::{Hits, Kind, LISTS, of};
use crate::extract::extractors::findings::polarity;
use crate::extract::extractors::findings::slots::Named;
use crate::extract::extractors::findings::words::{Word, words};

/// Of two words that agree so far, one is a form of the other: "bleed", "bleeding".
const STEM: usize = 6;
/// More mentions of the outcome, or of arms, than these say nothing new.
const MOST: usize = 32;
/// What crossing into another clause costs, in words.
const CLAUSE: usize = 12;
/// How far an outcome is that is not named, in words.
pub(super) const UNNAMED: usize = 30;

/// Which arm: 1 for the intervention, -1 for the comparator. Votes are products of such signs.
pub(super) type Side = f32;

/// A name that is asked for.
pub(super) struct Name {
    words: Vec<Word>,
    pub(super) stems: BTreeSet<String>,
    /// The letters and numbers by which it says groups are called.
    letters: BTreeSet<String>,
}

impl Name {
    fn of(text: &str) -> Self {
        let words = words(text);
        Self { stems: stems(&words), letters: letters(&words), words }
    }

    /// Whether words stand in it one after the other.
    fn holds(&self, phrase: &[Word]) -> bool {
        let stands = |part: &[Word]| part.iter().zip(phrase).all(|(one, other)| one.text == other.text);
        self.words.windows(phrase.len().max(1)).any(stands)
    }
}

/// The names of what is asked, read once for any number of sentences.
pub(super) struct Names {
    pub(super) intervention: Name,
    pub(super) comparator: Name,
    pub(super) outcome: Name,
}

impl Names {
    pub(super) fn of(asked: &Asked<'_>) -> Self {
        Self {
            intervention: Name::of(asked.intervention),
            comparator: Name::of(asked.comparator),
            outcome: Name::of(asked.outcome),
        }
    }
}

/// Where they stand, by word.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Places {
    /// In order.
    pub(super) arms: Vec<(usize, Side)>,
    pub(super) outcome: Vec<usize>,
    /// How many words the outcome's name has.
    stems: usize,
    /// 1 where more of the outcome is better, -1 where less is, 0 where that is not known.
    pub(super) polarity: f32,
    /// Whether the outcome is a time.
    pub(super) is_time: bool,
}

impl Places {
    /// Finds what is asked for by the words it is called by.
    pub(super) fn asked(text: &[Word], hits: &Hits, names: &Names) -> Self {
        let Names { intervention, comparator, outcome } = names;
        let [tested, control, measured] = [&intervention.stems, &comparator.stems, &outcome.stems];
        let mut places = Self::of_outcome(text, &outcome.words, measured);
        for (at, word) in text.iter().enumerate() {
            let stem = stem(word);
            // "group B"
            let lettered = matches!(word.text.as_str(), "group" | "groups" | "arm").then(|| text.get(at + 1)).flatten();
            let side = if let Some(letter) = lettered {
                side_of(intervention.letters.contains(&letter.text), comparator.letters.contains(&letter.text))
            } else if named(word) && !measured.contains(stem) {
                side_of(tested.contains(stem), control.contains(stem))
            } else {
                None
            };
            // "the control group", unless the one under test is called so
            let side = side.or_else(|| {
                let called = |kind| hits.all(kind).iter().find(|hit| hit.0 == at).map(|hit| &text[at..at + hit.1]);
                if let Some(phrase) = called(Kind::Control) {
                    let turned = intervention.holds(phrase) && !comparator.holds(phrase);
                    Some(if turned { 1.0 } else { -1.0 })
                } else {
                    let phrase = called(Kind::Tested)?;
                    let turned = comparator.holds(phrase) && !intervention.holds(phrase);
                    Some(if turned { -1.0 } else { 1.0 })
                }
            });
            if let Some(side) = side.filter(|_| places.arms.len() < MOST) {
                places.arms.push((at, side));
            }
        }
        places
    }

    /// Takes them as the extractor of findings found them.
    pub(super) fn found(text: &[Word], hits: &Hits, named: &[Named], outcome: &Range<usize>) -> Self {
        let from = text.partition_point(|word| word.bytes.end <= outcome.start);
        let to = text.partition_point(|word| word.bytes.start < outcome.end);
        let outcome = &text[from..to.max(from)];
        let mut places = Self::of_outcome(text, outcome, &stems(outcome));
        for (at, word) in text.iter().enumerate() {
            let treatment = named.iter().find(|name| name.treatment && name.bytes.start == word.bytes.start);
            let side = match treatment.and_then(|name| name.comparator) {
                Some(comparator) => Some(if comparator { -1.0 } else { 1.0 }),
                None if hits.begins(Kind::Control, at) => Some(-1.0),
                None if hits.begins(Kind::Tested, at) => Some(1.0),
                None => None,
            };
            if let Some(side) = side.filter(|_| places.arms.len() < MOST) {
                places.arms.push((at, side));
            }
        }
        places
    }

    fn of_outcome(text: &[Word], outcome: &[Word], stems: &BTreeSet<String>) -> Self {
        let count = |list: &[String]| outcome.iter().filter(|word| of(list, &word.text)).count();
        let (good, bad) = (count(&polarity::words().good), count(&polarity::words().bad));
        let polarity = match good.cmp(&bad) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Less => -1.0,
            std::cmp::Ordering::Equal => 0.0,
        };
        let at = |(at, word): (usize, &Word)| (named(word) && stems.contains(stem(word))).then_some(at);
        let found: Vec<usize> = text.iter().enumerate().filter_map(at).take(MOST).collect();
        let is_time = found.iter().any(|at| of(&LISTS.measured_times, &text[*at].text));
        Self { arms: Vec::new(), outcome: found, stems: stems.len(), polarity, is_time }
    }

    /// The clauses that have every word of the outcome's name.
    pub(super) fn clauses_of_outcome(&self, text: &[Word], clauses: &[usize]) -> BTreeSet<usize> {
        let mut held: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for at in &self.outcome {
            held.entry(clauses[*at]).or_default().insert(stem(&text[*at]));
        }
        held.into_iter().filter(|(_, stems)| stems.len() == self.stems).map(|(clause, _)| clause).collect()
    }

    /// How far the outcome is from a word, in words.
    pub(super) fn to_outcome(&self, clauses: &[usize], at: usize) -> Option<usize> {
        self.outcome.iter().map(|outcome| distance(clauses, at, *outcome)).min()
    }
}

/// The clause that each word stands in.
pub(super) fn clauses(text: &[Word]) -> Vec<usize> {
    let mut clause = 0;
    let of_word = |word: &Word| {
        if matches!(word.text.as_str(), ";" | "." | ":") || of(&LISTS.clause, &word.text) {
            clause += 1;
        }
        clause
    };
    text.iter().map(of_word).collect()
}

pub(super) fn distance(clauses: &[usize], one: usize, other: usize) -> usize {
    one.abs_diff(other) + CLAUSE * clauses[one].abs_diff(clauses[other])
}

fn side_of(tested: bool, control: bool) -> Option<Side> {
    match (tested, control) {
        (true, false) => Some(1.0),
        (false, true) => Some(-1.0),
        _ => None,
    }
}

fn stem(word: &Word) -> &str {
    word.text.char_indices().nth(STEM).map_or(&word.text, |(end, _)| &word.text[..end])
}

/// Whether a word can name something.
fn named(word: &Word) -> bool {
    (word.is_word() || word.is_number()) && !of(&LISTS.stop, &word.text)
}

/// What a text names, by the beginnings of its words.
pub(super) fn stems(words: &[Word]) -> BTreeSet<String> {
    words.iter().filter(|word| named(word)).map(|word| stem(word).to_owned()).collect()
}

/// The letters and numbers by which groups are called: "group A", "(group 2)".
fn letters(words: &[Word]) -> BTreeSet<String> {
    let short = |text: &str| text.chars().count() == 1 || text.chars().all(|c| matches!(c, 'i' | 'v'));
    let pairs = words.windows(2).filter(|pair| matches!(pair[0].text.as_str(), "group" | "groups"));
    pairs.map(|pair| pair[1].text.clone()).filter(|text| short(text)).collect()
}
