//! How text becomes words, for the index and for queries alike.
//!
//! - Unicode compatibility forms are unified (NFKC), case and accents dropped: `Sjögren` is `sjogren`, `H₂O` is `h2o`;
//! - everything but letters and digits parts words, so `IL-6` and `IL 6` are both `il`, `6`; a point between digits does
//!   not (`2.5`), nor do an apostrophe between letters (`O'Brien` is `obrien`), soft hyphens and other invisible characters;
//! - a possessive `'s` is dropped;
//! - one or two Greek letters become words of their own by name (`TNFα` is `tnf`, `alpha`); a longer run stays a Greek
//!   word; `µ` before a Latin letter is `u`, the usual way to write micrograms;
//!
//! The fields that boolean searches use hold these words as they are: PubMed does not stem. What joins the pieces of a compound
//! differs from paper to paper; [`compounds`] tells a query's ways to write each one.
//!
//! The ranking fields leave out the words of `stopwords.txt` and cut the others to their English stem, with three exceptions:
//!
//! - what holds a digit is never stemmed (`p53`, `5.5`);
//! - what is written in capitals (`AIDS`, `RAS`) is kept as it stands, beside its stem;
//! - a compound is kept whole and in parts: `IL-6` and `IL6` are both `il6`, `il`, `6`; `β-blocker` is `betablocker`, `beta`,
//!   `blocker`; so is the name of a chemical, its locants and brackets included.

mod cutter;
mod exact;
mod ranking;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::LazyLock;

use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

use cutter::Cutter;
use exact::Words;
use ranking::{RankingWords, Stems, Terms};

/// The analyzer of the fields for exact searches.
pub(super) const EXACT: &str = "litmine-exact";
/// The analyzer of the fields for ranking.
pub(super) const RANKING: &str = "litmine-ranking";

/// Makes the analyzers known to an index.
pub(super) fn register(manager: &TokenizerManager) {
    manager.register(EXACT, TextAnalyzer::from(Words::default()));
    manager.register(RANKING, TextAnalyzer::from(RankingWords::default()));
}

static STOPWORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("stopwords.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// Whether a word, as analysed, says nothing about a subject.
pub(super) fn is_stopword(word: &str) -> bool {
    STOPWORDS.contains(word)
}

/// The words of a text as the exact fields hold them.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut cutter = Cutter::new(text);
    let mut found = Vec::new();
    let mut word = String::new();
    while cutter.next(&mut word).is_some() {
        found.push(word.clone());
    }
    found
}

/// Where each word of [`words`] begins, in code points.
pub(super) fn word_starts(text: &str) -> Vec<u32> {
    let mut cutter = Cutter::new(text);
    // A word and the blank behind it are seldom shorter.
    let mut found = Vec::with_capacity(text.len() / 5);
    let mut room = String::new();
    let (mut byte, mut point) = (0, 0);
    while let Some(place) = cutter.next_place(&mut room) {
        point += text[byte..place.from].chars().count() as u32;
        byte = place.from;
        found.push(point);
    }
    found
}

/// The words of a text as the ranking fields hold them, in order.
pub(super) fn ranking_words(text: &str) -> Vec<String> {
    let mut stems = Stems::new(1 << 6);
    let mut terms = Terms::new(text, &mut stems);
    let mut found = Vec::new();
    let mut term = String::new();
    while terms.next(&mut term).is_some() {
        found.push(std::mem::take(&mut term));
    }
    found
}

/// One form for a name, whatever its case, accents and punctuation: its words with one blank between.
pub(super) fn normal_name(name: &str) -> String {
    words(name).join(" ")
}

/// A word as typed, or several that nothing but hyphens (or nothing at all) hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Compound {
    /// Each way to write it, as the words it then is in the index; the way it was typed first.
    pub(super) forms: Vec<Vec<String>>,
}

/// The compounds of a text. `IL-6` is `il 6` or `il6`; so is `IL6`. Two numbers are never joined (`2019-2020`), and a compound
/// of more than four pieces (the name of a chemical) is only what was typed.
pub(super) fn compounds(text: &str) -> Vec<Compound> {
    let mut cutter = Cutter::new(text);
    let mut typed: Vec<Vec<String>> = Vec::new();
    let mut word = String::new();
    while let Some(place) = cutter.next(&mut word) {
        match typed.last_mut() {
            Some(compound) if place.glued => compound.push(word.clone()),
            _ => typed.push(vec![word.clone()]),
        }
    }
    typed.into_iter().map(|words| Compound { forms: forms(words) }).collect()
}

/// How many pieces a compound may have for its other forms to be looked for.
const MAX_PIECES: usize = 4;

fn forms(typed: Vec<String>) -> Vec<Vec<String>> {
    let pieces: Vec<&str> = typed.iter().flat_map(|word| letters_and_digits(word)).collect();
    let gaps = pieces.len() - 1;
    if gaps == 0 || pieces.len() > MAX_PIECES {
        return vec![typed];
    }
    let is_number = |piece: &str| piece.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let mut found = Vec::new();
    for joined in 0..1_usize << gaps {
        let mut form: Vec<String> = vec![pieces[0].to_owned()];
        let mut allowed = true;
        for (gap, pair) in pieces.windows(2).enumerate() {
            match form.last_mut() {
                Some(last) if joined & (1 << gap) != 0 => {
                    allowed &= !(is_number(pair[0]) && is_number(pair[1]));
                    last.push_str(pair[1]);
                }
                _ => form.push(pair[1].to_owned()),
            }
        }
        if allowed && form != typed {
            found.push(form);
        }
    }
    found.insert(0, typed);
    found
}

/// A word cut wherever letters and digits meet.
fn letters_and_digits(word: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut last_is_digit: Option<bool> = None;
    for (at, c) in word.char_indices() {
        let is_digit = c.is_ascii_digit() || c == '.';
        if last_is_digit.is_some_and(|last| last != is_digit) {
            pieces.push(&word[start..at]);
            start = at;
        }
        last_is_digit = Some(is_digit);
    }
    pieces.push(&word[start..]);
    pieces
}
