//! `kind = "pubmed"`: the records of a query, by NCBI's E-utilities.
//!
//! Keys: `query`, in PubMed's language; `overlap_days` (3), by which a later run looks back behind the one before it.
//!
//! The service is `ncbi`; `key` is the user's own API key (or `NCBI_API_KEY`), the `contact` of the network is sent as `email`. Large
//! first runs belong at weekends or between 21:00 and 05:00 US Eastern time.
//!
//! The first run fetches everything that entered PubMed until the day it began; a later one what entered or was revised since
//! the last complete run, less the overlap. ESearch hands out at most 9,999 records of a search, so a larger one is halved by
//! the date of entry (`[EDAT]`) until each part fits, and the parts must add up to the whole. EFetch pages through the history of
//! a search; each page is counted before it is stored, remembered once it is, and asked for again when it falls short. A page that
//! stays short leaves the run incomplete, and the next run asks for it again.

mod answers;
mod part;

use std::io::Cursor;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use self::answers::{Found, NoAnswer, count_records, passed_over, read_search};
use self::part::Part;
use super::Surroundings;
use crate::harvest::{Access, Checkpoint, Checkpoints, Delivery, HarvestError, Outcome, Plan, Service, Sink, Source};
use crate::net::Request;

/// The keys of its table.
pub(super) const KEYS: &[&str] = &["query", "overlap_days"];

#[derive(Deserialize)]
struct Keys {
    query: String,
    #[serde(default = "overlap")]
    overlap_days: u16,
}

fn overlap() -> u16 {
    3
}

/// Records that ESearch hands out for a search.
const MOST: u64 = 9_999;
/// Records in a page.
const PAGE: u64 = 200;
/// How often a page or a search that is not as it should be is asked for again.
const ATTEMPTS: u32 = 4;
/// A query of more characters is sent as a form.
const LONG: usize = 1500;

/// The partition that remembers the day up to which everything was read.
const COMPLETE: &str = "complete until";
/// The partition that remembers the window that was begun, so that a run that was killed goes on with it.
const BEGUN: &str = "window";

pub(super) fn build(table: &toml::Table, surroundings: &Surroundings<'_>) -> Result<Box<dyn Source>, String> {
    let keys: Keys = super::keys("pubmed", table)?;
    if keys.query.trim().is_empty() {
        return Err("a source of kind pubmed needs a query".to_owned());
    }
    if keys.overlap_days == 0 {
        return Err(
            "a source of kind pubmed needs overlap_days of at least 1: a day is not over when a run ends".to_owned()
        );
    }
    Ok(Box::new(Pubmed {
        name: format!("pubmed {}", keys.query),
        access: surroundings.access.clone(),
        query: keys.query,
        overlap: keys.overlap_days,
        since: surroundings.since,
    }))
}

/// The records of a query.
struct Pubmed {
    name: String,
    access: Access,
    query: String,
    overlap: u16,
    since: Option<Date>,
}

/// What is asked for: everything until a day, or what is new or revised since another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    since: Option<Date>,
    until: Date,
}

impl Window {
    fn to_line(self) -> String {
        let since = self.since.map_or("beginning".to_owned(), |date| date.to_string());
        format!("{since} to {}", self.until)
    }

    fn from_line(line: &str) -> Option<Self> {
        let (since, until) = line.split_once(" to ")?;
        let since = if since == "beginning" { None } else { Some(since.parse().ok()?) };
        Some(Self { since, until: until.parse().ok()? })
    }
}

impl Pubmed {
    fn window(&self, checkpoints: &Checkpoints, today: Date) -> Window {
        let complete: Option<Date> = checkpoints.position(COMPLETE).and_then(|date| date.parse().ok());
        let begun = checkpoints.position(BEGUN).and_then(Window::from_line);
        let begun = begun.filter(|begun| complete != Some(begun.until));
        let due = match &begun {
            Some(begun) => begun.since,
            None => complete.and_then(|date| date.checked_sub(i64::from(self.overlap).days()).ok()),
        };
        // A window that was begun is finished first, with the same days, so that its pages are the same.
        match begun {
            Some(begun) if self.since.is_none() => begun,
            _ => Window { since: super::from_day(self.since, due), until: today },
        }
    }

