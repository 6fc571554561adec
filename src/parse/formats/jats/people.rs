//! Authors, groups, and where they work.

use std::collections::HashMap;

use super::Read;
use super::prose::{plain, some_plain};
use crate::model::Author;
use crate::xml::{Cursor, Element, Node};

/// Contributors as they are found; their affiliations may come before or after them.
#[derive(Debug, Default)]
pub(super) struct People {
    authors: Vec<Found>,
    investigators: Vec<Found>,
    affiliations: HashMap<String, String>,
    /// Affiliations without an id, which are everybody's.
    shared: Vec<String>,
}

#[derive(Debug, Default)]
struct Found {
    author: Author,
    /// The ids of affiliations.
    works_at: Vec<String>,
}

impl People {
    /// A `contrib-group` of the article.
    pub(super) fn group(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read {
        let first = self.authors.len();
        let mut own = Vec::new();
        let shared_before = self.shared.len();
        while let Some(part) = cursor.child(element)? {
            match part.name() {
                "contrib" => self.contributor(cursor, &part, false)?,
                "aff" | "aff-alternatives" => self.affiliation(cursor, &part)?,
                "on-behalf-of" | "collab" => own.extend(some_plain(cursor, &part)?),
                _ => {}
            }
        }
        // Where the group itself names a place, it is that of the group.
        let places: Vec<String> = self.shared.drain(shared_before..).collect();
        for found in &mut self.authors[first..] {
            found.author.affiliations.extend(places.iter().cloned());
        }
        for name in own {
            let author = Author { last_name: name, collective: true, ..Author::default() };
            self.authors.push(Found { author, ..Found::default() });
        }
        Ok(())
    }

    /// An `aff`, which contributors point to by its id.
    pub(super) fn affiliation(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read {
        let id = element.attribute("id")?.map(|id| id.into_owned());
        if element.name() == "aff-alternatives" {
            // The same place in several languages: the first is taken.
            let mut text = None;
            while let Some(form) = cursor.child(element)? {
                let words = place(cursor, &form)?;
                text = text.or(Some(words).filter(|words| !words.is_empty()));
            }
            self.keep(id, text.unwrap_or_default());
            return Ok(());
        }
        let text = place(cursor, element)?;
        self.keep(id, text);
        Ok(())
    }

    fn keep(&mut self, id: Option<String>, text: String) {
        match id {
            _ if text.is_empty() => {}
            Some(id) => drop(self.affiliations.insert(id, text)),
            None => self.shared.push(text),
        }
    }

    fn contributor(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>, member: bool) -> Read {
        let kind = element.attribute("contrib-type")?;
        // Editors, reviewers and translators did not write it.
        let wrote = kind.as_deref().is_none_or(|kind| {
            matches!(
                kind.to_ascii_lowercase().as_str(),
                "author" | "collab" | "group" | "collaborator" | "research team" | ""
            )
        });
        let mut found = Found::default();
        let mut members = Vec::new();
        while let Some(part) = cursor.child(element)? {
            match part.name() {
                "name" | "string-name" | "name-alternatives" => name(cursor, &part, &mut found.author)?,
                "collab" | "collab-alternatives" => {
                    members.extend(self.collaboration(cursor, &part, &mut found.author)?)
                }
                "contrib-id" => {
                    let source = part.attribute("contrib-id-type")?.map_or_else(String::new, |s| s.into_owned());
                    if let Some(id) = some_plain(cursor, &part)? {
                        let orcid = source.eq_ignore_ascii_case("orcid");
                        let source = if orcid { "ORCID".to_owned() } else { source };
                        let bare = if orcid { id.rsplit('/').next().unwrap_or(&id).to_owned() } else { id };
                        found.author.identifiers.push((source, bare));
                    }
                }
                "xref" if part.attribute("ref-type")?.as_deref() == Some("aff") => {
                    let ids = part.attribute("rid")?.unwrap_or_default();
                    found.works_at.extend(ids.split_whitespace().map(str::to_owned));
                }
                "aff" => {
                    let id = part.attribute("id")?.map(|id| id.into_owned());
                    let text = place(cursor, &part)?;
                    if !text.is_empty() {
                        found.author.affiliations.push(text.clone());
                    }
                    // Others may point to it.
                    if let Some(id) = id {
                        self.keep(Some(id), text);
                    }
                }
                "on-behalf-of" => {
                    if let Some(group) = some_plain(cursor, &part)? {
                        let author = Author { last_name: group, collective: true, ..Author::default() };
                        members.push(Found { author, ..Found::default() });
                    }
                }
                _ => {}
            }
        }
        let named = !found.author.last_name.is_empty();
        let (group, people): (Vec<_>, Vec<_>) = members.into_iter().partition(|m| m.author.collective);
        match (named, wrote, member) {
            (false, ..) => {}
            (true, _, true) => self.investigators.push(found),
            (true, true, false) => self.authors.push(found),
            (true, false, false) => {}
        }
        if wrote {
            self.authors.extend(group);
        }
        self.investigators.extend(people);
        Ok(())
    }

    /// A group: its name, and the members it lists.
    fn collaboration(
        &mut self,
        cursor: &mut Cursor<'_>,
        element: &Element<'_>,
        author: &mut Author,
    ) -> Read<Vec<Found>> {
        let mut name = String::new();
        while let Some(node) = cursor.node(element)? {
            match node {
                Node::Text(text) => name.push_str(&text),
                Node::Element(part) => match part.name() {
                    "contrib-group" => {
                        while let Some(member) = cursor.child(&part)? {
                            match member.name() {
                                "contrib" => self.contributor(cursor, &member, true)?,
                                "aff" => self.affiliation(cursor, &member)?,
                                _ => {}
                            }
                        }
                    }
                    "xref" | "email" | "fn" | "label" | "address" => {}
                    "collab" => drop(self.collaboration(cursor, &part, author)?),
                    _ => {
                        name.push(' ');
                        name.push_str(&plain(cursor, &part)?);
                        name.push(' ');
                    }
                },
            }
        }
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = name.trim_matches([',', ';', ' ']);
        if !name.is_empty() && author.last_name.is_empty() {
            author.collective = true;
            author.last_name = name.to_owned();
        }
        Ok(Vec::new())
    }

    /// Authors and investigators, each with the places they point to.
    pub(super) fn finish(self) -> (Vec<Author>, Vec<Author>) {
        let Self { authors, investigators, affiliations, shared } = self;
        let settle = |found: Found| {
            let mut author = found.author;
            for place in found.works_at.iter().filter_map(|id| affiliations.get(id)) {
                if !author.affiliations.contains(place) {
                    author.affiliations.push(place.clone());
                }
            }
            // A place without an id, where nobody points to one, is that of all.
            if author.affiliations.is_empty() && affiliations.is_empty() {
                author.affiliations.extend(shared.iter().cloned());
            }
            author
        };
        (authors.into_iter().map(settle).collect(), investigators.into_iter().map(settle).collect())
    }
}

/// The words of an affiliation without its label and the numbers of institutions.
fn place(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read<String> {
    let mut words = String::new();
    gather(cursor, element, &mut words)?;
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(words.replace(" ,", ",").trim_matches([',', ';', ' ']).to_owned())
}

fn gather(cursor: &mut Cursor<'_>, element: &Element<'_>, words: &mut String) -> Read {
    while let Some(node) = cursor.node(element)? {
        match node {
            Node::Text(text) => words.push_str(&text),
            Node::Element(part) => match part.local_name() {
                "label" | "institution-id" | "xref" | "sup" => {}
                "institution" | "addr-line" | "country" | "named-content" | "institution-wrap" | "city" | "state"
                | "postal-code" | "break" | "email" => {
                    // Parts that stand side by side with nothing between them are parted.
                    if words.ends_with(|c: char| c.is_alphanumeric()) {
                        words.push_str(", ");
                    }
                    gather(cursor, &part, words)?;
                }
                _ => gather(cursor, &part, words)?,
            },
        }
    }
    Ok(())
}

fn name(cursor: &mut Cursor<'_>, element: &Element<'_>, author: &mut Author) -> Read {
    let mut loose = String::new();
    while let Some(node) = cursor.node(element)? {
        match node {
            Node::Text(text) => loose.push_str(&text),
            Node::Element(part) => match part.name() {
                "surname" => author.last_name = plain(cursor, &part)?,
                "given-names" => {
                    let initials = part.attribute("initials")?.map(|i| i.trim().to_owned());
                    author.fore_name = some_plain(cursor, &part)?;
                    author.initials = initials
                        .filter(|i| !i.is_empty())
                        .or_else(|| author.fore_name.as_deref().and_then(initials_of));
                }
                "suffix" => author.suffix = some_plain(cursor, &part)?,
                "name" | "string-name" if author.last_name.is_empty() => name(cursor, &part, author)?,
                _ => {}
            },
        }
    }
    if author.last_name.is_empty() && element.name() == "string-name" {
        author.last_name = loose.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    Ok(())
}

/// `James A.` and `J.A.` are `JA`, `Jean-Paul` is `JP`: as PubMed gives initials.
fn initials_of(given: &str) -> Option<String> {
    let letters: String = given
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '.' | '‐'))
        .filter(|part| !part.is_empty())
        .flat_map(|part| {
            // "JA" without stops is two names.
            let all = part.chars().count() <= 3 && part.chars().all(char::is_uppercase);
            part.chars().take(if all { 3 } else { 1 }).collect::<Vec<_>>()
        })
        .filter(|c| c.is_uppercase())
        .collect();
    (!letters.is_empty()).then_some(letters)
}
