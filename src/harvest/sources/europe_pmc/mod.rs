//! `kind = "europe-pmc"`: core records of a search in Europe PMC, preprints among them.
//!
//! Keys: `query`, in Europe PMC's language (`(SRC:PPR) AND wheeze`); `overlap_days` (3), by which a later run looks back behind the one
//! before it; `full_text = true`: also the full text of each article found that is open access and has a PMCID.
//!
//! The service is `europe-pmc`, asked at most 8 times a second: it allows 10, and 500 a minute. Pages follow each other by
//! `cursorMark` alone, until it repeats or is absent; a run that was broken off goes on with the last cursor that was stored. An answer
//! that holds only a version is a failure and asked for again. A later run reads what was indexed or updated since the last complete
//! one (`UPDATE_DATE`).
//!
//! The standing of an article (retracted, of concern, corrected) is what its core record says, and its flags say that this record says
//! so. A change of it is seen when the service dates the record as updated. `status-update-search` is not asked: the form of its answer
//! is documented nowhere, it gives no day, and a status that was read wrongly is worse than none.
//!
//! Full texts come after the records, each with a checkpoint of its own; see `full_text.rs`. The licence is that of each article.

mod full_text;

use std::io::Cursor;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use self::full_text::FullTexts;
use super::Surroundings;
use crate::harvest::{Access, Checkpoint, Checkpoints, Delivery, HarvestError, Outcome, Plan, Service, Sink, Source};

/// The keys of its table.
pub(super) const KEYS: &[&str] = &["query", "overlap_days", "full_text"];

#[derive(Deserialize)]
struct Keys {
    query: String,
    #[serde(default = "overlap")]
    overlap_days: u16,
    #[serde(default)]
    full_text: bool,
}

fn overlap() -> u16 {
    3
}

/// Records in a page.
const PAGE: u64 = 500;
/// How often a page that is not as it should be is asked for again.
const ATTEMPTS: u32 = 4;
/// The cursor of the first page.
const FIRST: &str = "*";

/// The partition that remembers the day up to which everything was read.
const COMPLETE: &str = "complete until";
/// The partition that remembers the page to go on with.
const NEXT: &str = "next page";

pub(super) fn build(table: &toml::Table, surroundings: &Surroundings<'_>) -> Result<Box<dyn Source>, String> {
    let keys: Keys = super::keys("europe-pmc", table)?;
    if keys.query.trim().is_empty() || keys.overlap_days == 0 {
        return Err("a source of kind europe-pmc needs a query, and overlap_days of at least 1".to_owned());
    }
    // Another name with full texts: what was read without them is read again.
    let with = if keys.full_text { " with full text" } else { "" };
    Ok(Box::new(EuropePmc {
        name: format!("europe-pmc {}{with}", keys.query),
        access: surroundings.access.clone(),
        query: keys.query,
        overlap: keys.overlap_days,
        full_text: keys.full_text,
        since: surroundings.since,
    }))
}

/// Records that a search finds.
struct EuropePmc {
    name: String,
    access: Access,
    query: String,
    overlap: u16,
    full_text: bool,
    since: Option<Date>,
}

/// A page, as far as a harvest looks into it. What holds only a version is none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    hit_count: u64,
    next_cursor_mark: Option<String>,
    result_list: Results,
}

#[derive(Deserialize)]
struct Results {
    result: Vec<Found>,
}

/// A record, as far as a harvest looks into it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    pmcid: Option<String>,
    is_open_access: Option<String>,
}

/// How far a run has come.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    /// Only what was updated from this day on.
    since: Option<Date>,
    /// The day on which the run began.
    until: Date,
    total: u64,
    stored: u64,
    /// None: everything was read.
    cursor: Option<String>,
}

impl Place {
    fn to_line(&self) -> String {
        let since = self.since.map_or_else(|| "beginning".to_owned(), |date| date.to_string());
        let cursor = self.cursor.as_deref().unwrap_or_default();
        format!("{since}\t{}\t{}\t{}\t{cursor}", self.until, self.total, self.stored)
    }

    /// None: nothing was begun, or what was begun is done.
    fn from_line(line: &str) -> Option<Self> {
        let parts: Vec<&str> = line.split('\t').collect();
        let [since, until, total, stored, cursor] = parts.as_slice() else { return None };
        let since = if *since == "beginning" { None } else { Some(since.parse().ok()?) };
        Some(Self {
            since,
            until: until.parse().ok()?,
            total: total.parse().ok()?,
            stored: stored.parse().ok()?,
            cursor: Some((*cursor).to_owned()).filter(|cursor| !cursor.is_empty()).map(Some)?,
        })
    }
}

