//! Joins what the head tags with what the dictionary found.
//!
//! The head was trained with the dictionary's mentions before its eyes, on what annotators mark; the dictionary knows types that the
//! head does not, and concepts. So the head adds what the dictionary has not, and lengthens what it has to where it ends; what it passes
//! over of the dictionary's stays, as does everything of other types.

use std::ops::RangeInclusive;

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
/// Letters that the code of a substance has before its digits: `LY274614`.
const CODE: RangeInclusive<usize> = 2..=4;
/// Digits that it has at most.
const CODE_DIGITS: usize = 7;
/// What registers of trials, and the databases of papers and genes, have before their numbers.
const REGISTERS: [&str; 12] =
    ["NCT", "NTR", "UMIN", "DRKS", "CTRI", "IRCT", "KCT", "JRCT", "TCTR", "PMID", "PMC", "GSE"];

/// Whether a stretch is the number of something, `NCT03036124`, and no code of a substance.
fn is_number(text: &str) -> bool {
    let longest = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    let letters = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let is_code = CODE.contains(&letters)
        && longest <= CODE_DIGITS
        && !REGISTERS.contains(&text[..letters].to_ascii_uppercase().as_str());
    longest >= NUMBER && !is_code
}

/// Words that leave a substance what it is: its salts, and how it is given; see README.md.
const FORMS: &str = include_str!("forms.txt");

/// Whether a name of a substance stands for the whole stretch that it stands in: `desipramine hydrochloride` is desipramine, while
/// `N-acetyl lysine`, `perillyl alcohol` and `simvastatin hydroxy acid` are other substances than lysine, alcohol and acids.
fn is_same_substance(before: &str, behind: &str) -> bool {
    let is_form = |word: &str| FORMS.lines().any(|form| form.eq_ignore_ascii_case(word));
    let plain = |text: &str| text.split([' ', '(', ')']).filter(|word| !word.is_empty()).all(is_form);
    // A label of isotopes, or the hand of a molecule: `[3H]-`, `(S)-`, `L-`.
    let label = before.trim_end_matches('-');
    let is_label =
        before.ends_with('-') && label.len() <= LABEL && label.bytes().all(|byte| !byte.is_ascii_lowercase());
    let opens = before.is_empty() || is_label && !label.bytes().all(|byte| byte.is_ascii_digit());
    let apart = before.ends_with(' ') && !before.trim_end().ends_with(RADICAL) && !before.contains(is_sign);
    (opens || apart) && (behind.is_empty() || behind.starts_with([' ', '(']) && plain(behind))
}

/// Letters that a label before a substance has at most.
const LABEL: usize = 5;
/// The end of words for parts of molecules, which make another substance of what follows.
const RADICAL: &str = "yl";

