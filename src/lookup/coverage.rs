//! The clause that ends every answer: what was read, up to when, and what was not.

use serde::Serialize;

use crate::store::{RunOutcome, Snapshot, Store, StoreError};

/// What an answer rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Each source of the corpus.
    pub sources: Vec<SourceCoverage>,
    /// Whether every source was read completely in its last run.
    pub complete: bool,
    /// When what is shown was published; none before the first refresh.
    pub as_of: Option<String>,
    /// Documents that are shown.
    pub documents: u64,
    /// Versions stored since, which are not shown yet.
    pub waiting: u64,
    /// Records that could not be read.
    pub rejected: u64,
}

/// How complete a source is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceCoverage {
    /// The source.
    pub source: String,
    /// `complete`, `incomplete`, `failed` or `never read`: how its last run ended.
    pub state: &'static str,
    /// When it was last read completely.
    pub complete_at: Option<String>,
    /// The newest date on one of its records.
    pub newest_record: Option<String>,
    /// What went wrong.
    pub problems: Vec<String>,
}

const NEVER_READ: &str = "never read";

impl Coverage {
    /// The sources of a corpus that was never harvested.
    pub fn never_read(sources: &[String]) -> Vec<SourceCoverage> {
        let never = |source: &String| SourceCoverage {
            source: source.clone(),
            state: NEVER_READ,
            complete_at: None,
            newest_record: None,
            problems: Vec::new(),
        };
        sources.iter().map(never).collect()
    }

    /// The coverage of a corpus with these sources.
    pub fn of(store: &Store, snapshot: Option<&Snapshot>, sources: &[String]) -> Result<Self, StoreError> {
        let shown = snapshot.map(|snapshot| store.shown(snapshot)).transpose()?;
        let mut rejected = 0;
        let sources: Vec<SourceCoverage> = store
            .source_status(sources)?
            .into_iter()
            .map(|status| {
                rejected += status.rejected;
                SourceCoverage {
                    source: status.source,
                    state: status.outcome.map_or(NEVER_READ, RunOutcome::name),
                    complete_at: status.complete_at,
                    newest_record: status.newest_record.map(|date| date.to_string()),
                    problems: status.problems,
                }
            })
            .collect();
        Ok(Self {
            complete: !sources.is_empty() && sources.iter().all(|source| source.state == RunOutcome::Complete.name()),
            sources,
            as_of: snapshot.map(|snapshot| snapshot.stored_at.clone()),
            documents: shown.map_or(0, |(documents, _)| documents),
            waiting: store.waiting(snapshot)?,
            rejected,
        })
    }
}
