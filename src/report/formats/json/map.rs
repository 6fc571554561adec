//! The evidence map for programs.

use serde_json::{Value, json};

use super::{coverage, document, finding, term};
use crate::lookup::{MapCell, MapStudy, Term};
use crate::report::MapPage;

pub(super) fn map(page: &MapPage) -> Value {
    let map = &page.map;
    let named = |asked: &Option<Term>| asked.as_ref().map(term);
    let concept = |terms: &[Term], at: usize| terms.get(at).map(|term| term.concept.clone());
    let cell = |cell: &MapCell| {
        json!({
            "condition": concept(&map.rows, cell.row),
            "treatment": concept(&map.columns, cell.column),
            "studies": cell.studies,
            "retracted_not_counted": cell.retracted,
            "by_level": cell.levels.iter()
                .map(|(level, studies)| json!({"level": level, "studies": studies}))
                .collect::<Vec<_>>(),
            "votes": {
                "decreased": cell.votes.decreased,
                "increased": cell.votes.increased,
                "no_difference": cell.votes.no_difference,
                "mixed": cell.votes.mixed,
                "not_stated": cell.votes.not_stated,
            },
            "marks": cell.marks,
            "listed": cell.listed.iter().map(study).collect::<Vec<_>>(),
        })
    };
    json!({
        "schema": 1,
        "corpus": page.corpus,
        "condition": named(&map.condition),
        "treatment": named(&map.treatment),
        "filters": map.filters,
        "rows": map.rows.iter().map(line).collect::<Vec<_>>(),
        "columns": map.columns.iter().map(line).collect::<Vec<_>>(),
        "conditions": map.conditions,
        "treatments": map.treatments,
        "cells": map.cells.iter().map(cell).collect::<Vec<_>>(),
        "total": {
            "studies": map.total.studies,
            "documents": map.total.documents,
            "retracted_not_counted": map.total.retracted,
            "years": map.total.years.iter()
                .map(|(year, studies)| json!({"year": year, "studies": studies}))
                .collect::<Vec<_>>(),
            "undated": map.total.undated,
        },
        "coverage": coverage(&map.coverage),
    })
}

fn line(term: &Term) -> Value {
    json!({"concept": term.concept, "name": term.name, "narrower": term.narrower()})
}

fn study(study: &MapStudy) -> Value {
    json!({
        "document": document(&study.document),
        "documents": study.documents,
        "vote": study.vote,
        "retracted": study.retracted,
        "finding": study.finding.as_ref().map(finding),
    })
}
