//! Finds names in a text.

use crate::vocab::normal::{Token, Tokens};

use super::build::bare;
use super::{Dictionary, Hit};

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
        let sense = self.senses.get(sense.or(terminal.plain)? as usize)?;
        let concepts = self.concepts.get(sense.concepts.start as usize..sense.concepts.end as usize)?;
        Some(Hit {
            bytes,
            concepts,
            concept_type: sense.concept_type,
            name: self.names.get(sense.name as usize)?,
            ambiguous: concepts.len() > 1,
            abbreviation,
        })
    }
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