impl EuropePmc {
    fn begin(&self, checkpoints: &Checkpoints) -> Place {
        let begun = checkpoints.position(NEXT).and_then(Place::from_line);
        let complete = checkpoints.position(COMPLETE).and_then(|date| date.parse::<Date>().ok());
        let due = match &begun {
            Some(begun) => begun.since,
            None => complete.and_then(|date| date.checked_sub(i64::from(self.overlap).days()).ok()),
        };
        if let Some(begun) = begun.filter(|_| self.since.is_none()) {
            return begun;
        }
        let since = super::from_day(self.since, due);
        let until = Offset::UTC.to_datetime(Timestamp::now()).date();
        Place { since, until, total: 0, stored: 0, cursor: Some(FIRST.to_owned()) }
    }

    /// Asks for a page until it is whole, or as often as makes sense; with the page that came nearest, and what is wrong with it.
    fn page(
        &self,
        service: &Service,
        place: &Place,
        size: u64,
    ) -> Result<(Vec<u8>, Page, Option<String>), HarvestError> {
        let query = match place.since {
            None => self.query.clone(),
            Some(since) => format!("({}) AND (UPDATE_DATE:[{since} TO 3000-12-31])", self.query),
        };
        let (size_text, cursor) = (size.to_string(), place.cursor.as_deref().unwrap_or(FIRST));
        let fields = [
            ("query", query.as_str()),
            ("resultType", "core"),
            ("format", "json"),
            ("pageSize", &size_text),
            ("cursorMark", cursor),
        ];
        let request = service.get("search", &fields)?;
        let (mut best, mut said): (Option<(Vec<u8>, Page)>, Option<String>) = (None, None);
        for _ in 0..ATTEMPTS {
            let bytes = service.network().fetch(&request)?.bytes;
            let page: Page = match serde_json::from_slice(&bytes) {
                Ok(page) => page,
                Err(error) => {
                    said = Some(format!("{}: not a page of results: {error}", request_address(service)));
                    continue;
                }
            };
            let delivered = page.result_list.result.len() as u64;
            let expected = size.min(page.hit_count.saturating_sub(place.stored));
            let reached = place.stored + delivered >= page.hit_count;
            let goes_on = page.next_cursor_mark.as_deref().is_some_and(|next| next != cursor);
            let problem = if delivered < expected {
                Some(format!("{delivered} of {expected} announced records were delivered"))
            } else if !reached && !goes_on {
                Some(format!("the pages end after {} of {} records", place.stored + delivered, page.hit_count))
            } else {
                None
            };
            let done = problem.is_none();
            if done || best.as_ref().is_none_or(|(_, held)| delivered > held.result_list.result.len() as u64) {
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

fn request_address(service: &Service) -> String {
    service.address("search").map(|address| address.to_string()).unwrap_or_default()
}

impl Source for EuropePmc {
    fn name(&self) -> &str {
        &self.name
    }

    fn harvest(&mut self, checkpoints: &Checkpoints, sink: &mut dyn Sink) -> Result<Outcome, HarvestError> {
        let service = self.access.service("europe-pmc")?;
        let mut outcome = Outcome::default();
        let mut place = self.begin(checkpoints);
        let mut texts = self.full_text.then(|| FullTexts::left(&self.name, checkpoints, self.since.is_some()));
        while place.cursor.is_some() {
            let (bytes, page, mut problem) = self.page(&service, &place, PAGE)?;
            if place.stored > 0 && page.hit_count < place.total {
                outcome
                    .problems
                    .push(format!("the search shrank from {} to {} records on the way", place.total, page.hit_count));
            }
            sink.expect(page.hit_count);
            let delivered = page.result_list.result.len() as u64;
            let stored = place.stored + delivered;
            let origin = format!("{} records {} to {stored}", self.name, place.stored + 1);
            let next = page.next_cursor_mark.filter(|next| Some(next) != place.cursor.as_ref());
            let cursor = next.filter(|_| stored < page.hit_count && problem.is_none());
            place = Place { total: page.hit_count, stored, cursor, ..place };
            if let Some(texts) = &mut texts {
                texts.want(&page.result_list.result, sink)?;
            }
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
        }
        let done = Place { cursor: None, ..place };
        sink.remember(Checkpoint { partition: NEXT.to_owned(), position: done.to_line() })?;
        if outcome.is_complete() {
            sink.remember(Checkpoint { partition: COMPLETE.to_owned(), position: done.until.to_string() })?;
        }
        if let Some(texts) = texts {
            texts.fetch(&service, sink, &mut outcome)?;
        }
        Ok(outcome)
    }

    fn plan(&mut self, checkpoints: &Checkpoints) -> Result<Plan, HarvestError> {
        let service = self.access.service("europe-pmc")?;
        let place = self.begin(checkpoints);
        let (_, page, _) =
            self.page(&service, &Place { stored: 0, cursor: Some(FIRST.to_owned()), ..place.clone() }, 1)?;
        let missing = page.hit_count.saturating_sub(place.stored);
        let mut plan = Plan { records: Some(missing), requests: missing.div_ceil(PAGE).max(1), notes: Vec::new() };
        if self.full_text {
            plan.requests += FullTexts::left(&self.name, checkpoints, false).len();
            plan.notes.push("and a request for the full text of each open-access article among the records".to_owned());
        }
        Ok(plan)
    }
}
