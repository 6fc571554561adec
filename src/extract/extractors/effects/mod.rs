//! The numbers of a sentence: estimates with their intervals and p-values, in every way journals print them.
//!
//! [`read`] is a grammar over the tokens of one sentence. It abstains where it is not sure: an estimate whose interval cannot
//! be read is dropped with it, so that "no interval" always means that none is printed. Names, units and words stand in data
//! files beside this one; their form is described in `README.md`.
//!
//! - `number.rs`, `exponent.rs`: text to tokens; `signed.rs`: numbers where a dash is a minus
//! - `measure.rs`: names of measures, units, words
//! - `spread.rs`: means by arm with their spread, medians with their range; `lists.rs`: further numbers of one measure
//! - `interval.rs`, `pvalue.rs`: the parts; `estimate.rs`, `after.rs`: a whole effect; `proportion.rs`: percentages by arm
//! - `cells.rs`: the same in the cells of tables
//! - `consistency.rs`: whether the parts agree

mod after;
pub mod cells;
mod consistency;
mod estimate;
mod exponent;
mod interval;
mod lists;
mod measure;
mod number;
mod proportion;
mod pvalue;
mod signed;
mod spread;

#[cfg(test)]
mod golden;

use std::ops::Range;

use self::estimate::Estimate;
use self::measure::Sentence;
use self::pvalue::{FoundP, Tested};
use crate::model::{Effect, Measure, Span, TextIndex};

/// Raised whenever the reading of numbers may change.
pub const VERSION: u32 = 4;

/// One reading: an effect, and where it stands in bytes of the sentence that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The effect. Its span counts code points of the sentence; see [`Reading::placed`].
    pub effect: Effect,
    /// Where it stands.
    pub bytes: Range<usize>,
    /// Whether it tests a difference or an association. A p-value for trend, interaction, heterogeneity or non-inferiority
    /// does not, and says nothing of whether a difference was shown.
    pub tests_difference: bool,
}

impl Reading {
    /// The effect with its span in the document: the sentence begins at byte `offset` of `text`.
    pub fn placed(&self, text: &TextIndex<'_>, offset: usize) -> Effect {
        let span = text.span(offset + self.bytes.start..offset + self.bytes.end);
        Effect { span, ..self.effect.clone() }
    }
}

/// Whether a word makes percentages beside it shares of people: "rate", "mortality".
pub(super) fn is_rate(word: &str) -> bool {
    measure::WORDS.proportion.rates.iter().any(|rate| *rate == word)
}

/// Reads the effects of one sentence, in order.
pub fn read(text: &str) -> Vec<Reading> {
    read_with(text, &[])
}

/// As [`read`], with the short forms of rates that the document explains, in lower case.
pub fn read_with(text: &str, rates: &[String]) -> Vec<Reading> {
    // Most sentences have no number at all.
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let sentence = Sentence::with_rates(text, rates);
    let mut readings = Vec::new();
    let mut at = 0;
    // Where the last estimate and the last name of a measure end.
    let (mut taken, mut named, mut last) = (0, 0, None);
    while at < sentence.tokens.len() {
        if let Some((name, len)) = sentence.measure(at) {
            // "mean and median survival was 31 and 18": which number is whose is not told by the order of words alone.
            let coordinated = named > 0 && at == named + 1 && last != name.measure && joins_names(&sentence, named);
            let before = name.measure.filter(|_| taken < at).and_then(|m| estimate::before_name(&sentence, at, len, m));
            let found = match (name.measure, before) {
                (_, Some(before)) => Some(before),
                (Some(measure), None) if !coordinated => estimate::estimate(&sentence, at, len, measure, name.needs),
                _ => None,
            };
            (named, last) = (at + len, name.measure);
            match found {
                Some(found) => {
                    let measure = found.measure_of_intervals();
                    let list = lists::listed(&sentence, &found);
                    at = take_estimate(&sentence, found, &mut readings);
                    if let Some((more, next)) = list.filter(|(_, next)| *next > at) {
                        readings.extend(more);
                        at = next;
                    }
                    while let Some(next) = measure.and_then(|measure| estimate::again(&sentence, at, measure)) {
                        at = take_estimate(&sentence, next, &mut readings);
                    }
                    taken = at;
                }
                None => {
                    let list = name
                        .measure
                        .filter(|measure| measure.is_ratio())
                        .and_then(|m| lists::legend(&sentence, at + len, m));
                    at += len;
                    if let Some((listed, next)) = list {
                        readings.extend(listed);
                        (at, taken) = (next, next);
                    }
                }
            }
        } else if let Some(p) = pvalue::pvalue(&sentence, at) {
            at = p.next;
            readings.push(lone(&sentence, p));
        } else if let Some((medians, next)) =
            (last == Some(Measure::Median)).then(|| spread::medians(&sentence, at)).flatten()
        {
            at = next;
            readings.extend(medians);
        } else if let Some((means, next)) = spread::means(&sentence, at) {
            at = next;
            readings.extend(means);
        } else if let Some((pair, next)) = proportion::proportions(&sentence, at) {
            at = next;
            readings.extend(pair);
        } else {
            at += 1;
        }
    }
    // One span for each code point: the effects of a sentence are few.
    let index = TextIndex::new(text);
    for reading in &mut readings {
        reading.effect.span = index.span(reading.bytes.clone());
    }
    readings.sort_by_key(|reading| reading.bytes.start);
    readings
}

fn joins_names(s: &Sentence<'_>, at: usize) -> bool {
    matches!(s.word(at), "and" | "or") || matches!(s.kind(at), Some(number::Kind::Comma | number::Kind::Slash))
}

/// Adds an estimate with the p-value that belongs to it; returns where to read on.
fn take_estimate(s: &Sentence<'_>, mut found: Estimate, readings: &mut Vec<Reading>) -> usize {
    let mut next = found.next;
    let mut others = Vec::new();
    while let Some(p) = estimate::p_after(s, next) {
        next = p.next;
        if p.tested == Tested::Difference {
            if estimate::bears_p(s, &found, p) {
                found.p = Some(p);
            } else {
                others.push(lone(s, p));
            }
            break;
        }
        others.push(lone(s, p));
    }
    readings.push(found.into_reading(s));
    readings.extend(others);
    next
}

fn lone(s: &Sentence<'_>, p: FoundP) -> Reading {
    Reading {
        effect: Effect { p: Some(p.p), ..blank(Measure::POnly) },
        bytes: bytes(s, p.at, p.next),
        tests_difference: p.tested == Tested::Difference,
    }
}

/// An effect whose place is told once all its numbers are read.
fn blank(measure: Measure) -> Effect {
    Effect::blank(measure, Span::new(0, 0))
}

/// The bytes of the tokens from `at` up to, and without, `next`.
fn bytes(s: &Sentence<'_>, at: usize, next: usize) -> Range<usize> {
    let start = s.tokens.get(at).map_or(0, |t| t.start);
    let end = next.checked_sub(1).and_then(|last| s.tokens.get(last)).map_or(start, |t| t.end);
    start..end.max(start)
}
