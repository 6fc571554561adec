//! The line that `litmine annotate` prints for a document: schema 1, as the README describes it.

use serde_json::{Value, json};

use crate::model::{
    Annotation, Bound, Criterion, Document, Effect, Finding, LinkSide, Mention, Passage, Population, SampleSize, Slot,
    Span, Study, TextIndex,
};

/// The annotation of a document as one JSON object.
pub fn annotation_json(document: &Document, annotation: &Annotation) -> Value {
    let text = document.text();
    let index = TextIndex::new(&text);
    let ids = &document.identifiers;
    let passage = |(number, (passage, span)): (usize, (&Passage, Span))| {
        let part = match passage.section.as_str() {
            _ if document.is_full_text(number as u32) => "full text",
            "TITLE" => "title",
            _ => "abstract",
        };
        let mut json = json!({"part": part, "section": passage.section, "start": span.start, "end": span.end});
        // Said only of what is not English, and therefore not mined.
        if let (Some(language), Some(json)) = (annotation.foreign_language(number), json.as_object_mut()) {
            json.insert("language".to_owned(), language.into());
        }
        json
    };
    json!({
        "schema": 1,
        "id": ids.primary().map(|id| id.to_string()),
        "pmid": ids.pmid.map(|pmid| pmid.to_string()),
        "pmcid": ids.pmcid,
        "doi": ids.doi,
        "title": document.title(),
        "year": document.year(),
        "text": text,
        "passages": document.passages.iter().zip(document.passage_spans()).enumerate().map(passage).collect::<Vec<_>>(),
        "sentences": annotation.sentences.iter().map(|sentence| json!({
            "start": sentence.span.start, "end": sentence.span.end, "role": sentence.role, "confidence": round(sentence.confidence),
        })).collect::<Vec<_>>(),
        "abbreviations": annotation.abbreviations.iter().map(|abbreviation| json!({
            "short": index.slice(abbreviation.short), "long": index.slice(abbreviation.long),
        })).collect::<Vec<_>>(),
        "mentions": annotation.mentions.iter().map(|m| mention(m, &index)).collect::<Vec<_>>(),
        "outcomes": annotation.outcomes.iter().map(|outcome| json!({
            "start": outcome.span.start, "end": outcome.span.end, "text": index.slice(outcome.span), "confidence": round(outcome.confidence),
        })).collect::<Vec<_>>(),
        "study": study(&annotation.study),
        "findings": annotation.findings.iter().map(|f| finding(f, &index)).collect::<Vec<_>>(),
    })
}

/// Confidences are given to two decimals: they mean no more.
fn round(confidence: f32) -> f64 {
    (f64::from(confidence) * 100.0).round() / 100.0
}

fn mention(mention: &Mention, index: &TextIndex<'_>) -> Value {
    json!({
        "start": mention.span.start,
        "end": mention.span.end,
        "text": index.slice(mention.span),
        "type": mention.mention_type,
        "role": mention.role,
        "concepts": mention.concepts,
        "name": mention.name,
        "confidence": round(mention.confidence),
    })
}

fn study(study: &Study) -> Value {
    let sample_size = |n: SampleSize| json!({"value": n.value, "kind": n.kind, "start": n.span.start, "end": n.span.end, "confidence": round(n.confidence)});
    json!({
        "design": study.design,
        "design_reason": study.design_reason,
        "level": study.level,
        "sample_size": study.sample_size.map(sample_size),
        "population": population(&study.population),
        "registrations": study.registrations,
    })
}

fn population(population: &Population) -> Value {
    let bound = |bound: &Bound| {
        json!({
            "quantity": bound.quantity, "least": bound.least, "with_least": bound.with_least, "most": bound.most,
            "with_most": bound.with_most, "unit": bound.unit, "start": bound.span.start, "end": bound.span.end,
        })
    };
    let criterion = |criterion: &Criterion| {
        json!({
            "start": criterion.span.start,
            "end": criterion.span.end,
            "polarity": criterion.polarity,
            "bounds": criterion.bounds.iter().map(bound).collect::<Vec<_>>(),
            "confidence": round(criterion.confidence),
        })
    };
    json!({
        "age_groups": population.age_groups,
        "sexes": population.sexes,
        "animals_only": population.animals_only,
        "ages": population.ages.map(|ages| json!({
            "least": ages.least.map(round), "most": ages.most.map(round), "start": ages.span.start, "end": ages.span.end,
        })),
        "criteria": population.criteria.iter().map(criterion).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding, index: &TextIndex<'_>) -> Value {
    let slot = |slot: &Option<Slot>| {
        slot.as_ref().map(|slot| {
            json!({"start": slot.span.start, "end": slot.span.end, "text": index.slice(slot.span), "concepts": slot.concepts})
        })
    };
    let linked = |side: LinkSide| -> Vec<&str> {
        finding.links.iter().filter(|link| link.side == side).map(|link| link.concept.as_str()).collect()
    };
    json!({
        "start": finding.span.start,
        "end": finding.span.end,
        "role": finding.role,
        "intervention": slot(&finding.intervention),
        "comparator": slot(&finding.comparator),
        "outcome": slot(&finding.outcome),
        "conditions": linked(LinkSide::Condition),
        "treatments": linked(LinkSide::Treatment),
        "direction": finding.direction,
        "favours": finding.favours,
        "significant": finding.significant,
        "effects": finding.effects.iter().map(effect).collect::<Vec<_>>(),
        "confidence": round(finding.confidence),
    })
}

/// An effect, as every JSON output gives it.
pub(super) fn effect(effect: &Effect) -> Value {
    json!({
        "measure": effect.measure,
        "value": effect.value,
        "unit": effect.unit,
        "ci": effect.ci,
        "p": effect.p,
        "consistent": effect.consistent,
        "inconsistency": effect.inconsistency,
        "start": effect.span.start,
        "end": effect.span.end,
    })
}
