//! The radar: frequent phrases that look like treatments and conditions and that no vocabulary of the corpus knows, with papers a month.
//!
//! Titles and abstracts of the documents that a snapshot shows are read; a paper counts once for each phrase. What a known name covers
//! is none of a new one. See `README.md` for what looks like a name.

mod phrases;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::{Coverage, Lookup, LookupError};
use crate::model::{Annotation, ConceptType, Document, DocumentId, Mention, TextIndex};
use crate::store::StoreError;
use crate::vocab::normalize;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RadarRequest {
    /// The fewest papers that make a phrase frequent.
    pub least: usize,
    /// The most phrases told, of each kind.
    pub limit: usize,
}

/// What made a phrase look like a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The trained tagger took it for one.
    Tagger,
    /// Its words have the form of one.
    Form,
    /// It has the form of a drug's code.
    Code,
}

impl Source {
    /// The name as printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tagger => "tagger",
            Self::Form => "form",
            Self::Code => "code",
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Radar {
    /// What was looked for.
    #[serde(skip)]
    pub request: RadarRequest,
    /// Papers that were read.
    pub papers: usize,
    /// The newest month in which one of them was published (`2019-05`).
    pub newest_month: Option<String>,
    /// The phrases, those of the most papers first.
    pub phrases: Vec<NewPhrase>,
    /// What was read, and what was not.
    #[serde(skip)]
    pub coverage: Coverage,
}

/// A phrase that no vocabulary knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewPhrase {
    /// As most papers write it.
    pub phrase: String,
    /// What it looks like: `condition`, or `chemical` for what treats.
    #[serde(rename = "type")]
    pub kind: ConceptType,
    /// What it was told by.
    pub told_by: Vec<Source>,
    /// Papers whose title or abstract has it.
    pub papers: usize,
    /// Papers by month of publication (`2019-05`), the earliest first; those dated by year alone under the year (`2019`).
    pub months: Vec<(String, usize)>,
    /// Papers without a date.
    pub undated: usize,
    /// Papers of the twelve months up to the newest of the corpus; those dated by year alone are in none.
    pub last_twelve_months: usize,
    /// The newest of them, a few.
    pub examples: Vec<DocumentId>,
}

/// How many papers are named for a phrase.
const EXAMPLES: usize = 3;
/// A longer phrase stands for the shorter one at its end where at least this share of the shorter one's papers has it.
const SAME: f64 = 0.8;

/// What is counted of a phrase.
#[derive(Debug, Default)]
struct Count {
    written: BTreeMap<String, usize>,
    told_by: BTreeSet<Source>,
    papers: Vec<(Option<String>, DocumentId)>,
}

impl Lookup<'_> {
    /// The radar over all documents that the snapshot shows.
    pub fn radar(&self, request: &RadarRequest) -> Result<Radar, LookupError> {
        let coverage = self.coverage()?;
        let mut counts: HashMap<(ConceptType, String), Count> = HashMap::new();
        let mut papers = 0;
        let mut newest_month: Option<String> = None;
        self.each_document(&mut |id, document, annotation| {
            papers += 1;
            let month = document.published.map(|date| {
                let year = date.year;
                date.month.map_or_else(|| format!("{year:04}"), |month| format!("{year:04}-{month:02}"))
            });
            newest_month = newest_month.take().max(month.clone().filter(|month| month.len() > YEAR));
            let mut seen = BTreeSet::new();
            for (words, kind, source) in candidates(document, annotation) {
                let key = (kind, normalize(&words));
                if key.1.is_empty() {
                    continue;
                }
                let count = counts.entry(key.clone()).or_default();
                *count.written.entry(words).or_default() += 1;
                count.told_by.insert(source);
                if seen.insert(key) {
                    count.papers.push((month.clone(), id.clone()));
                }
            }
        })?;
        counts.retain(|(_, key), count| count.papers.len() >= request.least && self.vocabulary.find(key).is_empty());
        let phrases = ranked(&counts, newest_month.as_deref(), request.limit);
        Ok(Radar { request: request.clone(), papers, newest_month, phrases, coverage })
    }

    /// Hands over every document that the snapshot shows, with what was mined of it.
    fn each_document(&self, each: &mut dyn FnMut(&DocumentId, &Document, &Annotation)) -> Result<(), StoreError> {
        const BATCH: usize = 200;
        let mut after = 0;
        loop {
            let versions = self.store.versions_after(after, BATCH)?;
            let Some(last) = versions.last() else { return Ok(()) };
            after = last.version;
            for held in &versions {
                let Some(id) = self.store.visible_name(&self.snapshot, held.version)? else { continue };
                if let Some(annotation) = self.store.annotation(&self.snapshot, held.version)? {
                    each(&id, &held.document, &annotation);
                }
            }
        }
    }
}

