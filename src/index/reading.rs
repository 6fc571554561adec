//! What a searcher does with a query besides finding its documents: reading, explaining and loosening it, running strategies
//! line by line, and ranking sentences.

use std::collections::HashMap;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Term as Key};

use super::analyzers::normal_name;
use super::collect::{Ranked, SortColumns};
use super::query::plan::{Plan, Sequence, Text};
use super::query::{self, Compiler, Explainer, Explanation, Known, Names, Node, Translator, Unit};
use super::searcher::Searcher;
use super::sentences::{Row, Sentences};
use super::{IndexError, SearchRequest};

/// What the lines of a strategy found, the first at #1.
#[derive(Debug, Clone, Default)]
pub struct Lines(Vec<Known>);

/// A query that was loosened until it found something.
#[derive(Debug, Clone, PartialEq)]
pub struct Loosened {
    /// What was done, step by step, with the query after it and what it found.
    pub steps: Vec<LoosenedStep>,
    /// The query that finds something; none where no loosening helped.
    pub query: Option<String>,
}

/// One step of loosening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoosenedStep {
    /// What was done.
    pub what: String,
    /// The query after it.
    pub query: String,
    /// How many that finds.
    pub count: u64,
}

/// A query, read and planned.
pub(super) struct Reading {
    pub(super) translation: Node,
    pub(super) plan: Plan,
    pub(super) notes: Vec<String>,
}

/// How fast more of a word counts less, as usual for BM25.
const K1: f32 = 1.2;
/// How much the length of a sentence counts, as usual for BM25.
const B: f32 = 0.75;
/// The length of a sentence, in words, that counts as usual.
const USUAL_LENGTH: f32 = 25.0;

impl Names for Searcher {
    fn is_journal(&self, name: &str) -> bool {
        let key = Key::from_field_text(self.fields.journal, name);
        !name.is_empty() && self.searcher.doc_freq(&key).is_ok_and(|count| count > 0)
    }

    fn is_author(&self, last_name: &str, initials: &str) -> bool {
        let prefix = format!("{}|{}", normal_name(last_name), normal_name(initials));
        self.searcher.segment_readers().iter().any(|segment| {
            let Ok(index) = segment.inverted_index(self.fields.authors) else { return false };
            let Ok(mut stream) = index.terms().range().ge(prefix.as_bytes()).into_stream() else { return false };
            stream.advance() && stream.key().starts_with(prefix.as_bytes())
        })
    }
}

impl Searcher {
    fn compiler<'a>(&'a self, request: &SearchRequest<'a>) -> Compiler<'a> {
        Compiler {
            fields: &self.fields,
            searcher: &self.searcher,
            headings: request.headings,
            lines: request.lines.map_or(&[], |lines| &lines.0),
        }
    }

    pub(super) fn read(&self, node: &Node, request: &SearchRequest<'_>) -> Result<Reading, IndexError> {
        let mut translator = Translator {
            headings: request.headings,
            names: self,
            today: request.today,
            only_text: request.unit != Unit::Document,
            notes: Vec::new(),
        };
        let translation = translator.node(node)?;
        let notes = translator.notes;
        let plan = self.compiler(request).plan(&translation)?;
        Ok(Reading { translation, plan, notes })
    }

    /// How many the query of a request finds.
    ///
    /// # Errors
    /// Those of [`Searcher::search`].
    pub fn count(&self, request: &SearchRequest<'_>) -> Result<u64, IndexError> {
        let reading = self.read(&query::parse(request.query)?, request)?;
        Ok(query::evaluate(&self.searcher, &self.fields, &reading.plan, request.unit)?.count())
    }

    /// Runs the query of a request as the next line of a strategy, and says how many it finds.
    ///
    /// # Errors
    /// Those of [`Searcher::search`].
    pub fn run_line(&self, lines: &mut Lines, request: &SearchRequest<'_>) -> Result<(u64, Vec<String>), IndexError> {
        let known = {
            let request = SearchRequest { lines: Some(lines), ..*request };
            let reading = self.read(&query::parse(request.query)?, &request)?;
            (query::evaluate(&self.searcher, &self.fields, &reading.plan, request.unit)?, reading.notes)
        };
        let count = known.0.count();
        lines.0.push(known.0);
        Ok((count, known.1))
    }

    /// What the query of a request was read as, and what each part of it finds.
    ///
    /// # Errors
    /// Those of [`Searcher::search`].
    pub fn explain(&self, request: &SearchRequest<'_>) -> Result<Explanation, IndexError> {
        let reading = self.read(&query::parse(request.query)?, request)?;
        Explainer { compiler: self.compiler(request), unit: request.unit }.explain(&reading.translation)
    }

