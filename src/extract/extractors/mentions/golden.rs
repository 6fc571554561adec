//! The golden phrases of `tests/golden/mentions.tsv`.

use crate::extract::annotate;
use crate::model::{Document, Identifiers, TextIndex};
use crate::vocab::{Dictionary, Vocabulary};

const GOLDEN: &str = include_str!("../../../../tests/golden/mentions.tsv");

/// What is found in a phrase, as the file writes it.
fn found(phrase: &str, dictionary: &Dictionary) -> String {
    let mut document = Document { identifiers: Identifiers::default(), ..Document::default() };
    document.set_title(phrase.to_owned());
    let annotation = annotate(&document, dictionary);
    let index = TextIndex::new(phrase);
    let mentions = annotation.mentions.iter().map(|mention| {
        let others = match mention.concepts.len() {
            0 | 1 => String::new(),
            several => format!(" +{}", several - 1),
        };
        let name = mention.name.as_deref().unwrap_or("?");
        format!("{} = {} {name}{others}", index.slice(mention.span), mention.mention_type.name())
    });
    let mentions: Vec<String> = mentions.collect();
    if mentions.is_empty() { "-".to_owned() } else { mentions.join(" | ") }
}

#[test]
fn the_golden_phrases_are_read_as_they_were() {
    let dictionary = Dictionary::build(&Vocabulary::starter());
    let lines = GOLDEN.lines().filter(|line| !line.starts_with('#'));
    let phrases: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once('\t')).collect();
    assert!(phrases.len() >= 200, "{} phrases", phrases.len());
    let changed: Vec<String> = phrases
        .into_iter()
        .map(|(phrase, expected)| (phrase, expected, found(phrase, &dictionary)))
        .filter(|(_, expected, found)| expected != found)
        .map(|(phrase, expected, found)| format!("{phrase}\n  expected {expected}\n  found    {found}"))
        .collect();
    assert!(changed.is_empty(), "{} phrases are read otherwise:\n{}", changed.len(), changed.join("\n"));
}
