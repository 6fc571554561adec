//! What normalisation knows about words: plurals, British spellings, Greek letters. The lists are data, see README.md.

use std::sync::LazyLock;

use super::hash::{WordMap, WordSet};

const GREEK: &str = include_str!("greek.tsv");
const PLURALS: &str = include_str!("plurals.tsv");
const SPELLING: &str = include_str!("spelling.tsv");

/// Below this length only listed words have a plural; `AIDS`, `ARDS` and `SARS` are none.
const SHORTEST_PLURAL: usize = 5;
/// Below this length no word has a British spelling of its own.
const SHORTEST_BRITISH: usize = 4;

/// The name of a small Greek letter.
pub(super) fn greek_name(letter: char) -> Option<&'static str> {
    static NAMES: LazyLock<WordMap<char, &str>> =
        LazyLock::new(|| rows(GREEK).filter_map(|[letter, name, _]| Some((letter.chars().next()?, name))).collect());
    // The block of modern Greek; everything else skips the look-up.
    ('\u{0370}'..='\u{03ff}').contains(&letter).then(|| NAMES.get(&letter).copied()).flatten()
}

/// Gives the word that stands in `text` from `from` to the end, in small letters, its singular and its American spelling.
pub(super) fn fold(text: &mut String, from: usize) {
    static PLURALS: LazyLock<Plurals> = LazyLock::new(Plurals::load);
    static SPELLING: LazyLock<Spelling> = LazyLock::new(Spelling::load);
    PLURALS.fold(text, from);
    SPELLING.fold(text, from);
}

/// The rows of a table of two or three columns; lines that begin with `#` are comments.
fn rows(table: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let mut fields = line.split('\t');
        std::array::from_fn(|_| fields.next().unwrap_or_default())
    })
}

struct Plurals {
    listed: WordMap<&'static str, &'static str>,
    /// Last letters of listed words, so that most words need no look-up.
    endings: [bool; 256],
}

impl Plurals {
    fn load() -> Self {
        let listed: WordMap<_, _> = rows(PLURALS).map(|[plural, singular, _]| (plural, singular)).collect();
        let mut endings = [false; 256];
        for &last in listed.keys().filter_map(|word| word.as_bytes().last()) {
            endings[usize::from(last)] = true;
        }
        Self { listed, endings }
    }

    fn fold(&self, text: &mut String, from: usize) {
        let word = &text[from..];
        let Some(&last) = word.as_bytes().last() else { return };
        if !self.endings[usize::from(last)] || word.len() < 3 {
            return;
        }
        if let Some(singular) = self.listed.get(word) {
            text.truncate(from);
            text.push_str(singular);
            return;
        }
        if word.len() < SHORTEST_PLURAL {
            return;
        }
        let (cut, add) = regular(word);
        text.truncate(text.len() - cut);
        text.push_str(add);
    }
}

/// How many letters the singular of a regular plural loses, and what it gains.
fn regular(word: &str) -> (usize, &'static str) {
    let ends = |ending: &str| word.ends_with(ending);
    match () {
        () if ends("omata") => (2, ""),
        () if ends("itides") => (4, "s"),
        () if !ends("s") || ends("ss") || ends("us") || ends("is") => (0, ""),
        () if ends("yses") => (2, "is"),
        () if ends("ies") => (3, "y"),
        () if ends("aches") => (1, ""),
        () if ends("sses") || ends("xes") || ends("ches") || ends("shes") => (2, ""),
        () => (1, ""),
    }
}

/// American spellings of British ones.
struct Spelling {
    parts: Vec<Part>,
    words: WordMap<&'static str, &'static str>,
    /// Stems of verbs in `-ise`, up to the `is`.
    stems: WordSet<&'static str>,
    /// Pairs of letters at which some part differs between the spellings; a word without any needs no closer look.
    triggers: Box<[bool; 1 << 16]>,
}

struct Part {
    british: &'static str,
    american: &'static str,
    /// Only at the beginning of a word.
    at_start: bool,
}

