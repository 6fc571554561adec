//! Authors, investigators, editors, and people whom a paper is about.

use crate::model::Author;
use crate::parse::words::{some_words, words};
use crate::xml::{Cursor, Element, XmlError};

/// The people and groups of a list, in order.
pub(super) fn list(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Result<Vec<Author>, XmlError> {
    let mut people = Vec::new();
    while let Some(child) = cursor.child(element)? {
        if matches!(child.name(), "Author" | "Investigator" | "PersonalNameSubject") {
            people.extend(person(cursor, &child)?);
        }
    }
    Ok(people)
}

/// One person or group; none where there is no name.
fn person(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Result<Option<Author>, XmlError> {
    let mut author = Author::default();
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "LastName" => author.last_name = words(cursor, &child)?,
            "ForeName" => author.fore_name = some_words(cursor, &child)?,
            "Initials" => author.initials = some_words(cursor, &child)?,
            "Suffix" => author.suffix = some_words(cursor, &child)?,
            "CollectiveName" => {
                author.collective = true;
                author.last_name = words(cursor, &child)?;
            }
            "Identifier" => {
                let source = child.attribute("Source")?.map(|s| s.trim().to_owned()).unwrap_or_default();
                let id = words(cursor, &child)?;
                if !id.is_empty() {
                    author.identifiers.push((source, id));
                }
            }
            "AffiliationInfo" => {
                while let Some(part) = cursor.child(&child)? {
                    if part.name() == "Affiliation" {
                        author.affiliations.extend(some_words(cursor, &part)?);
                    }
                }
            }
            // Records before 2013 have it without a wrapper.
            "Affiliation" => author.affiliations.extend(some_words(cursor, &child)?),
            _ => {}
        }
    }
    Ok((!author.last_name.is_empty()).then_some(author))
}
