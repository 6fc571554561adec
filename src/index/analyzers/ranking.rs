//! The terms by which documents are ranked.

use std::borrow::Cow;
use std::collections::VecDeque;

use frostem::{Algorithm, Stemmer};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::cutter::{Cutter, Place};
use super::{is_stopword, letters_and_digits};

/// The most pieces that a compound may have to be kept whole. The names of larger molecules are found by their parts.
const MAX_PIECES: usize = 12;

/// A term and where it stands in the text.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) text: String,
    from: usize,
    to: usize,
}

/// Cuts a text into terms.
pub(super) struct Terms<'a> {
    text: &'a str,
    cutter: Cutter<'a>,
    stemmer: Stemmer,
    /// The words of the compound that is being read; `filled` of them count, the others are kept for their memory.
    run: Vec<(String, Place)>,
    filled: usize,
    /// Whether the last word of `run` belongs to the next compound.
    ahead: bool,
    ended: bool,
    waiting: VecDeque<Term>,
}

impl<'a> Terms<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            cutter: Cutter::new(text),
            stemmer: Stemmer::new(Algorithm::English),
            run: Vec::new(),
            filled: 0,
            ahead: false,
            ended: false,
            waiting: VecDeque::new(),
        }
    }

    /// The next term.
    pub(super) fn next(&mut self) -> Option<Term> {
        while self.waiting.is_empty() {
            if self.ended && !self.ahead {
                return None;
            }
            self.read_compound();
            self.put_terms();
        }
        self.waiting.pop_front()
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
            } else if !is_stopword(word) {
                let stem = self.stemmer.stem(word);
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

/// The terms of a text as tokens.
#[derive(Clone, Default)]
pub(super) struct RankingWords {
    token: Token,
}

pub(super) struct RankingStream<'a> {
    terms: Terms<'a>,
    token: &'a mut Token,
}

impl Tokenizer for RankingWords {
    type TokenStream<'a> = RankingStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> RankingStream<'a> {
        self.token.reset();
        RankingStream { terms: Terms::new(text), token: &mut self.token }
    }
}

impl TokenStream for RankingStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(term) = self.terms.next() else { return false };
        self.token.text = term.text;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = term.from;
        self.token.offset_to = term.to;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
