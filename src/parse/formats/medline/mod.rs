//! MEDLINE's tagged text, as PubMed displays and exports it (`.nbib`): a field a line (`TI  - …`), folded lines set in by six
//! blanks, a blank line between records.
//!
//! What the tags mean stands in PubMed's help (<https://pubmed.ncbi.nlm.nih.gov/help/#pubmed-format>). The format says less than
//! the XML: headings and substances have no ids, and the labels of a structured abstract stand in its text.

mod fields;
mod people;
#[cfg(test)]
mod tests;

use std::io::{BufRead, Read};
use std::ops::ControlFlow;

use crate::parse::{Item, ParseError, Record, RecordParser, Rejection};

/// MEDLINE's tagged text.
pub(super) struct Medline;

const NAME: &str = "medline";
/// The longest record, in bytes.
const LONGEST: usize = 64 << 20;

impl RecordParser for Medline {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let start = head.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(head.len());
        tag(&head[start..]).is_some_and(|(tag, _)| tag == b"PMID")
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        let mut position = 0;
        let mut record = Block::default();
        let mut blank = false;
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = Read::take(&mut *input, LONGEST as u64)
                .read_until(b'\n', &mut line)
                .map_err(|source| ParseError::Read { position, source })?;
            let tag = tag(&line).map(|(tag, _)| tag);
            // A record ends before the next one's number, or before a field that follows a blank line.
            let begins = tag.is_some_and(|tag| tag == b"PMID" && record.has_number || blank);
            if (read == 0 || begins) && !record.bytes.is_empty() && sink(record.finish()).is_break() {
                return Ok(());
            }
            if read == 0 {
                return Ok(());
            }
            blank = line.iter().all(u8::is_ascii_whitespace);
            if !(blank && record.bytes.is_empty()) {
                record.add(&line, position, tag == Some(b"PMID"));
            }
            position += read as u64;
            if record.bytes.len() > LONGEST {
                let reason = "a record of more than 64 MiB; no record is so long".to_owned();
                return Err(ParseError::Malformed { format: NAME, position: record.position, reason });
            }
        }
    }
}

/// The tag that a line begins with, without its blanks, and what follows its hyphen: `TI  - ` or `PMID-`.
fn tag(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let letters = line.iter().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    if !(2..=4).contains(&letters) || !line[0].is_ascii_uppercase() {
        return None;
    }
    let blanks = line[letters..].iter().take(4).take_while(|b| **b == b' ').count();
    let rest = line[letters + blanks..].strip_prefix(b"-")?;
    rest.first().is_none_or(u8::is_ascii_whitespace).then_some((&line[..letters], rest))
}

/// The lines of one record.
#[derive(Default)]
struct Block {
    position: u64,
    bytes: Vec<u8>,
    has_number: bool,
}

impl Block {
    fn add(&mut self, line: &[u8], position: u64, is_number: bool) {
        if self.bytes.is_empty() {
            self.position = position;
        }
        self.has_number |= is_number;
        self.bytes.extend_from_slice(line);
    }

    /// What the lines say; the block is empty again.
    fn finish(&mut self) -> Item {
        let Self { position, mut bytes, .. } = std::mem::take(self);
        let length = bytes.trim_ascii_end().len();
        bytes.truncate(length);
        match std::str::from_utf8(&bytes) {
            Err(error) => {
                let at = position + error.valid_up_to() as u64;
                Item::Rejected(Rejection::new(position, format!("not UTF-8, at byte {at}"), &bytes))
            }
            Ok(text) => match fields::read(&unfold(text)) {
                Ok(document) => Item::Document(Box::new(Record { document, bytes, position })),
                Err(reason) => Item::Rejected(Rejection::new(position, reason, &bytes)),
            },
        }
    }
}

/// The fields of a record in order: tag and value, folded lines joined by a blank, white space collapsed.
fn unfold(text: &str) -> Vec<(&str, String)> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        let (value, new) = match tag(line.as_bytes()) {
            Some((tag, rest)) => (&line[line.len() - rest.len()..], Some(&line[..tag.len()])),
            None => (line, None),
        };
        if let Some(tag) = new {
            fields.push((tag, String::new()));
        }
        let Some((_, text)) = fields.last_mut() else { continue };
        // A control character is no part of any word.
        for word in value.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
    }
    fields
}
