//! Making a record ready to be stored: the part of the work that needs no database, so that all cores can do it.

use std::cell::RefCell;
use std::io;

use sha2::{Digest, Sha256};

use super::StoreError;
use crate::model::{Document, DocumentId, Flag};

/// A record to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewRecord<'r> {
    /// What it says.
    pub document: &'r Document,
    /// The record as it stood.
    pub bytes: &'r [u8],
    /// The format it was read as.
    pub format: &'static str,
    /// Where it begins in its origin, in decompressed bytes.
    pub position: u64,
}

/// A record ready to be stored.
#[derive(Debug, Clone)]
pub struct PackedRecord {
    pub(super) name: DocumentId,
    pub(super) version: u32,
    pub(super) digest: [u8; 32],
    pub(super) record: Vec<u8>,
    pub(super) parsed: Vec<u8>,
    pub(super) format: &'static str,
    pub(super) position: u64,
    pub(super) identifiers: Vec<(String, String)>,
    pub(super) flags: Vec<Flag>,
    /// The date at which it was revised, or entered its source.
    pub(super) dated: Option<String>,
}

impl NewRecord<'_> {
    /// Compresses it and takes from it what is looked for later.
    ///
    /// # Errors
    ///
    /// A record without an identifier; no memory to compress in.
    pub fn pack(&self) -> Result<PackedRecord, StoreError> {
        let document = self.document;
        let name = document
            .identifiers
            .primary()
            .ok_or_else(|| StoreError::Record(format!("the record at byte {} has no identifier", self.position)))?;
        let damaged = |error: io::Error| StoreError::Record(format!("{name} could not be packed: {error}"));
        let parsed = serde_json::to_vec(document)
            .map_err(io::Error::other)
            .and_then(|json| super::compress(&json))
            .map_err(damaged)?;
        let record = super::compress(self.bytes).map_err(damaged)?;
        Ok(PackedRecord {
            version: document.version.max(1),
            digest: Sha256::digest(self.bytes).into(),
            record,
            parsed,
            format: self.format,
            position: self.position,
            identifiers: identifier_pairs(document),
            flags: document.flags(),
            dated: document.revised.max(document.entered).map(|date| date.to_string()),
            name,
        })
    }
}

pub(super) fn identifier_pairs(document: &Document) -> Vec<(String, String)> {
    let ids = &document.identifiers;
    let mut pairs: Vec<(String, String)> = Vec::new();
    pairs.extend(ids.pmid.map(|pmid| ("pmid".to_owned(), pmid.to_string())));
    pairs.extend(ids.pmcid.clone().map(|pmcid| ("pmcid".to_owned(), pmcid)));
    pairs.extend(ids.doi.clone().map(|doi| ("doi".to_owned(), doi)));
    pairs.extend(ids.other.iter().cloned());
    pairs.extend(document.registrations().map(|number| ("registration".to_owned(), number.to_owned())));
    pairs
}

/// Compression level of records and annotations: the smallest that pays, since every version is kept.
const COMPRESSION: i32 = 3;

/// The most that one stored blob may hold once it is decompressed, in bytes.
const LARGEST_BLOB: u64 = 256 << 20;

thread_local! {
    // Setting one up takes longer than compressing or decompressing a record.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

pub(super) fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|held| {
        let compressor = match held {
            Some(compressor) => compressor,
            None => held.insert(zstd::bulk::Compressor::new(COMPRESSION)?),
        };
        compressor.compress(bytes)
    })
}

pub(super) fn decompress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let length = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten();
    let length = length.filter(|length| *length <= LARGEST_BLOB).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, "it does not begin as something compressed, or is too long")
    })?;
    DECOMPRESSOR.with_borrow_mut(|held| {
        let decompressor = match held {
            Some(decompressor) => decompressor,
            None => held.insert(zstd::bulk::Decompressor::new()?),
        };
        decompressor.decompress(bytes, length as usize)
    })
}
