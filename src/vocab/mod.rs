//! Vocabularies: what conditions, treatments and tests are called.
//!
//! A [`Vocabulary`] is a stack of layers: imported ones first (MeSH), the starter vocabulary, which is compiled in, beneath.
//! A concept id that several layers know is one concept: names, classes and kinship are united, the topmost layer's preferred
//! name and type count.
//!
//! - [`Vocabulary::find`] answers "which concept has this name?" (exact after [`normalize`]);
//! - [`Vocabulary::nearest`] answers "what did you mean?";
//! - [`Vocabulary::narrower`] answers "what else does this name stand for?": children in the tree and members of a class;
//! - [`Dictionary`] finds every name of every concept in running text.
//!
//! To add a vocabulary format: a folder in `loaders/` with a type that implements [`loaders::Loader`], a line in its registry.

mod alignment;
mod dictionary;
mod entry;
mod error;
mod hash;
mod import;
mod layer;
mod learned;
pub mod loaders;
mod nearest;
mod normal;
mod starter;
mod vocabulary;
mod words;

pub use dictionary::{Dictionary, Hit};
pub use entry::{Entry, Name};
pub use error::VocabularyError;
pub use import::{ImportReport, Imported, import, list};
pub use layer::Title;
pub use learned::Learned;
pub use normal::normalize;
pub use vocabulary::{LayerInfo, Vocabulary};
