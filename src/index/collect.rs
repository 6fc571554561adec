//! The best documents of a query in an order that is always the same.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::Sort;

/// A document's place in an answer. Smaller is better.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    /// What the answer is sorted by before the score.
    pub(super) key: u64,
    pub(super) score: Score,
    /// The order of documents that are equal otherwise.
    pub(super) tie: u64,
    pub(super) address: DocAddress,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key
            .cmp(&other.key)
            .then_with(|| other.score.total_cmp(&self.score))
            .then_with(|| self.tie.cmp(&other.tie))
            .then_with(|| self.address.cmp(&other.address))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

/// What a segment tells of its documents for sorting.
pub(super) struct SortColumns {
    tie: Option<Column<u64>>,
    /// Looked into one after the other.
    keys: Vec<Column<u64>>,
    descending: bool,
    unsorted: bool,
}

impl SortColumns {
    pub(super) fn open(segment: &SegmentReader, sort: Sort) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let names: &[&str] = match sort {
            Sort::Relevance => &[],
            Sort::Date => &["published_from", "published_electronically_from"],
            Sort::Level => &["level_rank"],
        };
        let mut keys = Vec::new();
        for name in names {
            keys.extend(columns.column_opt::<u64>(name)?);
        }
        Ok(Self {
            tie: columns.column_opt::<u64>("tie")?,
            keys,
            descending: sort == Sort::Date,
            unsorted: sort == Sort::Relevance,
        })
    }

    pub(super) fn rank(&self, address: DocAddress, score: Score) -> Ranked {
        let value = self.keys.iter().find_map(|column| column.first(address.doc_id));
        let key = match value {
            _ if self.unsorted => 0,
            None => u64::MAX,
            Some(value) if self.descending => u64::MAX - 1 - value,
            Some(value) => value,
        };
        let tie = self.tie.as_ref().and_then(|column| column.first(address.doc_id)).unwrap_or(u64::MAX);
        Ranked { key, score, tie, address }
    }
}

/// Keeps the best documents and counts all.
pub(super) struct Best {
    pub(super) sort: Sort,
    pub(super) keep: usize,
}

pub(super) struct BestOfSegment {
    columns: SortColumns,
    segment: SegmentOrdinal,
    keep: usize,
    /// The worst of them on top.
    kept: BinaryHeap<Ranked>,
    count: u64,
}

impl Collector for Best {
    type Fruit = (Vec<Ranked>, u64);
    type Child = BestOfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<BestOfSegment> {
        let columns = SortColumns::open(reader, self.sort)?;
        Ok(BestOfSegment { columns, segment, keep: self.keep, kept: BinaryHeap::new(), count: 0 })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<(Vec<Ranked>, u64)>) -> tantivy::Result<(Vec<Ranked>, u64)> {
        let count = fruits.iter().map(|(_, count)| count).sum();
        let mut best: Vec<Ranked> = fruits.into_iter().flat_map(|(best, _)| best).collect();
        best.sort_unstable();
        best.truncate(self.keep);
        Ok((best, count))
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = (Vec<Ranked>, u64);

    fn collect(&mut self, doc: DocId, score: Score) {
        self.count += 1;
        let ranked = self.columns.rank(DocAddress::new(self.segment, doc), score);
        if self.kept.len() < self.keep {
            self.kept.push(ranked);
        } else if self.kept.peek().is_some_and(|worst| ranked < *worst) {
            self.kept.pop();
            self.kept.push(ranked);
        }
    }

    fn harvest(self) -> (Vec<Ranked>, u64) {
        (self.kept.into_vec(), self.count)
    }
}
