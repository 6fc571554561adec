//! P-values.

use super::measure::{Sentence, WORDS};
use super::number::{Kind, Number};
use crate::model::{PValue, PValueOperator};

/// What a p-value tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tested {
    /// A difference, an association.
    Difference,
    /// A trend, an interaction, heterogeneity, non-inferiority: says nothing of the estimate beside it.
    Other,
}

/// A p-value as found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct FoundP {
    pub(super) p: PValue,
    pub(super) tested: Tested,
    /// Its first token and the first one after it.
    pub(super) at: usize,
    pub(super) next: usize,
}

/// Reads a p-value whose name stands at `at`.
pub(super) fn pvalue(s: &Sentence<'_>, at: usize) -> Option<FoundP> {
    let words = &WORDS.p;
    let mut tested = Tested::Difference;
    let mut next = at + 1;
    if s.is(at, &words.other) {
        tested = Tested::Other;
    } else if !s.is(at, &words.names) {
        return None;
    }
    if s.is(next, &words.values) {
        next += 1;
    }
    // "for trend", "interaction", "(trend)"
    let bracket = s.kind(next) == Some(Kind::Open);
    let mut inner = next + usize::from(bracket);
    let from = inner;
    while inner < from + 5
        && s.kind(inner) == Some(Kind::Word)
        && !s.is(inner, &words.links)
        && !is_operator_word(s, inner)
    {
        if s.is(inner, &words.tests) {
            tested = Tested::Other;
        }
        inner += 1;
    }
    if !bracket {
        next = inner;
    } else if s.kind(inner) == Some(Kind::Close) && inner > from {
        next = inner + 1;
    }
    let mut linked = false;
    while s.kind(next) == Some(Kind::Colon) || s.is(next, &words.links) {
        linked |= s.kind(next) == Some(Kind::Word);
        next += 1;
        if next > at + 12 {
            return None;
        }
    }
    let (op, number_at) = match operator(s, next) {
        Some(found) => found,
        None if linked => (PValueOperator::Equal, next),
        None => return None,
    };
    let (value, next) = value(s, number_at)?;
    if threshold(s, at, next) || heterogeneity(s, at) {
        return None;
    }
    let mut next = next;
    if s.word(next) == "for"
        && let Some(test) = (next + 1..next + 4).find(|n| s.is(*n, &words.tests))
    {
        tested = Tested::Other;
        next = test + 1;
    }
    Some(FoundP { p: PValue { op, value }, tested, at, next })
}

/// Reads a p-value in a column of them, where its name need not stand beside it: "<0.001", "0.04", "P = 0.3". Returns the first token after it.
pub(super) fn bare(s: &Sentence<'_>, at: usize) -> Option<(PValue, usize)> {
    if let Some(found) = pvalue(s, at) {
        return (found.tested == Tested::Difference).then_some((found.p, found.next));
    }
    let (op, number_at) = operator(s, at).unwrap_or((PValueOperator::Equal, at));
    let (value, next) = value(s, number_at)?;
    Some((PValue { op, value }, next))
}

fn is_operator_word(s: &Sentence<'_>, at: usize) -> bool {
    matches!((s.word(at), s.word(at + 1)), ("less" | "greater" | "lower" | "more", "than") | ("equal", "to"))
}

fn operator(s: &Sentence<'_>, at: usize) -> Option<(PValueOperator, usize)> {
    use PValueOperator as Op;
    Some(match (s.kind(at)?, s.word(at + 1), s.kind(at + 2)) {
        (Kind::Less, "or", Some(Kind::Equal)) => (Op::LessOrEqual, at + 3),
        (Kind::Greater, "or", Some(Kind::Equal)) => (Op::GreaterOrEqual, at + 3),
        (Kind::Less, _, _) => (Op::Less, at + 1),
        (Kind::LessOrEqual, _, _) => (Op::LessOrEqual, at + 1),
        (Kind::Equal, _, _) => (Op::Equal, at + 1),
        (Kind::Greater, _, _) => (Op::Greater, at + 1),
        (Kind::GreaterOrEqual, _, _) => (Op::GreaterOrEqual, at + 1),
        (Kind::Word, "than", _) if matches!(s.word(at), "less" | "lower") => (Op::Less, at + 2),
        (Kind::Word, "than", _) if matches!(s.word(at), "greater" | "more") => (Op::Greater, at + 2),
        (Kind::Word, "to", _) if s.word(at) == "equal" => (Op::Equal, at + 2),
        _ => return None,
    })
}

