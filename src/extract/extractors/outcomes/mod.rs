//! What was measured, by a trained head over the encoder's token vectors. `README.md` has what it was trained on.

use std::sync::LazyLock;

use crate::embed::{Encoder, EncoderError, Head, Mark};
use crate::extract::Input;
use crate::extract::pieces::Tagger;
use crate::model::{Annotation, Outcome, Sentence, SentenceRole};

use super::mentions::tagger::marks;

/// The head's labels, in the order of its file.
const LABELS: [&str; 3] = ["O", "B-outcome", "I-outcome"];
/// The kind of mark over a sentence that concludes, behind those of mentions and capitals.
const CONCLUDES: usize = 8;

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
    let tagger = Tagger { head: head(), name: "outcomes", labels: &LABELS, reads: reports, marks: marked };
    let found = tagger.tag(inputs, annotations, encoder)?;
    for (annotation, found) in annotations.iter_mut().zip(found) {
        annotation.outcomes = found.iter().map(|one| Outcome { span: one.span, confidence: one.score }).collect();
    }
    Ok(())
}

fn marked(text: &str, sentence: &Sentence, annotation: &Annotation) -> Vec<Mark> {
    let mut marks = marks(text, sentence.span, &annotation.mentions);
    if sentence.role == Some(SentenceRole::Conclusions) {
        marks.push(Mark { start: 0, end: sentence.span.len(), kind: CONCLUDES });
    }
    marks
}

/// Whether a sentence says what was found.
fn reports(sentence: &Sentence) -> bool {
    matches!(sentence.role, Some(SentenceRole::Results | SentenceRole::Conclusions))
}
