//! What was put in or changed within days, in months of the calendar, by OAI-PMH.

use std::io::Cursor;

use jiff::civil::Date;

use super::PmcOa;
use super::oai::{self, NoPage};
use crate::harvest::sources::window::{Position, Reading, Window, due, today};
use crate::harvest::{Checkpoint, Checkpoints, Delivery, HarvestError, Outcome, Plan, Service, Sink};

/// How often a month is read from its beginning in one run: a page may be short once, and a mark of the next page grows old.
const ATTEMPTS: u32 = 2;
/// Months in a row that fail before the others wait for the next run.
const FAILURES: u32 = 2;

/// A month that has something to be read.
struct Due {
    partition: String,
    whole: Window,
    reading: Reading,
}

impl PmcOa {
    /// The months in which something is to be read today; none where no days are asked for.
    fn due_changes(&self, checkpoints: &Checkpoints, today: Date) -> Vec<Due> {
        let Some(from) = self.from else { return Vec::new() };
        let last = self.until.map_or(today, |until| until.min(today));
        Window::months(from, last)
            .into_iter()
            .filter_map(|whole| {
                let partition = format!("changed from {}", whole.from);
                let held = checkpoints.position(&partition).and_then(Position::from_line);
                let reading = due(whole, held, today, self.overlap, self.since)?;
                Some(Due { partition, whole, reading })
            })
            .collect()
    }

    /// Reads them, month by month.
    pub(super) fn changes(
        &self,
        service: &Service,
        checkpoints: &Checkpoints,
        sink: &mut dyn Sink,
        outcome: &mut Outcome,
    ) -> Result<(), HarvestError> {
        let today = today();
        let all = self.due_changes(checkpoints, today);
        let (mut announced, mut failures) = (0, 0);
        for (n, month) in all.iter().enumerate() {
            let mut said = self.month(service, month, &mut announced, sink)?;
            if said.is_none() && month.reading.on < today {
                // It was begun on an earlier day; what changed since then is left.
                let held = Position::Read { to: month.reading.window.to, on: month.reading.on };
                if let Some(reading) = due(month.whole, Some(held), today, self.overlap, None) {
                    let rest = Due { partition: month.partition.clone(), whole: month.whole, reading };
                    said = self.month(service, &rest, &mut announced, sink)?;
                }
            }
            let Some(problem) = said else {
                failures = 0;
                continue;
            };
            outcome.problems.push(format!("{} to {}: {problem}", month.reading.window.from, month.reading.window.to));
            failures += 1;
            let waiting = all.len() - n - 1;
            if failures == FAILURES && waiting > 0 {
                outcome.problems.push(format!("{waiting} further months wait for the next run"));
                break;
            }
        }
        Ok(())
    }

    /// Reads a month from where it stands, and once more from its beginning if it was not whole; with what is missing then.
    fn month(
        &self,
        service: &Service,
        month: &Due,
        announced: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<Option<String>, HarvestError> {
        let at = |position: Position| Checkpoint { partition: month.partition.clone(), position: position.to_line() };
        let (before, mut reading) = (*announced, month.reading.clone());
        let mut said = None;
        for _ in 0..ATTEMPTS {
            said = match self.pages(service, &month.partition, reading, &mut |total| *announced = before + total, sink)
            {
                Ok(said) => said,
                // Asking was tried often enough by then; the next run goes on behind the last page.
                Err(HarvestError::Remote(problem)) => return Ok(Some(problem)),
                Err(other) => return Err(other),
            };
            let Reading { window, on, .. } = month.reading;
            if said.is_none() {
                sink.remember(at(Position::Read { to: window.to, on }))?;
                break;
            }
            reading = Reading::new(window, on);
            sink.remember(at(Position::Begun(reading.clone())))?;
        }
        Ok(said)
    }

    /// Reads pages until the last one; with what is not whole about them.
    fn pages(
        &self,
        service: &Service,
        partition: &str,
        mut reading: Reading,
        announce: &mut dyn FnMut(u64),
        sink: &mut dyn Sink,
    ) -> Result<Option<String>, HarvestError> {
        let (from, until) = (reading.window.from.to_string(), reading.window.to.to_string());
        loop {
            let page = match oai::page(service, (&from, &until), reading.next.as_deref(), reading.stored)? {
                Ok(page) => page,
                Err(refused @ NoPage::Refused(..)) if reading.next.is_none() => {
                    return Err(HarvestError::Remote(refused.to_string()));
                }
                Err(said) => return Ok(Some(said.to_string())),
            };
            let total = page.total.unwrap_or(reading.total);
            if total < reading.total {
                return Ok(Some(format!("the list shrank from {} to {total} articles on the way", reading.total)));
            }
            announce(total);
            sink.expect(total);
            let came = page.articles + page.withdrawn;
            let stored = reading.stored + came;
            let origin = format!("{} {from} to {until} articles {} to {stored}", self.name, reading.stored + 1);
            reading = Reading { total, stored, next: page.next, ..reading };
            let short = reading.next.is_none() && stored < total;
            let next = if short { Reading::new(reading.window, reading.on) } else { reading.clone() };
            let checkpoint = Checkpoint { partition: partition.to_owned(), position: Position::Begun(next).to_line() };
            if page.articles > 0 {
                let received = sink.deliver(Delivery {
                    origin,
                    bytes: Some(page.bytes.len() as u64),
                    input: Box::new(Cursor::new(page.bytes)),
                    announced: Some(page.articles),
                    checkpoint,
                })?;
                if received.problem.is_some() {
                    return Ok(received.problem);
                }
            } else if reading.next.is_some() {
                sink.remember(checkpoint)?;
            }
            if short {
                return Ok(Some(format!("{stored} of {total} announced articles were delivered")));
            }
            if reading.next.is_none() {
                return Ok(None);
            }
        }
    }

    /// Adds what reading them would take.
    pub(super) fn plan_changes(
        &self,
        service: &Service,
        checkpoints: &Checkpoints,
        plan: &mut Plan,
    ) -> Result<(), HarvestError> {
        let all = self.due_changes(checkpoints, today());
        plan.notes.push(format!("{} months are to be read", all.len()));
        for month in &all {
            let (from, until) = (month.reading.window.from.to_string(), month.reading.window.to.to_string());
            let page = match oai::page(service, (&from, &until), None, 0)? {
                Ok(page) => page,
                Err(said) => return Err(HarvestError::Remote(said.to_string())),
            };
            plan.requests += 1;
            let Some(total) = page.total.or((page.next.is_none()).then_some(page.articles)) else {
                // A list without its length: nobody can say.
                plan.records = None;
                continue;
            };
            plan.records = plan.records.map(|records| records + total.saturating_sub(month.reading.stored));
            plan.requests += total.div_ceil(page.articles.max(1)).saturating_sub(1);
        }
        Ok(())
    }
}
