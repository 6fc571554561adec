//! Best evidence first, or as asked.

use std::cmp::Reverse;

use super::filters::Order;
use super::grouping::Study;

/// Studies whose best finding fits at least this well are about the question; others come after all of those.
const ABOUT: f32 = 0.6;

/// Steps of the fit of studies that were found by their words: which study is meant comes before how good it is.
const STEPS_BY_WORDS: f32 = 20.0;

/// Orders studies: standing ones before retracted ones; those about the question before those that touch it; then, best
/// evidence first, by level (unknown last), fit in steps of a tenth, year (newest first) and name. Other orders put their own
/// mark before the level. Studies that were found by their words come by how well they fit, in steps of a twentieth, before the level.
pub(super) fn rank(studies: &mut Vec<Study>, order: Order) {
    // Of a broad question there are thousands; each is looked at once, and not at every comparison.
    let mut keyed: Vec<_> = std::mem::take(studies).into_iter().map(|study| (key(&study, order), study)).collect();
    keyed.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.id().cmp(&other.id())));
    studies.extend(keyed.into_iter().map(|(_, study)| study));
}

fn key(study: &Study, order: Order) -> impl Ord + use<> {
    let relevance = study.relevance();
    let first = match order {
        Order::Evidence if study.is_by_words() => (-((relevance * STEPS_BY_WORDS).round() as i32), Reverse(0)),
        Order::Evidence => (0, Reverse(0)),
        Order::Relevance => (-((relevance * 1000.0).round() as i32), Reverse(0)),
        Order::Date => (0, Reverse(u64::from(study.year().unwrap_or(0)))),
        Order::Size => (0, Reverse(study.participants().unwrap_or(0))),
    };
    let about = order == Order::Evidence && relevance < ABOUT;
    let fit = Reverse((relevance * 10.0).round() as i32);
    let level = study.level();
    (study.retracted, about, first, (level.is_none(), level), fit, Reverse(study.year()))
}
