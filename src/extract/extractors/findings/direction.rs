//! Which way an outcome went, and whether a difference was shown, by the words of a sentence.

use super::cues::CUES;
use super::words::{Word, any, listed, longest_at};
use crate::model::Direction;

/// What a cue says at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cue {
    /// The word it begins at.
    pub(super) at: usize,
    pub(super) direction: Direction,
}

/// The direction that the sentence reports; none where it reports several, only supposes one, or compares nothing.
///
/// `comparators` are the words at which something is named that the study compares with.
pub(super) fn direction(words: &[Word], comparators: &[usize]) -> Option<Direction> {
    let not_shown =
        (0..words.len()).find_map(|at| longest_at(words, at, &CUES.direction.not_shown).map(|len| at + len));
    if let Some(next) = not_shown {
        // "… was reduced in men, but not significantly in women": shown in some and not in others.
        let in_some = words.get(next).is_some_and(|word| matches!(word.text.as_str(), "in" | "for" | "among"))
            && words[next - 1].text != "significant";
        return (!in_some).then_some(Direction::NoDifference);
    }
    let cues = cues(words);
    let first = cues.first()?.direction;
    if cues.iter().any(|cue| cue.direction != first) {
        return None;
    }
    if first == Direction::NoDifference {
        // "Similar in women and in men": no difference between subgroups says nothing of one between arms.
        return (!any(words, &CUES.scope.subgroups)).then_some(first);
    }
    // A change in both arms, or since baseline, is no difference between them and no sign of none.
    if any(words, &CUES.scope.within) {
        return None;
    }
    match cues
        .iter()
        .map(|cue| side(words, cue.at, comparators))
        .reduce(|a, b| if a == b { a } else { Side::Unclear })?
    {
        Side::Intervention => Some(first),
        Side::Control => Some(opposite(first)),
        Side::Unclear => None,
    }
}

/// Every cue that is stated and neither supposed nor empty.
pub(super) fn cues(words: &[Word]) -> Vec<Cue> {
    let lists = &CUES.direction;
    let mut cues = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if let Some(len) = longest_at(words, at, &lists.no_difference) {
            if !hedged(words, at) {
                cues.push(Cue { at, direction: Direction::NoDifference });
            }
            at += len;
            continue;
        }
        let plain = if longest_at(words, at, &lists.decreased).is_some() {
            Some(Direction::Decreased)
        } else if longest_at(words, at, &lists.increased).is_some() {
            Some(Direction::Increased)
        } else {
            None
        };
        if let Some(direction) = plain.and_then(|direction| qualified(words, at, direction))
            && !hedged(words, at)
        {
            let direction = if negated(words, at) { Direction::NoDifference } else { direction };
            cues.push(Cue { at, direction });
        }
        // "greater reduction" and "fell more" are one cue.
        at += if compound(words, at).is_some() || by_how_much(words, at).is_some() { 2 } else { 1 };
    }
    cues
}

/// What a cue says in its company: "greater reduction", "lower limb", "more than 50".
fn qualified(words: &[Word], at: usize, direction: Direction) -> Option<Direction> {
    if let Some(compound) = compound(words, at) {
        return compound;
    }
    let next = words.get(at + 1)?;
    if by_how_much(words, at) == Some(false) || describes(words, at) {
        return None;
    }
    // "more than 50", "more than two", "one or more"
    let number = |word: &Word| word.is_number() || listed(&CUES.scope.numbers, word);
    let bound = next.text == "than" && words.get(at + 2).is_some_and(number)
        || at.checked_sub(1).is_some_and(|before| words[before].text == "or");
    (!bound && (!listed(&CUES.scope.ignore_after, next) || is_verb(&words[at]))).then_some(direction)
}

/// "fell more": whether more and not less; none where a verb of change is followed by neither.
fn by_how_much(words: &[Word], at: usize) -> Option<bool> {
    let more = match words.get(at + 1)?.text.as_str() {
        "more" => true,
        "less" => false,
        _ => return None,
    };
    let verb = listed(&CUES.scope.changes, &words[at]);
    // "increased more frequent visits": the word belongs to what follows.
    let own = words.get(at + 2).is_none_or(|word| !word.is_word() || listed(&CUES.scope.after_more, word));
    (verb && own).then_some(more)
}

