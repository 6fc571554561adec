//! Designs and sample sizes of invented abstracts.

use crate::extract::annotate;
use crate::model::{
    Document, DocumentKind, EvidenceLevel, Heading, Passage, SampleSizeKind, Study, StudyDesign, Term, TextIndex,
};
use crate::vocab::{Dictionary, Vocabulary};

fn document(title: &str, passages: &[(&str, &str)]) -> Document {
    let mut document = Document::default();
    for (section, text) in passages {
        document.passages.push(Passage { section: (*section).into(), category: None, text: (*text).into() });
    }
    document.set_title(title.into());
    document
}

fn study_of(document: &Document) -> Study {
    let study = annotate(document, &Dictionary::build(&Vocabulary::starter())).study;
    if let Some(size) = study.sample_size {
        let text = document.text();
        let shown = TextIndex::new(&text).slice(size.span);
        assert!(shown.len() < 40 && text.contains(shown));
    }
    study
}

fn size(text: &str) -> Option<(u64, SampleSizeKind)> {
    study_of(&document("A trial.", &[("METHODS", text)])).sample_size.map(|size| (size.value, size.kind))
}

#[test]
fn those_who_were_randomised_count_first() {
    use SampleSizeKind::{Enrolled, Randomised};
    assert_eq!(
        size("We randomly assigned 4,744 patients with heart failure to a pill or placebo."),
        Some((4744, Randomised))
    );
    assert_eq!(
        size("A total of 120 adults were screened. Forty-two patients were randomised."),
        Some((42, Randomised))
    );
    assert_eq!(size("A total of 310 women took part."), Some((310, Enrolled)));
    assert_eq!(size("In 31 hospitals, 607 patients with asthma were randomised."), Some((607, Randomised)));
    assert_eq!(size("We enrolled 88 consecutive adult outpatients."), Some((88, Enrolled)));
    for (text, expected) in [
        ("3640 women were randomly assigned, 1822 to continue and 1818 to stop.", (3640, Randomised)),
        ("6618 patients were randomised (3310 to one drug, 3308 to the other).", (6618, Randomised)),
        ("Patients with gout (n = 615) were randomized to a pill or placebo.", (615, Randomised)),
        ("Among 3010 randomized women, 200 relapsed.", (3010, Randomised)),
        ("408 children aged 6 to 17 years with asthma were randomised to a pill or placebo.", (408, Randomised)),
        ("Twenty people with gout were recruited and randomly assigned to two groups.", (20, Randomised)),
        ("In this trial, 150 women were randomly divided into three groups.", (150, Randomised)),
        ("A placebo-controlled trial in 298 outpatients with gout.", (298, Enrolled)),
        ("Nationwide register-based cohort study of 21 560 patients aged ≥80 years.", (21560, Enrolled)),
        ("We compared a pill (5 mg twice daily) with another in 6815 patients with gout.", (6815, Enrolled)),
        ("The trial was carried out on 81 children with gout.", (81, Enrolled)),
        ("Thirty-three healthy volunteers participated in this study.", (33, Enrolled)),
        ("Children aged 8 to 12 (n=240) were seen at home and randomised to one of three films.", (240, Randomised)),
        (
            "410 patients from the ZELMA study (51.5% women, mean age 40.2 years), who were randomised to talk.",
            (410, Randomised),
        ),
        (
            "In this double-blind phase II study, 83 patients were randomised to a pill at 250, 500 or 750 mg.",
            (83, Randomised),
        ),
        ("We prospectively recruited infants (n = 61; median age 7.5 months) with colic.", (61, Enrolled)),
        ("Twenty participants (9 male and 11 female; ages: 20 to 31 years) were enrolled.", (20, Enrolled)),
        ("180 eyes of 90 patients, above 50 years of age, were studied.", (90, Enrolled)),
        ("The study population consists of 45 patients with gout.", (45, Enrolled)),
        ("Participants were 150 frail older people, aged 65 years or over.", (150, Enrolled)),
        ("Fourteen healthy men performed two tests of strength.", (14, Enrolled)),
        ("We enrolled 119 subjects. Forty subjects performed exercise.", (119, Enrolled)),
    ] {
        assert_eq!(size(text), Some(expected), "{text}");
    }
    assert_eq!(
        size("One hundred and twenty participants with asthma were randomly allocated."),
        Some((120, Randomised))
    );
}

