//! NLM's MeSH in XML: descriptors, supplementary concepts, pharmacological actions.

mod action_sets;
mod descriptors;
mod supplementary;

pub(super) use action_sets::MeshActions;
pub(super) use descriptors::MeshDescriptors;
pub(super) use supplementary::MeshSupplementary;
pub(in crate::vocab) use supplementary::is_protein;

use std::collections::HashSet;
use std::io::{self, Read};

use super::LoadError;
use crate::progress::Progress;
use crate::vocab::entry::{Entry, Name};
use crate::vocab::layer::Title;
use crate::xml::{Cursor, Element, Part, RecordSplitter, XmlError};

/// The prefix of MeSH's ids.
const MESH: &str = "MESH:";

/// What reads one record, which begins at a byte: the entries it holds.
type ReadRecord<'f> = &'f dyn Fn(&[u8], u64) -> Result<Vec<Entry>, XmlError>;

fn title(of: &str, release: String) -> Title {
    let credit = "U.S. National Library of Medicine; converted by litmine".to_owned();
    Title { title: of.to_owned(), release, credit }
}

/// The release of a file and the entries of all its records. A record without id or name and an id that comes twice are
/// refused.
fn records(
    input: &mut (dyn Read + Send),
    element: &'static [&'static str],
    what: &str,
    progress: &dyn Progress,
    read: ReadRecord<'_>,
) -> Result<(String, Vec<Entry>), LoadError> {
    let mut head = Vec::new();
    input.take(1024).read_to_end(&mut head)?;
    let release = release(&String::from_utf8_lossy(&head));
    let mut splitter = RecordSplitter::new(io::Cursor::new(head).chain(input), element);
    let task = progress.task("importing MeSH", None, "records");
    let mut entries = Vec::new();
    let mut seen = HashSet::new();
    while let Some(part) = splitter.next_part().map_err(|error| malformed(&error, "the file"))? {
        let (position, bytes) = match part {
            Part::Record { position, bytes, .. } => (position, bytes),
            Part::TooLong { position, .. } => {
                return Err(refuse(format!("byte {position}"), "a record is too long"));
            }
            Part::Open { .. } | Part::Text { .. } => continue,
        };
        let place = format!("the record at byte {position}");
        for entry in read(bytes, position).map_err(|error| malformed(&error, &place))? {
            if entry.id == MESH {
                return Err(refuse(place, &format!("a {what} without an id")));
            }
            if entry.names.is_empty() {
                return Err(refuse(entry.id, &format!("a {what} without a name")));
            }
            let class = entry.classes.first().filter(|_| what == action_sets::WHAT).cloned();
            if !seen.insert((entry.id.clone(), class)) {
                return Err(refuse(entry.id, &format!("two {what}s with one id")));
            }
            entries.push(entry);
        }
        task.advance(1);
    }
    if entries.is_empty() {
        return Err(refuse("the file".to_owned(), &format!("no {what} in it")));
    }
    Ok((release, entries))
}

fn refuse(place: String, reason: &str) -> LoadError {
    LoadError::Malformed { place, reason: reason.to_owned() }
}

fn malformed(error: &XmlError, place: &str) -> LoadError {
    LoadError::Malformed { place: place.to_owned(), reason: format!("{error}, at byte {}", error.position()) }
}

/// The year in the name of the document type, where it stands and nowhere else.
fn release(head: &str) -> String {
    let after = head.split("recordset_").nth(1).unwrap_or_default();
    let year: String = after.chars().take(4).collect();
    if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) { year } else { "unknown".to_owned() }
}

/// The `String` within an element, as a new name.
fn add_names(cursor: &mut Cursor<'_>, element: &Element<'_>, names: &mut Vec<Name>) -> Result<(), XmlError> {
    while let Some(child) = cursor.child(element)? {
        if child.name() == "String" {
            let text = cursor.text(&child)?;
            let text = text.trim();
            if !text.is_empty() && !names.iter().any(|name| name.text == text) {
                names.push(Name::new(text));
            }
        }
    }
    Ok(())
}

/// The terms of all concepts of a record.
fn concepts(cursor: &mut Cursor<'_>, list: &Element<'_>, names: &mut Vec<Name>) -> Result<(), XmlError> {
    while let Some(concept) = cursor.child(list)? {
        while let Some(part) = cursor.child(&concept)? {
            if part.name() == "TermList" {
                terms(cursor, &part, names)?;
            }
        }
    }
    Ok(())
}

fn terms(cursor: &mut Cursor<'_>, list: &Element<'_>, names: &mut Vec<Name>) -> Result<(), XmlError> {
    while let Some(term) = cursor.child(list)? {
        let abbreviation = matches!(term.attribute("LexicalTag")?.as_deref(), Some("ABB" | "ABX" | "ACR" | "ACX"));
        let known = names.len();
        add_names(cursor, &term, names)?;
        if abbreviation {
            for name in &mut names[known..] {
                // A tagged term of several words ("HMG CoA Inhibitors") is no mere abbreviation.
                name.abbreviation |= !name.text.contains(' ');
            }
        }
    }
    Ok(())
}

/// The ids of the descriptors that the elements of a list refer to.
fn referred(cursor: &mut Cursor<'_>, list: &Element<'_>, ids: &mut Vec<String>) -> Result<(), XmlError> {
    while let Some(item) = cursor.child(list)? {
        while let Some(descriptor) = cursor.child(&item)? {
            while let Some(part) = cursor.child(&descriptor)? {
                if part.name() == "DescriptorUI" {
                    // A star marks the heading that was the main point.
                    let id = format!("{MESH}{}", cursor.text(&part)?.trim().trim_start_matches('*'));
                    if !ids.contains(&id) {
                        ids.push(id);
                    }
                }
            }
        }
    }
    Ok(())
}
