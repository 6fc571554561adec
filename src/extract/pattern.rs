//! Regular expressions that most texts are turned away from at little cost.
//!
//! What papers say stands in sentences of many shapes, and the expressions for it have bounded gaps (`{1,160}`) and letters of every script.
//! An automaton for those has thousands of states and is built anew for each text. A [`Pattern`] therefore has a sieve before it: an
//! expression that matches wherever its own does, and elsewhere too, but is small. Only what passes is looked at closely, so that the
//! outcome is that of the expression as it was written.

use std::sync::OnceLock;

use regex::{CaptureMatches, Captures, Match, Matches, Regex, bytes};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind, Look, Repetition};

/// A class with more characters beyond ASCII than this is widened to all of those.
const FEW: usize = 4;

/// How large the automaton of a sieve may grow, in bytes. It is built while texts are read, and begun anew when it is full: where the usual two
/// million do not hold what sentences make of it, it is begun anew all the time.
const LARGEST: usize = 32 << 20;

/// A regular expression with a sieve before it.
#[derive(Debug)]
pub(crate) struct Pattern {
    form: String,
    sieve: bytes::Regex,
    /// Made when the first text passes the sieve: that takes a thousand times as long as the sieve.
    exact: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Reads an expression.
    ///
    /// # Errors
    /// Where it is none. That it is too large shows when it is first needed: see [`Pattern::is_sound`].
    pub(crate) fn new(form: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let wide = widened(&regex_syntax::parse(form)?).to_string();
        let sieve = bytes::RegexBuilder::new(&wide).dfa_size_limit(LARGEST).build()?;
        Ok(Self { form: form.to_owned(), sieve, exact: OnceLock::new() })
    }

    /// Whether the expression itself can be built.
    #[cfg(test)]
    pub(crate) fn is_sound(&self) -> bool {
        self.exact().is_some()
    }

    fn exact(&self) -> Option<&Regex> {
        self.exact.get_or_init(|| Regex::new(&self.form).ok()).as_ref()
    }

    /// The expression, where it may match.
    fn passed(&self, text: &str) -> Option<&Regex> {
        self.sieve.is_match(text.as_bytes()).then(|| self.exact()).flatten()
    }

    /// Whether it matches somewhere.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.passed(text).is_some_and(|exact| exact.is_match(text))
    }

    /// The first match.
    pub(crate) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.passed(text)?.find(text)
    }

    /// Its matches, in order, none of which overlap.
    pub(crate) fn find_iter<'p, 't>(&'p self, text: &'t str) -> impl Iterator<Item = Match<'t>> + use<'p, 't> {
        let matches: Option<Matches<'p, 't>> = self.passed(text).map(|exact| exact.find_iter(text));
        matches.into_iter().flatten()
    }

    /// Its matches with their groups, in order, none of which overlap.
    pub(crate) fn captures_iter<'p, 't>(&'p self, text: &'t str) -> impl Iterator<Item = Captures<'t>> + use<'p, 't> {
        let matches: Option<CaptureMatches<'p, 't>> = self.passed(text).map(|exact| exact.captures_iter(text));
        matches.into_iter().flatten()
    }

    /// The first match at or behind a place, with its groups.
    pub(crate) fn captures_at<'t>(&self, text: &'t str, from: usize) -> Option<Captures<'t>> {
        self.sieve.is_match_at(text.as_bytes(), from).then(|| self.exact()).flatten()?.captures_at(text, from)
    }
}

/// Expressions that are looked for together.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    sieve: bytes::RegexSet,
    all: Vec<Pattern>,
}

impl Patterns {
    /// Expressions, in order.
    ///
    /// # Errors
    /// Where they are too large together.
    pub(crate) fn new(all: Vec<Pattern>) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let sieves = all.iter().map(|pattern| pattern.sieve.as_str());
        Ok(Self { sieve: bytes::RegexSetBuilder::new(sieves).dfa_size_limit(LARGEST).build()?, all })
    }

    /// The expressions, in order.
    #[cfg(test)]
    pub(crate) fn all(&self) -> &[Pattern] {
        &self.all
    }

    /// The places in the list of those that match, in order.
    pub(crate) fn matches(&self, text: &str) -> impl Iterator<Item = usize> {
        let passed = self.sieve.matches(text.as_bytes()).into_iter();
        passed.filter(move |at| {
            let exact = self.all.get(*at).and_then(Pattern::exact);
            exact.is_some_and(|exact| exact.is_match(text))
        })
    }
}

/// An expression over bytes that matches wherever this one does: repetitions without bounds, no Unicode word boundaries, no groups, and
/// any characters beyond ASCII for classes with many of them.
fn widened(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0.clone()),
        HirKind::Class(Class::Unicode(class)) => wide_class(class),
        HirKind::Class(class @ Class::Bytes(_)) => Hir::class(class.clone()),
        HirKind::Look(look) if is_unicode(*look) => Hir::empty(),
        HirKind::Look(look) => Hir::look(*look),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min.min(1),
            max: repetition.max.filter(|most| *most <= 1),
            greedy: repetition.greedy,
            sub: Box::new(widened(&repetition.sub)),
        }),
        HirKind::Capture(capture) => widened(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(widened).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(widened).collect()),
    }
}

