//! The store's promises, on invented records.

use super::*;
use crate::model::{
    Annotation, Card, ConceptId, Direction, Document, DocumentId, Finding, FlagKind, Identifiers, Link, LinkReason,
    LinkSide, Relation, RelationKind, SentenceRole, Span,
};

/// A store in a folder that is gone when the test ends, and a run.
pub(super) struct Corpus {
    _folder: tempfile::TempDir,
    pub(super) store: Store,
    pub(super) run: RunId,
}

pub(super) fn corpus() -> Corpus {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("c.db")).unwrap();
    let run = store.begin_run("harvest", "test").unwrap();
    Corpus { _folder: folder, store, run }
}

fn document(pmid: u64, version: u32, title: &str) -> Document {
    let identifiers = Identifiers { pmid: Some(pmid), ..Identifiers::default() };
    let mut document = Document { identifiers, version, ..Document::default() };
    document.set_title(title.to_owned());
    document
}

impl Corpus {
    /// Stores a record, delivered by a source as one of a format.
    pub(super) fn put_from(&mut self, source: &str, format: &'static str, document: &Document) -> Stored {
        let bytes = serde_json::to_vec(document).unwrap();
        let mut ingest = self.store.ingest(self.run, source, "a.xml").unwrap();
        let stored = ingest.record(NewRecord { document, bytes: &bytes, format, position: 0 }).unwrap();
        ingest.commit(None).unwrap();
        stored
    }

    /// Withdraws a version of a citation; how many that took.
    pub(super) fn delete(&mut self, pmid: u64, version: u32) -> u64 {
        let mut ingest = self.store.ingest(self.run, "files", "a.xml").unwrap();
        ingest.delete(&DocumentId::pmid(pmid), version, 0).unwrap();
        ingest.commit(None).unwrap().deleted
    }

    /// What readers see from now on.
    pub(super) fn publish(&mut self) -> Snapshot {
        let stage = self.store.stage("test 1").unwrap();
        self.store.publish(self.run, stage, None).unwrap()
    }

    fn put(&mut self, document: &Document) -> Stored {
        self.put_as("test", document)
    }

    fn put_as(&mut self, format: &'static str, document: &Document) -> Stored {
        self.put_from("files", format, document)
    }

    fn title(&mut self, pmid: u64) -> Option<String> {
        let snapshot = self.publish();
        let stored = self.store.document(&snapshot, &DocumentId::pmid(pmid)).unwrap();
        stored.map(|stored| stored.document.title().to_owned())
    }
}

#[test]
fn storing_twice_changes_nothing() {
    let mut corpus = corpus();
    let paper = document(1, 1, "a");
    assert_eq!(corpus.put(&paper), Stored::Added);
    assert_eq!(corpus.put(&paper), Stored::Unchanged);
    assert_eq!(corpus.store.totals().unwrap().versions, 1);
}

#[test]
fn a_revision_of_the_same_version_replaces_and_a_lower_version_does_not() {
    let mut corpus = corpus();
    corpus.put(&document(1, 1, "first"));
    assert_eq!(corpus.put(&document(1, 1, "revised")), Stored::Revised);
    assert_eq!(corpus.title(1).as_deref(), Some("revised"));
    corpus.put(&document(1, 2, "second version"));
    corpus.put(&document(1, 1, "late revision of the first"));
    assert_eq!(corpus.title(1).as_deref(), Some("second version"));
    assert_eq!(corpus.store.totals().unwrap().versions, 4);
}

#[test]
fn going_back_to_an_earlier_text_is_a_revision() {
    let mut corpus = corpus();
    corpus.put(&document(1, 1, "a"));
    corpus.put(&document(1, 1, "b"));
    assert_eq!(corpus.put(&document(1, 1, "a")), Stored::Revised);
    assert_eq!(corpus.title(1).as_deref(), Some("a"));
}

#[test]
fn a_deletion_drops_what_came_before_and_nothing_after() {
    let mut corpus = corpus();
    corpus.put(&document(1, 1, "a"));
    assert_eq!(corpus.delete(1, 1), 1);
    assert_eq!(corpus.delete(1, 1), 0, "it is gone already");
    assert_eq!(corpus.delete(9, 1), 0, "it was never held");
    assert_eq!(corpus.title(1), None);
    assert_eq!(corpus.put(&document(1, 1, "a")), Stored::Added);
    assert_eq!(corpus.title(1).as_deref(), Some("a"));
}

#[test]
fn deleting_one_version_leaves_the_other() {
    let mut corpus = corpus();
    corpus.put(&document(1, 1, "one"));
    corpus.put(&document(1, 2, "two"));
    corpus.delete(1, 1);
    assert_eq!(corpus.title(1).as_deref(), Some("two"));
    corpus.delete(1, 2);
    assert_eq!(corpus.title(1), None);
}

