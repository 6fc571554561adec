//! Storing a delivery: records, deletions, flags, rejections and the checkpoint, all or nothing.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::flags::{self, Told};
use super::{NewRecord, PackedRecord, RunId, Store, StoreError, compress, merges, now, sql_error, statements, union};
use crate::model::{Document, DocumentId, Statement};

/// What a delivery, or a run, brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records, deletions and rejections that were seen.
    pub found: u64,
    /// Documents that were not held before, or that had been deleted.
    pub added: u64,
    /// Documents whose record differs from the one held.
    pub revised: u64,
    /// Records that are held already, and deletions of what is not held.
    pub unchanged: u64,
    /// Documents withdrawn by their source, if they were held.
    pub deleted: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Records of documents that another source delivered before this one did.
    pub duplicate: u64,
    /// Records that the source's filter does not keep.
    pub passed: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.found += other.found;
        self.added += other.added;
        self.revised += other.revised;
        self.unchanged += other.unchanged;
        self.deleted += other.deleted;
        self.rejected += other.rejected;
        self.duplicate += other.duplicate;
        self.passed += other.passed;
    }
}

/// What storing a record did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// The document was not held.
    Added,
    /// Another version of it was.
    Revised,
    /// Just this was.
    Unchanged,
    /// It was held from another source, and this one had not delivered it before.
    Duplicate,
}

/// A delivery being stored. Nothing of it is seen, or lasts, until [`Ingest::commit`].
pub struct Ingest<'s> {
    pub(super) transaction: Transaction<'s>,
    pub(super) path: &'s std::path::Path,
    pub(super) source: String,
    source_row: i64,
    pub(super) origin: i64,
    pub(super) run: RunId,
    pub(super) now: String,
    newest: Option<String>,
    pub(super) counts: Counts,
    /// What is said of papers in this delivery.
    pub(super) statements: Vec<Statement>,
    /// Where the first of them came from.
    pub(super) stated_in: Option<i64>,
    /// Whether anything is said of papers that may be in it.
    spoken: bool,
}

