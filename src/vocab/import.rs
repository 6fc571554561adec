//! Imported vocabularies: files `NAME.vocab` in a folder.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::progress::Progress;

use super::error::VocabularyError;
use super::layer::{Bytes, EXTENSION, Layer, Title, compile, save};
use super::loaders::{References, Source};
use super::{loaders, starter};

/// How much of a file a loader sees to tell its format.
const HEAD: u64 = 4096;

/// What an import brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// The compiled vocabulary.
    pub path: PathBuf,
    /// The loader that read each file.
    pub loaders: Vec<&'static str>,
    /// What the vocabulary says of itself.
    pub title: Title,
    /// Concepts.
    pub concepts: usize,
    /// Names of all concepts.
    pub names: usize,
    /// Bytes of the compiled form.
    pub bytes: u64,
}

/// A compiled vocabulary in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The name to open it by.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// What it says of itself and how many concepts it has; the reason where the file is damaged.
    pub state: Result<(Title, usize), String>,
}

/// Reads vocabularies in any known format, plain or gzipped, and writes their compiled form together as `NAME.vocab`: what several
/// files tell of one id is united, the first gives the title. One that was there stays as it was until the new one is whole. `references` are
/// tables of cross-references, by which ids of other vocabularies are reconciled with MeSH's.
pub fn import(
    inputs: &[PathBuf],
    references: &[PathBuf],
    folder: &Path,
    name: &str,
    progress: &dyn Progress,
) -> Result<ImportReport, VocabularyError> {
    let path = file_of(folder, name)?;
    let mut same = References::default();
    for table in references {
        let (_, mut stream) = open(table).map_err(VocabularyError::io(table))?;
        same.read(&mut stream).map_err(|source| VocabularyError::Load { path: table.clone(), source })?;
    }
    let mut loaders = Vec::new();
    let mut all: Option<Source> = None;
    for input in inputs {
        let (loader, source) = load(input, progress)?;
        loaders.push(loader);
        match &mut all {
            None => all = Some(source),
            Some(all) => all.entries.extend(source.entries),
        }
    }
    let Source { title, entries } = all.unwrap_or_default();
    let bytes = compile(&title, same.reconcile(entries));
    let layer = Layer::read(name, Bytes::Held(bytes.clone())).map_err(|reason| VocabularyError::Damaged {
        path: path.clone(),
        name: name.to_owned(),
        reason,
    })?;
    let names = (0..layer.len()).map(|at| layer.names(at).count()).sum();
    let concepts = layer.len() as usize;
    save(&bytes, &path)?;
    Ok(ImportReport { path, loaders, title, concepts, names, bytes: bytes.len() as u64 })
}

/// What a file holds, and the loader that read it.
fn load(input: &Path, progress: &dyn Progress) -> Result<(&'static str, Source), VocabularyError> {
    let (head, mut stream) = open(input).map_err(VocabularyError::io(input))?;
    let Some(loader) = loaders::ALL.iter().find(|loader| loader.recognises(&head)) else {
        let formats = loaders::ALL.iter().map(|loader| loader.reads()).collect();
        return Err(VocabularyError::Format { path: input.to_owned(), formats });
    };
    let source = loader
        .load(&mut stream, progress)
        .map_err(|source| VocabularyError::Load { path: input.to_owned(), source })?;
    Ok((loader.name(), source))
}

/// The vocabularies that were imported into a folder, by name; none where the folder does not exist.
pub fn list(folder: &Path) -> Result<Vec<Imported>, VocabularyError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(VocabularyError::io(folder)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(VocabularyError::io(folder))?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
        let Some(name) = name.filter(|_| path.extension().is_some_and(|extension| extension == EXTENSION)) else {
            continue;
        };
        let state = Layer::open(&path, &name)
            .map(|layer| (layer.title().clone(), layer.len() as usize))
            .map_err(|error| error.to_string());
        found.push(Imported { name, path, state });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The file of a vocabulary by this name.
pub(super) fn file_of(folder: &Path, name: &str) -> Result<PathBuf, VocabularyError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if name.is_empty() || name == starter::NAME || !name.bytes().all(plain) {
        return Err(VocabularyError::Name(name.to_owned()));
    }
    Ok(folder.join(name).with_extension(EXTENSION))
}

/// The first bytes of a file and all of it, unpacked where it is gzipped.
fn open(path: &Path) -> io::Result<(Vec<u8>, impl Read + Send)> {
    let mut file = File::open(path)?;
    let start = head(&mut file, 2)?;
    let gzipped = start == [0x1f, 0x8b];
    let file = io::Cursor::new(start).chain(file);
    let mut plain: Box<dyn Read + Send> =
        if gzipped { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(BufReader::new(file)) };
    let head = head(&mut plain, HEAD)?;
    Ok((head.clone(), io::Cursor::new(head).chain(plain)))
}

fn head(from: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    from.take(length).read_to_end(&mut head)?;
    Ok(head)
}
