//! Merging and its undoing, on invented records.

use super::*;
use crate::model::{FlagKind, Identifiers, Relation, RelationKind};
use crate::store::Stored;
use crate::store::tests::{Corpus, corpus};

const TITLE: &str = "Walking after a stroke: a randomised trial";

/// A record with these of PMID, PMCID and DOI; 0 and the empty text are none.
fn record(pmid: u64, pmcid: &str, doi: &str, title: &str) -> Document {
    let mut identifiers = Identifiers { pmid: (pmid > 0).then_some(pmid), ..Identifiers::default() };
    identifiers.set_pmcid(pmcid);
    identifiers.set_doi(doi);
    let mut document = Document { identifiers, version: 1, ..Document::default() };
    document.set_title(title.to_owned());
    document
}

impl Corpus {
    /// What readers see: names, and for each the identifiers of its document.
    fn seen(&mut self) -> Vec<(String, Identifiers)> {
        let snapshot = self.publish();
        let (names, _) = self.store.changes(None, &snapshot).unwrap();
        let stored = names.iter().map(|name| self.store.document(&snapshot, name).unwrap().unwrap());
        stored.map(|stored| (stored.id.to_string(), stored.document.identifiers)).collect()
    }

    fn names(&mut self) -> Vec<String> {
        self.seen().into_iter().map(|(name, _)| name).collect()
    }
}

#[test]
fn a_better_name_that_comes_later_is_kept() {
    let mut corpus = corpus();
    assert_eq!(corpus.put_from("preprints", "biorxiv", &record(0, "", "10.5555/a", TITLE)), Stored::Added);
    assert_eq!(corpus.put_from("pubmed", "pubmed-xml", &record(7, "", "10.5555/a", TITLE)), Stored::Added);
    assert_eq!(corpus.names(), ["PMID:7"]);
    let merges = corpus.store.merges().unwrap();
    assert_eq!((merges[0].absorbed.as_str(), merges[0].kept.as_str()), ("DOI:10.5555/a", "PMID:7"));
    assert_eq!((merges[0].scheme.as_str(), merges[0].source.as_str()), ("doi", "pubmed"));
    assert_eq!(corpus.store.name_of(&"doi:10.5555/A".parse().unwrap()).unwrap().as_str(), "PMID:7");
    // What comes under the old name is of the new one, and known.
    let unchanged = corpus.put_from("preprints", "biorxiv", &record(0, "", "10.5555/a", TITLE));
    assert_eq!(unchanged, Stored::Unchanged);
    assert_eq!(
        corpus.put_from("preprints", "biorxiv", &record(0, "", "10.5555/a", "Walking after a stroke")),
        Stored::Revised
    );
    assert_eq!(corpus.names(), ["PMID:7"]);
}

#[test]
fn a_worse_name_that_comes_later_is_a_duplicate() {
    let mut corpus = corpus();
    corpus.put_from("pubmed", "pubmed-xml", &record(7, "PMC8", "", TITLE));
    assert_eq!(corpus.put_from("files", "jats", &record(0, "PMC8", "10.5555/a", TITLE)), Stored::Duplicate);
    let seen = corpus.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].0, "PMID:7");
    assert_eq!(seen[0].1.doi.as_deref(), Some("10.5555/a"), "what only the other record says is there");
    let flow = corpus.store.flow().unwrap();
    assert_eq!((flow.identified(), flow.duplicates, flow.withdrawn, flow.included), (2, 1, 0, 1));
    assert_eq!(corpus.store.totals().unwrap().deleted, 0);
}

#[test]
fn one_record_can_show_that_two_documents_are_one() {
    let mut corpus = corpus();
    corpus.put_from("a", "x", &record(0, "PMC8", "", TITLE));
    corpus.put_from("b", "y", &record(0, "", "10.5555/a", TITLE));
    assert_eq!(corpus.names().len(), 2);
    corpus.put_from("c", "z", &record(7, "PMC8", "10.5555/a", TITLE));
    assert_eq!(corpus.names(), ["PMID:7"]);
    assert_eq!(corpus.store.merges().unwrap().len(), 2);
}

