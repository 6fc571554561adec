//! Lays the letters of a short form on those of the words before it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::extract::table::{rows, words};

static SMALL_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| words(include_str!("small_words.tsv")).collect());
static KINDS: LazyLock<HashSet<&str>> = LazyLock::new(|| words(include_str!("kinds.tsv")).collect());
static NUMBER_WORDS: LazyLock<Vec<(char, &str)>> = LazyLock::new(|| {
    rows(include_str!("number_words.tsv"))
        .filter_map(|row| Some((row.first()?.chars().next()?, *row.get(1)?)))
        .collect()
});

/// What it costs to lay a letter inside a word, …
const INSIDE: f32 = 1.0;
/// … right behind the letter before it, …
const BESIDE: f32 = 0.5;
/// … on the first letter after a hyphen, …
const PART: f32 = 0.1;
/// … and the first letter of the short form on such a one.
const FIRST_ON_PART: f32 = 0.6;
/// What it costs to leave out a word, …
const SKIPPED: f32 = 1.6;
/// … a small word, …
const SKIPPED_SMALL: f32 = 0.15;
/// … or a word at the end, …
const SKIPPED_LAST: f32 = 3.0;
/// … which costs less where it only says what kind of thing is named ("preoptic nucleus"), …
const SKIPPED_KIND: f32 = 1.0;
/// … and to reach across a comma.
const COMMA: f32 = 0.7;

/// A long form found: where it begins among the characters searched, and the cost for each letter of the short form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Alignment {
    pub(super) start: usize,
    pub(super) cost: f32,
}

/// One character of the words searched.
struct Letter {
    /// Folded: lower case, Greek letters as the first of their names.
    folded: char,
    word: usize,
    begins_word: bool,
    begins_part: bool,
}

/// Finds the cheapest long form of `short` that ends where `text` ends; with `from_start`, one that also begins where it begins.
pub(super) fn align(short: &str, text: &[char], from_start: bool) -> Option<Alignment> {
    let pattern: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).map(fold).collect();
    let small: Vec<bool> = short.chars().filter(|c| c.is_alphanumeric()).map(char::is_lowercase).collect();
    if pattern.is_empty() {
        return None;
    }
    let (letters, skip) = letters(text);
    let last_word = letters.last()?.word;
    let ends_with_kind = ends_with_kind(text);
    // Right to left: `best[k]` is the cost of laying what is left of the short form, its first letter on `k`.
    let mut best: Vec<(usize, f32)> = Vec::new();
    for (i, &wanted) in pattern.iter().enumerate().rev() {
        let mut next = Vec::new();
        for (at, letter) in letters.iter().enumerate() {
            if !matches_letter(wanted, letter, text, at) {
                continue;
            }
            let rest = if i + 1 == pattern.len() {
                let left = last_word - letter.word;
                if left == 1 && ends_with_kind {
                    SKIPPED_KIND
                } else {
                    (left as f32) * (SKIPPED_LAST - SKIPPED) + skip[last_word + 1] - skip[letter.word + 1]
                }
            } else {
                let onward = best.iter().filter(|(then, _)| *then > at).map(|&(then, cost)| {
                    let other = &letters[then];
                    let beside = then == at + 1 && !other.begins_word && !other.begins_part;
                    let between = if other.word > letter.word { skip[other.word] - skip[letter.word + 1] } else { 0.0 };
                    cost + between - if beside { INSIDE - BESIDE } else { 0.0 }
                });
                onward.fold(f32::INFINITY, f32::min)
            };
            if rest.is_finite() {
                next.push((at, rest + place_cost(i, letter, small[i], letters.len() - 1 == at)));
            }
        }
        best = next;
    }
    best.into_iter()
        .filter(|&(at, _)| letters[at].begins_word || letters[at].begins_part)
        .filter(|&(at, _)| !from_start || at == 0)
        .map(|(start, cost)| Alignment { start, cost: cost / pattern.len() as f32 })
        .min_by(|a, b| a.cost.total_cmp(&b.cost).then(b.start.cmp(&a.start)))
}