/// Whether a sign stands in the systematic names of substances.
fn is_sign(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '(' | ')' | '[' | ']' | ',' | '\'')
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
    for one in tagged.into_iter().filter(|one| one.score >= SURE).map(|one| closed(input, one)) {
        let from = known.partition_point(|mention| mention.span.end <= one.span.start);
        let met: Vec<&Mention> = known[from..].iter().take_while(|mention| mention.span.start < one.span.end).collect();
        let stands = |mention: &&Mention| {
            !matches!(mention.mention_type, ConceptType::Condition | ConceptType::Chemical)
                || mention.span.contains(one.span)
        };
        if !met.iter().any(stands) && !is_number(input.text.slice(one.span)) && !adds_nothing(input, one, &met) {
            mentions.push(named(input, one, &met));
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

/// A stretch with the bracket that closes the one opened within, where it follows: the head ends `CaCl(2)` before it.
fn closed(input: &Input<'_>, one: Tagged) -> Tagged {
    let words = input.text.slice(one.span);
    let pairs = [('(', ')'), ('[', ']')];
    let closes = pairs.iter().any(|&(open, close)| {
        words.matches(open).count() == words.matches(close).count() + 1
            && input.text.text()[input.text.bytes(one.span).end..].starts_with(close)
    });
    if closes { Tagged { span: Span::new(one.span.start, one.span.end + 1), ..one } } else { one }
}

/// The mention of a stretch, with the concept of the longest name of its type within.
fn named(input: &Input<'_>, one: Tagged, met: &[&Mention]) -> Mention {
    let speaks = |mention: &&&Mention| {
        mention.mention_type == one.kind
            && one.span.contains(mention.span)
            && (one.kind != ConceptType::Chemical
                || is_same_substance(
                    input.text.slice(Span::new(one.span.start, mention.span.start)),
                    input.text.slice(Span::new(mention.span.end, one.span.end)),
                ))
    };
    let same = met.iter().filter(speaks);
    // A noun says more than an adjective: malarial anaemia is an anaemia.
    let best = same.max_by_key(|mention| (mention.confidence >= NOUN, mention.span.len(), mention.span.end));
    let (concepts, name, confidence): (Vec<ConceptId>, Option<String>, f32) = match best {
        Some(known) => {
            let sure = if known.span.end == one.span.end { known.confidence } else { WITHIN };
            (known.concepts.clone(), known.name.clone(), sure)
        }
        // The head says that a substance is named, so that a word may be one which is mostly something else.
        None => match input.dictionary.in_context(input.text.slice(one.span), one.kind) {
            Some(hit) => (hit.concepts.to_vec(), Some(hit.name.to_owned()), one.score),
            None => (Vec::new(), None, one.score),
        },
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
    use crate::model::{Document, Identifiers, TextIndex};
    use crate::vocab::{Dictionary, Vocabulary};

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
        for number in ["NCT03036124", "UMIN000012345", "20140123", "AB12345678", "R01DK12345"] {
            assert!(is_number(number), "{number}");
        }
        for code in ["LY2746", "ZX274614", "QRS-1034567", "5-HT"] {
            assert!(!is_number(code), "{code}");
        }
    }

    #[test]
    fn salts_and_forms_are_the_substance_and_derivatives_are_not() {
        for (before, behind) in
            [("", " hydrochloride"), ("[3H]-", ""), ("L-", ""), ("sodium ", ""), ("oral ", " (HCl)"), ("", "")]
        {
            assert!(is_same_substance(before, behind), "{before}…{behind}");
        }
        for (before, behind) in [
            ("perillyl ", ""),
            ("N-acetyl-", ""),
            ("8-", ""),
            ("", " dithiocarbamate"),
            ("", "-3-ol"),
            ("1,4-bis(2-oxo) ", ""),
        ] {
            assert!(!is_same_substance(before, behind), "{before}…{behind}");
        }
    }

    #[test]
    fn a_mention_has_the_concept_of_the_longest_name_within() {
        let mut document = Document { identifiers: Identifiers::default(), ..Document::default() };
        document.set_title("It was a name in a long list of oxygen, K and more.".into());
        let (text, passages) = (document.text(), document.passage_spans());
        let (text, dictionary) = (TextIndex::new(&text), Dictionary::build(&Vocabulary::starter()));
        let input = Input { document: &document, text: &text, passages: &passages, dictionary: &dictionary };
        let tagged = Tagged { span: Span::new(0, 30), kind: ConceptType::Condition, score: 0.9 };
        let (first, last) = (known(0, 8, "X:1"), known(20, 30, "X:2"));
        let mention = named(&input, tagged, &[&first, &last]);
        assert_eq!((mention.concepts, mention.confidence), (vec![ConceptId::new("X:2")], 0.95));
        assert_eq!(named(&input, tagged, &[&first]).confidence, WITHIN);
        let mention = named(&input, tagged, &[]);
        assert!(mention.concepts.is_empty() && mention.name.is_none());
        // A substance is not what a condition within its name is.
        let other = Tagged { kind: ConceptType::Chemical, ..tagged };
        // Words that mostly mean something else are names where the head says so.
        let substance = |words: &str| {
            let at = text.text().find(words).unwrap();
            let span = text.span(at..at + words.len());
            named(&input, Tagged { kind: ConceptType::Chemical, span, score: 0.9 }, &[]).name
        };
        assert_eq!(
            substance("oxygen"),
            dictionary.in_context("oxygen", ConceptType::Chemical).map(|hit| hit.name.to_owned())
        );
        assert_eq!(substance("list"), None);
        assert!(named(&input, other, &[&last]).concepts.is_empty());
    }
}
