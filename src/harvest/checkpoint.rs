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

/// The checkpoints of one source, as stored with its data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkpoints(BTreeMap<String, String>);

impl Checkpoints {
    /// How far this part has come, or none if it never was delivered.
    pub fn position(&self, partition: &str) -> Option<&str> {
        self.0.get(partition).map(String::as_str)
    }

    /// Every part that was delivered.
    pub fn partitions(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl FromIterator<Checkpoint> for Checkpoints {
    fn from_iter<I: IntoIterator<Item = Checkpoint>>(checkpoints: I) -> Self {
        Self(checkpoints.into_iter().map(|c| (c.partition, c.position)).collect())
    }
}
