//! `kind = "pmc-oa"`: full text of open-access articles from PubMed Central.
//!
//! Keys: which articles, of which one at least: `pmcids`, a list; `ids`, a file with one on each line (relative paths start from the
//! folder of the corpus's definition, `#` begins a remark); `of = "corpus"`, the documents that the corpus holds with a PMCID and
//! without full text; with `way = "oai"` also `from` and `until`, days between which an article was put in or changed. `way` is `s3`
//! (the default: the open-access files, a list, a record and a text for each article) or `oai` (OAI-PMH). `manuscripts = true` (with
//! `s3`) also reads what authors deposited under terms for text mining alone. `words`, of which title or text must have one.
//! `again_days` (30): after how many days an article is looked for again, whether it was found or not; `overlap_days` (3), for how long
//! a window of days that is over is still looked into.
//!
//! The services are `pmc-files`, asked at most 10 times a second, and `pmc-oai`, at most 3 times, one question at a time. Each article
//! is a partition: what came is not fetched again, and one that fails leaves the others alone. A text is checked against the MD5 of its
//! record. One that is not there, or not open access, is a note and no failure. The licence is that of each article: it is kept with it,
//! and a full text whose licence does not allow it is not exported.

mod article;
mod changes;
mod files;
mod ids;
mod oai;

use std::io::Cursor;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::Deserialize;

use self::article::Article;
use self::ids::Wanted;
use super::Surroundings;
use super::articles::{ABSENT, BEGUN, CLOSED, FAILURES, Held, note, pmcid};
use super::window::today;
use crate::harvest::{
    Access, Checkpoint, Checkpoints, Delivery, Filter, HarvestError, Outcome, Plan, Service, Sink, Source,
};

/// The keys of its table.
pub(super) const KEYS: &[&str] =
    &["pmcids", "ids", "of", "way", "from", "until", "manuscripts", "words", "again_days", "overlap_days"];

#[derive(Deserialize)]
struct Keys {
    #[serde(default)]
    pmcids: Vec<String>,
    ids: Option<PathBuf>,
    of: Option<String>,
    #[serde(default)]
    way: Way,
    from: Option<String>,
    until: Option<String>,
    #[serde(default)]
    manuscripts: bool,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default = "again")]
    again_days: u16,
    #[serde(default = "overlap")]
    overlap_days: u16,
}

fn again() -> u16 {
    30
}

fn overlap() -> u16 {
    3
}

/// How articles are fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Way {
    /// From the open-access files.
    #[default]
    S3,
    /// By OAI-PMH.
    Oai,
}

pub(super) fn build(table: &toml::Table, surroundings: &Surroundings<'_>) -> Result<Box<dyn Source>, String> {
    let keys: Keys = super::keys("pmc-oa", table)?;
    let refuse = |reason: String| Err(format!("a source of kind pmc-oa: {reason}"));
    if let Some(wrong) = keys.pmcids.iter().find(|id| pmcid(id).is_none()) {
        return refuse(format!("“{wrong}” is no PMCID; one is like PMC1234567"));
    }
    let of_corpus = match keys.of.as_deref() {
        None => false,
        Some("corpus") => true,
        Some(other) => return refuse(format!("of is “corpus”, not “{other}”")),
    };
    let day = |key: &str, written: &Option<String>| {
        written.as_deref().map(|written| super::day("pmc-oa", key, written)).transpose()
    };
    let (from, until) = (day("from", &keys.from)?, day("until", &keys.until)?);
    if keys.way == Way::S3 && (from.is_some() || until.is_some()) {
        return refuse("from and until go with way = \"oai\"".to_owned());
    }
    if keys.way == Way::Oai && keys.manuscripts {
        return refuse("manuscripts goes with way = \"s3\"".to_owned());
    }
    if until.is_some_and(|until| from.is_none_or(|from| until < from)) {
        return refuse("until needs a from that is no later day".to_owned());
    }
    if keys.pmcids.is_empty() && keys.ids.is_none() && !of_corpus && from.is_none() {
        return refuse("it needs pmcids, ids, of = \"corpus\" or, with way = \"oai\", from".to_owned());
    }
    let filter = Filter { words: keys.words, ..Filter::default() };
    let mut name = "pmc-oa".to_owned();
    let parts = [
        (keys.way == Way::Oai).then(|| "oai".to_owned()),
        (!keys.pmcids.is_empty()).then(|| "of a list".to_owned()),
        keys.ids.as_ref().map(|path| format!("of {}", path.display())),
        of_corpus.then(|| "of the corpus".to_owned()),
        from.map(|from| format!("from {from}")),
        until.map(|until| format!("until {until}")),
        (!filter.is_empty()).then(|| filter.to_string()),
    ];
    for part in parts.into_iter().flatten() {
        name.push(' ');
        name.push_str(&part);
    }
    Ok(Box::new(PmcOa {
        name,
        access: surroundings.access.clone(),
        pmcids: keys.pmcids,
        file: keys.ids.map(|path| surroundings.folder.join(path)),
        of_corpus,
        way: keys.way,
        from,
        until,
        manuscripts: keys.manuscripts,
        filter,
        again: keys.again_days,
        overlap: keys.overlap_days,
        since: surroundings.since,
    }))
}

/// Open-access articles.
struct PmcOa {
    name: String,
    access: Access,
    pmcids: Vec<String>,
    file: Option<PathBuf>,
    of_corpus: bool,
    way: Way,
    from: Option<Date>,
    until: Option<Date>,
    manuscripts: bool,
    filter: Filter,
    again: u16,
    overlap: u16,
    since: Option<Date>,
}

