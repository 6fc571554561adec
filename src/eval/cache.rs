//! Vectors kept between evaluations, by text and model: embedding a set takes minutes, and its texts do not change.

use std::path::PathBuf;

use super::EvalError;
use crate::store::Store;

/// A store of vectors in the user's cache folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VectorCache {
    path: PathBuf,
}

impl VectorCache {
    /// The one in `$LITMINE_CACHE`; none where that is not set, and everything is embedded each time.
    pub fn usual() -> Option<Self> {
        let folder = std::env::var_os("LITMINE_CACHE").filter(|value| !value.is_empty())?;
        Some(Self { path: PathBuf::from(folder).join("eval").join("vectors.db") })
    }

    fn open(&self) -> Result<Store, EvalError> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| EvalError::File { path: folder.to_owned(), source })?;
        }
        Ok(Store::open(&self.path)?)
    }

    /// Brings what is kept into a store.
    pub fn fill(&self, store: &mut Store) -> Result<(), EvalError> {
        drop(self.open()?);
        Ok(store.copy_vectors_from(&self.path)?)
    }

    /// Keeps what a store has.
    pub fn keep(&self, store: &Store) -> Result<(), EvalError> {
        Ok(self.open()?.copy_vectors_from(store.path())?)
    }
}
