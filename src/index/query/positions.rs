//! Where words stand: side by side, or near each other in any order.
//!
//! Proximity is PubMed's: all the words within a stretch that holds at most so many other words, in any order. (An engine's
//! “slop” counts moves of words instead, so that a reversed pair costs two.)

use std::sync::Arc;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field as Column, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term as Key};

use super::bits::Bits;
use super::plan::Sequence;

/// Takes a document and the places in it, each by its first and its last position.
pub(in crate::index) type Found<'f> = dyn FnMut(DocId, &[(u32, u32)]) + 'f;

/// Calls `found` for each document that holds the sequence in the column, with the first and the last position of each place
/// where it stands, or of at least one if `all` is not wanted. Only documents of `within` are looked at, where it is given.
pub(in crate::index) fn matches(
    reader: &SegmentReader,
    column: Column,
    sequence: &Sequence,
    within: Option<&Bits>,
    all: bool,
    found: &mut Found<'_>,
) -> tantivy::Result<()> {
    let mut slots = Vec::with_capacity(sequence.slots.len());
    for words in &sequence.slots {
        let slot = Slot::open(reader, column, words)?;
        if slot.postings.is_empty() {
            return Ok(());
        }
        slots.push(slot);
    }
    let mut order: Vec<usize> = (0..slots.len()).collect();
    order.sort_by_key(|at| slots[*at].documents);
    let Some((rarest, others)) = order.split_first() else { return Ok(()) };
    let mut candidates = slots[*rarest].gather(None, within);
    let mut rows: Vec<(usize, Gathered)> = Vec::with_capacity(slots.len());
    for at in others {
        let gathered = slots[*at].gather(Some(&candidates.documents), None);
        candidates.keep(&gathered.documents);
        rows.push((*at, gathered));
    }
    rows.push((*rarest, candidates));
    let Some((_, last)) = rows.last() else { return Ok(()) };
    let documents = last.documents.clone();
    let mut places = Vec::new();
    let mut positions: Vec<&[u32]> = vec![&[]; slots.len()];
    let mut cursors = vec![0; rows.len()];
    for document in documents {
        for ((at, gathered), cursor) in rows.iter().zip(&mut cursors) {
            positions[*at] = gathered.positions_of(document, cursor);
        }
        places.clear();
        match sequence.near {
            None => side_by_side(&positions, all, &mut places),
            Some(near) => close(&positions, sequence, near, all, &mut places),
        }
        if !places.is_empty() {
            found(document, &places);
        }
    }
    Ok(())
}

/// The postings of the words of one place.
struct Slot {
    postings: Vec<SegmentPostings>,
    documents: u64,
}

/// Documents and where a slot's words stand in them.
#[derive(Default)]
struct Gathered {
    documents: Vec<DocId>,
    /// Where the positions of each document begin in `positions`.
    starts: Vec<u32>,
    positions: Vec<u32>,
}

impl Slot {
    fn open(reader: &SegmentReader, column: Column, words: &[String]) -> tantivy::Result<Self> {
        let index = reader.inverted_index(column)?;
        let mut slot = Self { postings: Vec::new(), documents: 0 };
        for word in words {
            let key = Key::from_field_text(column, word);
            if let Some(postings) = index.read_postings(&key, IndexRecordOption::WithFreqsAndPositions)? {
                slot.documents += u64::from(postings.size_hint());
                slot.postings.push(postings);
            }
        }
        Ok(slot)
    }

    /// The documents among `only` and `within`, with positions in order.
    fn gather(&mut self, only: Option<&[DocId]>, within: Option<&Bits>) -> Gathered {
        let single = self.postings.len() == 1;
        let mut gathered = Gathered::default();
        let mut pairs: Vec<(DocId, u32)> = Vec::new();
        let mut positions = Vec::new();
        for postings in &mut self.postings {
            let mut take = |postings: &mut SegmentPostings| {
                let document = postings.doc();
                if within.is_some_and(|within| !within.contains(document)) {
                    return;
                }
                if single {
                    gathered.documents.push(document);
                    gathered.starts.push(gathered.positions.len() as u32);
                    postings.append_positions_with_offset(0, &mut gathered.positions);
                } else {
                    postings.positions(&mut positions);
                    pairs.extend(positions.iter().map(|position| (document, *position)));
                }
            };
            match only {
                None => {
                    while postings.doc() != TERMINATED {
                        take(postings);
                        postings.advance();
                    }
                }
                Some(only) => {
                    for document in only {
                        if postings.doc() < *document {
                            postings.seek(*document);
                        }
                        if postings.doc() == *document {
                            take(postings);
                        }
                    }
                }
            }
        }
        if !single {
            pairs.sort_unstable();
            for (document, position) in pairs {
                if gathered.documents.last() != Some(&document) {
                    gathered.documents.push(document);
                    gathered.starts.push(gathered.positions.len() as u32);
                }
                gathered.positions.push(position);
            }
        }
        gathered
    }
}

