//! Records from where they are published.
//!
//! A [`Source`] hands over streams of records, one [`Delivery`] at a time; `pipeline.rs` parses and stores each together with
//! its checkpoint in one transaction. Guarantees of every source:
//!
//! - **Resume**: what a checkpoint covers is not fetched again; killed anywhere, the next run goes on behind the last delivery
//!   that was stored.
//! - **Order**: deliveries of one source come in the order in which later records replace earlier ones.
//! - **Complete or said so**: a delivery says how many records were announced where the source knows it; a shortfall or a
//!   failure ends in an [`Outcome`] that is not complete, and the checkpoint stays before it, so that it is tried again.
//! - **Private**: no key and no address that holds one appears in an origin, an error or a log.
//!
//! To add a source: a folder in `sources/` with its settings (the keys of its `[[source]]` table) and a type that implements
//! [`Source`], a line in the registry [`sources::KINDS`].

use std::io::Read;

mod access;
mod checkpoint;
mod filter;
pub mod mesh;
pub mod sources;

pub use access::{Access, Service, ServiceSettings};
pub use checkpoint::{Checkpoint, Checkpoints};
pub use filter::Filter;

/// A stream of records, and what it means to have stored it.
pub struct Delivery {
    /// Where it comes from, for people and for the store: a path or an address, without keys.
    pub origin: String,
    /// The bytes, as they came (perhaps compressed).
    pub input: Box<dyn Read + Send>,
    /// How many bytes are to come, where that is known; for progress only.
    pub bytes: Option<u64>,
    /// How many records were announced, where the source knows it.
    pub announced: Option<u64>,
    /// What to remember once all of it is stored.
    pub checkpoint: Checkpoint,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Records and deletions that were in it, rejected records among them.
    pub records: u64,
    /// Why it is not complete: the stream broke off, or held less than was announced. None: it is, and the checkpoint was stored.
    pub problem: Option<String>,
}

/// Takes what a source has to give.
pub trait Sink {
    /// Stores a delivery, and its checkpoint if it was complete, in one transaction.
    fn deliver(&mut self, delivery: Delivery) -> Result<Received, HarvestError>;

    /// Remembers how far a part has come where no records go with that.
    fn remember(&mut self, checkpoint: Checkpoint) -> Result<(), HarvestError>;

    /// So many records, or at least about so many, are going to come; for progress only.
    fn expect(&mut self, records: u64);
}

/// What a run would take, as far as that can be known without running.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Records that would be read; none where nobody says.
    pub records: Option<u64>,
    /// Requests that would be made, at least.
    pub requests: u64,
    /// What else is worth knowing before.
    pub notes: Vec<String>,
}

/// How a harvest ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What was not fetched or not readable, in words. Empty: the source is complete.
    pub problems: Vec<String>,
    /// What is worth knowing and leaves nothing missing.
    pub notes: Vec<String>,
}

impl Outcome {
    /// Whether everything that the source has was delivered.
    pub fn is_complete(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Why a harvest could not go on.
#[derive(Debug, thiserror::Error)]
pub enum HarvestError {
    /// A file or a folder cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server does not answer as it should.
    #[error("{0}")]
    Remote(String),
    /// The sink failed: the store is full, the run was interrupted.
    #[error("{0}")]
    Sink(String),
}

/// A place that records come from.
pub trait Source: Send {
    /// What the source is called in messages and in the store: its kind and what tells it from others of its kind.
    fn name(&self) -> &str;

    /// What is kept of what it delivers; none: everything.
    fn filter(&self) -> Option<&Filter> {
        None
    }

    /// Whether it brings full texts of documents that the corpus holds: then it is told which lack theirs.
    fn completes(&self) -> bool {
        false
    }

    /// Fetches what the checkpoints do not cover and hands it to `sink`, delivery by delivery.
    fn harvest(&mut self, checkpoints: &Checkpoints, sink: &mut dyn Sink) -> Result<Outcome, HarvestError>;

    /// What [`Source::harvest`] would take now. Asks the service for counts and listings, and for no records.
    fn plan(&mut self, checkpoints: &Checkpoints) -> Result<Plan, HarvestError>;
}
