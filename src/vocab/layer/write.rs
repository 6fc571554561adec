//! Writes the compiled form.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::model::ConceptType;
use crate::vocab::entry::Entry;
use crate::vocab::hash::WordMap;
use crate::vocab::normal::{normalize, uninverted};

use super::checksum;
use super::form::{ABBREVIATION, HEADER, MAGIC, SECTIONS, Section, Title, VERSION};

/// The compiled form of some entries. Entries with the same id become one.
pub(crate) fn compile(title: &Title, mut entries: Vec<Entry>) -> Vec<u8> {
    entries.sort_by(|one, other| one.id.cmp(&other.id));
    entries.dedup_by(|later, first| {
        let same = later.id == first.id;
        if same {
            first.unite(std::mem::take(later));
        }
        same
    });
    let normal: Vec<Vec<(String, u32)>> = entries.par_iter().map(keys_of).collect();
    let mut tables = Tables::default();
    for (entry, normal) in entries.iter().zip(normal) {
        tables.add(entry, normal);
    }
    tables.into_bytes(title)
}

/// The normal forms of an entry's names with the name's position, each form once for each way of writing it.
fn keys_of(entry: &Entry) -> Vec<(String, u32)> {
    let mut keys: Vec<(String, u32)> = Vec::with_capacity(entry.names.len());
    for (at, name) in entry.names.iter().enumerate() {
        let forms = std::iter::once(normalize(&name.text)).chain(uninverted(&name.text).map(|text| normalize(&text)));
        for form in forms.filter(|form| !form.is_empty()) {
            // A plain name answers for every way of writing it; an abbreviation only for its own.
            let known = keys.iter().any(|(key, other)| {
                let other = &entry.names[*other as usize];
                *key == form && (!other.abbreviation || (name.abbreviation && other.text == name.text))
            });
            if !known {
                keys.push((form, at as u32));
            }
        }
    }
    keys
}

#[derive(Default)]
struct Tables {
    strings: Strings,
    concepts: Vec<u32>,
    names: Vec<u32>,
    references: Vec<u32>,
    keys: Vec<(String, u32, u32)>,
    trees: Vec<(String, u32)>,
    kin: Vec<(String, u32)>,
    aliases: Vec<(String, u32)>,
}

impl Tables {
    fn add(&mut self, entry: &Entry, normal: Vec<(String, u32)>) {
        let concept = (self.concepts.len() / Section::Concepts.width()) as u32;
        let first_name = (self.names.len() / Section::Names.width()) as u32;
        for name in &entry.names {
            let [at, length] = self.strings.add(&name.text);
            self.names.extend([at, length, if name.abbreviation { ABBREVIATION } else { 0 }]);
        }
        let [at, length] = self.strings.add(entry.id.as_str());
        let code = entry
            .concept_type
            .map_or(0, |kind| 1 + ConceptType::ALL.iter().position(|other| *other == kind).unwrap_or_default() as u32);
        self.concepts.extend([at, length, code, first_name]);
        for texts in [&entry.tree_numbers, &entry.parents, &entry.classes] {
            self.concepts.push((self.references.len() / Section::References.width()) as u32);
            for text in texts {
                self.references.extend(self.strings.add(text));
            }
        }
        self.keys.extend(normal.into_iter().map(|(key, name)| (key, concept, first_name + name)));
        self.trees.extend(entry.tree_numbers.iter().map(|number| (number.clone(), concept)));
        self.aliases.extend(entry.aliases.iter().map(|id| (id.clone(), concept)));
        self.kin.extend(entry.parents.iter().chain(&entry.classes).map(|id| (id.clone(), concept)));
    }

    fn into_bytes(mut self, title: &Title) -> Vec<u8> {
        self.keys.par_sort_unstable();
        self.trees.sort_unstable();
        self.kin.sort_unstable();
        self.kin.dedup();
        self.aliases.sort_unstable();
        let strings = &mut self.strings;
        let keys = self.keys.iter().flat_map(|(key, concept, name)| {
            let [at, length] = strings.add(key);
            [at, length, *concept, *name]
        });
        let keys: Vec<u32> = keys.collect();
        let mut pairs = |pairs: &[(String, u32)]| -> Vec<u32> {
            let row = |(text, concept): &(String, u32)| {
                let [at, length] = strings.add(text);
                [at, length, *concept]
            };
            pairs.iter().flat_map(row).collect()
        };
        let (trees, kin, aliases) = (pairs(&self.trees), pairs(&self.kin), pairs(&self.aliases));
        let sections: [Vec<u8>; SECTIONS] = [
            serde_json::to_vec(title).unwrap_or_default(),
            self.strings.bytes,
            little_endian(&self.concepts),
            little_endian(&self.names),
            little_endian(&self.references),
            little_endian(&keys),
            little_endian(&trees),
            little_endian(&kin),
            little_endian(&aliases),
        ];
        assemble(&sections)
    }
}

fn assemble(sections: &[Vec<u8>; SECTIONS]) -> Vec<u8> {
    let mut table = Vec::new();
    let mut content = Vec::new();
    for section in sections {
        // Records of 32-bit words begin at a multiple of eight, whatever the texts before them measure.
        content.resize(content.len().next_multiple_of(8), 0);
        let offset = HEADER + SECTIONS * 16 + content.len();
        table.extend((offset as u64).to_le_bytes());
        table.extend((section.len() as u64).to_le_bytes());
        content.extend_from_slice(section);
    }
    let mut bytes = Vec::with_capacity(HEADER + table.len() + content.len());
    bytes.resize(HEADER, 0);
    bytes.append(&mut table);
    bytes.append(&mut content);
    let body = &bytes[HEADER..];
    let mut header = Vec::with_capacity(HEADER);
    header.extend(MAGIC);
    header.extend(VERSION.to_le_bytes());
    header.extend((SECTIONS as u32).to_le_bytes());
    header.extend((bytes.len() as u64).to_le_bytes());
    header.extend(checksum::of(body).to_le_bytes());
    header.extend(Sha256::digest(body));
    bytes[..HEADER].copy_from_slice(&header);
    bytes
}

fn little_endian(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The section of strings; a text that occurs again is stored once.
#[derive(Default)]
struct Strings {
    bytes: Vec<u8>,
    known: WordMap<String, u32>,
}

impl Strings {
    fn add(&mut self, text: &str) -> [u32; 2] {
        let length = text.len() as u32;
        if let Some(&at) = self.known.get(text) {
            return [at, length];
        }
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(text.as_bytes());
        self.known.insert(text.to_owned(), at);
        [at, length]
    }
}
