//! ClinicalTrials.gov's JSON (API version 2): registrations of trials, a page of `studies` or a single one.
//!
//! A registration becomes a document of kind registration, named by its NCT number. Its passages are the summary, the
//! description, arms, interventions, outcomes and criteria as registered, and the posted results: description of each outcome
//! measure, its values by group, its analyses with their effect estimates. What an analysis gives in fields is written in one
//! fixed form (`Hazard Ratio (HR): 0.74; 95% CI 0.65 to 0.85; p-value <0.001`), so that numbers are those of the record.

mod study;

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::parse::json::Elements;
use crate::parse::{Item, ParseError, Record, RecordParser, Rejection};

/// ClinicalTrials.gov's JSON.
pub(super) struct CtGov;

/// The longest single registration.
const LONGEST: u64 = 64 << 20;

impl RecordParser for CtGov {
    fn name(&self) -> &'static str {
        "ctgov"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        let start = head.trim_start();
        start.starts_with('{')
            && (start.contains("\"protocolSection\"") || start[1..].trim_start().starts_with("\"studies\""))
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        if is_single(input).map_err(|source| ParseError::Read { position: 0, source })? {
            return single(input, sink);
        }
        let mut elements = Elements::new(input, "studies");
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

/// Whether the answer is one registration: then its first key is one of a study's sections.
fn is_single(input: &mut dyn BufRead) -> std::io::Result<bool> {
    let head = String::from_utf8_lossy(input.fill_buf()?).into_owned();
    let first = head.trim_start().trim_start_matches('{').trim_start();
    Ok(["\"protocolSection\"", "\"derivedSection\"", "\"resultsSection\"", "\"hasResults\""]
        .iter()
        .any(|key| first.starts_with(key)))
}

fn single(input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
    let mut bytes = Vec::new();
    let mut limited = std::io::Read::take(input, LONGEST);
    std::io::Read::read_to_end(&mut limited, &mut bytes).map_err(|source| ParseError::Read { position: 0, source })?;
    let position = bytes.len() as u64;
    if !bytes.trim_ascii_end().ends_with(b"}") {
        let source = std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the answer is cut short");
        return Err(ParseError::Read { position, source });
    }
    let _ = sink(read(bytes, 0));
    Ok(())
}

fn read(bytes: Vec<u8>, position: u64) -> Item {
    let said = match serde_json::from_slice(&bytes) {
        Ok(value) => study::document(&value),
        Err(error) => Err(format!("not valid JSON: {error}")),
    };
    match said {
        Ok(document) => Item::Document(Box::new(Record { document, bytes, position })),
        Err(reason) => Item::Rejected(Rejection::new(position, reason, &bytes)),
    }
}

#[cfg(test)]
mod tests;
