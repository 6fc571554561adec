//! BEIR's layout: `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and `qrels/SPLIT.tsv` (query, document and
//! gain, with a head); each plain or `.gz`.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::set::{Judged, Query, Set, document, find, lines};
use crate::eval::measures::{Judgements, relevant};
use crate::eval::{EvalError, Ids};

#[derive(Deserialize)]
struct Line {
    _id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
}

/// Whether a folder has this layout.
pub(super) fn is_one(folder: &Path) -> bool {
    find(folder, "corpus.jsonl").is_some()
}

pub(super) fn read(folder: &Path, split: &str, ids: &Ids) -> Result<Set, EvalError> {
    let need = |name: &str| {
        find(folder, name).ok_or_else(|| EvalError::Data {
            path: folder.to_owned(),
            line: None,
            reason: format!("there is no {name} (or {name}.gz) in it"),
        })
    };
    let mut judged = judgements(&need(&format!("qrels/{split}.tsv"))?, ids)?;
    let mut documents = Vec::new();
    for line in records(&need("corpus.jsonl")?)? {
        let line = line?;
        if ids.contains(&line._id) {
            let document = document(documents.len(), &line.title, &line.text);
            documents.push(Judged { id: line._id, document });
        }
    }
    let mut queries = Vec::new();
    for line in records(&need("queries.jsonl")?)? {
        let line = line?;
        if let Some(judged) = judged.remove(&line._id).filter(|judged| relevant(judged) > 0) {
            queries.push(Query { text: line.text, judged, itself: Some(line._id) });
        }
    }
    Ok(Set { documents, queries })
}

fn records(path: &Path) -> Result<impl Iterator<Item = Result<Line, EvalError>>, EvalError> {
    let place = path.to_owned();
    Ok(lines(path)?.filter(|line| !matches!(line, Ok((_, text)) if text.trim().is_empty())).map(move |line| {
        let (number, text) = line?;
        serde_json::from_str(&text).map_err(|error| EvalError::Data {
            path: place.clone(),
            line: Some(number),
            reason: error.to_string(),
        })
    }))
}

fn judgements(path: &Path, ids: &Ids) -> Result<HashMap<String, Judgements>, EvalError> {
    let mut judged: HashMap<String, Judgements> = HashMap::new();
    for line in lines(path)? {
        let (number, text) = line?;
        let columns: Vec<&str> = text.split('\t').map(str::trim).collect();
        match columns.as_slice() {
            [query, document, gain] => match gain.parse() {
                Ok(gain) if ids.contains(document) => {
                    judged.entry((*query).to_owned()).or_default().insert((*document).to_owned(), gain);
                }
                Ok(_) => {}
                // The head.
                Err(_) if number == 1 => {}
                Err(_) => return Err(no_judgement(path, number)),
            },
            [""] => {}
            _ => return Err(no_judgement(path, number)),
        }
    }
    Ok(judged)
}

fn no_judgement(path: &Path, line: usize) -> EvalError {
    let reason = "a query, a document and a whole number, parted by tabs, were expected".to_owned();
    EvalError::Data { path: path.to_owned(), line: Some(line), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path();
        std::fs::create_dir(place.join("qrels")).unwrap();
        std::fs::write(place.join("corpus.jsonl"), "{\"_id\":\"1\"}\n{\"_id\":2}\n").unwrap();
        std::fs::write(place.join("queries.jsonl"), "").unwrap();
        std::fs::write(place.join("qrels/dev.tsv"), "q\td\ts\n1\t1\tx\n").unwrap();
        let said = |split: &str| read(place, split, &Ids::default()).err().unwrap().to_string();
        assert!(said("dev").contains("dev.tsv line 2"), "{}", said("dev"));
        std::fs::write(place.join("qrels/dev.tsv"), "q\td\ts\n1\t1\t1\n").unwrap();
        assert!(said("dev").contains("corpus.jsonl line 2"), "{}", said("dev"));
        assert!(said("test").contains("qrels/test.tsv"), "{}", said("test"));
    }
}
