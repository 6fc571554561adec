//! The registry of extractors.

use super::Extractor;

mod abbreviations;
mod sentences;

/// Every extractor, in the order in which they run: each may use what those before it have found.
pub const ALL: &[&dyn Extractor] = &[&sentences::Sentences, &abbreviations::Abbreviations];
