//! Lists of one's own, as tab-separated tables.

use std::collections::HashSet;
use std::io::Read;

use super::lines::{Lines, refuse};
use super::{LoadError, Loader, Source};
use crate::model::ConceptType;
use crate::progress::Progress;
use crate::vocab::entry::{Entry, Name};
use crate::vocab::layer::Title;

/// A table.
pub(super) struct Table;

/// The columns that a table may have.
const COLUMNS: [&str; 8] = ["id", "name", "type", "names", "abbreviations", "parents", "classes", "same_as"];

impl Loader for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn reads(&self) -> &'static str {
        "a tab-separated table with the columns id, name and what else its README lists (.tsv)"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        let first = head.trim_start_matches('\u{feff}').lines().find(|line| !is_comment(line));
        let columns: Vec<&str> = first.unwrap_or_default().split('\t').map(str::trim).collect();
        ["id", "name"].iter().all(|needed| columns.contains(needed))
    }

    fn load(&self, input: &mut (dyn Read + Send), progress: &dyn Progress) -> Result<Source, LoadError> {
        let task = progress.task("importing a table", None, "concepts");
        let mut lines = Lines::new(input);
        let mut title = Title { title: "Local list".to_owned(), release: "unknown".to_owned(), credit: String::new() };
        let mut columns: Option<Vec<usize>> = None;
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        let mut last = 0;
        while let Some((number, line)) = lines.next()? {
            last = number;
            if is_comment(line) {
                if columns.is_none() {
                    describe(&mut title, line);
                }
                continue;
            }
            match &columns {
                None => columns = Some(head(number, line)?),
                Some(columns) => {
                    let entry = row(number, line, columns)?;
                    let own = entry.aliases.first().unwrap_or(&entry.id);
                    if !seen.insert(own.clone()) {
                        return Err(refuse(number, format!("the id {own} stands twice")));
                    }
                    entries.push(entry);
                    task.advance(1);
                }
            }
        }
        if entries.is_empty() {
            return Err(refuse(last, "the table ends without a concept"));
        }
        Ok(Source { title, entries })
    }
}

fn is_comment(line: &str) -> bool {
    line.starts_with('#') || line.trim().is_empty()
}

/// Takes what a comment at the head says of the table.
fn describe(title: &mut Title, comment: &str) {
    let Some((what, value)) = comment.trim_start_matches('#').split_once(':') else { return };
    let field = match what.trim() {
        "title" => &mut title.title,
        "release" => &mut title.release,
        "credit" => &mut title.credit,
        _ => return,
    };
    value.trim().clone_into(field);
}

/// Which column of [`COLUMNS`] each column of the table is.
fn head(number: u64, line: &str) -> Result<Vec<usize>, LoadError> {
    let mut columns = Vec::new();
    for name in line.split('\t').map(str::trim) {
        let Some(column) = COLUMNS.iter().position(|known| *known == name) else {
            return Err(refuse(number, format!("there is no column “{name}”; there are {}", COLUMNS.join(", "))));
        };
        if columns.contains(&column) {
            return Err(refuse(number, format!("the column “{name}” stands twice")));
        }
        columns.push(column);
    }
    Ok(columns)
}

fn row(number: u64, line: &str, columns: &[usize]) -> Result<Entry, LoadError> {
    let mut cells = [""; COLUMNS.len()];
    let mut found = 0;
    for (at, cell) in line.split('\t').enumerate() {
        let Some(&column) = columns.get(at) else {
            return Err(refuse(number, format!("more cells than the head's {} columns", columns.len())));
        };
        cells[column] = cell.trim();
        found += 1;
    }
    let [id, name, kind, names, abbreviations, parents, classes, same] = cells;
    if id.is_empty() || name.is_empty() {
        return Err(refuse(number, format!("id and name are needed, in {found} cells")));
    }
    let concept_type = match kind {
        "" => None,
        kind => Some(ConceptType::from_name(kind).ok_or_else(|| {
            let known: Vec<_> = ConceptType::ALL.iter().map(|kind| kind.name()).collect();
            refuse(number, format!("there is no type “{kind}”; there are {}", known.join(", ")))
        })?),
    };
    let mut entry = Entry {
        id: with_prefix(id),
        concept_type,
        names: std::iter::once(name).chain(values(names)).map(Name::new).collect(),
        parents: values(parents).map(with_prefix).collect(),
        classes: values(classes).map(with_prefix).collect(),
        ..Entry::default()
    };
    entry.names.extend(values(abbreviations).map(Name::abbreviated));
    if !same.is_empty() {
        entry.aliases.push(std::mem::replace(&mut entry.id, with_prefix(same)));
    }
    Ok(entry)
}

fn values(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim).filter(|value| !value.is_empty())
}

fn with_prefix(id: &str) -> String {
    if id.contains(':') { id.to_owned() } else { format!("LOCAL:{id}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn load(text: &str) -> Result<Source, String> {
        Table.load(&mut text.as_bytes(), &Silent).map_err(|error| error.to_string())
    }

    #[test]
    fn a_formulary() {
        let text = "# title: Formulary\n# release: 2030-01\n\nid\tname\ttype\tnames\tabbreviations\tclasses\tsame_as\n\
                    17\tExamplomab\tchemical\texa-mab | examplomab 40 mg\tEXM\tF:3\t\n\
                    F:18\tParacetamol\tchemical\t\t\t\tMESH:D000082\n";
        assert!(Table.recognises(text.as_bytes()));
        let source = load(text).unwrap();
        assert_eq!((source.title.title.as_str(), source.title.release.as_str()), ("Formulary", "2030-01"));
        let [first, second] = source.entries.as_slice() else { panic!("{:?}", source.entries) };
        assert_eq!((first.id.as_str(), first.concept_type), ("LOCAL:17", Some(ConceptType::Chemical)));
        let names: Vec<_> = first.names.iter().map(|name| (name.text.as_str(), name.abbreviation)).collect();
        assert_eq!(names, [("Examplomab", false), ("exa-mab", false), ("examplomab 40 mg", false), ("EXM", true)]);
        assert_eq!(first.classes, ["F:3"]);
        assert_eq!((second.id.as_str(), second.aliases.as_slice()), ("MESH:D000082", ["F:18".to_owned()].as_slice()));
    }

    #[test]
    fn what_is_malformed_is_refused_with_its_line() {
        for (text, expected) in [
            ("id\tname\tcolour\n1\tx\tred\n", "line 1: there is no column “colour”"),
            ("id\tname\tid\n1\tx\t1\n", "line 1: the column “id” stands twice"),
            ("id\tname\n1\tx\n1\ty\n", "line 3: the id LOCAL:1 stands twice"),
            ("id\tname\n\tx\n", "line 2: id and name are needed"),
            ("id\tname\ttype\n1\tx\tpill\n", "line 2: there is no type “pill”"),
            ("id\tname\n1\tx\ty\n", "line 2: more cells"),
            ("id\tname\n", "line 1: the table ends"),
        ] {
            let error = load(text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        let error = Table.load(&mut b"id\tname\n1\t\xff\n".as_slice(), &Silent).unwrap_err().to_string();
        assert!(error.starts_with("line 2: it is not UTF-8"), "{error}");
    }
}
