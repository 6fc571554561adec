//! The word lists (`cues.toml`).

use std::sync::LazyLock;

use serde::Deserialize;

use super::words::Phrases;

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
    pub(super) decreased: Phrases,
    pub(super) increased: Phrases,
    pub(super) no_difference: Phrases,
    pub(super) not_shown: Phrases,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Negation {
    pub(super) words: Phrases,
    pub(super) except: Phrases,
    pub(super) reach: usize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hedge {
    pub(super) words: Phrases,
    pub(super) reach: usize,
    pub(super) asserts: Phrases,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scope {
    pub(super) ignore_after: Phrases,
    pub(super) falls: Phrases,
    pub(super) rises: Phrases,
    pub(super) stronger: Phrases,
    pub(super) weaker: Phrases,
    pub(super) within: Phrases,
    pub(super) subgroups: Phrases,
    pub(super) controls: Phrases,
    pub(super) than: Phrases,
    pub(super) arms: Phrases,
    pub(super) numbers: Phrases,
    pub(super) changes: Phrases,
    pub(super) after_more: Phrases,
    pub(super) people: Phrases,
    pub(super) diseases: Phrases,
    pub(super) degrees: Phrases,
    pub(super) sizes: Phrases,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Significant {
    pub(super) yes: Phrases,
    pub(super) no: Phrases,
    pub(super) unclear: Phrases,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    pub(super) words: Phrases,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reject {
    pub(super) always: Phrases,
    pub(super) unless_numbers: Phrases,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slots {
    pub(super) compared: Phrases,
    pub(super) comparators: Phrases,
    pub(super) measured_after: Phrases,
    pub(super) measured_before: Phrases,
    pub(super) active: Phrases,
    pub(super) passive: Phrases,
    pub(super) transitive: Phrases,
    pub(super) intransitive_before: Phrases,
    pub(super) agents: Phrases,
    pub(super) never_within: Phrases,
    pub(super) goes_on: Phrases,
    pub(super) adverbs: Phrases,
    pub(super) ends: Phrases,
    pub(super) leads: Phrases,
    pub(super) within_subject: Phrases,
    pub(super) openers: Phrases,
    pub(super) not_outcomes: Phrases,
    pub(super) leads_on: Phrases,
    pub(super) names_nothing: Phrases,
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
