//! The commands, one file each.

mod annotate;
mod browse;
mod completions;
mod corpus;
mod diff;
mod eval;
mod export;
mod impact;
mod lookup;
mod man_pages;
mod map;
mod merges;
mod refresh;
mod search;
mod serve;
mod show;
mod status;
mod vocab;
mod vocab_update;
mod watch;

use std::sync::{Arc, OnceLock};

use super::args::{Command, Format};
use super::bars::Bars;
use super::errors::{Ended, Failure};
use super::printer::Printer;
use super::settings::Settings;
use crate::corpus::{Corpus, Workspace};
use crate::index::Searcher;
use crate::lookup::Lookup;
use crate::report::formats::by_name;
use crate::report::{Canvas, Renderer};
use crate::store::Store;
use crate::vocab::Vocabulary;

/// Runs a command.
pub(super) fn run(command: Command, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    match command {
        Command::Init { name } => corpus::init(&name, settings, printer),
        Command::Harvest { corpus, dry_run: true, sources } => corpus::plan(&corpus, &sources, settings, printer),
        Command::Harvest { corpus, dry_run: false, sources } => corpus::harvest(&corpus, &sources, settings, printer),
        Command::Mine { corpus } => corpus::mine(&corpus, settings, printer),
        Command::Index { corpus, rebuild } => corpus::index(&corpus, rebuild, settings, printer),
        Command::Refresh { corpora, all, sources } => refresh::run(&corpora, all, &sources, settings, printer),
        Command::Search(arguments) => search::run(&arguments, settings, printer),
        Command::Lookup(arguments) => lookup::run(&arguments, settings, printer),
        Command::Map(arguments) => map::run(&arguments, settings, printer),
        Command::Browse { corpus, asked } => browse::run(&corpus, &asked, settings),
        Command::Diff(arguments) => diff::run(&arguments, settings, printer),
        Command::Impact { id, corpus } => impact::run(&id, corpus.as_deref(), settings, printer),
        Command::Merges { corpus, undo: None } => merges::list(&corpus, settings, printer),
        Command::Merges { corpus, undo: Some(id) } => merges::undo(&corpus, &id, settings, printer),
        Command::Show(arguments) => show::run(&arguments, settings, printer),
        Command::Serve(arguments) => serve::run(&arguments, settings, printer),
        Command::Export(arguments) => export::run(&arguments, settings, printer),
        Command::Annotate(arguments) => annotate::run(&arguments, settings, printer),
        Command::Vocab(command) => vocab::run(command, settings, printer),
        Command::Status { corpus: Some(corpus), prisma: Some(form), .. } => {
            status::prisma(&corpus, form, settings, printer)
        }
        Command::Status { corpus, rejected, .. } => status::run(corpus.as_deref(), rejected, settings, printer),
        Command::Eval(arguments) => eval::run(&arguments, settings, printer),
        Command::Completions { shell } => completions::run(shell, printer),
        Command::ManPages { folder } => man_pages::run(&folder),
    }
}

/// The renderer that was asked for.
fn renderer(settings: &Settings) -> Result<&'static dyn Renderer, Failure> {
    renderer_named(format_name(settings))
}

fn renderer_named(name: &str) -> Result<&'static dyn Renderer, Failure> {
    by_name(name).ok_or_else(|| Failure::other(format!("no format {name}")))
}

fn format_name(settings: &Settings) -> &'static str {
    match settings.format {
        None | Some(Format::Table) => "table",
        Some(Format::Json) => "json",
        Some(Format::Markdown) => "markdown",
        Some(Format::Html) => "html",
    }
}

/// What a renderer made of a page, or that the format has no form for it.
fn formed(shown: Option<String>, settings: &Settings) -> Result<String, Failure> {
    shown.ok_or_else(|| {
        let name = format_name(settings);
        Failure::usage(format!("this command does not answer as {name}; --format table and json it does"))
    })
}

/// Columns of a page that nobody watches.
const WIDTH: usize = 100;
/// Lines longer than this tire the eye.
const WIDEST: usize = 120;

/// Findings of each study, where nobody says how many.
const FINDINGS: usize = 3;

fn canvas(printer: &Printer, why: bool) -> Canvas {
    let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width = if printer.is_interactive() { columns.unwrap_or(WIDTH).clamp(20, WIDEST) } else { WIDTH };
    Canvas { width, why, findings: FINDINGS, command: Some(command()) }
}

/// The command that runs, as a shell reads it. It may be kept with an answer, so that the words of a patient are left out.
fn command() -> &'static str {
    static COMMAND: OnceLock<String> = OnceLock::new();
    COMMAND.get_or_init(|| {
        let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
        let words = without_patient(arguments).into_iter().map(|one| quoted(&one));
        std::iter::once("litmine".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
    })
}

/// The arguments with a dash, which is standard input, in place of the words of a patient.
fn without_patient(arguments: impl Iterator<Item = String>) -> Vec<String> {
    const PATIENT: &str = "--patient";
    let mut words: Vec<String> = Vec::new();
    for argument in arguments {
        let behind = words.last().is_some_and(|before| before == PATIENT);
        let joined = argument.strip_prefix(PATIENT).is_some_and(|rest| rest.starts_with('='));
        words.push(match (behind, joined) {
            (true, _) => "-".to_owned(),
            (false, true) => format!("{PATIENT}=-"),
            (false, false) => argument,
        });
    }
    words
}

/// An argument that a shell reads as one word.
fn quoted(argument: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !argument.is_empty() && argument.chars().all(bare) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', r"'\''"))
}

fn bars(printer: &Printer) -> Bars {
    Bars::new(printer.is_quiet())
}

/// A corpus that was harvested, opened for reading.
fn open(workspace: &Workspace, name: &str) -> Result<(Corpus, Store), Failure> {
    let corpus = workspace.corpus(name)?;
    let path = corpus.store_path();
    if !path.exists() {
        return Err(Failure::Other {
            message: format!("the corpus “{name}” was never harvested"),
            hint: Some(format!("litmine refresh {name}")),
        });
    }
    Ok((corpus, Store::open_read_only(&path)?))
}

/// What is known of a corpus's newest state, its index too, which is opened when a question needs it.
fn look_up<'c>(corpus: &'c Corpus, store: &'c Store, vocabulary: &'c Vocabulary) -> Result<Lookup<'c>, Failure> {
    let lookup = Lookup::new(&corpus.name, store, vocabulary, source_names(corpus)?, None)?;
    Ok(lookup.searching(|| Searcher::open(&corpus.index_path()).map(Arc::new)))
}

/// The names of the sources that a corpus is defined by.
fn source_names(corpus: &Corpus) -> Result<Vec<String>, Failure> {
    Ok(corpus.source_names()?)
}

/// How an answer from a corpus ends: incomplete if a source of it is, unless that is accepted.
fn ended(complete: bool, accepted: bool, printer: &Printer, corpus: &str) -> Ended {
    if complete || accepted {
        return Ended::Done;
    }
    printer.warn(&format!(
        "a source of “{corpus}” is incomplete; what is missing here may exist (litmine status {corpus}; --accept-incomplete ends with 0)"
    ));
    Ended::Incomplete
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_patient_are_kept_with_no_answer() {
        let words = |text: &str| without_patient(text.split(' ').map(str::to_owned)).join(" ");
        assert_eq!(words("lookup a --patient 72F --limit 2"), "lookup a --patient - --limit 2");
        assert_eq!(words("lookup a --patient=72F"), "lookup a --patient=-");
    }
}
