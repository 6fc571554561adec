//! Counts of a comparison, and the figures made of them.

use super::{Figures, rounded};

/// A part of a whole; 0 where the whole is nothing.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// How many were found, were marked, and both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Matches {
    pub(super) found: usize,
    pub(super) marked: usize,
    pub(super) both: usize,
}

impl Matches {
    pub(super) fn add(&mut self, other: Self) {
        self.found += other.found;
        self.marked += other.marked;
        self.both += other.both;
    }

    /// Precision, recall and F1.
    pub(super) fn figures(self) -> Figures {
        Figures::from_iter([
            ("p".to_owned(), rounded(share(self.both, self.found))),
            ("r".to_owned(), rounded(share(self.both, self.marked))),
            ("f1".to_owned(), rounded(share(2 * self.both, self.found + self.marked))),
            ("marked".to_owned(), self.marked.into()),
        ])
    }
}

/// F1 of one class, of pairs of what is so and what was told.
pub(super) fn f1<C: Copy + PartialEq>(pairs: &[(C, Option<C>)], class: C) -> f64 {
    let both = pairs.iter().filter(|pair| **pair == (class, Some(class))).count();
    let either = pairs.iter().map(|(is, told)| usize::from(*is == class) + usize::from(*told == Some(class)));
    share(2 * both, either.sum())
}

/// Accuracy, and the mean F1 of these classes.
pub(super) fn scores<C: Copy + PartialEq>(pairs: &[(C, Option<C>)], classes: &[C]) -> Figures {
    let right = pairs.iter().filter(|(is, told)| Some(*is) == *told).count();
    let macro_f1 = classes.iter().map(|class| f1(pairs, *class)).sum::<f64>() / classes.len() as f64;
    Figures::from_iter([
        ("accuracy".to_owned(), rounded(share(right, pairs.len()))),
        ("macro_f1".to_owned(), rounded(macro_f1)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_is_nowhere_and_a_whole_of_nothing_give_nought() {
        let pairs = [('a', Some('a')), ('a', None), ('b', Some('a'))];
        assert_eq!((f1(&pairs, 'a'), f1(&pairs, 'b'), f1(&pairs, 'c')), (0.5, 0.0, 0.0));
        assert_eq!(scores(&pairs, &['a', 'b'])["macro_f1"], 0.25);
        assert_eq!(scores(&pairs[..0], &['a'])["accuracy"], 0.0);
        assert_eq!(Matches { found: 2, marked: 0, both: 0 }.figures()["r"], 0.0);
    }
}
