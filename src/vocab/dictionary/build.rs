//! Fills a dictionary from a vocabulary.

use crate::model::{ConceptId, ConceptType};
use crate::vocab::Vocabulary;
use crate::vocab::hash::WordMap;
use crate::vocab::layer::KeyRef;
use crate::vocab::normal::normalize;
use crate::vocab::vocabulary::rank;

use super::further::Counts;
use super::trie::Trie;
use super::{Adjectival, Dictionary, Sense, Terminal, further, stop};

impl Dictionary {
    /// A dictionary of every name that may count in a text.
    pub fn build(vocabulary: &Vocabulary) -> Self {
        let concepts = Concepts::number(vocabulary);
        let keys: usize = vocabulary.stack().iter().map(|layer| layer.key_count() as usize).sum();
        let mut trie = Trie::with_capacity(keys);
        let mut names: Vec<(u32, Meaning<'_>)> = Vec::with_capacity(keys);
        for (depth, layer) in vocabulary.stack().iter().enumerate() {
            for entry in (0..layer.key_count()).map(|at| layer.key(at)) {
                let concept = concepts.numbers[depth][entry.concept as usize];
                let Some(concept_type) = concepts.types[concept as usize] else { continue };
                let of_effect = concept_type == ConceptType::Chemical && stop::is_effect(entry.key);
                if !entry.name.abbreviation && (of_effect || stop::is_common(entry.key)) {
                    continue;
                }
                names.push((trie.insert(entry.key), Meaning::of(&entry, depth, concept, concept_type)));
            }
        }
        names.sort_by_key(|name| name.0);
        let mut dictionary = Self {
            trie,
            terminals: Vec::new(),
            senses: Vec::new(),
            concepts: Vec::new(),
            names: concepts.names.iter().map(|name| (*name).into()).collect(),
            in_context: WordMap::default(),
        };
        let mut senses = Senses { concepts: &concepts, known: WordMap::default() };
        for same in names.chunk_by(|one, other| one.0 == other.0) {
            let meanings: Vec<Meaning<'_>> = same.iter().map(|(_, meaning)| *meaning).collect();
            let terminal = senses.terminal(&mut dictionary, &meanings);
            dictionary.trie.set_end(same[0].0, dictionary.terminals.len());
            dictionary.terminals.push(terminal);
        }
        senses.add_further(&mut dictionary, vocabulary);
        senses.add_in_context(&mut dictionary, vocabulary);
        dictionary
    }
}

/// The concepts of all layers, each under one number.
#[derive(Default)]
struct Concepts<'v> {
    /// By layer and position in it.
    numbers: Vec<Vec<u32>>,
    known: WordMap<&'v str, u32>,
    ids: Vec<&'v str>,
    names: Vec<&'v str>,
    types: Vec<Option<ConceptType>>,
}

impl<'v> Concepts<'v> {
    fn number(vocabulary: &'v Vocabulary) -> Self {
        let mut concepts = Self::default();
        for layer in vocabulary.stack() {
            let mut numbers = Vec::with_capacity(layer.len() as usize);
            for at in 0..layer.len() {
                let number = *concepts.known.entry(layer.id(at)).or_insert(concepts.ids.len() as u32);
                if number as usize == concepts.ids.len() {
                    concepts.ids.push(layer.id(at));
                    concepts.names.push(layer.preferred(at));
                    concepts.types.push(None);
                }
                let known = &mut concepts.types[number as usize];
                *known = known.or(layer.concept_type(at));
                numbers.push(number);
            }
            concepts.numbers.push(numbers);
        }
        concepts
    }
}

/// One concept under one normal form.
#[derive(Clone, Copy)]
struct Meaning<'v> {
    /// Likelier ones first: whole names, upper layers, preferred names, conditions.
    rank: (bool, usize, bool, bool),
    concept: u32,
    /// The letters that an abbreviation must be written in.
    written: Option<&'v str>,
}

impl<'v> Meaning<'v> {
    /// What a further name means.
    fn further(concept: u32) -> Self {
        Self { rank: (false, 0, true, false), concept, written: None }
    }

    fn of(entry: &KeyRef<'v>, depth: usize, concept: u32, concept_type: ConceptType) -> Self {
        let (not_preferred, abbreviation, depth) = rank(entry, depth);
        Self {
            rank: (abbreviation, depth, not_preferred, concept_type != ConceptType::Condition),
            concept,
            written: entry.name.abbreviation.then_some(entry.name.text),
        }
    }
}

/// Makes senses; equal ones are shared.
struct Senses<'c, 'v> {
    concepts: &'c Concepts<'v>,
    known: WordMap<Vec<u32>, u32>,
}

