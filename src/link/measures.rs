//! What conditions are measured by (`measures.tsv`).

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::ConceptId;
use crate::vocab::normalize;

static MEASURES: LazyLock<HashMap<ConceptId, Vec<String>>> = LazyLock::new(|| {
    let mut measures: HashMap<ConceptId, Vec<String>> = HashMap::new();
    let lines = include_str!("measures.tsv").lines().filter(|line| !line.starts_with('#'));
    for (condition, name) in lines.filter_map(|line| line.split_once('\t')) {
        measures.entry(ConceptId::new(condition)).or_default().push(normalize(name));
    }
    measures
});

/// The names of what a condition is measured by, in the normal form of names.
pub(super) fn of(condition: &ConceptId) -> &'static [String] {
    MEASURES.get(condition).map_or(&[], Vec::as_slice)
}

/// Whether a sentence in the normal form of names holds a name, as whole words.
pub(super) fn holds(sentence: &str, name: &str) -> bool {
    sentence.match_indices(name).any(|(at, _)| {
        let open = |c: Option<char>| c.is_none_or(|c| c == ' ');
        open(sentence[..at].chars().next_back()) && open(sentence[at + name.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_found_as_whole_words_in_any_spelling() {
        assert!(MEASURES.len() > 15);
        let hypertension = of(&ConceptId::mesh("D006973"));
        let found = |text: &str| hypertension.iter().any(|name| holds(&normalize(text), name));
        assert!(
            found("Systolic blood pressures fell.")
                && found("SBP (mmHg)")
                && !found("Blood flow and air pressure fell.")
        );
        assert!(of(&ConceptId::mesh("D003924")).iter().any(|name| holds(&normalize("HbA1C was lower"), name)));
        assert!(!holds("the bmis", "bmi"));
    }
}
