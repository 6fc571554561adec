//! Words, numbers and folds that the tables share.

use anstyle::{AnsiColor, Style};

use crate::lookup::{CitedDocument, Coverage};
use crate::model::{FlagKind, Span};
use crate::report::plain;
pub(super) use crate::report::wording::{citation, count, minute, number};
use crate::report::wording::{coverage_words, standing_words};

pub(super) const HEAD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GRAVE: Style = AnsiColor::Red.on_default().bold();
pub(super) const CARE: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const MARK: Style = AnsiColor::Cyan.on_default().bold();

/// Text folded to `width` columns, each line behind `indent`.
pub(super) fn fold(text: &str, width: usize, indent: &str) -> String {
    let width = width.max(indent.len() + 16);
    let options = textwrap::Options::new(width).initial_indent(indent).subsequent_indent(indent);
    let mut out = textwrap::fill(text, options);
    out.push('\n');
    out
}

/// A label in a column of its own, its text folded beside it.
pub(super) fn field(label: &str, text: &str, width: usize) -> String {
    let indent = " ".repeat(LABEL);
    let folded = fold(text, width, &indent);
    format!("{HEAD}{label}{HEAD:#}{}", &folded[label.len().min(LABEL)..])
}

/// Columns of the labels.
const LABEL: usize = 11;

/// A quote with its marks, free of control characters.
pub(super) fn quote(text: &str, marks: &[Span]) -> String {
    let mut out = String::from("“");
    let inside = |n: u32| marks.iter().any(|mark| mark.start <= n && n < mark.end);
    let mut run = String::new();
    let mut marked = false;
    let flush = |run: &mut String, marked: bool, out: &mut String| {
        let clean = plain(run);
        run.clear();
        if marked && !clean.is_empty() {
            out.push_str(&format!("{MARK}{clean}{MARK:#}"));
        } else {
            out.push_str(&clean);
        }
    };
    for (n, c) in text.chars().enumerate() {
        if inside(n as u32) != marked {
            flush(&mut run, marked, &mut out);
            marked = !marked;
        }
        run.push(c);
    }
    flush(&mut run, marked, &mut out);
    out.push('”');
    out
}

/// What a reader must know of a document's standing, with who says so.
pub(super) fn standing(document: &CitedDocument) -> Vec<String> {
    let style = |kind| if matches!(kind, FlagKind::Retracted | FlagKind::OfConcern) { GRAVE } else { CARE };
    let line = |(kind, word, says): (FlagKind, &str, String)| {
        let (style, comma) = (style(kind), if kind == FlagKind::Preprint { "," } else { "" });
        format!("{style}{word}{style:#}{comma} {says}")
    };
    standing_words(document).into_iter().map(line).collect()
}

/// The coverage clause.
pub(super) fn coverage(coverage: &Coverage, width: usize) -> String {
    let (head, sources) = coverage_words(coverage);
    let mut out = field("Coverage", &head, width);
    for (line, problems) in sources {
        let mut line = line;
        for state in ["INCOMPLETE", "FAILED", "NEVER READ"] {
            let plain_state = format!(": {state},");
            line = line.replacen(&plain_state, &format!(": {CARE}{state}{CARE:#},"), 1);
        }
        out.push_str(&fold(&line, width, "           "));
        for problem in problems {
            out.push_str(&fold(&format!("- {}", plain(problem)), width, "             "));
        }
    }
    if !coverage.complete {
        out.push_str(&fold(
            &format!("{CARE}Not every source was read: what is missing here may exist.{CARE:#}"),
            width,
            "           ",
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn marks_fall_on_the_words_named() {
        let marked = quote("β-blockers help hearts", &[Span::new(0, 10)]);
        assert_eq!(marked, format!("“{MARK}β-blockers{MARK:#} help hearts”"));
    }

    #[test]
    fn a_label_stands_before_its_text() {
        let text = anstream::adapter::strip_str(&field("Coverage", "one two three four five six", 27)).to_string();
        assert_eq!(text, "Coverage   one two three\n           four five six\n");
    }
}
