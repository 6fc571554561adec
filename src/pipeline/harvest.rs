//! Harvest → parse → store.

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rayon::prelude::*;

use super::{PROGRAM, PipelineError, Workshop, outcome_of};
use crate::corpus::Corpus;
use crate::harvest::{Checkpoint, Checkpoints, Delivery, Filter, HarvestError, Received, Sink, Source};
use crate::index::Sieve;
use crate::model::{Document, Statement};
use crate::parse::{Deletion, Input, Item, Record, RecordParser, Rejection, each_stream, formats};
use crate::progress::Task;
use crate::store::{Counts, Ingest, NewRecord, PackedRecord, RunId, RunOutcome, Store, StoreError};
use crate::vocab::Vocabulary;

/// Records that are packed and stored together: enough for every core.
const BATCH: usize = 256;
/// Fewer where they are long: a batch is full at so many bytes of records.
const BATCH_BYTES: usize = 4 << 20;
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
    /// Whether that was statements about papers, and no documents.
    pub states: bool,
    /// What is missing, in words.
    pub problems: Vec<String>,
    /// What is worth knowing and leaves nothing missing.
    pub notes: Vec<String>,
    /// The records that were rejected: place and reason.
    pub rejected: Vec<String>,
}

impl SourceReport {
    /// Of a source that could not be asked.
    fn failed(source: String, reason: String) -> Self {
        Self {
            source,
            outcome: RunOutcome::Failed,
            counts: Counts::default(),
            states: false,
            problems: vec![reason],
            notes: Vec::new(),
            rejected: Vec::new(),
        }
    }
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

/// What is remembered of a source, and what it may complete.
pub(super) fn checkpoints(store: &Store, source: &dyn Source) -> Result<Checkpoints, StoreError> {
    let held = store.checkpoints(source.name())?;
    let checkpoints: Checkpoints =
        held.into_iter().map(|(partition, position)| Checkpoint { partition, position }).collect();
    Ok(if source.completes() { checkpoints.lacking(store.without_full_text()?) } else { checkpoints })
}

fn harvest_source(
    workshop: Workshop<'_>,
    store: &mut Store,
    run: RunId,
    source: &mut dyn Source,
) -> Result<SourceReport, PipelineError> {
    let name = source.name().to_owned();
    let checkpoints = checkpoints(store, source)?;
    tracing::info!(source = name, "harvesting");
    let filter = source.filter().cloned().unwrap_or_default();
    let sieve = match filter.query.as_deref().map(|query| Screen::new(query, workshop.corpus)).transpose() {
        Ok(sieve) => sieve,
        // The other sources are read all the same.
        Err(reason) => return Ok(SourceReport::failed(name, reason)),
    };
    let mut storing = Storing {
        workshop,
        store,
        run,
        source: &name,
        filter,
        screen: sieve,
        counts: Counts::default(),
        states: false,
        rejected: Vec::new(),
        broken: None,
        task: None,
    };
    let ended = source.harvest(&checkpoints, &mut storing);
    let Storing { counts, states, rejected, broken, .. } = storing;
    // A store that fails ends the run; a source that fails is reported.
    if let Some(error) = broken {
        return Err(error);
    }
    let (outcome, problems, notes) = match ended {
        Ok(ended) => (outcome_of(&ended.problems), ended.problems, ended.notes),
        Err(error) => (RunOutcome::Failed, vec![error.to_string()], Vec::new()),
    };
    Ok(SourceReport { source: name, outcome, counts, states, problems, notes, rejected })
}

/// Stores what a source delivers.
struct Storing<'s> {
    workshop: Workshop<'s>,
    store: &'s mut Store,
    run: RunId,
    source: &'s str,
    filter: Filter,
    screen: Option<Screen>,
    counts: Counts,
    /// Whether statements were delivered.
    states: bool,
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
    /// What was read, in its order.
    Read(Vec<Found>),
    /// The stream ended; why, if not well.
    End(Option<String>),
}

