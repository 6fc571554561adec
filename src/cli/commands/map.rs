//! `litmine map`

use super::lookup::{check_instant, which};
use super::{canvas, ended, format_name, formed, open, renderer_named, source_names};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::output::Output;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::lookup::{Lookup, MapRequest};
use crate::pipeline;
use crate::report::MapPage;

pub(super) fn run(arguments: &args::Map, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let format = format(arguments, settings);
    let request = request(arguments, format)?;
    if let Some(instant) = &arguments.as_of {
        check_instant("--as-of", instant)?;
    }
    let (corpus, store) = open(&settings.workspace, &arguments.corpus)?;
    // One state of the store, and nothing locked anew for each of many rows.
    let _held = store.hold()?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let as_of = arguments.as_of.as_deref();
    let lookup = Lookup::new(&corpus.name, &store, &vocabulary, source_names(&corpus)?, as_of)?;
    let page = MapPage { map: lookup.map(&request)?, corpus: corpus.name.clone() };
    let shown = renderer_named(format)?.map(&page, canvas(printer, false));
    let mut output = Output::new(arguments.output.as_deref(), printer)?;
    output.put(&formed(shown, settings)?)?;
    let printer = output.finish()?;
    Ok(ended(page.map.coverage.complete, arguments.accept_incomplete, printer, &corpus.name))
}

/// The format that was asked for; where none was, a page for a file that is called one.
fn format(arguments: &args::Map, settings: &Settings) -> &'static str {
    let ending = arguments.output.as_deref().and_then(|path| path.extension());
    let is_page =
        ending.is_some_and(|ending| ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm"));
    if settings.format.is_none() && is_page { "html" } else { format_name(settings) }
}

fn request(arguments: &args::Map, format: &str) -> Result<MapRequest, Failure> {
    Ok(MapRequest {
        condition: arguments.condition.clone(),
        treatment: arguments.treatment.clone(),
        filters: which(&arguments.which)?,
        limit: usize::from(arguments.limit),
        // A table lists none: nothing is unpacked for it.
        studies: if format == "table" { 0 } else { arguments.studies },
    })
}
