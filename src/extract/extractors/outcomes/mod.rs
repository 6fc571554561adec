//! What was measured, by a trained head over the encoder's token vectors. `README.md` has what it was trained on.

use std::sync::LazyLock;

use crate::embed::{Encoder, EncoderError, Head, HeadInput, Mark, Scores};
use crate::extract::Input;
use crate::extract::pieces::stretches;
use crate::model::{Annotation, Outcome, Sentence, SentenceRole, Span};

use super::mentions::tagger::marks;

/// The head's labels, in the order of its file.
const LABELS: [&str; 3] = ["O", "B-outcome", "I-outcome"];
/// The kind of mark over a sentence that concludes, behind those of mentions and capitals.
const CONCLUDES: usize = 8;
/// Sentences sent together.
const BATCH: usize = 256;

/// The trained head.
pub(in crate::extract) fn head() -> &'static Head {
    static HEAD: LazyLock<Head> = LazyLock::new(|| Head::new(include_bytes!("outcomes.head").as_slice()));
    &HEAD
}

/// Finds the outcomes in titles and abstracts whose sentences have their roles and mentions.
pub(in crate::extract) fn refine(
    inputs: &[Input<'_>],
    annotations: &mut [Annotation],
    encoder: &mut dyn Encoder,
) -> Result<(), EncoderError> {
    if encoder.describe(head())?.labels != LABELS {
        return Err(EncoderError::Failed("the head of outcomes has other labels than are read here".to_owned()));
    }
    let mut sentences: Vec<(usize, Sentence)> = Vec::new();
    for (at, (input, annotation)) in inputs.iter().zip(&*annotations).enumerate() {
        let read =
            annotation.sentences.iter().filter(|sentence| input.in_abstract(sentence.passage) && reports(sentence));
        sentences.extend(read.map(|sentence| (at, sentence.clone())));
    }
    for batch in sentences.chunks(BATCH) {
        let texts: Vec<&str> = batch.iter().map(|(at, sentence)| inputs[*at].text.slice(sentence.span)).collect();
        let marks: Vec<Vec<Mark>> = batch
            .iter()
            .zip(&texts)
            .map(|((at, sentence), text)| {
                let mut marks = marks(text, sentence.span, &annotations[*at].mentions);
                if sentence.role == Some(SentenceRole::Conclusions) {
                    marks.push(Mark { start: 0, end: sentence.span.len(), kind: CONCLUDES });
                }
                marks
            })
            .collect();
        let scores = encoder.apply(head(), &HeadInput { texts: &texts, marks: &marks, ..HeadInput::default() })?;
        let Scores::Tokens(scores) = scores else {
            return Err(EncoderError::Protocol("scores of sentences for a head over tokens".to_owned()));
        };
        for (((at, sentence), text), pieces) in batch.iter().zip(&texts).zip(&scores) {
            let from = sentence.span.start;
            let placed = stretches(text, pieces).into_iter().map(|one| Outcome {
                span: Span::new(one.span.start + from, one.span.end + from),
                confidence: one.score,
            });
            annotations[*at].outcomes.extend(placed);
        }
    }
    Ok(())
}

/// Whether a sentence says what was found.
fn reports(sentence: &Sentence) -> bool {
    matches!(sentence.role, Some(SentenceRole::Results | SentenceRole::Conclusions))
}