    /// Loosens a query that finds nothing, one step at a time, until it finds something.
    ///
    /// # Errors
    /// Those of [`Searcher::search`].
    pub fn loosen(&self, request: &SearchRequest<'_>) -> Result<Loosened, IndexError> {
        let mut node = self.read(&query::parse(request.query)?, request)?.translation;
        let explainer = Explainer { compiler: self.compiler(request), unit: request.unit };
        let mut steps = Vec::new();
        if explainer.count(&node)? > 0 {
            return Ok(Loosened { steps, query: Some(request.query.to_owned()) });
        }
        for step in query::steps() {
            let Some(looser) = step.apply(&node) else { continue };
            node = looser;
            let count = explainer.count(&node)?;
            steps.push(LoosenedStep { what: step.what.to_owned(), query: node.to_string(), count });
            if count > 0 {
                return Ok(Loosened { query: Some(node.to_string()), steps });
            }
        }
        loop {
            let costs = explainer.costs(&node)?;
            let Some((cost, left)) = costs.into_iter().next() else { break };
            node = left;
            let what = format!("left out: {}", cost.clause);
            steps.push(LoosenedStep { what, query: node.to_string(), count: cost.without });
            if cost.without > 0 {
                return Ok(Loosened { query: Some(node.to_string()), steps });
            }
        }
        Ok(Loosened { steps, query: None })
    }

    /// The best of a set of sentences, and how many there are.
    pub(super) fn best_sentences(
        &self,
        known: &Known,
        words: &[String],
        request: &SearchRequest<'_>,
        keep: usize,
    ) -> Result<(Vec<(Ranked, Row)>, u64), IndexError> {
        let mut best: Vec<(Ranked, u32, Row)> = Vec::new();
        let mut total = 0;
        // In the order of the query, so that sums are the same every time.
        let mut weights: Vec<(&str, f32)> = Vec::new();
        for word in words {
            if weights.iter().any(|(known, _)| known == word) {
                continue;
            }
            let key = Key::from_field_text(self.fields.r#abstract, word);
            let count = self.searcher.doc_freq(&key)? as f32;
            let all = self.documents() as f32;
            weights.push((word, (1.0 + (all - count + 0.5).max(0.0) / (count + 0.5)).ln()));
        }
        for (ordinal, reader) in self.searcher.segment_readers().iter().enumerate() {
            let Some((_, set)) = known.sets.iter().find(|(id, _)| *id == reader.segment_id()) else { continue };
            let rows: Vec<u32> = set.iter().collect();
            total += rows.len() as u64;
            if keep == 0 || rows.is_empty() {
                continue;
            }
            let sentences = Sentences::open(reader)?;
            let mut scores: Vec<f32> = vec![0.0; rows.len()];
            for (word, weight) in &weights {
                let mut times: HashMap<u32, u32> = HashMap::new();
                let text = Text {
                    columns: vec![self.fields.title, self.fields.r#abstract, self.fields.full_text],
                    sequences: vec![Sequence {
                        slots: vec![std::sync::Arc::new(vec![(*word).to_owned()])],
                        near: None,
                    }],
                    keys: Vec::new(),
                };
                sentences.add_text(reader, &self.fields, &text, &mut |row| {
                    if set.contains(row) {
                        *times.entry(row).or_default() += 1;
                    }
                })?;
                for (row, times) in times {
                    let Ok(at) = rows.binary_search(&row) else { continue };
                    let times = times as f32;
                    let length = sentences.length(row).map_or(USUAL_LENGTH, |words| words as f32);
                    scores[at] += weight * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length / USUAL_LENGTH));
                }
            }
            let columns = SortColumns::open(reader, request.sort)?;
            let documents = sentences.documents(&rows);
            for ((row, document), score) in rows.iter().zip(documents).zip(scores) {
                let ranked = columns.rank(DocAddress::new(ordinal as u32, document), score);
                best.push((ranked, *row, sentences.row(*row)));
            }
        }
        best.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        best.truncate(keep);
        Ok((best.into_iter().map(|(ranked, _, row)| (ranked, row)).collect(), total))
    }

    /// How many of a set's documents hold each key of a field.
    pub(super) fn frequencies(
        &self,
        field: tantivy::schema::Field,
        known: &Known,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<HashMap<String, u64>, IndexError> {
        let mut counts: HashMap<String, u64> = HashMap::new();
        for reader in self.searcher.segment_readers() {
            let Some((_, set)) = known.sets.iter().find(|(id, _)| *id == reader.segment_id()) else { continue };
            let index = reader.inverted_index(field)?;
            let mut stream = index.terms().stream().map_err(tantivy::TantivyError::from)?;
            while stream.advance() {
                let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
                if !wanted(term) {
                    continue;
                }
                let mut block = index
                    .read_block_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)
                    .map_err(tantivy::TantivyError::from)?;
                let mut count = 0;
                while block.block_len() > 0 {
                    count += block.docs().iter().filter(|document| set.contains(**document)).count() as u64;
                    block.advance();
                }
                if count > 0 {
                    *counts.entry(term.to_owned()).or_default() += count;
                }
            }
        }
        Ok(counts)
    }
}
