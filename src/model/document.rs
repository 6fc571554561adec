//! A document: one paper, preprint, chapter or registration, as its record tells it.

use serde::{Deserialize, Serialize};

use super::{CitationMark, Flag, FlagKind, Identifiers, Licence, PartialDate, Passage, SourceRecord, Span};

/// What kind of thing the record describes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// An article of a journal or a preprint server.
    #[default]
    Article,
    /// A book or a chapter of one.
    Book,
    /// A trial's registration.
    Registration,
}

/// One paper as one record of one source gives it.
///
/// Nothing is filled in: what the record does not say is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// Every identifier of the document itself.
    pub identifiers: Identifiers,
    /// The source's own version number of the record (`<PMID Version="N">`), 1 where none is given.
    pub version: u32,
    /// Article, book or registration.
    pub kind: DocumentKind,
    /// The text: the title first (section `TITLE`), then each paragraph of the abstract, then the full text.
    pub passages: Vec<Passage>,
    /// The title in its original language, where the record's title is a translation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vernacular_title: Option<String>,
    /// Languages of the paper, as the source writes them (`eng`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// The language of the abstract where it is not English and the source says so (`OtherAbstract`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abstract_language: Option<String>,
    /// Where it appeared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<Journal>,
    /// Volume, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// Issue, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// Pages, as written (`69-81`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<String>,
    /// The date of publication, as precisely as it is known: of the issue, else of the electronic version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<PartialDate>,
    /// The date of the issue as written, where it is no plain date (`2000 Spring`, `1998 Dec-1999 Jan`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_as_written: Option<String>,
    /// The date of the electronic version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_electronically: Option<PartialDate>,
    /// The day it entered the source (PubMed's `pubmed`, the `[edat]` of a search).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entered: Option<PartialDate>,
    /// The day its record was made (PubMed's `entrez`, the `[crdt]` of a search).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<PartialDate>,
    /// The day its headings were given (PubMed's `medline`, the `[mhda]` of a search).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headings_given: Option<PartialDate>,
    /// The day the record was last revised at its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revised: Option<PartialDate>,
    /// The day indexing was completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<PartialDate>,
    /// How the source published it (`ppublish`, `aheadofprint`, `epublish` …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication_status: Option<String>,
    /// Authors in the order printed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<Author>,
    /// Collaborators who are not authors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub investigators: Vec<Author>,
    /// Publication types, with their MeSH ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publication_types: Vec<Term>,
    /// Subject headings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<Heading>,
    /// How the headings were given; automated indexing weakens what they prove.
    pub indexing: Indexing,
    /// Substances and supplementary concepts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub substances: Vec<Substance>,
    /// The authors' and other keywords.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Gene symbols of older records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gene_symbols: Vec<String>,
    /// Registrations and accession numbers, as data bank and number (`ClinicalTrials.gov`, `NCT01234567`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accessions: Vec<(String, String)>,
    /// Grants, as number (may be empty) and agency.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<(String, String)>,
    /// Subsets of the source the record belongs to (`IM`, `AIM`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subsets: Vec<String>,
    /// What it corrects, retracts, comments on or updates, and what does so to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// What it cites.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// The records it was put together from, where it was of several: the first counts before the next.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<SourceRecord>,
    /// What kind of article it is, as the source writes it (JATS `article-type`: `research-article`, `review-article` …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article_type: Option<String>,
    /// On what terms the full text may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
    /// Where the full text begins among the passages; none where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_text_from: Option<u32>,
    /// Where the text refers to cited works and footnotes, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub citation_marks: Vec<CitationMark>,
    /// People whom it is about, as a biography is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Author>,
    /// The editors of the book that it is or stands in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub editors: Vec<Author>,
    /// The publisher of the book that it is or stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Declared conflicts of interest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict_of_interest: Option<String>,
    /// The abstract's copyright line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copyright: Option<String>,
}

/// The section of the passage that holds the title.
const TITLE: &str = "TITLE";

impl Document {
    /// The title, without a closing full stop that the source adds; empty where the record has none.
    pub fn title(&self) -> &str {
        self.passages.iter().find(|p| p.section == TITLE).map_or("", |p| p.text.as_str())
    }

    /// Sets the title, as the first passage.
    pub fn set_title(&mut self, text: String) {
        self.passages.retain(|p| p.section != TITLE);
        self.passages.insert(0, Passage { section: TITLE.to_owned(), category: None, text });
    }

    /// The passages after the title.
    pub fn body(&self) -> impl Iterator<Item = &Passage> {
        self.passages.iter().filter(|p| p.section != TITLE)
    }

    /// Whether a passage, by position, is of the full text, and not the title or of the abstract.
    pub fn is_full_text(&self, passage: u32) -> bool {
        self.full_text_from.is_some_and(|from| passage >= from)
    }

    /// Whether this is a registration and the registry has results of its trial.
    pub fn has_posted_results(&self) -> bool {
        self.kind == DocumentKind::Registration
            && self.passages.iter().any(|passage| passage.section.starts_with(Passage::POSTED_RESULTS))
    }

