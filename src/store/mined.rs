//! What mining made of document versions.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::cards::{WHOLE, pack};
use super::read::{Snapshot, current_versions, unpack};
use super::{RunId, Store, StoreError, compress, now, sql_error};
use crate::model::{Annotation, Card, Document, Finding, LinkSide, Subject};

/// A document version that waits to be mined.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The row of the version.
    pub version: i64,
    /// The document.
    pub document: Document,
}

/// What mining made of a version.
#[derive(Debug, Clone, PartialEq)]
pub struct Mined {
    /// The row of the version.
    pub version: i64,
    /// Sentences, mentions, study, and findings with their links.
    pub annotation: Annotation,
    /// What is counted of it.
    pub card: Card,
    /// The sentences of its findings in the normal form of names, a line each, in order.
    pub wording: String,
    /// What it is about as a whole.
    pub subjects: Vec<Subject>,
}

impl Store {
    /// The number under which a way of mining is stored.
    pub fn stage(&self, version: &str) -> Result<i64, StoreError> {
        self.run_sql(|c| {
            c.execute("INSERT OR IGNORE INTO stage (version) VALUES (?1)", [version])?;
            c.query_row("SELECT id FROM stage WHERE version = ?1", [version], |row| row.get(0))
        })
    }

    /// How many current versions wait to be mined in this way.
    pub fn count_pending(&self, stage: i64) -> Result<u64, StoreError> {
        self.run_sql(|c| {
            c.query_row(
                &format!("SELECT count(*) FROM ({}) v WHERE {UNMINED}", current_versions(None)),
                [stage],
                |row| row.get(0),
            )
        })
    }

