//! A fast hash for tables of short words that this module fills itself; not for keys an adversary chooses.

use std::hash::{BuildHasherDefault, Hasher};

/// A hash map with [`WordHasher`].
pub(super) type WordMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<WordHasher>>;

/// A hash set with [`WordHasher`].
pub(super) type WordSet<K> = std::collections::HashSet<K, BuildHasherDefault<WordHasher>>;

/// Multiply and rotate, eight bytes a step.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct WordHasher(u64);

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl WordHasher {
    fn step(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.step(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            self.step(u64::from_le_bytes(last));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.step(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.step(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.step(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.step(value as u64);
    }

    fn finish(&self) -> u64 {
        // The map takes its bucket from the low bits, where a product is weakest.
        self.0 ^ (self.0 >> 29)
    }
}
