//! The tasks: one file or folder and one line of [`ALL`] each.

mod abbreviations;
mod answers;
mod concepts;
mod conclusion;
mod direction;
mod indications;
mod labels;
mod outcomes;
mod pico;
mod retrieval;
mod roles;

use super::Task;

/// Every task.
pub const ALL: &[&dyn Task] = &[
    &retrieval::Retrieval,
    &concepts::Concepts,
    &labels::Labels,
    &abbreviations::Abbreviations,
    &roles::Roles,
    &answers::Answers,
    &direction::Directions,
    &indications::Indications,
    &outcomes::Outcomes,
    &pico::Pico,
    &conclusion::Conclusion,
];

/// The task of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Task> {
    ALL.iter().copied().find(|task| task.name() == name)
}

/// The figures of a task on one file of this text, without an encoder.
#[cfg(test)]
fn figures_of(task: &dyn Task, text: &str) -> Result<super::Figures, super::EvalError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    std::fs::write(&path, text).unwrap();
    let workspace = crate::corpus::Workspace::new(folder.path());
    let setting = super::Setting { workspace: &workspace, encoder: None, progress: &crate::progress::Silent };
    let data = [path];
    task.run(&super::Request { data: &data, ..super::Request::default() }, setting)
}
