//! One document from records that name it differently.
//!
//! A record names its document by the first it has of PMID, PMCID and DOI. Where one source leaves out what another has, two names
//! come of one paper. They are merged when they share a PMID, a PMCID or a DOI and nothing speaks against it: no other identifier
//! of these that both have and that differs and, where a DOI alone is shared (supplements lend theirs to every abstract), titles
//! that have words in common. The better name is kept; the versions of the other are stored once more under it, with the name that
//! their records give. A merge is an event, and can be undone; a pair that was undone is never merged again.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::flags::{self, Told};
use super::ingest::current_document;
use super::pack::identifier_pairs;
use super::read::unpack;
use super::union::{self, Part};
use super::{RunId, Store, StoreError, now, sql_error};
use crate::model::{Document, DocumentId};

/// The identifiers that tell one paper from another, best first: as many names as a document can have.
const TELLING: [&str; 3] = ["pmid", "pmcid", "doi"];

/// The share of the words of the shorter title that stand in the other, at least, where two records share a DOI alone …
const LIKENESS: f64 = 0.5;
/// … and how many of them, at least, where it has so many.
const LEAST_SHARED: usize = 2;
/// Shorter words are in any title.
const SHORTEST_WORD: usize = 4;

/// More documents than this that carry one identifier are not looked at: it tells nothing.
const MOST_CARRIERS: i64 = 50;

/// That two documents were found to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The name that was given up.
    pub absorbed: DocumentId,
    /// The name that it goes by.
    pub kept: DocumentId,
    /// What kind of identifier both carry: `pmid`, `pmcid` or `doi`.
    pub scheme: String,
    /// The identifier.
    pub value: String,
    /// The source whose record brought it to light.
    pub source: String,
    /// When.
    pub stored_at: String,
}

impl Store {
    /// The merges that hold, oldest first.
    pub fn merges(&self) -> Result<Vec<Merge>, StoreError> {
        type Raw = (String, String, String, String, String, String);
        let rows: Vec<Raw> = self.run_sql(|c| {
            c.prepare(
                "SELECT a.name, k.name, m.scheme, m.value, m.source, m.stored_at FROM merged m
                 JOIN document a ON a.id = m.absorbed JOIN document k ON k.id = m.kept ORDER BY m.id",
            )?
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?)))?
            .collect()
        })?;
        rows.into_iter()
            .map(|(absorbed, kept, scheme, value, source, stored_at)| {
                Ok(Merge { absorbed: self.id(absorbed)?, kept: self.id(kept)?, scheme, value, source, stored_at })
            })
            .collect()
    }

    /// Takes a document out of the one that it was merged into; the two are never merged again. Gives the name of the other; none if
    /// there is no such merge.
    pub fn undo_merge(&mut self, run: RunId, absorbed: &DocumentId) -> Result<Option<DocumentId>, StoreError> {
        let path = self.path.clone();
        let mut undo = || -> rusqlite::Result<Option<String>> {
            let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let kept = part(&transaction, absorbed, run)?;
            transaction.commit()?;
            Ok(kept)
        };
        let kept = undo().map_err(|error| sql_error(&path, error))?;
        kept.map(|kept| self.id(kept)).transpose()
    }

    /// The name that a document goes by in the store, whichever of its identifiers it is asked for by; itself where the store
    /// knows none, or several.
    pub fn name_of(&self, asked: &DocumentId) -> Result<DocumentId, StoreError> {
        let found: Option<String> = self.run_sql(|c| {
            let name = |row: i64| c.query_row("SELECT name FROM document WHERE id = ?1", [root(c, row)?], |r| r.get(0));
            let named: Option<i64> = c
                .query_row("SELECT id FROM document WHERE name = ?1", [asked.as_str()], |row| row.get(0))
                .optional()?;
            if let Some(row) = named {
                return name(row).map(Some);
            }
            let Some((scheme, value)) = asked.as_str().split_once(':') else { return Ok(None) };
            let carriers = carriers(c, &scheme.to_lowercase(), value)?;
            match carriers.into_iter().collect::<Vec<_>>().as_slice() {
                [row] => name(*row).map(Some),
                _ => Ok(None),
            }
        })?;
        found.map_or_else(|| Ok(asked.clone()), |name| self.id(name))
    }
}

/// The document that a row was found to be of: itself, where it was not merged.
pub(super) fn root(c: &Connection, document: i64) -> rusqlite::Result<i64> {
    let mut row = document;
    let mut statement = c.prepare_cached("SELECT kept FROM merged WHERE absorbed = ?1")?;
    while let Some(kept) = statement.query_row([row], |r| r.get(0)).optional()? {
        row = kept;
    }
    Ok(row)
}

