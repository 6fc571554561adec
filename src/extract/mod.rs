//! What a document says: sentences, roles, abbreviations, mentions, study, findings.
//!
//! Each [`Extractor`] adds its part to an [`Annotation`]; they run in the order of [`extractors::ALL`], so that a later one
//! may use what an earlier one found. Guarantees, kept by the shared tests over the registry:
//!
//! - every span lies within the document's text and on one passage; every number stands verbatim within its span;
//! - what the text does not say stays empty; every statement has a confidence;
//! - the same document and dictionary give the same annotation; time grows linearly with the text;
//! - no text makes it panic.
//!
//! To add an extractor: a folder in `extractors/` (word lists and rules as data files beside it, with a README of their form),
//! a line in the registry. Raise [`Extractor::version`] whenever its output may change: documents are then mined again.

use rayon::prelude::*;

use crate::embed::{Encoder, EncoderError, Head};
use crate::model::{Annotation, CitationMark, Document, Passage, Sentence, Span, TextIndex};
use crate::vocab::Dictionary;

use extractors::mentions::tagger;
use extractors::outcomes;
use extractors::roles::trained;

pub mod extractors;
mod pattern;
mod pieces;
mod table;
#[cfg(test)]
mod tests;

/// The longest sentence, in code points, that is read for what it states. What is longer is a list or a text without stops:
/// its numbers belong to no one subject, and the grammars look around each of them.
const LONGEST_STATEMENT: u32 = 2_500;

/// Documents that the trained heads read one after the other: the titles and abstracts of so many have some 6,000 tokens, fewer than the
/// encoder keeps the hidden states of.
const TAGGED_TOGETHER: usize = 16;

/// What an extractor reads.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The document.
    pub document: &'a Document,
    /// Its text, as [`Document::text`] gives it.
    pub text: &'a TextIndex<'a>,
    /// Where each of its passages lies in the text, in order.
    pub passages: &'a [Span],
    /// The names of concepts.
    pub dictionary: &'a Dictionary,
}

impl Input<'_> {
    /// Whether a passage, by position, is the title or of an abstract rather than of the full text.
    pub fn in_abstract(&self, passage: u32) -> bool {
        !self.document.is_full_text(passage)
    }

    /// Whether a passage, by position, is running text of the paper itself, and no table, caption or acknowledgement.
    pub fn is_running_text(&self, passage: u32) -> bool {
        self.document.passages.get(passage as usize).is_some_and(Passage::is_running_text)
    }

    /// Whether a sentence is read for what it states: running text, and no longer than statements are.
    pub fn states(&self, sentence: &Sentence) -> bool {
        self.is_running_text(sentence.passage) && sentence.span.len() <= LONGEST_STATEMENT
    }

    /// Where the text refers to other works, in order.
    pub fn citation_marks(&self) -> Vec<Span> {
        let place = |mark: &CitationMark| {
            let start = self.passages.get(mark.passage as usize)?.start;
            Some(Span::new(start + mark.start, start + mark.end))
        };
        self.document.citation_marks.iter().filter_map(place).collect()
    }
}

/// The marks that lie in a stretch of the text; `marks` must be in order.
pub(crate) fn marks_within(marks: &[Span], stretch: Span) -> &[Span] {
    let from = marks.partition_point(|mark| mark.end <= stretch.start);
    let after = marks.partition_point(|mark| mark.start < stretch.end);
    &marks[from..after.max(from)]
}

/// Adds one kind of statement to the annotation of a document.
pub trait Extractor: Send + Sync {
    /// The one name of the extractor: folder, stage version, documentation.
    fn name(&self) -> &'static str;

    /// Raised whenever the output may change.
    fn version(&self) -> u32;

    /// Adds its part to `annotation`, where extractors earlier in the registry have left theirs.
    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation);
}

/// Runs every extractor over a document, in the order of the registry.
pub fn annotate(document: &Document, dictionary: &Dictionary) -> Annotation {
    let text = document.text();
    let text = TextIndex::new(&text);
    let passages = document.passage_spans();
    let input = Input { document, text: &text, passages: &passages, dictionary };
    let mut annotation = Annotation::default();
    for extractor in extractors::ALL {
        extractor.extract(&input, &mut annotation);
    }
    annotation
}

/// Runs every extractor over several documents, and over their titles and abstracts the trained heads, which need an encoder that can
/// apply them ([`takes_heads`]). Without one, dictionary and cues stand alone.
///
/// # Errors
/// Where the encoder fails.
pub fn annotate_all(
    documents: &[&Document],
    dictionary: &Dictionary,
    encoder: Option<&mut dyn Encoder>,
) -> Result<Vec<Annotation>, EncoderError> {
    let texts: Vec<(String, Vec<Span>)> =
        documents.par_iter().map(|document| (document.text(), document.passage_spans())).collect();
    let indexes: Vec<TextIndex<'_>> = texts.par_iter().map(|(text, _)| TextIndex::new(text)).collect();
    let parts = documents.iter().zip(&texts).zip(&indexes);
    let inputs: Vec<Input<'_>> =
        parts.map(|((document, (_, passages)), text)| Input { document, text, passages, dictionary }).collect();
    let (before, behind) = extractors::ALL.split_at(extractors::BEFORE_TAGGING);
    let run = |extractors: &[&dyn Extractor], input: &Input<'_>, annotation: &mut Annotation| {
        extractors.iter().for_each(|extractor| extractor.extract(input, annotation));
    };
    let mut annotations: Vec<Annotation> = inputs
        .par_iter()
        .map(|input| {
            let mut annotation = Annotation::default();
            run(before, input, &mut annotation);
            annotation
        })
        .collect();
    if let Some(encoder) = encoder
        && takes_heads(encoder)?
    {
        // What tagging computes of a sentence serves its role and its outcomes while the encoder has it at hand, and later its vector.
        for (inputs, annotations) in inputs.chunks(TAGGED_TOGETHER).zip(annotations.chunks_mut(TAGGED_TOGETHER)) {
            tagger::refine(inputs, annotations, encoder)?;
            trained::refine(inputs, annotations, encoder)?;
            outcomes::refine(inputs, annotations, encoder)?;
        }
    }
    inputs.par_iter().zip(&mut annotations).for_each(|(input, annotation)| run(behind, input, annotation));
    Ok(annotations)
}

/// The trained heads: of roles, of mentions and of outcomes.
fn heads() -> [&'static Head; 3] {
    [trained::head(), tagger::head(), outcomes::head()]
}

/// The model that the heads were trained on.
const MODEL: &str = "all-MiniLM-L6-v2@53aa51172d14";

/// Whether an encoder can apply the trained heads: it is a local one, with the model that they were trained on.
///
/// # Errors
/// Where the encoder fails.
pub fn takes_heads(encoder: &mut dyn Encoder) -> Result<bool, EncoderError> {
    let model = encoder.model();
    if model.rsplit_once('/').map_or(model, |(model, _)| model) != MODEL {
        return Ok(false);
    }
    for head in heads() {
        match encoder.describe(head) {
            Ok(_) => {}
            Err(EncoderError::NoHeads(_)) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// The version of the stage, under which its results are stored: the name and version of every extractor, and the trained heads.
pub fn version() -> String {
    let extractors = extractors::ALL.iter().map(|e| format!("{}={}", e.name(), e.version()));
    let heads = heads().map(|head| format!("head={}", head.digest().get(..16).unwrap_or_default()));
    extractors.chain(heads).collect::<Vec<_>>().join(";")
}
