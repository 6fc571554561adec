//! Percentages by arm: counts with their percentage, and pairs of percentages with "versus" between them.

use super::interval::{label, labelled};
use super::measure::{Sentence, WORDS};
use super::number::Kind;
use super::signed::signed;
use super::{Reading, blank, bytes};
use crate::model::{Effect, Measure};

/// Reads the proportion, or the pair of them, that begins at `at`, and where to read on.
pub(super) fn proportions(s: &Sentence<'_>, at: usize) -> Option<(Vec<Reading>, usize)> {
    s.tokens.get(at)?.number()?;
    if let Some((reading, next)) = with_interval(s, at) {
        return Some((vec![reading], next));
    }
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
    if !matches!(s.kind(next), Some(Kind::Open | Kind::Comma | Kind::Semicolon | Kind::Equal)) {
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

/// How many tokens may stand between the shares of two arms.
const GAP: usize = 14;

/// "12.3% vs 15.6%", "12.3% of patients in the X group versus 15.6%", "98% (group A) and 94% (group B)", "5.3 and 12.7%, respectively",
/// where the words around say that these are shares.
fn pair(s: &Sentence<'_>, at: usize) -> Option<(Vec<Reading>, usize)> {
    let words = &WORDS.proportion;
    let first = s.tokens.get(at)?.number()?;
    if signed_or_bound(s, at) {
        return None;
    }
    let bare = s.kind(at + 1) != Some(Kind::Percent);
    let first_end = if bare { at + 1 } else { at + 2 };
    let (joint, second_at) = second_of(s, at, first_end, bare)?;
    let second = s.tokens.get(second_at)?.number()?;
    let percent = s.kind(second_at + 1) == Some(Kind::Percent);
    let share = |value: f64| (0.0..=100.0).contains(&value);
    if !percent || !share(first.value) || !share(second.value) {
        return None;
    }
    let end = second_at + 2;
    // A third arm, "± 3%", "15.6%-20%": more than two shares, or none.
    let third = matches!(s.kind(end), Some(Kind::Dash | Kind::PlusMinus | Kind::Slash)) || is_versus(s, end);
    let before = at.saturating_sub(GAP)..end;
    let behind = (end..end + 4).take_while(|n| matches!(s.kind(*n), Some(Kind::Word | Kind::Open)));
    let near = || before.clone().chain(end..end + 6);
    let rate = near().any(|n| s.is_rate(n));
    let other = before.clone().chain(behind).any(|n| s.is(n, &words.others));
    let listed = (end..end + 3).any(|n| s.word(n) == "respectively");
    if third || !rate || other || bare && !(listed || joint == Joint::Versus) {
        return None;
    }
    let readings = vec![
        reading(s, at, if bare { end } else { first_end }, first.value, None),
        reading(s, second_at, end, second.value, None),
    ];
    Some((readings, end))
}

/// What joins two shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Versus,
    And,
}

/// What joins the share that ends before `next` to another, and where that one begins.
fn second_of(s: &Sentence<'_>, at: usize, mut next: usize, bare: bool) -> Option<(Joint, usize)> {
    let both = !bare && (arms_of_a_rate(s, at) || names_arms(s, at));
    let from = next;
    loop {
        if is_versus(s, next) {
            let second = next + if s.word(next) == "compared" { 2 } else { 1 };
            // "vs. 15.6%"
            let second = second + usize::from(s.kind(second) == Some(Kind::Stop));
            // "in the drug group (61.9%) compared with the control group (46.8%)"
            let second = (second..second + 9)
                .take_while(|n| *n == second || matches!(s.kind(*n - 1), Some(Kind::Word | Kind::Open)))
                .find(|n| s.tokens.get(*n).is_some_and(|t| t.number().is_some()))?;
            return Some((Joint::Versus, second));
        }
        if s.word(next) == "and" && (bare || both) {
            let second = second_behind_and(s, next, s.kind(first_end(s, at)) == Some(Kind::Close))?;
            return s.tokens.get(second)?.number().map(|_| (Joint::And, second));
        }
        // "5.3 and 12.7%": nothing stands between.
        if bare || next >= from + GAP - 2 {
            return None;
        }
        match s.kind(next)? {
            Kind::Word | Kind::Comma | Kind::Open | Kind::Close => next += 1,
            _ => return None,
        }
    }
}

fn first_end(s: &Sentence<'_>, at: usize) -> usize {
    at + 1 + usize::from(s.kind(at + 1) == Some(Kind::Percent))
}

/// Where the share behind "and" begins: right behind it, in brackets where the first is in brackets ("the drug (27.9%) and placebo
/// (24.2%)"), or behind the name of an arm ("was 12% in group B and in group A was 37%").
fn second_behind_and(s: &Sentence<'_>, and: usize, in_brackets: bool) -> Option<usize> {
    let number = |n: usize| s.tokens.get(n).is_some_and(|t| t.number().is_some());
    let found = (and + 1..and + 8)
        .take_while(|n| *n == and + 1 || matches!(s.kind(*n - 1), Some(Kind::Word | Kind::Open)))
        .find(|n| number(*n))?;
    let opened = s.kind(found - 1) == Some(Kind::Open);
    let names_arm = (and + 1..found).any(|n| s.is(n, &WORDS.proportion.arms));
    (found == and + 1 || in_brackets == opened && (opened || names_arm)).then_some(found)
}

/// Whether two shares with "and" between them are said to be of the arms: "98.3% (group A) and 93.9% (group B)", "50% with the drug
/// and 53% in the control group".
fn names_arms(s: &Sentence<'_>, at: usize) -> bool {
    let words = &WORDS.proportion;
    let Some(and) = (at + 2..at + GAP).find(|n| s.word(*n) == "and") else { return false };
    let first = (at + 2..and).any(|n| s.is(n, &words.arms)) || s.kind(at + 2) == Some(Kind::Open);
    let second = (and + 3..and + 10).take_while(|n| matches!(s.kind(*n), Some(Kind::Word | Kind::Open | Kind::Close)));
    let named = (at + 2..and).chain(second).any(|n| s.is(n, &words.arms));
    let joined = matches!(s.word(at + 2), "in" | "with" | "for" | "of" | "on") || first;
    let around = at.saturating_sub(GAP)..and + 12;
    joined && named && !around.clone().any(|n| s.is(n, &words.took_part))
}

/// "93.6% (95% CI 92.6 to 94.7)", "93.6% ([1,921/2,052] 95% CI 92.6, 94.7)": a share of people with its interval.
fn with_interval(s: &Sentence<'_>, at: usize) -> Option<(Reading, usize)> {
    let words = &WORDS.proportion;
    let number = signed(s, at).filter(|number| number.at + 1 == number.next)?;
    if s.kind(at + 1) != Some(Kind::Percent) || signed_or_bound(s, at) {
        return None;
    }
    let mut next = at + 2;
    for _ in 0..3 {
        let count = fraction(s, next).filter(|(count, total, _)| agree(*count, *total, number.value, number.rounding));
        next = match (label(s, next), count, s.kind(next)) {
            (Some(_), ..) => break,
            (None, Some((.., end)), _) => end,
            (None, None, Some(Kind::Open | Kind::Close | Kind::Comma | Kind::Semicolon)) => next + 1,
            _ => return None,
        };
        next += usize::from(s.kind(next) == Some(Kind::Close));
        next += usize::from(s.kind(next) == Some(Kind::Comma));
    }
    let (label, bounds) = labelled(s, next)?;
    let share = |value: f64| (0.0..=100.0).contains(&value);
    let near = at.saturating_sub(GAP)..at;
    let rate = near.clone().chain(bounds.next..bounds.next + 6).any(|n| s.is_rate(n));
    let measured = near.clone().any(|n| s.is(n, &words.others) || s.measure(n).is_some());
    // "16% (95% CI 14 to 18) more events"
    let changed = (bounds.next..bounds.next + 8).any(|n| s.is(n, &WORDS.estimate.changes) || s.word(n) == "fewer");
    let holds = bounds.hold(number) && share(bounds.first.value) && share(bounds.second.value) && !bounds.within_one();
    if !holds || !rate || measured || changed {
        return None;
    }
    let mut reading = reading(s, at, bounds.next, number.value, Some(true));
    reading.effect.ci = Some(bounds.interval(label.level));
    Some((reading, bounds.next))
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
