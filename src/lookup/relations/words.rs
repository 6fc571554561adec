//! The words by which findings tell what became of people (`words.toml`).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::extract::extractors::findings::polarity::Phrases;

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
    #[serde(rename = "use")]
    uses: UseLists,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct UseLists {
    cues: Vec<String>,
    compared: Vec<String>,
    links: Vec<String>,
    opening: Vec<String>,
    describes: Vec<String>,
    prevents: Vec<String>,
    claimed: Vec<String>,
    claims: Vec<String>,
    breaks: Vec<String>,
    never: Vec<String>,
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

/// The lists, ready to be looked for.
#[derive(Debug, Default)]
pub(super) struct Words {
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
    pub(super) use_cues: Phrases,
    pub(super) use_compared: Phrases,
    pub(super) use_links: Phrases,
    pub(super) use_opening: Phrases,
    pub(super) use_describes: Phrases,
    pub(super) use_prevents: Phrases,
    pub(super) use_claimed: Phrases,
    pub(super) use_claims: Phrases,
    pub(super) use_breaks: Phrases,
    pub(super) use_never: Phrases,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("words.toml")).unwrap_or_default();
    Words {
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
        use_cues: Phrases::of(&file.uses.cues),
        use_compared: Phrases::of(&file.uses.compared),
        use_links: Phrases::of(&file.uses.links),
        use_opening: Phrases::of(&file.uses.opening),
        use_describes: Phrases::of(&file.uses.describes),
        use_prevents: Phrases::of(&file.uses.prevents),
        use_claimed: Phrases::of(&file.uses.claimed),
        use_claims: Phrases::of(&file.uses.claims),
        use_breaks: Phrases::of(&file.uses.breaks),
        use_never: Phrases::of(&file.uses.never),
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read() {
        let file: File = toml::from_str(include_str!("words.toml")).unwrap();
        assert!(file.outcome.tolerability.len() > 10 && file.negation.reach > 0);
    }
}
