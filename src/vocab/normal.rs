//! The one normal form of names: what a person types, what a vocabulary holds and what a text says meet in it.
//!
//! A text becomes tokens, runs of letters or of digits. Letters lose case and accents, Greek ones become their names; a word
//! takes its singular and its American spelling; a possessive `'s` and everything that is neither letter nor digit go. `IL-6`,
//! `IL 6` and `IL6` are one name, and so are `Crohn's disease` and `Crohn disease`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::words;

/// The normal form of a name: its tokens, one blank between them.
///
/// ```
/// use litmine::vocab::normalize;
/// assert_eq!(normalize("β-Blockers"), "beta blocker");
/// assert_eq!(normalize("iron-deficiency anaemia"), normalize("Iron deficiency anemias"));
/// ```
pub fn normalize(words: &str) -> String {
    let mut tokens = Tokens::default();
    tokens.read(words);
    tokens.joined()
}

/// A name of the inverted form that catalogues use, put in the order of speech: `Diabetes Mellitus, Type 2` becomes
/// `Type 2 Diabetes Mellitus`. None where nothing is inverted.
pub(super) fn uninverted(name: &str) -> Option<String> {
    name.contains(", ").then(|| name.rsplit(", ").collect::<Vec<_>>().join(" "))
}

/// A token and where it stood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// Its first byte in the original.
    pub(super) start: usize,
    /// The byte after its last.
    pub(super) end: usize,
    from: usize,
    to: usize,
}

/// The tokens of a text. One value serves many texts, so that its buffers are allocated once.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    normal: String,
    tokens: Vec<Token>,
    open: Option<Open>,
}

/// What a token is made of; a change ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Digits,
    Greek,
}

/// The token being read.
#[derive(Debug, Clone, Copy)]
struct Open {
    kind: Kind,
    start: usize,
    end: usize,
    from: usize,
    /// Capitals so far, while all letters were; none once a small one came.
    capitals: Option<u32>,
    /// Whether the last letter is a small `s` behind nothing but capitals: `SSRIs`.
    plural_of_capitals: bool,
}

impl Tokens {
    /// Reads a text in place of the one before.
    pub(super) fn read(&mut self, text: &str) {
        self.normal.clear();
        self.tokens.clear();
        self.open = None;
        let mut at = 0;
        while let Some(&byte) = text.as_bytes().get(at) {
            at = match byte {
                b'a'..=b'z' => self.letter(char::from(byte), false, at, at + 1),
                b'A'..=b'Z' => self.letter(char::from(byte.to_ascii_lowercase()), true, at, at + 1),
                b'0'..=b'9' => self.push(Kind::Digits, char::from(byte), at, at + 1),
                b'\'' => self.apostrophe(text, at, at + 1),
                0..128 => {
                    self.close();
                    at + 1
                }
                128.. => self.beyond_ascii(text, at),
            };
        }
        self.close();
    }

    /// The tokens in order.
    pub(super) fn as_slice(&self) -> &[Token] {
        &self.tokens
    }

    /// The normal form of a token of this text.
    pub(super) fn text(&self, token: Token) -> &str {
        self.normal.get(token.from..token.to).unwrap_or_default()
    }

    /// Whether nothing separates the token at `at` from the one before: `CD4`, `½`.
    pub(super) fn glued(&self, at: usize) -> bool {
        match (at.checked_sub(1).and_then(|before| self.tokens.get(before)), self.tokens.get(at)) {
            (Some(before), Some(token)) => token.start <= before.end,
            _ => false,
        }
    }

    fn joined(&self) -> String {
        let mut joined = String::with_capacity(self.normal.len() + self.tokens.len());
        for &token in &self.tokens {
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(self.text(token));
        }
        joined
    }

    fn push(&mut self, kind: Kind, c: char, start: usize, end: usize) -> usize {
        if self.open.is_some_and(|open| open.kind != kind) {
            self.close();
        }
        let from = self.normal.len();
        let fresh = Open { kind, start, end, from, capitals: Some(0), plural_of_capitals: false };
        self.open.get_or_insert(fresh).end = end;
        self.normal.push(c);
        end
    }

    fn letter(&mut self, small: char, capital: bool, start: usize, end: usize) -> usize {
        self.push(Kind::Letters, small, start, end);
        if let Some(open) = &mut self.open {
            open.plural_of_capitals = small == 's' && !capital && open.capitals.is_some_and(|n| n >= 2);
            open.capitals = if capital { open.capitals.map(|n| n + 1) } else { None };
        }
        end
    }

    /// A possessive `'s` goes; any other apostrophe separates.
    fn apostrophe(&mut self, text: &str, start: usize, end: usize) -> usize {
        let was_word = self.open.is_some();
        self.close();
        let mut rest = text.get(end..).unwrap_or_default().chars();
        let possessive = was_word && start > 0 && matches!(rest.next(), Some('s' | 'S'));
        if possessive && !rest.next().is_some_and(char::is_alphanumeric) { end + 1 } else { end }
    }

