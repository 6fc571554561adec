//! `litmine annotate`

use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::vocab::vocabulary;
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::extract;
use crate::harvest::sources::files;
use crate::link;
use crate::model::Document;
use crate::parse::{Input, Item, RecordParser, formats};
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
    let annotator = Annotator { dictionary: Dictionary::build(&vocabulary), vocabulary };
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

struct Annotator {
    dictionary: Dictionary,
    vocabulary: Vocabulary,
}

impl Annotator {
    fn annotate(
        &self,
        file: &Path,
        format: Option<&'static dyn RecordParser>,
        incomplete: &mut bool,
        printer: &mut Printer,
    ) -> Result<(), String> {
        let mut input = if file == Path::new("-") {
            Input::from_reader(Box::new(std::io::stdin())).map_err(|error| error.to_string())?
        } else {
            Input::open(file).map_err(|error| error.to_string())?
        };
        let parser = format
            .or_else(|| formats::recognise(input.head()))
            .ok_or("of no known format; --input-format names one")?;
        parser
            .parse(&mut input.by_ref(), &mut |item| {
                match item {
                    Item::Document(record) => printer.line(&self.line(&record.document)),
                    Item::Deletion(_) => {}
                    Item::Rejected(rejection) => {
                        printer.warn(&format!("{} byte {}: {}", file.display(), rejection.position, rejection.reason));
                        *incomplete = true;
                    }
                }
                if printer.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .map_err(|error| error.to_string())
    }

    fn line(&self, document: &Document) -> String {
        let mut annotation = extract::annotate(document, &self.dictionary);
        let candidates = link::candidates(document, &annotation, &self.vocabulary);
        link::link(&mut annotation, &candidates, &|_, _| None);
        annotation_json(document, &annotation).to_string()
    }
}
