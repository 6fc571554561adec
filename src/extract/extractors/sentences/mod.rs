//! Sentences.

mod rules;
mod split;

use crate::extract::{Extractor, Input};
use crate::model::{Annotation, Passage, Sentence, SentenceRole};

/// How sure we are that a title is a title.
const LABELLED: f32 = 0.99;

/// Divides the passages into sentences, the title being one. Roles other than that of the title are left to `roles`.
#[derive(Debug, Clone, Copy)]
pub struct Sentences;

impl Extractor for Sentences {
    fn name(&self) -> &'static str {
        "sentences"
    }

    fn version(&self) -> u32 {
        2
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        for (number, (passage, span)) in input.document.passages.iter().zip(input.passages).enumerate() {
            if annotation.foreign_language(number).is_some() {
                continue;
            }
            let base = input.text.byte(span.start);
            let text = input.text.slice(*span);
            let is_title = passage.section == "TITLE";
            // A row of a table is one statement, whatever stops stand in its cells.
            let is_row = passage.category.as_deref() == Some(Passage::TABLE);
            let ranges =
                if is_title || is_row { split::whole(text).into_iter().collect() } else { split::sentences(text) };
            let (role, confidence) = if is_title { (Some(SentenceRole::Title), LABELLED) } else { (None, 0.0) };
            annotation.sentences.extend(ranges.into_iter().map(|range| Sentence {
                span: input.text.span(base + range.start..base + range.end),
                passage: number as u32,
                role,
                confidence,
            }));
        }
    }
}
