//! From linked concepts to documents with the findings that answer.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{CitedDocument, FindingEntry, FlagEntry, LinkEntry};
use super::question::{Term, Understood};
use crate::model::{
    Annotation, ConceptId, Document, Finding, FlagKind, Link, LinkSide, Mention, RelationKind, Span, TextIndex,
};
use crate::store::{FindingRow, Snapshot, Store, StoreError, StoredDocument};
use crate::vocab::Vocabulary;

/// Links that are weaker answer nothing.
const LEAST_CONFIDENCE: f32 = 0.35;

/// A document with the findings that answer.
pub(super) struct Gathered {
    pub(super) document: CitedDocument,
    pub(super) findings: Vec<FindingEntry>,
}

/// The documents whose findings are linked to everything that was asked for.
pub(super) fn documents(
    store: &Store,
    snapshot: &Snapshot,
    vocabulary: &Vocabulary,
    understood: &Understood,
) -> Result<Vec<Gathered>, StoreError> {
    let mut by_version: BTreeMap<i64, Vec<FindingRow>> = BTreeMap::new();
    for row in rows(store, understood)? {
        if let Some(finding) = store.visible_finding(snapshot, row)? {
            by_version.entry(finding.version).or_default().push(finding);
        }
    }
    let mut gathered = Vec::new();
    for (version, mut rows) in by_version {
        rows.sort_by_key(|row| row.ordinal);
        let stored = store.document_version(version)?;
        let annotation = store.annotation(snapshot, version)?.unwrap_or_default();
        let page = Page::of(&stored, &annotation);
        let findings: Vec<FindingEntry> =
            rows.iter().filter_map(|row| page.entry(&row.finding, understood, vocabulary)).collect();
        if !findings.is_empty() {
            gathered.push(Gathered { document: cite(store, snapshot, &stored, &annotation)?, findings });
        }
    }
    Ok(gathered)
}

/// The rows of findings that are linked, well enough, to every side that was asked for.
fn rows(store: &Store, understood: &Understood) -> Result<BTreeSet<i64>, StoreError> {
    let side = |term: &Option<Term>, side| -> Result<Option<BTreeSet<i64>>, StoreError> {
        let Some(term) = term else { return Ok(None) };
        let linked = store.linked(side, &term.answers)?;
        Ok(Some(linked.into_iter().filter(|(_, (sure, _))| *sure >= LEAST_CONFIDENCE).map(|(row, _)| row).collect()))
    };
    let condition = side(&understood.condition, LinkSide::Condition)?;
    let treatment = side(&understood.treatment, LinkSide::Treatment)?;
    Ok(match (condition, treatment) {
        (Some(a), Some(b)) => a.intersection(&b).copied().collect(),
        (Some(rows), None) | (None, Some(rows)) => rows,
        (None, None) => BTreeSet::new(),
    })
}

/// A document's text, ready to be quoted.
struct Page<'d> {
    document: &'d Document,
    annotation: &'d Annotation,
    text: String,
    passages: Vec<Span>,
    stored: &'d StoredDocument,
}

impl<'d> Page<'d> {
    fn of(stored: &'d StoredDocument, annotation: &'d Annotation) -> Self {
        let document = &stored.document;
        Self { document, annotation, text: document.text(), passages: document.passage_spans(), stored }
    }

    /// The entry of a finding, if it is about what was asked.
    fn entry(&self, finding: &Finding, understood: &Understood, vocabulary: &Vocabulary) -> Option<FindingEntry> {
        let index = TextIndex::new(&self.text);
        let quote = index.slice(finding.span);
        if understood.outcome.as_ref().is_some_and(|outcome| !outcome.matches(quote)) {
            return None;
        }
        let condition = link_entry(finding, LinkSide::Condition, understood.condition.as_ref(), vocabulary);
        let treatment = link_entry(finding, LinkSide::Treatment, understood.treatment.as_ref(), vocabulary);
        let relevance = [&condition, &treatment].into_iter().flatten().map(|link| link.confidence).fold(1.0, f32::min);
        let passage = self.passages.iter().position(|passage| passage.contains(finding.span));
        Some(FindingEntry {
            document: self.stored.id.clone(),
            section: passage.map_or_else(String::new, |n| self.document.passages[n].section.clone()),
            span: finding.span,
            quote: quote.to_owned(),
            marks: self.marks(finding, understood),
            role: finding.role,
            direction: finding.direction,
            significant: finding.significant,
            effects: finding.effects.clone(),
            numbers: finding.effects.iter().map(|effect| index.slice(effect.span).to_owned()).collect(),
            outcome: finding.outcome.as_ref().map(|slot| index.slice(slot.span).to_owned()),
            as_comparator: understood.treatment.as_ref().is_some_and(|term| is_comparator(finding, term)),
            condition,
            treatment,
            relevance,
        })
    }

