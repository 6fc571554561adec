//! One record of an answer.

use serde_json::Value;

use super::abstracts::paragraphs;
use crate::model::{
    Author, Document, Identifiers, Journal, Licence, PartialDate, Passage, Relation, RelationKind, Term,
};
use crate::parse::markup::words;

/// The section of an abstract without headings.
const ABSTRACT: &str = "ABSTRACT";

/// A version of a preprint, as `details` tells of it; or why it is none.
pub(super) fn preprint(record: &Value) -> Result<Document, String> {
    let written = text(&record["version"]).ok_or("it has no version")?;
    let version: u32 = written.parse().map_err(|_| format!("its version is “{written}”"))?;
    let date = date(&record["date"]);
    let mut document = Document {
        version,
        published: date,
        entered: date.filter(|_| version == 1),
        revised: date,
        licence: text(&record["license"]).map(|written| licence(&written)),
        article_type: text(&record["type"]),
        ..described(record, Fields::DETAILS)?
    };
    if let Some(doi) = text(&record["published"]).and_then(|written| doi(&written)) {
        document.relations.push(relation(RelationKind::UpdateIn, Some(doi), None));
    }
    // The servers leave a withdrawn preprint in place and post the notice as its last version.
    if document.article_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("withdrawn")) {
        let notice = format!("withdrawn with version {version}");
        document.relations.push(relation(RelationKind::RetractionIn, None, Some(notice)));
    }
    Ok(document)
}

/// A preprint that became a paper, as `pubs` tells of it; or why it is none.
pub(super) fn published(record: &Value) -> Result<Document, String> {
    let mut document = described(record, Fields::PUBS)?;
    let paper = text(&record["published_doi"]).and_then(|written| doi(&written)).ok_or("it has no DOI of a paper")?;
    document.version = 1;
    document.published = date(&record["preprint_date"]);
    document.entered = document.published;
    document.relations.push(relation(RelationKind::UpdateIn, Some(paper), text(&record["published_journal"])));
    Ok(document)
}

/// What the fields are called that both kinds of records have.
struct Fields {
    doi: &'static str,
    title: &'static str,
    authors: &'static str,
    category: &'static str,
    text: &'static str,
    server: &'static str,
}

impl Fields {
    const DETAILS: Self = Self {
        doi: "doi",
        title: "title",
        authors: "authors",
        category: "category",
        text: "abstract",
        server: "server",
    };
    const PUBS: Self = Self {
        doi: "preprint_doi",
        title: "preprint_title",
        authors: "preprint_authors",
        category: "preprint_category",
        text: "preprint_abstract",
        server: "preprint_platform",
    };
}

/// What both kinds of records say.
fn described(record: &Value, fields: Fields) -> Result<Document, String> {
    let mut identifiers = Identifiers::default();
    identifiers.set_doi(&text(&record[fields.doi]).unwrap_or_default());
    if identifiers.doi.is_none() {
        return Err("it has no DOI".to_owned());
    }
    let mut document = Document {
        identifiers,
        journal: text(&record[fields.server])
            .map(|server| Journal { title: server_name(&server), ..Journal::default() }),
        authors: text(&record[fields.authors]).map(|written| authors(&written)).unwrap_or_default(),
        publication_types: vec![Term { id: None, name: "Preprint".to_owned() }],
        keywords: text(&record[fields.category]).into_iter().collect(),
        ..Document::default()
    };
    document.set_title(text(&record[fields.title]).map(|title| words(&title)).unwrap_or_default());
    for paragraph in paragraphs(&text(&record[fields.text]).unwrap_or_default()) {
        let section = paragraph.heading.map_or_else(|| ABSTRACT.to_owned(), |heading| heading.to_uppercase());
        document.passages.push(Passage { section, category: None, text: paragraph.text });
    }
    Ok(document)
}

fn relation(kind: RelationKind, doi: Option<String>, citation: Option<String>) -> Relation {
    Relation { kind, pmid: None, doi, citation, note: None }
}

/// A server's name in its own spelling.
fn server_name(written: &str) -> String {
    let known = ["bioRxiv", "medRxiv"].into_iter().find(|name| name.eq_ignore_ascii_case(written));
    known.unwrap_or(written).to_owned()
}

/// Authors as the servers list them: `Otter, O. M.; Badger, B.; Marble Study Group`.
fn authors(written: &str) -> Vec<Author> {
    let names = written.split(';').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| match name.split_once(',') {
            Some((last, first)) => {
                let first = first.trim();
                let initials: String = first.chars().filter(|c| c.is_uppercase()).collect();
                let spelt = first.chars().any(char::is_lowercase).then(|| first.to_owned());
                Author {
                    last_name: last.trim().to_owned(),
                    fore_name: spelt,
                    initials: Some(initials).filter(|initials| !initials.is_empty()),
                    ..Author::default()
                }
            }
            None => Author { last_name: name.to_owned(), collective: name.contains(' '), ..Author::default() },
        })
        .collect()
}

/// The licence by the servers' code: `cc_by_nc_nd`, `cc0`, `cc_no` (none given: all rights reserved).
fn licence(written: &str) -> Licence {
    let lower = written.to_ascii_lowercase();
    let code = match lower.strip_prefix("cc_") {
        Some(terms) if terms.split('_').all(|term| matches!(term, "by" | "nc" | "nd" | "sa")) => {
            Some(format!("CC {}", terms.to_ascii_uppercase().replace('_', "-")))
        }
        // `cc0_ng`: the work of a government.
        None if lower == "cc0" || lower == "cc0_ng" => Some("CC0".to_owned()),
        _ => None,
    };
    Licence { code, url: None, text: Some(written.to_owned()) }
}

/// A DOI in its one form; none where a record says `NA`.
fn doi(written: &str) -> Option<String> {
    let mut identifiers = Identifiers::default();
    identifiers.set_doi(written);
    identifiers.doi
}

fn text(value: &Value) -> Option<String> {
    let words = match value {
        Value::String(words) => words.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!words.is_empty() && words != "NA").then_some(words)
}

fn date(value: &Value) -> Option<PartialDate> {
    text(value)?.parse().ok()
}
