//! A trained head over the encoder's token vectors, for mentions that no dictionary has. `README.md` has what it was trained on.
//!
//! It reads the title and the abstract, sentence by sentence, with what the dictionary found as marks on them.

use std::sync::LazyLock;

use crate::embed::{Encoder, EncoderError, Head, Mark};
use crate::extract::Input;
use crate::extract::pieces::{Stretch, Tagger};
use crate::model::{Annotation, ConceptType, Mention, Sentence, Span, TextIndex};

use super::merge::{self, Tagged};

/// The head's labels, in the order of its file.
const LABELS: [&str; 5] = ["O", "B-condition", "I-condition", "B-chemical", "I-chemical"];
/// The kind of mark of words in capitals, behind those of [`kind_of`].
const CAPITALS: usize = 7;

/// The trained head.
pub(in crate::extract) fn head() -> &'static Head {
    static HEAD: LazyLock<Head> = LazyLock::new(|| Head::new(include_bytes!("mentions.head").as_slice()));
    &HEAD
}

/// Adds what the head finds to the mentions of documents that the dictionary has been through.
pub(in crate::extract) fn refine(
    inputs: &[Input<'_>],
    annotations: &mut [Annotation],
    encoder: &mut dyn Encoder,
) -> Result<(), EncoderError> {
    let marks =
        |text: &str, sentence: &Sentence, annotation: &Annotation| marks(text, sentence.span, &annotation.mentions);
    let tagger = Tagger { head: head(), name: "mentions", labels: &LABELS, reads: |_| true, marks };
    let found = tagger.tag(inputs, annotations, encoder)?;
    for ((input, annotation), found) in inputs.iter().zip(annotations).zip(found) {
        merge::merge(input, annotation, found.into_iter().map(tagged).collect());
    }
    Ok(())
}

/// What the dictionary knows of a sentence: its mentions, by type and how sure they are, and its words in capitals, which the model
/// reads as small letters.
pub(in crate::extract) fn marks(text: &str, sentence: Span, mentions: &[Mention]) -> Vec<Mark> {
    let from = mentions.partition_point(|mention| mention.span.start < sentence.start);
    let within = mentions[from..].iter().take_while(|mention| mention.span.end <= sentence.end);
    let mut marks: Vec<Mark> = within
        .map(|mention| Mark {
            start: mention.span.start - sentence.start,
            end: mention.span.end - sentence.start,
            kind: kind_of(mention),
        })
        .collect();
    let index = TextIndex::new(text);
    let mut at = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if in_capitals(word) {
            let span = index.span(at..at + word.len());
            marks.push(Mark { start: span.start, end: span.end, kind: CAPITALS });
        }
        at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
    }
    marks
}

fn kind_of(mention: &Mention) -> usize {
    match (mention.mention_type, mention.confidence) {
        (ConceptType::Condition, sure) if sure >= 0.9 => 0,
        (ConceptType::Condition, sure) if sure >= 0.8 => 1,
        (ConceptType::Condition, _) => 2,
        (ConceptType::Chemical, sure) if sure >= 0.9 => 3,
        (ConceptType::Chemical, _) => 4,
        (ConceptType::Procedure | ConceptType::Device | ConceptType::Behaviour, _) => 5,
        (ConceptType::Test, _) => 6,
    }
}

/// Whether a word is of capitals and digits, two capitals at least and perhaps a plural's `s`, or one capital alone.
fn in_capitals(word: &str) -> bool {
    let capitals = |word: &str| {
        let all = word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if all { word.bytes().filter(u8::is_ascii_uppercase).count() } else { 0 }
    };
    word.len() == 1 && capitals(word) == 1
        || capitals(word) > 1
        || word.strip_suffix('s').is_some_and(|word| capitals(word) > 1)
}

/// The mention that a stretch tells.
fn tagged(one: Stretch) -> Tagged {
    let kind = if one.class == 0 { ConceptType::Condition } else { ConceptType::Chemical };
    Tagged { span: one.span, kind, score: one.score }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_capitals_are_marked() {
        for word in ["DM", "IL6", "SSRIs", "K"] {
            assert!(in_capitals(word), "{word}");
        }
        for word in ["Dm", "6", "s", "", "Ks", "dm"] {
            assert!(!in_capitals(word), "{word}");
        }
        let marks = marks("ÄDM for DM", Span::new(5, 15), &[]);
        assert_eq!(marks, [Mark { start: 8, end: 10, kind: CAPITALS }]);
    }
}