/// What may follow the `is` of a stem.
const VERB_ENDINGS: [&str; 9] = ["e", "ed", "es", "er", "ers", "ing", "ation", "ations", "able"];

impl Spelling {
    fn load() -> Self {
        let mut spelling = Self {
            parts: Vec::new(),
            words: WordMap::default(),
            stems: WordSet::default(),
            triggers: Box::new([false; 1 << 16]),
        };
        for [kind, british, american] in rows(SPELLING) {
            match kind {
                "word" => drop(spelling.words.insert(british, american)),
                "stem" => drop(spelling.stems.insert(british)),
                _ => {
                    let same = british.bytes().zip(american.bytes()).take_while(|(one, other)| one == other).count();
                    let pair = &british.as_bytes()[same.min(british.len() - 2)..][..2];
                    spelling.triggers[usize::from(u16::from_le_bytes([pair[0], pair[1]]))] = true;
                    spelling.parts.push(Part { british, american, at_start: kind == "start" });
                }
            }
        }
        spelling
    }

    fn fold(&self, text: &mut String, from: usize) {
        let word = &text[from..];
        if word.len() < SHORTEST_BRITISH {
            return;
        }
        if let Some(american) = self.words.get(word) {
            text.truncate(from);
            text.push_str(american);
            return;
        }
        let triggered =
            word.as_bytes().windows(2).any(|pair| self.triggers[usize::from(u16::from_le_bytes([pair[0], pair[1]]))]);
        if triggered {
            for part in &self.parts {
                let word = &text[from..];
                let found =
                    if part.at_start { word.starts_with(part.british).then_some(0) } else { word.find(part.british) };
                if let Some(at) = found {
                    let at = from + at;
                    text.replace_range(at..at + part.british.len(), part.american);
                }
            }
        }
        if let Some(at) = self.verb(&text[from..]) {
            text.replace_range(from + at..=from + at, "z");
        }
    }

    /// Where the `s` stands that a listed verb in `-ise` writes as `z`.
    fn verb(&self, word: &str) -> Option<usize> {
        let (stem, ending) = word.split_at(word.rfind("is")? + 2);
        (VERB_ENDINGS.contains(&ending) && self.stems.contains(stem)).then_some(stem.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn folded(word: &str) -> String {
        let mut text = word.to_owned();
        fold(&mut text, 0);
        text
    }

    #[test]
    fn the_lists_have_their_form() {
        let small = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        for [plural, singular, rest] in rows(PLURALS) {
            assert!(small(plural) && small(singular) && rest.is_empty(), "{plural}");
        }
        for [kind, british, american] in rows(SPELLING) {
            assert!(["part", "start", "stem", "word"].contains(&kind), "{kind}");
            assert!(small(british) && small(american) && british != american && british.len() > 2, "{british}");
        }
        assert_eq!(rows(GREEK).count(), 25);
    }

    #[test]
    fn no_line_stands_twice() {
        for table in [PLURALS, SPELLING, GREEK] {
            let mut seen = HashSet::new();
            for [one, two, _] in rows(table) {
                assert!(seen.insert((one, if table == SPELLING { two } else { "" })), "{one} {two}");
            }
        }
    }

    #[test]
    fn what_the_lists_give_stays_as_it_is() {
        let singulars = rows(PLURALS).map(|[_, singular, _]| singular);
        let spellings = rows(SPELLING).filter(|row| row[0] == "word").map(|row| row[2]);
        for word in singulars.chain(spellings) {
            let once = folded(word);
            assert_eq!(folded(&once), once);
        }
    }

    #[test]
    fn verbs_change_their_ending_only_as_verbs() {
        assert_eq!(folded("hospitalisations"), "hospitalization");
        assert_eq!(folded("immunised"), "immunized");
        assert_eq!(folded("metabolism"), "metabolism");
        assert_eq!(folded("organist"), "organist");
        assert_eq!(folded("exercise"), "exercise");
    }
}
