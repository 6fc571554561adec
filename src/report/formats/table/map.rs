//! The largest cells of an evidence map for people.

use comfy_table::CellAlignment;

use super::answer::described;
use super::pages::grid;
use super::text::{DIM, GRAVE, count, coverage, field, fold, number};
use crate::lookup::Term;
use crate::report::wording::{MAP_RULE, SIGNS, cell_signs, level_counts, map_counts};
use crate::report::{Canvas, MapPage, plain};

/// How many cells are shown.
const CELLS: usize = 40;

pub(super) fn map(page: &MapPage, canvas: Canvas) -> String {
    let (map, width) = (&page.map, canvas.width);
    let mut out = String::new();
    for (label, term) in [("Condition", &map.condition), ("Treatment", &map.treatment)] {
        if let Some(term) = term {
            out.push_str(&field(label, &described(term), width));
        }
    }
    let only = map.filters.words();
    if !only.is_empty() {
        out.push_str(&field("Only", &only.join(" · "), width));
    }
    out.push_str(&field("Map", &map_counts(map), width));
    if map.total.retracted > 0 {
        let retracted = count(map.total.retracted as u64, "retracted study is", "retracted studies are");
        out.push_str(&fold(&format!("{GRAVE}{retracted} not counted.{GRAVE:#}"), width, "           "));
    }
    out.push_str(&fold(&format!("{DIM}{MAP_RULE}{DIM:#}"), width, "           "));
    let largest = map.largest();
    if !largest.is_empty() {
        out.push('\n');
        let mut table = grid(canvas);
        table.set_header(["Condition", "Treatment", "Studies", "Direction", "Level"]);
        for cell in largest.iter().take(CELLS) {
            let name = |terms: &[Term], at: usize| terms.get(at).map(|term| plain(&term.name));
            table.add_row([
                name(&map.rows, cell.row).unwrap_or_default(),
                name(&map.columns, cell.column).unwrap_or_default(),
                number(cell.studies as u64),
                cell_signs(cell),
                level_counts(&cell.levels),
            ]);
        }
        if let Some(column) = table.column_mut(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for line in table.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.push_str(&fold(&format!("{DIM}{SIGNS}{DIM:#}"), width, ""));
        if largest.len() > CELLS {
            let text = format!("{CELLS} of {} cells shown; --format json and html have all", largest.len());
            out.push_str(&fold(&format!("{DIM}{text}{DIM:#}"), width, ""));
        }
    }
    out.push('\n');
    out.push_str(&coverage(&map.coverage, width));
    out
}
