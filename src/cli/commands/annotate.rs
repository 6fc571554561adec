//! `litmine annotate`

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::vocab::vocabulary;
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::embed::{Encoder, EncoderError, ProcessEncoder};
use crate::extract;
use crate::harvest::sources::files;
use crate::link;
use crate::model::Document;
use crate::parse::{Input, Item, RecordParser, each_stream, formats};
use crate::report::annotation_json;
use crate::vocab::{Dictionary, Vocabulary};

pub(super) fn run(arguments: &args::Annotate, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let format = match arguments.input_format.as_str() {
        "auto" => None,
        name => Some(formats::by_name(name).ok_or_else(|| {
            let known: Vec<&str> = formats::ALL.iter().map(|parser| parser.name()).collect();
            Failure::usage(format!("unknown format “{name}”; there are: auto, {}", known.join(", ")))
        })?),
    };
    let vocabulary = vocabulary(settings, &arguments.vocabularies)?;
    let encoder = RefCell::new(encoder(settings, printer)?);
    let annotator = Annotator { dictionary: Dictionary::build(&vocabulary), vocabulary, encoder };
    let mut incomplete = false;
    for path in &arguments.files {
        for file in expand(path)? {
            if printer.is_closed() {
                return Ok(Ended::Done);
            }
            if let Err(problem) = annotator.annotate(&file, format, &mut incomplete, printer) {
                printer.warn(&format!("{}: {problem}", file.display()));
                incomplete = true;
            }
        }
    }
    Ok(Ended::unless(incomplete))
}

/// The files that an argument stands for; `-` is standard input.
fn expand(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path == Path::new("-") {
        return Ok(vec![path.to_owned()]);
    }
    files::list(path).map_err(|error| Failure::other(error.to_string()))
}

/// Opens a file; a folder is none.
fn open(file: &Path) -> Result<std::fs::File, String> {
    let opened = std::fs::File::open(file).map_err(|error| error.to_string())?;
    let folder = opened.metadata().map_err(|error| error.to_string())?.is_dir();
    if folder { Err("it is a folder".to_owned()) } else { Ok(opened) }
}

struct Annotator {
    dictionary: Dictionary,
    vocabulary: Vocabulary,
    /// For the trained heads; none where dictionary and cues stand alone.
    encoder: RefCell<Option<ProcessEncoder>>,
}

/// The encoder of this machine, whatever else the settings name: what is annotated may be of a patient, and goes nowhere.
fn encoder(settings: &Settings, printer: &mut Printer) -> Result<Option<ProcessEncoder>, Failure> {
    let Some(wanted) = &settings.encoder else { return Ok(None) };
    match ProcessEncoder::start(wanted) {
        Ok(mut encoder) => match extract::takes_heads(&mut encoder) {
            Ok(true) => Ok(Some(encoder)),
            Ok(false) => {
                let model = encoder.model();
                printer.note(&format!(
                    "mentions are found by the dictionary alone, and roles by cues: no trained heads for {model}"
                ));
                Ok(None)
            }
            Err(error) => Err(Failure::other(error.to_string())),
        },
        Err(EncoderError::Missing(what)) => {
            printer.note(&format!("mentions are found by the dictionary alone, and roles by cues: {what}"));
            Ok(None)
        }
        Err(error) => Err(Failure::other(error.to_string())),
    }
}

impl Annotator {
    fn annotate(
        &self,
        file: &Path,
        format: Option<&'static dyn RecordParser>,
        incomplete: &mut bool,
        printer: &mut Printer,
    ) -> Result<(), String> {
        let reader: Box<dyn std::io::Read> =
            if file == Path::new("-") { Box::new(std::io::stdin()) } else { Box::new(open(file)?) };
        let mut whole = Ok(());
        let shown = file.display().to_string();
        each_stream(reader, &mut |stream| {
            let place = stream.member.as_ref().map_or_else(|| shown.clone(), |member| format!("{shown}!{member}"));
            let known =
                stream.input.as_ref().ok().and_then(|input| format.or_else(|| formats::recognise(input.head())));
            // In an archive, as in a folder, what holds no records is passed over.
            if stream.member.is_some() && stream.input.is_ok() && known.is_none() {
                return ControlFlow::Continue(());
            }
            let read = stream.input.and_then(|mut input| {
                let parser = known.ok_or("of no known format; --input-format names one")?;
                self.records(parser, &mut input, &place, incomplete, printer)
            });
            match (read, &stream.member) {
                (Ok(()), _) => {}
                (Err(problem), None) => whole = Err(problem),
                (Err(problem), Some(_)) => {
                    printer.warn(&format!("{place}: {problem}"));
                    *incomplete = true;
                }
            }
            if printer.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .map_err(|error| error.to_string())?;
        whole
    }

    fn records(
        &self,
        parser: &dyn RecordParser,
        input: &mut Input<'_>,
        place: &str,
        incomplete: &mut bool,
        printer: &mut Printer,
    ) -> Result<(), String> {
        let mut failed = None;
        let read = parser
            .parse(input, &mut |item| {
                match item {
                    Item::Document(record) => match self.line(&record.document) {
                        Ok(line) => printer.line(&line),
                        Err(error) => {
                            failed = Some(error.to_string());
                            return ControlFlow::Break(());
                        }
                    },
                    Item::Deletion(_) | Item::Statement(_) => {}
                    Item::Rejected(rejection) => {
                        printer.warn(&format!("{place} byte {}: {}", rejection.position, rejection.reason));
                        *incomplete = true;
                    }
                }
                if printer.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .map_err(|error| error.to_string());
        failed.map_or(read, Err)
    }

    fn line(&self, document: &Document) -> Result<String, EncoderError> {
        let mut encoder = self.encoder.borrow_mut();
        let tagging = encoder.as_mut().map(|encoder| encoder as &mut dyn Encoder);
        let mut annotation = extract::annotate_all(&[document], &self.dictionary, tagging)?.pop().unwrap_or_default();
        let candidates = link::candidates(document, &annotation, &self.vocabulary);
        link::link(&mut annotation, &candidates, &|_, _| None);
        Ok(annotation_json(document, &annotation).to_string())
    }
}
