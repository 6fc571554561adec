//! Intervention, comparator and outcome of a sentence, where its form makes them clear.

use std::ops::Range;

use super::cues::CUES;
use super::words::{Phrases, Word, listed, longest_at};

/// Something that a dictionary or an earlier extractor found in the sentence, in bytes of the sentence.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    pub(super) bytes: Range<usize>,
    /// Whether it can be a treatment.
    pub(super) treatment: bool,
    /// Whether the study tests it, or compares with it, as far as is known.
    pub(super) comparator: Option<bool>,
}

/// Where the parts stand, in bytes of the sentence.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Parts {
    pub(super) intervention: Option<Range<usize>>,
    pub(super) comparator: Option<Range<usize>>,
    pub(super) outcome: Option<Range<usize>>,
}

/// Finds the parts.
pub(super) fn parts(words: &[Word], named: &[Named]) -> Parts {
    let compared = compared(words);
    let comparator = compared.and_then(|at| comparator(words, at, named));
    let before_comparator = compared.map_or(words.len(), |(at, _)| at);
    let limit = words.get(before_comparator).map_or(usize::MAX, |word| word.bytes.start);
    let intervention = intervention(named, limit, comparator.as_ref());
    let outcome = object(words, named).or_else(|| subject(words, named));
    let apart = |part: &Range<usize>| {
        ![&intervention, &comparator]
            .into_iter()
            .flatten()
            .any(|other| part.start < other.end && other.start < part.end)
    };
    Parts { outcome: outcome.filter(apart), intervention, comparator }
}

/// The outcome that a trained head tells where the form of the sentence tells none: the only one it found, surely, without the words at
/// its end that lead on. `outcomes` are in bytes of the sentence, each with how sure the head is of it.
pub(super) fn tagged(
    sentence: &str,
    words: &[Word],
    outcomes: &[(Range<usize>, f32)],
    parts: &Parts,
) -> Option<Range<usize>> {
    /// How sure the head must be.
    const SURE: f32 = 0.8;
    let slots = &CUES.slots;
    let [(bytes, sure)] = outcomes else { return None };
    // What begins within a word ("drug-related …", "women's …") is not whole.
    let torn = sentence[..bytes.start].chars().next_back().is_some_and(|c| !c.is_whitespace() && c != '(' && c != '/');
    if *sure < SURE || torn {
        return None;
    }
    let within: Vec<&Word> =
        words.iter().filter(|word| bytes.start <= word.bytes.start && word.bytes.end <= bytes.end).collect();
    let leads_on = |word: &&&Word| {
        !word.is_word() || listed(&slots.ends, word) || listed(&slots.adverbs, word) || listed(&slots.leads_on, word)
    };
    let trailing = within.iter().rev().take_while(leads_on).count();
    let kept = &within[..within.len() - trailing];
    let names = kept.iter().any(|word| word.is_word() && !listed(&slots.names_nothing, word));
    let (first, last) = (kept.first()?, kept.last()?);
    let found = first.bytes.start..if trailing == 0 { bytes.end } else { last.bytes.end };
    let taken = |part: &Option<Range<usize>>| part.as_ref().is_some_and(|p| p.start < found.end && found.start < p.end);
    (names && !taken(&parts.intervention) && !taken(&parts.comparator)).then_some(found)
}

/// Where "compared with" and the like stand: the first word, and the first word after.
fn compared(words: &[Word]) -> Option<(usize, usize)> {
    (0..words.len()).find_map(|at| Some((at, at + longest_at(words, at, &CUES.slots.compared)?)))
}

/// What stands behind "compared with": a treatment, or the words for an arm without one.
fn comparator(words: &[Word], (_, after): (usize, usize), named: &[Named]) -> Option<Range<usize>> {
    let end = (after..words.len().min(after + 6)).find(|n| words[*n].ends_clause() || words[*n].text == ",");
    let end = end.unwrap_or(words.len().min(after + 6));
    for at in after..end {
        let start = words[at].bytes.start;
        if let Some(treatment) = named.iter().find(|n| n.treatment && n.bytes.start == start) {
            return Some(treatment.bytes.clone());
        }
        if let Some(len) = longest_at(words, at, &CUES.slots.comparators) {
            return Some(start..words[at + len - 1].bytes.end);
        }
        // A number between: "23% versus 31%".
        if words[at].is_number() {
            return None;
        }
    }
    None
}

