//! The forms of questions, as `patterns.toml` holds them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::QuestionKind;
use crate::model::{ConceptType, Direction};

const DATA: &str = include_str!("patterns.toml");

/// The patterns that are compiled in. A test sees to it that the file can be read.
pub(super) static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns::read(DATA).unwrap_or_default());

/// A part of a question that is filled with its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Condition,
    Treatment,
    Comparator,
    Outcome,
    Test,
}

impl Slot {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "condition" => Self::Condition,
            "treatment" => Self::Treatment,
            "comparator" => Self::Comparator,
            "outcome" => Self::Outcome,
            "test" => Self::Test,
            _ => return None,
        })
    }

    /// Whether a concept of this type may fill it.
    pub(super) fn takes(self, kind: ConceptType) -> bool {
        match self {
            Self::Condition => kind == ConceptType::Condition,
            Self::Treatment | Self::Comparator => kind.can_treat(),
            // What is measured in the blood is a substance to the vocabularies.
            Self::Test => matches!(kind, ConceptType::Test | ConceptType::Chemical | ConceptType::Procedure),
            Self::Outcome => true,
        }
    }
}

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// One of these phrases, each as its words.
    Words(Vec<Vec<String>>),
    /// Words of the question.
    Slot(Slot),
}

/// A form of question.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub(super) kind: QuestionKind,
    pub(super) direction: Option<Direction>,
    pub(super) pieces: Vec<Piece>,
}

/// All forms, and the words that carry nothing.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    pub(super) patterns: Vec<Pattern>,
    noise: BTreeSet<String>,
    prepositions: BTreeSet<String>,
    words: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    noise: Vec<String>,
    words: BTreeMap<String, Vec<String>>,
    pattern: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    kind: String,
    direction: Option<String>,
    ask: String,
}

impl Patterns {
    fn read(data: &str) -> Result<Self, String> {
        let file: File = toml::from_str(data).map_err(|error| error.to_string())?;
        let mut patterns = Vec::new();
        for row in &file.pattern {
            let kind = match row.kind.as_str() {
                "therapy" => QuestionKind::Therapy,
                "harm" => QuestionKind::Harm,
                "diagnosis" => QuestionKind::Diagnosis,
                "prognosis" => QuestionKind::Prognosis,
                other => return Err(format!("no kind {other}")),
            };
            let direction = match row.direction.as_deref() {
                None => None,
                Some("decreased") => Some(Direction::Decreased),
                Some("increased") => Some(Direction::Increased),
                Some(other) => return Err(format!("no direction {other}")),
            };
            for ask in variants(&row.ask) {
                let pieces = ask.split_whitespace().map(|part| piece(part, &file.words)).collect::<Result<_, _>>()?;
                patterns.push(Pattern { kind, direction, pieces });
            }
        }
        let of =
            |name: &str| file.words.get(name).into_iter().flatten().filter(|phrase| !phrase.contains(' ')).cloned();
        let prepositions = of("in").chain(of("versus")).collect();
        let words = file.words.values().flatten().flat_map(|phrase| phrase.split(' ')).map(str::to_owned).collect();
        Ok(Self { patterns, noise: file.noise.into_iter().collect(), prepositions, words })
    }

    /// Whether a word carries nothing in the slot of a name.
    pub(super) fn is_noise(&self, word: &str) -> bool {
        self.noise.contains(word)
    }

    /// Whether a word begins another part of a question.
    pub(super) fn is_preposition(&self, word: &str) -> bool {
        self.prepositions.contains(word)
    }

    /// Whether a word belongs to the forms of questions rather than to what they are about.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

fn piece(part: &str, classes: &BTreeMap<String, Vec<String>>) -> Result<Piece, String> {
    let phrase = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    if let Some(name) = part.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        let phrases = classes.get(name).ok_or_else(|| format!("no class {name}"))?;
        return Ok(Piece::Words(phrases.iter().map(|text| phrase(text)).collect()));
    }
    if let Some(name) = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return Slot::named(name).map(Piece::Slot).ok_or_else(|| format!("no slot {name}"));
    }
    Ok(Piece::Words(vec![phrase(part)]))
}

/// A form with and without each of its parts in brackets, the fullest first.
fn variants(ask: &str) -> Vec<String> {
    let Some((before, rest)) = ask.split_once('[') else { return vec![ask.to_owned()] };
    let Some((inner, after)) = rest.split_once(']') else { return vec![ask.to_owned()] };
    let tails = variants(after);
    let with = tails.iter().map(|tail| format!("{before}{inner}{tail}"));
    let without = tails.iter().map(|tail| format!("{before}{tail}"));
    with.chain(without).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_are_read() {
        let patterns = Patterns::read(DATA).unwrap();
        assert!(patterns.patterns.len() > 60);
        for pattern in &patterns.patterns {
            let slots =
                pattern.pieces.windows(2).filter(|pair| matches!(pair, [Piece::Slot(_), Piece::Slot(_)])).count();
            assert_eq!(slots, 0, "two slots without a word between them: {pattern:?}");
        }
    }

    #[test]
    fn brackets_may_be_left_out() {
        assert_eq!(variants("[a] b [c]"), ["a b c", "a b ", " b c", " b "]);
    }
}
