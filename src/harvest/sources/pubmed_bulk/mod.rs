//! `kind = "pubmed-bulk"`: all of PubMed, from NLM's yearly baseline and daily update files.
//!
//! Keys: `baseline = false` and `updates = false` leave one of them out; `headings`, `publication_types` and `words`, lists of
//! which a record must have one each (a heading's or type's name; a word or phrase of title or abstract), keep a topic only, and so does
//! `query`, in PubMed's language, asked of an index in memory of each batch of records. What the filter kept once is kept up to date
//! whatever it becomes.
//!
//! The service is `pubmed-files`. Files of the newest year on the page are loaded in the order of their numbers, baseline before
//! updates, because a later record replaces an earlier one; so an update waits for every file before it. Each file is checked
//! against its MD5 before it is read, the next one is fetched meanwhile. A file is remembered by its digest and what the page
//! shows of it, and fetched again only when that changes. A new year's baseline replaces everything: it is loaded like the first,
//! and a record that is the same to the byte is not stored again.
//!
//! Terms: courtesy of the U.S. National Library of Medicine; a copy is not current the day after. Abstracts may be under their
//! publishers' copyright.

mod download;
mod listing;

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

use serde::Deserialize;

use self::download::{Downloaded, NotHere, download};
use self::listing::{Listed, newest_year, of_year};
use super::Surroundings;
use crate::harvest::{
    Access, Checkpoint, Checkpoints, Delivery, Filter, HarvestError, Outcome, Plan, Service, Sink, Source,
};

/// The keys of its table.
pub(super) const KEYS: &[&str] = &["baseline", "updates", "headings", "publication_types", "words", "query"];

#[derive(Deserialize)]
struct Keys {
    #[serde(default = "yes")]
    baseline: bool,
    #[serde(default = "yes")]
    updates: bool,
    #[serde(flatten)]
    filter: Filter,
}

fn yes() -> bool {
    true
}

/// Records in a file of NLM's, about; for the plan and the bar.
const RECORDS_IN_A_FILE: u64 = 30_000;

pub(super) fn build(table: &toml::Table, surroundings: &Surroundings<'_>) -> Result<Box<dyn Source>, String> {
    let keys: Keys = super::keys("pubmed-bulk", table)?;
    let mut name = "pubmed-bulk".to_owned();
    if !keys.baseline {
        name.push_str(" updates");
    }
    if !keys.updates {
        name.push_str(" baseline");
    }
    if !keys.filter.is_empty() {
        name = format!("{name} {}", keys.filter);
    }
    Ok(Box::new(PubmedBulk {
        name,
        access: surroundings.access.clone(),
        folder: surroundings.folder.to_owned(),
        baseline: keys.baseline,
        updates: keys.updates,
        filter: keys.filter,
    }))
}

/// NLM's baseline and update files.
struct PubmedBulk {
    name: String,
    access: Access,
    /// Where there is room for a file on its way.
    folder: PathBuf,
    baseline: bool,
    updates: bool,
    filter: Filter,
}

/// A file that is to be loaded.
#[derive(Debug, Clone)]
struct Wanted {
    /// Its folder on the server.
    part: &'static str,
    file: Listed,
}

impl Wanted {
    fn path(&self) -> String {
        format!("{}/{}", self.part, self.file.name)
    }
}

/// What the pages show.
struct Shelf {
    /// Every file in order.
    files: Vec<Wanted>,
    problems: Vec<String>,
}

const BASELINE: &str = "baseline";
const UPDATES: &str = "updatefiles";

impl PubmedBulk {
    fn shelf(&self, service: &Service, checkpoints: &Checkpoints) -> Result<Shelf, HarvestError> {
        let page = |part: &str| -> Result<String, HarvestError> {
            let page = service.network().fetch(&service.get(&format!("{part}/"), &[])?.at_most(32 << 20))?;
            Ok(String::from_utf8_lossy(&page.bytes).into_owned())
        };
        let mut shelf = Shelf { files: Vec::new(), problems: Vec::new() };
        let baseline = page(BASELINE)?;
        let Some((year, files)) = newest_year(&baseline) else {
            return Err(HarvestError::Remote(format!(
                "{} lists no file of records",
                service.address(&format!("{BASELINE}/"))?
            )));
        };
        let last = files.last().map_or(0, |file| file.number);
        if self.baseline {
            check_row(BASELINE, year, 1, &files, checkpoints, &mut shelf.problems);
            shelf.files.extend(files.into_iter().map(|file| Wanted { part: BASELINE, file }));
        }
        if self.updates {
            let updates = of_year(&page(UPDATES)?, year);
            check_row(UPDATES, year, last + 1, &updates, checkpoints, &mut shelf.problems);
            // Behind a gap nothing can be loaded: the missing file would come too late.
            let whole = updates.into_iter().zip(last + 1..).take_while(|(file, number)| file.number == *number);
            shelf.files.extend(whole.map(|(file, _)| Wanted { part: UPDATES, file }));
        }
        Ok(shelf)
    }
}

