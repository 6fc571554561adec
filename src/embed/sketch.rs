//! Sketches of vectors: one bit a number, its sign. Of vectors that lie near each other most signs agree, so that the few whose
//! signs agree best with a query's hold its nearest neighbours; their cosines are then computed from the vectors themselves.
//! After M. Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002, with the axes of the space in place of
//! random directions: what sentence encoders give uses them evenly.

use rayon::prelude::*;

/// Rows that one thread looks at before it takes the next.
const BLOCK: usize = 16_384;

/// How many words a sketch of a vector of this dimension has.
pub(super) const fn words(dimension: usize) -> usize {
    dimension.div_ceil(64)
}

/// Appends the sketch of a vector.
pub(super) fn push(vector: &[f32], out: &mut Vec<u64>) {
    out.extend(vector.chunks(64).map(|part| {
        part.iter().enumerate().fold(0, |word, (bit, number)| word | u64::from(number.is_sign_positive()) << bit)
    }));
}

/// The rows, in order, whose sketches differ least from the query's: at least `wanted` of them where there are as many, and every
/// one that differs no more than the last of these.
pub(super) fn nearest(sketches: &[u64], query: &[f32], wanted: usize) -> Vec<usize> {
    let width = words(query.len());
    let mut sketch = Vec::with_capacity(width);
    push(query, &mut sketch);
    let mut distances = vec![0_u16; sketches.len() / width];
    distances
        .par_chunks_mut(BLOCK)
        .zip(sketches.par_chunks(BLOCK * width))
        .for_each(|(distances, sketches)| differences(sketches, &sketch, distances));
    let mut histogram = vec![0_usize; query.len() + 1];
    for distance in &distances {
        histogram[usize::from(*distance)] += 1;
    }
    let mut counted = 0;
    let limit = histogram.iter().position(|count| {
        counted += count;
        counted >= wanted
    });
    let limit = limit.unwrap_or(query.len());
    distances.iter().enumerate().filter(|(_, distance)| usize::from(**distance) <= limit).map(|(row, _)| row).collect()
}

/// In how many bits each sketch differs from another.
fn differences(sketches: &[u64], other: &[u64], out: &mut [u16]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("popcnt") {
        #[target_feature(enable = "popcnt")]
        fn with_popcnt(sketches: &[u64], other: &[u64], out: &mut [u16]) {
            count(sketches, other, out);
        }
        #[expect(unsafe_code, reason = "the processor was asked whether it has the instruction")]
        // SAFETY: it has.
        return unsafe { with_popcnt(sketches, other, out) };
    }
    count(sketches, other, out);
}

#[inline(always)]
fn count(sketches: &[u64], other: &[u64], out: &mut [u16]) {
    for (sketch, out) in sketches.chunks_exact(other.len()).zip(out) {
        *out = sketch.iter().zip(other).map(|(a, b)| (a ^ b).count_ones() as u16).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_are_those_that_differ_least_and_all_that_differ_as_little() {
        // Rows of 70 numbers: row n has its first n signs turned.
        let row = |turned: usize| (0..70).map(|at| if at < turned { -1.0 } else { 1.0 }).collect::<Vec<f32>>();
        let mut sketches = Vec::new();
        for turned in [5, 0, 66, 5, 1, 70] {
            push(&row(turned), &mut sketches);
        }
        assert_eq!(sketches.len(), 12);
        assert_eq!(nearest(&sketches, &row(0), 1), [1]);
        assert_eq!(nearest(&sketches, &row(0), 3), [0, 1, 3, 4], "two differ in five signs");
        assert_eq!(nearest(&sketches, &row(70), 1), [5]);
        assert_eq!(nearest(&sketches, &row(0), 100).len(), 6);
        assert!(nearest(&[], &row(0), 1).is_empty());
    }

    #[test]
    fn counting_is_the_same_with_and_without_the_instruction() {
        let numbers: Vec<u64> = (1..=60_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        let (mut a, mut b) = ([0; 10], [0; 10]);
        differences(&numbers, &numbers[..6], &mut a);
        count(&numbers, &numbers[..6], &mut b);
        assert_eq!(a, b);
        assert_eq!(a[0], 0);
    }
}
