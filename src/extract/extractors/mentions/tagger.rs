//! A trained head over the encoder's token vectors, for mentions that no dictionary has. `README.md` has what it was trained on.
//!
//! It reads the title and the abstract, sentence by sentence, with what the dictionary found as marks on them.

use std::sync::LazyLock;

use crate::embed::{Encoder, EncoderError, Head, HeadInput, Mark, Scores, TokenScores};
use crate::extract::Input;
use crate::extract::pieces::{Stretch, stretches};
use crate::model::{Annotation, ConceptType, Mention, Span, TextIndex};

use super::merge::{self, Tagged};

/// The head's labels, in the order of its file.
const LABELS: [&str; 5] = ["O", "B-condition", "I-condition", "B-chemical", "I-chemical"];
/// The kind of mark of words in capitals, behind those of [`kind_of`].
const CAPITALS: usize = 7;
/// Sentences sent together.
const BATCH: usize = 256;

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
    if encoder.describe(head())?.labels != LABELS {
        return Err(EncoderError::Failed("the head of mentions has other labels than are read here".to_owned()));
    }
    let mut sentences: Vec<(usize, Span)> = Vec::new();
    for (at, (input, annotation)) in inputs.iter().zip(&*annotations).enumerate() {
        let read = annotation.sentences.iter().filter(|sentence| input.in_abstract(sentence.passage));
        sentences.extend(read.map(|sentence| (at, sentence.span)));
    }
    let mut tagged: Vec<Vec<Tagged>> = inputs.iter().map(|_| Vec::new()).collect();
    for batch in sentences.chunks(BATCH) {
        let texts: Vec<&str> = batch.iter().map(|(at, span)| inputs[*at].text.slice(*span)).collect();
        let marks: Vec<Vec<Mark>> =
            batch.iter().zip(&texts).map(|((at, span), text)| marks(text, *span, &annotations[*at].mentions)).collect();
        let scores = encoder.apply(head(), &HeadInput { texts: &texts, marks: &marks, ..HeadInput::default() })?;
        let Scores::Tokens(scores) = scores else {
            return Err(EncoderError::Protocol("scores of sentences for a head over tokens".to_owned()));
        };
        for (((at, span), text), pieces) in batch.iter().zip(&texts).zip(&scores) {
            tagged[*at].extend(decode(text, *span, pieces));
        }
    }
    for ((input, annotation), tagged) in inputs.iter().zip(annotations).zip(tagged) {
        merge::merge(input, annotation, tagged);
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

/// The mentions that the scores of a sentence's pieces tell.
fn decode(text: &str, sentence: Span, pieces: &[TokenScores]) -> Vec<Tagged> {
    let tagged = |one: Stretch| Tagged {
        span: Span::new(one.span.start + sentence.start, one.span.end + sentence.start),
        kind: if one.class == 0 { ConceptType::Condition } else { ConceptType::Chemical },
        score: one.score,
    };
    stretches(text, pieces).into_iter().map(tagged).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(start: u32, end: u32, label: usize) -> TokenScores {
        let mut scores = vec![0.05; LABELS.len()];
        scores[label] = 0.8;
        TokenScores { span: Span::new(start, end), scores }
    }

    #[test]
    fn pieces_become_mentions_to_the_edges_of_words() {
        let text = "Zoxamide caused renal cysts";
        let pieces =
            [piece(0, 3, 3), piece(3, 8, 0), piece(9, 15, 0), piece(16, 21, 1), piece(22, 24, 2), piece(24, 27, 0)];
        let found = decode(text, Span::new(10, 37), &pieces);
        let places: Vec<_> = found.iter().map(|one| (one.span.start, one.span.end, one.kind)).collect();
        assert_eq!(places, [(10, 18, ConceptType::Chemical), (26, 37, ConceptType::Condition)]);
        // A new beginning ends what is open.
        let found = decode("pain fever", Span::new(0, 10), &[piece(0, 4, 1), piece(5, 10, 1)]);
        assert_eq!(found.len(), 2);
        assert!(decode("", Span::new(0, 0), &[]).is_empty());
    }

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