impl Gathered {
    /// Leaves out the documents that are not among `wanted`.
    fn keep(&mut self, wanted: &[DocId]) {
        let mut kept = Self::default();
        let mut cursor = 0;
        for document in wanted {
            let positions = self.positions_of(*document, &mut cursor);
            if !positions.is_empty() {
                kept.documents.push(*document);
                kept.starts.push(kept.positions.len() as u32);
                kept.positions.extend_from_slice(positions);
            }
        }
        *self = kept;
    }

    /// The positions in a document; `cursor` goes along with documents in order.
    fn positions_of(&self, document: DocId, cursor: &mut usize) -> &[u32] {
        while self.documents.get(*cursor).is_some_and(|at| *at < document) {
            *cursor += 1;
        }
        if self.documents.get(*cursor) != Some(&document) {
            return &[];
        }
        let start = self.starts[*cursor] as usize;
        let end = self.starts.get(*cursor + 1).map_or(self.positions.len(), |next| *next as usize);
        &self.positions[start..end]
    }
}

/// Places where the words stand in order with nothing between.
fn side_by_side(positions: &[&[u32]], all: bool, places: &mut Vec<(u32, u32)>) {
    let Some((first, rest)) = positions.split_first() else { return };
    for start in *first {
        let follows = |(n, slot): (usize, &&[u32])| slot.binary_search(&(start + n as u32 + 1)).is_ok();
        if rest.iter().enumerate().all(follows) {
            places.push((*start, start + rest.len() as u32));
            if !all {
                return;
            }
        }
    }
}

/// The shortest places that hold every word and at most `near` others.
fn close(positions: &[&[u32]], sequence: &Sequence, near: u32, all: bool, places: &mut Vec<(u32, u32)>) {
    let words = positions.len() as u32;
    // A word that is asked for twice must stand there twice; the same positions serve both.
    type Kind<'k> = (&'k Arc<Vec<String>>, &'k [u32], u32);
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    for (slot, positions) in sequence.slots.iter().zip(positions) {
        match kinds.iter_mut().find(|(known, ..)| *known == slot) {
            Some((.., times)) => *times += 1,
            None => kinds.push((slot, positions, 1)),
        }
    }
    let mut starts: Vec<u32> = kinds.iter().flat_map(|(_, positions, _)| positions.iter().copied()).collect();
    starts.sort_unstable();
    starts.dedup();
    for start in starts {
        let end = start + words - 1 + near;
        let mut last = start;
        let fits = kinds.iter().all(|(_, positions, times)| {
            let from = positions.partition_point(|position| *position < start);
            match positions.get(from + *times as usize - 1) {
                Some(position) if *position <= end => {
                    last = last.max(*position);
                    true
                }
                _ => false,
            }
        });
        if fits {
            places.push((start, last));
            if !all {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(slots: &[(&str, &[u32])], near: u32) -> Vec<(u32, u32)> {
        let sequence = Sequence {
            slots: slots.iter().map(|(word, _)| Arc::new(vec![(*word).to_owned()])).collect(),
            near: Some(near),
        };
        let positions: Vec<&[u32]> = slots.iter().map(|(_, positions)| *positions).collect();
        let mut places = Vec::new();
        close(&positions, &sequence, near, true, &mut places);
        places
    }

    #[test]
    fn either_order_costs_the_same() {
        for (a, b) in [(10, 13), (13, 10)] {
            assert!(near(&[("a", &[a]), ("b", &[b])], 1).is_empty());
            assert_eq!(near(&[("a", &[a]), ("b", &[b])], 2), [(10, 13)]);
        }
        assert_eq!(near(&[("a", &[4]), ("b", &[3])], 0), [(3, 4)]);
    }

    #[test]
    fn three_words_share_one_stretch() {
        let slots: [(&str, &[u32]); 3] = [("a", &[1, 20]), ("b", &[5, 22]), ("c", &[9])];
        assert!(near(&slots, 5).is_empty());
        assert_eq!(near(&slots, 6), [(1, 9)]);
    }

    #[test]
    fn a_word_asked_for_twice_stands_there_twice() {
        assert!(near(&[("a", &[3]), ("a", &[3])], 10).is_empty());
        assert_eq!(near(&[("a", &[3, 9]), ("a", &[3, 9])], 5), [(3, 9)]);
    }

    #[test]
    fn side_by_side_means_in_order() {
        let mut places = Vec::new();
        side_by_side(&[&[1, 7, 30], &[2, 9, 31], &[8, 32]], true, &mut places);
        assert_eq!(places, [(30, 32)]);
    }
}
