//! Studies by the words of a question: where a name is in no vocabulary, and where no finding holds all that was asked for.
//!
//! How well a document fits is the mean share of the question's words that it holds: those of the names that nobody knows, of the
//! comparator and of the outcome. How well one of its findings fits is the share of the outcome's words that its sentence holds, with
//! some of those of treatment and comparator. Words weigh the more the rarer they are in the corpus (`index::Searcher::sharing`).

use std::collections::HashMap;

use super::gather::{self, Candidate, Found, Gathered};
use super::memory::{Known, Memory};
use super::question::Understood;
use super::{Index, LookupError};
use crate::index::{Searcher, Sharing, SoughtText, stems};
use crate::model::{Card, Direction, DocumentId, FindingCard};
use crate::store::{Posting, Snapshot, Store, WHOLE};

/// A document must hold this share of each name that is looked for by its words.
const LEAST_OF_NAME: f32 = 0.5;
/// A sentence must hold this share of the outcome's words to be about it.
const LEAST_OF_OUTCOME: f32 = 0.35;
/// How many documents are looked at, those that hold the most words.
const DOCUMENTS: usize = 100;

/// What the words of a document count beside those of its sentence.
const OF_DOCUMENT: f32 = 0.6;
/// What the comparator counts beside a name or the outcome, which count 1.
const OF_COMPARATOR: f32 = 0.5;
/// What the names of treatment and comparator count in a sentence beside the outcome, which counts 1.
const NAMED_IN_SENTENCE: f32 = 0.3;

/// Gathers documents and findings that hold the most of what was asked.
pub(super) fn gather(
    store: &Store,
    snapshot: &Snapshot,
    memory: &Memory,
    understood: &Understood,
    index: &Index<'_>,
) -> Result<Gathered, LookupError> {
    let searcher = index.searcher()?;
    let sought = Sought::of(understood, &searcher)?;
    let linked = match (&understood.condition, &understood.treatment) {
        (None, None) => None,
        _ => Some(gather::linked(store, snapshot, memory, understood)?),
    };
    let sharing = searcher.sharing(&sought.texts(), if linked.is_some() { usize::MAX } else { DOCUMENTS })?;
    let (registrations, versions) = match linked {
        None => (Vec::new(), by_name(store, snapshot, &sharing)?),
        Some(postings) => {
            let (registrations, linked): (Vec<Posting>, Vec<Posting>) =
                postings.into_iter().partition(|posting| posting.ordinal == WHOLE);
            let mut versions: Vec<i64> = linked.into_iter().map(|posting| posting.version).collect();
            versions.dedup();
            (registrations, versions)
        }
    };
    let documents = memory.documents(store, snapshot, versions.iter().copied())?;
    let shares: HashMap<&DocumentId, &[f32]> = sharing.iter().map(|one| (&one.id, one.shares.as_slice())).collect();
    let mut near: Vec<(i64, &Known, f32)> = versions
        .iter()
        .filter_map(|version| {
            let known = documents.get(version)?;
            Some((*version, known.as_ref(), sought.fit(shares.get(&known.id)?)))
        })
        .collect();
    near.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.1.id.cmp(&b.1.id)));
    near.truncate(DOCUMENTS);
    let mut candidates: Vec<Candidate> = Vec::new();
    for (version, known, fit) in near {
        let findings = sought.findings(&known.card, known.wording(store, snapshot, version)?, understood, fit);
        if !findings.is_empty() {
            candidates.push(known.candidate(version, findings));
        }
    }
    Ok(Gathered { candidates, registrations })
}

