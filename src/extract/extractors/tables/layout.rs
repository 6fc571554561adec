//! From passages to tables: caption, rows, footnotes.

use std::ops::Range;

use crate::extract::Input;
use crate::model::{Passage, Span};

/// What parts a row's label from its cells, and the cells from each other; see `parse/formats/jats/tables.rs`.
const LABELLED: &str = " — ";
const NEXT: &str = "; ";
const OF_HEAD: &str = ": ";

/// A table.
#[derive(Debug, Default)]
pub(super) struct Table<'t> {
    /// What stands before its rows, first the caption; where, and its words.
    pub(super) before: Vec<(Span, &'t str)>,
    /// Its rows, and lines between them that have one cell, in order.
    pub(super) rows: Vec<Row<'t>>,
    /// The words behind its rows.
    pub(super) behind: Vec<&'t str>,
}

/// A row. Places are in bytes of its text.
#[derive(Debug)]
pub(super) struct Row<'t> {
    /// Where it stands in the document.
    pub(super) span: Span,
    pub(super) text: &'t str,
    pub(super) label: Range<usize>,
    /// Empty for a line that heads the rows below it.
    pub(super) cells: Vec<Cell>,
    /// The last line above that heads rows: where, and its words.
    pub(super) under: Option<(Span, &'t str)>,
}

/// A cell with the head of its column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub(super) head: Range<usize>,
    pub(super) value: Range<usize>,
}

/// The tables of a document whose passages are in English.
pub(super) fn tables<'t>(input: &Input<'t>, foreign: impl Fn(usize) -> bool) -> Vec<Table<'t>> {
    let mut tables: Vec<Table<'t>> = Vec::new();
    let mut section: Option<&str> = None;
    for (at, (passage, span)) in input.document.passages.iter().zip(input.passages).enumerate() {
        if passage.category.as_deref() != Some(Passage::TABLE) || foreign(at) {
            section = None;
            continue;
        }
        if section != Some(passage.section.as_str()) {
            tables.push(Table::default());
            section = Some(passage.section.as_str());
        }
        if let Some(table) = tables.last_mut() {
            table.add(*span, input.text.slice(*span));
        }
    }
    for table in &mut tables {
        table.part();
    }
    tables
}

impl<'t> Table<'t> {
    fn add(&mut self, span: Span, text: &'t str) {
        let row = text.split_once(LABELLED).and_then(|(label, _)| {
            let cells = cells(text, label.len() + LABELLED.len())?;
            Some(Row { span, text, label: 0..label.len(), cells, under: None })
        });
        match row {
            Some(row) => self.rows.push(row),
            None if self.rows.is_empty() => self.before.push((span, text)),
            None => self.rows.push(Row { span, text, label: 0..text.len(), cells: Vec::new(), under: None }),
        }
    }

    /// Puts the lines behind the last row apart, and the rows under the lines that head them.
    fn part(&mut self) {
        let last = self.rows.iter().rposition(|row| !row.cells.is_empty()).map_or(0, |last| last + 1);
        self.behind = self.rows.drain(last..).map(|row| row.text).collect();
        let mut under = self.before.iter().skip(1).next_back().copied();
        for row in &mut self.rows {
            row.under = under;
            if row.cells.is_empty() {
                under = Some((row.span, row.text));
            }
        }
    }
}

/// The cells from byte `from` on; none where one of them has no head.
fn cells(text: &str, from: usize) -> Option<Vec<Cell>> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut at = from;
    for piece in text[from..].split(NEXT) {
        let range = at..at + piece.len();
        at = range.end + NEXT.len();
        match headed(piece) {
            Some(head) => {
                let head = range.start..range.start + head;
                cells.push(Cell { value: head.end + OF_HEAD.len()..range.end, head });
            }
            // "0.74 (0.65; 0.85)": the cell goes on.
            None => {
                let last = cells.last_mut()?;
                let open = text[last.value.clone()].matches(['(', '[']).count();
                let closed = text[last.value.clone()].matches([')', ']']).count();
                if open <= closed || piece.contains(OF_HEAD) {
                    return None;
                }
                last.value.end = range.end;
            }
        }
    }
    Some(cells)
}

/// Where the head of a cell ends: before the first colon behind which a value may begin.
fn headed(piece: &str) -> Option<usize> {
    piece.match_indices(OF_HEAD).map(|(at, _)| at).find(|at| {
        let value = piece[at + OF_HEAD.len()..]
            .trim_start_matches(['(', '[', '-', '−', '–', '+', '<', '>', '=', '≤', '≥', '.', '·', ' ']);
        let empty = ["-", "−", "–", "—", "NS", "ns", "N/A", "NA", "n.s.", "NR", "Ref", "Reference"]
            .contains(&&piece[at + OF_HEAD.len()..]);
        let p =
            value.starts_with("P ") || value.starts_with("p ") || value.starts_with("P=") || value.starts_with("p=");
        *at > 0 && (empty || p || value.starts_with(|c: char| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(&str, &str)>> {
        let cells = cells(text, 0)?;
        Some(cells.into_iter().map(|cell| (&text[cell.head], &text[cell.value])).collect())
    }

    #[test]
    fn every_cell_has_its_head() {
        assert_eq!(
            read("Zelmarin (n = 120): 12 (10%); Placebo: low dose (n = 118): 15 (13%); P: <0.001"),
            Some(vec![
                ("Zelmarin (n = 120)", "12 (10%)"),
                ("Placebo: low dose (n = 118)", "15 (13%)"),
                ("P", "<0.001")
            ])
        );
        assert_eq!(
            read("OR [95% CI]: 0.74 [0.65; 0.85]; P: -"),
            Some(vec![("OR [95% CI]", "0.74 [0.65; 0.85]"), ("P", "-")])
        );
        assert_eq!(read("54; 49; 0.30"), None);
        assert_eq!(read("Zelmarin: 54; 49"), None);
        assert_eq!(read("Answers: Yes/no; Points: 6"), None);
    }
}
