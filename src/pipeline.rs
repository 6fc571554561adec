//! Wires the stages: harvest → parse → store → mine → index. The only module that names them all.
//!
//! Each step takes up where the last run of it ended, and commits as it goes; [`refresh`] is the three in one, under the lock of
//! the corpus. A process that is killed at any moment leaves a store and an index that readers can use, and running the step
//! again finishes it.

mod harvest;
mod index;
mod mine;

use std::fs::File;
use std::path::PathBuf;

use crate::corpus::{Corpus, CorpusError};
use crate::embed::{EncoderError, EncoderSettings};
use crate::harvest::HarvestError;
use crate::index::IndexError;
use crate::progress::Progress;
use crate::store::{Counts, RunOutcome, Store, StoreError};
use crate::vocab::{Vocabulary, VocabularyError};

pub use harvest::{HarvestReport, SourceReport};
pub use index::IndexReport;
pub use mine::MineReport;

/// The program that writes, as runs remember it.
const PROGRAM: &str = concat!("litmine ", env!("CARGO_PKG_VERSION"));

/// Why a step could not be done.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// Another run writes the corpus.
    #[error("another run holds the corpus “{corpus}” ({})", path.display())]
    Locked {
        /// Which.
        corpus: String,
        /// The file that is locked.
        path: PathBuf,
    },
    /// A file or folder cannot be made.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The definition is wrong.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A vocabulary is not there.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The encoder failed half-way.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// A source could not go on.
    #[error(transparent)]
    Harvest(#[from] HarvestError),
    /// A vector file cannot be read or written.
    #[error(transparent)]
    Vectors(#[from] crate::embed::VectorFileError),
}

/// What a step works on and with.
#[derive(Clone, Copy)]
pub struct Workshop<'w> {
    /// The corpus.
    pub corpus: &'w Corpus,
    /// How to start the encoder; none to do without.
    pub encoder: Option<&'w EncoderSettings>,
    /// Who is told how it goes.
    pub progress: &'w dyn Progress,
}

/// What a whole refresh did.
#[derive(Debug, Clone)]
pub struct RefreshReport {
    /// What came in.
    pub harvest: HarvestReport,
    /// What was found in it.
    pub mine: MineReport,
    /// What became searchable.
    pub index: IndexReport,
}

impl RefreshReport {
    /// Whether anything is missing.
    pub fn is_complete(&self) -> bool {
        self.harvest.is_complete() && self.mine.problems.is_empty()
    }
}

/// The right to write a corpus; given back when dropped, or when the process ends in whatever way.
struct Lock {
    _file: File,
}

impl Lock {
    fn take(corpus: &Corpus) -> Result<Self, PipelineError> {
        let path = corpus.lock_path();
        let place = |source| PipelineError::File { path: path.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(place)?;
        // Named in full: newer standard libraries have a method of the same name.
        match fs4::FileExt::try_lock(&file) {
            Ok(()) => Ok(Self { _file: file }),
            Err(fs4::TryLockError::WouldBlock) => Err(PipelineError::Locked { corpus: corpus.name.clone(), path }),
            Err(fs4::TryLockError::Error(source)) => Err(place(source)),
        }
    }
}

/// Fetches what is new from the corpus's sources.
pub fn harvest(workshop: Workshop<'_>) -> Result<HarvestReport, PipelineError> {
    let _lock = Lock::take(workshop.corpus)?;
    let mut store = Store::open(&workshop.corpus.store_path())?;
    harvest::run(workshop, &mut store)
}

/// Mines what was harvested.
pub fn mine(workshop: Workshop<'_>) -> Result<MineReport, PipelineError> {
    let _lock = Lock::take(workshop.corpus)?;
    let mut store = Store::open(&workshop.corpus.store_path())?;
    mine::run(workshop, &mut store)
}

/// Brings the index up to what was mined; `rebuild` makes it anew.
pub fn index(workshop: Workshop<'_>, rebuild: bool) -> Result<IndexReport, PipelineError> {
    let _lock = Lock::take(workshop.corpus)?;
    let store = Store::open(&workshop.corpus.store_path())?;
    index::run(workshop, &store, rebuild)
}

/// Harvests, mines and indexes.
pub fn refresh(workshop: Workshop<'_>) -> Result<RefreshReport, PipelineError> {
    let _lock = Lock::take(workshop.corpus)?;
    // A vocabulary that is not there is said before hours of harvesting, not after.
    vocabulary(workshop.corpus)?;
    let mut store = Store::open(&workshop.corpus.store_path())?;
    let harvest = harvest::run(workshop, &mut store)?;
    let mine = mine::run(workshop, &mut store)?;
    let index = index::run(workshop, &store, false)?;
    Ok(RefreshReport { harvest, mine, index })
}

/// The vocabularies that the corpus is defined with.
pub fn vocabulary(corpus: &Corpus) -> Result<Vocabulary, VocabularyError> {
    Vocabulary::open(&corpus.vocabularies_path(), &corpus.definition.vocabularies)
}

fn outcome_of(problems: &[String]) -> RunOutcome {
    if problems.is_empty() { RunOutcome::Complete } else { RunOutcome::Incomplete }
}

/// The counts as label and number, in the order in which people read them.
pub fn count_labels(counts: Counts) -> Vec<(&'static str, u64)> {
    vec![
        ("found", counts.found),
        ("new", counts.added),
        ("revised", counts.revised),
        ("unchanged", counts.unchanged),
        ("deleted", counts.deleted),
        ("rejected", counts.rejected),
    ]
}
