//! Any text read for what it says: no panic, and every span and number in its place.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use litmine::extract::annotate;
use litmine::model::{Document, Passage, TextIndex};
use litmine::vocab::{Dictionary, Vocabulary};

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::build(&Vocabulary::starter()));

fuzz_target!(|text: &str| {
    let mut document = Document::default();
    let text: String = text.chars().filter(|c| *c != '\n').collect();
    document.passages.push(Passage { section: "ABSTRACT".into(), category: None, text });
    document.set_title("A trial.".into());
    let annotation = annotate(&document, &DICTIONARY);
    let text = document.text();
    let end = TextIndex::new(&text).len();
    assert!(annotation.mentions.iter().all(|mention| mention.span.start < mention.span.end && mention.span.end <= end));
    for finding in &annotation.findings {
        assert!(finding.span.end <= end);
        assert!(finding.effects.iter().all(|effect| finding.span.contains(effect.span)));
    }
});