impl Store {
    /// Begins to store what `source` delivers from `origin`.
    pub fn ingest(&mut self, run: RunId, source: &str, origin: &str) -> Result<Ingest<'_>, StoreError> {
        let path = self.path.as_path();
        let sql = |error| sql_error(path, error);
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        let origin = origin_row(&transaction, source, origin).map_err(sql)?;
        transaction.execute("INSERT OR IGNORE INTO source (name) VALUES (?1)", [source]).map_err(sql)?;
        let source_row =
            transaction.query_row("SELECT id FROM source WHERE name = ?1", [source], |row| row.get(0)).map_err(sql)?;
        let spoken = statements::any(&transaction).map_err(sql)?;
        Ok(Ingest {
            transaction,
            path,
            source: source.to_owned(),
            source_row,
            origin,
            run,
            now: now(),
            newest: None,
            counts: Counts::default(),
            statements: Vec::new(),
            stated_in: None,
            spoken,
        })
    }

    /// Remembers how far a part of a source has come, where no records go with it.
    pub fn remember(&mut self, run: RunId, source: &str, partition: &str, position: &str) -> Result<(), StoreError> {
        self.run_sql(|c| keep_checkpoint(c, run, source, partition, position))
    }

    /// The checkpoints of a source, as partition and position.
    pub fn checkpoints(&self, source: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.run_sql(|c| {
            c.prepare("SELECT partition, position FROM checkpoint WHERE source = ?1 ORDER BY partition")?
                .query_map([source], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }
}

impl Ingest<'_> {
    /// What follows comes from `origin`, a part of the delivery: a member of an archive.
    pub fn at(&mut self, origin: &str) -> Result<(), StoreError> {
        self.settle().map_err(|error| sql_error(self.path, error))?;
        self.origin =
            origin_row(&self.transaction, &self.source, origin).map_err(|error| sql_error(self.path, error))?;
        Ok(())
    }

    /// Notes the newest date among the records of the origin at hand.
    fn settle(&mut self) -> rusqlite::Result<()> {
        let Some(newest) = self.newest.take() else { return Ok(()) };
        self.transaction
            .prepare_cached("UPDATE origin SET newest = ?2 WHERE id = ?1 AND ?2 > coalesce(newest, '')")?
            .execute(params![self.origin, newest])?;
        Ok(())
    }

    /// Stores a version of a document, unless the version that counts is the same to the byte.
    pub fn record(&mut self, record: NewRecord<'_>) -> Result<Stored, StoreError> {
        self.packed(&record.pack()?)
    }

    /// The same for a record that was made ready before.
    pub fn packed(&mut self, record: &PackedRecord) -> Result<Stored, StoreError> {
        let stored = self.insert(record).map_err(|error| sql_error(self.path, error))?;
        self.counts.found += 1;
        match stored {
            Stored::Added => self.counts.added += 1,
            Stored::Revised => self.counts.revised += 1,
            Stored::Unchanged => self.counts.unchanged += 1,
            Stored::Duplicate => self.counts.duplicate += 1,
        }
        if record.dated > self.newest {
            self.newest.clone_from(&record.dated);
        }
        Ok(stored)
    }

    fn insert(&self, record: &PackedRecord) -> rusqlite::Result<Stored> {
        let c = &self.transaction;
        let is_new =
            c.prepare_cached("INSERT OR IGNORE INTO document (name) VALUES (?1)")?.execute([record.name.as_str()])? > 0;
        // Of a document that was never heard of there is nothing to compare with.
        let (document, named, live, current) = if is_new {
            (c.last_insert_rowid(), None, None, None)
        } else {
            let names: i64 = c
                .prepare_cached("SELECT id FROM document WHERE name = ?1")?
                .query_row([record.name.as_str()], |row| row.get(0))?;
            let document = merges::root(c, names)?;
            let named = (names != document).then_some(names);
            (document, named, live_version(c, document, named, record)?, current_document(c, document)?)
        };
        let from_here = c
            .prepare_cached("INSERT OR IGNORE INTO holding (document, source) VALUES (?1, ?2)")?
            .execute(params![document, self.source_row])?
            > 0;
        let duplicate = from_here && current.is_some();
        if live.as_ref().is_some_and(|(_, held)| held.as_slice() == record.digest.as_slice()) {
            // It may be held since before documents were merged.
            merges::join(c, document, &record.identifiers, self.origin, &self.told())?;
            return Ok(if duplicate { Stored::Duplicate } else { Stored::Unchanged });
        }
        c.prepare_cached(
            "INSERT INTO document_version (document, source_version, digest, format, record, parsed, origin, position, run,
                                           stored_at, named)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            document, record.version, record.digest.as_slice(), record.format, record.record, record.parsed,
            self.origin, record.position as i64, self.run.0, self.now, named
        ])?;
        let row = c.last_insert_rowid();
        for (scheme, value) in &record.identifiers {
            c.prepare_cached("INSERT OR IGNORE INTO identifier (scheme, value, document) VALUES (?1, ?2, ?3)")?
                .execute(params![scheme, value, document])?;
        }
        if self.spoken {
            statements::reach(c, &record.identifiers, self.run, &self.now)?;
        }
        let told = self.told();
        let kept = merges::join(c, document, &record.identifiers, self.origin, &told)?;
        if let Some(kept) = kept.filter(|kept| *kept != document) {
            // It was another, from whichever source that came first.
            let others = c
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM holding WHERE document = ?1 AND source <> ?2)")?
                .query_row(params![kept, self.source_row], |row| row.get::<_, bool>(0))?;
            return Ok(if is_new && others { Stored::Duplicate } else { Stored::Revised });
        }
        // What an older version says no longer holds; only the version that counts speaks. Of merged documents that was seen to.
        if kept.is_none() {
            let united = !is_new && union::unite(c, document, self.origin, self.run, &self.now)?.is_some();
            if united || named.is_some() {
                flags::settle(c, document, &told)?;
            } else if !is_new && current_document(c, document)? == Some(row) || !record.flags.is_empty() && is_new {
                flags::say(c, record.name.as_str(), &record.flags, &told)?;
            }
        }
        Ok(match current {
            None => Stored::Added,
            Some(_) if duplicate => Stored::Duplicate,
            Some(_) => Stored::Revised,
        })
    }

    /// Who speaks here, and when.
    fn told(&self) -> Told<'_> {
        Told { source: &self.source, run: self.run, now: &self.now }
    }

    /// Notes that a source withdrew a version. What is not held needs no deletion.
    pub fn delete(&mut self, id: &DocumentId, version: u32, position: u64) -> Result<(), StoreError> {
        let deleted = self.withdraw(id, version, position).map_err(|error| sql_error(self.path, error))?;
        self.counts.found += 1;
        self.counts.deleted += u64::from(deleted);
        self.counts.unchanged += u64::from(!deleted);
        Ok(())
    }

    fn withdraw(&self, id: &DocumentId, version: u32, position: u64) -> rusqlite::Result<bool> {
        let c = &self.transaction;
        let document: Option<i64> = c
            .prepare_cached("SELECT id FROM document WHERE name = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        let Some(document) = document else { return Ok(false) };
        let live: bool = c
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM document_version v WHERE v.document = ?1 AND v.source_version = ?2
                 AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.document = v.document
                                 AND d.source_version = v.source_version AND d.after_version >= v.id))",
            )?
            .query_row(params![document, version], |row| row.get(0))?;
        if !live {
            return Ok(false);
        }
        let parts = union::live_parts(c, document)?;
        if let [one] = parts.as_slice()
            && union::is_citation(one)
        {
            c.prepare_cached(
                "INSERT INTO deletion (document, source_version, after_version, origin, position, run, stored_at)
                 VALUES (?1, ?2, (SELECT max(id) FROM document_version), ?3, ?4, ?5, ?6)",
            )?
            .execute(params![document, version, self.origin, position as i64, self.run.0, self.now])?;
        } else {
            // The union is of another version, perhaps, and holds what is withdrawn: it goes too, and what stays is united anew.
            let stays = |part: &&union::Part| !union::is_citation(part) || part.source_version != i64::from(version);
            let staying: Vec<_> = parts.iter().filter(stays).map(|part| (part.row, part.named)).collect();
            if staying.len() == parts.len() {
                return Ok(false);
            }
            union::end_all(c, document, self.origin, self.run, &self.now)?;
            union::store_again(c, staying, document, self.run, &self.now)?;
            union::unite(c, document, self.origin, self.run, &self.now)?;
        }
        flags::settle(c, document, &self.told())?;
        Ok(true)
    }

    /// Keeps a record that could not be read, for inspection.
    pub fn reject(&mut self, position: u64, reason: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let packed = compress(bytes).map_err(|error| StoreError::Damaged {
            path: self.path.to_owned(),
            reason: format!("a rejected record could not be compressed: {error}"),
        })?;
        self.transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO rejected (source, origin, position, reason, record, run, stored_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .and_then(|mut s| {
                s.execute(params![self.source, self.origin, position as i64, reason, packed, self.run.0, self.now])
            })
            .map_err(|error| sql_error(self.path, error))?;
        self.counts.found += 1;
        self.counts.rejected += 1;
        Ok(())
    }

    /// Whether a document with one of its identifiers was ever stored.
    pub fn holds(&self, document: &Document) -> Result<bool, StoreError> {
        merges::is_known(&self.transaction, document).map_err(|error| sql_error(self.path, error))
    }

    /// Counts a record that is not of the topic: it was found, and is not stored.
    pub fn pass(&mut self) {
        self.counts.found += 1;
        self.counts.passed += 1;
    }

    /// What was stored so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Makes it last; with the checkpoint, if the delivery was complete.
    pub fn commit(mut self, checkpoint: Option<(&str, &str)>) -> Result<Counts, StoreError> {
        let path = self.path;
        let counts = self.counts;
        let mut finish = || -> rusqlite::Result<()> {
            self.settle()?;
            if let Some((partition, position)) = checkpoint {
                keep_checkpoint(&self.transaction, self.run, &self.source, partition, position)?;
            }
            Ok(())
        };
        finish().map_err(|error| sql_error(path, error))?;
        self.transaction.commit().map_err(|error| sql_error(path, error))?;
        Ok(counts)
    }
}

