//! Tables of concepts: lines of ids with tabs between them, `#` before a comment.

use crate::model::ConceptId;

/// The ids of each line.
pub(super) fn read(table: &str) -> Vec<Vec<ConceptId>> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(ConceptId::new).collect()).collect()
}
