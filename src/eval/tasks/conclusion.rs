//! `conclusion`: does what is read in an abstract's conclusion answer its question as annotators did (PubMedQA: yes, no, maybe)?
//!
//! The abstract is annotated as `litmine annotate` does it, with its question for a title. What its conclusion finds answers: a difference or a
//! benefit that was shown is a yes, none a no, both a maybe. Where no finding of the conclusion says which way, nothing is answered,
//! which counts as wrong (`answered` says how often something was).

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use crate::embed::Encoder;
use crate::eval::counts::share;
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, heads_encoder, rounded};
use crate::extract;
use crate::model::{Annotation, Direction, Document, Passage, SentenceRole};
use crate::parse::Input;
use crate::vocab::{Dictionary, Vocabulary};

/// Documents annotated together.
const BATCH: usize = 100;
/// The answers of the set.
const ANSWERS: [&str; 3] = ["yes", "no", "maybe"];

/// The task.
pub(super) struct Conclusion;

impl Task for Conclusion {
    fn name(&self) -> &'static str {
        "conclusion"
    }

    fn usage(&self) -> &'static str {
        "FILE"
    }

    fn options(&self) -> &'static [&'static str] {
        &[]
    }

    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
        let asked = read(request.only_data()?, &Ids::read(request.ids)?)?;
        let dictionary = Dictionary::build(&Vocabulary::starter());
        let mut encoder = heads_encoder(setting)?;
        let task = setting.progress.task("annotating", Some(asked.len() as u64), "documents");
        let mut counts = Counts::default();
        for batch in asked.chunks(BATCH) {
            let documents: Vec<Document> = batch.iter().map(|(record, _)| document(record)).collect();
            let documents: Vec<&Document> = documents.iter().collect();
            let tagging = encoder.as_deref_mut().map(|encoder| encoder as &mut dyn Encoder);
            let annotations = extract::annotate_all(&documents, &dictionary, tagging)?;
            for ((_, right), annotation) in batch.iter().zip(&annotations) {
                counts.add(*right, answer(annotation));
            }
            task.advance(batch.len() as u64);
        }
        let mut figures = counts.figures();
        figures.insert("tagger".to_owned(), encoder.is_some().into());
        Ok(figures)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Record {
    question: String,
    contexts: Vec<String>,
    #[serde(default)]
    labels: Vec<String>,
    long_answer: String,
    #[serde(rename = "final_decision")]
    right: String,
}

/// The questions that count, each with the number of its right answer.
fn read(path: &Path, ids: &Ids) -> Result<Vec<(Record, usize)>, EvalError> {
    let wrong = |reason: String| EvalError::Data { path: path.to_owned(), line: None, reason };
    let mut text = String::new();
    let read = Input::open(path)?.read_to_string(&mut text);
    read.map_err(|source| EvalError::File { path: path.to_owned(), source })?;
    let records: BTreeMap<String, Record> = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let mut asked = Vec::new();
    for (id, record) in records.into_iter().filter(|(id, _)| ids.contains(id)) {
        let right = ANSWERS.iter().position(|answer| *answer == record.right);
        let right =
            right.ok_or_else(|| wrong(format!("{id}: “{}” is none of {}", record.right, ANSWERS.join(", "))))?;
        asked.push((record, right));
    }
    if asked.is_empty() {
        return Err(wrong("it has no question that counts".to_owned()));
    }
    Ok(asked)
}

fn document(record: &Record) -> Document {
    let mut document = Document::default();
    document.set_title(record.question.clone());
    for (at, text) in record.contexts.iter().enumerate() {
        let section = record.labels.get(at).filter(|label| !label.is_empty()).map_or("ABSTRACT", String::as_str);
        document.passages.push(Passage { section: section.to_owned(), category: None, text: text.clone() });
    }
    let conclusion = Passage { section: "CONCLUSIONS".to_owned(), category: None, text: record.long_answer.clone() };
    document.passages.push(conclusion);
    document
}

