//! Puts the compiled form into a file.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::vocab::error::VocabularyError;

/// Writes a compiled vocabulary in one step: readers have the old file or the new one.
pub(in crate::vocab) fn save(bytes: &[u8], path: &Path) -> Result<(), VocabularyError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(VocabularyError::io(folder))?;
    let mut file =
        tempfile::Builder::new().prefix(".import-").tempfile_in(folder).map_err(VocabularyError::io(folder))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(VocabularyError::io(path))?;
    file.persist(path).map_err(|error| VocabularyError::Io { path: path.to_owned(), source: error.error })?;
    Ok(())
}
