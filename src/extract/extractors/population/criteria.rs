//! Which statements say who could take part.

use std::sync::LazyLock;

use regex::Regex;

use super::quantities;
use crate::extract::pattern::Pattern;
use crate::extract::{Input, table};
use crate::model::{Annotation, Bound, Criterion, Polarity, Sentence, SentenceRole, Span};

/// Where a cue counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Abstract,
    Text,
    Both,
    /// At the head of a list.
    List,
}

/// What became of those who were let in: there a statement about who they are ends.
static ARMS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    Pattern::new(r"(?i)\b(?:were|was) (?:then |subsequently )?(?:randomly |equally )?(?:randomi[sz]ed|assigned|allocated|divided|given|treated)\b|\b(?:to|who|and) (?:receive|received|either|undergo|placebo)\b|\bto (?:one of|an? |the |[a-z]+ (?:or|versus|vs|plus|alone)\b)").ok()
});

struct Cue {
    polarity: Polarity,
    tells: Where,
    confidence: f32,
    /// Whether the statement ends with these words.
    closed: bool,
    form: Pattern,
}

static CUES: LazyLock<Vec<Cue>> = LazyLock::new(|| {
    let cue = |row: Vec<&'static str>| {
        let [polarity, tells, confidence, words] = row.as_slice() else { return None };
        let polarity = match *polarity {
            "inclusion" => Polarity::Inclusion,
            "exclusion" => Polarity::Exclusion,
            _ => return None,
        };
        let (tells, closed) = tells.strip_suffix(", closed").map_or((*tells, false), |tells| (tells, true));
        let tells = match tells {
            "abstract" => Where::Abstract,
            "text" => Where::Text,
            "both" => Where::Both,
            "list" => Where::List,
            _ => return None,
        };
        let form = match tells {
            Where::List => Pattern::new(&format!(r"(?i)^[^\w]*{words}(?: [\w ]{{1,60}})?\s*:?\s*$")),
            _ => Pattern::new(&format!(r"(?i)\b{words}\b")),
        };
        Some(Cue { polarity, tells, confidence: confidence.parse().ok()?, closed, form: form.ok()? })
    };
    table::rows(include_str!("criteria.tsv")).filter_map(cue).collect()
});

/// Words that every cue has one of: most sentences have none, and cost no more than this.
static MAY_TELL: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    Pattern::new(r"(?i)criteri|eligib|exclu|(?:patients|participants|subjects|people|persons|individuals|volunteers|women|men|children|infants|adults|adolescents|girls|boys)\b").ok()
});

/// How sure a statement must be for its bounds to count: who is beyond them was kept out.
const SURE: f32 = 0.8;

/// The longest line of a list of criteria, in code points.
const LONGEST_LINE: u32 = 400;

/// The section of a registration that lists criteria.
const REGISTERED: &str = "Eligibility/Criteria";

/// All statements of a document about who could take part, in order.
pub(super) fn find(input: &Input<'_>, annotation: &Annotation) -> Vec<Criterion> {
    let mut found = Vec::new();
    // The list that the sentences at hand belong to: its section, polarity and confidence.
    let mut list: Option<(&str, Polarity, f32)> = None;
    for sentence in &annotation.sentences {
        let Some(passage) = input.document.passages.get(sentence.passage as usize) else { continue };
        let text = input.text.slice(sentence.span);
        let registered = passage.section == REGISTERED;
        if list.is_some_and(|(section, ..)| section != passage.section) {
            list = None;
        }
        if !(registered || tells_of_people(input, sentence)) {
            list = None;
            continue;
        }
        let head = CUES.iter().find(|cue| cue.tells == Where::List && cue.form.is_match(text));
        if let Some(head) = head {
            list = Some((&passage.section, head.polarity, head.confidence));
            continue;
        }
        if registered && let Some(polarity) = registered_head(text) {
            list = Some((&passage.section, polarity, REGISTERED_LINE));
            // What stands behind a colon is the first of the list.
            if text.split_once(':').is_none_or(|(_, rest)| rest.trim().is_empty()) {
                continue;
            }
        }
        let own = if registered { Vec::new() } else { statements(input, sentence, text) };
        let fits_list = registered && sentence.span.len() <= LONGEST_LINE || is_list_line(text);
        if !own.is_empty() {
            list = None;
            found.extend(own);
        } else if let Some((_, polarity, confidence)) = list.filter(|_| fits_list) {
            found.push(criterion(input, sentence.span, polarity, confidence));
        } else {
            list = None;
        }
    }
    found
}

