//! Places in a text.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A half-open stretch of a document's text, counted in Unicode code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The first code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to, and without, `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// How many code points it covers.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers nothing.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether `other` lies wholly within it.
    pub const fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share a code point.
    pub const fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Translates between the code points of a text, which is what litmine stores and prints, and its bytes, which is what
/// Rust slices by. ASCII text costs nothing; other text costs one number for every 64 code points.
#[derive(Debug, Clone)]
pub struct TextIndex<'t> {
    text: &'t str,
    /// The byte offset of every 64th code point; empty for ASCII.
    marks: Vec<u32>,
    code_points: u32,
}

/// How many code points lie between two marks.
const STRIDE: usize = 64;

impl<'t> TextIndex<'t> {
    /// Indexes `text`, which must be shorter than 4 GiB.
    pub fn new(text: &'t str) -> Self {
        if text.is_ascii() {
            return Self { text, marks: Vec::new(), code_points: text.len() as u32 };
        }
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut code_points = 0;
        for (count, (byte, _)) in text.char_indices().enumerate() {
            if count % STRIDE == 0 {
                marks.push(byte as u32);
            }
            code_points = count as u32 + 1;
        }
        Self { text, marks, code_points }
    }

    /// The text that is indexed.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The length in code points.
    pub fn len(&self) -> u32 {
        self.code_points
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.code_points == 0
    }

    /// The code point that begins at byte `byte`, which must be a character boundary.
    pub fn code_point(&self, byte: usize) -> u32 {
        if self.marks.is_empty() {
            return byte as u32;
        }
        let mark = self.marks.partition_point(|&m| m as usize <= byte).saturating_sub(1);
        let from = self.marks[mark] as usize;
        (mark * STRIDE + self.text[from..byte].chars().count()) as u32
    }

    /// The byte at which code point `code_point` begins; the text's length for one past the end.
    pub fn byte(&self, code_point: u32) -> usize {
        let code_point = code_point.min(self.code_points) as usize;
        if self.marks.is_empty() {
            return code_point;
        }
        let mark = (code_point / STRIDE).min(self.marks.len() - 1);
        let from = self.marks[mark] as usize;
        let rest = &self.text[from..];
        rest.char_indices().nth(code_point - mark * STRIDE).map_or(self.text.len(), |(byte, _)| from + byte)
    }

    /// The span of a range of bytes, whose ends must be character boundaries.
    pub fn span(&self, bytes: Range<usize>) -> Span {
        Span::new(self.code_point(bytes.start), self.code_point(bytes.end))
    }

    /// The bytes of a span.
    pub fn bytes(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start);
        start..self.byte(span.end).max(start)
    }

    /// The words themselves.
    pub fn slice(&self, span: Span) -> &'t str {
        &self.text[self.bytes(span)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_and_code_points_agree(text in "\\PC{0,300}") {
            let index = TextIndex::new(&text);
            let mut count = 0;
            for (byte, _) in text.char_indices() {
                prop_assert_eq!(index.code_point(byte), count);
                prop_assert_eq!(index.byte(count), byte);
                count += 1;
            }
            prop_assert_eq!(index.len(), count);
            prop_assert_eq!(index.byte(count), text.len());
            prop_assert_eq!(index.code_point(text.len()), count);
        }
    }

    #[test]
    fn a_span_past_the_end_is_cut() {
        let index = TextIndex::new("αβγ");
        assert_eq!(index.slice(Span::new(1, 9)), "βγ");
        assert_eq!(index.slice(Span::new(7, 9)), "");
    }
}
