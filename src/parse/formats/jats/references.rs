//! `ref-list`: what the paper cites.

use super::Read;
use super::prose::{plain, whole};
use crate::model::{Identifiers, Reference};
use crate::xml::{Cursor, Element, Node};

/// Adds the works of a list, and of lists within it.
pub(super) fn list(cursor: &mut Cursor<'_>, element: &Element<'_>, references: &mut Vec<Reference>) -> Read {
    while let Some(part) = cursor.child(element)? {
        match part.name() {
            "ref" => reference(cursor, &part, references)?,
            "ref-list" => list(cursor, &part, references)?,
            _ => {}
        }
    }
    Ok(())
}

/// A `ref`: one work, or several under one number.
fn reference(cursor: &mut Cursor<'_>, element: &Element<'_>, references: &mut Vec<Reference>) -> Read {
    while let Some(part) = cursor.child(element)? {
        match part.name() {
            "element-citation" | "mixed-citation" | "citation" | "nlm-citation" | "product" => {
                let reference = citation(cursor, &part)?;
                if !reference.citation.is_empty() {
                    references.push(reference);
                }
            }
            // The same work in two forms.
            "citation-alternatives" => {
                let mut forms = Vec::new();
                reference(cursor, &part, &mut forms)?;
                references.extend(forms.into_iter().next());
            }
            "note" => {
                let text = whole(cursor, &part)?.0;
                if !text.is_empty() {
                    references.push(Reference { citation: text, identifiers: Identifiers::default() });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The parts of a work.
#[derive(Default)]
struct Work {
    people: Vec<String>,
    others: bool,
    title: String,
    source: String,
    year: String,
    volume: String,
    issue: String,
    pages: [String; 2],
    rest: Vec<String>,
    ids: Identifiers,
    /// The words between the parts, as printed.
    printed: String,
    /// Whether punctuation is printed between the parts, so that the whole reads as it stands.
    mixed: bool,
}

fn citation<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read<Reference> {
    let mut work = Work { mixed: false, ..Work::default() };
    parts(cursor, element, &mut work)?;
    let printed = work.printed.split_whitespace().collect::<Vec<_>>().join(" ");
    let citation = if work.mixed { printed } else { work.composed() };
    Ok(Reference { citation: if citation.is_empty() { work.composed() } else { citation }, identifiers: work.ids })
}

fn parts(cursor: &mut Cursor<'_>, element: &Element<'_>, work: &mut Work) -> Read {
    while let Some(node) = cursor.node(element)? {
        let part = match node {
            Node::Text(text) => {
                work.mixed |= !text.trim().is_empty();
                work.printed.push_str(&text);
                continue;
            }
            Node::Element(part) => part,
        };
        match part.name() {
            "person-group" | "name-alternatives" => {
                parts(cursor, &part, work)?;
                continue;
            }
            "name" | "string-name" => {
                let name = person(cursor, &part)?;
                work.printed.push_str(&name);
                work.people.push(name);
                continue;
            }
            "pub-id" | "ext-link" | "article-id" => {
                let kind = part.attribute("pub-id-type")?.or(part.attribute("ext-link-type")?);
                let kind = kind.map_or_else(String::new, |kind| kind.to_ascii_lowercase());
                let address = part.attribute("xlink:href")?.map(|address| address.into_owned());
                let value = plain(cursor, &part)?;
                work.printed.push_str(&value);
                // A link may have no words but its address.
                work.rest.extend(address.clone().filter(|_| value.is_empty()));
                match kind.as_str() {
                    "pmid" | "pubmed" => work.ids.pmid = work.ids.pmid.or(value.parse().ok()),
                    "pmc" | "pmcid" => work.ids.set_pmcid(&value),
                    "doi" => work.ids.set_doi(&value),
                    _ if address.as_deref().is_some_and(|address| address.contains("doi.org/")) => {
                        work.ids.set_doi(&address.unwrap_or_default());
                    }
                    _ => {}
                }
                continue;
            }
            _ => {}
        }
        let name = part.name();
        let text = whole(cursor, &part)?.0;
        work.printed.push_str(&text);
        match name {
            "collab" => work.people.push(text),
            "etal" => work.others = true,
            "article-title" | "chapter-title" | "part-title" if work.title.is_empty() => work.title = text,
            "source" if work.source.is_empty() => work.source = text,
            "year" => work.year = text,
            "volume" => work.volume = text,
            "issue" => work.issue = text,
            "fpage" | "elocation-id" | "page-range" => work.pages[0] = text,
            "lpage" => work.pages[1] = text,
            "label" | "month" | "day" | "object-id" => {}
            _ => work.rest.push(text),
        }
    }
    Ok(())
}

/// `Surname Given`.
fn person<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read<String> {
    let (mut surname, mut given, mut loose) = (String::new(), String::new(), String::new());
    while let Some(node) = cursor.node(element)? {
        match node {
            Node::Text(text) => loose.push_str(&text),
            Node::Element(part) => match part.name() {
                "surname" => surname = plain(cursor, &part)?,
                "given-names" => given = plain(cursor, &part)?,
                _ => {}
            },
        }
    }
    let whole = format!("{surname} {given}");
    let whole = whole.trim();
    Ok(if whole.is_empty() { loose.trim().to_owned() } else { whole.to_owned() })
}

impl Work {
    /// The work as citations are commonly written, for one that is given in parts only.
    fn composed(&self) -> String {
        let mut text = self.people.join(", ");
        if self.others && !text.is_empty() {
            text.push_str(", et al");
        }
        for part in [&self.title, &self.source] {
            if !part.is_empty() {
                if !text.is_empty() {
                    text.push_str(if text.ends_with(['.', '?', '!']) { " " } else { ". " });
                }
                text.push_str(part);
            }
        }
        if !self.year.is_empty() {
            text.push_str(if text.is_empty() { "" } else { ". " });
            text.push_str(&self.year);
        }
        if !self.volume.is_empty() {
            text.push(';');
            text.push_str(&self.volume);
        }
        if !self.issue.is_empty() {
            text.push_str(&format!("({})", self.issue));
        }
        if !self.pages[0].is_empty() {
            text.push(':');
            text.push_str(&self.pages[0]);
            if !self.pages[1].is_empty() && self.pages[1] != self.pages[0] {
                text.push('-');
                text.push_str(&self.pages[1]);
            }
        }
        if text.is_empty() { self.rest.join(" ") } else { text }
    }
}
