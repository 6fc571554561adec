//! How queries are read and translated: golden readings, and what holds of every input.

use proptest::prelude::*;

use super::translate::{Names, Translator};
use super::{Headings, Node, parse, steps};
use crate::index::analyzers::normal_name;
use crate::model::ConceptId;

/// Names that are known whatever a vocabulary or an index holds: id, preferred name, entry terms with `|` between.
const HEADINGS: [(&str, &str, &str); 40] = [
    ("D006333", "Heart Failure", "cardiac failure"),
    ("D009203", "Myocardial Infarction", "heart attack"),
    ("D001241", "Aspirin", "acetylsalicylic acid"),
    ("D003924", "Diabetes Mellitus, Type 2", "type 2 diabetes|type 2 diabetes mellitus"),
    ("D008687", "Metformin", ""),
    ("D006973", "Hypertension", "high blood pressure"),
    ("D001249", "Asthma", ""),
    ("D002648", "Child", "children"),
    ("D012680", "Sensitivity and Specificity", ""),
    ("D002668", "Child Rearing", ""),
    ("D014098", "Toothache", "odontalgia"),
    ("D014807", "Vitamin D", ""),
    ("D001205", "Ascorbic Acid", "vitamin c"),
    ("D015032", "Zinc", ""),
    ("D003139", "Common Cold", ""),
    ("D003080", "Cold Temperature", "cold"),
    ("D002415", "Cats", "cat"),
    ("D013812", "Therapeutics", "therapy"),
    ("D004358", "Drug Therapy", ""),
    ("D015316", "Genetic Therapy", "gene therapy"),
    ("D016449", "Randomized Controlled Trial", ""),
    ("D016454", "Review", ""),
    ("D016422", "Letter", ""),
    ("D016430", "Clinical Trial", ""),
    ("D017418", "Meta-Analysis", ""),
    ("D000900", "Anti-Bacterial Agents", "antibiotics"),
    ("D000893", "Anti-Inflammatory Agents", ""),
    ("D007004", "Hypoglycemic Agents", ""),
    ("D000959", "Antihypertensive Agents", ""),
    ("D000319", "Adrenergic beta-Antagonists", "beta-blocker|beta blockers"),
    ("D000077203", "Sodium-Glucose Transporter 2 Inhibitors", "SGLT2 inhibitors"),
    ("C570240", "empagliflozin", ""),
    ("D020521", "Stroke", ""),
    ("D011788", "Quality of Life", ""),
    ("D001168", "Arthritis", ""),
    ("D000818", "Animals", ""),
    ("D006801", "Humans", ""),
    ("D023421", "Models, Animal", ""),
    ("D029424", "Pulmonary Disease, Chronic Obstructive", "copd"),
    ("D016032", "Randomized Controlled Trials as Topic", ""),
];

struct Few;

impl Headings for Few {
    fn find(&self, name: &str) -> Option<ConceptId> {
        let key = normal_name(name);
        let known = |(id, preferred, entries): &&(&str, &str, &str)| {
            id.eq_ignore_ascii_case(name)
                || normal_name(preferred) == key
                || (!entries.is_empty() && entries.split('|').any(|entry| normal_name(entry) == key))
        };
        HEADINGS.iter().find(known).map(|(id, ..)| ConceptId::mesh(id))
    }

    fn narrower(&self, heading: &ConceptId) -> Vec<ConceptId> {
        vec![heading.clone()]
    }

    fn acting(&self, action: &ConceptId) -> Vec<ConceptId> {
        let name = self.name(action).unwrap_or_default();
        if name.contains("Agents") { vec![ConceptId::mesh("D000001")] } else { Vec::new() }
    }

    fn name(&self, heading: &ConceptId) -> Option<String> {
        let own = |(id, ..): &&(&str, &str, &str)| ConceptId::mesh(id) == *heading;
        HEADINGS.iter().find(own).map(|(_, name, _)| (*name).to_owned())
    }

    fn is_publication_type(&self, heading: &ConceptId) -> bool {
        ["D016449", "D016454", "D016422", "D016430", "D017418"].iter().any(|id| ConceptId::mesh(id) == *heading)
    }
}

impl Names for Few {
    fn is_journal(&self, name: &str) -> bool {
        ["lancet", "n engl j med", "new england journal of medicine"].contains(&name)
    }

    fn is_author(&self, last_name: &str, initials: &str) -> bool {
        [("smith", "j"), ("smith", "ja"), ("obrien", "ja")].contains(&(last_name, initials))
    }
}

fn translated(node: &Node) -> Result<Node, super::QueryError> {
    let today = jiff::civil::date(2024, 6, 30);
    Translator { headings: &Few, names: &Few, today, only_text: false, notes: Vec::new() }.node(node)
}

