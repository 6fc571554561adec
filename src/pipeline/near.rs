//! Documents whose meaning lies near a question's.

use std::collections::BTreeMap;

use super::PipelineError;
use crate::embed::VectorFile;
use crate::index::{Searcher, VECTORS};
use crate::model::DocumentId;
use crate::store::Store;

/// Vectors that are looked at for documents near the question: several may be of one document.
const NEAREST: usize = 3000;

/// The vectors beside the index that is searched; none where it has none.
pub fn vectors(searcher: &Searcher) -> Result<Option<VectorFile>, PipelineError> {
    let path = searcher.generation_folder().join(VECTORS);
    if path.exists() { Ok(Some(VectorFile::open(&path)?)) } else { Ok(None) }
}

/// Documents near a question's vector with their cosines, each by the best of its vectors.
pub fn near(file: &VectorFile, store: &Store, question: &[f32]) -> Result<Vec<(DocumentId, f32)>, PipelineError> {
    let mut best: BTreeMap<u64, f32> = BTreeMap::new();
    for neighbour in file.nearest(question, NEAREST, &|_| true) {
        let entry = best.entry(neighbour.key).or_insert(neighbour.cosine);
        *entry = entry.max(neighbour.cosine);
    }
    best.into_iter().map(|(version, cosine)| Ok((store.document_name(version as i64)?, cosine))).collect()
}
