//! `kind = "clinical-trials"`: registrations of trials, with what their results say, from ClinicalTrials.gov (API version 2).
//!
//! Keys, of which one at least: `condition`, `intervention` and `terms`, in the registry's own search language; `filter`, an advanced
//! filter (`AREA[Phase]PHASE3`); and `overlap_days` (3), by which a later run looks back behind the one before it.
//!
//! The service is `clinical-trials`; it needs no key and is asked at most 0.8 times a second. The registry says when its data last
//! changed; a run after which nothing did asks that alone. The first run reads everything, page by page, and goes on behind the
//! last page that was stored; a later one reads what was posted again since the last complete run.

use std::io::Cursor;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Surroundings;
use crate::harvest::{Access, Checkpoint, Checkpoints, Delivery, HarvestError, Outcome, Plan, Service, Sink, Source};

/// The keys of its table.
pub(super) const KEYS: &[&str] = &["condition", "intervention", "terms", "filter", "overlap_days"];

#[derive(Deserialize)]
struct Keys {
    condition: Option<String>,
    intervention: Option<String>,
    terms: Option<String>,
    filter: Option<String>,
    #[serde(default = "overlap")]
    overlap_days: u16,
}

fn overlap() -> u16 {
    3
}

/// Registrations in a page. With their results a thousand would be too much to hold at once.
const PAGE: u64 = 100;
/// The largest page that is taken.
const LARGEST: u64 = 256 << 20;
/// How often a page that is not as it should be is asked for again.
const ATTEMPTS: u32 = 4;

/// The partition that remembers what the registry said of its data when everything was read.
const COMPLETE: &str = "complete until";
/// The partition that remembers the page to go on with.
const NEXT: &str = "next page";

pub(super) fn build(table: &toml::Table, surroundings: &Surroundings<'_>) -> Result<Box<dyn Source>, String> {
    let keys: Keys = super::keys("clinical-trials", table)?;
    let fields: Vec<(&'static str, String)> = [
        ("query.cond", keys.condition),
        ("query.intr", keys.intervention),
        ("query.term", keys.terms),
        ("filter.advanced", keys.filter),
    ]
    .into_iter()
    .filter_map(|(field, value)| Some((field, value.filter(|value| !value.trim().is_empty())?)))
    .collect();
    if fields.is_empty() {
        return Err("a source of kind clinical-trials needs a condition, an intervention, terms or a filter".to_owned());
    }
    let words: Vec<&str> = fields.iter().map(|(_, value)| value.as_str()).collect();
    Ok(Box::new(ClinicalTrials {
        name: format!("clinical-trials {}", words.join(" / ")),
        access: surroundings.access.clone(),
        fields,
        overlap: keys.overlap_days,
        since: surroundings.since,
    }))
}

/// Registrations that a search finds.
struct ClinicalTrials {
    name: String,
    access: Access,
    fields: Vec<(&'static str, String)>,
    overlap: u16,
    since: Option<Date>,
}

/// What `/version` says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    data_timestamp: String,
}

/// A page, as far as a harvest looks into it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    studies: Vec<IgnoredAny>,
    total_count: Option<u64>,
    next_page_token: Option<String>,
}

/// How far a run has come: what it reads, how many are announced and stored, and the page to ask for next.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    since: Option<Date>,
    version: String,
    total: u64,
    stored: u64,
    token: Option<String>,
}

impl Place {
    fn to_line(&self) -> String {
        let since = self.since.map_or_else(|| "beginning".to_owned(), |date| date.to_string());
        format!(
            "{since}\t{}\t{}\t{}\t{}",
            self.version,
            self.total,
            self.stored,
            self.token.as_deref().unwrap_or_default()
        )
    }

    /// None: nothing was begun, or what was begun is done.
    fn from_line(line: &str) -> Option<Self> {
        let parts: Vec<&str> = line.split('\t').collect();
        let [since, version, total, stored, token] = parts.as_slice() else { return None };
        let since = if *since == "beginning" { None } else { Some(since.parse().ok()?) };
        let token = Some((*token).to_owned()).filter(|token| !token.is_empty())?;
        Some(Self {
            since,
            version: (*version).to_owned(),
            total: total.parse().ok()?,
            stored: stored.parse().ok()?,
            token: Some(token),
        })
    }
}

impl ClinicalTrials {
    fn version(service: &Service) -> Result<String, HarvestError> {
        let answer = service.network().fetch(&service.get("version", &[])?.at_most(1 << 20))?;
        let version: Version = serde_json::from_slice(&answer.bytes)
            .map_err(|error| HarvestError::Remote(format!("{}: {error}", address(service, "version"))))?;
        Ok(version.data_timestamp)
    }

    /// From which day on registrations are read; none: all.
    fn window(&self, checkpoints: &Checkpoints) -> Option<Date> {
        let complete = checkpoints.position(COMPLETE).and_then(|stamp| stamp.get(..10)?.parse::<Date>().ok());
        let due = match checkpoints.position(NEXT).and_then(Place::from_line) {
            Some(begun) => begun.since,
            None => complete.and_then(|date| date.checked_sub(i64::from(self.overlap).days()).ok()),
        };
        super::from_day(self.since, due)
    }

