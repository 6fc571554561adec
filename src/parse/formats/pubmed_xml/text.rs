//! Words out of marked-up text.

use crate::xml::{Cursor, Element, Piece, XmlError};

/// The words of an element on one line: markup left out, white space collapsed, none at the ends.
///
/// Markup never joins or splits words (`H<sub>2</sub>O` is `H2O`), with one exception, because a lost exponent is a wrong
/// number: a superscript that begins with a digit or a sign and stands behind a digit is written with a `^`
/// (`10<sup>-8</sup>` is `10^-8`), and so are the exponents of MathML; its fractions are written with a `/`.
pub(super) fn words(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Result<String, XmlError> {
    let mut words = Words::default();
    cursor.walk(element, |piece| words.take(piece))?;
    Ok(words.text)
}

/// As [`words`], none where there are none.
pub(super) fn some_words(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Result<Option<String>, XmlError> {
    let text = words(cursor, element)?;
    Ok((!text.is_empty()).then_some(text))
}

#[derive(Default)]
struct Words {
    text: String,
    /// White space was seen and not yet written.
    space: bool,
    /// A superscript has begun and nothing of it was seen yet.
    raised: bool,
    /// A sign to write before the next words: `^` or `/` between the parts of a formula.
    join: Option<char>,
    /// The formulas that are open, with how many parts of each were opened.
    formulas: Vec<(Formula, u32)>,
    /// How deep each open element is, as whether it is a formula.
    open: Vec<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Formula {
    Superscript,
    SubAndSuperscript,
    Fraction,
}

impl Words {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) => self.push(text),
            Piece::Open(name) => self.enter(name),
            Piece::Close(_) => {
                if self.open.pop() == Some(true) {
                    self.formulas.pop();
                }
                self.raised = false;
            }
        }
    }

    fn enter(&mut self, name: &str) {
        let inside_formula = self.open.last() == Some(&true);
        if let Some((formula, parts)) = self.formulas.last_mut().filter(|_| inside_formula) {
            *parts += 1;
            match (*formula, *parts) {
                (Formula::Superscript, 2) | (Formula::SubAndSuperscript, 3) => self.join = Some('^'),
                (Formula::Fraction, 2) => self.join = Some('/'),
                _ => {}
            }
        }
        let local = name.rsplit(':').next().unwrap_or(name);
        let formula = match local {
            "msup" => Some(Formula::Superscript),
            "msubsup" => Some(Formula::SubAndSuperscript),
            "mfrac" => Some(Formula::Fraction),
            _ => None,
        };
        self.formulas.extend(formula.map(|formula| (formula, 0)));
        self.open.push(formula.is_some());
        self.raised = local == "sup";
        // Elements that stand on lines of their own.
        if matches!(local, "br" | "p" | "list" | "list-item" | "title") {
            self.space = true;
        }
    }

    fn push(&mut self, text: &str) {
        for c in text.chars() {
            // A control character is no part of any word, and a terminal would obey it.
            if c.is_whitespace() || c.is_control() {
                self.space = true;
                continue;
            }
            if let Some(join) = self.join.take() {
                self.text.push(join);
                self.space = false;
            } else if self.raised {
                let number = c.is_ascii_digit() || matches!(c, '-' | '+' | '−' | '–');
                if number && !self.space && self.text.ends_with(|before: char| before.is_ascii_digit()) {
                    self.text.push('^');
                }
            }
            self.raised = false;
            if self.space && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.space = false;
            self.text.push(c);
        }
    }
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
    }

    #[test]
    fn formulas_keep_their_meaning() {
        let power = "<mml:math><mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup></mml:math>";
        assert_eq!(read(power), "10^6");
        let nested = "<mml:msup><mml:mrow><mml:mn>1</mml:mn><mml:mn>0</mml:mn></mml:mrow><mml:mn>6</mml:mn></mml:msup>";
        assert_eq!(read(nested), "10^6");
        assert_eq!(read("<mml:mfrac><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac>"), "1/2");
    }
}
