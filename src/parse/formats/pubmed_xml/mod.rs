//! PubMed's XML: baseline and update files, EFetch answers, result sets.
//!
//! Reads `PubmedArticle`, `PubmedBookArticle` and `DeleteCitation`. What the fields mean stands in NLM's description of the
//! elements (<https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html>).

mod article;
mod book;
mod people;
#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::model::{Document, DocumentId};
use crate::parse::{Deletion, Item, ParseError, Record, RecordParser, Rejection};
use crate::xml::{Cursor, Part, RecordSplitter, XmlError};

/// PubMed's XML.
pub(super) struct PubmedXml;

const NAME: &str = "pubmed-xml";
const RECORDS: &[&str] = &["PubmedArticle", "PubmedBookArticle", "DeleteCitation"];
/// Elements that a stream of this format begins with; the last two are answers that say what went wrong.
const ROOTS: [&str; 8] = [
    "PubmedArticleSet",
    "PubmedBookArticleSet",
    "PubmedArticle",
    "PubmedBookArticle",
    "DeleteCitation",
    "MedlineCitationSet",
    "eFetchResult",
    "ERROR",
];

/// Why a record could not be read.
#[derive(Debug, thiserror::Error)]
enum RecordError {
    #[error("{0}, at byte {at}", at = .0.position())]
    Xml(#[from] XmlError),
    #[error("{0}")]
    Content(String),
}

impl RecordParser for PubmedXml {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        let starts_as_xml = head.trim_start().starts_with('<');
        starts_as_xml
            && ROOTS.iter().any(|root| {
                head.match_indices(root).any(|(at, _)| {
                    head[..at].ends_with('<')
                        && head[at + root.len()..].starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace())
                })
            })
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        let mut splitter = RecordSplitter::new(input, RECORDS);
        let mut complaint: Option<(u64, String)> = None;
        let mut complaining = false;
        while let Some(part) = splitter.next_part().map_err(stream_error)? {
            let flow = match part {
                Part::Record { name: "DeleteCitation", position, bytes } => deletions(bytes, position, sink),
                Part::Record { name, position, bytes } => sink(read(name, bytes, position)),
                Part::TooLong { name, position, length, head } => {
                    let reason = format!("a <{name}> of {length} bytes is longer than any record is");
                    sink(Item::Rejected(Rejection::new(position, reason, &head)))
                }
                Part::Open { name, position } => {
                    complaining = name.eq_ignore_ascii_case("error") || name == "eFetchResult";
                    if complaining && complaint.is_none() {
                        complaint = Some((position, String::new()));
                    }
                    ControlFlow::Continue(())
                }
                Part::Text { text, .. } => {
                    if let Some((_, said)) = complaint.as_mut().filter(|_| complaining) {
                        said.push_str(text.trim());
                    }
                    ControlFlow::Continue(())
                }
            };
            if flow.is_break() {
                return Ok(());
            }
        }
        match complaint {
            None => Ok(()),
            Some((position, said)) => Err(ParseError::Malformed {
                format: NAME,
                position,
                reason: format!("the server answered with an error: {said}"),
            }),
        }
    }
}

fn stream_error(error: XmlError) -> ParseError {
    match error {
        XmlError::Read { position, source } => ParseError::Read { position, source },
        other => ParseError::Malformed { format: NAME, position: other.position(), reason: other.to_string() },
    }
}

fn read(name: &str, bytes: &[u8], position: u64) -> Item {
    let read = || -> Result<Document, RecordError> {
        let mut cursor = Cursor::new(bytes, position)?;
        let root = cursor.root()?;
        let mut document = Document { version: 1, ..Document::default() };
        match name {
            "PubmedArticle" => article::read(&mut cursor, &root, &mut document)?,
            _ => book::read(&mut cursor, &root, &mut document)?,
        }
        cursor.finish()?;
        if document.identifiers.pmid.is_none() {
            return Err(RecordError::Content("the record has no PMID of its own".to_owned()));
        }
        Ok(document)
    };
    match read() {
        Ok(document) => Item::Document(Box::new(Record { document, bytes: bytes.to_vec(), position })),
        Err(error) => Item::Rejected(Rejection::new(position, error.to_string(), bytes)),
    }
}

/// The withdrawals of a `DeleteCitation`, one after the other; one that cannot be read is rejected alone.
fn deletions(bytes: &[u8], position: u64, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> ControlFlow<()> {
    let mut found = Vec::new();
    let mut list = || -> Result<(), RecordError> {
        let mut cursor = Cursor::new(bytes, position)?;
        let root = cursor.root()?;
        while let Some(child) = cursor.child(&root)? {
            if child.name() == "PMID" {
                let position = child.position();
                found.push(match pmid(&mut cursor, &child)? {
                    Some((pmid, version)) => Item::Deletion(Deletion { id: DocumentId::pmid(pmid), version, position }),
                    None => Item::Rejected(Rejection::new(position, "a withdrawal without a PMID", bytes)),
                });
            }
        }
        Ok(cursor.finish()?)
    };
    let ended = list();
    if let Err(error) = ended {
        found.push(Item::Rejected(Rejection::new(position, error.to_string(), bytes)));
    }
    found.into_iter().try_for_each(sink)
}

/// A `PMID` element: number and version (1 where none is given); none where it holds no number.
fn pmid(cursor: &mut Cursor<'_>, element: &crate::xml::Element<'_>) -> Result<Option<(u64, u32)>, XmlError> {
    let version = element.attribute("Version")?.and_then(|v| v.trim().parse().ok()).unwrap_or(1);
    let number = cursor.text(element)?;
    Ok(number.trim().parse().ok().map(|number| (number, version)))
}
