//! Grouping, votes, order and counts on invented studies.

use super::answer::{CitedDocument, FindingEntry, FlagEntry, StudyVote};
use super::gather::Gathered;
use super::question::{self, Question};
use super::{LookupError, grouping, ranking, summary};
use crate::model::{
    Direction, DocumentId, EvidenceLevel, FlagKind, SampleSize, SampleSizeKind, SentenceRole, Span, StudyDesign,
};
use crate::vocab::Vocabulary;

fn document(pmid: u64, level: Option<EvidenceLevel>) -> CitedDocument {
    CitedDocument {
        id: DocumentId::pmid(pmid),
        doi: None,
        title: String::new(),
        authors: None,
        journal: None,
        year: Some(2020),
        design: Some(StudyDesign::RandomizedControlledTrial),
        design_reason: None,
        level,
        sample_size: Some(SampleSize {
            value: 100,
            kind: SampleSizeKind::Randomised,
            span: Span::new(0, 3),
            confidence: 1.0,
        }),
        registrations: Vec::new(),
        flags: Vec::new(),
        origin: String::new(),
        stored_at: String::new(),
        versions_of_it: Vec::new(),
    }
}

fn finding(pmid: u64, direction: Option<Direction>, relevance: f32) -> FindingEntry {
    FindingEntry {
        document: DocumentId::pmid(pmid),
        section: "RESULTS".into(),
        span: Span::new(0, 1),
        quote: "q".into(),
        marks: Vec::new(),
        role: SentenceRole::Results,
        direction,
        significant: None,
        effects: Vec::new(),
        numbers: Vec::new(),
        outcome: None,
        condition: None,
        treatment: None,
        as_comparator: false,
        relevance,
    }
}

fn gathered(pmid: u64, direction: Option<Direction>) -> Gathered {
    Gathered { document: document(pmid, Some(EvidenceLevel::L1b)), findings: vec![finding(pmid, direction, 0.9)] }
}

fn retracted(pmid: u64) -> Gathered {
    let mut one = gathered(pmid, Some(Direction::Increased));
    let said_by = DocumentId::pmid(pmid);
    one.document.flags.push(FlagEntry { kind: FlagKind::Retracted, said_by, source: "s".into(), notice: None });
    one
}

#[test]
fn one_registration_is_one_study_with_one_vote() {
    let mut members: Vec<Gathered> = (1..=3).map(|n| gathered(n, Some(Direction::Decreased))).collect();
    for member in &mut members[..2] {
        member.document.registrations.push("NCT1".into());
    }
    let studies = grouping::studies(members);
    assert_eq!(studies.len(), 2);
    assert_eq!((studies[0].documents.len(), studies[0].grouped_by.len()), (2, 1));
    let summary = summary::summarize(&studies, true);
    assert_eq!((summary.studies, summary.documents, summary.votes.decreased, summary.participants), (2, 3, 2, 200));
}

#[test]
fn a_review_is_no_report_of_the_trials_it_names() {
    let mut members: Vec<Gathered> = (1..=2).map(|n| gathered(n, None)).collect();
    for member in &mut members {
        member.document.registrations.push("NCT1".into());
    }
    members[1].document.design = Some(StudyDesign::SystematicReviewOrMetaAnalysis);
    let studies = grouping::studies(members);
    assert_eq!(studies.len(), 2);
    // And its participants are not added to those of its trials.
    assert_eq!(summary::summarize(&studies, false).participants, 100);
}

#[test]
fn a_preprint_and_its_paper_are_one_study_and_the_paper_leads() {
    let mut preprint = gathered(1, None);
    preprint.document.versions_of_it.push(DocumentId::pmid(2));
    let said_by = DocumentId::pmid(1);
    preprint.document.flags.push(FlagEntry { kind: FlagKind::Preprint, said_by, source: "s".into(), notice: None });
    let studies = grouping::studies(vec![preprint, gathered(2, None)]);
    assert_eq!(studies.len(), 1);
    assert_eq!(studies[0].lead().unwrap().id, DocumentId::pmid(2));
}

#[test]
fn retracted_studies_come_last_and_do_not_count() {
    let mut studies = grouping::studies(vec![retracted(1), gathered(2, Some(Direction::Decreased))]);
    ranking::rank(&mut studies);
    assert!(studies[1].retracted);
    let summary = summary::summarize(&studies, true);
    assert_eq!((summary.studies, summary.retracted, summary.votes.increased), (1, 1, 0));
    assert!(!summary.votes.is_conflict());
}

#[test]
fn a_finding_on_the_comparator_does_not_vote() {
    let mut one = gathered(1, Some(Direction::Decreased));
    one.findings[0].as_comparator = true;
    assert_eq!(grouping::studies(vec![one])[0].vote, StudyVote::NotStated);
}

#[test]
fn findings_that_point_both_ways_are_mixed_and_conclusions_speak_where_results_do_not() {
    let mut one = gathered(1, Some(Direction::Decreased));
    one.findings.push(finding(1, Some(Direction::Increased), 0.5));
    assert_eq!(grouping::studies(vec![one])[0].vote, StudyVote::Mixed);
    let mut other = gathered(2, None);
    let mut conclusion = finding(2, Some(Direction::NoDifference), 0.5);
    conclusion.role = SentenceRole::Conclusions;
    other.findings.push(conclusion);
    assert_eq!(grouping::studies(vec![other])[0].vote, StudyVote::NoDifference);
}

#[test]
fn better_evidence_comes_first_among_those_about_the_question() {
    let mut members: Vec<Gathered> = (1..=4).map(|n| gathered(n, None)).collect();
    members[0].document.level = None;
    members[1].document.level = Some(EvidenceLevel::L2b);
    members[2].document.level = Some(EvidenceLevel::L1a);
    members[2].findings[0].relevance = 0.4;
    let mut studies = grouping::studies(members);
    ranking::rank(&mut studies);
    let order: Vec<u64> = studies.iter().map(|study| study.lead().unwrap().id.as_pmid().unwrap()).collect();
    assert_eq!(order, [4, 2, 1, 3]);
}

#[test]
fn names_are_understood_by_side() {
    let vocabulary = Vocabulary::starter();
    let ask = |condition: Option<&str>, treatment: Option<&str>| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let question = Question { condition: owned(condition), treatment: owned(treatment), outcome: None, limit: 1 };
        question::understand(&question, &vocabulary)
    };
    let understood = ask(Some("heart failure"), Some("SGLT2 inhibitors")).unwrap();
    assert!(understood.treatment.unwrap().narrower() >= 3);
    assert!(matches!(ask(Some("metformin"), None), Err(LookupError::UnknownName { what: "condition", .. })));
    assert!(matches!(ask(None, Some("heart failure")), Err(LookupError::UnknownName { what: "treatment", .. })));
}

#[test]
fn an_outcome_is_found_however_it_is_spelt() {
    let question = Question { condition: None, treatment: None, outcome: Some("hospitalisation".into()), limit: 1 };
    let outcome = question::understand(&question, &Vocabulary::starter()).unwrap().outcome.unwrap();
    assert!(outcome.matches("Fewer hospitalizations were seen."));
    assert!(!outcome.matches("The hospital was full."));
}