#[test]
fn papers_that_differ_are_never_merged() {
    let mut corpus = corpus();
    corpus.put_from("pubmed", "x", &record(7, "PMC8", "10.5555/a", TITLE));
    corpus.put_from("pubmed", "x", &record(9, "", "10.5555/a", TITLE));
    assert_eq!(corpus.names().len(), 2, "two PMIDs, one DOI");
    corpus.put_from("b", "y", &record(0, "PMC11", "10.5555/a", TITLE));
    assert_eq!(corpus.names().len(), 2, "another PMCID than the first has; of the second nothing speaks against it");
    corpus.put_from("c", "y", &record(0, "", "10.5555/s", "Abstracts of the congress: sleep"));
    corpus.put_from("d", "y", &record(12, "", "10.5555/s", "Knees and stairs"));
    assert_eq!(corpus.names().len(), 4, "a DOI that a supplement lends");
    corpus.put_from("e", "y", &record(0, "", "10.5555/t", TITLE));
    assert_eq!(corpus.names().len(), 5, "a title proves nothing");
}

#[test]
fn what_was_merged_can_be_taken_apart_and_stays_so() {
    let mut corpus = corpus();
    corpus.put_from("preprints", "biorxiv", &record(0, "", "10.5555/a", TITLE));
    corpus.put_from("pubmed", "pubmed-xml", &record(7, "", "10.5555/a", TITLE));
    let before = corpus.publish();
    let absorbed: DocumentId = "DOI:10.5555/a".parse().unwrap();
    let kept = corpus.store.undo_merge(corpus.run, &absorbed).unwrap();
    assert_eq!(kept.map(|id| id.to_string()).as_deref(), Some("PMID:7"));
    let mut names = corpus.names();
    names.sort();
    assert_eq!(names, ["DOI:10.5555/a", "PMID:7"]);
    assert!(corpus.store.merges().unwrap().is_empty());
    let flow = corpus.store.flow().unwrap();
    assert_eq!((flow.identified(), flow.duplicates, flow.included), (2, 0, 2));
    // Neither record brings them together again.
    corpus.put_from("preprints", "biorxiv", &record(0, "", "10.5555/a", "Walking after a stroke"));
    corpus.put_from("pubmed", "pubmed-xml", &record(7, "", "10.5555/a", "Walking after stroke"));
    assert_eq!(corpus.names().len(), 2);
    assert_eq!(corpus.store.undo_merge(corpus.run, &absorbed).unwrap(), None);
    assert!(corpus.store.document(&before, &absorbed).unwrap().is_none(), "an earlier snapshot shows what it showed");
}

#[test]
fn undoing_takes_along_what_was_absorbed_before() {
    let mut corpus = corpus();
    corpus.put_from("a", "x", &record(0, "", "10.5555/a", TITLE));
    corpus.put_from("b", "y", &record(0, "PMC8", "10.5555/a", TITLE));
    corpus.put_from("c", "z", &record(7, "PMC8", "", TITLE));
    assert_eq!(corpus.names(), ["PMID:7"]);
    corpus.store.undo_merge(corpus.run, &"PMCID:PMC8".parse().unwrap()).unwrap();
    let mut seen = corpus.seen();
    seen.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(seen.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["PMCID:PMC8", "PMID:7"]);
    assert_eq!(seen[0].1.doi.as_deref(), Some("10.5555/a"));
    assert_eq!(seen[1].1.doi, None);
}

