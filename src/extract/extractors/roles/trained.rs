//! A trained head over the encoder's vectors of sentences, for abstracts without labels. `README.md` has what it was trained on.
//!
//! It reads all sentences of such an abstract together: each with its two neighbours, where it stands, and what the cues say. Roles
//! come in an order, so the likeliest sequence of them is taken, not the likeliest role of each sentence alone.

use std::sync::LazyLock;

use crate::embed::{Encoder, EncoderError, Head, HeadInput, Scores};
use crate::extract::{Input, table};
use crate::model::{Annotation, Sentence, SentenceRole};

use super::{Label, leading_heading, passage_of, role_named};

/// The roles that the head tells, in the order of its file.
const ROLES: [SentenceRole; 5] = SentenceRole::OF_ABSTRACT;
/// How much the order of roles counts beside what the head says of a sentence; chosen by cross-validation.
const WEIGHT: f32 = 0.4;
/// Nothing that is told from words is surer than a heading.
const SUREST: f32 = 0.94;
/// Sentences sent together, at least.
const BATCH: usize = 256;

/// The trained head.
pub(in crate::extract) fn head() -> &'static Head {
    static HEAD: LazyLock<Head> = LazyLock::new(|| Head::new(include_bytes!("roles.head").as_slice()));
    &HEAD
}

/// The logarithm of how likely each role comes first, and next after each other one.
struct Order {
    first: [f32; ROLES.len()],
    next: [[f32; ROLES.len()]; ROLES.len()],
}

static ORDER: LazyLock<Order> = LazyLock::new(|| {
    let mut order = Order { first: [0.0; ROLES.len()], next: [[0.0; ROLES.len()]; ROLES.len()] };
    for row in table::rows(include_str!("order.tsv")) {
        let Some((before, numbers)) = row.split_first() else { continue };
        let place = role_named(before).and_then(|role| ROLES.iter().position(|known| *known == role));
        let numbers = numbers.iter().map(|number| number.parse().unwrap_or(0.0));
        let target = place.map_or(&mut order.first, |place| &mut order.next[place]);
        target.iter_mut().zip(numbers).for_each(|(slot, number)| *slot = number);
    }
    order
});

