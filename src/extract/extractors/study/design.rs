//! The design, by `designs.tsv`, and its level.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::{Input, table};
use crate::model::{Annotation, Document, DocumentKind, EvidenceLevel, Indexing, SentenceRole, StudyDesign};

/// A design and what told it.
pub(super) struct Told {
    pub(super) design: StudyDesign,
    pub(super) reason: String,
    pub(super) confidence: f32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Title,
    Text,
    Type,
    CheckTags,
}

/// A line of `designs.tsv`.
struct Rule {
    /// None for words that only look like evidence: lines below do not see them.
    design: Option<StudyDesign>,
    place: Place,
    /// The words as written, for the reason that is given.
    words: &'static str,
    form: Option<Regex>,
    /// One of these stands in whatever the form matches, so that most rules cost no more than a search for words; empty where
    /// that cannot be told.
    literals: Vec<String>,
    confidence: f32,
    /// What title or text must hold besides.
    besides: Option<Regex>,
}

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| table::rows(include_str!("designs.tsv")).filter_map(|row| Rule::read(&row)).collect());

fn design_named(name: &str) -> Option<StudyDesign> {
    StudyDesign::ALL.into_iter().find(|design| design.name() == name)
}

impl Rule {
    fn read(row: &[&'static str]) -> Option<Self> {
        let (design, place, words, rest) = match row {
            [design, place, words, rest @ ..] => (*design, *place, *words, rest),
            _ => return None,
        };
        let place = match place {
            "title" => Place::Title,
            "text" => Place::Text,
            "type" => Place::Type,
            "check-tags" => Place::CheckTags,
            _ => return None,
        };
        let of_words = matches!(place, Place::Title | Place::Text);
        let form = if of_words { Some(Regex::new(&format!(r"\b(?:{words})")).ok()?) } else { None };
        let besides = |words: &&str| Regex::new(&format!(r"\b(?:{words})")).ok();
        let (design, confidence, besides) = match (design, rest) {
            ("-", []) => (None, 0.0, None),
            (name, [confidence]) => (Some(design_named(name)?), confidence.parse().ok()?, None),
            (name, [confidence, words]) => (Some(design_named(name)?), confidence.parse().ok()?, Some(besides(words)?)),
            _ => return None,
        };
        let literals = if of_words { literals(words) } else { Vec::new() };
        Some(Self { design, place, words, form, literals, confidence, besides })
    }
}

/// The longest run of plain characters of each alternative of an expression; none where one has no such run.
fn literals(expression: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    let (mut run, mut depth, mut escaped) = (String::new(), 0_u32, false);
    for c in expression.chars().chain(['|']) {
        let plain = depth == 0 && !escaped && (c.is_ascii_lowercase() || matches!(c, ' ' | '-' | ':' | ','));
        if plain {
            run.push(c);
            continue;
        }
        // What may be left out or repeated begins with the last character.
        if depth == 0 && matches!(c, '?' | '*' | '{') {
            run.pop();
        }
        let whole = std::mem::take(&mut run);
        if let Some(longest) = runs.last_mut().filter(|longest| longest.len() < whole.len()) {
            *longest = whole;
        }
        match c {
            _ if escaped => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => runs.push(String::new()),
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    runs.pop();
    if runs.iter().all(|run| run.trim().len() > 2) { runs } else { Vec::new() }
}

/// Headings that a program gave prove less.
const AUTOMATED: f32 = 0.8;
/// The methods of a full text speak of more than the design.
const FROM_METHODS: f32 = 0.8;

pub(super) fn tell(input: &Input<'_>, annotation: &Annotation) -> Option<Told> {
    let document = input.document;
    let title = plain(document.title());
    let text = body(input, annotation, true);
    // A full text names many designs; what it says of its own methods counts where title and abstract say nothing.
    let told = tell_by(document, title, text, "abstract").or_else(|| {
        let methods = body(input, annotation, false);
        let told = tell_by(document, String::new(), methods, "methods")?;
        Some(Told { confidence: told.confidence * FROM_METHODS, ..told })
    })?;
    if told.design == StudyDesign::RandomizedControlledTrial && is_plan(document) {
        let reason = format!("{}, registered without results", told.reason);
        return Some(Told { design: StudyDesign::RctProtocol, reason, ..told });
    }
    Some(told)
}

/// Whether a document says what is planned alone: a registration without posted results.
fn is_plan(document: &Document) -> bool {
    document.kind == DocumentKind::Registration && !document.has_posted_results()
}

fn tell_by(document: &Document, mut title: String, mut text: String, place: &str) -> Option<Told> {
    let weight = if document.indexing == Indexing::Automated { AUTOMATED } else { 1.0 };
    for rule in RULES.iter() {
        let seen = match rule.place {
            Place::Title => &mut title,
            Place::Text => &mut text,
            Place::Type | Place::CheckTags => {
                let (holds, reason) = match rule.place {
                    Place::Type => {
                        (document.has_publication_type(rule.words), format!("publication type {}", rule.words))
                    }
                    _ => (animals_only(document) == Some(true), format!("check tags {}", rule.words)),
                };
                match rule.design.filter(|_| holds) {
                    Some(design) => return Some(Told { design, reason, confidence: rule.confidence * weight }),
                    None => continue,
                }
            }
        };
        if !rule.literals.is_empty() && !rule.literals.iter().any(|words| seen.contains(words.as_str())) {
            continue;
        }
        let Some(found) = rule.form.as_ref().and_then(|form| form.find(seen)) else { continue };
        let Some(design) = rule.design else {
            let masked = rule.form.as_ref().map(|form| form.replace_all(seen, " ").into_owned());
            *seen = masked.unwrap_or_default();
            continue;
        };
        let place = if rule.place == Place::Title { "title" } else { place };
        let reason = format!("“{}” in the {place}", found.as_str().trim());
        if rule.besides.as_ref().is_none_or(|form| form.is_match(&title) || form.is_match(&text)) {
            return Some(Told { design, reason, confidence: rule.confidence });
        }
    }
    None
}

/// Words as the rules have them: in lower case, with plain hyphens and blanks.
fn plain(words: &str) -> String {
    let plain = |c: char| match c {
        '\u{2010}'..='\u{2014}' | '\u{2212}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    words.chars().map(plain).flat_map(char::to_lowercase).collect()
}

/// The abstract, or the methods of the full text, without what it says of earlier work and of work to come.
fn body(input: &Input<'_>, annotation: &Annotation, of_abstract: bool) -> String {
    use SentenceRole::{Background, Conclusions, Title};
    let mut text = String::new();
    for sentence in &annotation.sentences {
        let wanted = input.states(sentence)
            && input.in_abstract(sentence.passage) == of_abstract
            && (of_abstract || sentence.role == Some(SentenceRole::Methods));
        if wanted && !matches!(sentence.role, Some(Title | Background | Conclusions)) {
            text.push_str(&plain(input.text.slice(sentence.span)));
            text.push('\n');
        }
    }
    text
}

/// Whether the record is of animals and not of people, as its check tags say; none where they say neither.
pub(in crate::extract::extractors) fn animals_only(document: &Document) -> Option<bool> {
    let tagged = |name: &str| document.headings.iter().any(|heading| heading.name == name);
    match (tagged("Animals"), tagged("Humans")) {
        (_, true) => Some(false),
        (true, false) => Some(true),
        (false, false) => None,
    }
}

static LEVELS: LazyLock<Vec<(StudyDesign, EvidenceLevel)>> = LazyLock::new(|| {
    table::rows(include_str!("levels.tsv"))
        .filter_map(|row| {
            let [design, level] = row.as_slice() else { return None };
            Some((design_named(design)?, level_named(level)?))
        })
        .collect()
});

fn level_named(name: &str) -> Option<EvidenceLevel> {
    use EvidenceLevel::{L1a, L1b, L2a, L2b, L3a, L3b, L4, L5};
    [L1a, L1b, L2a, L2b, L3a, L3b, L4, L5].into_iter().find(|level| level.name() == name)
}

/// The level of evidence that the design gives; a review has that of what it says it reviews.
pub(super) fn level(design: StudyDesign, input: &Input<'_>) -> Option<EvidenceLevel> {
    if is_plan(input.document) {
        return None;
    }
    if design == StudyDesign::SystematicReviewOrMetaAnalysis {
        let first = input.document.full_text_from.unwrap_or(u32::MAX) as usize;
        let passages = input.document.passages.iter().take(first);
        let text = passages.map(|passage| passage.text.to_lowercase()).collect::<Vec<_>>().join("\n");
        let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
        return if says(&["randomi", "controlled trials", "rcts"]) {
            Some(EvidenceLevel::L1a)
        } else if says(&["cohort"]) {
            Some(EvidenceLevel::L2a)
        } else if says(&["case-control", "case control"]) {
            Some(EvidenceLevel::L3a)
        } else {
            None
        };
    }
    LEVELS.iter().find(|(known, _)| *known == design).map(|(_, level)| *level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_match_holds_is_known() {
        assert_eq!(literals("randomly[ -](assigned|given)"), ["randomly"]);
        assert_eq!(literals("non-? ?randomi[sz]ed"), ["randomi"]);
        assert_eq!(literals("case (report|series)s?|in vitro"), ["case ", "in vitro"]);
        assert_eq!(literals("(predict|foretell)s?|factors"), Vec::<String>::new());
        assert_eq!(literals(r"searched[^.]{0,80} (was|were) found\b"), ["searched"]);
    }

    #[test]
    fn every_line_of_the_tables_is_read() {
        assert_eq!(RULES.len(), table::rows(include_str!("designs.tsv")).count());
        assert_eq!(LEVELS.len(), table::rows(include_str!("levels.tsv")).count());
    }
}
