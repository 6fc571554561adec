use std::collections::BTreeSet;
use std::io::Read;

use super::candidates::pairs;
use crate::extract::annotate;
use crate::model::{Document, Passage, TextIndex};
use crate::vocab::Dictionary;

fn found(text: &str) -> Vec<(&str, &str)> {
    pairs(text).into_iter().map(|(short, long)| (&text[short], &text[long])).collect()
}

#[test]
fn letters_lead_words() {
    assert_eq!(found("Patients with heart failure (HF) were seen."), [("HF", "heart failure")]);
    assert_eq!(found("In chronic heart failure [CHF; n = 3]."), [("CHF", "chronic heart failure")]);
    assert_eq!(found("quality of life (QoL)"), [("QoL", "quality of life")]);
    assert_eq!(found("the Acme Heart Registry (“AHR”)"), [("AHR", "Acme Heart Registry")]);
}

#[test]
fn letters_lie_within_words_and_digits_have_names() {
    assert_eq!(found("with 5-hydroxytryptamine (5HT)"), [("5HT", "5-hydroxytryptamine")]);
    assert_eq!(found("a three-dimensional (3D) scan"), [("3D", "three-dimensional")]);
    assert_eq!(found("tumour necrosis factor alpha (TNF-α)"), [("TNF-α", "tumour necrosis factor alpha")]);
}

#[test]
fn either_may_come_first() {
    assert_eq!(found("HF (heart failure) is common"), [("HF", "heart failure")]);
    assert_eq!(found("(HF = heart failure; n, number)"), [("HF", "heart failure")]);
}

#[test]
fn a_bracket_may_hold_both_or_another_bracket() {
    assert_eq!(found("a barrier (blood and brain barrier, BBB) holds"), [("BBB", "blood and brain barrier")]);
    assert_eq!(found("peak oxygen (V) uptake (PO(V)U) fell"), [("PO(V)U", "peak oxygen (V) uptake")]);
    assert_eq!(found("under 6-chloro-quinol (CQ) at night"), [("CQ", "6-chloro-quinol")]);
    assert_eq!(found("given to 2,6-dichloropurine (DCP) mice"), [("DCP", "2,6-dichloropurine")]);
    assert_eq!(found("in C57QL/6 (Q6) mice"), [("Q6", "C57QL/6")]);
    assert_eq!(found("a non-opening current (OC(N)) rose"), [("OC(N)", "non-opening current")]);
    assert_eq!(found("other than non-high-density fat (HDF)"), [("HDF", "high-density fat")]);
    assert_eq!(found("in the medial zelmic nucleus (MZM)"), [("MZM", "medial zelmic nucleus")]);
}

#[test]
fn what_is_no_short_form_is_passed_over() {
    for text in [
        "Two hundred (n = 200) of them",
        "the difference was small (P < .05)",
        "in newborns (NB: boys only)",
        "treatment (see Table 2)",
        "patients (mean age 40)",
        "all drugs (both doses)",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

/// A record's passages and its pairs of short and long form.
type Labelled = (Vec<String>, BTreeSet<(String, String)>);

fn labelled() -> Option<Vec<Labelled>> {
    let folder = std::env::var_os("LITMINE_DATA")
        .map_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), Into::into);
    let file = std::fs::File::open(folder.join("gold/ab3p/MED1250_labeled_first_half.gz")).ok()?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).ok()?;
    let mut records: Vec<Labelled> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.bytes().all(|b| b.is_ascii_digit()) {
            records.push(Default::default());
        } else if let Some((lines, labels)) = records.last_mut() {
            match line.strip_prefix("  ").and_then(|pair| pair.split_once('|')) {
                Some((short, long)) => drop(labels.insert((short.trim().to_owned(), long.trim().to_owned()))),
                None => lines.push(line.trim().to_owned()),
            }
        }
    }
    Some(records)
}

/// What was found, and how it compares to the labels: a figure printed, and a floor a little beneath it.
#[test]
fn labelled_records_are_read_as_labelled() {
    let Some(records) = labelled() else {
        eprintln!("skipped: no gold/ab3p beside the project");
        return;
    };
    let show = std::env::var_os("LITMINE_SHOW").is_some();
    let (mut right, mut found, mut wanted) = (0, 0, 0);
    for (lines, labels) in records {
        let mut document = Document::default();
        for (n, text) in lines.into_iter().enumerate() {
            let section = if n == 0 { "TITLE" } else { "ABSTRACT" };
            document.passages.push(Passage { section: section.into(), category: None, text });
        }
        let text = document.text();
        let index = TextIndex::new(&text);
        let pairs: BTreeSet<_> = annotate(&document, &Dictionary::default())
            .abbreviations
            .iter()
            .map(|pair| (index.slice(pair.short).to_owned(), index.slice(pair.long).to_owned()))
            .collect();
        if show {
            pairs.difference(&labels).for_each(|(short, long)| eprintln!("+ {short} | {long}"));
            labels.difference(&pairs).for_each(|(short, long)| eprintln!("- {short} | {long}"));
        }
        right += pairs.intersection(&labels).count();
        found += pairs.len();
        wanted += labels.len();
    }
    let (precision, recall) = (right as f64 / found as f64, right as f64 / wanted as f64);
    eprintln!("abbreviations: precision {precision:.3}, recall {recall:.3} of {wanted}");
    assert!(precision >= 0.975 && recall >= 0.80, "precision {precision:.3}, recall {recall:.3}");
}
