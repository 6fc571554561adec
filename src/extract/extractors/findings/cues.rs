//! The word lists (`cues.toml`).

use std::sync::LazyLock;

use serde::Deserialize;

const DATA: &str = include_str!("cues.toml");

/// Every list. A test sees to it that the file can be read.
pub(super) static CUES: LazyLock<Cues> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cues {
    pub(super) direction: DirectionCues,
    pub(super) negation: Negation,
    pub(super) hedge: Hedge,
    pub(super) scope: Scope,
    pub(super) significant: Significant,
    pub(super) report: Report,
    pub(super) reject: Reject,
    pub(super) slots: Slots,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DirectionCues {
    pub(super) decreased: Vec<String>,
    pub(super) increased: Vec<String>,
    pub(super) no_difference: Vec<String>,
    pub(super) not_shown: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Negation {
    pub(super) words: Vec<String>,
    pub(super) except: Vec<String>,
    pub(super) reach: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hedge {
    pub(super) words: Vec<String>,
    pub(super) reach: usize,
    pub(super) asserts: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scope {
    pub(super) ignore_after: Vec<String>,
    pub(super) falls: Vec<String>,
    pub(super) rises: Vec<String>,
    pub(super) stronger: Vec<String>,
    pub(super) weaker: Vec<String>,
    pub(super) within: Vec<String>,
    pub(super) subgroups: Vec<String>,
    pub(super) controls: Vec<String>,
    pub(super) than: Vec<String>,
    pub(super) arms: Vec<String>,
    pub(super) numbers: Vec<String>,
    pub(super) changes: Vec<String>,
    pub(super) after_more: Vec<String>,
    pub(super) people: Vec<String>,
    pub(super) diseases: Vec<String>,
    pub(super) degrees: Vec<String>,
    pub(super) sizes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Significant {
    pub(super) yes: Vec<String>,
    pub(super) no: Vec<String>,
    pub(super) unclear: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    pub(super) words: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reject {
    pub(super) always: Vec<String>,
    pub(super) unless_numbers: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slots {
    pub(super) compared: Vec<String>,
    pub(super) comparators: Vec<String>,
    pub(super) measured_after: Vec<String>,
    pub(super) measured_before: Vec<String>,
    pub(super) active: Vec<String>,
    pub(super) passive: Vec<String>,
    pub(super) transitive: Vec<String>,
    pub(super) intransitive_before: Vec<String>,
    pub(super) agents: Vec<String>,
    pub(super) never_within: Vec<String>,
    pub(super) goes_on: Vec<String>,
    pub(super) adverbs: Vec<String>,
    pub(super) ends: Vec<String>,
    pub(super) leads: Vec<String>,
    pub(super) within_subject: Vec<String>,
    pub(super) openers: Vec<String>,
    pub(super) not_outcomes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read() {
        let cues: Cues = toml::from_str(DATA).unwrap();
        assert!(cues.negation.reach > 0 && !cues.slots.active.is_empty());
    }
}
