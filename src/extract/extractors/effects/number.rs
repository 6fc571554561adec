//! The lexer: a sentence as numbers, words and signs.
//!
//! A number that cannot be read with certainty becomes [`Kind::Malformed`], which no rule accepts: "1.2.3", a decimal comma,
//! a decimal point torn from its digits, an exponent that lost its sign.

use std::ops::Range;

use super::exponent::exponent;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A number without its sign: a dash before it is a token of its own, whose meaning the grammar tells.
    Number(Number),
    /// A run that looks like a number and is none.
    Malformed,
    /// A word; one that holds digits ("IL-6", "6-month") is a word too.
    Word,
    /// Any of the signs used as minus and between two bounds.
    Dash,
    /// `%`
    Percent,
    /// `(`, `[` or `{`
    Open,
    /// `)`, `]` or `}`
    Close,
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `≤`
    LessOrEqual,
    /// `>`
    Greater,
    /// `≥`
    GreaterOrEqual,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `/`
    Slash,
    /// `±`
    PlusMinus,
    /// `.` that belongs to no number
    Stop,
    /// Anything else.
    Other,
}

/// A number as printed, without its sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    /// What it says.
    pub(super) value: f64,
    /// Half a unit of its last printed digit: what rounding may have taken.
    pub(super) rounding: f64,
    /// Whether it has digits after a decimal point.
    pub(super) decimal: bool,
}

/// One token and where it stands, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a blank stands before it.
    pub(super) spaced: bool,
}

impl Token {
    /// Where it stands.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// The number it is.
    pub(super) fn number(&self) -> Option<Number> {
        if let Kind::Number(number) = self.kind { Some(number) } else { None }
    }
}

/// Splits `text` into tokens.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 4);
    let mut at = 0;
    let mut spaced = false;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if is_blank(c) || is_apostrophe(c) {
            spaced |= is_blank(c);
            at += c.len_utf8();
            continue;
        }
        // A dash between words only joins them; one beside a number may be a sign.
        if is_dash(c) && joins_words(text, at, c) {
            at += c.len_utf8();
            continue;
        }
        let (kind, len) = if begins_number(rest) && !continues_number(&tokens, at, spaced, rest) {
            number(rest)
        } else if c == '.' && begins_number(rest) {
            (Kind::Malformed, 1 + digits(&rest[1..]))
        } else if c.is_alphabetic() {
            (Kind::Word, word(rest))
        } else {
            sign(rest, c)
        };
        tokens.push(Token { kind, start: at, end: at + len, spaced });
        spaced = false;
        at += len;
    }
    tokens
}

/// The words of a token as they are compared: lower case, without apostrophes and with plain hyphens.
pub(super) fn folded(word: &str) -> String {
    word.chars()
        .filter(|c| !is_apostrophe(*c))
        .map(|c| if is_dash(c) { '-' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a character is one of the signs used as minus or as range dash.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}' | '\u{207B}')
}

/// Whether a character only parts others.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}' | '\u{FEFF}' | '\u{2060}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{2032}')
}

fn is_decimal_point(c: char) -> bool {
    matches!(c, '.' | '\u{B7}' | '\u{2022}' | '\u{2219}' | '\u{22C5}' | '\u{2027}' | '\u{30FB}')
}

/// How many digits the text begins with.
pub(super) fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// A decimal point and the digits after it: how many bytes are the point, how many the digits.
fn fraction(text: &str) -> Option<(usize, usize)> {
    let point = text.chars().next().filter(|c| is_decimal_point(*c))?.len_utf8();
    let after = digits(&text[point..]);
    (after > 0).then_some((point, after))
}

fn begins_number(rest: &str) -> bool {
    digits(rest) > 0 || fraction(rest).is_some()
}

/// Whether a fraction without a digit before it follows a number: "0 .65", where the two may be one number or two.
fn continues_number(tokens: &[Token], at: usize, spaced: bool, rest: &str) -> bool {
    digits(rest) == 0
        && tokens
            .last()
            .is_some_and(|last| matches!(last.kind, Kind::Number(_) | Kind::Malformed) && (spaced || last.end == at))
}

fn joins_words(text: &str, at: usize, dash: char) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + dash.len_utf8()..].chars().next();
    let word = |c: char| c.is_alphabetic();
    match (before, after) {
        (Some(before), Some(after)) => (word(before) || matches!(before, '%' | ')')) && word(after),
        _ => false,
    }
}

