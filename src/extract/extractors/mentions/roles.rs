//! The part that each mention plays, as far as the words before it tell.

use std::sync::LazyLock;

use super::title_span;
use crate::extract::{Input, table};
use crate::model::{Annotation, ConceptType, Mention, MentionRole, Span};

/// A cue before or behind a mention.
struct Cue {
    of_condition: bool,
    behind: bool,
    /// How many words may stand between the cue and the mention.
    gap: usize,
    words: Vec<&'static str>,
    role: MentionRole,
}

static CUES: LazyLock<Vec<Cue>> =
    LazyLock::new(|| table::rows(include_str!("cues.tsv")).filter_map(|row| Cue::read(&row)).collect());

impl Cue {
    fn read(row: &[&'static str]) -> Option<Self> {
        let [side, place @ ("before" | "behind"), gap, words, role] = row else { return None };
        Some(Self {
            of_condition: *side == "condition",
            behind: *place == "behind",
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
    fn distance(&self, before: &[String], behind: &[String]) -> Option<usize> {
        if self.behind {
            let at = |gap: usize| behind.get(gap..gap + self.words.len());
            return (0..=self.gap).find(|gap| at(*gap).is_some_and(|words| words == self.words));
        }
        (0..=self.gap).find(|gap| {
            before
                .len()
                .checked_sub(gap + self.words.len())
                .is_some_and(|start| before[start..].iter().zip(&self.words).all(|(have, want)| have == want))
        })
    }
}

/// The words that may tell: as many as the longest cue with its gap reaches back.
const REACH: usize = 10;
/// How far those words are looked for, in code points: time grows with the text and no faster, however long a sentence is.
const NEAR: u32 = 400;

pub(super) fn assign(input: &Input<'_>, annotation: &mut Annotation) {
    let title = title_span(input);
    let sentences: Vec<Span> = annotation.sentences.iter().map(|sentence| sentence.span).collect();
    let mut at = 0;
    for mention in &mut annotation.mentions {
        while sentences.get(at).is_some_and(|sentence| sentence.end <= mention.span.start) {
            at += 1;
        }
        let start = sentences.get(at).map_or(mention.span.start, |sentence| sentence.start.min(mention.span.start));
        let start = start.max(mention.span.start.saturating_sub(NEAR));
        let before = words(input.text.slice(Span::new(start, mention.span.start)));
        let end = sentences.get(at).map_or(mention.span.end, |sentence| sentence.end.max(mention.span.end));
        let end = end.min(mention.span.end + NEAR);
        let behind = words_behind(input.text.slice(Span::new(mention.span.end, end)));
        let in_title = title.is_some_and(|title| title.contains(mention.span));
        mention.role = by_cue(mention, &before, &behind).or_else(|| by_title(mention, in_title));
    }
}

fn by_cue(mention: &Mention, before: &[String], behind: &[String]) -> Option<MentionRole> {
    let of_condition = match mention.mention_type {
        ConceptType::Condition => true,
        kind if kind.can_treat() => false,
        _ => return None,
    };
    CUES.iter()
        .filter(|cue| cue.of_condition == of_condition)
        .filter_map(|cue| Some((cue.distance(before, behind)?, cue.role)))
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
