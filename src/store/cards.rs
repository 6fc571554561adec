//! What look-ups read: postings, cards, wordings. None of it needs a text or an annotation to be unpacked.

use rusqlite::{OptionalExtension, params};

use super::read::{Snapshot, current_versions};
use super::{Store, StoreError};
use crate::model::{Card, ConceptId, DocumentId, LinkSide};

/// That a finding is linked to one of the concepts asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posting {
    /// The row of the document's version.
    pub version: i64,
    /// The finding's place among those of the document, from 0; or [`WHOLE`].
    pub ordinal: u32,
    /// How sure the best of its links is, 0 to 1.
    pub confidence: f32,
}

/// The ordinal of a posting that is of no finding, but of the document as a whole ([`crate::model::Subject`]).
pub const WHOLE: u32 = u32::MAX;

/// Bytes of one finding in a posting.
const ENTRY: usize = 8;

/// The findings of one document that are linked to one concept, as stored.
pub(super) fn pack(findings: &[(u32, f32)]) -> Vec<u8> {
    findings.iter().flat_map(|(ordinal, sure)| [ordinal.to_le_bytes(), sure.to_le_bytes()].concat()).collect()
}

fn unpack(blob: &[u8]) -> impl Iterator<Item = (u32, f32)> + '_ {
    blob.chunks_exact(ENTRY).map(|entry| {
        let part = |at: usize| [entry[at], entry[at + 1], entry[at + 2], entry[at + 3]];
        (u32::from_le_bytes(part(0)), f32::from_le_bytes(part(4)))
    })
}

impl Store {
    /// Whether what the snapshot shows was mined by a program that wrote cards.
    pub fn has_cards(&self, snapshot: &Snapshot) -> Result<bool, StoreError> {
        self.run_sql(|c| {
            c.query_row(
                "SELECT EXISTS (SELECT 1 FROM card WHERE stage = ?1) OR NOT EXISTS (SELECT 1 FROM annotation WHERE stage = ?1)",
                [snapshot.stage],
                |row| row.get(0),
            )
        })
    }

    /// Findings that are linked to any of these concepts, by version and ordinal, each once with its best link. Versions that the
    /// snapshot does not show are among them; [`Store::visible_name`] tells.
    pub fn postings(
        &self,
        snapshot: &Snapshot,
        side: LinkSide,
        concepts: &[ConceptId],
    ) -> Result<Vec<Posting>, StoreError> {
        let mut found = self.run_sql(|c| {
            let mut found: Vec<Posting> = Vec::new();
            let mut statement = c.prepare_cached(
                "SELECT p.document_version, p.findings FROM concept k
                 JOIN posting p ON p.concept = k.id AND p.side = ?2 AND p.stage = ?3 WHERE k.name = ?1",
            )?;
            for concept in concepts {
                let mut rows = statement.query(params![concept.as_str(), side.name(), snapshot.stage])?;
                while let Some(row) = rows.next()? {
                    let version = row.get(0)?;
                    let blob = row.get_ref(1)?.as_blob()?;
                    found.extend(unpack(blob).map(|(ordinal, confidence)| Posting { version, ordinal, confidence }));
                }
            }
            Ok(found)
        })?;
        found.sort_unstable_by(|a, b| {
            (a.version, a.ordinal).cmp(&(b.version, b.ordinal)).then(b.confidence.total_cmp(&a.confidence))
        });
        found.dedup_by_key(|posting| (posting.version, posting.ordinal));
        Ok(found)
    }

    /// Every link of a finding to a concept on one side, by concept. Versions that the snapshot does not show are among them;
    /// [`Store::cards`] tells.
    pub fn every_posting(
        &self,
        snapshot: &Snapshot,
        side: LinkSide,
    ) -> Result<Vec<(ConceptId, Vec<Posting>)>, StoreError> {
        self.run_sql(|c| {
            let mut found: Vec<(ConceptId, Vec<Posting>)> = Vec::new();
            let mut statement = c.prepare_cached(
                "SELECT p.concept, k.name, p.document_version, p.findings FROM posting p
                 JOIN concept k ON k.id = p.concept WHERE p.side = ?1 AND p.stage = ?2 ORDER BY p.concept",
            )?;
            let mut rows = statement.query(params![side.name(), snapshot.stage])?;
            let mut last: Option<i64> = None;
            while let Some(row) = rows.next()? {
                let concept: i64 = row.get(0)?;
                if last.replace(concept) != Some(concept) {
                    found.push((ConceptId::new(row.get::<_, String>(1)?), Vec::new()));
                }
                let version = row.get(2)?;
                let entries = unpack(row.get_ref(3)?.as_blob()?);
                if let Some((_, postings)) = found.last_mut() {
                    postings.extend(entries.map(|(ordinal, confidence)| Posting { version, ordinal, confidence }));
                }
            }
            Ok(found)
        })
    }

