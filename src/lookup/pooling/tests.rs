//! What enters, what does not, and what is said of it.

use super::*;
use crate::lookup::answer::{CitedDocument, FindingEntry, StudyVote};
use crate::lookup::question::OutcomeWords;
use crate::model::{Effect, Interval, Place, SentenceRole};

fn study(pmid: u64, quote: &str, measure: Measure, [value, low, high]: [f64; 3]) -> StudyEntry {
    let id = DocumentId::pmid(pmid);
    let effect = Effect {
        value: Some(value),
        ci: Some(Interval { level: Some(95.0), low, high }),
        consistent: Some(true),
        ..Effect::blank(measure, Span::new(0, 1))
    };
    let finding = FindingEntry {
        document: id.clone(),
        section: "RESULTS".into(),
        place: Place::Abstract,
        span: Span::new(0, 1),
        quote: quote.into(),
        marks: Vec::new(),
        role: SentenceRole::Results,
        primary: false,
        direction: None,
        favours: None,
        significant: None,
        effects: vec![effect],
        numbers: vec![format!("{value} ({low}, {high})")],
        outcome: None,
        comparator: None,
        condition: None,
        treatment: None,
        as_comparator: false,
        by_words: false,
        relevance: 0.9,
        repeats: Vec::new(),
    };
    let document = CitedDocument {
        id,
        doi: None,
        title: String::new(),
        authors: Some("Doe J".into()),
        journal: None,
        year: Some(2020),
        design: Some(StudyDesign::RandomizedControlledTrial),
        design_reason: None,
        level: None,
        sample_size: None,
        registrations: Vec::new(),
        flags: Vec::new(),
        origin: String::new(),
        stored_at: String::new(),
    };
    StudyEntry {
        documents: vec![document],
        grouped_by: Vec::new(),
        findings: vec![finding],
        vote: StudyVote::NotStated,
        judged: None,
        fit: None,
        retracted: false,
    }
}

fn hazard(pmid: u64, bounds: [f64; 3]) -> StudyEntry {
    study(pmid, "Deaths were fewer than with placebo.", Measure::HR, bounds)
}

fn asked() -> Understood {
    let outcome = OutcomeWords { asked: "death".into(), groups: vec![vec!["death".into()]] };
    Understood { outcome: Some(outcome), ..Understood::default() }
}

fn done(studies: &[StudyEntry]) -> PooledEffect {
    match pool(studies, &asked()) {
        Pooling::Done(effect) => *effect,
        Pooling::Refused { reasons, left_out } => panic!("{reasons:?} {left_out:?}"),
    }
}

fn refused(studies: &[StudyEntry], understood: &Understood) -> String {
    match pool(studies, understood) {
        Pooling::Refused { reasons, .. } => reasons.join("; "),
        Pooling::Done(effect) => panic!("{effect:?}"),
    }
}

const A: [f64; 3] = [0.80, 0.70, 0.914_286];
const B: [f64; 3] = [0.70, 0.50, 0.98];
const C: [f64; 3] = [0.90, 0.75, 1.08];

#[test]
fn two_studies_have_a_fixed_effect_and_nothing_else() {
    let effect = done(&[hazard(1, A), hazard(2, B)]);
    // By hand: ln 0.8 with error 0.068130 and ln 0.7 with error 0.171673, weighted by 215.44 and 33.93: exp(-0.241312).
    assert!((effect.fixed.value - 0.7856).abs() < 0.0001, "{:?}", effect.fixed);
    assert_eq!((effect.random, effect.hartung_knapp, effect.prediction, effect.tau_squared), (None, None, None, None));
    assert!(effect.notes.iter().any(|note| note.contains("fixed effect alone")));
    assert!((effect.inputs.iter().map(|input| input.weight_fixed).sum::<f64>() - 100.0).abs() < 1e-9);
    assert_eq!((effect.comparator.as_str(), effect.inputs[0].numbers.as_str()), ("placebo", "0.8 (0.7, 0.914286)"));
}

