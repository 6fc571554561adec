//! One document out of several records of it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{CitationMark, Document, Indexing, Licence, Passage};

/// A record that a document was put together from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// The format it was read as (`pubmed-xml`, `jats`).
    pub format: String,
    /// The file or answer it came from.
    pub origin: String,
}

/// A passage with the marks in it, free of its place.
struct Piece {
    passage: Passage,
    marks: Vec<CitationMark>,
}

/// The passages of a record by what they are.
struct Pieces {
    title: Vec<Piece>,
    abstract_text: Vec<Piece>,
    summaries: Vec<Piece>,
    /// The full text and what stands around it.
    body: Vec<Piece>,
    has_full_text: bool,
}

impl Pieces {
    fn of(document: &mut Document) -> Self {
        let mut marks: HashMap<u32, Vec<CitationMark>> = HashMap::new();
        for mark in document.citation_marks.drain(..) {
            marks.entry(mark.passage).or_default().push(mark);
        }
        let from = document.full_text_from.take();
        let mut pieces = Self {
            title: Vec::new(),
            abstract_text: Vec::new(),
            summaries: Vec::new(),
            body: Vec::new(),
            has_full_text: from.is_some(),
        };
        for (at, passage) in document.passages.drain(..).enumerate() {
            let at = at as u32;
            let place = if from.is_some_and(|from| at >= from) {
                &mut pieces.body
            } else if passage.section == "TITLE" {
                &mut pieces.title
            } else if passage.is_running_text() {
                &mut pieces.abstract_text
            } else if passage.category.as_deref() == Some(Passage::SUMMARY) {
                &mut pieces.summaries
            } else {
                &mut pieces.body
            };
            place.push(Piece { passage, marks: marks.remove(&at).unwrap_or_default() });
        }
        pieces
    }

    fn put(self, document: &mut Document) {
        let before = self.title.len() + self.abstract_text.len() + self.summaries.len();
        document.full_text_from = self.has_full_text.then_some(before as u32);
        for piece in [self.title, self.abstract_text, self.summaries, self.body].into_iter().flatten() {
            let passage = document.passages.len() as u32;
            document.citation_marks.extend(piece.marks.into_iter().map(|mark| CitationMark { passage, ..mark }));
            document.passages.push(piece.passage);
        }
    }
}

impl Document {
    /// Puts one document together from records of it in several formats: a citation and its full text, say.
    ///
    /// Field by field the record counts that knows most of it: of citations the last revised, and before those that came with
    /// full text; what it leaves empty comes from the next. Lists that add up (identifiers, keywords, registrations, grants,
    /// publication types, relations) are joined. [`Document::records`] says what it was put together from. The order in which
    /// the records are given is of no account.
    ///
    /// An empty list gives an empty document.
    pub fn united(mut records: Vec<(SourceRecord, Document)>) -> Document {
        let with_ids = |document: &Document| document.headings.iter().any(|heading| heading.id.is_some());
        records.sort_by(|(a, one), (b, other)| {
            let full_text = |document: &Document| document.full_text_from.is_some();
            full_text(one)
                .cmp(&full_text(other))
                .then(other.revised.cmp(&one.revised))
                .then(with_ids(other).cmp(&with_ids(one)))
                .then(a.cmp_by_name(b))
        });
        let mut sources = Vec::new();
        let mut union: Option<(Document, Pieces)> = None;
        for (source, mut document) in records {
            sources.push(source);
            let pieces = Pieces::of(&mut document);
            match &mut union {
                None => union = Some((document, pieces)),
                Some((held, held_pieces)) => {
                    held.complete(document);
                    held_pieces.complete(pieces);
                }
            }
        }
        let Some((mut document, pieces)) = union else { return Document::default() };
        pieces.put(&mut document);
        document.records = sources;
        document
    }