/// The one treatment of the sentence before `limit` that is no comparator; none where there are several.
fn intervention(named: &[Named], limit: usize, comparator: Option<&Range<usize>>) -> Option<Range<usize>> {
    let free = |n: &&Named| n.treatment && comparator.is_none_or(|c| n.bytes.end <= c.start || n.bytes.start >= c.end);
    let known: Vec<&Named> = named.iter().filter(free).filter(|n| n.comparator == Some(false)).collect();
    if let [only] = known.as_slice() {
        return Some(only.bytes.clone());
    }
    if !known.is_empty() {
        return None;
    }
    let mut before = named.iter().filter(free).filter(|n| n.bytes.end <= limit && n.comparator != Some(true));
    let only = before.next()?;
    before.next().is_none().then(|| only.bytes.clone())
}

/// The object of a verb whose subject is a treatment: "drug A reduced *the risk of bleeding* compared with …".
fn object(words: &[Word], named: &[Named]) -> Option<Range<usize>> {
    let slots = &CUES.slots;
    let verb = (1..words.len()).find(|at| listed(&slots.active, &words[*at]))?;
    let subject = named.iter().any(|n| n.treatment && n.bytes.end <= words[verb].bytes.start);
    // "was reduced", "have reduced pain scores": the first is passive.
    let passive = listed_before(words, verb, &slots.passive);
    if !subject || passive && !listed_before_text(words, verb, "did") {
        return None;
    }
    phrase(words, verb + 1, words.len(), named, &[])
}

/// The subject of a passive or intransitive verb: "*Mortality* was lower", "*Pain scores* did not differ".
fn subject(words: &[Word], named: &[Named]) -> Option<Range<usize>> {
    let slots = &CUES.slots;
    let verb = words.iter().position(|word| listed(&slots.passive, word)).filter(|at| *at > 0 && *at <= 14)?;
    let after = words.get(verb + 1)?;
    if listed(&slots.transitive, &words[verb]) && after.is_word() && !listed(&slots.intransitive_before, after) {
        return None;
    }
    let pause = (0..verb).rev().find(|n| words[*n].ends_clause() || words[*n].text == ",");
    let start = pause.map_or(0, |n| n + 1);
    // A comma parts an opening from its subject, or the members of a list: only the first is clear.
    let opening = (0..start).rev().skip(1).take_while(|n| !words[*n].ends_clause()).last();
    if pause.is_some_and(|n| words[n].text == ",") && !opening.is_some_and(|n| listed(&slots.openers, &words[n])) {
        return None;
    }
    // "It was associated with …", "It did not improve …": the subject is no outcome.
    let acts = |n: usize| {
        words.get(n).is_some_and(|word| {
            listed(&slots.agents, word) || n > verb + 1 && is_base(word) && words[verb].text == "did"
        })
    };
    if (verb + 1..verb + 4).any(acts) {
        return None;
    }
    if (start..verb).any(|n| listed(&slots.goes_on, &words[n])) {
        return None;
    }
    let found = phrase(words, start, verb, named, &slots.within_subject)?;
    let cue = super::direction::cues(words).iter().any(|cue| cue.at + 1 >= verb);
    cue.then_some(found)
}

/// The noun phrase that begins at `from`: up to eight words, up to `to` or to a word that cannot be part of it. Words of
/// `inner` do not end it.
fn phrase(words: &[Word], from: usize, to: usize, named: &[Named], inner: &[String]) -> Option<Range<usize>> {
    let slots = &CUES.slots;
    let mut start = from;
    while start < to && (listed(&slots.leads, &words[start]) || listed(&slots.adverbs, &words[start])) {
        start += 1;
    }
    let first = words.get(start).filter(|word| word.is_word() && start < to)?;
    if listed(&slots.not_outcomes, first) || first.text.ends_with("ly") {
        return None;
    }
    let ends = |word: &Word| {
        let part = word.is_word() || word.is_number();
        let ends = listed(&slots.ends, word) && !inner.contains(&word.text);
        !part || ends || listed(&slots.adverbs, word)
    };
    let end = (start..to.min(words.len())).find(|n| ends(&words[*n])).unwrap_or(to.min(words.len()));
    let joined = words.get(end).is_some_and(|word| end < to && matches!(word.text.as_str(), "and" | "or" | ","));
    let clause = words[start..end].iter().any(|word| listed(&slots.active, word) || listed(&slots.never_within, word));
    // Too long, one of several, or a clause of its own: no plain phrase.
    if end == start || end > start + 8 || joined || clause || inner.contains(&words[end - 1].text) {
        return None;
    }
    let bytes = words[start].bytes.start..words[end - 1].bytes.end;
    let holds_treatment = named.iter().any(|n| n.treatment && bytes.start <= n.bytes.start && n.bytes.end <= bytes.end);
    (!holds_treatment).then_some(bytes)
}

