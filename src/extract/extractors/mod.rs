//! The registry of extractors.

use super::Extractor;

mod abbreviations;
pub mod effects;
mod findings;
mod mentions;
mod sentences;
mod study;

/// Every extractor, in the order in which they run: each may use what those before it have found.
pub const ALL: &[&dyn Extractor] = &[
    &sentences::Sentences,
    &abbreviations::Abbreviations,
    &mentions::Mentions,
    &study::StudyExtractor,
    &findings::Findings,
];
