//! The tasks: one file or folder and one line of [`ALL`] each.

mod abbreviations;
mod concepts;
mod labels;
mod retrieval;

use super::Task;

/// Every task.
pub const ALL: &[&dyn Task] =
    &[&retrieval::Retrieval, &concepts::Concepts, &labels::Labels, &abbreviations::Abbreviations];

/// The task of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Task> {
    ALL.iter().copied().find(|task| task.name() == name)
}
