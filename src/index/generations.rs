//! Generations of an index on disk, and the switch from one to the next.
//!
//! ```text
//! indexes/NAME/
//!   CURRENT          the name of the generation that counts, one line
//!   LOCK             held by the one who writes
//!   gen-000007/      a generation: immutable once CURRENT names it
//!   gen-000006/      the one before, kept for readers that still use it
//! ```
//!
//! A generation is prepared in its own folder, which nobody reads; then `CURRENT` is replaced by renaming. Whatever kills
//! a writer, `CURRENT` names a whole generation, and the next writer sweeps what was left over.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fs4::FileExt;

use super::IndexError;

const CURRENT: &str = "CURRENT";
const CURRENT_NEXT: &str = "CURRENT.next";
const LOCK: &str = "LOCK";

/// The folder of one index.
#[derive(Debug, Clone)]
pub(super) struct Generations {
    folder: PathBuf,
}

/// Held while an index is written; dropping it lets the next writer in.
#[derive(Debug)]
pub(super) struct WriterLock {
    _file: File,
}

impl Generations {
    pub(super) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The name of the index: that of its folder.
    pub(super) fn name(&self) -> String {
        self.folder.file_name().map_or_else(|| "NAME".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    pub(super) fn path(&self, number: u32) -> PathBuf {
        self.folder.join(format!("gen-{number:06}"))
    }

    /// The generation that counts; none before the first was finished.
    pub(super) fn current(&self) -> Result<Option<u32>, IndexError> {
        let text = match fs::read_to_string(self.folder.join(CURRENT)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(CURRENT, error)),
        };
        match number(text.trim()) {
            Some(number) => Ok(Some(number)),
            None => Err(self.damaged(format!("CURRENT names {:?}, which is no generation", text.trim()))),
        }
    }

    /// Lets one writer in.
    pub(super) fn lock(&self) -> Result<WriterLock, IndexError> {
        fs::create_dir_all(&self.folder).map_err(|error| self.io("", error))?;
        let path = self.folder.join(LOCK);
        let options = File::options().create(true).truncate(false).write(true).open(&path);
        let file = options.map_err(|error| self.io(LOCK, error))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(WriterLock { _file: file }),
            Err(fs4::TryLockError::WouldBlock) => Err(IndexError::Busy { index: self.name() }),
            Err(fs4::TryLockError::Error(error)) => Err(self.io(LOCK, error)),
        }
    }

