use std::sync::Arc;

use super::*;
use crate::model::{DocumentId, EvidenceLevel};

fn finding() -> FindingCard {
    crate::lookup::tests::finding(None)
}

/// A conclusion on what was asked for.
fn bears(bearing: Bearing) -> FindingCard {
    FindingCard { bearing: Some(bearing), role: SentenceRole::Conclusions, intervention: vec![oxotril()], ..finding() }
}

fn gout() -> ConceptId {
    ConceptId::new("TEST:gout")
}

fn oxotril() -> ConceptId {
    ConceptId::new("TEST:oxotril")
}

fn zelmarin() -> ConceptId {
    ConceptId::new("TEST:zelmarin")
}

fn asked() -> Asked {
    Asked { conditions: BTreeSet::from([gout()]), treatments: BTreeSet::from([oxotril()]), own: None }
}

fn harm() -> FindingCard {
    FindingCard { inactive: true, ..bears(Bearing::Harm) }
}

fn said(findings: Vec<FindingCard>) -> Said {
    said_by(None, findings)
}

fn said_by(design: Option<StudyDesign>, findings: Vec<FindingCard>) -> Said {
    said_at(0.9, &asked(), Card { design, level: Some(EvidenceLevel::L1b), findings, ..Card::default() })
}

fn said_at(relevance: f32, asked: &Asked, card: Card) -> Said {
    let found = |ordinal| Found::of(ordinal, relevance);
    let candidate = Candidate {
        version: 1,
        id: DocumentId::pmid(1),
        retracted: false,
        preprint: false,
        findings: (0..card.findings.len() as u32).map(found).collect(),
        card: Arc::new(card),
    };
    of_study(&[candidate], asked)
}

#[test]
fn good_treats_and_less_of_the_condition_prevents_it() {
    assert_eq!(said(vec![bears(Bearing::Benefit)]), Said::One(Relation::Treats));
    let risk = FindingCard { outcome: vec![gout()], occurrence: true, ..bears(Bearing::Benefit) };
    assert_eq!(said(vec![risk.clone()]), Said::One(Relation::Prevents));
    // How often something else comes about is no prevention of gout.
    assert_eq!(said(vec![FindingCard { outcome: Vec::new(), ..risk }]), Said::One(Relation::Treats));
    // The condition itself is bad, whatever the word lists know.
    let of_gout = |direction| FindingCard {
        outcome: vec![gout()],
        direction: Some(direction),
        intervention: vec![oxotril()],
        ..finding()
    };
    assert_eq!(said(vec![of_gout(Direction::Decreased)]), Said::One(Relation::Treats));
    let more = FindingCard { inactive: true, primary: true, ..of_gout(Direction::Increased) };
    assert_eq!(said(vec![more.clone()]), Said::One(Relation::Harms));
    // One of many outcomes; nothing says that it was this treatment; or that it was worse than nothing.
    assert_eq!(said(vec![FindingCard { primary: false, ..more.clone() }]), Said::Nothing);
    assert_eq!(said(vec![FindingCard { intervention: Vec::new(), ..more.clone() }]), Said::Nothing);
    assert_eq!(said(vec![FindingCard { inactive: false, ..more }]), Said::Nothing);
}

#[test]
fn what_is_said_first_is_heard_and_good_with_harm_is_mixed() {
    let result = FindingCard { role: SentenceRole::Results, outcome: vec![gout()], ..harm() };
    assert_eq!(said(vec![result, bears(Bearing::Benefit)]), Said::One(Relation::Treats));
    let primary =
        FindingCard { role: SentenceRole::Results, primary: true, inactive: true, ..bears(Bearing::NoBenefit) };
    assert_eq!(said(vec![bears(Bearing::Benefit), primary]), Said::One(Relation::NoEffect));
    assert_eq!(said(vec![bears(Bearing::Benefit), harm()]), Said::Mixed);
    assert_eq!(said(vec![bears(Bearing::Benefit), bears(Bearing::NoBenefit)]), Said::One(Relation::Treats));
    assert_eq!(said(vec![finding()]), Said::Nothing);
}

#[test]
fn no_difference_from_what_works_is_no_lack_of_effect() {
    let none = bears(Bearing::NoBenefit);
    let placebo = FindingCard { inactive: true, ..none.clone() };
    assert_eq!(said(vec![none.clone()]), Said::Nothing);
    assert_eq!(said(vec![placebo.clone()]), Said::One(Relation::NoEffect));
    // What the study compares with is said once and holds for what it finds.
    assert_eq!(said(vec![none.clone(), FindingCard { inactive: true, ..finding() }]), Said::One(Relation::NoEffect));
    let against = FindingCard { comparator: vec![ConceptId::new("TEST:zelmarin")], ..none };
    assert_eq!(said(vec![against.clone()]), Said::Nothing);
    assert_eq!(said(vec![placebo, against]), Said::One(Relation::NoEffect));
}

#[test]
fn what_is_as_good_treats_unless_the_study_compares_with_nothing_and_what_got_better_says_nothing() {
    assert_eq!(said(vec![bears(Bearing::Equal)]), Said::One(Relation::Treats));
    let inactive = || FindingCard { inactive: true, ..finding() };
    assert_eq!(said(vec![bears(Bearing::Equal), inactive()]), Said::Nothing);
    assert_eq!(said(vec![bears(Bearing::Improved)]), Said::Nothing);
}

