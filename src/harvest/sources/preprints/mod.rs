//! `kind = "preprints"`: preprints of bioRxiv or medRxiv by their date of posting, version by version, with the paper that each became.
//!
//! Keys: `server` (`biorxiv` or `medrxiv`); `from`, the first day (`2020-01-31`); `to`, the last one, if not today; `category`, one of
//! the server's (`respiratory medicine`); `words`, of which title or abstract must have one; `overlap_days` (3), for how long a
//! window that is over is still looked into. Preprints have no headings and are of one publication type, so that there is no
//! filter for these.
//!
//! The service is `preprints`, asked at most twice a second. The days are read in months of the calendar, each a partition of its
//! own, page by page: a run that was broken off goes on behind the last page that was stored, and what fails in one month leaves
//! the others alone. A month that is over is not read again; a new version of an old preprint has a date of its own.
//!
//! What has no new version is the link to the paper: `details` has it on the record of the preprint, in a month that is over. So
//! later runs also ask `pubs` for what was published, as a paper, since the run before, and some weeks before that, because the
//! servers find papers some time after they appear. The first run need not: what it reads has the links of the day.

mod page;

use std::collections::VecDeque;
use std::io::Cursor;

use jiff::civil::Date;
use serde::Deserialize;

use self::page::{Mark, Page, page};
use super::Surroundings;
use super::window::{Position, Reading, Window, due, today};
use crate::harvest::{
    Access, Checkpoint, Checkpoints, Delivery, Filter, HarvestError, Outcome, Plan, Service, Sink, Source,
};

/// The keys of its table.
pub(super) const KEYS: &[&str] = &["server", "from", "to", "category", "words", "overlap_days"];

#[derive(Deserialize)]
struct Keys {
    server: String,
    from: String,
    to: Option<String>,
    category: Option<String>,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default = "overlap")]
    overlap_days: u16,
}

fn overlap() -> u16 {
    3
}

const SERVERS: [&str; 2] = ["biorxiv", "medrxiv"];

/// For so many days after a paper appeared the servers may still be finding out.
const LINKED_LATE: u16 = 45;

/// The partition that remembers up to which day links to papers are known.
const LINKS: &str = "links to papers";

/// Windows in a row that fail before the others wait for the next run: a server that is down is not asked for each of them.
const FAILURES: u32 = 2;

pub(super) fn build(table: &toml::Table, surroundings: &Surroundings<'_>) -> Result<Box<dyn Source>, String> {
    let keys: Keys = super::keys("preprints", table)?;
    if !SERVERS.contains(&keys.server.as_str()) {
        return Err(format!("a source of kind preprints: server is “biorxiv” or “medrxiv”, not “{}”", keys.server));
    }
    let from = super::day("preprints", "from", &keys.from)?;
    let to = keys.to.as_deref().map(|to| super::day("preprints", "to", to)).transpose()?;
    if to.is_some_and(|to| to < from) {
        return Err("a source of kind preprints: to is a day before from".to_owned());
    }
    let category = keys.category.map(|category| category.trim().to_owned()).filter(|category| !category.is_empty());
    let filter = Filter { words: keys.words, ..Filter::default() };
    let mut name = format!("preprints {} from {from}", keys.server);
    if let Some(to) = to {
        name.push_str(&format!(" to {to}"));
    }
    if let Some(category) = &category {
        name.push_str(&format!(" {category}"));
    }
    if !filter.is_empty() {
        name.push_str(&format!(" {filter}"));
    }
    Ok(Box::new(Preprints {
        name,
        access: surroundings.access.clone(),
        server: keys.server,
        from,
        to,
        category,
        filter,
        overlap: keys.overlap_days,
        since: surroundings.since,
    }))
}

/// Preprints of a server.
struct Preprints {
    name: String,
    access: Access,
    server: String,
    from: Date,
    to: Option<Date>,
    category: Option<String>,
    filter: Filter,
    overlap: u16,
    since: Option<Date>,
}

/// What is asked of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Versions of preprints that were posted in it.
    Details,
    /// Preprints whose papers were published in it.
    Papers,
}

impl Part {
    fn path(self, server: &str, window: Window) -> String {
        let part = match self {
            Self::Details => "details",
            Self::Papers => "pubs",
        };
        format!("{part}/{server}/{}/{}", window.from, window.to)
    }

