//! Finds names in a text.

use crate::model::ConceptType;
use crate::vocab::normal::{Token, Tokens};

use super::build::bare;
use super::{Dictionary, Hit, adjectives};

impl Dictionary {
    /// Every name in a text, in order, none within or across another: the longest that begins at a word, then on behind it.
    pub fn scan<'d>(&'d self, text: &str) -> Vec<Hit<'d>> {
        let mut tokens = Tokens::default();
        tokens.read(text);
        let numbers: Vec<u32> = tokens.as_slice().iter().map(|token| self.trie.token(tokens.text(*token))).collect();
        let mut hits = Vec::new();
        let mut at = 0;
        while at < numbers.len() {
            at = match self.longest(text, &tokens, &numbers, at) {
                Some((hit, behind)) => {
                    hits.push(hit);
                    behind
                }
                None => at + 1,
            };
        }
        hits
    }

    /// The longest name that begins at a token, and the token behind it.
    fn longest(&self, text: &str, tokens: &Tokens, numbers: &[u32], from: usize) -> Option<(Hit<'_>, usize)> {
        let mut node = self.trie.step(0, numbers[from])?;
        if tokens.glued(from) {
            return None;
        }
        let mut best = None;
        for behind in from + 1..=numbers.len() {
            if let Some(end) = self.trie.end(node)
                && !tokens.glued(behind)
                && let Some(hit) = self.hit(end, text, tokens, from..behind)
            {
                best = Some((hit, behind));
            }
            match numbers.get(behind).and_then(|number| self.trie.step(node, *number)) {
                Some(next) => node = next,
                None => break,
            }
        }
        best
    }

    /// The hit that a terminal gives for some tokens, where the way they are written allows it.
    fn hit(&self, terminal: usize, text: &str, tokens: &Tokens, range: std::ops::Range<usize>) -> Option<Hit<'_>> {
        let terminal = self.terminals.get(terminal)?;
        let all = tokens.as_slice();
        let bytes = all.get(range.start)?.start..all.get(range.end - 1)?.end;
        let abbreviated = || {
            let written = bare(text.get(bytes.clone())?);
            let singular = written.strip_suffix('s').unwrap_or(&written);
            let same = |letters: &str| letters == written || letters == singular;
            let (_, sense) = terminal.written.iter().find(|(letters, _)| same(letters))?;
            (!shouted(text, all, &range)).then_some(*sense)
        };
        let sense = if terminal.written.is_empty() { None } else { abbreviated() };
        let abbreviation = sense.is_some();
        let named = sense.or(terminal.plain);
        let as_adjective = || {
            let adjective = terminal.adjective?;
            let behind = all.get(range.end..).unwrap_or_default().iter().map(|token| tokens.text(*token));
            (!adjective.of_people || adjectives::before_people(behind)).then_some(adjective.sense)
        };
        let sense = self.senses.get(named.or_else(as_adjective)? as usize)?;
        if sense.concept_type == ConceptType::Condition && denied(text, tokens, range.start) {
            return None;
        }
        let concepts = self.concepts.get(sense.concepts.start as usize..sense.concepts.end as usize)?;
        Some(Hit {
            bytes,
            concepts,
            concept_type: sense.concept_type,
            name: self.names.get(sense.name as usize)?,
            ambiguous: concepts.len() > 1,
            abbreviation,
            adjective: named.is_none(),
        })
    }
}

/// Whether `non-`, `non ` or `anti-` stands right before a token.
fn denied(text: &str, tokens: &Tokens, at: usize) -> bool {
    let all = tokens.as_slice();
    let (Some(before), Some(token)) = (at.checked_sub(1).and_then(|at| all.get(at)), all.get(at)) else { return false };
    let between = text.get(before.end..token.start).unwrap_or_default();
    match tokens.text(*before) {
        "non" => between.chars().all(|c| c == ' ' || is_hyphen(c)),
        "anti" => !between.is_empty() && between.chars().all(is_hyphen),
        _ => false,
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2013}')
}

/// How far to look on either side for small letters.
const NEIGHBOURS: usize = 4;

/// Whether the words around are all capitals, as in a title set so: capitals then make no abbreviation.
fn shouted(text: &str, tokens: &[Token], range: &std::ops::Range<usize>) -> bool {
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