/// Puts the head's roles in the place of those that the cues alone told, in documents whose abstract has no label and no heading.
pub(in crate::extract) fn refine(
    inputs: &[Input<'_>],
    annotations: &mut [Annotation],
    encoder: &mut dyn Encoder,
) -> Result<(), EncoderError> {
    let labels = encoder.describe(head())?.labels;
    if !labels.iter().map(String::as_str).eq(ROLES.map(SentenceRole::name)) {
        return Err(EncoderError::Failed("the head of roles has other labels than are read here".to_owned()));
    }
    let unlabelled: Vec<(usize, Vec<usize>)> = inputs
        .iter()
        .zip(&*annotations)
        .enumerate()
        .map(|(at, (input, annotation))| (at, unlabelled_abstract(input, &annotation.sentences)))
        .filter(|(_, sentences)| !sentences.is_empty())
        .collect();
    let mut rest = unlabelled.as_slice();
    while !rest.is_empty() {
        let mut sentences = 0;
        let enough = |(_, group): &(usize, Vec<usize>)| {
            sentences += group.len();
            sentences >= BATCH
        };
        let end = rest.iter().position(enough).map_or(rest.len(), |at| at + 1);
        let (batch, after) = rest.split_at(end);
        rest = after;
        let mut texts: Vec<&str> = Vec::new();
        let mut numbers = Vec::new();
        for (at, group) in batch {
            let read = group.iter().map(|&n| &annotations[*at].sentences[n]);
            let words: Vec<&str> = read.clone().map(|sentence| inputs[*at].text.slice(sentence.span)).collect();
            numbers.extend(features(&words, &read.collect::<Vec<_>>()));
            texts.extend(words);
        }
        let groups: Vec<usize> = batch.iter().map(|(_, group)| group.len()).collect();
        let input = HeadInput { texts: &texts, groups: &groups, features: &numbers, ..HeadInput::default() };
        let Scores::Sentences(scores) = encoder.apply(head(), &input)? else {
            return Err(EncoderError::Protocol("scores of tokens for a head over sentences".to_owned()));
        };
        let mut scores = scores.as_slice();
        for (at, group) in batch {
            let (own, others) = scores.split_at_checked(group.len()).ok_or_else(too_few)?;
            scores = others;
            for ((&n, role), row) in group.iter().zip(likeliest(own)).zip(own) {
                let sentence = &mut annotations[*at].sentences[n];
                sentence.role = Some(ROLES[role]);
                sentence.confidence = row.get(role).copied().unwrap_or_default().min(SUREST);
            }
        }
    }
    Ok(())
}

fn too_few() -> EncoderError {
    EncoderError::Protocol("scores of fewer sentences than were sent".to_owned())
}

/// The sentences of the abstract, by place, where none of them has a label or stands under a heading; otherwise none.
fn unlabelled_abstract(input: &Input<'_>, sentences: &[Sentence]) -> Vec<usize> {
    let mut found = Vec::new();
    for (n, sentence) in sentences.iter().enumerate() {
        if !input.in_abstract(sentence.passage) || !input.is_running_text(sentence.passage) {
            continue;
        }
        match passage_of(&input.document.passages, sentence.passage) {
            Some(Label::Title) => {}
            Some(Label::None) if leading_heading(input.text.slice(sentence.span)).is_none() => found.push(n),
            _ => return Vec::new(),
        }
    }
    found
}

/// What is counted of each sentence of an abstract, beside its words; as `features` of `scripts/train_roles`.
fn features(words: &[&str], sentences: &[&Sentence]) -> Vec<Vec<f32>> {
    let number = |is: bool| f32::from(u8::from(is));
    let last = sentences.len() - 1;
    let to: Vec<bool> = words.iter().map(|words| words.starts_with("To ")).collect();
    let aims: Vec<bool> = sentences.iter().map(|sentence| sentence.role == Some(SentenceRole::Objective)).collect();
    let any = |of: &[bool]| number(of.contains(&true));
    let row = |(n, sentence): (usize, &&Sentence)| {
        let place = n as f32 / last.max(1) as f32;
        let mut row = vec![number(to[n]), any(&to), number(to[0]), any(&aims[..n]), any(&aims[n + 1..]), any(&aims)];
        row.extend([place, 1.0 - place]);
        row.extend([n == 0, n == last, n == 1, n + 1 == last].map(number));
        row.push(sentences.len().min(20) as f32 / 20.0);
        row.extend(ROLES.map(|role| if sentence.role == Some(role) { sentence.confidence } else { 0.0 }));
        row
    };
    sentences.iter().enumerate().map(row).collect()
}

/// The likeliest sequence of roles, by what the head says of each sentence and by the order of roles (the algorithm of Viterbi, 1967).
fn likeliest(scores: &[Vec<f32>]) -> Vec<usize> {
    let told = |row: &[f32], role: usize| row.get(role).copied().unwrap_or_default().max(1e-6).ln();
    let Some((first, others)) = scores.split_first() else { return Vec::new() };
    let mut state: [f32; ROLES.len()] = std::array::from_fn(|role| WEIGHT * ORDER.first[role] + told(first, role));
    let mut before: Vec<[usize; ROLES.len()]> = Vec::new();
    for row in others {
        let best: [(usize, f32); ROLES.len()] = std::array::from_fn(|role| {
            let ways = (0..ROLES.len()).map(|from| (from, state[from] + WEIGHT * ORDER.next[from][role]));
            ways.max_by(|one, other| one.1.total_cmp(&other.1)).unwrap_or_default()
        });
        before.push(best.map(|(from, _)| from));
        state = std::array::from_fn(|role| best[role].1 + told(row, role));
    }
    let last = (0..ROLES.len()).max_by(|&one, &other| state[one].total_cmp(&state[other])).unwrap_or_default();
    let mut path = vec![last];
    for step in before.iter().rev() {
        path.push(step[path[path.len() - 1]]);
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    #[test]
    fn the_order_of_roles_is_read_whole() {
        let sums =
            ORDER.next.iter().chain([&ORDER.first]).map(|row| row.iter().map(|number| number.exp()).sum::<f32>());
        assert!(sums.into_iter().all(|sum| (sum - 1.0).abs() < 0.02), "each row is of probabilities");
        assert_eq!(table::rows(include_str!("order.tsv")).count(), ROLES.len() + 1);
    }

    #[test]
    fn a_role_out_of_order_needs_more_than_a_little_likeliness() {
        let sure = |role: usize, by: f32| -> Vec<f32> {
            (0..ROLES.len()).map(|n| if n == role { by } else { (1.0 - by) / 4.0 }).collect()
        };
        let doubtful = vec![0.0, 0.0, 0.45, 0.1, 0.45];
        let scores = [sure(0, 0.9), sure(2, 0.9), doubtful, sure(3, 0.9), sure(4, 0.9)];
        assert_eq!(likeliest(&scores), [0, 2, 2, 3, 4], "methods go on, and conclusions do not come between");
        assert!(likeliest(&[]).is_empty());
    }

    #[test]
    fn what_is_counted_has_the_length_that_the_head_takes() {
        let sentence = |role| Sentence { span: Span::new(0, 1), passage: 1, role, confidence: 0.9 };
        let (aim, other) = (sentence(Some(SentenceRole::Objective)), sentence(None));
        let rows = features(&["To see.", "We looked."], &[&aim, &other]);
        assert_eq!(rows[0], [1., 1., 1., 0., 0., 1., 0., 1., 1., 0., 0., 1., 0.1, 0., 0.9, 0., 0., 0.]);
        assert_eq!(rows[1], [0., 1., 1., 1., 0., 1., 1., 0., 0., 1., 1., 0., 0.1, 0., 0., 0., 0., 0.]);
        assert_eq!(rows[0].len(), features(&["One."], &[&other])[0].len());
    }
}