#[test]
fn an_older_snapshot_shows_the_older_state() {
    let mut corpus = corpus();
    corpus.put(&document(1, 1, "old"));
    let old = corpus.publish();
    corpus.put(&document(1, 1, "new"));
    corpus.put(&document(2, 1, "another"));
    corpus.delete(2, 1);
    let id = DocumentId::pmid(1);
    let seen = corpus.store.document(&old, &id).unwrap().unwrap();
    assert_eq!(seen.document.title(), "old");
    let new = corpus.publish();
    assert_ne!(old.id, new.id);
    assert_eq!(corpus.publish().id, new.id, "nothing changed, nothing is published");
    let (changed, gone) = corpus.store.changes(Some(&old), &new).unwrap();
    assert_eq!((changed, gone), (vec![id], vec![DocumentId::pmid(2)]));
}

#[test]
fn flags_begin_and_cease_with_the_record_that_says_so() {
    let mut corpus = corpus();
    corpus.put(&document(1, 1, "paper"));
    let mut notice = document(2, 1, "Retraction");
    notice.relations.push(Relation {
        kind: RelationKind::RetractionOf,
        pmid: Some(1),
        doi: None,
        citation: None,
        note: None,
    });
    corpus.put(&notice);
    let before = corpus.publish();
    let id = DocumentId::pmid(1);
    let flags = corpus.store.flags(&before, &id).unwrap();
    assert_eq!(flags.len(), 1);
    assert_eq!((flags[0].kind, &flags[0].said_by), (FlagKind::Retracted, &DocumentId::pmid(2)));
    assert_eq!(corpus.store.totals().unwrap().retracted, 1);
    assert!(corpus.store.flags(&before, &DocumentId::pmid(2)).unwrap().is_empty(), "the notice is not retracted");
    corpus.delete(2, 1);
    let after = corpus.publish();
    assert!(corpus.store.flags(&after, &id).unwrap().is_empty());
    assert_eq!(corpus.store.flags(&before, &id).unwrap().len(), 1, "what was said then was said");
}

/// A citation and a full text of the same document.
fn two_records() -> (Document, Document) {
    let mut citation = document(1, 1, "paper");
    citation.keywords.push("pill".to_owned());
    let mut article = document(1, 1, "Paper");
    article.full_text_from = Some(1);
    article.passages.push(crate::model::Passage {
        section: "Results".to_owned(),
        category: None,
        text: "It fell.".to_owned(),
    });
    (citation, article)
}

#[test]
fn a_citation_and_its_full_text_are_one_document_whichever_comes_first() {
    for citation_first in [true, false] {
        let mut corpus = corpus();
        let (citation, article) = two_records();
        let mut order = [("pubmed-xml", &citation), ("jats", &article)];
        if !citation_first {
            order.reverse();
        }
        assert_eq!(corpus.put_as(order[0].0, order[0].1), Stored::Added);
        assert_eq!(corpus.put_as(order[1].0, order[1].1), Stored::Revised);
        for (format, document) in order {
            assert_eq!(corpus.put_as(format, document), Stored::Unchanged);
        }
        assert_eq!(corpus.store.totals().unwrap().versions, 3, "two records and their union");
        let snapshot = corpus.publish();
        let held = corpus.store.document(&snapshot, &DocumentId::pmid(1)).unwrap().unwrap().document;
        assert_eq!((held.title(), held.keywords.len(), held.full_text().len()), ("paper", 1, 1));
        assert_eq!(held.records.len(), 2);
        // A revision of either is seen, and the other stays.
        let mut revised = citation.clone();
        revised.keywords.push("trial".to_owned());
        assert_eq!(corpus.put_as("pubmed-xml", &revised), Stored::Revised);
        let snapshot = corpus.publish();
        let held = corpus.store.document(&snapshot, &DocumentId::pmid(1)).unwrap().unwrap().document;
        assert_eq!((held.keywords.len(), held.full_text().len()), (2, 1));
    }
}

#[test]
fn a_citation_that_is_withdrawn_leaves_the_full_text() {
    let mut corpus = corpus();
    let (citation, article) = two_records();
    corpus.put_as("jats", &article);
    corpus.put_as("pubmed-xml", &citation);
    assert_eq!(corpus.delete(1, 1), 1);
    let snapshot = corpus.publish();
    let held = corpus.store.document(&snapshot, &DocumentId::pmid(1)).unwrap().unwrap().document;
    assert_eq!((held.title(), held.keywords.len()), ("Paper", 0));
    corpus.put_as("pubmed-xml", &citation);
    let snapshot = corpus.publish();
    let held = corpus.store.document(&snapshot, &DocumentId::pmid(1)).unwrap().unwrap().document;
    assert_eq!((held.keywords.len(), held.full_text().len()), (1, 1));
}