    /// Takes from `other` what it does not have itself.
    fn complete(&mut self, other: Document) {
        let ids = &mut self.identifiers;
        ids.pmid = ids.pmid.or(other.identifiers.pmid);
        or(&mut ids.pmcid, other.identifiers.pmcid);
        or(&mut ids.doi, other.identifiers.doi);
        join(&mut ids.other, other.identifiers.other);
        self.version = self.version.max(other.version);
        or(&mut self.vernacular_title, other.vernacular_title);
        fill(&mut self.languages, other.languages);
        or(&mut self.abstract_language, other.abstract_language);
        or(&mut self.journal, other.journal);
        or(&mut self.volume, other.volume);
        or(&mut self.issue, other.issue);
        or(&mut self.pages, other.pages);
        if self.published.is_none() {
            self.published = other.published;
            self.published_as_written = other.published_as_written;
        }
        or(&mut self.published_electronically, other.published_electronically);
        or(&mut self.entered, other.entered);
        or(&mut self.created, other.created);
        or(&mut self.headings_given, other.headings_given);
        or(&mut self.publisher, other.publisher);
        or(&mut self.revised, other.revised);
        or(&mut self.completed, other.completed);
        or(&mut self.publication_status, other.publication_status);
        fill(&mut self.authors, other.authors);
        fill(&mut self.investigators, other.investigators);
        for term in other.publication_types {
            match self.publication_types.iter_mut().find(|held| held.name.eq_ignore_ascii_case(&term.name)) {
                Some(held) => or(&mut held.id, term.id),
                None => self.publication_types.push(term),
            }
        }
        if self.headings.is_empty() {
            self.headings = other.headings;
            self.indexing = other.indexing;
        } else {
            // A format without ids may be the later one: a descriptor of the same name is the same descriptor.
            let ids: HashMap<&str, &Option<String>> =
                other.headings.iter().map(|heading| (heading.name.as_str(), &heading.id)).collect();
            for heading in self.headings.iter_mut().filter(|heading| heading.id.is_none()) {
                heading.id = ids.get(heading.name.as_str()).and_then(|id| (*id).clone());
            }
            if self.indexing == Indexing::Manual && !other.headings.is_empty() {
                self.indexing = other.indexing;
            }
        }
        fill(&mut self.substances, other.substances);
        join(&mut self.keywords, other.keywords);
        fill(&mut self.gene_symbols, other.gene_symbols);
        join(&mut self.accessions, other.accessions);
        join(&mut self.grants, other.grants);
        fill(&mut self.subsets, other.subsets);
        for relation in other.relations {
            let known = self.relations.iter().any(|held| {
                held.kind == relation.kind
                    && (held.pmid.is_some() && held.pmid == relation.pmid
                        || held.doi.is_some() && held.doi == relation.doi
                        // Words tell only where no id does: two papers may be cited alike.
                        || held.citation.is_some()
                            && held.citation == relation.citation
                            && (held.pmid.is_none() || relation.pmid.is_none())
                            && (held.doi.is_none() || relation.doi.is_none()))
            });
            if !known {
                self.relations.push(relation);
            }
        }
        fill(&mut self.references, other.references);
        or(&mut self.article_type, other.article_type);
        let finer = |held: &Licence, other: &Licence| match (&held.code, &other.code) {
            (Some(held), Some(other)) => other.strip_prefix(held.as_str()).is_some_and(|rest| rest.starts_with(' ')),
            _ => false,
        };
        // Of two that agree the one that says more: “CC BY 4.0” before “CC BY”.
        match (&mut self.licence, other.licence) {
            (Some(held), Some(other)) if finer(held, &other) => *held = other,
            (held, other) => or(held, other),
        }
        or(&mut self.conflict_of_interest, other.conflict_of_interest);
        or(&mut self.copyright, other.copyright);
    }
}

impl Pieces {
    fn complete(&mut self, other: Pieces) {
        fill(&mut self.title, other.title);
        fill(&mut self.abstract_text, other.abstract_text);
        fill(&mut self.summaries, other.summaries);
        fill(&mut self.body, other.body);
        self.has_full_text |= other.has_full_text;
    }
}

impl SourceRecord {
    fn cmp_by_name(&self, other: &Self) -> std::cmp::Ordering {
        (&self.format, &self.origin).cmp(&(&other.format, &other.origin))
    }
}

fn or<T>(held: &mut Option<T>, other: Option<T>) {
    if held.is_none() {
        *held = other;
    }
}

fn fill<T>(held: &mut Vec<T>, other: Vec<T>) {
    if held.is_empty() {
        *held = other;
    }
}