/// How sure a line of a registration is.
const REGISTERED_LINE: f32 = 0.95;

/// The polarity that a line of a registration brings to those below it, however its author heads the list.
fn registered_head(text: &str) -> Option<Polarity> {
    let text = text.to_lowercase();
    let is_short = text.chars().count() <= LONGEST_HEAD || text.trim_end().ends_with(':');
    let heads = |words: &[&str], first: &str| {
        words.iter().any(|word| text.contains(word)) && (is_short || text.trim_start().starts_with(first))
    };
    if heads(&["exclusion", "excluded", "exclude ", "not eligible", "ineligible"], "exclusion") {
        Some(Polarity::Exclusion)
    } else if heads(&["inclusion criteri"], "inclusion") {
        Some(Polarity::Inclusion)
    } else {
        None
    }
}

/// The longest line that heads a list without a colon at its end, in code points.
const LONGEST_HEAD: usize = 60;

/// The longest line of a list in running text, in code points.
const LONGEST_TEXT_LINE: usize = 160;

/// Whether a sentence of a full text is a line of a list: marked as one, or short and without a verb of its own.
fn is_list_line(text: &str) -> bool {
    let marked = LIST_MARK.as_ref().is_some_and(|form| form.is_match(text));
    text.chars().count() <= LONGEST_TEXT_LINE && (marked || !FINITE.as_ref().is_some_and(|form| form.is_match(text)))
}

static LIST_MARK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(?:[•*–—-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[).])\s").ok());
static FINITE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    Pattern::new(r"(?i)\b(?:were|was|is|are|had|has|have|received|underwent|gave|provided|completed|will|did|approved|obtained)\b").ok()
});

/// Whether a sentence may say who could take part: of the methods or the objective of an abstract, or of a part of a full text that is
/// about participants.
fn tells_of_people(input: &Input<'_>, sentence: &Sentence) -> bool {
    if !input.states(sentence) {
        return false;
    }
    if input.in_abstract(sentence.passage) {
        return matches!(sentence.role, None | Some(SentenceRole::Methods | SentenceRole::Objective));
    }
    let section = input.document.passages.get(sentence.passage as usize).map(|passage| passage.section.to_lowercase());
    let named = section.is_some_and(|section| {
        ["participants", "patients", "subjects", "population", "eligib", "criteria", "recruit", "enrol"]
            .iter()
            .any(|word| section.contains(word))
    });
    sentence.role == Some(SentenceRole::Methods) || named && sentence.role.is_none()
}

/// The statements of one sentence: from the words of a cue to those of the next, or to its end.
fn statements(input: &Input<'_>, sentence: &Sentence, text: &str) -> Vec<Criterion> {
    if !MAY_TELL.as_ref().is_some_and(|form| form.is_match(text)) {
        return Vec::new();
    }
    let in_abstract = input.in_abstract(sentence.passage);
    let mut cues: Vec<(usize, usize, &Cue)> = Vec::new();
    for cue in CUES.iter() {
        let counts = match cue.tells {
            Where::Both => true,
            Where::Abstract => in_abstract,
            Where::Text => !in_abstract,
            Where::List => false,
        };
        if !counts {
            continue;
        }
        for place in cue.form.find_iter(text) {
            let Some(start) = of_last_verb(place.as_str()).map(|start| place.start() + start) else { continue };
            let overlaps = cues.iter().any(|(from, to, _)| *from < place.end() && start < *to);
            // People who are counted are not all who are so.
            let counted =
                (cue.polarity == Polarity::Exclusion || cue.confidence < SURE) && follows_a_number(&text[..start]);
            if !overlaps && !counted && !follows_a_negation(&text[..start]) {
                cues.push((start, place.end(), cue));
            }
        }
    }
    cues.sort_by_key(|(start, ..)| *start);
    cues.dedup_by_key(|(.., cue)| cue.polarity);
    let ends = cues.iter().skip(1).map(|(start, ..)| *start).chain([text.len()]).collect::<Vec<_>>();
    let first = input.text.byte(sentence.span.start);
    cues.iter()
        .zip(ends)
        .map(|((start, cue_end, cue), end)| {
            let end = match cue {
                Cue { closed: true, .. } => *cue_end,
                Cue { polarity: Polarity::Inclusion, .. } => {
                    let arms = ARMS.as_ref().and_then(|form| form.find(&text[*cue_end..end.max(*cue_end)]));
                    arms.map_or(end, |arms| cue_end + arms.start())
                }
                Cue { polarity: Polarity::Exclusion, .. } => end,
            };
            let part = text[*start..end].trim_end_matches(|c: char| c.is_whitespace() || ",;.".contains(c));
            let end = start + part.len();
            criterion(input, input.text.span(first + start..first + end), cue.polarity, cue.confidence)
        })
        .filter(|criterion| !criterion.span.is_empty())
        .collect()
}

