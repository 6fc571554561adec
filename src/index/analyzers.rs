//! How text becomes words, for the index and for queries alike.
//!
//! - Unicode compatibility forms are unified (NFKC), case and accents dropped: `Sjögren` is `sjogren`, `H₂O` is `h2o`;
//! - everything but letters and digits parts words, so `IL-6` and `IL 6` are both `il`, `6`; a point between digits does
//!   not (`2.5`), nor do an apostrophe between letters (`O'Brien` is `obrien`), soft hyphens and other invisible characters;
//! - a possessive `'s` is dropped;
//! - one or two Greek letters become words of their own by name (`TNFα` is `tnf`, `alpha`); a longer run stays a Greek
//!   word; `µ` before a Latin letter is `u`, the usual way to write micrograms;
//! - the ranking fields leave out the words of `stopwords.txt` and cut the others to their English stem. The fields that
//!   boolean searches use do neither: PubMed does not stem.
//!
//! What joins the pieces of a compound differs from paper to paper. [`compounds`] tells a query's ways to write each one.

use std::collections::HashSet;
use std::sync::LazyLock;

use tantivy::tokenizer::{Stemmer, TextAnalyzer, Token, TokenFilter, TokenStream, Tokenizer, TokenizerManager};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The analyzer of the fields for exact searches.
pub(super) const EXACT: &str = "litmine-exact";
/// The analyzer of the fields for ranking.
pub(super) const RANKING: &str = "litmine-ranking";

/// The longest word, in bytes; what is longer is cut there, in the index and in queries alike.
const MAX_WORD: usize = 200;

/// Makes the analyzers known to an index.
pub(super) fn register(manager: &TokenizerManager) {
    manager.register(EXACT, TextAnalyzer::from(Words::default()));
    manager.register(RANKING, ranking());
}

fn ranking() -> TextAnalyzer {
    TextAnalyzer::builder(Words::default()).filter(NotStopwords).filter(Stemmer::default()).build()
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
    let mut found = Vec::new();
    let mut word = String::new();
    let (mut byte, mut point) = (0, 0);
    while let Some(place) = cutter.next(&mut word) {
        point += text[byte..place.from].chars().count() as u32;
        byte = place.from;
        found.push(point);
    }
    found
}

/// The words of a text as the ranking fields hold them.
pub(super) fn ranking_words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    ranking().token_stream(text).process(&mut |token| found.push(token.text.clone()));
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

/// Where a word stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    from: usize,
    to: usize,
    /// Whether only a hyphen, or nothing, parts it from the word before.
    glued: bool,
}

/// Cuts a text into words.
struct Cutter<'a> {
    text: &'a str,
    at: usize,
    /// Where the last word ended.
    last_end: Option<usize>,
}

impl<'a> Cutter<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, last_end: None }
    }

    /// The next word, written into `word`.
    fn next(&mut self, word: &mut String) -> Option<Place> {
        word.clear();
        let mut from = self.at;
        while let Some(c) = self.text[self.at..].chars().next() {
            let after = self.at + c.len_utf8();
            if c.is_ascii_alphanumeric() {
                word.push(c.to_ascii_lowercase());
            } else if is_invisible(c) {
                // It neither parts nor makes a word.
                if word.is_empty() {
                    from = after;
                }
            } else if is_apostrophe(c) && !word.is_empty() {
                let rest = &self.text[after..];
                let mut next = rest.chars();
                match (next.next(), next.next()) {
                    (Some('s' | 'S'), then) if !then.is_some_and(char::is_alphanumeric) => {
                        let end = self.at;
                        self.at = after + 1;
                        return Some(self.end(from, end));
                    }
                    (Some(c), _) if c.is_alphanumeric() => {}
                    _ => break,
                }
            } else if c == '.' && self.point_within_number(word, after) {
                word.push('.');
            } else if c.is_ascii() || !c.is_alphanumeric() {
                if !word.is_empty() {
                    break;
                }
                from = after;
            } else if let Some(run) = greek_run(&self.text[self.at..]) {
                if !word.is_empty() {
                    break;
                }
                return Some(self.greek(run, word));
            } else {
                fold(c, word);
            }
            self.at = after;
            if word.len() > MAX_WORD {
                self.skip_word();
                cut(word);
                break;
            }
        }
        let end = self.at;
        (!word.is_empty()).then(|| self.end(from, end))
    }

    fn end(&mut self, from: usize, to: usize) -> Place {
        let between = self.last_end.map(|end| &self.text[end..from]);
        let glued = between.is_some_and(|gap| {
            let mut seen = gap.chars().filter(|c| !is_invisible(*c));
            matches!((seen.next(), seen.next()), (None, _)) || (seen_one_hyphen(gap))
        });
        self.last_end = Some(to);
        Place { from, to, glued }
    }

    fn point_within_number(&self, word: &str, after: usize) -> bool {
        word.ends_with(|c: char| c.is_ascii_digit()) && self.text[after..].starts_with(|c: char| c.is_ascii_digit())
    }

    fn skip_word(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find(|c: char| !c.is_alphanumeric() && !is_invisible(c)).unwrap_or(rest.len());
    }

    /// Takes one Greek letter by its name, or a whole Greek word.
    fn greek(&mut self, run: GreekRun, word: &mut String) -> Place {
        let from = self.at;
        if run.letters > 2 {
            self.text[from..from + run.bytes].chars().for_each(|c| fold(c, word));
            self.at += run.bytes;
            cut(word);
        } else if run.is_micro {
            word.push('u');
            self.at += run.first_bytes;
            // The unit belongs to the same word.
            let rest = &self.text[self.at..];
            let unit = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            word.extend(rest[..unit].chars().map(|c| c.to_ascii_lowercase()));
            self.at += unit;
            cut(word);
        } else {
            word.push_str(run.name);
            self.at += run.first_bytes;
        }
        let end = self.at;
        self.end(from, end)
    }
}

