//! SMART's layout (MEDLARS and its like): a file of documents and a file of queries, each entry `.I NUMBER` and then fields, of
//! which `.T` is the title and `.W` the text; and a file of judgements, a query and a document a line (`1 13 1`, or `1 0 13 1`).
//! Which file is which is told from content: of the two with entries, the one with more of them holds the documents.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::set::{Judged, Query, Set, document, whole};
use crate::eval::measures::{Judgements, relevant};
use crate::eval::{EvalError, Ids};

/// An entry: its number, title and text.
struct Entry {
    id: String,
    title: String,
    text: String,
}

/// The files of a folder that are in SMART's layout.
struct Files {
    documents: Vec<Entry>,
    queries: Vec<Entry>,
    judgements: Vec<(String, String, i64)>,
}

/// Whether a folder has this layout.
pub(super) fn is_one(folder: &Path) -> bool {
    matches!(files(folder), Ok(Some(_)))
}

pub(super) fn read(folder: &Path, ids: &Ids) -> Result<Set, EvalError> {
    let Some(Files { documents, queries, judgements }) = files(folder)? else {
        let reason = "a file of documents, one of queries and one of judgements were expected".to_owned();
        return Err(EvalError::Data { path: folder.to_owned(), line: None, reason });
    };
    let mut judged: HashMap<String, Judgements> = HashMap::new();
    for (query, document, gain) in judgements {
        if ids.contains(&document) {
            judged.entry(query).or_default().insert(document, gain);
        }
    }
    let documents = documents.into_iter().filter(|entry| ids.contains(&entry.id)).enumerate();
    let documents = documents
        .map(|(number, entry)| Judged { document: document(number, &entry.title, &entry.text), id: entry.id })
        .collect();
    let queries = queries
        .into_iter()
        .filter_map(|entry| {
            let judged = judged.remove(&entry.id).filter(|judged| relevant(judged) > 0)?;
            // Queries and documents are numbered apart, so that none is the other.
            Some(Query { text: entry.text.split_whitespace().collect::<Vec<_>>().join(" "), judged, itself: None })
        })
        .collect();
    Ok(Set { documents, queries })
}

/// The three files; none where the folder does not hold just them.
fn files(folder: &Path) -> Result<Option<Files>, EvalError> {
    let listing = std::fs::read_dir(folder).map_err(|source| EvalError::File { path: folder.to_owned(), source })?;
    let mut paths: Vec<PathBuf> = listing.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    let (mut entries, mut judgements) = (Vec::new(), None);
    for path in paths {
        let text = whole(&path)?;
        if text.trim_start().starts_with(".I ") {
            entries.push(parse_entries(&text));
        } else if let Some(found) = parse_judgements(&text) {
            judgements = Some(found);
        }
    }
    entries.sort_by_key(Vec::len);
    match (entries.pop(), entries.pop(), entries.pop(), judgements) {
        (Some(documents), Some(queries), None, Some(judgements)) => Ok(Some(Files { documents, queries, judgements })),
        _ => Ok(None),
    }
}

fn parse_entries(text: &str) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut field = ' ';
    for line in text.lines() {
        if let Some(id) = line.strip_prefix(".I ") {
            found.push(Entry { id: id.trim().to_owned(), title: String::new(), text: String::new() });
            field = ' ';
        } else if let Some(name) = line.strip_prefix('.').map(str::trim_end).filter(|name| is_field(name)) {
            field = name.chars().next().unwrap_or(' ');
        } else if let Some(entry) = found.last_mut() {
            let into = match field {
                'T' => &mut entry.title,
                'W' => &mut entry.text,
                _ => continue,
            };
            into.push(' ');
            into.push_str(line);
        }
    }
    found
}

fn is_field(name: &str) -> bool {
    name.len() == 1 && name.bytes().all(|b| b.is_ascii_uppercase())
}

/// Judgements, if every line is one.
fn parse_judgements(text: &str) -> Option<Vec<(String, String, i64)>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let found: Option<Vec<_>> = lines
        .map(|line| {
            let numbers: Vec<i64> = line.split_whitespace().map(|n| n.parse().ok()).collect::<Option<_>>()?;
            match numbers.as_slice() {
                [query, _, document, gain] | [query, document, gain] => {
                    Some((query.to_string(), document.to_string(), *gain))
                }
                [query, document] => Some((query.to_string(), document.to_string(), 1)),
                _ => None,
            }
        })
        .collect();
    found.filter(|found| !found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_judgements_are_told_from_content() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path();
        std::fs::write(place.join("z"), ".I 1\n.T\nA title\n.A\nNobody\n.W\nfirst line\nsecond\n.I 2\n.W\nanother\n")
            .unwrap();
        std::fs::write(place.join("a"), ".I 1\n.W\na question\n").unwrap();
        assert!(!is_one(place));
        std::fs::write(place.join("q"), "1 2 1\n1 0 1 0\n").unwrap();
        assert!(is_one(place));
        let set = read(place, &Ids::default()).unwrap();
        assert_eq!(set.documents.len(), 2);
        assert_eq!(set.documents[0].document.text(), "A title\nfirst line second");
        assert_eq!((set.queries[0].text.as_str(), set.queries[0].judged.len()), ("a question", 2));
        assert_eq!(set.queries[0].judged["2"], 1);
    }
}
