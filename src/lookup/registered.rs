//! Registered trials on the question of which no paper is known here: what has been planned, and not heard of, is part of the evidence.

use std::collections::BTreeSet;

use super::gather::Candidate;
use super::{LookupError, hydrate};
use crate::lookup::answer::RegisteredEntry;
use crate::model::{Annotation, Document, DocumentKind};
use crate::store::{Posting, Snapshot, Store, StoredDocument};

/// How a store names the numbers of registrations among identifiers.
const SCHEME: &str = "registration";

/// The registrations that these postings are of, the newest first, except those that a paper here reports and those whose posted
/// results are among the candidates.
pub(super) fn unreported(
    store: &Store,
    snapshot: &Snapshot,
    postings: &[Posting],
    candidates: &[Candidate],
) -> Result<Vec<RegisteredEntry>, LookupError> {
    let told: BTreeSet<&str> =
        candidates.iter().flat_map(|candidate| &candidate.card.registrations).map(String::as_str).collect();
    let mut found = Vec::new();
    for posting in postings {
        let Some(id) = store.visible_name(snapshot, posting.version)? else { continue };
        let Some(stored) = store.document(snapshot, &id)? else { continue };
        let numbers: Vec<String> = stored.document.registrations().map(str::to_owned).collect();
        let reported = numbers.iter().any(|number| told.contains(number.as_str()))
            || is_reported(store, snapshot, &stored, &numbers)?;
        if !reported {
            let annotation = store.annotation(snapshot, stored.version)?.unwrap_or_default();
            found.push(entry(store, snapshot, &stored, &annotation, posting.confidence)?);
        }
    }
    found.sort_by(|a, b| b.posted.cmp(&a.posted).then_with(|| a.document.id.cmp(&b.document.id)));
    Ok(found)
}

/// Whether a paper of the corpus carries a number of this registration.
fn is_reported(
    store: &Store,
    snapshot: &Snapshot,
    registration: &StoredDocument,
    numbers: &[String],
) -> Result<bool, LookupError> {
    for number in numbers {
        for id in store.documents_identified(SCHEME, number)? {
            let other = if id == registration.id { None } else { store.document(snapshot, &id)? };
            if other.is_some_and(|other| other.document.kind != DocumentKind::Registration) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn entry(
    store: &Store,
    snapshot: &Snapshot,
    stored: &StoredDocument,
    annotation: &Annotation,
    relevance: f32,
) -> Result<RegisteredEntry, LookupError> {
    let Document { publication_status, published, .. } = &stored.document;
    Ok(RegisteredEntry {
        document: hydrate::cite(store, snapshot, stored, annotation)?,
        status: publication_status.clone(),
        posted: *published,
        relevance,
    })
}
