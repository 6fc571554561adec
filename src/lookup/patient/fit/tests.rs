//! How invented studies fit invented patients.

use super::*;
use crate::extract::annotate;
use crate::lookup::patient::read;
use crate::model::{Document, Passage};
use crate::vocab::{Dictionary, Vocabulary};

/// A study of type 2 diabetes with these methods.
fn study(methods: &str) -> (StoredDocument, Annotation) {
    let mut document = Document::default();
    document.identifiers.pmid = Some(1);
    document.set_title("Metformin in type 2 diabetes: a randomised trial".to_owned());
    document.passages.push(Passage {
        section: "METHODS".to_owned(),
        category: Some("METHODS".to_owned()),
        text: methods.to_owned(),
    });
    let annotation = annotate(&document, &Dictionary::build(&Vocabulary::starter()));
    let stored = StoredDocument {
        version: 1,
        id: DocumentId::pmid(1),
        document,
        stored_at: String::new(),
        origin: String::new(),
    };
    (stored, annotation)
}

/// The verdict of each fact, and of the whole.
fn verdicts(patient: &str, methods: &str) -> (Vec<(String, Verdict)>, Verdict) {
    let patient = read(patient, &Vocabulary::starter());
    let fit = fit(&patient, &[study(methods)]);
    (fit.facts.into_iter().map(|fact| (fact.fact, fact.verdict)).collect(), fit.verdict)
}

fn of(facts: &[(String, Verdict)], words: &str) -> Verdict {
    facts.iter().find(|(fact, _)| fact.contains(words)).unwrap_or_else(|| panic!("{words} in {facts:?}")).1
}

#[test]
fn criteria_are_compared_with_the_patient() {
    let methods = "Adults aged 18 to 70 years with type 2 diabetes and an HbA1c of 7.0% to 10.0% were eligible. \
        Patients with an eGFR below 30 mL/min, severe asthma, or heart failure were excluded.";
    let (facts, whole) = verdicts("65 F, type 2 diabetes, HbA1c 8.1%, eGFR 55", methods);
    assert_eq!(of(&facts, "65"), Verdict::Fits);
    assert_eq!(of(&facts, "Diabetes"), Verdict::Fits);
    assert_eq!(of(&facts, "HbA1c"), Verdict::Fits);
    assert_eq!(of(&facts, "eGFR"), Verdict::Fits);
    assert_eq!(of(&facts, "female"), Verdict::NotReported);
    assert_eq!(whole, Verdict::Unclear, "what is not reported is no fit");
    let (facts, whole) = verdicts("75 M, eGFR 25, heart failure, asthma, warfarin, HbA1c 11%", methods);
    assert_eq!(of(&facts, "75"), Verdict::Excluded);
    assert_eq!(of(&facts, "eGFR"), Verdict::Excluded);
    assert_eq!(of(&facts, "HbA1c"), Verdict::Excluded);
    assert_eq!(of(&facts, "Heart Failure"), Verdict::Excluded);
    assert_eq!(of(&facts, "Asthma"), Verdict::Unclear, "only severe asthma was kept out");
    assert_eq!(of(&facts, "Warfarin"), Verdict::NotReported);
    assert_eq!(whole, Verdict::Excluded);
}

#[test]
fn a_stage_is_compared_as_the_function_that_it_stands_for() {
    let below = |bound: u32| format!("Patients with an eGFR below {bound} mL/min were excluded.");
    for (bound, expected) in [(30, Verdict::Fits), (45, Verdict::Unclear), (60, Verdict::Excluded)] {
        let (facts, _) = verdicts("CKD stage 3", &below(bound));
        assert_eq!(of(&facts, "eGFR"), expected, "{bound}");
    }
}

