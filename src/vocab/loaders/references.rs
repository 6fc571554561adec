//! Tables of cross-references: which ids of several vocabularies mean the same. Given beside the files of a vocabulary, they reconcile its
//! ids with MeSH's and make other vocabularies' ids known.
//!
//! Tab-separated UTF-8, plain or `.gz`, in one of two forms:
//!
//! - six columns without a head: vocabulary, id, name, vocabulary, id, name (`MESH  C000055  alloclamide  CHEBI  CHEBI:135326  alloclamide`);
//! - three columns or more with a head whose first cell is a vocabulary and `ID` (`DRUGBANK_ID`, `NCIT ID`): id, the other vocabulary,
//!   the id there. Rows of the vocabulary `NAME` give names and no ids; they are passed over.
//!
//! Lines that begin with `#` and empty ones are skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::LoadError;
use super::lines::{Lines, refuse};
use super::reconcile::{is_record, onto_mesh};
use crate::vocab::entry::Entry;

/// The prefix of MeSH's ids.
const MESH: &str = "MESH:";
/// What stands in place of a vocabulary where a row gives a name.
const NAMES: &str = "NAME";

/// Ids that mean the same, both ways.
#[derive(Debug, Default)]
pub(in crate::vocab) struct References(BTreeMap<String, BTreeSet<String>>);

impl References {
    /// Adds those of a table.
    pub(in crate::vocab) fn read(&mut self, input: &mut (dyn Read + Send)) -> Result<(), LoadError> {
        let mut lines = Lines::new(input);
        let mut first = None;
        let mut begun = false;
        let (mut last, mut rows) = (0, 0);
        while let Some((number, line)) = lines.next()? {
            last = number;
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            if !std::mem::replace(&mut begun, true) {
                first = headed(&cells);
                if first.is_some() {
                    continue;
                }
            }
            let pair = match (&first, cells.as_slice()) {
                (Some(_), [_, vocabulary, ..]) if *vocabulary == NAMES => continue,
                (Some(own), [id, vocabulary, other, ..]) => (with_prefix(own, id), with_prefix(vocabulary, other)),
                (None, [own, id, _, vocabulary, other, _]) => (with_prefix(own, id), with_prefix(vocabulary, other)),
                _ => {
                    return Err(refuse(
                        number,
                        "no row of cross-references: vocabulary, id, name, twice; or a head and id, vocabulary, id",
                    ));
                }
            };
            let (Some(one), Some(other)) = pair else {
                return Err(refuse(number, "a vocabulary or an id is empty"));
            };
            rows += 1;
            self.0.entry(one.clone()).or_default().insert(other.clone());
            self.0.entry(other).or_default().insert(one);
        }
        if rows == 0 {
            return Err(refuse(last, "the table ends without a cross-reference"));
        }
        Ok(())
    }

    /// The records of MeSH that an id means: those that the tables name beside it; where they name none, those that they name beside an id
    /// which they name beside it.
    fn in_mesh(&self, id: &str) -> Vec<String> {
        let mesh = |ids: &BTreeSet<String>| -> BTreeSet<String> {
            ids.iter().filter(|id| id.strip_prefix(MESH).is_some_and(is_record)).cloned().collect()
        };
        let Some(beside) = self.0.get(id) else { return Vec::new() };
        let direct = mesh(beside);
        if !direct.is_empty() {
            return direct.into_iter().collect();
        }
        let further: BTreeSet<String> = beside.iter().filter_map(|other| self.0.get(other)).flat_map(mesh).collect();
        further.into_iter().collect()
    }

    /// Gives entries the ids of MeSH where the tie is one to one, and makes every other id known that means one record of MeSH alone.
    pub(in crate::vocab) fn reconcile(&self, entries: Vec<Entry>) -> Vec<Entry> {
        if self.0.is_empty() {
            return entries;
        }
        let (of_mesh, others): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|entry| entry.id.starts_with(MESH));
        let others =
            others.into_iter().map(|entry| (self.in_mesh(&entry.id), entry)).map(|(same, entry)| (entry, same));
        let mut entries = onto_mesh(others.collect());
        let own: BTreeSet<String> = entries.iter().map(|entry| entry.id.clone()).collect();
        entries.extend(of_mesh);
        let mut known: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for id in self.0.keys().filter(|id| !id.starts_with(MESH) && !own.contains(*id)) {
            if let [only] = self.in_mesh(id).as_slice() {
                known.entry(only.clone()).or_default().push(id);
            }
        }
        for entry in &mut entries {
            for id in known.get(&entry.id).into_iter().flatten() {
                if !entry.aliases.contains(id) {
                    entry.aliases.push((*id).clone());
                }
            }
        }
        entries
    }
}

