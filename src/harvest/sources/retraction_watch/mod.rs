//! `kind = "retraction-watch"`: retractions, reinstatements, expressions of concern and corrections, from the Retraction Watch Database.
//!
//! Keys: `path`, a file of this machine (relative ones start from the folder of the corpus's definition), or `url`, another address; with
//! neither the table is read that Crossref publishes.
//!
//! The service is `retraction-watch`, asked at most once a second and with one question: a table that has not changed is not fetched
//! again. Its rows are statements about papers and no documents: they become flags, which say that Retraction Watch says so, on what
//! the corpus holds under the PMID or the DOI, whenever that came or comes. A table that lost many of the statements it had is taken to
//! be cut short: it is reported, and what was said before stands.
//!
//! Terms: the data are in the public domain (CC0).

use std::io::Cursor;
use std::path::PathBuf;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Surroundings;
use crate::harvest::{Access, Checkpoint, Checkpoints, Delivery, HarvestError, Outcome, Plan, Service, Sink, Source};
use crate::net::{Address, Answer, Validator};

/// The keys of its table.
pub(super) const KEYS: &[&str] = &["path", "url"];

#[derive(Deserialize)]
struct Keys {
    path: Option<PathBuf>,
    url: Option<String>,
}

/// The file that Crossref publishes.
const FILE: &str = "retraction_watch.csv";
/// How often a table that is not whole is asked for again.
const ATTEMPTS: u32 = 4;
/// The largest table that is taken; it has some 60 MB.
const LARGEST: u64 = 512 << 20;
/// The partition that remembers the table.
const TABLE: &str = "table";

pub(super) fn build(table: &toml::Table, surroundings: &Surroundings<'_>) -> Result<Box<dyn Source>, String> {
    let keys: Keys = super::keys("retraction-watch", table)?;
    let (name, place) = match (keys.path, keys.url) {
        (Some(_), Some(_)) => return Err("a source of kind retraction-watch: path or url, not both".to_owned()),
        (Some(path), None) => {
            (format!("retraction-watch {}", path.display()), Place::File(surroundings.folder.join(path)))
        }
        (None, Some(url)) => {
            let address: Address =
                url.parse().map_err(|error| format!("a source of kind retraction-watch: url: {error}"))?;
            (format!("retraction-watch {address}"), Place::Address(address))
        }
        (None, None) => ("retraction-watch".to_owned(), Place::Service),
    };
    Ok(Box::new(RetractionWatch {
        name,
        access: surroundings.access.clone(),
        place,
        anew: surroundings.since.is_some(),
    }))
}

/// Where the table is.
enum Place {
    Service,
    Address(Address),
    File(PathBuf),
}

/// The table of notices.
struct RetractionWatch {
    name: String,
    access: Access,
    place: Place,
    /// Whether it is read again, changed or not.
    anew: bool,
}

/// What is remembered of a table: its digest, and what to ask with next time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Held {
    digest: String,
    validator: Validator,
}

impl Held {
    fn to_line(&self) -> String {
        format!("{}\t{}", self.digest, self.validator.to_line())
    }

    fn from_line(line: &str) -> Self {
        let (digest, validator) = line.split_once('\t').unwrap_or((line, ""));
        Self { digest: digest.to_owned(), validator: Validator::from_line(validator) }
    }
}

impl RetractionWatch {
    /// The table, if it may have changed.
    fn table(&self, held: &Held) -> Result<Option<(Vec<u8>, Validator)>, HarvestError> {
        match &self.place {
            Place::File(path) => {
                let place = |source| HarvestError::File { path: path.display().to_string(), source };
                Ok(Some((std::fs::read(path).map_err(place)?, Validator::default())))
            }
            Place::Service => {
                let service = self.access.service("retraction-watch")?;
                fetch(&service, &service.address(FILE)?, held)
            }
            Place::Address(address) => fetch(&self.access.service("retraction-watch")?, address, held),
        }
    }
}

/// Fetches a table, if it changed, until it is whole or as often as makes sense.
fn fetch(service: &Service, address: &Address, held: &Held) -> Result<Option<(Vec<u8>, Validator)>, HarvestError> {
    let request = service.at(address).at_most(LARGEST).unless(held.validator.clone());
    let mut said = "";
    for _ in 0..ATTEMPTS {
        let fetched = match service.network().fetch_changed(&request)? {
            Answer::Unchanged => return Ok(None),
            Answer::Whole(fetched) => fetched,
        };
        said = match (fetched.bytes.starts_with(b"Record ID,"), fetched.bytes.ends_with(b"\n")) {
            (false, _) if !fetched.bytes.starts_with("\u{feff}Record ID,".as_bytes()) => "not Retraction Watch's table",
            (_, false) => "the table is cut short",
            _ => return Ok(Some((fetched.bytes, fetched.validator))),
        };
    }
    Err(HarvestError::Remote(format!("{address}: {said}")))
}

impl Source for RetractionWatch {
    fn name(&self) -> &str {
        &self.name
    }

    fn harvest(&mut self, checkpoints: &Checkpoints, sink: &mut dyn Sink) -> Result<Outcome, HarvestError> {
        let held = checkpoints.position(TABLE).filter(|_| !self.anew).map(Held::from_line).unwrap_or_default();
        let mut outcome = Outcome::default();
        let Some((bytes, validator)) = self.table(&held)? else { return Ok(outcome) };
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let checkpoint =
            Checkpoint { partition: TABLE.to_owned(), position: Held { digest: digest.clone(), validator }.to_line() };
        if digest == held.digest {
            sink.remember(checkpoint)?;
            return Ok(outcome);
        }
        let received = sink.deliver(Delivery {
            // One name for every edition: what a new one does not say any more is taken back.
            origin: format!("{} {FILE}", self.name),
            bytes: Some(bytes.len() as u64),
            input: Box::new(Cursor::new(bytes)),
            announced: None,
            checkpoint,
        })?;
        outcome.problems.extend(received.problem);
        Ok(outcome)
    }

    fn plan(&mut self, _checkpoints: &Checkpoints) -> Result<Plan, HarvestError> {
        let (requests, note) = match self.place {
            Place::File(_) => (0, "the table is read if it changed"),
            _ => (1, "the table is fetched if it changed"),
        };
        Ok(Plan { records: None, requests, notes: vec![note.to_owned()] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_survives_a_checkpoint() {
        let validator = Validator { etag: Some("\"x\"".to_owned()), modified: Some("a date".to_owned()) };
        let held = Held { digest: "abc".to_owned(), validator };
        assert_eq!(Held::from_line(&held.to_line()), held);
        assert_eq!(Held::from_line(&Held::default().to_line()), Held::default());
    }
}
