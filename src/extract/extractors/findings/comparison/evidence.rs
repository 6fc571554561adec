//! Which sentences of a document speak of a comparison: a rank of them all.

use std::collections::{BTreeSet, HashMap};

use super::lexicon::{Hits, Kind};
use super::places::{Names, Places, stems};
use super::{Asked, Judgement, WEIGHTS, Weighted, judge, linear};
use crate::extract::extractors::effects;
use crate::extract::extractors::findings::words::{Word, words};
use crate::model::{Annotation, Document, Passage, SentenceRole, Span, TextIndex};

/// The longest sentence that is looked at, in code points; what is longer is a list or a table without rows.
const LONGEST: u32 = 2_500;
/// Numbers and words are counted to so many.
const MANY: usize = 60;
/// How many of the first sentences are judged.
const JUDGED: usize = 5;

/// A sentence, or a row of a table, that may hold what is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Where it stands in the document.
    pub span: Span,
    /// What its rank is made of, by name.
    pub votes: Weighted,
    /// Its rank: more is better. Differences are logarithms of how much likelier one is than another.
    pub score: f32,
    /// Whether a word of the outcome stands in it.
    pub names_outcome: bool,
}

/// The first sentences of a rank, each judged by itself and counted by its rank.
pub fn judge_ranked(text: &TextIndex<'_>, ranked: &[Candidate], asked: &Asked<'_>) -> Judgement {
    let best = ranked.first().map_or(0.0, |candidate| candidate.score);
    let judged = ranked.iter().take(JUDGED);
    let judged: Vec<(f32, Judgement)> =
        judged.map(|candidate| ((candidate.score - best).exp(), judge(text.slice(candidate.span), asked))).collect();
    Judgement::mean(&judged)
}

/// A sentence as it is looked at.
struct Sentence {
    span: Span,
    words: Vec<Word>,
    hits: Hits,
    stems: BTreeSet<String>,
    /// Whether it speaks of a difference, or of none.
    compares: bool,
    /// Its votes whatever is asked.
    base: Weighted,
}

/// The sentences of a document, read once for any number of questions.
pub struct Evidence {
    sentences: Vec<Sentence>,
    /// In how many sentences each stem stands.
    frequency: HashMap<String, usize>,
}

impl Evidence {
    /// Reads the sentences.
    pub fn of(document: &Document, text: &TextIndex<'_>, annotation: &Annotation) -> Self {
        let looked_at = annotation.sentences.iter().filter(|sentence| sentence.span.len() <= LONGEST);
        let sentences: Vec<Sentence> = looked_at
            .map(|sentence| {
                let slice = text.slice(sentence.span);
                let words = words(slice);
                let passage = document.passages.get(sentence.passage as usize);
                let of_category = |name: &str| passage.and_then(|p| p.category.as_deref()) == Some(name);
                let yes = |is: bool| f32::from(u8::from(is));
                let mut base: Weighted = vec![
                    ("abstract".to_owned(), yes(!document.is_full_text(sentence.passage))),
                    ("table".to_owned(), yes(of_category(Passage::TABLE))),
                    ("figure".to_owned(), yes(of_category(Passage::FIGURE))),
                    ("role-".to_owned() + sentence.role.map_or("none", SentenceRole::name), 1.0),
                ];
                let hits = Hits::of(&words);
                let (votes, compares) = of_words(&words, &hits, slice);
                base.extend(votes);
                Sentence { span: sentence.span, stems: stems(&words), words, hits, compares, base }
            })
            .collect();
        let mut frequency: HashMap<String, usize> = HashMap::new();
        for stem in sentences.iter().flat_map(|sentence| &sentence.stems) {
            *frequency.entry(stem.clone()).or_default() += 1;
        }
        Self { sentences, frequency }
    }

    /// The sentences, likeliest evidence first; of equal ones the earlier.
    pub fn ranked(&self, asked: &Asked<'_>) -> Vec<Candidate> {
        let names = Names::of(asked);
        let mut before = 0.0;
        let mut candidates: Vec<Candidate> = self
            .sentences
            .iter()
            .map(|sentence| {
                let [outcome, intervention, comparator] = [&names.outcome, &names.intervention, &names.comparator]
                    .map(|name| self.cover(&name.stems, &sentence.stems));
                let places = Places::asked(&sentence.words, &sentence.hits, &names);
                let side = |of: f32| places.arms.iter().any(|(_, side)| *side == of);
                let yes = |is: bool| f32::from(u8::from(is));
                let mut votes = sentence.base.clone();
                votes.extend(
                    [
                        ("outcome", outcome),
                        ("outcome-whole", yes(outcome > 0.999)),
                        ("outcome-before", before),
                        ("intervention", intervention),
                        ("comparator", comparator),
                        ("both-arms", yes(side(1.0) && side(-1.0))),
                        ("any-arm", yes(!places.arms.is_empty())),
                    ]
                    .map(|(name, vote)| (name.to_owned(), vote)),
                );
                before = outcome;
                votes.push(("outcome-compared".to_owned(), if sentence.compares { outcome } else { 0.0 }));
                votes.retain(|(_, vote)| *vote != 0.0);
                let score = linear(&votes, &WEIGHTS.evidence);
                Candidate { span: sentence.span, votes, score, names_outcome: outcome > 0.0 }
            })
            .collect();
        candidates.sort_by(|one, other| other.score.total_cmp(&one.score));
        candidates
    }

    /// The share of a name's words that a sentence has, rare ones counting more.
    fn cover(&self, name: &BTreeSet<String>, sentence: &BTreeSet<String>) -> f32 {
        let all = self.sentences.len() as f32 + 1.0;
        let weight = |stem: &String| (all / (1.0 + self.frequency.get(stem).copied().unwrap_or(0) as f32)).ln();
        let whole: f32 = name.iter().map(weight).sum();
        let held: f32 = name.iter().filter(|stem| sentence.contains(*stem)).map(weight).sum();
        if whole > 0.0 { held / whole } else { 0.0 }
    }
}

/// What a sentence says whatever is asked, and whether it compares.
fn of_words(words: &[Word], hits: &Hits, text: &str) -> (Weighted, bool) {
    let any = |kind| !hits.all(kind).is_empty();
    let readings = effects::read(text);
    let yes = |is: bool| f32::from(u8::from(is));
    let cue = [Kind::Increase, Kind::Decrease, Kind::Better, Kind::Worse].into_iter().any(any);
    let p = readings.iter().any(|reading| reading.effect.p.is_some());
    let compares = p || any(Kind::NoDifference) || any(Kind::Significant) || cue && any(Kind::Reference);
    let numbers = words.iter().filter(|word| word.is_number()).count().min(MANY);
    let votes = [
        ("none", yes(any(Kind::NoDifference))),
        ("significant", yes(any(Kind::Significant))),
        ("reference", yes(any(Kind::Reference))),
        ("cue", yes(cue)),
        ("compares", yes(compares)),
        ("p", yes(p)),
        ("interval", yes(readings.iter().any(|reading| reading.effect.ci.is_some()))),
        ("numbers", (1.0 + numbers as f32).ln()),
        ("length", (1.0 + words.len().min(2 * MANY) as f32).ln()),
        ("short", yes(words.len() < 8)),
    ];
    (votes.into_iter().map(|(name, vote)| (name.to_owned(), vote)).collect(), compares)
}