#[test]
fn who_had_an_event_is_not_all_of_a_review() {
    let in_results = |text: &str| {
        study_of(&document("Harms of a pill: a systematic review of randomised trials.", &[("RESULTS", text)]))
            .sample_size
    };
    assert_eq!(in_results("Nausea occurred in 14 patients with the pill and 4 with placebo."), None);
    assert!(in_results("Five trials with 1,400 patients were found.").is_some());
}

#[test]
fn other_numbers_are_not_taken() {
    for text in [
        "Of 500 patients, 20 had a stroke.",
        "The study ran in 12 centres and 3 countries.",
        "Patients aged 65 years received 500 mg.",
        "60 patients were randomised to the pill and 62 to placebo.",
        "We randomly assigned 40 patients to one school; later we randomly assigned 50 patients to another.",
        "A total of 900 patients were screened.",
        "It took place in 2010.",
        "We invited a total of 138 adults.",
        "A total of 85 young runners and 8 individuals were seen.",
        "There were 17 who were ill, as well as 19 healthy volunteers were included.",
        "It was seen in 3 of 11 odd patients.",
        "Women (n = 12) and men (n = 15) were followed.",
        "In the trial, 20 of 45 patients with gout were randomised in Asia.",
        "Two groups (35 patients in each group) were enrolled.",
        "Grade 6 students were enrolled.",
        "After 16 to 20 long sessions, subjects were randomised.",
        "A total of 57 participants completed the trial.",
        "We will include a total of 82 patients.",
        "Each of 30 patients was studied twice.",
        "31 children were assigned randomly to receive a syrup and 30 children a placebo.",
        "Of 2,100 patients from a larger study, 180 were Japanese and randomised to a pill.",
        "501 (265 of the pill, 236 of usual care) patients were randomised.",
        "The control group included 25 women with normal sugar.",
        "Eighteen of the 50 children were randomised to train outside.",
        "A total of 18 patients and 12 nurses participated.",
        "Of all, 26 female infants, 37 male infants and 2 others were randomised.",
        "Pill users were compared with 450 patients who had none.",
        "Patients with gout (n = 26) were tested, and their sleep compared with that of others (n = 26).",
        "In study 2, a sample of 120 individuals watched a film.",
        "22 patients who received all sessions did not come back.",
        "Half of the participants (n = 50) were assigned to a diet.",
        "The first 20 children were enrolled in the study.",
        "Fifty patients were included in the treated group.",
    ] {
        assert_eq!(size(text), None, "{text}");
    }
}

#[test]
fn a_registration_is_evidence_of_nothing_before_it_has_results() {
    let mut plan = document("A pill: a randomised trial.", &[("Brief summary", "Whether it helps.")]);
    plan.kind = DocumentKind::Registration;
    let study = study_of(&plan);
    assert_eq!((study.design, study.level), (Some(StudyDesign::RctProtocol), None));
    plan.passages.push(Passage { section: "Results/Pain".into(), category: None, text: "Pain fell.".into() });
    let study = study_of(&plan);
    assert_eq!((study.design, study.level), (Some(StudyDesign::RandomizedControlledTrial), Some(EvidenceLevel::L1b)));
}

