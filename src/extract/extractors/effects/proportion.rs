//! Percentages by arm: counts with their percentage, and pairs of percentages with "versus" between them.

use super::interval::label;
use super::measure::{Sentence, WORDS};
use super::number::Kind;
use super::{Reading, blank, bytes};
use crate::model::{Effect, Measure};

/// Reads the proportion, or the pair of them, that begins at `at`, and where to read on.
pub(super) fn proportions(s: &Sentence<'_>, at: usize) -> Option<(Vec<Reading>, usize)> {
    s.tokens.get(at)?.number()?;
    if let Some((reading, next)) = counted(s, at) {
        return Some((vec![reading], next));
    }
    pair(s, at)
}

/// "23 of 100 patients (23%)", "23/100 (23.0%)", "23% (23/100)", "23% (23 of 100)". The numbers must agree, else the
/// percentage may be of something else.
fn counted(s: &Sentence<'_>, at: usize) -> Option<(Reading, usize)> {
    if s.kind(at + 1) == Some(Kind::Percent) && s.kind(at + 2) == Some(Kind::Open) {
        let percentage = s.tokens.get(at)?.number()?;
        let inner = at + 3 + usize::from(s.word(at + 3) == "n") + usize::from(s.kind(at + 4) == Some(Kind::Equal));
        let (count, total, next) = fraction(s, inner)?;
        let closed = matches!(s.kind(next), Some(Kind::Close | Kind::Comma | Kind::Semicolon));
        return (closed && agree(count, total, percentage.value, percentage.rounding))
            .then(|| (reading(s, at, next, percentage.value, Some(true)), next));
    }
    let (count, total, mut next) = fraction(s, at)?;
    for _ in 0..4 {
        if s.kind(next) == Some(Kind::Word) {
            next += 1;
        }
    }
    if !matches!(s.kind(next), Some(Kind::Open | Kind::Comma | Kind::Equal)) {
        return None;
    }
    let percentage = s.tokens.get(next + 1)?.number()?;
    if s.kind(next + 2) != Some(Kind::Percent) || label(s, next + 1).is_some() {
        return None;
    }
    let end = next + 3;
    if agree(count, total, percentage.value, percentage.rounding) {
        return Some((reading(s, at, end, percentage.value, Some(true)), end));
    }
    // "23/100 (32%)", with nothing between and nothing behind: it can only mean the share, and is wrong.
    let bare = s.kind(at + 1) == Some(Kind::Slash) && next == at + 3 && s.kind(next) == Some(Kind::Open);
    if !bare || s.kind(end) != Some(Kind::Close) || total < 5.0 || percentage.value > 100.0 {
        return None;
    }
    let mut wrong = reading(s, at, end, percentage.value, Some(false));
    let share = format!("{count} of {total} is {:.1} %, not {} %", count / total * 100.0, percentage.value);
    wrong.effect.inconsistency = Some(share);
    Some((wrong, end))
}

/// "23/100", "23 of 100", "23 of the 100", "23 out of 100".
fn fraction(s: &Sentence<'_>, at: usize) -> Option<(f64, f64, usize)> {
    let count = s.tokens.get(at)?.number().filter(|n| !n.decimal)?;
    let mut next = at + 1;
    if s.kind(next) == Some(Kind::Slash) {
        next += 1;
    } else {
        for word in ["out", "of", "the", "all"] {
            next += usize::from(s.word(next) == word);
        }
        if next == at + 1 {
            return None;
        }
    }
    let total = s.tokens.get(next)?.number().filter(|n| !n.decimal && n.value >= 1.0)?;
    (count.value <= total.value).then_some((count.value, total.value, next + 1))
}

fn agree(count: f64, total: f64, percentage: f64, rounding: f64) -> bool {
    (count / total * 100.0 - percentage).abs() <= rounding + 0.06
}