/// Whether a cue tells what people have or do, or how large an effect is, rather than what became of an outcome: "patients with
/// reduced ejection fraction", "two participants fell", "effects were smaller".
fn describes(words: &[Word], at: usize) -> bool {
    let scope = &CUES.scope;
    let word = &words[at];
    let people = |n: usize| listed(&scope.people, &words[n]);
    // "was no longer present"
    if word.text == "longer" && at.checked_sub(1).is_some_and(|n| matches!(words[n].text.as_str(), "no" | "any")) {
        return true;
    }
    if word.text == "fell" {
        return before(words, at, 8).any(people);
    }
    if matches!(word.text.as_str(), "smaller" | "larger" | "greater") {
        return before(words, at, 4).any(|n| listed(&scope.sizes, &words[n]));
    }
    // "heart failure with (mildly) reduced …", "heart failure and reduced …"
    let qualified = at.checked_sub(1).is_some_and(|n| listed(&scope.degrees, &words[n]));
    let joint = at.checked_sub(1 + usize::from(qualified));
    joint.is_some_and(|joint| {
        let with = matches!(words[joint].text.as_str(), "with" | "and" | "or");
        with && word.text.ends_with("ed")
            && joint.checked_sub(1).is_some_and(|n| people(n) || listed(&scope.diseases, &words[n]))
    })
}

/// Verbs may have any object: "reduced the dose" aside, "reduced back pain".
fn is_verb(word: &Word) -> bool {
    word.text.ends_with("ed") && word.text != "elevated" || word.text == "fell" || word.text == "rose"
}

/// "greater reduction", "less of an increase": the direction, or none where weaker and change are mixed.
fn compound(words: &[Word], at: usize) -> Option<Option<Direction>> {
    let scope = &CUES.scope;
    let (word, next) = (words.get(at)?, words.get(at + 1)?);
    let falls = listed(&scope.falls, next);
    if !falls && !listed(&scope.rises, next) {
        return None;
    }
    if listed(&scope.stronger, word) {
        return Some(Some(if falls { Direction::Decreased } else { Direction::Increased }));
    }
    listed(&scope.weaker, word).then_some(None)
}

/// The words before `at`, up to `reach` of them, nearest first, within the clause.
fn before(words: &[Word], at: usize, reach: usize) -> impl Iterator<Item = usize> {
    (at.saturating_sub(reach)..at).rev().take_while(|n| !words[*n].ends_clause() && words[*n].text != ",")
}

fn negated(words: &[Word], at: usize) -> bool {
    let negation = &CUES.negation;
    before(words, at, negation.reach)
        .any(|n| listed(&negation.words, &words[n]) && longest_at(words, n, &negation.except).is_none())
}

fn hedged(words: &[Word], at: usize) -> bool {
    let hedge = &CUES.hedge;
    let supposed = before(words, at, hedge.reach).any(|n| listed(&hedge.words, &words[n]));
    let purpose = at.checked_sub(1).is_some_and(|n| words[n].text == "to")
        && !before(words, at - 1, 3).any(|n| listed(&hedge.asserts, &words[n]) || words[n].text == "not");
    supposed || purpose
}

/// How many words from a cue its arm may be named.
const NEAR: usize = 60;

/// Of which arm a cue speaks.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Intervention,
    Control,
    Unclear,
}

fn side(words: &[Word], cue: usize, comparators: &[usize]) -> Side {
    let scope = &CUES.scope;
    let control = |n: usize| comparators.contains(&n) || longest_at(words, n, &scope.controls).is_some();
    let last = words.len().min(cue + NEAR);
    let end = (cue..last).find(|n| words[*n].text == ";").unwrap_or(last);
    let than = (cue + 1..end).find(|n| listed(&scope.than, &words[*n]));
    // "higher in the control group than …"
    let named = (cue + 1..than.unwrap_or(end)).find(|n| control(*n));
    if let Some(named) = named {
        let arm = before(words, named, 3).any(|n| listed(&scope.arms, &words[n]));
        return if arm && than.is_some() { Side::Control } else { Side::Unclear };
    }
    // "the control group had higher …"
    let first = cue.saturating_sub(NEAR);
    let start = (first..cue).rev().find(|n| words[*n].ends_clause()).map_or(first, |n| n + 1);
    let subject = (start..cue).any(control);
    let compared = (start..cue).any(|n| listed(&scope.than, &words[n]));
    if subject && !compared { Side::Unclear } else { Side::Intervention }
}

fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Decreased => Direction::Increased,
        Direction::Increased => Direction::Decreased,
        Direction::NoDifference => Direction::NoDifference,
    }
}

