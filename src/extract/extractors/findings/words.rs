//! A sentence as words, and the cues found in it.

use std::ops::Range;

/// A word, or one sign of punctuation, folded: lower case, without apostrophes; a hyphen parts words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
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
        if c.is_alphanumeric() || is_apostrophe(c) && open.is_some() {
            let end = at + c.len_utf8();
            let word = open.get_or_insert_with(|| Word { text: String::new(), bytes: at..end });
            word.bytes.end = end;
            if !is_apostrophe(c) {
                word.text.extend(c.to_lowercase());
            }
        } else {
            words.extend(open.take());
            if !c.is_whitespace() && !is_hyphen(c) && !is_apostrophe(c) {
                words.push(Word { text: c.to_string(), bytes: at..at + c.len_utf8() });
            }
        }
    }
    words.extend(open);
    words
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

/// The longest of `patterns` that stands at `at`.
pub(super) fn longest_at(words: &[Word], at: usize, patterns: &[String]) -> Option<usize> {
    patterns.iter().filter_map(|pattern| matches_at(words, at, pattern)).max()
}

/// Whether any of `patterns` stands anywhere.
pub(super) fn any(words: &[Word], patterns: &[String]) -> bool {
    (0..words.len()).any(|at| longest_at(words, at, patterns).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_a_few_words() {
        let all = words("There was no statistically significant difference; no one saw a bird.");
        assert_eq!(matches_at(&all, 2, "no * difference"), Some(4));
        assert_eq!(matches_at(&all, 7, "no * difference"), None);
        assert!(any(&words("a non-inferior drug"), &["non inferior".to_owned()]));
    }
}
