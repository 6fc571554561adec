//! Names that people use and vocabularies lack: of tables, and made of a part of the body and a word for trouble; symbols of
//! substances.

use super::adjectives;
use crate::vocab::normal::normalize;

const NAMES: &str = include_str!("names.tsv");
const PARTS: &str = include_str!("parts.tsv");
const TROUBLE: &str = include_str!("trouble.tsv");
const INSTEAD: &str = include_str!("instead.tsv");
const SYMBOLS: &str = include_str!("symbols.tsv");
const ELEMENTS: &str = include_str!("elements.tsv");

/// A name that no vocabulary has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Further {
    /// In its normal form.
    pub(super) key: String,
    /// Another name of what it means.
    pub(super) means: &'static str,
    /// How it counts.
    pub(super) counts: Counts,
}

/// How a further name counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// As a name like others.
    Name,
    /// As an adjective for having a condition.
    Adjective,
    /// As one that is said of people: `depressed` says something else of a ventricle.
    AdjectiveOfPeople,
    /// As a name, whatever the vocabularies make of it: to papers `alcohol` is ethanol, to MeSH a class of compounds.
    Instead,
    /// Only in these letters, small and capital.
    Written(&'static str),
}

/// Every such name.
pub(super) fn all() -> impl Iterator<Item = Further> {
    let adjectives = adjectives::all().map(|adjective| Further {
        key: adjective.key.to_owned(),
        means: adjective.condition,
        counts: if adjective.of_people { Counts::AdjectiveOfPeople } else { Counts::Adjective },
    });
    let named = pairs(NAMES).map(|(name, means)| Further { key: name.to_owned(), means, counts: Counts::Name });
    let made = pairs(PARTS).flat_map(|(part, means)| {
        let whole = move |trouble| Further { key: format!("{part} {trouble}"), means, counts: Counts::Name };
        adjectives::rows(TROUBLE).map(whole)
    });
    let symbols = pairs(SYMBOLS).map(|(symbol, means)| Further {
        key: normalize(symbol),
        means,
        counts: Counts::Written(symbol),
    });
    let instead = pairs(INSTEAD).map(|(name, means)| Further { key: name.to_owned(), means, counts: Counts::Instead });
    adjectives.chain(named).chain(made).chain(symbols).chain(instead)
}

/// Symbols of elements and small molecules that are letters of much else, and the name of each.
pub(super) fn elements() -> impl Iterator<Item = (&'static str, &'static str)> {
    pairs(ELEMENTS)
}

fn pairs(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    adjectives::rows(table).filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order_and_in_their_normal_form() {
        let first = |table| pairs(table).map(|(name, _)| name).collect::<Vec<_>>();
        for words in [first(NAMES), first(PARTS), first(INSTEAD), adjectives::rows(TROUBLE).collect()] {
            assert!(words.is_sorted_by(|one, other| one < other), "sort the lines");
            words.iter().for_each(|word| assert_eq!(normalize(word), *word));
        }
        assert!(first(ELEMENTS).is_sorted_by(|one, other| one < other), "sort the lines");
        let made = Further { key: "renal damage".to_owned(), means: "kidney diseases", counts: Counts::Name };
        assert!(all().any(|name| name == made));
    }
}
