//! A sentence as words, and the cues found in it.

use std::ops::{Deref, Range};

use serde::Deserialize;

/// A word, a number with its decimals, or one sign of punctuation, folded: lower case, without apostrophes; a hyphen parts words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// Of a number its plain form: "0.65" for "·65" and "0·65", "1200" for "1,200".
    pub(super) text: String,
    pub(super) bytes: Range<usize>,
}

impl Word {
    /// Whether it is punctuation that ends a clause.
    pub(super) fn ends_clause(&self) -> bool {
        matches!(self.text.as_str(), ";" | "." | ":" | "(" | ")" | "[" | "]")
    }

    pub(super) fn is_number(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_digit())
    }

    pub(super) fn is_word(&self) -> bool {
        self.text.starts_with(char::is_alphabetic)
    }
}

/// Splits a sentence.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(text.len() / 6);
    let mut open: Option<Word> = None;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let rest = &text[end..];
        if c.is_alphanumeric() || is_apostrophe(c) && open.is_some() {
            let word = open.get_or_insert_with(|| Word { text: String::new(), bytes: at..end });
            word.bytes.end = end;
            if !is_apostrophe(c) {
                word.text.extend(c.to_lowercase());
            }
            continue;
        }
        let whole = open.as_ref().is_some_and(|word| word.text.bytes().all(|b| b.is_ascii_digit()));
        if is_point(c) && rest.starts_with(|c: char| c.is_ascii_digit()) && (whole || open.is_none()) {
            let word = open.get_or_insert_with(|| Word { text: "0".to_owned(), bytes: at..end });
            word.text.push('.');
            word.bytes.end = end;
        } else if c == ',' && whole && is_thousands(rest) {
            // "1,200": the comma goes.
        } else {
            words.extend(open.take());
            if !c.is_whitespace() && !is_hyphen(c) && !is_apostrophe(c) {
                words.push(Word { text: c.to_string(), bytes: at..end });
            }
        }
    }
    words.extend(open);
    words
}

/// Signs that part the decimals.
fn is_point(c: char) -> bool {
    matches!(c, '.' | '\u{b7}')
}

/// Whether three digits follow, and no more.
fn is_thousands(rest: &str) -> bool {
    let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
    digits == 3
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

/// How many words a `*` may stand for.
const GAP: usize = 3;

/// If `pattern`, words with single blanks, stands at `at`: how many words of the sentence it takes.
pub(super) fn matches_at(words: &[Word], at: usize, pattern: &str) -> Option<usize> {
    let mut next = at;
    let mut parts = pattern.split(' ').peekable();
    while let Some(part) = parts.next() {
        if part == "*" {
            let after = parts.next()?;
            let gap = (0..=GAP).find(|gap| words.get(next + gap).is_some_and(|word| word.text == after))?;
            if words[next..next + gap].iter().any(|word| !word.is_word()) {
                return None;
            }
            next += gap + 1;
        } else if words.get(next)?.text == part {
            next += 1;
        } else {
            return None;
        }
    }
    Some(next - at)
}

/// A list of phrases, each words with single blanks. They are kept in order, so that those that begin with a word lie together: the lists
/// are long and most words begin none of their phrases.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub(super) struct Phrases {
    phrases: Vec<String>,
    /// Where those begin whose first byte is at least this: most words are told by their first letter.
    from: Vec<u16>,
}

impl From<Vec<String>> for Phrases {
    fn from(mut phrases: Vec<String>) -> Self {
        phrases.sort_unstable();
        let from = (0..=u8::MAX).map(|byte| phrases.partition_point(|phrase| phrase.as_bytes() < [byte].as_slice()));
        Self { from: from.chain([phrases.len()]).map(|at| at as u16).collect(), phrases }
    }
}

impl Deref for Phrases {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.phrases
    }
}

impl Phrases {
    /// Those with the same first byte.
    fn like(&self, word: &str) -> &[String] {
        let place = |byte: usize| self.from.get(byte).map_or(0, |at| usize::from(*at));
        let first = word.bytes().next().map_or(0, usize::from);
        &self.phrases[place(first)..place(first + 1)]
    }

    /// Whether a word is one of them.
    fn has(&self, word: &str) -> bool {
        self.like(word).iter().any(|phrase| phrase == word)
    }

    /// Those whose first word is this one.
    fn beginning(&self, first: &str) -> impl Iterator<Item = &str> {
        let rest = move |phrase: &&String| {
            phrase.strip_prefix(first).is_some_and(|rest| matches!(rest.bytes().next(), None | Some(b' ')))
        };
        self.like(first).iter().filter(rest).map(String::as_str)
    }
}

/// Whether a word is in a list.
pub(super) fn listed(list: &Phrases, word: &Word) -> bool {
    list.has(&word.text)
}

/// The longest of the phrases that stands at `at`.
pub(super) fn longest_at(words: &[Word], at: usize, phrases: &Phrases) -> Option<usize> {
    let first = words.get(at)?.text.as_str();
    phrases.beginning(first).filter_map(|phrase| matches_at(words, at, phrase)).max()
}

/// Whether any of the phrases stands anywhere.
pub(super) fn any(words: &[Word], phrases: &Phrases) -> bool {
    (0..words.len()).any(|at| longest_at(words, at, phrases).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_whole() {
        let texts = |text: &str| words(text).into_iter().map(|word| word.text).collect::<Vec<_>>();
        assert_eq!(
            texts("0.74 (0\u{b7}65\u{2013}.85), 1,200 vs 12,5."),
            ["0.74", "(", "0.65", "\u{2013}", "0.85", ")", ",", "1200", "vs", "12", ",", "5", "."]
        );
        assert_eq!(texts("P<.001; IL6.5 mg v1.2.3"), ["p", "<", "0.001", ";", "il6", ".", "5", "mg", "v1", ".", "2.3"]);
        let all = words("was 1,200.");
        assert_eq!(all[1].bytes, 4..9);
    }

    #[test]
    fn a_star_stands_for_a_few_words() {
        let all = words("There was no statistically significant difference; no one saw a bird.");
        assert_eq!(matches_at(&all, 2, "no * difference"), Some(4));
        assert_eq!(matches_at(&all, 7, "no * difference"), None);
        assert!(any(&words("a non-inferior drug"), &Phrases::from(vec!["non inferior".to_owned()])));
    }

    #[test]
    fn the_longest_phrase_is_found_among_those_that_begin_with_a_word() {
        let phrases = ["no", "no effect", "not", "no effect on", "node", "benefit"].map(str::to_owned);
        let phrases = Phrases::from(phrases.to_vec());
        let all = words("no effect on nodes, not a node");
        assert_eq!(longest_at(&all, 0, &phrases), Some(3));
        assert_eq!(longest_at(&all, 3, &phrases), None);
        assert_eq!(longest_at(&all, 5, &phrases), Some(1));
        assert!(listed(&phrases, &all[7]) && !listed(&phrases, &all[3]));
    }
}
