//! What was computed lately. A sentence is tagged, its role told, its outcomes tagged and itself embedded, one after the other, and all
//! read the same hidden states: they are kept for as long as that takes, so that it is encoded once.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use tch::Tensor;

/// Texts in a generation; two are kept. A text takes 1.5 KiB for each layer.
const TEXTS: usize = 4096;

/// Tokens in a generation of hidden states; two are kept. A token takes 0.75 KiB for each layer in 16 bits: some 40 MiB with three layers.
const TOKENS: usize = 8192;

/// The hidden states of the texts that were read last, and for longer their means. The texts themselves are not kept: one may be of a
/// patient.
#[derive(Default)]
pub(crate) struct Recent {
    young: HashMap<Key, Means>,
    old: HashMap<Key, Means>,
    states: Generation,
    older_states: HashMap<Key, States>,
}

/// The hidden states of texts, and how many tokens they have.
#[derive(Default)]
struct Generation {
    texts: HashMap<Key, States>,
    tokens: usize,
}

/// The hidden states of a text after some layers, next to each other: tokens × (layers · width).
struct States {
    layers: Vec<usize>,
    joined: Tensor,
}

/// The SHA-256 of a text.
type Key = [u8; 32];

fn key(text: &str) -> Key {
    Sha256::digest(text).into()
}

/// The mean, of length 1, of the hidden states after each of some layers.
type Means = Vec<(usize, Vec<f32>)>;

impl Recent {
    /// The means of a text after each of these layers, one behind the other, if all are known.
    pub(crate) fn get(&self, text: &str, layers: &[usize]) -> Option<Vec<f32>> {
        let key = key(text);
        let known = self.young.get(&key).or_else(|| self.old.get(&key))?;
        let mut joined = Vec::new();
        for layer in layers {
            joined.extend_from_slice(&known.iter().find(|(known, _)| known == layer)?.1);
        }
        Some(joined)
    }

    /// Keeps the means of a text after each of these layers, which stand one behind the other.
    pub(crate) fn put(&mut self, text: &str, layers: &[usize], joined: &[f32]) {
        if layers.is_empty() || joined.is_empty() {
            return;
        }
        if self.young.len() >= TEXTS {
            self.old = std::mem::take(&mut self.young);
        }
        let key = key(text);
        let mut known = self.old.remove(&key).or_else(|| self.young.remove(&key)).unwrap_or_default();
        for (layer, mean) in layers.iter().zip(joined.chunks_exact(joined.len() / layers.len())) {
            if !known.iter().any(|(known, _)| known == layer) {
                known.push((*layer, mean.to_vec()));
            }
        }
        self.young.insert(key, known);
    }

    /// The hidden states of a text after these layers, if they are known.
    pub(crate) fn states(&self, text: &str, layers: &[usize]) -> Option<Tensor> {
        let key = key(text);
        let known = self.states.texts.get(&key).or_else(|| self.older_states.get(&key))?;
        (known.layers == layers).then(|| known.joined.shallow_clone())
    }

    /// Keeps the hidden states of a text after these layers, next to each other: tokens × (layers · width).
    pub(crate) fn put_states(&mut self, text: &str, layers: &[usize], joined: &Tensor) {
        let tokens = joined.size().first().map_or(0, |tokens| usize::try_from(*tokens).unwrap_or(0));
        if self.states.tokens + tokens > TOKENS {
            self.older_states = std::mem::take(&mut self.states).texts;
        }
        let states = States { layers: layers.to_vec(), joined: joined.shallow_clone() };
        if self.states.texts.insert(key(text), states).is_none() {
            self.states.tokens += tokens;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_there_for_any_of_its_layers() {
        let mut recent = Recent::default();
        recent.put("a", &[2, 6], &[1., 2., 3., 4.]);
        assert_eq!(recent.get("a", &[6, 2]), Some(vec![3., 4., 1., 2.]));
        assert_eq!(recent.get("a", &[4]), None);
        recent.put("a", &[4], &[5., 6.]);
        assert_eq!(recent.get("a", &[4, 6]), Some(vec![5., 6., 3., 4.]));
        assert_eq!(recent.get("b", &[2]), None);
    }

    #[test]
    fn hidden_states_are_kept_for_the_layers_that_were_read_until_newer_ones_need_the_room() {
        let mut recent = Recent::default();
        let states = |tokens: usize| Tensor::ones([tokens as i64, 6], tch::kind::FLOAT_CPU);
        recent.put_states("a", &[2, 4], &states(3));
        assert_eq!(recent.states("a", &[2, 4]).map(|states| states.size()), Some(vec![3, 6]));
        assert!(recent.states("a", &[4, 2]).is_none() && recent.states("b", &[2, 4]).is_none());
        recent.put_states("b", &[2, 4], &states(TOKENS - 3));
        recent.put_states("c", &[2, 4], &states(1));
        assert!(["a", "b", "c"].iter().all(|text| recent.states(text, &[2, 4]).is_some()));
        recent.put_states("d", &[2, 4], &states(TOKENS));
        assert!(recent.states("a", &[2, 4]).is_none() && recent.states("c", &[2, 4]).is_some());
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let mut recent = Recent::default();
        for n in 0..3 * TEXTS {
            recent.put(&n.to_string(), &[1], &[n as f32]);
        }
        assert!(recent.young.len() + recent.old.len() <= 2 * TEXTS);
        assert_eq!(recent.get("0", &[1]), None);
        let last = 3 * TEXTS - 1;
        assert_eq!(recent.get(&last.to_string(), &[1]), Some(vec![last as f32]));
    }
}
