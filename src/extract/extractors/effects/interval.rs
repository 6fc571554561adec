//! Intervals: their label and their two bounds.

use super::measure::{Sentence, WORDS};
use super::number::Kind;
use super::signed::{Signed, signed};
use crate::model::Interval;

/// The words "95 % CI" in any of their forms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Label {
    pub(super) level: Option<f64>,
    /// The first token after it.
    pub(super) next: usize,
}

/// Two bounds as printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) first: Signed,
    pub(super) second: Signed,
    pub(super) percent: bool,
    /// The first token after them.
    pub(super) next: usize,
}

impl Bounds {
    /// The interval; bounds printed the wrong way round are put right (and reported by the check of consistency).
    pub(super) fn interval(&self, level: Option<f64>) -> Interval {
        let (low, high) = (self.first.value.min(self.second.value), self.first.value.max(self.second.value));
        Interval { level, low, high }
    }

    /// Whether both are shares of one.
    pub(super) fn within_one(&self) -> bool {
        [self.first, self.second].iter().all(|bound| (0.0..=1.0).contains(&bound.value))
    }

    /// Whether a dash or "to" stands between them: two numbers with a comma between them may be anything.
    pub(super) fn is_range(&self, s: &Sentence<'_>) -> bool {
        !(self.first.next..self.second.at)
            .any(|n| matches!(s.kind(n), Some(Kind::Comma | Kind::Semicolon)) || s.word(n) == "and")
    }

    /// Whether `estimate` lies between them, as far as rounding lets one tell.
    pub(super) fn hold(&self, estimate: Signed) -> bool {
        let slack = estimate.rounding + self.first.rounding.max(self.second.rounding);
        let interval = self.interval(None);
        interval.low - slack <= estimate.value && estimate.value <= interval.high + slack
    }
}

/// Reads a label at `at`.
pub(super) fn label(s: &Sentence<'_>, at: usize) -> Option<Label> {
    let words = &WORDS.interval;
    let (mut level, mut at) = match level(s, at) {
        Some((level, next)) => (Some(level), next),
        None => (None, at),
    };
    for _ in 0..3 {
        if s.is(at, &words.adjectives) {
            at += 1;
        }
    }
    if s.is(at, &words.abbreviations) {
        at += 1;
        // "C.I." is split by its stops.
    } else if s.word(at) == "c" && s.kind(at + 1) == Some(Kind::Stop) && s.word(at + 2) == "i" {
        at += 3 + usize::from(s.kind(at + 3) == Some(Kind::Stop));
    } else if s.is(at, &words.first) && s.is(at + 1, &words.second) {
        at += 2;
    } else if let Some(named) = ["ci95", "cri95", "95ci"].iter().any(|w| *w == s.word(at)).then_some(95.0) {
        level = Some(named);
        at += 1 + usize::from(s.kind(at + 1) == Some(Kind::Percent));
    } else if level.is_some()
        && s.kind(at - 1) == Some(Kind::Percent)
        && bounds(s, at).is_some_and(|bounds| bounds.is_range(s) && bounds.first.value <= bounds.second.value)
    {
        // "0.74 (95% 0.65–0.85)"
        return Some(Label { level, next: at });
    } else {
        return None;
    }
    // "[CI]", "(CI)", "(95%)"
    if s.kind(at) == Some(Kind::Open) {
        let (inner, next) = match self::level(s, at + 1) {
            Some((inner, next)) => (Some(inner), next),
            None => (None, at + 1),
        };
        let named = s.is(next, &words.abbreviations);
        let next = next + usize::from(named);
        if (named || inner.is_some()) && s.kind(next) == Some(Kind::Close) {
            level = level.or(inner);
            at = next + 1;
        }
    }
    // "CI 95%"
    if level.is_none()
        && let Some((after, next)) = self::level(s, at)
        && s.kind(next - 1) == Some(Kind::Percent)
    {
        level = Some(after);
        at = next;
    }
    Some(Label { level, next: at })
}

/// "95%", "95", "99 per cent": a level of confidence.
fn level(s: &Sentence<'_>, at: usize) -> Option<(f64, usize)> {
    let number = s.tokens.get(at)?.number()?;
    if !(50.0..100.0).contains(&number.value) {
        return None;
    }
    let next = match (s.kind(at + 1), s.word(at + 1), s.word(at + 2)) {
        (Some(Kind::Percent), _, _) => at + 2,
        (_, "per", "cent") => at + 3,
        (_, "percent", _) => at + 2,
        _ => at + 1,
    };
    Some((number.value, next))
}

