//! Registered trials on the question of which no paper is known here: what has been planned, and not heard of, is part of the evidence.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::gather::Candidate;
use super::memory::Memory;
use super::{LookupError, hydrate};
use crate::lookup::answer::{Registered, RegisteredEntry};
use crate::model::{DocumentId, DocumentKind};
use crate::store::{Posting, Snapshot, Store};

/// How a store names the numbers of registrations among identifiers.
const SCHEME: &str = "registration";

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
    let told: BTreeSet<&str> =
        candidates.iter().flat_map(|candidate| &candidate.card.registrations).map(String::as_str).collect();
    let mut found = Vec::new();
    let documents = memory.documents(store, snapshot, postings.iter().map(|posting| posting.version))?;
    for posting in postings {
        let Some(known) = documents.get(&posting.version) else { continue };
        let card = &known.card;
        let in_answer = card.registrations.iter().any(|number| told.contains(number.as_str()));
        if in_answer {
            continue;
        }
        let reported = match known.reported.get() {
            Some(reported) => *reported,
            None => is_reported(store, snapshot, &known.id, &card.registrations)?,
        };
        if !*known.reported.get_or_init(|| reported) {
            found.push((Reverse(card.year), known.id.clone(), posting));
        }
    }
    found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let listed = found.iter().take(limit).map(|(_, _, posting)| entry(store, snapshot, posting));
    Ok(Registered { trials: found.len(), listed: listed.collect::<Result<_, _>>()? })
}

/// Whether a paper of the corpus carries a number of this registration.
fn is_reported(
    store: &Store,
    snapshot: &Snapshot,
    registration: &DocumentId,
    numbers: &[String],
) -> Result<bool, LookupError> {
    for number in numbers {
        for id in store.documents_identified(SCHEME, number)? {
            let other = if id == *registration { None } else { store.document(snapshot, &id)? };
            if other.is_some_and(|other| other.document.kind != DocumentKind::Registration) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn entry(store: &Store, snapshot: &Snapshot, posting: &Posting) -> Result<RegisteredEntry, LookupError> {
    let stored = store.document_version(posting.version)?;
    let annotation = store.annotation(snapshot, posting.version)?.unwrap_or_default();
    Ok(RegisteredEntry {
        document: hydrate::cite(store, snapshot, &stored, &annotation)?,
        status: stored.document.publication_status.clone(),
        posted: stored.document.published,
        relevance: posting.confidence,
        fit: None,
    })
}
