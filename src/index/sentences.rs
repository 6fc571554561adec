//! Where the sentences of a document begin among the positions of its text fields.
//!
//! Sentences are no documents of the engine: the text is indexed once, and one number a sentence says in which field and at
//! which position it begins. A sentence of a segment is known by its row, its place among all of them. Three million sentences
//! take some 10 MB so, and the text a second time would take several hundred.
//!
//! ```text
//! field (2 bits) | position (30 bits) | ordinal among the findings + 1, or 0 (16 bits) | ordinal in the document (16 bits)
//! ```
//!
//! A passage that mining does not read (it is not English) has no sentences. A row of its own, with an ordinal that no sentence
//! has, keeps its words from being taken for the end of the sentence before.

use std::ops::Range;

use tantivy::columnar::{Column, ColumnIndex};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, TantivyDocument, Term as Key};

use super::analyzers::word_starts;
use super::document::TextColumn;
use super::query::plan::Text;
use super::query::positions;
use super::schema::Fields;
use crate::model::{Annotation, Document, Span};
use tantivy::postings::Postings;

/// The name of the column.
pub(super) const COLUMN: &str = "sentences";

const FIELD_SHIFT: u32 = 62;
const POSITION_SHIFT: u32 = 32;
const FINDING_SHIFT: u32 = 16;
const ORDINAL: u64 = 0xFFFF;
/// The ordinal of a row that is no sentence.
const NO_SENTENCE: u64 = ORDINAL;

/// Adds one number for each sentence that mining found.
pub(super) fn add(fields: &Fields, document: &Document, annotation: &Annotation, out: &mut TantivyDocument) {
    let columns = super::document::columns_of_passages(document);
    // What tantivy calls a position: values of one field follow each other with one position left free.
    let mut next = [0_u32; TextColumn::COUNT];
    let mut rows: Vec<u64> = Vec::with_capacity(annotation.sentences.len());
    let spans = document.passage_spans();
    let mut sentences = annotation.sentences.iter().enumerate().peekable();
    for (at, (passage, (column, span))) in document.passages.iter().zip(columns.iter().zip(&spans)).enumerate() {
        let Some(column) = column else { continue };
        let starts = word_starts(&passage.text);
        let base = next[*column as usize];
        next[*column as usize] = base + starts.len() as u32 + 1;
        let place = |position: u32| (*column as u64) << FIELD_SHIFT | u64::from(position) << POSITION_SHIFT;
        let known = rows.len();
        while let Some((ordinal, sentence)) = sentences.next_if(|(_, sentence)| sentence.passage as usize <= at) {
            if sentence.passage as usize != at {
                continue;
            }
            let begins = sentence.span.start.saturating_sub(span.start);
            let position = base + starts.partition_point(|start| *start < begins) as u32;
            let finding = finding_of(annotation, sentence.span).map_or(0, |at| (at as u64 + 1).min(ORDINAL));
            rows.push(place(position) | finding << FINDING_SHIFT | (ordinal as u64).min(NO_SENTENCE - 1));
        }
        if rows.len() == known {
            rows.push(place(base) | NO_SENTENCE);
        }
    }
    rows.sort_unstable();
    for row in rows {
        out.add_u64(fields.sentences, row);
    }
}

/// The finding that a sentence is, by its place among the findings.
fn finding_of(annotation: &Annotation, sentence: Span) -> Option<usize> {
    annotation.findings.iter().position(|finding| sentence.contains(finding.span))
}

/// The sentences of one segment.
pub(in crate::index) struct Sentences {
    column: Option<Column<u64>>,
}

/// A sentence, as the index knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its place among the sentences of its document, as mining numbered them.
    pub sentence: u16,
    /// Its place among the findings of its document, where it is one.
    pub finding: Option<u16>,
}

