//! What a query is ranked by: BM25 over its terms in title and abstract, in the title, in headings and keywords, and in the full text, weighted as
//! `ranking.toml` says. They are the terms of what was typed: what a mapping to headings adds widens the set and does not rank it.

use std::collections::BTreeSet;

use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term as Key};

use super::expand::first_words;
use super::fields::Field;
use super::syntax::{Expression, Node, Operator};
use crate::index::analyzers::{ranking_words, words};
use crate::index::ranking_weights;
use crate::index::schema::Fields;

/// How many of the words that a truncated word stands for count for ranking.
const MAX_RANKED_EXPANSIONS: usize = 20;

/// Documents that hold any of the stems, scored; none without stems.
pub(in crate::index) fn any_of(fields: &Fields, stems: &[String]) -> Option<Box<dyn Query>> {
    if stems.is_empty() {
        return None;
    }
    let weights = &ranking_weights().fields;
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::with_capacity(stems.len() * 4);
    for stem in stems {
        let weighted = [
            (fields.ranking_text, 1.0),
            (fields.ranking_title, weights.title),
            (fields.ranking_headings, weights.headings),
            (fields.ranking_full_text, weights.full_text),
        ];
        for (field, boost) in weighted {
            let term = TermQuery::new(Key::from_field_text(field, stem), IndexRecordOption::WithFreqs);
            clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(term), boost))));
        }
    }
    Some(Box::new(BooleanQuery::new(clauses)))
}

/// The terms that a query asks for, in the order of the query, each once.
pub(in crate::index) fn stems(searcher: &Searcher, fields: &Fields, node: &Node) -> tantivy::Result<Vec<String>> {
    let mut found = Vec::new();
    for text in asked_texts(searcher, fields, node)? {
        for stem in ranking_words(&text) {
            if !found.contains(&stem) {
                found.push(stem);
            }
        }
    }
    Ok(found)
}

/// The words that a query asks for, those that NOT takes away left out; a truncated one as the first that it stands for.
pub(in crate::index) fn asked_words(searcher: &Searcher, fields: &Fields, node: &Node) -> tantivy::Result<Vec<String>> {
    Ok(asked_texts(searcher, fields, node)?.iter().flat_map(|text| words(text)).collect())
}

/// What a query asks for as it was typed, so that compounds stay whole.
fn asked_texts(searcher: &Searcher, fields: &Fields, node: &Node) -> tantivy::Result<Vec<String>> {
    let mut found = Vec::new();
    collect(searcher, fields, node, &mut found)?;
    Ok(found)
}

fn collect(searcher: &Searcher, fields: &Fields, node: &Node, found: &mut Vec<String>) -> tantivy::Result<()> {
    match &node.expression {
        Expression::Words(typed) => {
            for word in typed {
                add(searcher, fields, &word.text, found)?;
            }
        }
        Expression::Term(term) if term.tag.is_none_or(|tag| is_about_the_subject(tag.field)) => {
            add(searcher, fields, &term.text, found)?;
        }
        Expression::Chain { first, rest } => {
            collect(searcher, fields, first, found)?;
            for (_, node) in rest.iter().filter(|(operator, _)| *operator != Operator::Not) {
                collect(searcher, fields, node, found)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn add(searcher: &Searcher, fields: &Fields, typed: &str, found: &mut Vec<String>) -> tantivy::Result<()> {
    let Some(bare) = typed.strip_suffix('*') else {
        found.push(typed.to_owned());
        return Ok(());
    };
    let mut own = words(bare);
    let Some(prefix) = own.pop() else { return Ok(()) };
    found.extend(own);
    let mut expansions = BTreeSet::new();
    for field in [fields.title, fields.r#abstract] {
        first_words(searcher, field, &prefix, MAX_RANKED_EXPANSIONS, &mut expansions)?;
    }
    found.extend(expansions.into_iter().take(MAX_RANKED_EXPANSIONS));
    Ok(())
}

/// Whether the values of a field are words about what a document is about.
const fn is_about_the_subject(field: Field) -> bool {
    matches!(
        field,
        Field::All
            | Field::TitleAbstract
            | Field::Title
            | Field::Abstract
            | Field::TextWord
            | Field::OtherTerm
            | Field::Mesh
            | Field::MeshMajor
            | Field::Subheading
            | Field::PublicationType
            | Field::Substance
            | Field::PharmacologicalAction
            | Field::VernacularTitle
    )
}
