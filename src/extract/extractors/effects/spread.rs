//! Means by arm with their spread, medians by arm with their range: "73.2 ± 15.6 vs 82.8 ± 20.3 h", "5.6 (3.9–10.4) vs 6.4 (4.0–9.7)".
//!
//! What stands before "±" is a mean in every journal, and so is what stands before "(SD 1.2)". One number alone may be anything (an
//! age, a dose, a baseline): only rows of at least two are read. Of "from 0.92 ± 0.25 to 0.84 ± 0.21" the second is the outcome; the
//! first is where it began.

use super::interval::{bounds, label};
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

/// How many tokens may stand between a mean and the next: "(nitrate) vs placebo", ", in the control group".
const GAP: usize = 10;

/// Reads the means that begin at `at`, and where to read on; none of them where they are no outcomes.
pub(super) fn means(s: &Sentence<'_>, at: usize) -> Option<(Vec<Reading>, usize)> {
    let mut row = vec![mean(s, at)?];
    while let Some(next) = row.last().and_then(|last| next_mean(s, last.next)) {
        row.push(next);
    }
    let end = row.last().map(|mean| mean.next)?;
    if row.len() < 2 {
        return None;
    }
    // "(before vs after, 42.1 ± 1.5 vs 44.9 ± 1.6)"
    let before = row.len() == 2 && (at.saturating_sub(6)..at).any(|n| s.word(n) == "before");
    let began: Vec<bool> = row.iter().enumerate().map(|(n, mean)| before && n == 0 || began(s, mean)).collect();
    let changes = began.contains(&true);
    // A plus is the sign of a change, or part of a name ("CM+").
    let plus = row.iter().any(|mean| s.kind(mean.number.at) == Some(Kind::Other));
    let percent = row.iter().any(|mean| mean.unit.as_ref().is_some_and(|unit| s.text[unit.clone()].starts_with('%')));
    if plus || of_participants(s, at, end, changes) || percent && !changes && of_change(s, at, end) {
        return Some((Vec::new(), end));
    }
    let outcomes = row.into_iter().zip(began).filter(|(_, began)| !began);
    let readings = outcomes
        .map(|(mean, _)| {
            // "3 ± 1 vs 5 ± 2 d": the unit of the last is not printed beside the first, and not given to it.
            let unit = mean.unit.map(|unit| s.text[unit].to_owned());
            let effect = Effect { value: Some(mean.number.value), unit, ..blank(Measure::Mean) };
            Reading { effect, bytes: bytes(s, mean.number.at, mean.next), tests_difference: true }
        })
        .collect();
    Some((readings, end))
}

/// How far before a row its sentence may say that it tells of the beginning, in tokens.
const FAR: usize = 60;

/// Whether the words around a row say what took part rather than what was found; where values changed "from … to …", words of
/// change are no such words.
fn of_participants(s: &Sentence<'_>, at: usize, end: usize, changes: bool) -> bool {
    let words = &WORDS.central;
    let mut near = at.saturating_sub(12)..end + 6;
    let described = near.any(|n| {
        let described = !changes && (s.is(n, &words.excluded) || s.is(n, &words.elsewhere));
        described || matches!(s.word(n), "age" | "aged" | "ages" | "old" | "median" | "medians")
    });
    let baseline = !changes && (at.saturating_sub(FAR)..at).any(|n| s.word(n) == "baseline");
    described || baseline || is_given(s, at)
}

/// Whether what is counted was given: "received 30 ± 18 mg".
pub(super) fn is_given(s: &Sentence<'_>, at: usize) -> bool {
    (at.saturating_sub(3)..at)
        .any(|n| matches!(s.word(n), "received" | "receiving" | "given" | "administered" | "consumed"))
}

/// Whether a percentage is of a change: "reduced by 49 ± 3%".
fn of_change(s: &Sentence<'_>, at: usize, end: usize) -> bool {
    const STEMS: [&str; 9] = ["decreas", "increas", "reduc", "improv", "declin", "chang", "fell", "rose", "loss"];
    let by = at.checked_sub(1).is_some_and(|before| s.word(before) == "by");
    by || (at.saturating_sub(16)..end + 6).any(|n| STEMS.iter().any(|stem| s.word(n).starts_with(stem)))
}

