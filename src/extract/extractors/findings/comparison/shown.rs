//! Votes on whether no difference is reported.

use super::lexicon::{Hits, Kind};
use super::places::{Places, UNNAMED};
use super::votes::Cue;
use crate::extract::extractors::effects::Reading;
use crate::extract::extractors::findings::words::Word;
use crate::model::PValue;

/// How far words are that do not stand in the text at all, and those of a text that does not name the outcome.
const ABSENT: f32 = 60.0;
const NEAR: f32 = 20.0;
/// Distances are brought to about 1.
const SCALE: f32 = 20.0;

pub(super) fn votes(
    words: &[Word],
    hits: &Hits,
    clauses: &[usize],
    places: &Places,
    cues: &[Cue],
    readings: &[Reading],
) -> Vec<(String, f32)> {
    let to_outcome = |at: usize| places.to_outcome(clauses, at).map_or(NEAR, |far| far as f32);
    let least = |places: &mut dyn Iterator<Item = usize>| places.map(to_outcome).fold(ABSENT, f32::min);
    let none: Vec<usize> = hits.all(Kind::NoDifference).iter().map(|hit| hit.0).collect();
    let to_none = least(&mut none.iter().copied());
    let significant = hits.all(Kind::Significant).iter().map(|hit| hit.0);
    let to_significant = least(&mut significant.filter(|at| !hits.covers(Kind::NoDifference, *at)));
    // What stands in a clause that names the outcome whole.
    let own = places.clauses_of_outcome(words, clauses);
    let own_none = none.iter().any(|at| own.contains(&clauses[*at]));
    let own_cue = cues.iter().any(|cue| own.contains(&clauses[cue.at]));
    let to_cue = cues.first().map_or(ABSENT, |cue| places.to_outcome(clauses, cue.at).unwrap_or(UNNAMED) as f32);
    let yes = |is: bool| f32::from(u8::from(is));
    let mut votes = vec![
        ("words-of-none", none.len().min(3) as f32),
        ("to-none", to_none / SCALE),
        ("to-significant", to_significant / SCALE),
        ("to-cue", to_cue / SCALE),
        ("none-before-significant", yes(to_none < to_significant)),
        ("none-before-cue", yes(to_none < to_cue)),
        ("any-none", yes(!none.is_empty())),
        ("any-significant", yes(to_significant < ABSENT)),
        ("any-cue", yes(!cues.is_empty())),
        ("any-negation", yes(!hits.all(Kind::Negation).is_empty())),
        ("own-none", yes(own_none && !own_cue)),
        ("own-cue", yes(own_cue && !own_none)),
        ("prior", 1.0),
    ];
    votes.extend(p_values(words, places, readings));
    votes.into_iter().filter(|(_, vote)| *vote != 0.0).map(|(name, vote)| (name.to_owned(), vote)).collect()
}

/// The votes of p-values: 1 where one shows a difference, -1 where it does not.
fn p_values(words: &[Word], places: &Places, readings: &[Reading]) -> Vec<(&'static str, f32)> {
    let vote = |p: PValue| p.significant().map_or(0.0, |shown| if shown { 1.0 } else { -1.0 });
    let found: Vec<(usize, f32)> = readings
        .iter()
        .filter_map(|reading| {
            let at = words.partition_point(|word| word.bytes.end <= reading.bytes.start);
            Some((at, vote(reading.effect.p?)))
        })
        .collect();
    let Some((_, first)) = found.first() else { return Vec::new() };
    let any = |sign: f32| f32::from(u8::from(found.iter().any(|(_, vote)| *vote == sign)));
    let sum: f32 = found.iter().map(|(_, vote)| vote).sum();
    let mut votes = vec![
        ("first-p", *first),
        ("all-p", sum.clamp(-1.0, 1.0)),
        ("any-p-shows", any(1.0)),
        ("any-p-does-not", any(-1.0)),
    ];
    // The p-value of an outcome stands behind it rather than before.
    let far = |at: usize| {
        let from = |outcome: &usize| if at >= *outcome { (at - outcome) * 2 } else { (outcome - at) * 3 };
        places.outcome.iter().map(from).min()
    };
    let nearest = found.iter().filter_map(|(at, vote)| Some((far(*at)?, *vote))).min_by_key(|(far, _)| *far);
    votes.extend(nearest.map(|(_, vote)| ("nearest-p", vote)));
    // An interval of an estimate speaks as a p-value does.
    let interval =
        readings.iter().filter(|reading| reading.effect.ci.is_some()).find_map(|reading| reading.effect.significant());
    votes.extend(interval.map(|shown| ("interval", if shown { 1.0 } else { -1.0 })));
    votes
}
