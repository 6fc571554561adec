//! The registry of extractors.

use super::Extractor;

mod abbreviations;
pub mod effects;
mod findings;
mod language;
mod mentions;
mod roles;
mod sentences;
mod study;

/// Every extractor, in the order in which they run: each may use what those before it have found.
pub const ALL: &[&dyn Extractor] = &[
    &language::Language,
    &sentences::Sentences,
    &abbreviations::Abbreviations,
    &roles::Roles,
    &mentions::Mentions,
    &study::StudyExtractor,
    &findings::Findings,
];
