//! Where the words of a text begin and end.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word, in bytes; what is longer is cut there, in the index and in queries alike.
pub(super) const MAX_WORD: usize = 200;

/// Where a word stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether only a hyphen, or nothing, parts it from the word before.
    pub(super) glued: bool,
    /// Whether it is of one piece with the word before, as the parts of a chemical name are.
    pub(super) chained: bool,
}

/// Cuts a text into words.
pub(super) struct Cutter<'a> {
    text: &'a str,
    at: usize,
    /// Where the last word ended.
    last_end: Option<usize>,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, last_end: None }
    }

    /// The next word, written into `word`.
    pub(super) fn next(&mut self, word: &mut String) -> Option<Place> {
        word.clear();
        if let Some(place) = self.plain_word() {
            word.push_str(&self.text[place.from..place.to]);
            word.make_ascii_lowercase();
            return Some(place);
        }
        self.any_word(word)
    }

    /// Where the next word stands, where it does not matter how it is written. `room` is overwritten.
    pub(super) fn next_place(&mut self, room: &mut String) -> Option<Place> {
        room.clear();
        self.plain_word().or_else(|| self.any_word(room))
    }

    /// Finds a word of ASCII letters and digits that is certain to end where they do, as most words are. None where the next
    /// word needs a closer look; nothing is read then.
    fn plain_word(&mut self) -> Option<Place> {
        let rest = &self.text.as_bytes()[self.at..];
        let skipped = rest.iter().position(|b| KINDS[usize::from(*b)] != Kind::Sign)?;
        let rest = &rest[skipped..];
        let length = rest.iter().position(|b| KINDS[usize::from(*b)] != Kind::Word).unwrap_or(rest.len());
        let ends = match rest[length..] {
            [] => true,
            [b'.', next, ..] => !next.is_ascii_digit(),
            [next, ..] => next.is_ascii() && next != b'\'',
        };
        if length == 0 || length > MAX_WORD || !ends {
            return None;
        }
        let from = self.at + skipped;
        self.at = from + length;
        Some(self.end(from, self.at))
    }

    /// The next word, whatever it is made of.
    pub(super) fn any_word(&mut self, word: &mut String) -> Option<Place> {
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
        // Nothing that begins with a blank holds words together.
        if self.last_end.is_some_and(|end| self.text.as_bytes().get(end) == Some(&b' ')) && self.last_end != Some(from)
        {
            self.last_end = Some(to);
            return Place { from, to, glued: false, chained: false };
        }
        let between = self.last_end.map(|end| &self.text[end..from]);
        let glued = between.is_some_and(|gap| {
            let mut seen = gap.chars().filter(|c| !is_invisible(*c));
            matches!((seen.next(), seen.next()), (None, _)) || (seen_one_hyphen(gap))
        });
        let chained = glued || self.last_end.is_some_and(|end| self.is_chain(end, from));
        self.last_end = Some(to);
        Place { from, to, glued, chained }
    }

    /// Whether nothing but what stands within a chemical name lies between: hyphens, brackets, primes, and commas between digits.
    fn is_chain(&self, from: usize, to: usize) -> bool {
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let mut gap = self.text[from..to].chars().filter(|c| !is_invisible(*c));
        gap.all(|c| match c {
            '(' | ')' | '[' | ']' | '{' | '}' | '+' | '\'' | '\u{2032}' => true,
            ',' => is_digit(self.text[..from].chars().next_back()) && is_digit(self.text[to..].chars().next()),
            c => is_hyphen(c),
        })
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

/// What a byte of UTF-8 is to the words around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An ASCII letter or digit.
    Word,
    /// Another character of ASCII.
    Sign,
    /// A part of another character.
    Other,
}

/// The kind of each byte: text is mostly told by looking it up.
const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte: u8 = 0;
    while byte.is_ascii() {
        kinds[byte as usize] = if byte.is_ascii_alphanumeric() { Kind::Word } else { Kind::Sign };
        byte += 1;
    }
    kinds
};

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
