//! Compiles the starter vocabulary. A data file that cannot be read stops the build and says where.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::model::ConceptType;
use crate::vocab::entry::{Entry, Name};
use crate::vocab::layer::{self, Title};

const FOLDER: &str = "src/vocab/starter";

/// The release; raised when the data files change in what they mean.
const RELEASE: &str = "3";

pub(crate) fn compile() {
    println!("cargo:rerun-if-changed={FOLDER}");
    println!("cargo:rerun-if-changed=src/vocab/words");
    let mut files = Vec::new();
    find(Path::new(FOLDER), &mut files);
    files.sort();
    let entries = files.iter().flat_map(|file| entries(file)).collect();
    let title = Title {
        title: "Starter vocabulary".to_owned(),
        release: RELEASE.to_owned(),
        credit:
            "Concept ids and names in part from Medical Subject Headings, U.S. National Library of Medicine, 2024; \
                 modified."
                .to_owned(),
    };
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("starter.vocab");
    if let Err(error) = fs::write(&out, layer::compile(&title, entries)) {
        panic!("{}: {error}", out.display());
    }
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
}

/// One data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataFile {
    #[serde(rename = "type")]
    concept_type: ConceptType,
    concept: Vec<Record>,
}

/// One concept of a data file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    id: String,
    name: String,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    abbreviations: Vec<String>,
    #[serde(default)]
    parents: Vec<String>,
    #[serde(default)]
    classes: Vec<String>,
}

fn entries(file: &Path) -> Vec<Entry> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let data: DataFile = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    data.concept.into_iter().map(|record| record.into_entry(data.concept_type)).collect()
}

impl Record {
    fn into_entry(self, concept_type: ConceptType) -> Entry {
        let plain = std::iter::once(self.name).chain(self.names).map(Name::new);
        let names = plain.chain(self.abbreviations.into_iter().map(Name::abbreviated)).collect();
        Entry {
            id: self.id,
            aliases: Vec::new(),
            concept_type: Some(concept_type),
            names,
            tree_numbers: Vec::new(),
            parents: self.parents,
            classes: self.classes,
        }
    }
}
