//! A sentence as words, and the cues found in it.

use std::ops::Range;

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

/// The longest of `patterns` that stands at `at`.
pub(super) fn longest_at(words: &[Word], at: usize, patterns: &[String]) -> Option<usize> {
    // The lists are long and most words begin none of their patterns.
    let first = words.get(at)?.text.as_str();
    let begins =
        |pattern: &&String| pattern.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    patterns.iter().filter(begins).filter_map(|pattern| matches_at(words, at, pattern)).max()
}

/// Whether any of `patterns` stands anywhere.
pub(super) fn any(words: &[Word], patterns: &[String]) -> bool {
    (0..words.len()).any(|at| longest_at(words, at, patterns).is_some())
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
        assert!(any(&words("a non-inferior drug"), &["non inferior".to_owned()]));
    }
}