#[test]
fn designs_are_told_by_text_then_by_type() {
    use StudyDesign as D;
    let told = |title: &str, text: &str| study_of(&document(title, &[("METHODS", text)])).design;
    assert_eq!(told("A pill: a randomised trial.", ""), Some(D::RandomizedControlledTrial));
    assert_eq!(told("A pill: protocol for a randomised trial.", ""), Some(D::RctProtocol));
    assert_eq!(told("Pills: a systematic review of randomised trials.", ""), Some(D::SystematicReviewOrMetaAnalysis));
    assert_eq!(told("Pills and hearts.", "We randomly assigned 20 adults."), Some(D::RandomizedControlledTrial));
    assert_eq!(told("Pills and hearts.", "In a retrospective cohort, 20 adults did well."), Some(D::Cohort));
    assert_eq!(told("Pills in mice.", ""), Some(D::Preclinical));
    assert_eq!(told("Pills and hearts.", "Twenty adults did well."), None);
    for (title, text, design) in [
        ("Pills in towns: a cluster-randomised trial.", "", D::RandomizedControlledTrial),
        (
            "Pills and hearts.",
            "Eighty adults were enrolled in this prospective randomized study.",
            D::RandomizedControlledTrial,
        ),
        (
            "Pills and hearts.",
            "In a double-blind, placebo-controlled study, 20 adults did well.",
            D::RandomizedControlledTrial,
        ),
        ("Who does well: predictors of response in a randomised trial.", "", D::RctSecondaryObservational),
        ("Pills and hearts in cats.", "Cats were randomly assigned to pills.", D::Preclinical),
        ("Pills and hearts.", "Children were allocated to receive a pill or none.", D::NonRandomisedTrial),
        ("Pills and hearts.", "Women will be randomised to pills.", D::RctProtocol),
        ("Pills, a pooled analysis of three trials.", "", D::SystematicReviewOrMetaAnalysis),
    ] {
        assert_eq!(told(title, text), Some(design), "{title} {text}");
    }
    for text in ["A larger randomised trial is planned.", "These were data from a randomised trial of pills."] {
        assert_eq!(told("Pills and hearts.", text), None, "{text}");
    }
    let mut typed = document("Pills and hearts.", &[]);
    typed.publication_types.push(Term { id: None, name: "Case Reports".into() });
    assert_eq!(study_of(&typed).design, Some(D::CaseReportOrSeries));
    let mut animals = document("Pills and hearts.", &[]);
    animals.headings.push(Heading { name: "Animals".into(), ..Heading::default() });
    assert_eq!(study_of(&animals).design, Some(D::Preclinical));
}

#[test]
fn a_review_has_the_level_of_what_it_reviews() {
    let level = |title: &str| study_of(&document(title, &[])).level.map(|level| level.name());
    assert_eq!(level("A systematic review of randomised trials."), Some("1a"));
    assert_eq!(level("A systematic review of cohort studies."), Some("2a"));
    assert_eq!(level("A systematic review of opinions."), None);
    assert_eq!(level("A randomised trial."), Some("1b"));
}

#[test]
fn registrations_come_from_record_and_text() {
    let mut paper = document("A trial.", &[("METHODS", "Registered as NCT01234567 and ISRCTN12345678 (NCT01234567).")]);
    paper.accessions.push(("ClinicalTrials.gov".into(), "NCT07654321".into()));
    assert_eq!(study_of(&paper).registrations, ["NCT07654321", "NCT01234567", "ISRCTN12345678"]);
}

#[test]
fn a_full_text_tells_of_other_studies_too() {
    let size = |section: &str, text: &str| {
        let mut paper =
            document("A trial of pills.", &[("METHODS", "We gave pills to some patients."), (section, text)]);
        paper.full_text_from = Some(2);
        study_of(&paper).sample_size.map(|size| size.value)
    };
    assert_eq!(
        size("Results", "Between May and June, 139 patients were randomly assigned to a pill or none."),
        Some(139)
    );
    assert_eq!(size("Discussion", "In another trial, 139 patients were randomly assigned to a pill or none."), None);
    assert_eq!(size("Results", "A sample of 265 subjects had seen it before."), None);
    assert_eq!(size("Methods", "Two patients were enrolled late."), None);
    assert_eq!(size("Methods", "A total of 139 patients will be enrolled."), None);
}
