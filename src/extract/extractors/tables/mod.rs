//! Results in tables: estimates with their intervals, values of arms side by side, p-values. `README.md` has the rules.

mod columns;
mod layout;
mod rows;
mod words;

#[cfg(test)]
mod tests;

use self::columns::Heads;
use self::layout::Table;
use self::rows::{Context, Form};
use self::words::{WORDS, normal_words};
use super::{effects, findings};
use crate::extract::{Extractor, Input};
use crate::model::{Annotation, Finding, Mention, StudyDesign};
use crate::vocab::normalize;

/// Finds what the rows of tables report.
pub(super) struct Tables;

impl Extractor for Tables {
    fn name(&self) -> &'static str {
        "tables"
    }

    fn version(&self) -> u32 {
        // Numbers are read by the grammar of effects, and what an outcome means is told with findings.
        10_000 * effects::VERSION + 100 * findings::VERSION + 2
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        // A protocol has found nothing yet; rows of a review are studies.
        let design = annotation.study.design;
        if matches!(design, Some(StudyDesign::RctProtocol | StudyDesign::SystematicReviewOrMetaAnalysis)) {
            return;
        }
        let tables = layout::tables(input, |passage| annotation.foreign_language(passage).is_some());
        let found: Vec<Finding> =
            tables.iter().flat_map(|table| findings(table, input, &annotation.mentions)).collect();
        if !found.is_empty() {
            annotation.findings.extend(found);
            annotation.findings.sort_by_key(|finding| finding.span.start);
        }
    }
}

/// The findings of a table.
fn findings<'t>(table: &Table<'t>, input: &Input<'t>, mentions: &[Mention]) -> Vec<Finding> {
    let (Some((first, caption)), false) = (table.before.first(), table.rows.is_empty()) else { return Vec::new() };
    let normal = normalize(caption);
    let words = normal_words(&normal);
    if WORDS.describes.any(&words) || WORDS.parts.any(&words) {
        return Vec::new();
    }
    let predicts = WORDS.regresses.any(&words);
    let of_people = |label: &str| WORDS.people.any(&normal_words(&normalize(label)));
    if !predicts && table.rows.iter().any(|row| of_people(&row.text[row.label.clone()])) {
        return Vec::new();
    }
    let told = table.behind.iter().fold(Form::of(caption), |told, note| told.or(Form::of(note)));
    let (from, after) = within(mentions, table);
    let heads_of =
        |row: &layout::Row<'t>| row.cells.iter().map(|cell| &row.text[cell.head.clone()]).collect::<Vec<_>>();
    let context = Context {
        text: input.text,
        mentions: &mentions[from..after],
        predicts,
        predicted: rows::predicted(*first, caption, input.text).filter(|_| predicts),
        heads: table.rows.iter().flat_map(heads_of).collect(),
        told,
    };
    let mut heads = Heads::default();
    table
        .rows
        .iter()
        .filter(|row| !row.cells.is_empty())
        .filter_map(|row| rows::finding(row, &mut heads, &context))
        .collect()
}

/// The mentions in a table, which come in order.
fn within(mentions: &[Mention], table: &Table<'_>) -> (usize, usize) {
    let start = table.before.first().map_or(0, |(span, _)| span.start);
    let end = table.rows.last().map_or(start, |row| row.span.end);
    let from = mentions.partition_point(|mention| mention.span.end <= start);
    (from, mentions.partition_point(|mention| mention.span.start < end).max(from))
}
