//! One concept of several vocabularies under one id.

use std::collections::HashMap;

use crate::vocab::entry::Entry;

/// An entry and the ids of MeSH that its vocabulary says are the same concept.
pub(super) type Referring = (Entry, Vec<String>);

/// Gives each entry the id of MeSH where the tie is one to one: it names one record of MeSH, and no other entry names that. Its
/// own id stays known beside it. Where several share one, none is the same concept: each keeps its own id, and has the record for a
/// parent.
pub(super) fn onto_mesh(entries: Vec<Referring>) -> Vec<Entry> {
    let mut uses: HashMap<&str, u32> = HashMap::new();
    for id in entries.iter().flat_map(|(_, same)| same) {
        *uses.entry(id).or_default() += 1;
    }
    let target = |same: &[String]| match same {
        [only] if uses.get(only.as_str()) == Some(&1) => Some(only.clone()),
        _ => None,
    };
    let renamed: HashMap<String, String> =
        entries.iter().filter_map(|(entry, same)| Some((entry.id.clone(), target(same)?))).collect();
    let current = |id: String| renamed.get(&id).cloned().unwrap_or(id);
    entries
        .into_iter()
        .map(|(mut entry, same)| {
            let shared = same.first().filter(|_| same.len() == 1 && !renamed.contains_key(&entry.id)).cloned();
            if let Some(id) = renamed.get(&entry.id) {
                entry.aliases.push(std::mem::replace(&mut entry.id, id.clone()));
            }
            entry.parents = entry.parents.into_iter().map(current).collect();
            entry.classes = entry.classes.into_iter().map(current).collect();
            // In front: nearer than what its own vocabulary puts above it.
            entry.parents.splice(0..0, shared);
            entry
        })
        .collect()
}

/// The id that a reference to MeSH in one of its usual spellings means: `MSH:D006333`, `MESH:C535575`.
pub(super) fn mesh_id(reference: &str) -> Option<String> {
    let (prefix, ui) = reference.split_once(':')?;
    let known = ["MSH", "MESH"].iter().any(|name| prefix.eq_ignore_ascii_case(name));
    (known && is_record(ui)).then(|| format!("MESH:{ui}"))
}

/// Whether this is the unique identifier of a descriptor or a supplementary concept.
pub(super) fn is_record(ui: &str) -> bool {
    let digits = ui.strip_prefix(['D', 'C']).unwrap_or_default();
    digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, parent: &str, same: &[&str]) -> Referring {
        let entry = Entry { id: id.to_owned(), parents: vec![parent.to_owned()], ..Entry::default() };
        (entry, same.iter().map(|&id| id.to_owned()).collect())
    }

    #[test]
    fn only_ties_of_one_to_one_make_one_concept() {
        let entries = onto_mesh(vec![
            entry("X:1", "X:2", &["MESH:D000001"]),
            entry("X:2", "X:1", &["MESH:D000002"]),
            entry("X:3", "X:1", &["MESH:D000002"]),
            entry("X:4", "X:3", &["MESH:D000003", "MESH:D000004"]),
        ]);
        let ids: Vec<_> = entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["MESH:D000001", "X:2", "X:3", "X:4"]);
        assert_eq!(entries[0].aliases, ["X:1"]);
        assert_eq!(entries[1].parents, ["MESH:D000002", "MESH:D000001"]);
        assert_eq!(entries[2].parents, ["MESH:D000002", "MESH:D000001"]);
        assert_eq!(entries[3].parents, ["X:3"]);
    }

    #[test]
    fn references_to_mesh_are_known_in_their_spellings() {
        for reference in ["MSH:D006333", "MESH:D006333", "MeSH:D006333"] {
            assert_eq!(mesh_id(reference).as_deref(), Some("MESH:D006333"));
        }
        for reference in ["NCI:C3088", "MSH:M0009876", "MSH:D00", "D006333", "UMLS_CUI:C0018923"] {
            assert_eq!(mesh_id(reference), None, "{reference}");
        }
    }
}