/// What in title and abstract looks like a name, with its words.
fn candidates(document: &Document, annotation: &Annotation) -> Vec<(String, ConceptType, Source)> {
    let text = document.text();
    let index = TextIndex::new(&text);
    let mut found = Vec::new();
    for (at, span) in document.passage_spans().into_iter().enumerate() {
        if document.is_full_text(at as u32) || annotation.foreign_language(at).is_some() {
            continue;
        }
        let within: Vec<&Mention> = annotation.mentions.iter().filter(|mention| span.contains(mention.span)).collect();
        let unlinked = within.iter().filter(|mention| mention.concepts.is_empty());
        found.extend(unlinked.map(|mention| {
            let kind = if mention.mention_type.can_treat() { ConceptType::Chemical } else { mention.mention_type };
            (index.slice(mention.span).to_owned(), kind, Source::Tagger)
        }));
        let passage = index.slice(span);
        let from = index.bytes(span).start;
        for phrase in phrases::phrases(passage) {
            let place = index.span(from + phrase.bytes.start..from + phrase.bytes.end);
            // The part of a known name is none of a new one, nor is one that has a known name at its end.
            let known = within.iter().any(|mention| !mention.concepts.is_empty() && mention.span.overlaps(place));
            if !known {
                found.push((passage[phrase.bytes].to_owned(), phrase.kind, phrase.source));
            }
        }
    }
    found.retain(|(_, kind, _)| matches!(kind, ConceptType::Condition | ConceptType::Chemical));
    found
}

/// The phrases of the most papers, up to `limit` of each kind.
fn ranked(counts: &HashMap<(ConceptType, String), Count>, newest: Option<&str>, limit: usize) -> Vec<NewPhrase> {
    let papers = |key: &(ConceptType, String)| counts.get(key).map_or(0, |count| count.papers.len());
    // Where nearly all papers that have the shorter phrase have the longer one, the longer is the name; else the longer is the
    // shorter with a word before it.
    let dropped: BTreeSet<&(ConceptType, String)> = counts
        .keys()
        .filter_map(|long| {
            let (_, shorter) = long.1.split_once(' ')?;
            let (short, _) = counts.get_key_value(&(long.0, shorter.to_owned()))?;
            Some(if papers(long) as f64 >= SAME * papers(short) as f64 { short } else { long })
        })
        .collect();
    let mut phrases: Vec<NewPhrase> = counts
        .iter()
        .filter(|(key, _)| !dropped.contains(key))
        .map(|(key, count)| new_phrase(key.0, count, newest))
        .collect();
    phrases.sort_by(|a, b| (b.papers, &a.phrase).cmp(&(a.papers, &b.phrase)));
    let mut taken: BTreeMap<ConceptType, usize> = BTreeMap::new();
    phrases.retain(|phrase| {
        let taken = taken.entry(phrase.kind).or_default();
        *taken += 1;
        *taken <= limit
    });
    phrases
}

/// The letters of a year.
const YEAR: usize = 4;

/// Months since the year 0; none for a year alone.
fn month_number(month: &str) -> Option<u32> {
    let (year, month) = month.split_once('-')?;
    Some(12 * year.parse::<u32>().ok()? + month.parse::<u32>().ok()?)
}

fn new_phrase(kind: ConceptType, count: &Count, newest: Option<&str>) -> NewPhrase {
    let written = count.written.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
    let mut months: BTreeMap<String, usize> = BTreeMap::new();
    for month in count.papers.iter().filter_map(|(month, _)| month.as_ref()) {
        *months.entry(month.clone()).or_default() += 1;
    }
    let last = newest.and_then(month_number);
    let recent = |(month, papers): (&String, &usize)| {
        let within = last.zip(month_number(month)).is_some_and(|(last, month)| month <= last && last - month < 12);
        if within { *papers } else { 0 }
    };
    let last_twelve_months = months.iter().map(recent).sum();
    let mut newest: Vec<&(Option<String>, DocumentId)> = count.papers.iter().collect();
    newest.sort_by(|a, b| b.cmp(a));
    NewPhrase {
        phrase: written.map(|(words, _)| words.clone()).unwrap_or_default(),
        kind,
        told_by: count.told_by.iter().copied().collect(),
        papers: count.papers.len(),
        months: months.into_iter().collect(),
        last_twelve_months,
        undated: count.papers.iter().filter(|(month, _)| month.is_none()).count(),
        examples: newest.into_iter().take(EXAMPLES).map(|(_, id)| id.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(words: &str, papers: &[u64]) -> Count {
        Count {
            written: BTreeMap::from([(words.to_owned(), papers.len())]),
            told_by: BTreeSet::from([Source::Form]),
            papers: papers.iter().map(|n| (Some(format!("2030-{n:02}")), DocumentId::pmid(*n))).collect(),
        }
    }

    #[test]
    fn the_longer_phrase_counts_where_nearly_all_papers_have_it() {
        let key = |words: &str| (ConceptType::Condition, words.to_owned());
        let counts = HashMap::from([
            (key("quagga syndrome"), count("quagga syndrome", &[1, 2, 3, 4, 5])),
            (key("onset quagga syndrome"), count("onset quagga syndrome", &[1])),
            (key("bar syndrome"), count("bar syndrome", &[1, 2])),
            (key("foo bar syndrome"), count("Foo Bar syndrome", &[1, 2])),
        ]);
        let found = ranked(&counts, Some("2031-02"), 10);
        let shown: Vec<_> = found.iter().map(|one| (one.phrase.as_str(), one.papers)).collect();
        assert_eq!(shown, [("quagga syndrome", 5), ("Foo Bar syndrome", 2)]);
        assert_eq!(found[0].examples[0], DocumentId::pmid(5), "the newest first");
        assert_eq!(found[0].last_twelve_months, 3, "those of March to May; January and February are longer ago");
        assert_eq!(ranked(&counts, None, 1).len(), 1);
    }
}
