use std::sync::Arc;

use super::*;
use crate::model::{DocumentId, EvidenceLevel};

fn finding() -> FindingCard {
    FindingCard {
        role: SentenceRole::Results,
        place: Place::Abstract,
        direction: None,
        significant: None,
        compared: false,
        outcomes: Vec::new(),
        harms: Vec::new(),
        estimated: false,
        primary: false,
        consistent: None,
        accuracy: false,
        intervention: Vec::new(),
        comparator: Vec::new(),
        outcome: Vec::new(),
        bearing: None,
        occurrence: false,
        inactive: false,
    }
}

fn bears(bearing: Bearing) -> FindingCard {
    FindingCard { bearing: Some(bearing), ..finding() }
}

fn gout() -> ConceptId {
    ConceptId::new("TEST:gout")
}

fn oxotril() -> ConceptId {
    ConceptId::new("TEST:oxotril")
}

fn harm() -> FindingCard {
    FindingCard { intervention: vec![oxotril()], inactive: true, ..bears(Bearing::Harm) }
}

fn said(findings: Vec<FindingCard>) -> Said {
    said_by(None, findings)
}

fn said_by(design: Option<StudyDesign>, findings: Vec<FindingCard>) -> Said {
    let found = |ordinal| Found {
        ordinal,
        relevance: 0.9,
        as_comparator: false,
        composite: false,
        aside: false,
        direction: None,
        by_words: false,
    };
    let candidate = Candidate {
        version: 1,
        id: DocumentId::pmid(1),
        retracted: false,
        preprint: false,
        findings: (0..findings.len() as u32).map(found).collect(),
        card: Arc::new(Card { design, level: Some(EvidenceLevel::L1b), findings, ..Card::default() }),
    };
    let (gout, oxotril) = (gout(), oxotril());
    of_study(&[candidate], &Asked { conditions: BTreeSet::from([&gout]), treatments: BTreeSet::from([&oxotril]) })
}

#[test]
fn good_treats_and_less_of_the_condition_prevents_it() {
    assert_eq!(said(vec![bears(Bearing::Benefit)]), Said::One(Relation::Treats));
    let risk = FindingCard { outcome: vec![gout()], occurrence: true, ..bears(Bearing::Benefit) };
    assert_eq!(said(vec![risk.clone()]), Said::One(Relation::Prevents));
    // How often something else comes about is no prevention of gout.
    assert_eq!(said(vec![FindingCard { outcome: Vec::new(), ..risk }]), Said::One(Relation::Treats));
    // The condition itself is bad, whatever the word lists know.
    let of_gout = |direction| FindingCard { outcome: vec![gout()], direction: Some(direction), ..finding() };
    assert_eq!(said(vec![of_gout(Direction::Decreased)]), Said::One(Relation::Treats));
    let more = FindingCard { intervention: vec![oxotril()], inactive: true, ..of_gout(Direction::Increased) };
    assert_eq!(said(vec![more.clone()]), Said::One(Relation::Harms));
    // Nothing says that it was this treatment; or that it was worse than nothing.
    assert_eq!(said(vec![FindingCard { intervention: Vec::new(), ..more.clone() }]), Said::Nothing);
    assert_eq!(said(vec![FindingCard { inactive: false, ..more }]), Said::Nothing);
}

#[test]
fn what_is_said_first_is_heard_and_good_with_harm_is_mixed() {
    let concluded = FindingCard { role: SentenceRole::Conclusions, ..bears(Bearing::Benefit) };
    assert_eq!(said(vec![harm(), concluded.clone()]), Said::One(Relation::Treats));
    let primary = FindingCard { primary: true, inactive: true, ..bears(Bearing::NoBenefit) };
    assert_eq!(said(vec![concluded, primary]), Said::One(Relation::NoEffect));
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
fn what_gets_better_or_is_as_good_treats_unless_the_study_compares_with_nothing() {
    for bearing in [Bearing::Improved, Bearing::Equal] {
        assert_eq!(said(vec![bears(bearing)]), Said::One(Relation::Treats));
        assert_eq!(said(vec![bears(bearing), FindingCard { inactive: true, ..finding() }]), Said::Nothing);
    }
}

#[test]
fn a_finding_that_hardly_fits_says_nothing_of_the_pair() {
    let said_at = |relevance| {
        let found = Found {
            ordinal: 0,
            relevance,
            as_comparator: false,
            composite: false,
            aside: false,
            direction: None,
            by_words: false,
        };
        let candidate = Candidate {
            version: 1,
            id: DocumentId::pmid(1),
            retracted: false,
            preprint: false,
            findings: vec![found],
            card: Arc::new(Card { findings: vec![bears(Bearing::Benefit)], ..Card::default() }),
        };
        let (gout, oxotril) = (gout(), oxotril());
        of_study(&[candidate], &Asked { conditions: BTreeSet::from([&gout]), treatments: BTreeSet::from([&oxotril]) })
    };
    assert_eq!((said_at(0.6), said_at(0.4)), (Said::One(Relation::Treats), Said::Nothing));
}

#[test]
fn accuracy_diagnoses_in_studies_of_accuracy_alone() {
    let accurate = || vec![FindingCard { accuracy: true, ..finding() }];
    assert_eq!(said_by(Some(StudyDesign::DiagnosticAccuracy), accurate()), Said::One(Relation::Diagnoses));
    assert_eq!(said(accurate()), Said::Nothing);
}

#[test]
fn a_relation_is_told_only_where_more_studies_say_it_than_anything_else() {
    let told = |treats, prevents, no_effect, harms| {
        Relations { treats, prevents, no_effect, harms, ..Relations::default() }.relation()
    };
    assert_eq!(told(0, 0, 0, 0), None);
    assert_eq!(told(2, 1, 2, 0), Some(Relation::Treats));
    assert_eq!(told(1, 2, 2, 0), Some(Relation::Prevents));
    assert_eq!(told(1, 1, 2, 0), None);
    assert_eq!(told(1, 0, 0, 2), Some(Relation::Harms));
    assert_eq!(Relations { not_stated: 4, mixed: 3, ..Relations::default() }.relation(), None);
}
