//! The index against a naive scan of the same documents, and its generations.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::model::{ConceptId, Heading, Identifiers, PartialDate, Passage, Term};
use crate::vocab::Vocabulary;

const WORDS: [&str; 12] = [
    "asthma",
    "wheeze",
    "metformin",
    "hospital",
    "hospitalised",
    "hospitals",
    "failure",
    "heart",
    "stroke",
    "women",
    "exercise",
    "pressure",
];

/// A small generator with a period long enough; the same documents every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn words(&mut self, most: usize) -> String {
        let count = 2 + self.roll(most);
        (0..count).map(|_| WORDS[self.roll(WORDS.len())]).collect::<Vec<_>>().join(" ")
    }
}

fn documents(count: u64) -> Vec<Document> {
    let mut dice = Dice(7);
    let headings = [("D006333", "Heart Failure"), ("D001249", "Asthma"), ("D003924", "Diabetes Mellitus, Type 2")];
    (1..=count)
        .map(|pmid| {
            let mut document = Document {
                identifiers: Identifiers { pmid: Some(pmid), ..Identifiers::default() },
                ..Document::default()
            };
            if dice.roll(5) > 0 {
                let text = dice.words(14);
                document.passages.push(Passage { section: "ABSTRACT".into(), category: None, text });
            }
            document.set_title(dice.words(5));
            let (id, name) = headings[dice.roll(3)];
            document.headings.push(Heading { id: Some(id.into()), name: name.into(), ..Heading::default() });
            let kind = ["Review", "Randomized Controlled Trial"][dice.roll(2)];
            document.publication_types.push(Term { id: None, name: kind.into() });
            document.published = PartialDate::new(2010 + dice.roll(12) as u16, None, None);
            document
        })
        .collect()
}

fn build(folder: &Path, documents: &[Document], state: &str) {
    let mut writer = IndexWriter::update(folder, false).unwrap();
    for document in documents {
        writer.put(&IndexedDocument::new(document)).unwrap();
    }
    writer.publish(state).unwrap();
}

fn found(searcher: &Searcher, query: &str) -> BTreeSet<u64> {
    let vocabulary = Vocabulary::starter();
    let request = SearchRequest { limit: 10_000, headings: &vocabulary, ..SearchRequest::new(query) };
    let answer = searcher.search(&request).unwrap_or_else(|error| panic!("{query}: {error}"));
    assert_eq!(answer.total as usize, answer.hits.len(), "{query}");
    answer.hits.iter().map(|hit| hit.id.as_pmid().unwrap()).collect()
}

fn scan(documents: &[Document], holds: impl Fn(&Document) -> bool) -> BTreeSet<u64> {
    documents.iter().filter(|d| holds(d)).map(|d| d.identifiers.pmid.unwrap()).collect()
}

fn has_word(document: &Document, fits: impl Fn(&str) -> bool) -> bool {
    document.passages.iter().any(|passage| passage.text.split(' ').any(&fits))
}

#[test]
fn the_index_finds_what_a_naive_scan_finds() {
    let folder = tempfile::tempdir().unwrap();
    let documents = documents(300);
    build(folder.path(), &documents, "1");
    let searcher = Searcher::open(folder.path()).unwrap();
    assert_eq!((searcher.documents(), searcher.state()), (300, "1"));
    let word = |word: &'static str| scan(&documents, move |d| has_word(d, |w| w == word));
    assert_eq!(found(&searcher, "asthma[tiab]"), word("asthma"));
    // A tagged word is not stemmed, and a truncation stands for every word that begins so.
    assert_eq!(found(&searcher, "hospital[tiab]"), word("hospital"));
    assert_eq!(found(&searcher, "hospital*[tiab]"), scan(&documents, |d| has_word(d, |w| w.starts_with("hospital"))));
    let phrase = scan(&documents, |d| d.passages.iter().any(|p| format!(" {} ", p.text).contains(" heart failure ")));
    assert!(!phrase.is_empty());
    assert_eq!(found(&searcher, "\"heart failure\"[tiab]"), phrase);
    assert_eq!(found(&searcher, "heart[ti]"), scan(&documents, |d| d.title().split(' ').any(|w| w == "heart")));
    assert_eq!(found(&searcher, "hasabstract"), scan(&documents, |d| d.body().next().is_some()));
    assert_eq!(found(&searcher, "2012:2015[dp]"), scan(&documents, |d| (2012..=2015).contains(&d.year().unwrap())));
    assert_eq!(found(&searcher, "review[pt]"), scan(&documents, |d| d.has_publication_type("Review")));
    assert_eq!(found(&searcher, "17[pmid]"), BTreeSet::from([17]));
}

#[test]
fn counts_add_up() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), &documents(300), "1");
    let searcher = Searcher::open(folder.path()).unwrap();
    for (a, b) in [
        ("asthma[tiab]", "women[tiab]"),
        ("hospital*[tiab]", "review[pt]"),
        ("\"heart failure\"[tiab]", "2010:2014[dp]"),
    ] {
        let (alone, both, without) =
            (found(&searcher, a), found(&searcher, &format!("{a} AND {b}")), found(&searcher, &format!("{a} NOT {b}")));
        assert_eq!(both.len() + without.len(), alone.len(), "{a} {b}");
        assert!(both.is_disjoint(&without));
        let either = found(&searcher, &format!("{a} OR {b}"));
        assert_eq!(either.len(), alone.len() + found(&searcher, b).len() - both.len());
    }
    // From left to right, with no precedence.
    let left = found(&searcher, "asthma[tiab] OR women[tiab] AND review[pt]");
    assert_eq!(left, found(&searcher, "(asthma[tiab] OR women[tiab]) AND review[pt]"));
}

