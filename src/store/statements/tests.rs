//! Statements about papers that are held, that come later, that are taken back.

use super::*;
use crate::model::{Document, Identifiers, Nature};
use crate::store::tests::{Corpus, corpus};

fn says(record: u64, pmid: Option<u64>, doi: Option<&str>, nature: Nature, dated: &str) -> Statement {
    Statement {
        said_by: format!("RW:{record}").parse().unwrap(),
        pmid,
        doi: doi.map(str::to_owned),
        nature,
        dated: dated.parse().unwrap(),
        notice: None,
        reasons: None,
    }
}

/// Retractions of papers that nobody holds.
fn others(count: u64) -> Vec<Statement> {
    (0..count).map(|n| says(1_000 + n, Some(5_000 + n), None, Nature::Retraction, "2020-01-01")).collect()
}

impl Corpus {
    /// Settles these, with a row besides that cannot be read if so wished.
    fn state(&mut self, statements: &[Statement], unreadable: bool) -> (Counts, Option<String>) {
        let mut ingest = self.store.ingest(self.run, "retraction-watch", "table").unwrap();
        for statement in statements {
            ingest.state(statement.clone());
        }
        if unreadable {
            ingest.reject(0, "line 2: no date", b"").unwrap();
        }
        let refused = ingest.settle_statements().unwrap();
        (ingest.commit(None).unwrap(), refused)
    }

    fn hold(&mut self, pmid: u64, doi: &str) {
        let mut identifiers = Identifiers { pmid: (pmid > 0).then_some(pmid), ..Identifiers::default() };
        identifiers.set_doi(doi);
        let mut document = Document { identifiers, version: 1, ..Document::default() };
        document.set_title("Marbles".to_owned());
        self.put_from("pubmed", "pubmed-xml", &document);
    }

    /// The flags on a document: kind, who says so, and the source.
    fn flags(&mut self, name: &str) -> Vec<String> {
        let snapshot = self.publish();
        let flags = self.store.flags(&snapshot, &name.parse().unwrap()).unwrap();
        flags.iter().map(|flag| format!("{} {} {}", flag.kind.name(), flag.said_by, flag.source)).collect()
    }
}

#[test]
fn a_paper_is_reached_by_either_id_whether_it_was_there_or_comes_later() {
    let mut corpus = corpus();
    corpus.hold(7, "");
    let told = [
        says(1, Some(7), Some("10.5555/a"), Nature::Retraction, "2020-01-01"),
        says(2, None, Some("10.5555/b"), Nature::ExpressionOfConcern, "2020-01-01"),
        says(3, None, None, Nature::Retraction, "2020-01-01"),
    ];
    let (counts, refused) = corpus.state(&told, false);
    assert_eq!((counts.found, counts.added, refused), (3, 3, None));
    assert_eq!(corpus.flags("PMID:7"), ["retracted RW:1 retraction-watch"]);
    corpus.hold(8, "10.5555/B");
    assert_eq!(corpus.flags("PMID:8"), ["of-concern RW:2 retraction-watch"], "a paper that came later, by its DOI");
    corpus.hold(0, "10.5555/a");
    assert_eq!(corpus.flags("DOI:10.5555/a"), ["retracted RW:1 retraction-watch"]);
    corpus.hold(7, "10.5555/A");
    assert_eq!(corpus.flags("PMID:7"), ["retracted RW:1 retraction-watch"], "said under both ids it is said once");
    let (counts, _) = corpus.state(&told, false);
    assert_eq!((counts.unchanged, counts.added + counts.revised + counts.deleted), (3, 0));
    assert_eq!(corpus.store.flow().unwrap().sources.len(), 1, "statements are no records of documents");
}

#[test]
fn a_reinstatement_lifts_the_flag_and_a_later_retraction_sets_it_again() {
    let mut corpus = corpus();
    corpus.hold(7, "");
    let mut told = vec![says(1, Some(7), None, Nature::Retraction, "2020-01-01")];
    corpus.state(&told, false);
    told.push(says(2, Some(7), None, Nature::Reinstatement, "2020-06-01"));
    let (counts, _) = corpus.state(&told, false);
    assert_eq!((counts.added, counts.revised), (1, 1), "the retraction is overruled");
    assert!(corpus.flags("PMID:7").is_empty());
    told.push(says(3, Some(7), None, Nature::Retraction, "2021-01-01"));
    corpus.state(&told, false);
    assert_eq!(corpus.flags("PMID:7"), ["retracted RW:3 retraction-watch"]);
}

#[test]
fn what_is_not_said_any_more_is_taken_back_unless_too_much_is_missing() {
    let mut corpus = corpus();
    corpus.hold(7, "");
    let own = says(1, Some(7), None, Nature::Retraction, "2020-01-01");
    let mut all = others(210);
    all.push(own.clone());
    corpus.state(&all, false);
    // 22 of 211 are more than a tenth, and more than 20.
    let (counts, refused) = corpus.state(&all[..189], false);
    assert!(refused.unwrap().contains("22 of 211"));
    assert_eq!(counts.deleted, 0);
    assert_eq!(corpus.flags("PMID:7").len(), 1);
    // A tenth may go.
    let (counts, refused) = corpus.state(&all[..190], false);
    assert_eq!((counts.deleted, refused), (21, None));
    assert!(corpus.flags("PMID:7").is_empty());
}

#[test]
fn of_a_small_table_any_number_may_go() {
    let mut corpus = corpus();
    corpus.state(&others(20), false);
    assert_eq!(corpus.state(&others(1), false).0.deleted, 19);
}

#[test]
fn while_a_row_cannot_be_read_nothing_is_taken_back() {
    let mut corpus = corpus();
    corpus.hold(7, "");
    corpus.state(&[says(1, Some(7), None, Nature::Retraction, "2020-01-01")], false);
    let (counts, _) = corpus.state(&others(1), true);
    assert_eq!((counts.found, counts.added, counts.rejected, counts.deleted, counts.unchanged), (2, 1, 1, 0, 0));
    assert_eq!(corpus.flags("PMID:7").len(), 1);
    // Of a record that stands in it twice the last row counts.
    let twice = [
        says(1, Some(7), None, Nature::Retraction, "2020-01-01"),
        says(1, Some(7), None, Nature::Correction, "2020-01-01"),
    ];
    let (counts, _) = corpus.state(&twice, false);
    assert_eq!((counts.found, counts.duplicate, counts.revised, counts.deleted), (2, 1, 1, 1));
    assert_eq!(corpus.flags("PMID:7"), ["corrected RW:1 retraction-watch"]);
}
