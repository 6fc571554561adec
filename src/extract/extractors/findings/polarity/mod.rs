//! What an outcome means to people, and whom a finding favours. `README.md` has the form of the lists.

mod phrases;

use std::sync::LazyLock;

use serde::Deserialize;

pub use self::phrases::Phrases;
use crate::model::{Direction, Favours};
use crate::vocab::normalize;

const DATA: &str = include_str!("words.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    outcome: OutcomeLists,
    words: WordLists,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeLists {
    bad: Vec<String>,
    good: Vec<String>,
    good_of_all: Vec<String>,
    harms: Vec<String>,
    depends: Vec<String>,
    changes: Vec<String>,
}

/// Single words in lower case, as printed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::extract) struct WordLists {
    pub(super) bad: Vec<String>,
    pub(super) good: Vec<String>,
}

#[derive(Debug, Default)]
struct Outcomes {
    bad: Phrases,
    good: Phrases,
    good_of_all: Phrases,
    harms: Phrases,
    /// Of these nothing is told: what depends on whom is asked, and changes.
    open: Phrases,
}

/// The file. A test sees to it that it can be read.
static FILE: LazyLock<File> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

static OUTCOMES: LazyLock<Outcomes> = LazyLock::new(|| {
    let lists = &FILE.outcome;
    let open: Vec<String> = lists.depends.iter().chain(&lists.changes).cloned().collect();
    Outcomes {
        bad: Phrases::of(&lists.bad),
        good: Phrases::of(&lists.good),
        good_of_all: Phrases::of(&lists.good_of_all),
        harms: Phrases::of(&lists.harms),
        open: Phrases::of(&open),
    }
});

/// The single words of outcomes of which less, or more, is good.
pub(in crate::extract) fn words() -> &'static WordLists {
    &FILE.words
}

/// Whether more of an outcome, by its words in the normal form of names, is good for people; none where that is not known, or where
/// several things are measured.
pub fn more_is_good(outcome: &[&str]) -> Option<bool> {
    let lists = &*OUTCOMES;
    if let Some(at) = outcome.windows(2).position(|two| two == ["time", "to"]) {
        return more_is_good(&outcome[at + 2..]).map(|good| !good);
    }
    // "Seizure-free", "nausea free days".
    let free = (1..outcome.len()).any(|at| outcome[at] == "free" && lists.bad.any(&outcome[at - 1..at]));
    if free || lists.good_of_all.any(outcome) {
        return Some(true);
    }
    match (lists.good.any(outcome), lists.bad.any(outcome)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// Whom a finding favours that names its outcome so; none where the direction or the outcome's meaning is not known.
pub fn favours(direction: Option<Direction>, outcome: Option<&str>) -> Option<Favours> {
    let direction = direction?;
    if direction == Direction::NoDifference {
        return Some(Favours::Neither);
    }
    let normal = normalize(outcome?);
    let words: Vec<&str> = normal.split(' ').collect();
    let lists = &*OUTCOMES;
    if lists.open.any(&words) {
        return None;
    }
    let more_is_good = match (more_is_good(&words), lists.harms.any(&words)) {
        (Some(true), true) => return None,
        (_, true) => false,
        (known, false) => known?,
    };
    let better = more_is_good == (direction == Direction::Increased);
    Some(if better { Favours::Intervention } else { Favours::Comparator })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Decreased, Increased, NoDifference};
    use Favours::{Comparator, Intervention, Neither};

    #[test]
    fn the_lists_are_read_and_no_outcome_is_both_good_and_bad() {
        let file: File = toml::from_str(DATA).unwrap();
        let normal = |list: &[String]| list.iter().map(|word| normalize(word)).collect::<Vec<_>>();
        let good = normal(&file.outcome.good);
        assert!(good.len() > 30);
        let less_is_good = [&file.outcome.bad, &file.outcome.harms].into_iter().flat_map(|list| normal(list));
        for bad in less_is_good {
            assert!(!good.contains(&bad) && !normal(&file.outcome.good_of_all).contains(&bad), "{bad}");
        }
        for bad in &file.words.bad {
            assert!(!file.words.good.contains(bad), "{bad}");
        }
    }

    #[test]
    fn the_outcome_decides_whom_a_direction_favours() {
        for (outcome, direction, expected) in [
            ("All-cause mortality", Decreased, Some(Intervention)),
            ("mortality", Increased, Some(Comparator)),
            ("Quality of life", Increased, Some(Intervention)),
            ("pain relief", Increased, Some(Intervention)),
            ("adverse events", Increased, Some(Comparator)),
            ("adverse events", NoDifference, Some(Neither)),
            ("body weight", NoDifference, Some(Neither)),
            // By who is treated, the one or the other is good.
            ("body weight", Decreased, None),
            ("systolic blood pressure", Decreased, None),
            // The direction may be that of the change.
            ("reduction in pain", Increased, None),
            ("number of nausea-free patients", Increased, Some(Intervention)),
            ("free testosterone", Increased, None),
            ("time to healing", Decreased, Some(Intervention)),
            ("time to first relapse", Increased, Some(Intervention)),
            ("time to discharge", Decreased, None),
            ("pain and function", Decreased, None),
            ("serum zelmarin", Increased, None),
        ] {
            assert_eq!(favours(Some(direction), Some(outcome)), expected, "{outcome}, {direction:?}");
        }
        assert_eq!(favours(None, Some("mortality")), None);
        assert_eq!(favours(Some(Decreased), None), None);
    }
}
