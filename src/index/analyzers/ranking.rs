//! The terms by which documents are ranked.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use frostem::{Algorithm, Stemmer};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::cutter::{Cutter, Place};
use super::{is_stopword, letters_and_digits};

/// The most pieces that a compound may have to be kept whole. The names of larger molecules are found by their parts.
const MAX_PIECES: usize = 12;

/// A term and where it stands in the text.
#[derive(Debug, Clone)]
struct Term {
    text: String,
    from: usize,
    to: usize,
}

/// Stems of words. Few words make up most of every text, so those met lately are kept, each in the one slot that its letters
/// give.
#[derive(Clone)]
pub(super) struct Stems {
    stemmer: Stemmer,
    slots: Vec<Slot>,
}

/// The most bytes of a word that is kept: longer ones are rare, and so a slot fills one line of the processor's cache.
const KEPT: usize = 31;

/// A word and its stem.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Slot {
    word: [u8; KEPT],
    stem: [u8; KEPT],
    word_length: u8,
    stem_length: u8,
}

impl Stems {
    /// For a text, or for many: `slots` is a power of two.
    pub(super) fn new(slots: usize) -> Self {
        let empty = Slot { word: [0; KEPT], stem: [0; KEPT], word_length: 0, stem_length: 0 };
        Self { stemmer: Stemmer::new(Algorithm::English), slots: vec![empty; slots] }
    }

    /// The stem of a word in lower case; none where the word or its stem says nothing about a subject.
    fn of<'w>(&'w mut self, word: &'w str) -> Option<Cow<'w, str>> {
        if word.is_empty() || word.len() > KEPT {
            return stem(&self.stemmer, word);
        }
        let last = self.slots.len() - 1;
        let slot = &mut self.slots[place_of(word.as_bytes()) & last];
        if slot.word[..usize::from(slot.word_length)] != *word.as_bytes() {
            let stem = stem(&self.stemmer, word).unwrap_or_default();
            if stem.len() > KEPT {
                return Some(stem);
            }
            slot.word[..word.len()].copy_from_slice(word.as_bytes());
            slot.stem[..stem.len()].copy_from_slice(stem.as_bytes());
            (slot.word_length, slot.stem_length) = (word.len() as u8, stem.len() as u8);
        }
        let stem = std::str::from_utf8(&slot.stem[..usize::from(slot.stem_length)]).ok()?;
        (!stem.is_empty()).then_some(Cow::Borrowed(stem))
    }
}

/// A number that the letters of a word give, its lower bits as mixed as its upper ones. Multiplied eight bytes at a time, as
/// FxHash does: a word is looked up in less time than it takes to copy it.
fn place_of(word: &[u8]) -> usize {
    const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;
    let add = |hash: u64, part: u64| (hash.rotate_left(5) ^ part).wrapping_mul(MULTIPLIER);
    let (parts, rest) = word.as_chunks::<8>();
    let hash = parts.iter().fold(word.len() as u64, |hash, part| add(hash, u64::from_le_bytes(*part)));
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let hash = add(hash, u64::from_le_bytes(last));
    (hash ^ hash >> 32) as usize
}

fn stem<'w>(stemmer: &Stemmer, word: &'w str) -> Option<Cow<'w, str>> {
    let stem = (!is_stopword(word)).then(|| stemmer.stem(word))?;
    (!is_stopword(&stem)).then_some(stem)
}

/// Cuts a text into terms.
pub(super) struct Terms<'a> {
    text: &'a str,
    cutter: Cutter<'a>,
    stems: &'a mut Stems,
    /// The words of the compound that is being read; `filled` of them count, the others are kept for their memory.
    run: Vec<(String, Place)>,
    filled: usize,
    /// Whether the last word of `run` belongs to the next compound.
    ahead: bool,
    ended: bool,
    waiting: VecDeque<Term>,
}

impl<'a> Terms<'a> {
    pub(super) fn new(text: &'a str, stems: &'a mut Stems) -> Self {
        Self {
            text,
            cutter: Cutter::new(text),
            stems,
            run: Vec::new(),
            filled: 0,
            ahead: false,
            ended: false,
            waiting: VecDeque::new(),
        }
    }

