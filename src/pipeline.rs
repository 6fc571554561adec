//! Wires the stages: harvest → parse → store → mine → index. The only module that names them all.
//!
//! Each step takes up where the last run of it ended, and commits as it goes; [`refresh`] is the three in one, under the lock of
//! the corpus. A process that is killed at any moment leaves a store and an index that readers can use, and running the step
//! again finishes it.

mod harvest;
mod index;
mod mine;
mod near;

use std::fs::File;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::corpus::{Corpus, CorpusError};
use crate::embed::{EncoderError, EncoderSettings};
use crate::harvest::{Access, HarvestError, Plan};
use crate::index::IndexError;
use crate::model::DocumentId;
use crate::progress::Progress;
use crate::store::{Counts, RunOutcome, Store, StoreError};
use crate::vocab::{Vocabulary, VocabularyError};

pub use harvest::{HarvestReport, SourceReport};
pub use index::IndexReport;
pub use mine::MineReport;
pub use near::Meaning;

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
    /// How services are reached.
    pub access: &'w Access,
    /// Which sources are harvested, and how.
    pub selection: &'w Selection,
    /// Who is told how it goes.
    pub progress: &'w dyn Progress,
}

/// Which sources are harvested, and how far back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only sources of these kinds or names; empty: all.
    pub only: Vec<String>,
    /// What changed from this day on is read again.
    pub since: Option<Date>,
}

impl Selection {
    /// Whether a source of this name is harvested: by its whole name, or by its kind, which its name begins with.
    pub fn takes(&self, source: &str) -> bool {
        let kind = source.split(' ').next().unwrap_or_default();
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == source || wanted == kind)
    }
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
    /// Whether readers see anything that they did not see before.
    pub fn is_change(&self) -> bool {
        // What is said of papers is seen where it became a flag on one, and then the index has changed.
        let of_documents = self.harvest.sources.iter().filter(|source| !source.states);
        let counts = of_documents.fold(Counts::default(), |mut sum, source| {
            sum += source.counts;
            sum
        });
        counts.added + counts.revised + counts.deleted + counts.rejected > 0
            || self.mine.documents > 0
            || self.index.updated + self.index.removed > 0
    }

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

/// A source by name, and what it would take or why it cannot say.
pub type SourcePlan = (String, Result<Plan, String>);

/// What [`harvest`] would take now, source by source; a source that cannot say tells why. Writes nothing.
pub fn plan(workshop: Workshop<'_>) -> Result<Vec<SourcePlan>, PipelineError> {
    let store = match Store::open_read_only(&workshop.corpus.store_path()) {
        Ok(store) => Some(store),
        Err(StoreError::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let mut plans = Vec::new();
    for mut source in workshop.corpus.sources(workshop.access, workshop.selection.since)? {
        let name = source.name().to_owned();
        if workshop.selection.takes(&name) {
            let held = store.as_ref().map(|store| harvest::checkpoints(store, source.as_ref())).transpose()?;
            let held = held.unwrap_or_default();
            plans.push((name, source.plan(&held).map_err(|error| error.to_string())));
        }
    }
    Ok(plans)
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

/// Makes a document that was merged into another one of its own again; gives the name of the other, none if there is no such merge.
pub fn undo_merge(corpus: &Corpus, absorbed: &DocumentId) -> Result<Option<DocumentId>, PipelineError> {
    let _lock = Lock::take(corpus)?;
    let mut store = Store::open(&corpus.store_path())?;
    let run = store.begin_run("merges", PROGRAM)?;
    let kept = store.undo_merge(run, absorbed)?;
    store.finish_run(run, RunOutcome::Complete)?;
    Ok(kept)
}

/// The vocabularies that the corpus is defined with, and beneath them the names that its records carry.
pub fn vocabulary(corpus: &Corpus) -> Result<Vocabulary, VocabularyError> {
    imported(corpus)?.with_learned(&corpus.learned_path())
}

/// The vocabularies that the corpus is defined with.
fn imported(corpus: &Corpus) -> Result<Vocabulary, VocabularyError> {
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
        ("duplicate", counts.duplicate),
        ("not of the topic", counts.passed),
        ("rejected", counts.rejected),
    ]
}
