//! Mentions: where a text names something.

use serde::{Deserialize, Serialize};

use super::{ConceptId, ConceptType, Span};

/// The part that a mentioned thing plays in the study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MentionRole {
    /// The condition that is studied.
    Studied,
    /// The treatment or test that is evaluated.
    UnderTest,
    /// What it is compared with.
    Comparator,
    /// Given to everyone, or spoken of in passing.
    Background,
    /// What is measured.
    Outcome,
    /// A condition that participants have besides the one studied.
    Comorbidity,
    /// A reason for not taking part.
    Exclusion,
    /// What did harm.
    CauseOfHarm,
}

/// One place where a text names a condition, a treatment or a test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Where.
    pub span: Span,
    /// What kind of thing is named.
    #[serde(rename = "type")]
    pub mention_type: ConceptType,
    /// The part it plays, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<MentionRole>,
    /// The concepts named; several for a composite mention ("breast and ovarian cancer"), none where it could not be linked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concepts: Vec<ConceptId>,
    /// The preferred name of the first concept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The long form, where the mention is an abbreviation that the document itself explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abbreviation_of: Option<String>,
    /// How sure, 0 to 1.
    pub confidence: f32,
}