fn join<T: PartialEq>(held: &mut Vec<T>, other: Vec<T>) {
    for item in other {
        if !held.contains(&item) {
            held.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Heading, Identifiers, Licence};

    fn passage(section: &str, category: Option<&str>, text: &str) -> Passage {
        Passage { section: section.to_owned(), category: category.map(str::to_owned), text: text.to_owned() }
    }

    fn source(format: &str) -> SourceRecord {
        SourceRecord { format: format.to_owned(), origin: format!("{format}.xml") }
    }

    fn citation() -> Document {
        let mut document = Document {
            identifiers: Identifiers { pmid: Some(7), ..Identifiers::default() },
            version: 1,
            headings: vec![Heading { id: Some("D1".to_owned()), name: "Pain".to_owned(), ..Heading::default() }],
            keywords: vec!["pill".to_owned()],
            ..Document::default()
        };
        document.passages.push(passage("RESULTS", Some("RESULTS"), "It fell."));
        document.set_title("Pills".to_owned());
        document
    }

    fn full_text() -> Document {
        let mut document = Document {
            identifiers: Identifiers { pmid: Some(7), pmcid: Some("PMC1".to_owned()), ..Identifiers::default() },
            version: 1,
            keywords: vec!["pill".to_owned(), "trial".to_owned()],
            licence: Some(Licence { code: Some("CC BY 4.0".to_owned()), ..Licence::default() }),
            full_text_from: Some(3),
            citation_marks: vec![CitationMark { passage: 3, start: 3, end: 4 }],
            ..Document::default()
        };
        document.passages.push(passage("Results", None, "It fell, says the publisher."));
        document.passages.push(passage("GRAPHICAL", Some(Passage::SUMMARY), "Seen."));
        document.passages.push(passage("Results/Pain", None, "It[1] fell."));
        document.passages.push(passage("Acknowledgements", Some(Passage::BACK), "Thanks."));
        document.set_title("Pills.".to_owned());
        document
    }

    #[test]
    fn whichever_comes_first_nothing_is_lost() {
        let one = Document::united(vec![(source("pubmed-xml"), citation()), (source("jats"), full_text())]);
        let other = Document::united(vec![(source("jats"), full_text()), (source("pubmed-xml"), citation())]);
        assert_eq!(one, other);
        assert_eq!(one.headings.len(), 1);
        assert_eq!(one.keywords, ["pill", "trial"]);
        assert_eq!(one.identifiers.pmcid.as_deref(), Some("PMC1"));
        assert!(one.licence.is_some());
        let sections: Vec<&str> = one.passages.iter().map(|p| p.section.as_str()).collect();
        assert_eq!(sections, ["TITLE", "RESULTS", "GRAPHICAL", "Results/Pain", "Acknowledgements"]);
        assert_eq!(one.full_text_from, Some(3));
        assert_eq!(one.full_text()[0].text, "It[1] fell.");
        assert_eq!(one.citation_marks, [CitationMark { passage: 3, start: 3, end: 4 }]);
        let formats: Vec<&str> = one.records.iter().map(|r| r.format.as_str()).collect();
        assert_eq!(formats, ["pubmed-xml", "jats"]);
    }

    #[test]
    fn of_licences_that_agree_the_one_that_says_more_is_kept() {
        let under = |code: &str| Document {
            licence: Some(Licence { code: Some(code.to_owned()), ..Licence::default() }),
            ..full_text()
        };
        let kept = |beside: &str, within: &str| {
            let record = Document { full_text_from: None, ..under(beside) };
            let union = Document::united(vec![(source("pmc-metadata"), record), (source("jats"), under(within))]);
            union.licence.unwrap().code.unwrap()
        };
        assert_eq!(kept("CC BY", "CC BY 4.0"), "CC BY 4.0");
        assert_eq!(kept("CC BY-NC", "CC BY 4.0"), "CC BY-NC", "where they disagree the record beside it counts");
    }

    #[test]
    fn ids_of_headings_outlive_a_later_record_without_them() {
        let mut later = citation();
        later.headings[0].id = None;
        later.headings.push(Heading { name: "Humans".to_owned(), ..Heading::default() });
        later.revised = "2020-01-01".parse().ok();
        let union = Document::united(vec![(source("pubmed-xml"), citation()), (source("medline"), later)]);
        assert_eq!(union.headings.len(), 2);
        assert_eq!(union.headings[0].id.as_deref(), Some("D1"));
    }

    #[test]
    fn a_record_without_an_abstract_gets_the_other_ones() {
        let mut bare = citation();
        bare.passages.truncate(1);
        let union = Document::united(vec![(source("pubmed-xml"), bare), (source("jats"), full_text())]);
        assert_eq!(union.passages[1].text, "It fell, says the publisher.");
        assert_eq!(union.title(), "Pills");
    }
}
