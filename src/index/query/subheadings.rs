//! Subheadings: their names, their codes, and what a search for one counts besides (`subheadings.txt`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::index::analyzers::normal_name;

struct Row {
    depth: usize,
    code: &'static str,
    name: &'static str,
    /// As documents have it: one blank between words, no `&`.
    key: String,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let lines = include_str!("subheadings.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let text = line.trim_start();
            let (code, name) = text.split_once(' ')?;
            let name = name.strip_prefix("= ").unwrap_or(name);
            Some(Row { depth: (line.len() - text.len()) / 2, code, name, key: normal_name(name) })
        })
        .collect()
});

/// The name of the subheading that goes by this name or code: `drug therapy`, `DT`, `administration and dosage`.
pub(super) fn named(typed: &str) -> Option<&'static str> {
    let typed = typed.trim();
    let key = normal_name(&typed.replace(" and ", " & "));
    ROWS.iter().find(|row| row.key == key || row.code.eq_ignore_ascii_case(typed)).map(|row| row.name)
}

/// The keys of a subheading and of all beneath it, its own first; the key of what was typed where it is none.
pub(super) fn keys(typed: &str, explode: bool) -> Vec<String> {
    let Some(name) = named(typed) else { return vec![normal_name(typed)] };
    let own = normal_name(name);
    let mut found = vec![own.clone()];
    let mut seen = BTreeSet::from([own.clone()]);
    if explode {
        for (at, row) in ROWS.iter().enumerate().filter(|(_, row)| row.key == own) {
            let beneath = ROWS[at + 1..].iter().take_while(|lower| lower.depth > row.depth);
            found.extend(beneath.filter(|lower| seen.insert(lower.key.clone())).map(|lower| lower.key.clone()));
        }
    }
    found
}

/// The name whose key this is.
pub(super) fn name_of(key: &str) -> Option<&'static str> {
    ROWS.iter().find(|row| row.key == key).map(|row| row.name)
}

/// The subheading that looks most like what was typed.
pub(super) fn nearest(typed: &str) -> Option<&'static str> {
    let key = normal_name(typed);
    let best = ROWS.iter().map(|row| (strsim::damerau_levenshtein(&row.key, &key), row.name)).min()?;
    (best.0 <= (key.chars().count() / 3).max(1)).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_well_formed() {
        let mut names = BTreeSet::new();
        for (at, row) in ROWS.iter().enumerate() {
            assert!(row.code.len() == 2 && row.code.chars().all(|c| c.is_ascii_uppercase()), "{}", row.name);
            assert!(row.depth <= at.checked_sub(1).map_or(0, |above| ROWS[above].depth + 1), "{}", row.name);
            let same = ROWS.iter().filter(|other| other.code == row.code || other.key == row.key);
            assert!(same.clone().all(|other| other.name == row.name && other.code == row.code), "{}", row.name);
            names.insert(row.name);
        }
        assert_eq!(names.len(), 84);
    }

    #[test]
    fn names_codes_and_both_ways_of_and() {
        for typed in ["Drug Therapy", "DT", "dt", " drug  therapy "] {
            assert_eq!(named(typed), Some("drug therapy"), "{typed}");
        }
        assert_eq!(named("administration and dosage"), Some("administration & dosage"));
        assert_eq!((named("no such"), nearest("drug terapy")), (None, Some("drug therapy")));
    }

    #[test]
    fn a_subheading_stands_for_those_beneath_it() {
        assert_eq!(keys("therapeutic use", false), ["therapeutic use"]);
        let found = keys("TU", true);
        let expected =
            ["therapeutic use", "administration dosage", "adverse effects", "contraindications", "poisoning"];
        assert_eq!(found, expected);
        assert_eq!(keys("adverse effects", true), ["adverse effects", "poisoning", "toxicity"]);
        assert!(keys("therapy", true).contains(&"transplantation".to_owned()));
        assert_eq!(keys("something else", true), ["something else"]);
    }
}
