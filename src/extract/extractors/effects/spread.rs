//! Means by arm with their spread: "73.2 ± 15.6 vs 82.8 ± 20.3 h".
//!
//! What stands before "±" is a mean in every journal. Only pairs and rows with "versus" between them are read: one number alone may
//! be anything (an age, a dose, a baseline), and "and" may stand between an arm at two times.

use super::measure::{Sentence, WORDS};
use super::number::Kind;
use super::signed::{Signed, signed};
use super::{Reading, blank, bytes};
use crate::model::{Effect, Measure};

/// A mean, its unit and where it ends.
struct Mean {
    number: Signed,
    unit: Option<std::ops::Range<usize>>,
    next: usize,
}

/// How many words may stand between a mean and "versus": "(nitrate)", "in the drug group".
const GAP: usize = 8;

/// Reads the means that begin at `at`, and where to read on.
pub(super) fn means(s: &Sentence<'_>, at: usize) -> Option<(Vec<Reading>, usize)> {
    let mut found = vec![mean(s, at)?];
    while let Some(second) = found.last().and_then(|last| versus(s, last.next)).and_then(|next| mean(s, next)) {
        found.push(second);
    }
    // Baselines, ages and what takes part are no outcomes; a median has no "±".
    let near = at.saturating_sub(12)..found.last()?.next + 6;
    let excluded = near.clone().any(|n| {
        s.is(n, &WORDS.central.excluded) || s.is(n, &WORDS.central.elsewhere) || matches!(s.word(n), "age" | "median")
    });
    if found.len() < 2 || excluded {
        return None;
    }
    let next = found.last()?.next;
    let readings = found
        .into_iter()
        .map(|mean| {
            // "3 ± 1 vs 5 ± 2 d": the unit of the last is not printed beside the first, and not given to it.
            let unit = mean.unit.map(|unit| s.text[unit].to_owned());
            let effect = Effect { value: Some(mean.number.value), unit, ..blank(Measure::Mean) };
            Reading { effect, bytes: bytes(s, mean.number.at, mean.next), tests_difference: true }
        })
        .collect();
    Some((readings, next))
}

/// "73.2 ± 15.6 h", "73.2 (±15.6) h".
fn mean(s: &Sentence<'_>, at: usize) -> Option<Mean> {
    // "1.50–2.04 ± 0.94": a dash between two numbers is no sign.
    if at.checked_sub(1).is_some_and(|n| matches!(s.kind(n), Some(Kind::Number(_) | Kind::Dash | Kind::Slash))) {
        return None;
    }
    let number = signed(s, at).filter(|number| !number.doubtful_sign)?;
    let (before_unit, mut next) = unit(s, number.next);
    let open = s.kind(next) == Some(Kind::Open);
    next += usize::from(open);
    if s.kind(next) != Some(Kind::PlusMinus) {
        return None;
    }
    let spread = signed(s, next + 1).filter(|spread| spread.value >= 0.0)?;
    let (inner_unit, after) = unit(s, spread.next);
    next = after;
    if open {
        if s.kind(next) != Some(Kind::Close) {
            return None;
        }
        next += 1;
    }
    let (outer_unit, after) = unit(s, next);
    // A range behind it: "6.64 ± 1.50–2.04 ± 0.94".
    if matches!(s.kind(after), Some(Kind::Dash | Kind::Number(_) | Kind::Malformed | Kind::Slash | Kind::PlusMinus)) {
        return None;
    }
    Some(Mean { number, unit: before_unit.or(inner_unit).or(outer_unit), next: after })
}

fn unit(s: &Sentence<'_>, at: usize) -> (Option<std::ops::Range<usize>>, usize) {
    if s.kind(at) == Some(Kind::Percent) {
        return (Some(bytes(s, at, at + 1)), at + 1);
    }
    if let Some(len) = s.unit(at) {
        return (Some(bytes(s, at, at + len)), at + len);
    }
    // "2.30 ± 2.61/min"
    if s.kind(at) == Some(Kind::Slash) && s.kind(at + 1) == Some(Kind::Word) {
        return (Some(bytes(s, at, at + 2)), at + 2);
    }
    (None, at)
}

/// Where the number behind "versus" begins, if "versus" stands within a few words.
fn versus(s: &Sentence<'_>, at: usize) -> Option<usize> {
    for n in at..at + GAP {
        if s.is(n, &WORDS.proportion.versus) {
            return first_number(s, n + 1);
        }
        if s.word(n) == "compared" && matches!(s.word(n + 1), "with" | "to") {
            return first_number(s, n + 2);
        }
        let passes = matches!(s.kind(n), Some(Kind::Word | Kind::Open | Kind::Close | Kind::Comma));
        if !passes || s.measure(n).is_some() || matches!(s.word(n), "to" | "from") {
            return None;
        }
    }
    None
}

/// The first number at or behind `at`, past "vs.", words and a bracket: "vs. the control group (82.8 ± 20.3)".
fn first_number(s: &Sentence<'_>, at: usize) -> Option<usize> {
    let at = at + usize::from(s.kind(at) == Some(Kind::Stop));
    (at..at + GAP)
        .take_while(|n| {
            *n == at || matches!(s.kind(*n - 1), Some(Kind::Word | Kind::Open)) && s.measure(*n - 1).is_none()
        })
        .find(|n| signed(s, *n).is_some())
}