    /// The query within the window.
    fn term(&self, window: Window) -> String {
        match window.since {
            // Bounded, so that a run that goes on weeks later sees the same pages.
            None => format!("({}) AND ({})", self.query, Part::until(window.until).clause()),
            Some(since) => {
                let since = since.strftime("%Y/%m/%d");
                format!(
                    "({}) AND (\"{since}\"[EDAT] : \"3000\"[EDAT] OR \"{since}\"[MDAT] : \"3000\"[MDAT])",
                    self.query
                )
            }
        }
    }
}

/// The two utilities, with what every question to them carries.
struct Utilities {
    service: Service,
    contact: Option<String>,
}

impl Utilities {
    fn request(&self, utility: &str, fields: &[(&str, &str)]) -> Result<Request, HarvestError> {
        let mut all = vec![("db", "pubmed"), ("tool", "litmine")];
        all.extend(self.contact.as_deref().map(|contact| ("email", contact)));
        all.extend_from_slice(fields);
        let long = fields.iter().map(|(_, value)| value.len()).sum::<usize>() > LONG;
        let request = if long { self.service.post(utility, &all)? } else { self.service.get(utility, &all)? };
        Ok(request.key("api_key", self.service.key()))
    }

    /// Searches, and keeps the result in the server's history.
    fn search(&mut self, term: &str, notes: &mut Vec<String>) -> Result<Found, HarvestError> {
        let fields = [("term", term), ("usehistory", "y"), ("retmax", "0"), ("retmode", "xml")];
        let request = self.request("esearch.fcgi", &fields)?;
        let mut said = String::new();
        for _ in 0..ATTEMPTS {
            let body = self.service.network().fetch(&request)?.bytes;
            let body = String::from_utf8_lossy(&body);
            match read_search(&body) {
                Ok(found) => {
                    for phrase in passed_over(&body) {
                        let note = format!("PubMed does not know, or passes over, “{phrase}” of the query");
                        if !notes.contains(&note) {
                            notes.push(note);
                        }
                    }
                    return Ok(found);
                }
                Err(NoAnswer::Expired) => "the search was forgotten at once".clone_into(&mut said),
                Err(NoAnswer::Error(error) | NoAnswer::Unreadable(error)) => said = self.redact(&error),
            }
        }
        Err(HarvestError::Remote(format!("ESearch: {said}")))
    }

    /// What a server says may echo the key.
    fn redact(&self, said: &str) -> String {
        self.service.key().map_or_else(|| said.to_owned(), |key| key.redact(said))
    }

    fn fetch(&mut self, found: &Found, start: u64, records: u64) -> Result<Vec<u8>, HarvestError> {
        let (start, records) = (start.to_string(), records.to_string());
        let fields = [
            ("query_key", found.query_key.as_str()),
            ("WebEnv", found.web_env.as_str()),
            ("retstart", &start),
            ("retmax", &records),
            ("retmode", "xml"),
        ];
        Ok(self.service.network().fetch(&self.request("efetch.fcgi", &fields)?)?.bytes)
    }
}

/// A part of the search that fits, and what was found of it.
struct Fitting {
    term: String,
    found: Found,
}

impl Source for Pubmed {
    fn name(&self) -> &str {
        &self.name
    }

    fn harvest(&mut self, checkpoints: &Checkpoints, sink: &mut dyn Sink) -> Result<Outcome, HarvestError> {
        let window = self.window(checkpoints, today());
        let term = self.term(window);
        let mut utilities = self.utilities()?;
        let mut run =
            Run { window, checkpoints, sink, utilities: &mut utilities, outcome: Outcome::default(), short: false };
        run.all(&term)?;
        let Run { short, outcome, .. } = run;
        if !short {
            sink.remember(Checkpoint { partition: COMPLETE.to_owned(), position: window.until.to_string() })?;
        }
        Ok(outcome)
    }