/// Whether the last word only says what kind of thing is named.
fn ends_with_kind(text: &[char]) -> bool {
    let last: String = text.rsplit(|c| c.is_whitespace()).next().unwrap_or_default().iter().collect();
    KINDS.contains(last.to_lowercase().as_str())
}

fn place_cost(i: usize, letter: &Letter, small: bool, last: bool) -> f32 {
    if letter.begins_word {
        0.0
    } else if letter.begins_part {
        if i == 0 { FIRST_ON_PART } else { PART }
    } else if small && last {
        // The plural's s.
        0.0
    } else if small {
        INSIDE * 0.6
    } else {
        INSIDE
    }
}

/// The characters with their words, and the running cost of leaving each word out: `skip[w]` is that of all words before `w`.
fn letters(text: &[char]) -> (Vec<Letter>, Vec<f32>) {
    let mut letters: Vec<Letter> = Vec::with_capacity(text.len());
    let mut skip = vec![0.0];
    let mut word = String::new();
    let mut comma = false;
    let mut previous = ' ';
    // Whether the word has had no letter yet.
    let mut locants = true;
    for &c in text {
        let begins_word = previous.is_whitespace() && !c.is_whitespace();
        if c.is_whitespace() && !previous.is_whitespace() {
            skip.push(skip.last().copied().unwrap_or(0.0) + skip_cost(&word, comma));
            word.clear();
            comma = false;
        }
        word.extend(c.to_lowercase().filter(|c| c.is_alphanumeric()));
        comma |= matches!(c, ',' | ';' | ':');
        let begins_part = c.is_alphanumeric()
            && !begins_word
            && (!previous.is_alphanumeric() || previous.is_numeric() != c.is_numeric());
        // A bracket or a quote before a word does not take its beginning away.
        let begins_word = begins_word
            || (begins_part
                && matches!(previous, '(' | '[' | '"' | '“' | '\'')
                && letters.last().is_some_and(|l| l.begins_word));
        // The name of a chemical begins behind its locants: "2,6-diaminopurine".
        let begins_word = begins_word || begins_part && c.is_alphabetic() && locants;
        locants = (c.is_whitespace() || locants) && !c.is_alphabetic();
        let begins_part = begins_part && !begins_word;
        letters.push(Letter { folded: fold(c), word: skip.len() - 1, begins_word, begins_part });
        previous = c;
    }
    skip.push(skip.last().copied().unwrap_or(0.0) + skip_cost(&word, comma));
    (letters, skip)
}

fn skip_cost(word: &str, comma: bool) -> f32 {
    let word_cost = match word {
        "" => 0.0,
        word if SMALL_WORDS.contains(word) => SKIPPED_SMALL,
        _ => SKIPPED,
    };
    word_cost + if comma { COMMA } else { 0.0 }
}

fn matches_letter(wanted: char, letter: &Letter, text: &[char], at: usize) -> bool {
    if wanted == letter.folded {
        return true;
    }
    let begins = letter.begins_word || letter.begins_part;
    begins
        && wanted.is_ascii_digit()
        && NUMBER_WORDS.iter().filter(|(digit, _)| *digit == wanted).any(|(_, name)| {
            let mut ahead = text[at..].iter();
            name.chars().all(|c| ahead.next().is_some_and(|t| fold(*t) == c))
        })
}

/// Lower case, Greek letters as the first letter of their names, letters of other alphabets as they are.
fn fold(c: char) -> char {
    let lower = c.to_lowercase().next().unwrap_or(c);
    match lower {
        'α' => 'a',
        'β' | 'ß' => 'b',
        'γ' => 'g',
        'δ' => 'd',
        'ε' => 'e',
        'ζ' => 'z',
        'η' => 'e',
        'θ' | 'τ' => 't',
        'κ' => 'k',
        'λ' => 'l',
        'μ' | 'µ' => 'm',
        'π' | 'φ' | 'ψ' => 'p',
        'ρ' => 'r',
        'σ' => 's',
        'χ' => 'c',
        'ω' => 'o',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'á' | 'à' | 'â' | 'ä' | 'å' => 'a',
        'ö' | 'ó' | 'ô' | 'ø' => 'o',
        'ü' | 'ú' | 'û' => 'u',
        'í' | 'ï' => 'i',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}
