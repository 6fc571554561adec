//! One layer of a vocabulary in its compiled form: sorted tables over one block of bytes, searched where they lie.
//!
//! A file is mapped, not read: opening checks the whole of it against its checksum and builds nothing. The starter
//! vocabulary is compiled into the same form in memory, so that there is one reader.
//!
//! All numbers are little-endian. The file is
//!
//! ```text
//! magic          8 bytes   "LITVOCAB"
//! version        u32
//! sections       u32       how many
//! length         u64       of the whole file
//! checksum       u64       of everything behind the header
//! fingerprint   32 bytes   SHA-256 of everything behind the header
//! table          (offset u64, length u64) for each section, in the order of [`Section`]
//! sections       records of u32s; texts are (offset, length) into the section of strings
//! ```

mod bytes;
mod checksum;
mod form;
mod save;
mod write;

use std::cmp::Ordering;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

pub(super) use bytes::Bytes;
pub use form::Title;
pub(super) use save::save;
pub(super) use write::compile;

use crate::model::ConceptType;

use super::error::VocabularyError;
use form::{ABBREVIATION, HEADER, MAGIC, SECTIONS, Section, VERSION};

/// The extension of compiled vocabularies.
pub(super) const EXTENSION: &str = "vocab";

/// A layer, open.
#[derive(Debug, Default)]
pub(super) struct Layer {
    name: String,
    title: Title,
    fingerprint: String,
    bytes: Bytes,
    sections: [Range<usize>; SECTIONS],
}

/// A concept of one layer, by position.
pub(super) type Index = u32;

/// A name of a concept.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameRef<'a> {
    pub(super) text: &'a str,
    /// Counts only in exactly these letters, small and capital.
    pub(super) abbreviation: bool,
    /// The one shown to people.
    pub(super) preferred: bool,
}

/// A key of the table of names.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyRef<'a> {
    pub(super) key: &'a str,
    pub(super) concept: Index,
    pub(super) name: NameRef<'a>,
}

/// Which references of a concept are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    Tree,
    Parent,
    Class,
}

impl Layer {
    /// Maps a compiled vocabulary.
    pub(super) fn open(path: &Path, name: &str) -> Result<Self, VocabularyError> {
        let file = File::open(path).map_err(VocabularyError::io(path))?;
        let bytes = Bytes::map(&file).map_err(VocabularyError::io(path))?;
        Self::read(name, bytes).map_err(|reason| VocabularyError::Damaged {
            path: path.to_owned(),
            name: name.to_owned(),
            reason,
        })
    }

    /// Reads the compiled form; the error says what is wrong with it.
    pub(super) fn read(name: &str, bytes: Bytes) -> Result<Self, String> {
        let header = bytes.get(..HEADER).ok_or("it is shorter than its header")?;
        if header[..8] != MAGIC {
            return Err("it is no compiled vocabulary".to_owned());
        }
        let version = word(header, 8);
        if version != VERSION {
            return Err(format!("it has version {version} of the form, this program reads version {VERSION}"));
        }
        let length = long(header, 16);
        if length != bytes.len() as u64 || word(header, 12) as usize != SECTIONS {
            return Err(format!("it should be {length} bytes long and is {}", bytes.len()));
        }
        let body = &bytes[HEADER..];
        if checksum::of(body) != long(header, 24) {
            return Err("its content does not match its checksum".to_owned());
        }
        let mut sections = [const { 0..0 }; SECTIONS];
        for (at, section) in sections.iter_mut().enumerate() {
            let entry = body.get(at * 16..at * 16 + 16).ok_or("its table of sections is cut")?;
            let range = long(entry, 0)..long(entry, 0).saturating_add(long(entry, 8));
            if range.end > length {
                return Err(format!("its section {at} reaches beyond its end"));
            }
            *section = range.start as usize..range.end as usize;
        }
        let title = serde_json::from_slice(&bytes[sections[Section::Title as usize].clone()])
            .map_err(|error| format!("its title cannot be read: {error}"))?;
        let fingerprint = header[32..].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { name: name.to_owned(), title, fingerprint, bytes, sections })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn title(&self) -> &Title {
        &self.title
    }

    pub(super) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    pub(super) fn len(&self) -> Index {
        self.count(Section::Concepts)
    }

    /// The concept with this id.
    pub(super) fn index(&self, id: &str) -> Option<Index> {
        let at = self.lower_bound(Section::Concepts, |concept| self.id(concept) < id);
        (at < self.len() && self.id(at) == id).then_some(at)
    }

    pub(super) fn id(&self, concept: Index) -> &str {
        self.text(Section::Concepts, concept)
    }

    pub(super) fn concept_type(&self, concept: Index) -> Option<ConceptType> {
        let code = self.field(Section::Concepts, concept, 2) as usize;
        code.checked_sub(1).and_then(|at| ConceptType::ALL.get(at).copied())
    }

    /// The preferred name.
    pub(super) fn preferred(&self, concept: Index) -> &str {
        self.text(Section::Names, self.field(Section::Concepts, concept, 3))
    }

