//! Words, numbers and folds that the tables share.

use anstyle::{AnsiColor, Style};

use crate::lookup::{CitedDocument, Coverage};
use crate::model::{FlagKind, Span};
use crate::report::plain;

pub(super) const HEAD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GRAVE: Style = AnsiColor::Red.on_default().bold();
pub(super) const CARE: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const MARK: Style = AnsiColor::Cyan.on_default().bold();

/// A number with its thousands apart: 12,345.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: 1 study, 2 studies.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

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
    let mut seen: Vec<FlagKind> = Vec::new();
    let mut out = Vec::new();
    for flag in &document.flags {
        if seen.contains(&flag.kind) {
            continue;
        }
        seen.push(flag.kind);
        let says: Vec<String> = document
            .flags
            .iter()
            .filter(|other| other.kind == flag.kind)
            .map(|other| match &other.notice {
                Some(notice) => format!("{} (notice {})", other.said_by, plain(notice)),
                None => other.said_by.to_string(),
            })
            .collect();
        let says = says.join(", ");
        out.push(match flag.kind {
            FlagKind::Retracted => format!("{GRAVE}RETRACTED{GRAVE:#} says {says}"),
            FlagKind::OfConcern => format!("{GRAVE}EXPRESSION OF CONCERN{GRAVE:#} says {says}"),
            FlagKind::Corrected => format!("{CARE}corrected{CARE:#} says {says}"),
            FlagKind::Updated => format!("{CARE}a newer version exists{CARE:#} says {says}"),
            FlagKind::Republished => format!("{CARE}republished{CARE:#} says {says}"),
            FlagKind::Preprint => format!("{CARE}preprint{CARE:#}, not peer reviewed"),
        });
    }
    out
}

/// Authors, journal, year, id.
pub(super) fn citation(document: &CitedDocument) -> String {
    let mut parts = Vec::new();
    if let Some(authors) = &document.authors {
        parts.push(format!("{}.", plain(authors).trim_end_matches('.')));
    }
    if let Some(journal) = &document.journal {
        parts.push(plain(journal));
    }
    if let Some(year) = document.year {
        parts.push(year.to_string());
    }
    let mut out = parts.join(" ");
    out.push_str(&format!(" · {}", document.id));
    if let Some(doi) = &document.doi {
        out.push_str(&format!(" · doi:{}", plain(doi)));
    }
    out.trim_start_matches(" · ").to_owned()
}

/// An instant to the minute.
pub(super) fn minute(instant: &str) -> String {
    let cut = instant.get(..16).unwrap_or(instant).replace('T', " ");
    format!("{cut} UTC")
}

/// The coverage clause.
pub(super) fn coverage(coverage: &Coverage, width: usize) -> String {
    let mut out = String::new();
    let as_of =
        coverage.as_of.as_deref().map_or_else(|| "never published".to_owned(), |at| format!("as of {}", minute(at)));
    let mut head = format!("{}, {as_of}.", count(coverage.documents, "document", "documents"));
    if coverage.waiting > 0 {
        head.push_str(&format!(
            " {} not shown yet.",
            count(coverage.waiting, "newer version is", "newer versions are")
        ));
    }
    if coverage.rejected > 0 {
        head.push_str(&format!(
            " {} could not be read (litmine status NAME --rejected).",
            count(coverage.rejected, "record", "records")
        ));
    }
    out.push_str(&field("Coverage", &head, width));
    for source in &coverage.sources {
        let mut line = match source.state {
            "complete" => format!("{}: complete", plain(&source.source)),
            state => format!("{}: {CARE}{}{CARE:#}", plain(&source.source), state.to_uppercase()),
        };
        match &source.complete_at {
            Some(at) => line.push_str(&format!(", read completely {}", minute(at))),
            None => line.push_str(", never read completely"),
        }
        if let Some(newest) = &source.newest_record {
            line.push_str(&format!(", newest record {newest}"));
        }
        out.push_str(&fold(&line, width, "           "));
        for problem in &source.problems {
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