/// Reads an interval that its label announces at `at`.
pub(super) fn labelled(s: &Sentence<'_>, at: usize) -> Option<(Label, Bounds)> {
    let label = label(s, at)?;
    let mut next = label.next;
    for _ in 0..4 {
        let punctuation =
            matches!(s.kind(next), Some(Kind::Colon | Kind::Equal | Kind::Comma | Kind::Open | Kind::Close));
        if punctuation || s.is(next, &WORDS.interval.links) {
            next += 1;
        }
    }
    Some((label, bounds(s, next)?))
}

/// Reads two bounds at `at`.
pub(super) fn bounds(s: &Sentence<'_>, at: usize) -> Option<Bounds> {
    let first = signed(s, at)?;
    let (first_percent, next) = unit_or_percent(s, first.next);
    let second_at = match s.kind(next)? {
        Kind::Comma | Kind::Semicolon => next + 1,
        Kind::Dash => second_after_dash(s, next, first)?,
        Kind::Word if s.is(next, &WORDS.interval.separators) => next + 1,
        _ => return None,
    };
    let second = signed(s, second_at)?;
    let (second_percent, next) = unit_or_percent(s, second.next);
    // A third number in the row: not an interval, or not one we understand.
    let third = match s.kind(next) {
        Some(Kind::Number(_) | Kind::Malformed | Kind::Slash | Kind::PlusMinus) => true,
        Some(Kind::Dash) => matches!(s.kind(next + 1), Some(Kind::Number(_) | Kind::Malformed)),
        Some(Kind::Word) => s.tokens.get(next).is_some_and(|t| !t.spaced),
        _ => false,
    };
    (!third).then_some(Bounds { first, second, percent: first_percent || second_percent, next })
}

/// Where the second bound begins, after a dash that separates the two.
fn second_after_dash(s: &Sentence<'_>, dash: usize, first: Signed) -> Option<usize> {
    let token = s.tokens.get(dash)?;
    let after = s.tokens.get(dash + 1)?;
    let is_lone = after.kind != Kind::Dash;
    // "-0.9 -0.1": the dash may separate the bounds or be the sign of the second.
    if is_lone && token.spaced && !after.spaced && first.value < 0.0 {
        return None;
    }
    Some(dash + 1)
}

fn unit_or_percent(s: &Sentence<'_>, at: usize) -> (bool, usize) {
    if s.kind(at) == Some(Kind::Percent) {
        return (true, at + 1);
    }
    match s.unit(at) {
        // "m" and the like stand for units only beside their number.
        Some(len) => (false, at + len),
        None => (false, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Option<f64>, f64, f64)> {
        let (label, bounds) = labelled(&Sentence::new(text), 0)?;
        Some((label.level, bounds.first.value, bounds.second.value))
    }

    #[test]
    fn labels_and_bounds_are_read_in_every_form() {
        for (text, expected) in [
            ("95% CI 0.65–0.85", (Some(95.0), 0.65, 0.85)),
            ("95 % CI, .65 to .85", (Some(95.0), 0.65, 0.85)),
            ("95%CI: 0.65, 0.85", (Some(95.0), 0.65, 0.85)),
            ("95%-CI [0.65; 0.85]", (Some(95.0), 0.65, 0.85)),
            ("95% confidence interval [CI], 0.65 to 0.85", (Some(95.0), 0.65, 0.85)),
            ("CI 95% = 0.65-0.85", (Some(95.0), 0.65, 0.85)),
            ("confidence interval (95%) 0.65-0.85", (Some(95.0), 0.65, 0.85)),
            ("C.I. 0.65-0.85", (None, 0.65, 0.85)),
            ("90% CrI −0.9–−0.1", (Some(90.0), -0.9, -0.1)),
            ("95% CI -0.9--0.1", (Some(95.0), -0.9, -0.1)),
            ("95% CI −0.9, 0.1", (Some(95.0), -0.9, 0.1)),
            ("95% CI − 0.9 to − 0.1", (Some(95.0), -0.9, -0.1)),
            ("95% CI 1.2% to 3.4%", (Some(95.0), 1.2, 3.4)),
            ("95% CI 1.2 mm Hg to 3.4 mm Hg", (Some(95.0), 1.2, 3.4)),
            ("95% CI 1.2 - 3.4", (Some(95.0), 1.2, 3.4)),
            ("95% CI 1.2 -3.4", (Some(95.0), 1.2, 3.4)),
            ("97.5 per cent CI 1.2 and 3.4", (Some(97.5), 1.2, 3.4)),
            ("CI95 1.2–3.4", (Some(95.0), 1.2, 3.4)),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_unclear_is_not_read() {
        for text in [
            "95% CI -0.9 -0.1",
            "95% CI 0.65 0.85",
            "95% CI 0.6-0.7-0.8",
            "95% PI 0.6-0.7",
            "95% of 20-30",
            "CI 0,65-0,85",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
