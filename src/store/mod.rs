//! A corpus on disk: one SQLite file that remembers everything.
//!
//! Guarantees:
//!
//! - **Nothing is forgotten.** Every version of every document is kept with the run and the instant it was stored; deletions
//!   and flags are dated events; what mining made of a version stays beside the version, by the way of mining.
//! - **Current is a query.** Readers see a [`Snapshot`]: the state when mining was last done, or at an earlier time.
//! - **Atomic.** A delivery and its checkpoint are one transaction ([`Ingest`]), and so is what is mined from a batch
//!   ([`Store::record_mined`]); a process that is killed leaves the state before or after.
//! - **United.** A record in another format of a document that is held (a full text beside a citation) is kept beside it; what
//!   counts is their union, a version of its own.
//! - **Idempotent.** Storing what is stored changes nothing.
//!
//! The schema stands in `schema/NNNN.sql`, one file a version; [`migration`] brings an older store up to date and refuses a
//! newer one.

mod cards;
mod flags;
mod flow;
mod ingest;
mod merges;
mod migration;
mod mined;
mod pack;
mod read;
mod runs;
mod statements;
#[cfg(test)]
mod tests;
mod union;
mod vectors;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

pub use cards::{Posting, WHOLE};
pub use flags::FlagRow;
pub use flow::{Flow, SourceFlow};
pub use ingest::{Counts, Ingest, Stored};
pub use merges::Merge;
pub use mined::{Mined, Pending};
pub use pack::{NewRecord, PackedRecord};
pub use read::{FindingRow, RejectedRow, Snapshot, StoredDocument, Totals};
pub use runs::{LastRun, RunId, RunOutcome, SourceStatus};

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store yet.
    #[error("{} does not exist yet; `litmine refresh` makes it", path.display())]
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
    /// The file is something else, or was damaged.
    #[error("{} is not a litmine store, or is damaged: {reason}", path.display())]
    NotAStore {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A later litmine wrote it.
    #[error("{} has schema {found}; this litmine knows up to {known}: use a newer one", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// The schema it has.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// SQLite refused.
    #[error("the store {} failed: {source}", path.display())]
    Sql {
        /// Which file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A row does not hold what it should.
    #[error("the store {} holds something unreadable: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What and where.
        reason: String,
    },
    /// A record that cannot be stored.
    #[error("{0}")]
    Record(String),
}

use pack::{compress, decompress};

/// The store of one corpus, opened for writing or for reading only.
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens the store at `path` for writing; makes it, or brings its schema up to date, where needed.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut store = Self::connect(path, flags)?;
        store.run_sql(|c| {
            c.pragma_update(None, "journal_mode", "WAL")?;
            c.pragma_update(None, "synchronous", "NORMAL")?;
            // Dirty pages beyond this spill to the log, so that a large file does not grow the memory.
            c.pragma_update(None, "cache_size", -64 * 1024)
        })?;
        migration::migrate(&mut store)?;
        Ok(store)
    }

    /// Opens an existing store for reading only, and sees what was committed when each question is asked.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        // Read-write as far as SQLite is concerned: a reader of a write-ahead log keeps its shared index up to date.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Self::connect(path, flags)?;
        migration::check(&store)?;
        store.run_sql(|c| c.pragma_update(None, "query_only", true))?;
        Ok(store)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let sql = |source| StoreError::Sql { path: path.to_owned(), source };
        let connection = Connection::open_with_flags(path, flags).map_err(sql)?;
        connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(sql)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(|error| sql_error(path, error))?;
        Ok(Self { connection, path: path.to_owned() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs SQL and gives its errors a place.
    fn run_sql<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        work(&self.connection).map_err(|source| self.sql_error(source))
    }

    /// Holds the store as it is now, until the value is dropped: what is read meanwhile is read of one state, and faster, since
    /// nothing is locked anew for each question. Nothing is written meanwhile through this store.
    pub fn hold(&self) -> Result<Held<'_>, StoreError> {
        self.connection.unchecked_transaction().map(Held).map_err(|source| self.sql_error(source))
    }

    fn sql_error(&self, source: rusqlite::Error) -> StoreError {
        sql_error(&self.path, source)
    }
}

fn sql_error(path: &Path, source: rusqlite::Error) -> StoreError {
    match source.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => not_a_store(path, source),
        _ => StoreError::Sql { path: path.to_owned(), source },
    }
}

fn not_a_store(path: &Path, error: rusqlite::Error) -> StoreError {
    StoreError::NotAStore { path: path.to_owned(), reason: error.to_string() }
}

/// A state of the store that is held; see [`Store::hold`].
pub struct Held<'s>(#[expect(dead_code, reason = "it ends when it is dropped")] rusqlite::Transaction<'s>);

/// This instant, as stored.
fn now() -> String {
    Timestamp::now().round(jiff::Unit::Millisecond).unwrap_or_else(|_| Timestamp::now()).to_string()
}