/// Reads the number that `rest` begins with.
fn number(rest: &str) -> (Kind, usize) {
    let Some((mut kind, mut len)) = plain_number(rest) else { return (Kind::Malformed, 1) };
    let after = &rest[len..];
    if let Kind::Number(mantissa) = kind
        && let Some((exponent, exponent_len)) = exponent(after)
    {
        len += exponent_len;
        kind = exponent.map_or(Kind::Malformed, |exponent| {
            // Parsed from its digits rather than multiplied, so that 1.2e-8 is the nearest number to what is printed.
            let digits: String = format!("{}e{exponent}", mantissa.value);
            digits.parse().map_or(Kind::Malformed, |value| {
                Kind::Number(Number { value, rounding: mantissa.rounding * 10f64.powi(exponent), decimal: true })
            })
        });
        return (kind, len);
    }
    // "6-month", "24-week": a measure of something, not an estimate.
    let mut chars = after.chars();
    let hyphen = |c: char| is_dash(c) && c != '\u{2212}';
    if chars.next().is_some_and(hyphen) && chars.next().is_some_and(char::is_alphabetic) {
        return (Kind::Word, len + word(after));
    }
    (kind, len)
}

/// Digits, thousands and a fraction, up to what cannot belong to them.
fn plain_number(rest: &str) -> Option<(Kind, usize)> {
    let mut len = digits(rest);
    let mut plain: String = rest[..len].to_owned();
    if len > 0 {
        let before = len;
        while let Some(group) = thousands_group(&rest[len..]) {
            if before > 3 || plain.starts_with('0') {
                break;
            }
            plain.push_str(&rest[len + group - 3..len + group]);
            len += group;
        }
    }
    let mut decimals = 0;
    if let Some((point, after)) = fraction(&rest[len..]) {
        if plain.is_empty() {
            plain.push('0');
        }
        plain.push('.');
        plain.push_str(&rest[len + point..len + point + after]);
        decimals = after;
        len += point + after;
    }
    if let Some(more) = spoils(&rest[len..], decimals > 0) {
        return Some((Kind::Malformed, len + more));
    }
    let value: f64 = plain.parse().ok()?;
    let rounding = 0.5 * 10f64.powi(-i32::try_from(decimals).ok()?);
    Some((Kind::Number(Number { value, rounding, decimal: decimals > 0 }), len))
}

/// A comma, or a thin blank, and exactly three digits: how many bytes.
fn thousands_group(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let separator = matches!(first, ',' | '\u{2009}' | '\u{202F}').then(|| first.len_utf8())?;
    (digits(&text[separator..]) == 3).then_some(separator + 3)
}

/// What follows a number and makes it unreadable; how many bytes of it belong to the run.
fn spoils(text: &str, has_fraction: bool) -> Option<usize> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if is_decimal_point(first) {
        let len = first.len_utf8();
        let after = &text[len..];
        // "1.2·10-8": the point is a sign of multiplication.
        if first != '.' && exponent(text).is_some() {
            return None;
        }
        // "1.2.3", "0..5"
        if digits(after) > 0 || after.starts_with('.') {
            let run = after.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
            return Some(len + run);
        }
        // "0. 74": the point was torn from its digits. A sentence may end here too, so only the number before it is lost.
        let mut blanks = after.chars();
        if !has_fraction && blanks.next().is_some_and(is_blank) && blanks.next().is_some_and(|c| c.is_ascii_digit()) {
            return Some(len);
        }
        return None;
    }
    // "0,74": a decimal comma, or a list without blanks; only a fraction on either side tells the list.
    if first == ',' && !has_fraction {
        let after = digits(&text[1..]);
        if after > 0 && fraction(&text[1 + after..]).is_none() {
            return Some(1 + after);
        }
    }
    None
}

