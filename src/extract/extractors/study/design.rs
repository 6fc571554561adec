//! The design, by `designs.tsv`, and its level.

use std::sync::LazyLock;

use crate::extract::{Input, table};
use crate::model::{Annotation, Document, EvidenceLevel, Indexing, SentenceRole, StudyDesign};

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

struct Rule {
    design: StudyDesign,
    place: Place,
    words: &'static str,
    confidence: f32,
}

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| table::rows(include_str!("designs.tsv")).filter_map(|row| Rule::read(&row)).collect());

fn design_named(name: &str) -> Option<StudyDesign> {
    StudyDesign::ALL.into_iter().find(|design| design.name() == name)
}

impl Rule {
    fn read(row: &[&'static str]) -> Option<Self> {
        let [design, place, words, confidence] = row else { return None };
        let place = match *place {
            "title" => Place::Title,
            "text" => Place::Text,
            "type" => Place::Type,
            "check-tags" => Place::CheckTags,
            _ => return None,
        };
        Some(Self { design: design_named(design)?, place, words, confidence: confidence.parse().ok()? })
    }
}

/// Headings that a program gave prove less.
const AUTOMATED: f32 = 0.8;
/// The methods of a full text speak of more than the design.
const FROM_METHODS: f32 = 0.8;

pub(super) fn tell(input: &Input<'_>, annotation: &Annotation) -> Option<Told> {
    let document = input.document;
    let title = document.title().to_lowercase();
    let text = body(input, annotation, true);
    // A full text names many designs; what it says of its own methods counts where title and abstract say nothing.
    tell_by(document, &title, &text, "abstract").or_else(|| {
        let methods = body(input, annotation, false);
        let told = tell_by(document, "", &methods, "methods")?;
        Some(Told { confidence: told.confidence * FROM_METHODS, ..told })
    })
}

fn tell_by(document: &Document, title: &str, text: &str, place: &str) -> Option<Told> {
    let weight = if document.indexing == Indexing::Automated { AUTOMATED } else { 1.0 };
    RULES.iter().find_map(|rule| {
        let (holds, reason, weight) = match rule.place {
            Place::Title => (has_words(title, rule.words), format!("“{}” in the title", rule.words), 1.0),
            Place::Text => (has_words(text, rule.words), format!("“{}” in the {place}", rule.words), 1.0),
            Place::Type => {
                (document.has_publication_type(rule.words), format!("publication type {}", rule.words), weight)
            }
            Place::CheckTags => (animals_only(document) == Some(true), format!("check tags {}", rule.words), weight),
        };
        holds.then_some(Told { design: rule.design, reason, confidence: rule.confidence * weight })
    })
}

/// The abstract, or the methods of the full text, in lower case without what it says of earlier work.
fn body(input: &Input<'_>, annotation: &Annotation, of_abstract: bool) -> String {
    let mut text = String::new();
    for sentence in &annotation.sentences {
        let wanted = input.states(sentence)
            && input.in_abstract(sentence.passage) == of_abstract
            && (of_abstract || sentence.role == Some(SentenceRole::Methods));
        if wanted && !matches!(sentence.role, Some(SentenceRole::Title | SentenceRole::Background)) {
            text.push_str(&input.text.slice(sentence.span).to_lowercase());
            text.push('\n');
        }
    }
    text
}

/// Whether the words stand in the text at the beginning of a word.
fn has_words(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-'))
}

/// Whether the record is of animals and not of people, as its check tags say; none where they say neither.
pub(super) fn animals_only(document: &Document) -> Option<bool> {
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
    fn every_line_of_the_tables_is_read() {
        assert_eq!(RULES.len(), table::rows(include_str!("designs.tsv")).count());
        assert_eq!(LEVELS.len(), table::rows(include_str!("levels.tsv")).count());
    }
}
