//! How many steps one word is from another: letters put in, left out or changed, and neighbours that changed places.

use std::collections::HashMap;

/// The most letters of what is compared with others.
pub(super) const LONGEST: usize = 128;

/// A text made ready to be compared with many: for each letter, a bit for each place where it stands.
///
/// All steps of a row are taken at once, one bit a letter: H. Hyyrö, “A bit-vector algorithm for computing Levenshtein and Damerau edit distances”, Nordic
/// Journal of Computing 10 (2003). No part of a text is changed twice (optimal string alignment).
pub(super) struct Pattern {
    ascii: [u128; 128],
    others: HashMap<char, u128>,
    letters: usize,
}

impl Pattern {
    /// Makes a text ready; none where it is empty or longer than [`LONGEST`].
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut pattern = Self { ascii: [0; 128], others: HashMap::new(), letters: text.chars().count() };
        if pattern.letters == 0 || pattern.letters > LONGEST {
            return None;
        }
        for (place, letter) in text.chars().enumerate() {
            let places = match pattern.ascii.get_mut(letter as usize) {
                Some(places) => places,
                None => pattern.others.entry(letter).or_default(),
            };
            *places |= 1 << place;
        }
        Some(pattern)
    }

    /// How many letters it has.
    pub(super) fn letters(&self) -> usize {
        self.letters
    }

    /// How many steps another text is away.
    pub(super) fn steps(&self, other: impl Iterator<Item = char>) -> usize {
        let last = 1u128 << (self.letters - 1);
        let (mut up, mut down) = (u128::MAX, 0u128);
        let (mut diagonal, mut before) = (0u128, 0u128);
        let mut steps = self.letters;
        for letter in other {
            let places = match self.ascii.get(letter as usize) {
                Some(places) => *places,
                None => self.others.get(&letter).copied().unwrap_or(0),
            };
            let swapped = ((!diagonal & places) << 1) & before;
            diagonal = ((places & up).wrapping_add(up) ^ up) | places | down | swapped;
            let more = down | !(diagonal | up);
            let fewer = diagonal & up;
            steps = steps + usize::from(more & last != 0) - usize::from(fewer & last != 0);
            let more = (more << 1) | 1;
            up = (fewer << 1) | !(diagonal | more);
            down = diagonal & more;
            before = places;
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(one: &str, other: &str) -> usize {
        Pattern::of(one).unwrap().steps(other.chars())
    }

    #[test]
    fn each_step_counts_one() {
        assert_eq!(steps("zelmarin", "zelmarin"), 0);
        assert_eq!(steps("zelmarin", "zelmarine"), 1);
        assert_eq!(steps("zelmarin", "elmarin"), 1);
        assert_eq!(steps("zelmarin", "zelnarin"), 1);
        assert_eq!(steps("zelmarin", "zlemarin"), 1);
        assert_eq!(steps("zelmarin", ""), 8);
        assert_eq!(steps("β-zelm", "α-zelm"), 1);
    }

    #[test]
    fn it_agrees_with_a_table_of_all_steps() {
        // Pseudo-random words of few letters, so that they share many.
        let mut state = 7u64;
        let mut word = |most: u64| -> String {
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state >> 33
            };
            (0..=next() % most).map(|_| ['a', 'b', 'c', 'é'][(next() % 4) as usize]).collect()
        };
        for most in [4, 12, 40, 127] {
            for _ in 0..200 {
                let (one, other) = (word(most), word(most));
                assert_eq!(steps(&one, &other), strsim::osa_distance(&one, &other), "{one} {other}");
            }
        }
    }

    #[test]
    fn nothing_and_too_much_are_not_compared() {
        assert!(Pattern::of("").is_none());
        assert!(Pattern::of(&"a".repeat(LONGEST)).is_some());
        assert!(Pattern::of(&"a".repeat(LONGEST + 1)).is_none());
    }
}
