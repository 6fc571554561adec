//! The sources: one folder and one line of [`KINDS`] each.

mod articles;
mod clinical_trials;
mod europe_pmc;
pub mod files;
mod pmc_oa;
mod preprints;
mod pubmed;
mod pubmed_bulk;
mod retraction_watch;
mod window;

use std::path::Path;

use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::{Access, Source};

/// What a source is made with, besides its table.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'s> {
    /// The folder that relative paths start from.
    pub folder: &'s Path,
    /// The way to the services.
    pub access: &'s Access,
    /// What changed from this day on is read again, whatever the checkpoints say.
    pub since: Option<Date>,
}

/// Makes a source of its table. Says in words what the table lacks.
type Build = fn(&toml::Table, &Surroundings<'_>) -> Result<Box<dyn Source>, String>;

/// A kind of source.
pub struct Kind {
    /// The one name: `kind = "…"` in a definition, folder, documentation.
    pub name: &'static str,
    /// The keys that its `[[source]]` table may have, `kind` apart.
    pub keys: &'static [&'static str],
    build: Build,
}

/// Every kind of source.
pub const KINDS: &[Kind] = &[
    Kind { name: "files", keys: files::KEYS, build: files::build },
    Kind { name: "pubmed", keys: pubmed::KEYS, build: pubmed::build },
    Kind { name: "europe-pmc", keys: europe_pmc::KEYS, build: europe_pmc::build },
    Kind { name: "clinical-trials", keys: clinical_trials::KEYS, build: clinical_trials::build },
    Kind { name: "pmc-oa", keys: pmc_oa::KEYS, build: pmc_oa::build },
    Kind { name: "preprints", keys: preprints::KEYS, build: preprints::build },
    Kind { name: "retraction-watch", keys: retraction_watch::KEYS, build: retraction_watch::build },
    Kind { name: "pubmed-bulk", keys: pubmed_bulk::KEYS, build: pubmed_bulk::build },
];

/// The source that a `[[source]]` table describes. Says in words what the table lacks.
pub fn build(table: &toml::Table, surroundings: &Surroundings<'_>) -> Result<Box<dyn Source>, String> {
    let name = table.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default();
    let kind = KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| format!("unknown kind of source “{name}”"))?;
    (kind.build)(table, surroundings)
}

/// The keys of a table, or in words what is wrong with them.
fn keys<T: DeserializeOwned>(kind: &str, table: &toml::Table) -> Result<T, String> {
    table.clone().try_into().map_err(|error| format!("a source of kind {kind}: {error}"))
}

/// A day of a table (`2020-01-31`), or in words what is wrong with it.
fn day(kind: &str, key: &str, written: &str) -> Result<Date, String> {
    written.parse().map_err(|_| format!("a source of kind {kind}: {key} is a day like 2020-01-31, not “{written}”"))
}

/// The day from which on records are read: the day that was asked for, and none later than what is due, or what came between would
/// never be read. `due` is none where not all was read once: then it is from the beginning.
fn from_day(asked: Option<Date>, due: Option<Date>) -> Option<Date> {
    due.map(|due| asked.map_or(due, |asked| asked.min(due)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_out_by_asking_for_a_later_day() {
        let day = |day: &str| Some(day.parse().unwrap());
        assert_eq!(from_day(day("2026-05-01"), day("2026-03-01")), day("2026-03-01"));
        assert_eq!(from_day(day("2026-01-01"), day("2026-03-01")), day("2026-01-01"));
        assert_eq!(from_day(None, day("2026-03-01")), day("2026-03-01"));
        assert_eq!(from_day(day("2026-05-01"), None), None, "not all was read once");
    }
}
