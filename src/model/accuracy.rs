//! Accuracy: how well a test tells who has a condition.

use serde::{Deserialize, Serialize};

use super::{Effect, Slot, Span};

/// People by whether they have the condition and what the test says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccuracyCounts {
    /// Ill, and the test says so.
    pub true_positive: u64,
    /// Not ill, and the test says ill.
    pub false_positive: u64,
    /// Ill, and the test says not.
    pub false_negative: u64,
    /// Not ill, and the test says so.
    pub true_negative: u64,
}

/// What one sentence says of the accuracy of one test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// The sentence.
    pub span: Span,
    /// The test, as named in the sentence; none where it names none, or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<Slot>,
    /// The sensitivity as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Effect>,
    /// The specificity as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specificity: Option<Effect>,
    /// The four counts: printed as such, or as fractions of those with and without the condition, from which the others follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<AccuracyCounts>,
    /// Where the numbers of the counts stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counted: Vec<Span>,
}
