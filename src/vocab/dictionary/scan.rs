//! Finds names in a text.

use std::ops::Range;

use crate::model::ConceptType;
use crate::vocab::normal::{Token, Tokens, normalize};

use super::build::bare;
use super::{Dictionary, Hit, Sense, adjectives, compose};

/// A text being read, token by token.
pub(super) struct Reading<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t Tokens,
    /// The numbers of its tokens in the trie.
    pub(super) numbers: &'t [u32],
}

impl<'t> Reading<'t> {
    pub(super) fn all(&self) -> &'t [Token] {
        self.tokens.as_slice()
    }

    /// What stands between a token and the one before it.
    pub(super) fn before(&self, at: usize) -> &'t str {
        let (Some(last), Some(token)) = (at.checked_sub(1).and_then(|at| self.all().get(at)), self.all().get(at))
        else {
            return "";
        };
        self.text.get(last.end..token.start).unwrap_or_default()
    }

    /// The bytes from the first token of a range to its last.
    pub(super) fn bytes(&self, range: &Range<usize>) -> Option<Range<usize>> {
        Some(self.all().get(range.start)?.start..self.all().get(range.end.checked_sub(1)?)?.end)
    }

    pub(super) fn word(&self, at: usize) -> &'t str {
        self.all().get(at).map_or("", |token| self.tokens.text(*token))
    }
}

/// A hit and the tokens it takes.
pub(super) struct Found<'d> {
    pub(super) hit: Hit<'d>,
    pub(super) tokens: Range<usize>,
}

impl Dictionary {
    /// Every name in a text, in order, none within or across another: the longest that begins at a word, then on behind it;
    /// and what `compose.rs` makes of names that stand together.
    pub fn scan<'d>(&'d self, text: &str) -> Vec<Hit<'d>> {
        let mut tokens = Tokens::default();
        tokens.read(text);
        let numbers: Vec<u32> = tokens.as_slice().iter().map(|token| self.trie.token(tokens.text(*token))).collect();
        let reading = Reading { text, tokens: &tokens, numbers: &numbers };
        let mut found: Vec<Found<'d>> = Vec::new();
        let mut at = 0;
        while at < numbers.len() {
            at = match self.longest(&reading, at) {
                Some((hit, behind)) => {
                    let one = compose::with_place(self, &reading, Found { hit, tokens: at..behind });
                    let behind = one.tokens.end;
                    compose::push(self, &reading, &mut found, one);
                    behind
                }
                None => at + 1,
            };
        }
        found.into_iter().map(|found| found.hit).collect()
    }

    /// What these words, all together, mean as the name of something of a type, where the text around says that such a thing is named: common words and
    /// symbols too, which [`Self::scan`] passes over.
    pub fn in_context(&self, words: &str, kind: ConceptType) -> Option<Hit<'_>> {
        let sense = self.in_context.get(words).or_else(|| self.in_context.get(normalize(words).as_str()))?;
        let sense = self.senses.get(*sense as usize).filter(|sense| sense.concept_type == kind)?;
        self.meant(sense, 0..words.len())
    }

    /// The longest name that begins at a token, and the token behind it.
    fn longest(&self, reading: &Reading<'_>, from: usize) -> Option<(Hit<'_>, usize)> {
        let mut node = self.trie.step(0, reading.numbers[from])?;
        if reading.tokens.glued(from) || follows_a_cause(reading, from) {
            return None;
        }
        let mut best = None;
        let mut behind = from + 1;
        let mut passed = false;
        loop {
            if let Some(end) = self.trie.end(node)
                && !reading.tokens.glued(behind)
                && let Some(hit) = self.hit(end, reading, from..behind)
                && !best.as_ref().is_some_and(|best| is_only_longer(reading, behind, best, &hit))
            {
                best = Some((hit, behind));
            }
            let step = |at: usize| reading.numbers.get(at).and_then(|number| self.trie.step(node, *number));
            (node, behind) = match step(behind) {
                Some(next) => (next, behind + 1),
                // An abbreviation in brackets may stand within a name: `von Hippel-Lindau (VHL) disease`.
                None if !passed => match behind_brackets(reading, behind).and_then(|at| Some((step(at)?, at + 1))) {
                    Some(next) => {
                        passed = true;
                        next
                    }
                    None => break,
                },
                None => break,
            };
        }
        best.filter(|(hit, behind)| !self.begins_with_a_fluid(reading, from, *behind, hit))
    }

    /// Whether a name of a substance only says besides where it is measured: the substance follows (`serum creatinine`).
    fn begins_with_a_fluid(&self, reading: &Reading<'_>, from: usize, behind: usize, hit: &Hit<'_>) -> bool {
        hit.concept_type == ConceptType::Chemical
            && matches!(reading.word(from), "serum" | "plasma")
            && behind > from + 1
            && self
                .longest(reading, from + 1)
                .is_some_and(|(rest, end)| end == behind && rest.concepts.first() == hit.concepts.first())
    }

    /// The hit that a terminal gives for some tokens, where the way they are written allows it.
    pub(super) fn hit(&self, terminal: usize, reading: &Reading<'_>, range: Range<usize>) -> Option<Hit<'_>> {
        let terminal = self.terminals.get(terminal)?;
        let bytes = reading.bytes(&range)?;
        let abbreviated = || {
            let written = bare(reading.text.get(bytes.clone())?);
            let singular = written.strip_suffix('s').unwrap_or(&written);
            let same = |letters: &str| letters == written || letters == singular;
            let (_, sense) = terminal.written.iter().find(|(letters, _)| same(letters))?;
            (!shouted(reading.text, reading.all(), &range)).then_some(*sense)
        };
        let sense = if terminal.written.is_empty() { None } else { abbreviated() };
        let abbreviation = sense.is_some();
        let named = sense.or(terminal.plain);
        let as_adjective = || {
            let adjective = terminal.adjective?;
            let behind = (range.end..reading.all().len()).map(|at| reading.word(at));
            (!adjective.of_people || adjectives::before_people(behind)).then_some(adjective.sense)
        };
        let sense = self.senses.get(named.or_else(as_adjective)? as usize)?;
        if sense.concept_type == ConceptType::Condition && denied(reading, &range) {
            return None;
        }
        Some(Hit { abbreviation, adjective: named.is_none(), ..self.meant(sense, bytes)? })
    }

    /// The hit of a sense by a whole name.
    pub(super) fn meant(&self, sense: &Sense, bytes: Range<usize>) -> Option<Hit<'_>> {
        let concepts = self.concepts.get(sense.concepts.start as usize..sense.concepts.end as usize)?;
        Some(Hit {
            bytes,
            concepts,
            concept_type: sense.concept_type,
            name: self.names.get(sense.name as usize)?,
            ambiguous: concepts.len() > 1,
            abbreviation: false,
            adjective: false,
            also: Vec::new(),
        })
    }
}

