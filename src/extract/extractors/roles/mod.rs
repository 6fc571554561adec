//! The part that each sentence plays: from labels where there are some, from cues elsewhere, and, where there is an encoder, from a
//! trained head ([`trained`]).

mod full_text;
pub(in crate::extract) mod trained;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::extract::pattern::{Pattern, Patterns};
use crate::extract::{Extractor, Input, marks_within, table};
use crate::model::{Annotation, Passage, Sentence, SentenceRole};

/// Tells the role of each sentence.
#[derive(Debug, Clone, Copy)]
pub struct Roles;

/// A label that the source gives, and a heading within running text.
const LABEL: f32 = 0.99;
const HEADING: f32 = 0.95;
/// Labels are seldom longer; what is longer is text.
const LONGEST_LABEL: usize = 60;

impl Extractor for Roles {
    fn name(&self) -> &'static str {
        "roles"
    }

    fn version(&self) -> u32 {
        2
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        let passages = &input.document.passages;
        let of_abstract = |s: &&Sentence| input.in_abstract(s.passage) && input.is_running_text(s.passage);
        let unlabelled: u32 = annotation
            .sentences
            .iter()
            .filter(of_abstract)
            .filter(|s| passage_of(passages, s.passage) == Some(Label::None))
            .count() as u32;
        let marks = input.citation_marks();
        let mut place = 0;
        // The heading that running text is under, and the passage it stands in.
        let mut heading: Option<(u32, SentenceRole)> = None;
        for sentence in &mut annotation.sentences {
            if !input.is_running_text(sentence.passage) {
                continue;
            }
            let words = input.text.slice(sentence.span);
            if !input.in_abstract(sentence.passage) {
                let cited = !marks_within(&marks, sentence.span).is_empty();
                let passage = passages.get(sentence.passage as usize);
                let told = passage.and_then(|passage| full_text::role(passage, words, cited));
                (sentence.role, sentence.confidence) = told.map_or((None, 0.0), some);
                continue;
            }
            let label = passage_of(passages, sentence.passage).unwrap_or(Label::None);
            let (role, confidence) = match label {
                Label::Title => (Some(SentenceRole::Title), LABEL),
                Label::Role(role) => (Some(role), LABEL),
                // "METHODS AND RESULTS": cues choose, but only among its parts.
                Label::Either(parts) => {
                    by_cue(words, None).filter(|(role, _)| parts.contains(&Some(*role))).map_or((None, 0.0), some)
                }
                Label::None => {
                    place += 1;
                    if let Some(found) = leading_heading(words) {
                        heading = Some((sentence.passage, found));
                    }
                    match heading.filter(|(passage, _)| *passage == sentence.passage) {
                        Some((_, role)) => (Some(role), HEADING),
                        None => by_cue(words, Some(percent(place, unlabelled))).map_or((None, 0.0), some),
                    }
                }
            };
            sentence.role = role;
            sentence.confidence = confidence;
        }
    }
}

fn some((role, confidence): (SentenceRole, f32)) -> (Option<SentenceRole>, f32) {
    (Some(role), confidence)
}

/// Where the sentence stands among those without a label: 0 the first, 100 the last.
fn percent(place: u32, of: u32) -> u32 {
    if of <= 1 { 100 } else { (place - 1) * 100 / (of - 1) }
}

/// What the label of a passage says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Title,
    Role(SentenceRole),
    /// Parts that disagree.
    Either([Option<SentenceRole>; 3]),
    None,
}

/// The role that the label of a passage gives all of it; none where it has no label, or one of several roles.
pub fn labelled_role(passage: &Passage) -> Option<SentenceRole> {
    match label(passage) {
        Label::Role(role) => Some(role),
        Label::Title | Label::Either(_) | Label::None => None,
    }
}

fn passage_of(passages: &[Passage], at: u32) -> Option<Label> {
    passages.get(at as usize).map(label)
}

fn label(passage: &Passage) -> Label {
    if passage.section == "TITLE" {
        return Label::Title;
    }
    // The label as printed says more than the source's category: CONCLUSION is at times filed under RESULTS.
    let printed = read_label(&passage.section);
    if printed != Label::None {
        return printed;
    }
    passage.category.as_deref().map_or(Label::None, read_label)
}

static LABELS: LazyLock<HashMap<&'static str, SentenceRole>> = LazyLock::new(|| {
    table::rows(include_str!("labels.tsv"))
        .filter_map(|row| {
            let [label, role] = row.as_slice() else { return None };
            Some((*label, role_named(role)?))
        })
        .collect()
});

fn role_named(name: &str) -> Option<SentenceRole> {
    SentenceRole::OF_ABSTRACT.into_iter().find(|role| role.name() == name)
}

fn read_label(label: &str) -> Label {
    // A section path of the full text goes by its first part.
    let first = without_number(label.split('/').next().unwrap_or(label));
    if first.len() > LONGEST_LABEL {
        return Label::None;
    }
    let upper = first.trim().trim_end_matches([':', '.']).to_uppercase();
    if let Some(role) = LABELS.get(upper.as_str()) {
        return Label::Role(*role);
    }
    let mut roles: Vec<SentenceRole> = upper
        .split([',', '/', '&', ';', '('])
        .flat_map(|part| part.split(" AND "))
        .filter_map(|part| LABELS.get(part.trim_matches([' ', ')'])).copied())
        .collect();
    roles.dedup();
    match roles.as_slice() {
        [] => Label::None,
        [one] => Label::Role(*one),
        many => Label::Either([many.first().copied(), many.get(1).copied(), many.get(2).copied()]),
    }
}

