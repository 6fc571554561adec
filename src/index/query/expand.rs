//! Truncation: every term of a field that begins so.

use std::collections::BTreeSet;

use tantivy::Searcher;
use tantivy::schema::Field;

use crate::index::IndexError;
use crate::index::query::error::Fault;
use crate::model::Span;

/// The most terms that a truncated word may stand for.
pub(super) const MAX_TERMS: usize = 10_000;

/// A truncated word as typed, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern<'a> {
    pub(super) typed: &'a str,
    pub(super) span: Span,
}

/// Adds every term of `field` that begins with `prefix` and is wanted to `found`; an error when there are too many.
pub(super) fn expand(
    searcher: &Searcher,
    field: Field,
    prefix: &str,
    pattern: Pattern<'_>,
    wanted: impl Fn(&str) -> bool,
    found: &mut BTreeSet<String>,
) -> Result<(), IndexError> {
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let stream = index.terms().range().ge(prefix.as_bytes()).into_stream();
        let mut stream = stream.map_err(tantivy::TantivyError::from)?;
        while stream.advance() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            if !term.starts_with(prefix) {
                break;
            }
            if wanted(term) && !found.contains(term) {
                if found.len() == MAX_TERMS {
                    let fault = Fault::TooManyTerms { pattern: pattern.typed.to_owned(), limit: MAX_TERMS };
                    return Err(fault.at(pattern.span).into());
                }
                found.insert(term.to_owned());
            }
        }
    }
    Ok(())
}

/// Adds the first words of a field that begin so, in the order of the alphabet, until `found` has as many as `limit`.
pub(super) fn first_words(
    searcher: &Searcher,
    field: Field,
    prefix: &str,
    limit: usize,
    found: &mut BTreeSet<String>,
) -> tantivy::Result<()> {
    let limit = found.len() + limit;
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut stream = index.terms().range().ge(prefix.as_bytes()).into_stream()?;
        let mut seen = 0;
        while found.len() < limit && seen < limit && stream.advance() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            if !term.starts_with(prefix) {
                break;
            }
            seen += 1;
            found.insert(term.to_owned());
        }
    }
    Ok(())
}