/// The number of a p-value and the first token after it.
fn value(s: &Sentence<'_>, at: usize) -> Option<(f64, usize)> {
    let number = s.tokens.get(at)?.number()?;
    let (value, next) = match power_of_ten(s, at, number) {
        Some(found) => found,
        None => (number.value, at + 1),
    };
    // A whole number other than 1 is a p that lost its point, unless it is printed as a power of ten.
    let plausible = if next == at + 1 { number.decimal || value == 1.0 } else { true };
    let spoilt = s.tokens.get(next).is_some_and(|t| match t.kind {
        Kind::Number(_) | Kind::Malformed | Kind::Percent => true,
        Kind::Slash | Kind::Dash => s.tokens.get(next + 1).is_some_and(|t| t.number().is_some()),
        Kind::Word | Kind::Other => !t.spaced && t.kind == Kind::Word && s.printed(next).len() > 1,
        _ => false,
    });
    (plausible && !spoilt && (0.0..=1.0).contains(&value)).then_some((value, next))
}

/// "10-8", "10^-8", "10(-8)" without a number before them.
fn power_of_ten(s: &Sentence<'_>, at: usize, number: Number) -> Option<(f64, usize)> {
    if number.decimal || (number.value - 10.0).abs() > f64::EPSILON {
        return None;
    }
    let mut dash = at + 1;
    let bracket = s.kind(dash) == Some(Kind::Open);
    if bracket || s.printed(dash) == "^" {
        dash += 1;
    }
    if s.kind(dash) != Some(Kind::Dash) {
        return None;
    }
    let exponent = s.tokens.get(dash + 1)?.number().filter(|n| !n.decimal && n.value < 300.0)?;
    let value: f64 = format!("1e-{}", exponent.value).parse().ok()?;
    Some((value, dash + 2 + usize::from(bracket && s.kind(dash + 2) == Some(Kind::Close))))
}

/// Whether this is the level that the study set itself, and no result.
fn threshold(s: &Sentence<'_>, at: usize, next: usize) -> bool {
    let words = &WORDS.p;
    let before = (at.saturating_sub(6)..at)
        .rev()
        .take_while(|n| !matches!(s.kind(*n), Some(Kind::Semicolon | Kind::Stop | Kind::Number(_))))
        .collect::<Vec<_>>();
    let level = before.iter().any(|n| s.is(*n, &words.sets_before));
    // "significantly", "significant (p < 0.05)" report; "significance was set at p < 0.05" does not.
    let reports = before.iter().any(|n| s.kind(*n) == Some(Kind::Open)) && !before.iter().any(|n| s.word(*n) == "set");
    let significant_only = before.iter().all(|n| !s.is(*n, &words.sets_before) || s.word(*n) == "significant");
    let set = level && !reports && !significant_only;
    let after = (next..next + 3).take_while(|n| s.kind(*n) == Some(Kind::Word)).any(|n| s.is(n, &words.sets_after));
    set || after
}

/// Whether the p belongs to a test of studies or variances that stands before it in the same bracket.
fn heterogeneity(s: &Sentence<'_>, at: usize) -> bool {
    (at.saturating_sub(10)..at)
        .rev()
        .take_while(|n| !matches!(s.kind(*n), Some(Kind::Open | Kind::Semicolon | Kind::Stop)))
        .any(|n| s.is(n, &WORDS.p.heterogeneity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(PValue, Tested)> {
        let s = Sentence::new(text);
        (0..s.tokens.len()).find_map(|at| pvalue(&s, at)).map(|found| (found.p, found.tested))
    }

    #[test]
    fn p_is_read_in_every_form() {
        use PValueOperator as Op;
        for (text, op, value) in [
            ("P<.001", Op::Less, 0.001),
            ("p = 0·04", Op::Equal, 0.04),
            ("P ≤ 0.05", Op::LessOrEqual, 0.05),
            ("p < or = 0.05", Op::LessOrEqual, 0.05),
            ("p=<0.05", Op::LessOrEqual, 0.05),
            ("p-value of 0.03", Op::Equal, 0.03),
            ("p value less than 0.01", Op::Less, 0.01),
            ("P: 0.04", Op::Equal, 0.04),
            ("P = 1.2 × 10−8", Op::Equal, 1.2e-8),
            ("P < 10^-8", Op::Less, 1e-8),
            ("P < 10−8", Op::Less, 1e-8),
            ("p=1.0", Op::Equal, 1.0),
        ] {
            // A colon alone is no operator.
            let expected = (text != "P: 0.04").then_some((PValue { op, value }, Tested::Difference));
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_test_of_something_else_is_told_apart() {
        for text in [
            "P for trend = 0.01",
            "p for interaction 0.3 was = 0.3",
            "P=0.02 for interaction",
            "Ptrend<0.01",
            "P < .001 for noninferiority",
        ] {
            assert!(read(text).is_none_or(|(_, tested)| tested == Tested::Other), "{text}");
        }
    }

    #[test]
    fn what_is_no_result_is_not_read() {
        for text in [
            "p 0.05",
            "P = 5",
            "p = 0,04",
            "p=NS",
            "significance was set at p < 0.05",
            "p < 0.05 was considered significant",
            "(I2 = 45%, P = 0.08)",
            "p = 0.01-0.04",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
