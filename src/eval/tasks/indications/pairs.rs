//! PharmacotherapyDB's table of pairs, plain or gzipped.

use std::io::Read;
use std::path::Path;

use crate::eval::{EvalError, Ids};
use crate::parse::Input;

/// What curators decided of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    DiseaseModifying,
    Symptomatic,
    NonIndication,
}

impl Category {
    pub(super) const ALL: [Self; 3] = [Self::DiseaseModifying, Self::Symptomatic, Self::NonIndication];

    /// As the table writes it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::DiseaseModifying => "DM",
            Self::Symptomatic => "SYM",
            Self::NonIndication => "NOT",
        }
    }
}

/// A disease and a drug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) disease_id: String,
    pub(super) disease: String,
    pub(super) drug: String,
    pub(super) category: Category,
}

/// The columns that are read.
const COLUMNS: [&str; 4] = ["doid_id", "disease", "drug", "category"];

/// The pairs whose disease counts.
pub(super) fn read(path: &Path, ids: &Ids) -> Result<Vec<Pair>, EvalError> {
    let mut text = String::new();
    Input::open(path)?.read_to_string(&mut text).map_err(|source| EvalError::File { path: path.to_owned(), source })?;
    let wrong = |line: usize, reason: String| EvalError::Data { path: path.to_owned(), line: Some(line), reason };
    let mut lines = text.lines().enumerate();
    let head: Vec<&str> = lines.next().map(|(_, line)| line.split('\t').collect()).unwrap_or_default();
    let mut at = [0; COLUMNS.len()];
    for (place, name) in at.iter_mut().zip(COLUMNS) {
        *place = head
            .iter()
            .position(|column| *column == name)
            .ok_or_else(|| wrong(1, format!("no column “{name}”; there are to be {}", COLUMNS.join(", "))))?;
    }
    let mut pairs = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [disease_id, disease, drug, category] = at.map(|at| fields.get(at).copied().unwrap_or_default());
        let category = Category::ALL.into_iter().find(|known| known.name() == category).ok_or_else(|| {
            let known: Vec<&str> = Category::ALL.iter().map(|known| known.name()).collect();
            wrong(number + 1, format!("“{category}” is none of {}", known.join(", ")))
        })?;
        if disease_id.is_empty() || drug.is_empty() {
            return Err(wrong(number + 1, "it names no disease or no drug".to_owned()));
        }
        if ids.contains(disease_id) {
            let owned = str::to_owned;
            pairs.push(Pair { disease_id: owned(disease_id), disease: owned(disease), drug: owned(drug), category });
        }
    }
    if pairs.is_empty() {
        let reason = "it has no pair that counts".to_owned();
        return Err(EvalError::Data { path: path.to_owned(), line: None, reason });
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Pair>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pairs.tsv");
        std::fs::write(&path, text).unwrap();
        read(&path, &Ids::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_found_by_name_and_what_is_wrong_by_line() {
        let pairs = read_text("category\tdrug\tdisease\tdoid_id\nSYM\tZelmarin\tgout\tDOID:1\n\n").unwrap();
        assert_eq!((pairs[0].drug.as_str(), pairs[0].category), ("Zelmarin", Category::Symptomatic));
        let head = "doid_id\tdisease\tdrug\tcategory\n";
        for (text, says) in [
            (String::new(), "empty"),
            ("a\tb\n".to_owned(), "doid_id"),
            (head.to_owned(), "no pair"),
            (format!("{head}DOID:1\tgout\tZelmarin\tDM\nDOID:1\tgout\tZelmarin\tPERHAPS\n"), "line 3"),
            (format!("{head}DOID:1\tgout\t\tDM\n"), "line 2"),
        ] {
            let error = read_text(&text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
