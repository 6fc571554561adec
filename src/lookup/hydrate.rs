//! From what was counted to what is shown: citations, quotes, links. Only here are texts and annotations unpacked.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::answer::{CitedDocument, FindingEntry, FlagEntry, LinkEntry, Repeat, StudyEntry};
use super::card::{place, speaks_of_primary};
use super::gather::Found;
use super::grouping::Study;
use super::memory::Memory;
use super::question::{Term, Understood};
use crate::model::{
    Annotation, ConceptId, Document, Finding, FlagKind, Link, LinkSide, Mention, SentenceRole, Span, TextIndex,
};
use crate::store::{Snapshot, Store, StoreError, StoredDocument};
use crate::vocab::{Vocabulary, normalize};

/// What a study is shown from.
#[derive(Clone, Copy)]
pub(super) struct Source<'s> {
    pub(super) store: &'s Store,
    pub(super) snapshot: &'s Snapshot,
    pub(super) memory: &'s Memory,
    pub(super) vocabulary: &'s Vocabulary,
    pub(super) understood: &'s Understood,
}

impl Source<'_> {
    /// A study with its citations and quotes.
    pub(super) fn study(self, study: &Study) -> Result<StudyEntry, StoreError> {
        let mut documents = Vec::new();
        let mut findings = Vec::new();
        for member in &study.members {
            let whole = self.memory.whole(self.store, self.snapshot, member.version)?;
            let (stored, annotation) = &*whole;
            let page = Page::of(stored, annotation);
            findings.extend(member.findings.iter().filter_map(|found| page.entry(found, self)));
            documents.push(cite(self.store, self.snapshot, stored, annotation)?);
        }
        findings.sort_by(|a, b| show_order(a).cmp(&show_order(b)).then_with(|| a.document.cmp(&b.document)));
        Ok(StudyEntry {
            documents,
            grouped_by: study.grouped_by.clone(),
            findings: once(findings),
            vote: study.vote,
            judged: study.judged.clone(),
            retracted: study.retracted,
            fit: None,
        })
    }
}

/// What is shown first: what fits better (in steps of a tenth); what the abstract says before the text and that before a table;
/// the primary outcome; what has an estimate; the order of reading.
pub(super) fn show_order(finding: &FindingEntry) -> impl Ord {
    let fit = (finding.relevance * 10.0).round() as i32;
    let estimated = finding.effects.iter().any(|effect| effect.value.is_some());
    (finding.as_comparator, Reverse(fit), finding.place, !finding.primary, !estimated, finding.span)
}

/// Two sentences with at least this share of words in common, and no number that the first has not, say the same.
const ALIKE: f64 = 0.8;

/// Each statement once, with the other places where it stands.
fn once(findings: Vec<FindingEntry>) -> Vec<FindingEntry> {
    let mut kept: Vec<(FindingEntry, BTreeSet<String>)> = Vec::new();
    for finding in findings {
        let words: BTreeSet<String> = normalize(&finding.quote).split_whitespace().map(str::to_owned).collect();
        let same = kept.iter_mut().find(|(_, known)| says_the_same(known, &words));
        match same {
            Some((first, _)) => {
                first.repeats.push(Repeat { document: finding.document, section: finding.section, span: finding.span })
            }
            None => kept.push((finding, words)),
        }
    }
    kept.into_iter().map(|(finding, _)| finding).collect()
}

fn says_the_same(known: &BTreeSet<String>, words: &BTreeSet<String>) -> bool {
    let number = |word: &&String| word.bytes().all(|byte| byte.is_ascii_digit());
    let shared = known.intersection(words).count() as f64;
    let all = known.union(words).count() as f64;
    shared / all >= ALIKE && words.iter().filter(number).all(|word| known.contains(word))
}

/// A document's text, ready to be quoted.
pub(super) struct Page<'d> {
    document: &'d Document,
    annotation: &'d Annotation,
    text: String,
    passages: Vec<Span>,
    stored: &'d StoredDocument,
}

impl<'d> Page<'d> {
    pub(super) fn of(stored: &'d StoredDocument, annotation: &'d Annotation) -> Self {
        let document = &stored.document;
        Self { document, annotation, text: document.text(), passages: document.passage_spans(), stored }
    }

    /// The entry of a finding.
    pub(super) fn entry(&self, found: &Found, source: Source<'_>) -> Option<FindingEntry> {
        let finding = self.annotation.findings.get(found.ordinal as usize)?;
        let understood = source.understood;
        let index = TextIndex::new(&self.text);
        let quote = index.slice(finding.span);
        let passage = self.passages.iter().position(|passage| passage.contains(finding.span));
        let words = |slot: &Option<crate::model::Slot>| slot.as_ref().map(|slot| index.slice(slot.span).to_owned());
        Some(FindingEntry {
            document: self.stored.id.clone(),
            section: passage.map_or_else(String::new, |n| self.document.passages[n].section.clone()),
            place: place(self.document, passage),
            span: finding.span,
            quote: quote.to_owned(),
            marks: self.marks(finding, understood),
            role: finding.role,
            primary: finding.role == SentenceRole::Results && speaks_of_primary(&normalize(quote)),
            direction: found.direction,
            // What was asked for may have turned the direction; whom it favours was told of the finding's own.
            favours: finding.favours.filter(|_| found.direction == finding.direction),
            significant: finding.significant,
            effects: finding.effects.clone(),
            numbers: finding.effects.iter().map(|effect| index.slice(effect.span).to_owned()).collect(),
            outcome: words(&finding.outcome),
            comparator: words(&finding.comparator),
            condition: link_entry(finding, LinkSide::Condition, understood.condition.as_ref(), source.vocabulary),
            treatment: link_entry(finding, LinkSide::Treatment, understood.treatment.as_ref(), source.vocabulary),
            as_comparator: found.as_comparator,
            relevance: found.relevance,
            by_words: found.by_words,
            repeats: Vec::new(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_with_other_numbers_is_another() {
        let set = |text: &str| -> BTreeSet<String> { normalize(text).split_whitespace().map(str::to_owned).collect() };
        let first =
            set("Mortality was lower with zelmarin than with placebo at one year (HR 0.74, 95% CI 0.65 to 0.85).");
        let again =
            set("Mortality was lower with zelmarin than with placebo at one year (HR 0.74; 95% CI, 0.65–0.85).");
        let other =
            set("Mortality was lower with zelmarin than with placebo at one year (HR 0.79, 95% CI 0.65 to 0.85).");
        assert!(says_the_same(&first, &again));
        assert!(!says_the_same(&first, &other));
    }
}
