//! JSON: one array, for programs that read a file whole.

use super::json_lines::JsonLines;
use super::{Exported, ExportedFinding, Exporter, What};

/// The objects of [`JsonLines`] as one array.
pub(super) struct Json;

impl Exporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn read_by(&self) -> &'static str {
        "programs that read a file whole: Python, R, spreadsheets"
    }

    fn head(&self, _what: What) -> String {
        "[".to_owned()
    }

    fn document(&self, exported: &Exported<'_>, first: bool) -> String {
        element(&JsonLines.document(exported, first), first)
    }

    fn has_findings(&self) -> bool {
        true
    }

    fn finding(&self, exported: &Exported<'_>, given: &ExportedFinding<'_>, first: bool) -> String {
        element(&JsonLines.finding(exported, given, first), first)
    }

    fn tail(&self, none: bool) -> String {
        if none { "]\n" } else { "\n]\n" }.to_owned()
    }
}

/// An object in a line of its own.
fn element(object: &str, first: bool) -> String {
    format!("{}\n{}", if first { "" } else { "," }, object.trim_end())
}
