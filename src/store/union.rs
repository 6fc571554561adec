//! A document that several formats tell of: its records side by side, and their union as the version that counts.
//!
//! A union is a version like any other, of the format [`UNION`], written behind the records it was made of; so readers, mining
//! and index need to know nothing of it. It has no record of its own: those of its parts are kept.

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use super::read::unpack;
use super::{RunId, compress};
use crate::model::{Document, SourceRecord};

/// The format of a version that was put together from others.
const UNION: &str = "union";
/// Formats of full text: what PubMed withdraws is its citation, and not the article that an archive has.
pub(super) const FULL_TEXT: &str = "jats";

/// A version that lives.
pub(super) struct Part {
    pub(super) row: i64,
    /// The document whose name the record gives, where that is another.
    pub(super) named: Option<i64>,
    pub(super) source_version: i64,
    format: String,
    digest: Vec<u8>,
    parsed: Vec<u8>,
    origin: String,
}

impl Part {
    /// The document as stored, compressed.
    pub(super) fn parsed(&self) -> &[u8] {
        &self.parsed
    }
}

/// Makes the version that counts of a document with records in several formats, unless it is there. Gives the union if one was
/// made.
pub(super) fn unite(
    c: &Connection,
    document: i64,
    origin: i64,
    run: RunId,
    now: &str,
) -> rusqlite::Result<Option<Document>> {
    let parts = live_parts(c, document)?;
    if parts.len() < 2 {
        return Ok(None);
    }
    let mut digest = Sha256::new();
    for part in &parts {
        digest.update(part.format.as_bytes());
        digest.update(&part.digest);
    }
    let digest = digest.finalize();
    let version = parts.iter().map(|part| part.source_version).max().unwrap_or(1);
    let held: bool = c
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM document_version v WHERE v.document = ?1 AND v.format = ?2 AND v.digest = ?3
             AND v.source_version = ?4
             AND v.id > (SELECT coalesce(max(p.id), 0) FROM document_version p
                         WHERE p.document = v.document AND p.source_version = v.source_version AND p.format <> ?2)
             AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.document = v.document
                             AND d.source_version = v.source_version AND d.after_version >= v.id))",
        )?
        .query_row(params![document, UNION, digest.as_slice(), version], |row| row.get(0))?;
    if held {
        return Ok(None);
    }
    let mut records = Vec::with_capacity(parts.len());
    for part in parts {
        // What cannot be read is not united; the records stay.
        let Ok(parsed) = unpack::<Document>(&part.parsed) else { return Ok(None) };
        records.push((SourceRecord { format: part.format, origin: part.origin }, parsed));
    }
    let union = Document::united(records);
    let packed = serde_json::to_vec(&union)
        .map_err(std::io::Error::other)
        .and_then(|json| compress(&json))
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    c.prepare_cached(
        "INSERT INTO document_version (document, source_version, digest, format, record, parsed, origin, position, run, stored_at)
         VALUES (?1, ?2, ?3, ?4, x'', ?5, ?6, 0, ?7, ?8)",
    )?
    .execute(params![document, version, digest.as_slice(), UNION, packed, origin, run.0, now])?;
    Ok(Some(union))
}

/// Of each format, and each name that records give, the version that counts.
pub(super) fn live_parts(c: &Connection, document: i64) -> rusqlite::Result<Vec<Part>> {
    let mut statement = c.prepare_cached(
        "SELECT v.id, v.named, v.source_version, v.format, v.digest, v.parsed, o.name
         FROM document_version v JOIN origin o ON o.id = v.origin WHERE v.document = ?1 AND v.format <> ?2
         AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.document = v.document
                         AND d.source_version = v.source_version AND d.after_version >= v.id)
         AND NOT EXISTS (SELECT 1 FROM document_version w WHERE w.document = v.document AND w.format = v.format
                         AND w.named IS v.named AND (w.source_version, w.id) > (v.source_version, v.id)
                         AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.document = w.document
                                         AND d.source_version = w.source_version AND d.after_version >= w.id))
         ORDER BY v.format, v.named",
    )?;
    let rows = statement.query_map(params![document, UNION], |row| {
        Ok(Part {
            row: row.get(0)?,
            named: row.get(1)?,
            source_version: row.get(2)?,
            format: row.get(3)?,
            digest: row.get(4)?,
            parsed: row.get(5)?,
            origin: row.get(6)?,
        })
    })?;
    rows.collect()
}

/// Whether a part is the citation, which its source may withdraw: a full text has another source, and so has a record that names the
/// document otherwise.
pub(super) fn is_citation(part: &Part) -> bool {
    part.format != FULL_TEXT && part.named.is_none()
}

/// Ends every version of a document that lives, unions included, as having come from an origin.
pub(super) fn end_all(c: &Connection, document: i64, origin: i64, run: RunId, now: &str) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT INTO deletion (document, source_version, after_version, origin, position, run, stored_at)
         SELECT DISTINCT ?1, v.source_version, (SELECT max(id) FROM document_version), ?2, 0, ?3, ?4
         FROM document_version v WHERE v.document = ?1
         AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.document = v.document
                         AND d.source_version = v.source_version AND d.after_version >= v.id)",
    )?
    .execute(params![document, origin, run.0, now])?;
    Ok(())
}

/// Stores these rows once more as versions of `document`, behind a deletion that was not meant for them, or behind their merging.
/// `named`: the document whose name their records give.
pub(super) fn store_again(
    c: &Connection,
    rows: impl IntoIterator<Item = (i64, Option<i64>)>,
    document: i64,
    run: RunId,
    now: &str,
) -> rusqlite::Result<()> {
    for (row, named) in rows {
        c.prepare_cached(
            "INSERT INTO document_version (document, source_version, digest, format, record, parsed, origin, position, run,
                                           stored_at, named)
             SELECT ?2, source_version, digest, format, record, parsed, origin, position, ?3, ?4, ?5
             FROM document_version WHERE id = ?1",
        )?
        .execute(params![row, document, run.0, now, named])?;
    }
    Ok(())
}
