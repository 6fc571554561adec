//! What became of registered trials: newly registered, further on or stopped, with results, reported at last.

use std::collections::BTreeMap;

use super::{Change, ChangeKind, TrialChange};
use crate::lookup::registered::Trial;
use crate::lookup::{Lookup, LookupError, Question};
use crate::model::DocumentId;

/// Adds what happened to the registered trials on the question, from one look-up to a later one.
pub(super) fn compare(
    changes: &mut Vec<Change>,
    (before, now): (&Lookup<'_>, &Lookup<'_>),
    question: &Question,
) -> Result<(), LookupError> {
    let (old, new) = (by_id(before.trials(question)?), by_id(now.trials(question)?));
    for (id, trial) in &new {
        let Some(was) = old.get(id) else {
            let kind = match before.version(id)? {
                None => ChangeKind::NewRegistration,
                Some(version) if Some(&version) == now.version(id)?.as_ref() => ChangeKind::ReadAnew,
                Some(_) => ChangeKind::Revised,
            };
            add(changes, change(kind, None, trial));
            continue;
        };
        if trial.has_results && !was.has_results {
            add(changes, change(ChangeKind::ResultsPosted, Some(was), trial));
        }
        if was.reported_by.is_empty() && !trial.reported_by.is_empty() {
            add(changes, change(ChangeKind::NowReported, Some(was), trial));
        }
        if was.entry.status != trial.entry.status {
            add(changes, change(ChangeKind::StatusChanged, Some(was), trial));
        }
    }
    for (id, was) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
        let kind = match now.version(id)? {
            None => ChangeKind::Withdrawn,
            Some(version) if Some(&version) == before.version(id)?.as_ref() => ChangeKind::ReadAnew,
            Some(_) => ChangeKind::Revised,
        };
        let now = TrialChange { status_before: was.entry.status.clone(), ..TrialChange::default() };
        add(changes, Change { trial: Some(now), ..change(kind, Some(was), was) });
    }
    Ok(())
}

fn by_id(trials: Vec<Trial>) -> BTreeMap<DocumentId, Trial> {
    trials.into_iter().map(|trial| (trial.entry.document.id.clone(), trial)).collect()
}

/// Adds a change, unless the registration, which has findings once its results are posted, was told of as a document of a study.
fn add(changes: &mut Vec<Change>, change: Change) {
    use ChangeKind::{NewDocument, NewRegistration, NewStudy, ReadAnew, ResultsPosted, Revised, Withdrawn};
    let told = changes.iter_mut().find(|told| told.trial.is_none() && told.document.id == change.document.id);
    match (told, change.kind) {
        // Findings that are new come of the results.
        (Some(told), ResultsPosted) if matches!(told.kind, NewStudy | NewDocument | Revised) => {
            told.kind = ResultsPosted;
            told.trial = change.trial;
        }
        (Some(told), NewRegistration) if matches!(told.kind, NewStudy | NewDocument) => told.trial = change.trial,
        (Some(told), Revised | Withdrawn | ReadAnew) if told.kind == change.kind => {}
        _ => changes.push(change),
    }
}

fn change(kind: ChangeKind, was: Option<&Trial>, trial: &Trial) -> Change {
    Change {
        kind,
        document: trial.entry.document.clone(),
        vote_before: None,
        vote_now: None,
        findings_new: Vec::new(),
        findings_gone: Vec::new(),
        trial: Some(TrialChange {
            status_before: was.and_then(|was| was.entry.status.clone()),
            status_now: trial.entry.status.clone(),
            reported_by: trial.reported_by.clone(),
        }),
    }
}
