//! What was read of documents, kept for the next answer: who answers many questions from one snapshot reads each document once.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::gather::{Candidate, Found, LEAST_CONFIDENCE};
use crate::model::{Annotation, Card, ConceptId, DocumentId, FlagKind, LinkSide};
use crate::store::{Posting, Snapshot, Store, StoreError, StoredDocument};

/// The most documents that are kept; then it begins anew.
const MOST: usize = 200_000;
/// The most links of names that are kept, some 24 bytes each; then they begin anew.
const MOST_POSTINGS: usize = 2_000_000;

/// The most bytes of text whose documents are kept whole; with what was mined of them they take some eight times as much. Then they begin
/// anew.
const MOST_TEXT: usize = 8 << 20;

/// What is known by the row of a version.
pub(super) type ByRow<V> = HashMap<i64, V, BuildHasherDefault<RowHasher>>;

/// Rows are numbers one after the other that nobody else chooses: a multiplication spreads them, at a fraction of what a hash that withstands
/// chosen keys costs.
#[derive(Debug, Default)]
pub(super) struct RowHasher(u64);

impl Hasher for RowHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // 2^64 over the golden ratio.
        self.0 = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }
}

/// What was read of documents of one snapshot. May be shared by threads, and handed from one [`Lookup`](super::Lookup) to the next; of another
/// snapshot it keeps nothing.
#[derive(Debug, Default)]
pub struct Memory {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    snapshot: i64,
    /// By the row of the version; none where the snapshot does not show it.
    documents: ByRow<Option<Arc<Known>>>,
    /// What is linked, well enough, to any of these concepts: all that a name stands for.
    postings: HashMap<(LinkSide, Vec<ConceptId>), Arc<Vec<Posting>>>,
    /// Documents that were shown, by the row of the version.
    whole: ByRow<Arc<(StoredDocument, Annotation)>>,
    /// The bytes of their text.
    text: usize,
}

/// A document, as far as it is counted.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) id: DocumentId,
    pub(super) card: Arc<Card>,
    pub(super) retracted: bool,
    pub(super) preprint: bool,
    wording: OnceLock<String>,
    /// Of a registration, the papers that report it.
    pub(super) reported_by: OnceLock<Vec<DocumentId>>,
}

impl Known {
    /// A document with its standing; `spoken_of` are those that any record says anything about.
    pub(super) fn new(
        store: &Store,
        snapshot: &Snapshot,
        spoken_of: &BTreeSet<String>,
        id: DocumentId,
        mut card: Card,
    ) -> Result<Self, StoreError> {
        // A record tells of its paper by DOI, say, which may be held under its PMID.
        card.versions = card.versions.iter().map(|told| store.name_of(told)).collect::<Result<_, _>>()?;
        let flags = if spoken_of.contains(id.as_str()) { store.flags(snapshot, &id)? } else { Vec::new() };
        let flagged = |kind| flags.iter().any(|flag| flag.kind == kind);
        Ok(Self {
            retracted: flagged(FlagKind::Retracted),
            preprint: flagged(FlagKind::Preprint),
            id,
            card: Arc::new(card),
            wording: OnceLock::new(),
            reported_by: OnceLock::new(),
        })
    }

    /// The sentences of its findings in their normal form, a line each.
    pub(super) fn wording(&self, store: &Store, snapshot: &Snapshot, version: i64) -> Result<&str, StoreError> {
        if let Some(wording) = self.wording.get() {
            return Ok(wording);
        }
        let read = store.wording(snapshot, version)?;
        Ok(self.wording.get_or_init(|| read))
    }

    /// The document with those of its findings that answer.
    pub(super) fn candidate(&self, version: i64, findings: Vec<Found>) -> Candidate {
        Candidate {
            version,
            id: self.id.clone(),
            card: Arc::clone(&self.card),
            retracted: self.retracted,
            preprint: self.preprint,
            findings,
        }
    }
}

impl Memory {
    /// What is linked, well enough, to any of these concepts, as [`Store::postings`] has it.
    pub(super) fn postings(
        &self,
        store: &Store,
        snapshot: &Snapshot,
        side: LinkSide,
        concepts: &[ConceptId],
    ) -> Result<Arc<Vec<Posting>>, StoreError> {
        let name = (side, concepts.to_vec());
        if let Some(held) = self.of(snapshot).postings.get(&name) {
            return Ok(Arc::clone(held));
        }
        let mut postings = store.postings(snapshot, side, concepts)?;
        postings.retain(|posting| posting.confidence >= LEAST_CONFIDENCE);
        let postings = Arc::new(postings);
        let mut kept = self.of(snapshot);
        let held: usize = kept.postings.values().map(|postings| postings.len()).sum();
        if held + postings.len() > MOST_POSTINGS {
            kept.postings.clear();
        }
        kept.postings.insert(name, Arc::clone(&postings));
        Ok(postings)
    }

    /// The documents of these versions that the snapshot shows.
    pub(super) fn documents(
        &self,
        store: &Store,
        snapshot: &Snapshot,
        versions: impl Iterator<Item = i64> + Clone,
    ) -> Result<ByRow<Arc<Known>>, StoreError> {
        let mut found = ByRow::default();
        let mut missing = Vec::new();
        {
            let kept = self.of(snapshot);
            for version in versions {
                match kept.documents.get(&version) {
                    Some(Some(known)) => drop(found.insert(version, Arc::clone(known))),
                    Some(None) => {}
                    None => missing.push(version),
                }
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let spoken_of = store.spoken_of()?;
        let mut read = Vec::with_capacity(missing.len());
        for version in missing {
            let known = known(store, snapshot, &spoken_of, version)?.map(Arc::new);
            if let Some(known) = &known {
                found.insert(version, Arc::clone(known));
            }
            read.push((version, known));
        }
        let mut kept = self.of(snapshot);
        if kept.documents.len() + read.len() > MOST {
            kept.documents.clear();
        }
        kept.documents.extend(read);
        Ok(found)
    }

    /// A document with what was mined of it.
    pub(super) fn whole(
        &self,
        store: &Store,
        snapshot: &Snapshot,
        version: i64,
    ) -> Result<Arc<(StoredDocument, Annotation)>, StoreError> {
        if let Some(held) = self.of(snapshot).whole.get(&version) {
            return Ok(Arc::clone(held));
        }
        let annotation = store.annotation(snapshot, version)?.unwrap_or_default();
        let whole = Arc::new((store.document_version(version)?, annotation));
        let text: usize = whole.0.document.passages.iter().map(|passage| passage.text.len()).sum();
        let mut kept = self.of(snapshot);
        if kept.text + text > MOST_TEXT {
            kept.whole.clear();
            kept.text = 0;
        }
        kept.text += text;
        kept.whole.insert(version, Arc::clone(&whole));
        Ok(whole)
    }

    /// What is kept of this snapshot, and nothing of another.
    fn of(&self, snapshot: &Snapshot) -> MutexGuard<'_, Kept> {
        // Whole between any two steps, so that it stays usable though an answer broke off.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.snapshot != snapshot.id {
            *kept = Kept { snapshot: snapshot.id, ..Kept::default() };
        }
        kept
    }
}

fn known(
    store: &Store,
    snapshot: &Snapshot,
    spoken_of: &BTreeSet<String>,
    version: i64,
) -> Result<Option<Known>, StoreError> {
    let Some(id) = store.visible_name(snapshot, version)? else { return Ok(None) };
    let Some(card) = store.card(snapshot, version)? else { return Ok(None) };
    Known::new(store, snapshot, spoken_of, id, card).map(Some)
}