    fn plan(&mut self, checkpoints: &Checkpoints) -> Result<Plan, HarvestError> {
        let window = self.window(checkpoints, today());
        let mut notes = vec![window.to_line()];
        let mut utilities = self.utilities()?;
        let found = utilities.search(&self.term(window), &mut notes)?;
        let mut requests = 1 + found.count.div_ceil(PAGE);
        if found.count > MOST {
            let parts = found.count.div_ceil(MOST / 2);
            requests += 2 * parts;
            notes.push(format!("more than {MOST} records: fetched in about {parts} parts"));
        }
        Ok(Plan { records: Some(found.count), requests, notes })
    }
}

impl Pubmed {
    fn utilities(&self) -> Result<Utilities, HarvestError> {
        let service = self.access.service("ncbi")?;
        Ok(Utilities { service, contact: self.access.network.contact.clone() })
    }
}

/// This day, in universal time.
fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}

/// A short name of a search, which may be long.
fn digest(term: &str) -> String {
    Sha256::digest(term.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

/// One run over a window.
struct Run<'r> {
    window: Window,
    checkpoints: &'r Checkpoints,
    sink: &'r mut dyn Sink,
    utilities: &'r mut Utilities,
    outcome: Outcome,
    /// Whether anything is missing.
    short: bool,
}

impl Run<'_> {
    fn all(&mut self, term: &str) -> Result<(), HarvestError> {
        let found = self.utilities.search(term, &mut self.outcome.notes)?;
        self.sink.remember(Checkpoint { partition: BEGUN.to_owned(), position: self.window.to_line() })?;
        self.sink.expect(found.count);
        if found.count <= MOST {
            return self.pages(&Fitting { term: term.to_owned(), found });
        }
        let whole = found.count;
        let parts = self.split(term, Part::until(self.window.until))?;
        let sum: u64 = parts.iter().map(|part| part.found.count).sum();
        // Records that entered while the parts were counted belong to the next window.
        if sum < whole {
            self.miss(format!("the parts of the search add up to {sum} of {whole} records"));
        }
        parts.iter().try_for_each(|part| self.pages(part))
    }

    /// Halves a search until each part fits.
    fn split(&mut self, term: &str, part: Part) -> Result<Vec<Fitting>, HarvestError> {
        let clause = format!("({term}) AND ({})", part.clause());
        let found = self.utilities.search(&clause, &mut self.outcome.notes)?;
        if found.count == 0 {
            return Ok(Vec::new());
        }
        if found.count <= MOST {
            return Ok(vec![Fitting { term: clause, found }]);
        }
        let Some((early, late)) = part.halves() else {
            let missing = found.count - MOST;
            self.miss(format!("{missing} records of one minute ({}) cannot be fetched", part.clause()));
            return Ok(vec![Fitting { term: clause, found: Found { count: MOST, ..found } }]);
        };
        let whole = found.count;
        let mut parts = self.split(term, early)?;
        parts.extend(self.split(term, late)?);
        let sum: u64 = parts.iter().map(|part| part.found.count).sum();
        if sum < whole {
            self.miss(format!("the parts of {} add up to {sum} of {whole} records", part.clause()));
        }
        Ok(parts)
    }

    fn miss(&mut self, problem: String) {
        self.short = true;
        self.outcome.problems.push(problem);
    }

    /// Fetches the pages of a part that are not held.
    fn pages(&mut self, part: &Fitting) -> Result<(), HarvestError> {
        let mut found = part.found.clone();
        let count = found.count;
        let mut start = 0;
        while start < count {
            let records = PAGE.min(count - start);
            let partition = format!("{} {} +{start}", self.window.to_line(), digest(&part.term));
            // With another count the pages are not the same.
            let position = count.to_string();
            if self.checkpoints.position(&partition) != Some(position.as_str()) {
                self.page(part, &mut found, start, records, Checkpoint { partition, position })?;
            }
            start += records;
        }
        Ok(())
    }

    fn page(
        &mut self,
        part: &Fitting,
        found: &mut Found,
        start: u64,
        records: u64,
        checkpoint: Checkpoint,
    ) -> Result<(), HarvestError> {
        let last = start + records;
        let (mut best, mut said): (Option<(Vec<u8>, u64)>, String) = (None, String::new());
        for _ in 0..ATTEMPTS {
            let body = match self.utilities.fetch(found, start, records) {
                Ok(body) => body,
                // One page that cannot be had does not end the run.
                Err(HarvestError::Remote(error)) => {
                    said = error;
                    break;
                }
                Err(error) => return Err(error),
            };
            match count_records(&body) {
                Ok(delivered) if delivered >= records => {
                    best = Some((body, delivered));
                    break;
                }
                Ok(delivered) => {
                    said = format!("{delivered} of {records} announced records were delivered");
                    if best.as_ref().is_none_or(|(_, held)| delivered > *held) {
                        best = Some((body, delivered));
                    }
                }
                Err(NoAnswer::Expired) => {
                    "the search was forgotten".clone_into(&mut said);
                    let again = self.utilities.search(&part.term, &mut self.outcome.notes)?;
                    if again.count < found.count {
                        self.miss(format!(
                            "the search shrank from {} to {} records on the way",
                            found.count, again.count
                        ));
                    }
                    *found = Found { count: found.count, ..again };
                }
                Err(NoAnswer::Error(error) | NoAnswer::Unreadable(error)) => said = self.utilities.redact(&error),
            }
        }
        let place = format!("records {} to {last}", start + 1);
        let Some((body, _)) = best else {
            self.miss(format!("{place}: {said}"));
            return Ok(());
        };
        let received = self.sink.deliver(Delivery {
            origin: format!("{} {}", part.term, place),
            bytes: Some(body.len() as u64),
            input: Box::new(Cursor::new(body)),
            announced: Some(records),
            checkpoint,
        })?;
        if let Some(problem) = received.problem {
            self.miss(format!("{place}: {problem}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(since: Option<&str>) -> Pubmed {
        Pubmed {
            name: "pubmed x".to_owned(),
            access: Access::default(),
            query: "asthma[mh] OR wheeze".to_owned(),
            overlap: 3,
            since: since.map(|date| date.parse().unwrap()),
        }
    }

    fn held(pairs: &[(&str, &str)]) -> Checkpoints {
        let checkpoint = |(partition, position): &(&str, &str)| Checkpoint {
            partition: (*partition).to_owned(),
            position: (*position).to_owned(),
        };
        pairs.iter().map(checkpoint).collect()
    }

    #[test]
    fn windows_overlap_and_one_that_was_begun_is_finished_first() {
        let today: Date = "2026-11-24".parse().unwrap();
        let line = |source: &Pubmed, held: &Checkpoints| source.window(held, today).to_line();
        let source_ = source(None);
        assert_eq!(line(&source_, &Checkpoints::default()), "beginning to 2026-11-24");
        assert_eq!(line(&source_, &held(&[(BEGUN, "beginning to 2026-11-01")])), "beginning to 2026-11-01");
        let complete = held(&[(BEGUN, "beginning to 2026-11-01"), (COMPLETE, "2026-11-01")]);
        assert_eq!(line(&source_, &complete), "2026-10-29 to 2026-11-24");
        assert_eq!(line(&source(Some("2026-01-02")), &complete), "2026-01-02 to 2026-11-24");
        assert_eq!(
            line(&source(Some("2026-11-20")), &complete),
            "2026-10-29 to 2026-11-24",
            "nothing between is left out"
        );
        assert_eq!(line(&source(Some("2026-01-02")), &Checkpoints::default()), "beginning to 2026-11-24");
    }

    #[test]
    fn a_window_does_not_change_what_the_query_means() {
        let window = Window { since: Some("2026-10-29".parse().unwrap()), until: "2026-11-24".parse().unwrap() };
        assert_eq!(
            source(None).term(window),
            "(asthma[mh] OR wheeze) AND (\"2026/10/29\"[EDAT] : \"3000\"[EDAT] OR \"2026/10/29\"[MDAT] : \"3000\"[MDAT])"
        );
    }
}
