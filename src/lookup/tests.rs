//! Grouping, votes, order and counts on invented studies.

use std::sync::Arc;

use super::answer::StudyVote;
use super::filters::Order;
use super::gather::{Candidate, Found};
use super::question::{self, Question};
use super::{Filters, LookupError, QuestionKind, grouping, ranking, summary};
use crate::model::{
    Card, ConceptId, Direction, DocumentId, EvidenceLevel, FindingCard, Place, SentenceRole, StudyDesign,
};
use crate::vocab::Vocabulary;

/// A result of an abstract of which only its direction is known.
pub(super) fn finding(direction: Option<Direction>) -> FindingCard {
    FindingCard {
        role: SentenceRole::Results,
        place: Place::Abstract,
        direction,
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

fn candidate(pmid: u64, directions: &[Option<Direction>]) -> Candidate {
    let findings: Vec<FindingCard> = directions.iter().map(|direction| finding(*direction)).collect();
    let found = |ordinal: u32| Found { direction: directions[ordinal as usize], ..Found::of(ordinal, 0.9) };
    Candidate {
        version: pmid as i64,
        id: DocumentId::pmid(pmid),
        retracted: false,
        preprint: false,
        findings: (0..findings.len() as u32).map(found).collect(),
        card: Arc::new(Card {
            year: Some(2020),
            design: Some(StudyDesign::RandomizedControlledTrial),
            level: Some(EvidenceLevel::L1b),
            participants: Some(100),
            findings,
            ..Card::default()
        }),
    }
}

fn retracted(pmid: u64) -> Candidate {
    Candidate { retracted: true, ..candidate(pmid, &[Some(Direction::Increased)]) }
}

#[test]
fn one_registration_is_one_study_with_one_vote() {
    let mut members: Vec<Candidate> = (1..=3).map(|n| candidate(n, &[Some(Direction::Decreased)])).collect();
    for member in &mut members[..2] {
        Arc::make_mut(&mut member.card).registrations.push("NCT1".into());
    }
    let studies = grouping::studies(members);
    assert_eq!(studies.len(), 2);
    assert_eq!((studies[0].members.len(), studies[0].grouped_by.len()), (2, 1));
    let summary = summary::summarize(&studies, true);
    assert_eq!((summary.studies, summary.documents, summary.votes.decreased, summary.participants), (2, 3, 2, 200));
}

#[test]
fn a_review_is_no_report_of_the_trials_it_names() {
    let mut members: Vec<Candidate> = (1..=2).map(|n| candidate(n, &[None])).collect();
    for member in &mut members {
        Arc::make_mut(&mut member.card).registrations.push("NCT1".into());
    }
    Arc::make_mut(&mut members[1].card).design = Some(StudyDesign::SystematicReviewOrMetaAnalysis);
    let studies = grouping::studies(members);
    assert_eq!(studies.len(), 2);
    // And its participants are not added to those of its trials.
    assert_eq!(summary::summarize(&studies, false).participants, 100);
}

#[test]
fn a_preprint_and_its_paper_are_one_study_and_the_paper_leads() {
    let mut preprint = Candidate { preprint: true, ..candidate(1, &[None]) };
    Arc::make_mut(&mut preprint.card).versions.push(DocumentId::pmid(2));
    let studies = grouping::studies(vec![preprint, candidate(2, &[None])]);
    assert_eq!(studies.len(), 1);
    assert_eq!(studies[0].id(), Some(&DocumentId::pmid(2)));
}

#[test]
fn retracted_studies_come_last_and_do_not_count() {
    let mut studies = grouping::studies(vec![retracted(1), candidate(2, &[Some(Direction::Decreased)])]);
    ranking::rank(&mut studies, Order::Evidence);
    assert!(studies[1].retracted);
    let summary = summary::summarize(&studies, true);
    assert_eq!((summary.studies, summary.retracted, summary.votes.increased), (1, 1, 0));
    assert!(!summary.votes.is_conflict());
}

#[test]
fn a_finding_on_the_comparator_does_not_vote() {
    let mut one = candidate(1, &[Some(Direction::Decreased)]);
    one.findings[0].as_comparator = true;
    assert_eq!(grouping::studies(vec![one])[0].vote, StudyVote::NotStated);
}

#[test]
fn a_finding_on_several_outcomes_as_one_does_not_vote_on_one_of_them() {
    let mut one = candidate(1, &[Some(Direction::Increased), Some(Direction::Decreased)]);
    one.findings[0].composite = true;
    assert_eq!(vote(one), StudyVote::Decreased);
}

fn vote(one: Candidate) -> StudyVote {
    grouping::studies(vec![one])[0].vote
}

#[test]
fn findings_that_point_both_ways_are_mixed_and_conclusions_speak_where_results_do_not() {
    use Direction::{Decreased, Increased, NoDifference};
    assert_eq!(vote(candidate(1, &[Some(Decreased), Some(Increased)])), StudyVote::Mixed);
    let mut other = candidate(2, &[None, Some(NoDifference)]);
    Arc::make_mut(&mut other.card).findings[1].role = SentenceRole::Conclusions;
    assert_eq!(vote(other), StudyVote::NoDifference);
}

#[test]
fn the_abstract_and_the_primary_outcome_have_the_say() {
    use Direction::{Decreased, Increased};
    let mut one = candidate(1, &[Some(Decreased), Some(Increased), Some(Increased)]);
    for row in &mut Arc::make_mut(&mut one.card).findings[1..] {
        row.place = Place::Table;
    }
    assert_eq!(vote(one), StudyVote::Decreased);
    let mut primary = candidate(2, &[Some(Decreased), Some(Increased)]);
    Arc::make_mut(&mut primary.card).findings[1].primary = true;
    assert_eq!(vote(primary), StudyVote::Increased);
    let mut aside = candidate(3, &[Some(Decreased), Some(Increased)]);
    aside.findings[1].relevance = 0.4;
    assert_eq!(vote(aside), StudyVote::Decreased);
}

#[test]
fn better_evidence_comes_first_among_those_about_the_question() {
    let mut members: Vec<Candidate> = (1..=4).map(|n| candidate(n, &[None])).collect();
    Arc::make_mut(&mut members[0].card).level = None;
    Arc::make_mut(&mut members[1].card).level = Some(EvidenceLevel::L2b);
    Arc::make_mut(&mut members[2].card).level = Some(EvidenceLevel::L1a);
    members[2].findings[0].relevance = 0.4;
    let order = |order: Order| -> Vec<u64> {
        let mut studies = grouping::studies(members.clone());
        ranking::rank(&mut studies, order);
        studies.iter().map(|study| study.id().unwrap().as_pmid().unwrap()).collect()
    };
    assert_eq!(order(Order::Evidence), [4, 2, 1, 3]);
    assert_eq!(order(Order::Relevance).last(), Some(&3));
}

#[test]
fn the_newest_or_the_largest_come_first_when_asked() {
    let mut members: Vec<Candidate> = (1..=3).map(|n| candidate(n, &[None])).collect();
    Arc::make_mut(&mut members[1].card).year = Some(2024);
    Arc::make_mut(&mut members[2].card).participants = Some(5000);
    let first = |order: Order| {
        let mut studies = grouping::studies(members.clone());
        ranking::rank(&mut studies, order);
        studies[0].id().unwrap().as_pmid().unwrap()
    };
    assert_eq!((first(Order::Date), first(Order::Size)), (2, 3));
}

#[test]
fn names_are_understood_by_side() {
    let vocabulary = Vocabulary::starter();
    let ask = |condition: Option<&str>, treatment: Option<&str>| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let question = Question { condition: owned(condition), treatment: owned(treatment), ..Question::default() };
        question::understand(&question, &vocabulary, false)
    };
    let understood = ask(Some("heart failure"), Some("SGLT2 inhibitors")).unwrap();
    assert!(understood.treatment.unwrap().narrower() >= 3);
    assert!(matches!(ask(Some("metformin"), None), Err(LookupError::UnknownName { what: "condition", .. })));
    assert!(matches!(ask(None, Some("heart failure")), Err(LookupError::UnknownName { what: "treatment", .. })));
    assert!(matches!(ask(None, None), Err(LookupError::NothingNamed)));
}

fn in_words(words: &str) -> Question {
    Question { words: Some(words.into()), ..Question::default() }
}

#[test]
fn a_question_in_words_is_completed_and_overruled_by_names() {
    let vocabulary = Vocabulary::starter();
    let words = in_words("does metformin lower HbA1c in type 2 diabetes?");
    let understood = question::understand(&words, &vocabulary, false).unwrap();
    assert_eq!((understood.kind, understood.direction), (Some(QuestionKind::Therapy), Some(Direction::Decreased)));
    assert_eq!(understood.treatment.as_ref().unwrap().concept, ConceptId::mesh("D008687"));
    assert_eq!(understood.condition.as_ref().unwrap().concept, ConceptId::mesh("D003924"));
    assert!(understood.outcome.unwrap().matches("Glycated haemoglobin fell."));
    let overruled = Question { treatment: Some("insulin".into()), outcome: Some("weight".into()), ..words };
    let understood = question::understand(&overruled, &vocabulary, false).unwrap();
    assert_eq!(understood.treatment.unwrap().asked, "insulin");
    assert_eq!((understood.outcome.unwrap().asked.as_str(), understood.direction), ("weight", None));
}

#[test]
fn a_question_that_names_nothing_or_runs_on_is_refused() {
    let vocabulary = Vocabulary::starter();
    let ask = |words: &str| question::understand(&in_words(words), &vocabulary, false);
    assert!(matches!(ask("what is the weather like?"), Err(LookupError::NothingNamed)));
    assert!(matches!(ask(&"metformin ".repeat(10_000)), Err(LookupError::TooLong { .. })));
    assert!(matches!(ask("does zelmarin help asthma?"), Err(LookupError::UnknownName { what: "treatment", .. })));
}

#[test]
fn what_papers_mix_is_looked_for_together() {
    let question = Question { condition: Some("depression".into()), ..Question::default() };
    let term = question::understand(&question, &Vocabulary::starter(), false).unwrap().condition.unwrap();
    let ids = ["D003863", "D003866"].map(ConceptId::mesh);
    assert!(ids.iter().all(|id| term.answers.contains(id)), "{:?}", term.answers);
    assert_eq!(term.together.len(), 1);
}

#[test]
fn an_outcome_is_found_however_it_is_spelt() {
    let question = Question {
        treatment: Some("metformin".into()),
        outcome: Some("hospitalisation".into()),
        ..Question::default()
    };
    let outcome = question::understand(&question, &Vocabulary::starter(), false).unwrap().outcome.unwrap();
    assert!(outcome.matches("Fewer hospitalizations were seen."));
    assert!(outcome.matches("Hospital admissions were fewer."));
    assert!(!outcome.matches("The hospital was full."));
}

#[test]
fn filters_are_those_of_the_question() {
    let filters = Filters { level: Some(EvidenceLevel::L1b), ..Filters::default() };
    let question = Question { filters: filters.clone(), ..in_words("metformin for type 2 diabetes") };
    assert_eq!(question::understand(&question, &Vocabulary::starter(), false).unwrap().filters, filters);
}