/// Where in the words of a cue the people begin that its verb speaks of: behind another verb, if there is one. “Patients with gout
/// were randomised and those with asthma were excluded” keeps out those with asthma. None where no people stand there: of whom the
/// last verb speaks cannot be told.
fn of_last_verb(words: &str) -> Option<usize> {
    let mut verbs = VERB.iter().flat_map(|form| form.find_iter(words)).map(|verb| verb.start());
    let (Some(first), Some(last)) = (verbs.next(), verbs.last()) else { return Some(0) };
    let people = PEOPLE.iter().flat_map(|form| form.find_iter(&words[first..last])).last();
    people.map(|people| first + people.start())
}

/// Whether the word before turns it round: “No patients with diabetes were excluded”.
fn follows_a_negation(before: &str) -> bool {
    let word = before.split_whitespace().next_back().unwrap_or_default();
    ["no", "not", "neither", "nor", "without"].contains(&word.to_lowercase().as_str())
}

static VERB: LazyLock<Option<Pattern>> = LazyLock::new(|| Pattern::new(r"(?i)\b(?:were|was|are)\b").ok());
static PEOPLE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    Pattern::new(r"(?i)\b(?:patients|participants|subjects|people|persons|individuals|volunteers|women|men|children|infants|adults|those)\b").ok()
});

/// Whether a number stands just before, perhaps with a word between: “12 of the patients were excluded” counts people.
fn follows_a_number(before: &str) -> bool {
    let counts = |word: &str| {
        word.bytes().any(|byte| byte.is_ascii_digit())
            || ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
                .contains(&word.to_lowercase().as_str())
    };
    let clause = before
        .rfind(['.', ';', ':'])
        .filter(|at| before[at + 1..].starts_with(' '))
        .map_or(before, |at| &before[at + 1..]);
    clause.split_whitespace().rev().take(3).any(counts)
}

fn criterion(input: &Input<'_>, span: Span, polarity: Polarity, confidence: f32) -> Criterion {
    let first = input.text.byte(span.start);
    let bounds = quantities::read(input.text.slice(span))
        .into_iter()
        // A single value is no bound; and words that only may let people in bound nothing.
        .filter(|read| confidence >= SURE && (read.value().is_none() || read.unit == "class"))
        .map(|read| Bound {
            quantity: read.quantity.to_owned(),
            least: read.least.map(|(value, _)| value),
            with_least: read.least.is_some_and(|(_, with)| with),
            most: read.most.map(|(value, _)| value),
            with_most: read.most.is_some_and(|(_, with)| with),
            unit: read.unit.to_owned(),
            span: input.text.span(first + read.place.start..first + read.place.end),
        })
        .collect();
    Criterion { span, polarity, bounds, confidence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cue_compiles() {
        assert_eq!(CUES.len(), table::rows(include_str!("criteria.tsv")).count());
        assert!(CUES.iter().all(|cue| cue.form.is_sound()));
        let others = [&ARMS, &MAY_TELL, &FINITE, &VERB, &PEOPLE];
        assert!(others.iter().all(|form| form.as_ref().is_some_and(Pattern::is_sound)) && LIST_MARK.is_some());
    }
}
