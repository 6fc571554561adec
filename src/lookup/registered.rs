//! Registered trials on the question: what has been planned, and not heard of, is part of the evidence.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::gather::Candidate;
use super::grouping::own_registrations;
use super::memory::{Known, Memory};
use super::{LookupError, hydrate};
use crate::lookup::answer::{Registered, RegisteredEntry};
use crate::model::{Card, DocumentId, StudyDesign};
use crate::store::{Posting, Snapshot, Store};

/// How a store names the numbers of registrations among identifiers.
const SCHEME: &str = "registration";

/// A registration on the question, reported or not.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trial {
    pub(super) entry: RegisteredEntry,
    /// Whether the registry has its results.
    pub(super) has_results: bool,
    /// The papers that report it, by id.
    pub(super) reported_by: Vec<DocumentId>,
}

/// The registrations that these postings are of, the newest first, except those that a paper here reports and those whose posted
/// results are among the candidates. `limit` of them are listed; only those are unpacked.
pub(super) fn unreported(
    store: &Store,
    snapshot: &Snapshot,
    memory: &Memory,
    postings: &[Posting],
    candidates: &[Candidate],
    limit: usize,
) -> Result<Registered, LookupError> {
    let telling = candidates.iter().filter(|candidate| candidate.id.is_registration() || is_report(&candidate.card));
    let told: BTreeSet<&str> = telling.flat_map(|candidate| own_registrations(&candidate.card)).collect();
    let mut found = Vec::new();
    let documents = memory.documents(store, snapshot, postings.iter().map(|posting| posting.version))?;
    for posting in postings {
        let Some(known) = documents.get(&posting.version) else { continue };
        let in_answer = known.card.registrations.iter().any(|number| told.contains(number.as_str()));
        if !in_answer && reported_by(store, snapshot, known)?.is_empty() {
            found.push((Reverse(known.card.year), known.id.clone(), posting));
        }
    }
    found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let listed = found.iter().take(limit).map(|(_, _, posting)| Ok(trial(store, snapshot, posting)?.entry));
    Ok(Registered { trials: found.len(), listed: listed.collect::<Result<_, LookupError>>()? })
}

/// Every registration that these postings are of, by id.
pub(super) fn trials(
    store: &Store,
    snapshot: &Snapshot,
    memory: &Memory,
    postings: &[Posting],
) -> Result<Vec<Trial>, LookupError> {
    let documents = memory.documents(store, snapshot, postings.iter().map(|posting| posting.version))?;
    let mut found = Vec::new();
    for posting in postings {
        let Some(known) = documents.get(&posting.version) else { continue };
        let reported_by = reported_by(store, snapshot, known)?.to_vec();
        found.push(Trial { reported_by, ..trial(store, snapshot, posting)? });
    }
    found.sort_by(|a, b| a.entry.document.id.cmp(&b.entry.document.id));
    Ok(found)
}

/// Whether a document that carries a registration can be a report of it: neither what only plans the trial, nor what was written on
/// those of others.
fn is_report(card: &Card) -> bool {
    card.design != Some(StudyDesign::RctProtocol) && own_registrations(card).next().is_some()
}

/// The papers that carry a number of this registration and report it.
fn reported_by<'k>(store: &Store, snapshot: &Snapshot, known: &'k Known) -> Result<&'k [DocumentId], LookupError> {
    if let Some(reported_by) = known.reported_by.get() {
        return Ok(reported_by);
    }
    let mut found = Vec::new();
    for number in &known.card.registrations {
        for id in store.documents_identified(SCHEME, number)? {
            if id.is_registration() {
                continue;
            }
            // What carried the number once may not any more, or not yet.
            let Some(version) = store.visible_version(snapshot, &id)? else { continue };
            let card = store.card(snapshot, version)?.unwrap_or_default();
            if is_report(&card) && own_registrations(&card).any(|own| own == number) {
                found.push(id);
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(known.reported_by.get_or_init(|| found))
}

fn trial(store: &Store, snapshot: &Snapshot, posting: &Posting) -> Result<Trial, LookupError> {
    let stored = store.document_version(posting.version)?;
    let annotation = store.annotation(snapshot, posting.version)?.unwrap_or_default();
    let entry = RegisteredEntry {
        document: hydrate::cite(store, snapshot, &stored, &annotation)?,
        status: stored.document.publication_status.clone(),
        posted: stored.document.published,
        relevance: posting.confidence,
        fit: None,
    };
    Ok(Trial { entry, has_results: stored.document.has_posted_results(), reported_by: Vec::new() })
}