/// Whether a verb stands in its base form, as behind "did not".
fn is_base(word: &Word) -> bool {
    listed(&CUES.slots.active, word) && !word.text.ends_with("ed") && !word.text.ends_with('s')
}

fn listed_before(words: &[Word], at: usize, list: &Phrases) -> bool {
    (at.saturating_sub(3)..at).any(|n| listed(list, &words[n]))
}

fn listed_before_text(words: &[Word], at: usize, text: &str) -> bool {
    (at.saturating_sub(3)..at).any(|n| words[n].text == text)
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    #[test]
    fn an_outcome_that_a_head_tells_is_taken_where_it_is_whole_and_the_only_one() {
        let text = "Zelmarin-related deaths and pain scores over time were low, which was safe.";
        let tagged = |found: &[(&str, f32)]| {
            let place = |name: &str| text.find(name).map(|at| at..at + name.len()).unwrap();
            let outcomes: Vec<_> = found.iter().map(|(name, sure)| (place(name), *sure)).collect();
            super::tagged(text, &words(text), &outcomes, &Parts::default()).map(|bytes| &text[bytes])
        };
        assert_eq!(tagged(&[("pain scores over", 0.9)]), Some("pain scores"));
        assert_eq!(tagged(&[("pain scores", 0.5)]), None);
        assert_eq!(tagged(&[("deaths", 0.9), ("pain scores", 0.9)]), None);
        assert_eq!(tagged(&[("related deaths", 0.9)]), None);
        assert_eq!(tagged(&[("safe", 0.9)]), None);
        assert_eq!(tagged(&[("scores over", 0.9)]), None);
    }

    /// The parts of a sentence in which `treatments` are named, as text.
    fn read<'t>(text: &'t str, treatments: &[&str]) -> [Option<&'t str>; 3] {
        let mut named: Vec<Named> = treatments
            .iter()
            .flat_map(|name| text.match_indices(name))
            .map(|(at, name)| Named { bytes: at..at + name.len(), treatment: true, comparator: None })
            .collect();
        named.sort_by_key(|n| n.bytes.start);
        let parts = parts(&words(text), &named);
        [parts.intervention, parts.comparator, parts.outcome].map(|part| part.map(|bytes| &text[bytes]))
    }

    #[test]
    fn parts_are_read_where_they_are_clear() {
        let drugs = ["zelmarin", "oxotril"];
        for (text, expected) in [
            (
                "Zelmarin: zelmarin reduced the risk of major bleeding compared with placebo.",
                [Some("zelmarin"), Some("placebo"), Some("risk of major bleeding")],
            ),
            (
                "Pain scores were lower with zelmarin than with oxotril.",
                [Some("zelmarin"), Some("oxotril"), Some("Pain scores")],
            ),
            ("zelmarin and oxotril reduced pain.", [None, None, Some("pain")]),
            ("Mortality did not differ between groups.", [None, None, Some("Mortality")]),
            (
                "We found that zelmarin did not improve quality of life.",
                [Some("zelmarin"), None, Some("quality of life")],
            ),
            ("Patients were older.", [None, None, None]),
            ("Vitamin Z did not improve pain.", [None, None, None]),
            ("Nut eating was associated with less pain.", [None, None, None]),
            ("The group increased muscle strength.", [None, None, None]),
            ("Interestingly it was lower.", [None, None, None]),
            ("The number of people who fell was lower.", [None, None, None]),
            ("In the end, the time to healing was shorter.", [None, None, Some("time to healing")]),
            ("Cough, fever and pain were less frequent.", [None, None, None]),
            ("The addition of it reduced pain and pain was lower.", [None, None, None]),
            ("The rate was 23% versus 31% with zelmarin.", [None, None, None]),
        ] {
            assert_eq!(read(text, &drugs), expected, "{text}");
        }
    }
}