    /// The next term, written into `out`, and where it stands in the text.
    pub(super) fn next(&mut self, out: &mut String) -> Option<Range<usize>> {
        loop {
            if let Some(term) = self.waiting.pop_front() {
                *out = term.text;
                return Some(term.from..term.to);
            }
            if self.ended && !self.ahead {
                return None;
            }
            self.read_compound();
            match &self.run[..self.filled] {
                [] => {}
                // Nearly all are, and need not wait.
                [(word, place)] if word.bytes().all(|b| b.is_ascii_alphabetic()) => {
                    let Some(stem) = self.stems.of(word) else { continue };
                    let as_it_stands = stem != *word && is_in_capitals(&self.text[place.from..place.to]);
                    out.clear();
                    out.push_str(if as_it_stands { word } else { &stem });
                    if as_it_stands {
                        let text = stem.into_owned();
                        self.waiting.push_back(Term { text, from: place.from, to: place.to });
                    }
                    return Some(place.from..place.to);
                }
                _ => self.put_terms(),
            }
        }
    }

    /// Reads words until one comes that belongs to something else.
    fn read_compound(&mut self) {
        if self.ahead {
            self.run.swap(0, self.filled);
            self.filled = 1;
            self.ahead = false;
        } else {
            self.filled = 0;
        }
        loop {
            if self.run.len() == self.filled {
                self.run.push((String::new(), Place::default()));
            }
            let (word, place) = &mut self.run[self.filled];
            let Some(found) = self.cutter.next(word) else {
                self.ended = true;
                return;
            };
            *place = found;
            if self.filled > 0 && !found.chained {
                self.ahead = true;
                return;
            }
            self.filled += 1;
        }
    }

    fn put_terms(&mut self) {
        let Some(((_, first), (_, last))) = self.run[..self.filled].first().zip(self.run[..self.filled].last()) else {
            return;
        };
        let (from, to) = (first.from, last.to);
        let mut whole = String::new();
        let words = &self.run[..self.filled];
        let pieces = words.iter().map(|(word, _)| letters_and_digits(word).len()).sum::<usize>();
        if (2..=MAX_PIECES).contains(&pieces) && words.iter().any(|(word, _)| !is_number(word)) {
            whole = words.iter().map(|(word, _)| word.as_str()).collect();
            put(&mut self.waiting, Cow::Borrowed(&whole), from, to);
        }
        for (word, place) in words {
            let mut put = |text: Cow<'_, str>| put(&mut self.waiting, text, place.from, place.to);
            let parts = letters_and_digits(word);
            if parts.len() > 1 {
                parts.into_iter().for_each(|part| put(Cow::Borrowed(part)));
                if *word != whole {
                    put(Cow::Borrowed(word));
                }
            } else if is_number(word) {
                put(Cow::Borrowed(word));
            } else if let Some(stem) = self.stems.of(word) {
                if stem != *word && is_in_capitals(&self.text[place.from..place.to]) {
                    put(Cow::Borrowed(word));
                }
                put(stem);
            }
        }
    }
}

/// Puts a term at the end, unless it says nothing.
fn put(waiting: &mut VecDeque<Term>, text: Cow<'_, str>, from: usize, to: usize) {
    if !is_stopword(&text) {
        waiting.push_back(Term { text: text.into_owned(), from, to });
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Whether a word as it stands in its text is one that capitals make a name of.
fn is_in_capitals(written: &str) -> bool {
    written.len() > 1 && written.bytes().all(|b| b.is_ascii_uppercase())
}

/// How many stems an indexing thread keeps.
const SLOTS: usize = 1 << 15;

/// The terms of a text as tokens.
#[derive(Clone)]
pub(super) struct RankingWords {
    token: Token,
    stems: Stems,
}

impl Default for RankingWords {
    fn default() -> Self {
        Self { token: Token::default(), stems: Stems::new(SLOTS) }
    }
}

pub(super) struct RankingStream<'a> {
    terms: Terms<'a>,
    token: &'a mut Token,
}

impl Tokenizer for RankingWords {
    type TokenStream<'a> = RankingStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> RankingStream<'a> {
        self.token.reset();
        RankingStream { terms: Terms::new(text, &mut self.stems), token: &mut self.token }
    }
}

impl TokenStream for RankingStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(place) = self.terms.next(&mut self.token.text) else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        (self.token.offset_from, self.token.offset_to) = (place.start, place.end);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
