//! Runs: who did what, when, and how it ended.

use rusqlite::{OptionalExtension, params};

use super::{Counts, Store, StoreError, now};
use crate::model::PartialDate;

/// A run of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(pub(super) i64);

impl RunId {
    /// The number that messages and records show.
    pub fn number(self) -> i64 {
        self.0
    }
}

/// How a run, or a source in it, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// All was done.
    Complete,
    /// Something is missing; the problems say what.
    Incomplete,
    /// It could not be done.
    Failed,
}

impl RunOutcome {
    /// The name as stored and as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "complete" => Self::Complete,
            "incomplete" => Self::Incomplete,
            _ => Self::Failed,
        }
    }
}

/// A stage's last run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// Its number.
    pub run: RunId,
    /// When it began.
    pub started_at: String,
    /// When it ended; none while it runs, or when it was killed.
    pub finished_at: Option<String>,
    /// How it ended.
    pub outcome: Option<RunOutcome>,
}

/// What is known of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    /// The source's name.
    pub source: String,
    /// How its last run ended; none if it was never read.
    pub outcome: Option<RunOutcome>,
    /// What was not fetched, in words.
    pub problems: Vec<String>,
    /// When its last run ended.
    pub last_run: Option<String>,
    /// When it was last read completely: it is complete up to this instant.
    pub complete_at: Option<String>,
    /// The newest date at which one of its records was revised or entered its source.
    pub newest_record: Option<PartialDate>,
    /// What its last run brought.
    pub counts: Counts,
    /// Records of it that were rejected and are kept for inspection.
    pub rejected: u64,
}

impl Store {
    /// Notes that a stage begins.
    pub fn begin_run(&self, stage: &str, program: &str) -> Result<RunId, StoreError> {
        self.run_sql(|c| {
            c.execute(
                "INSERT INTO run (stage, program, started_at) VALUES (?1, ?2, ?3)",
                params![stage, program, now()],
            )?;
            Ok(RunId(c.last_insert_rowid()))
        })
    }

    /// Notes how it ended.
    pub fn finish_run(&self, run: RunId, outcome: RunOutcome) -> Result<(), StoreError> {
        self.run_sql(|c| {
            c.execute(
                "UPDATE run SET finished_at = ?2, outcome = ?3 WHERE id = ?1",
                params![run.0, now(), outcome.name()],
            )
        })?;
        Ok(())
    }

    /// Notes how a source fared in a run.
    pub fn finish_source(
        &self,
        run: RunId,
        source: &str,
        outcome: RunOutcome,
        problems: &[String],
        counts: Counts,
    ) -> Result<(), StoreError> {
        let problems = serde_json::to_string(problems).unwrap_or_else(|_| "[]".to_owned());
        self.run_sql(|c| {
            c.execute(
                "INSERT INTO source_run (run, source, finished_at, outcome, problems, found, added, revised, unchanged, deleted, rejected,
                                         duplicate, passed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                params![
                    run.0, source, now(), outcome.name(), problems, counts.found, counts.added, counts.revised,
                    counts.unchanged, counts.deleted, counts.rejected, counts.duplicate, counts.passed
                ],
            )
        })?;
        Ok(())
    }

    /// The last run of a stage.
    pub fn last_run(&self, stage: &str) -> Result<Option<LastRun>, StoreError> {
        self.run_sql(|c| {
            c.query_row(
                "SELECT id, started_at, finished_at, outcome FROM run WHERE stage = ?1 ORDER BY id DESC LIMIT 1",
                [stage],
                |row| {
                    Ok(LastRun {
                        run: RunId(row.get(0)?),
                        started_at: row.get(1)?,
                        finished_at: row.get(2)?,
                        outcome: row.get::<_, Option<String>>(3)?.map(|name| RunOutcome::from_name(&name)),
                    })
                },
            )
            .optional()
        })
    }

    /// What is known of each of these sources; one that was never read is among them, and says so.
    pub fn source_status(&self, sources: &[String]) -> Result<Vec<SourceStatus>, StoreError> {
        sources.iter().map(|source| self.run_sql(|c| status_of(c, source))).collect()
    }
}

fn status_of(c: &rusqlite::Connection, source: &str) -> rusqlite::Result<SourceStatus> {
    let mut status = c
        .query_row(
            "SELECT outcome, problems, finished_at, found, added, revised, unchanged, deleted, rejected, duplicate, passed
             FROM source_run WHERE source = ?1 ORDER BY run DESC LIMIT 1",
            [source],
            |row| {
                let problems: String = row.get(1)?;
                Ok(SourceStatus {
                    source: source.to_owned(),
                    outcome: Some(RunOutcome::from_name(&row.get::<_, String>(0)?)),
                    problems: serde_json::from_str(&problems).unwrap_or_default(),
                    last_run: row.get(2)?,
                    complete_at: None,
                    newest_record: None,
                    counts: Counts {
                        found: row.get(3)?,
                        added: row.get(4)?,
                        revised: row.get(5)?,
                        unchanged: row.get(6)?,
                        deleted: row.get(7)?,
                        rejected: row.get(8)?,
                        duplicate: row.get(9)?,
                        passed: row.get(10)?,
                    },
                    rejected: 0,
                })
            },
        )
        .optional()?
        .unwrap_or_else(|| SourceStatus {
            source: source.to_owned(),
            outcome: None,
            problems: Vec::new(),
            last_run: None,
            complete_at: None,
            newest_record: None,
            counts: Counts::default(),
            rejected: 0,
        });
    status.complete_at = c.query_row(
        "SELECT max(finished_at) FROM source_run WHERE source = ?1 AND outcome = 'complete'",
        [source],
        |row| row.get(0),
    )?;
    status.rejected = c.query_row("SELECT count(*) FROM rejected WHERE source = ?1", [source], |row| row.get(0))?;
    let newest: Option<String> =
        c.query_row("SELECT max(newest) FROM origin WHERE source = ?1", [source], |row| row.get(0))?;
    status.newest_record = newest.and_then(|date| date.parse().ok());
    Ok(status)
}
