//! Concepts: what words mean, by the id a vocabulary gives them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The id of a concept with its vocabulary's prefix: `MESH:D006333`, `DOID:9351`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConceptId(String);

impl ConceptId {
    /// An id as written, prefix and all.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// A MeSH descriptor or supplementary concept from its bare id (`D006333`).
    pub fn mesh(ui: &str) -> Self {
        Self(format!("MESH:{ui}"))
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConceptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of thing a concept is; mentions carry the same types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConceptType {
    /// A disease, symptom, sign or injury.
    Condition,
    /// A drug or another substance.
    Chemical,
    /// An operation or another thing done to a patient.
    Procedure,
    /// An apparatus.
    Device,
    /// Exercise, diet, psychotherapy, education and other things people do.
    Behaviour,
    /// A measurement, an image, a score.
    Test,
}

impl ConceptType {
    /// Every type, in the order in which they are documented.
    pub const ALL: [Self; 6] =
        [Self::Condition, Self::Chemical, Self::Procedure, Self::Device, Self::Behaviour, Self::Test];

    /// The name as stored and as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Chemical => "chemical",
            Self::Procedure => "procedure",
            Self::Device => "device",
            Self::Behaviour => "behaviour",
            Self::Test => "test",
        }
    }

    /// The type of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether a concept of this type can be a treatment.
    pub const fn can_treat(self) -> bool {
        !matches!(self, Self::Condition | Self::Test)
    }
}

/// One entry of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concept {
    /// The id.
    pub id: ConceptId,
    /// The preferred name.
    pub name: String,
    /// What kind of thing it is; none for what is neither a condition nor a treatment (a place, an animal, a check tag).
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub concept_type: Option<ConceptType>,
    /// Other names, the preferred one left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// Places in MeSH's tree (`C14.280.434`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tree_numbers: Vec<String>,
    /// Broader concepts by name of kinship: parents in a hierarchy without tree numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<ConceptId>,
    /// Classes it is a member of by what it does (pharmacological actions; "SGLT2 inhibitors" of empagliflozin).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<ConceptId>,
    /// The vocabulary it came from, with its release (`mesh2024`, `starter`).
    pub vocabulary: String,
}
