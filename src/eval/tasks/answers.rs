//! `answers`: does a question about one article find it, and does the study say which way the outcome went?
//!
//! The prompts of Evidence Inference become questions in two ways. By names: the intervention is given as the treatment, the comparator as
//! the comparator, the outcome as the outcome, as if by `--treatment`, `--comparator` and `--outcome`; nothing else is changed. In words:
//! “effect of INTERVENTION versus COMPARATOR on OUTCOME”. The first is the figure, the second stands under `in_words`.
//!
//! A prompt is *found* if the labelled article is a document of one of the first five studies of the answer. Its direction is *right* if that
//! study's vote is the prompt's label: the one that most of its valid annotations give. Prompts without such a label are left out
//! before any are chosen. Those asked are the first 60 by the SHA-256 digest of their number; `--split all` asks all of them.

use std::sync::Arc;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::eval::counts::share;
use crate::eval::prompts::{self, Prompt};
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, rounded};
use crate::index::Searcher;
use crate::lookup::{Answer, Lookup, LookupError, Question, StudyVote};
use crate::model::{Direction, DocumentId};
use crate::pipeline;
use crate::store::Store;

/// How many prompts are asked.
const PROMPTS: usize = 60;
/// Among how many studies the article must be.
const STUDIES: usize = 5;
/// The parts that may be asked.
const SPLITS: [&str; 2] = ["first60", "all"];

/// The task.
pub(super) struct Answers;

impl Task for Answers {
    fn name(&self) -> &'static str {
        "answers"
    }

    fn usage(&self) -> &'static str {
        "FILE --corpus NAME [--split first60|all]"
    }

    fn options(&self) -> &'static [&'static str] {
        &["corpus", "split"]
    }

    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
        let path = request.only_data()?;
        let name = request.corpus.ok_or_else(|| EvalError::Usage("--corpus is missing".to_owned()))?;
        let split = request.split.unwrap_or(SPLITS[0]);
        if !SPLITS.contains(&split) {
            return Err(EvalError::Usage(format!("unknown split “{split}”; there are: {}", SPLITS.join(", "))));
        }
        let ids = Ids::read(request.ids)?;
        let prompts = chosen(prompts::read(path)?, &ids, if split == SPLITS[0] { PROMPTS } else { usize::MAX });
        if prompts.is_empty() {
            let reason = "no prompt in it has a label".to_owned();
            return Err(EvalError::Data { path: path.to_owned(), line: None, reason });
        }
        let corpus = setting.workspace.corpus(name)?;
        let store = Store::open_read_only(&corpus.store_path())?;
        let vocabulary = pipeline::vocabulary(&corpus)?;
        let searcher = Arc::new(Searcher::open(&corpus.index_path())?);
        let sources = corpus.source_names()?;
        let lookup = Lookup::new(name, &store, &vocabulary, sources, None)?.searching(|| Ok(Arc::clone(&searcher)));
        let mut asked = Vec::with_capacity(prompts.len());
        let mut missing = Vec::new();
        for prompt in prompts {
            let article = DocumentId::other("PMCID", &prompt.pmcid).ok();
            let document = article.map(|id| lookup.document(&id)).transpose()?.flatten();
            match document {
                Some((cited, _, _)) => asked.push((prompt, cited.id)),
                None => missing.push(prompt.pmcid),
            }
        }
        if let Some(id) = missing.first() {
            let reason =
                format!("the articles of {} prompts are not in the corpus “{name}”, {id} among them", missing.len());
            return Err(EvalError::Data { path: path.to_owned(), line: None, reason });
        }
        let task = setting.progress.task("asking", Some(2 * asked.len() as u64), "questions");
        let tried = |question: &dyn Fn(&Prompt) -> Question| -> Result<Tally, EvalError> {
            let mut tally = Tally::default();
            for (prompt, article) in &asked {
                let question = Question { limit: STUDIES, ..question(prompt) };
                tally.add(prompt, article, answered(&lookup, &question)?);
                task.advance(1);
            }
            Ok(tally)
        };
        let mut figures = tried(&by_names)?.figures();
        figures.insert("in_words".to_owned(), tried(&in_words)?.figures().into());
        Ok(figures)
    }
}

/// The prompts that are asked.
fn chosen(prompts: Vec<Prompt>, ids: &Ids, most: usize) -> Vec<Prompt> {
    let mut prompts: Vec<Prompt> =
        prompts.into_iter().filter(|prompt| prompt.label.is_some() && ids.contains(&prompt.pmcid)).collect();
    prompts.sort_by_cached_key(|prompt| Sha256::digest(prompt.id.as_bytes()).to_vec());
    prompts.truncate(most);
    prompts
}

fn by_names(prompt: &Prompt) -> Question {
    Question {
        treatment: Some(prompt.intervention.clone()),
        comparator: Some(prompt.comparator.clone()).filter(|name| !name.is_empty()),
        outcome: Some(prompt.outcome.clone()),
        ..Question::default()
    }
}

fn in_words(prompt: &Prompt) -> Question {
    let words = format!("effect of {} versus {} on {}", prompt.intervention, prompt.comparator, prompt.outcome);
    Question { words: Some(words), ..Question::default() }
}

/// The answer; none where the question was not understood.
fn answered(lookup: &Lookup<'_>, question: &Question) -> Result<Option<Answer>, EvalError> {
    match lookup.answer(question) {
        Ok(answer) => Ok(Some(answer)),
        Err(LookupError::UnknownName { .. } | LookupError::NothingNamed | LookupError::TooLong { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What came of the questions.
#[derive(Debug, Default)]
struct Tally {
    prompts: usize,
    not_understood: usize,
    found: usize,
    right: usize,
    /// Numbers of prompts whose article was not found.
    missed: Vec<String>,
    /// Numbers of prompts whose article was found and says otherwise: what is labelled, and the study's vote.
    otherwise: Vec<serde_json::Value>,
}

impl Tally {
    fn add(&mut self, prompt: &Prompt, article: &DocumentId, answer: Option<Answer>) {
        self.prompts += 1;
        self.not_understood += usize::from(answer.is_none());
        let studies = answer.map(|answer| answer.studies).unwrap_or_default();
        let mut first = studies.iter().take(STUDIES);
        let Some(study) = first.find(|study| study.documents.iter().any(|document| document.id == *article)) else {
            self.missed.push(prompt.id.clone());
            return;
        };
        self.found += 1;
        let label = prompt.label.map(Direction::name);
        if prompt.label.map(StudyVote::from) == Some(study.vote) {
            self.right += 1;
        } else {
            self.otherwise.push(json!({"prompt": prompt.id, "labelled": label, "vote": study.vote}));
        }
    }

    fn figures(self) -> Figures {
        let mut figures = Figures::new();
        figures.insert("prompts".to_owned(), self.prompts.into());
        figures.insert("not_understood".to_owned(), self.not_understood.into());
        figures.insert("found".to_owned(), self.found.into());
        figures.insert("found_in_5".to_owned(), rounded(share(self.found, self.prompts)));
        figures.insert("direction_right".to_owned(), rounded(share(self.right, self.found)));
        figures.insert("missed".to_owned(), self.missed.into());
        figures.insert("otherwise".to_owned(), self.otherwise.into());
        figures
    }
}
