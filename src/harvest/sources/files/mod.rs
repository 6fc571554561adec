//! `kind = "files"`: records in files and folders of this machine.
//!
//! Keys: `paths`, a list of files and folders; relative ones start from the folder of the corpus's definition. Folders are read
//! with all their sub-folders, in the natural order of names (`n2` before `n10`), because in NLM's update files a later record
//! replaces an earlier one. A file is read again when its size or its digest has changed, and not otherwise; a file that has
//! vanished takes nothing with it. What is in a folder and is no file of records (by its name's ending) is passed over.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::super::{Checkpoint, Checkpoints, Delivery, HarvestError, Outcome, Plan, Sink, Source};
use super::Surroundings;

/// Endings of files that hold records, archives of such files among them; a `.gz` may follow. A file that is named itself, and not by its folder, is always read.
const ENDINGS: [&str; 9] = ["xml", "nxml", "txt", "pubtator", "nbib", "medline", "json", "tar", "tgz"];

/// The keys of its table.
pub(super) const KEYS: &[&str] = &["paths"];

#[derive(Deserialize)]
struct Keys {
    paths: Vec<String>,
}

pub(super) fn build(table: &toml::Table, surroundings: &Surroundings<'_>) -> Result<Box<dyn Source>, String> {
    let keys: Keys = super::keys("files", table)?;
    Ok(Box::new(FilesSource::new(surroundings.folder, keys.paths)))
}

/// Files and folders of this machine.
#[derive(Debug)]
pub struct FilesSource {
    name: String,
    base: PathBuf,
    paths: Vec<String>,
}

impl FilesSource {
    /// Reads `paths`, relative ones from `base`.
    pub fn new(base: &Path, paths: Vec<String>) -> Self {
        let name = format!("files {}", paths.join(" "));
        Self { name, base: base.to_owned(), paths }
    }
}

impl Source for FilesSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn harvest(&mut self, checkpoints: &Checkpoints, sink: &mut dyn Sink) -> Result<Outcome, HarvestError> {
        let mut outcome = Outcome::default();
        for path in &self.paths {
            let files = match list(&self.base.join(path)) {
                Ok(files) => files,
                Err(error) => {
                    outcome.problems.push(error.to_string());
                    continue;
                }
            };
            if files.is_empty() {
                outcome.problems.push(format!("{path}: no file of records in it ({})", ENDINGS.join(", ")));
            }
            for file in files {
                if let Err(problem) = self.deliver(&file, checkpoints, sink)? {
                    outcome.problems.push(problem);
                }
            }
        }
        Ok(outcome)
    }

    fn plan(&mut self, checkpoints: &Checkpoints) -> Result<Plan, HarvestError> {
        let mut changed = 0;
        for path in &self.paths {
            for file in list(&self.base.join(path))? {
                let place = |source| HarvestError::File { path: file.display().to_string(), source };
                let (position, _) = fingerprint(&file).map_err(place)?;
                changed += u64::from(checkpoints.position(&self.origin(&file)) != Some(position.as_str()));
            }
        }
        Ok(Plan { records: None, requests: 0, notes: vec![format!("{changed} files are new or changed")] })
    }
}

impl FilesSource {
    /// The name under which a file is remembered: it does not depend on where the workspace lies.
    fn origin(&self, file: &Path) -> String {
        file.strip_prefix(&self.base).unwrap_or(file).display().to_string()
    }

    /// Hands over one file, if it changed. The inner error is a problem of this file alone.
    fn deliver(
        &self,
        file: &Path,
        checkpoints: &Checkpoints,
        sink: &mut dyn Sink,
    ) -> Result<Result<(), String>, HarvestError> {
        let origin = self.origin(file);
        let (position, bytes) = match fingerprint(file) {
            Ok(found) => found,
            Err(error) => return Ok(Err(format!("{origin}: {error}"))),
        };
        if checkpoints.position(&origin) == Some(position.as_str()) {
            return Ok(Ok(()));
        }
        let input = match File::open(file) {
            Ok(input) => input,
            Err(error) => return Ok(Err(format!("{origin}: {error}"))),
        };
        let received = sink.deliver(Delivery {
            origin: origin.clone(),
            input: Box::new(input),
            bytes: Some(bytes),
            announced: None,
            checkpoint: Checkpoint { partition: origin.clone(), position },
        })?;
        Ok(match received.problem {
            None => Ok(()),
            Some(problem) => Err(format!("{origin}: {problem}")),
        })
    }
}