impl Sentences {
    pub(in crate::index) fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        Ok(Self { column: reader.fast_fields().column_opt::<u64>(COLUMN)? })
    }

    /// How many there are.
    pub(in crate::index) fn count(&self) -> u32 {
        self.column.as_ref().map_or(0, |column| column.values.num_vals())
    }

    /// The rows of a document.
    pub(in crate::index) fn rows(&self, document: DocId) -> Range<u32> {
        self.column.as_ref().map_or(0..0, |column| column.index.value_row_ids(document))
    }

    /// The document of each row; the rows in order.
    pub(in crate::index) fn documents(&self, rows: &[u32]) -> Vec<DocId> {
        let Some(column) = &self.column else { return Vec::new() };
        match &column.index {
            ColumnIndex::Full => rows.to_vec(),
            index => {
                // The document whose rows end behind it: rows are many, documents between them few.
                let mut document = 0;
                let owner = |row: &u32| {
                    let (mut low, mut high) = (document, column.num_docs());
                    while low < high {
                        let middle = low + (high - low) / 2;
                        if index.docid_range_to_rowids(0..middle + 1).end <= *row {
                            low = middle + 1;
                        } else {
                            high = middle;
                        }
                    }
                    document = low;
                    low
                };
                rows.iter().map(owner).collect()
            }
        }
    }

    fn value(&self, row: u32) -> u64 {
        self.column.as_ref().map_or(0, |column| column.values.get_val(row))
    }

    /// Whether a row is a sentence.
    pub(in crate::index) fn is_sentence(&self, row: u32) -> bool {
        self.value(row) & ORDINAL != NO_SENTENCE
    }

    /// Whether a sentence is a finding.
    pub(in crate::index) fn is_finding(&self, row: u32) -> bool {
        self.row(row).finding.is_some()
    }

    /// What is known of a sentence.
    pub(in crate::index) fn row(&self, row: u32) -> Row {
        let value = self.value(row);
        let finding = (value >> FINDING_SHIFT & ORDINAL) as u16;
        Row { sentence: (value & ORDINAL) as u16, finding: finding.checked_sub(1) }
    }

    /// How many words a sentence has; none for the last of its field, whose end nothing tells.
    pub(in crate::index) fn length(&self, row: u32) -> Option<u32> {
        let (this, next) = (self.value(row), (row + 1 < self.count()).then(|| self.value(row + 1))?);
        let same_field = this >> FIELD_SHIFT == next >> FIELD_SHIFT && next > this;
        let position = |value: u64| (value << 2 >> 2 >> POSITION_SHIFT) as u32;
        same_field.then(|| position(next) - position(this))
    }

    /// The sentence that holds a stretch of positions of a field of a document; none where two share it.
    fn holding(&self, rows: Range<u32>, column: TextColumn, first: u32, last: u32) -> Option<u32> {
        let key = |position: u32| (column as u64) << FIELD_SHIFT | (u64::from(position) + 1) << POSITION_SHIFT;
        let before = |limit: u64| {
            let (mut low, mut high) = (rows.start, rows.end);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.value(middle) < limit { low = middle + 1 } else { high = middle }
            }
            low.checked_sub(1).filter(|row| *row >= rows.start && self.value(*row) >> FIELD_SHIFT == column as u64)
        };
        let row = before(key(first))?;
        (first == last || before(key(last)) == Some(row)).then_some(row)
    }

    /// Calls `found` with the row of each sentence that holds the words, once for each place where they stand.
    pub(in crate::index) fn add_text(
        &self,
        reader: &SegmentReader,
        fields: &Fields,
        text: &Text,
        found: &mut dyn FnMut(u32),
    ) -> tantivy::Result<()> {
        for column in TextColumn::ALL {
            let field = column.field(fields);
            if !text.columns.contains(&field) {
                continue;
            }
            for sequence in &text.sequences {
                if let [words] = sequence.slots.as_slice() {
                    let index = reader.inverted_index(field)?;
                    let mut places = Vec::new();
                    for word in words.iter() {
                        let key = Key::from_field_text(field, word);
                        let option = IndexRecordOption::WithFreqsAndPositions;
                        let Some(mut postings) = index.read_postings(&key, option)? else { continue };
                        while postings.doc() != TERMINATED {
                            postings.positions(&mut places);
                            let rows = self.rows(postings.doc());
                            for place in &places {
                                if let Some(row) = self.holding(rows.clone(), column, *place, *place) {
                                    found(row);
                                }
                            }
                            postings.advance();
                        }
                    }
                } else {
                    positions::matches(reader, field, sequence, None, true, &mut |document, places| {
                        let rows = self.rows(document);
                        for (first, last) in places {
                            if let Some(row) = self.holding(rows.clone(), column, *first, *last) {
                                found(row);
                            }
                        }
                    })?;
                }
            }
        }
        Ok(())
    }
}
