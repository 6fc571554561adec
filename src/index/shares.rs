//! How much of a few texts documents hold, word by word: for questions whose names no vocabulary knows.

use std::collections::HashMap;

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, Term as Key};

use tantivy::postings::Postings as _;

use super::collect::Ranked;
use super::searcher::Searcher;
use super::{IndexError, analyzers};
use crate::model::DocumentId;

/// Words that are looked for in documents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoughtText<'s> {
    /// The words, as typed.
    pub text: &'s str,
    /// The least share of them that a document must hold, 0 to 1.
    pub least: f32,
}

/// How much of each text a document holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Sharing {
    /// The document.
    pub id: DocumentId,
    /// A share for each text, 0 to 1, in their order.
    pub shares: Vec<f32>,
}

/// What a word weighs that begins with a digit, as part of its weight: doses and counts tell less of what is meant than they are rare.
const NUMBER: f32 = 0.3;

/// The words of a text by their stems, each once, in order; those that say nothing about a subject left out.
pub fn stems(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for stem in analyzers::ranking_words(text) {
        if !found.contains(&stem) {
            found.push(stem);
        }
    }
    found
}

impl Searcher {
    /// What each of these stems weighs: its inverse document frequency, of a number a part of it. A stem that no document holds weighs
    /// most.
    ///
    /// # Errors
    /// [`IndexError::Engine`] where the index cannot be read.
    pub fn stem_weights(&self, stems: &[String]) -> Result<Vec<f32>, IndexError> {
        let all = self.documents() as f32;
        let weight = |stem: &String| -> Result<f32, IndexError> {
            let mut most = 0;
            for field in self.stem_fields() {
                most = most.max(self.searcher.doc_freq(&Key::from_field_text(field, stem))?);
            }
            let held = most as f32;
            let weight = (1.0 + (all - held + 0.5).max(0.0) / (held + 0.5)).ln();
            let is_number = stem.starts_with(|c: char| c.is_ascii_digit());
            Ok(if is_number { NUMBER * weight } else { weight })
        };
        stems.iter().map(weight).collect()
    }

    /// The documents that hold the most of these texts, at most `most` of them: the largest mean of the shares first, equal ones by id. A share is the
    /// weight of the words held over the weight of all; a word in title, abstract or heading is held in full, one in the full text alone the
    /// more the oftener it stands there. A text without a word that says anything is held by none.
    ///
    /// # Errors
    /// [`IndexError::Engine`] where the index cannot be read.
    pub fn sharing(&self, sought: &[SoughtText<'_>], most: usize) -> Result<Vec<Sharing>, IndexError> {
        let mut texts = Vec::with_capacity(sought.len());
        for one in sought {
            let stems = stems(one.text);
            let weights = self.stem_weights(&stems)?;
            texts.push((stems, weights));
        }
        let mut found: Vec<(Ranked, Vec<f32>)> = Vec::new();
        for (ordinal, reader) in (0..).zip(self.searcher.segment_readers()) {
            let columns = super::collect::SortColumns::open(reader, super::Sort::Relevance)?;
            let mut held: HashMap<DocId, Vec<f32>> = HashMap::new();
            for (part, (stems, weights)) in texts.iter().enumerate() {
                let total: f32 = weights.iter().sum();
                for (stem, weight) in stems.iter().zip(weights) {
                    for (document, share) in self.holding(reader, stem)? {
                        let shares = held.entry(document).or_insert_with(|| vec![0.0; texts.len()]);
                        shares[part] += share * weight / total;
                    }
                }
            }
            let enough = |shares: &Vec<f32>| shares.iter().zip(sought).all(|(share, one)| *share >= one.least);
            for (document, shares) in held.into_iter().filter(|(_, shares)| enough(shares)) {
                let mean = shares.iter().sum::<f32>() / shares.len() as f32;
                found.push((columns.rank(DocAddress::new(ordinal, document), mean), shares));
            }
        }
        found.sort_by_key(|(ranked, _)| *ranked);
        found.truncate(most);
        found.into_iter().map(|(ranked, shares)| Ok(Sharing { id: self.hit(&ranked)?.id, shares })).collect()
    }

    fn stem_fields(&self) -> [Field; 3] {
        [self.fields.ranking_text, self.fields.ranking_headings, self.fields.ranking_full_text]
    }

    /// The documents of a segment that hold a stem, and how fully, 0 to 1.
    fn holding(&self, reader: &SegmentReader, stem: &str) -> tantivy::Result<HashMap<DocId, f32>> {
        let mut found: HashMap<DocId, f32> = HashMap::new();
        for field in self.stem_fields() {
            let key = Key::from_field_text(field, stem);
            let postings = reader.inverted_index(field)?.read_postings(&key, IndexRecordOption::WithFreqs)?;
            let Some(mut postings) = postings else { continue };
            while postings.doc() != TERMINATED {
                if !reader.is_deleted(postings.doc()) {
                    let times = postings.term_freq() as f32;
                    let share = if field == self.fields.ranking_full_text { times / (times + 1.0) } else { 1.0 };
                    let held = found.entry(postings.doc()).or_default();
                    *held = held.max(share);
                }
                postings.advance();
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::manifest::{FORMAT, Manifest};
    use crate::index::schema::Fields;
    use crate::index::{IndexedDocument, document};
    use crate::model::{Document, Identifiers};

    fn searcher(titles: &[&str]) -> Searcher {
        let fields = Fields::new();
        let index = tantivy::Index::create_in_ram(fields.schema.clone());
        analyzers::register(index.tokenizers());
        let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, 15 << 20).unwrap();
        for (pmid, title) in (1..).zip(titles) {
            let identifiers = Identifiers { pmid: Some(pmid), ..Identifiers::default() };
            let mut one = Document { identifiers, ..Document::default() };
            one.set_title((*title).to_owned());
            let id = DocumentId::pmid(pmid);
            writer.add_document(document::convert(&fields, &id, &IndexedDocument::new(&one))).unwrap();
        }
        writer.commit().unwrap();
        let manifest = Manifest { format: FORMAT, state: String::new(), documents: titles.len() as u64 };
        Searcher::in_memory(&index, fields, manifest).unwrap()
    }

    #[test]
    fn the_rarer_words_count_more_and_the_least_share_is_asked_for() {
        let searcher = searcher(&["Quagga riding lessons", "Riding lessons", "Lessons", "Lessons in swimming"]);
        let sought = SoughtText { text: "the lessons in quagga riding", least: 0.35 };
        let found = searcher.sharing(&[sought, SoughtText { text: "swimming", least: 0.0 }], 10).unwrap();
        // "Lessons", which all have, says too little; "riding" with it is enough of the first text, and only just.
        let ids: Vec<_> = found.iter().map(|one| one.id.as_pmid().unwrap()).collect();
        assert_eq!(ids, [1, 2]);
        assert!((found[0].shares[0] - 1.0).abs() < 1e-6 && found[1].shares[0] < 0.6 && found[0].shares[1] == 0.0);
        assert_eq!(searcher.sharing(&[sought], 1).unwrap().len(), 1);
        assert!(searcher.sharing(&[SoughtText { text: "the of (", least: 0.1 }], 10).unwrap().is_empty());
        // A number says less than a word that is as rare.
        let weights = searcher.stem_weights(&["okapi".to_owned(), "40".to_owned()]).unwrap();
        assert!(weights[1] < weights[0]);
    }
}
