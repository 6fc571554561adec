//! Words for having a condition: `diabetic`, `HIV-positive`.

use std::sync::LazyLock;

use crate::vocab::hash::WordSet;

const ADJECTIVES: &str = include_str!("adjectives.tsv");
const PEOPLE: &str = include_str!("people.tsv");

/// How many words behind an adjective may pass before the people it is said of: `depressed elderly patients`.
const REACH: usize = 3;

/// An adjective and what who is so has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Adjective {
    /// In its normal form.
    pub(super) key: &'static str,
    /// A name of the condition.
    pub(super) condition: &'static str,
    /// Whether it counts only where it is said of people: `depressed` says something else of a ventricle.
    pub(super) of_people: bool,
}

/// Every adjective of the table.
pub(super) fn all() -> impl Iterator<Item = Adjective> {
    rows(ADJECTIVES).filter_map(|line| {
        let mut fields = line.split('\t');
        let (key, condition, place) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Adjective { key, condition, of_people: place == "people" })
    })
}

/// Whether the words that follow, in their normal form, tell of people soon enough.
pub(super) fn before_people<'w>(mut behind: impl Iterator<Item = &'w str>) -> bool {
    static WORDS: LazyLock<WordSet<&str>> = LazyLock::new(|| rows(PEOPLE).collect());
    behind.by_ref().take(REACH).any(|word| WORDS.contains(word))
}

pub(super) fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::normal::normalize;

    #[test]
    fn the_lists_are_in_order_and_in_their_normal_form() {
        let keys: Vec<_> = all().map(|adjective| adjective.key).collect();
        assert_eq!(keys.len(), rows(ADJECTIVES).count());
        for words in [keys, rows(PEOPLE).collect()] {
            assert!(words.is_sorted_by(|one, other| one < other), "sort the lines");
            words.iter().for_each(|word| assert_eq!(normalize(word), *word));
        }
        assert!(rows(ADJECTIVES).all(|line| line.ends_with("\tany") || line.ends_with("\tpeople")));
    }

    #[test]
    fn people_are_looked_for_near_by() {
        assert!(before_people(["elderly", "patient"].into_iter()));
        assert!(!before_people(["left", "ventricular", "function", "patient"].into_iter()));
    }
}
