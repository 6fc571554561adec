//! What a source has already delivered.

use std::collections::BTreeMap;

/// How far one part of a source has come. A source has as many parts as it needs: a file each, a query, a window of dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The part.
    pub partition: String,
    /// How far: whatever the source needs to go on from there (a size and a digest, a date, a page).
    pub position: String,
}

/// The checkpoints of one source, as stored with its data; and what it may complete, if it is one that completes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkpoints {
    positions: BTreeMap<String, String>,
    without_full_text: Vec<String>,
}

impl Checkpoints {
    /// How far this part has come, or none if it never was delivered.
    pub fn position(&self, partition: &str) -> Option<&str> {
        self.positions.get(partition).map(String::as_str)
    }

    /// Every part that was delivered.
    pub fn partitions(&self) -> impl Iterator<Item = &str> {
        self.positions.keys().map(String::as_str)
    }

    /// The PMCIDs of documents that the corpus holds without their full text, for a source that
    /// [completes](super::Source::completes) such.
    pub fn without_full_text(&self) -> &[String] {
        &self.without_full_text
    }

    /// With these PMCIDs of documents without full text.
    #[must_use]
    pub fn lacking(self, without_full_text: Vec<String>) -> Self {
        Self { without_full_text, ..self }
    }
}

impl FromIterator<Checkpoint> for Checkpoints {
    fn from_iter<I: IntoIterator<Item = Checkpoint>>(checkpoints: I) -> Self {
        let positions = checkpoints.into_iter().map(|c| (c.partition, c.position)).collect();
        Self { positions, without_full_text: Vec::new() }
    }
}
