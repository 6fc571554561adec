//! Tables: caption, rows and footnotes, a passage each.
//!
//! A row reads as its head, a dash, and its cells with the heads of their columns, so that each number stands beside what it
//! is of: `Death — Drug (n = 120): 12 (10%); Placebo (n = 118): 15 (13%)`. Cells that span columns or rows are counted where
//! they span; every word is the table's own.

use super::body::path_with;
use super::prose;
use super::{Draft, Read};
use crate::model::Passage;
use crate::xml::{Cursor, Element};

/// Columns beyond this many are read without their heads.
const COLUMNS: usize = 256;
/// A table whose rows have grown to so many bytes by repeating the heads goes on without them.
const REPEATED: usize = 1 << 20;

/// Reads a `table-wrap` under the section `path`.
pub(super) fn read<'x>(
    cursor: &mut Cursor<'x>,
    element: &Element<'x>,
    path: &[String],
    drafts: &mut Vec<Draft>,
) -> Read {
    let mut place = path_with(path, "Table");
    let mut tables = 0;
    let push = |section: &str, text: String, marks, drafts: &mut Vec<Draft>| {
        if !text.is_empty() {
            let category = Some(Passage::TABLE.to_owned());
            drafts.push(Draft { section: section.to_owned(), category, text, marks });
        }
    };
    while let Some(part) = cursor.child(element)? {
        match part.local_name() {
            "label" => {
                let label = prose::some_plain(cursor, &part)?;
                place = path_with(path, label.as_deref().unwrap_or("Table"));
            }
            "caption" | "title" => {
                let (text, marks) = prose::whole(cursor, &part)?;
                push(&place, text, marks, drafts);
            }
            "table" | "tgroup" => {
                tables += 1;
                if tables == 1 || part.local_name() == "tgroup" {
                    rows(cursor, &part, &place, drafts)?;
                }
            }
            // The same table in several forms: the one in cells is read.
            "alternatives" => {
                while let Some(form) = cursor.child(&part)? {
                    if form.local_name() == "table" {
                        rows(cursor, &form, &place, drafts)?;
                    }
                }
            }
            "table-wrap-foot" => {
                while let Some(note) = cursor.child(&part)? {
                    if note.local_name() == "fn-group" {
                        while let Some(note) = cursor.child(&note)? {
                            let (text, marks) = prose::whole(cursor, &note)?;
                            push(&place, text, marks, drafts);
                        }
                    } else {
                        let (text, marks) = prose::whole(cursor, &note)?;
                        push(&place, text, marks, drafts);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A cell, and how many rows below it still covers.
#[derive(Debug, Clone, Default)]
struct Held {
    text: String,
    rows: u32,
    head: bool,
}

/// A table as its rows come.
#[derive(Default)]
struct Grid {
    /// The heads of the columns, from top to bottom, joined by a slash.
    heads: Vec<String>,
    /// Cells of rows above that reach down into the next.
    held: Vec<Held>,
    /// A row of the body was seen: heads are complete.
    in_body: bool,
    written: usize,
    /// Columns by their names, for OASIS tables.
    names: Vec<String>,
}

/// A cell at its place.
#[derive(Debug)]
struct Cell {
    column: usize,
    columns: usize,
    text: String,
    head: bool,
}

fn rows<'x>(cursor: &mut Cursor<'x>, table: &Element<'x>, place: &str, drafts: &mut Vec<Draft>) -> Read {
    let mut grid = Grid::default();
    groups(cursor, table, &mut grid, false, place, drafts)
}

/// `thead`, `tbody`, `tfoot`, and rows that stand without one.
fn groups<'x>(
    cursor: &mut Cursor<'x>,
    element: &Element<'x>,
    grid: &mut Grid,
    in_head: bool,
    place: &str,
    drafts: &mut Vec<Draft>,
) -> Read {
    while let Some(part) = cursor.child(element)? {
        match part.local_name() {
            "thead" => groups(cursor, &part, grid, true, place, drafts)?,
            "tbody" | "tfoot" | "tgroup" => {
                // What reaches down from the head ends with it.
                grid.held.clear();
                groups(cursor, &part, grid, false, place, drafts)?;
            }
            "colspec" => grid.names.push(part.attribute("colname")?.unwrap_or_default().into_owned()),
            "tr" | "row" => {
                let cells = row(cursor, &part, grid)?;
                // Without a <thead>, leading rows of nothing but heads are the heads.
                let heads = in_head || !grid.in_body && cells.len() > 1 && cells.iter().all(|cell| cell.head);
                if heads {
                    grid.add_heads(&cells);
                } else {
                    grid.in_body = true;
                    let text = grid.write(&cells);
                    if !text.is_empty() {
                        let category = Some(Passage::TABLE.to_owned());
                        drafts.push(Draft { section: place.to_owned(), category, text, marks: Vec::new() });
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The cells of a row at their columns, those that reach down from rows above among them.
fn row<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>, grid: &mut Grid) -> Read<Vec<Cell>> {
    let mut cells = Vec::new();
    let mut column = 0;
    while let Some(cell) = cursor.child(element)? {
        let head = cell.local_name() == "th";
        if !head && !matches!(cell.local_name(), "td" | "entry") {
            continue;
        }
        grid.reach_down(&mut column, &mut cells);
        let (columns, rows) = spans(&cell, grid, &mut column)?;
        let text = prose::whole(cursor, &cell)?.0;
        let columns = columns.min(COLUMNS);
        if rows > 1 {
            let end = (column + columns).min(COLUMNS);
            if grid.held.len() < end {
                grid.held.resize(end, Held::default());
            }
            for (n, held) in grid.held.iter_mut().take(end).skip(column).enumerate() {
                // Said once, in the first of its columns.
                let text = if n == 0 { text.clone() } else { String::new() };
                *held = Held { text, rows: rows - 1, head };
            }
        }
        cells.push(Cell { column, columns, text, head });
        column += columns;
    }
    let last = grid.held.len();
    while column < last {
        let before = column;
        grid.reach_down(&mut column, &mut cells);
        column = column.max(before + 1);
    }
    Ok(cells)
}

/// How many columns and rows a cell spans. A cell of an OASIS table may say at which column it begins.
fn spans(cell: &Element<'_>, grid: &Grid, column: &mut usize) -> Read<(usize, u32)> {
    let number = |name: &str| -> Read<Option<u32>> { Ok(cell.attribute(name)?.and_then(|n| n.trim().parse().ok())) };
    let named = |name: &str| -> Read<Option<usize>> {
        let Some(wanted) = cell.attribute(name)? else { return Ok(None) };
        Ok(grid.names.iter().position(|name| *name == *wanted))
    };
    if let Some(start) = named("namest")?.or(named("colname")?) {
        *column = (*column).max(start);
        let end = named("nameend")?.unwrap_or(start).max(start);
        return Ok((end - start + 1, number("morerows")?.unwrap_or(0).saturating_add(1)));
    }
    let columns = number("colspan")?.unwrap_or(1).max(1) as usize;
    let rows = number("rowspan")?.or(number("morerows")?.map(|more| more.saturating_add(1))).unwrap_or(1);
    Ok((columns, rows.max(1)))
}

impl Grid {
    /// Takes the cells of rows above that cover the next columns of this row.
    fn reach_down(&mut self, column: &mut usize, cells: &mut Vec<Cell>) {
        while let Some(held) = self.held.get_mut(*column).filter(|held| held.rows > 0) {
            held.rows -= 1;
            cells.push(Cell { column: *column, columns: 1, text: held.text.clone(), head: held.head });
            *column += 1;
        }
    }

    fn add_heads(&mut self, cells: &[Cell]) {
        for cell in cells.iter().filter(|cell| !cell.text.is_empty()) {
            let end = (cell.column + cell.columns).min(COLUMNS);
            if self.heads.len() < end {
                self.heads.resize(end, String::new());
            }
            for head in self.heads.iter_mut().take(end).skip(cell.column) {
                // A head that reaches down is said once.
                if head.is_empty() {
                    head.clone_from(&cell.text);
                } else if !head.ends_with(cell.text.as_str()) {
                    head.push_str(" / ");
                    head.push_str(&cell.text);
                }
            }
        }
    }

    /// The row as text.
    fn write(&mut self, cells: &[Cell]) -> String {
        let mut filled = cells.iter().filter(|cell| !cell.text.is_empty());
        let mut text = String::new();
        let first = filled.clone().next();
        // The first column names the row.
        if let Some(first) = first.filter(|first| first.column == 0) {
            text.push_str(&first.text);
            filled.next();
        }
        let named = !text.is_empty();
        for (n, cell) in filled.enumerate() {
            text.push_str(match (n, named) {
                (0, false) => "",
                (0, true) => " — ",
                _ => "; ",
            });
            let head = self.heads.get(cell.column).filter(|head| !head.is_empty() && self.written < REPEATED);
            if let Some(head) = head {
                text.push_str(head);
                text.push_str(": ");
            }
            text.push_str(&cell.text);
        }
        self.written += text.len();
        text
    }
}
