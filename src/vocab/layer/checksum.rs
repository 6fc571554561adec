//! A checksum quick enough to take at every opening; it finds damage, it does not withstand forgery.

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The checksum of some bytes. Four lanes, so that a processor need not wait for one product before it begins the next.
pub(super) fn of(bytes: &[u8]) -> u64 {
    let (blocks, rest) = bytes.as_chunks::<32>();
    let mut lanes = [1, 2, 3, 4].map(|lane: u64| lane.wrapping_mul(FACTOR));
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block.as_chunks::<8>().0) {
            *lane = step(*lane, u64::from_le_bytes(*word));
        }
    }
    let mut sum = lanes.into_iter().fold(bytes.len() as u64, step);
    for &byte in rest {
        sum = step(sum, byte.into());
    }
    sum
}

fn step(sum: u64, word: u64) -> u64 {
    let mixed = (sum ^ word).wrapping_mul(FACTOR);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::of;

    proptest! {
        #[test]
        fn every_changed_byte_shows(bytes in prop::collection::vec(any::<u8>(), 1..100), at: usize, flip in 1u8..) {
            let mut changed = bytes.clone();
            let at = at % changed.len();
            changed[at] ^= flip;
            prop_assert_ne!(of(&bytes), of(&changed));
            prop_assert_ne!(of(&bytes), of(&bytes[1..]));
        }
    }
}
