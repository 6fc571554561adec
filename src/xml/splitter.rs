//! One record after another out of a stream of any length.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use super::XmlError;
use super::scan::{End, RecordScan, after, ends_name, tag_end};

/// What a [`RecordSplitter`] puts up with.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest record, in bytes. A longer one is passed over and reading goes on.
    pub record: usize,
    /// The longest tag, comment or processing instruction outside the records.
    pub markup: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { record: 64 << 20, markup: 1 << 20 }
    }
}

/// What stands next in the stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'b> {
    /// A record: an element of one of the names asked for. Its bytes begin with its start tag and end with its end tag;
    /// where that is missing, before the next record, so that a [`Cursor`](super::Cursor) finds it broken.
    Record {
        /// The element's name.
        name: &'static str,
        /// Where it begins.
        position: u64,
        /// The whole element.
        bytes: &'b [u8],
    },
    /// A record longer than [`Limits::record`], which was passed over.
    TooLong {
        /// The element's name.
        name: &'static str,
        /// Where it begins.
        position: u64,
        /// How long it is.
        length: u64,
        /// How it begins (up to 64 KiB).
        head: Vec<u8>,
    },
    /// The start tag of an element that is no record; what it contains comes next.
    Open {
        /// The element's name.
        name: Cow<'b, str>,
        /// Where it stands.
        position: u64,
    },
    /// Text outside the records that is more than white space, as it stands: references are not resolved. Very long text
    /// comes in pieces.
    Text {
        /// The words.
        text: Cow<'b, str>,
        /// Where they stand.
        position: u64,
    },
}

/// Splits a stream of XML into its records, in memory bounded by the longest of them.
///
/// Records are the elements of the names given, wherever they stand; they do not contain each other. After the last part
/// the document is known to be whole: one that is cut short ends in [`XmlError::Truncated`] after everything before was
/// handed over. Documents one behind the other (files joined by `cat`) are read as one.
pub struct RecordSplitter<R> {
    input: R,
    names: &'static [&'static str],
    limits: Limits,
    buffer: Vec<u8>,
    /// The bytes of `buffer` that were read and not yet handed over.
    ahead: Range<usize>,
    /// Where in the stream the buffer begins.
    offset: u64,
    ended: bool,
    /// What reading failed with, once the bytes before it are used up.
    failure: Option<std::io::Error>,
    root: Option<String>,
    open: Vec<String>,
}

/// A [`Part`] by its place in the buffer, which a loop may hold while it goes on filling it.
enum Found {
    Record { name: &'static str, range: Range<usize> },
    TooLong { name: &'static str, position: u64, length: u64, head: Vec<u8> },
    Open { range: Range<usize> },
    Text { range: Range<usize> },
}

/// How much is read at a time, at least.
const CHUNK: usize = 256 << 10;
/// How much is kept of a record that is too long.
const HEAD: usize = 64 << 10;
/// How deep elements outside the records may be nested.
const DEPTH: usize = 64;

impl<R: Read> RecordSplitter<R> {
    /// Splits `input` into the elements called any of `names`.
    pub fn new(input: R, names: &'static [&'static str]) -> Self {
        Self::with_limits(input, names, Limits::default())
    }

    /// As [`RecordSplitter::new`], with other limits.
    pub fn with_limits(input: R, names: &'static [&'static str], limits: Limits) -> Self {
        Self {
            input,
            names,
            limits,
            buffer: vec![0; CHUNK],
            ahead: 0..0,
            offset: 0,
            ended: false,
            failure: None,
            root: None,
            open: Vec::new(),
        }
    }

