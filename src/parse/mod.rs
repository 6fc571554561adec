//! Records in, [`Document`]s out.
//!
//! A parser reads one stream and hands over what it finds, one item at a time, so that memory does not grow with the file.
//! Guarantees, kept by the shared tests over [`formats::ALL`]:
//!
//! - a bad *record* is handed over as [`Item::Rejected`] and the next one is read; a bad *stream* (cut short, not this format
//!   at all) ends with an error, after everything before it was handed over;
//! - the bytes of each record are handed over as they stood, so that a later parser can read them again;
//! - nothing is filled in: a field that the record does not give is `None` or empty;
//! - no input makes it panic, expand entities without bound or allocate more than its limits.
//!
//! To add a format: a folder in `formats/` with a type that implements [`RecordParser`], a line in [`formats::ALL`], real or
//! invented records for its tests.

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::model::{Document, DocumentId, Statement};

mod dates;
pub mod formats;
mod input;
mod json;
mod markup;
mod words;

pub use input::{Input, InputError, Stream, each_stream};

/// Something found in a stream of records.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A record that was read.
    Document(Box<Record>),
    /// The stream says that a record is withdrawn from its source.
    Deletion(Deletion),
    /// A record that could not be read.
    Rejected(Rejection),
    /// Something that is said of a paper. A stream of these says all that its origin has to say.
    Statement(Box<Told>),
}

/// A statement as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it says.
    pub statement: Statement,
    /// Where it begins in the (decompressed) stream, in bytes.
    pub position: u64,
}

/// A record as read, and as it stood.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What it says.
    pub document: Document,
    /// Its bytes, verbatim.
    pub bytes: Vec<u8>,
    /// Where it begins in the (decompressed) stream, in bytes.
    pub position: u64,
}

/// A withdrawal of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The document.
    pub id: DocumentId,
    /// The version that is withdrawn.
    pub version: u32,
    /// Where the deletion stands in the (decompressed) stream, in bytes.
    pub position: u64,
}

/// A record that was passed over, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Where it begins in the (decompressed) stream, in bytes.
    pub position: u64,
    /// What is wrong, in words.
    pub reason: String,
    /// Its bytes, cut at 64 KiB.
    pub bytes: Vec<u8>,
}

/// How much is kept of a record that was rejected.
const KEPT: usize = 64 << 10;

impl Rejection {
    /// A rejection of the record that begins at `position`; of long `bytes` the beginning is kept.
    pub fn new(position: u64, reason: impl Into<String>, bytes: &[u8]) -> Self {
        Self { position, reason: reason.into(), bytes: bytes[..bytes.len().min(KEPT)].to_vec() }
    }
}

/// Why a stream could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Reading failed: a broken file, a truncated or corrupt compression.
    #[error("reading stopped at byte {position}: {source}")]
    Read {
        /// How far it came, in decompressed bytes.
        position: u64,
        /// What the system says.
        source: std::io::Error,
    },
    /// The stream is not what it seemed to be.
    #[error("not readable as {format} at byte {position}: {reason}")]
    Malformed {
        /// The format it was read as.
        format: &'static str,
        /// How far it came, in decompressed bytes.
        position: u64,
        /// What is wrong.
        reason: String,
    },
}

/// A reader of one format of records.
pub trait RecordParser: Send + Sync {
    /// The one name of the format: folder, `--input-format`, documentation (`pubmed-xml`).
    fn name(&self) -> &'static str;

    /// Whether a stream that begins with `head` (up to 4 KiB, decompressed) is of this format. At most one format says yes.
    fn recognises(&self, head: &[u8]) -> bool;

    /// Reads the stream to its end, or until `sink` says [`ControlFlow::Break`].
    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError>;
}
