//! `PubmedBookArticle`: a chapter or section of a book.

use super::article::{abstract_into, article_ids, keywords, language, publication_type, set_pmid};
use super::{RecordError, people};
use crate::model::{Document, DocumentKind, Journal};
use crate::parse::dates;
use crate::parse::words::{some_words, words};
use crate::xml::{Cursor, Element, XmlError};

pub(super) fn read(cursor: &mut Cursor<'_>, root: &Element<'_>, document: &mut Document) -> Result<(), RecordError> {
    document.kind = DocumentKind::Book;
    let mut book_title = None;
    while let Some(part) = cursor.child(root)? {
        match part.name() {
            "BookDocument" => book_title = book_document(cursor, &part, document)?,
            "PubmedBookData" => super::article::pubmed_data(cursor, &part, document)?,
            _ => {}
        }
    }
    // A whole book has no title but the book's.
    if let Some(title) = book_title.filter(|_| document.title().is_empty()) {
        document.set_title(title);
    }
    Ok(())
}

fn book_document(
    cursor: &mut Cursor<'_>,
    element: &Element<'_>,
    document: &mut Document,
) -> Result<Option<String>, RecordError> {
    let mut book_title = None;
    let mut title = None;
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "PMID" => set_pmid(cursor, &child, document)?,
            "ArticleIdList" => article_ids(cursor, &child, &mut document.identifiers)?,
            "Book" => book_title = book(cursor, &child, document)?,
            "ArticleTitle" => title = some_words(cursor, &child)?,
            "VernacularTitle" => document.vernacular_title = some_words(cursor, &child)?,
            "Pagination" => pagination(cursor, &child, document)?,
            "Language" => language(cursor, &child, document)?,
            "AuthorList" => {
                let list = people::list(cursor, &child)?;
                if document.authors.is_empty() {
                    document.authors = list;
                }
            }
            "InvestigatorList" => document.investigators = people::list(cursor, &child)?,
            "PublicationType" => publication_type(cursor, &child, document)?,
            "Abstract" => abstract_into(cursor, &child, document)?,
            "KeywordList" => keywords(cursor, &child, document)?,
            "DateRevised" => document.revised = dates::read(cursor, &child)?.date,
            _ => {}
        }
    }
    if let Some(title) = title {
        document.set_title(title);
    }
    Ok(book_title)
}

/// The book itself: it stands for the journal. Says its title.
fn book(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Result<Option<String>, XmlError> {
    let mut journal = Journal::default();
    let mut editors = Vec::new();
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "BookTitle" => journal.title = words(cursor, &child)?,
            "PubDate" => {
                let date = dates::read(cursor, &child)?;
                (document.published, document.published_as_written) = (date.date, date.written);
            }
            "Volume" => document.volume = some_words(cursor, &child)?,
            "Isbn" => {
                let isbn = words(cursor, &child)?;
                document.identifiers.other.push(("isbn".to_owned(), isbn));
            }
            "ELocationID" => super::article::location(cursor, &child, document)?,
            "AuthorList" => {
                let edited = child.attribute("Type")?.as_deref() == Some("editors");
                let list = people::list(cursor, &child)?;
                if edited {
                    document.editors.clone_from(&list);
                }
                editors = list;
            }
            "Publisher" => {
                while let Some(part) = cursor.child(&child)? {
                    if part.name() == "PublisherName" {
                        document.publisher = some_words(cursor, &part)?;
                    }
                }
            }
            _ => {}
        }
    }
    // The editors of a book whose chapters name nobody.
    if document.authors.is_empty() {
        document.authors = editors;
    }
    let title = Some(journal.title.clone()).filter(|title| !title.is_empty());
    document.journal = title.is_some().then_some(journal);
    Ok(title)
}

fn pagination(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Result<(), XmlError> {
    document.pages = super::article::pages(cursor, element)?;
    Ok(())
}
