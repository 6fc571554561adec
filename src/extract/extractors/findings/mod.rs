//! Findings: the sentences that report a result or draw a conclusion, with their numbers and what they say of them.
//!
//! Only sentences whose role is RESULTS or CONCLUSIONS report; one without a role does where it holds a comparison with its
//! numbers. What the words do not make clear stays empty: direction, significance and the three slots are each given only
//! where nothing in the sentence speaks against them. The word lists stand in `cues.toml`; see `README.md`.

pub mod comparison;
mod cues;
mod direction;
pub mod polarity;
mod slots;
mod words;

use std::borrow::Cow;

use self::cues::CUES;
use self::slots::Named;
use self::words::{Word, any};
use super::effects::{self, Reading};
use crate::extract::{Extractor, Input, marks_within};
use crate::model::{
    Abbreviation, Annotation, Direction, Favours, Finding, Measure, Mention, MentionRole, Outcome, PValue, Sentence,
    SentenceRole, Slot, Span, StudyDesign, TextIndex,
};

/// Raised whenever what is found may change.
pub(super) const VERSION: u32 = 6;

/// Finds what the document found.
pub(super) struct Findings;

impl Extractor for Findings {
    fn name(&self) -> &'static str {
        "findings"
    }

    fn version(&self) -> u32 {
        // Effects are read here and nowhere else: their version is part of this one.
        100 * effects::VERSION + VERSION
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        // A protocol has found nothing yet.
        if annotation.study.design == Some(StudyDesign::RctProtocol) {
            return;
        }
        let marks = input.citation_marks();
        let rates = rates(input.text, annotation);
        let findings: Vec<Finding> = annotation
            .sentences
            .iter()
            .filter(|sentence| may_report(input, sentence))
            .filter_map(|sentence| {
                let marks = marks_within(&marks, sentence.span);
                let mentions = mentions_within(&annotation.mentions, sentence.span);
                let outcomes = outcomes_within(&annotation.outcomes, sentence.span);
                finding(input.text, sentence, &Told { mentions, outcomes, marks, rates: &rates })
            })
            .collect();
        annotation.findings = findings;
    }
}

/// Whether a sentence is one in which the paper may report: running text, and in a full text not without a role, since most
/// of what is said there without one is said of others.
fn may_report(input: &Input<'_>, sentence: &Sentence) -> bool {
    input.states(sentence) && (input.in_abstract(sentence.passage) || sentence.role.is_some())
}

/// The mentions in a sentence; they come in order and do not overlap.
fn mentions_within(mentions: &[Mention], sentence: Span) -> &[Mention] {
    let from = mentions.partition_point(|mention| mention.span.end <= sentence.start);
    let after = mentions.partition_point(|mention| mention.span.start < sentence.end);
    &mentions[from..after.max(from)]
}

/// The outcomes in a sentence; they come in order and do not overlap.
fn outcomes_within(outcomes: &[Outcome], sentence: Span) -> &[Outcome] {
    let from = outcomes.partition_point(|outcome| outcome.span.end <= sentence.start);
    let after = outcomes.partition_point(|outcome| outcome.span.start < sentence.end);
    &outcomes[from..after.max(from)]
}

/// What is known of a sentence before it is read for what it finds.
struct Told<'a> {
    mentions: &'a [Mention],
    /// What a trained head took for measured.
    outcomes: &'a [Outcome],
    marks: &'a [Span],
    rates: &'a [String],
}

/// The words of a sentence with blanks in place of what refers to other works, whose digits are no numbers of the text.
fn without_marks<'t>(text: &'t TextIndex<'_>, sentence: Span, marks: &[Span]) -> Cow<'t, str> {
    let words = text.slice(sentence);
    if marks.is_empty() {
        return Cow::Borrowed(words);
    }
    let from = text.byte(sentence.start);
    let mut masked = String::with_capacity(words.len());
    let mut at = 0;
    for mark in marks {
        let start = text.byte(mark.start.max(sentence.start)) - from;
        let end = text.byte(mark.end.min(sentence.end)) - from;
        if start >= at && end >= start {
            masked.push_str(&words[at..start]);
            masked.extend(std::iter::repeat_n(' ', end - start));
            at = end;
        }
    }
    masked.push_str(&words[at..]);
    Cow::Owned(masked)
}

/// The short forms of rates that the document explains ("live birth rate (LBR)"), in lower case.
fn rates(text: &TextIndex<'_>, annotation: &Annotation) -> Vec<String> {
    let is_rate = |long: &str| long.to_lowercase().split_whitespace().next_back().is_some_and(effects::is_rate);
    let short = |pair: &Abbreviation| text.slice(pair.short).to_lowercase();
    annotation.abbreviations.iter().filter(|pair| is_rate(text.slice(pair.long))).map(short).collect()
}