/// Whether a longer hit says no more than the shorter one: a substance, and that it is given.
fn is_only_longer(reading: &Reading<'_>, behind: usize, (shorter, end): &(Hit<'_>, usize), longer: &Hit<'_>) -> bool {
    longer.concept_type == ConceptType::Chemical
        && shorter.concept_type == ConceptType::Chemical
        && (*end..behind).all(|at| matches!(reading.word(at), "therapy" | "treatment" | "administration" | "intake"))
}

/// The token behind brackets that open right before `at` and hold no more than an abbreviation.
fn behind_brackets(reading: &Reading<'_>, at: usize) -> Option<usize> {
    const LONGEST: usize = 4;
    if !reading.before(at).ends_with('(') {
        return None;
    }
    let close = (at + 1..=at + LONGEST).find(|at| !matches!(reading.before(*at), "" | "-"))?;
    reading.before(close).starts_with(')').then_some(close)
}

/// Whether a name begins at a word that belongs to what stands before it: `halothane-induced hypotension` is hypotension, and no
/// induced one.
fn follows_a_cause(reading: &Reading<'_>, at: usize) -> bool {
    matches!(reading.word(at), "induced" | "associated" | "related") && reading.before(at).chars().any(is_hyphen)
}

/// Whether `non-`, `non ` or `anti-` stands right before a name, or `-negative` behind it.
fn denied(reading: &Reading<'_>, name: &Range<usize>) -> bool {
    if reading.word(name.end) == "negative" && reading.before(name.end).chars().all(|c| c == ' ' || is_hyphen(c)) {
        return true;
    }
    let between = reading.before(name.start);
    match name.start.checked_sub(1).map(|at| reading.word(at)) {
        Some("non") => between.chars().all(|c| c == ' ' || is_hyphen(c)),
        Some("anti") => !between.is_empty() && between.chars().all(is_hyphen),
        _ => false,
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2013}')
}

/// How far to look on either side for small letters.
const NEIGHBOURS: usize = 4;

/// Whether the words around are all capitals, as in a title set so: capitals then make no abbreviation.
fn shouted(text: &str, tokens: &[Token], range: &Range<usize>) -> bool {
    let before = &tokens[range.start.saturating_sub(NEIGHBOURS)..range.start];
    let after = &tokens[range.end..tokens.len().min(range.end + NEIGHBOURS)];
    let mut words = before
        .iter()
        .chain(after)
        .filter_map(|token| text.get(token.start..token.end))
        // A short word of capitals may be an abbreviation itself.
        .filter(|word| word.len() > 3 && word.chars().all(char::is_alphabetic))
        .peekable();
    words.peek().is_some() && words.all(|word| !word.chars().any(char::is_lowercase))
}