/// Something found in a delivery.
enum Found {
    /// An item, and the format it is of.
    Item(Item, &'static str),
    /// What follows comes from this member of an archive.
    Member(String),
}

impl Found {
    /// The document, where it is one.
    fn document(&self) -> Option<&Document> {
        match self {
            Self::Item(Item::Document(record), _) => Some(&record.document),
            _ => None,
        }
    }
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
            origin: origin.clone(),
            filter: &self.filter,
            screen: self.screen.as_ref(),
            rejected: &mut self.rejected,
            task: self.task.as_deref(),
        };
        let problem = thread::scope(|scope| {
            scope.spawn(move || parse(input, &origin, &sender));
            storer.store(batches)
        })?;
        let counts = ingest.counts();
        let problem = match (problem, announced) {
            (Some(problem), _) => Some(problem),
            (None, Some(announced)) if counts.found < announced => {
                Some(format!("{} of {announced} announced records were delivered", counts.found))
            }
            // Statements replace those before them: what broke off says nothing.
            (None, _) => ingest.settle_statements()?,
        };
        let done = problem.is_none().then_some((checkpoint.partition.as_str(), checkpoint.position.as_str()));
        self.states |= ingest.states();
        let counts = ingest.commit(done)?;
        self.counts += counts;
        Ok(Received { records: counts.found, problem })
    }
}

/// Reads a delivery and hands over what is in it, until the other side has gone.
fn parse(input: Box<dyn Read + Send>, origin: &str, batches: &SyncSender<Batch>) {
    let mut reader = Reader { origin, batches, batch: Vec::new(), bytes: 0, streams: 0, gone: false };
    let mut whole = Ok(());
    let read = each_stream(input, &mut |stream| {
        match stream.member {
            None => whole = stream.input.and_then(|input| reader.file(input)),
            Some(member) => reader.member(&member, stream.input),
        }
        reader.flow()
    });
    let streams = reader.streams;
    let ended = match read {
        Err(error) => Err(error.to_string()),
        Ok(()) if whole.is_ok() && streams == 0 => Err("there is no file of records in the archive".to_owned()),
        Ok(()) => whole,
    };
    reader.hand_over();
    // The receiver goes only when storing failed, which it reports itself.
    let _ = batches.send(Batch::End(ended.err()));
}

/// The parsing side of a delivery.
struct Reader<'r> {
    origin: &'r str,
    batches: &'r SyncSender<Batch>,
    batch: Vec<Found>,
    /// How long the records of the batch are.
    bytes: usize,
    /// Streams that were read, or should have been readable.
    streams: u64,
    /// The other side takes no more.
    gone: bool,
}

impl Reader<'_> {
    fn flow(&self) -> ControlFlow<()> {
        if self.gone { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn hand_over(&mut self) {
        if !self.batch.is_empty() {
            let full = std::mem::take(&mut self.batch);
            self.bytes = 0;
            self.gone |= self.batches.send(Batch::Read(full)).is_err();
        }
    }

    fn add(&mut self, found: Found) {
        if let Found::Item(Item::Document(record), _) = &found {
            self.bytes += record.bytes.len();
        }
        self.batch.push(found);
        if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES {
            self.hand_over();
        }
    }

    /// Parses a stream. What is wrong with the stream as a whole is the error.
    fn file(&mut self, mut input: Input<'_>) -> Result<(), String> {
        self.streams += 1;
        let parser: &'static dyn RecordParser = formats::recognise(input.head()).ok_or_else(|| {
            let known: Vec<&str> = formats::ALL.iter().map(|parser| parser.name()).collect();
            format!("of no known format ({})", known.join(", "))
        })?;
        let parsed = parser.parse(&mut input, &mut |item| {
            self.add(Found::Item(item, parser.name()));
            self.flow()
        });
        parsed.map_err(|error| error.to_string())
    }

    /// A member of an archive. One that fails is a rejected record of the archive, which is read on; one that is no file of
    /// records is passed over, as it is in a folder.
    fn member(&mut self, name: &str, input: Result<Input<'_>, String>) {
        let known = input.as_ref().ok().and_then(|input| formats::recognise(input.head()));
        if input.is_ok() && known.is_none() && !named_as_records(name) {
            return;
        }
        self.add(Found::Member(format!("{}!{name}", self.origin)));
        if let Err(reason) = input.and_then(|input| self.file(input)) {
            self.streams += 1;
            self.add(Found::Item(Item::Rejected(Rejection::new(0, reason, b"")), ""));
        }
    }
}

