//! Phrases that no vocabulary knows, for people.

use comfy_table::CellAlignment;

use super::pages::grid;
use super::text::{HEAD, coverage, field, number};
use crate::lookup::{NewPhrase, Radar};
use crate::model::ConceptType;
use crate::report::{Canvas, plain};

pub(super) fn radar(radar: &Radar, canvas: Canvas) -> String {
    let read = format!(
        "titles and abstracts of {} documents, phrases of at least {} of them",
        number(radar.papers as u64),
        radar.request.least
    );
    let mut out = field("Radar", &read, canvas.width);
    for (kind, title) in [(ConceptType::Chemical, "Like treatments"), (ConceptType::Condition, "Like conditions")] {
        let phrases: Vec<&NewPhrase> = radar.phrases.iter().filter(|phrase| phrase.kind == kind).collect();
        out.push_str(&format!("\n{HEAD}{title}{HEAD:#}\n"));
        if phrases.is_empty() {
            out.push_str("none that the vocabularies do not know\n");
            continue;
        }
        let mut table = grid(canvas);
        let recent = match &radar.newest_month {
            Some(month) => format!("a month, 12 to {month}"),
            None => "a month".to_owned(),
        };
        table.set_header([
            "papers".to_owned(),
            recent,
            "first".to_owned(),
            "phrase".to_owned(),
            "told by".to_owned(),
            "newest".to_owned(),
        ]);
        for phrase in phrases {
            let told: Vec<&str> = phrase.told_by.iter().map(|source| source.name()).collect();
            let first = phrase.months.first().map_or("–", |(month, _)| month.as_str());
            table.add_row([
                number(phrase.papers as u64),
                format!("{:.1}", phrase.last_twelve_months as f64 / 12.0),
                first.to_owned(),
                plain(&phrase.phrase),
                told.join(", "),
                phrase.examples.first().map(ToString::to_string).unwrap_or_default(),
            ]);
        }
        for column in table.column_iter_mut().take(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        for line in table.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out.push('\n');
    out.push_str(&coverage(&radar.coverage, canvas.width));
    out
}
