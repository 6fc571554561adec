//! `litmine lookup`

use super::{canvas, ended, open, renderer, source_names};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::lookup::{Lookup, Question};
use crate::pipeline;

pub(super) fn run(arguments: args::Lookup, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let (corpus, store) = open(&settings.workspace, &arguments.corpus)?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let lookup = Lookup::new(&corpus.name, &store, &vocabulary, source_names(&corpus)?)?;
    let question = Question {
        condition: arguments.condition,
        treatment: arguments.treatment,
        outcome: arguments.outcome,
        limit: arguments.limit,
    };
    let answer = lookup.answer(&question)?;
    printer.answer(&renderer(settings)?.answer(&answer, canvas(printer, arguments.why)));
    Ok(ended(answer.coverage.complete, arguments.accept_incomplete, printer, &corpus.name))
}
