//! The current view, and earlier ones.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, params};
use serde::de::DeserializeOwned;

use super::flags::SPOKEN_OF;
use super::union::FULL_TEXT;
use super::{Store, StoreError, decompress};
use crate::model::{Annotation, Document, DocumentId, Finding};

/// A state of the corpus that readers see: what was stored up to certain rows, mined in a certain way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its number; the newest counts.
    pub id: i64,
    /// When it was published.
    pub stored_at: String,
    /// The model whose vectors go with it.
    pub encoder: Option<String>,
    pub(super) version_through: i64,
    pub(super) deletion_through: i64,
    pub(super) flag_through: i64,
    pub(super) stage: i64,
}

impl Snapshot {
    /// Whether another snapshot shows documents mined in the same way.
    pub fn is_mined_as(&self, other: &Self) -> bool {
        self.stage == other.stage
    }
}

/// A document as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDocument {
    /// The row of its version.
    pub version: i64,
    /// Its name.
    pub id: DocumentId,
    /// What the record says.
    pub document: Document,
    /// When the version was stored.
    pub stored_at: String,
    /// The file or answer it came from.
    pub origin: String,
}

/// A finding as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingRow {
    /// The row of the finding.
    pub row: i64,
    /// The row of its document's version.
    pub version: i64,
    /// Its place among the findings of the document, from 0.
    pub ordinal: u32,
    /// The finding.
    pub finding: Finding,
}

/// A record that was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// The source that delivered it.
    pub source: String,
    /// The file or answer it stands in.
    pub origin: String,
    /// Where it begins, in decompressed bytes.
    pub position: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Documents in the current view of everything stored.
    pub documents: u64,
    /// Versions ever stored.
    pub versions: u64,
    /// Documents that their sources withdrew.
    pub deleted: u64,
    /// Documents in the current view that are flagged as retracted.
    pub retracted: u64,
    /// Documents that readers see.
    pub visible_documents: u64,
    /// Findings that readers see.
    pub findings: u64,
    /// Documents that wait to be mined.
    pub unpublished: u64,
}

/// The versions that count, as SQL: all of them, or those of a snapshot.
pub(super) fn current_versions(snapshot: Option<&Snapshot>) -> String {
    let (through, deleted) = snapshot.map_or((i64::MAX, i64::MAX), |s| (s.version_through, s.deletion_through));
    let live = |v: &str| {
        format!(
            "{v}.id <= {through} AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.document = {v}.document
             AND d.source_version = {v}.source_version AND d.after_version >= {v}.id AND d.id <= {deleted})"
        )
    };
    format!(
        "SELECT c.* FROM document_version c WHERE {} AND NOT EXISTS (SELECT 1 FROM document_version w
         WHERE w.document = c.document AND (w.source_version, w.id) > (c.source_version, c.id) AND {})",
        live("c"),
        live("w")
    )
}

/// Reads a compressed JSON blob.
pub(super) fn unpack<T: DeserializeOwned>(blob: &[u8]) -> Result<T, String> {
    let json = decompress(blob).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(|error| error.to_string())
}

