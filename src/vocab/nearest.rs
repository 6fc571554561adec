//! "Did you mean?": names that look like what was typed.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::model::ConceptId;

use super::alignment::Pattern;
use super::layer::Layer;
use super::normal::normalize;

/// Names less alike than this are not offered.
const LEAST: f64 = 0.6;

/// The names most like `words`, each concept once.
pub(super) fn nearest(layers: &[Arc<Layer>], words: &str, limit: usize) -> Vec<(String, ConceptId)> {
    // What is longer than a name may be is like none.
    let Some(wanted) = Shape::of(&normalize(words)) else { return Vec::new() };
    let mut found: Vec<(Reverse<u64>, usize, String, String)> = layers
        .par_iter()
        .flat_map(|layer| (0..layer.key_count()).into_par_iter().map(move |at| (layer, at)))
        .filter_map(|(layer, at)| {
            let entry = layer.key(at);
            let likeness = wanted.likeness(entry.key)?;
            let id = layer.id(entry.concept).to_owned();
            // As a whole number, so that it orders; a millionth more or less is no reason.
            Some((Reverse((likeness * 1e6) as u64), entry.name.text.len(), entry.name.text.to_owned(), id))
        })
        .collect();
    found.par_sort_unstable();
    let mut seen = HashSet::new();
    found
        .into_iter()
        .filter(|(.., id)| seen.insert(id.clone()))
        .take(limit)
        .map(|(_, _, name, id)| (name, ConceptId::new(id)))
        .collect()
}

/// What was typed, made ready to be compared with many names.
struct Shape {
    length: usize,
    plain: Pattern,
    sorted: Pattern,
    letters: [u8; 128],
}

impl Shape {
    fn of(key: &str) -> Option<Self> {
        let (plain, sorted) = (Pattern::of(key)?, Pattern::of(&sorted(key))?);
        Some(Self { length: key.len(), plain, sorted, letters: letters(key) })
    }

    /// How alike a name is, 0 to 1, whatever the order of its words; none where it is too far off to be looked at.
    fn likeness(&self, key: &str) -> Option<f64> {
        let longest = self.length.max(key.len());
        // Every letter that one has and the other has not costs at least half a step.
        let difference: u32 =
            self.letters.iter().zip(letters(key)).map(|(one, other)| u32::from(one.abs_diff(other))).sum();
        let steps = f64::from(difference.div_ceil(2)).max(self.length.abs_diff(key.len()) as f64);
        if 1.0 - steps / longest as f64 <= LEAST {
            return None;
        }
        let likeness = alike(&self.plain, key).max(alike(&self.sorted, &sorted(key)) - 0.01);
        (likeness > LEAST).then_some(likeness)
    }
}

/// One less the steps from one to the other as a share of the longer one's letters.
fn alike(pattern: &Pattern, key: &str) -> f64 {
    let longest = pattern.letters().max(key.chars().count());
    1.0 - pattern.steps(key.chars()) as f64 / longest as f64
}

fn sorted(key: &str) -> String {
    let mut words: Vec<&str> = key.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

fn letters(key: &str) -> [u8; 128] {
    let mut letters = [0u8; 128];
    for byte in key.bytes() {
        let count = &mut letters[usize::from(byte & 127)];
        *count = count.saturating_add(1);
    }
    letters
}
