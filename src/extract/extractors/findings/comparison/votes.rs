//! Votes of cues: words of change and of value, and the arm that they speak of.

use super::lexicon::{Hits, Kind, LISTS, of};
use super::places::{Places, Side, UNNAMED};
use crate::extract::extractors::findings::cues::CUES;
use crate::extract::extractors::findings::words::Word;

/// How many cues are looked at; those of longer texts say nothing new.
const MOST: usize = 64;
/// How many words a negation reaches forward.
const NEGATION: usize = 4;
/// How far from a cue "than" may stand, how far behind "than" its arm, and how far behind a cue the arm it speaks of; in words.
const THAN: usize = 40;
const BEHIND_THAN: usize = 8;
const BEHIND_CUE: usize = 25;
/// "greater … reduction": how many words may stand between.
const COMPOUND: usize = 4;

/// A cue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cue {
    pub(super) at: usize,
    /// Whether it says better or worse, not more or less.
    pub(super) valence: bool,
    /// 1 for more or better, -1 for less or worse.
    pub(super) sign: f32,
}

/// The cues that are neither denied nor a bound, nearest to the outcome first.
pub(super) fn cues(words: &[Word], hits: &Hits, clauses: &[usize], places: &Places) -> Vec<Cue> {
    let scope = &CUES.scope;
    let kinds = [
        (Kind::Increase, false, 1.0),
        (Kind::Decrease, false, -1.0),
        (Kind::Better, true, 1.0),
        (Kind::Worse, true, -1.0),
    ];
    let mut found: Vec<Cue> = Vec::new();
    let mut skipped: Option<usize> = None;
    for at in 0..words.len() {
        let Some((_, valence, sign)) = kinds.into_iter().find(|(kind, ..)| hits.begins(*kind, at)) else { continue };
        if skipped == Some(at) {
            continue;
        }
        let mut cue = Cue { at, valence, sign };
        let word = words[at].text.as_str();
        let stronger = of(&scope.stronger, word);
        if !valence && (stronger || of(&scope.weaker, word)) {
            let by = if stronger { 1.0 } else { -1.0 };
            let ahead = &words[at + 1..words.len().min(at + 1 + COMPOUND)];
            let changes = |word: &Word| {
                of(&scope.falls, &word.text) || of(&scope.rises, &word.text) || of(&LISTS.better, &word.text)
            };
            if let Some(gap) = ahead.iter().position(changes).filter(|gap| ahead[..*gap].iter().all(Word::is_word)) {
                skipped = Some(at + 1 + gap);
                let changed = ahead[gap].text.as_str();
                let falls = of(&scope.falls, changed);
                cue.valence = !falls && !of(&scope.rises, changed);
                cue.sign = if falls { -by } else { by };
            }
        }
        let bound = words.get(at + 1).is_some_and(|next| next.text == "than")
            && words.get(at + 2).is_some_and(|number| number.is_number() || of(&scope.numbers, &number.text));
        let denied = (at.saturating_sub(NEGATION)..at)
            .any(|n| clauses[n] == clauses[at] && of(&CUES.negation.words, &words[n].text))
            || hits.covers(Kind::NoDifference, at);
        if !bound && !denied && found.len() < MOST {
            found.push(cue);
        }
    }
    found.sort_by_key(|cue| places.to_outcome(clauses, cue.at).unwrap_or(UNNAMED));
    found
}

/// Which arm a cue speaks of, by each way to tell it.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    than: Option<Side>,
    compared: Option<Side>,
    arm: Option<Side>,
    subject: Option<Side>,
    opening: Option<Side>,
}

impl Told {
    fn of(cue: usize, hits: &Hits, clauses: &[usize], places: &Places) -> Self {
        let arms = &places.arms;
        let references = hits.all(Kind::Reference);
        let here = |at: usize| clauses[at] == clauses[cue];
        // The arm behind "than" is the other one.
        let behind = |(at, len): (usize, usize), limit: usize| {
            let first = arms.iter().find(|(arm, _)| (at + len..limit.min(at + len + BEHIND_THAN)).contains(arm));
            first.map(|(_, side)| -side)
        };
        let near = |at: usize| at.abs_diff(cue) < THAN && here(at);
        let than = references.iter().filter(|(at, _)| *at > cue && near(*at)).find_map(|hit| behind(*hit, usize::MAX));
        let before = references.iter().rev().filter(|(at, _)| *at < cue && near(*at));
        let compared = before.clone().find_map(|hit| behind(*hit, cue));
        let next = references.iter().find(|(at, _)| *at > cue).map_or(usize::MAX, |(at, _)| *at);
        let after = arms.iter().find(|(at, _)| *at > cue && *at < next && *at - cue < BEHIND_CUE && here(*at));
        let compared_with =
            |arm: usize| references.iter().any(|(at, _)| *at < cue && *at < arm && arm < at + 1 + BEHIND_THAN);
        let mut subjects = arms.iter().filter(|(at, _)| *at < cue && here(*at) && !compared_with(*at));
        let opening = subjects.next().map(|(_, side)| *side);
        let subject = subjects.next_back().map(|(_, side)| *side).or(opening);
        Self { than, compared, arm: after.map(|(_, side)| *side), subject, opening }
    }

    /// The ways that told an arm, surest first, each with whether a surer one told it already; then the summaries.
    fn votes(self, base: f32) -> Vec<(&'static str, f32)> {
        let mut best = self.than.or(self.compared);
        let mut votes = Vec::new();
        match (self.than, self.compared) {
            (Some(side), _) => votes.push(("than", base * side)),
            (None, Some(side)) => votes.push(("compared", base * side)),
            _ => {}
        }
        for (side, first, again) in [(self.arm, "arm", "arm-too"), (self.subject, "subject", "subject-too")] {
            let Some(side) = side else { continue };
            votes.push((if best.is_none() { first } else { again }, base * side));
            best = best.or(Some(side));
        }
        votes.extend(self.opening.map(|side| ("opening", base * side)));
        if best.is_none() {
            votes.push(("alone", base));
        }
        votes.extend([("best", base * best.unwrap_or(1.0)), ("bare", base)]);
        votes
    }
}

/// The votes of the cues that count.
pub(super) fn sign(hits: &Hits, clauses: &[usize], places: &Places, cues: &[Cue]) -> Vec<(String, f32)> {
    let change = cues.iter().find(|cue| !cue.valence);
    let mut votes = Vec::new();
    for (which, cue) in [("first", cues.first()), ("change", change), ("second", cues.get(1))] {
        let Some(cue) = cue else { continue };
        let (kind, better) = match (cue.valence, places.polarity < 0.0) {
            (false, _) => ("", 1.0),
            (true, false) => ("better-", 1.0),
            (true, true) => ("better-bad-", -1.0),
        };
        let told = Told::of(cue.at, hits, clauses, places);
        votes.extend(
            told.votes(cue.sign * better).into_iter().map(|(way, vote)| (format!("{which}-{kind}{way}"), vote)),
        );
    }
    let sum: f32 = cues.iter().filter(|cue| !cue.valence).map(|cue| cue.sign).sum();
    votes.extend([
        ("cues".to_owned(), sum.clamp(-2.0, 2.0)),
        ("polarity".to_owned(), places.polarity),
        ("prior".to_owned(), 1.0),
    ]);
    votes.retain(|(_, vote)| *vote != 0.0);
    votes
}
