//! `litmine vocab update`: the newest edition of a vocabulary, from where it is published.

use super::bars;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::harvest::mesh;
use crate::vocab;

/// Fetches the newest MeSH, unless that year's is there, and imports it as `meshYEAR`.
pub(super) fn mesh(again: bool, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let failed = |error: crate::harvest::HarvestError| Failure::other(error.to_string());
    let file = mesh::newest_descriptors(&settings.access).map_err(failed)?;
    let name = format!("mesh{}", file.year);
    let folder = settings.workspace.vocabularies();
    if !again && vocab::list(&folder)?.iter().any(|held| held.name == name && held.state.is_ok()) {
        printer.note(&format!("{name} is there and is the newest; --again fetches it anew"));
        return Ok(Ended::Done);
    }
    let place = |error: std::io::Error| Failure::other(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(&folder).map_err(place)?;
    let mut download = tempfile::NamedTempFile::new_in(&folder).map_err(place)?;
    mesh::fetch(&settings.access, &file, download.as_file_mut(), &folder).map_err(failed)?;
    let report = vocab::import(&[download.path().to_owned()], &folder, &name, &bars(printer))?;
    printer.line(&format!(
        "{name}: {} {}, {} concepts, {} names",
        report.title.title, report.title.release, report.concepts, report.names
    ));
    printer.note(&format!("Name it in a corpus: vocabularies = [\"{name}\", \"starter\"]"));
    Ok(Ended::Done)
}
