//! What a search tells besides its hits.

use serde::Serialize;

use crate::model::Span;

/// What was asked for besides the hits; empty where it was not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchDetails {
    /// The lines of the strategy.
    pub strategy: Vec<StrategyLine>,
    /// How the query was loosened.
    pub loosened: Vec<LoosenLine>,
    /// How the query was read.
    pub explanation: Option<ExplainPage>,
    /// Counts by year, journal and the like.
    pub facets: Vec<FacetTable>,
}

/// A line of a strategy and what it finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StrategyLine {
    /// Its number, by which later lines name it.
    pub number: u32,
    /// The query.
    pub query: String,
    /// How many it finds.
    pub count: u64,
    /// What must be said about how it was read.
    pub notes: Vec<String>,
}

/// A step by which a query was loosened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoosenLine {
    /// What was done.
    pub step: String,
    /// The query after it.
    pub query: String,
    /// How many that finds.
    pub count: u64,
}

/// A query as it was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainPage {
    /// The query, every term tagged, as PubMed's search details print it.
    pub translation: String,
    /// The whole and its parts.
    pub clause: ClauseLine,
    /// What each clause takes away, the most first.
    pub costs: Vec<CostLine>,
    /// Terms that find nothing.
    pub unmatched: Vec<UnmatchedLine>,
}

/// A part of a query and what it finds by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseLine {
    /// `AND`, `OR` or `NOT`, where something stands before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The part.
    pub query: String,
    /// How many it finds.
    pub count: u64,
    /// How many headings or words it stands for, where it is one for several.
    #[serde(skip_serializing_if = "is_one")]
    pub stands_for: usize,
    /// Those of them that find something, the most first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<BranchLine>,
    /// Its operands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operands: Vec<ClauseLine>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_one(number: &usize) -> bool {
    *number < 2
}

/// A heading or a word that a term stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BranchLine {
    /// Its name.
    pub name: String,
    /// Its id, where it is a heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How many it finds.
    pub count: u64,
}

/// What a clause takes away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CostLine {
    /// The clause.
    pub clause: String,
    /// How many there would be without it.
    pub without: u64,
    /// How many more that is.
    pub adds: u64,
}

/// A term that finds nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnmatchedLine {
    /// The term.
    pub term: String,
    /// What looks like it and finds something.
    pub nearest: Vec<String>,
}

/// A facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetTable {
    /// Its name.
    pub facet: &'static str,
    /// Its values with their counts.
    pub values: Vec<FacetLine>,
    /// How many more values there are.
    pub more: usize,
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetLine {
    /// The value.
    pub value: String,
    /// How many documents have it.
    pub count: u64,
}

/// A sentence that was found, and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuoteLine {
    /// The words, verbatim.
    pub text: String,
    /// Where they stand in the text of the document, in code points.
    #[serde(flatten)]
    pub span: Span,
    /// The section they stand in.
    pub section: String,
    /// The part that the sentence plays, where it is known.
    pub role: Option<&'static str>,
    /// Which of the document's findings it is, from 1.
    pub finding: Option<u32>,
}