    /// Removes every generation but the current one and the one before it. What cannot be removed now is left to the next time.
    pub(super) fn sweep(&self) -> Result<(), IndexError> {
        let current = self.current()?;
        let found = self.numbers()?;
        let is_finished = |number: &u32| {
            current.is_some_and(|current| *number < current) && self.path(*number).join(super::manifest::FILE).exists()
        };
        let previous = found.iter().copied().filter(is_finished).max();
        for number in found {
            if Some(number) != current && Some(number) != previous {
                // A reader on some systems may keep a file of an old generation from being removed.
                let _ = fs::remove_dir_all(self.path(number));
            }
        }
        match fs::remove_file(self.folder.join(CURRENT_NEXT)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.io(CURRENT_NEXT, error)),
            _ => Ok(()),
        }
    }

    /// The numbers of all generations there are, whole or not.
    fn numbers(&self) -> Result<Vec<u32>, IndexError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(|error| self.io("", error))? {
            let entry = entry.map_err(|error| self.io("", error))?;
            found.extend(entry.file_name().to_str().and_then(number));
        }
        Ok(found)
    }

    /// Makes the empty folder of the next generation, whose number no other has had.
    pub(super) fn begin(&self) -> Result<u32, IndexError> {
        let next = self.numbers()?.into_iter().max().map_or(1, |last| last + 1);
        let path = self.path(next);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|error| self.io(&path.to_string_lossy(), error))?;
        }
        fs::create_dir_all(&path).map_err(|error| self.io(&path.to_string_lossy(), error))?;
        Ok(next)
    }

    /// Brings the files of one generation into another: those that never change as hard links, where the file system has
    /// them; those that `is_rewritten` names as copies.
    pub(super) fn carry_over(&self, from: u32, to: u32, is_rewritten: impl Fn(&str) -> bool) -> Result<(), IndexError> {
        let (from, to) = (self.path(from), self.path(to));
        for entry in fs::read_dir(&from).map_err(|error| self.io(&from.to_string_lossy(), error))? {
            let entry = entry.map_err(|error| self.io(&from.to_string_lossy(), error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Locks of tantivy are no part of the index; the vectors are whoever fed it to bring.
            if name.ends_with(".lock")
                || name == super::manifest::FILE
                || [super::VECTORS, super::DOCUMENT_VECTORS, super::SENTENCE_VECTORS].contains(&name.as_str())
            {
                continue;
            }
            let target = to.join(&name);
            let linked = !is_rewritten(&name) && fs::hard_link(entry.path(), &target).is_ok();
            if !linked {
                fs::copy(entry.path(), &target).map_err(|error| self.io(&target.to_string_lossy(), error))?;
            }
        }
        Ok(())
    }

    /// Writes the file that is about to be `CURRENT`.
    pub(super) fn prepare_switch(&self, number: u32) -> Result<(), IndexError> {
        let path = self.path(number);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        sync_folder(&path).map_err(|error| self.io(&name, error))?;
        write_synced(&self.folder.join(CURRENT_NEXT), format!("{name}\n").as_bytes())
            .map_err(|error| self.io(CURRENT_NEXT, error))
    }

    /// Makes the prepared generation the one that counts.
    pub(super) fn switch(&self) -> Result<(), IndexError> {
        fs::rename(self.folder.join(CURRENT_NEXT), self.folder.join(CURRENT))
            .map_err(|error| self.io(CURRENT, error))?;
        sync_folder(&self.folder).map_err(|error| self.io(CURRENT, error))
    }

    pub(super) fn damaged(&self, what: String) -> IndexError {
        IndexError::Damaged { index: self.name(), what: brief(&what) }
    }

    pub(super) fn io(&self, file: &str, source: io::Error) -> IndexError {
        IndexError::Io { path: self.folder.join(file), source }
    }
}

/// The number of a generation from the name of its folder.
fn number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("gen-")?;
    (digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

/// Writes a file and waits until the disk has it.
pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    // Only Unix lets a folder be opened to be synced; elsewhere the rename is all there is.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// The longest that is said of what is wrong: the engine may quote whole files.
const LONGEST_REASON: usize = 200;

/// The beginning of a reason.
fn brief(what: &str) -> String {
    let mut brief: String = what.chars().take(LONGEST_REASON).collect();
    if brief.len() < what.len() {
        brief.push('…');
    }
    brief
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_generations_are_read_and_nothing_else_is() {
        assert_eq!(number("gen-000012"), Some(12));
        assert_eq!(number("gen-1000000"), Some(1_000_000));
        for name in ["gen-12", "gen-00001x", "gen-", "000012", "CURRENT", "gen-99999999999"] {
            assert_eq!(number(name), None, "{name}");
        }
    }

    #[test]
    fn one_writer_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let generations = Generations::at(folder.path());
        let lock = generations.lock().unwrap();
        assert!(matches!(generations.lock(), Err(IndexError::Busy { .. })));
        drop(lock);
        generations.lock().unwrap();
    }

    #[test]
    fn what_is_wrong_is_said_briefly() {
        let folder = tempfile::tempdir().unwrap();
        let error = Generations::at(folder.path()).damaged("x".repeat(20_000)).to_string();
        assert!(error.chars().count() < 2 * LONGEST_REASON + folder.path().as_os_str().len(), "{error}");
        assert!(error.contains("…") && error.contains("--rebuild"), "{error}");
    }

    #[test]
    fn nonsense_in_current_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CURRENT), "gen-../x").unwrap();
        let error = Generations::at(folder.path()).current().unwrap_err();
        assert!(error.to_string().contains("--rebuild"), "{error}");
    }
}
