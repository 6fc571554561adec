//! The sources: one folder and one line of [`KINDS`] each.

pub mod files;

use std::path::Path;

use serde::Deserialize;

use super::Source;

/// Makes a source of its table; relative paths start from the folder. Says in words what the table lacks.
type Build = fn(&toml::Table, &Path) -> Result<Box<dyn Source>, String>;

/// A kind of source.
pub struct Kind {
    /// The one name: `kind = "…"` in a definition, folder, documentation.
    pub name: &'static str,
    /// The keys that its `[[source]]` table may have, `kind` apart.
    pub keys: &'static [&'static str],
    build: Build,
}

/// Every kind of source.
pub const KINDS: &[Kind] = &[Kind { name: "files", keys: &["paths"], build: build_files }];

/// The source that a `[[source]]` table describes; relative paths start from `folder`. Says in words what the table lacks.
pub fn build(table: &toml::Table, folder: &Path) -> Result<Box<dyn Source>, String> {
    let name = table.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default();
    let kind = KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| format!("unknown kind of source “{name}”"))?;
    (kind.build)(table, folder)
}

fn build_files(table: &toml::Table, folder: &Path) -> Result<Box<dyn Source>, String> {
    #[derive(Deserialize)]
    struct Keys {
        paths: Vec<String>,
    }
    let keys: Keys = table.clone().try_into().map_err(|error| format!("a source of kind files: {error}"))?;
    Ok(Box::new(files::FilesSource::new(folder, keys.paths)))
}
