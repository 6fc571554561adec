//! What a generation says of itself.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::IndexError;
use super::generations::{Generations, write_synced};

/// The file's name within a generation.
pub(super) const FILE: &str = "manifest.json";

/// The version of the format on disk. It grows whenever an index written before could be misread.
pub(super) const FORMAT: u32 = 3;

/// What a generation of an index says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// The version of the format.
    pub(super) format: u32,
    /// Which state of the corpus it reflects, in words of whoever fed it.
    pub(super) state: String,
    /// How many documents it holds.
    pub(super) documents: u64,
}

impl Manifest {
    /// Reads the manifest of a generation.
    pub(super) fn read(generations: &Generations, path: &Path) -> Result<Self, IndexError> {
        let bytes = match fs::read(path.join(FILE)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(generations.damaged(format!("{} is missing", path.join(FILE).display())));
            }
            Err(source) => return Err(IndexError::Io { path: path.join(FILE), source }),
        };
        /// The one field that every version has.
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let unreadable = |error: serde_json::Error| generations.damaged(format!("{FILE} cannot be read: {error}"));
        let version: Version = serde_json::from_slice(&bytes).map_err(unreadable)?;
        if version.format != FORMAT {
            return Err(IndexError::OtherFormat { index: generations.name(), found: version.format, known: FORMAT });
        }
        serde_json::from_slice(&bytes).map_err(unreadable)
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), IndexError> {
        let file = path.join(FILE);
        let io = |source| IndexError::Io { path: file.clone(), source };
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| io(error.into()))?;
        write_synced(&file, &bytes).map_err(io)
    }
}
