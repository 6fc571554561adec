//! Files that a corpus was exported to, and the documents they held: what was carried out of it rests on it still.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::DocumentId;

/// How many exports are remembered, the newest; of each file the last.
const REMEMBERED: usize = 20;
/// The version of the form of a record.
const SCHEMA: u32 = 1;

/// An export to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRecord {
    schema: u32,
    /// When it was written, to the second, in UTC.
    pub at: Timestamp,
    /// The file.
    pub path: PathBuf,
    /// The form it was written in, by name.
    pub form: String,
    /// The documents that it held.
    pub documents: BTreeSet<DocumentId>,
}

impl ExportRecord {
    /// An export that was written now.
    ///
    /// # Errors
    /// Where the current folder cannot be told, which a relative path hangs on.
    pub fn new(path: &Path, form: &str, documents: BTreeSet<DocumentId>) -> io::Result<Self> {
        let at = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
        Ok(Self { schema: SCHEMA, at, path: std::path::absolute(path)?, form: form.to_owned(), documents })
    }

    /// The record's own name: that of the file it is about, so that a file written again has one record.
    fn name(&self) -> String {
        let digest = Sha256::digest(self.path.as_os_str().as_encoded_bytes());
        let digits: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("{digits}.json")
    }
}

/// Remembers an export in a folder, and forgets the oldest ones.
///
/// # Errors
/// Where the folder cannot be written.
pub fn remember(folder: &Path, record: &ExportRecord) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&mut file, record)?;
    file.persist(folder.join(record.name())).map_err(|error| error.error)?;
    let (mut held, _) = recorded(folder)?;
    let surplus = held.len().saturating_sub(REMEMBERED);
    // Of two in the same second the one that was just written stays.
    held.sort_by_key(|one| (one.at, one.path == record.path, one.path.clone()));
    for old in held.iter().take(surplus) {
        fs::remove_file(folder.join(old.name()))?;
    }
    Ok(())
}

/// The exports that a folder remembers, oldest first, and the files in it that could not be read.
///
/// # Errors
/// Where the folder is there and cannot be read.
pub fn recorded(folder: &Path) -> io::Result<(Vec<ExportRecord>, Vec<PathBuf>)> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        entries => entries?,
    };
    let (mut found, mut damaged) = (Vec::new(), Vec::new());
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let record = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<ExportRecord>(&text).ok());
        match record.filter(|record| record.schema == SCHEMA) {
            Some(record) => found.push(record),
            None => damaged.push(path),
        }
    }
    found.sort_by(|a, b| (a.at, &a.path).cmp(&(b.at, &b.path)));
    damaged.sort();
    Ok((found, damaged))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(path: &str, second: i64) -> ExportRecord {
        let mut record = ExportRecord::new(Path::new(path), "csv", BTreeSet::from([DocumentId::pmid(7)])).unwrap();
        record.at = Timestamp::from_second(second).unwrap();
        record
    }

    #[test]
    fn a_file_written_again_has_one_record_and_the_oldest_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("exports");
        assert_eq!(recorded(&folder).unwrap(), (Vec::new(), Vec::new()));
        for second in 0..=REMEMBERED as i64 {
            remember(&folder, &record(&format!("/x/{second}.csv"), second)).unwrap();
        }
        remember(&folder, &record("/x/5.csv", 99)).unwrap();
        let (held, damaged) = recorded(&folder).unwrap();
        assert_eq!((held.len(), damaged.len()), (REMEMBERED, 0));
        assert_eq!(held[0].path, Path::new("/x/1.csv"));
        assert_eq!(held[REMEMBERED - 1], record("/x/5.csv", 99));
        fs::write(folder.join("broken.json"), "{").unwrap();
        assert_eq!(recorded(&folder).unwrap().1.len(), 1);
    }
}
