//! Abbreviations that the document explains.

mod align;
mod candidates;

use crate::extract::{Extractor, Input};
use crate::model::{Abbreviation, Annotation};

/// Finds short forms explained beside their long form.
#[derive(Debug, Clone, Copy)]
pub struct Abbreviations;

impl Extractor for Abbreviations {
    fn name(&self) -> &'static str {
        "abbreviations"
    }

    fn version(&self) -> u32 {
        3
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        for sentence in &annotation.sentences {
            let base = input.text.byte(sentence.span.start);
            for (short, long) in candidates::pairs(input.text.slice(sentence.span)) {
                let place = |range: std::ops::Range<usize>| input.text.span(base + range.start..base + range.end);
                annotation.abbreviations.push(Abbreviation { short: place(short), long: place(long) });
            }
        }
    }
}

#[cfg(test)]
mod tests;
