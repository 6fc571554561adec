//! Lines of text files, with their numbers.

use std::io::{BufRead, BufReader, Read};

use super::LoadError;

/// The longest line that is taken for one, in bytes; definitions in ontologies reach a few thousand.
const LONGEST: u64 = 1 << 20;

/// Reads lines one after the other; memory is bounded by the longest allowed.
pub(super) struct Lines<'r> {
    input: BufReader<&'r mut (dyn Read + Send)>,
    line: Vec<u8>,
    number: u64,
}

impl<'r> Lines<'r> {
    pub(super) fn new(input: &'r mut (dyn Read + Send)) -> Self {
        Self { input: BufReader::with_capacity(1 << 16, input), line: Vec::new(), number: 0 }
    }

    /// The next line without its end, and its number, from 1; none at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &str)>, LoadError> {
        self.line.clear();
        let read = (&mut self.input).take(LONGEST).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            if self.line.last() == Some(&b'\r') {
                self.line.pop();
            }
        } else if read as u64 == LONGEST {
            return Err(refuse(self.number, "the line is too long"));
        }
        let line = std::str::from_utf8(&self.line).map_err(|_| refuse(self.number, "it is not UTF-8"))?;
        // A mark of byte order is no part of the first line.
        Ok(Some((self.number, if self.number == 1 { line.trim_start_matches('\u{feff}') } else { line })))
    }
}

/// The refusal of a line.
pub(super) fn refuse(line: u64, reason: impl Into<String>) -> LoadError {
    LoadError::Malformed { place: format!("line {line}"), reason: reason.into() }
}
