//! Joins what the head tags with what the dictionary found.
//!
//! The head was trained with the dictionary's mentions before its eyes, on what annotators mark; the dictionary knows types that the
//! head does not, and concepts. So the head adds what the dictionary has not, and lengthens what it has to where it ends; what it passes
//! over of the dictionary's stays, as does everything of other types.

use crate::extract::Input;
use crate::model::{Annotation, ConceptId, ConceptType, Mention, Span};

use super::roles;

/// A stretch that the head takes for a mention.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tagged {
    pub(super) span: Span,
    pub(super) kind: ConceptType,
    /// How sure the head is of it, 0 to 1.
    pub(super) score: f32,
}

/// Below this the head is not heard: chosen on BC5CDR Development and NCBI develop together.
const SURE: f32 = 0.8;
/// How sure a concept is whose name stands within a mention and does not end it.
const WITHIN: f32 = 0.5;

/// How sure names are that are no adjectives.
const NOUN: f32 = 0.9;
/// Digits in a row that make a stretch the number of something: a registration, a grant.
const NUMBER: usize = 5;

/// Whether a stretch is the number of something: `NCT03036124`.
fn is_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= NUMBER)
}

/// Whether what a stretch has behind a known mention is no part of a name: a dose, or a word that begins something else.
fn adds_nothing(input: &Input<'_>, one: Tagged, met: &[&Mention]) -> bool {
    const SMALL: [&str; 8] = ["of", "and", "or", "in", "the", "with", "for", "by"];
    let known = met.iter().find(|known| known.span.start == one.span.start && known.span.end < one.span.end);
    known.is_some_and(|known| {
        let behind = input.text.slice(Span::new(known.span.end, one.span.end));
        let mut words = behind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.all(|word| word.bytes().all(|byte| byte.is_ascii_digit()) || SMALL.contains(&word))
    })
}

/// Puts the head's mentions among the dictionary's, and tells their parts anew.
pub(super) fn merge(input: &Input<'_>, annotation: &mut Annotation, tagged: Vec<Tagged>) {
    let known = std::mem::take(&mut annotation.mentions);
    let mut mentions: Vec<Mention> = Vec::with_capacity(known.len() + tagged.len());
    for one in tagged.into_iter().filter(|one| one.score >= SURE) {
        let from = known.partition_point(|mention| mention.span.end <= one.span.start);
        let met: Vec<&Mention> = known[from..].iter().take_while(|mention| mention.span.start < one.span.end).collect();
        let stands = |mention: &&Mention| {
            !matches!(mention.mention_type, ConceptType::Condition | ConceptType::Chemical)
                || mention.span.contains(one.span)
        };
        if !met.iter().any(stands) && !is_number(input.text.slice(one.span)) && !adds_nothing(input, one, &met) {
            mentions.push(named(one, &met));
        }
    }
    let added = mentions.len();
    for mention in known {
        if !mentions[..added].iter().any(|new| new.span.overlaps(mention.span)) {
            mentions.push(mention);
        }
    }
    mentions.sort_by_key(|mention| mention.span.start);
    annotation.mentions = mentions;
    roles::assign(input, annotation);
}

/// The mention of a stretch, with the concept of the longest name of its type within.
fn named(one: Tagged, met: &[&Mention]) -> Mention {
    let same = met.iter().filter(|mention| mention.mention_type == one.kind && one.span.contains(mention.span));
    // A noun says more than an adjective: malarial anaemia is an anaemia.
    let best = same.max_by_key(|mention| (mention.confidence >= NOUN, mention.span.len(), mention.span.end));
    let (concepts, name, confidence): (Vec<ConceptId>, Option<String>, f32) = match best {
        Some(known) => {
            let sure = if known.span.end == one.span.end { known.confidence } else { WITHIN };
            (known.concepts.clone(), known.name.clone(), sure)
        }
        None => (Vec::new(), None, one.score),
    };
    Mention {
        span: one.span,
        mention_type: one.kind,
        role: None,
        confidence,
        concepts,
        name,
        abbreviation_of: best.and_then(|known| known.abbreviation_of.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(start: u32, end: u32, id: &str) -> Mention {
        Mention {
            span: Span::new(start, end),
            mention_type: ConceptType::Condition,
            role: None,
            concepts: vec![ConceptId::new(id)],
            name: Some(id.to_owned()),
            abbreviation_of: None,
            confidence: 0.95,
        }
    }

    #[test]
    fn numbers_are_no_substances() {
        assert!(is_number("NCT03036124"));
        assert!(!is_number("LY2746"));
    }

    #[test]
    fn a_mention_has_the_concept_of_the_longest_name_within() {
        let tagged = Tagged { span: Span::new(0, 30), kind: ConceptType::Condition, score: 0.9 };
        let (first, last) = (known(0, 8, "X:1"), known(20, 30, "X:2"));
        let mention = named(tagged, &[&first, &last]);
        assert_eq!((mention.concepts, mention.confidence), (vec![ConceptId::new("X:2")], 0.95));
        assert_eq!(named(tagged, &[&first]).confidence, WITHIN);
        let mention = named(tagged, &[]);
        assert!(mention.concepts.is_empty() && mention.name.is_none());
        // A substance is not what a condition within its name is.
        let other = Tagged { kind: ConceptType::Chemical, ..tagged };
        assert!(named(other, &[&last]).concepts.is_empty());
    }
}