fn is_unicode(look: Look) -> bool {
    use Look::{
        WordEndHalfUnicode, WordEndUnicode, WordStartHalfUnicode, WordStartUnicode, WordUnicode, WordUnicodeNegate,
    };
    matches!(
        look,
        WordUnicode | WordUnicodeNegate | WordStartUnicode | WordEndUnicode | WordStartHalfUnicode | WordEndHalfUnicode
    )
}

fn wide_class(class: &ClassUnicode) -> Hir {
    let (mut ascii, mut others, mut count) = (Vec::new(), Vec::new(), 0);
    for range in class.ranges() {
        if range.start().is_ascii() {
            ascii.push(ClassBytesRange::new(range.start() as u8, range.end().min('\x7f') as u8));
        }
        if !range.end().is_ascii() {
            let characters = range.start().max('\u{80}')..=range.end();
            count += characters.clone().count().min(FEW + 1);
            others.extend(characters.take(FEW));
        }
    }
    let mut parts = Vec::new();
    if !ascii.is_empty() {
        parts.push(Hir::class(Class::Bytes(ClassBytes::new(ascii))));
    }
    if count <= FEW {
        parts.extend(others.into_iter().map(|character| Hir::literal(character.to_string().into_bytes())));
    } else {
        let beyond = ClassBytes::new([ClassBytesRange::new(0x80, 0xff)]);
        let sub = Box::new(Hir::class(Class::Bytes(beyond)));
        parts.push(Hir::repetition(Repetition { min: 1, max: None, greedy: true, sub }));
    }
    Hir::alternation(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sieve_is_small_whatever_the_bounds_are() {
        let pattern = Pattern::new(r"(?i)\b(?:[^.;:]|\.\d){1,160}? (?:\w+ ){0,5}?k\b").unwrap();
        assert_eq!(pattern.sieve.as_str().matches('{').count(), 0, "{}", pattern.sieve.as_str());
        assert!(pattern.is_sound());
        assert!(Pattern::new("(").is_err());
    }

    #[test]
    fn nothing_is_lost_beyond_ascii() {
        for (form, text) in [
            (r"(?i)\bweeks\b", "6 wee\u{212a}s"),
            (r"\w+ [α-ω]", "é ω"),
            (r"\b5\b", "–5–"),
            (r"[≥≤]\d{1,3}", "≥65"),
            (r"^\s*[•*–—-]\s", "\u{2009}• x"),
            (r"[^a]{2}", "é\u{10ffff}"),
        ] {
            let pattern = Pattern::new(form).unwrap();
            assert!(Regex::new(form).unwrap().is_match(text), "{form}");
            assert!(pattern.is_match(text), "{form}: {text:?} by {}", pattern.sieve.as_str());
        }
    }

    proptest! {
        /// Whatever text the expressions of the grammars are shown, the sieve changes nothing.
        #[test]
        fn matches_are_those_of_the_expression(
            parts in proptest::collection::vec(
                prop_oneof![
                    proptest::sample::select(vec![
                        "patients", "Patients", "12", "3.5", "twenty", " were ", " randomly ", "assigned", "(n = 5)", " with ",
                        ".", ";", " ", "é", "\u{212a}", "≥", "–", "women", "aged", "\u{a0}000",
                    ])
                    .prop_map(str::to_owned),
                    "\\PC{0,4}",
                ],
                0..24,
            ),
            form in proptest::sample::select(vec![
                r"(?i)\b(?P<n>\d+|twenty) (?:[\w'’-]+,? ){0,5}?(?P<who>patients|women)(?: (?:with|aged) (?:[^.;:]|\.\d){1,20}?)? (?:were) (?:[a-z]+ ){0,2}?assigned",
                r"(?i)(?P<who>patients|women)(?: [^.;:()]{1,12}?)? ?\(n ?= ?(?P<n>\d+)\)",
                r"^[^\w]*(?P<n>patients)(?: [\w ]{1,6})?\s*$",
                r"(?P<n>\d{1,3}(?:[, \u{a0}]\d{3})+)\b",
                r"[≥≤>](?P<n>\s?\d{1,2})[^\d]",
            ]),
            from in 0_usize..8,
        ) {
            let text = parts.concat();
            let (pattern, exact) = (Pattern::new(form).unwrap(), Regex::new(form).unwrap());
            prop_assert_eq!(pattern.is_match(&text), exact.is_match(&text));
            prop_assert_eq!(pattern.find(&text), exact.find(&text));
            prop_assert!(pattern.find_iter(&text).eq(exact.find_iter(&text)));
            let number = |captures: Captures<'_>| captures.name("n").map(|number| number.range());
            prop_assert!(pattern.captures_iter(&text).map(number).eq(exact.captures_iter(&text).map(number)));
            if text.is_char_boundary(from) {
                prop_assert_eq!(pattern.captures_at(&text, from).map(number), exact.captures_at(&text, from).map(number));
            }
        }
    }
}
