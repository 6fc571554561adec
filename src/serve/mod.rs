//! The answers over HTTP, for one machine or for a clinic's intranet behind its own proxy: JSON for programs, pages for browsers.
//!
//! Guarantees:
//!
//! - read-only: nothing is stored, no question is logged, nothing of a request is repeated but in its answer;
//! - questions come in the body of a POST and never in an address, which browsers and proxies remember;
//! - a request must name this server as its host, so that no page of elsewhere reaches it by a name of its own (DNS rebinding);
//! - bodies, the time of an answer, answers at once, those that wait and connections are bounded; what is too much is refused with a
//!   status that says so;
//! - JSON is what the same command prints with `--format json`.
//!
//! This module speaks HTTP. What it answers comes through [`Answers`], from whoever opens the corpora.

mod body;
mod connections;
mod guard;
mod reply;
mod requests;
mod routes;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use crate::lookup::Answer;
use crate::report::{CorpusPage, DocumentPage, EntrancePage, HitPage, MapPage};

pub use requests::{LookupRequest, SearchRequest};

/// What is served. Called from several threads at once, which may block.
pub trait Answers: Send + Sync {
    /// The corpora there are.
    fn corpora(&self) -> Result<EntrancePage, Refusal>;

    /// The state of one.
    fn status(&self, corpus: &str) -> Result<CorpusPage, Refusal>;

    /// The evidence.
    fn lookup(&self, request: &LookupRequest) -> Result<Answer, Refusal>;

    /// Documents, findings or sentences.
    fn search(&self, request: &SearchRequest) -> Result<HitPage, Refusal>;

    /// A document with its findings; of this corpus, else of the first that has it.
    fn document(&self, id: &str, corpus: Option<&str>) -> Result<DocumentPage, Refusal>;

    /// The evidence map of a corpus.
    fn map(&self, corpus: &str) -> Result<MapPage, Refusal>;
}

/// Why there is no answer, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of reason it is.
    pub kind: RefusalKind,
    /// The reason, in words.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Kinds of reasons, each with a status of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The question cannot be asked so: 422.
    Question,
    /// There is no such corpus or document: 404.
    Unknown,
    /// The corpus has nothing to show yet: 503.
    NotReady,
    /// Something is wrong here: 500.
    Failed,
}

/// Where and how much is served.
#[derive(Debug, Clone)]
pub struct ServeSettings {
    /// The address to listen at; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Names that requests may give as their host besides the address itself: those of a proxy.
    pub hosts: Vec<String>,
    /// How many answers are made at once.
    pub at_once: NonZeroUsize,
    /// The longest that an answer may take.
    pub time: Duration,
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another program has the port.
    #[error("{address} is taken: another program listens there")]
    Taken {
        /// Where.
        address: SocketAddr,
    },
    /// The address cannot be listened at.
    #[error("{address} cannot be listened at: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The machinery could not be started.
    #[error("the server cannot be started: {0}")]
    Start(std::io::Error),
}

/// Serves until the program is told to stop (SIGINT, SIGTERM); answers that are being made are finished first, for a few seconds. `ready`
/// is called with the address once requests are taken.
pub fn serve(
    answers: Arc<dyn Answers>,
    settings: &ServeSettings,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(settings.at_once.get())
        .thread_name("answer")
        .build()
        .map_err(ServeError::Start)?;
    let served = runtime.block_on(connections::run(answers, settings, ready));
    // An answer that is still being made is let go: nothing depends on its end.
    runtime.shutdown_background();
    served
}
