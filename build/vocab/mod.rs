//! The library's compiler of vocabularies.

#[path = "../../src/vocab/entry.rs"]
pub(crate) mod entry;
#[path = "../../src/vocab/hash.rs"]
mod hash;
pub(crate) mod layer;
#[path = "../../src/vocab/normal.rs"]
mod normal;
#[path = "../../src/vocab/words/mod.rs"]
mod words;
