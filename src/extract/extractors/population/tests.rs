//! Who could take part, told of invented studies.

use crate::extract::annotate;
use crate::model::{Document, Passage, Polarity, Population, TextIndex};
use crate::vocab::{Dictionary, Vocabulary};

fn document(passages: &[(&str, Option<&str>, &str)]) -> Document {
    let mut document = Document::default();
    document.set_title("A study".to_owned());
    for (section, category, text) in passages {
        document.passages.push(Passage {
            section: (*section).to_owned(),
            category: category.map(str::to_owned),
            text: (*text).to_owned(),
        });
    }
    document
}

/// The population, and its criteria as polarity and words.
fn told(document: &Document) -> (Population, Vec<(Polarity, String)>) {
    let dictionary = Dictionary::build(&Vocabulary::starter());
    let population = annotate(document, &dictionary).study.population;
    let text = document.text();
    let index = TextIndex::new(&text);
    let criteria = population.criteria.iter().map(|c| (c.polarity, index.slice(c.span).to_owned())).collect();
    (population, criteria)
}

fn of_methods(text: &str) -> Vec<(Polarity, String)> {
    told_of(text).1
}

use Polarity::{Exclusion, Inclusion};

#[test]
fn statements_are_parted_by_polarity() {
    let found = of_methods(
        "Adults aged 18 to 75 years with type 2 diabetes were eligible; patients with an eGFR below 30 mL/min were excluded.",
    );
    let found: Vec<(Polarity, &str)> = found.iter().map(|(polarity, words)| (*polarity, words.as_str())).collect();
    assert_eq!(
        found,
        [
            (Inclusion, "Adults aged 18 to 75 years with type 2 diabetes were eligible"),
            (Exclusion, "patients with an eGFR below 30 mL/min were excluded"),
        ]
    );
}

#[test]
fn a_verb_speaks_of_the_people_before_it() {
    let found = of_methods("Patients with gout were randomised and those with asthma were excluded.");
    assert_eq!(found.last(), Some(&(Exclusion, "those with asthma were excluded".to_owned())));
    assert!(found.iter().all(|(polarity, words)| *polarity != Exclusion || !words.contains("gout")), "{found:?}");
    let found = of_methods("We randomly assigned 4200 patients with gout to colchicine or placebo.");
    assert_eq!(found[0].0, Inclusion);
}

#[test]
fn a_list_below_its_head_belongs_to_it() {
    let registered = document(&[
        ("Eligibility/Criteria", Some("METHODS"), "Inclusion Criteria:"),
        ("Eligibility/Criteria", Some("METHODS"), "* Asthma for at least one year"),
        ("Eligibility/Criteria", Some("METHODS"), "Key exclusion criteria"),
        ("Eligibility/Criteria", Some("METHODS"), "* Pregnancy"),
        ("Eligibility/Criteria", Some("METHODS"), "* HbA1c ≥ 10%"),
        ("Eligibility/Limits", Some("METHODS"), "minimum age: 6 Months; maximum age: 75 Years; sex: FEMALE"),
    ]);
    let (population, criteria) = told(&registered);
    let polarities: Vec<Polarity> = criteria.iter().map(|(polarity, _)| *polarity).collect();
    assert_eq!(polarities, [Inclusion, Exclusion, Exclusion]);
    assert_eq!(criteria[1].1, "* Pregnancy");
    let bound = &population.criteria[2].bounds[0];
    assert_eq!((bound.quantity.as_str(), bound.least, bound.with_least), ("HbA1c", Some(10.0), true));
    let ages = population.ages.unwrap();
    assert_eq!((ages.least, ages.most), (Some(0.5), Some(75.0)));
    assert_eq!(population.sexes, ["female"]);
}

#[test]
fn ages_stand_with_who_was_let_in() {
    let (population, _) = told(&document(&[(
        "METHODS",
        Some("METHODS"),
        "We studied women aged 50 years or older with osteoporosis. Follow-up was 24 months.",
    )]));
    let ages = population.ages.unwrap();
    assert_eq!((ages.least, ages.most), (Some(50.0), None));
}

#[test]
fn what_became_of_people_is_no_criterion() {
    for text in [
        "Twelve patients were randomised; 3 patients were excluded because data were missing.",
        "Two of the women were excluded after randomisation.",
        "Blood was drawn at baseline.",
    ] {
        assert!(of_methods(text).iter().all(|(polarity, _)| *polarity != Exclusion), "{text}: {:?}", of_methods(text));
    }
    let results = document(&[("RESULTS", Some("RESULTS"), "Patients with diabetes were excluded from this analysis.")]);
    assert!(told(&results).1.is_empty());
}

#[test]
fn who_let_in_is_told_and_not_what_became_of_them() {
    let words = |text: &str| of_methods(text).into_iter().map(|(_, words)| words).collect::<Vec<_>>();
    let told = words("Patients with gout were assigned to colchicine or placebo.");
    assert_eq!(told, ["Patients with gout were assigned"]);
    let told = words("We randomly assigned 40 patients with gout to receive colchicine.");
    assert!(told.iter().all(|words| !words.contains("colchicine")), "{told:?}");
    let (population, _) = told_of(
        "Patients with a median glycated haemoglobin of 8.1% were assigned to intensive therapy (glycated haemoglobin level below 6.0%).",
    );
    assert!(population.criteria.iter().all(|criterion| criterion.bounds.is_empty()), "{:?}", population.criteria);
}

#[test]
fn of_whom_a_verb_speaks_must_be_said() {
    for text in [
        "Patients with acute stroke were included after haemorrhage was excluded by imaging.",
        "Patients with gout were recruited and smokers were excluded.",
        "No patients with diabetes were excluded.",
    ] {
        assert!(of_methods(text).iter().all(|(polarity, _)| *polarity != Exclusion), "{text}: {:?}", of_methods(text));
    }
}

#[test]
fn lists_of_registrations_have_many_heads() {
    for head in [
        "Exclusion Criteria (any of the following):",
        "Exclusion Criteria -",
        "Exclusions:",
        "Patients will be excluded if:",
        "Exclusion Criteria: pregnancy",
    ] {
        let lines = ["Inclusion Criteria:", "* Asthma", head, "* Heart failure"];
        let passages = lines.map(|line| ("Eligibility/Criteria", Some("METHODS"), line));
        let (_, criteria) = told(&document(&passages));
        assert_eq!(criteria.last().map(|(polarity, _)| *polarity), Some(Exclusion), "{head}");
        assert_eq!(criteria[0].0, Inclusion, "{head}");
    }
}

fn told_of(text: &str) -> (Population, Vec<(Polarity, String)>) {
    told(&document(&[("METHODS", Some("METHODS"), text)]))
}
