//! Best evidence first.

use std::cmp::{Ordering, Reverse};

use super::answer::StudyEntry;

/// Studies whose best finding fits at least this well are about the question; others come after all of those.
const ABOUT: f32 = 0.6;

/// Orders studies: standing ones before retracted ones; those about the question before those that touch it; then by level of
/// evidence (unknown last), fit in steps of a tenth, year (newest first) and name.
pub(super) fn rank(studies: &mut [StudyEntry]) {
    studies.sort_by(compare);
}

fn compare(a: &StudyEntry, b: &StudyEntry) -> Ordering {
    let key = |study: &StudyEntry| {
        let lead = study.lead();
        let level = lead.and_then(|document| document.level);
        let fit = (study.relevance() * 10.0).round() as i32;
        (
            study.retracted,
            study.relevance() < ABOUT,
            (level.is_none(), level),
            Reverse(fit),
            Reverse(lead.and_then(|document| document.year)),
            lead.map(|document| document.id.clone()),
        )
    };
    key(a).cmp(&key(b))
}
