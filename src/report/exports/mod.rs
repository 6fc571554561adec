//! Documents and findings for other programs: reference managers, spreadsheets, statistics.
//!
//! An [`Exporter`] writes one document, or one finding, at a time, so that a corpus of any size goes through. Guarantees, kept by the
//! shared tests over the registry: the ids of a document (PMID, PMCID, DOI) are in it and are read back by another program's parser;
//! a document that a source says is retracted says so; no text of a paper breaks the form; no full text leaves whose licence is not
//! known to allow that (quotes of findings do).
//!
//! To add a format: a file here with a type that implements [`Exporter`], a line in [`ALL`].

mod bibtex;
mod csl;
mod delimited;
mod json;
mod json_lines;
pub(super) mod markdown;
mod nbib;
pub mod parquet_table;
mod ris;
mod table;
#[cfg(test)]
mod tests;

use crate::lookup::CitedDocument;
use crate::model::{Author, Document, DocumentKind, Finding, FlagKind, Licence, Passage};

/// Every format of text; [`parquet_table`] is none.
pub const ALL: &[&dyn Exporter] = &[
    &ris::Ris,
    &bibtex::BibTex,
    &csl::CslJson,
    &nbib::Nbib,
    &delimited::CSV,
    &delimited::TSV,
    &json::Json,
    &json_lines::JsonLines,
    &markdown::Markdown,
];

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Exporter> {
    ALL.iter().copied().find(|exporter| exporter.name() == name)
}

/// Writes documents or findings in one format.
pub trait Exporter: Send + Sync {
    /// The one name of the format: file, `--as`, documentation.
    fn name(&self) -> &'static str;

    /// What reads it.
    fn read_by(&self) -> &'static str;

    /// What stands before the first.
    fn head(&self, _what: What) -> String {
        String::new()
    }

    /// A document; `first` says whether none stands before it.
    fn document(&self, exported: &Exported<'_>, first: bool) -> String;

    /// Whether it can hold findings.
    fn has_findings(&self) -> bool {
        false
    }

    /// A finding; `first` says whether none stands before it. Nothing where the format has documents only.
    fn finding(&self, _exported: &Exported<'_>, _finding: &ExportedFinding<'_>, _first: bool) -> String {
        String::new()
    }

    /// What stands behind the last; `none` says whether there was none.
    fn tail(&self, _none: bool) -> String {
        String::new()
    }
}

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Documents.
    Documents,
    /// Findings.
    Findings,
}

/// A document with what was told of its study and its standing.
#[derive(Debug, Clone, Copy)]
pub struct Exported<'d> {
    /// The document.
    pub document: &'d Document,
    /// Its citation.
    pub cited: &'d CitedDocument,
}

/// A finding of a document.
#[derive(Debug, Clone, Copy)]
pub struct ExportedFinding<'d> {
    /// The finding.
    pub finding: &'d Finding,
    /// The section that it stands in.
    pub section: &'d str,
    /// Its sentence, verbatim.
    pub quote: &'d str,
    /// The outcome's words, where they are known.
    pub outcome: Option<&'d str>,
    /// The comparator's words, where they are known.
    pub comparator: Option<&'d str>,
}

impl Exported<'_> {
    /// What its sources say of its standing, in the words of the flags.
    fn flags(&self) -> Vec<&'static str> {
        let mut flags: Vec<&'static str> = self.cited.flags.iter().map(|flag| flag.kind.name()).collect();
        flags.sort_unstable();
        flags.dedup();
        flags
    }

    /// The note that a reader of the citation must see: `RETRACTED` first.
    fn note(&self) -> Option<String> {
        let flags = self.flags();
        let retracted = flags.contains(&FlagKind::Retracted.name()).then(|| "RETRACTED".to_owned());
        let others = flags.iter().filter(|flag| **flag != FlagKind::Retracted.name()).map(|flag| (*flag).to_owned());
        let notes: Vec<String> = retracted.into_iter().chain(others).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// The abstract, its labels before its parts.
    fn abstract_text(&self) -> String {
        let end = self.document.full_text_from.map_or(usize::MAX, |from| from as usize);
        let passages = self.document.passages.iter().take(end).filter(|passage| passage.section != "TITLE");
        let parts = passages.map(|passage| {
            if passage.section.is_empty() || passage.section == "ABSTRACT" {
                line(&passage.text)
            } else {
                format!("{}: {}", line(&passage.section), line(&passage.text))
            }
        });
        parts.collect::<Vec<_>>().join(" ")
    }

    /// The passages that may be handed on: a full text only where its licence is known to allow that.
    fn shared_passages(&self) -> &[Passage] {
        let allowed = self.document.licence.as_ref().is_some_and(Licence::allows_sharing);
        let end = self.document.full_text_from.filter(|_| !allowed).map_or(usize::MAX, |from| from as usize);
        &self.document.passages[..end.min(self.document.passages.len())]
    }

    /// The headings, without those that repeat, then the authors' keywords.
    fn keywords(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let headings = self.document.headings.iter().map(|heading| &heading.name);
        for word in headings.chain(&self.document.keywords).map(|word| line(word)) {
            if !word.is_empty() && !words.iter().any(|known| known.eq_ignore_ascii_case(&word)) {
                words.push(word);
            }
        }
        words
    }

    /// First and last page; one page is both.
    fn pages(&self) -> Option<(String, Option<String>)> {
        let pages = self.document.pages.as_deref()?.trim();
        let Some((first, last)) = pages.split_once(['-', '–']) else { return Some((pages.to_owned(), None)) };
        let (first, last) = (first.trim(), last.split([',', ';']).next().unwrap_or(last).trim());
        // "1023-8" means 1023 to 1028.
        let cut = first.len().checked_sub(last.len()).filter(|_| is_number(first) && is_number(last)).unwrap_or(0);
        Some((first.to_owned(), Some(format!("{}{last}", &first[..cut]))))
    }

    /// Whether it is a book rather than a part of one.
    fn is_whole_book(&self) -> bool {
        let title = self.document.title();
        self.document.kind == DocumentKind::Book
            && self.document.journal.as_ref().is_none_or(|book| book.title.eq_ignore_ascii_case(title))
    }

    /// The book's number.
    fn isbn(&self) -> Option<&str> {
        self.document.identifiers.other.iter().find(|(scheme, _)| scheme == "isbn").map(|(_, number)| number.as_str())
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text on one line, without control characters.
fn line(text: &str) -> String {
    super::plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `Last, Given Names, Jr`; a group by its name.
fn inverted(author: &Author) -> String {
    let given = author.fore_name.as_deref().or(author.initials.as_deref());
    let parts = [Some(author.last_name.as_str()), given, author.suffix.as_deref()];
    parts.into_iter().flatten().map(line).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