/// What became of an article.
enum Came {
    /// All of it is stored.
    Whole,
    /// It was looked for and is not to be had: absent, or closed for the reason given.
    Not(Option<String>),
    /// Something is missing.
    Problem(String),
}

impl PmcOa {
    fn service(&self) -> Result<Service, HarvestError> {
        self.access.service(match self.way {
            Way::S3 => "pmc-files",
            Way::Oai => "pmc-oai",
        })
    }

    /// The articles that are looked for today, and lines that name none.
    fn due(&self, checkpoints: &Checkpoints, today: Date) -> Result<Wanted, HarvestError> {
        let mut wanted = ids::wanted(&self.pmcids, self.file.as_deref(), self.of_corpus, checkpoints)?;
        wanted.ids.retain(|id| {
            let held = checkpoints.position(id).and_then(Held::from_line);
            self.since.is_some() || held.is_none_or(|held| held.is_due(today, self.again))
        });
        Ok(wanted)
    }

    fn fetch(&self, service: &Service, id: &str, held: Option<&str>) -> Result<Article, HarvestError> {
        match self.way {
            Way::S3 => files::article(service, id, held, self.manuscripts),
            Way::Oai => oai::article(service, id, held),
        }
    }

    /// Fetches and stores one article.
    fn article(
        &self,
        service: &Service,
        id: &str,
        held: Option<Held>,
        today: Date,
        sink: &mut dyn Sink,
    ) -> Result<Came, HarvestError> {
        let at = |state: &str| Checkpoint {
            partition: id.to_owned(),
            position: Held { state: state.to_owned(), on: today }.to_line(),
        };
        let held = held.map(|held| held.state);
        let (metadata, text, state) = match self.fetch(service, id, held.as_deref())? {
            Article::Absent => {
                sink.remember(at(ABSENT))?;
                return Ok(Came::Not(None));
            }
            Article::Closed(why) => {
                sink.remember(at(CLOSED))?;
                return Ok(Came::Not(Some(why)));
            }
            Article::Open { metadata, text, state } => (metadata, text, state),
        };
        // The text first: where words choose what is kept, it has more of them than the record.
        let parts = [
            text.map(|bytes| ("full text", bytes, if metadata.is_some() { at(BEGUN) } else { at(&state) })),
            metadata.map(|bytes| ("record", bytes, at(&state))),
        ];
        let mut stored = false;
        for (what, bytes, checkpoint) in parts.into_iter().flatten() {
            stored = true;
            let received = sink.deliver(Delivery {
                origin: format!("{} {id} {what}", self.name),
                bytes: Some(bytes.len() as u64),
                input: Box::new(Cursor::new(bytes)),
                announced: Some(1),
                checkpoint,
            })?;
            if let Some(problem) = received.problem {
                return Ok(Came::Problem(format!("{what}: {problem}")));
            }
        }
        if !stored {
            sink.remember(at(&state))?;
        }
        Ok(Came::Whole)
    }

    /// Fetches the articles that are named.
    fn articles(
        &self,
        service: &Service,
        checkpoints: &Checkpoints,
        sink: &mut dyn Sink,
        outcome: &mut Outcome,
    ) -> Result<(), HarvestError> {
        let today = today();
        let Wanted { ids, problems } = self.due(checkpoints, today)?;
        outcome.problems.extend(problems);
        if !ids.is_empty() {
            sink.expect(ids.len() as u64);
        }
        let (mut absent, mut closed, mut failures) = (Vec::new(), Vec::new(), 0);
        for (n, id) in ids.iter().enumerate() {
            let held = checkpoints.position(id).and_then(Held::from_line);
            let problem = match self.article(service, id, held, today, sink) {
                Ok(Came::Whole) => None,
                Ok(Came::Not(None)) => {
                    absent.push(id.clone());
                    None
                }
                Ok(Came::Not(Some(why))) => {
                    closed.push(format!("{id}{why}"));
                    None
                }
                Ok(Came::Problem(problem)) => Some(problem),
                Err(HarvestError::Remote(problem)) => Some(problem),
                Err(other) => return Err(other),
            };
            let Some(problem) = problem else {
                failures = 0;
                continue;
            };
            outcome.problems.push(format!("{id}: {problem}"));
            failures += 1;
            let waiting = ids.len() - n - 1;
            if failures == FAILURES && waiting > 0 {
                outcome.problems.push(format!("{waiting} further articles wait for the next run"));
                break;
            }
        }
        outcome.notes.extend(note(&absent, "not in PubMed Central's open-access files"));
        outcome.notes.extend(note(&closed, "not open access"));
        Ok(())
    }
}

impl Source for PmcOa {
    fn name(&self) -> &str {
        &self.name
    }

    fn filter(&self) -> Option<&Filter> {
        (!self.filter.is_empty()).then_some(&self.filter)
    }

    fn completes(&self) -> bool {
        self.of_corpus
    }

    fn harvest(&mut self, checkpoints: &Checkpoints, sink: &mut dyn Sink) -> Result<Outcome, HarvestError> {
        let service = self.service()?;
        let mut outcome = Outcome::default();
        self.articles(&service, checkpoints, sink, &mut outcome)?;
        self.changes(&service, checkpoints, sink, &mut outcome)?;
        Ok(outcome)
    }

    fn plan(&mut self, checkpoints: &Checkpoints) -> Result<Plan, HarvestError> {
        let due = self.due(checkpoints, today())?;
        let articles = due.ids.len() as u64;
        // A list, a record and a text for each; or the one answer.
        let each = if self.way == Way::S3 { 3 } else { 1 };
        let mut plan = Plan { records: Some(articles), requests: articles * each, notes: due.problems };
        if self.from.is_some() {
            self.plan_changes(&self.service()?, checkpoints, &mut plan)?;
        }
        Ok(plan)
    }
}