#[test]
fn a_heading_counts_what_is_narrower_unless_told_not_to() {
    struct Two;
    impl Headings for Two {
        fn find(&self, name: &str) -> Option<ConceptId> {
            name.eq_ignore_ascii_case("anything").then(|| ConceptId::mesh("D001249"))
        }

        fn narrower(&self, heading: &ConceptId) -> Vec<ConceptId> {
            vec![heading.clone(), ConceptId::mesh("D006333")]
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let documents = documents(60);
    build(folder.path(), &documents, "1");
    let searcher = Searcher::open(folder.path()).unwrap();
    let count = |query: &str| {
        let request = SearchRequest { limit: 100, headings: &Two, ..SearchRequest::new(query) };
        searcher.search(&request).unwrap().total as usize
    };
    let of = |ids: &[&str]| scan(&documents, |d| ids.contains(&d.headings[0].id.as_deref().unwrap())).len();
    assert_eq!(count("anything[mh]"), of(&["D001249", "D006333"]));
    assert_eq!(count("anything[mh:noexp]"), of(&["D001249"]));
}

#[test]
fn an_update_equals_a_full_build() {
    let (stepwise, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut documents = documents(120);
    build(stepwise.path(), &documents[..80], "1");
    documents[5].set_title("asthma asthma".into());
    let mut writer = IndexWriter::update(stepwise.path(), false).unwrap();
    assert_eq!(writer.base_state(), Some("1"));
    for document in std::iter::once(&documents[5]).chain(&documents[80..]) {
        writer.put(&IndexedDocument::new(document)).unwrap();
    }
    writer.remove(&DocumentId::pmid(3)).unwrap();
    assert_eq!(writer.publish("2").unwrap().documents, 119);
    documents.remove(2);
    build(whole.path(), &documents, "2");
    let (stepwise, whole) = (Searcher::open(stepwise.path()).unwrap(), Searcher::open(whole.path()).unwrap());
    for query in
        ["asthma[tiab]", "hospital*[tiab]", "heart failure", "review[pt] NOT women[tiab]", "\"asthma asthma\"[ti]"]
    {
        assert_eq!(found(&stepwise, query), found(&whole, query), "{query}");
    }
    assert!(found(&stepwise, "3[pmid]").is_empty());
}

#[test]
fn a_reader_of_the_generation_before_reads_on() {
    let folder = tempfile::tempdir().unwrap();
    let documents = documents(50);
    build(folder.path(), &documents[..30], "1");
    let before = Searcher::open(folder.path()).unwrap();
    build(folder.path(), &documents[30..], "2");
    assert_eq!((before.documents(), before.state()), (30, "1"));
    assert_eq!(found(&before, "hasabstract"), scan(&documents[..30], |d| d.body().next().is_some()));
    assert_eq!(Searcher::open(folder.path()).unwrap().documents(), 50);
}

#[test]
fn a_build_that_is_not_finished_leaves_the_former_state() {
    let folder = tempfile::tempdir().unwrap();
    let documents = documents(50);
    build(folder.path(), &documents[..30], "1");
    let mut writer = IndexWriter::update(folder.path(), false).unwrap();
    writer.put(&IndexedDocument::new(&documents[40])).unwrap();
    assert!(matches!(IndexWriter::update(folder.path(), false), Err(IndexError::Busy { .. })));
    drop(writer);
    let searcher = Searcher::open(folder.path()).unwrap();
    assert_eq!((searcher.documents(), searcher.state()), (30, "1"));
    build(folder.path(), &documents[30..], "2");
    assert_eq!(Searcher::open(folder.path()).unwrap().documents(), 50);
}

#[test]
fn what_is_missing_or_damaged_names_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let error = Searcher::open(&folder.path().join("heart")).err().unwrap().to_string();
    assert!(error.contains("litmine index heart"), "{error}");
    let place = folder.path().join("heart");
    std::fs::create_dir(&place).unwrap();
    build(&place, &documents(5), "1");
    let generation = Searcher::open(&place).unwrap().generation_folder().to_owned();
    std::fs::write(generation.join("manifest.json"), "{}").unwrap();
    let error = Searcher::open(&place).err().unwrap().to_string();
    assert!(error.contains("--rebuild"), "{error}");
}

#[test]
fn words_and_meaning_together_and_the_same_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let documents = documents(100);
    build(folder.path(), &documents, "1");
    let searcher = Searcher::open(folder.path()).unwrap();
    // A document that holds none of the words, and lies nearest.
    let stranger = scan(&documents, |d| !has_word(d, |w| w == "stroke" || w == "women")).into_iter().next().unwrap();
    let dense = [(DocumentId::pmid(stranger), 0.9), (DocumentId::pmid(stranger + 1), 0.1)];
    let request = SearchRequest { dense: Some(&dense), ..SearchRequest::new("stroke women") };
    let answer = searcher.search(&request).unwrap();
    assert_eq!(answer.mode, Mode::Hybrid);
    assert!(answer.hits.iter().any(|hit| hit.id == DocumentId::pmid(stranger)), "{answer:?}");
    assert!(!answer.notes.is_empty(), "it says how many documents hold all the words");
    assert_eq!(searcher.search(&request).unwrap(), answer);
    let alone = SearchRequest { mode: Some(Mode::Dense), dense: Some(&dense), ..SearchRequest::new("stroke women") };
    assert_eq!(searcher.search(&alone).unwrap().hits[0].id, DocumentId::pmid(stranger));
    let without = SearchRequest { mode: Some(Mode::Dense), ..SearchRequest::new("stroke women") };
    assert!(matches!(searcher.search(&without), Err(IndexError::NoVectors)));
}

mod language;
