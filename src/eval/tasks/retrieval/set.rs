//! A test collection: documents, queries and judgements.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use crate::eval::EvalError;
use crate::eval::measures::Judgements;
use crate::model::{Document, Identifiers, Passage};
use crate::parse::Input;

/// A test collection.
pub(super) struct Set {
    pub(super) documents: Vec<Judged>,
    /// Those that have a relevant document.
    pub(super) queries: Vec<Query>,
}

/// A document of the collection.
pub(super) struct Judged {
    /// Its name in the collection.
    pub(super) id: String,
    /// What is indexed.
    pub(super) document: Document,
}

/// A query with its judgements.
pub(super) struct Query {
    pub(super) text: String,
    pub(super) judged: Judgements,
    /// The document that is the query itself, and is not looked for.
    pub(super) itself: Option<String>,
}

/// The first number that the collection's documents get in place of a PubMed id, in their order.
const FIRST_NUMBER: u64 = 900_000_001;

/// A document with a title, which may be empty, and a text.
pub(super) fn document(number: usize, title: &str, text: &str) -> Document {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut document = Document {
        identifiers: Identifiers { pmid: Some(FIRST_NUMBER + number as u64), ..Identifiers::default() },
        ..Document::default()
    };
    let (title, text) = (one_line(title), one_line(text));
    if !title.is_empty() {
        document.set_title(title);
    }
    if !text.is_empty() {
        document.passages.push(Passage { section: "ABSTRACT".to_owned(), category: None, text });
    }
    document
}

/// The file of this name in a folder, plain or compressed.
pub(super) fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    [folder.join(name), folder.join(format!("{name}.gz"))].into_iter().find(|path| path.is_file())
}

/// The lines of a file, decompressed, each with its number from 1.
pub(super) fn lines(path: &Path) -> Result<impl Iterator<Item = Result<(usize, String), EvalError>>, EvalError> {
    let input = Input::open(path)?;
    let path = path.to_owned();
    Ok(input.lines().enumerate().map(move |(number, line)| match line {
        Ok(line) => Ok((number + 1, line)),
        Err(source) => Err(EvalError::File { path: path.clone(), source }),
    }))
}

/// A whole file, decompressed; bytes that are no UTF-8 are replaced.
pub(super) fn whole(path: &Path) -> Result<String, EvalError> {
    let mut bytes = Vec::new();
    Input::open(path)?.read_to_end(&mut bytes).map_err(|source| EvalError::File { path: path.to_owned(), source })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
