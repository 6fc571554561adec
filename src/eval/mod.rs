//! Quality figures, reproducible by anyone who has the public sets.
//!
//! A [`Task`] reads a labelled set, runs the very stages that users run, and compares. Guarantees:
//!
//! - nothing of the workspace is changed: what a task needs to build, it builds in a folder that is gone afterwards;
//! - the labels never reach what is measured;
//! - the same data and the same program give the same figures.
//!
//! To add a task: a file (or folder) in `tasks/` with a type that implements [`Task`], a line in [`tasks::ALL`], a line in
//! `tests/quality/evaluations.tsv`, a test on a set small enough to be counted by hand.

mod cache;
mod counts;
mod ids;
pub mod measures;
mod prompts;
pub mod tasks;

use std::path::{Path, PathBuf};

use crate::corpus::{CorpusError, Workspace};
use crate::embed::{self, Encoder, EncoderError, EncoderSettings, Purpose};
use crate::index::IndexError;
use crate::lookup::LookupError;
use crate::parse::InputError;
use crate::pipeline::PipelineError;
use crate::progress::Progress;
use crate::store::StoreError;
use crate::vocab::VocabularyError;

pub use cache::VectorCache;
pub use ids::Ids;

/// What is measured, and on what.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'r> {
    /// Files or folders, in the order given.
    pub data: &'r [PathBuf],
    /// `--split`.
    pub split: Option<&'r str>,
    /// `--mode`.
    pub mode: Option<&'r str>,
    /// `--ids`: a file of the documents that count, one id a line.
    pub ids: Option<&'r Path>,
    /// `--articles`.
    pub articles: Option<&'r Path>,
    /// `--corpus`.
    pub corpus: Option<&'r str>,
    /// `--details`: a file for what was found of each item, an object a line.
    pub details: Option<&'r Path>,
    /// `--vocabularies`, the topmost first; without names all that were imported, and the starter.
    pub vocabularies: &'r [String],
}

impl Request<'_> {
    /// The options that were given, by name.
    fn given(&self) -> Vec<&'static str> {
        let options = [
            ("split", self.split.is_some()),
            ("mode", self.mode.is_some()),
            ("articles", self.articles.is_some()),
            ("corpus", self.corpus.is_some()),
            ("details", self.details.is_some()),
            ("vocabularies", !self.vocabularies.is_empty()),
        ];
        options.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
    }

    /// The one file or folder that a task reads.
    fn only_data(&self) -> Result<&Path, EvalError> {
        match self.data {
            [only] => Ok(only),
            _ => Err(EvalError::Usage("give one file or folder".to_owned())),
        }
    }
}

/// What a task works with.
#[derive(Clone, Copy)]
pub struct Setting<'s> {
    /// The user's workspace: its vocabularies and, for tasks on a corpus, its corpora.
    pub workspace: &'s Workspace,
    /// How to start the encoder; none to do without.
    pub encoder: Option<&'s EncoderSettings>,
    /// Who is told how it goes.
    pub progress: &'s dyn Progress,
}

/// Figures by name; those of a part of the data are an object of their own under the part's name.
pub type Figures = serde_json::Map<String, serde_json::Value>;

/// A kind of evaluation.
pub trait Task: Send + Sync {
    /// The name as typed (`retrieval`).
    fn name(&self) -> &'static str;

    /// What stands behind the name on the command line (`FOLDER --split S --mode bm25|dense|hybrid`).
    fn usage(&self) -> &'static str;

    /// Which of `split`, `mode`, `articles`, `corpus`, `details` and `vocabularies` it takes; any other is refused. `--ids` is taken by all.
    fn options(&self) -> &'static [&'static str];

    /// Measures.
    ///
    /// # Errors
    /// [`EvalError::Usage`] where the request makes no sense; the other kinds where data cannot be read or a stage fails. There
    /// are no figures of a part of the data.
    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError>;
}

/// Runs the task of this name.
pub fn run(task: &str, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
    let found = tasks::by_name(task).ok_or_else(|| {
        let known: Vec<&str> = tasks::ALL.iter().map(|task| task.name()).collect();
        EvalError::Usage(format!("unknown task “{task}”; there are: {}", known.join(", ")))
    })?;
    let usage = || format!("litmine eval {} {}", found.name(), found.usage());
    if let Some(option) = request.given().into_iter().find(|option| !found.options().contains(option)) {
        return Err(EvalError::Usage(format!("{task} takes no --{option}: {}", usage())));
    }
    found.run(request, setting).map_err(|error| match error {
        EvalError::Usage(message) => EvalError::Usage(format!("{message}: {}", usage())),
        other => other,
    })
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The request makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A file or folder cannot be read or made.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}{}: {reason}", path.display(), line.map(|line| format!(" line {line}")).unwrap_or_default())]
    Data {
        /// Which.
        path: PathBuf,
        /// Where, from 1.
        line: Option<usize>,
        /// What is wrong.
        reason: String,
    },
    /// There is no encoder, and the task needs one.
    #[error("this needs the encoder; leave --no-vectors out")]
    NoEncoder,
    /// The encoder failed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// A stage failed.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A vocabulary is not there.
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    /// A question cannot be answered.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// A corpus cannot be used.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
}

/// The encoder, where it is here and applies trained heads; without one dictionary and cues are measured alone.
fn heads_encoder(setting: Setting<'_>) -> Result<Option<Box<dyn Encoder>>, EvalError> {
    let Some(settings) = setting.encoder else { return Ok(None) };
    let mut encoder = match embed::start(settings, Purpose::Published) {
        Ok(encoder) => encoder,
        Err(EncoderError::Missing(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let able = crate::extract::takes_heads(encoder.as_mut())?;
    Ok(able.then_some(encoder))
}

/// A figure from 0 to 1 as it is printed: to six decimals, so that equal runs print equal figures.
fn rounded(value: f64) -> serde_json::Value {
    serde_json::Number::from_f64((value * 1e6).round() / 1e6).map_or(serde_json::Value::Null, Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn what_is_wrong_with_a_request_is_said_with_the_usage() {
        let workspace = Workspace::new("none");
        let setting = Setting { workspace: &workspace, encoder: None, progress: &Silent };
        let error = run("retrival", &Request::default(), setting).unwrap_err().to_string();
        assert!(error.contains("retrieval"), "{error}");
        let request = Request { corpus: Some("x"), ..Request::default() };
        let error = run("retrieval", &request, setting).unwrap_err().to_string();
        assert!(error.contains("no --corpus") && error.contains("FOLDER"), "{error}");
        let error = run("retrieval", &Request::default(), setting).unwrap_err();
        assert!(matches!(error, EvalError::Usage(_)), "{error}");
    }

    #[test]
    fn task_names_are_distinct() {
        let names: std::collections::BTreeSet<&str> = tasks::ALL.iter().map(|task| task.name()).collect();
        assert_eq!(names.len(), tasks::ALL.len());
    }
}
