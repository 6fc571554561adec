//! Readers of vocabulary formats.
//!
//! To add one: a folder here with a type that implements [`Loader`], a line in [`ALL`].

mod lines;
mod mesh;
mod obo;
mod reconcile;
mod references;
mod rrf;
mod table;

use std::io::{self, Read};

use crate::progress::Progress;

use super::entry::Entry;
use super::layer::Title;

pub(super) use mesh::is_protein;
pub(super) use references::References;

/// Every loader; the first that recognises a file reads it.
pub static ALL: &[&dyn Loader] =
    &[&mesh::MeshDescriptors, &mesh::MeshSupplementary, &mesh::MeshActions, &obo::Obo, &rrf::Rrf, &table::Table];

/// Reads one vocabulary format.
///
/// A loader refuses a file that breaks its format, with the place and the reason: a vocabulary with a hole in it would make
/// names silently unknown. It invents nothing: no id, no name, no kinship that the file does not state.
pub trait Loader: Send + Sync {
    /// The loader's name.
    fn name(&self) -> &'static str;

    /// What it reads, for people: `NLM's MeSH descriptors in XML (desc2024.xml, desc2024.gz)`.
    fn reads(&self) -> &'static str;

    /// Whether a file that begins with these bytes, unpacked, is of this format.
    fn recognises(&self, head: &[u8]) -> bool;

    /// Reads the whole file.
    fn load(&self, input: &mut (dyn Read + Send), progress: &dyn Progress) -> Result<Source, LoadError>;
}

/// A vocabulary as a loader hands it over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// What it says of itself.
    pub title: Title,
    /// Its concepts.
    pub entries: Vec<Entry>,
}

/// Why a file was refused.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file breaks its format.
    #[error("{place}: {reason}")]
    Malformed {
        /// Where: a line, a record's id, or a byte.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// It could not be read to its end.
    #[error("{0}")]
    Io(#[from] io::Error),
}
