//! Running text with its inline markup.
//!
//! What refers elsewhere is told from what is said. A superscript reference is written in brackets (`0.05<sup>12</sup>` reads
//! `0.05[12]`), so that its digits never join a number, and the place of every reference is kept as a mark.

use std::ops::Range;

use super::Read;
use crate::parse::words::Words;
use crate::xml::{Cursor, Element, Node};

/// Text as it is read, with the bytes of it that refer to cited works or footnotes.
#[derive(Debug, Default)]
pub(super) struct Prose {
    words: Words,
    marks: Vec<Range<usize>>,
    /// How many superscripts are open.
    raised: u32,
}

/// What to do with an element that is no running text but stands within it.
pub(super) type Block<'b, 'x> = dyn FnMut(&mut Cursor<'x>, &Element<'x>, &mut Prose) -> Read + 'b;

impl Prose {
    /// The text read so far and its marks; nothing is left.
    pub(super) fn take(&mut self) -> (String, Vec<Range<usize>>) {
        (self.words.take(), std::mem::take(&mut self.marks))
    }

    /// Reads everything within `element`; what is no running text goes to `block`.
    pub(super) fn read<'x>(
        &mut self,
        cursor: &mut Cursor<'x>,
        element: &Element<'_>,
        block: &mut Block<'_, 'x>,
    ) -> Read {
        while let Some(node) = cursor.node(element)? {
            match node {
                Node::Text(text) => self.words.push(&text),
                Node::Element(child) => self.element(cursor, &child, block)?,
            }
        }
        Ok(())
    }

    fn element<'x>(&mut self, cursor: &mut Cursor<'x>, child: &Element<'x>, block: &mut Block<'_, 'x>) -> Read {
        match child.local_name() {
            "xref" => self.reference(cursor, child, block),
            "sup" => self.superscript(cursor, child, block),
            "alternatives" | "inline-formula" | "disp-formula" | "chem-struct" | "inline-graphic" | "graphic" => {
                self.formula(cursor, child, block)
            }
            "mfenced" => self.fenced(cursor, child, block),
            // Sources beside what they give, and what is no text.
            "tex-math" | "annotation" | "annotation-xml" | "object-id" | "institution-id" | "alt-text"
            | "long-desc" | "index-term" | "private-char" | "processing-meta" => Ok(()),
            "p"
            | "title"
            | "list"
            | "list-item"
            | "def-list"
            | "def-item"
            | "def"
            | "disp-quote"
            | "table-wrap"
            | "table-wrap-group"
            | "fig"
            | "fig-group"
            | "boxed-text"
            | "supplementary-material"
            | "media"
            | "fn"
            | "fn-group"
            | "array"
            | "statement"
            | "verse-group"
            | "speech"
            | "code"
            | "preformat"
            | "sec"
            | "ref-list"
            | "disp-formula-group"
            | "floats-group"
            | "chem-struct-wrap"
            | "attrib" => block(cursor, child, self),
            name => {
                self.words.enter(name);
                self.read(cursor, child, block)?;
                self.words.leave();
                Ok(())
            }
        }
    }

    /// A formula in the one of its forms that can be read: MathML or text before TeX, and never a picture.
    fn formula<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>, block: &mut Block<'_, 'x>) -> Read {
        let display = element.local_name() == "disp-formula";
        if display {
            self.words.blank();
        }
        let mut tex = None;
        let mut written = false;
        while let Some(node) = cursor.node(element)? {
            match node {
                Node::Text(text) => {
                    written |= !text.trim().is_empty();
                    self.words.push(&text);
                }
                Node::Element(child) if child.local_name() == "tex-math" => {
                    tex = Some(cursor.text(&child)?.into_owned())
                }
                Node::Element(child) => {
                    written |= !matches!(child.local_name(), "graphic" | "inline-graphic" | "label");
                    self.element(cursor, &child, block)?;
                }
            }
        }
        if let Some(tex) = tex.filter(|_| !written) {
            self.words.push(tex_formula(&tex));
        }
        if display {
            self.words.blank();
        }
        Ok(())
    }

    /// `<mfenced>a b</mfenced>` is `(a,b)`.
    fn fenced<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>, block: &mut Block<'_, 'x>) -> Read {
        let fence = |name: &str, usual: &str| -> Read<String> {
            Ok(element.attribute(name)?.map_or_else(|| usual.to_owned(), |fence| fence.into_owned()))
        };
        let (open, close, between) = (fence("open", "(")?, fence("close", ")")?, fence("separators", ",")?);
        self.words.enter("mfenced");
        self.words.push(&open);
        let mut first = true;
        while let Some(child) = cursor.child(element)? {
            if !first {
                self.words.push(between.get(..1).unwrap_or_default());
            }
            first = false;
            self.element(cursor, &child, block)?;
        }
        self.words.push(&close);
        self.words.leave();
        Ok(())
    }

    fn superscript<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>, block: &mut Block<'_, 'x>) -> Read {
        let mut inner = Prose { raised: self.raised + 1, ..Prose::default() };
        inner.read(cursor, element, block)?;
        // "Brand<sup>® </sup>and": white space within parts words as white space outside does, but no number from its exponent.
        let (before, after) = inner.words.edges();
        let (text, marks) = inner.take();
        if before && !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '−' | '–')) {
            self.blank();
        }
        if marks.is_empty() {
            self.words.enter("sup");
            self.words.push(&text);
            self.words.leave();
        } else {
            self.mark(&text, true);
        }
        if after {
            self.blank();
        }
        Ok(())
    }

    /// A cross-reference: to a table or a figure it is text, to a cited work or a footnote a mark.
    fn reference<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>, block: &mut Block<'_, 'x>) -> Read {
        let kind = element.attribute("ref-type")?;
        let marks = matches!(kind.as_deref(), Some("bibr" | "fn" | "table-fn" | "author-notes" | "corresp" | "aff"));
        if !marks {
            self.words.enter("xref");
            self.read(cursor, element, block)?;
            self.words.leave();
            return Ok(());
        }
        let mut inner = Prose { raised: self.raised, ..Prose::default() };
        let mut small = false;
        while let Some(node) = cursor.node(element)? {
            match node {
                Node::Text(text) => inner.words.push(&text),
                Node::Element(child) => {
                    small |= child.local_name() == "sup";
                    // Within a reference a superscript is the sign of the reference.
                    if child.local_name() == "sup" {
                        inner.read(cursor, &child, block)?;
                    } else {
                        inner.element(cursor, &child, block)?;
                    }
                }
            }
        }
        let (before, after) = inner.words.edges();
        let (text, _) = inner.take();
        if before {
            self.blank();
        }
        if self.raised > 0 {
            // The superscript around it writes the brackets.
            self.mark(&text, false);
        } else {
            // "shown12" has lost its superscript.
            let joined = !self.words.ends_with_blank()
                && self.words.text().ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '%' | ')'));
            let glued = joined && text.starts_with(|c: char| c.is_ascii_alphanumeric());
            self.mark(&text, small || glued);
        }
        if after {
            self.blank();
        }
        Ok(())
    }

    /// Writes a mark; with brackets where it would join the word before it. Brackets that follow each other are one.
    fn mark(&mut self, text: &str, brackets: bool) {
        if text.is_empty() {
            return;
        }
        // Signs such as * and † join no number and are left as they are.
        let brackets = brackets && text.contains(|c: char| c.is_alphanumeric());
        if brackets {
            self.words.push("[");
        }
        let before = self.words.text().len();
        self.words.push(text);
        let written = &self.words.text()[before..];
        let start = before + (written.len() - written.trim_start().len());
        self.marks.push(start..self.words.text().len());
        if brackets {
            self.words.push("]");
        }
    }

    /// White space.
    pub(super) fn blank(&mut self) {
        self.words.blank();
    }

    /// Words that the element itself does not hold: the label before a list's item.
    pub(super) fn push(&mut self, text: &str) {
        self.words.push(text);
    }
}

