//! Outcomes by the words that papers use for them, as `outcomes.toml` holds them, and which of them are harms.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocab::normalize;

const DATA: &str = include_str!("outcomes.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    outcome: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    names: Vec<String>,
    #[serde(default)]
    harm: Harm,
}

/// Whether an outcome is one that treatments do harm by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Harm {
    #[default]
    Never,
    /// Whatever the paper is about.
    Always,
    /// Where the paper is not about it: nausea is no harm of what is given against nausea.
    UnlessStudied,
}

static OUTCOMES: LazyLock<File> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

/// The words of a name in its normal form, and the place of its outcome in the table.
type Name = (Vec<String>, usize);

/// Every name by its first word.
static NAMES: LazyLock<HashMap<String, Vec<Name>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<Name>> = HashMap::new();
    for (at, group) in OUTCOMES.outcome.iter().enumerate() {
        for name in &group.names {
            let words: Vec<String> = normalize(name).split_whitespace().map(str::to_owned).collect();
            let Some(first) = words.first() else { continue };
            let known = names.entry(first.clone()).or_default();
            if !known.contains(&(words.clone(), at)) {
                known.push((words, at));
            }
        }
    }
    names
});

/// Every name of the outcomes that these words name.
pub(in crate::lookup) fn synonyms(asked: &str) -> Vec<&'static str> {
    let wanted = normalize(asked);
    let names = |group: &&Group| group.names.iter().any(|name| normalize(name) == wanted);
    OUTCOMES.outcome.iter().filter(names).flat_map(|group| &group.names).map(String::as_str).collect()
}

/// The outcomes that a sentence in its normal form names, each by its first name, in the order of the table.
pub(in crate::lookup) fn named_in(normal: &str) -> Vec<&'static str> {
    groups_in(normal).into_iter().filter_map(|at| OUTCOMES.outcome[at].names.first()).map(String::as_str).collect()
}

/// Those of them that are harms, in a paper with this title in its normal form.
pub(in crate::lookup) fn harms_in(normal: &str, title: &str) -> Vec<&'static str> {
    let studied = groups_in(title);
    let is_harm = |at: &usize| match OUTCOMES.outcome[*at].harm {
        Harm::Never => false,
        Harm::Always => true,
        Harm::UnlessStudied => !studied.contains(at),
    };
    let names = groups_in(normal).into_iter().filter(is_harm).filter_map(|at| OUTCOMES.outcome[at].names.first());
    names.map(String::as_str).collect()
}

fn groups_in(normal: &str) -> Vec<usize> {
    let words: Vec<&str> = normal.split(' ').collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        for (name, group) in NAMES.get(*word).into_iter().flatten() {
            let stands =
                words.get(at..at + name.len()).is_some_and(|words| words.iter().zip(name).all(|(a, b)| a == b));
            if stands && !found.contains(group) {
                found.push(*group);
            }
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_has_its_synonyms() {
        let file: File = toml::from_str(DATA).unwrap();
        assert!(file.outcome.len() > 20);
        assert!(synonyms("hospital admissions").contains(&"hospitalisation"));
        assert!(synonyms("hba1c").contains(&"glycated haemoglobin"));
        assert!(synonyms("deaths").contains(&"mortality") && !synonyms("deaths").contains(&"survival"));
        assert!(synonyms("blue eyes").is_empty());
    }

    #[test]
    fn a_harm_is_one_where_it_is_not_what_the_paper_is_about() {
        let line = normalize("Nausea and serious adverse events were more frequent, and fewer died.");
        assert_eq!(named_in(&line), ["mortality", "adverse events", "nausea", "serious adverse events"]);
        let of = |title: &str| harms_in(&line, &normalize(title));
        assert_eq!(of("Zelmarin in asthma"), ["adverse events", "nausea", "serious adverse events"]);
        assert_eq!(of("Zelmarin against vomiting"), ["adverse events", "serious adverse events"]);
        // A part of a word is no name.
        assert!(named_in(&normalize("The painter rested.")).is_empty());
    }
}