    /// Up to `limit` current versions behind row `after` that wait to be mined in this way.
    pub fn pending(&self, stage: i64, after: i64, limit: usize) -> Result<Vec<Pending>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = self.run_sql(|c| {
            c.prepare_cached(&format!(
                "SELECT v.id, v.parsed FROM ({}) v WHERE v.id > ?2 AND {UNMINED} ORDER BY v.id LIMIT ?3",
                current_versions(None)
            ))?
            .query_map(params![stage, after, limit as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
        })?;
        self.unpacked(rows)
    }

    /// Up to `limit` current versions behind row `after`, mined or not.
    pub fn versions_after(&self, after: i64, limit: usize) -> Result<Vec<Pending>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = self.run_sql(|c| {
            let current = current_versions(None);
            c.prepare_cached(&format!(
                "SELECT v.id, v.parsed FROM ({current}) v WHERE v.id > ?1 ORDER BY v.id LIMIT ?2"
            ))?
            .query_map(params![after, limit as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
        })?;
        self.unpacked(rows)
    }

    fn unpacked(&self, rows: Vec<(i64, Vec<u8>)>) -> Result<Vec<Pending>, StoreError> {
        rows.into_iter()
            .map(|(version, parsed)| {
                let document = unpack(&parsed).map_err(|reason| StoreError::Damaged {
                    path: self.path.clone(),
                    reason: format!("document version {version}: {reason}"),
                })?;
                Ok(Pending { version, document })
            })
            .collect()
    }

    /// Stores what was mined from a batch, all or nothing.
    pub fn record_mined(&mut self, run: RunId, stage: i64, batch: &[Mined]) -> Result<(), StoreError> {
        let path = self.path.clone();
        let damaged =
            |reason: String| StoreError::Damaged { path: path.clone(), reason: format!("an annotation: {reason}") };
        let mut packed = Vec::with_capacity(batch.len());
        for mined in batch {
            let mut annotation = mined.annotation.clone();
            let findings = std::mem::take(&mut annotation.findings);
            let json = serde_json::to_vec(&annotation).map_err(|error| damaged(error.to_string()))?;
            let body = compress(&json).map_err(|error| damaged(error.to_string()))?;
            let mut bodies = Vec::with_capacity(findings.len());
            for finding in &findings {
                bodies.push(serde_json::to_string(finding).map_err(|error| damaged(error.to_string()))?);
            }
            let card = serde_json::to_string(&mined.card).map_err(|error| damaged(error.to_string()))?;
            packed.push((mined, body, card, findings, bodies));
        }
        let write = |transaction: &rusqlite::Transaction<'_>| -> rusqlite::Result<()> {
            let instant = now();
            for (mined, body, card, findings, bodies) in &packed {
                let version = mined.version;
                let fresh = transaction
                    .prepare_cached(
                        "INSERT OR IGNORE INTO annotation (document_version, stage, body, run, stored_at)
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![version, stage, body, run.0, instant])?;
                if fresh == 0 {
                    continue;
                }
                for (ordinal, body) in bodies.iter().enumerate() {
                    transaction
                        .prepare_cached(
                            "INSERT INTO finding (document_version, stage, ordinal, body) VALUES (?1, ?2, ?3, ?4)",
                        )?
                        .execute(params![version, stage, ordinal as i64, body])?;
                }
                transaction
                    .prepare_cached("INSERT INTO card (document_version, stage, body) VALUES (?1, ?2, ?3)")?
                    .execute(params![version, stage, card])?;
                // A trial is found by what the text says of its registration too.
                for number in &mined.card.registrations {
                    transaction
                        .prepare_cached(
                            "INSERT OR IGNORE INTO identifier (scheme, value, document)
                             SELECT 'registration', ?1, document FROM document_version WHERE id = ?2",
                        )?
                        .execute(params![number, version])?;
                }
                transaction
                    .prepare_cached("INSERT INTO wording (document_version, stage, body) VALUES (?1, ?2, ?3)")?
                    .execute(params![version, stage, mined.wording])?;
                for ((concept, side), linked) in by_concept(findings, &mined.subjects) {
                    let concept = concept_row(transaction, concept)?;
                    transaction
                        .prepare_cached(
                            "INSERT INTO posting (concept, side, stage, document_version, findings)
                             VALUES (?1, ?2, ?3, ?4, ?5)",
                        )?
                        .execute(params![concept, side.name(), stage, version, pack(&linked)])?;
                }
            }
            Ok(())
        };
        (|| {
            let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            write(&transaction)?;
            transaction.commit()
        })()
        .map_err(|source| sql_error(&self.path, source))
    }

    /// Lets readers see everything stored so far, mined in this way. If that is what they see already, nothing is written.
    pub fn publish(&self, run: RunId, stage: i64, encoder: Option<&str>) -> Result<Snapshot, StoreError> {
        self.run_sql(|c| {
            let encoder: Option<i64> = match encoder {
                None => None,
                Some(model) => {
                    c.query_row("SELECT id FROM encoder WHERE model = ?1", [model], |row| row.get(0)).optional()?
                }
            };
            c.execute(
                "INSERT INTO snapshot (version_through, deletion_through, flag_through, stage, encoder, run, stored_at)
                 SELECT coalesce((SELECT max(id) FROM document_version), 0), coalesce((SELECT max(id) FROM deletion), 0),
                        coalesce((SELECT max(id) FROM flag_event), 0), ?1, ?2, ?3, ?4
                 EXCEPT SELECT version_through, deletion_through, flag_through, stage, encoder, ?3, ?4
                 FROM snapshot WHERE id = (SELECT max(id) FROM snapshot)",
                params![stage, encoder, run.0, now()],
            )
        })?;
        let snapshot = self.snapshot()?.ok_or_else(|| StoreError::Damaged {
            path: self.path.clone(),
            reason: "no snapshot after one was written".to_owned(),
        })?;
        self.keep_totals(&snapshot)?;
        Ok(snapshot)
    }
}

/// The findings by the concepts that they are linked to, as ordinal and confidence; behind them the document as a whole.
fn by_concept<'m>(findings: &'m [Finding], subjects: &'m [Subject]) -> BTreeMap<(&'m str, LinkSide), Vec<(u32, f32)>> {
    let mut linked: BTreeMap<(&str, LinkSide), Vec<(u32, f32)>> = BTreeMap::new();
    for (ordinal, finding) in findings.iter().enumerate() {
        for link in &finding.links {
            linked.entry((link.concept.as_str(), link.side)).or_default().push((ordinal as u32, link.confidence));
        }
    }
    for subject in subjects {
        linked.entry((subject.concept.as_str(), subject.side)).or_default().push((WHOLE, subject.confidence));
    }
    linked
}

/// Whether version `v` was not mined as stage `?1`.
const UNMINED: &str = "NOT EXISTS (SELECT 1 FROM annotation a WHERE a.document_version = v.id AND a.stage = ?1)";

fn concept_row(c: &rusqlite::Connection, name: &str) -> rusqlite::Result<i64> {
    let found =
        c.prepare_cached("SELECT id FROM concept WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    c.prepare_cached("INSERT INTO concept (name) VALUES (?1)")?.execute([name])?;
    Ok(c.last_insert_rowid())
}
