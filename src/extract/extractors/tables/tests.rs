use std::time::{Duration, Instant};

use super::*;
use crate::model::{Direction, Document, Favours, Measure, Passage, Span, TextIndex};
use crate::vocab::{Dictionary, Vocabulary};

/// A document whose one table has these passages.
fn document(lines: &[String]) -> Document {
    let mut document = Document::default();
    for line in lines {
        let category = Some(Passage::TABLE.to_owned());
        document.passages.push(Passage { section: "Results/Table 2".into(), category, text: line.clone() });
    }
    document.set_title("Zelmarin for gout: a randomised trial".into());
    document
}

fn found(lines: &[&str]) -> (String, Vec<Finding>) {
    let (text, findings, _) = read(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
    (text, findings)
}

/// The text, what is found in it, and how long that takes.
fn read(lines: &[String]) -> (String, Vec<Finding>, Duration) {
    let document = document(lines);
    let text = document.text();
    let index = TextIndex::new(&text);
    let passages = document.passage_spans();
    let dictionary = Dictionary::build(&Vocabulary::starter());
    let input = Input { document: &document, text: &index, passages: &passages, dictionary: &dictionary };
    let mut annotation = Annotation::default();
    let began = Instant::now();
    Tables.extract(&input, &mut annotation);
    let taken = began.elapsed();
    (text.clone(), annotation.findings, taken)
}

fn words(text: &str, span: Span) -> String {
    TextIndex::new(text).slice(span).to_owned()
}

#[test]
fn values_of_arms_with_their_test_are_a_finding() {
    let (text, found) = found(&[
        "Outcomes at 12 weeks",
        "Death — Zelmarin (n = 120): 12 (10.0); Placebo (n = 118): 25 (21.2); P value: 0.02",
        "Pain score, mean (SD) — Zelmarin (n = 120): 3.1 (1.2); Placebo (n = 118): 3.2 (1.3); P value: 0.54",
    ]);
    assert_eq!(found.len(), 2);
    let death = &found[0];
    assert_eq!(
        (death.direction, death.favours, death.significant),
        (Some(Direction::Decreased), Some(Favours::Intervention), Some(true))
    );
    let slots =
        [&death.intervention, &death.comparator, &death.outcome].map(|slot| words(&text, slot.as_ref().unwrap().span));
    assert_eq!(slots, ["Zelmarin", "Placebo", "Death"]);
    let numbers: Vec<_> =
        death.effects.iter().map(|effect| (effect.measure, effect.value, words(&text, effect.span))).collect();
    assert_eq!(
        numbers,
        [
            (Measure::Proportion, Some(10.0), "Zelmarin (n = 120): 12 (10.0)".to_owned()),
            (Measure::Proportion, Some(21.2), "Placebo (n = 118): 25 (21.2)".to_owned()),
            (Measure::POnly, None, "P value: 0.02".to_owned()),
        ]
    );
    assert_eq!(found[1].direction, Some(Direction::NoDifference));
    assert_eq!(found[1].effects[0].measure, Measure::Mean);
    assert_eq!(words(&text, found[1].outcome.as_ref().unwrap().span), "Pain score");
}

#[test]
fn estimates_have_their_interval_and_their_p() {
    let (text, found) = found(&[
        "Primary and secondary outcomes",
        "Myocardial infarction — Hazard ratio (95% CI): 0.74 (0.65–0.85); P: <0.001",
        "Stroke — Hazard ratio: 0.95; 95% CI: 0.80–1.13; P: 0.56",
        "Bleeding — Hazard ratio (95% CI): 0.74 (0.65–0.85); P: 0.60",
        "Fracture — Hazard ratio (95% CI): 1.74 (0.65–0.85); P: 0.001",
    ]);
    // The third p-value contradicts its interval, the fourth interval its estimate.
    assert_eq!(found.len(), 2);
    assert_eq!((found[1].significant, found[1].direction), (Some(false), Some(Direction::NoDifference)));
    let effect = &found[0].effects[0];
    let ci = effect.ci.unwrap();
    assert_eq!(
        (effect.measure, effect.value, ci.level, ci.low, ci.high),
        (Measure::HR, Some(0.74), Some(95.0), 0.65, 0.85)
    );
    assert_eq!(words(&text, effect.span), "Hazard ratio (95% CI): 0.74 (0.65–0.85); P: <0.001");
    assert_eq!((found[0].significant, found[0].direction), (Some(true), None));
}

#[test]
fn what_is_not_understood_says_nothing() {
    for lines in [
        // Who took part.
        ["Baseline characteristics", "Diabetes — Zelmarin (n = 120): 12 (10.0); Placebo (n = 118): 25 (21.2); P: 0.02"],
        // No head.
        ["Outcomes", "Death — 12 (10.0); 25 (21.2); 0.02"],
        // The share is of something else than the arm.
        ["Outcomes", "Death — Zelmarin (n = 120): 12 (30.0); Placebo (n = 118): 25 (21.2); P: 0.02"],
        // The p-value is of a trend.
        ["Outcomes", "Pain — Zelmarin: 3.1 ± 1.2; Placebo: 3.2 ± 1.3; P for trend: 0.02"],
        // Times, and no arms.
        ["Outcomes", "Pain — Baseline: 3.1 ± 1.2; Week 12: 2.2 ± 1.3; P: 0.02"],
        // The first and the last test of one arm.
        ["Outcomes", "Pain — First test: 3.1 ± 1.2; Last test: 3.2 ± 1.3; P: 0.02"],
        // When, and not what.
        ["Pain scores", "1 h post surgery — Zelmarin: 3.1 ± 1.2; Placebo: 3.2 ± 1.3; P: 0.02"],
        ["Pain scores", "After treatment — Zelmarin: 3.1 ± 1.2; Placebo: 3.2 ± 1.3; P: 0.02"],
        ["Pain scores", "Oct 2011 — Zelmarin: 3.1 ± 1.2; Placebo: 3.2 ± 1.3; P: 0.02"],
        // People of a kind.
        ["Outcomes", "Pain score > 5 — Zelmarin: 3.1 ± 1.2; Placebo: 3.2 ± 1.3; P: 0.02"],
        // The label names no outcome.
        ["Outcomes", "Mean (SD) — Zelmarin: 3.1 (1.2); Placebo: 3.2 (1.3); P: 0.02"],
        // Counts without their share.
        ["Outcomes", "Death — Zelmarin: 12; Placebo: 25; P: 0.02"],
        // Labels are what predicts, and what is predicted is not told.
        ["Multivariate model", "Diabetes — OR (95% CI): 1.74 (1.65–1.85); P: 0.001"],
    ] {
        assert!(found(&lines).1.is_empty(), "{lines:?}");
    }
}

#[test]
fn people_of_a_kind_are_no_arm_under_test() {
    let row = |arm: &str| format!("Strain — {arm} (n = 20): 3.1 ± 1.2; Control group (n = 20): 4.2 ± 1.3; P: 0.02");
    let told = |arm: &str| {
        let (_, found) = found(&["Outcomes", &row(arm)]);
        (found[0].direction, found[0].intervention.is_some(), found[0].effects.len())
    };
    assert_eq!(told("Zelmarin group"), (Some(Direction::Decreased), true, 3));
    assert_eq!(told("Patients group"), (None, false, 3));
}

#[test]
fn a_label_that_says_only_how_or_when_is_of_the_line_above() {
    let (text, found) = found(&[
        "Outcomes",
        "Pain score",
        "Mean (SD) — Zelmarin: 3.1 (1.2); Placebo: 3.2 (1.3); P: 0.02",
        "Week 12 — Zelmarin: 3.1 ± 1.2; Placebo: 4.2 ± 1.3; P: 0.02",
        "Walking — Zelmarin: 3.1 ± 1.2; Placebo: 4.2 ± 1.3; P: 0.02",
        "Adverse events",
        "Dry lips — Zelmarin (n = 120): 12/120 (10.0); Placebo: 25/118 (21.2)",
        "Number (%) with rash — Zelmarin (n = 120): 12 (10.0); Placebo (n = 118): 25 (21.2)",
    ]);
    let outcomes: Vec<String> =
        found.iter().map(|finding| words(&text, finding.outcome.as_ref().unwrap().span)).collect();
    // "Walking" may be a part of the pain score.
    assert_eq!(outcomes, ["Pain score", "Pain score", "Dry lips"]);
}

#[test]
fn what_a_caption_says_is_predicted_is_the_outcome() {
    let predicted = |caption: &str| {
        let index = TextIndex::new(caption);
        rows::predicted(Span::new(0, index.len()), caption, &index).map(|span| index.slice(span).to_owned())
    };
    for (caption, expected) in [
        ("Multivariate predictors of all-cause mortality in the trial", Some("all-cause mortality")),
        ("Factors associated with the relapse of gout, adjusted for age", Some("relapse of gout")),
        ("Cox regression analysis", None),
        ("Risk factors for in", None),
    ] {
        assert_eq!(predicted(caption).as_deref(), expected, "{caption}");
    }
}

#[test]
fn a_table_of_thousands_of_cells_takes_time_by_its_size() {
    let time = |rows: usize, columns: usize| -> Duration {
        let cells: Vec<String> = (0..columns).map(|n| format!("Arm {n} (n = 120): 12 (10.0)")).collect();
        let row = format!("Death — {}; P: 0.02", cells.join("; "));
        let mut lines = vec!["Outcomes".to_owned()];
        lines.extend(std::iter::repeat_n(row, rows));
        read(&lines).2
    };
    for (rows, columns) in [(1, 200), (250, 4)] {
        let (short, long) = (time(rows, columns), time(rows * 8, columns));
        assert!(long < short * 24 + Duration::from_secs(2), "{rows} rows of {columns}: {short:?}, then {long:?}");
    }
}