/// A title without the number before it: `2.1. Results`, `III. Results`.
fn without_number(title: &str) -> &str {
    let title = title.trim();
    let digits = title.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim_start();
    if digits.len() < title.len() {
        return digits;
    }
    let roman = title.trim_start_matches(['I', 'V', 'X']);
    match roman.strip_prefix(['.', ')']) {
        Some(rest) if roman.len() < title.len() && rest.starts_with(' ') => rest.trim_start(),
        _ => title,
    }
}

/// The role of a heading that begins a sentence of running text: "METHODS: We …", "Results. Of …", "CONCLUSION This …".
fn leading_heading(sentence: &str) -> Option<SentenceRole> {
    let end = sentence.char_indices().take(LONGEST_LABEL).find(|(_, c)| matches!(c, ':' | '.')).map(|(at, _)| at);
    if let Some(end) = end {
        let upper = sentence[..end].trim().to_uppercase();
        // A colon makes any known label a heading; a full stop only one that stands alone.
        if let Some(role) = LABELS.get(upper.as_str()) {
            return Some(*role);
        }
    }
    // In capitals the heading may stand without a mark.
    let capitals = sentence.split(' ').take_while(|w| w.len() > 1 && w.chars().all(|c| c.is_uppercase())).count();
    (1..=capitals.min(4)).rev().find_map(|n| {
        let words: Vec<&str> = sentence.split(' ').take(n).collect();
        LABELS.get(words.join(" ").as_str()).copied()
    })
}

/// A cue of the table: what it says, where in the abstract it counts.
struct Cue {
    role: SentenceRole,
    confidence: f32,
    from: u32,
    to: u32,
}

struct Cues {
    cues: Vec<Cue>,
    forms: Patterns,
}

static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let (mut cues, mut forms) = (Vec::new(), Vec::new());
    for row in table::rows(include_str!("cues.tsv")) {
        let Some((cue, form)) = Cue::read(&row) else { continue };
        cues.push(cue);
        forms.push(form);
    }
    // Tests read every line, so that the set is never the empty one.
    Cues { cues, forms: Patterns::new(forms).unwrap_or_default() }
});

impl Cue {
    fn read(row: &[&'static str]) -> Option<(Self, Pattern)> {
        let [role, confidence, from, to, form] = row else { return None };
        let cue = Self {
            role: role_named(role)?,
            confidence: confidence.parse().ok()?,
            from: from.parse().ok()?,
            to: to.parse().ok()?,
        };
        Some((cue, Pattern::new(form).ok()?))
    }
}

/// The role of the surest cue; none where cues of two roles are nearly as sure.
fn by_cue(sentence: &str, percent: Option<u32>) -> Option<(SentenceRole, f32)> {
    const MARGIN: f32 = 0.025;
    let lower = sentence.to_lowercase();
    let mut best: Vec<(SentenceRole, f32)> = Vec::new();
    for cue in CUES.forms.matches(&lower).filter_map(|n| CUES.cues.get(n)) {
        if percent.is_none_or(|percent| (cue.from..=cue.to).contains(&percent)) {
            match best.iter_mut().find(|(role, _)| *role == cue.role) {
                Some((_, confidence)) => *confidence = confidence.max(cue.confidence),
                None => best.push((cue.role, cue.confidence)),
            }
        }
    }
    best.sort_by(|a, b| b.1.total_cmp(&a.1));
    match best.as_slice() {
        [] => None,
        [one] => Some(*one),
        [first, second, ..] => (first.1 - second.1 > MARGIN).then_some(*first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::annotate;
    use crate::model::Document;
    use crate::vocab::Dictionary;

    fn roles(passages: &[(&str, Option<&str>, &str)]) -> Vec<Option<&'static str>> {
        let mut document = Document::default();
        for (section, category, text) in passages {
            let category = category.map(str::to_owned);
            document.passages.push(Passage { section: (*section).into(), category, text: (*text).into() });
        }
        annotate(&document, &Dictionary::default()).sentences.iter().map(|s| s.role.map(SentenceRole::name)).collect()
    }

    #[test]
    fn every_line_of_the_tables_is_read() {
        assert_eq!(CUES.cues.len(), table::rows(include_str!("cues.tsv")).count());
        assert_eq!(CUES.forms.all().len(), CUES.cues.len());
        assert!(CUES.forms.all().iter().all(Pattern::is_sound));
        assert_eq!(LABELS.len(), table::rows(include_str!("labels.tsv")).count());
    }

    #[test]
    fn labels_tell() {
        let found = roles(&[
            ("TITLE", None, "A pill."),
            ("AIMS", None, "To see."),
            ("Patients and methods", None, "We looked."),
            ("FINDINGS", Some("RESULTS"), "It was so."),
            ("Strange label", Some("CONCLUSIONS"), "It is so."),
        ]);
        let expected = ["TITLE", "OBJECTIVE", "METHODS", "RESULTS", "CONCLUSIONS"].map(Some);
        assert_eq!(found, expected);
    }

    #[test]
    fn headings_within_the_text_tell_until_the_next() {
        let found =
            roles(&[("ABSTRACT", None, "METHODS: We looked. Twice. RESULTS: Pain fell. CONCLUSIONS: Pills may help.")]);
        assert_eq!(found, [Some("METHODS"), Some("METHODS"), Some("RESULTS"), Some("CONCLUSIONS")]);
    }

    #[test]
    fn cues_tell_where_there_is_no_label_and_otherwise_nothing_is_said() {
        let found = roles(&[(
            "ABSTRACT",
            None,
            "Little is known of pills. We aimed to test one. Adults were randomly assigned to a pill. \
             Pain was significantly lower (p < 0.001). The moon was full. In conclusion, the pill helps.",
        )]);
        let expected =
            [Some("BACKGROUND"), Some("OBJECTIVE"), Some("METHODS"), Some("RESULTS"), None, Some("CONCLUSIONS")];
        assert_eq!(found, expected);
    }
}