/// How many bytes the word that `rest` begins with has. Digits, and a hyphen before a digit ("IL-6"), belong to it; a true
/// minus sign does not.
fn word(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let inner = is_apostrophe(c) && next.is_some_and(char::is_alphabetic)
            || is_dash(c) && c != '\u{2212}' && next.is_some_and(char::is_alphanumeric);
        if !(c.is_alphanumeric() || inner || c == '_') {
            break;
        }
        // Hyphens between letters split words, so that "between-group" and "between group" are read alike.
        if is_dash(c) && next.is_some_and(char::is_alphabetic) && at > 0 {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

fn sign(rest: &str, c: char) -> (Kind, usize) {
    let kind = match c {
        '%' | '\u{FF05}' | '\u{FE6A}' => Kind::Percent,
        '(' | '[' | '{' => Kind::Open,
        ')' | ']' | '}' => Kind::Close,
        '=' | '\u{FF1D}' if rest[c.len_utf8()..].starts_with('<') => return (Kind::LessOrEqual, c.len_utf8() + 1),
        '<' | '>' | '\u{FF1C}' | '\u{FF1E}' if rest[c.len_utf8()..].starts_with('=') => {
            let kind = if matches!(c, '<' | '\u{FF1C}') { Kind::LessOrEqual } else { Kind::GreaterOrEqual };
            return (kind, c.len_utf8() + 1);
        }
        '=' | '\u{FF1D}' => Kind::Equal,
        '<' | '\u{FF1C}' | '\u{2329}' | '\u{3008}' => Kind::Less,
        '>' | '\u{FF1E}' => Kind::Greater,
        '\u{2264}' | '\u{2A7D}' | '\u{2266}' => Kind::LessOrEqual,
        '\u{2265}' | '\u{2A7E}' | '\u{2267}' => Kind::GreaterOrEqual,
        ',' => Kind::Comma,
        ';' => Kind::Semicolon,
        ':' | '\u{2236}' => Kind::Colon,
        '/' => Kind::Slash,
        '\u{B1}' => Kind::PlusMinus,
        '.' => Kind::Stop,
        c if is_dash(c) => Kind::Dash,
        _ => Kind::Other,
    };
    (kind, c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn only(text: &str) -> Option<f64> {
        match tokens(text).as_slice() {
            [Token { kind: Kind::Number(number), .. }] => Some(number.value),
            _ => None,
        }
    }

    #[test]
    fn numbers_are_read_in_every_way_they_are_printed() {
        for (text, value) in [
            ("0.74", 0.74),
            (".65", 0.65),
            ("0·74", 0.74),
            ("0∙74", 0.74),
            ("·04", 0.04),
            ("1,234", 1234.0),
            ("1,234,567", 1_234_567.0),
            ("12,345.6", 12345.6),
            ("12\u{2009}345", 12345.0),
            ("1.2 × 10−8", 1.2e-8),
            ("1.2x10-8", 1.2e-8),
            ("1.2 × 10^-8", 1.2e-8),
            ("1.2 × 10⁻⁸", 1.2e-8),
            ("1.2 X 10(-8)", 1.2e-8),
            ("1.2 × 10 -8", 1.2e-8),
            ("1.2e-8", 1.2e-8),
            ("3E-08", 3e-8),
            ("3 × 10^5", 3e5),
            ("1.2·10-8", 1.2e-8),
        ] {
            assert_eq!(only(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_number() {
        for text in ["1.2.3", "0,74", "12,13", "0. 74", "0 .74", "3 × 105", "0..5", "1.2.2019"] {
            let all = tokens(text);
            let first = all.iter().find(|t| matches!(t.kind, Kind::Number(_) | Kind::Malformed));
            let spoiled = all.iter().any(|t| t.kind == Kind::Malformed);
            assert!(first.is_some() && spoiled, "{text}: {all:?}");
        }
    }

    #[test]
    fn digits_within_words_are_no_numbers() {
        for text in ["IL-6", "SF-36", "6-month", "p53", "H1N1", "24-week"] {
            let all = tokens(text);
            assert!(all.iter().all(|t| t.kind == Kind::Word), "{text}: {all:?}");
        }
    }

    #[test]
    fn a_minus_and_a_range_dash_are_tokens_of_their_own() {
        let kinds: Vec<_> = tokens("−0.9–−0.1").into_iter().map(|t| t.kind == Kind::Dash).collect();
        assert_eq!(kinds, [true, false, true, true, false]);
    }

    proptest! {
        #[test]
        fn tokens_lie_in_order_on_the_text(text in "[-–−0-9.,·×x^()a-cA-C %<=>/ ]{0,60}|\\PC{0,60}") {
            let mut end = 0;
            for token in tokens(&text) {
                prop_assert!(token.start >= end && token.end > token.start);
                prop_assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end));
                end = token.end;
            }
            prop_assert!(end <= text.len());
        }

        #[test]
        fn every_printed_number_is_read_back(whole in 0_u32..100_000, decimals in 0_u32..10_000) {
            let text = format!("{whole}.{decimals:04}");
            prop_assert_eq!(only(&text), text.parse::<f64>().ok());
        }
    }
}
