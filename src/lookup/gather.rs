//! From linked concepts to the documents whose findings answer. Nothing here unpacks a text.

use std::sync::Arc;

use super::harms::{Arms, Aside};
use super::memory::Memory;
use super::question::{Comparator, Term, Understood};
use super::words::QuestionKind;
use crate::model::{Card, ConceptId, Direction, DocumentId, FindingCard, LinkSide, StudyDesign};
use crate::store::{Posting, Snapshot, Store, StoreError, WHOLE};
use crate::vocab::normalize;

/// Links that are weaker answer nothing.
pub(super) const LEAST_CONFIDENCE: f32 = 0.35;

/// A document with findings that answer.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// The row of its version.
    pub(super) version: i64,
    pub(super) id: DocumentId,
    pub(super) card: Arc<Card>,
    pub(super) retracted: bool,
    pub(super) preprint: bool,
    /// The findings that answer, in order.
    pub(super) findings: Vec<Found>,
}

/// A finding that answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// Its place among the findings of the document.
    pub(super) ordinal: u32,
    /// How well it fits: the weaker of its links, 0 to 1.
    pub(super) relevance: f32,
    /// Whether the treatment asked for is what something else was compared with.
    pub(super) as_comparator: bool,
    /// Whether it speaks of several outcomes as one, of which one was asked for.
    pub(super) composite: bool,
    /// Whether it has no say, because it is on harm where benefit is asked for, or the other way round.
    pub(super) aside: bool,
    /// Which way the outcome moved under what was asked for.
    pub(super) direction: Option<Direction>,
    /// Whether it was found by its words, and not by its links.
    pub(super) by_words: bool,
}

impl Found {
    /// A finding that answers so well, and of which nothing else is known.
    pub(super) fn of(ordinal: u32, relevance: f32) -> Self {
        Self {
            ordinal,
            relevance,
            as_comparator: false,
            composite: false,
            aside: false,
            direction: None,
            by_words: false,
        }
    }
}

impl Candidate {
    /// What is counted of one of its findings.
    pub(super) fn card_of(&self, found: &Found) -> Option<&FindingCard> {
        self.card.findings.get(found.ordinal as usize)
    }

    /// How well its best finding fits, 0 to 1.
    pub(super) fn relevance(&self) -> f32 {
        self.findings.iter().map(|found| found.relevance).fold(0.0, f32::max)
    }
}

/// What is linked to everything that was asked for.
pub(super) struct Gathered {
    /// The documents with findings that answer.
    pub(super) candidates: Vec<Candidate>,
    /// Registrations that are about it as a whole.
    pub(super) registrations: Vec<Posting>,
}

/// Gathers what is linked to everything that was asked for.
pub(super) fn gather(
    store: &Store,
    snapshot: &Snapshot,
    memory: &Memory,
    understood: &Understood,
) -> Result<Gathered, StoreError> {
    let (registrations, linked) = linked(store, snapshot, memory, understood)?
        .into_iter()
        .partition::<Vec<_>, _>(|posting| posting.ordinal == WHOLE);
    let mut candidates = Vec::new();
    let by_document = || linked.chunk_by(|a, b| a.version == b.version);
    let versions = by_document().filter_map(|postings| Some(postings.first()?.version));
    let documents = memory.documents(store, snapshot, versions)?;
    let aside = Aside::of(understood);
    for postings in by_document() {
        let Some(version) = postings.first().map(|posting| posting.version) else { continue };
        let Some(known) = documents.get(&version) else { continue };
        let wording = if needs_wording(understood) { known.wording(store, snapshot, version)? } else { "" };
        let findings = fitting(postings, &known.card, wording, understood, &aside);
        if !findings.is_empty() {
            candidates.push(known.candidate(version, findings));
        }
    }
    Ok(Gathered { candidates, registrations })
}

/// Findings that are linked, well enough, to every side that was asked for; each with the weaker of its links.
pub(super) fn linked(
    store: &Store,
    snapshot: &Snapshot,
    memory: &Memory,
    understood: &Understood,
) -> Result<Vec<Posting>, StoreError> {
    let side = |term: &Option<Term>, side| -> Result<Option<Arc<Vec<Posting>>>, StoreError> {
        term.as_ref().map(|term| memory.postings(store, snapshot, side, &term.answers)).transpose()
    };
    let condition = side(&understood.condition, LinkSide::Condition)?;
    let treatment = side(&understood.treatment, LinkSide::Treatment)?;
    Ok(match (condition, treatment) {
        (Some(a), Some(b)) => both(&a, &b),
        (Some(postings), None) | (None, Some(postings)) => Arc::unwrap_or_clone(postings),
        (None, None) => Vec::new(),
    })
}

