//! Harvest → parse → store.

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rayon::prelude::*;

use super::{PROGRAM, PipelineError, Workshop, outcome_of};
use crate::harvest::{Checkpoint, Checkpoints, Delivery, Filter, HarvestError, Received, Sink, Source};
use crate::parse::{Deletion, Input, Item, Record, RecordParser, Rejection, formats};
use crate::progress::Task;
use crate::store::{Counts, Ingest, NewRecord, PackedRecord, RunId, RunOutcome, Store, StoreError};

/// Records that are packed and stored together: enough for every core.
const BATCH: usize = 256;
/// Batches that may wait between parsing and storing.
const WAITING: usize = 3;

/// What a harvest brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HarvestReport {
    /// Each source, in the order of the definition.
    pub sources: Vec<SourceReport>,
}

/// What one source brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReport {
    /// The source.
    pub source: String,
    /// How it ended.
    pub outcome: RunOutcome,
    /// What it brought.
    pub counts: Counts,
    /// What is missing, in words.
    pub problems: Vec<String>,
    /// What is worth knowing and leaves nothing missing.
    pub notes: Vec<String>,
    /// The records that were rejected: place and reason.
    pub rejected: Vec<String>,
}

impl HarvestReport {
    /// Whether every source was read completely and no record was rejected.
    pub fn is_complete(&self) -> bool {
        self.sources.iter().all(|source| source.outcome == RunOutcome::Complete && source.counts.rejected == 0)
    }

    /// The sum over sources.
    pub fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        for source in &self.sources {
            sum += source.counts;
        }
        sum
    }
}

pub(super) fn run(workshop: Workshop<'_>, store: &mut Store) -> Result<HarvestReport, PipelineError> {
    let sources = workshop.corpus.sources(workshop.access, workshop.selection.since)?;
    let run = store.begin_run("harvest", PROGRAM)?;
    let mut report = HarvestReport::default();
    for mut source in sources {
        if !workshop.selection.takes(source.name()) {
            continue;
        }
        // One failing source does not stop the others.
        let one = harvest_source(workshop, store, run, source.as_mut())?;
        store.finish_source(run, &one.source, one.outcome, &one.problems, one.counts)?;
        report.sources.push(one);
    }
    let failed = report.sources.iter().any(|source| source.outcome == RunOutcome::Failed);
    let outcome = match (failed, report.is_complete()) {
        (true, _) => RunOutcome::Failed,
        (false, true) => RunOutcome::Complete,
        (false, false) => RunOutcome::Incomplete,
    };
    store.finish_run(run, outcome)?;
    Ok(report)
}

/// What is remembered of a source.
pub(super) fn checkpoints(store: &Store, source: &str) -> Result<Checkpoints, StoreError> {
    let held = store.checkpoints(source)?;
    Ok(held.into_iter().map(|(partition, position)| Checkpoint { partition, position }).collect())
}

fn harvest_source(
    workshop: Workshop<'_>,
    store: &mut Store,
    run: RunId,
    source: &mut dyn Source,
) -> Result<SourceReport, PipelineError> {
    let name = source.name().to_owned();
    let checkpoints = checkpoints(store, &name)?;
    tracing::info!(source = name, "harvesting");
    let mut storing = Storing {
        workshop,
        store,
        run,
        source: &name,
        filter: source.filter().cloned(),
        counts: Counts::default(),
        rejected: Vec::new(),
        broken: None,
        task: None,
    };
    let ended = source.harvest(&checkpoints, &mut storing);
    let Storing { counts, rejected, broken, .. } = storing;
    // A store that fails ends the run; a source that fails is reported.
    if let Some(error) = broken {
        return Err(error);
    }
    let (outcome, problems, notes) = match ended {
        Ok(ended) => (outcome_of(&ended.problems), ended.problems, ended.notes),
        Err(error) => (RunOutcome::Failed, vec![error.to_string()], Vec::new()),
    };
    Ok(SourceReport { source: name, outcome, counts, problems, notes, rejected })
}

/// Stores what a source delivers.
struct Storing<'s> {
    workshop: Workshop<'s>,
    store: &'s mut Store,
    run: RunId,
    source: &'s str,
    filter: Option<Filter>,
    counts: Counts,
    rejected: Vec<String>,
    /// Why the store could not go on.
    broken: Option<PipelineError>,
    /// The bar of the whole source, where it says how much is to come.
    task: Option<Box<dyn Task>>,
}

impl Sink for Storing<'_> {
    fn deliver(&mut self, delivery: Delivery) -> Result<Received, HarvestError> {
        let origin = delivery.origin.clone();
        self.store_delivery(delivery).map_err(|error| {
            let said = HarvestError::Sink(format!("{origin}: {error}"));
            self.broken = Some(error);
            said
        })
    }

    fn remember(&mut self, checkpoint: Checkpoint) -> Result<(), HarvestError> {
        self.store.remember(self.run, self.source, &checkpoint.partition, &checkpoint.position).map_err(|error| {
            let said = HarvestError::Sink(error.to_string());
            self.broken = Some(error.into());
            said
        })
    }

    fn expect(&mut self, records: u64) {
        match &self.task {
            Some(task) => task.set_total(records),
            None => self.task = Some(self.workshop.progress.task(self.source, Some(records), "records")),
        }
    }
}