    /// The parts of the finding's sentence that name what was asked for, relative to the sentence.
    fn marks(&self, finding: &Finding, understood: &Understood) -> Vec<Span> {
        let asked = |mention: &&Mention| {
            [&understood.condition, &understood.treatment]
                .into_iter()
                .flatten()
                .any(|term| mention.concepts.iter().any(|concept| term.answers.contains(concept)))
        };
        let mentions = &self.annotation.mentions;
        mentions
            .iter()
            .filter(|mention| finding.span.contains(mention.span))
            .filter(asked)
            .map(|mention| Span::new(mention.span.start - finding.span.start, mention.span.end - finding.span.start))
            .collect()
    }
}

fn is_comparator(finding: &Finding, term: &Term) -> bool {
    let names = |slot: &Option<crate::model::Slot>| {
        slot.as_ref().is_some_and(|slot| slot.concepts.iter().any(|concept| term.answers.contains(concept)))
    };
    names(&finding.comparator) && !names(&finding.intervention)
}

fn link_entry(finding: &Finding, side: LinkSide, term: Option<&Term>, vocabulary: &Vocabulary) -> Option<LinkEntry> {
    let term = term?;
    let fits = |link: &&Link| link.side == side && term.answers.contains(&link.concept);
    let best = finding.links.iter().filter(fits).max_by(|a, b| a.confidence.total_cmp(&b.confidence))?;
    let name = |id: &ConceptId| vocabulary.name(id).unwrap_or_else(|| id.to_string());
    Some(LinkEntry {
        concept: best.concept.clone(),
        name: name(&best.concept),
        confidence: best.confidence,
        reasons: best.reasons.clone(),
        cosine: best.cosine,
    })
}

pub(super) fn cite(
    store: &Store,
    snapshot: &Snapshot,
    stored: &StoredDocument,
    annotation: &Annotation,
) -> Result<CitedDocument, StoreError> {
    let document = &stored.document;
    let study = &annotation.study;
    let mut flags: Vec<FlagEntry> = Vec::new();
    for flag in store.flags(snapshot, &stored.id)? {
        let notice = flag.notice.map(|id| id.to_string()).or(flag.citation);
        flags.push(FlagEntry { kind: flag.kind, said_by: flag.said_by, source: flag.source, notice });
    }
    let versions_of_it = document
        .relations
        .iter()
        .filter(|relation| matches!(relation.kind, RelationKind::UpdateIn | RelationKind::UpdateOf))
        .filter_map(|relation| relation.pmid.map(crate::model::DocumentId::pmid))
        .collect();
    Ok(CitedDocument {
        id: stored.id.clone(),
        doi: document.identifiers.doi.clone(),
        title: document.title().to_owned(),
        authors: first_author(document),
        journal: document.journal.as_ref().map(|j| j.abbreviation.clone().unwrap_or_else(|| j.title.clone())),
        year: document.year(),
        design: study.design,
        design_reason: study.design_reason.clone(),
        level: study.level,
        sample_size: study.sample_size,
        registrations: study.registrations.clone(),
        flags,
        origin: stored.origin.clone(),
        stored_at: stored.stored_at.clone(),
        versions_of_it,
    })
}

fn first_author(document: &Document) -> Option<String> {
    let first = document.authors.first()?;
    let initials = first.initials.as_deref().map(|i| format!(" {i}")).unwrap_or_default();
    let more = if document.authors.len() > 1 { " et al." } else { "" };
    Some(format!("{}{initials}{more}", first.last_name))
}

impl FlagEntry {
    /// Whether a reader must know of it before reading on.
    pub fn is_grave(&self) -> bool {
        matches!(self.kind, FlagKind::Retracted | FlagKind::OfConcern)
    }
}
