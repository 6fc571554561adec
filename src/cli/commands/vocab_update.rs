//! `litmine vocab update`: the newest edition of a vocabulary, from where it is published.

use std::collections::BTreeMap;
use std::path::Path;

use super::bars;
use crate::cli::errors::{Ended, Failure};
use crate::cli::output::write_whole;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::harvest::mesh::{self, MeshFile};
use crate::net::Validator;
use crate::vocab;

/// Fetches the newest MeSH, its descriptors, supplementary concepts and pharmacological actions, unless the files are those that were
/// imported before, and imports it as `meshYEAR`.
pub(super) fn mesh(again: bool, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let failed = |error: crate::harvest::HarvestError| Failure::other(error.to_string());
    let files = mesh::newest_edition(&settings.access).map_err(failed)?;
    let Some(year) = files.first().map(|file| file.year) else { return Ok(Ended::Done) };
    let name = format!("mesh{year}");
    let folder = settings.workspace.vocabularies();
    std::fs::create_dir_all(&folder).map_err(|error| Failure::other(format!("{}: {error}", folder.display())))?;
    let remembered = folder.join(format!("{name}.fetched"));
    let there = vocab::list(&folder)?.iter().any(|held| held.name == name && held.state.is_ok());
    let held = if there && !again { read_validators(&remembered) } else { BTreeMap::new() };
    let Some(fetched) = fetch(&files, &held, &folder, settings, printer)? else {
        printer.note(&format!("{name} is there and is the newest; --again fetches it anew"));
        return Ok(Ended::Done);
    };
    let paths: Vec<_> = fetched.iter().map(|(download, _)| download.path().to_owned()).collect();
    let report = vocab::import(&paths, &[], &folder, &name, &bars(printer))?;
    let lines =
        files.iter().zip(&fetched).map(|(file, (_, validator))| format!("{}\t{}\n", file.name, validator.to_line()));
    write_whole(&remembered, &lines.collect::<String>())?;
    printer.line(&format!(
        "{name}: {} {}, {} concepts, {} names",
        report.title.title, report.title.release, report.concepts, report.names
    ));
    printer.note(&format!("Name it in a corpus: vocabularies = [\"{name}\", \"starter\"]"));
    Ok(Ended::Done)
}

/// A file as it was fetched, and what to ask with next time.
type Download = (tempfile::NamedTempFile, Validator);

/// Fetches all of the files if any of them is not the one that is held; none: every one is. They are compiled together.
fn fetch(
    files: &[MeshFile],
    held: &BTreeMap<String, Validator>,
    folder: &Path,
    settings: &Settings,
    printer: &Printer,
) -> Result<Option<Vec<Download>>, Failure> {
    let get = |file: &MeshFile, held: Validator| -> Result<Option<Download>, Failure> {
        let place = |error: std::io::Error| Failure::other(format!("{}: {error}", folder.display()));
        let mut download = tempfile::NamedTempFile::new_in(folder).map_err(place)?;
        let validator = mesh::fetch(&settings.access, file, held, download.as_file_mut(), folder)
            .map_err(|error| Failure::other(format!("{}: {error}", file.name)))?;
        Ok(validator.map(|validator| (download, validator)))
    };
    let mut fetched = Vec::new();
    let mut changed = false;
    for file in files {
        printer.note(&format!("{}: asking for it", file.name));
        let download = match held.get(&file.name) {
            None => get(file, Validator::default())?,
            // A server that says nothing to compare by: the year is all that tells.
            Some(validator) if validator.is_empty() => None,
            Some(validator) => get(file, validator.clone())?,
        };
        changed |= download.is_some();
        fetched.push(download);
    }
    if !changed {
        return Ok(None);
    }
    let whole = files.iter().zip(fetched).map(|(file, download)| match download {
        Some(download) => Ok(download),
        None => get(file, Validator::default())?
            .ok_or_else(|| Failure::other(format!("{}: unchanged, though nobody asked", file.name))),
    });
    whole.collect::<Result<Vec<_>, _>>().map(Some)
}

fn read_validators(path: &Path) -> BTreeMap<String, Validator> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, validator)| (name.to_owned(), Validator::from_line(validator)))
        .collect()
}