/// What stands in both of two ordered lists.
fn both(a: &[Posting], b: &[Posting]) -> Vec<Posting> {
    let key = |posting: &Posting| (posting.version, posting.ordinal);
    let (mut at, mut found) = (0, Vec::new());
    for one in a {
        while b.get(at).is_some_and(|other| key(other) < key(one)) {
            at += 1;
        }
        if let Some(other) = b.get(at).filter(|other| key(other) == key(one)) {
            found.push(Posting { confidence: one.confidence.min(other.confidence), ..*one });
        }
    }
    found
}

/// The word of a sentence that speaks of several outcomes as one.
const COMPOSITE: &str = "composite";

fn needs_wording(understood: &Understood) -> bool {
    understood.outcome.is_some() || understood.test.is_some() || understood.comparator.is_some()
}

/// The findings among these that are about everything else that was asked.
fn fitting(postings: &[Posting], card: &Card, wording: &str, understood: &Understood, aside: &Aside) -> Vec<Found> {
    let lines: Vec<&str> = wording.lines().collect();
    let line = |ordinal: u32| lines.get(ordinal as usize).copied().unwrap_or_default();
    let compared = understood.comparator.as_ref().map(|comparator| {
        let named = |(n, finding): (usize, &FindingCard)| names(comparator, finding, line(n as u32));
        (comparator, card.findings.iter().enumerate().any(named))
    });
    let fits = |posting: &&Posting| {
        let Some(finding) = card.findings.get(posting.ordinal as usize) else { return false };
        let words = line(posting.ordinal);
        let compared = compared.is_none_or(|(comparator, somewhere)| {
            names(comparator, finding, words) || somewhere && finding.comparator.is_empty()
        });
        let accuracy = understood.kind != Some(QuestionKind::Diagnosis)
            || finding.accuracy
            || card.design == Some(StudyDesign::DiagnosticAccuracy);
        compared
            && accuracy
            && understood.outcome.as_ref().is_none_or(|outcome| outcome.matches_normal(words))
            && understood.test.as_ref().is_none_or(|test| lines.iter().any(|line| test.matches_normal(line)))
            && (!understood.filters.consistent || finding.consistent == Some(true))
    };
    let arms = if aside.harms_asked { Arms::of(understood.treatment.as_ref()) } else { None };
    let arms = arms.map(|arms| (arms.only_compared_with(card), arms));
    // Where harms are asked for, those of another treatment have no say.
    let others = |finding: &FindingCard| {
        arms.as_ref().is_some_and(|(only_compared_with, arms)| !arms.are_told_apart(finding, *only_compared_with))
    };
    let found = |posting: &Posting| {
        let finding = card.findings.get(posting.ordinal as usize);
        let compared = |finding| {
            let term = understood.treatment.as_ref();
            term.is_some_and(|term| is_comparator(finding, |concept| term.answers.contains(concept)))
        };
        Found {
            as_comparator: finding.is_some_and(compared),
            composite: is_composite(understood, line(posting.ordinal)),
            aside: finding.is_some_and(|finding| aside.holds(finding) || others(finding)),
            direction: finding.and_then(|finding| finding.direction),
            ..Found::of(posting.ordinal, posting.confidence)
        }
    };
    postings.iter().filter(fits).map(found).collect()
}

/// Whether a sentence in its normal form speaks of several outcomes as one, of which one was asked for.
pub(super) fn is_composite(understood: &Understood, line: &str) -> bool {
    understood.outcome.as_ref().is_some_and(|outcome| {
        let holds = |line: &str| line.split(' ').any(|word| word == COMPOSITE);
        holds(line) && !holds(&normalize(&outcome.asked))
    })
}

/// Whether a finding's sentence names the comparator asked for.
fn names(comparator: &Comparator, finding: &FindingCard, line: &str) -> bool {
    finding.comparator.iter().any(|concept| comparator.answers.contains(concept))
        || comparator.words.matches_normal(line)
}

/// Whether what was asked for is, in this finding, only what something else was compared with.
pub(super) fn is_comparator(finding: &FindingCard, is_asked: impl Fn(&ConceptId) -> bool) -> bool {
    finding.comparator.iter().any(&is_asked) && !finding.intervention.iter().any(&is_asked)
}
