//! What in a text looks like the name of a treatment or of a condition (`forms.tsv`).

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::Source;
use crate::model::ConceptType;

/// The most words that make a name together with its head.
const MODIFIERS: usize = 3;
/// The fewest letters before an ending.
const BEFORE_ENDING: usize = 3;

#[derive(Debug, Default)]
struct Forms {
    treatment_endings: Vec<&'static str>,
    condition_endings: Vec<&'static str>,
    heads: BTreeSet<&'static str>,
    not: BTreeSet<&'static str>,
    no_modifiers: BTreeSet<&'static str>,
    no_codes: BTreeSet<&'static str>,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let of = |kind: &'static str| {
        let lines = include_str!("forms.tsv").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once('\t')).filter(move |(known, _)| *known == kind).map(|(_, form)| form)
    };
    Forms {
        treatment_endings: of("treatment-ending").collect(),
        condition_endings: of("condition-ending").collect(),
        heads: of("condition-head").collect(),
        not: of("not").collect(),
        no_modifiers: of("no-modifier").collect(),
        no_codes: of("no-code").collect(),
    }
});

/// A stretch that looks like a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    /// Where it stands, in bytes.
    pub(super) bytes: Range<usize>,
    pub(super) kind: ConceptType,
    pub(super) source: Source,
}

/// Everything in a text that looks like a name. Of a phrase of several words each shorter end is one too: which of them is the name is told
/// by how often each occurs.
pub(super) fn phrases(text: &str) -> Vec<Phrase> {
    let words = words(text);
    let mut found = Vec::new();
    for (at, bytes) in words.iter().enumerate() {
        let word = &text[bytes.clone()];
        let lower = word.to_lowercase();
        let singular = lower.strip_suffix('s').filter(|rest| FORMS.heads.contains(rest)).unwrap_or(&lower);
        if is_code(word) {
            found.push(Phrase { bytes: bytes.clone(), kind: ConceptType::Chemical, source: Source::Code });
        } else if FORMS.heads.contains(singular) {
            found.extend(before(text, &words, at));
        } else if let Some(kind) = by_ending(&lower).filter(|_| is_plain(word)) {
            found.push(Phrase { bytes: bytes.clone(), kind, source: Source::Form });
        }
    }
    found
}

/// The phrases that end in the head at this word.
fn before<'t>(text: &'t str, words: &'t [Range<usize>], at: usize) -> impl Iterator<Item = Phrase> + 't {
    let end = words[at].end;
    let mut first = at;
    let mut starts = Vec::new();
    let (mut modifiers, mut numbered) = (0, true);
    while let Some(next) = first.checked_sub(1).filter(|_| modifiers < MODIFIERS) {
        let glued = text[words[next].end..words[first].start].chars().all(|c| c == ' ');
        let word = text[words[next].clone()].to_lowercase();
        let plain = word.chars().any(char::is_alphabetic) && !FORMS.no_modifiers.contains(word.as_str());
        if !glued || !plain {
            break;
        }
        first = next;
        // The number or the letter of a kind is no name without what it is of: `bipolar I disorder`.
        numbered &= is_number_of_a_kind(&text[words[next].clone()]);
        if !numbered {
            starts.push(words[next].start);
        }
        modifiers += 1;
    }
    starts.into_iter().map(move |start| Phrase {
        bytes: start..end,
        kind: ConceptType::Condition,
        source: Source::Form,
    })
}

/// Whether a word is a Roman number, a letter alone or a number.
fn is_number_of_a_kind(word: &str) -> bool {
    word.chars().count() == 1
        || word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'))
        || word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// Runs of letters and digits, hyphens within.
fn words(text: &str) -> Vec<Range<usize>> {
    let inside = |c: char| c.is_alphanumeric() || c == '-' || c == '’' || c == '\'';
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (inside(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let word = text[from..at].trim_matches(['-', '’', '\'']);
                let from = from + text[from..at].find(word).unwrap_or_default();
                if !word.is_empty() {
                    words.push(from..from + word.len());
                }
                start = None;
            }
            _ => {}
        }
    }
    words
}

fn by_ending(lower: &str) -> Option<ConceptType> {
    let ends = |ending: &&&str| {
        lower
            .strip_suffix(**ending)
            .is_some_and(|rest| rest.chars().filter(|c| c.is_alphabetic()).count() >= BEFORE_ENDING)
    };
    if FORMS.not.contains(lower) {
        None
    } else if FORMS.treatment_endings.iter().any(|ending| ends(&ending)) {
        Some(ConceptType::Chemical)
    } else {
        FORMS.condition_endings.iter().any(|ending| ends(&ending)).then_some(ConceptType::Condition)
    }
}

/// Letters and hyphens alone, not all of them capitals.
fn is_plain(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || c == '-') && word.chars().any(char::is_lowercase)
}

/// `AB-1234`, `ABC1234`, `ABC-123X`.
fn is_code(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = &word[letters..];
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let tail = &rest[digits..];
    (2..=5).contains(&letters)
        && (3..=6).contains(&digits)
        && (tail.is_empty() || tail.len() == 1 && tail.bytes().all(|byte| byte.is_ascii_alphabetic()))
        && !FORMS.no_codes.contains(&word[..letters])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        phrases(text).into_iter().map(|phrase| &text[phrase.bytes]).collect()
    }

    #[test]
    fn names_are_told_by_their_form() {
        assert_eq!(found("Zoxelimab and ZX-1234 against oxoliosis."), ["Zoxelimab", "ZX-1234", "oxoliosis"]);
        assert_eq!(
            found("patients with late marsh quagga syndrome (LQS)"),
            ["quagga syndrome", "marsh quagga syndrome"]
        );
        assert_eq!(found("the Foo-Bar syndromes"), ["Foo-Bar syndromes"]);
        assert_eq!(found("type quagga II disorder"), ["quagga II disorder", "type quagga II disorder"]);
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in [
            "The diagnosis of this disease, a chronic disorder.",
            "CD163 cells, NCT01234567, SF-36, IL-100, 2019.",
            "nib and mab; OXOLIOSIS; a peptide.",
            "",
            "heart, syndrome",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn the_lists_are_sorted_and_used() {
        let lines: Vec<&str> = include_str!("forms.tsv").lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.iter().all(|line| line.split_once('\t').is_some()));
        for forms in lines.chunk_by(|a, b| a.split('\t').next() == b.split('\t').next()) {
            assert!(forms.is_sorted_by(|a, b| a < b), "{:?}", forms.first());
        }
        assert!(FORMS.heads.contains("syndrome") && FORMS.treatment_endings.len() > 50);
    }
}
