//! Which documents of a batch a query finds: an index of them in memory, gone after its one question.

use std::collections::BTreeSet;

use tantivy::Index;

use super::manifest::{FORMAT, Manifest};
use super::schema::Fields;
use super::searcher::Searcher;
use super::{Headings, IndexError, IndexedDocument, SearchRequest, analyzers, document, query};
use crate::model::Document;

/// Memory for a batch, in bytes: the least that the engine works with.
const MEMORY: usize = 15 << 20;

/// A query in PubMed's language, asked of documents before they are stored anywhere.
pub struct Sieve {
    query: String,
}

impl Sieve {
    /// A query; its form is checked here.
    ///
    /// # Errors
    /// [`IndexError::Query`] where it cannot be read.
    pub fn new(query: &str) -> Result<Self, IndexError> {
        query::parse(query)?;
        Ok(Self { query: query.to_owned() })
    }

    /// Whether the query finds each of these documents. Free words must all be there, or the heading that they name.
    ///
    /// # Errors
    /// [`IndexError::Query`] where the query asks for what a batch cannot answer (lines of a strategy).
    pub fn finds(&self, documents: &[&Document], headings: &dyn Headings) -> Result<Vec<bool>, IndexError> {
        let fields = Fields::new();
        let index = Index::create_in_ram(fields.schema.clone());
        analyzers::register(index.tokenizers());
        let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, MEMORY)?;
        let mut indexed = 0;
        for document in documents {
            if let Some(id) = document.identifiers.primary() {
                writer.add_document(document::convert(&fields, &id, &IndexedDocument::new(document)))?;
                indexed += 1;
            }
        }
        writer.commit()?;
        let searcher =
            Searcher::in_memory(&index, fields, Manifest { format: FORMAT, state: String::new(), documents: indexed })?;
        let request = SearchRequest { headings, limit: documents.len(), ..SearchRequest::new(&self.query) };
        let found: BTreeSet<_> = searcher.search(&request)?.hits.into_iter().map(|hit| hit.id).collect();
        let is_found = |document: &&Document| document.identifiers.primary().is_some_and(|id| found.contains(&id));
        Ok(documents.iter().map(is_found).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::NoHeadings;
    use crate::model::{Heading, Identifiers};

    fn document(pmid: u64, title: &str, heading: &str) -> Document {
        let mut document =
            Document { identifiers: Identifiers { pmid: Some(pmid), ..Identifiers::default() }, ..Document::default() };
        document.set_title(title.to_owned());
        document.headings.push(Heading { name: heading.to_owned(), ..Heading::default() });
        document
    }

    #[test]
    fn a_query_parts_a_batch() {
        let batch = [
            document(1, "Wheezing in children", "Asthma"),
            document(2, "Gout and colchicine", "Gout"),
            document(3, "Marbles", "Asthma"),
        ];
        let batch: Vec<&Document> = batch.iter().collect();
        let finds = |query: &str| Sieve::new(query).unwrap().finds(&batch, &NoHeadings).unwrap();
        assert_eq!(finds("asthma[mh] NOT marbles[ti]"), [true, false, false]);
        assert_eq!(finds("wheez*[tiab] OR colchicine"), [true, true, false]);
        assert_eq!(finds("nothing[tiab]"), [false, false, false]);
        assert!(Sieve::new("asthma[nosuchtag]").is_err());
        assert!(
            Sieve::new("#1 AND asthma").is_err()
                || Sieve::new("#1 AND asthma").unwrap().finds(&batch, &NoHeadings).is_err()
        );
        assert!(Sieve::new("asthma").unwrap().finds(&[], &NoHeadings).unwrap().is_empty());
    }
}
