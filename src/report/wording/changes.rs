//! What changed, in words.

use super::{number, status_word, tally_parts, vote_word};
use crate::lookup::{Change, ChangeKind, Changes, Summary, TrialChange};
use crate::model::DocumentId;
use crate::report::plain;

/// What must be said of a change beside its kind: the vote of a new study; both votes where one became another; how far a registered trial
/// is, and what reports it.
pub(crate) fn particulars(change: &Change) -> Option<String> {
    if let Some(trial) = &change.trial {
        return Some(trial_words(change.kind, trial)).filter(|words| !words.is_empty());
    }
    match (change.kind, change.vote_before, change.vote_now) {
        (ChangeKind::NewStudy, _, Some(now)) => Some(vote_word(now).to_owned()),
        (ChangeKind::DirectionChanged | ChangeKind::ReadAnew, Some(before), Some(now)) if before != now => {
            Some(format!("{} → {}", vote_word(before), vote_word(now)))
        }
        _ => None,
    }
}

fn trial_words(kind: ChangeKind, trial: &TrialChange) -> String {
    let word = |status: &Option<String>| status.as_deref().map_or("status not stated".to_owned(), status_word);
    let mut parts = match kind {
        ChangeKind::StatusChanged => vec![format!("{} → {}", word(&trial.status_before), word(&trial.status_now))],
        ChangeKind::NewRegistration | ChangeKind::NowReported => vec![word(&trial.status_now)],
        _ => Vec::new(),
    };
    if !trial.reported_by.is_empty() {
        let ids: Vec<&str> = trial.reported_by.iter().map(DocumentId::as_str).collect();
        parts.push(format!("reported by {}", plain(&ids.join(", "))));
    }
    parts.join(" · ")
}

/// What differs between the counts of two answers, a line each.
pub(crate) fn counts_changed(changes: &Changes) -> Vec<String> {
    let mut lines = count_changes(&changes.before, &changes.now);
    let (before, now) = changes.registered;
    if before != now {
        lines.push(format!("registered, not known to be reported: {} → {}", number(before as u64), number(now as u64)));
    }
    lines
}

/// What differs between two counts, a line each.
pub(crate) fn count_changes(before: &Summary, now: &Summary) -> Vec<String> {
    let numbers = |summary: &Summary| {
        let mut numbers = vec![
            ("studies counted", summary.studies as u64),
            ("documents", summary.documents as u64),
            ("participants, where reported", summary.participants),
            ("retracted, not counted", summary.retracted as u64),
        ];
        numbers.extend(tally_parts(summary.votes).map(|(n, word)| (word, n as u64)));
        numbers
    };
    let pairs = numbers(before).into_iter().zip(numbers(now));
    pairs
        .filter(|((_, old), (_, new))| old != new)
        .map(|((word, old), (_, new))| format!("{word}: {} → {}", number(old), number(new)))
        .collect()
}
