//! Answering queries from one generation of an index.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tantivy::query::{BooleanQuery, Occur, Query};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, DocSet, Index, ReloadPolicy, TERMINATED, TantivyDocument, Term};

use super::collect::{Best, Ranked, SortColumns};
use super::generations::Generations;
use super::manifest::Manifest;
use super::query::{self, Known, Unit};
use super::schema::Fields;
use super::{Hit, IndexError, Mode, SearchAnswer, SearchRequest, Sort, analyzers, ranking_weights};
use crate::model::DocumentId;

/// How many documents each ranking of [`Mode::Hybrid`] may bring in.
pub const CANDIDATES: usize = 1000;

/// How often opening is tried again when the generation was replaced and swept away meanwhile.
const TRIES: usize = 5;

/// One generation of an index, open for searching. It stays as it is, whatever is published later.
pub struct Searcher {
    folder: PathBuf,
    manifest: Manifest,
    pub(super) fields: Fields,
    pub(super) searcher: tantivy::Searcher,
}

impl Searcher {
    /// Opens the current generation of the index in `folder`.
    ///
    /// # Errors
    /// [`IndexError::Missing`], [`IndexError::Damaged`] and [`IndexError::OtherFormat`] say what to run.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        let generations = Generations::at(folder);
        let mut tries = 0;
        loop {
            let Some(number) = generations.current()? else {
                return Err(IndexError::Missing { index: generations.name() });
            };
            match Self::open_generation(&generations, number) {
                Err(_) if tries < TRIES && generations.current()? != Some(number) => tries += 1,
                opened => return opened,
            }
        }
    }

    fn open_generation(generations: &Generations, number: u32) -> Result<Self, IndexError> {
        let folder = generations.path(number);
        let manifest = Manifest::read(generations, &folder)?;
        let damaged = |error: tantivy::TantivyError| generations.damaged(error.to_string());
        let index = Index::open_in_dir(&folder).map_err(damaged)?;
        let fields = Fields::new();
        if index.schema() != fields.schema {
            return Err(generations.damaged("its fields are not those of its format".to_owned()));
        }
        analyzers::register(index.tokenizers());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(damaged)?;
        let searcher = reader.searcher();
        if searcher.num_docs() != manifest.documents {
            let what = format!("it holds {} documents and says {}", searcher.num_docs(), manifest.documents);
            return Err(generations.damaged(what));
        }
        Ok(Self { folder, manifest, fields, searcher })
    }

    /// Opens an index that lives in memory.
    pub(super) fn in_memory(index: &Index, fields: Fields, manifest: Manifest) -> Result<Self, IndexError> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { folder: PathBuf::new(), manifest, fields, searcher: reader.searcher() })
    }

    /// Whether the generation is still the one that counts. What cannot be told is not.
    pub fn is_current(&self) -> bool {
        let Some(index) = self.folder.parent() else { return false };
        let generations = Generations::at(index);
        let current = generations.current().ok().flatten();
        current.is_some_and(|number| generations.path(number) == self.folder)
    }

    /// The state that the generation was published with.
    pub fn state(&self) -> &str {
        &self.manifest.state
    }

    /// How many documents it holds.
    pub fn documents(&self) -> u64 {
        self.manifest.documents
    }

    /// The folder of the generation, where [`super::VECTORS`] may be.
    pub fn generation_folder(&self) -> &Path {
        &self.folder
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`IndexError::Query`] where the query cannot be run; [`IndexError::NoVectors`] where [`SearchRequest::mode`] needs
    /// [`SearchRequest::dense`] and there is none.
    pub fn search(&self, request: &SearchRequest<'_>) -> Result<SearchAnswer, IndexError> {
        let node = query::parse(request.query)?;
        let default = if request.dense.is_some() { Mode::Hybrid } else { Mode::Bm25 };
        let asked = request.mode.unwrap_or(default);
        let is_ranked = node.is_free_words() && request.unit == Unit::Document;
        let mode = if is_ranked { asked } else { Mode::Bm25 };
        let reading = self.read(&node, request)?;
        let mut notes = reading.notes;
        if request.mode.is_some_and(|asked| asked != mode) {
            notes.push("a boolean query is an exact set, ranked by bm25".to_owned());
        }
        let known = query::evaluate(&self.searcher, &self.fields, &reading.plan, request.unit)?;
        let keep = request.offset.saturating_add(request.limit);
        if request.unit != Unit::Document {
            let words = query::asked_words(&self.searcher, &self.fields, &node)?;
            let (best, total) = self.best_sentences(&known, &words, request, keep)?;
            let shown = best.into_iter().skip(request.offset).take(request.limit);
            let hits = shown.map(|(ranked, row)| Ok(Hit { sentence: Some(row), ..self.hit(&ranked)? }));
            let hits = hits.collect::<Result<_, IndexError>>()?;
            return Ok(SearchAnswer { query: node.to_string(), mode, total, hits, notes });
        }
        let stems = query::stems(&self.searcher, &self.fields, &node)?;
        let ranking = query::any_of(&self.fields, &stems);
        let ranks_words = is_ranked && request.mode == Some(Mode::Bm25);
        if mode == Mode::Hybrid || ranks_words {
            notes.push(match known.count() {
                1 => "1 document holds all the words or their headings".to_owned(),
                n => format!("{n} documents hold all the words or their headings"),
            });
        }
        let (best, total) = match mode {
            Mode::Bm25 if ranks_words => self.by_words(ranking, request.sort, keep)?,
            Mode::Bm25 => {
                let total = known.count();
                (self.exact(known, ranking, request.sort, keep)?, total)
            }
            Mode::Dense => self.fused(None, request)?,
            Mode::Hybrid => self.fused(Some(ranking), request)?,
        };
        let shown = best.into_iter().skip(request.offset).take(request.limit);
        let hits = shown.map(|ranked| self.hit(&ranked)).collect::<Result<_, _>>()?;
        Ok(SearchAnswer { query: node.to_string(), mode, total, hits, notes })
    }

    /// The best of all documents that hold any of the words.
    fn by_words(
        &self,
        ranking: Option<Box<dyn Query>>,
        sort: Sort,
        keep: usize,
    ) -> Result<(Vec<Ranked>, u64), IndexError> {
        let Some(ranking) = ranking else { return Ok((Vec::new(), 0)) };
        Ok(self.searcher.search(&*ranking, &Best { sort, keep })?)
    }

    /// The best of an exact set.
    fn exact(
        &self,
        set: Known,
        ranking: Option<Box<dyn Query>>,
        sort: Sort,
        keep: usize,
    ) -> Result<Vec<Ranked>, IndexError> {
        let best = Best { sort, keep };
        let (best, _) = match ranking {
            Some(ranking) if keep > 0 => {
                let clauses: Vec<(Occur, Box<dyn Query>)> =
                    vec![(Occur::Must, Box::new(set)), (Occur::Should, ranking)];
                self.searcher.search(&BooleanQuery::new(clauses), &best)?
            }
            _ if keep == 0 => return Ok(Vec::new()),
            _ => self.searcher.search(&set, &best)?,
        };
        Ok(best)
    }

    /// The candidates by meaning and, with `ranking`, by words, in the order of their joint score.
    fn fused(
        &self,
        ranking: Option<Option<Box<dyn Query>>>,
        request: &SearchRequest<'_>,
    ) -> Result<(Vec<Ranked>, u64), IndexError> {
        let dense = self.dense(request.dense.ok_or(IndexError::NoVectors)?)?;
        let scores = match ranking {
            None => dense.into_iter().collect(),
            Some(ranking) => {
                let words = match ranking {
                    Some(query) => {
                        let best = Best { sort: Sort::Relevance, keep: CANDIDATES };
                        let (best, _) = self.searcher.search(&*query, &best)?;
                        best.into_iter().map(|ranked| (ranked.address, ranked.score)).collect()
                    }
                    None => Vec::new(),
                };
                let mut scores: HashMap<DocAddress, f32> = HashMap::new();
                let fusion = &ranking_weights().fusion;
                for (scored, weight) in [(words, fusion.words), (dense, fusion.meaning)] {
                    for (address, score) in min_max(scored) {
                        *scores.entry(address).or_default() += weight * score;
                    }
                }
                scores
            }
        };
        let total = scores.len() as u64;
        let mut best = self.ranked(scores, request.sort)?;
        best.sort_unstable();
        Ok((best, total))
    }

    fn ranked(&self, scores: HashMap<DocAddress, f32>, sort: Sort) -> Result<Vec<Ranked>, IndexError> {
        let segments = self.searcher.segment_readers().iter();
        let columns = segments.map(|segment| SortColumns::open(segment, sort)).collect::<tantivy::Result<Vec<_>>>()?;
        let rank =
            |(address, score): (DocAddress, f32)| Some(columns.get(address.segment_ord as usize)?.rank(address, score));
        Ok(scores.into_iter().filter_map(rank).collect())
    }

    /// The best of the cosines handed in whose documents are here.
    fn dense(&self, cosines: &[(DocumentId, f32)]) -> Result<Vec<(DocAddress, f32)>, IndexError> {
        let mut sorted: Vec<&(DocumentId, f32)> = cosines.iter().filter(|(_, cosine)| cosine.is_finite()).collect();
        sorted.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut found = HashMap::new();
        for (id, cosine) in sorted {
            if found.len() == CANDIDATES {
                break;
            }
            if let Some(address) = self.address(id)? {
                found.entry(address).or_insert(*cosine);
            }
        }
        Ok(found.into_iter().collect())
    }

    fn address(&self, id: &DocumentId) -> Result<Option<DocAddress>, IndexError> {
        let term = Term::from_field_text(self.fields.id, id.as_str());
        for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
            let postings = segment.inverted_index(self.fields.id)?.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(tantivy::TantivyError::from)? else { continue };
            let mut doc = postings.doc();
            while doc != TERMINATED {
                if !segment.is_deleted(doc) {
                    return Ok(Some(DocAddress::new(ordinal, doc)));
                }
                doc = postings.advance();
            }
        }
        Ok(None)
    }

    pub(super) fn hit(&self, ranked: &Ranked) -> Result<Hit, IndexError> {
        let document: TantivyDocument = self.searcher.doc(ranked.address)?;
        let id = document.get_first(self.fields.id).and_then(|value| value.as_str()).unwrap_or_default();
        let id = id.parse().map_err(|_| IndexError::Engine(format!("a document is stored under the id “{id}”")))?;
        Ok(Hit { id, score: ranked.score, sentence: None })
    }
}

/// Scores brought to 0 to 1; all 1 where they are equal.
fn min_max(scored: Vec<(DocAddress, f32)>) -> Vec<(DocAddress, f32)> {
    let low = scored.iter().map(|(_, score)| *score).fold(f32::INFINITY, f32::min);
    let high = scored.iter().map(|(_, score)| *score).fold(f32::NEG_INFINITY, f32::max);
    let scale = |score: f32| if high > low { (score - low) / (high - low) } else { 1.0 };
    scored.into_iter().map(|(address, score)| (address, scale(score))).collect()
}