    /// The passages of the full text; none where only an abstract is known.
    pub fn full_text(&self) -> &[Passage] {
        self.full_text_from.and_then(|from| self.passages.get(from as usize..)).unwrap_or_default()
    }

    /// The whole text: passages joined by one newline. Every offset that litmine stores or prints counts code points of this.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.passages.iter().map(|p| p.text.len() + 1).sum());
        for (n, passage) in self.passages.iter().enumerate() {
            if n > 0 {
                text.push('\n');
            }
            text.push_str(&passage.text);
        }
        text
    }

    /// Where each passage lies within [`Document::text`], in order.
    pub fn passage_spans(&self) -> Vec<Span> {
        let mut start = 0;
        self.passages
            .iter()
            .map(|passage| {
                let span = Span::new(start, start + passage.text.chars().count() as u32);
                start = span.end + 1;
                span
            })
            .collect()
    }

    /// The year of publication.
    pub fn year(&self) -> Option<u16> {
        self.published.or(self.published_electronically).map(|date| date.year)
    }

    /// Whether a publication type of this name is on the record, whatever the case.
    pub fn has_publication_type(&self, name: &str) -> bool {
        self.publication_types.iter().any(|term| term.name.eq_ignore_ascii_case(name))
    }

    /// The ids of trials registered, as the record itself lists them.
    pub fn registrations(&self) -> impl Iterator<Item = &str> {
        self.accessions
            .iter()
            .filter(|(bank, _)| {
                let bank = bank.to_ascii_lowercase();
                [
                    "clinicaltrials.gov",
                    "isrctn",
                    "eudract",
                    "drks",
                    "anzctr",
                    "chictr",
                    "ctri",
                    "umin",
                    "jprn",
                    "ntr",
                    "pactr",
                    "irct",
                    "euctr",
                    "jrct",
                    "kct",
                    "rebec",
                    "ctis",
                    "nct",
                ]
                .iter()
                .any(|known| bank.contains(known))
            })
            .map(|(_, number)| number.as_str())
    }

    /// What this record says of the standing of documents: of its own (retracted, corrected, of concern) and of others (a
    /// retraction notice speaks of the paper it retracts, and is not itself retracted).
    pub fn flags(&self) -> Vec<Flag> {
        let Some(own) = self.identifiers.primary() else { return Vec::new() };
        let mut flags = Vec::new();
        for relation in &self.relations {
            let Some((kind, of_other)) = relation.kind.flag() else { continue };
            let by_doi = || super::DocumentId::other("DOI", relation.doi.as_deref()?).ok();
            let other = relation.pmid.map(super::DocumentId::pmid).or_else(by_doi);
            let (target, notice) = if of_other {
                let Some(target) = other else { continue };
                (target, Some(own.clone()))
            } else {
                (own.clone(), other)
            };
            flags.push(Flag { target, kind, said_by: own.clone(), notice, citation: relation.citation.clone() });
        }
        let by_type = |name: &str, kind: FlagKind, flags: &mut Vec<Flag>| {
            if self.has_publication_type(name) && !flags.iter().any(|f| f.target == own && f.kind == kind) {
                flags.push(Flag { target: own.clone(), kind, said_by: own.clone(), notice: None, citation: None });
            }
        };
        by_type("Retracted Publication", FlagKind::Retracted, &mut flags);
        by_type("Preprint", FlagKind::Preprint, &mut flags);
        flags.sort();
        flags.dedup();
        flags
    }
}

/// The journal, or the book, in which a document appeared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Journal {
    /// Full title.
    pub title: String,
    /// MEDLINE's abbreviation, else the ISO one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abbreviation: Option<String>,
    /// Print, electronic and linking ISSN.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issn: Vec<String>,
    /// NLM's id of the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nlm_id: Option<String>,
    /// Country of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A person or a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Author {
    /// Family name, or the whole name of a group.
    pub last_name: String,
    /// Given names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fore_name: Option<String>,
    /// Initials, without stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initials: Option<String>,
    /// `Jr`, `3rd` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Whether it is a group rather than a person.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub collective: bool,
    /// ORCID and the like, as source and id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<(String, String)>,
    /// Where they worked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub affiliations: Vec<String>,
}

/// A controlled term: its id, where one is given, and its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The vocabulary's id (`D016449`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name as the record gives it.
    pub name: String,
}

/// A subject heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// The descriptor's id (`D006333`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The descriptor's name.
    pub name: String,
    /// Whether the descriptor itself is a main topic of the paper.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub major: bool,
    /// Its subheadings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifiers: Vec<Qualifier>,
}

impl Heading {
    /// Whether the descriptor, or one of its subheadings, is a main topic.
    pub fn is_major_topic(&self) -> bool {
        self.major || self.qualifiers.iter().any(|q| q.major)
    }
}