/// Shortens a word to what the index holds of it.
fn cut(word: &mut String) {
    if word.len() > MAX_WORD {
        let end = (0..=MAX_WORD).rev().find(|&n| word.is_char_boundary(n)).unwrap_or(0);
        word.truncate(end);
    }
}

fn seen_one_hyphen(gap: &str) -> bool {
    let mut seen = gap.chars().filter(|c| !is_invisible(*c));
    seen.next().is_some_and(is_hyphen) && seen.next().is_none()
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{2BC}' | '\u{FF07}')
}

/// Combining accents, soft hyphens, joiners and marks of direction.
fn is_invisible(c: char) -> bool {
    !c.is_ascii()
        && (matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{300}'..='\u{36F}')
            || is_combining_mark(c))
}

/// Adds a character without its accents, in lower case.
fn fold(c: char, word: &mut String) {
    for c in std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)) {
        for c in c.to_lowercase().filter(|c| !is_combining_mark(*c)) {
            match c {
                'ø' => word.push('o'),
                'ł' => word.push('l'),
                'đ' | 'ð' => word.push('d'),
                'ß' => word.push_str("ss"),
                'æ' => word.push_str("ae"),
                'œ' => word.push_str("oe"),
                'þ' => word.push_str("th"),
                'ı' => word.push('i'),
                'ħ' => word.push('h'),
                'ς' => word.push('σ'),
                c if c.is_alphanumeric() => word.push(c),
                _ => {}
            }
        }
    }
}

/// A stretch of Greek letters.
struct GreekRun {
    letters: usize,
    bytes: usize,
    first_bytes: usize,
    name: &'static str,
    /// Whether it is a lone `µ` with a Latin letter after it.
    is_micro: bool,
}

fn greek_run(text: &str) -> Option<GreekRun> {
    let first = text.chars().next()?;
    let name = greek_name(first)?;
    let (mut letters, mut bytes) = (0, 0);
    for c in text.chars() {
        if greek_name(c).is_some() {
            letters += 1;
        } else if !is_invisible(c) {
            break;
        }
        bytes += c.len_utf8();
    }
    let latin_follows = text[bytes..].starts_with(|c: char| c.is_ascii_alphabetic());
    let first_bytes = first.len_utf8();
    Some(GreekRun { letters, bytes, first_bytes, name, is_micro: name == "mu" && letters == 1 && latin_follows })
}

/// The names of the Greek letters from alpha (U+03B1) on; the two sigmas have one.
const GREEK: [&str; 25] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
];

fn greek_name(c: char) -> Option<&'static str> {
    if c.is_ascii() {
        return None;
    }
    let bare = std::iter::once(c).nfkd().next()?.to_lowercase().next()?;
    GREEK.get((bare as usize).checked_sub(0x3B1)?).copied()
}

/// The words of a text as tokens.
#[derive(Clone, Default)]
struct Words {
    token: Token,
}

