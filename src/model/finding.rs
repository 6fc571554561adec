//! Findings: what a study found.

use serde::{Deserialize, Serialize};

use super::{ConceptId, Effect, SentenceRole, Span};

/// Which way an outcome moved under the intervention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Less of it than with the comparator.
    Decreased,
    /// More of it than with the comparator.
    Increased,
    /// No difference was shown.
    NoDifference,
}

impl Direction {
    /// The name as stored and as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decreased => "decreased",
            Self::Increased => "increased",
            Self::NoDifference => "no-difference",
        }
    }
}

/// Whom a finding favours: its direction, by what the outcome means to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Favours {
    /// People fared better with the intervention.
    Intervention,
    /// People fared better with the comparator.
    Comparator,
    /// No difference was shown.
    Neither,
}

impl Favours {
    /// The name as stored and as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intervention => "intervention",
            Self::Comparator => "comparator",
            Self::Neither => "neither",
        }
    }
}

/// A part of a finding that is named in its text: the intervention, the comparator or the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Where it is named.
    pub span: Span,
    /// The concepts it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concepts: Vec<ConceptId>,
}

/// A concept that a document is about as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// As condition or as treatment.
    pub side: LinkSide,
    /// Which.
    pub concept: ConceptId,
    /// How sure, 0 to 1.
    pub confidence: f32,
}

/// Which end of a finding a concept is linked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkSide {
    /// The condition it is about.
    Condition,
    /// The treatment it is about.
    Treatment,
}

impl LinkSide {
    /// The name as stored and as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Treatment => "treatment",
        }
    }
}

/// Why a finding was linked to a concept. Several may hold at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkReason {
    /// The finding's own sentence names it.
    Sentence,
    /// The title names it.
    Title,
    /// A sentence that says what the study is for names it.
    Objective,
    /// Another sentence of the document names it.
    Document,
    /// A heading or a keyword of the record names it.
    Heading,
    /// The finding's own sentence reports what the condition is measured by.
    Measure,
    /// The finding and the concept lie close in the encoder's space.
    Cosine,
}

impl LinkReason {
    /// The name as stored and as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sentence => "sentence",
            Self::Title => "title",
            Self::Objective => "objective",
            Self::Document => "document",
            Self::Heading => "heading",
            Self::Measure => "measure",
            Self::Cosine => "cosine",
        }
    }
}

/// A finding's tie to a condition or a treatment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The concept.
    pub concept: ConceptId,
    /// Whether as condition or as treatment.
    pub side: LinkSide,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// What speaks for it.
    pub reasons: Vec<LinkReason>,
    /// The cosine of finding and concept, where both were embedded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cosine: Option<f32>,
}

/// One sentence that reports a result or draws a conclusion, with its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The sentence, verbatim.
    pub span: Span,
    /// Whether it reports (RESULTS) or concludes (CONCLUSIONS).
    pub role: SentenceRole,
    /// What was done.
    #[serde(default)]
    pub intervention: Option<Slot>,
    /// What it was compared with.
    #[serde(default)]
    pub comparator: Option<Slot>,
    /// What was measured.
    #[serde(default)]
    pub outcome: Option<Slot>,
    /// Which way the outcome moved; none where the sentence does not say.
    #[serde(default)]
    pub direction: Option<Direction>,
    /// Whom that favours; none where the direction, or whether more of the outcome is good, is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favours: Option<Favours>,
    /// Whether a difference was shown; none where neither words nor numbers say.
    #[serde(default)]
    pub significant: Option<bool>,
    /// Its numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// What it is linked to, best first. Filled by the linker.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// How sure that this is a finding, 0 to 1.
    pub confidence: f32,
}