/// Whether words say that a difference was, or was not, significant; none where they say both or neither.
pub(super) fn significant(words: &[Word]) -> Option<bool> {
    let lists = &CUES.significant;
    let (mut yes, mut no) = (false, false);
    let mut at = 0;
    while at < words.len() {
        if let Some(len) = longest_at(words, at, &lists.no) {
            no = true;
            at += len;
        } else if let Some(len) = longest_at(words, at, &lists.unclear) {
            at += len;
        } else {
            yes |= longest_at(words, at, &lists.yes).is_some() && !hedged(words, at) && !negated(words, at);
            at += 1;
        }
    }
    (yes != no).then_some(yes)
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;
    use Direction::{Decreased, Increased, NoDifference};

    #[test]
    fn direction_is_told_from_the_words() {
        for (text, expected) in [
            ("Drug A reduced mortality compared with placebo.", Some(Decreased)),
            ("Mortality was significantly lower with drug A than with placebo.", Some(Decreased)),
            ("Bleeding was more frequent with drug A.", Some(Increased)),
            ("Drug A did not reduce mortality.", Some(NoDifference)),
            ("Mortality did not differ between groups.", Some(NoDifference)),
            ("There was no statistically significant difference in pain.", Some(NoDifference)),
            ("Pain scores were similar in the two groups.", Some(NoDifference)),
            ("Drug A was non-inferior to drug B.", Some(NoDifference)),
            ("Drug A not only reduced pain but was cheap.", Some(Decreased)),
            ("Drug A improved quality of life.", None),
            ("Drug A may reduce mortality.", None),
            ("Drug A was given to reduce mortality.", None),
            ("Drug A reduced pain but increased bleeding.", None),
            ("Pain decreased in both groups.", None),
            ("Pain scores decreased from baseline.", None),
            ("Drug A led to a greater reduction in pain than placebo.", Some(Decreased)),
            ("There was less reduction in pain with drug A.", None),
            ("Mortality was higher in the placebo group than in the drug group.", Some(Decreased)),
            ("The control group had higher mortality.", None),
            ("Lower limb strength was measured in more than 50 patients.", None),
            ("Drug A was more effective.", None),
            ("The rate was 5%.", None),
            ("Falls were more frequent than with usual care.", Some(Increased)),
            ("The rate was higher than the control rate.", Some(Increased)),
            ("Pain was lower, but the difference was not significant.", Some(NoDifference)),
            ("The share with one or more falls was smaller with drug A.", Some(Decreased)),
            ("Body weight fell more with drug A than with placebo.", Some(Decreased)),
            ("Body weight fell less with drug A.", None),
            ("Drug A had been used for more than two years by 118 cases.", None),
            ("Two participants in the exercise group fell during training.", None),
            ("The effect on pain was no longer present after three years.", None),
            ("Effects were smaller in trials at low risk of bias.", None),
            ("We recommend drug A for adults with heart failure and reduced ejection fraction.", None),
            ("Drug A was associated with reduced mortality.", Some(Decreased)),
            ("Recurrence was reduced in men, but not significantly in women.", None),
            ("Recurrence was lower, but not significantly.", Some(NoDifference)),
        ] {
            assert_eq!(direction(&words(text), &[]), expected, "{text}");
        }
    }

    #[test]
    fn likeness_of_subgroups_is_no_direction() {
        for text in [
            "The effect on stroke was similar in women and men (P for interaction = 0.5).",
            "The effect was similar regardless of age.",
        ] {
            assert_eq!(direction(&words(text), &[]), None, "{text}");
        }
    }

    #[test]
    fn a_comparator_by_name_turns_the_direction() {
        let all = words("Mortality was higher with oxotril than with zelmarin.");
        assert_eq!(direction(&all, &[]), Some(Increased));
        assert_eq!(direction(&all, &[4]), Some(Decreased));
    }

    #[test]
    fn significance_is_told_from_the_words() {
        for (text, expected) in [
            ("Pain was significantly lower.", Some(true)),
            ("Pain was not significantly lower.", Some(false)),
            ("There was no significant difference.", Some(false)),
            ("Pain was significantly lower but nausea was not significantly different.", None),
            ("Pain was lower.", None),
            ("A clinically significant change was seen.", None),
        ] {
            assert_eq!(significant(&words(text)), expected, "{text}");
        }
    }
}