impl Store {
    /// The newest snapshot, if mining was ever finished.
    pub fn snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        self.snapshot_where("TRUE", 0)
    }

    /// The snapshot of this number.
    pub fn snapshot_numbered(&self, id: i64) -> Result<Option<Snapshot>, StoreError> {
        self.snapshot_where("s.id = ?1", id)
    }

    /// The newest snapshot that was published by this instant (RFC 3339, UTC; a date stands for its end).
    pub fn snapshot_as_of(&self, instant: &str) -> Result<Option<Snapshot>, StoreError> {
        // Instants are text of one form, so that they compare as they follow each other; `~` stands behind every digit.
        let end = if instant.contains('T') { instant.to_owned() } else { format!("{instant}T~") };
        let id: Option<i64> = self
            .run_sql(|c| c.query_row("SELECT max(id) FROM snapshot WHERE stored_at <= ?1", [end], |row| row.get(0)))?;
        id.map_or(Ok(None), |id| self.snapshot_numbered(id))
    }

    fn snapshot_where(&self, condition: &str, id: i64) -> Result<Option<Snapshot>, StoreError> {
        self.run_sql(|c| {
            c.query_row(
                &format!(
                    "SELECT s.id, s.version_through, s.deletion_through, s.flag_through, s.stage, e.model, s.stored_at
                     FROM snapshot s LEFT JOIN encoder e ON e.id = s.encoder
                     WHERE {condition} AND ?1 IS NOT NULL ORDER BY s.id DESC LIMIT 1"
                ),
                [id],
                |row| {
                    Ok(Snapshot {
                        id: row.get(0)?,
                        version_through: row.get(1)?,
                        deletion_through: row.get(2)?,
                        flag_through: row.get(3)?,
                        stage: row.get(4)?,
                        encoder: row.get(5)?,
                        stored_at: row.get(6)?,
                    })
                },
            )
            .optional()
        })
    }

    /// A document of the snapshot, by its name.
    pub fn document(&self, snapshot: &Snapshot, id: &DocumentId) -> Result<Option<StoredDocument>, StoreError> {
        let sql = format!(
            "{STORED_DOCUMENT} FROM ({}) v JOIN document n ON n.id = v.document JOIN origin o ON o.id = v.origin
             WHERE n.name = ?1",
            current_versions(Some(snapshot))
        );
        let found = self.run_sql(|c| c.prepare_cached(&sql)?.query_row([id.as_str()], raw_document).optional())?;
        found.map(|raw| self.unpack_document(raw)).transpose()
    }

    /// A document by the row of its version, whichever snapshot it belongs to.
    pub fn document_version(&self, version: i64) -> Result<StoredDocument, StoreError> {
        let sql = format!(
            "{STORED_DOCUMENT} FROM document_version v JOIN document n ON n.id = v.document
             JOIN origin o ON o.id = v.origin WHERE v.id = ?1"
        );
        let raw = self.run_sql(|c| c.prepare_cached(&sql)?.query_row([version], raw_document))?;
        self.unpack_document(raw)
    }

    /// The record of a version, as it stood in its source.
    pub fn record(&self, version: i64) -> Result<Vec<u8>, StoreError> {
        let packed: Vec<u8> = self.run_sql(|c| {
            c.prepare_cached("SELECT record FROM document_version WHERE id = ?1")?
                .query_row([version], |row| row.get(0))
        })?;
        decompress(&packed).map_err(|error| self.damaged(format!("the record of version {version}: {error}")))
    }

    /// The name of the document that a row is a version of.
    pub fn document_name(&self, version: i64) -> Result<DocumentId, StoreError> {
        let sql = "SELECT n.name FROM document_version v JOIN document n ON n.id = v.document WHERE v.id = ?1";
        let name = self.run_sql(|c| c.prepare_cached(sql)?.query_row([version], |row| row.get(0)))?;
        self.id(name)
    }

    /// Documents that carry this identifier (`doi`, `pmcid`, `registration` …), whether or not they are current.
    pub fn documents_identified(&self, scheme: &str, value: &str) -> Result<Vec<DocumentId>, StoreError> {
        let names: Vec<String> = self.run_sql(|c| {
            c.prepare_cached(
                "SELECT n.name FROM identifier i JOIN document n ON n.id = i.document
                 WHERE i.scheme = ?1 AND i.value = ?2 ORDER BY n.id",
            )?
            .query_map([scheme, value], |row| row.get(0))?
            .collect()
        })?;
        names.into_iter().map(|name| self.id(name)).collect()
    }

    /// Names of documents that differ between `since` (none: nothing) and `snapshot`: first those that are to be seen now, then
    /// those that are gone.
    pub fn changes(
        &self,
        since: Option<&Snapshot>,
        snapshot: &Snapshot,
    ) -> Result<(Vec<DocumentId>, Vec<DocumentId>), StoreError> {
        let visible =
            format!("SELECT n.name FROM ({}) v JOIN document n ON n.id = v.document", current_versions(Some(snapshot)));
        // What mining said may have changed everywhere when the way of mining has.
        let Some(since) = since.filter(|s| s.stage == snapshot.stage) else {
            let all = self.names(&format!("{visible} ORDER BY n.id"))?;
            let gone = match since {
                None => Vec::new(),
                Some(since) => self.names(&format!(
                    "SELECT n.name FROM ({}) v JOIN document n ON n.id = v.document EXCEPT {visible}",
                    current_versions(Some(since))
                ))?,
            };
            return Ok((all, gone));
        };
        let touched = format!(
            "SELECT n.name FROM document n WHERE n.id IN (
                 SELECT document FROM document_version WHERE id > {} AND id <= {}
                 UNION SELECT document FROM deletion WHERE id > {} AND id <= {})
             UNION SELECT name FROM ({SPOKEN_OF}) WHERE event > {} AND event <= {}",
            since.version_through,
            snapshot.version_through,
            since.deletion_through,
            snapshot.deletion_through,
            since.flag_through,
            snapshot.flag_through
        );
        let touched: BTreeSet<String> =
            self.run_sql(|c| c.prepare(&touched)?.query_map([], |r| r.get(0))?.collect())?;
        let (mut changed, mut gone) = (Vec::new(), Vec::new());
        let one = format!("{visible} WHERE n.name = ?1");
        for name in touched {
            let found = |sql: &str| self.run_sql(|c| c.prepare_cached(sql)?.exists([&name]));
            if found(&one)? {
                changed.push(self.id(name)?);
            } else if found("SELECT 1 FROM document WHERE name = ?1")? {
                gone.push(self.id(name)?);
            }
            // Else a notice names a paper that nobody holds: there is nothing that could be gone.
        }
        Ok((changed, gone))
    }

    fn names(&self, sql: &str) -> Result<Vec<DocumentId>, StoreError> {
        let names: Vec<String> = self.run_sql(|c| c.prepare(sql)?.query_map([], |row| row.get(0))?.collect())?;
        names.into_iter().map(|name| self.id(name)).collect()
    }

    /// What was mined from a version, with its findings; none if it was not mined as the snapshot's stage.
    pub fn annotation(&self, snapshot: &Snapshot, version: i64) -> Result<Option<Annotation>, StoreError> {
        let body: Option<Vec<u8>> = self.run_sql(|c| {
            c.prepare_cached("SELECT body FROM annotation WHERE document_version = ?1 AND stage = ?2")?
                .query_row(params![version, snapshot.stage], |row| row.get(0))
                .optional()
        })?;
        let Some(body) = body else { return Ok(None) };
        let mut annotation: Annotation =
            unpack(&body).map_err(|reason| self.damaged(format!("annotation of version {version}: {reason}")))?;
        annotation.findings = self.findings_of(snapshot, version)?.into_iter().map(|row| row.finding).collect();
        Ok(Some(annotation))
    }

    /// The findings of a version, in order.
    pub fn findings_of(&self, snapshot: &Snapshot, version: i64) -> Result<Vec<FindingRow>, StoreError> {
        let rows = self.run_sql(|c| {
            c.prepare_cached(
                "SELECT id, document_version, ordinal, body FROM finding WHERE document_version = ?1 AND stage = ?2
                 ORDER BY ordinal",
            )?
            .query_map(params![version, snapshot.stage], raw_finding)?
            .collect::<rusqlite::Result<Vec<_>>>()
        })?;
        rows.into_iter().map(|raw| self.unpack_finding(raw)).collect()
    }

    /// The rows of the versions that the snapshot shows, in order.
    pub fn visible_versions(&self, snapshot: &Snapshot) -> Result<Vec<i64>, StoreError> {
        let sql = format!("SELECT v.id FROM ({}) v ORDER BY v.id", current_versions(Some(snapshot)));
        self.run_sql(|c| c.prepare(&sql)?.query_map([], |row| row.get(0))?.collect())
    }

    /// The PMCIDs of documents that are held and have no full text.
    pub fn without_full_text(&self) -> Result<Vec<String>, StoreError> {
        self.run_sql(|c| {
            c.prepare(&format!(
                "SELECT DISTINCT i.value FROM ({}) v JOIN identifier i ON i.document = v.document AND i.scheme = 'pmcid'
                 WHERE NOT EXISTS (SELECT 1 FROM document_version t WHERE t.document = v.document AND t.format = ?1
                                   AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.document = t.document
                                                   AND d.source_version = t.source_version AND d.after_version >= t.id))
                 ORDER BY i.value",
                current_versions(None)
            ))?
            .query_map([FULL_TEXT], |row| row.get(0))?
            .collect()
        })
    }

    /// Rejected records, oldest first, of one source or of all.
    pub fn rejected(&self, source: Option<&str>) -> Result<Vec<RejectedRow>, StoreError> {
        self.run_sql(|c| {
            c.prepare(
                "SELECT r.source, o.name, r.position, r.reason FROM rejected r JOIN origin o ON o.id = r.origin
                 WHERE ?1 IS NULL OR r.source = ?1 ORDER BY r.id",
            )?
            .query_map([source], |row| {
                let position: i64 = row.get(2)?;
                Ok(RejectedRow {
                    source: row.get(0)?,
                    origin: row.get(1)?,
                    position: position.unsigned_abs(),
                    reason: row.get(3)?,
                })
            })?
            .collect()
        })
    }

    /// How much there is.
    pub fn totals(&self) -> Result<Totals, StoreError> {
        let snapshot = self.snapshot()?;
        let count = |sql: &str| self.run_sql(|c| c.query_row(sql, [], |row| row.get::<_, u64>(0)));
        let shown = snapshot.as_ref().map(|snapshot| self.shown(snapshot)).transpose()?;
        let newest = snapshot.as_ref().map(|snapshot| self.is_newest(snapshot)).transpose()?;
        let documents = match (shown, newest) {
            (Some((documents, _)), Some(true)) => documents,
            _ => count(&format!("SELECT count(*) FROM ({})", current_versions(None)))?,
        };
        let mut totals = Totals {
            documents,
            versions: count("SELECT count(*) FROM document_version")?,
            deleted: count("SELECT count(*) FROM document WHERE id NOT IN (SELECT absorbed FROM merged)")?
                .saturating_sub(documents),
            unpublished: self.waiting(snapshot.as_ref())?,
            ..Totals::default()
        };
        if let (Some(snapshot), Some((documents, findings))) = (&snapshot, shown) {
            totals.visible_documents = documents;
            totals.findings = findings;
            totals.retracted = self.retracted(snapshot)?;
        }
        Ok(totals)
    }

    pub(super) fn id(&self, name: String) -> Result<DocumentId, StoreError> {
        name.parse().map_err(|error| self.damaged(format!("{error}")))
    }

    pub(super) fn damaged(&self, reason: String) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), reason }
    }

    fn unpack_document(&self, raw: RawDocument) -> Result<StoredDocument, StoreError> {
        let (version, name, parsed, stored_at, origin) = raw;
        let document =
            unpack(&parsed).map_err(|reason| self.damaged(format!("document version {version}: {reason}")))?;
        Ok(StoredDocument { version, id: self.id(name)?, document, stored_at, origin })
    }

    fn unpack_finding(&self, raw: RawFinding) -> Result<FindingRow, StoreError> {
        let (row, version, ordinal, body) = raw;
        let finding = serde_json::from_str(&body).map_err(|error| self.damaged(format!("finding {row}: {error}")))?;
        Ok(FindingRow { row, version, ordinal, finding })
    }
}

/// What [`raw_document`] reads.
const STORED_DOCUMENT: &str = "SELECT v.id, n.name, v.parsed, v.stored_at, o.name";

type RawDocument = (i64, String, Vec<u8>, String, String);
type RawFinding = (i64, i64, u32, String);

fn raw_document(row: &Row<'_>) -> rusqlite::Result<RawDocument> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn raw_finding(row: &Row<'_>) -> rusqlite::Result<RawFinding> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}