    /// Every name, the preferred one first.
    pub(super) fn names(&self, concept: Index) -> impl Iterator<Item = NameRef<'_>> {
        let first = self.field(Section::Concepts, concept, 3);
        self.until(Section::Concepts, concept, 3, Section::Names).map(move |name| self.name_at(name, name == first))
    }

    /// Tree numbers, parents or classes.
    pub(super) fn references(&self, concept: Index, which: Reference) -> impl Iterator<Item = &str> {
        // The three kinds of a concept lie behind one another, so each ends where the next begins.
        let range = match which {
            Reference::Tree => self.field(Section::Concepts, concept, 4)..self.field(Section::Concepts, concept, 5),
            Reference::Parent => self.field(Section::Concepts, concept, 5)..self.field(Section::Concepts, concept, 6),
            Reference::Class => {
                let end = if concept + 1 < self.len() {
                    self.field(Section::Concepts, concept + 1, 4)
                } else {
                    self.count(Section::References)
                };
                self.field(Section::Concepts, concept, 6)..end
            }
        };
        range.map(|at| self.text(Section::References, at))
    }

    /// How many keys there are.
    pub(super) fn key_count(&self) -> u32 {
        self.count(Section::Keys)
    }

    pub(super) fn key(&self, at: u32) -> KeyRef<'_> {
        let concept = self.field(Section::Keys, at, 2);
        let name = self.field(Section::Keys, at, 3);
        let first = self.field(Section::Concepts, concept, 3);
        KeyRef { key: self.text(Section::Keys, at), concept, name: self.name_at(name, name == first) }
    }

    /// Every entry under this normal form.
    pub(super) fn find(&self, key: &str) -> impl Iterator<Item = KeyRef<'_>> {
        let start = self.lower_bound(Section::Keys, |at| self.text(Section::Keys, at) < key);
        let end = self.lower_bound(Section::Keys, |at| self.text(Section::Keys, at) <= key);
        (start..end).map(|at| self.key(at))
    }

    /// The concepts at or beneath a place in the tree.
    pub(super) fn beneath(&self, tree_number: &str) -> impl Iterator<Item = Index> {
        let place = |at| place_of(self.text(Section::Trees, at), tree_number);
        let start = self.lower_bound(Section::Trees, |at| place(at) == Ordering::Less);
        let end = self.lower_bound(Section::Trees, |at| place(at) != Ordering::Greater);
        (start..end).map(|at| self.field(Section::Trees, at, 2))
    }

    /// Whether its concepts have places in MeSH's tree.
    pub(super) fn has_tree(&self) -> bool {
        self.count(Section::Trees) > 0
    }

    /// The concepts at exactly this place.
    pub(super) fn at_tree_number(&self, tree_number: &str) -> impl Iterator<Item = Index> {
        self.equal(Section::Trees, tree_number)
    }

    /// The concepts that name this id as their parent or class.
    pub(super) fn kin(&self, id: &str) -> impl Iterator<Item = Index> {
        self.equal(Section::Kin, id)
    }

    /// The concepts that are known by this other id.
    pub(super) fn aliased(&self, id: &str) -> impl Iterator<Item = Index> {
        self.equal(Section::Aliases, id)
    }

    fn equal(&self, section: Section, text: &str) -> impl Iterator<Item = Index> {
        let start = self.lower_bound(section, |at| self.text(section, at) < text);
        let end = self.lower_bound(section, |at| self.text(section, at) <= text);
        (start..end).map(move |at| self.field(section, at, 2))
    }

    fn name_at(&self, name: u32, preferred: bool) -> NameRef<'_> {
        NameRef {
            text: self.text(Section::Names, name),
            abbreviation: self.field(Section::Names, name, 2) & ABBREVIATION != 0,
            preferred,
        }
    }

    /// The records of `into` that belong to a record, up to where those of the next begin.
    fn until(&self, section: Section, at: u32, field: usize, into: Section) -> Range<u32> {
        let end = if at + 1 < self.count(section) { self.field(section, at + 1, field) } else { self.count(into) };
        self.field(section, at, field)..end
    }

    /// The first record for which `before` does not hold.
    fn lower_bound(&self, section: Section, before: impl Fn(u32) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.count(section));
        while low < high {
            let middle = low + (high - low) / 2;
            if before(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn count(&self, section: Section) -> u32 {
        (self.sections[section as usize].len() / (4 * section.width())) as u32
    }

    // The checksum vouches for every offset; should one lead out of the file all the same, the answer is empty.
    fn field(&self, section: Section, at: u32, field: usize) -> u32 {
        let start = self.sections[section as usize].start + 4 * (at as usize * section.width() + field);
        self.bytes.get(start..start + 4).map_or(0, |bytes| word(bytes, 0))
    }

    fn text(&self, section: Section, at: u32) -> &str {
        let start = self.sections[Section::Strings as usize].start + self.field(section, at, 0) as usize;
        let bytes = self.bytes.get(start..start + self.field(section, at, 1) as usize);
        bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// Where a tree number stands to a place: before it, at or beneath it (equal), behind it. Tree numbers sort so that what is
/// beneath a place follows it.
fn place_of(tree_number: &str, place: &str) -> Ordering {
    match tree_number.strip_prefix(place) {
        Some(rest) if rest.is_empty() || rest.starts_with('.') => Ordering::Equal,
        _ => tree_number.cmp(place),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(word(bytes, at)) | u64::from(word(bytes, at + 4)) << 32
}
