//! Full texts of the open-access articles that a search finds.
//!
//! An article is remembered as wanted before the page that names it is stored, so that a run that is killed leaves none out. What is
//! held is not fetched again, unless its record was updated and it was looked for longer ago than some days.
//!
//! The service answers 500 for an article that is not open access, and so does a server that is down. So a refusal counts as one
//! only where a text comes behind it in the same run, be it one that is held already and asked for just to see. Until then it is a
//! problem, and the article is wanted by the next run, behind those that were never asked for.

use std::collections::BTreeMap;
use std::io::Cursor;

use jiff::civil::Date;

use super::Found;
use crate::harvest::sources::articles::{CLOSED, FAILURES, Held, REFUSED, WANTED, note, pmcid};
use crate::harvest::sources::window::today;
use crate::harvest::{Checkpoint, Checkpoints, Delivery, HarvestError, Outcome, Service, Sink};
use crate::net::NetError;
use crate::xml::{self, XmlError};

/// How often an answer that is no article is asked for again.
const ATTEMPTS: u32 = 4;
/// The largest article that is taken.
const LARGEST: u64 = 128 << 20;
/// After how many days a text is looked for again if its record was updated.
const AGAIN_DAYS: u16 = 30;
/// What the partition of an article begins with.
const PARTITION: &str = "full text ";
/// The state of an article whose text is stored.
const STORED: &str = "stored";

/// The texts that a run is to fetch.
pub(super) struct FullTexts<'c> {
    /// The name of the source.
    name: &'c str,
    checkpoints: &'c Checkpoints,
    today: Date,
    /// Whether what is held is fetched again.
    anew: bool,
    /// Articles by the number of their PMCID, and whether the service refused them before.
    wanted: BTreeMap<u64, bool>,
}

/// What the service says to a question for a text.
enum Answer {
    Text(Vec<u8>),
    /// It is not to be had, or the server is down.
    Refused(String),
}

impl<'c> FullTexts<'c> {
    /// Those that earlier runs left.
    pub(super) fn left(name: &'c str, checkpoints: &'c Checkpoints, anew: bool) -> Self {
        let left =
            |(id, held): (&str, Held)| (!held.is_settled()).then(|| Some((number(id)?, held.state == REFUSED)))?;
        let wanted = remembered(checkpoints).filter_map(left).collect();
        Self { name, checkpoints, today: today(), anew, wanted }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.wanted.len() as u64
    }

    /// Remembers that the texts of the open articles of a page are wanted.
    pub(super) fn want(&mut self, page: &[Found], sink: &mut dyn Sink) -> Result<(), HarvestError> {
        let open = page.iter().filter(|found| found.is_open_access.as_deref() == Some("Y"));
        for id in open.filter_map(|found| pmcid(found.pmcid.as_deref()?)) {
            let held = self.checkpoints.position(&format!("{PARTITION}{id}")).and_then(Held::from_line);
            let due = self.anew || held.is_none_or(|held| held.is_settled() && held.is_due(self.today, AGAIN_DAYS));
            let Some(number) = number(&id).filter(|number| due && !self.wanted.contains_key(number)) else { continue };
            sink.remember(self.at(&id, WANTED))?;
            self.wanted.insert(number, false);
        }
        Ok(())
    }

    /// Fetches and stores them.
    pub(super) fn fetch(
        self,
        service: &Service,
        sink: &mut dyn Sink,
        outcome: &mut Outcome,
    ) -> Result<(), HarvestError> {
        let mut order: Vec<(bool, u64)> = self.wanted.iter().map(|(number, refused)| (*refused, *number)).collect();
        order.sort_unstable();
        let ids: Vec<String> = order.into_iter().map(|(_, number)| format!("PMC{number}")).collect();
        let stored = |(id, held): (&str, Held)| (held.state == STORED).then(|| id.to_owned());
        let mut known = remembered(self.checkpoints).find_map(stored);
        let (mut refused, mut closed, mut failures): (Vec<(String, String)>, Vec<String>, u32) = Default::default();
        let mut waiting = 0;
        for (n, id) in ids.iter().enumerate() {
            match text(service, id) {
                Ok(Answer::Text(bytes)) => {
                    self.close(&mut refused, &mut closed, sink)?;
                    failures = 0;
                    match self.deliver(id, bytes, sink)? {
                        None => known = Some(id.clone()),
                        Some(problem) => outcome.problems.push(format!("{id}: {problem}")),
                    }
                    continue;
                }
                Ok(Answer::Refused(said)) => {
                    sink.remember(self.at(id, REFUSED))?;
                    refused.push((id.clone(), said));
                }
                Err(HarvestError::Remote(problem)) => outcome.problems.push(format!("{id}: {problem}")),
                Err(other) => return Err(other),
            }
            failures += 1;
            if failures == FAILURES {
                if !comes(service, known.as_deref()) {
                    waiting = ids.len() - n - 1;
                    break;
                }
                self.close(&mut refused, &mut closed, sink)?;
                failures = 0;
            }
        }
        if !refused.is_empty() && failures < FAILURES && comes(service, known.as_deref()) {
            self.close(&mut refused, &mut closed, sink)?;
        }
        outcome.problems.extend(refused.into_iter().map(|(id, said)| format!("{id}: {said}, and no other text came")));
        if waiting > 0 {
            outcome.problems.push(format!("{waiting} further full texts wait for the next run"));
        }
        outcome.notes.extend(note(&closed, "not open access in Europe PMC"));
        Ok(())
    }

