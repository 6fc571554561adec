//! Names that stand together: `cancer of the bladder` is bladder cancer, `breast and ovarian cancer` are two.

use std::ops::Range;

use crate::model::{ConceptId, ConceptType};

use super::scan::{Found, Reading};
use super::{Dictionary, Hit, Sense};

/// Words that a place may have behind `of the`, and a first part before `and`.
const LONGEST: usize = 3;

/// A condition together with the place that `of` names behind it, where both are one name: `carcinoma of the lung`.
pub(super) fn with_place<'d>(dictionary: &'d Dictionary, reading: &Reading<'_>, found: Found<'d>) -> Found<'d> {
    let Range { start, end } = found.tokens;
    if found.hit.concept_type != ConceptType::Condition || found.hit.abbreviation || !plain(reading, end, "of") {
        return found;
    }
    let place = if plain(reading, end + 1, "the") { end + 2 } else { end + 1 };
    for behind in (place + 1..=place + LONGEST).rev() {
        if behind > reading.all().len() || !(place..behind).all(|at| matches!(reading.before(at), " " | "-")) {
            continue;
        }
        let words = (place..behind).chain(start..end).map(|at| reading.word(at));
        let hit = dictionary.condition(words).and_then(|sense| {
            let bytes = reading.bytes(&(start..behind))?;
            dictionary.condition_hit(sense, bytes, Vec::new())
        });
        if let Some(hit) = hit {
            return Found { hit, tokens: start..behind };
        }
    }
    found
}

/// Adds a hit. A condition whose last words also end what stands before `and`, `or`, `/` or a comma is one mention of both.
pub(super) fn push<'d>(dictionary: &'d Dictionary, reading: &Reading<'_>, all: &mut Vec<Found<'d>>, found: Found<'d>) {
    let Some(composite) = composite(dictionary, reading, &found) else { return all.push(found) };
    // What was found within the earlier parts belongs to them; what reaches beyond them stands.
    let start = composite.tokens.start;
    let within = all.iter().rev().take_while(|known| known.tokens.end > start).count();
    let kept = all.len() - within;
    if all[kept..].iter().any(|known| known.tokens.start < start) {
        return all.push(found);
    }
    all.truncate(kept);
    all.push(composite);
}

/// The mention of several conditions that ends with this one.
fn composite<'d>(dictionary: &'d Dictionary, reading: &Reading<'_>, found: &Found<'d>) -> Option<Found<'d>> {
    let Found { hit, tokens } = found;
    if hit.concept_type != ConceptType::Condition || hit.abbreviation || hit.adjective || tokens.len() < 2 {
        return None;
    }
    let mut from = tokens.start;
    let mut lead: Option<&Sense> = None;
    let mut also: Vec<ConceptId> = hit.concepts.first().cloned().into_iter().collect();
    while let Some((start, sense)) = earlier_part(dictionary, reading, from, tokens) {
        from = start;
        if let Some(later) = lead.replace(sense) {
            also.splice(0..0, dictionary.first_of(later).cloned());
        }
    }
    let hit = dictionary.condition_hit(lead?, reading.bytes(&(from..tokens.end))?, also)?;
    Some(Found { hit, tokens: from..tokens.end })
}

/// The part of a composite that ends right before the token `from`: where it begins, and what it is together with the last words
/// of the name in `tokens`.
fn earlier_part<'d>(
    dictionary: &'d Dictionary,
    reading: &Reading<'_>,
    from: usize,
    tokens: &Range<usize>,
) -> Option<(usize, &'d Sense)> {
    let last = from.checked_sub(1)?;
    let end = match (reading.word(last), reading.before(from)) {
        ("or", " ") if reading.before(last) == "/" && last > 0 && reading.word(last - 1) == "and" => last - 1,
        ("and" | "or", " ") => last,
        (_, "/" | ", ") => from,
        _ => return None,
    };
    for start in (end.saturating_sub(LONGEST)..end).rev() {
        if reading.tokens.glued(start) || !(start + 1..end).all(|at| matches!(reading.before(at), " " | "-")) {
            break;
        }
        // The shortest tail that both share: `lung and breast cancer`, `acute and chronic renal failure`.
        let tails = (tokens.start + 1..tokens.end).rev();
        let mut senses = tails
            .filter_map(|tail| dictionary.condition((start..end).chain(tail..tokens.end).map(|at| reading.word(at))));
        if let Some(sense) = senses.next() {
            return Some((start, sense));
        }
    }
    None
}

/// Whether a token is this word, with a blank before it.
fn plain(reading: &Reading<'_>, at: usize, word: &str) -> bool {
    reading.word(at) == word && reading.before(at) == " "
}

impl Dictionary {
    /// The sense of these words, where they are the name of a condition.
    fn condition<'w>(&self, words: impl Iterator<Item = &'w str>) -> Option<&Sense> {
        let mut node = 0;
        for word in words {
            node = self.trie.step(node, self.trie.token(word))?;
        }
        let sense = self.senses.get(self.terminals.get(self.trie.end(node)?)?.plain? as usize)?;
        (sense.concept_type == ConceptType::Condition).then_some(sense)
    }

    fn first_of(&self, sense: &Sense) -> Option<&ConceptId> {
        self.concepts.get(sense.concepts.start as usize)
    }

    /// A hit of a condition, and of others besides.
    fn condition_hit(&self, sense: &Sense, bytes: Range<usize>, mut also: Vec<ConceptId>) -> Option<Hit<'_>> {
        let hit = self.meant(sense, bytes)?;
        also.retain(|id| hit.concepts.first() != Some(id));
        Some(Hit { also, ..hit })
    }
}