/// The vocabulary whose ids stand first in a table with a head; none where the line is no head.
fn headed(cells: &[&str]) -> Option<String> {
    let own = cells.first()?.strip_suffix("ID")?.trim_end_matches([' ', '_']);
    (!own.is_empty() && cells.len() >= 3).then(|| own.to_uppercase())
}

/// An id with the prefix of its vocabulary, once.
fn with_prefix(vocabulary: &str, id: &str) -> Option<String> {
    let prefix = vocabulary.to_uppercase();
    let rest = id.split_once(':').filter(|(own, _)| own.eq_ignore_ascii_case(vocabulary)).map_or(id, |(_, rest)| rest);
    (!prefix.is_empty() && !rest.is_empty()).then(|| format!("{prefix}:{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(tables: &[&str]) -> References {
        let mut references = References::default();
        for table in tables {
            references.read(&mut table.as_bytes()).unwrap();
        }
        references
    }

    fn entry(id: &str) -> Entry {
        Entry { id: id.to_owned(), ..Entry::default() }
    }

    #[test]
    fn ids_meet_in_mesh_directly_or_through_a_third() {
        let references = references(&[
            "DRUGBANK_ID\tNAMESPACE\tID\tSOURCE\nDB1\tCHEBI\t7\tx\nDB1\tNAME\tzelmarin\tx\nDB2\tCHEBI\t8\tx\nDB3\tCHEBI\t8\tx\n",
            "MESH\tC000001\tzelmarin\tCHEBI\tCHEBI:7\tzelmarin\nMESH\tD000002\toxotril\tCHEBI\tCHEBI:8\toxotril\n",
            "NCIT ID\tTarget NS\tTarget ID\nC9\tMESH\tD000002\n",
        ]);
        let entries = references.reconcile(vec![
            entry("DRUGBANK:DB1"),
            entry("DRUGBANK:DB2"),
            entry("DRUGBANK:DB3"),
            entry("LOCAL:4"),
            entry("MESH:D000002"),
        ]);
        let of = |id: &str| entries.iter().find(|entry| entry.id == id);
        assert_eq!(of("MESH:C000001").unwrap().aliases, ["DRUGBANK:DB1", "CHEBI:7"]);
        // Two that share a record are neither of them that record.
        assert_eq!(of("DRUGBANK:DB2").unwrap().parents, ["MESH:D000002"]);
        assert_eq!(of("MESH:D000002").unwrap().aliases, ["CHEBI:8", "NCIT:C9"]);
        assert!(of("LOCAL:4").unwrap().aliases.is_empty());
    }

    #[test]
    fn an_id_that_means_two_records_means_neither() {
        let references = references(&["MESH\tD000001\ta\tUP\tP1\tb\nMESH\tD000002\ta\tUP\tP1\tb\n"]);
        let entries = references.reconcile(vec![entry("MESH:D000001"), entry("UP:P1")]);
        assert!(entries.iter().all(|entry| entry.aliases.is_empty() && entry.parents.is_empty()));
        assert!(entries.iter().any(|entry| entry.id == "UP:P1"));
    }

    #[test]
    fn what_is_no_table_of_references_is_refused_by_line() {
        for (text, place) in [
            ("", "line 0"),
            ("id\tname\n", "line 1"),
            ("NCIT ID\tNS\tID\nC1\tMESH\n", "line 2"),
            ("NCIT ID\tNS\tID\nC1\tMESH\t\n", "line 2"),
            ("MESH\tC1\ta\tCHEBI\tCHEBI:1\tb\nMESH\tC1\n", "line 2"),
        ] {
            let error = References::default().read(&mut text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(place), "{text:?}: {error}");
        }
    }
}