/// What the conclusion answers, by its number.
fn answer(annotation: &Annotation) -> Option<usize> {
    let concluded = annotation.findings.iter().filter(|finding| finding.role == SentenceRole::Conclusions);
    let (mut shown, mut not_shown) = (false, false);
    for finding in concluded {
        match (finding.direction, finding.significant) {
            (Some(Direction::NoDifference), _) | (None, Some(false)) => not_shown = true,
            (Some(_), _) | (None, Some(true)) => shown = true,
            (None, None) => {}
        }
    }
    match (shown, not_shown) {
        (true, false) => Some(0),
        (false, true) => Some(1),
        (true, true) => Some(2),
        (false, false) => None,
    }
}

/// How often each answer was given and right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    asked: [usize; ANSWERS.len()],
    given: [usize; ANSWERS.len()],
    both: [usize; ANSWERS.len()],
}

impl Counts {
    fn add(&mut self, right: usize, given: Option<usize>) {
        self.asked[right] += 1;
        if let Some(given) = given {
            self.given[given] += 1;
            self.both[given] += usize::from(given == right);
        }
    }

    fn figures(self) -> Figures {
        let sum = |counts: [usize; ANSWERS.len()]| counts.iter().sum::<usize>();
        let f1: [f64; ANSWERS.len()] =
            std::array::from_fn(|at| share(2 * self.both[at], self.asked[at] + self.given[at]));
        let mut figures = Figures::new();
        figures.insert("accuracy".to_owned(), rounded(share(sum(self.both), sum(self.asked))));
        figures.insert("macro_f1".to_owned(), rounded(f1.iter().sum::<f64>() / ANSWERS.len() as f64));
        figures.insert("answered".to_owned(), rounded(share(sum(self.given), sum(self.asked))));
        figures.insert("accuracy_of_answered".to_owned(), rounded(share(sum(self.both), sum(self.given))));
        for (at, name) in ANSWERS.iter().enumerate() {
            let mut of_answer = Figures::new();
            of_answer.insert("p".to_owned(), rounded(share(self.both[at], self.given[at])));
            of_answer.insert("r".to_owned(), rounded(share(self.both[at], self.asked[at])));
            of_answer.insert("f1".to_owned(), rounded(f1[at]));
            figures.insert((*name).to_owned(), of_answer.into());
        }
        figures.insert("questions".to_owned(), sum(self.asked).into());
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::tasks::figures_of;

    fn record(answer: &str, right: &str) -> String {
        format!(
            "{{\"QUESTION\":\"Does zelmarin reduce pain?\",\"CONTEXTS\":[\"A trial.\"],\"LABELS\":[\"METHODS\"],\"LONG_ANSWER\":\"{answer}\",\
             \"final_decision\":\"{right}\"}}"
        )
    }

    #[test]
    fn the_conclusion_answers_or_nothing_does() {
        let set = format!(
            "{{\"1\":{},\"2\":{},\"3\":{},\"4\":{}}}",
            record("Zelmarin reduced pain compared with placebo.", "yes"),
            record("Zelmarin did not reduce pain.", "no"),
            record("Zelmarin did not reduce pain.", "maybe"),
            record("Further research is needed.", "yes"),
        );
        let figures = figures_of(&Conclusion, &set).unwrap();
        assert_eq!((&figures["accuracy"], &figures["answered"]), (&0.5.into(), &0.75.into()));
        assert_eq!((&figures["yes"]["r"], &figures["no"]["p"]), (&0.5.into(), &0.5.into()));
        assert_eq!(figures["questions"], 4);
    }

    #[test]
    fn what_is_broken_gives_no_figures() {
        let odd = format!("{{\"1\":{}}}", record("A.", "perhaps"));
        for text in ["", "{}", "[]", "{\"1\":{}}", odd.as_str()] {
            assert!(figures_of(&Conclusion, text).is_err(), "{text:?}");
        }
    }
}