/// Whether the name of a member says that it holds records, so that one that cannot be told is worth a word.
fn named_as_records(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let plain = lower.strip_suffix(".gz").unwrap_or(&lower);
    [".xml", ".nxml", ".nbib", ".medline", ".pubtator"].iter().any(|ending| plain.ends_with(ending))
}

/// An item ready to be stored.
enum Ready {
    Record(Box<PackedRecord>),
    Deletion(Deletion),
    Rejected(Rejection),
    Statement(Statement),
    Member(String),
}

/// Stores what the parsing thread hands over.
struct Storer<'s, 'i> {
    ingest: &'s mut Ingest<'i>,
    /// The file or answer, or the member of an archive, that the next items come from.
    origin: String,
    filter: &'s Filter,
    screen: Option<&'s Screen>,
    rejected: &'s mut Vec<String>,
    task: Option<&'s dyn Task>,
}

impl Storer<'_, '_> {
    /// Stores until the stream ends; says why it did not end well. Owns the receiver, so that the other side learns when this
    /// one stops.
    fn store(&mut self, batches: Receiver<Batch>) -> Result<Option<String>, PipelineError> {
        for batch in batches {
            let found = match batch {
                Batch::Read(found) => found,
                Batch::End(problem) => return Ok(problem),
            };
            let seen = found.iter().filter(|found| matches!(found, Found::Item(..))).count() as u64;
            let found = self.wanted(found)?;
            let ready: Vec<Ready> = found.into_par_iter().map(pack).collect::<Result<_, _>>()?;
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
    fn wanted(&mut self, found: Vec<Found>) -> Result<Vec<Found>, PipelineError> {
        if self.filter.is_empty() {
            return Ok(found);
        }
        let documents: Vec<&Document> = found.iter().filter_map(Found::document).collect();
        let mut kept: Vec<bool> = documents.iter().map(|document| self.filter.keeps(document)).collect();
        if let Some(screen) = self.screen {
            let asked = screen.finds(&documents)?;
            kept.iter_mut().zip(asked).for_each(|(kept, found)| *kept &= found);
        }
        for (document, kept) in documents.iter().zip(&mut kept) {
            *kept = *kept || self.ingest.holds(document)?;
        }
        let mut verdicts = kept.into_iter();
        let mut wanted = Vec::with_capacity(found.len());
        for item in found {
            if item.document().is_none() || verdicts.next() == Some(true) {
                wanted.push(item);
            } else {
                self.ingest.pass();
            }
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
            Ready::Statement(statement) => {
                self.ingest.state(statement);
                Ok(())
            }
            Ready::Member(origin) => {
                self.ingest.at(&origin)?;
                self.origin = origin;
                Ok(())
            }
        }
    }
}

fn pack(found: Found) -> Result<Ready, StoreError> {
    match found {
        Found::Member(origin) => Ok(Ready::Member(origin)),
        Found::Item(Item::Document(record), format) => {
            let Record { document, bytes, position } = *record;
            let packed = NewRecord { document: &document, bytes: &bytes, format, position }.pack()?;
            Ok(Ready::Record(Box::new(packed)))
        }
        Found::Item(Item::Deletion(deletion), _) => Ok(Ready::Deletion(deletion)),
        Found::Item(Item::Rejected(rejection), _) => Ok(Ready::Rejected(rejection)),
        Found::Item(Item::Statement(told), _) => Ok(Ready::Statement(told.statement)),
    }
}

/// The query of a filter, with the names that it may go by.
struct Screen {
    sieve: Sieve,
    vocabulary: Vocabulary,
}

impl Screen {
    fn new(query: &str, corpus: &Corpus) -> Result<Self, String> {
        let sieve = Sieve::new(query).map_err(|error| format!("query “{query}”: {error}"))?;
        let vocabulary = super::vocabulary(corpus).map_err(|error| error.to_string())?;
        Ok(Self { sieve, vocabulary })
    }

    fn finds(&self, documents: &[&Document]) -> Result<Vec<bool>, PipelineError> {
        Ok(self.sieve.finds(documents, &self.vocabulary)?)
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
