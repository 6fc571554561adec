//! The phrases (`words.toml`).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::extract::extractors::findings::polarity::Phrases;
use crate::vocab::normalize;

const DATA: &str = include_str!("words.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    caption: CaptionLists,
    head: HeadLists,
    label: LabelLists,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaptionLists {
    describes: Vec<String>,
    parts: Vec<String>,
    predicts: Vec<String>,
    regresses: Vec<String>,
    ends: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadLists {
    never_arms: Vec<String>,
    times: Vec<String>,
    p_values: Vec<String>,
    comparators: Vec<String>,
    between: Vec<String>,
    p_tests: Vec<String>,
    of_all: Vec<String>,
    kinds: Vec<String>,
    forms: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelLists {
    people: Vec<String>,
    never_outcomes: Vec<String>,
    statistics: Vec<String>,
    general: Vec<String>,
}

/// The lists, ready to be looked for.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) describes: Phrases,
    pub(super) parts: Phrases,
    /// In lower case, as printed, the longest first.
    pub(super) predicts: Vec<Vec<String>>,
    pub(super) regresses: Phrases,
    pub(super) ends: Vec<String>,
    /// Whole names in their normal form.
    pub(super) never_arms: Vec<String>,
    pub(super) times: Phrases,
    /// Whole heads in their normal form.
    pub(super) p_values: Vec<String>,
    pub(super) comparators: Phrases,
    pub(super) kinds: Phrases,
    pub(super) between: Phrases,
    /// Single words in their normal form.
    pub(super) p_tests: Vec<String>,
    pub(super) of_all: Vec<String>,
    pub(super) forms: Vec<String>,
    pub(super) people: Phrases,
    pub(super) never_outcomes: Phrases,
    pub(super) statistics: Phrases,
    pub(super) general: Phrases,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let file: File = toml::from_str(DATA).unwrap_or_default();
    let normal = |list: &[String]| list.iter().map(|phrase| normalize(phrase)).collect::<Vec<_>>();
    let mut predicts: Vec<Vec<String>> =
        normal(&file.caption.predicts).iter().map(|phrase| phrase.split(' ').map(str::to_owned).collect()).collect();
    predicts.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    Words {
        describes: Phrases::of(&file.caption.describes),
        parts: Phrases::of(&file.caption.parts),
        predicts,
        regresses: Phrases::of(&file.caption.regresses),
        ends: normal(&file.caption.ends),
        never_arms: normal(&file.head.never_arms),
        times: Phrases::of(&file.head.times),
        p_values: normal(&file.head.p_values),
        comparators: Phrases::of(&file.head.comparators),
        kinds: Phrases::of(&file.head.kinds),
        between: Phrases::of(&file.head.between),
        p_tests: normal(&file.head.p_tests),
        of_all: normal(&file.head.of_all),
        forms: normal(&file.head.forms),
        people: Phrases::of(&file.label.people),
        never_outcomes: Phrases::of(&file.label.never_outcomes),
        statistics: Phrases::of(&file.label.statistics),
        general: Phrases::of(&file.label.general),
    }
});

/// The words of a text in the normal form of names.
pub(super) fn normal_words(normal: &str) -> Vec<&str> {
    normal.split(' ').filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read() {
        let file: File = toml::from_str(DATA).unwrap();
        assert!(!file.caption.describes.is_empty() && !file.head.times.is_empty() && !file.label.people.is_empty());
    }
}