/// How a query is read and translated, each as it is printed.
fn reading(query: &str) -> (String, String) {
    let refused = |error: super::QueryError| {
        (format!("! {}", error.to_string().lines().next().unwrap_or_default()), "-".to_owned())
    };
    let node = match parse(query) {
        Ok(node) => node,
        Err(error) => return refused(error),
    };
    match translated(&node) {
        Ok(translation) => (node.to_string(), format!("{translation:#}")),
        Err(error) => (node.to_string(), refused(error).0),
    }
}

fn golden() -> impl Iterator<Item = [&'static str; 4]> {
    include_str!("golden.tsv").lines().filter(|line| !line.starts_with("# ")).map(|line| {
        let mut columns = line.split('\t');
        [(); 4].map(|()| columns.next().unwrap_or_else(|| panic!("four columns: {line}")))
    })
}

#[test]
fn queries_are_read_and_translated_as_the_golden_file_says() {
    assert!(golden().count() >= 150);
    let mut wrong = Vec::new();
    for [query, tree, translation, source] in golden() {
        assert!(!source.is_empty(), "{query} has no source");
        let (read, run) = reading(query);
        if (read.as_str(), run.as_str()) != (tree, translation) {
            wrong
                .push(format!("{query}\n  read as {read}\n  not     {tree}\n  run as  {run}\n  not     {translation}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_printed_reads_the_same() {
    for [query, ..] in golden() {
        let Ok(node) = parse(query) else { continue };
        assert_eq!(parse(&node.to_string()).as_ref(), Ok(&node), "{query}");
    }
}

#[test]
fn a_translation_is_a_query_that_stands_for_itself() {
    for [query, ..] in golden() {
        let Ok(node) = parse(query).and_then(|node| translated(&node)) else { continue };
        for printed in [node.to_string(), format!("{node:#}")] {
            let read = parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
            assert_eq!(read, node, "{query}: {printed}");
            assert_eq!(translated(&read).as_ref(), Ok(&node), "{query}: {printed}");
        }
    }
}

#[test]
fn parentheses_are_bounded() {
    let nested = |depth: usize| format!("{}asthma{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(64)).is_ok());
    assert!(parse(&nested(65)).unwrap_err().to_string().contains("64"));
    assert!(parse(&"(".repeat(100_000)).is_err());
    let long = vec!["asthma[ti] OR wheeze[ti] AND"; 5_000].join(" ") + " x[ti]";
    assert!(parse(&long).and_then(|node| translated(&node)).is_ok());
}

fn parts() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "asthma",
        "heart failure",
        "\"heart failure\"",
        "hospitali*",
        "AND",
        "OR",
        "NOT",
        "and",
        "or",
        "not",
        "(",
        ")",
        "[tiab]",
        "[tiab:~3]",
        "[mh]",
        "[mh:noexp]",
        "[majr]",
        "[sh]",
        "[pt]",
        "[pa]",
        "[nm]",
        "[dp]",
        "[au]",
        "[filter]",
        "2015",
        ":",
        "2024",
        "\"last 5 years\"",
        "hasabstract",
        "humans",
        "therapy/broad",
        "smith j",
        "lancet",
        "#1",
        "#2",
        "heart failure/drug therapy",
        "\"",
        "[",
        "]",
        "/",
        "β",
        "-",
        "*",
        "il-6",
    ]);
    prop::collection::vec(part, 0..14).prop_map(|parts| parts.join(" "))
}

proptest! {
    #[test]
    fn no_input_panics(query in "\\PC{0,80}") {
        if let Ok(node) = parse(&query) {
            let _ = translated(&node);
        }
    }

    #[test]
    fn every_parse_prints_back_to_an_equal_parse(query in parts()) {
        if let Ok(node) = parse(&query) {
            prop_assert_eq!(parse(&node.to_string()), Ok(node.clone()), "{}", query);
            if let Ok(run) = translated(&node) {
                prop_assert_eq!(parse(&format!("{run:#}")), Ok(run.clone()), "{}", query);
                prop_assert_eq!(translated(&run), Ok(run), "{}", query);
            }
        }
    }

    #[test]
    fn every_error_points_into_the_query(query in "[ -~]{0,40}") {
        if let Err(error) = parse(&query) {
            prop_assert!(error.span.start <= error.span.end && error.span.end as usize <= query.chars().count());
            prop_assert!(!error.pointing(&query).is_empty());
        }
    }

    #[test]
    fn what_is_loosened_is_a_query(query in parts()) {
        let Ok(mut node) = parse(&query).and_then(|node| translated(&node)) else { return Ok(()) };
        for step in steps() {
            if let Some(looser) = step.apply(&node) {
                prop_assert_eq!(parse(&looser.to_string()), Ok(looser.clone()), "{}", step.what);
                node = looser;
            }
        }
    }
}