fn by_name(store: &Store, snapshot: &Snapshot, sharing: &[Sharing]) -> Result<Vec<i64>, LookupError> {
    let versions = sharing.iter().map(|one| store.visible_version(snapshot, &one.id));
    Ok(versions.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Words of a question with what each weighs.
struct Words {
    text: String,
    weights: Vec<(String, f32)>,
    /// The least share that a document must hold.
    least: f32,
    /// What they count in how well a document fits.
    counts: f32,
}

impl Words {
    fn of(text: &str, least: f32, counts: f32, searcher: &Searcher) -> Result<Self, LookupError> {
        let stems = stems(text);
        let weights = searcher.stem_weights(&stems)?;
        Ok(Self { text: text.to_owned(), weights: stems.into_iter().zip(weights).collect(), least, counts })
    }

    /// The share of them that stands among the stems of a sentence.
    fn share(&self, sentence: &[String]) -> f32 {
        let total: f32 = self.weights.iter().map(|(_, weight)| weight).sum();
        let held = self.weights.iter().filter(|(stem, _)| sentence.contains(stem));
        let held: f32 = held.map(|(_, weight)| weight).sum();
        if total > 0.0 { held / total } else { 0.0 }
    }
}

/// What is looked for by words.
struct Sought {
    names: Vec<Words>,
    comparator: Option<Words>,
    outcome: Option<Words>,
}

impl Sought {
    fn of(understood: &Understood, searcher: &Searcher) -> Result<Self, LookupError> {
        let words =
            |asked: Option<&str>, counts| asked.map(|asked| Words::of(asked, 0.0, counts, searcher)).transpose();
        let names = understood.by_words.iter().map(|name| Words::of(&name.asked, LEAST_OF_NAME, 1.0, searcher));
        Ok(Self {
            names: names.collect::<Result<_, _>>()?,
            comparator: words(understood.comparator.as_ref().map(|one| one.asked.as_str()), OF_COMPARATOR)?,
            outcome: words(understood.outcome.as_ref().map(|one| one.asked.as_str()), 1.0)?,
        })
    }

    fn all(&self) -> impl Iterator<Item = &Words> {
        self.names.iter().chain(&self.comparator).chain(&self.outcome)
    }

    fn texts(&self) -> Vec<SoughtText<'_>> {
        self.all().map(|words| SoughtText { text: &words.text, least: words.least }).collect()
    }

    /// How well a document fits that holds these shares, 0 to 1.
    fn fit(&self, shares: &[f32]) -> f32 {
        let sum: f32 = self.all().zip(shares).map(|(words, share)| words.counts * share).sum();
        sum / self.all().map(|words| words.counts).sum::<f32>()
    }

    /// The findings of a document that are about the outcome, else those that name what was asked for.
    fn findings(&self, card: &Card, wording: &str, understood: &Understood, fit: f32) -> Vec<Found> {
        let found = |(ordinal, line): (usize, &str)| {
            let finding = card.findings.get(ordinal)?;
            let stems = stems(line);
            let named: f32 = self.names.iter().chain(&self.comparator).map(|words| words.share(&stems)).sum();
            let named = named / self.names.iter().chain(&self.comparator).count().max(1) as f32;
            let about = match (&self.outcome, &understood.outcome) {
                (Some(words), Some(outcome)) => {
                    let share = if outcome.matches_normal(line) { 1.0 } else { words.share(&stems) };
                    (share >= LEAST_OF_OUTCOME)
                        .then_some((1.0 - NAMED_IN_SENTENCE) * share + NAMED_IN_SENTENCE * named)?
                }
                _ => (named > 0.0).then_some(named)?,
            };
            if understood.filters.consistent && finding.consistent != Some(true) {
                return None;
            }
            let is_asked =
                |concept: &_| understood.treatment.as_ref().is_some_and(|term| term.answers.contains(concept));
            Some(Found {
                ordinal: ordinal as u32,
                relevance: OF_DOCUMENT * fit + (1.0 - OF_DOCUMENT) * about,
                as_comparator: gather::is_comparator(finding, is_asked),
                composite: gather::is_composite(understood, line),
                aside: false,
                direction: self.direction(finding, line),
                by_words: true,
            })
        };
        wording.lines().enumerate().filter_map(found).collect()
    }

    /// Which way the outcome went with the treatment asked for. Where the sentence names the comparator asked for before `than` and the treatment
    /// behind it, its direction is the comparator's. What was not shown is no difference, unless it speaks of how things began.
    fn direction(&self, finding: &FindingCard, line: &str) -> Option<Direction> {
        let direction = match (finding.direction, finding.significant) {
            (None, Some(false)) if !line.split(' ').any(|word| AT_FIRST.contains(&word)) => Direction::NoDifference,
            (direction, _) => direction?,
        };
        let Some((before, behind)) = line.split_once(THAN) else { return Some(direction) };
        // Placebo and the like are known for comparators without being asked for.
        if line.split(' ').any(|word| CONTROLS.contains(&word)) {
            return Some(direction);
        }
        let (before, behind) = (stems(before), stems(behind));
        let stands_behind = |words: &Words| words.share(&behind) > words.share(&before);
        let stands_before = |words: &Words| words.share(&before) > words.share(&behind);
        let turned =
            self.names.first().is_some_and(stands_behind) && self.comparator.as_ref().is_some_and(stands_before);
        Some(match direction {
            Direction::Decreased if turned => Direction::Increased,
            Direction::Increased if turned => Direction::Decreased,
            same => same,
        })
    }
}

/// The word between what is more or less and what it is more or less than.
const THAN: &str = " than ";
/// Words of a sentence on the state before treatment.
const AT_FIRST: [&str; 5] = ["baseline", "before", "preoperative", "pretreatment", "initially"];
/// Words for what is given to those who are not treated.
const CONTROLS: [&str; 5] = ["placebo", "control", "sham", "untreated", "vehicle"];
