//! Searching by meaning: the vectors beside an index, and what they say of a question.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::PipelineError;
use crate::embed::{VectorFile, cosine};
use crate::index::{
    CANDIDATES, DOCUMENT_VECTORS, Mode, SENTENCE_VECTORS, SearchRequest, Searcher, VECTORS, is_boolean, ranking_weights,
};
use crate::model::DocumentId;
use crate::store::Store;

/// Vectors of findings that are looked at for documents near the question: several may be of one document.
const FINDINGS: usize = 3 * CANDIDATES;

/// Vectors of sentences that are looked at for documents near the question.
const SENTENCES: usize = 5 * CANDIDATES;

/// The vectors by which documents are ranked: those of the documents, or, where the corpus has only those, of their findings.
pub struct Meaning {
    file: VectorFile,
    /// How many vectors are looked at.
    nearest: usize,
    /// The vectors of sentences, where the corpus has those of documents and of sentences.
    sentences: Option<VectorFile>,
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
                let sentences = searcher.generation_folder().join(SENTENCE_VECTORS);
                let sentences = (name == DOCUMENT_VECTORS && sentences.exists()).then(|| VectorFile::open(&sentences));
                return Ok(Some(Self { file: VectorFile::open(&path)?, nearest, sentences: sentences.transpose()? }));
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

    /// Documents near a vector, nearest first, each by the best of its vectors; where there are vectors of sentences, by its own
    /// and by that of the nearest of its sentences together.
    fn nearest(&self, store: &Store, question: &[f32]) -> Result<Vec<Near>, PipelineError> {
        if let Some(sentences) = &self.sentences {
            return self.named(store, self.nearest_with(sentences, question));
        }
        let mut best: Vec<(u64, f32)> = Vec::new();
        let mut seen = HashSet::new();
        for neighbour in self.file.nearest(question, self.nearest) {
            if seen.insert(neighbour.key) {
                best.push((neighbour.key, neighbour.cosine));
            }
        }
        self.named(store, best)
    }

    /// The best [`CANDIDATES`] of the documents that are near as a whole or by a sentence.
    fn nearest_with(&self, sentences: &VectorFile, question: &[f32]) -> Vec<(u64, f32)> {
        let share = ranking_weights().sentences.share;
        let near = self.file.nearest(question, self.nearest).into_iter().chain(sentences.nearest(question, SENTENCES));
        let versions: BTreeSet<u64> = near.map(|neighbour| neighbour.key).collect();
        let like = |file: &VectorFile, version| file.nearest_of(version, question).map(|row| cosine(question, row));
        let mut best: Vec<(u64, f32)> = versions
            .into_iter()
            .filter_map(|version| {
                let whole = like(&self.file, version)?;
                let part = like(sentences, version).unwrap_or(whole);
                Some((version, (1.0 - share) * whole + share * part))
            })
            .collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.truncate(CANDIDATES);
        best
    }

    fn named(&self, store: &Store, best: Vec<(u64, f32)>) -> Result<Vec<Near>, PipelineError> {
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