#[test]
fn conclusions_of_full_texts_and_single_outcomes_that_went_no_way_say_nothing() {
    let of = |place, role| said(vec![FindingCard { place, role, ..bears(Bearing::Benefit) }]);
    assert_eq!(of(Place::Abstract, SentenceRole::Results), Said::One(Relation::Treats));
    assert_eq!(of(Place::Text, SentenceRole::Results), Said::One(Relation::Treats));
    assert_eq!(of(Place::Text, SentenceRole::Conclusions), Said::Nothing);
    let none = FindingCard { role: SentenceRole::Results, inactive: true, ..bears(Bearing::NoBenefit) };
    assert_eq!(said(vec![none.clone()]), Said::Nothing);
    assert_eq!(said(vec![FindingCard { primary: true, ..none }]), Said::One(Relation::NoEffect));
}

#[test]
fn what_was_not_under_test_or_not_alone_says_nothing() {
    let of = |intervention| FindingCard { intervention, ..bears(Bearing::Benefit) };
    assert_eq!(said(vec![of(vec![zelmarin()])]), Said::Nothing);
    assert_eq!(said(vec![of(vec![oxotril(), zelmarin()])]), Said::Nothing);
    // A sentence that names nothing is of what the paper tests.
    let tested = FindingCard { intervention: vec![oxotril()], ..finding() };
    let other = FindingCard { intervention: vec![zelmarin()], ..finding() };
    assert_eq!(said(vec![of(Vec::new())]), Said::Nothing);
    assert_eq!(said(vec![of(Vec::new()), tested.clone()]), Said::One(Relation::Treats));
    assert_eq!(said(vec![of(Vec::new()), tested.clone(), other.clone()]), Said::One(Relation::Treats));
    assert_eq!(said(vec![of(Vec::new()), tested.clone(), other.clone(), other]), Said::Nothing);
    let against = FindingCard { comparator: vec![zelmarin()], ..of(Vec::new()) };
    assert_eq!(said(vec![against, tested]), Said::Nothing);
    // Cholesterol that fell was not given.
    let cholesterol = ConceptId::mesh("D002784");
    let measured = Asked { treatments: BTreeSet::from([cholesterol.clone()]), ..asked() };
    for second in [Vec::new(), vec![cholesterol.clone()]] {
        let card = Card { findings: vec![of(vec![cholesterol.clone()]), of(second)], ..Card::default() };
        assert_eq!(said_at(0.9, &measured, card), Said::Nothing);
    }
}

#[test]
fn a_finding_that_hardly_fits_says_nothing_of_the_pair() {
    let card = || Card { findings: vec![bears(Bearing::Benefit)], ..Card::default() };
    assert_eq!(said_at(0.75, &asked(), card()), Said::One(Relation::Treats));
    assert_eq!(said_at(0.65, &asked(), card()), Said::Nothing);
}

#[test]
fn of_a_wide_term_only_what_is_said_of_itself_counts() {
    let card = || Card { findings: vec![bears(Bearing::Benefit)], ..Card::default() };
    let own = |findings| Asked { own: Some(HashSet::from(findings)), ..asked() };
    assert_eq!(said_at(0.9, &own([(1, 0)]), card()), Said::One(Relation::Treats));
    assert_eq!(said_at(0.9, &own([(2, 0)]), card()), Said::Nothing);
    let term = |kinds: usize| Term {
        asked: "gout".to_owned(),
        concept: gout(),
        name: "gout".to_owned(),
        alternatives: Vec::new(),
        together: vec![(zelmarin(), "zelmarin".to_owned())],
        apart: Vec::new(),
        answers: [gout(), zelmarin()]
            .into_iter()
            .chain((0..kinds).map(|n| ConceptId::new(format!("TEST:{n}"))))
            .collect(),
    };
    assert_eq!(Asked::speaking(&term(WIDE)).len(), WIDE + 2);
    assert_eq!(Asked::speaking(&term(WIDE + 1)), BTreeSet::from([gout(), zelmarin()]));
}

#[test]
fn accuracy_diagnoses_in_studies_of_accuracy_alone() {
    let accurate = || vec![FindingCard { accuracy: true, ..finding() }];
    assert_eq!(said_by(Some(StudyDesign::DiagnosticAccuracy), accurate()), Said::One(Relation::Diagnoses));
    assert_eq!(said(accurate()), Said::Nothing);
}

#[test]
fn a_relation_is_told_only_where_more_than_half_of_what_speaks_says_it() {
    let told = |treats, prevents, no_effect, harms| {
        Relations { treats, prevents, no_effect, harms, ..Relations::default() }.relation()
    };
    assert_eq!(told(0, 0, 0, 0), None);
    assert_eq!(told(2, 1, 2, 0), Some(Relation::Treats));
    assert_eq!(told(1, 2, 2, 0), Some(Relation::Prevents));
    assert_eq!(told(2, 0, 1, 1), None);
    assert_eq!(told(1, 1, 2, 0), None);
    assert_eq!(told(1, 0, 0, 2), Some(Relation::Harms));
    assert_eq!(Relations { not_stated: 4, mixed: 3, ..Relations::default() }.relation(), None);
}
