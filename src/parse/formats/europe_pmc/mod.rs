//! Europe PMC's JSON: the `result`s of a search, as core records.
//!
//! A record of MEDLINE keeps its PMID, a preprint (`PPR`) goes by its DOI and is flagged as one by its publication type. Lists may
//! also stand as a single entry.

mod result;

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::parse::json::Elements;
use crate::parse::{Item, ParseError, Record, RecordParser, Rejection};

/// Europe PMC's JSON.
pub(super) struct EuropePmc;

impl RecordParser for EuropePmc {
    fn name(&self) -> &'static str {
        "europe-pmc"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        head.trim_start().starts_with('{') && (head.contains("\"resultList\"") || head.contains("\"hitCount\""))
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        let mut elements = Elements::new(input, "result");
        loop {
            match elements.next() {
                Ok(None) => return Ok(()),
                Ok(Some(element)) => {
                    if sink(read(element.bytes, element.position)).is_break() {
                        return Ok(());
                    }
                }
                Err(source) => return Err(ParseError::Read { position: elements.position(), source }),
            }
        }
    }
}

fn read(bytes: Vec<u8>, position: u64) -> Item {
    let said = match serde_json::from_slice(&bytes) {
        Ok(value) => result::document(&value),
        Err(error) => Err(format!("not valid JSON: {error}")),
    };
    match said {
        Ok(document) => Item::Document(Box::new(Record { document, bytes, position })),
        Err(reason) => Item::Rejected(Rejection::new(position, reason, &bytes)),
    }
}

#[cfg(test)]
mod tests;