#[test]
fn an_ingest_that_is_dropped_leaves_nothing() {
    let mut corpus = corpus();
    let paper = document(1, 1, "a");
    let mut ingest = corpus.store.ingest(corpus.run, "files", "a.xml").unwrap();
    ingest.record(NewRecord { document: &paper, bytes: b"x", format: "test", position: 0 }).unwrap();
    drop(ingest);
    assert_eq!(corpus.store.totals().unwrap().versions, 0);
    assert!(corpus.store.checkpoints("files").unwrap().is_empty());
}

fn finding(concept: &str, side: LinkSide) -> Finding {
    Finding {
        span: Span::new(0, 1),
        role: SentenceRole::Results,
        intervention: None,
        comparator: None,
        outcome: None,
        direction: Some(Direction::Decreased),
        favours: None,
        significant: Some(true),
        effects: Vec::new(),
        links: vec![Link {
            concept: ConceptId::new(concept),
            side,
            confidence: 0.75,
            reasons: vec![LinkReason::Sentence],
            cosine: None,
        }],
        confidence: 0.9,
    }
}

#[test]
fn findings_of_a_replaced_version_are_not_shown() {
    let mut corpus = corpus();
    corpus.put(&document(1, 1, "a"));
    let stage = corpus.store.stage("test 1").unwrap();
    let mine = |corpus: &mut Corpus, concept: &str| {
        let pending = corpus.store.pending(stage, 0, 10).unwrap();
        let batch: Vec<Mined> = pending
            .iter()
            .map(|p| Mined {
                version: p.version,
                annotation: Annotation {
                    findings: vec![finding(concept, LinkSide::Condition)],
                    ..Annotation::default()
                },
                card: Card { year: Some(2020), ..Card::default() },
                wording: "death fell".to_owned(),
                subjects: Vec::new(),
            })
            .collect();
        corpus.store.record_mined(corpus.run, stage, &batch).unwrap();
        batch.len()
    };
    assert_eq!(mine(&mut corpus, "MESH:D1"), 1);
    assert_eq!(mine(&mut corpus, "MESH:D1"), 0, "nothing is left to mine");
    let old = corpus.publish();
    corpus.put(&document(1, 1, "b"));
    assert_eq!(corpus.store.count_pending(stage).unwrap(), 1);
    assert_eq!(mine(&mut corpus, "MESH:D2"), 1);
    let new = corpus.publish();
    let both = [ConceptId::new("MESH:D1"), ConceptId::new("MESH:D2")];
    let postings = corpus.store.postings(&new, LinkSide::Condition, &both).unwrap();
    assert_eq!(postings.iter().map(|p| (p.ordinal, p.confidence)).collect::<Vec<_>>(), [(0, 0.75), (0, 0.75)]);
    assert!(corpus.store.postings(&new, LinkSide::Treatment, &both).unwrap().is_empty());
    let shown = |snapshot: &Snapshot| -> Vec<i64> {
        let visible = |version: &i64| corpus.store.visible_name(snapshot, *version).unwrap().is_some();
        postings.iter().map(|posting| posting.version).filter(visible).collect()
    };
    assert_eq!(shown(&old), [postings[0].version]);
    assert_eq!(shown(&new), [postings[1].version]);
    assert_eq!(corpus.store.shown(&old).unwrap(), (1, 1));
    assert_eq!(corpus.store.card(&new, postings[1].version).unwrap().unwrap().year, Some(2020));
    assert_eq!(corpus.store.wording(&new, postings[1].version).unwrap(), "death fell");
    assert!(corpus.store.has_cards(&new).unwrap());
    assert_eq!(corpus.store.snapshot_as_of("9999-01-01").unwrap().unwrap().id, new.id);
    assert_eq!(corpus.store.snapshot_as_of("1999-01-01").unwrap(), None);
    assert_eq!(corpus.store.totals().unwrap().findings, 1);
}

#[test]
fn vectors_are_kept_by_text_and_model() {
    let mut corpus = corpus();
    corpus.store.keep_vectors("m", &[("text", vec![0.5, -1.25])]).unwrap();
    let held = corpus.store.vectors("m", &["text", "other"]).unwrap();
    assert_eq!(held, vec![Some(vec![0.5, -1.25]), None]);
    assert_eq!(corpus.store.vectors("n", &["text"]).unwrap(), vec![None]);
}

#[test]
fn a_source_that_was_never_read_says_so() {
    let corpus = corpus();
    let names = ["never".to_owned(), "files".to_owned()];
    corpus
        .store
        .finish_source(corpus.run, "files", RunOutcome::Incomplete, &["one".to_owned()], Counts::default())
        .unwrap();
    let status = corpus.store.source_status(&names).unwrap();
    assert_eq!(status[0].outcome, None);
    assert_eq!(status[1].outcome, Some(RunOutcome::Incomplete));
    assert_eq!(status[1].problems, ["one"]);
    assert_eq!(status[1].complete_at, None);
}