    /// Asks for a page until it is whole, or as often as makes sense; with the page that came nearest, and what is wrong with it.
    fn page(
        &self,
        service: &Service,
        place: &Place,
        size: u64,
    ) -> Result<(Vec<u8>, Page, Option<String>), HarvestError> {
        let size_text = size.to_string();
        let mut fields: Vec<(&str, &str)> = vec![("format", "json"), ("pageSize", &size_text), ("countTotal", "true")];
        let mut filter =
            self.fields.iter().find(|(name, _)| *name == "filter.advanced").map(|(_, value)| value.clone());
        if let Some(since) = place.since {
            let range = format!("AREA[LastUpdatePostDate]RANGE[{since},MAX]");
            filter = Some(filter.map_or_else(|| range.clone(), |filter| format!("({filter}) AND {range}")));
        }
        fields.extend(self.fields.iter().filter(|(name, _)| *name != "filter.advanced").map(|(n, v)| (*n, v.as_str())));
        fields.extend(filter.as_deref().map(|filter| ("filter.advanced", filter)));
        fields.extend(place.token.as_deref().map(|token| ("pageToken", token)));
        let request = service.get("studies", &fields)?.at_most(LARGEST);
        let (mut best, mut said): (Option<(Vec<u8>, Page)>, Option<String>) = (None, None);
        for _ in 0..ATTEMPTS {
            let bytes = service.network().fetch(&request)?.bytes;
            let page: Page = match serde_json::from_slice(&bytes) {
                Ok(page) => page,
                Err(error) => {
                    said = Some(format!("{}: not a page of studies: {error}", address(service, "studies")));
                    continue;
                }
            };
            let total = page.total_count.unwrap_or(place.total);
            let expected = size.min(total.saturating_sub(place.stored));
            let delivered = page.studies.len() as u64;
            let problem = if delivered < expected {
                Some(format!("{delivered} of {expected} announced records were delivered"))
            } else if page.next_page_token.is_some() && page.next_page_token == place.token {
                Some("the page names itself as the next one".to_owned())
            } else if page.next_page_token.is_none() && place.stored + delivered < total {
                Some(format!("the pages end after {} of {total} records", place.stored + delivered))
            } else {
                None
            };
            let done = problem.is_none();
            if done || best.as_ref().is_none_or(|(_, held)| delivered > held.studies.len() as u64) {
                best = Some((bytes, page));
            }
            said = problem;
            if done {
                break;
            }
        }
        match best {
            Some((bytes, page)) => Ok((bytes, page, said)),
            None => Err(HarvestError::Remote(said.unwrap_or_default())),
        }
    }
}

fn address(service: &Service, path: &str) -> String {
    service.address(path).map(|address| address.to_string()).unwrap_or_default()
}

impl Source for ClinicalTrials {
    fn name(&self) -> &str {
        &self.name
    }

    fn harvest(&mut self, checkpoints: &Checkpoints, sink: &mut dyn Sink) -> Result<Outcome, HarvestError> {
        let service = self.access.service("clinical-trials")?;
        let version = Self::version(&service)?;
        let mut outcome = Outcome::default();
        // The page of a run that was broken off is good as long as the data are the same.
        let begun = checkpoints.position(NEXT).and_then(Place::from_line).filter(|place| place.version == version);
        if begun.is_none() && self.since.is_none() && checkpoints.position(COMPLETE) == Some(version.as_str()) {
            return Ok(outcome);
        }
        let since = self.window(checkpoints);
        let mut place = begun.filter(|_| self.since.is_none()).unwrap_or(Place {
            since,
            version: version.clone(),
            total: 0,
            stored: 0,
            token: None,
        });
        loop {
            let (bytes, page, problem) = self.page(&service, &place, PAGE)?;
            let total = page.total_count.unwrap_or(place.total);
            if place.stored > 0 && total < place.total {
                outcome.problems.push(format!("the search shrank from {} to {total} records on the way", place.total));
            }
            sink.expect(total);
            let delivered = page.studies.len() as u64;
            let origin = format!("{} records {} to {}", self.name, place.stored + 1, place.stored + delivered);
            place = Place { total, stored: place.stored + delivered, token: page.next_page_token, ..place };
            let mut problem = problem;
            if delivered > 0 {
                let received = sink.deliver(Delivery {
                    origin: origin.clone(),
                    bytes: Some(bytes.len() as u64),
                    input: Box::new(Cursor::new(bytes)),
                    announced: Some(delivered),
                    checkpoint: Checkpoint { partition: NEXT.to_owned(), position: place.to_line() },
                })?;
                problem = problem.or(received.problem);
            }
            if let Some(problem) = problem {
                outcome.problems.push(format!("{origin}: {problem}"));
                // What follows a page that is not whole cannot be counted; the next run begins anew.
                break;
            }
            if place.token.is_none() {
                break;
            }
        }
        let done = Place { token: None, ..place };
        sink.remember(Checkpoint { partition: NEXT.to_owned(), position: done.to_line() })?;
        if outcome.is_complete() {
            sink.remember(Checkpoint { partition: COMPLETE.to_owned(), position: version })?;
        }
        Ok(outcome)
    }

    fn plan(&mut self, checkpoints: &Checkpoints) -> Result<Plan, HarvestError> {
        let service = self.access.service("clinical-trials")?;
        let version = Self::version(&service)?;
        if self.since.is_none() && checkpoints.position(COMPLETE) == Some(version.as_str()) {
            let notes = vec!["the registry's data have not changed".to_owned()];
            return Ok(Plan { records: Some(0), requests: 1, notes });
        }
        let since = self.window(checkpoints);
        let place = Place { since, version, total: 0, stored: 0, token: None };
        let (_, page, _) = self.page(&service, &place, 1)?;
        let total = page.total_count.unwrap_or(0);
        Ok(Plan { records: Some(total), requests: 1 + total.div_ceil(PAGE).max(1), notes: Vec::new() })
    }
}