/// What a sentence finds, if it finds something.
fn finding(text: &TextIndex<'_>, sentence: &Sentence, told: &Told<'_>) -> Option<Finding> {
    let mentions = told.mentions;
    let role = match sentence.role {
        Some(role @ (SentenceRole::Results | SentenceRole::Conclusions)) => Some(role),
        None => None,
        Some(_) => return None,
    };
    let bytes = text.bytes(sentence.span);
    let offset = bytes.start;
    let words_of = without_marks(text, sentence.span, told.marks);
    let words = words::words(&words_of);
    let readings = effects::read_with(&words_of, told.rates);
    let strength = strength(role, &words, &readings)?;
    let named = named(text, &words, sentence.span, offset, mentions);
    let parts = slots::parts(&words, &named);
    let slot = |bytes: Option<std::ops::Range<usize>>| {
        bytes.map(|bytes| slot(text, offset + bytes.start..offset + bytes.end, mentions))
    };
    let significant = significant(&words, &readings);
    let direction = direction(&words, &named, significant)
        .or_else(|| judged(&words, &named, &parts, &readings).filter(|told| agrees(*told, significant)));
    let by_role = if role.is_some() { 0.5 + 0.5 * sentence.confidence.clamp(0.0, 1.0) } else { 0.5 };
    let told_outcomes: Vec<_> =
        told.outcomes.iter().map(|one| (within(text, one.span, offset), one.confidence)).collect();
    let outcome = slot(parts.outcome.clone().or_else(|| slots::tagged(&words_of, &words, &told_outcomes, &parts)));
    let intervention = slot(parts.intervention);
    let comparator = slot(parts.comparator);
    let favours = polarity::favours(direction, outcome.as_ref().map(|outcome| text.slice(outcome.span)))
        .filter(|favours| *favours == Favours::Neither || names_arms(text, intervention.as_ref(), comparator.as_ref()));
    Some(Finding {
        span: sentence.span,
        role: role.unwrap_or(SentenceRole::Results),
        intervention,
        comparator,
        outcome,
        direction,
        favours,
        significant,
        effects: readings.iter().map(|reading| reading.placed(text, offset)).collect(),
        links: Vec::new(),
        confidence: strength * by_role,
    })
}

/// Where a span stands, in bytes of the sentence that begins at byte `offset`.
fn within(text: &TextIndex<'_>, span: Span, offset: usize) -> std::ops::Range<usize> {
    let bytes = text.bytes(span);
    bytes.start.saturating_sub(offset)..bytes.end.saturating_sub(offset)
}

/// Whether a sentence names what was done, or compares with what is no treatment: else its direction may be of kinds of people.
fn names_arms(text: &TextIndex<'_>, intervention: Option<&Slot>, comparator: Option<&Slot>) -> bool {
    let inactive = |slot: &Slot| CUES.slots.comparators.contains(&text.slice(slot.span).to_lowercase());
    match (intervention, comparator) {
        (Some(one), Some(other)) => one.concepts != other.concepts,
        (Some(_), None) => true,
        (None, other) => other.is_some_and(inactive),
    }
}

/// Which way the outcome went. A change that was seen and not shown is no difference.
fn direction(words: &[Word], named: &[Named], significant: Option<bool>) -> Option<Direction> {
    let at = |n: &Named| words.iter().position(|word| word.bytes.start == n.bytes.start);
    let comparators: Vec<usize> = named.iter().filter(|n| n.comparator == Some(true)).filter_map(at).collect();
    let by_words = direction::direction(words, &comparators);
    let compared = by_words.is_some() || any(words, &CUES.scope.than);
    if significant == Some(false) && compared { Some(Direction::NoDifference) } else { by_words }
}

/// What the votes of the sentence say of its own arms and outcome, where the rules of cues are silent and the votes are sure. Both a change within
/// the arms and a comparison of subgroups look like a comparison of arms to the votes.
fn judged(words: &[Word], named: &[Named], parts: &slots::Parts, readings: &[Reading]) -> Option<Direction> {
    /// From here on, in `eval direction` on training prompts, the direction is as often right as that of the rules.
    const SURE: f32 = 0.8;
    if any(words, &CUES.scope.within) || any(words, &CUES.scope.subgroups) {
        return None;
    }
    let outcome = parts.outcome.as_ref()?;
    let (direction, sure) = comparison::judge_found(words, named, outcome, readings).likeliest();
    (sure >= SURE).then_some(direction)
}

/// Whether a direction goes with what was told of significance: a difference that was not shown is none.
fn agrees(direction: Direction, significant: Option<bool>) -> bool {
    significant.is_none_or(|shown| shown == (direction != Direction::NoDifference))
}