fn origin_row(c: &Connection, source: &str, name: &str) -> rusqlite::Result<i64> {
    c.prepare_cached("INSERT OR IGNORE INTO origin (source, name) VALUES (?1, ?2)")?.execute(params![source, name])?;
    c.prepare_cached("SELECT id FROM origin WHERE source = ?1 AND name = ?2")?
        .query_row(params![source, name], |row| row.get(0))
}

fn keep_checkpoint(c: &Connection, run: RunId, source: &str, partition: &str, position: &str) -> rusqlite::Result<()> {
    c.execute(
        "INSERT INTO checkpoint (source, partition, position, run) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (source, partition) DO UPDATE SET position = ?3, run = ?4",
        params![source, partition, position, run.0],
    )?;
    Ok(())
}

/// The row and digest of the version of a record's number, as its format tells of it under its name, that was not withdrawn.
fn live_version(
    c: &Connection,
    document: i64,
    named: Option<i64>,
    record: &PackedRecord,
) -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
    c.prepare_cached(
        "SELECT v.id, v.digest FROM document_version v WHERE v.document = ?1 AND v.source_version = ?2
         AND v.format = ?3 AND v.named IS ?4 AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.document = v.document
                         AND d.source_version = v.source_version AND d.after_version >= v.id)
         ORDER BY v.id DESC LIMIT 1",
    )?
    .query_row(params![document, record.version, record.format, named], |row| Ok((row.get(0)?, row.get(1)?)))
    .optional()
}

/// The version that counts of a document, now.
pub(super) fn current_document(c: &Connection, document: i64) -> rusqlite::Result<Option<i64>> {
    c.prepare_cached(
        "SELECT v.id FROM document_version v WHERE v.document = ?1
         AND NOT EXISTS (SELECT 1 FROM deletion d WHERE d.document = v.document
                         AND d.source_version = v.source_version AND d.after_version >= v.id)
         ORDER BY v.source_version DESC, v.id DESC LIMIT 1",
    )?
    .query_row([document], |row| row.get(0))
    .optional()
}