    /// Takes what was refused for what is not open: the server is up.
    fn close(
        &self,
        refused: &mut Vec<(String, String)>,
        closed: &mut Vec<String>,
        sink: &mut dyn Sink,
    ) -> Result<(), HarvestError> {
        for (id, _) in refused.drain(..) {
            sink.remember(self.at(&id, CLOSED))?;
            closed.push(id);
        }
        Ok(())
    }

    /// Stores a text; says what is wrong with it.
    fn deliver(&self, id: &str, bytes: Vec<u8>, sink: &mut dyn Sink) -> Result<Option<String>, HarvestError> {
        let received = sink.deliver(Delivery {
            origin: format!("{} {id} full text", self.name),
            bytes: Some(bytes.len() as u64),
            input: Box::new(Cursor::new(bytes)),
            announced: Some(1),
            checkpoint: self.at(id, STORED),
        })?;
        Ok(received.problem)
    }

    fn at(&self, id: &str, state: &str) -> Checkpoint {
        let held = Held { state: state.to_owned(), on: self.today };
        Checkpoint { partition: format!("{PARTITION}{id}"), position: held.to_line() }
    }
}

/// The articles of which anything is remembered, by their PMCID.
fn remembered(checkpoints: &Checkpoints) -> impl Iterator<Item = (&str, Held)> {
    checkpoints.partitions().filter_map(|partition| {
        let held = checkpoints.position(partition).and_then(Held::from_line)?;
        Some((partition.strip_prefix(PARTITION)?, held))
    })
}

/// The number of an article, `123` of `PMC123`.
fn number(id: &str) -> Option<u64> {
    id.strip_prefix("PMC")?.parse().ok()
}

/// Whether the text of an article that was there is still: then the server is up.
fn comes(service: &Service, known: Option<&str>) -> bool {
    known.is_some_and(|id| matches!(text(service, id), Ok(Answer::Text(_))))
}

fn text(service: &Service, id: &str) -> Result<Answer, HarvestError> {
    let request = service.get(&format!("{id}/fullTextXML"), &[])?.at_most(LARGEST);
    let mut said = String::new();
    for _ in 0..ATTEMPTS {
        let bytes = match service.network().fetch(&request) {
            Ok(fetched) => fetched.bytes,
            Err(error @ NetError::Status { status: 404 | 500, .. }) => return Ok(Answer::Refused(error.to_string())),
            Err(other) => return Err(other.into()),
        };
        match article(&bytes) {
            Ok(()) => return Ok(Answer::Text(bytes)),
            Err(reason) => said = reason,
        }
    }
    Err(HarvestError::Remote(format!("not a whole article: {said}")))
}

/// Whether an answer is an article from its beginning to its end; or why it is none.
fn article(bytes: &[u8]) -> Result<(), String> {
    let root = || -> Result<bool, XmlError> {
        let mut cursor = xml::Cursor::new(bytes, 0)?;
        let is_article = cursor.root()?.local_name() == "article";
        cursor.finish()?;
        Ok(is_article)
    };
    match root() {
        Ok(true) => Ok(()),
        Ok(false) => Err("another document".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_article_is_one() {
        let whole = "<?xml version=\"1.0\"?><!DOCTYPE article PUBLIC \"x\" \"y.dtd\"><article><front/><body><p>a</p></body></article>\n";
        assert_eq!(article(whole.as_bytes()), Ok(()));
        assert!(article(&whole.as_bytes()[..whole.len() - 12]).is_err());
        assert!(article(b"<errorBean><errCode>0</errCode></errorBean>").unwrap_err().contains("another"));
        assert!(article(b"{\"version\":\"6.9\"}").is_err());
    }
}