#[test]
fn what_stands_behind_a_negation_is_left_open() {
    for methods in [
        "Inclusion criteria were lack of active bleeding, heart failure, and fever.",
        "Patients without heart failure were eligible.",
        "Exclusion criteria were any disease other than heart failure.",
    ] {
        let (facts, _) = verdicts("heart failure", methods);
        assert_eq!(facts[0].1, Verdict::Unclear, "{methods}");
    }
    let (facts, _) = verdicts("heart failure", "Patients were not eligible if they had heart failure.");
    assert_eq!(facts[0].1, Verdict::Excluded, "the negation is the cue's own");
}

#[test]
fn a_marker_is_found_by_its_letters() {
    let (facts, _) = verdicts(
        "BRCA1 positive, EGFR negative",
        "Women with a BRCA1 mutation were eligible. Patients with EGFR mutations were excluded.",
    );
    assert_eq!(of(&facts, "BRCA1"), Verdict::Fits);
    assert_eq!(of(&facts, "EGFR"), Verdict::Fits);
}

#[test]
fn what_the_patient_has_not_is_compared_too() {
    let (facts, whole) = verdicts("no diabetes", "Blood pressure was measured.");
    assert_eq!((facts[0].1, whole), (Verdict::Differs, Verdict::Differs));
}

#[test]
fn quotes_are_words_of_the_document() {
    let patient = read("heart failure", &Vocabulary::starter());
    let (stored, annotation) = study("Patients with asthma, heart failure, or gout were excluded.");
    let found = fit(&patient, &[(stored.clone(), annotation)]);
    let quote = found.facts[0].quote.clone().unwrap();
    assert_eq!(quote.quote, "heart failure");
    let text = stored.document.text();
    assert_eq!(TextIndex::new(&text).slice(quote.span), quote.quote);
}

#[test]
fn alternatives_and_conjunctions_are_left_open() {
    let one = |patient: &str, methods: &str| verdicts(patient, methods).0[0].1;
    assert_eq!(
        one("HbA1c 8%", "Patients with HbA1c above 9% or a BMI above 30 kg/m2 were eligible."),
        Verdict::Unclear
    );
    assert_eq!(one("BMI 40", "Patients with a BMI below 18.5 or above 35 kg/m2 were eligible."), Verdict::Fits);
    let both = "Patients with heart failure and an LVEF below 40% were excluded.";
    assert_eq!(one("heart failure", both), Verdict::Unclear);
    let old = "Patients with myocardial infarction, stroke, or asthma within 3 months were excluded.";
    assert_eq!(one("myocardial infarction", old), Verdict::Unclear);
}

#[test]
fn classes_joined_with_or_are_all_of_them() {
    let one = |patient: &str, methods: &str| verdicts(patient, methods).0[0].1;
    let methods = "Patients with NYHA class III or IV were excluded.";
    assert_eq!(one("NYHA class IV", methods), Verdict::Excluded);
    assert_eq!(one("NYHA class II", methods), Verdict::Fits);
    assert_eq!(one("CKD stage 3a", "Patients with CKD stage 3b or higher were excluded."), Verdict::Fits);
}

#[test]
fn what_is_given_or_prevented_is_no_reason_to_take_part() {
    let (facts, _) = verdicts("colchicine", "Patients with gout were randomised to colchicine or placebo.");
    assert_eq!(facts[0].1, Verdict::NotReported);
    let patient = read("stroke", &Vocabulary::starter());
    let (mut stored, _) = study("Blood was drawn.");
    stored.document.set_title("Rivaroxaban for the prevention of stroke: a randomised trial".to_owned());
    let annotation = annotate(&stored.document, &Dictionary::build(&Vocabulary::starter()));
    assert_eq!(fit(&patient, &[(stored, annotation)]).facts[0].verdict, Verdict::NotReported);
}

#[test]
fn a_sign_behind_a_marker_is_not_a_hyphen() {
    let one = |patient: &str, methods: &str| verdicts(patient, methods).0[0].1;
    assert_eq!(one("HER2 positive", "Women with HER2− disease were eligible."), Verdict::Unclear);
}
