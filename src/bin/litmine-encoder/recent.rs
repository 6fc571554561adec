//! What was computed lately. A sentence is tagged, its role told and itself embedded, one after the other, and all three read the same
//! hidden states: what can be kept of them is kept, so that it is encoded once.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

/// Texts in a generation; two are kept. A text takes 1.5 KiB for each layer.
const TEXTS: usize = 4096;

/// The means of hidden states of the texts that were read last. The texts themselves are not kept: one may be of a patient.
#[derive(Default)]
pub(crate) struct Recent {
    young: HashMap<Key, Means>,
    old: HashMap<Key, Means>,
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
