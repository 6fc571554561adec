//! Flags: retracted, corrected, of concern.

use serde::{Deserialize, Serialize};

use super::DocumentId;

/// What may have happened to a document after it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlagKind {
    /// Withdrawn from the literature: never counted.
    Retracted,
    /// Its publisher doubts it.
    OfConcern,
    /// An erratum or a corrected version exists.
    Corrected,
    /// A newer version exists.
    Updated,
    /// It was published again elsewhere.
    Republished,
    /// It has not been reviewed by peers.
    Preprint,
}

impl FlagKind {
    /// The name as stored and as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retracted => "retracted",
            Self::OfConcern => "of-concern",
            Self::Corrected => "corrected",
            Self::Updated => "updated",
            Self::Republished => "republished",
            Self::Preprint => "preprint",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Retracted, Self::OfConcern, Self::Corrected, Self::Updated, Self::Republished, Self::Preprint]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// One statement about the standing of a document, and who made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Flag {
    /// The document spoken of.
    pub target: DocumentId,
    /// What is said.
    pub kind: FlagKind,
    /// The record that says so: the document's own, or that of the notice.
    pub said_by: DocumentId,
    /// The notice, where it is known by its id.
    pub notice: Option<DocumentId>,
    /// The notice as cited.
    pub citation: Option<String>,
}
