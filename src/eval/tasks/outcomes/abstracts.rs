//! The abstracts of evidence_outcomes: a JSON object a line, with `pmid`, `text` and Brat's standoff `ann`, plain or gzipped.
//!
//! The text has the title first, then the sections, apart by an empty line, each after its label and " : ".

use std::io::BufRead;
use std::path::Path;

use serde::Deserialize;

use crate::eval::{EvalError, Ids};
use crate::model::{Document, Passage, Span, TextIndex};
use crate::parse::Input;

/// An abstract and where its outcomes were marked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Marked {
    pub(super) document: Document,
    /// In the text of the document.
    pub(super) outcomes: Vec<Span>,
    /// Marked ones that lie in no passage of it.
    pub(super) elsewhere: usize,
}

#[derive(Debug, Deserialize)]
struct Line {
    pmid: String,
    text: String,
    ann: String,
}

/// The abstracts that count.
pub(super) fn read(path: &Path, ids: &Ids) -> Result<Vec<Marked>, EvalError> {
    let mut read = Vec::new();
    for (number, line) in Input::open(path)?.lines().enumerate() {
        let wrong = |reason: String| EvalError::Data { path: path.to_owned(), line: Some(number + 1), reason };
        let line = line.map_err(|source| EvalError::File { path: path.to_owned(), source })?;
        if line.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
        if ids.contains(&line.pmid) {
            read.push(marked(&line).map_err(wrong)?);
        }
    }
    if read.iter().all(|one| one.outcomes.is_empty()) {
        let reason = "no outcome is marked in an abstract that counts".to_owned();
        return Err(EvalError::Data { path: path.to_owned(), line: None, reason });
    }
    Ok(read)
}

fn marked(line: &Line) -> Result<Marked, String> {
    let text = TextIndex::new(&line.text);
    let mut document = Document::default();
    // Where each passage begins in the text of the set.
    let mut starts = Vec::new();
    for (label, span) in passages(&line.text) {
        let words = text.slice(span).replace('\n', " ");
        if starts.is_empty() {
            document.set_title(words);
        } else {
            let section = label.filter(|label| !label.is_empty()).unwrap_or("ABSTRACT").to_owned();
            document.passages.push(Passage { section, category: None, text: words });
        }
        starts.push(span);
    }
    document.identifiers.pmid = line.pmid.parse().ok();
    let places = document.passage_spans();
    let (mut outcomes, mut elsewhere) = (Vec::new(), 0);
    for row in line.ann.lines().filter(|row| row.starts_with('T')) {
        let place = stretch(row, &text)?;
        let within = starts.iter().zip(&places).find(|(span, _)| span.contains(place));
        match within {
            Some((span, own)) => {
                let shift = |at: u32| at - span.start + own.start;
                outcomes.push(Span::new(shift(place.start), shift(place.end)));
            }
            None => elsewhere += 1,
        }
    }
    Ok(Marked { document, outcomes, elsewhere })
}

/// The place of an annotation (`T1`, `Outcome 17 26`, `Mortality`, apart by tabs), from the begin of its first piece to the end of its last.
fn stretch(row: &str, text: &TextIndex<'_>) -> Result<Span, String> {
    let wrong = || format!("“{row}” is no annotation of a place");
    let place = row.split('\t').nth(1).ok_or_else(wrong)?;
    let numbers: Vec<u32> =
        place.split([' ', ';']).skip(1).map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
    match (numbers.first(), numbers.last()) {
        (Some(start), Some(end)) if numbers.len() > 1 && start < end && *end <= text.len() => {
            Ok(Span::new(*start, *end))
        }
        _ => Err(wrong()),
    }
}

/// Title and sections: label, and place in code points without label and white space around it.
fn passages(text: &str) -> Vec<(Option<&str>, Span)> {
    const LONGEST_LABEL: usize = 60;
    let index = TextIndex::new(text);
    let mut found = Vec::new();
    let mut at = 0;
    for block in text.split("\n\n") {
        let from = at + block.len() - block.trim_start().len();
        at += block.len() + 2;
        let words = block.trim();
        let label = words
            .split_once(" : ")
            .map(|(label, _)| label)
            .filter(|label| !found.is_empty() && label.len() <= LONGEST_LABEL && !label.contains([':', '\n']));
        let start = from + label.map_or(0, |label| label.len() + " : ".len());
        if from + words.len() > start {
            found.push((label, index.span(start..from + words.len())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, ann: &str) -> Line {
        Line { pmid: "7".to_owned(), text: text.to_owned(), ann: ann.to_owned() }
    }

    #[test]
    fn labels_are_sections_and_places_are_those_of_the_document() {
        let text = "On gout : a trial.\n\nRESULTS : Pain fell.\nSwelling — too.\n\nNone here";
        let read =
            marked(&line(text, "T1\tOutcome 30 34\tPain\nT2\tOutcome 41 49\tSwelling\nT3\tOutcome 20 27\tRESULTS\n"))
                .unwrap();
        let own = read.document.text();
        assert_eq!(own, "On gout : a trial.\nPain fell. Swelling — too.\nNone here");
        assert_eq!(read.document.passages[1].section, "RESULTS");
        let index = TextIndex::new(&own);
        let words: Vec<&str> = read.outcomes.iter().map(|span| index.slice(*span)).collect();
        assert_eq!((words.as_slice(), read.elsewhere), (["Pain", "Swelling"].as_slice(), 1));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for ann in ["T1", "T1\tOutcome\tx", "T1\tOutcome 5 4\tx", "T1\tOutcome 0 99\tx", "T1\tOutcome a b\tx"] {
            assert!(marked(&line("Title.\n\nText.", ann)).is_err(), "{ann}");
        }
    }
}
