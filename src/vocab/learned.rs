//! Names that harvested records themselves carry: the headings and substances by which NLM indexes a paper, with their ids. A drug newer than
//! the imported file is known the day a record names it.
//!
//! They are kept beside a corpus as a compiled vocabulary of its own, which lies beneath all others and adds only what these lack:
//! another name for an id that they have, or an id that none of them has. Its release says up to which record of the store it was learned.

use std::collections::BTreeMap;
use std::path::Path;

use crate::model::{ConceptId, ConceptType, Document, SubstanceRole};

use super::entry::{Entry, Name};
use super::error::VocabularyError;
use super::layer::{Layer, Title, compile, save};
use super::loaders::is_protein;
use super::normal::normalize;
use super::vocabulary::Vocabulary;

/// The name of the layer.
pub(super) const NAME: &str = "records";
/// What it says of itself.
const TITLE: &str = "Names that records carry";
/// Before the number of the last record, in its release.
const THROUGH: &str = "record ";

/// Names learned from the records of one corpus.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    /// Type and names, by id.
    concepts: BTreeMap<String, (Option<ConceptType>, Vec<String>)>,
    through: i64,
}

impl Learned {
    /// What was learned before; nothing where the file is not there.
    ///
    /// # Errors
    /// Where the file cannot be read or is damaged.
    pub fn open(path: &Path) -> Result<Self, VocabularyError> {
        let Some(layer) = open_layer(path)? else { return Ok(Self::default()) };
        let through = layer.title().release.strip_prefix(THROUGH).and_then(|number| number.parse().ok());
        let concept = |at| {
            let names = layer.names(at).map(|name| name.text.to_owned()).collect();
            (layer.id(at).to_owned(), (layer.concept_type(at), names))
        };
        Ok(Self { concepts: (0..layer.len()).map(concept).collect(), through: through.unwrap_or_default() })
    }

    /// The row of the last record that was read.
    pub fn through(&self) -> i64 {
        self.through
    }

    /// How many concepts have a name from records.
    pub fn len(&self) -> usize {
        self.concepts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty()
    }

    /// Reads the headings and substances of a record, stored in this row, and keeps what the vocabulary lacks.
    pub fn read(&mut self, row: i64, document: &Document, vocabulary: &Vocabulary) {
        self.through = self.through.max(row);
        let headings = document.headings.iter().map(|heading| (heading.id.as_deref(), heading.name.as_str(), None));
        let substances = document.substances.iter().map(|substance| {
            let kind = match substance.role {
                SubstanceRole::Chemical if is_protein(&substance.name) => None,
                SubstanceRole::Chemical => Some(ConceptType::Chemical),
                SubstanceRole::Disease => Some(ConceptType::Condition),
                SubstanceRole::Protocol => Some(ConceptType::Procedure),
                SubstanceRole::Organism | SubstanceRole::Population | SubstanceRole::Anatomy => None,
            };
            (substance.id.as_deref(), substance.name.as_str(), kind)
        });
        for (id, name, kind) in headings.chain(substances) {
            let Some(id) = id.map(|id| vocabulary.renumbered(&ConceptId::mesh(id), name)) else { continue };
            let key = normalize(name);
            if key.is_empty() || vocabulary.has_name(&id, &key) {
                continue;
            }
            // What the vocabulary knows of the id counts: a substance may be a heading that is no treatment.
            let kind = if vocabulary.name(&id).is_some() { None } else { kind };
            let (known_kind, names) = self.concepts.entry(id.as_str().to_owned()).or_default();
            *known_kind = known_kind.or(kind);
            if names.iter().all(|known| normalize(known) != key) {
                names.push(name.to_owned());
            }
        }
    }

    /// Writes the file anew, whole or not at all.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), VocabularyError> {
        let title =
            Title { title: TITLE.to_owned(), release: format!("{THROUGH}{}", self.through), credit: String::new() };
        let entries = self.concepts.iter().map(|(id, (concept_type, names))| Entry {
            id: id.clone(),
            concept_type: *concept_type,
            names: names.iter().map(Name::new).collect(),
            ..Entry::default()
        });
        save(&compile(&title, entries.collect()), path)
    }
}

/// The layer in a file; none where the file is not there.
pub(super) fn open_layer(path: &Path) -> Result<Option<Layer>, VocabularyError> {
    if path.is_file() { Layer::open(path, NAME).map(Some) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Heading, Substance};
    use crate::vocab::Dictionary;

    fn record() -> Document {
        let substance = |id: &str, name: &str| Substance {
            id: Some(id.to_owned()),
            name: name.to_owned(),
            registry: None,
            role: SubstanceRole::Chemical,
        };
        Document {
            substances: vec![
                substance("C999991", "zelmarin"),
                substance("C999992", "ZLM1 protein, human"),
                substance("D008687", "Metformin"),
            ],
            ..Document::default()
        }
    }

    #[test]
    fn what_records_name_and_the_vocabulary_lacks_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("learned.vocab");
        let starter = Vocabulary::starter();
        let mut learned = Learned::open(&path).unwrap();
        learned.read(7, &record(), &starter);
        learned.save(&path).unwrap();
        let again = Learned::open(&path).unwrap();
        assert_eq!((&again, again.through(), again.len()), (&learned, 7, 2));
        let vocabulary = starter.clone().with_learned(&path).unwrap();
        // What it adds changes nothing of what was mined: that is told apart by the release of the layer.
        assert_eq!(vocabulary.fingerprint(), starter.fingerprint());
        let zelmarin = ConceptId::mesh("C999991");
        assert_eq!(vocabulary.find("Zelmarin"), std::slice::from_ref(&zelmarin));
        assert_eq!(vocabulary.concept(&zelmarin).unwrap().vocabulary, NAME);
        let dictionary = Dictionary::build(&vocabulary);
        let hits = dictionary.scan("Zelmarin and ZLM1 protein");
        assert_eq!(hits.len(), 1, "a protein of the body is no treatment");
        assert_eq!(hits[0].concepts, [zelmarin]);
        assert_eq!(starter.find("metformin"), vocabulary.find("metformin"));
    }

    #[test]
    fn another_name_of_a_known_id_is_one_more_and_no_other_type() {
        let starter = Vocabulary::starter();
        let metformin = starter.find("metformin").remove(0);
        let ui = metformin.as_str().trim_start_matches("MESH:").to_owned();
        let heading = Heading { id: Some(ui), name: "Zelforminum".to_owned(), ..Heading::default() };
        let document = Document { headings: vec![heading], ..Document::default() };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("learned.vocab");
        let mut learned = Learned::default();
        learned.read(1, &document, &starter);
        learned.save(&path).unwrap();
        let vocabulary = starter.clone().with_learned(&path).unwrap();
        assert_eq!(vocabulary.find("zelforminum"), std::slice::from_ref(&metformin));
        assert_eq!(vocabulary.name(&metformin), starter.name(&metformin));
        assert_eq!(vocabulary.concept_type(&metformin), starter.concept_type(&metformin));
    }

    #[test]
    fn a_damaged_file_is_said_and_an_absent_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("learned.vocab");
        assert!(Learned::open(&path).unwrap().is_empty());
        std::fs::write(&path, b"not a vocabulary").unwrap();
        assert!(Learned::open(&path).is_err());
        assert!(Vocabulary::starter().with_learned(&path).is_err());
    }
}
