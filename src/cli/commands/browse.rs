//! `litmine browse`

use std::io::{IsTerminal, stdin, stdout};

use super::{look_up, lookup, open, show};
use crate::browse::{Answers, browse};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::settings::Settings;
use crate::lookup::{Answer, Lookup, Question};
use crate::model::DocumentId;
use crate::pipeline;
use crate::report::DocumentPage;
use crate::vocab::Vocabulary;

pub(super) fn run(corpus: &str, asked: &args::Asked, settings: &Settings) -> Result<Ended, Failure> {
    let question = lookup::question(asked, args::Order::Evidence)?;
    if !(stdin().is_terminal() && stdout().is_terminal()) {
        return Err(Failure::Usage {
            message: "browse fills the screen of a terminal, and there is none here".to_owned(),
            hint: Some(format!("litmine lookup {corpus} prints the same answers")),
        });
    }
    let (corpus, store) = open(&settings.workspace, corpus)?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let lookup = look_up(&corpus, &store, &vocabulary)?;
    let answers = Opened { name: corpus.name.clone(), lookup, vocabulary: &vocabulary };
    browse(&answers, question).map_err(|error| Failure::other(format!("the terminal failed: {error}")))?;
    Ok(Ended::Done)
}

/// A corpus, open.
struct Opened<'o> {
    name: String,
    lookup: Lookup<'o>,
    vocabulary: &'o Vocabulary,
}

impl Answers for Opened<'_> {
    fn corpus(&self) -> &str {
        &self.name
    }

    fn answer(&self, question: &Question) -> Result<Answer, String> {
        self.lookup.answer(question).map_err(|error| error.to_string())
    }

    fn document(&self, id: &DocumentId) -> Result<DocumentPage, String> {
        let page = show::page(id.as_str(), &self.lookup, self.vocabulary).map_err(|error| error.message())?;
        page.ok_or_else(|| format!("{id} is not in the corpus “{}”", self.name))
    }
}
