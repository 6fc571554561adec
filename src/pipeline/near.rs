//! Searching by meaning: the vectors beside an index, and what they say of a question.

use std::collections::{HashMap, HashSet};

use super::PipelineError;
use crate::embed::VectorFile;
use crate::index::{CANDIDATES, DOCUMENT_VECTORS, Mode, SearchRequest, Searcher, VECTORS, is_boolean, ranking_weights};
use crate::model::DocumentId;
use crate::store::Store;

/// Vectors of findings that are looked at for documents near the question: several may be of one document.
const FINDINGS: usize = 3 * CANDIDATES;

/// The vectors by which documents are ranked: those of the documents, or, where the corpus has only those, of their findings.
pub struct Meaning {
    file: VectorFile,
    /// How many vectors are looked at.
    nearest: usize,
}

/// A document near a question.
struct Near {
    version: u64,
    id: DocumentId,
    cosine: f32,
}

impl Meaning {
    /// The vectors beside the index that is searched; none where it has none.
    pub fn open(searcher: &Searcher) -> Result<Option<Self>, PipelineError> {
        for (name, nearest) in [(DOCUMENT_VECTORS, CANDIDATES), (VECTORS, FINDINGS)] {
            let path = searcher.generation_folder().join(name);
            if path.exists() {
                return Ok(Some(Self { file: VectorFile::open(&path)?, nearest }));
            }
        }
        Ok(None)
    }

    /// The model that made them.
    pub fn model(&self) -> &str {
        self.file.model()
    }

    /// Documents near a question with their cosines, nearest first. `question` is the vector of the words `query`. Where words and meaning are to be joined,
    /// the documents that both find first sharpen the question: see `ranking.toml`.
    pub fn near(
        &self,
        searcher: &Searcher,
        store: &Store,
        question: &[f32],
        query: &str,
        mode: Option<Mode>,
    ) -> Result<Vec<(DocumentId, f32)>, PipelineError> {
        let near = self.nearest(store, question)?;
        let dense = cosines(&near);
        if mode == Some(Mode::Dense) || is_boolean(query) {
            return Ok(dense);
        }
        let limit = ranking_weights().feedback.documents;
        let first = searcher.search(&SearchRequest { limit, dense: Some(&dense), ..SearchRequest::new(query) })?;
        let first: Vec<&DocumentId> = first.hits.iter().map(|hit| &hit.id).collect();
        Ok(cosines(&self.nearest(store, &self.sharpened(question, &near, &first))?))
    }

    /// Documents near a vector, nearest first, each by the best of its vectors.
    fn nearest(&self, store: &Store, question: &[f32]) -> Result<Vec<Near>, PipelineError> {
        let mut best: Vec<(u64, f32)> = Vec::new();
        let mut seen = HashSet::new();
        for neighbour in self.file.nearest(question, self.nearest) {
            if seen.insert(neighbour.key) {
                best.push((neighbour.key, neighbour.cosine));
            }
        }
        best.into_iter()
            .map(|(version, cosine)| Ok(Near { version, id: store.document_name(version as i64)?, cosine }))
            .collect()
    }

    /// The question's vector with the mean of these documents' added, of length 1. Documents that are not near count nothing.
    fn sharpened(&self, question: &[f32], near: &[Near], first: &[&DocumentId]) -> Vec<f32> {
        let versions: HashMap<&DocumentId, u64> = near.iter().map(|near| (&near.id, near.version)).collect();
        let found: Vec<&[f32]> =
            first.iter().filter_map(|id| self.file.nearest_of(*versions.get(*id)?, question)).collect();
        let share = ranking_weights().feedback.weight / found.len().max(1) as f32;
        let mut sum = question.to_vec();
        for row in found {
            sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += share * number);
        }
        let length = sum.iter().map(|number| number * number).sum::<f32>().sqrt();
        if length > 0.0 {
            sum.iter_mut().for_each(|number| *number /= length);
        }
        sum
    }
}

fn cosines(near: &[Near]) -> Vec<(DocumentId, f32)> {
    near.iter().map(|near| (near.id.clone(), near.cosine)).collect()
}
