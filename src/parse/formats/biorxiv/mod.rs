//! Answers of bioRxiv's and medRxiv's interface: preprints (`details`), and which of them were published as papers (`pubs`).
//!
//! Two formats, because they tell of one preprint side by side: a record of `details` is a version of the preprint, which replaces
//! the version before it; a record of `pubs` has no version and adds the paper that the preprint became, whichever version is
//! the latest. Both go by the preprint's DOI. That of the paper is a relation and never an identifier of the preprint.

mod abstracts;
mod record;

use std::io::BufRead;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::model::Document;
use crate::parse::json::Elements;
use crate::parse::{Item, ParseError, Record, RecordParser, Rejection};

/// The list of every answer.
const LIST: &str = "collection";

/// Preprints, version by version.
pub(super) struct Biorxiv;

/// Preprints that became papers.
pub(super) struct Published;

impl RecordParser for Biorxiv {
    fn name(&self) -> &'static str {
        "biorxiv"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        is_answer(head) && !tells_of_papers(head)
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        each(input, sink, record::preprint)
    }
}

impl RecordParser for Published {
    fn name(&self) -> &'static str {
        "biorxiv-published"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        is_answer(head) && tells_of_papers(head)
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        each(input, sink, record::published)
    }
}

fn is_answer(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    head.trim_start().starts_with('{') && head.contains("\"collection\"")
}

fn tells_of_papers(head: &[u8]) -> bool {
    String::from_utf8_lossy(head).contains("\"preprint_doi\"")
}

/// Reads each record with `read`.
fn each(
    input: &mut dyn BufRead,
    sink: &mut dyn FnMut(Item) -> ControlFlow<()>,
    read: fn(&Value) -> Result<Document, String>,
) -> Result<(), ParseError> {
    let mut elements = Elements::new(input, LIST);
    loop {
        match elements.next() {
            Ok(None) => return Ok(()),
            Ok(Some(element)) => {
                let said = match serde_json::from_slice(&element.bytes) {
                    Ok(value) => read(&value),
                    Err(error) => Err(format!("not valid JSON: {error}")),
                };
                let item = match said {
                    Ok(document) => {
                        Item::Document(Box::new(Record { document, bytes: element.bytes, position: element.position }))
                    }
                    Err(reason) => Item::Rejected(Rejection::new(element.position, reason, &element.bytes)),
                };
                if sink(item).is_break() {
                    return Ok(());
                }
            }
            Err(source) => return Err(ParseError::Read { position: elements.position(), source }),
        }
    }
}

#[cfg(test)]
mod tests;