/// A subheading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualifier {
    /// The qualifier's id (`Q000188`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The qualifier's name (`drug therapy`).
    pub name: String,
    /// Whether it is a main topic of the paper.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub major: bool,
}

/// Who gave the headings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Indexing {
    /// A person, as far as the record tells.
    #[default]
    Manual,
    /// A program (`IndexingMethod="Automated"`).
    Automated,
    /// A program, checked by a person (`IndexingMethod="Curated"`).
    Curated,
}

/// A substance, or a supplementary concept (disease, protocol, organism).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Substance {
    /// The concept's id (`C123456` or `D000001`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name.
    pub name: String,
    /// Registry number: CAS, EC or UNII; none where the record says `0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// What kind of concept it is.
    #[serde(default)]
    pub role: SubstanceRole,
}

/// What a [`Substance`] is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubstanceRole {
    /// A chemical.
    #[default]
    Chemical,
    /// A supplementary disease.
    Disease,
    /// A treatment protocol.
    Protocol,
    /// An organism.
    Organism,
    /// A population of a supplementary record.
    Population,
    /// An anatomical term.
    Anatomy,
}

/// How one document relates to another; PubMed's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are PubMed's own and say what they are")]
pub enum RelationKind {
    AssociatedDataset,
    AssociatedPublication,
    CommentIn,
    CommentOn,
    CorrectedAndRepublishedIn,
    CorrectedAndRepublishedFrom,
    ErratumIn,
    ErratumFor,
    ExpressionOfConcernIn,
    ExpressionOfConcernFor,
    OriginalReportIn,
    ReprintIn,
    ReprintOf,
    RepublishedIn,
    RepublishedFrom,
    RetractedAndRepublishedIn,
    RetractedAndRepublishedFrom,
    RetractionIn,
    RetractionOf,
    SummaryForPatientsIn,
    UpdateIn,
    UpdateOf,
    Cites,
    /// A kind that was not known when this was written.
    Other,
}

impl RelationKind {
    /// The flag that the relation puts on a document, and whether that is the other one rather than the record's own.
    fn flag(self) -> Option<(FlagKind, bool)> {
        use RelationKind as R;
        match self {
            R::RetractionIn | R::RetractedAndRepublishedIn => Some((FlagKind::Retracted, false)),
            R::RetractionOf | R::RetractedAndRepublishedFrom => Some((FlagKind::Retracted, true)),
            R::ErratumIn | R::CorrectedAndRepublishedIn => Some((FlagKind::Corrected, false)),
            R::ErratumFor | R::CorrectedAndRepublishedFrom => Some((FlagKind::Corrected, true)),
            R::ExpressionOfConcernIn => Some((FlagKind::OfConcern, false)),
            R::ExpressionOfConcernFor => Some((FlagKind::OfConcern, true)),
            R::UpdateIn => Some((FlagKind::Updated, false)),
            R::RepublishedIn => Some((FlagKind::Republished, false)),
            _ => None,
        }
    }
}

/// A link to another document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// What kind of link.
    pub kind: RelationKind,
    /// The other document, where the record gives its PMID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pmid: Option<u64>,
    /// The other document, where the record gives its DOI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// The other document, as cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// A remark of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A cited work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// As printed.
    pub citation: String,
    /// What identifies it.
    pub identifiers: Identifiers,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocumentId;

    fn document(relations: Vec<Relation>) -> Document {
        let identifiers = Identifiers { pmid: Some(1), ..Identifiers::default() };
        Document { identifiers, relations, ..Document::default() }
    }

    fn relation(kind: RelationKind) -> Relation {
        Relation { kind, pmid: Some(2), doi: None, citation: None, note: None }
    }

    #[test]
    fn a_notice_flags_the_paper_and_not_itself() {
        let flags = document(vec![relation(RelationKind::RetractionOf)]).flags();
        assert_eq!(flags.len(), 1);
        assert_eq!((&flags[0].target, flags[0].kind), (&DocumentId::pmid(2), FlagKind::Retracted));
        assert_eq!(flags[0].notice, Some(DocumentId::pmid(1)));
    }

    #[test]
    fn relation_and_publication_type_flag_a_paper_once() {
        let mut paper = document(vec![relation(RelationKind::RetractionIn)]);
        paper.publication_types.push(Term { id: None, name: "Retracted Publication".into() });
        assert_eq!(paper.flags().len(), 1);
    }

    #[test]
    fn passages_lie_where_the_text_says() {
        let mut paper = document(vec![]);
        paper.passages.push(Passage { section: "ABSTRACT".into(), category: None, text: "β-blockers help.".into() });
        paper.set_title("Über Herzschwäche".into());
        let (text, spans) = (paper.text(), paper.passage_spans());
        let index = crate::model::TextIndex::new(&text);
        assert_eq!(paper.title(), "Über Herzschwäche");
        for (passage, span) in paper.passages.iter().zip(spans) {
            assert_eq!(index.slice(span), passage.text);
        }
    }
}
