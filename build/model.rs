//! The library's concepts.

#[path = "../src/model/concept.rs"]
mod concept;

pub use concept::ConceptType;
