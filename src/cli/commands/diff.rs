//! `litmine diff`, and what [`refresh`](super::refresh) tells of watched questions.

use super::lookup::{check_instant, question};
use super::{canvas, ended, formed, open, renderer, source_names};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::output::Output;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::corpus::{Corpus, Watch};
use crate::lookup::{Lookup, LookupError, Question, changes};
use crate::pipeline;
use crate::report::{DigestPage, WatchedChanges};
use crate::store::{Snapshot, Store};
use crate::vocab::Vocabulary;

pub(super) fn run(arguments: &args::Diff, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    check_instant("--since", &arguments.since)?;
    let (corpus, store) = open(&settings.workspace, &arguments.corpus)?;
    let questions = questions(&arguments.asked, &corpus)?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let sources = source_names(&corpus)?;
    let before = Lookup::new(&corpus.name, &store, &vocabulary, sources.clone(), Some(&arguments.since))?;
    let now = Lookup::new(&corpus.name, &store, &vocabulary, sources, None)?;
    let mut compared = Vec::new();
    for (name, question) in questions {
        compared.push(WatchedChanges { name, changes: changes(&before, &now, &question)? });
    }
    let page = page(&corpus, &before, &now, compared)?;
    let complete = page.coverage.complete;
    let canvas = canvas(printer, false).with_findings(arguments.findings);
    let mut output = Output::new(arguments.output.as_deref(), printer)?;
    if !(output.printer().is_quiet() && page.is_nothing()) {
        output.put(&formed(renderer(settings)?.digest(&page, canvas), settings)?)?;
    }
    let printer = output.finish()?;
    Ok(ended(complete, arguments.accept_incomplete, printer, &corpus.name))
}

/// The question of the arguments, else those that the corpus watches.
fn questions(asked: &args::Asked, corpus: &Corpus) -> Result<Vec<(String, Question)>, Failure> {
    let named = [&asked.question, &asked.condition, &asked.treatment, &asked.comparator, &asked.outcome];
    let label = named.into_iter().flatten().cloned().collect::<Vec<_>>().join(" · ");
    if asked.question.is_some() || asked.condition.is_some() || asked.treatment.is_some() {
        return Ok(vec![(label, question(asked, args::Order::Evidence)?)]);
    }
    if !label.is_empty() {
        return Err(Failure::usage("a question needs words, --condition or --treatment"));
    }
    if corpus.definition.watches.is_empty() {
        return Err(Failure::Usage {
            message: format!("the corpus “{}” watches no question, and none was asked", corpus.name),
            hint: Some("ask one with --condition or --treatment, or put [[watch]] into its definition".to_owned()),
        });
    }
    let options = question(asked, args::Order::Evidence)?;
    let one = |watch: &Watch| {
        let asked = watched(watch);
        let pool = asked.pool || options.pool;
        (watch.label(), Question { filters: options.filters.clone(), pool, kind: options.kind, ..asked })
    };
    Ok(corpus.definition.watches.iter().map(one).collect())
}

/// The question that a corpus watches.
pub(super) fn watched(watch: &Watch) -> Question {
    Question {
        words: watch.question.clone(),
        condition: watch.condition.clone(),
        treatment: watch.treatment.clone(),
        comparator: watch.comparator.clone(),
        outcome: watch.outcome.clone(),
        pool: watch.pool,
        ..Question::default()
    }
}

fn page(
    corpus: &Corpus,
    before: &Lookup<'_>,
    now: &Lookup<'_>,
    questions: Vec<WatchedChanges>,
) -> Result<DigestPage, Failure> {
    Ok(DigestPage {
        corpus: corpus.name.clone(),
        since: before.published_at().to_owned(),
        until: now.published_at().to_owned(),
        questions,
        coverage: now.coverage()?,
    })
}

/// What changed in the answers to the watched questions between two snapshots, and what is wrong with a question.
pub(super) fn between(
    corpus: &Corpus,
    store: &Store,
    vocabulary: &Vocabulary,
    (old, new): (Snapshot, Snapshot),
) -> Result<(DigestPage, Vec<String>), Failure> {
    let sources = source_names(corpus)?;
    let before = Lookup::from_snapshot(&corpus.name, store, vocabulary, sources.clone(), old)?;
    let now = Lookup::from_snapshot(&corpus.name, store, vocabulary, sources, new)?;
    let (mut questions, mut problems) = (Vec::new(), Vec::new());
    for watch in &corpus.definition.watches {
        match changes(&before, &now, &watched(watch)) {
            Ok(changes) => questions.push(WatchedChanges { name: watch.label(), changes }),
            Err(error @ LookupError::Store(_)) => return Err(error.into()),
            Err(error) => problems.push(format!("the watched question “{}”: {error}", watch.label())),
        }
    }
    Ok((page(corpus, &before, &now, questions)?, problems))
}
