//! The numbers of a table's cell, where head and label say what it holds.

use super::consistency::{Numbers, check};
use super::interval::bounds;
use super::measure::Sentence;
use super::number::Kind;
use super::pvalue;
use super::signed::{Signed, signed};
use super::{Reading, read_with};
use crate::model::{Measure, PValue};

/// What stands behind a number in its cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Behind {
    /// Nothing.
    Nothing,
    /// A per-cent sign: "39%".
    Percent,
    /// What was counted of how many: "12/120".
    Whole(f64),
    /// "± 9.65"
    Spread,
    /// One number in brackets, of so much; whether a per-cent sign stands behind it: "25 (75.8)".
    Brackets {
        /// The number.
        value: f64,
        /// Half a unit of its last printed digit.
        rounding: f64,
        /// Whether it is printed as a percentage.
        percent: bool,
        /// Of how many, where "12/120 (10)" says so.
        whole: Option<f64>,
    },
    /// Two bounds in brackets: "9 (5 to 13)".
    Range,
}

/// The number of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// The first number.
    pub value: f64,
    /// Whether it has digits after a decimal point.
    pub decimal: bool,
    /// What stands behind it.
    pub behind: Behind,
}

/// Reads a cell of one number and what stands behind it; none where anything else stands in it but marks of footnotes.
pub fn cell(text: &str) -> Option<Cell> {
    let s = Sentence::with_rates(text, &[]);
    let number = signed(&s, 0).filter(|number| !number.doubtful_sign)?;
    let (behind, next) = behind(&s, number.next)?;
    ends(&s, next).then_some(Cell { value: number.value, decimal: number.decimal, behind })
}

fn behind(s: &Sentence<'_>, at: usize) -> Option<(Behind, usize)> {
    Some(match s.kind(at) {
        Some(Kind::Percent) => (Behind::Percent, at + 1),
        Some(Kind::PlusMinus) => (Behind::Spread, signed(s, at + 1)?.next),
        Some(Kind::Slash) => {
            let whole = s.tokens.get(at + 1)?.number().filter(|whole| !whole.decimal)?.value;
            match s.kind(at + 2) {
                Some(Kind::Open) => brackets(s, at + 2, Some(whole))?,
                _ => (Behind::Whole(whole), at + 2),
            }
        }
        Some(Kind::Open) => brackets(s, at, None)?,
        _ => (Behind::Nothing, at),
    })
}

fn brackets(s: &Sentence<'_>, open: usize, whole: Option<f64>) -> Option<(Behind, usize)> {
    if let Some(range) = bounds(s, open + 1) {
        let plain = whole.is_none() && s.kind(range.next) == Some(Kind::Close);
        return plain.then_some((Behind::Range, range.next + 1));
    }
    let inner = signed(s, open + 1).filter(|inner| !inner.doubtful_sign)?;
    let percent = s.kind(inner.next) == Some(Kind::Percent);
    let close = inner.next + usize::from(percent);
    let behind = Behind::Brackets { value: inner.value, rounding: inner.rounding, percent, whole };
    (s.kind(close) == Some(Kind::Close)).then_some((behind, close + 1))
}

/// Whether nothing but marks of footnotes follows.
fn ends(s: &Sentence<'_>, from: usize) -> bool {
    (from..s.tokens.len()).all(|at| {
        let mark = matches!(s.printed(at), "*" | "†" | "‡" | "§" | "¶" | "#");
        // "12 (10)a": a letter right behind a bracket. Behind a digit it may be a unit.
        let letter = s.printed(at).len() == 1
            && s.kind(at) == Some(Kind::Word)
            && s.kind(at - 1) == Some(Kind::Close)
            && s.tokens.get(at).is_some_and(|token| !token.spaced);
        mark || letter
    })
}

/// Reads a cell of a column of p-values.
pub fn p_value(text: &str) -> Option<PValue> {
    let s = Sentence::with_rates(text, &[]);
    let (p, next) = pvalue::bare(&s, 0)?;
    ends(&s, next).then_some(p)
}

/// Whether a text is a unit and nothing else.
pub fn is_unit(text: &str) -> bool {
    let s = Sentence::with_rates(text, &[]);
    !s.tokens.is_empty() && s.unit(0) == Some(s.tokens.len())
}

/// The measures that a head, a label or a caption names, each once, in order.
pub fn measures_named(text: &str) -> Vec<Measure> {
    let s = Sentence::with_rates(text, &[]);
    let (mut found, mut at) = (Vec::new(), 0);
    while at < s.tokens.len() {
        match s.measure(at) {
            Some((name, len)) => {
                if let Some(measure) = name.measure.filter(|measure| !found.contains(measure)) {
                    found.push(measure);
                }
                at += len;
            }
            None => at += 1,
        }
    }
    found
}

