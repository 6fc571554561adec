//! What registers say of papers.
//!
//! A delivery of statements is a whole: it takes the place of what the same origin said before. Statements are kept whether or not
//! a document carries the PMID or the DOI that they name; where one does, or comes to, they are flags on it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::flags::{self, Told};
use super::ingest::{Counts, Ingest};
use super::{RunId, StoreError, sql_error};
use crate::model::{FlagKind, Statement, in_force};

/// A table that lost more than one in so many of the statements it made is taken to be cut short …
const LOST_SHARE: usize = 10;
/// … if it lost more than so many.
const LOST_ALWAYS: usize = 20;

/// A statement that stands.
struct Standing {
    row: i64,
    statement: Statement,
    flag: Option<FlagKind>,
}

impl Ingest<'_> {
    /// Takes note of a statement; see [`Ingest::settle_statements`].
    pub fn state(&mut self, statement: Statement) {
        self.counts.found += 1;
        self.stated_in.get_or_insert(self.origin);
        self.statements.push(statement);
    }

    /// Whether this delivery holds statements.
    pub fn states(&self) -> bool {
        self.stated_in.is_some()
    }

    /// Puts the statements of this delivery in the place of those that its origin made before. Where some of its rows could not be
    /// read nothing is taken back, since it may stand in one of those. Says why, if it refuses: then what was said before stands.
    pub fn settle_statements(&mut self) -> Result<Option<String>, StoreError> {
        let told = std::mem::take(&mut self.statements);
        let (c, run, now) = (&self.transaction, self.run, self.now.as_str());
        let by = Told { source: &self.source, run, now };
        let origin = self.stated_in.unwrap_or(self.origin);
        let settled = settle(c, origin, told, self.counts.rejected == 0, &by);
        match settled.map_err(|error| sql_error(self.path, error))? {
            Ok(counts) => {
                self.counts += counts;
                Ok(None)
            }
            Err(refused) => Ok(Some(refused)),
        }
    }
}

/// Settles what an origin says. The inner error says why it is not believed.
fn settle(
    c: &Connection,
    origin: i64,
    told: Vec<Statement>,
    whole: bool,
    by: &Told<'_>,
) -> rusqlite::Result<Result<Counts, String>> {
    let held = standing(c, origin)?;
    let said: BTreeSet<String> = told.iter().map(|statement| statement.said_by.to_string()).collect();
    let lost = held.keys().filter(|speaker| !said.contains(*speaker)).count();
    if lost > LOST_ALWAYS && lost * LOST_SHARE > held.len() {
        return Ok(Err(format!(
            "{lost} of {} statements that it made before are missing: taken to be cut short, and what was said before stands",
            held.len()
        )));
    }
    let mut counts = Counts { duplicate: (told.len() - said.len()) as u64, ..Counts::default() };
    // Of a record that stands in it twice the last row counts.
    let mut now: BTreeMap<String, Statement> = BTreeMap::new();
    if !whole {
        now.extend(held.iter().map(|(speaker, standing)| (speaker.clone(), standing.statement.clone())));
    }
    now.extend(told.into_iter().map(|statement| (statement.said_by.to_string(), statement)));
    let statements: Vec<Statement> = now.into_values().collect();
    let kinds = in_force(&statements);
    for (statement, kind) in statements.iter().zip(kinds) {
        match held.get(statement.said_by.as_str()) {
            Some(known) if known.statement == *statement && known.flag == kind => {
                counts.unchanged += u64::from(said.contains(statement.said_by.as_str()));
                continue;
            }
            Some(known) => {
                end(c, known.row, by.run)?;
                counts.revised += 1;
            }
            None => counts.added += 1,
        }
        insert(c, origin, statement, kind, by)?;
        speak(c, statement, kind, by)?;
    }
    let spoken: BTreeSet<&str> = statements.iter().map(|statement| statement.said_by.as_str()).collect();
    for (_, gone) in held.iter().filter(|(speaker, _)| !spoken.contains(speaker.as_str())) {
        end(c, gone.row, by.run)?;
        counts.deleted += 1;
        speak(c, &gone.statement, None, by)?;
    }
    Ok(Ok(counts))
}

