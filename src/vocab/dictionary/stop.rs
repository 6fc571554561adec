//! Names that are common words.

use std::sync::LazyLock;

use crate::vocab::hash::WordSet;
use crate::vocab::normal::normalize;

const STOP: &str = include_str!("stop.tsv");

/// Whether a name in its normal form is a common word, which means its concept too seldom to count by itself.
pub(super) fn is_common(key: &str) -> bool {
    static WORDS: LazyLock<WordSet<String>> = LazyLock::new(|| words().map(normalize).collect());
    // What is only numbers and single letters (`1 2`, `b 1`) names nothing in running text.
    WORDS.contains(key) || key.split(' ').all(|word| word.len() < 2 || word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a name in its normal form is that of an effect: `bronchodilator effect` is nothing that anybody is given.
pub(super) fn is_effect(key: &str) -> bool {
    key.rsplit_once(' ').is_some_and(|(_, last)| matches!(last, "effect" | "action" | "activity"))
}

/// The common words.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    STOP.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_list_is_in_order_and_without_doubles() {
        let words: Vec<_> = words().collect();
        assert!(words.is_sorted(), "sort the lines");
        let normal: HashSet<_> = words.iter().map(|word| normalize(word)).collect();
        assert_eq!(normal.len(), words.len());
    }

    #[test]
    fn common_words_and_bare_numbers_are_known() {
        for name in ["cold", "lead", "time", "1 2", "b", "12"] {
            assert!(is_common(name), "{name}");
        }
        for name in ["asthma", "il 6", "cold agglutinin"] {
            assert!(!is_common(name), "{name}");
        }
    }
}
