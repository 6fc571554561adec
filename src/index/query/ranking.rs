//! Ranking by BM25: the stems of a query's words in the title, in title and abstract, and in headings and keywords.

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

use crate::index::schema::Fields;

/// What a word in the title counts on top of what it counts in the text, of which the title is a part.
const TITLE_BOOST: f32 = 0.5;
/// What a word of a heading, a keyword or a substance counts.
const HEADING_BOOST: f32 = 0.5;

/// Documents that hold any of the stems, scored; none without stems.
pub(super) fn any_of(fields: &Fields, stems: &[String]) -> Option<Box<dyn Query>> {
    if stems.is_empty() {
        return None;
    }
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(stems.len() * 3);
    for stem in stems {
        let weighted =
            [(fields.ranking_text, 1.0), (fields.ranking_title, TITLE_BOOST), (fields.ranking_headings, HEADING_BOOST)];
        for (field, boost) in weighted {
            let term = TermQuery::new(Term::from_field_text(field, stem), IndexRecordOption::WithFreqs);
            clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(term), boost))));
        }
    }
    Some(Box::new(BooleanQuery::new(clauses)))
}