/// What an origin says now, by who says it.
fn standing(c: &Connection, origin: i64) -> rusqlite::Result<BTreeMap<String, Standing>> {
    let mut held = BTreeMap::new();
    let mut statement =
        c.prepare_cached("SELECT id, said_by, body, flag FROM statement WHERE origin = ?1 AND ended IS NULL")?;
    let mut rows = statement.query([origin])?;
    while let Some(row) = rows.next()? {
        let flag: Option<String> = row.get(3)?;
        let standing = Standing {
            row: row.get(0)?,
            statement: unpack(&row.get::<_, String>(2)?)?,
            flag: flag.as_deref().and_then(FlagKind::from_name),
        };
        held.insert(row.get(1)?, standing);
    }
    Ok(held)
}

fn unpack(body: &str) -> rusqlite::Result<Statement> {
    serde_json::from_str(body)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error)))
}

fn end(c: &Connection, row: i64, run: RunId) -> rusqlite::Result<()> {
    c.prepare_cached("UPDATE statement SET ended = ?2 WHERE id = ?1")?.execute(params![row, run.0])?;
    Ok(())
}

fn insert(
    c: &Connection,
    origin: i64,
    statement: &Statement,
    kind: Option<FlagKind>,
    by: &Told<'_>,
) -> rusqlite::Result<()> {
    let body =
        serde_json::to_string(statement).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    c.prepare_cached(
        "INSERT INTO statement (origin, said_by, pmid, doi, body, flag, run, stored_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        origin,
        statement.said_by.as_str(),
        statement.pmid.map(|pmid| pmid.to_string()),
        statement.doi,
        body,
        kind.map(FlagKind::name),
        by.run.0,
        by.now
    ])?;
    Ok(())
}

/// Raises the flags of a statement, or takes them back, if the paper is held or was when it was last spoken of. A paper that is not
/// held needs none: a register speaks of tens of thousands.
fn speak(c: &Connection, statement: &Statement, kind: Option<FlagKind>, by: &Told<'_>) -> rusqlite::Result<()> {
    let concerns: bool = c
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM identifier WHERE scheme = 'pmid' AND value = ?1)
                 OR EXISTS (SELECT 1 FROM identifier WHERE scheme = 'doi' AND value = ?2)
                 OR EXISTS (SELECT 1 FROM flag_event WHERE said_by = ?3)",
        )?
        .query_row(
            params![statement.pmid.map(|pmid| pmid.to_string()), statement.doi, statement.said_by.as_str()],
            |row| row.get(0),
        )?;
    if concerns {
        let flags = kind.map(|kind| statement.flags(kind)).unwrap_or_default();
        flags::say(c, statement.said_by.as_str(), &flags, by)?;
    }
    Ok(())
}

/// Whether any statement stands: most stores have none.
pub(super) fn any(c: &Connection) -> rusqlite::Result<bool> {
    c.prepare_cached("SELECT EXISTS (SELECT 1 FROM statement WHERE ended IS NULL)")?.query_row([], |row| row.get(0))
}

/// Raises the flags of what is said of a document that just got these identifiers.
pub(super) fn reach(c: &Connection, identifiers: &[(String, String)], run: RunId, now: &str) -> rusqlite::Result<()> {
    for (scheme, value) in identifiers {
        let sql = match scheme.as_str() {
            "pmid" => {
                "SELECT t.body, t.flag, o.source FROM statement t JOIN origin o ON o.id = t.origin
                       WHERE t.pmid = ?1 AND t.ended IS NULL AND t.flag IS NOT NULL"
            }
            "doi" => {
                "SELECT t.body, t.flag, o.source FROM statement t JOIN origin o ON o.id = t.origin
                      WHERE t.doi = ?1 AND t.ended IS NULL AND t.flag IS NOT NULL"
            }
            _ => continue,
        };
        let said: Vec<(String, String, String)> = c
            .prepare_cached(sql)?
            .query_map([value], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (body, flag, source) in said {
            let statement = unpack(&body)?;
            let flags = FlagKind::from_name(&flag).map(|kind| statement.flags(kind)).unwrap_or_default();
            flags::say(c, statement.said_by.as_str(), &flags, &Told { source: &source, run, now })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
