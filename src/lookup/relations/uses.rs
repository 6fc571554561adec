//! What papers say in passing that a treatment is for: `topiramate has been approved for the prevention of migraine`.
//!
//! No result of theirs, so that it is kept apart from what findings say. A sentence says so where a treatment stands before a word of use or of
//! established good (`[use]` of `words.toml`) and the first condition behind that word follows by `for` or `in`; or where the condition
//! opens the sentence (`in patients with gout, oxotril is recommended`). What is denied, supposed, compared, added to something, or said of animals
//! and cells, says nothing.

use crate::model::{Annotation, ConceptType, Mention, Span, TextIndex, Use};
use crate::vocab::normalize;

use super::words::WORDS;

/// How sure a mention of a treatment must be, and of a condition, whose names more often mean several of a kind.
const SURE: f32 = 0.7;
const SURE_OF_CONDITION: f32 = 0.6;
/// Words between treatment and cue, and between cue and condition, at most.
const REACH: usize = 16;
/// Words between the last `for` or `in` and the condition, at most.
const LINK: usize = 7;
/// Words before a cue among which one must be that makes it a claim, for cues that are also said of what is done in a study.
const CLAIM: usize = 3;
/// Words before a condition that opens a sentence, at most: `in adult patients with active`.
const OPENING: usize = 6;

/// A word in its normal form, or a mention by its position among those of the sentence.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Mention(usize),
}

/// Everything that a document says so of, in the order of its sentences.
pub(in crate::lookup) fn uses(annotation: &Annotation, index: &TextIndex<'_>) -> Vec<Use> {
    let mut found: Vec<Use> = Vec::new();
    let mut from = 0;
    for sentence in &annotation.sentences {
        from += annotation.mentions[from..].partition_point(|mention| mention.span.start < sentence.span.start);
        let within = annotation.mentions[from..].iter().take_while(|mention| mention.span.end <= sentence.span.end);
        let sure = |mention: &&Mention| {
            let least = if is_condition(mention.mention_type) { SURE_OF_CONDITION } else { SURE };
            mention.confidence >= least
                && !mention.concepts.is_empty()
                && !describes_other(mention, index, sentence.span.end)
        };
        let mentions: Vec<&Mention> = within.filter(sure).collect();
        let has = |fits: fn(ConceptType) -> bool| mentions.iter().any(|mention| fits(mention.mention_type));
        if has(ConceptType::can_treat) && has(is_condition) {
            of_sentence(sentence.span, &mentions, index, &mut found);
        }
    }
    found
}

fn is_condition(kind: ConceptType) -> bool {
    kind == ConceptType::Condition
}

/// Behind a name, words by which it is no treatment: `analgesic efficacy`, `potassium levels`, `glutamate receptors`.
const NO_TREATMENT: [&str; 9] =
    ["efficacy", "effect", "activity", "level", "concentration", "receptor", "antagonist", "agonist", "inhibitor"];

/// Whether a name is only said of something else that the next word names.
fn describes_other(mention: &Mention, index: &TextIndex<'_>, end: u32) -> bool {
    let behind = index.slice(Span::new(mention.span.end, end));
    let next = behind.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    mention.mention_type.can_treat() && NO_TREATMENT.contains(&next.strip_suffix('s').unwrap_or(next))
}

fn of_sentence(span: Span, mentions: &[&Mention], index: &TextIndex<'_>, found: &mut Vec<Use>) {
    let tokens = tokens(span, mentions, index);
    let words: Vec<&str> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) => word.as_str(),
            // No word of any list.
            Token::Mention(_) => "",
        })
        .collect();
    if WORDS.use_never.any(&words) {
        return;
    }
    let sentence = Sentence { tokens: &tokens, words: &words, mentions };
    for cue in WORDS.use_cues.places(&words) {
        // Better than something, or as good, is said of two.
        let before = &words[cue.saturating_sub(CLAIM)..cue];
        let claimed = !WORDS.use_claimed.places(&words[cue..]).any(|at| at == 0) || WORDS.use_claims.any(before);
        if WORDS.use_compared.any(&before[before.len().saturating_sub(1)..]) || !claimed {
            continue;
        }
        let condition = sentence.condition_behind(cue).or_else(|| sentence.opening_condition(cue));
        let Some((condition, prevents, end)) = condition else { continue };
        // What follows tells of other things: `is effective in patients with asthma who were not controlled before`.
        if [&WORDS.hedge, &WORDS.negation].iter().any(|list| list.any(&words[..end])) {
            continue;
        }
        for treatment in sentence.treatments_before(cue) {
            for concept in &treatment.concepts {
                let one = Use { treatment: concept.clone(), conditions: condition.concepts.clone(), prevents, span };
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
    }
}

/// The words between the mentions of a sentence in their normal form, and the mentions where they stand.
fn tokens(span: Span, mentions: &[&Mention], index: &TextIndex<'_>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = span.start;
    let add = |from: u32, to: u32, tokens: &mut Vec<Token>| {
        let normal = normalize(index.slice(Span::new(from, to)));
        tokens.extend(normal.split(' ').filter(|word| !word.is_empty()).map(|word| Token::Word(word.to_owned())));
    };
    for (number, mention) in mentions.iter().enumerate() {
        add(at, mention.span.start, &mut tokens);
        tokens.push(Token::Mention(number));
        at = mention.span.end;
    }
    add(at, span.end, &mut tokens);
    tokens
}

struct Sentence<'s> {
    tokens: &'s [Token],
    words: &'s [&'s str],
    mentions: &'s [&'s Mention],
}