/// Says which numbers are missing in a row of files, or were there before.
fn check_row(
    part: &str,
    year: u32,
    first: u32,
    files: &[Listed],
    checkpoints: &Checkpoints,
    problems: &mut Vec<String>,
) {
    let mut expected = first;
    for file in files {
        if file.number > expected {
            let last = file.number - 1;
            let which =
                if last == expected { format!("n{expected:04}") } else { format!("n{expected:04} to n{last:04}") };
            problems.push(format!("{part}: the page does not list pubmed{year:02}{which}"));
        }
        expected = file.number.max(expected) + 1;
    }
    let vanished = checkpoints
        .partitions()
        .filter(|held| held.strip_prefix(part).is_some_and(|rest| rest.starts_with(&format!("/pubmed{year:02}n"))))
        .filter(|held| !files.iter().any(|file| held.ends_with(&file.name)))
        .count();
    if vanished > 0 {
        problems.push(format!("{part}: the page no longer lists {vanished} files that were loaded"));
    }
}

/// What is remembered of a file that was loaded.
fn position(md5: &str, file: &Listed) -> String {
    format!("{md5} {}", file.shown)
}

fn is_loaded(checkpoints: &Checkpoints, wanted: &Wanted) -> bool {
    let held = checkpoints.position(&wanted.path());
    held.is_some_and(|held| held.split_once(' ').map_or("", |(_, shown)| shown) == wanted.file.shown)
}

impl Source for PubmedBulk {
    fn name(&self) -> &str {
        &self.name
    }

    fn filter(&self) -> Option<&Filter> {
        (!self.filter.is_empty()).then_some(&self.filter)
    }

    fn harvest(&mut self, checkpoints: &Checkpoints, sink: &mut dyn Sink) -> Result<Outcome, HarvestError> {
        let service = self.access.service("pubmed-files")?;
        let Shelf { files, problems } = self.shelf(&service, checkpoints)?;
        let mut outcome = Outcome { problems, ..Outcome::default() };
        let wanted: Vec<Wanted> = files.into_iter().filter(|file| !is_loaded(checkpoints, file)).collect();
        if wanted.is_empty() {
            return Ok(outcome);
        }
        sink.expect(wanted.len() as u64 * RECORDS_IN_A_FILE);
        // One file is on its way while another is read.
        let (sender, arrivals) = sync_channel(0);
        let folder: &Path = &self.folder;
        thread::scope(|scope| {
            let (service, queue) = (&service, wanted);
            scope.spawn(move || {
                let mut failed = false;
                for wanted in queue {
                    // An update that is loaded before an older file would be undone by it.
                    let arrived = if failed && wanted.part == UPDATES {
                        Err(NotHere::Problem("waits for the files before it".to_owned()))
                    } else {
                        download(service, &wanted.path(), folder)
                    };
                    failed |= arrived.is_err();
                    if sender.send((wanted, arrived)).is_err() {
                        return;
                    }
                }
            });
            load(arrivals, &mut outcome, sink)
        })?;
        Ok(outcome)
    }

    fn plan(&mut self, checkpoints: &Checkpoints) -> Result<Plan, HarvestError> {
        let service = self.access.service("pubmed-files")?;
        let Shelf { files, problems } = self.shelf(&service, checkpoints)?;
        let wanted = files.iter().filter(|file| !is_loaded(checkpoints, file)).count() as u64;
        let mut notes = vec![format!("{wanted} of {} files; about {RECORDS_IN_A_FILE} records each", files.len())];
        notes.extend(problems);
        let pages = 1 + u64::from(self.updates);
        Ok(Plan { records: Some(wanted * RECORDS_IN_A_FILE), requests: pages + 2 * wanted, notes })
    }
}

/// Hands over files as they arrive. Owns the receiver, so that fetching ends when this does.
fn load(
    arrivals: std::sync::mpsc::Receiver<(Wanted, Result<Downloaded, NotHere>)>,
    outcome: &mut Outcome,
    sink: &mut dyn Sink,
) -> Result<(), HarvestError> {
    let (mut failed, mut waiting) = (false, 0);
    for (wanted, arrived) in arrivals {
        let path = wanted.path();
        let problem = match arrived {
            Err(NotHere::Fatal(error)) => return Err(error),
            _ if failed && wanted.part == UPDATES => {
                waiting += 1;
                continue;
            }
            Err(NotHere::Problem(problem)) => Some(problem),
            Ok(Downloaded { file, bytes, md5 }) => {
                let checkpoint = Checkpoint { partition: path.clone(), position: position(&md5, &wanted.file) };
                let input = Box::new(file);
                let origin = path.clone();
                sink.deliver(Delivery { origin, input, bytes: Some(bytes), announced: None, checkpoint })?.problem
            }
        };
        if let Some(problem) = problem {
            failed = true;
            outcome.problems.push(format!("{path}: {problem}"));
        }
    }
    if waiting > 0 {
        outcome.problems.push(format!("{waiting} update files wait for those before them"));
    }
    Ok(())
}