    fn describe(self, window: Window) -> String {
        match self {
            Self::Details => format!("{} to {}", window.from, window.to),
            Self::Papers => format!("papers of {} to {}", window.from, window.to),
        }
    }
}

/// A partition that has something to be read.
#[derive(Debug, Clone)]
struct Due {
    part: Part,
    partition: String,
    /// All that the partition covers today.
    whole: Window,
    reading: Reading,
}

impl Preprints {
    /// What is to be read today, in order.
    fn due(&self, checkpoints: &Checkpoints, today: Date) -> Vec<Due> {
        let held = |partition: &str| checkpoints.position(partition).and_then(Position::from_line);
        let last = self.to.map_or(today, |to| to.min(today));
        let mut all: Vec<Due> = Window::months(self.from, last)
            .into_iter()
            .filter_map(|window| {
                let partition = format!("posted from {}", window.from);
                let reading = due(window, held(&partition), today, self.overlap, self.since)?;
                Some(Due { part: Part::Details, partition, whole: window, reading })
            })
            .collect();
        // Nothing was read before: nothing can lack a link.
        if let Some(held) = held(LINKS) {
            let whole = Window { from: self.from, to: today };
            let reading = due(whole, Some(held), today, LINKED_LATE, self.since);
            all.extend(reading.map(|reading| Due { part: Part::Papers, partition: LINKS.to_owned(), whole, reading }));
        }
        all
    }

    /// What is left of a partition for today, if reading it began on an earlier day and was broken off.
    fn left(&self, done: &Due, today: Date) -> Option<Due> {
        let overlap = if done.part == Part::Papers { LINKED_LATE } else { self.overlap };
        let held = Position::Read { to: done.reading.window.to, on: done.reading.on };
        let reading = due(done.whole, Some(held), today, overlap, None).filter(|_| done.reading.on < today)?;
        Some(Due { reading, ..done.clone() })
    }

    /// Reads one partition from where it stands; with what is not whole in it. A service that gives out is the error.
    fn read(
        &self,
        service: &Service,
        due: &Due,
        announced: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<Vec<String>, HarvestError> {
        let (path, mut reading, mut problems) =
            (due.part.path(&self.server, due.reading.window), due.reading.clone(), Vec::new());
        let before = *announced;
        loop {
            let (page, mut problem) = page(service, &path, self.category.as_deref(), reading.stored)?;
            let total = page.total;
            if total < reading.total {
                problems.push(format!("its list shrank from {} to {total} records on the way", reading.total));
            }
            *announced = before + total;
            sink.expect(*announced);
            let delivered = page.records.len() as u64;
            let stored = reading.stored + delivered;
            let origin = format!(
                "{} {} records {} to {stored}",
                self.name,
                due.part.describe(reading.window),
                reading.stored + 1
            );
            reading = Reading { total, stored, ..reading };
            let kept = self.kept(due.part, &page)?;
            let records = kept.iter().filter(|kept| **kept).count() as u64;
            // Behind a page that is not whole nothing can be counted: then the window is begun anew.
            let whole = problem.is_none() && problems.is_empty();
            let next = if whole { reading.clone() } else { Reading::new(reading.window, reading.on) };
            let checkpoint = Checkpoint { partition: due.partition.clone(), position: Position::Begun(next).to_line() };
            if records > 0 {
                let bytes = page.with(&kept);
                let received = sink.deliver(Delivery {
                    origin,
                    bytes: Some(bytes.len() as u64),
                    input: Box::new(Cursor::new(bytes)),
                    announced: Some(records),
                    checkpoint,
                })?;
                problem = problem.or(received.problem);
            } else if problem.is_none() && delivered > 0 {
                sink.remember(checkpoint)?;
            }
            if let Some(problem) = problem {
                let range = format!("records {} to {stored}", stored - delivered + 1);
                problems.push(format!("{range}: {problem}"));
                break;
            }
            if stored >= total {
                break;
            }
        }
        let end = if problems.is_empty() {
            Position::Read { to: reading.window.to, on: reading.on }
        } else {
            Position::Begun(Reading::new(reading.window, reading.on))
        };
        sink.remember(Checkpoint { partition: due.partition.clone(), position: end.to_line() })?;
        Ok(problems)
    }

    /// Which records of a page belong to this source. The service answers a category that it does not know with everything, which
    /// is no answer to the question.
    fn kept(&self, part: Part, page: &Page) -> Result<Vec<bool>, HarvestError> {
        let marks: Vec<Option<Mark>> = page.records.iter().map(|record| Mark::of(record)).collect();
        let is_of = |mark: &Mark| self.category.as_deref().is_none_or(|wanted| mark.is_of(wanted));
        if let Some(wanted) = self.category.as_deref().filter(|_| part == Part::Details) {
            let seen: Vec<&str> = marks.iter().flatten().map(Mark::category).collect();
            if !seen.is_empty() && !marks.iter().flatten().any(is_of) {
                return Err(HarvestError::Remote(format!(
                    "{} has no category “{wanted}”: asked for it, it gives all of them ({} …)",
                    self.server, seen[0]
                )));
            }
        }
        let (first, last) = (self.from.to_string(), self.to.map(|to| to.to_string()));
        Ok(marks
            .iter()
            .map(|mark| {
                // What cannot be read is handed on, to be rejected with its place.
                let Some(mark) = mark else { return true };
                let in_time =
                    mark.preprint_date.as_deref().filter(|_| part == Part::Papers).is_none_or(|posted| {
                        posted >= first.as_str() && last.as_deref().is_none_or(|last| posted <= last)
                    });
                is_of(mark) && in_time
            })
            .collect())
    }
}

/// Whether a window begins where another ends.
fn is_next(a: Window, b: Window) -> bool {
    a.to.tomorrow().is_ok_and(|next| next == b.from)
}

impl Source for Preprints {
    fn name(&self) -> &str {
        &self.name
    }

