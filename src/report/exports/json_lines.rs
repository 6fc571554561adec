//! JSON Lines: an object a line, for programs.

use serde_json::{Value, json};

use super::{Exported, ExportedFinding, Exporter, inverted};
use crate::model::LinkSide;

/// Objects of schema 1: fields may be added, none changes its meaning.
pub(super) struct JsonLines;

impl Exporter for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn read_by(&self) -> &'static str {
        "programs: jq, pandas, DuckDB"
    }

    fn document(&self, exported: &Exported<'_>, _first: bool) -> String {
        let (document, cited) = (exported.document, exported.cited);
        let ids = &document.identifiers;
        let passages: Vec<Value> = exported
            .shared_passages()
            .iter()
            .zip(document.passage_spans())
            .map(|(passage, span)| {
                json!({ "section": passage.section, "start": span.start, "end": span.end, "text": passage.text })
            })
            .collect();
        let object = json!({
            "schema": 1,
            "id": cited.id,
            "pmid": ids.pmid.map(|pmid| pmid.to_string()),
            "pmcid": ids.pmcid,
            "doi": ids.doi,
            "title": document.title(),
            "authors": document.authors.iter().map(inverted).collect::<Vec<_>>(),
            "journal": document.journal.as_ref().map(|journal| &journal.title),
            "year": document.year(),
            "published": document.published.map(|date| date.to_string()),
            "volume": document.volume,
            "issue": document.issue,
            "pages": document.pages,
            "languages": document.languages,
            "publication_types": document.publication_types.iter().map(|kind| &kind.name).collect::<Vec<_>>(),
            "headings": document.headings.iter().map(|heading| &heading.name).collect::<Vec<_>>(),
            "keywords": document.keywords,
            "design": cited.design.map(|design| design.name()),
            "level": cited.level.map(|level| level.name()),
            "sample_size": cited.sample_size.as_ref().map(|size| size.value),
            "registrations": cited.registrations,
            "flags": exported.flags(),
            "licence": document.licence.as_ref().and_then(|licence| licence.code.as_ref().or(licence.text.as_ref())),
            "full_text_withheld": exported.shared_passages().len() < document.passages.len(),
            "passages": passages,
        });
        format!("{object}\n")
    }

    fn has_findings(&self) -> bool {
        true
    }

    fn finding(&self, exported: &Exported<'_>, given: &ExportedFinding<'_>, _first: bool) -> String {
        let (finding, cited) = (given.finding, exported.cited);
        let linked = |side: LinkSide| -> Vec<Value> {
            let links = finding.links.iter().filter(|link| link.side == side);
            links.map(|link| json!({ "concept": link.concept, "confidence": link.confidence })).collect()
        };
        let effects: Vec<Value> = finding
            .effects
            .iter()
            .map(|effect| {
                json!({
                    "measure": effect.measure.name(),
                    "value": effect.value,
                    "unit": effect.unit,
                    "ci": effect.ci.map(|ci| json!({ "level": ci.level, "low": ci.low, "high": ci.high })),
                    "p": effect.p.map(|p| json!({ "op": p.op, "value": p.value })),
                    "consistent": effect.consistent,
                    "start": effect.span.start,
                    "end": effect.span.end,
                })
            })
            .collect();
        let object = json!({
            "schema": 1,
            "document": cited.id,
            "year": cited.year,
            "design": cited.design.map(|design| design.name()),
            "level": cited.level.map(|level| level.name()),
            "sample_size": cited.sample_size.as_ref().map(|size| size.value),
            "flags": exported.flags(),
            "section": given.section,
            "start": finding.span.start,
            "end": finding.span.end,
            "quote": given.quote,
            "role": finding.role.name(),
            "conditions": linked(LinkSide::Condition),
            "treatments": linked(LinkSide::Treatment),
            "outcome": given.outcome,
            "comparator": given.comparator,
            "direction": finding.direction.map(|direction| direction.name()),
            "favours": finding.favours.map(|favours| favours.name()),
            "significant": finding.significant,
            "effects": effects,
            "confidence": finding.confidence,
        });
        format!("{object}\n")
    }
}