/// How surely the sentence reports something; none where it does not.
fn strength(role: Option<SentenceRole>, words: &[Word], readings: &[Reading]) -> Option<f32> {
    let compares = readings.iter().any(|reading| reading.tests_difference && compares(reading));
    let estimates = compares || readings.iter().any(|reading| reading.effect.ci.is_some());
    if any(words, &CUES.reject.always) || !estimates && any(words, &CUES.reject.unless_numbers) {
        return None;
    }
    if role.is_none() {
        let estimate = |reading: &Reading| reading.effect.value.is_some() && compares_with_proof(reading);
        return readings.iter().any(estimate).then_some(0.9);
    }
    if compares {
        return Some(0.95);
    }
    if !direction::cues(words).is_empty() {
        return Some(0.85);
    }
    if !readings.is_empty() {
        return Some(0.8);
    }
    let report = words.iter().any(|word| CUES.report.words.contains(&word.text));
    report.then_some(0.65)
}

/// Whether an effect is of a comparison: what describes one arm is none.
fn compares(reading: &Reading) -> bool {
    !matches!(reading.effect.measure, Measure::Mean | Measure::Median | Measure::Proportion)
}

fn compares_with_proof(reading: &Reading) -> bool {
    compares(reading) && (reading.effect.ci.is_some() || reading.effect.p.is_some())
}

/// Whether a difference was shown: by the numbers and the words where they agree, by the one that speaks where only one does.
fn significant(words: &[Word], readings: &[Reading]) -> Option<bool> {
    let by_words = direction::significant(words);
    let mut by_numbers = None;
    for reading in readings.iter().filter(|reading| reading.tests_difference) {
        let Some(shown) = reading.effect.significant() else { continue };
        // The interval and its own p-value point different ways.
        if reading.effect.p.and_then(PValue::significant).is_some_and(|by_p| by_p != shown) {
            return None;
        }
        match by_numbers {
            None => by_numbers = Some(shown),
            Some(other) if other != shown => return None,
            Some(_) => {}
        }
    }
    match (by_words, by_numbers) {
        (Some(a), Some(b)) => (a == b).then_some(a),
        (one, other) => one.or(other),
    }
}

/// The treatments of the sentence, in bytes of it.
fn named(text: &TextIndex<'_>, words: &[Word], sentence: Span, offset: usize, mentions: &[Mention]) -> Vec<Named> {
    let of_mention = |mention: &Mention| {
        let bytes = within(text, mention.span, offset);
        let first = words.partition_point(|word| word.bytes.end <= bytes.start);
        let after = words.partition_point(|word| word.bytes.start < bytes.end);
        // "placebo" is a substance to the vocabulary, and never what is tested.
        let placebo = (first..after).any(|n| CUES.slots.comparators.contains(&words[n].text));
        let treatment = mention.mention_type.can_treat()
            && mention.role != Some(MentionRole::Outcome)
            && (mention.role.is_some() || !is_measured(words, first, after));
        let comparator = match mention.role {
            _ if placebo => Some(true),
            Some(MentionRole::UnderTest) => Some(false),
            Some(MentionRole::Comparator) => Some(true),
            _ => None,
        };
        Named { bytes, treatment, comparator }
    };
    mentions.iter().filter(|mention| sentence.contains(mention.span)).map(of_mention).collect()
}

/// Whether the words around a substance say that it was measured in people and not given to them.
fn is_measured(words: &[Word], first: usize, after: usize) -> bool {
    let listed =
        |at: Option<usize>, list: &[String]| at.and_then(|at| words.get(at)).is_some_and(|w| list.contains(&w.text));
    listed(Some(after), &CUES.slots.measured_after) || listed(first.checked_sub(1), &CUES.slots.measured_before)
}

fn slot(text: &TextIndex<'_>, bytes: std::ops::Range<usize>, mentions: &[Mention]) -> Slot {
    slot_at(text.span(bytes), mentions)
}

