//! `litmine show`

use std::collections::BTreeMap;

use super::{canvas, formed, open, renderer, source_names};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::extract::extractors::findings::comparison::Asked;
use crate::lookup::{Lookup, told};
use crate::model::DocumentId;
use crate::pipeline;
use crate::report::DocumentPage;
use crate::vocab::Vocabulary;

pub(super) fn run(arguments: &args::Show, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let id = &arguments.id;
    let (corpus, store) = open(&settings.workspace, &arguments.corpus)?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let lookup = Lookup::new(&corpus.name, &store, &vocabulary, source_names(&corpus)?, None)?;
    let Some(mut page) = page(id, &lookup, &vocabulary)? else {
        return Err(Failure::Other {
            message: format!("{id} is not in the corpus “{}”", corpus.name),
            hint: Some(format!("litmine search {} finds what is", corpus.name)),
        });
    };
    if let Some(outcome) = &arguments.outcome {
        if outcome.trim().is_empty() {
            return Err(Failure::usage("--outcome names nothing"));
        }
        let named = |name: &Option<String>| name.clone().unwrap_or_default();
        let (intervention, comparator) = (named(&arguments.treatment), named(&arguments.comparator));
        let asked = Asked { intervention: &intervention, comparator: &comparator, outcome };
        page.told = Some(told(&page.document, &page.annotation, &asked));
    }
    let shown = renderer(settings)?.document(&page, canvas(printer, false));
    printer.answer(&formed(shown, settings)?);
    Ok(Ended::Done)
}

/// A document with its findings; none if the corpus does not show it.
pub(super) fn page(id: &str, lookup: &Lookup<'_>, vocabulary: &Vocabulary) -> Result<Option<DocumentPage>, Failure> {
    let id: DocumentId = id.parse().map_err(|error| Failure::usage(format!("{error}")))?;
    let Some((citation, document, annotation)) = lookup.document(&id)? else { return Ok(None) };
    let concepts = annotation.findings.iter().flat_map(|finding| &finding.links).map(|link| &link.concept);
    let names: BTreeMap<_, _> =
        concepts.filter_map(|concept| Some((concept.clone(), vocabulary.name(concept)?))).collect();
    Ok(Some(DocumentPage { citation, document, annotation, names, told: None }))
}
