//! Numbers with their sign, where the grammar expects a number: a dash there is a minus.

use super::measure::Sentence;
use super::number::Kind;

/// A number with its sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Signed {
    pub(super) value: f64,
    /// Half a unit of the last printed digit.
    pub(super) rounding: f64,
    pub(super) decimal: bool,
    /// Whether a blank stands between sign and number, so that the sign may be a dash of the sentence.
    pub(super) doubtful_sign: bool,
    /// Its first token.
    pub(super) at: usize,
    /// The first token after it.
    pub(super) next: usize,
}

/// Reads a number, with its sign, at `at`.
pub(super) fn signed(s: &Sentence<'_>, at: usize) -> Option<Signed> {
    let (negative, number_at) = match s.kind(at)? {
        Kind::Dash => (true, at + 1),
        Kind::Other if s.printed(at) == "+" => (false, at + 1),
        _ => (false, at),
    };
    let token = s.tokens.get(number_at)?;
    let number = token.number()?;
    Some(Signed {
        value: if negative { -number.value } else { number.value },
        rounding: number.rounding,
        decimal: number.decimal,
        doubtful_sign: negative && token.spaced,
        at,
        next: number_at + 1,
    })
}
