//! The newest MeSH, from NLM's file server: `litmine vocab update mesh`.
//!
//! Courtesy of the U.S. National Library of Medicine; free to use with credit to NLM and the year.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use super::{Access, HarvestError};
use crate::net::{NetError, Validator};

/// The largest file that is taken; the descriptors have some 300 MB uncompressed.
const LARGEST: u64 = 2 << 30;

/// A file of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeshFile {
    /// `desc2026.gz`, checked: nothing else of the page is used as a name.
    pub name: String,
    /// The year of the edition.
    pub year: u16,
}

/// The newest year of which NLM lists descriptors, and of that year what else there is: supplementary concepts, where new drugs
/// appear first, and pharmacological actions. The descriptors come first.
pub fn newest_edition(access: &Access) -> Result<Vec<MeshFile>, HarvestError> {
    let service = access.service("mesh")?;
    let page = service.network().fetch(&service.get("", &[])?.at_most(16 << 20))?;
    let page = String::from_utf8_lossy(&page.bytes);
    let Some(descriptors) = newest(&page, "desc", None) else {
        let address = service.address("").map(|address| address.to_string()).unwrap_or_default();
        return Err(HarvestError::Remote(format!("{address} lists no file of descriptors")));
    };
    let year = Some(descriptors.year);
    let others = ["supp", "pa"].into_iter().filter_map(|kind| newest(&page, kind, year));
    Ok(std::iter::once(descriptors.clone()).chain(others).collect())
}

/// Fetches a file into `to` if it changed since `held`; a connection that breaks is taken up where it stopped. Gives what to ask
/// with next time; none: it did not change.
pub fn fetch(
    access: &Access,
    file: &MeshFile,
    held: Validator,
    to: &mut File,
    place: &Path,
) -> Result<Option<Validator>, HarvestError> {
    let service = access.service("mesh")?;
    let request = service.get(&file.name, &[])?.at_most(LARGEST).unless(held);
    let Some(mut body) = service.network().open_changed(&request)? else { return Ok(None) };
    let mut buffer = vec![0; 256 << 10];
    loop {
        let n = match body.read(&mut buffer) {
            Ok(0) => return Ok(Some(body.validator().clone())),
            Ok(n) => n,
            Err(error) => {
                let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<NetError>());
                return Err(HarvestError::Remote(cause.map_or_else(|| error.to_string(), ToString::to_string)));
            }
        };
        to.write_all(&buffer[..n])
            .map_err(|source| HarvestError::File { path: place.display().to_string(), source })?;
    }
}

/// The newest file of a kind on a page, or that of a year: `desc2026.gz` or `desc2026.xml`; of one year the compressed one.
fn newest(page: &str, kind: &str, year: Option<u16>) -> Option<MeshFile> {
    page.match_indices("href=\"")
        .filter_map(|(at, start)| page[at + start.len()..].split('"').next())
        .filter_map(|name| {
            let (year, ending) = name.strip_prefix(kind)?.split_once('.')?;
            let known = ["gz", "xml.gz", "xml"].contains(&ending)
                && year.len() == 4
                && year.bytes().all(|b| b.is_ascii_digit());
            known.then(|| Some((year.parse::<u16>().ok()?, ending != "xml", name)))?
        })
        .filter(|(found, ..)| year.is_none_or(|year| year == *found))
        .max()
        .map(|(year, _, name)| MeshFile { name: name.to_owned(), year })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_year_is_taken_compressed_where_it_is() {
        let page = "<a href=\"desc2025.gz\">x</a><a href=\"desc2026.xml\">x</a><a href=\"desc2026.gz\">x</a>\
            <a href=\"supp2027.gz\">x</a><a href=\"desc2099.gz/../x\">x</a><a href=\"desc20261.gz\">x</a>";
        assert_eq!(newest(page, "desc", None), Some(MeshFile { name: "desc2026.gz".to_owned(), year: 2026 }));
        assert_eq!(newest(page, "supp", Some(2026)), None, "that of another year does not go with it");
        assert_eq!(newest("<html>", "desc", None), None);
    }
}
