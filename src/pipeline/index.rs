//! Store → index, with the vectors beside it.

use std::path::PathBuf;

use super::mine::{quotes, sentences};
use super::{PROGRAM, PipelineError, Workshop};
use crate::corpus::Vectors as Embedded;
use crate::embed::VectorFileWriter;
use crate::index::{DOCUMENT_VECTORS, IndexWriter, IndexedDocument, SENTENCE_VECTORS, VECTORS};
use crate::model::DocumentId;
use crate::store::{FlagRow, RunOutcome, Snapshot, Store};

/// What indexing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IndexReport {
    /// Documents that were added or replaced.
    pub updated: u64,
    /// Documents that were taken out.
    pub removed: u64,
    /// Documents in the index.
    pub documents: u64,
    /// Vectors beside it.
    pub vectors: u64,
}

pub(super) fn run(workshop: Workshop<'_>, store: &Store, rebuild: bool) -> Result<IndexReport, PipelineError> {
    let mut report = IndexReport::default();
    let Some(snapshot) = store.snapshot()? else { return Ok(report) };
    let folder = workshop.corpus.index_path();
    std::fs::create_dir_all(&folder).map_err(|source| PipelineError::File { path: folder.clone(), source })?;
    let writer = IndexWriter::update(&folder, rebuild)?;
    let base = match writer.base_state().and_then(|state| state.parse().ok()) {
        Some(number) => store.snapshot_numbered(number)?,
        None => None,
    };
    if base.as_ref().is_some_and(|base| base.id == snapshot.id) {
        return Ok(report);
    }
    // A state that the store does not know (it was made anew) is no base. One writer ends before the next begins.
    let mut writer = if base.is_none() && writer.base_state().is_some() {
        drop(writer);
        IndexWriter::update(&folder, true)?
    } else {
        writer
    };
    let run = store.begin_run("index", PROGRAM)?;
    let (changed, gone) = store.changes(base.as_ref(), &snapshot)?;
    tracing::info!(snapshot = snapshot.id, changed = changed.len(), gone = gone.len(), "indexing");
    let task = workshop.progress.task("indexing", Some((changed.len() + gone.len()) as u64), "documents");
    for id in &gone {
        writer.remove(id)?;
        report.removed += 1;
        task.advance(1);
    }
    let held = store.hold()?;
    let spoken_of = store.spoken_of()?;
    for id in &changed {
        // Of most documents nobody ever said anything.
        let flags = if spoken_of.contains(id.as_str()) { store.flags(&snapshot, id)? } else { Vec::new() };
        if put(&mut writer, store, &snapshot, id, flags)? {
            report.updated += 1;
        }
        task.advance(1);
    }
    report.vectors = write_vectors(workshop, store, &snapshot, &writer)?;
    drop(held);
    report.documents = writer.publish(&snapshot.id.to_string())?.documents;
    store.finish_run(run, RunOutcome::Complete)?;
    Ok(report)
}

fn put(
    writer: &mut IndexWriter,
    store: &Store,
    snapshot: &Snapshot,
    id: &DocumentId,
    flags: Vec<FlagRow>,
) -> Result<bool, PipelineError> {
    let Some(stored) = store.document(snapshot, id)? else { return Ok(false) };
    let annotation = store.annotation(snapshot, stored.version)?.unwrap_or_default();
    let study = &annotation.study;
    let mut flags: Vec<_> = flags.into_iter().map(|flag| flag.kind).collect();
    flags.dedup();
    writer.put(&IndexedDocument {
        document: &stored.document,
        flags: &flags,
        design: study.design,
        level: study.level,
        registrations: &study.registrations,
        annotation: Some(&annotation),
    })?;
    Ok(true)
}

/// Writes the vectors of findings, and of documents and sentences where the corpus has those, each under the row of its document's version.
/// They come out of the store, where mining left them.
fn write_vectors(
    workshop: Workshop<'_>,
    store: &Store,
    snapshot: &Snapshot,
    writer: &IndexWriter,
) -> Result<u64, PipelineError> {
    let Some(model) = snapshot.encoder.as_deref() else { return Ok(0) };
    let mut findings = Vectors::new(writer.folder().join(VECTORS), model);
    let mut documents = Vectors::new(writer.folder().join(DOCUMENT_VECTORS), model);
    let mut of_sentences = Vectors::new(writer.folder().join(SENTENCE_VECTORS), model);
    let wanted = workshop.corpus.definition.vectors;
    for version in store.visible_versions(snapshot)? {
        let stored = store.document_version(version)?;
        let annotation = store.annotation(snapshot, version)?.unwrap_or_default();
        let text = stored.document.text();
        findings.push(store, version, &quotes(&text, &annotation))?;
        if wanted >= Embedded::All {
            of_sentences.push(store, version, &sentences(&text, &stored.document, &annotation))?;
        }
        if wanted >= Embedded::FindingsAndDocuments {
            documents.push(store, version, &[text])?;
        }
    }
    Ok(findings.finish()? + documents.finish()? + of_sentences.finish()?)
}

/// A file of vectors that is made when the first one comes.
struct Vectors<'v> {
    path: PathBuf,
    model: &'v str,
    file: Option<VectorFileWriter>,
    count: u64,
}

impl<'v> Vectors<'v> {
    fn new(path: PathBuf, model: &'v str) -> Self {
        Self { path, model, file: None, count: 0 }
    }

    /// Adds the vectors that the store holds of these texts.
    fn push(&mut self, store: &Store, version: i64, texts: &[String]) -> Result<(), PipelineError> {
        let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
        for vector in store.vectors(self.model, &refs)?.into_iter().flatten() {
            let file = self.file.get_or_insert_with(|| VectorFileWriter::new(&self.path, self.model, vector.len()));
            file.push(version.unsigned_abs(), &vector)?;
            self.count += 1;
        }
        Ok(())
    }

    fn finish(self) -> Result<u64, PipelineError> {
        if let Some(file) = self.file {
            file.finish()?;
        }
        Ok(self.count)
    }
}
