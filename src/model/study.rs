//! The study that a document reports.

use serde::{Deserialize, Serialize};

use super::{EvidenceLevel, Population, Span, StudyDesign};

/// Which participants a sample size counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleSizeKind {
    /// Participants who were randomised.
    Randomised,
    /// Participants who were enrolled or included.
    Enrolled,
    /// Participants in the analysis.
    Analysed,
}

/// A number of participants, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SampleSize {
    /// How many.
    pub value: u64,
    /// Whom it counts.
    pub kind: SampleSizeKind,
    /// Where the number stands.
    pub span: Span,
    /// How sure, 0 to 1.
    pub confidence: f32,
}

/// What kind of study it is, how large and in whom.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Study {
    /// The design.
    pub design: Option<StudyDesign>,
    /// What the design was told from, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design_reason: Option<String>,
    /// How sure of the design, 0 to 1.
    pub design_confidence: f32,
    /// The level of evidence that the design gives for questions of therapy and harm.
    pub level: Option<EvidenceLevel>,
    /// How many took part.
    pub sample_size: Option<SampleSize>,
    /// Who took part.
    pub population: Population,
    /// Registrations of the trial, from the record and the text (`NCT01234567`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub registrations: Vec<String>,
}