/// Whether a mean is where something began: "*0.92 ± 0.25* to 0.84 ± 0.21".
fn began(s: &Sentence<'_>, mean: &Mean) -> bool {
    let before = mean.number.at.checked_sub(1).is_some_and(|before| s.word(before) == "from");
    before || s.word(mean.next) == "to"
}

/// The next mean of a row.
fn next_mean(s: &Sentence<'_>, at: usize) -> Option<Mean> {
    for n in at..at + GAP {
        if let Some(mean) = mean(s, n) {
            return Some(mean);
        }
        let passes = matches!(
            s.kind(n),
            Some(Kind::Word | Kind::Open | Kind::Close | Kind::Comma | Kind::Semicolon | Kind::Colon | Kind::Stop)
        );
        if !passes || s.measure(n).is_some() || s.is(n, &WORDS.p.names) {
            return None;
        }
    }
    None
}

/// Reads the medians with their ranges that begin at `at`, where a median was named before: "187 [177–197] and 186 [171–200]".
pub(super) fn medians(s: &Sentence<'_>, at: usize) -> Option<(Vec<Reading>, usize)> {
    let mut row = vec![ranged(s, at)?];
    'row: while let Some(last) = row.last() {
        let from = last.2;
        for n in from..from + GAP {
            if let Some(next) = ranged(s, n) {
                row.push(next);
                continue 'row;
            }
            let passes = matches!(s.kind(n), Some(Kind::Word | Kind::Open | Kind::Close | Kind::Comma | Kind::Stop));
            if !passes || s.measure(n).is_some() || s.is(n, &WORDS.p.names) {
                break 'row;
            }
        }
        break;
    }
    let (first, end) = (row.first()?.0.at, row.last()?.2);
    let words = &WORDS.central;
    let described = (first.saturating_sub(16)..end + 6)
        .any(|n| s.is(n, &words.excluded) || s.is(n, &words.elsewhere) || label(s, n).is_some());
    if row.len() < 2 || described {
        return None;
    }
    let began = |at: usize, next: usize| at.checked_sub(1).is_some_and(|n| s.word(n) == "from") || s.word(next) == "to";
    let readings = row
        .into_iter()
        .filter(|(number, _, next)| !began(number.at, *next))
        .map(|(number, unit, next)| {
            let unit = unit.map(|unit| s.text[unit].to_owned());
            let effect = Effect { value: Some(number.value), unit, ..blank(Measure::Median) };
            Reading { effect, bytes: bytes(s, number.at, next), tests_difference: true }
        })
        .collect();
    Some((readings, end))
}

/// "5.6 (3.9–10.4) min": a number in its range.
fn ranged(s: &Sentence<'_>, at: usize) -> Option<(Signed, Option<std::ops::Range<usize>>, usize)> {
    if at.checked_sub(1).is_some_and(|n| matches!(s.kind(n), Some(Kind::Number(_) | Kind::Dash | Kind::Slash))) {
        return None;
    }
    let number = signed(s, at).filter(|number| !number.doubtful_sign)?;
    let (before, next) = unit(s, number.next);
    if s.kind(next) != Some(Kind::Open) {
        return None;
    }
    let inner = next + 1 + usize::from(matches!(s.word(next + 1), "iqr" | "range"));
    let range = bounds(s, inner)
        .filter(|range| range.is_range(s) && range.hold(number) && range.first.value < range.second.value)?;
    if s.kind(range.next) != Some(Kind::Close) {
        return None;
    }
    let (after, end) = unit(s, range.next + 1);
    Some((number, before.or(after), end))
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
    // "(SD 1.2)", "(SD = 1.2)"
    let deviation = open && s.word(next) == "sd";
    if deviation {
        next += usize::from(matches!(s.kind(next + 1), Some(Kind::Equal | Kind::Comma | Kind::Colon)));
    } else if s.kind(next) != Some(Kind::PlusMinus) {
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
