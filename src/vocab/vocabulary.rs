//! The stack of layers.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::model::{Concept, ConceptId, ConceptType};

use super::error::VocabularyError;
use super::import::{file_of, list};
use super::layer::{Index, KeyRef, Layer, Reference, Title};
use super::learned::open_layer;
use super::normal::{normalize, uninverted};
use super::{nearest, starter};

/// What conditions, treatments and tests are called: a stack of layers, the topmost first. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    layers: Vec<Arc<Layer>>,
    fingerprint: String,
    /// What was asked for lately and all it stands for: a broad class has thousands of members.
    narrower: Arc<Mutex<HashMap<ConceptId, Vec<ConceptId>>>>,
}

/// The most concepts whose narrower ones are kept; then they begin anew.
const MOST_KEPT: usize = 1_000;

/// A layer, as it is told to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerInfo<'v> {
    /// The name it is opened by.
    pub name: &'v str,
    /// What it says of itself.
    pub title: &'v Title,
    /// How many concepts it has.
    pub concepts: usize,
}

impl Vocabulary {
    /// The vocabulary that is compiled in, alone.
    pub fn starter() -> Self {
        Self::of(vec![starter::layer()])
    }

    /// The named layers, the topmost first; `starter` is the one compiled in, the others are imported ones in `folder`.
    pub fn open(folder: &Path, names: &[String]) -> Result<Self, VocabularyError> {
        let open = |name: &String| {
            if name == starter::NAME {
                return Ok(starter::layer());
            }
            let path = file_of(folder, name)?;
            if !path.is_file() {
                let imported = list(folder)?.into_iter().map(|layer| layer.name);
                let available = imported.chain([starter::NAME.to_owned()]).collect();
                return Err(VocabularyError::Unknown { name: name.clone(), folder: folder.to_owned(), available });
            }
            Layer::open(&path, name).map(Arc::new)
        };
        names.iter().map(open).collect::<Result<_, _>>().map(Self::of)
    }

    /// The named layers; without names all that were imported into the folder, and the starter beneath: first those with MeSH's
    /// tree, whose ids the records of the literature carry, then the others, in the order of their names.
    pub fn open_or_all(folder: &Path, names: &[String]) -> Result<Self, VocabularyError> {
        if !names.is_empty() {
            return Self::open(folder, names);
        }
        let imported = list(folder)?.into_iter().map(|vocabulary| vocabulary.name);
        let mut all = Self::open(folder, &imported.chain([starter::NAME.to_owned()]).collect::<Vec<_>>())?;
        if let Some((_, imported)) = all.layers.split_last_mut() {
            imported.sort_by_key(|layer| !layer.has_tree());
        }
        Ok(Self::of(all.layers))
    }

    fn of(layers: Vec<Arc<Layer>>) -> Self {
        let mut digest = Sha256::new();
        for layer in &layers {
            digest.update(layer.fingerprint());
        }
        let fingerprint = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { layers, fingerprint, narrower: Arc::default() }
    }

    /// The same with the names learned from records, in a file that [`super::Learned`] wrote, beneath all others; as it is where there is no
    /// such file. The fingerprint stays: what was mined without a name learned since is mined as it was.
    ///
    /// # Errors
    /// Where the file cannot be read or is damaged.
    pub fn with_learned(mut self, path: &Path) -> Result<Self, VocabularyError> {
        self.layers.extend(open_layer(path)?.map(Arc::new));
        self.narrower = Arc::default();
        Ok(self)
    }

    /// Whether a concept is known by this name, which is in its normal form.
    pub fn has_name(&self, id: &ConceptId, key: &str) -> bool {
        self.layers.iter().any(|layer| layer.find(key).any(|entry| layer.id(entry.concept) == id.as_str()))
    }