    /// The name and the card of each version that is wanted and that the snapshot shows, in the order of rows.
    pub fn cards(
        &self,
        snapshot: &Snapshot,
        wanted: impl Fn(i64) -> bool,
    ) -> Result<Vec<(i64, DocumentId, Card)>, StoreError> {
        let sql = format!(
            "SELECT v.id, n.name, k.body FROM ({}) v JOIN document n ON n.id = v.document
             JOIN card k ON k.document_version = v.id AND k.stage = {} ORDER BY v.id",
            current_versions(Some(snapshot)),
            snapshot.stage
        );
        let rows = self.run_sql(|c| {
            let mut statement = c.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            let mut found: Vec<(i64, String, String)> = Vec::new();
            while let Some(row) = rows.next()? {
                let version = row.get(0)?;
                if wanted(version) {
                    found.push((version, row.get(1)?, row.get(2)?));
                }
            }
            Ok(found)
        })?;
        let read = |(version, name, body): (i64, String, String)| {
            let card = serde_json::from_str(&body)
                .map_err(|error| self.damaged(format!("card of version {version}: {error}")))?;
            Ok((version, self.id(name)?, card))
        };
        rows.into_iter().map(read).collect()
    }

    /// The name of the document of a version, if the snapshot shows the version.
    pub fn visible_name(&self, snapshot: &Snapshot, version: i64) -> Result<Option<DocumentId>, StoreError> {
        let sql = format!(
            "SELECT n.name FROM ({}) v JOIN document n ON n.id = v.document WHERE v.id = ?1",
            current_versions(Some(snapshot))
        );
        let name: Option<String> =
            self.run_sql(|c| c.prepare_cached(&sql)?.query_row([version], |row| row.get(0)).optional())?;
        name.map(|name| self.id(name)).transpose()
    }

    /// The row of the version of a document that the snapshot shows, by the document's name.
    pub fn visible_version(&self, snapshot: &Snapshot, id: &DocumentId) -> Result<Option<i64>, StoreError> {
        let sql = format!(
            "SELECT v.id FROM document n JOIN ({}) v ON v.document = n.id WHERE n.name = ?1",
            current_versions(Some(snapshot))
        );
        self.run_sql(|c| c.prepare_cached(&sql)?.query_row([id.as_str()], |row| row.get(0)).optional())
    }

    /// The card of a version; none if it was not mined as the snapshot's stage.
    pub fn card(&self, snapshot: &Snapshot, version: i64) -> Result<Option<Card>, StoreError> {
        let body: Option<String> = self.run_sql(|c| {
            c.prepare_cached("SELECT body FROM card WHERE document_version = ?1 AND stage = ?2")?
                .query_row(params![version, snapshot.stage], |row| row.get(0))
                .optional()
        })?;
        let read = |body: String| {
            serde_json::from_str(&body).map_err(|error| self.damaged(format!("card of version {version}: {error}")))
        };
        body.map(read).transpose()
    }

    /// The sentences of a version's findings in the normal form of names, a line each, in order.
    pub fn wording(&self, snapshot: &Snapshot, version: i64) -> Result<String, StoreError> {
        let body: Option<String> = self.run_sql(|c| {
            c.prepare_cached("SELECT body FROM wording WHERE document_version = ?1 AND stage = ?2")?
                .query_row(params![version, snapshot.stage], |row| row.get(0))
                .optional()
        })?;
        Ok(body.unwrap_or_default())
    }

    /// How many documents and findings a snapshot shows.
    pub fn shown(&self, snapshot: &Snapshot) -> Result<(u64, u64), StoreError> {
        let kept = self.run_sql(|c| {
            c.query_row("SELECT documents, findings FROM snapshot_total WHERE snapshot = ?1", [snapshot.id], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
        })?;
        kept.map_or_else(|| self.count_shown(snapshot), Ok)
    }

    fn count_shown(&self, snapshot: &Snapshot) -> Result<(u64, u64), StoreError> {
        let visible = current_versions(Some(snapshot));
        let count = |sql: &str| self.run_sql(|c| c.query_row(sql, [], |row| row.get::<_, u64>(0)));
        let documents = count(&format!("SELECT count(*) FROM ({visible})"))?;
        let findings = count(&format!(
            "SELECT count(*) FROM ({visible}) v JOIN finding f ON f.document_version = v.id AND f.stage = {}",
            snapshot.stage
        ))?;
        Ok((documents, findings))
    }

    /// Counts what a snapshot shows, once, so that readers need not.
    pub(super) fn keep_totals(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let kept =
            self.run_sql(|c| c.prepare("SELECT 1 FROM snapshot_total WHERE snapshot = ?1")?.exists([snapshot.id]))?;
        if !kept {
            let (documents, findings) = self.count_shown(snapshot)?;
            self.run_sql(|c| {
                c.execute(
                    "INSERT OR IGNORE INTO snapshot_total (snapshot, documents, findings) VALUES (?1, ?2, ?3)",
                    params![snapshot.id, documents, findings],
                )
            })?;
        }
        Ok(())
    }

    /// How many versions were stored since the snapshot and are current.
    pub fn waiting(&self, snapshot: Option<&Snapshot>) -> Result<u64, StoreError> {
        let through = snapshot.map_or(0, |snapshot| snapshot.version_through);
        self.run_sql(|c| {
            c.query_row(
                &format!("SELECT count(*) FROM ({}) v WHERE v.id > ?1", current_versions(None)),
                [through],
                |row| row.get(0),
            )
        })
    }

    /// Whether nothing was stored or withdrawn since the snapshot.
    pub(super) fn is_newest(&self, snapshot: &Snapshot) -> Result<bool, StoreError> {
        self.run_sql(|c| {
            c.query_row(
                "SELECT coalesce((SELECT max(id) FROM document_version), 0) <= ?1
                    AND coalesce((SELECT max(id) FROM deletion), 0) <= ?2",
                params![snapshot.version_through, snapshot.deletion_through],
                |row| row.get(0),
            )
        })
    }
}