    fn filter(&self) -> Option<&Filter> {
        (!self.filter.is_empty()).then_some(&self.filter)
    }

    fn harvest(&mut self, checkpoints: &Checkpoints, sink: &mut dyn Sink) -> Result<Outcome, HarvestError> {
        let service = self.access.service("preprints")?;
        let today = today();
        let all = self.due(checkpoints, today);
        // What `details` says of papers is known as of the day on which the first run begins.
        if checkpoints.position(LINKS).is_none() {
            let position = Position::Read { to: today, on: today }.to_line();
            sink.remember(Checkpoint { partition: LINKS.to_owned(), position })?;
        }
        let (mut outcome, mut announced, mut failures) = (Outcome::default(), 0, 0);
        let mut waiting: VecDeque<Due> = all.into();
        while let Some(due) = waiting.pop_front() {
            let place = due.part.describe(due.reading.window);
            match self.read(&service, &due, &mut announced, sink) {
                Ok(problems) => {
                    failures = 0;
                    if problems.is_empty() {
                        waiting.extend(self.left(&due, today));
                    }
                    outcome.problems.extend(problems.into_iter().map(|problem| format!("{place}: {problem}")));
                }
                Err(HarvestError::Remote(problem)) => {
                    outcome.problems.push(format!("{place}: {problem}"));
                    failures += 1;
                    if failures == FAILURES && !waiting.is_empty() {
                        let more = waiting.len();
                        outcome.problems.push(format!("{more} further windows of days wait for the next run"));
                        break;
                    }
                }
                Err(other) => return Err(other),
            }
        }
        Ok(outcome)
    }

    fn plan(&mut self, checkpoints: &Checkpoints) -> Result<Plan, HarvestError> {
        let service = self.access.service("preprints")?;
        let all = self.due(checkpoints, today());
        let (mut records, mut requests) = (0, 0);
        // Months that follow each other are counted with one question.
        for run in all.chunk_by(|a, b| a.part == b.part && is_next(a.reading.window, b.reading.window)) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let window = Window { from: first.reading.window.from, to: last.reading.window.to };
            let (page, _) = page(&service, &first.part.path(&self.server, window), self.category.as_deref(), 0)?;
            self.kept(first.part, &page)?;
            let stored: u64 = run.iter().map(|due| due.reading.stored).sum();
            let missing = page.total.saturating_sub(stored);
            records += missing;
            requests += missing.div_ceil((page.records.len() as u64).max(1)).max(run.len() as u64);
        }
        let notes = vec![format!("{} windows of days are to be read", all.len())];
        Ok(Plan { records: Some(records), requests, notes })
    }
}
