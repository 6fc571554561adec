//! From the scores of word pieces to stretches of text, as heads tell them with one label outside, and two for each class: the piece that
//! begins a stretch, and those within it.

use crate::embed::TokenScores;
use crate::model::Span;

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
