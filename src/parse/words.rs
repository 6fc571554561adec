//! Words out of marked-up text.

use crate::xml::{Cursor, Element, Piece, XmlError};

/// The words of an element on one line: markup left out, white space collapsed, none at the ends.
///
/// Markup never joins or splits words (`H<sub>2</sub>O` is `H2O`), with one exception, because a lost exponent is a wrong
/// number: a superscript that begins with a digit or a sign and stands behind a digit is written with a `^`
/// (`10<sup>-8</sup>` is `10^-8`), a subscript that begins with a digit and stands behind one with a `_`, and so are the
/// exponents of MathML; its fractions are written with a `/`.
pub(super) fn words(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Result<String, XmlError> {
    let mut words = Words::default();
    cursor.walk(element, |piece| match piece {
        Piece::Text(text) => words.push(text),
        Piece::Open(name) => words.enter(name.rsplit(':').next().unwrap_or(name)),
        Piece::Close(_) => words.leave(),
    })?;
    Ok(words.text)
}

/// As [`words`], none where there are none.
pub(super) fn some_words(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Result<Option<String>, XmlError> {
    let text = words(cursor, element)?;
    Ok((!text.is_empty()).then_some(text))
}

/// A title that NLM translated stands in brackets, before or behind its full stop.
pub(super) fn without_brackets(title: String) -> String {
    let inner = title.strip_prefix('[').and_then(|rest| rest.strip_suffix("].").or_else(|| rest.strip_suffix(']')));
    match inner {
        // "[A] and [B]." only looks like one.
        Some(inner) if !closes_early(inner) => inner.to_owned(),
        _ => title,
    }
}

fn closes_early(inner: &str) -> bool {
    let mut depth = 0_i32;
    inner.chars().any(|c| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        depth < 0
    })
}

/// Words as they are read.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: String,
    /// White space was seen and not yet written.
    space: bool,
    /// White space was seen before the first word.
    indented: bool,
    /// A superscript (`^`) or subscript (`_`) has begun and nothing of it was seen yet.
    shifted: Option<char>,
    /// A sign to write before the next words: `^` or `/` between the parts of a formula.
    join: Option<char>,
    /// The formulas that are open, with how many parts of each were opened.
    formulas: Vec<(Formula, u32)>,
    /// How deep each open element is, as whether it is a formula.
    open: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Formula {
    Superscript,
    SubAndSuperscript,
    Fraction,
}

impl Words {
    /// What was read so far, without white space at the end.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The words; nothing is left.
    pub(super) fn take(&mut self) -> String {
        (self.space, self.indented) = (false, false);
        std::mem::take(&mut self.text)
    }

    /// Whether white space stands between what was read and what comes.
    pub(super) fn ends_with_blank(&self) -> bool {
        self.space || self.text.is_empty()
    }

    /// Whether white space stood before the first word, and whether it stands behind the last.
    pub(super) fn edges(&self) -> (bool, bool) {
        (self.indented, self.space)
    }

    /// White space.
    pub(super) fn blank(&mut self) {
        self.space = true;
    }

    /// An element within begins, by its name without a prefix.
    pub(super) fn enter(&mut self, name: &str) {
        let inside_formula = self.open.last() == Some(&true);
        if let Some((formula, parts)) = self.formulas.last_mut().filter(|_| inside_formula) {
            *parts += 1;
            match (*formula, *parts) {
                (Formula::Superscript, 2) | (Formula::SubAndSuperscript, 3) => self.join = Some('^'),
                (Formula::Fraction, 2) => self.join = Some('/'),
                _ => {}
            }
        }
        let formula = match name {
            "msup" => Some(Formula::Superscript),
            "msubsup" => Some(Formula::SubAndSuperscript),
            "mfrac" => Some(Formula::Fraction),
            _ => None,
        };
        self.formulas.extend(formula.map(|formula| (formula, 0)));
        self.open.push(formula.is_some());
        self.shifted = match name {
            "sup" => Some('^'),
            "sub" => Some('_'),
            _ => None,
        };
        // Elements that stand on lines of their own.
        if matches!(name, "br" | "break" | "p" | "list" | "list-item" | "title" | "mtr" | "mtd" | "mspace") {
            self.space = true;
        }
    }

    /// The innermost element that is open ends.
    pub(super) fn leave(&mut self) {
        if self.open.pop() == Some(true) {
            self.formulas.pop();
        }
        self.shifted = None;
    }

    /// Text, its references resolved.
    pub(super) fn push(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let run = run_length(rest);
            if run == 0 {
                // A control character is no part of any word, and a terminal would obey it: it parts words as a blank does.
                self.space = true;
                rest = &rest[rest.chars().next().map_or(rest.len(), char::len_utf8)..];
                continue;
            }
            let (run, after) = rest.split_at(run);
            self.begin(run);
            self.text.push_str(run);
            rest = after;
        }
    }

    /// Writes what belongs between the words so far and those that begin so.
    fn begin(&mut self, words: &str) {
        if let Some(join) = self.join.take() {
            self.text.push(join);
            self.space = false;
        } else if let Some(sign) = self.shifted {
            let digit = words.starts_with(|c: char| c.is_ascii_digit());
            let number = digit || sign == '^' && words.starts_with(['-', '+', '−', '–']);
            if number && !self.space && self.text.ends_with(|before: char| before.is_ascii_digit()) {
                self.text.push(sign);
            }
        }
        self.shifted = None;
        if self.space {
            if self.text.is_empty() {
                self.indented = true;
            } else {
                self.text.push(' ');
            }
        }
        self.space = false;
    }
}