impl Senses<'_, '_> {
    fn terminal(&mut self, dictionary: &mut Dictionary, meanings: &[Meaning<'_>]) -> Terminal {
        let plain = meanings.iter().filter(|meaning| meaning.written.is_none());
        let plain = self.sense(dictionary, plain.copied().collect());
        let mut terminal = Terminal { plain, ..Terminal::default() };
        let mut written: Vec<String> = meanings.iter().filter_map(|meaning| meaning.written.map(bare)).collect();
        written.sort_unstable();
        written.dedup();
        for letters in written {
            let fits = |meaning: &&Meaning<'_>| meaning.written.is_none_or(|text| bare(text) == letters);
            let mut all: Vec<Meaning<'_>> = meanings.iter().filter(fits).copied().collect();
            // Written in just these letters, the abbreviation is the likelier reading.
            all.iter_mut().for_each(|meaning| meaning.rank.0 = meaning.written.is_none());
            if let Some(sense) = self.sense(dictionary, all) {
                terminal.written.push((letters.into(), sense));
            }
        }
        terminal
    }

    /// Further names of concepts that this vocabulary has, where they are no names by themselves.
    fn add_further(&mut self, dictionary: &mut Dictionary, vocabulary: &Vocabulary) {
        let mut found: WordMap<&str, Option<u32>> = WordMap::default();
        for name in further::all() {
            let concept = *found.entry(name.means).or_insert_with(|| {
                vocabulary.find(name.means).into_iter().find_map(|id| {
                    let number = *self.concepts.known.get(id.as_str())?;
                    self.concepts.types[number as usize].is_some().then_some(number)
                })
            });
            let Some(concept) = concept else { continue };
            let Some(sense) = self.sense(dictionary, vec![Meaning::further(concept)]) else { continue };
            let node = dictionary.trie.insert(&name.key);
            let at = dictionary.trie.end(node).unwrap_or_else(|| {
                dictionary.trie.set_end(node, dictionary.terminals.len());
                dictionary.terminals.push(Terminal::default());
                dictionary.terminals.len() - 1
            });
            let Some(terminal) = dictionary.terminals.get_mut(at) else { continue };
            match name.counts {
                Counts::Written(letters) => {
                    let letters = bare(letters);
                    if terminal.written.iter().all(|(known, _)| **known != *letters) {
                        terminal.written.push((letters.into(), sense));
                    }
                }
                Counts::Instead => terminal.plain = Some(sense),
                _ if terminal.plain.is_some() => {}
                Counts::Name => terminal.plain = Some(sense),
                Counts::Adjective => terminal.adjective = Some(Adjectival { sense, of_people: false }),
                Counts::AdjectiveOfPeople => terminal.adjective = Some(Adjectival { sense, of_people: true }),
            }
        }
    }

    /// What common words and ambiguous symbols mean where a name is expected.
    fn add_in_context(&mut self, dictionary: &mut Dictionary, vocabulary: &Vocabulary) {
        let words = stop::words().map(|word| (normalize(word), word));
        let symbols = further::elements().map(|(symbol, means)| (symbol.to_owned(), means));
        for (key, means) in words.chain(symbols) {
            let concept = vocabulary.find(means).into_iter().find_map(|id| {
                let number = *self.concepts.known.get(id.as_str())?;
                self.concepts.types[number as usize].is_some().then_some(number)
            });
            let Some(concept) = concept else { continue };
            if let Some(sense) = self.sense(dictionary, vec![Meaning::further(concept)]) {
                dictionary.in_context.insert(key.into(), sense);
            }
        }
    }

    fn sense(&mut self, dictionary: &mut Dictionary, mut meanings: Vec<Meaning<'_>>) -> Option<u32> {
        meanings.sort_by_key(|meaning| (meaning.rank, self.concepts.ids[meaning.concept as usize]));
        let mut numbers: Vec<u32> = Vec::with_capacity(meanings.len());
        for meaning in meanings {
            if !numbers.contains(&meaning.concept) {
                numbers.push(meaning.concept);
            }
        }
        let first = *numbers.first()?;
        let concept_type = self.concepts.types[first as usize]?;
        if let Some(&sense) = self.known.get(&numbers) {
            return Some(sense);
        }
        let from = dictionary.concepts.len() as u32;
        let ids = numbers.iter().map(|number| ConceptId::new(self.concepts.ids[*number as usize]));
        dictionary.concepts.extend(ids);
        let sense = dictionary.senses.len() as u32;
        dictionary.senses.push(Sense { concepts: from..dictionary.concepts.len() as u32, concept_type, name: first });
        self.known.insert(numbers, sense);
        Some(sense)
    }
}

/// The letters and digits of an abbreviation, as they are compared with a text's.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