/// What tells whether a file changed: its size and SHA-256. Also its size alone, in bytes.
fn fingerprint(file: &Path) -> io::Result<(String, u64)> {
    let mut input = File::open(file)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        match input.read(&mut buffer)? {
            0 => break,
            n => {
                digest.update(&buffer[..n]);
                size += n as u64;
            }
        }
    }
    let hex: String = digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok((format!("{size} {hex}"), size))
}

/// The files of records that `path` stands for, in the order in which they are read: itself, or all beneath it.
///
/// # Errors
///
/// A path that does not exist or cannot be read, with the path in the message.
pub fn list(path: &Path) -> Result<Vec<PathBuf>, HarvestError> {
    let place = |source| HarvestError::File { path: path.display().to_string(), source };
    if !std::fs::metadata(path).map_err(place)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
        .map_err(place)?
        .map(|entry| entry.map(|e| e.path()).map_err(place))
        .collect::<Result<_, _>>()?;
    entries.sort_by_cached_key(|entry| natural(&entry.file_name().unwrap_or_default().to_string_lossy()));
    let mut files = Vec::new();
    for entry in entries {
        // A link to a folder is not followed: it may lead back here.
        let kind = std::fs::symlink_metadata(&entry).map_err(place)?.file_type();
        if kind.is_dir() {
            files.extend(list(&entry)?);
        } else if holds_records(&entry) && entry.is_file() {
            files.push(entry);
        }
    }
    Ok(files)
}

fn holds_records(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    !name.starts_with('.') && name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// A key that orders names as people do: runs of digits by their value.
fn natural(name: &str) -> Vec<(u128, String)> {
    let mut key = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let text = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(text);
        let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(digits);
        // The word comes before its number; a word without one sorts before every number.
        key.push((0, word.to_owned()));
        key.push((
            number.parse().map_or(if number.is_empty() { 0 } else { u128::MAX }, |n: u128| n.saturating_add(1)),
            String::new(),
        ));
        rest = tail;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harvest::Received;

    #[derive(Default)]
    struct Seen(Vec<Checkpoint>);

    impl Sink for Seen {
        fn deliver(&mut self, mut delivery: Delivery) -> Result<Received, HarvestError> {
            let mut text = String::new();
            delivery.input.read_to_string(&mut text).unwrap();
            assert_eq!(delivery.bytes, Some(text.len() as u64));
            self.0.push(delivery.checkpoint);
            Ok(Received { records: 1, problem: None })
        }

        fn remember(&mut self, checkpoint: Checkpoint) -> Result<(), HarvestError> {
            self.0.push(checkpoint);
            Ok(())
        }

        fn expect(&mut self, _records: u64) {}
    }

    fn run(source: &mut FilesSource, checkpoints: &Checkpoints) -> (Vec<Checkpoint>, Outcome) {
        let mut seen = Seen::default();
        let outcome = source.harvest(checkpoints, &mut seen).unwrap();
        (seen.0, outcome)
    }

    #[test]
    fn files_come_in_natural_order_and_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        for name in ["n10.xml", "n2.xml.gz", "sub/n1.xml", "notes.md", ".hidden.xml"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        let mut source = FilesSource::new(folder.path(), vec![".".to_owned()]);
        let (seen, outcome) = run(&mut source, &Checkpoints::default());
        let names: Vec<_> = seen.iter().map(|c| c.partition.trim_start_matches("./")).collect();
        assert_eq!(names, ["n2.xml.gz", "n10.xml", "sub/n1.xml"]);
        assert!(outcome.is_complete());

        let checkpoints: Checkpoints = seen.into_iter().collect();
        assert!(run(&mut source, &checkpoints).0.is_empty());
        std::fs::write(folder.path().join("n10.xml"), "changed").unwrap();
        assert_eq!(run(&mut source, &checkpoints).0.len(), 1);
    }

    #[test]
    fn what_is_missing_is_a_problem_and_the_rest_is_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.xml"), "a").unwrap();
        let mut source = FilesSource::new(folder.path(), vec!["none".to_owned(), "a.xml".to_owned()]);
        let (seen, outcome) = run(&mut source, &Checkpoints::default());
        assert_eq!(seen.len(), 1);
        assert_eq!(outcome.problems.len(), 1);
        assert!(outcome.problems[0].contains("none"), "{}", outcome.problems[0]);
    }
}
