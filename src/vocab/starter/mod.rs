//! The vocabulary that is compiled in: the conditions and treatments of everyday practice, so that litmine answers before
//! anything is imported. The data files beside this one and their form are described in README.md.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use crate::model::ConceptType;

use super::entry::{Entry, Name};
use super::layer::{Bytes, Layer, Title, compile};

/// The name by which a corpus asks for it.
pub(super) const NAME: &str = "starter";

/// The release; raised when the data files change in what they mean.
const RELEASE: &str = "1";

const FILES: [(&str, &str); 7] = [
    ("behaviours.toml", include_str!("behaviours.toml")),
    ("classes.toml", include_str!("classes.toml")),
    ("conditions.toml", include_str!("conditions.toml")),
    ("devices.toml", include_str!("devices.toml")),
    ("drugs.toml", include_str!("drugs.toml")),
    ("procedures.toml", include_str!("procedures.toml")),
    ("tests.toml", include_str!("tests.toml")),
];

/// The starter vocabulary, compiled once in a run.
pub(super) fn layer() -> Arc<Layer> {
    static LAYER: LazyLock<Arc<Layer>> = LazyLock::new(|| {
        let title = Title {
            title: "Starter vocabulary".to_owned(),
            release: RELEASE.to_owned(),
            credit:
                "Concept ids and names in part from Medical Subject Headings, U.S. National Library of Medicine, 2024; \
                     modified."
                    .to_owned(),
        };
        let bytes = compile(&title, entries());
        // The data are constants and tests read all of them, so what could fail here cannot fail in the field.
        Arc::new(Layer::read(NAME, Bytes::Held(bytes)).unwrap_or_default())
    });
    Arc::clone(&LAYER)
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

fn entries() -> Vec<Entry> {
    let parsed = FILES.iter().filter_map(|(_, text)| toml::from_str::<DataFile>(text).ok());
    parsed.flat_map(|file| file.concept.into_iter().map(move |record| record.into_entry(file.concept_type))).collect()
}

impl Record {
    fn into_entry(self, concept_type: ConceptType) -> Entry {
        let plain = std::iter::once(self.name).chain(self.names).map(Name::new);
        let names = plain.chain(self.abbreviations.into_iter().map(Name::abbreviated)).collect();
        Entry {
            id: self.id,
            concept_type: Some(concept_type),
            names,
            tree_numbers: Vec::new(),
            parents: self.parents,
            classes: self.classes,
        }
    }
}
