//! Powers of ten behind a mantissa: "× 10−8", "×10(-8)", "e-8".

use super::number::{digits, is_blank, is_dash};

/// What stands after a number's mantissa, if it is a power of ten: the exponent (none where it cannot be read) and its bytes.
pub(super) fn exponent(text: &str) -> Option<(Option<i32>, usize)> {
    let mut cursor = Cursor { text, at: 0 };
    if cursor.take(|c| matches!(c, 'e' | 'E')) {
        let negative = cursor.take(is_dash);
        let _ = negative || cursor.take(|c| c == '+');
        let value = cursor.integer()?;
        return Some((signed(value, negative), cursor.at));
    }
    cursor.blanks();
    if !cursor.take(|c| matches!(c, '\u{D7}' | 'x' | 'X' | '*' | '\u{B7}' | '\u{22C5}' | '\u{2715}' | '\u{2A09}')) {
        return None;
    }
    cursor.blanks();
    if !cursor.text[cursor.at..].starts_with("10") {
        return None;
    }
    cursor.at += 2;
    if let Some((value, len)) = superscript(&cursor.text[cursor.at..]) {
        return Some((Some(value), cursor.at + len));
    }
    let caret = cursor.take(|c| c == '^');
    cursor.blanks();
    let bracket = cursor.take(|c| matches!(c, '(' | '[' | '{'));
    let negative = cursor.take(is_dash);
    cursor.blanks();
    let Some(value) = cursor.integer() else { return Some((None, cursor.at)) };
    if bracket {
        cursor.take(|c| matches!(c, ')' | ']' | '}'));
    }
    // "× 105" may be 10 to the 5th or one hundred and five.
    let readable = negative || caret || bracket;
    Some((readable.then(|| signed(value, negative)).flatten(), cursor.at))
}

fn signed(value: u32, negative: bool) -> Option<i32> {
    let value = i32::try_from(value).ok().filter(|v| *v < 300)?;
    Some(if negative { -value } else { value })
}

/// An exponent set in superscript characters.
fn superscript(text: &str) -> Option<(i32, usize)> {
    let mut value = 0_i32;
    let mut len = 0;
    let mut negative = false;
    for c in text.chars() {
        let digit = match c {
            '\u{207B}' if len == 0 => {
                negative = true;
                len += c.len_utf8();
                continue;
            }
            '\u{2070}' => 0,
            '\u{B9}' => 1,
            '\u{B2}' => 2,
            '\u{B3}' => 3,
            '\u{2074}'..='\u{2079}' => i32::try_from(c as u32 - 0x2070).ok()?,
            _ => break,
        };
        value = value.checked_mul(10)?.checked_add(digit)?;
        len += c.len_utf8();
    }
    let any = len > usize::from(negative) * '\u{207B}'.len_utf8();
    (any && value < 300).then_some((if negative { -value } else { value }, len))
}

/// A small reader for exponents.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl Cursor<'_> {
    fn take(&mut self, accept: impl Fn(char) -> bool) -> bool {
        match self.text[self.at..].chars().next() {
            Some(c) if accept(c) => {
                self.at += c.len_utf8();
                true
            }
            _ => false,
        }
    }

    fn blanks(&mut self) {
        while self.take(is_blank) {}
    }

    fn integer(&mut self) -> Option<u32> {
        let len = digits(&self.text[self.at..]);
        let value = self.text[self.at..self.at + len].parse().ok()?;
        self.at += len;
        Some(value)
    }
}
