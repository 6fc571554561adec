//! Harvest → parse → store.

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::{PROGRAM, PipelineError, Workshop, outcome_of};
use crate::harvest::{Checkpoint, Checkpoints, Delivery, HarvestError, Received, Source};
use crate::parse::{Input, Item, formats};
use crate::progress::Task;
use crate::store::{Counts, NewRecord, RunId, RunOutcome, Store};

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
    let sources = workshop.corpus.sources()?;
    let run = store.begin_run("harvest", PROGRAM)?;
    let mut report = HarvestReport::default();
    for mut source in sources {
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

fn harvest_source(
    workshop: Workshop<'_>,
    store: &mut Store,
    run: RunId,
    source: &mut dyn Source,
) -> Result<SourceReport, PipelineError> {
    let name = source.name().to_owned();
    let checkpoints: Checkpoints =
        store.checkpoints(&name)?.into_iter().map(|(partition, position)| Checkpoint { partition, position }).collect();
    let mut counts = Counts::default();
    let mut rejected = Vec::new();
    let mut broken = None;
    tracing::info!(source = name, "harvesting");
    let ended = source.harvest(&checkpoints, &mut |delivery| {
        let origin = delivery.origin.clone();
        match store_delivery(workshop, store, run, &name, delivery, &mut rejected) {
            Ok((stored, received)) => {
                counts += stored;
                Ok(received)
            }
            Err(error) => {
                let said = HarvestError::Sink(format!("{origin}: {error}"));
                broken = Some(error);
                Err(said)
            }
        }
    });
    // A store that fails ends the run; a source that fails is reported.
    if let Some(error) = broken {
        return Err(error);
    }
    let (outcome, problems) = match ended {
        Ok(ended) => (outcome_of(&ended.problems), ended.problems),
        Err(error) => (RunOutcome::Failed, vec![error.to_string()]),
    };
    Ok(SourceReport { source: name, outcome, counts, problems, rejected })
}

/// Parses and stores a delivery in one transaction. What stands before a break in the stream is stored; the checkpoint only if
/// there was none.
fn store_delivery(
    workshop: Workshop<'_>,
    store: &mut Store,
    run: RunId,
    source: &str,
    delivery: Delivery,
    rejected: &mut Vec<String>,
) -> Result<(Counts, Received), PipelineError> {
    let Delivery { origin, input, bytes, announced, checkpoint } = delivery;
    tracing::debug!(origin, bytes, "delivery");
    let task: Arc<dyn Task> = Arc::from(workshop.progress.task(&short(&origin), bytes, "bytes"));
    let metered = Metered { input, task: Arc::clone(&task) };
    let mut ingest = store.ingest(run, source, &origin)?;
    let mut failed = None;
    let read = Input::from_reader(Box::new(metered)).map_err(|error| error.to_string()).and_then(|mut input| {
        let parser = formats::recognise(input.head()).ok_or_else(|| {
            let known: Vec<&str> = formats::ALL.iter().map(|parser| parser.name()).collect();
            format!("of no known format ({})", known.join(", "))
        })?;
        let parsed = parser.parse(&mut input, &mut |item| {
            let stored = match item {
                Item::Document(record) => ingest
                    .record(NewRecord {
                        document: &record.document,
                        bytes: &record.bytes,
                        format: parser.name(),
                        position: record.position,
                    })
                    .map(|_| ()),
                Item::Deletion(deletion) => ingest.delete(&deletion.id, deletion.version, deletion.position),
                Item::Rejected(rejection) => {
                    rejected.push(format!("{origin} byte {}: {}", rejection.position, rejection.reason));
                    ingest.reject(rejection.position, &rejection.reason, &rejection.bytes)
                }
            };
            match stored {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        parsed.map_err(|error| error.to_string())
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    let counts = ingest.counts();
    let problem = match (read, announced) {
        (Err(problem), _) => Some(problem),
        (Ok(()), Some(announced)) if counts.found < announced => {
            Some(format!("{} of {announced} announced records were delivered", counts.found))
        }
        (Ok(()), _) => None,
    };
    let done = problem.is_none().then_some((checkpoint.partition.as_str(), checkpoint.position.as_str()));
    let counts = ingest.commit(done)?;
    Ok((counts, Received { records: counts.found, problem }))
}

/// The end of a path or address, for a bar.
fn short(origin: &str) -> String {
    origin.rsplit('/').next().unwrap_or(origin).to_owned()
}

/// Tells how many bytes were read.
struct Metered {
    input: Box<dyn Read + Send>,
    task: Arc<dyn Task>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.input.read(buffer)?;
        self.task.advance(n as u64);
        Ok(n)
    }
}
