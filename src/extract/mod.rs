//! What a document says: sentences, roles, abbreviations, mentions, study, findings.
//!
//! Each [`Extractor`] adds its part to an [`Annotation`]; they run in the order of [`extractors::ALL`], so that a later one
//! may use what an earlier one found. Guarantees, kept by the shared tests over the registry:
//!
//! - every span lies within the document's text and on one passage; every number stands verbatim within its span;
//! - what the text does not say stays empty; every statement has a confidence;
//! - the same document and dictionary give the same annotation; time grows linearly with the text;
//! - no text makes it panic.
//!
//! To add an extractor: a folder in `extractors/` (word lists and rules as data files beside it, with a README of their form),
//! a line in the registry. Raise [`Extractor::version`] whenever its output may change: documents are then mined again.
