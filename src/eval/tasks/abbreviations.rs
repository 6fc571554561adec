//! `abbreviations`: pairs of short and long form that records explain, against Ab3P's labels.
//!
//! The form of the file: a line with the record's number; its title; the lines of its abstract; its pairs, each a line of two blanks,
//! the short form, `|` and the long form. Lines that begin with `//` are remarks. A pair counts once a record and is right where both
//! forms are those labelled, letter by letter.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::Path;

use crate::eval::counts::Matches;
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task};
use crate::extract;
use crate::model::{Document, Passage, TextIndex};
use crate::parse::Input;
use crate::vocab::Dictionary;

/// The task.
pub(super) struct Abbreviations;

impl Task for Abbreviations {
    fn name(&self) -> &'static str {
        "abbreviations"
    }

    fn usage(&self) -> &'static str {
        "FILE"
    }

    fn options(&self) -> &'static [&'static str] {
        &[]
    }

    fn run(&self, request: &Request<'_>, _setting: Setting<'_>) -> Result<Figures, EvalError> {
        let records = read(request.only_data()?, &Ids::read(request.ids)?)?;
        let dictionary = Dictionary::default();
        let (mut right, mut found, mut labelled) = (0, 0, 0);
        for record in &records {
            let pairs = explained(record, &dictionary);
            right += pairs.intersection(&record.pairs).count();
            found += pairs.len();
            labelled += record.pairs.len();
        }
        let mut figures = Matches { found, marked: labelled, both: right }.figures();
        figures.remove("marked");
        figures.insert("records".to_owned(), records.len().into());
        figures.insert("given".to_owned(), found.into());
        figures.insert("labelled".to_owned(), labelled.into());
        figures.insert("right".to_owned(), right.into());
        Ok(figures)
    }
}

/// Short and long form.
type Pair = (String, String);

/// A labelled record.
#[derive(Debug, Default)]
struct Record {
    id: String,
    lines: Vec<String>,
    pairs: BTreeSet<Pair>,
}

fn read(path: &Path, ids: &Ids) -> Result<Vec<Record>, EvalError> {
    let mut records: Vec<Record> = Vec::new();
    for (number, line) in Input::open(path)?.split(b'\n').enumerate() {
        let line = line.map_err(|source| EvalError::File { path: path.to_owned(), source })?;
        // The texts are older than UTF-8.
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if line.trim().is_empty() || line.starts_with("//") {
            continue;
        }
        if line.len() <= 9 && line.bytes().all(|b| b.is_ascii_digit()) {
            records.push(Record { id: line.to_owned(), ..Record::default() });
            continue;
        }
        let Some(record) = records.last_mut() else {
            let reason = "a record begins with a line of its number alone".to_owned();
            return Err(EvalError::Data { path: path.to_owned(), line: Some(number + 1), reason });
        };
        match line.strip_prefix("  ").and_then(|pair| pair.split_once('|')) {
            Some((short, long)) => drop(record.pairs.insert((one_line(short), one_line(long)))),
            None => record.lines.push(one_line(line)),
        }
    }
    records.retain(|record| ids.contains(&record.id));
    if records.iter().all(|record| record.pairs.is_empty()) {
        let reason = "no record that counts has a labelled pair".to_owned();
        return Err(EvalError::Data { path: path.to_owned(), line: None, reason });
    }
    Ok(records)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The pairs that a record explains.
fn explained(record: &Record, dictionary: &Dictionary) -> BTreeSet<Pair> {
    let mut document = Document::default();
    let mut lines = record.lines.iter();
    document.set_title(lines.next().cloned().unwrap_or_default());
    let text = lines.map(String::as_str).collect::<Vec<_>>().join(" ");
    document.passages.push(Passage { section: "ABSTRACT".to_owned(), category: None, text });
    let text = document.text();
    let index = TextIndex::new(&text);
    let annotation = extract::annotate(&document, dictionary);
    let pairs = annotation.abbreviations.iter();
    pairs.map(|pair| (one_line(index.slice(pair.short)), one_line(index.slice(pair.long)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::rounded;
    use crate::eval::tasks::figures_of;

    fn run(text: &str) -> Result<Figures, EvalError> {
        figures_of(&Abbreviations, text)
    }

    #[test]
    fn pairs_are_counted_by_record() {
        let figures = run("1\nA pill for heart failure (HF).\nIn heart failure (HF) and in\n atrial fibrillation (AF).\n  HF|heart failure\n\
                           //!a remark\n  XY|something else\n\n2\nNothing.\nQuality of life (QoL) rose.\n  QoL|quality of life\n")
            .unwrap();
        // The second record's long form is labelled in other letters than are printed.
        assert_eq!([&figures["records"], &figures["right"], &figures["given"], &figures["labelled"]], [2, 1, 3, 3]);
        assert_eq!((&figures["p"], &figures["r"]), (&rounded(1.0 / 3.0), &rounded(1.0 / 3.0)));
    }

    #[test]
    fn other_files_are_refused() {
        assert!(run("A text.\n").unwrap_err().to_string().contains("line 1"));
        assert!(run("1\nA text.\n").unwrap_err().to_string().contains("no record"));
    }
}
