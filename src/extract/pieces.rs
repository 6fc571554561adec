//! From the scores of word pieces to stretches of text, as heads tell them with one label outside, and two for each class: the piece that
//! begins a stretch, and those within it.

use super::Input;
use crate::embed::{Encoder, EncoderError, Head, HeadInput, Mark, Scores, TokenScores};
use crate::model::{Annotation, Sentence, Span};

/// Sentences sent together.
const BATCH: usize = 256;

/// A head over tokens with what its extractor knows of it.
pub(super) struct Tagger<'t> {
    /// The head.
    pub(super) head: &'t Head,
    /// What it tells, in the words of an error.
    pub(super) name: &'t str,
    /// Its labels, in the order of its file.
    pub(super) labels: &'t [&'t str],
    /// Whether a sentence of an abstract or a title is read.
    pub(super) reads: fn(&Sentence) -> bool,
    /// What is marked on a sentence (its words, itself, its document's annotation) for the head.
    pub(super) marks: fn(&str, &Sentence, &Annotation) -> Vec<Mark>,
}

impl Tagger<'_> {
    /// What the head tells of titles and abstracts: for each document its stretches, placed in its text, in order.
    ///
    /// # Errors
    /// Where the encoder fails, or the head has other labels.
    pub(super) fn tag(
        &self,
        inputs: &[Input<'_>],
        annotations: &[Annotation],
        encoder: &mut dyn Encoder,
    ) -> Result<Vec<Vec<Stretch>>, EncoderError> {
        if encoder.describe(self.head)?.labels != self.labels {
            let message = format!("the head of {} has other labels than are read here", self.name);
            return Err(EncoderError::Failed(message));
        }
        let mut sentences: Vec<(usize, &Sentence)> = Vec::new();
        for (at, (input, annotation)) in inputs.iter().zip(annotations).enumerate() {
            let read = annotation.sentences.iter().filter(|one| input.in_abstract(one.passage) && (self.reads)(one));
            sentences.extend(read.map(|sentence| (at, sentence)));
        }
        let mut found: Vec<Vec<Stretch>> = inputs.iter().map(|_| Vec::new()).collect();
        for batch in sentences.chunks(BATCH) {
            let texts: Vec<&str> = batch.iter().map(|(at, sentence)| inputs[*at].text.slice(sentence.span)).collect();
            let marks: Vec<Vec<Mark>> = batch
                .iter()
                .zip(&texts)
                .map(|((at, sentence), text)| (self.marks)(text, sentence, &annotations[*at]))
                .collect();
            let scores =
                encoder.apply(self.head, &HeadInput { texts: &texts, marks: &marks, ..HeadInput::default() })?;
            let Scores::Tokens(scores) = scores else {
                return Err(EncoderError::Protocol("scores of sentences for a head over tokens".to_owned()));
            };
            for (((at, sentence), text), pieces) in batch.iter().zip(&texts).zip(&scores) {
                let from = sentence.span.start;
                let placed = stretches(text, pieces)
                    .into_iter()
                    .map(|one| Stretch { span: Span::new(one.span.start + from, one.span.end + from), ..one });
                found[*at].extend(placed);
            }
        }
        Ok(found)
    }
}

/// A stretch that a head tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    /// Where it stands in the text that was scored.
    pub(super) span: Span,
    /// Which of the head's classes, from 0.
    pub(super) class: usize,
    /// How sure the head is of the class, 0 to 1: the mean over its pieces of what the class's two labels have.
    pub(super) score: f32,
}

/// The stretches that the scores of a text's pieces tell, to the edges of words.
pub(super) fn stretches(text: &str, pieces: &[TokenScores]) -> Vec<Stretch> {
    let letters: Vec<char> = text.chars().collect();
    let alphanumeric = |at: u32| letters.get(at as usize).is_some_and(|letter| letter.is_alphanumeric());
    let mut found: Vec<Stretch> = Vec::new();
    let mut open: Option<Stretch> = None;
    for piece in pieces.iter().filter(|piece| !piece.span.is_empty()) {
        let Span { start, end } = piece.span;
        if let Some(open) = open
            .as_mut()
            .filter(|open| open.span.end == start && start > 0 && alphanumeric(start - 1) && alphanumeric(start))
        {
            open.span.end = end;
            continue;
        }
        let best = piece.scores.iter().enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other));
        let label = best.map_or(0, |(label, _)| label);
        let Some(class) = label.checked_sub(1).map(|label| label / 2) else {
            found.extend(open.take());
            continue;
        };
        match open.as_mut().filter(|open| label % 2 == 0 && open.class == class) {
            Some(open) => open.span.end = end,
            None => found.extend(open.replace(Stretch { span: piece.span, class, score: 0.0 })),
        }
    }
    found.extend(open);
    for one in &mut found {
        while one.span.start > 0 && alphanumeric(one.span.start) && alphanumeric(one.span.start - 1) {
            one.span.start -= 1;
        }
        while alphanumeric(one.span.end) && alphanumeric(one.span.end - 1) {
            one.span.end += 1;
        }
        one.score = sureness(one, pieces);
    }
    found
}

fn sureness(one: &Stretch, pieces: &[TokenScores]) -> f32 {
    let within = pieces.iter().filter(|piece| !piece.span.is_empty() && one.span.contains(piece.span));
    let sure = within.map(|piece| piece.scores.iter().skip(1 + 2 * one.class).take(2).sum::<f32>());
    let (sum, count) = sure.fold((0.0, 0.0), |(sum, count), sure| (sum + sure, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(start: u32, end: u32, label: usize) -> TokenScores {
        let mut scores = vec![0.05; 5];
        scores[label] = 0.8;
        TokenScores { span: Span::new(start, end), scores }
    }

    #[test]
    fn pieces_become_stretches_to_the_edges_of_words() {
        let text = "Zoxamide caused renal cysts";
        let pieces =
            [piece(0, 3, 3), piece(3, 8, 0), piece(9, 15, 0), piece(16, 21, 1), piece(22, 24, 2), piece(24, 27, 0)];
        let places: Vec<_> =
            stretches(text, &pieces).iter().map(|one| (one.span.start, one.span.end, one.class)).collect();
        assert_eq!(places, [(0, 8, 1), (16, 27, 0)]);
        // A new beginning ends what is open.
        assert_eq!(stretches("pain fever", &[piece(0, 4, 1), piece(5, 10, 1)]).len(), 2);
        assert!(stretches("", &[]).is_empty());
    }
}