struct WordStream<'a> {
    cutter: Cutter<'a>,
    token: &'a mut Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { cutter: Cutter::new(text), token: &mut self.token }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(place) = self.cutter.next(&mut self.token.text) else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = place.from;
        self.token.offset_to = place.to;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Leaves out the stop words.
#[derive(Clone)]
struct NotStopwords;

#[derive(Clone)]
struct NotStopwordsOf<T>(T);

struct NotStopwordStream<S>(S);

impl TokenFilter for NotStopwords {
    type Tokenizer<T: Tokenizer> = NotStopwordsOf<T>;

    fn transform<T: Tokenizer>(self, inner: T) -> NotStopwordsOf<T> {
        NotStopwordsOf(inner)
    }
}

impl<T: Tokenizer> Tokenizer for NotStopwordsOf<T> {
    type TokenStream<'a> = NotStopwordStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        NotStopwordStream(self.0.token_stream(text))
    }
}

impl<S: TokenStream> TokenStream for NotStopwordStream<S> {
    fn advance(&mut self) -> bool {
        while self.0.advance() {
            if !is_stopword(&self.0.token().text) {
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        self.0.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.0.token_mut()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn forms_of(text: &str) -> Vec<String> {
        compounds(text).into_iter().flat_map(|c| c.forms).map(|form| form.join(" ")).collect()
    }

    #[test]
    fn case_accents_and_compatibility_forms_do_not_matter() {
        assert_eq!(
            words("Sjögren SJO\u{308}GREN Ménière ﬁbre H₂O Łódź Straße"),
            ["sjogren", "sjogren", "meniere", "fibre", "h2o", "lodz", "strasse"]
        );
    }

    #[test]
    fn greek_letters_go_by_name_and_greek_words_stay() {
        assert_eq!(
            words("TNFα β-blocker αβ 5 µg/mL μ-opioid καρδιά"),
            ["tnf", "alpha", "beta", "blocker", "alpha", "beta", "5", "ug", "ml", "mu", "opioid", "καρδια"]
        );
    }

    #[test]
    fn possessives_go_and_other_apostrophes_join() {
        assert_eq!(words("Alzheimer’s patients' O'Brien 5'-end"), ["alzheimer", "patients", "obrien", "5", "end"]);
    }

    #[test]
    fn points_part_words_but_not_numbers() {
        assert_eq!(words("HbA1c 7.5%. U.S. p<0.05.x"), ["hba1c", "7.5", "u", "s", "p", "0.05", "x"]);
    }

    #[test]
    fn invisible_characters_neither_join_nor_part() {
        assert_eq!(words("hyper\u{AD}tension e\u{301}tude zero\u{200B}width"), ["hypertension", "etude", "zerowidth"]);
    }

    #[test]
    fn a_compound_is_looked_for_in_its_usual_forms() {
        assert_eq!(forms_of("IL-6"), ["il 6", "il6"]);
        assert_eq!(forms_of("IL6"), ["il6", "il 6"]);
        assert_eq!(forms_of("beta-blocker"), ["beta blocker", "betablocker"]);
        assert_eq!(forms_of("2019-2020"), ["2019 2020"]);
        assert_eq!(forms_of("heart failure"), ["heart", "failure"]);
        assert_eq!(forms_of("TNFα"), ["tnf alpha", "tnfalpha"]);
        assert_eq!(forms_of("1-methyl-4-phenyl-1,2"), ["1 methyl 4 phenyl 1", "2"]);
    }

    #[test]
    fn ranking_words_are_stems_without_stop_words() {
        assert_eq!(ranking_words("the effects of treated patients with p53"), ["effect", "treat", "patient", "p53"]);
    }

    #[test]
    fn very_long_words_are_cut_alike_everywhere() {
        let long = "é".repeat(1000);
        let cut = words(&format!("{long} end"));
        assert_eq!((cut[0].len(), cut[1].as_str()), (MAX_WORD, "end"));
        assert_eq!(words(&"β".repeat(500))[0].len(), MAX_WORD);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_words_are_stable(text in "\\PC*") {
            let once = words(&text);
            prop_assert!(once.iter().all(|w| !w.is_empty() && w.len() <= MAX_WORD));
            let again = words(&once.join(" "));
            // A Greek word of one or two letters may be left over from a longer one; nothing else may change.
            if text.is_ascii() {
                prop_assert_eq!(again, once);
            }
            for compound in compounds(&text) {
                prop_assert!(compound.forms.iter().all(|form| !form.is_empty()));
            }
        }
    }
}
