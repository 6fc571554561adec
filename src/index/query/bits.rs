//! Sets of the documents, or of the sentences, of one segment.

use std::fmt;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::query::{ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

/// A set of numbers below a limit, one bit each.
#[derive(Clone, PartialEq, Eq, Default)]
pub(in crate::index) struct Bits {
    words: Vec<u64>,
    limit: u32,
}

impl Bits {
    /// None of the numbers below `limit`.
    pub(super) fn none(limit: u32) -> Self {
        Self { words: vec![0; (limit as usize).div_ceil(64)], limit }
    }

    /// All of them.
    pub(super) fn all(limit: u32) -> Self {
        let mut all = Self { words: vec![u64::MAX; (limit as usize).div_ceil(64)], limit };
        if let Some(last) = all.words.last_mut().filter(|_| !limit.is_multiple_of(64)) {
            *last = (1 << (limit % 64)) - 1;
        }
        all
    }

    /// Adds a number below the limit.
    pub(super) fn insert(&mut self, number: u32) {
        if let Some(word) = self.words.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(in crate::index) fn contains(&self, number: u32) -> bool {
        self.words.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    pub(in crate::index) fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Keeps what `other` has too.
    pub(super) fn intersect(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// Adds what `other` has.
    pub(super) fn unite(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Takes away what `other` has.
    pub(super) fn remove_all(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// Adds a stretch of numbers.
    pub(super) fn insert_range(&mut self, range: std::ops::Range<u32>) {
        range.for_each(|number| self.insert(number));
    }

    /// The numbers, the smallest first.
    pub(in crate::index) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let lowest = left.trailing_zeros();
                    left &= left - 1;
                    at as u32 * 64 + lowest
                })
            })
        })
    }

    /// The smallest number that is at least this.
    fn next_from(&self, number: u32) -> Option<u32> {
        let mut at = number as usize / 64;
        let mut word = self.words.get(at)? & (u64::MAX << (number % 64));
        while word == 0 {
            at += 1;
            word = *self.words.get(at)?;
        }
        Some(at as u32 * 64 + word.trailing_zeros())
    }
}

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().take(20)).finish()
    }
}

/// What is found in each segment, as a query of the engine, so that it ranks what is in the sets.
#[derive(Debug, Clone)]
pub(in crate::index) struct Known {
    pub(in crate::index) sets: Arc<Vec<(SegmentId, Arc<Bits>)>>,
}

impl Query for Known {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Known {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let set = self.sets.iter().find(|(id, _)| *id == reader.segment_id()).map(|(_, set)| Arc::clone(set));
        Ok(match set {
            Some(set) => Box::new(ConstScorer::new(Walk::new(set), 0.0)),
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("a set that was found before", 0.0))
    }
}

/// Walks through a set.
struct Walk {
    set: Arc<Bits>,
    doc: DocId,
    size: u32,
}

impl Walk {
    fn new(set: Arc<Bits>) -> Self {
        let doc = set.next_from(0).unwrap_or(TERMINATED);
        let size = u32::try_from(set.count()).unwrap_or(u32::MAX);
        Self { set, doc, size }
    }
}

impl DocSet for Walk {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.doc = self.set.next_from(self.doc + 1).unwrap_or(TERMINATED);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc {
            self.doc = self.set.next_from(target).unwrap_or(TERMINATED);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(numbers: &BTreeSet<u32>, limit: u32) -> Bits {
        let mut bits = Bits::none(limit);
        numbers.iter().for_each(|number| bits.insert(*number));
        bits
    }

    proptest! {
        #[test]
        fn sets_are_sets(limit in 1_u32..300, a in prop::collection::btree_set(0_u32..300, 0..60), b in prop::collection::btree_set(0_u32..300, 0..60)) {
            let fit = |set: BTreeSet<u32>| set.into_iter().filter(|n| *n < limit).collect::<BTreeSet<_>>();
            let (a, b) = (fit(a), fit(b));
            let (x, y) = (of(&a, limit), of(&b, limit));
            let read = |bits: &Bits| bits.iter().collect::<BTreeSet<_>>();
            prop_assert_eq!(read(&x), a.clone());
            prop_assert_eq!(x.count() as usize, a.len());
            prop_assert_eq!(Bits::all(limit).count(), u64::from(limit));
            let mut both = x.clone();
            both.intersect(&y);
            prop_assert_eq!(read(&both), &a & &b);
            let mut either = x.clone();
            either.unite(&y);
            prop_assert_eq!(read(&either), &a | &b);
            let mut without = x.clone();
            without.remove_all(&y);
            prop_assert_eq!(read(&without), &a - &b);
            let mut walk = Walk::new(Arc::new(x));
            let mut walked = BTreeSet::new();
            while walk.doc() != TERMINATED {
                walked.insert(walk.doc());
                walk.advance();
            }
            prop_assert_eq!(walked, a.clone());
            let mut walk = Walk::new(Arc::new(of(&a, limit)));
            prop_assert_eq!(walk.seek(limit / 2), a.range(limit / 2..).next().copied().unwrap_or(TERMINATED));
        }
    }
}