/// "12.3% vs 15.6%", "12.3% of patients in the X group versus 15.6%", where the words around say that these are shares.
fn pair(s: &Sentence<'_>, at: usize) -> Option<(Vec<Reading>, usize)> {
    let words = &WORDS.proportion;
    let first = s.tokens.get(at)?.number()?.value;
    if s.kind(at + 1) != Some(Kind::Percent) || signed_or_bound(s, at) {
        return None;
    }
    let mut next = at + 2;
    let both = arms_of_a_rate(s, at);
    while next < at + 14 && !is_versus(s, next) && !(both && s.word(next) == "and") {
        match s.kind(next)? {
            Kind::Word | Kind::Comma | Kind::Open | Kind::Close => next += 1,
            _ => return None,
        }
    }
    let joined = is_versus(s, next) || (both && s.word(next) == "and");
    if !joined {
        return None;
    }
    let second_at = next + if s.word(next) == "compared" { 2 } else { 1 };
    // "vs. 15.6%"
    let second_at = second_at + usize::from(s.kind(second_at) == Some(Kind::Stop));
    // "in the drug group (61.9%) compared with the control group (46.8%)"
    let second_at = (second_at..second_at + 9)
        .take_while(|n| *n == second_at || matches!(s.kind(*n - 1), Some(Kind::Word | Kind::Open)))
        .find(|n| s.tokens.get(*n).is_some_and(|t| t.number().is_some()))?;
    let second = s.tokens.get(second_at)?.number()?.value;
    if s.kind(second_at + 1) != Some(Kind::Percent)
        || !(0.0..=100.0).contains(&first)
        || !(0.0..=100.0).contains(&second)
    {
        return None;
    }
    // A third arm, "± 3%", "15.6%-20%": more than two shares, or none.
    let third = matches!(s.kind(second_at + 2), Some(Kind::Dash | Kind::PlusMinus | Kind::Slash))
        || is_versus(s, second_at + 2);
    let near = at.saturating_sub(14)..second_at + 6;
    let rate = near.clone().any(|n| s.is(n, &words.rates) || s.is(n, &words.persons));
    if third || !rate || near.clone().any(|n| s.is(n, &words.others)) {
        return None;
    }
    let readings = vec![reading(s, at, at + 2, first, None), reading(s, second_at, second_at + 2, second, None)];
    Some((readings, second_at + 2))
}

/// Whether "84% of … and 50% …" are shares of the arms: the people are named behind the first, or something that happens to people
/// before it, and nothing says that they only took part.
fn arms_of_a_rate(s: &Sentence<'_>, at: usize) -> bool {
    let words = &WORDS.proportion;
    let behind = s.word(at + 2) == "of" && (at + 3..at + 5).any(|n| s.is(n, &words.persons));
    let happens = (at.saturating_sub(8)..at).any(|n| s.is(n, &words.happens));
    let around = at.saturating_sub(14)..at + 18;
    (behind || happens) && !around.clone().any(|n| s.is(n, &words.took_part))
}

/// Whether the percentage has a sign, or is the end of a range or of a spread.
fn signed_or_bound(s: &Sentence<'_>, at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| {
        matches!(
            s.kind(before),
            Some(
                Kind::Dash
                    | Kind::PlusMinus
                    | Kind::Slash
                    | Kind::Less
                    | Kind::Greater
                    | Kind::Other
                    | Kind::GreaterOrEqual
                    | Kind::LessOrEqual
            )
        ) || matches!(s.word(before), "to" | "by" | "and" | "than" | "least")
    })
}

fn is_versus(s: &Sentence<'_>, at: usize) -> bool {
    s.is(at, &WORDS.proportion.versus) || s.word(at) == "compared" && matches!(s.word(at + 1), "with" | "to")
}

fn reading(s: &Sentence<'_>, at: usize, next: usize, value: f64, consistent: Option<bool>) -> Reading {
    let effect = Effect { value: Some(value), unit: Some("%".to_owned()), consistent, ..blank(Measure::Proportion) };
    Reading { effect, bytes: bytes(s, at, next), tests_difference: true }
}
