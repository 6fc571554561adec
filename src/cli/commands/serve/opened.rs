//! One corpus, kept open for many answers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::cli::commands::source_names;
use crate::cli::errors::Failure;
use crate::corpus::{Corpus, Workspace};
use crate::index::{IndexError, Searcher};
use crate::lookup::{EvidenceMap, Lookup, MapRequest, Memory};
use crate::pipeline;
use crate::store::Store;
use crate::vocab::Vocabulary;

/// A corpus with its vocabulary, and stores that are lent one to an answer.
pub(super) struct Opened {
    pub(super) corpus: Corpus,
    pub(super) vocabulary: Vocabulary,
    pub(super) sources: Vec<String>,
    stamp: Stamp,
    stores: Mutex<Vec<Store>>,
    /// What was read for earlier answers.
    memory: Arc<Memory>,
    searcher: Mutex<Option<Arc<Searcher>>>,
    /// The last map that was drawn, and when what it shows was published.
    map: Mutex<Option<(String, Arc<EvidenceMap>)>>,
}

/// What the files were when the corpus was opened: another definition, another store or other vocabularies are opened anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp(Vec<Option<(SystemTime, u64)>>);

impl Stamp {
    /// The stamp of a corpus as it is now.
    pub(super) fn of(workspace: &Workspace, name: &str) -> Self {
        let definition = workspace.corpora().join(format!("{name}.toml"));
        let changed = |path: PathBuf| {
            let data = std::fs::metadata(path).ok()?;
            Some((data.modified().ok()?, data.len()))
        };
        Self(vec![
            changed(definition),
            changed(workspace.vocabularies()),
            changed(workspace.corpora().join(format!("{name}.learned"))),
            same_file(&workspace.corpora().join(format!("{name}.db"))),
        ])
    }
}

/// Which file this is, whatever is written into it.
fn same_file(path: &Path) -> Option<(SystemTime, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let data = std::fs::metadata(path).ok()?;
    Some((SystemTime::UNIX_EPOCH, data.ino()))
}

/// A lock that stays usable though an answer broke off: what it holds is whole between any two steps.
fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Opened {
    pub(super) fn open(corpus: Corpus, stamp: Stamp) -> Result<Self, Failure> {
        Ok(Self {
            vocabulary: pipeline::vocabulary(&corpus)?,
            sources: source_names(&corpus)?,
            corpus,
            stamp,
            stores: Mutex::new(Vec::new()),
            memory: Arc::default(),
            searcher: Mutex::new(None),
            map: Mutex::new(None),
        })
    }

    pub(super) fn is_as(&self, stamp: &Stamp) -> bool {
        self.stamp == *stamp
    }

    /// Answers from a store that nobody else uses meanwhile, and from its newest snapshot.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Store, &Lookup<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let kept = held(&self.stores).pop();
        let store = match kept {
            Some(store) => store,
            None => Store::open_read_only(&self.corpus.store_path())?,
        };
        let answer = {
            // One state for the whole answer, though the corpus is refreshed meanwhile.
            let _state = store.hold()?;
            let lookup = Lookup::new(&self.corpus.name, &store, &self.vocabulary, self.sources.clone(), None)?;
            let lookup = lookup.remembering(Arc::clone(&self.memory)).searching(|| self.current_searcher());
            work(&store, &lookup)
        };
        held(&self.stores).push(store);
        answer
    }

    /// The index, of the generation that counts now.
    pub(super) fn searcher(&self) -> Result<Arc<Searcher>, Failure> {
        Ok(self.current_searcher()?)
    }

    fn current_searcher(&self) -> Result<Arc<Searcher>, IndexError> {
        let mut kept = held(&self.searcher);
        if let Some(searcher) = kept.as_ref().filter(|searcher| searcher.is_current()) {
            return Ok(Arc::clone(searcher));
        }
        let searcher = Arc::new(Searcher::open(&self.corpus.index_path())?);
        *kept = Some(Arc::clone(&searcher));
        Ok(searcher)
    }

    /// The map, drawn once for each state of the corpus.
    pub(super) fn map(&self, request: &MapRequest) -> Result<EvidenceMap, Failure> {
        self.with(|_, lookup| {
            let published = lookup.published_at().to_owned();
            let kept = held(&self.map).as_ref().filter(|(at, _)| *at == published).map(|(_, map)| Arc::clone(map));
            if let Some(map) = kept {
                return Ok(EvidenceMap { coverage: lookup.coverage()?, ..EvidenceMap::clone(&map) });
            }
            let map = lookup.map(request)?;
            *held(&self.map) = Some((published, Arc::new(map.clone())));
            Ok(map)
        })
    }
}
