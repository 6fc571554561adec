//! What a loader hands over: one concept of one vocabulary, before it is compiled.

use crate::model::ConceptType;

/// A concept as its vocabulary gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The id with its prefix.
    pub id: String,
    /// Other ids by which it is known: those of the vocabulary whose entry was reconciled with this id, retired ones.
    pub aliases: Vec<String>,
    /// What kind of thing it is.
    pub concept_type: Option<ConceptType>,
    /// The preferred name first, then the others.
    pub names: Vec<Name>,
    /// Places in MeSH's tree.
    pub tree_numbers: Vec<String>,
    /// Ids of broader concepts.
    pub parents: Vec<String>,
    /// Ids of classes it belongs to by what it does.
    pub classes: Vec<String>,
}

/// One name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As the vocabulary writes it.
    pub text: String,
    /// Whether it counts only in exactly these letters: `CAT` is no animal.
    pub abbreviation: bool,
}

/// A name of capitals is an abbreviation when it has at most this many letters, whatever its vocabulary says.
const SHORT: usize = 4;

impl Name {
    /// A name, told by its form to be an abbreviation or not: `COLD`, `HFpEF`.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let abbreviation = looks_abbreviated(&text);
        Self { text, abbreviation }
    }

    /// A name that its vocabulary calls an abbreviation.
    pub fn abbreviated(text: impl Into<String>) -> Self {
        Self { text: text.into(), abbreviation: true }
    }
}

impl Entry {
    /// Adds what another entry of the same id knows.
    pub(super) fn unite(&mut self, other: Self) {
        self.concept_type = self.concept_type.or(other.concept_type);
        let Self { aliases, names, tree_numbers, parents, classes, .. } = other;
        add_new(&mut self.aliases, aliases);
        add_new(&mut self.names, names);
        add_new(&mut self.tree_numbers, tree_numbers);
        add_new(&mut self.parents, parents);
        add_new(&mut self.classes, classes);
    }
}

fn add_new<T: PartialEq>(to: &mut Vec<T>, from: Vec<T>) {
    for item in from {
        if !to.contains(&item) {
            to.push(item);
        }
    }
}

/// One word of letters, nothing but capitals and digits, few of them: `HF`, `IL-6`, `AT 10`.
fn looks_abbreviated(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    (1..=SHORT).contains(&letters) && words == 1 && !text.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_of_capitals_are_abbreviations() {
        for text in ["HF", "COLD", "CAT", "IL-6", "T2DM", "AT 10"] {
            assert!(Name::new(text).abbreviation, "{text}");
        }
        for text in ["Heart Failure", "TYPE A", "Lead", "NIDDM", "1,2", "gout", "Vitamin D"] {
            assert!(!Name::new(text).abbreviation, "{text}");
        }
    }
}
