//! The word lists (`words.toml`), and where a text has words of them.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::extract::extractors::findings::cues::CUES;
use crate::extract::extractors::findings::words::{Word, matches_at};

const DATA: &str = include_str!("words.toml");

/// The lists. A test sees to it that the file can be read.
pub(super) static LISTS: LazyLock<Lists> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    pub(super) stop: Vec<String>,
    pub(super) increase: Vec<String>,
    pub(super) decrease: Vec<String>,
    pub(super) no_difference: Vec<String>,
    pub(super) better: Vec<String>,
    pub(super) worse: Vec<String>,
    pub(super) reference: Vec<String>,
    pub(super) tested: Vec<String>,
    pub(super) between_values: Vec<String>,
    pub(super) clause: Vec<String>,
    pub(super) no_value_after: Vec<String>,
    pub(super) no_value_before: Vec<String>,
    pub(super) times: Vec<String>,
    pub(super) measured_times: Vec<String>,
}

/// Whether a word is of a list.
pub(super) fn of(list: &[String], word: &str) -> bool {
    list.iter().any(|known| known == word)
}

/// What words of a list say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Increase,
    Decrease,
    Better,
    Worse,
    NoDifference,
    Significant,
    Negation,
    Reference,
    Control,
    Tested,
}

const KINDS: usize = Kind::Tested as usize + 1;

/// Every pattern by its first word.
static PATTERNS: LazyLock<HashMap<&'static str, Vec<(Kind, &'static str)>>> = LazyLock::new(|| {
    let (lists, cues): (&Lists, &_) = (&LISTS, &*CUES);
    let all: [(Kind, &[&'static [String]]); KINDS] = [
        (Kind::Increase, &[&cues.direction.increased, &lists.increase]),
        (Kind::Decrease, &[&cues.direction.decreased, &lists.decrease]),
        (Kind::Better, &[&lists.better]),
        (Kind::Worse, &[&lists.worse]),
        (
            Kind::NoDifference,
            &[&cues.direction.no_difference, &cues.direction.not_shown, &cues.significant.no, &lists.no_difference],
        ),
        (Kind::Significant, &[&cues.significant.yes]),
        (Kind::Negation, &[&cues.negation.words]),
        (Kind::Reference, &[&lists.reference]),
        (Kind::Control, &[&cues.scope.controls, &cues.slots.comparators]),
        (Kind::Tested, &[&lists.tested]),
    ];
    let mut patterns: HashMap<&str, Vec<(Kind, &str)>> = HashMap::new();
    for (kind, lists) in all {
        for pattern in lists.iter().flat_map(|list| list.iter()) {
            let first = pattern.split(' ').next().unwrap_or_default();
            patterns.entry(first).or_default().push((kind, pattern));
        }
    }
    patterns
});

/// Where words of each kind stand: the first word, and how many; in order.
#[derive(Debug, Default)]
pub(super) struct Hits([Vec<(usize, usize)>; KINDS]);

impl Hits {
    /// Looks every word up; of several patterns of a kind that begin at a word the longest is taken.
    pub(super) fn of(words: &[Word]) -> Self {
        let mut hits = Self::default();
        for (at, word) in words.iter().enumerate() {
            for (kind, pattern) in PATTERNS.get(word.text.as_str()).into_iter().flatten() {
                let Some(len) = matches_at(words, at, pattern) else { continue };
                let found = &mut hits.0[*kind as usize];
                match found.last_mut() {
                    Some(last) if last.0 == at => last.1 = last.1.max(len),
                    _ => found.push((at, len)),
                }
            }
        }
        hits
    }

    pub(super) fn all(&self, kind: Kind) -> &[(usize, usize)] {
        &self.0[kind as usize]
    }

    /// Whether words of a kind begin here.
    pub(super) fn begins(&self, kind: Kind, at: usize) -> bool {
        self.all(kind).binary_search_by_key(&at, |hit| hit.0).is_ok()
    }

    /// Whether words of a kind lie over this one.
    pub(super) fn covers(&self, kind: Kind, at: usize) -> bool {
        // No pattern is longer than a few words and the gaps between them.
        const LONGEST: usize = 16;
        let hits = self.all(kind);
        let after = hits.partition_point(|hit| hit.0 <= at);
        hits[..after].iter().rev().take_while(|hit| hit.0 + LONGEST > at).any(|hit| hit.0 + hit.1 > at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::extractors::findings::words::words;

    #[test]
    fn the_lists_are_read() {
        let lists: Lists = toml::from_str(DATA).unwrap();
        assert!(!lists.stop.is_empty() && !lists.times.is_empty());
    }

    #[test]
    fn the_longest_words_of_each_kind_count() {
        let hits = Hits::of(&words("There was no significant difference in pain compared with placebo."));
        assert_eq!(hits.all(Kind::NoDifference), [(2, 3)]);
        assert!(hits.covers(Kind::NoDifference, 3) && !hits.covers(Kind::NoDifference, 5));
        assert_eq!(hits.all(Kind::Reference), [(7, 2)]);
        assert!(hits.begins(Kind::Control, 9) && !hits.begins(Kind::Control, 8));
    }
}
