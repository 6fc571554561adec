//! Which way an outcome went under an intervention against a comparator, by what a text says of them. `README.md` has the method.
//!
//! A reader who asks names all three; the extractor of findings asks of those that it found itself.

mod evidence;
mod lexicon;
mod places;
mod shown;
mod values;
mod votes;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

pub use self::evidence::{Candidate, Evidence, judge_ranked};

use self::lexicon::Hits;
use self::places::{Names, Places};
use super::slots::Named;
use super::words::{Word, words};
use crate::extract::extractors::effects::{self, Reading};
use crate::extract::table;
use crate::model::Direction;

/// What is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The arm under test, as it is called.
    pub intervention: &'a str,
    /// The arm it is compared with.
    pub comparator: &'a str,
    /// What was measured.
    pub outcome: &'a str,
}

/// How likely the text reports each direction of the outcome under the intervention; the three sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// The outcome went up.
    pub increased: f32,
    /// It went down.
    pub decreased: f32,
    /// No difference is reported.
    pub no_difference: f32,
}

impl Judgement {
    /// The likeliest direction, and how likely it is.
    pub fn likeliest(&self) -> (Direction, f32) {
        let all = [
            (Direction::NoDifference, self.no_difference),
            (Direction::Decreased, self.decreased),
            (Direction::Increased, self.increased),
        ];
        all.into_iter().fold(all[0], |best, one| if one.1 > best.1 { one } else { best })
    }

    /// The mean of several, each by its weight; of none, that nothing is known.
    pub fn mean(judged: &[(f32, Self)]) -> Self {
        let whole: f32 = judged.iter().map(|(weight, _)| weight).sum();
        if whole <= 0.0 {
            return Self { increased: 1.0 / 3.0, decreased: 1.0 / 3.0, no_difference: 1.0 / 3.0 };
        }
        let of = |part: fn(&Self) -> f32| judged.iter().map(|(weight, one)| weight * part(one)).sum::<f32>() / whole;
        Self { increased: of(|j| j.increased), decreased: of(|j| j.decreased), no_difference: of(|j| j.no_difference) }
    }

    fn of(votes: &Votes) -> Self {
        let (up, none) = (likely(&votes.sign, &WEIGHTS.sign), likely(&votes.none, &WEIGHTS.none));
        Self { increased: (1.0 - none) * up, decreased: (1.0 - none) * (1.0 - up), no_difference: none }
    }
}

/// Votes by name.
pub type Weighted = Vec<(String, f32)>;

/// The votes that a text gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Votes {
    /// Up or down.
    pub sign: Weighted,
    /// Whether no difference is reported.
    pub none: Weighted,
}

/// Judges a text of a few sentences.
pub fn judge(text: &str, asked: &Asked<'_>) -> Judgement {
    Judgement::of(&votes(text, asked))
}

/// Judges the clause of a sentence in which the outcome (bytes of the sentence) was found: other clauses report of other outcomes.
pub(super) fn judge_found(words: &[Word], named: &[Named], outcome: &Range<usize>, readings: &[Reading]) -> Judgement {
    let clauses = places::clauses(words);
    let at = words.partition_point(|word| word.bytes.end <= outcome.start);
    let clause = clauses.get(at).copied().unwrap_or_default();
    let from = clauses.partition_point(|other| *other < clause);
    let to = clauses.partition_point(|other| *other <= clause);
    let words = &words[from..to];
    let bytes = words.first().map_or(0, |word| word.bytes.start)..words.last().map_or(0, |word| word.bytes.end);
    let within = |reading: &&Reading| bytes.start <= reading.bytes.start && reading.bytes.end <= bytes.end;
    let readings: Vec<Reading> = readings.iter().filter(within).cloned().collect();
    let hits = Hits::of(words);
    Judgement::of(&votes_at(words, &hits, &Places::found(words, &hits, named, outcome), &readings))
}

/// The votes on which [`judge`] decides, for training.
pub fn votes(text: &str, asked: &Asked<'_>) -> Votes {
    let words = words(text);
    let hits = Hits::of(&words);
    let places = Places::asked(&words, &hits, &Names::of(asked));
    votes_at(&words, &hits, &places, &effects::read(text))
}

fn votes_at(words: &[Word], hits: &Hits, places: &Places, readings: &[Reading]) -> Votes {
    let clauses = places::clauses(words);
    let cues = votes::cues(words, hits, &clauses, places);
    let mut votes = Votes { sign: votes::sign(hits, &clauses, places, &cues), none: Vec::new() };
    votes.sign.extend(values::votes(words, &clauses, places, readings, cues.is_empty()));
    votes.none = shown::votes(words, hits, &clauses, places, &cues, readings);
    votes
}

/// How much each vote counts.
type Model = HashMap<String, f32>;

#[derive(Default)]
struct Weights {
    sign: Model,
    none: Model,
    evidence: Model,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
    let mut weights = Weights::default();
    for row in table::rows(include_str!("weights.tsv")) {
        let [model, vote, weight] = row.as_slice() else { continue };
        let model = match *model {
            "sign" => &mut weights.sign,
            "none" => &mut weights.none,
            _ => &mut weights.evidence,
        };
        model.insert((*vote).to_owned(), weight.parse().unwrap_or(0.0));
    }
    weights
});

/// The sum of the votes, each by its weight.
fn linear(votes: &Weighted, weights: &Model) -> f32 {
    votes.iter().filter_map(|(name, vote)| Some(vote * weights.get(name)?)).sum()
}

/// The logistic function of the sum.
fn likely(votes: &Weighted, weights: &Model) -> f32 {
    1.0 / (1.0 + (-linear(votes, weights)).exp())
}

#[cfg(test)]
mod tests;