/// What the parsing thread hands over.
enum Batch {
    /// Items in their order, and the format they are of.
    Items(Vec<Item>, &'static dyn RecordParser),
    /// The stream ended; why, if not well.
    End(Option<String>),
}

impl Storing<'_> {
    /// Parses and stores a delivery in one transaction: one thread reads and parses, all cores pack, this one stores. What stands
    /// before a break in the stream is stored; the checkpoint only if there was none.
    fn store_delivery(&mut self, delivery: Delivery) -> Result<Received, PipelineError> {
        let Delivery { origin, input, bytes, announced, checkpoint } = delivery;
        tracing::debug!(origin, bytes, "delivery");
        let bar = self.task.is_none().then(|| self.workshop.progress.task(&short(&origin), bytes, "bytes"));
        let input = Box::new(Metered { input, task: bar.map(Arc::from) });
        let mut ingest = self.store.ingest(self.run, self.source, &origin)?;
        let (sender, batches) = sync_channel(WAITING);
        let mut storer = Storer {
            ingest: &mut ingest,
            origin: &origin,
            filter: self.filter.as_ref(),
            rejected: &mut self.rejected,
            task: self.task.as_deref(),
        };
        let problem = thread::scope(|scope| {
            scope.spawn(move || parse(input, &sender));
            storer.store(batches)
        })?;
        let counts = ingest.counts();
        let problem = match (problem, announced) {
            (Some(problem), _) => Some(problem),
            (None, Some(announced)) if counts.found < announced => {
                Some(format!("{} of {announced} announced records were delivered", counts.found))
            }
            (None, _) => None,
        };
        let done = problem.is_none().then_some((checkpoint.partition.as_str(), checkpoint.position.as_str()));
        let counts = ingest.commit(done)?;
        self.counts += counts;
        Ok(Received { records: counts.found, problem })
    }
}

/// Reads a stream and hands over what is in it, until the other side has gone.
fn parse(input: Box<dyn Read + Send>, batches: &SyncSender<Batch>) {
    let ended = Input::from_reader(input).map_err(|error| error.to_string()).and_then(|mut input| {
        let parser = formats::recognise(input.head()).ok_or_else(|| {
            let known: Vec<&str> = formats::ALL.iter().map(|parser| parser.name()).collect();
            format!("of no known format ({})", known.join(", "))
        })?;
        let mut batch = Vec::with_capacity(BATCH);
        let parsed = parser.parse(&mut input, &mut |item| {
            batch.push(item);
            if batch.len() < BATCH {
                return ControlFlow::Continue(());
            }
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            match batches.send(Batch::Items(full, parser)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        // The receiver goes only when storing failed, which it reports itself.
        let _ = batches.send(Batch::Items(batch, parser));
        parsed.map_err(|error| error.to_string())
    });
    let _ = batches.send(Batch::End(ended.err()));
}

/// An item ready to be stored.
enum Ready {
    Record(Box<PackedRecord>),
    Deletion(Deletion),
    Rejected(Rejection),
}

/// Stores what the parsing thread hands over.
struct Storer<'s, 'i> {
    ingest: &'s mut Ingest<'i>,
    origin: &'s str,
    filter: Option<&'s Filter>,
    rejected: &'s mut Vec<String>,
    task: Option<&'s dyn Task>,
}

impl Storer<'_, '_> {
    /// Stores until the stream ends; says why it did not end well. Owns the receiver, so that the other side learns when this
    /// one stops.
    fn store(&mut self, batches: Receiver<Batch>) -> Result<Option<String>, StoreError> {
        for batch in batches {
            let (items, parser) = match batch {
                Batch::Items(items, parser) => (items, parser),
                Batch::End(problem) => return Ok(problem),
            };
            let seen = items.len() as u64;
            let items = self.wanted(items)?;
            let ready: Vec<Ready> =
                items.into_par_iter().map(|item| pack(item, parser.name())).collect::<Result<_, _>>()?;
            for item in ready {
                self.item(item)?;
            }
            if let Some(task) = self.task {
                task.advance(seen);
            }
        }
        Ok(Some("parsing stopped".to_owned()))
    }

    /// Leaves out what the filter does not keep, unless it is held already: then it must not grow old.
    fn wanted(&mut self, items: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let Some(filter) = self.filter else { return Ok(items) };
        let mut wanted = Vec::with_capacity(items.len());
        for item in items {
            if let Item::Document(record) = &item
                && !filter.keeps(&record.document)
                && !self.ingest.holds(&record.document)?
            {
                self.ingest.pass();
                continue;
            }
            wanted.push(item);
        }
        Ok(wanted)
    }

    fn item(&mut self, item: Ready) -> Result<(), StoreError> {
        match item {
            Ready::Record(record) => self.ingest.packed(&record).map(drop),
            Ready::Deletion(deletion) => self.ingest.delete(&deletion.id, deletion.version, deletion.position),
            Ready::Rejected(rejection) => {
                self.rejected.push(format!("{} byte {}: {}", self.origin, rejection.position, rejection.reason));
                self.ingest.reject(rejection.position, &rejection.reason, &rejection.bytes)
            }
        }
    }
}

fn pack(item: Item, format: &'static str) -> Result<Ready, StoreError> {
    match item {
        Item::Document(record) => {
            let Record { document, bytes, position } = *record;
            let packed = NewRecord { document: &document, bytes: &bytes, format, position }.pack()?;
            Ok(Ready::Record(Box::new(packed)))
        }
        Item::Deletion(deletion) => Ok(Ready::Deletion(deletion)),
        Item::Rejected(rejection) => Ok(Ready::Rejected(rejection)),
    }
}

/// The end of a path or address, for a bar.
fn short(origin: &str) -> String {
    origin.rsplit('/').next().unwrap_or(origin).to_owned()
}

/// Tells how many bytes were read.
struct Metered {
    input: Box<dyn Read + Send>,
    task: Option<Arc<dyn Task>>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.input.read(buffer)?;
        if let Some(task) = &self.task {
            task.advance(n as u64);
        }
        Ok(n)
    }
}
