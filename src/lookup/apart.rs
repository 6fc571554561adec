//! Kinds that a broad name does not mean (`apart.tsv`).

use std::sync::LazyLock;

use super::id_lines;
use crate::model::ConceptId;

static LINES: LazyLock<Vec<Vec<ConceptId>>> = LazyLock::new(|| id_lines::read(include_str!("apart.tsv")));

/// What stands apart from a concept, whatever the tree says.
pub(super) fn from(concept: &ConceptId) -> &'static [ConceptId] {
    LINES.iter().find(|line| line.first() == Some(concept)).map_or(&[], |line| &line[1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_names_a_concept_once_and_what_stands_apart() {
        let mut first: Vec<&ConceptId> = LINES.iter().filter_map(|line| line.first()).collect();
        let count = first.len();
        first.sort();
        first.dedup();
        assert_eq!(first.len(), count);
        assert!(count > 1 && LINES.iter().all(|line| line.len() > 1 && !line[1..].contains(&line[0])));
        assert!(from(&ConceptId::mesh("D006973")).contains(&ConceptId::mesh("D006976")));
        assert!(from(&ConceptId::mesh("D006976")).is_empty());
    }
}
