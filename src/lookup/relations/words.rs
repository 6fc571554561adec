//! The words by which findings tell what became of people (`words.toml`).

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocab::normalize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    outcome: OutcomeLists,
    occurrence: List,
    benefit: List,
    equal: List,
    since: SinceLists,
    harm: List,
    negation: NegationLists,
    hedge: List,
    aside: List,
    both_arms: List,
    inactive: List,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SinceLists {
    words: Vec<String>,
    fell: Vec<String>,
    rose: Vec<String>,
    compared: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeLists {
    bad: Vec<String>,
    good: Vec<String>,
    good_of_all: Vec<String>,
    tolerability: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    words: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NegationLists {
    words: Vec<String>,
    reach: usize,
    ineffective: Vec<String>,
}

/// Phrases, by their first word.
#[derive(Debug, Default)]
pub(super) struct Phrases(HashMap<String, Vec<Vec<String>>>);

impl Phrases {
    fn of(phrases: &[String]) -> Self {
        let mut by_first: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for phrase in phrases {
            let normal = normalize(phrase);
            let mut words = normal.split(' ').map(str::to_owned);
            if let Some(first) = words.next().filter(|first| !first.is_empty()) {
                by_first.entry(first).or_default().push(words.collect());
            }
        }
        Self(by_first)
    }

    /// Every place at which a phrase begins.
    pub(super) fn places(&self, words: &[&str]) -> impl Iterator<Item = usize> {
        let begins = |at: &usize| {
            let behind = &words[*at + 1..];
            let fits = |rest: &Vec<String>| rest.len() <= behind.len() && rest.iter().zip(behind).all(|(a, b)| a == b);
            self.0.get(words[*at]).is_some_and(|phrases| phrases.iter().any(fits))
        };
        (0..words.len()).filter(begins)
    }

    /// Whether a phrase stands anywhere.
    pub(super) fn any(&self, words: &[&str]) -> bool {
        self.places(words).next().is_some()
    }
}

/// The lists, ready to be looked for.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) bad: Phrases,
    pub(super) good: Phrases,
    pub(super) good_of_all: Phrases,
    pub(super) tolerability: Phrases,
    pub(super) occurrence: Phrases,
    pub(super) benefit: Phrases,
    pub(super) equal: Phrases,
    pub(super) since: Phrases,
    pub(super) fell: Phrases,
    pub(super) rose: Phrases,
    pub(super) compared: Phrases,
    pub(super) harm: Phrases,
    pub(super) negation: Phrases,
    /// How many words before a benefit a negation reaches.
    pub(super) reach: usize,
    pub(super) ineffective: Phrases,
    pub(super) hedge: Phrases,
    pub(super) aside: Phrases,
    pub(super) both_arms: Phrases,
    pub(super) inactive: Phrases,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("words.toml")).unwrap_or_default();
    Words {
        bad: Phrases::of(&file.outcome.bad),
        good: Phrases::of(&file.outcome.good),
        good_of_all: Phrases::of(&file.outcome.good_of_all),
        tolerability: Phrases::of(&file.outcome.tolerability),
        occurrence: Phrases::of(&file.occurrence.words),
        benefit: Phrases::of(&file.benefit.words),
        equal: Phrases::of(&file.equal.words),
        since: Phrases::of(&file.since.words),
        fell: Phrases::of(&file.since.fell),
        rose: Phrases::of(&file.since.rose),
        compared: Phrases::of(&file.since.compared),
        harm: Phrases::of(&file.harm.words),
        negation: Phrases::of(&file.negation.words),
        reach: file.negation.reach,
        ineffective: Phrases::of(&file.negation.ineffective),
        hedge: Phrases::of(&file.hedge.words),
        aside: Phrases::of(&file.aside.words),
        both_arms: Phrases::of(&file.both_arms.words),
        inactive: Phrases::of(&file.inactive.words),
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read_and_no_outcome_is_both_good_and_bad() {
        let file: File = toml::from_str(include_str!("words.toml")).unwrap();
        let normal = |list: &[String]| list.iter().map(|word| normalize(word)).collect::<Vec<_>>();
        let good = normal(&file.outcome.good);
        assert!(good.len() > 30 && file.negation.reach > 0);
        for bad in normal(&file.outcome.bad) {
            assert!(!good.contains(&bad) && !normal(&file.outcome.good_of_all).contains(&bad), "{bad}");
        }
    }

    #[test]
    fn phrases_are_found_as_whole_words() {
        let normal = normalize("Quality of life rose; the functions did not.");
        let words: Vec<&str> = normal.split(' ').collect();
        assert_eq!(WORDS.good.places(&words).collect::<Vec<_>>(), [0, 5]);
        assert!(!WORDS.good.any(&["quality", "of"]));
    }
}