/// The documents that carry an identifier, by the rows that they go by.
fn carriers(c: &Connection, scheme: &str, value: &str) -> rusqlite::Result<BTreeSet<i64>> {
    let rows: Vec<i64> = c
        .prepare_cached("SELECT document FROM identifier WHERE scheme = ?1 AND value = ?2")?
        .query_map([scheme, value], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    rows.into_iter().map(|row| root(c, row)).collect()
}

/// Whether a document carries one of the identifiers that tell this one from others.
pub(super) fn is_known(c: &Connection, document: &Document) -> rusqlite::Result<bool> {
    let mut statement = c.prepare_cached("SELECT 1 FROM identifier WHERE scheme = ?1 AND value = ?2")?;
    for (scheme, value) in identifier_pairs(document) {
        if (TELLING.contains(&scheme.as_str()) || scheme == "nct") && statement.exists([scheme, value])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Merges a document, which just got a version with these identifiers, with what it is one with. Gives the row that is kept; none
/// if nothing was merged.
pub(super) fn join(
    c: &Connection,
    document: i64,
    identifiers: &[(String, String)],
    origin: i64,
    told: &Told<'_>,
) -> rusqlite::Result<Option<i64>> {
    let mut kept = None;
    for (scheme, value) in identifiers.iter().filter(|(scheme, _)| TELLING.contains(&scheme.as_str())) {
        // Nearly every record is the only one with its identifiers: one question tells.
        let others: Vec<i64> = c
            .prepare_cached(
                "SELECT document FROM identifier WHERE scheme = ?1 AND value = ?2 AND document <> ?3 LIMIT ?4",
            )?
            .query_map(params![scheme, value, document, MOST_CARRIERS], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let one = kept.unwrap_or(document);
        let mut same = BTreeSet::new();
        for other in others {
            let other = root(c, other)?;
            if one != other && !same.contains(&other) && are_one(c, one, other, scheme)? {
                same.insert(other);
            }
        }
        // What several documents have that are not one themselves tells of none of them.
        if let [first, rest @ ..] = same.iter().copied().collect::<Vec<_>>().as_slice()
            && rest
                .iter()
                .map(|other| are_one(c, *first, *other, scheme))
                .collect::<rusqlite::Result<Vec<_>>>()?
                .contains(&false)
        {
            continue;
        }
        for other in same {
            let one = kept.unwrap_or(document);
            let (better, worse) = if rank(c, one)? <= rank(c, other)? { (one, other) } else { (other, one) };
            absorb(c, &Pair { absorbed: worse, kept: better, scheme, value }, origin, told)?;
            union::unite(c, better, origin, told.run, told.now)?;
            flags::settle(c, worse, told)?;
            flags::settle(c, better, told)?;
            kept = Some(better);
        }
    }
    Ok(kept)
}

/// Whether two documents that share an identifier of this scheme are one.
fn are_one(c: &Connection, one: i64, other: i64, scheme: &str) -> rusqlite::Result<bool> {
    if was_undone(c, one, other)? {
        return Ok(false);
    }
    let (ours, theirs) = (telling(c, one)?, telling(c, other)?);
    let differs = |scheme: &str| match (ours.get(scheme), theirs.get(scheme)) {
        (Some(a), Some(b)) => a.is_disjoint(b),
        _ => false,
    };
    if TELLING.iter().any(|scheme| differs(scheme)) {
        return Ok(false);
    }
    let (Some(ours), Some(theirs)) = (current_title(c, one)?, current_title(c, other)?) else {
        // One of them was withdrawn.
        return Ok(false);
    };
    Ok(scheme != "doi" || are_alike(&ours, &theirs))
}

/// Whether a name of the one was once taken out of the other.
fn was_undone(c: &Connection, one: i64, other: i64) -> rusqlite::Result<bool> {
    // Nearly no corpus has any.
    if !c.prepare_cached("SELECT 1 FROM merge_event WHERE holds = 0")?.exists([])? {
        return Ok(false);
    }
    let (ours, theirs) = (names_under(c, one)?, names_under(c, other)?);
    let mut statement = c.prepare_cached("SELECT absorbed, kept FROM merge_event WHERE holds = 0")?;
    let pairs = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
    for pair in pairs {
        let (a, b) = pair?;
        if ours.contains(&a) && theirs.contains(&b) || ours.contains(&b) && theirs.contains(&a) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A document and all that was merged into it, by their rows.
fn names_under(c: &Connection, document: i64) -> rusqlite::Result<BTreeSet<i64>> {
    let mut names = BTreeSet::from([document]);
    let mut from = vec![document];
    let mut statement = c.prepare_cached("SELECT absorbed FROM merged WHERE kept = ?1")?;
    while let Some(row) = from.pop() {
        for absorbed in statement.query_map([row], |r| r.get::<_, i64>(0))? {
            let absorbed = absorbed?;
            if names.insert(absorbed) {
                from.push(absorbed);
            }
        }
    }
    Ok(names)
}

/// The identifiers that tell a document from others, by scheme.
fn telling(c: &Connection, document: i64) -> rusqlite::Result<BTreeMap<String, BTreeSet<String>>> {
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut statement = c.prepare_cached("SELECT scheme, value FROM identifier WHERE document = ?1")?;
    let mut rows = statement.query([document])?;
    while let Some(row) = rows.next()? {
        let scheme: String = row.get(0)?;
        if TELLING.contains(&scheme.as_str()) {
            told.entry(scheme).or_default().insert(row.get(1)?);
        }
    }
    Ok(told)
}

fn current_title(c: &Connection, document: i64) -> rusqlite::Result<Option<String>> {
    let Some(row) = current_document(c, document)? else { return Ok(None) };
    let parsed: Vec<u8> =
        c.prepare_cached("SELECT parsed FROM document_version WHERE id = ?1")?.query_row([row], |r| r.get(0))?;
    Ok(Some(unpack::<Document>(&parsed).map(|document| document.title().to_owned()).unwrap_or_default()))
}

/// Whether two titles may be those of one paper. An empty one says nothing for it.
fn are_alike(one: &str, other: &str) -> bool {
    let words = |title: &str| -> BTreeSet<String> {
        let words = title.to_lowercase();
        let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= SHORTEST_WORD);
        words.map(str::to_owned).collect()
    };
    let (one, other) = (words(one), words(other));
    let shorter = one.len().min(other.len());
    let shared = one.intersection(&other).count();
    shared >= LEAST_SHARED.min(shorter.max(1)) && shared as f64 >= LIKENESS * shorter as f64
}

/// How good a name is: by its scheme, and the older of two.
fn rank(c: &Connection, document: i64) -> rusqlite::Result<(usize, i64)> {
    let name: String =
        c.prepare_cached("SELECT name FROM document WHERE id = ?1")?.query_row([document], |row| row.get(0))?;
    let scheme = name.split(':').next().unwrap_or_default().to_lowercase();
    Ok((TELLING.iter().position(|telling| *telling == scheme).unwrap_or(TELLING.len()), document))
}

/// Two documents that are one, and the identifier that shows it.
struct Pair<'p> {
    absorbed: i64,
    kept: i64,
    scheme: &'p str,
    value: &'p str,
}

/// Stores what lives of one document under the name of another.
fn absorb(c: &Connection, pair: &Pair<'_>, origin: i64, told: &Told<'_>) -> rusqlite::Result<()> {
    let parts = union::live_parts(c, pair.absorbed)?;
    let rows = parts.iter().map(|part| (part.row, part.named.or(Some(pair.absorbed))));
    union::store_again(c, rows, pair.kept, told.run, told.now)?;
    union::end_all(c, pair.absorbed, origin, told.run, told.now)?;
    for copied in [
        "INSERT OR IGNORE INTO holding (document, source) SELECT ?2, source FROM holding WHERE document = ?1",
        "INSERT OR IGNORE INTO identifier (scheme, value, document)
         SELECT scheme, value, ?2 FROM identifier WHERE document = ?1",
    ] {
        c.prepare_cached(copied)?.execute([pair.absorbed, pair.kept])?;
    }
    event(c, pair, true, told)
}

fn event(c: &Connection, pair: &Pair<'_>, holds: bool, told: &Told<'_>) -> rusqlite::Result<()> {
    c.prepare_cached(
        "INSERT INTO merge_event (absorbed, kept, scheme, value, holds, source, run, stored_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        pair.absorbed,
        pair.kept,
        pair.scheme,
        pair.value,
        holds,
        told.source,
        told.run.0,
        told.now
    ])?;
    Ok(())
}

/// Undoes a merge; see [`Store::undo_merge`].
fn part(c: &Connection, absorbed: &DocumentId, run: RunId) -> rusqlite::Result<Option<String>> {
    type Held = (i64, i64, String, String, String);
    let held: Option<Held> = c
        .query_row(
            "SELECT m.absorbed, m.kept, m.scheme, m.value, m.source FROM merged m JOIN document a ON a.id = m.absorbed
             WHERE a.name = ?1",
            [absorbed.as_str()],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)),
        )
        .optional()?;
    let Some((row, direct, scheme, value, source)) = held else { return Ok(None) };
    let now = now();
    let told = Told { source: &source, run, now: &now };
    let kept = root(c, row)?;
    let parts = union::live_parts(c, kept)?;
    let mut going = Vec::new();
    let mut staying = Vec::new();
    for part in &parts {
        // What the document had absorbed before goes with it.
        let goes = part.named.map_or(Ok(false), |named| leads_through(c, named, row))?;
        if goes { &mut going } else { &mut staying }.push(part);
    }
    let Some(first) = parts.first() else { return Ok(None) };
    let origin = |part: &Part| {
        c.query_row("SELECT origin FROM document_version WHERE id = ?1", [part.row], |r| r.get::<_, i64>(0))
    };
    union::end_all(c, kept, origin(first)?, run, &now)?;
    union::store_again(c, staying.iter().map(|part| (part.row, part.named)), kept, run, &now)?;
    let renamed = |part: &&Part| (part.row, part.named.filter(|named| *named != row));
    union::store_again(c, going.iter().map(renamed), row, run, &now)?;
    part_identifiers(c, row, kept, &going, &staying)?;
    // Whichever way the pair is met again: directly, or through what stood between.
    let pair = |kept| Pair { absorbed: row, kept, scheme: &scheme, value: &value };
    if direct != kept {
        event(c, &pair(kept), false, &told)?;
    }
    event(c, &pair(direct), false, &told)?;
    for (document, parts) in [(kept, &staying), (row, &going)] {
        if let Some(part) = parts.first() {
            union::unite(c, document, origin(part)?, run, &now)?;
        }
        flags::settle(c, document, &told)?;
    }
    c.query_row("SELECT name FROM document WHERE id = ?1", [kept], |r| r.get(0)).map(Some)
}

/// Whether a merged name goes by way of a document.
fn leads_through(c: &Connection, named: i64, document: i64) -> rusqlite::Result<bool> {
    let mut row = named;
    let mut statement = c.prepare_cached("SELECT kept FROM merged WHERE absorbed = ?1")?;
    loop {
        if row == document {
            return Ok(true);
        }
        match statement.query_row([row], |r| r.get(0)).optional()? {
            Some(kept) => row = kept,
            None => return Ok(false),
        }
    }
}

/// Gives each of two documents the identifiers and the sources of its own parts, and takes from the one that was kept what came with
/// the other alone.
fn part_identifiers(
    c: &Connection,
    absorbed: i64,
    kept: i64,
    going: &[&Part],
    staying: &[&Part],
) -> rusqlite::Result<()> {
    let (lent, own) = (identified(c, going)?, identified(c, staying)?);
    for (scheme, value) in &lent.0 {
        c.execute(
            "INSERT OR IGNORE INTO identifier (scheme, value, document) VALUES (?1, ?2, ?3)",
            params![scheme, value, absorbed],
        )?;
    }
    for source in &lent.1 {
        c.execute("INSERT OR IGNORE INTO holding (document, source) VALUES (?1, ?2)", [absorbed, *source])?;
    }
    for (scheme, value) in lent.0.difference(&own.0) {
        c.execute(
            "DELETE FROM identifier WHERE document = ?1 AND scheme = ?2 AND value = ?3",
            params![kept, scheme, value],
        )?;
    }
    for source in lent.1.difference(&own.1) {
        c.execute("DELETE FROM holding WHERE document = ?1 AND source = ?2", [kept, *source])?;
    }
    Ok(())
}

/// The identifiers that parts carry, and the sources that they came from.
type Carried = (BTreeSet<(String, String)>, BTreeSet<i64>);

fn identified(c: &Connection, parts: &[&Part]) -> rusqlite::Result<Carried> {
    let mut carried = Carried::default();
    for part in parts {
        if let Ok(document) = unpack::<Document>(part.parsed()) {
            carried.0.extend(identifier_pairs(&document));
        }
        carried.1.insert(c.query_row(
            "SELECT s.id FROM document_version v JOIN origin o ON o.id = v.origin JOIN source s ON s.name = o.source
             WHERE v.id = ?1",
            [part.row],
            |r| r.get::<_, i64>(0),
        )?);
    }
    Ok(carried)
}

#[cfg(test)]
mod tests;
