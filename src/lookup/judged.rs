//! Which way the studies that come first went, by what their documents say of the comparison that was asked for.
//!
//! A finding says which way its own outcome went under its own treatment. Where a study was found by its words, or where no finding that is about the
//! outcome tells, the outcome and the arms are known by the names in the question alone: then the document is asked with those names, as
//! [`told`](super::told) does for one document, and the answer stands where it is sure enough. Never part of what is pooled.

use serde::Serialize;

use super::answer::StudyVote;
use super::gather::Candidate;
use super::grouping::Study;
use super::question::{SoughtAs, Understood};
use super::told::told;
use crate::extract::extractors::findings::comparison::Asked;
use crate::model::{Direction, DocumentId, TextIndex};
use crate::store::{Snapshot, Store, StoreError};

/// How many studies are asked, those that come first; whatever is listed, so that the votes counted do not hang on it.
const ASKED: usize = 20;

/// What the document of a study says of the comparison that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// The document that was asked.
    pub document: DocumentId,
    /// Which way the outcome went.
    pub direction: Direction,
    /// How likely that is by the words, 0 to 1.
    pub likely: f32,
    /// What its findings would vote.
    pub findings_vote: StudyVote,
    /// The sentences and table rows on which that rests, verbatim, the likeliest first.
    pub quotes: Vec<String>,
}

/// Asks the first studies, and lets those that are sure vote so.
pub(super) fn judge(
    studies: &mut [Study],
    understood: &Understood,
    store: &Store,
    snapshot: &Snapshot,
) -> Result<(), StoreError> {
    let Some(asked) = asked(understood) else { return Ok(()) };
    for study in studies.iter_mut().take(ASKED).filter(|study| study.is_to_be_judged()) {
        for member in &study.members {
            if let Some(judged) = judged(member, &asked, store, snapshot)? {
                let findings_vote = std::mem::replace(&mut study.vote, judged.direction.into());
                study.judged = Some(Judged { findings_vote, ..judged });
                break;
            }
        }
    }
    Ok(())
}

/// The question by its names; none where it names no outcome or no treatment.
fn asked(understood: &Understood) -> Option<Asked<'_>> {
    let sought = understood.by_words.iter().find(|name| name.what == SoughtAs::Treatment);
    let treatment = understood.treatment.as_ref().map(|term| term.asked.as_str());
    Some(Asked {
        intervention: treatment.or(sought.map(|name| name.asked.as_str()))?,
        comparator: understood.comparator.as_ref().map_or("", |comparator| comparator.asked.as_str()),
        outcome: &understood.outcome.as_ref()?.asked,
    })
}

fn judged(
    member: &Candidate,
    asked: &Asked<'_>,
    store: &Store,
    snapshot: &Snapshot,
) -> Result<Option<Judged>, StoreError> {
    let document = store.document_version(member.version)?.document;
    let annotation = store.annotation(snapshot, member.version)?.unwrap_or_default();
    let told = told(&document, &annotation, asked);
    // As sure as one document is told.
    let Some((direction, judgement)) = told.direction.zip(told.judgement) else { return Ok(None) };
    let likely = judgement.likeliest().1;
    let text = document.text();
    let index = TextIndex::new(&text);
    let quotes = told.evidence.iter().map(|span| index.slice(*span).to_owned()).collect();
    Ok(Some(Judged { document: member.id.clone(), direction, likely, findings_vote: StudyVote::NotStated, quotes }))
}
