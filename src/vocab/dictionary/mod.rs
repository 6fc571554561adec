//! Finds every name of every concept in running text.
//!
//! Names and text meet in their normal form ([`super::normalize`]), token by token, in a trie; of the names that begin at a
//! word the longest counts, and the search goes on behind it. A hit begins and ends at the edge of a word.
//!
//! - An abbreviation counts only in its own letters, small and capital, and not amid a line of capitals: `COLD` is a disease
//!   of the lung, `cold` is not, and `COLD AND DAMP HOUSING` has none.
//! - Names that are common words (`stop.tsv`) never count by themselves, nor do symbols that are letters of much else (`elements.tsv`); who knows that a
//!   substance is meant may ask for them ([`Dictionary::in_context`]).
//! - What is called the effect or the action of a class of drugs is none of them.
//! - Adjectives for having a condition (`adjectives.tsv`) count as names of it, some only where they are said of people; so do names
//!   that people use and vocabularies lack (`further.rs`).
//! - `carcinoma of the lung` is what `lung carcinoma` is, and `breast and ovarian cancer` is one hit of two concepts.
//! - A condition behind `non-` or `anti-`, or before `-negative`, is not there: `non-diabetic`, `HIV-negative`.
//! - Concepts without a type are left out.
//! - A name of several concepts gives them all, the likeliest first, and is marked as ambiguous.

mod adjectives;
mod build;
mod compose;
mod further;
mod scan;
mod stop;
mod trie;

use std::ops::Range;

use crate::model::{ConceptId, ConceptType};

use crate::vocab::hash::WordMap;
use trie::Trie;

/// A name found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'d> {
    /// Where it stands, in bytes of the text.
    pub bytes: Range<usize>,
    /// What it may mean, the likeliest first; never empty.
    pub concepts: &'d [ConceptId],
    /// The type of the first.
    pub concept_type: ConceptType,
    /// The preferred name of the first.
    pub name: &'d str,
    /// Whether it may mean several things.
    pub ambiguous: bool,
    /// Whether it is an abbreviation, which another expansion in the same paper overrules.
    pub abbreviation: bool,
    /// Whether it is an adjective for who has the condition.
    pub adjective: bool,
    /// The other conditions that a composite names: `breast and ovarian cancer`.
    pub also: Vec<ConceptId>,
}

/// All names of a vocabulary, ready to be found. Built once, used by many threads.
#[derive(Debug, Default)]
pub struct Dictionary {
    trie: Trie,
    /// By terminal of the trie.
    terminals: Vec<Terminal>,
    senses: Vec<Sense>,
    /// The concepts of all senses, one behind the other.
    concepts: Vec<ConceptId>,
    /// Preferred names.
    names: Vec<Box<str>>,
    /// Senses of common words by their normal form, and of ambiguous symbols as they are written.
    in_context: WordMap<Box<str>, u32>,
}

/// What a normal form can stand for.
#[derive(Debug, Clone, Default)]
struct Terminal {
    /// However it is written.
    plain: Option<u32>,
    /// Only written so: the letters and digits of an abbreviation, and its sense.
    written: Vec<(Box<str>, u32)>,
    /// What it means as an adjective, where it is no name by itself.
    adjective: Option<Adjectival>,
}

/// The sense of an adjective.
#[derive(Debug, Clone, Copy)]
struct Adjectival {
    sense: u32,
    /// Whether it counts only where it is said of people.
    of_people: bool,
}

/// A meaning that hits share: some concepts, the likeliest first.
#[derive(Debug, Clone)]
struct Sense {
    concepts: Range<u32>,
    concept_type: ConceptType,
    name: u32,
}
