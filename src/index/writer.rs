//! Building the next generation of an index.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::thread;

use tantivy::indexer::{LogMergePolicy, NoMergePolicy};
use tantivy::{Index, SegmentMeta, Term};

use super::generations::{Generations, WriterLock};
use super::manifest::{FORMAT, Manifest};
use super::schema::Fields;
use super::{IndexError, IndexedDocument, analyzers, document};
use crate::model::DocumentId;

/// How much memory each thread gathers documents in before it writes a segment.
const MEMORY_PER_THREAD: usize = 64 << 20;

/// More threads write smaller segments, which then must be merged.
const MAX_THREADS: usize = 4;

/// An index of at most so many documents is brought into one segment when it is worn: that takes seconds, and leaves no
/// trace of what was replaced.
const ONE_SEGMENT: u64 = 200_000;

/// The part of the documents that may be replaced ones before they are merged away: they still count in the scores.
const MAX_REPLACED: f32 = 0.1;

/// With more segments than this an index is worn.
const MAX_SEGMENTS: usize = 8;

/// Files of tantivy that it writes anew; all others never change.
fn is_rewritten(name: &str) -> bool {
    matches!(name, "meta.json" | ".managed.json")
}

/// Builds the next generation of an index. Readers see nothing of it before [`IndexWriter::publish`]; dropped without,
/// it leaves the former generation as it was, and its leftovers are swept by the next writer.
pub struct IndexWriter {
    generations: Generations,
    number: u32,
    base: Option<Base>,
    folder: PathBuf,
    fields: Fields,
    index: Index,
    writer: tantivy::IndexWriter,
    /// The documents that came, where it starts from nothing: none of them can be in it before.
    new: Option<HashSet<DocumentId>>,
    _lock: WriterLock,
}

struct Base {
    state: String,
    folder: PathBuf,
}

/// What was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// How many documents the index holds.
    pub documents: u64,
    /// The number of the generation.
    pub generation: u32,
}

impl IndexWriter {
    /// Begins the next generation of the index in `folder`, which is made where it is missing. It starts as the current
    /// one; from nothing where there is none, where it has another format, or with `rebuild`.
    ///
    /// # Errors
    /// [`IndexError::Busy`] while another writer lives; [`IndexError::Damaged`] where the current generation is, and not
    /// `rebuild`.
    pub fn update(folder: &Path, rebuild: bool) -> Result<Self, IndexError> {
        let generations = Generations::at(folder);
        let lock = generations.lock()?;
        let base = match generations.current() {
            Ok(current) => {
                generations.sweep()?;
                current.filter(|_| !rebuild)
            }
            // Nothing is swept, since nobody knows which generation counts.
            Err(IndexError::Damaged { .. }) if rebuild => None,
            Err(error) => return Err(error),
        };
        let base = match base.map(|number| (number, Manifest::read(&generations, &generations.path(number)))) {
            None | Some((_, Err(IndexError::OtherFormat { .. }))) => None,
            Some((number, manifest)) => Some((number, manifest?.state)),
        };
        let number = generations.begin()?;
        let path = generations.path(number);
        let fields = Fields::new();
        let index = match &base {
            None => Index::create_in_dir(&path, fields.schema.clone())?,
            Some((from, _)) => {
                generations.carry_over(*from, number, is_rewritten)?;
                Index::open_in_dir(&path).map_err(|error| generations.damaged(error.to_string()))?
            }
        };
        if index.schema() != fields.schema {
            return Err(generations.damaged("its fields are not those of its format".to_owned()));
        }
        analyzers::register(index.tokenizers());
        let threads = thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
        let writer: tantivy::IndexWriter = index.writer_with_num_threads(threads, threads * MEMORY_PER_THREAD)?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(MAX_REPLACED);
        writer.set_merge_policy(Box::new(policy));
        let new = base.is_none().then(HashSet::new);
        let base = base.map(|(number, state)| Base { state, folder: generations.path(number) });
        Ok(Self { generations, number, base, folder: path, fields, index, writer, new, _lock: lock })
    }

    /// The state that the generation it starts from was published with; none when it starts from nothing.
    pub fn base_state(&self) -> Option<&str> {
        self.base.as_ref().map(|base| base.state.as_str())
    }

    /// The folder of the generation it starts from, whose vectors the caller may want to carry over.
    pub fn base_folder(&self) -> Option<&Path> {
        self.base.as_ref().map(|base| base.folder.as_path())
    }

    /// The folder of the generation that is being built, for a file of vectors beside it ([`super::VECTORS`]). Files in it
    /// are written anew, never changed in place.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds a document, or puts it in the place of the one with the same id.
    pub fn put(&mut self, given: &IndexedDocument<'_>) -> Result<(), IndexError> {
        let Some(id) = given.document.identifiers.primary() else {
            return Err(IndexError::NoIdentifier { title: given.document.title().to_owned() });
        };
        if self.new.as_mut().is_none_or(|new| !new.insert(id.clone())) {
            self.remove(&id)?;
        }
        self.writer.add_document(document::convert(&self.fields, &id, given))?;
        Ok(())
    }

    /// Takes a document out; nothing happens where it is not in.
    pub fn remove(&mut self, id: &DocumentId) -> Result<(), IndexError> {
        self.writer.delete_term(Term::from_field_text(self.fields.id, id.as_str()));
        Ok(())
    }

    /// Finishes the generation and makes it the one that counts. `state` says which state of the corpus it reflects.
    pub fn publish(mut self, state: &str) -> Result<Published, IndexError> {
        self.writer.commit()?;
        self.writer.wait_merging_threads()?;
        let documents = count(&self.index)?;
        if documents <= ONE_SEGMENT && is_worn(&self.index)? {
            merge_all(&self.index)?;
        }
        let manifest = Manifest { format: FORMAT, state: state.to_owned(), documents };
        manifest.write(&self.folder)?;
        self.generations.prepare_switch(self.number)?;
        self.generations.switch()?;
        self.generations.sweep()?;
        Ok(Published { documents, generation: self.number })
    }
}

fn count(index: &Index) -> Result<u64, IndexError> {
    let segments = index.searchable_segment_metas()?;
    Ok(segments.iter().map(|segment| u64::from(segment.num_docs())).sum())
}

/// Whether an index has many segments, or many documents that were replaced.
fn is_worn(index: &Index) -> Result<bool, IndexError> {
    let segments = index.searchable_segment_metas()?;
    let of_all =
        |number: fn(&SegmentMeta) -> u32| segments.iter().map(|segment| f64::from(number(segment))).sum::<f64>();
    let replaced = of_all(SegmentMeta::num_deleted_docs);
    Ok(segments.len() > MAX_SEGMENTS || replaced > f64::from(MAX_REPLACED) * of_all(SegmentMeta::max_doc))
}

/// Brings all documents into one segment without gaps.
fn merge_all(index: &Index) -> Result<(), IndexError> {
    let segments = index.searchable_segment_metas()?;
    if segments.len() > 1 || segments.iter().any(|segment| segment.has_deletes()) {
        let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(1, MEMORY_PER_THREAD)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let ids: Vec<_> = segments.iter().map(SegmentMeta::id).collect();
        writer.merge(&ids).wait()?;
        writer.garbage_collect_files().wait()?;
        writer.wait_merging_threads()?;
    }
    Ok(())
}
