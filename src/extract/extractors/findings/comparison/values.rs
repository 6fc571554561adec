//! Votes of numbers: the values that stand beside the arms, and printed estimates.

use super::lexicon::{LISTS, of};
use super::places::Places;
use crate::extract::extractors::effects::Reading;
use crate::extract::extractors::findings::words::Word;

/// How many values are looked at.
const MOST: usize = 48;
/// What an arm between a value and its own arm costs, and a clause; in words.
const FOREIGN_ARM: f32 = 20.0;
const CLAUSE: f32 = 15.0;
/// How much the distance to the outcome counts beside that to the arm.
const OUTCOME: f32 = 0.15;
/// So near stands a value to its arm that it is surely meant, in words.
const CLOSE: f32 = 14.0;
/// How far apart the two values of "12 versus 15" may stand, and a value and what follows it in brackets.
const PAIR: usize = 14;
const BRACKET: usize = 6;

/// A number that may be a value of the outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Value {
    at: usize,
    number: f64,
    /// How many brackets are open.
    depth: usize,
}

/// The votes. `no_cues`: no word of change was found, so that the numbers have the say.
pub(super) fn votes(
    words: &[Word],
    clauses: &[usize],
    places: &Places,
    readings: &[Reading],
    no_cues: bool,
) -> Vec<(String, f32)> {
    let mut votes: Vec<(&str, f32)> = Vec::new();
    let values = main_values(words, places);
    let opening = places.arms.first().map(|(_, side)| *side);
    if let Some((far, one, other)) = of_both_arms(&values, clauses, places)
        && let Some(sign) = sign(one.number, other.number)
    {
        votes.push(("values", sign));
        if far < CLOSE {
            votes.push(("values-close", sign));
        }
        if no_cues {
            votes.push(("values-only", sign));
        }
    }
    if let Some((first, sign)) = compared(words, &values) {
        votes.push(("values-in-order", sign));
        match places.arms.iter().find(|(at, _)| *at < first.at) {
            Some((_, side)) => {
                votes.push(("values-in-order-of-arms", sign * side));
                votes.extend(no_cues.then_some(("values-in-order-of-arms-only", sign * side)));
            }
            None => votes.extend(no_cues.then_some(("values-in-order-only", sign))),
        }
    }
    let estimate = |ratio: bool| {
        let of_kind = |reading: &&Reading| {
            if ratio { reading.effect.measure.is_ratio() } else { reading.effect.measure.is_difference() }
        };
        let value = readings.iter().find(of_kind)?.effect.value?;
        sign(value, if ratio { 1.0 } else { 0.0 })
    };
    if let Some(sign) = estimate(true) {
        votes.push(("ratio", sign));
        votes.extend(opening.map(|side| ("ratio-of-arm", sign * side)));
    }
    votes.extend(estimate(false).map(|sign| ("difference", sign)));
    votes.into_iter().map(|(name, vote)| (name.to_owned(), vote)).collect()
}

fn sign(one: f64, other: f64) -> Option<f32> {
    match one.partial_cmp(&other)? {
        std::cmp::Ordering::Greater => Some(1.0),
        std::cmp::Ordering::Less => Some(-1.0),
        std::cmp::Ordering::Equal => None,
    }
}

/// The numbers that are values: neither spreads, intervals, p-values nor times, doses and counts of people.
fn main_values(words: &[Word], places: &Places) -> Vec<Value> {
    let text = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", |word| word.text.as_str());
    let mut values: Vec<Value> = Vec::new();
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let Some(number) = word.is_number().then(|| word.text.parse().ok()).flatten() else { continue };
        let percent = text(Some(at + 1)) == "%";
        let (previous, before) = (text(at.checked_sub(1)), text(at.checked_sub(2)));
        let next = text(Some(at + 1 + usize::from(percent)));
        let equals = previous == "=" && !matches!(before, "p" | "n" | "value" | "α");
        let share = percent && matches!(previous, "to" | "at" | "+");
        let timed = places.is_time && of(&LISTS.times, next);
        let range = previous.starts_with(|c: char| c.is_ascii_digit());
        if range
            || of(&LISTS.no_value_after, previous) && !equals && !share
            || of(&LISTS.no_value_before, next) && !timed
        {
            continue;
        }
        // "12 (40%)", "3.1 (1.2)": a share or a spread of the one before.
        let joined = |last: &Value| {
            let between = &words[last.at..at];
            depth > last.depth
                && at - last.at <= BRACKET
                && !between.iter().any(|word| matches!(word.text.as_str(), "versus" | "vs" | "and"))
        };
        if depth == 0 || !values.last().is_some_and(joined) {
            values.push(Value { at, number, depth });
        }
        if values.len() == MOST {
            break;
        }
    }
    values
}

/// The two values that lie nearest to the two arms, the intervention's first, and how far the farther one is from its arm.
fn of_both_arms(values: &[Value], clauses: &[usize], places: &Places) -> Option<(f32, Value, Value)> {
    let costs = |side: f32| values.iter().filter_map(move |value| Some((cost(value, side, clauses, places)?, *value)));
    let others: Vec<(f32, Value)> = costs(-1.0).collect();
    let pairs = costs(1.0).flat_map(|one| others.iter().map(move |other| (one, *other)));
    let apart = pairs.filter(|((_, one), (_, other))| one.at != other.at);
    let best = apart.min_by(|(one, other), (third, fourth)| (one.0 + other.0).total_cmp(&(third.0 + fourth.0)));
    best.map(|(one, other)| (one.0.max(other.0), one.1, other.1))
}

/// How far a value is from the nearest mention of an arm, in words; none where the arm is not named.
fn cost(value: &Value, side: f32, clauses: &[usize], places: &Places) -> Option<f32> {
    let outcome = places.outcome.iter().map(|at| at.abs_diff(value.at)).min().unwrap_or(0);
    let from = |(arm, _): &(usize, f32)| {
        let gap = if value.at > *arm { (value.at - arm) as f32 } else { (arm - value.at) as f32 * 1.1 + 1.0 };
        let (from, to) = (value.at.min(*arm), value.at.max(*arm));
        let foreign = places.arms.iter().filter(|(at, of)| from < *at && *at < to && *of != side).count();
        gap + CLAUSE * clauses[value.at].abs_diff(clauses[*arm]) as f32 + FOREIGN_ARM * foreign as f32
    };
    let nearest = places.arms.iter().filter(|(_, of)| *of == side).map(from).min_by(f32::total_cmp)?;
    Some(nearest + OUTCOME * outcome as f32)
}

/// The first two values that stand side by side, and whether the first is the larger.
fn compared(words: &[Word], values: &[Value]) -> Option<(Value, f32)> {
    values.windows(2).find_map(|pair| {
        let between = &words[pair[0].at + 1..pair[1].at];
        let beside = between.len() < PAIR && between.iter().any(|word| of(&LISTS.between_values, &word.text));
        Some((pair[0], sign(pair[0].number, pair[1].number).filter(|_| beside)?))
    })
}