/// A slot with the concepts that are named within it.
fn slot_at(span: Span, mentions: &[Mention]) -> Slot {
    let mut concepts = Vec::new();
    for concept in mentions.iter().filter(|m| span.contains(m.span)).flat_map(|m| &m.concepts) {
        if !concepts.contains(concept) {
            concepts.push(concept.clone());
        }
    }
    Slot { span, concepts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConceptId, ConceptType, Document, Passage};
    use crate::vocab::{Dictionary, Vocabulary};

    fn findings(role: Option<SentenceRole>, text: &str) -> Vec<Finding> {
        findings_with(role, text, &[])
    }

    /// The findings of a sentence in which `chemicals` are mentioned.
    fn findings_with(role: Option<SentenceRole>, text: &str, chemicals: &[&str]) -> Vec<Finding> {
        let mut document = Document::default();
        document.passages.push(Passage { section: "ABSTRACT".into(), category: None, text: text.to_owned() });
        let whole = document.text();
        let index = TextIndex::new(&whole);
        let passages = document.passage_spans();
        let mut annotation = Annotation::default();
        let span = Span::new(0, index.len());
        annotation.sentences.push(Sentence { span, passage: 0, role, confidence: 1.0 });
        for (at, found) in chemicals.iter().flat_map(|name| text.match_indices(name)) {
            annotation.mentions.push(Mention {
                span: index.span(at..at + found.len()),
                mention_type: ConceptType::Chemical,
                role: None,
                concepts: vec![ConceptId::new(format!("TEST:{found}"))],
                name: None,
                abbreviation_of: None,
                confidence: 1.0,
            });
        }
        let dictionary = Dictionary::build(&Vocabulary::starter());
        let input = Input { document: &document, text: &index, passages: &passages, dictionary: &dictionary };
        Findings.extract(&input, &mut annotation);
        annotation.findings
    }

    #[test]
    fn what_is_measured_is_the_outcome_and_placebo_the_comparator() {
        let text = "Serum creatinine was lower with zelmarin than with placebo.";
        let found = findings_with(Some(SentenceRole::Results), text, &["creatinine", "zelmarin", "placebo"]);
        let index = TextIndex::new(text);
        let words = |slot: &Option<Slot>| slot.as_ref().map(|slot| (index.slice(slot.span), slot.concepts.len()));
        assert_eq!(words(&found[0].intervention), Some(("zelmarin", 1)));
        assert_eq!(words(&found[0].comparator), Some(("placebo", 1)));
        assert_eq!(words(&found[0].outcome), Some(("Serum creatinine", 1)));
        let alone = findings_with(Some(SentenceRole::Results), "Pain was higher with placebo.", &["placebo"]);
        assert_eq!(alone[0].intervention, None);
    }

    #[test]
    fn a_result_with_its_numbers_is_a_finding() {
        let text = "Mortality – death of any cause – was significantly lower (HR 0.74, 95% CI 0.65–0.85; P<.001).";
        let found = findings(Some(SentenceRole::Results), text);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].direction, found[0].significant), (Some(Direction::Decreased), Some(true)));
        let index = TextIndex::new(text);
        assert_eq!(index.slice(found[0].effects[0].span), "HR 0.74, 95% CI 0.65–0.85; P<.001");
    }

    #[test]
    fn only_results_and_conclusions_report() {
        let text = "Drug A reduced mortality (HR 0.74, 95% CI 0.65–0.85).";
        for role in [SentenceRole::Title, SentenceRole::Background, SentenceRole::Objective, SentenceRole::Methods] {
            assert!(findings(Some(role), text).is_empty(), "{role:?}");
        }
        let unlabelled = findings(None, text);
        assert_eq!(unlabelled.len(), 1);
        assert!(unlabelled[0].confidence < 0.6);
        assert!(findings(None, "Drug A reduced mortality.").is_empty());
    }

    #[test]
    fn what_reports_nothing_is_no_finding() {
        for text in [
            "Further research is needed.",
            "We randomised 200 patients; 100 were assigned to each group.",
            "Mean age was 54 years.",
            "The trial will be completed in 2 years.",
            "Participants were enrolled in 14 centres.",
        ] {
            assert!(findings(Some(SentenceRole::Results), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn numbers_and_words_that_disagree_leave_significance_open() {
        let found = findings(Some(SentenceRole::Results), "Pain was significantly lower (P = 0.4).");
        assert_eq!(found[0].significant, None);
        let found = findings(Some(SentenceRole::Results), "Pain was lower (P = 0.01) and so was nausea (P = 0.3).");
        assert_eq!(found[0].significant, None);
        let found = findings(Some(SentenceRole::Results), "Pain was lower (P for interaction = 0.01).");
        assert_eq!(found[0].significant, None);
    }

    #[test]
    fn time_grows_with_the_text_and_no_faster() {
        let began = std::time::Instant::now();
        for piece in ["lower than the control rate ", "no ", "not significantly ", "pain, ", "was "] {
            findings(Some(SentenceRole::Results), &piece.repeat(100_000 / piece.len()));
        }
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }

    #[test]
    fn a_protocol_finds_nothing() {
        let mut annotation = Annotation::default();
        annotation.study.design = Some(StudyDesign::RctProtocol);
        let mut document = Document::default();
        document.set_title("Drug A reduced mortality (HR 0.7, 95% CI 0.6-0.8)".into());
        let text = document.text();
        let index = TextIndex::new(&text);
        let span = Span::new(0, index.len());
        annotation.sentences.push(Sentence { span, passage: 0, role: Some(SentenceRole::Results), confidence: 1.0 });
        let passages = document.passage_spans();
        let dictionary = Dictionary::build(&Vocabulary::starter());
        let input = Input { document: &document, text: &index, passages: &passages, dictionary: &dictionary };
        Findings.extract(&input, &mut annotation);
        assert!(annotation.findings.is_empty());
    }
}