    fn beyond_ascii(&mut self, text: &str, at: usize) -> usize {
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { return at + 1 };
        let end = at + c.len_utf8();
        match c {
            '\u{2019}' | '\u{2018}' | '\u{02bc}' => return self.apostrophe(text, at, end),
            // Soft hyphens and zero-width characters are typesetting, no part of a word.
            '\u{00ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => return end,
            '™' | '®' | '©' => {
                self.close();
                return end;
            }
            _ if is_combining_mark(c) => {
                if let Some(open) = &mut self.open {
                    open.end = end;
                }
                return end;
            }
            _ => {}
        }
        for part in std::iter::once(c).nfkd().filter(|part| !is_combining_mark(*part)) {
            let capital = part.is_uppercase();
            for small in part.to_lowercase().filter(|small| !is_combining_mark(*small)) {
                self.folded(small, capital, at, end);
            }
        }
        end
    }

    fn folded(&mut self, small: char, capital: bool, start: usize, end: usize) {
        if let Some(name) = words::greek_name(small) {
            self.close();
            for letter in name.chars() {
                self.push(Kind::Greek, letter, start, end);
            }
            self.close();
            return;
        }
        let plain = match small {
            'æ' => "ae",
            'œ' => "oe",
            'ø' => "o",
            'ß' => "ss",
            'ł' => "l",
            'đ' | 'ð' => "d",
            'ı' => "i",
            _ => "",
        };
        if !plain.is_empty() {
            for letter in plain.chars() {
                self.letter(letter, capital, start, end);
            }
        } else if small.is_ascii_digit() {
            self.push(Kind::Digits, small, start, end);
        } else if small.is_alphanumeric() {
            self.letter(small, capital, start, end);
        } else {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.kind == Kind::Letters {
            if open.plural_of_capitals {
                self.normal.pop();
            } else {
                words::fold(&mut self.normal, open.from);
            }
        }
        self.tokens.push(Token { start: open.start, end: open.end, from: open.from, to: self.normal.len() });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_meet() {
        for (one, other) in [
            ("IL-6", "IL 6"),
            ("IL-6", "il6"),
            ("TNF-α", "TNFalpha".replace("alpha", "-alpha").as_str()),
            ("TNFα", "tnf alpha"),
            ("β-blockers", "Beta Blocker"),
            ("Crohn's disease", "Crohn disease"),
            ("Crohn’s disease", "crohn's disease"),
            ("Ménière's disease", "Meniere disease"),
            ("oedema", "edema"),
            ("ischaemic heart diseases", "Ischemic heart disease"),
            ("haemorrhages", "hemorrhage"),
            ("tumours", "tumor"),
            ("hospitalisation", "hospitalization"),
            ("randomised", "randomized"),
            ("diarrhoea", "Diarrhea"),
            ("cognitive behavioural therapies", "cognitive behavioral therapy"),
            ("gastro-oesophageal", "gastro esophageal"),
            ("SSRIs", "SSRI"),
            ("ssris", "SSRI"),
            ("metastases", "metastasis"),
            ("arthritides", "arthritis"),
            ("carcinomata", "carcinomas"),
            ("ﬁbrosis", "fibrosis"),
            ("COVID-19", "covid19"),
        ] {
            assert_eq!(normalize(one), normalize(other), "{one} and {other}");
        }
    }

    #[test]
    fn words_that_are_no_plurals_stay() {
        for word in [
            "diabetes",
            "pancreatitis",
            "aids",
            "sepsis",
            "illness",
            "virus",
            "ards",
            "ascites",
            "herpes",
            "rabies",
            "measles",
            "pancreas",
            "gas",
            "species",
        ] {
            assert_eq!(normalize(word), word);
            assert_eq!(normalize(&word.to_uppercase()), word);
        }
    }

    #[test]
    fn words_that_only_look_british_stay() {
        for word in
            ["exercise", "disease", "raised", "four", "hour", "our", "organism", "metabolism", "aerobic", "shoe"]
        {
            assert_eq!(normalize(word), word);
        }
    }

    #[test]
    fn nothing_remains_of_punctuation() {
        assert_eq!(normalize(" -- (') ™ "), "");
        assert_eq!(normalize("5'-nucleotidase"), "5 nucleotidase");
        assert_eq!(normalize("patients' views"), "patient view");
    }

    #[test]
    fn inversions_are_undone() {
        assert_eq!(uninverted("Diabetes Mellitus, Type 2").as_deref(), Some("Type 2 Diabetes Mellitus"));
        assert_eq!(uninverted("Leukemia, Myeloid, Acute").as_deref(), Some("Acute Myeloid Leukemia"));
        assert_eq!(uninverted("1,2-Dipalmitoylphosphatidylcholine"), None);
    }

    proptest! {
        #[test]
        fn tokens_stand_in_order_on_character_boundaries(text in "\\PC{0,60}|[a-zA-Zé½ßİαΩ'’0-9 .,-]{0,60}") {
            let mut tokens = Tokens::default();
            tokens.read(&text);
            let mut last = 0;
            for &token in tokens.as_slice() {
                prop_assert!(text.get(token.start..token.end).is_some_and(|part| !part.is_empty()));
                prop_assert!(token.start >= last);
                prop_assert!(!tokens.text(token).is_empty());
                prop_assert!(!tokens.text(token).contains(' '));
                last = token.start;
            }
        }

        #[test]
        fn case_of_long_words_does_not_matter(text in "[a-z]{6,12}( [a-z]{6,12}){0,3}") {
            prop_assert_eq!(normalize(&text), normalize(&text.to_uppercase()));
        }
    }
}
