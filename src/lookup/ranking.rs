//! Best evidence first, or as asked.

use std::cmp::{Ordering, Reverse};

use super::filters::Order;
use super::grouping::Study;

/// Studies whose best finding fits at least this well are about the question; others come after all of those.
const ABOUT: f32 = 0.6;

/// Orders studies: standing ones before retracted ones; those about the question before those that touch it; then, best
/// evidence first, by level (unknown last), fit in steps of a tenth, year (newest first) and name. Other orders put their own
/// mark before the level.
pub(super) fn rank(studies: &mut [Study], order: Order) {
    studies.sort_by(|a, b| compare(a, b, order));
}

fn compare(a: &Study, b: &Study, order: Order) -> Ordering {
    let key = |study: &Study| {
        let fit = Reverse((study.relevance() * 10.0).round() as i32);
        let first = match order {
            Order::Evidence => (0, Reverse(0)),
            Order::Relevance => (-((study.relevance() * 1000.0).round() as i32), Reverse(0)),
            Order::Date => (0, Reverse(u64::from(study.year().unwrap_or(0)))),
            Order::Size => (0, Reverse(study.participants().unwrap_or(0))),
        };
        let about = order == Order::Evidence && study.relevance() < ABOUT;
        let level = study.level();
        (study.retracted, about, first, (level.is_none(), level), fit, Reverse(study.year()), study.id().cloned())
    };
    key(a).cmp(&key(b))
}
