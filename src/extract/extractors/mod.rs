//! The registry of extractors.

use super::Extractor;

mod abbreviations;
mod diagnosis;
pub mod effects;
pub mod findings;
mod language;
pub(super) mod mentions;
pub(super) mod outcomes;
pub mod population;
pub mod roles;
mod sentences;
mod study;
mod tables;

/// Every extractor, in the order in which they run: each may use what those before it have found.
pub const ALL: &[&dyn Extractor] = &[
    &language::Language,
    &sentences::Sentences,
    &abbreviations::Abbreviations,
    &roles::Roles,
    &mentions::Mentions,
    &study::StudyExtractor,
    &population::PopulationExtractor,
    &findings::Findings,
    &tables::Tables,
    &diagnosis::Diagnosis,
];

/// How many of them run before the trained heads add to what cues and dictionary found; the others see what all found.
pub(super) const BEFORE_TAGGING: usize = 5;
