//! Outcomes by the words that papers use for them, as `outcomes.toml` holds them.

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
}

static OUTCOMES: LazyLock<File> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

/// Every name of the outcomes that these words name.
pub(in crate::lookup) fn synonyms(asked: &str) -> Vec<&'static str> {
    let wanted = normalize(asked);
    let names = |group: &&Group| group.names.iter().any(|name| normalize(name) == wanted);
    OUTCOMES.outcome.iter().filter(names).flat_map(|group| &group.names).map(String::as_str).collect()
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
}