#[test]
fn a_notice_that_names_a_paper_by_its_doi_reaches_it() {
    let mut corpus = corpus();
    corpus.put_from("pubmed", "pubmed-xml", &record(7, "", "10.5555/a", TITLE));
    let before = corpus.publish();
    let mut notice = record(8, "", "10.5555/n", "Retraction: Walking after a stroke");
    notice.relations.push(Relation {
        kind: RelationKind::RetractionOf,
        pmid: None,
        doi: Some("10.5555/a".to_owned()),
        citation: None,
        note: None,
    });
    corpus.put_from("pubmed", "pubmed-xml", &notice);
    let after = corpus.publish();
    let paper = DocumentId::pmid(7);
    assert!(corpus.store.flags(&before, &paper).unwrap().is_empty());
    let flags = corpus.store.flags(&after, &paper).unwrap();
    assert_eq!((flags[0].kind, flags[0].said_by.as_str()), (FlagKind::Retracted, "PMID:8"));
    assert!(corpus.store.spoken_of().unwrap().contains("PMID:7"));
    assert_eq!(corpus.store.totals().unwrap().retracted, 1);
    let (changed, _) = corpus.store.changes(Some(&before), &after).unwrap();
    assert!(changed.contains(&paper), "its entry in the index changes");
}

#[test]
fn what_was_never_seen_is_not_gone() {
    let mut corpus = corpus();
    corpus.put_from("pubmed", "x", &record(1, "", "", TITLE));
    let before = corpus.publish();
    let mut notice = record(8, "", "", "Retraction: another paper");
    let kind = RelationKind::RetractionOf;
    notice.relations.push(Relation { kind, pmid: Some(5), doi: None, citation: None, note: None });
    corpus.put_from("pubmed", "x", &notice);
    corpus.delete(1, 1);
    let after = corpus.publish();
    let (changed, gone) = corpus.store.changes(Some(&before), &after).unwrap();
    assert_eq!((changed, gone), (vec![DocumentId::pmid(8)], vec![DocumentId::pmid(1)]), "nobody holds PMID 5");
}

#[test]
fn a_citation_that_is_withdrawn_takes_no_record_of_another_source_along() {
    let mut corpus = corpus();
    let mut preprint = record(0, "", "10.5555/a", TITLE);
    preprint.version = 3;
    corpus.put_from("preprints", "biorxiv", &preprint);
    corpus.put_from("pubmed", "pubmed-xml", &record(7, "PMC8", "10.5555/a", TITLE));
    corpus.delete(7, 1);
    let seen = corpus.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].1.doi.as_deref(), Some("10.5555/a"));
    assert_eq!((seen[0].1.pmid, &seen[0].1.pmcid), (None, &None), "nothing of the citation is left in the union");
    corpus.delete(7, 1);
    assert_eq!(corpus.seen().len(), 1, "there is no citation to withdraw");
}

#[test]
fn a_pair_that_was_undone_is_not_merged_through_a_third() {
    let mut corpus = corpus();
    corpus.put_from("preprints", "biorxiv", &record(0, "", "10.5555/a", TITLE));
    corpus.put_from("pubmed", "pubmed-xml", &record(7, "", "10.5555/a", TITLE));
    corpus.store.undo_merge(corpus.run, &"DOI:10.5555/a".parse().unwrap()).unwrap();
    corpus.put_from("c", "jats", &record(0, "PMC8", "10.5555/a", TITLE));
    let named = |corpus: &mut Corpus| corpus.store.name_of(&"DOI:10.5555/a".parse().unwrap()).unwrap();
    assert_ne!(named(&mut corpus).as_str(), "PMID:7");
}

#[test]
fn a_doi_that_several_papers_carry_tells_of_none_of_them() {
    let mut corpus = corpus();
    corpus.put_from("pubmed", "x", &record(7, "", "10.5555/a", TITLE));
    corpus.put_from("pubmed", "x", &record(9, "", "10.5555/a", TITLE));
    corpus.put_from("b", "y", &record(0, "", "10.5555/a", TITLE));
    assert_eq!(corpus.names().len(), 3);
    assert!(!are_alike("Abstracts of the Congress", "The prevalence of sarcopenia"), "words of any title");
}