impl<'s> Sentence<'s> {
    fn mention(&self, at: usize) -> Option<&'s Mention> {
        match self.tokens.get(at)? {
            Token::Mention(number) => self.mentions.get(*number).copied(),
            Token::Word(_) => None,
        }
    }

    /// The first condition behind a cue, near it and behind a word that says what the use is for; whether it is to prevent it; and
    /// where that has been said.
    fn condition_behind(&self, cue: usize) -> Option<(&'s Mention, bool, usize)> {
        let near = cue + 1..self.tokens.len().min(cue + 1 + REACH);
        let at = near.clone().find(|at| self.mention(*at).is_some_and(|mention| is_condition(mention.mention_type)))?;
        let between = &self.words[cue..at];
        let link = WORDS.use_links.places(between).last()?;
        // What turns to something else, or does something else to people who have it, is no use for it.
        if at - cue - link > LINK || WORDS.use_breaks.any(between) {
            return None;
        }
        let end = self.words.len().min(at + 2);
        Some((self.mention(at)?, WORDS.use_prevents.any(&self.words[cue..end]), end))
    }

    /// The condition with which a sentence begins: `for patients with gout, oxotril is recommended`.
    fn opening_condition(&self, cue: usize) -> Option<(&'s Mention, bool, usize)> {
        let opens = WORDS.use_opening.places(&self.words[..1.min(self.words.len())]).next().is_some();
        let at = (0..cue.min(OPENING)).find(|at| self.mention(*at).is_some())?;
        let condition = self.mention(at).filter(|mention| opens && is_condition(mention.mention_type))?;
        Some((condition, WORDS.use_prevents.any(&self.words[..cue]), cue))
    }

    /// The treatments of which a cue is said: the nearest before it, which a description may stand behind (`oxotril is a stimulant that
    /// is approved`), and those that stand together with it (`oxotril and zelmarin`).
    fn treatments_before(&self, cue: usize) -> Vec<&'s Mention> {
        let treats = |at: &usize| self.mention(*at).is_some_and(|mention| mention.mention_type.can_treat());
        let mut places = (0..cue).rev().filter(treats);
        let Some(mut nearest) = places.next() else { return Vec::new() };
        while let Some(before) = (0..nearest).rev().find(treats) {
            if !WORDS.use_describes.any(&self.words[before + 1..nearest]) {
                break;
            }
            nearest = before;
        }
        let passed = (nearest + 1..cue).filter(|at| self.mention(*at).is_none()).count();
        if passed > REACH
            || (nearest + 1..cue).any(|at| self.mention(at).is_some_and(|one| is_condition(one.mention_type)))
        {
            return Vec::new();
        }
        let mut found: Vec<&Mention> = self.mention(nearest).into_iter().collect();
        let mut first = nearest;
        while let Some(before) = (0..first).rev().find(treats) {
            if !self.words[before + 1..first].iter().all(|word| matches!(*word, "and" | "or" | "plus")) {
                break;
            }
            found.extend(self.mention(before));
            first = before;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::annotate;
    use crate::model::{ConceptId, Document, Identifiers};
    use crate::vocab::{Dictionary, Vocabulary};

    /// The uses that a sentence tells.
    fn told(sentence: &str) -> Vec<(ConceptId, ConceptId, bool)> {
        let vocabulary = Vocabulary::starter();
        let mut document = Document { identifiers: Identifiers::default(), ..Document::default() };
        document.set_title(sentence.to_owned());
        let annotation = annotate(&document, &Dictionary::build(&vocabulary));
        let text = document.text();
        uses(&annotation, &TextIndex::new(&text))
            .iter()
            .map(|one| (one.treatment.clone(), one.conditions[0].clone(), one.prevents))
            .collect()
    }

    #[test]
    fn a_use_is_told_where_it_is_said() {
        for (sentence, expected) in [
            ("Topiramate has been approved for the prevention of migraine.", ("topiramate", "migraine", true)),
            ("Allopurinol is widely used in Europe to treat gout.", ("allopurinol", "gout", false)),
            (
                "In patients with gout, allopurinol is recommended as first-line therapy.",
                ("allopurinol", "gout", false),
            ),
            (
                "Methotrexate is a folate antagonist with a long history, licensed for psoriasis.",
                ("methotrexate", "psoriasis", false),
            ),
            ("Warfarin is effective in atrial fibrillation.", ("warfarin", "atrial fibrillation", false)),
        ] {
            let (treatment, condition, prevents) = expected;
            let id = |name| Vocabulary::starter().find(name).remove(0);
            assert_eq!(told(sentence), [(id(treatment), id(condition), prevents)], "{sentence}");
        }
        assert_eq!(told("Allopurinol and colchicine are approved for gout.").len(), 2);
    }

    #[test]
    fn what_is_denied_supposed_compared_or_added_tells_none() {
        for sentence in [
            "Topiramate is not approved for migraine.",
            "Topiramate may be effective in migraine.",
            "Topiramate was more effective than warfarin in migraine.",
            "Topiramate was as effective as warfarin in migraine.",
            "Adding topiramate to warfarin is effective in migraine.",
            "Patients with migraine were given topiramate.",
            "Topiramate was effective in rats with migraine.",
            "Topiramate, which patients with gout had taken before, is approved in many countries.",
            "These drugs lower sodium levels and are effective in heart failure.",
            "Topiramate is probably effective in migraine.",
            "Topiramate is effective for increasing activity in people with migraine.",
            "Topiramate is widely used in surgery, but migraine limits it.",
            "We gave topiramate in first-line treatment of migraine.",
            "Topiramate has failed as the standard treatment of migraine.",
            "Migraine was treated in a recommended way with topiramate.",
        ] {
            assert_eq!(told(sentence), [], "{sentence}");
        }
    }
}
