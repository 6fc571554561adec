//! What mining adds to a document's text.

use serde::{Deserialize, Serialize};

use super::{Accuracy, Finding, Mention, Span, Study};

/// The part that a sentence plays in a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SentenceRole {
    /// The title.
    Title,
    /// What was known.
    Background,
    /// What was asked.
    Objective,
    /// What was done.
    Methods,
    /// What was found.
    Results,
    /// What follows.
    Conclusions,
}

impl SentenceRole {
    /// The parts that sentences of an abstract play, in the order in which they usually stand.
    pub const OF_ABSTRACT: [Self; 5] =
        [Self::Background, Self::Objective, Self::Methods, Self::Results, Self::Conclusions];

    /// The name as stored and as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "TITLE",
            Self::Background => "BACKGROUND",
            Self::Objective => "OBJECTIVE",
            Self::Methods => "METHODS",
            Self::Results => "RESULTS",
            Self::Conclusions => "CONCLUSIONS",
        }
    }
}

/// One sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// Where it stands.
    pub span: Span,
    /// The passage it belongs to, by position.
    pub passage: u32,
    /// The part it plays, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<SentenceRole>,
    /// How sure of the role, 0 to 1; 0 without one.
    pub confidence: f32,
}

/// An abbreviation that the document explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abbreviation {
    /// The short form, where it is explained.
    pub short: Span,
    /// The long form.
    pub long: Span,
}

/// Where a sentence that reports or concludes names what was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Where.
    pub span: Span,
    /// How sure, 0 to 1.
    pub confidence: f32,
}

/// A passage that is not in English, which is therefore not mined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// The passage, by position.
    pub passage: u32,
    /// Its language by the three letters that PubMed uses; `und` where only its script is known.
    pub language: String,
}

/// Everything mined from one version of a document. Offsets are into [`super::Document::text`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Annotation {
    /// Passages in other languages than English.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<Foreign>,
    /// Sentences in order, of the passages in English.
    pub sentences: Vec<Sentence>,
    /// Abbreviations explained in the text.
    pub abbreviations: Vec<Abbreviation>,
    /// Mentions in order of their start.
    pub mentions: Vec<Mention>,
    /// What was measured, in order; only where a trained head could look for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
    /// The study reported.
    pub study: Study,
    /// Findings in order.
    pub findings: Vec<Finding>,
    /// What sentences say of the accuracy of tests, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accuracies: Vec<Accuracy>,
}

impl Annotation {
    /// The language of the passage at a position, if it is not English.
    pub fn foreign_language(&self, passage: usize) -> Option<&str> {
        self.foreign.iter().find(|one| one.passage as usize == passage).map(|one| one.language.as_str())
    }
}
