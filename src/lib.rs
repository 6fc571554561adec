//! litmine mines the medical research literature into evidence that can be looked up.
//!
//! ```text
//! harvest ──> parse ──> store ──> mine (extract, embed, link) ──> index ──> lookup ──> report
//! sources     records   SQLite    findings and their links        tantivy   ranking    terminal, JSON …
//!                                                                 + vectors
//! ```
//!
//! The modules below stand in reading order; who may import whom is tested in `tests/it/tidy.rs`.

pub mod model;
pub mod progress;

pub mod net;
pub mod xml;

pub mod corpus;
pub mod embed;
pub mod harvest;
pub mod parse;
pub mod store;

pub mod vocab;

pub mod extract;
pub mod link;

pub mod index;
pub mod lookup;
pub mod report;
pub mod serve;

pub mod browse;

pub mod pipeline;

pub mod eval;

pub mod cli;
