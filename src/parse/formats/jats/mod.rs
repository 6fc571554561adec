//! JATS: full text as PubMed Central and publishers give it (ANSI/NISO Z39.96, and NLM's DTDs before it).
//!
//! Reads every `article`, alone or within an envelope (`pmc-articleset`, `articles`, OAI-PMH). What the elements mean stands
//! in the tag library (<https://jats.nlm.nih.gov/archiving/tag-library/>). The passages of a document come in this order:
//!
//! 1. the title and the abstract, as in a record of PubMed;
//! 2. other abstracts (for editors, in plain language, translated), of the category [`Passage::SUMMARY`];
//! 3. the full text: paragraphs with their section path, tables ([`Passage::TABLE`]) and captions of figures
//!    ([`Passage::FIGURE`]) where they stand;
//! 4. what stands around the paper, [`Passage::BACK`]: acknowledgements, interests, supplements, appendices, and the texts
//!    of responses and sub-articles, under their own titles.

mod body;
mod dates;
mod front;
mod funding;
mod licence;
mod people;
mod prose;
mod references;
mod related;
mod tables;
#[cfg(test)]
mod tests;

use std::io::BufRead;
use std::ops::ControlFlow;

use self::body::Text;
use crate::model::{CitationMark, Document, Passage};
use crate::parse::{Item, ParseError, Record, RecordParser, Rejection};
use crate::xml::{Cursor, Element, Part, RecordSplitter, XmlError};

/// JATS.
pub(super) struct Jats;

const NAME: &str = "jats";
const RECORDS: &[&str] = &["article"];
/// Elements that a stream of this format begins with.
const ROOTS: [&str; 5] = ["article", "pmc-articleset", "articles", "article-set", "OAI-PMH"];

type Read<T = ()> = Result<T, XmlError>;

/// A paragraph as read: what becomes a [`Passage`], with the bytes of its text that refer to other works.
#[derive(Debug, Default)]
struct Draft {
    section: String,
    category: Option<String>,
    text: String,
    marks: Vec<std::ops::Range<usize>>,
}

impl RecordParser for Jats {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        crate::xml::first_element(&head).is_some_and(|name| ROOTS.contains(&name))
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        let mut splitter = RecordSplitter::new(input, RECORDS);
        // An OAI-PMH server says in an <error> what it could not do.
        let mut complaint: Option<(u64, String)> = None;
        let mut complaining = false;
        while let Some(part) = splitter.next_part().map_err(stream_error)? {
            let flow = match part {
                Part::Record { position, bytes, .. } => sink(read(bytes, position)),
                Part::TooLong { position, length, head, .. } => {
                    let reason = format!("an <article> of {length} bytes is longer than any article is");
                    sink(Item::Rejected(Rejection::new(position, reason, &head)))
                }
                Part::Open { name, position } => {
                    complaining = name == "error";
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

fn read(bytes: &[u8], position: u64) -> Item {
    let read = || -> Read<Document> {
        let mut cursor = Cursor::new(bytes, position)?;
        let root = cursor.root()?;
        let document = article(&mut cursor, &root)?;
        cursor.finish()?;
        Ok(document)
    };
    match read() {
        Ok(document) if document.identifiers.primary().is_none() => {
            let reason = "the article has neither a PMID nor a PMC id nor a DOI of its own";
            Item::Rejected(Rejection::new(position, reason, bytes))
        }
        Ok(document) => Item::Document(Box::new(Record { document, bytes: bytes.to_vec(), position })),
        Err(error) => {
            let reason = format!("{error}, at byte {}", error.position());
            Item::Rejected(Rejection::new(position, reason, bytes))
        }
    }
}

fn article(cursor: &mut Cursor<'_>, root: &Element<'_>) -> Read<Document> {
    let mut document = Document { version: 1, ..Document::default() };
    document.article_type =
        root.attribute("article-type")?.map(|kind| kind.trim().to_owned()).filter(|k| !k.is_empty());
    let language = root.attribute("xml:lang")?.map(|language| language.into_owned());
    let mut front = front::Front::new(language.as_deref());
    let mut text = Text::default();
    let mut around = Text::default();
    let mut floats = Text::default();
    let mut replies = 0;
    while let Some(part) = cursor.child(root)? {
        match part.name() {
            "front" => front.read(cursor, &part, &mut document)?,
            "body" => text.body(cursor, &part)?,
            "back" => around.back(cursor, &part, &mut document)?,
            "floats-group" | "floats-wrap" => floats.floats(cursor, &part)?,
            "sub-article" | "response" => {
                replies += 1;
                around.reply(cursor, &part, replies)?;
            }
            _ => {}
        }
    }
    let abstracts = front.finish(&mut document);
    lay_out(&mut document, abstracts, [text, floats, around]);
    Ok(document)
}

/// Puts the passages in their order, with their marks.
fn lay_out(document: &mut Document, abstracts: Vec<Draft>, texts: [Text; 3]) {
    let (main, summaries): (Vec<_>, Vec<_>) =
        abstracts.into_iter().partition(|draft| draft.category.as_deref() != Some(Passage::SUMMARY));
    let [text, floats, around] = texts.map(Text::into_drafts);
    let before = document.passages.len() + main.len() + summaries.len();
    if !(text.is_empty() && floats.is_empty()) {
        document.full_text_from = u32::try_from(before).ok();
    }
    for draft in [main, summaries, text, floats, around].into_iter().flatten() {
        let passage = document.passages.len() as u32;
        // Marks come in order: each is counted from the one before, so that many in a long paragraph cost no more than it.
        let (mut bytes, mut points) = (0, 0);
        for mark in &draft.marks {
            let mut point = |byte: usize| {
                points += draft.text[bytes..byte].chars().count() as u32;
                bytes = byte;
                points
            };
            let (start, end) = (point(mark.start), point(mark.end));
            document.citation_marks.push(CitationMark { passage, start, end });
        }
        document.passages.push(Passage { section: draft.section, category: draft.category, text: draft.text });
    }
}