    /// A text that changes whenever what the layers hold or their order changes.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The layers, topmost first.
    pub fn layers(&self) -> impl Iterator<Item = LayerInfo<'_>> {
        self.layers.iter().map(|layer| LayerInfo {
            name: layer.name(),
            title: layer.title(),
            concepts: layer.len() as usize,
        })
    }

    /// How many concepts there are, each counted once however many layers know it.
    pub fn len(&self) -> usize {
        self.ids().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.layers.iter().all(|layer| layer.len() == 0)
    }

    /// Every id, each once: those of the topmost layer in order, then what the next adds.
    pub fn ids(&self) -> impl Iterator<Item = ConceptId> {
        self.layers.iter().enumerate().flat_map(move |(depth, layer)| {
            let fresh = move |id: &&str| self.layers[..depth].iter().all(|above| above.index(id).is_none());
            (0..layer.len()).map(|at| layer.id(at)).filter(fresh).map(ConceptId::new)
        })
    }

    /// Every concept, in the order of [`Self::ids`].
    pub fn concepts(&self) -> impl Iterator<Item = Concept> {
        self.ids().filter_map(|id| self.concept(&id))
    }

    /// What is known of a concept, by all layers together.
    pub fn concept(&self, id: &ConceptId) -> Option<Concept> {
        let (top, _) = self.places(id).next()?;
        let mut names: Vec<String> = Vec::new();
        let mut references = [const { Vec::<String>::new() }; 3];
        for (layer, at) in self.places(id) {
            add_new(&mut names, layer.names(at).map(|name| name.text));
            for (which, known) in
                [Reference::Tree, Reference::Parent, Reference::Class].into_iter().zip(&mut references)
            {
                add_new(known, layer.references(at, which));
            }
        }
        let [tree_numbers, parents, classes] = references;
        let name = if names.is_empty() { String::new() } else { names.remove(0) };
        let ids = |texts: Vec<String>| texts.into_iter().map(ConceptId::new).collect();
        Some(Concept {
            id: id.clone(),
            name,
            concept_type: self.concept_type(id),
            synonyms: names,
            tree_numbers,
            parents: ids(parents),
            classes: ids(classes),
            vocabulary: top.name().to_owned(),
        })
    }

    /// The preferred name.
    pub fn name(&self, id: &ConceptId) -> Option<String> {
        self.places(id).next().map(|(layer, at)| layer.preferred(at).to_owned())
    }

    /// What kind of thing it is, by the topmost layer that says so.
    pub fn concept_type(&self, id: &ConceptId) -> Option<ConceptType> {
        self.places(id).find_map(|(layer, at)| layer.concept_type(at))
    }

    /// The concepts that have this name or id (`MESH:D006333`, `D006333`), the likeliest first. Names are compared in their
    /// normal form and are found in the order of speech and inverted.
    pub fn find(&self, words: &str) -> Vec<ConceptId> {
        if let Some(id) = self.by_id(words.trim()) {
            return vec![id];
        }
        let mut keys = vec![normalize(words)];
        keys.extend(uninverted(words).map(|words| normalize(&words)));
        let mut found: Vec<((bool, bool, usize), String)> = Vec::new();
        for key in keys.iter().filter(|key| !key.is_empty()) {
            for (depth, layer) in self.layers.iter().enumerate() {
                for entry in layer.find(key) {
                    found.push((rank(&entry, depth), layer.id(entry.concept).to_owned()));
                }
            }
        }
        found.sort();
        let mut seen = BTreeSet::new();
        found.into_iter().filter(|(_, id)| seen.insert(id.clone())).map(|(_, id)| ConceptId::new(id)).collect()
    }

    /// Names that look like these words, with their concepts, the most alike first: for "did you mean?".
    pub fn nearest(&self, words: &str, limit: usize) -> Vec<(String, ConceptId)> {
        nearest::nearest(&self.layers, words, limit)
    }

    /// What a concept stands for: itself first, then everything beneath it in the tree, the members of the class it is, and
    /// what is beneath those; nearer ones first, each once.
    pub fn narrower(&self, id: &ConceptId) -> Vec<ConceptId> {
        // Whole between any two steps.
        let kept = || self.narrower.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept().get(id) {
            return found.clone();
        }
        let found = self.find_narrower(id);
        let mut kept = kept();
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(id.clone(), found.clone());
        found
    }

    fn find_narrower(&self, id: &ConceptId) -> Vec<ConceptId> {
        self.closure(id, |id, next| {
            for (layer, at) in self.places(id) {
                for number in layer.references(at, Reference::Tree) {
                    for lower in &self.layers {
                        next.extend(lower.beneath(number).map(|at| lower.id(at).to_owned()));
                    }
                }
            }
            for layer in &self.layers {
                next.extend(layer.kin(id.as_str()).map(|at| layer.id(at).to_owned()));
            }
        })
    }

    /// A concept and everything at or beneath its places in the tree, as MeSH explodes a heading: itself first, then in the
    /// order of the ids. Unlike [`Self::narrower`], what belongs to it by kinship or by what it does is left out.
    pub fn exploded(&self, id: &ConceptId) -> Vec<ConceptId> {
        let mut found = BTreeSet::new();
        for (layer, at) in self.places(id) {
            for number in layer.references(at, Reference::Tree) {
                for lower in &self.layers {
                    found.extend(lower.beneath(number).map(|at| lower.id(at)));
                }
            }
        }
        found.remove(id.as_str());
        std::iter::once(id.clone()).chain(found.into_iter().map(ConceptId::new)).collect()
    }

    /// The members of a class by what they do: every concept that names it among its classes (pharmacological actions).
    pub fn members(&self, class: &ConceptId) -> Vec<ConceptId> {
        let mut found = BTreeSet::new();
        for layer in &self.layers {
            let members = layer
                .kin(class.as_str())
                .filter(|at| layer.references(*at, Reference::Class).any(|named| named == class.as_str()));
            found.extend(members.map(|at| layer.id(at)));
        }
        found.into_iter().map(ConceptId::new).collect()
    }

    /// Whether a concept is a class of drugs by what they do (`Antihypertensive Agents`) and no substance: it stands among the
    /// actions of MeSH's tree; or has no place there, and others call it their class.
    pub fn is_action(&self, id: &ConceptId) -> bool {
        let mut placed = false;
        for (layer, at) in self.places(id) {
            for place in layer.references(at, Reference::Tree) {
                if place.starts_with(ACTIONS) {
                    return true;
                }
                placed = true;
            }
        }
        !placed && !self.members(id).is_empty()
    }

    /// Whether a name is a concept's only in capitals: an abbreviation that reads as a word otherwise (`COLD`).
    pub fn is_abbreviation_of(&self, name: &str, id: &ConceptId) -> bool {
        let key = normalize(name);
        let mut known = false;
        for (layer, at) in self.places(id) {
            for name in layer.names(at).filter(|name| normalize(name.text) == key) {
                if !name.abbreviation {
                    return false;
                }
                known = true;
            }
        }
        known
    }

    /// What stands for a concept: everything above it in the tree, the classes it is a member of, and what is above those;
    /// nearer ones first, each once, without the concept itself.
    pub fn broader(&self, id: &ConceptId) -> Vec<ConceptId> {
        let mut all = self.closure(id, |id, next| {
            for (layer, at) in self.places(id) {
                for number in layer.references(at, Reference::Tree) {
                    let above = number.match_indices('.').map(|(dot, _)| &number[..dot]);
                    for (place, upper) in above.flat_map(|place| self.layers.iter().map(move |upper| (place, upper))) {
                        next.extend(upper.at_tree_number(place).map(|at| upper.id(at).to_owned()));
                    }
                }
                let kin = layer.references(at, Reference::Parent).chain(layer.references(at, Reference::Class));
                next.extend(kin.map(str::to_owned));
            }
        });
        all.remove(0);
        all.retain(|id| self.places(id).next().is_some());
        all
    }

    /// A concept and all that can be reached from it, step by step, each step in the order of the ids.
    fn closure(&self, id: &ConceptId, step: impl Fn(&ConceptId, &mut BTreeSet<String>)) -> Vec<ConceptId> {
        let mut seen = BTreeSet::from([id.as_str().to_owned()]);
        let mut all = vec![id.clone()];
        let mut from = 0;
        while from < all.len() {
            let mut next = BTreeSet::new();
            for id in &all[from..] {
                step(id, &mut next);
            }
            from = all.len();
            all.extend(next.into_iter().filter(|id| seen.insert(id.clone())).map(ConceptId::new));
        }
        all
    }

    pub(super) fn stack(&self) -> &[Arc<Layer>] {
        &self.layers
    }

    /// Where the layers hold a concept, topmost first.
    fn places(&self, id: &ConceptId) -> impl Iterator<Item = (&Layer, Index)> {
        self.layers.iter().filter_map(move |layer| Some((layer.as_ref(), layer.index(id.as_str())?)))
    }

    /// The id under which a concept is held: an id of another vocabulary, or a retired one, gives that of the concept which took
    /// it over; one that nobody knows stays as it is.
    pub fn current(&self, id: &ConceptId) -> ConceptId {
        if self.places(id).next().is_some() {
            return id.clone();
        }
        let known = |layer: &Arc<Layer>| layer.aliased(id.as_str()).next().map(|at| ConceptId::new(layer.id(at)));
        self.layers.iter().find_map(known).unwrap_or_else(|| id.clone())
    }

    /// The id under which the concept of an id and its name is held: [`Self::current`]'s; or, for a supplementary concept of MeSH that no layer has, that of
    /// the heading it has become since. NLM makes headings of much used substances, which keep their names and have a new id, of nine digits; the
    /// old one stays in records and labels of the years before. The name must be the heading's in just these letters, small or capital: names are
    /// unique in MeSH, what reads alike is not.
    pub fn renumbered(&self, id: &ConceptId, name: &str) -> ConceptId {
        let current = self.current(id);
        if !current.as_str().starts_with("MESH:C") || self.places(&current).next().is_some() {
            return current;
        }
        let key = normalize(name);
        let made_since = |layer: &Layer, entry: &KeyRef<'_>| {
            let number = layer.id(entry.concept).strip_prefix("MESH:D");
            number.is_some_and(|number| number.len() == HEADING_MADE_SINCE)
                && entry.name.text.eq_ignore_ascii_case(name)
        };
        let found = self.layers.iter().find_map(|layer| {
            let entry = layer.find(&key).find(|entry| made_since(layer, entry))?;
            Some(ConceptId::new(layer.id(entry.concept)))
        });
        found.unwrap_or(current)
    }

    /// What MeSH has for a concept: itself, or the nearest broader concept that has an id of MeSH; none where there is none.
    pub fn in_mesh(&self, id: &ConceptId) -> Option<ConceptId> {
        let of_mesh = |id: &ConceptId| id.as_str().starts_with("MESH:");
        if of_mesh(id) { Some(id.clone()) } else { self.broader(id).into_iter().find(of_mesh) }
    }

    /// The id that these words are, with its prefix or, for MeSH, without.
    fn by_id(&self, words: &str) -> Option<ConceptId> {
        let known = |id: String| {
            let id = self.current(&ConceptId::new(id));
            let known = self.places(&id).next().is_some();
            known.then_some(id)
        };
        if let Some((prefix, rest)) = words.split_once(':') {
            return known(words.to_owned()).or_else(|| known(format!("{}:{rest}", prefix.to_uppercase())));
        }
        let number = words.strip_prefix(['D', 'C', 'd', 'c'])?;
        let bare = number.len() >= 6 && number.bytes().all(|byte| byte.is_ascii_digit());
        bare.then(|| known(format!("MESH:{}", words.to_uppercase()))).flatten()
    }
}

/// The digits of the ids of MeSH's younger headings, among them all that were supplementary concepts before.
const HEADING_MADE_SINCE: usize = 9;

/// The place in MeSH's tree of what drugs do.
const ACTIONS: &str = "D27.505";

/// Preferred names before others, whole names before abbreviations, upper layers before lower ones.
pub(super) fn rank(entry: &KeyRef<'_>, depth: usize) -> (bool, bool, usize) {
    (!entry.name.preferred, entry.name.abbreviation, depth)
}

fn add_new<'a>(to: &mut Vec<String>, from: impl Iterator<Item = &'a str>) {
    for text in from {
        if !to.iter().any(|known| known == text) {
            to.push(text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