    /// The name of the first element of the stream, once it was seen.
    pub fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }

    /// The elements around the next part, the outermost first.
    pub fn path(&self) -> &[String] {
        &self.open
    }

    /// How far the stream was handed over, in bytes.
    pub fn position(&self) -> u64 {
        self.at(self.ahead.start)
    }

    /// The next part; none at the end of a document that is whole.
    pub fn next_part(&mut self) -> Result<Option<Part<'_>>, XmlError> {
        let Some(found) = self.find()? else { return Ok(None) };
        Ok(Some(match found {
            Found::Record { name, range } => {
                Part::Record { name, position: self.at(range.start), bytes: &self.buffer[range] }
            }
            Found::TooLong { name, position, length, head } => Part::TooLong { name, position, length, head },
            Found::Open { range } => {
                Part::Open { position: self.at(range.start), name: String::from_utf8_lossy(&self.buffer[range]) }
            }
            Found::Text { range } => {
                Part::Text { position: self.at(range.start), text: String::from_utf8_lossy(&self.buffer[range]) }
            }
        }))
    }

    fn find(&mut self) -> Result<Option<Found>, XmlError> {
        loop {
            if self.ahead.is_empty() && !self.fill()? {
                return self.finish();
            }
            if self.buffer[self.ahead.start] != b'<' {
                if let Some(range) = self.text() {
                    return Ok(Some(Found::Text { range }));
                }
                continue;
            }
            if let Some(name) = self.record_name()? {
                self.root.get_or_insert_with(|| name.to_owned());
                return self.record(name).map(Some);
            }
            if let Some(range) = self.markup()? {
                return Ok(Some(Found::Open { range }));
            }
        }
    }

    fn finish(&self) -> Result<Option<Found>, XmlError> {
        let position = self.position();
        if let Some(inside) = self.open.last() {
            return Err(XmlError::Truncated { position, inside: inside.clone() });
        }
        if self.root.is_none() {
            return Err(XmlError::NoElement { position });
        }
        Ok(None)
    }

    /// Takes the text at hand, up to the next tag.
    fn text(&mut self) -> Option<Range<usize>> {
        let bytes = &self.buffer[self.ahead.clone()];
        let length = memchr::memchr(b'<', bytes).unwrap_or(bytes.len());
        // A byte order mark is no text.
        let blank = bytes[..length].trim_ascii().is_empty() || (self.position() == 0 && bytes[..length] == *BOM);
        let range = self.take(length);
        (!blank).then_some(range)
    }

    /// The name of the record that begins here.
    fn record_name(&mut self) -> Result<Option<&'static str>, XmlError> {
        let longest = self.names.iter().map(|name| name.len()).max().unwrap_or(0);
        while self.ahead.len() < longest + 2 && self.fill()? {}
        let bytes = &self.buffer[self.ahead.start + 1..self.ahead.end];
        let begins = |name: &&&str| {
            bytes.strip_prefix(name.as_bytes()).and_then(<[u8]>::first).is_some_and(|&next| ends_name(next))
        };
        Ok(self.names.iter().find(begins).copied())
    }

    /// Takes the record that begins here.
    fn record(&mut self, name: &'static str) -> Result<Found, XmlError> {
        let mut scan = RecordScan::new(name);
        loop {
            let end = match scan.look(&self.buffer[self.ahead.clone()]) {
                End::At(end) | End::Missing(end) => end,
                End::Unknown if self.ahead.len() > self.limits.record => return self.long_record(name, scan),
                End::Unknown => {
                    self.fill_within(name)?;
                    continue;
                }
            };
            if end > self.limits.record {
                let head = self.buffer[self.ahead.start..][..end.min(HEAD)].to_vec();
                let position = self.position();
                self.take(end);
                return Ok(Found::TooLong { name, position, length: end as u64, head });
            }
            return Ok(Found::Record { name, range: self.take(end) });
        }
    }

    /// Passes over the rest of a record that is too long, keeping none of it.
    fn long_record(&mut self, name: &'static str, mut scan: RecordScan) -> Result<Found, XmlError> {
        let position = self.position();
        let head = self.buffer[self.ahead.start..][..HEAD.min(self.ahead.len())].to_vec();
        loop {
            let done = scan.done();
            self.take(done);
            scan.dropped(done);
            self.fill_within(name)?;
            match scan.look(&self.buffer[self.ahead.clone()]) {
                End::Unknown => {}
                End::At(end) | End::Missing(end) => {
                    self.take(end);
                    return Ok(Found::TooLong { name, position, length: self.position() - position, head });
                }
            }
        }
    }

    fn fill_within(&mut self, name: &str) -> Result<(), XmlError> {
        if self.fill()? {
            return Ok(());
        }
        Err(XmlError::Truncated { position: self.at(self.ahead.end), inside: name.to_owned() })
    }

    /// Takes the markup that begins here; a start tag gives the place of its name.
    fn markup(&mut self) -> Result<Option<Range<usize>>, XmlError> {
        while self.ahead.len() < CDATA.len() && self.fill()? {}
        let bytes = &self.buffer[self.ahead.clone()];
        if bytes.starts_with(b"<?") {
            let range = self.take_until(2, b"?>")?;
            self.declaration(range)?;
            Ok(None)
        } else if bytes.starts_with(b"<!--") {
            self.take_until(4, b"-->").map(|_| None)
        } else if bytes.starts_with(CDATA) {
            Err(self.syntax("a CDATA section outside any record".to_owned()))
        } else if bytes.starts_with(b"<!") {
            self.doctype().map(|()| None)
        } else if bytes.starts_with(b"</") {
            self.close().map(|()| None)
        } else {
            self.open_element().map(Some)
        }
    }

    /// An encoding that cannot be read is better named than found out at the first accent.
    fn declaration(&self, range: Range<usize>) -> Result<(), XmlError> {
        let position = self.at(range.start);
        let text = String::from_utf8_lossy(&self.buffer[range]).into_owned();
        let Some((_, encoding)) = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("encoding")) else {
            return Ok(());
        };
        let encoding = encoding.trim_start_matches([' ', '\t', '\r', '\n', '=', '"', '\'']);
        let encoding = encoding.split(['"', '\'']).next().unwrap_or(encoding);
        if ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|known| encoding.eq_ignore_ascii_case(known)) {
            return Ok(());
        }
        Err(XmlError::Encoding { position, encoding: encoding.to_owned() })
    }

    fn doctype(&mut self) -> Result<(), XmlError> {
        let mut from = 2;
        loop {
            let bytes = &self.buffer[self.ahead.clone()];
            let stop = bytes[from..].iter().position(|b| matches!(b, b'>' | b'[' | b'"' | b'\''));
            let next = match stop.map(|at| (from + at, bytes[from + at])) {
                Some((at, b'>')) => {
                    self.take(at + 1);
                    return Ok(());
                }
                Some((_, b'[')) => return Err(XmlError::InternalSubset { position: self.position() }),
                Some((at, quote)) => after(bytes, at + 1, &[quote]),
                None => None,
            };
            match next {
                Some(next) => from = next,
                None => self.fill_markup("!DOCTYPE")?,
            }
        }
    }

    fn close(&mut self) -> Result<(), XmlError> {
        let range = self.take_until(2, b">")?;
        let name = String::from_utf8_lossy(&self.buffer[range.start + 2..range.end - 1]).trim_ascii_end().to_owned();
        match self.open.pop() {
            Some(open) if open == name => Ok(()),
            Some(open) => {
                Err(XmlError::Syntax { position: self.at(range.start), reason: format!("</{name}> closes <{open}>") })
            }
            None => Err(XmlError::Syntax {
                position: self.at(range.start),
                reason: format!("</{name}> closes nothing that is open"),
            }),
        }
    }

    fn open_element(&mut self) -> Result<Range<usize>, XmlError> {
        let end = loop {
            match tag_end(&self.buffer[self.ahead.clone()], 1) {
                Some(end) => break end,
                None => self.fill_markup("a tag")?,
            }
        };
        let tag = &self.buffer[self.ahead.start..][..end];
        let length = tag[1..].iter().take_while(|&&b| !ends_name(b)).count();
        let name = String::from_utf8_lossy(&tag[1..=length]).into_owned();
        if name.is_empty() || !name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':') {
            return Err(self.syntax("a “<” that begins no tag".to_owned()));
        }
        let empty = tag.ends_with(b"/>");
        let range = self.take(end);
        self.root.get_or_insert_with(|| name.clone());
        if !empty {
            if self.open.len() == DEPTH {
                return Err(XmlError::TooDeep { position: self.at(range.start), limit: DEPTH });
            }
            self.open.push(name);
        }
        Ok(range.start + 1..range.start + 1 + length)
    }

    fn take_until(&mut self, from: usize, needle: &[u8]) -> Result<Range<usize>, XmlError> {
        loop {
            match after(&self.buffer[self.ahead.clone()], from, needle) {
                Some(end) => return Ok(self.take(end)),
                None => self.fill_markup("a tag or comment")?,
            }
        }
    }

    fn fill_markup(&mut self, inside: &str) -> Result<(), XmlError> {
        if self.ahead.len() > self.limits.markup {
            return Err(XmlError::TooLong { position: self.position(), limit: self.limits.markup });
        }
        if self.fill()? {
            return Ok(());
        }
        let inside = self.open.last().map_or(inside, String::as_str).to_owned();
        Err(XmlError::Truncated { position: self.at(self.ahead.end), inside })
    }

    fn syntax(&self, reason: String) -> XmlError {
        XmlError::Syntax { position: self.position(), reason }
    }

    fn take(&mut self, length: usize) -> Range<usize> {
        let start = self.ahead.start;
        self.ahead.start += length;
        start..self.ahead.start
    }

    fn at(&self, index: usize) -> u64 {
        self.offset + index as u64
    }

    /// Reads until the buffer is full or the stream ends. False when nothing more came.
    fn fill(&mut self) -> Result<bool, XmlError> {
        if let Some(source) = self.failure.take() {
            return Err(XmlError::Read { position: self.at(self.ahead.end), source });
        }
        if self.ended {
            return Ok(false);
        }
        let kept = self.ahead.len();
        self.buffer.copy_within(self.ahead.clone(), 0);
        self.offset += self.ahead.start as u64;
        self.ahead = 0..kept;
        if kept * 2 > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        } else if kept == 0 && self.buffer.len() > 16 * CHUNK {
            // A long record was here; the next one is short again.
            self.buffer.truncate(CHUNK);
            self.buffer.shrink_to_fit();
        }
        while self.ahead.end < self.buffer.len() {
            match self.input.read(&mut self.buffer[self.ahead.end..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => self.ahead.end += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(source) if self.ahead.end > kept => {
                    // What came before the failure is handed over first; the failure comes when more is asked for.
                    self.failure = Some(source);
                    self.ended = true;
                    break;
                }
                Err(source) => return Err(XmlError::Read { position: self.at(self.ahead.end), source }),
            }
        }
        Ok(self.ahead.end > kept)
    }
}

const CDATA: &[u8] = b"<![CDATA[";
const BOM: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests;