/// What stands between the dollars of a TeX document, or the whole where there are none.
fn tex_formula(tex: &str) -> &str {
    let inner = tex.split_once("\\begin{document}").map_or(tex, |(_, rest)| rest);
    let inner = inner.split("\\end{document}").next().unwrap_or(inner);
    inner.trim().trim_matches('$').trim()
}

/// The words of an element without marks: a title, a label, a name.
pub(super) fn plain(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read<String> {
    let mut prose = Prose::default();
    prose.read(cursor, element, &mut inner_text)?;
    let (text, marks) = prose.take();
    Ok(without(&text, &marks))
}

/// As [`plain`], none where there is nothing.
pub(super) fn some_plain(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read<Option<String>> {
    Ok(Some(plain(cursor, element)?).filter(|text| !text.is_empty()))
}

/// The text of an element with everything in it as one paragraph.
pub(super) fn whole(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read<(String, Vec<Range<usize>>)> {
    let mut prose = Prose::default();
    prose.read(cursor, element, &mut inner_text)?;
    Ok(prose.take())
}

/// Takes what stands within a block as text parted by blanks.
fn inner_text<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>, prose: &mut Prose) -> Read {
    prose.blank();
    prose.read(cursor, element, &mut inner_text)?;
    prose.blank();
    Ok(())
}

/// The text without its marks and the empty brackets they leave.
fn without(text: &str, marks: &[Range<usize>]) -> String {
    if marks.is_empty() {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for mark in marks {
        let mut piece = &text[at..mark.start];
        at = mark.end;
        if let (Some(before), true) = (piece.strip_suffix('['), text[at..].starts_with(']')) {
            piece = before;
            at += 1;
        }
        kept.push_str(piece);
    }
    kept.push_str(&text[at..]);
    kept.trim_end().to_owned()
}