/// Reads the one estimate with its interval in a head and its cell, as they stand beside each other in the text: "OR (95% CI): 0.74 (0.65 to
/// 0.85)". The cell begins at byte `cell`; all of it must belong to the estimate. `p` is the p-value of a cell beside it. None where the
/// numbers do not agree: then the table was not understood.
pub fn estimate(text: &str, cell: usize, p: Option<PValue>) -> Option<Reading> {
    let found = read_with(text, &[]);
    let [reading] = found.as_slice() else { return None };
    let effect = &reading.effect;
    let (ci, value) = (effect.ci?, effect.value?);
    let s = Sentence::with_rates(text, &[]);
    let first = s.tokens.iter().position(|token| token.start >= cell)?;
    let number = signed(&s, first).filter(|number| number.value == value && !number.doubtful_sign)?;
    let behind = s.tokens.iter().position(|token| token.start >= reading.bytes.end).unwrap_or(s.tokens.len());
    let closes = usize::from(s.kind(behind) == Some(Kind::Close));
    if effect.p.is_some() || !ends(&s, behind + closes) || effect.consistent == Some(false) {
        return None;
    }
    if let Some(p) = p {
        let bound = |value| Signed { value, ..number };
        let bounds = super::interval::Bounds { first: bound(ci.low), second: bound(ci.high), percent: false, next: 0 };
        let numbers = Numbers { measure: effect.measure, estimate: number, level: ci.level, bounds, p: Some(p) };
        check(&numbers).ok()?;
    }
    let mut reading = reading.clone();
    reading.effect.p = p;
    Some(reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PValueOperator;

    #[test]
    fn a_cell_is_a_number_and_what_stands_behind_it() {
        let brackets = |value, percent, whole| Behind::Brackets { value, rounding: 0.05, percent, whole };
        for (text, expected) in [
            ("12", Some((12.0, Behind::Nothing))),
            ("−7.2 ± 11.2*", Some((-7.2, Behind::Spread))),
            ("25 (75.8)", Some((25.0, brackets(75.8, false, None)))),
            ("18 (15.0%)a", Some((18.0, brackets(15.0, true, None)))),
            ("12/120 (10.0)", Some((12.0, brackets(10.0, false, Some(120.0))))),
            ("12/120", Some((12.0, Behind::Whole(120.0)))),
            ("9 (5 to 13)", Some((9.0, Behind::Range))),
            ("9 (5–13)", Some((9.0, Behind::Range))),
            ("39%", Some((39.0, Behind::Percent))),
            ("0,74", None),
            ("1.2.3", None),
            ("30. 3 ± 13.3", None),
            ("12 of 40", None),
            ("12 (10) 13", None),
            ("0.94b", None),
            ("- 3.1", None),
            ("", None),
            ("(12)", None),
        ] {
            assert_eq!(cell(text).map(|cell| (cell.value, cell.behind)), expected, "{text}");
        }
    }

    #[test]
    fn p_values_of_cells_have_their_operators() {
        use PValueOperator as Op;
        for (text, expected) in [
            ("0.04", Some((Op::Equal, 0.04))),
            ("<0.001*", Some((Op::Less, 0.001))),
            ("≤ .05", Some((Op::LessOrEqual, 0.05))),
            ("P = 0.3", Some((Op::Equal, 0.3))),
            ("1.00", Some((Op::Equal, 1.0))),
            ("NS", None),
            ("5", None),
            ("0,04", None),
            ("0.04 0.05", None),
        ] {
            assert_eq!(p_value(text).map(|p| (p.op, p.value)), expected, "{text}");
        }
    }

    #[test]
    fn an_estimate_takes_all_of_its_cell() {
        let read = |head: &str, cell: &str, p: Option<f64>| {
            let p = p.map(|value| PValue { op: PValueOperator::Equal, value });
            let found = estimate(&format!("{head}: {cell}"), head.len() + 2, p)?;
            Some((found.effect.measure, found.effect.value?, found.effect.ci?.low, found.effect.ci?.high))
        };
        let expected = Some((Measure::OR, 0.74, 0.65, 0.85));
        for (head, cell) in [
            ("Adjusted OR (95% CI)", "0.74 (0.65–0.85)"),
            ("OR (95% CI)", "0.74 (0.65, 0.85)*"),
            ("OR [95% CI]", "0.74 [0.65; 0.85]"),
            ("Odds ratio (95% confidence interval)", "0.74 (0.65 to 0.85)"),
        ] {
            assert_eq!(read(head, cell, None), expected, "{head}: {cell}");
            assert_eq!(read(head, cell, Some(0.001)), expected, "{head}: {cell}");
            // The p-value is of something else.
            assert_eq!(read(head, cell, Some(0.4)), None, "{head}: {cell}");
        }
        for (head, cell) in [
            ("OR (95% CI)", "0.74"),
            ("OR (95% CI)", "0.95 (0.65–0.85)"),
            ("OR (95% CI)", "0.74 (0.65–0.85) 0.9 (0.7–1.1)"),
            ("OR (95% CI)", "1.00 (reference)"),
            ("Events", "0.74 (0.65–0.85)"),
        ] {
            assert_eq!(read(head, cell, None), None, "{head}: {cell}");
        }
    }
}
