//! The registry of extractors.

use super::Extractor;

mod abbreviations;
pub mod effects;
mod findings;
mod language;
pub(super) mod mentions;
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

/// How many of them run before the tagger adds to what the dictionary found; the others see what both found.
pub(super) const BEFORE_TAGGING: usize = 5;
