//! What was said about documents, and whether it holds.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::ingest::current_document;
use super::read::{Snapshot, current_versions, unpack};
use super::{RunId, Store, StoreError};
use crate::model::{Document, DocumentId, Flag, FlagKind};

/// A flag that holds, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagRow {
    /// The document spoken of.
    pub target: DocumentId,
    /// What is said.
    pub kind: FlagKind,
    /// The record that says so.
    pub said_by: DocumentId,
    /// The source that the record came from.
    pub source: String,
    /// The notice, by its id.
    pub notice: Option<DocumentId>,
    /// The notice, as cited.
    pub citation: Option<String>,
    /// Since when the store knows.
    pub stored_at: String,
}

/// Which documents an event of a flag speaks of, as SQL with the columns `event`, `kind` and `name`. A notice may name a paper by its
/// DOI alone where the store has it by its PMID: every identifier of a document is a name that it may be spoken of by.
pub(super) const SPOKEN_OF: &str = "SELECT e.id AS event, e.kind AS kind, e.target AS name FROM flag_event e
     UNION SELECT e.id, e.kind, n.name FROM flag_event e
     JOIN identifier i ON i.scheme = lower(substr(e.target, 1, instr(e.target, ':') - 1))
                      AND i.value = substr(e.target, instr(e.target, ':') + 1)
     JOIN document n ON n.id = i.document
     WHERE i.scheme IN ('pmid', 'pmcid', 'doi')";

impl Store {
    /// The flags on a document that hold in the snapshot, by whichever of its identifiers it is spoken of.
    pub fn flags(&self, snapshot: &Snapshot, target: &DocumentId) -> Result<Vec<FlagRow>, StoreError> {
        type Raw = (String, String, String, Option<String>, Option<String>, bool, String, String);
        let events: Vec<Raw> = self.run_sql(|c| {
            c.prepare_cached(
                "SELECT target, kind, said_by, notice, citation, holds, source, stored_at FROM flag_event
                 WHERE id <= ?2 AND target IN (
                     SELECT ?1 UNION SELECT upper(i.scheme) || ':' || i.value FROM document n
                     JOIN identifier i ON i.document = n.id AND i.scheme IN ('pmid', 'pmcid', 'doi') WHERE n.name = ?1)
                 ORDER BY id",
            )?
            .query_map(params![target.as_str(), snapshot.flag_through], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?, r.get(7)?))
            })?
            .collect()
        })?;
        let mut held = BTreeMap::new();
        for (named, kind, said_by, notice, citation, holds, source, stored_at) in events {
            let key = (named, (kind, said_by, notice, citation));
            if holds {
                held.insert(key, (source, stored_at));
            } else {
                held.remove(&key);
            }
        }
        // Said of it by its PMID and by its DOI it is said once.
        let once: BTreeMap<_, _> = held.into_iter().rev().map(|((_, said), told)| (said, told)).collect();
        once.into_iter()
            .map(|((kind, said_by, notice, citation), (source, stored_at))| {
                let kind = FlagKind::from_name(&kind).ok_or_else(|| self.damaged(format!("unknown flag {kind}")))?;
                let notice = notice.map(|notice| self.id(notice)).transpose()?;
                let said_by = self.id(said_by)?;
                Ok(FlagRow { target: target.clone(), kind, said_by, source, notice, citation, stored_at })
            })
            .collect()
    }

    /// Every document that any record ever said anything about, whether or not it still holds: the others have no flags.
    pub fn spoken_of(&self) -> Result<BTreeSet<String>, StoreError> {
        self.run_sql(|c| {
            c.prepare(&format!("SELECT DISTINCT name FROM ({SPOKEN_OF})"))?.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// How many documents that the snapshot shows are flagged as retracted.
    pub(super) fn retracted(&self, snapshot: &Snapshot) -> Result<u64, StoreError> {
        let spoken_of: Vec<String> = self.run_sql(|c| {
            c.prepare(&format!(
                "SELECT DISTINCT s.name FROM ({SPOKEN_OF}) s JOIN document n ON n.name = s.name
                 JOIN ({}) v ON v.document = n.id WHERE s.kind = ?1",
                current_versions(Some(snapshot))
            ))?
            .query_map([FlagKind::Retracted.name()], |row| row.get(0))?
            .collect()
        })?;
        let mut retracted = 0;
        for name in spoken_of {
            let flags = self.flags(snapshot, &self.id(name)?)?;
            retracted += u64::from(flags.iter().any(|flag| flag.kind == FlagKind::Retracted));
        }
        Ok(retracted)
    }
}

/// Whose record says something, in which run, and when.
#[derive(Clone, Copy)]
pub(super) struct Told<'t> {
    pub(super) source: &'t str,
    pub(super) run: RunId,
    pub(super) now: &'t str,
}

/// A flag without its speaker, as stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct FlagKey {
    target: String,
    kind: String,
    notice: Option<String>,
    citation: Option<String>,
}

impl From<&Flag> for FlagKey {
    fn from(flag: &Flag) -> Self {
        Self {
            target: flag.target.as_str().to_owned(),
            kind: flag.kind.name().to_owned(),
            notice: flag.notice.as_ref().map(|id| id.as_str().to_owned()),
            citation: flag.citation.clone(),
        }
    }
}

/// Notes what `speaker` says now: flags that it did not raise before begin, flags that it no longer raises cease.
pub(super) fn say(c: &Connection, speaker: &str, flags: &[Flag], told: &Told<'_>) -> rusqlite::Result<()> {
    let held = said_by(c, speaker)?;
    let flags: BTreeSet<FlagKey> = flags.iter().map(FlagKey::from).collect();
    let event = |flag: &FlagKey, holds: bool| {
        c.prepare_cached(
            "INSERT INTO flag_event (target, kind, said_by, notice, citation, holds, source, run, stored_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            flag.target,
            flag.kind,
            speaker,
            flag.notice,
            flag.citation,
            holds,
            told.source,
            told.run.0,
            told.now
        ])
    };
    for flag in flags.difference(&held) {
        event(flag, true)?;
    }
    for flag in held.difference(&flags) {
        event(flag, false)?;
    }
    Ok(())
}

/// Notes what a document says by the version of it that counts now; if there is none, it says nothing any more.
pub(super) fn settle(c: &Connection, document: i64, told: &Told<'_>) -> rusqlite::Result<()> {
    let name: String =
        c.prepare_cached("SELECT name FROM document WHERE id = ?1")?.query_row([document], |row| row.get(0))?;
    let flags = match current_document(c, document)? {
        None => Vec::new(),
        Some(row) => {
            let parsed: Vec<u8> = c
                .prepare_cached("SELECT parsed FROM document_version WHERE id = ?1")?
                .query_row([row], |r| r.get(0))?;
            unpack::<Document>(&parsed).map(|document| document.flags()).unwrap_or_default()
        }
    };
    say(c, &name, &flags, told)
}

fn said_by(c: &Connection, speaker: &str) -> rusqlite::Result<BTreeSet<FlagKey>> {
    let mut held = BTreeSet::new();
    let mut statement = c.prepare_cached(
        "SELECT target, kind, notice, citation, holds FROM flag_event WHERE said_by = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([speaker])?;
    while let Some(row) = rows.next()? {
        let key = FlagKey { target: row.get(0)?, kind: row.get(1)?, notice: row.get(2)?, citation: row.get(3)? };
        if row.get(4)? {
            held.insert(key);
        } else {
            held.remove(&key);
        }
    }
    Ok(held)
}
