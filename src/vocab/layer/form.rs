//! What the compiled form consists of: shared by who writes it and who reads it.

use serde::{Deserialize, Serialize};

pub(super) const MAGIC: [u8; 8] = *b"LITVOCAB";
pub(super) const VERSION: u32 = 2;
pub(super) const HEADER: usize = 64;

/// The flag of names that count only in exactly their letters.
pub(super) const ABBREVIATION: u32 = 1;

/// The parts of the file, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// JSON: [`Title`].
    Title,
    /// UTF-8 without order.
    Strings,
    /// Sorted by id: id, type, then where its names, tree numbers, parents and classes begin in the sections below.
    Concepts,
    /// For each concept its names, the preferred one first: text, flags.
    Names,
    /// For each concept its tree numbers, parents and classes: text.
    References,
    /// Sorted by text: normal form of a name, concept, name.
    Keys,
    /// Sorted by text: tree number, concept.
    Trees,
    /// Sorted by text: id of a parent or class, concept that names it so.
    Kin,
    /// Sorted by text: another id, concept that is known by it.
    Aliases,
}

pub(super) const SECTIONS: usize = 9;

impl Section {
    /// Words of 32 bits in one record.
    pub(super) const fn width(self) -> usize {
        match self {
            Self::Title | Self::Strings => 0,
            Self::Concepts => 7,
            Self::Names => 3,
            Self::References => 2,
            Self::Keys => 4,
            Self::Trees | Self::Kin | Self::Aliases => 3,
        }
    }
}

/// What a vocabulary says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    /// Its title: `Medical Subject Headings`.
    pub title: String,
    /// Its release as its makers call it: `2024`.
    pub release: String,
    /// Who is to be credited, and how; empty where nobody asks for it.
    #[serde(default)]
    pub credit: String,
}
