//! The word lists, loaded once.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::extract::table::{rows, words};

/// What a full stop after an abbreviation means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It ends no sentence.
    Never,
    /// It ends none before a number.
    Number,
    /// It ends one only before a word that begins sentences.
    Opener,
}

impl Stop {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "never" => Some(Self::Never),
            "number" => Some(Self::Number),
            "opener" => Some(Self::Opener),
            _ => None,
        }
    }
}

/// The lists of this folder.
pub(super) struct Rules {
    pub(super) abbreviations: HashMap<&'static str, Stop>,
    pub(super) openers: HashSet<&'static str>,
    pub(super) labelled_letters: HashSet<&'static str>,
    pub(super) headings: Vec<&'static str>,
}

const ABBREVIATIONS: &str = include_str!("abbreviations.tsv");

/// The lists, ready for use.
pub(super) static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let mut headings: Vec<_> = words(include_str!("headings.tsv")).collect();
    headings.sort_by_key(|heading| std::cmp::Reverse(heading.len()));
    Rules {
        abbreviations: rows(ABBREVIATIONS)
            .filter_map(|row| Some((*row.first()?, Stop::from_name(row.get(1)?)?)))
            .collect(),
        openers: words(include_str!("openers.tsv")).collect(),
        labelled_letters: words(include_str!("labelled_letters.tsv")).collect(),
        headings,
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        assert_eq!(RULES.abbreviations.len(), rows(ABBREVIATIONS).count(), "a double or an unknown kind");
        for word in RULES.abbreviations.keys().chain(&RULES.openers).chain(&RULES.labelled_letters) {
            assert_eq!(*word, word.to_lowercase());
            assert!(!word.ends_with('.') && !word.contains(' '), "{word}");
        }
        assert!(RULES.openers.len() > 100 && RULES.labelled_letters.len() > 20 && RULES.headings.len() > 20);
    }
}