/// How many bytes are looked at together.
const LANES: usize = 16;

/// How many bytes from the start can be taken as they stand: words, with single blanks between them.
fn run_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    // Nearly all text is plain, and told so a block at a time; a block that is not is read byte by byte.
    let mut careful = 1;
    while let Some(&byte) = bytes.get(at) {
        if at >= careful {
            let ahead = bytes[at..].first_chunk().zip(bytes[at + 1..].first_chunk());
            if ahead.is_some_and(|(block, next)| is_plain(block, next)) {
                at += LANES;
                careful = at;
                continue;
            }
            careful = at + LANES;
        }
        match byte {
            b'!'..=b'~' => at += 1,
            b' ' if at > 0 && bytes.get(at + 1).is_some_and(u8::is_ascii_graphic) => at += 1,
            0..0x80 => break,
            // White space and control characters begin with one of these bytes.
            0xc2 | 0xe1..=0xe3 => match text[at..].chars().next() {
                Some(c) if !c.is_whitespace() && !c.is_control() => at += c.len_utf8(),
                _ => break,
            },
            _ => at += 1,
        }
    }
    at
}

/// Whether a block is of printable ASCII, with something printable behind each blank; `next` begins a byte later. Written
/// without a branch, so that the compiler makes a few wide instructions of it.
fn is_plain(block: &[u8; LANES], next: &[u8; LANES]) -> bool {
    let odd = block.iter().zip(next).fold(0, |odd, (&byte, &next)| {
        let strange = u8::from(byte.wrapping_sub(b' ') > b'~' - b' ');
        let gap = u8::from(byte == b' ') & u8::from(next.wrapping_sub(b'!') > b'~' - b'!');
        odd | strange | gap
    });
    odd == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(xml: &str) -> String {
        let record = format!("<T>{xml}</T>");
        let mut cursor = Cursor::new(record.as_bytes(), 0).unwrap();
        let root = cursor.root().unwrap();
        words(&mut cursor, &root).unwrap()
    }

    #[test]
    fn markup_neither_joins_nor_splits() {
        assert_eq!(
            read("<i>In vitro</i> H<sub>2</sub>O, CO<sub>2</sub> and <b>more</b>."),
            "In vitro H2O, CO2 and more."
        );
        assert_eq!(read("  p &lt; 0.05\n   and &amp;c.  "), "p < 0.05 and &c.");
    }

    #[test]
    fn exponents_stay_exponents() {
        assert_eq!(read("p = 3 × 10<sup>-8</sup>"), "p = 3 × 10^-8");
        assert_eq!(read("kg/m<sup>2</sup>"), "kg/m2");
        assert_eq!(read("CD4<sup>+</sup> cells"), "CD4^+ cells");
        assert_eq!(read("<sup>18</sup>F and Na<sup>+</sup>"), "18F and Na+");
        assert_eq!(read("5<sub>10</sub>"), "5_10");
    }

    #[test]
    fn formulas_keep_their_meaning() {
        let power = "<mml:math><mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup></mml:math>";
        assert_eq!(read(power), "10^6");
        let nested = "<mml:msup><mml:mrow><mml:mn>1</mml:mn><mml:mn>0</mml:mn></mml:mrow><mml:mn>6</mml:mn></mml:msup>";
        assert_eq!(read(nested), "10^6");
        assert_eq!(read("<mml:mfrac><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac>"), "1/2");
    }

    #[test]
    fn every_white_space_and_control_character_parts_words_once() {
        let parted = "a\u{a0}\u{2009} b\t\n c\u{3000}d\u{1680}e\u{1b}f\u{85}g\u{202f}\u{7f}h  ";
        assert_eq!(read(&parted.replace('\u{1b}', "&#x1b;")), "a b c d e f g h");
        assert_eq!(read("Überdruck – 5 µg ≥ 3 ‰ 中"), "Überdruck – 5 µg ≥ 3 ‰ 中");
    }

    proptest::proptest! {
        #[test]
        fn words_are_those_of_a_plain_reading(text in "([ a\u{a0}\u{2009}\u{85}é中\t1.]|[b-y]{1,40}| [0-9]){0,40}") {
            let plain: Vec<&str> = text.split_whitespace().collect();
            let mut words = Words::default();
            words.push(&text);
            proptest::prop_assert_eq!(words.text(), plain.join(" "));
        }
    }
}
