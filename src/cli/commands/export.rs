//! `litmine export`

use std::collections::BTreeSet;

use super::{bars, ended, open, source_names};
use crate::cli::args;
use crate::cli::errors::{Ended, Failure};
use crate::cli::output::Output;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::corpus::Corpus;
use crate::corpus::exported::{self, ExportRecord};
use crate::index::{SearchRequest, Searcher, Sort};
use crate::lookup::Lookup;
use crate::model::{Annotation, DocumentId, TextIndex};
use crate::pipeline;
use crate::progress::Progress as _;
use crate::report::exports::{self, Exported, ExportedFinding, Exporter, What, parquet_table};
use crate::store::Store;

pub(super) fn run(arguments: &args::Export, settings: &Settings, printer: &mut Printer) -> Result<Ended, Failure> {
    let what = if arguments.findings { What::Findings } else { What::Documents };
    let mut form = form(arguments, what, printer)?;
    let (corpus, store) = open(&settings.workspace, &arguments.corpus)?;
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let lookup = Lookup::new(&corpus.name, &store, &vocabulary, source_names(&corpus)?, None)?;
    let ids = chosen(arguments, &corpus, &store, &vocabulary)?;
    let mut output = Output::new(arguments.output.as_deref(), printer)?;
    form.begin(what, &mut output)?;
    let task = bars(output.printer()).task("exporting", Some(ids.len() as u64), "documents");
    let mut written = 0_usize;
    let mut held = BTreeSet::new();
    for id in &ids {
        task.advance(1);
        if output.is_closed() {
            break;
        }
        let Some((cited, document, annotation)) = lookup.document(id)? else { continue };
        let exported = Exported { document: &document, cited: &cited };
        let before = written;
        match what {
            What::Documents => {
                form.document(&exported, written == 0, &mut output)?;
                written += 1;
            }
            What::Findings => put_findings(&mut form, &exported, &annotation, &mut written, &mut output)?,
        }
        if written > before {
            held.insert(cited.id.clone());
        }
    }
    drop(task);
    form.end(written == 0, &mut output)?;
    let printer = output.finish()?;
    if let Some(path) = &arguments.output {
        let unit = if arguments.findings { "findings" } else { "documents" };
        printer.note(&format!("{written} {unit} written to {}", path.display()));
        let record = ExportRecord::new(path, &arguments.form, held);
        let remembered = record.and_then(|record| exported::remember(&corpus.exports_path(), &record));
        if let Err(error) = remembered {
            printer.warn(&format!("`litmine impact` will not know of this export: {error}"));
        }
    }
    Ok(ended(lookup.coverage()?.complete, arguments.accept_incomplete, printer, &corpus.name))
}

/// A format of text, or the one that is none.
enum Form {
    Text(&'static dyn Exporter),
    Parquet(Box<parquet_table::Table>),
}

impl Form {
    fn begin(&self, what: What, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Text(exporter) => output.put(&exporter.head(what)),
            // It begins with its first rows.
            Self::Parquet(_) => Ok(()),
        }
    }

    fn document(&mut self, exported: &Exported<'_>, first: bool, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Text(exporter) => output.put(&exporter.document(exported, first)),
            Self::Parquet(table) => output.put_bytes(&table.document(exported).map_err(unfit)?),
        }
    }

    fn finding(
        &mut self,
        exported: &Exported<'_>,
        given: &ExportedFinding<'_>,
        first: bool,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        match self {
            Self::Text(exporter) => output.put(&exporter.finding(exported, given, first)),
            Self::Parquet(table) => output.put_bytes(&table.finding(exported, given).map_err(unfit)?),
        }
    }

    fn end(self, none: bool, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Text(exporter) => output.put(&exporter.tail(none)),
            Self::Parquet(table) => output.put_bytes(&table.finish().map_err(unfit)?),
        }
    }
}

fn unfit(error: impl std::fmt::Display) -> Failure {
    Failure::other(format!("the table cannot be written: {error}"))
}

/// The format that was asked for, if it has what was asked for.
fn form(arguments: &args::Export, what: What, printer: &Printer) -> Result<Form, Failure> {
    if arguments.form == parquet_table::NAME {
        if arguments.output.is_none() && printer.is_interactive() {
            return Err(Failure::usage("parquet is no text for a terminal; -o FILE writes it to a file".to_owned()));
        }
        return Ok(Form::Parquet(Box::new(parquet_table::Table::new(what).map_err(unfit)?)));
    }
    let names = |fits: &dyn Fn(&dyn Exporter) -> bool| {
        let text = exports::ALL.iter().filter(|one| fits(**one)).map(|one| one.name());
        text.chain([parquet_table::NAME]).collect::<Vec<_>>().join(", ")
    };
    let exporter = exports::by_name(&arguments.form).ok_or_else(|| {
        Failure::usage(format!("no export format is called “{}”; there are {}", arguments.form, names(&|_| true)))
    })?;
    if arguments.findings && !exporter.has_findings() {
        let fitting = names(&|one| one.has_findings());
        return Err(Failure::usage(format!("{} has documents only; findings go into {fitting}", exporter.name())));
    }
    Ok(Form::Text(exporter))
}

/// The documents to export: those that a query finds, in its order, or all, in the order of the store.
fn chosen(
    arguments: &args::Export,
    corpus: &Corpus,
    store: &Store,
    vocabulary: &crate::vocab::Vocabulary,
) -> Result<Vec<DocumentId>, Failure> {
    let Some(query) = &arguments.query else {
        let Some(snapshot) = store.snapshot()? else { return Ok(Vec::new()) };
        let versions = store.visible_versions(&snapshot)?;
        return Ok(versions.into_iter().map(|version| store.document_name(version)).collect::<Result<_, _>>()?);
    };
    let query = super::search::saved_or_given(corpus, query)?;
    let searcher = Searcher::open(&corpus.index_path())?;
    let limit = usize::try_from(searcher.documents()).unwrap_or(usize::MAX);
    let request = SearchRequest { headings: vocabulary, sort: Sort::Relevance, limit, ..SearchRequest::new(&query) };
    let answer = searcher.search(&request).map_err(|error| super::search::pointed(error, &query))?;
    Ok(answer.hits.into_iter().map(|hit| hit.id).collect())
}

/// Writes the findings of a document, counting them.
fn put_findings(
    form: &mut Form,
    exported: &Exported<'_>,
    annotation: &Annotation,
    written: &mut usize,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let document = exported.document;
    let text = document.text();
    let text = TextIndex::new(&text);
    let passages = document.passage_spans();
    for finding in &annotation.findings {
        let passage = passages.iter().position(|span| span.contains(finding.span));
        let section = passage.and_then(|at| document.passages.get(at)).map_or("", |passage| passage.section.as_str());
        let slot = |slot: &Option<crate::model::Slot>| slot.as_ref().map(|slot| text.slice(slot.span));
        let given = ExportedFinding {
            finding,
            section,
            quote: text.slice(finding.span),
            outcome: slot(&finding.outcome),
            comparator: slot(&finding.comparator),
        };
        form.finding(exported, &given, *written == 0, output)?;
        *written += 1;
    }
    Ok(())
}
