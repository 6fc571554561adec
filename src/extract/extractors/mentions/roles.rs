//! The part that each mention plays, as far as the words before it tell.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::title_span;
use crate::extract::{Input, table};
use crate::model::{Annotation, ConceptType, Mention, MentionRole, SentenceRole, Span};

/// Whose mentions a cue speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Condition,
    Treatment,
    /// A treatment that people do themselves.
    Behaviour,
}

impl Side {
    fn speaks_of(self, kind: ConceptType) -> bool {
        match self {
            Self::Condition => kind == ConceptType::Condition,
            Self::Treatment => kind.can_treat(),
            Self::Behaviour => kind == ConceptType::Behaviour,
        }
    }
}

/// Where a cue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Behind,
    /// Before, behind a word for the people of the study, where the text says whom it studies.
    Population,
}

/// A cue before or behind a mention.
struct Cue {
    side: Side,
    place: Place,
    /// How many words may stand between the cue and the mention.
    gap: usize,
    words: Vec<&'static str>,
    role: MentionRole,
}

static PEOPLE: LazyLock<HashSet<&str>> =
    LazyLock::new(|| table::rows(include_str!("people.txt")).filter_map(|row| row.first().copied()).collect());

static CUES: LazyLock<Vec<Cue>> =
    LazyLock::new(|| table::rows(include_str!("cues.tsv")).filter_map(|row| Cue::read(&row)).collect());

impl Cue {
    fn read(row: &[&'static str]) -> Option<Self> {
        let [side, place, gap, words, role] = row else { return None };
        Some(Self {
            side: match *side {
                "condition" => Side::Condition,
                "treatment" => Side::Treatment,
                "behaviour" => Side::Behaviour,
                _ => return None,
            },
            place: match *place {
                "before" => Place::Before,
                "behind" => Place::Behind,
                "population" => Place::Population,
                _ => return None,
            },
            gap: gap.parse().ok()?,
            words: words.split(' ').collect(),
            role: match *role {
                "studied" => MentionRole::Studied,
                "under-test" => MentionRole::UnderTest,
                "comparator" => MentionRole::Comparator,
                "background" => MentionRole::Background,
                "outcome" => MentionRole::Outcome,
                "comorbidity" => MentionRole::Comorbidity,
                "exclusion" => MentionRole::Exclusion,
                _ => return None,
            },
        })
    }

    /// How many words stand between the cue and the mention; none where the cue is not there.
    fn distance(&self, around: &Around) -> Option<usize> {
        let (before, behind) = (&around.before, &around.behind);
        if self.place == Place::Behind {
            let at = |gap: usize| behind.get(gap..gap + self.words.len());
            return (0..=self.gap).find(|gap| at(*gap).is_some_and(|words| words == self.words));
        }
        if self.place == Place::Population && !around.says_whom {
            return None;
        }
        // "On background therapy, X helped": the comma ends what is background.
        let from = if self.role == MentionRole::Background { around.clause } else { 0 };
        (0..=self.gap).find(|gap| {
            before.len().checked_sub(gap + self.words.len()).is_some_and(|start| {
                let there = before[start..].iter().zip(&self.words).all(|(have, want)| have == want);
                let people = |word: &String| PEOPLE.contains(word.as_str());
                there && start >= from && (self.place != Place::Population || before[..start].iter().any(people))
            })
        })
    }
}

/// What stands around a mention.
struct Around {
    before: Vec<String>,
    /// Where among the words before it the last comma stands.
    clause: usize,
    behind: Vec<String>,
    /// Whether it stands where a text says whom it studies: in the title, or in a sentence that says what the study is for.
    says_whom: bool,
}

/// The words that may tell: as many as the longest cue with its gap reaches back.
const REACH: usize = 14;
/// How far those words are looked for, in code points: time grows with the text and no faster, however long a sentence is.
const NEAR: u32 = 400;

pub(super) fn assign(input: &Input<'_>, annotation: &mut Annotation) {
    let title = title_span(input);
    let sentences: Vec<(Span, Option<SentenceRole>)> =
        annotation.sentences.iter().map(|sentence| (sentence.span, sentence.role)).collect();
    let mut at = 0;
    for mention in &mut annotation.mentions {
        while sentences.get(at).is_some_and(|(sentence, _)| sentence.end <= mention.span.start) {
            at += 1;
        }
        let start =
            sentences.get(at).map_or(mention.span.start, |(sentence, _)| sentence.start.min(mention.span.start));
        let start = start.max(mention.span.start.saturating_sub(NEAR));
        let nearest = input.text.slice(Span::new(start, mention.span.start));
        let before = words(nearest);
        let end = sentences.get(at).map_or(mention.span.end, |(sentence, _)| sentence.end.max(mention.span.end));
        let end = end.min(mention.span.end + NEAR);
        let behind = words_behind(input.text.slice(Span::new(mention.span.end, end)));
        let in_title = title.is_some_and(|title| title.contains(mention.span));
        let last_words = words(nearest.rsplit(',').next().unwrap_or(nearest)).len();
        let objective = sentences.get(at).is_some_and(|(_, role)| *role == Some(SentenceRole::Objective));
        let around = Around { clause: before.len() - last_words, before, behind, says_whom: in_title || objective };
        mention.role = by_cue(mention, &around).or_else(|| by_title(mention, in_title));
    }
}

fn by_cue(mention: &Mention, around: &Around) -> Option<MentionRole> {
    CUES.iter()
        .filter(|cue| cue.side.speaks_of(mention.mention_type))
        .filter_map(|cue| Some((cue.distance(around)?, cue.role)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, role)| role)
}

fn by_title(mention: &Mention, in_title: bool) -> Option<MentionRole> {
    match mention.mention_type {
        _ if !in_title => None,
        ConceptType::Condition => Some(MentionRole::Studied),
        kind if kind.can_treat() => Some(MentionRole::UnderTest),
        _ => None,
    }
}

/// The last words of a text in lower case, without marks. A mark that ends a clause ends the reach of a cue.
fn words(text: &str) -> Vec<String> {
    let clause = text.rsplit([';', ':']).next().unwrap_or(text);
    let mut words: Vec<String> = clause
        .split(|c: char| !c.is_alphanumeric())
        .rev()
        .filter(|word| !word.is_empty())
        .take(REACH)
        .map(str::to_lowercase)
        .collect();
    words.reverse();
    words
}

/// The first words of a text in lower case, up to the first mark that is not within a word or a hyphen.
fn words_behind(text: &str) -> Vec<String> {
    let clause = text.split([';', ':', ',', '.', '(', ')']).next().unwrap_or(text);
    clause
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(REACH)
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(CUES.len(), table::rows(include_str!("cues.tsv")).count());
        assert!(CUES.iter().all(|cue| cue.gap + cue.words.len() <= REACH));
    }
}
