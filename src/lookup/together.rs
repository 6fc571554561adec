//! Concepts that are looked for together (`together.tsv`).

use std::sync::LazyLock;

use super::id_lines;
use crate::model::ConceptId;

static GROUPS: LazyLock<Vec<Vec<ConceptId>>> = LazyLock::new(|| id_lines::read(include_str!("together.tsv")));

/// The concepts that are looked for with this one, without itself.
pub(super) fn of(concept: &ConceptId) -> Vec<ConceptId> {
    let groups = GROUPS.iter().filter(|group| group.contains(concept));
    groups.flatten().filter(|other| *other != concept).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_group_and_each_concept_in_one() {
        let mut all: Vec<&ConceptId> = GROUPS.iter().flatten().collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(GROUPS.len() > 5 && GROUPS.iter().all(|group| group.len() > 1));
        assert_eq!(of(&ConceptId::mesh("D003863")), [ConceptId::mesh("D003866")]);
    }
}