#[test]
fn three_studies_have_all_of_it() {
    let effect = done(&[hazard(1, A), hazard(2, B), hazard(3, C)]);
    let random = effect.random.unwrap();
    assert!(random.low <= effect.fixed.value && effect.fixed.value <= random.high);
    let (low, high) = effect.prediction.unwrap();
    assert!(low <= random.low && high >= random.high);
    assert!(effect.hartung_knapp.is_some() && effect.i_squared.unwrap() >= 0.0);
}

#[test]
fn a_retracted_study_never_enters_and_is_named() {
    let mut bad = hazard(3, [0.1, 0.05, 0.2]);
    bad.retracted = true;
    let effect = done(&[hazard(1, A), hazard(2, B), bad]);
    assert_eq!(effect.inputs.len(), 2);
    assert_eq!(effect.left_out, [LeftOut { document: DocumentId::pmid(3), reason: "it is retracted".into() }]);
}

#[test]
fn what_does_not_match_is_refused_with_the_reason() {
    assert!(refused(&[hazard(1, A), hazard(2, B)], &Understood::default()).contains("no outcome"));
    assert!(refused(&[hazard(1, A)], &asked()).contains("one study alone"));
    assert!(refused(&[], &asked()).contains("no study"));
    let other = study(2, "Deaths were fewer than with usual care.", Measure::HR, B);
    assert!(refused(&[hazard(1, A), other], &asked()).contains("comparators differ"));
    let soon = study(1, "Deaths at 4 weeks were fewer than with placebo.", Measure::HR, A);
    let late = study(2, "Deaths at 2 years were fewer than with placebo.", Measure::HR, B);
    assert!(refused(&[soon, late], &asked()).contains("times differ: from 4 weeks to 2 years"));
}

#[test]
fn studies_that_differ_in_kind_are_left_out_with_the_reason() {
    let odds = study(3, "Deaths were fewer than with placebo.", Measure::OR, C);
    let mut cohort = hazard(4, C);
    cohort.documents[0].design = Some(StudyDesign::Cohort);
    let mut review = hazard(5, C);
    review.documents[0].design = Some(StudyDesign::SystematicReviewOrMetaAnalysis);
    let mut disagree = hazard(6, C);
    disagree.findings[0].effects[0].consistent = Some(false);
    let mut level = hazard(7, C);
    level.findings[0].effects[0].ci = Some(Interval { level: None, low: 0.75, high: 1.08 });
    let silent = study(8, "Deaths were fewer.", Measure::HR, C);
    let subgroup = study(9, "In the subgroup of women deaths were fewer than with placebo.", Measure::HR, C);
    let effect = done(&[hazard(1, A), hazard(2, B), odds, cohort, review, disagree, level, silent, subgroup]);
    assert_eq!(effect.inputs.len(), 2);
    let reasons: Vec<&str> = effect.left_out.iter().map(|out| out.reason.as_str()).collect();
    for words in [
        "reports OR",
        "observational",
        "systematic review",
        "do not agree",
        "level of its interval",
        "compared with",
        "subgroup",
    ] {
        assert!(reasons.iter().any(|reason| reason.contains(words)), "{words}: {reasons:?}");
    }
    assert_eq!(reasons.len(), 7);
}

#[test]
fn other_levels_are_taken_as_what_they_are() {
    let mut one = hazard(1, A);
    // The same standard error, reported at 99 %.
    let error = statistics::normal_half_width(99.0).unwrap() * (0.914_286f64 / 0.70).ln() / (2.0 * 1.959_964);
    let (low, high) = ((0.8f64.ln() - error).exp(), (0.8f64.ln() + error).exp());
    one.findings[0].effects[0].ci = Some(Interval { level: Some(99.0), low, high });
    let (at_99, at_95) = (done(&[one, hazard(2, B)]), done(&[hazard(1, A), hazard(2, B)]));
    assert!((at_99.fixed.value - at_95.fixed.value).abs() < 1e-5);
}
