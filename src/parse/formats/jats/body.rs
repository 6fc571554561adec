//! The text: sections, paragraphs, lists, boxes, captions, and what stands around the paper.

use super::prose::{self, Prose};
use super::{Draft, Read, references, tables};
use crate::model::{Document, Passage, Reference};
use crate::xml::{Cursor, Element};

/// Paragraphs with their section path, as they are read.
#[derive(Debug, Default)]
pub(super) struct Text {
    drafts: Vec<Draft>,
    /// The titles of the sections that are open.
    path: Vec<String>,
    /// What the paragraphs are besides running text, or what the outermost section says it is.
    category: Option<String>,
    references: Vec<Reference>,
}

/// The section of paragraphs that stand in none.
const BODY: &str = "BODY";

impl Text {
    /// `body`: the text proper.
    pub(super) fn body(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read {
        self.blocks(cursor, element)
    }

    /// `floats-group`: tables and figures that are placed from elsewhere.
    pub(super) fn floats(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read {
        self.blocks(cursor, element)
    }

    /// `back`: references, and what stands around the paper.
    pub(super) fn back(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
        self.category = Some(Passage::BACK.to_owned());
        self.blocks(cursor, element)?;
        document.references.append(&mut self.references);
        let interests: Vec<&str> =
            self.drafts.iter().filter(|draft| of_interests(&draft.section)).map(|draft| draft.text.as_str()).collect();
        if document.conflict_of_interest.is_none() && !interests.is_empty() {
            document.conflict_of_interest = Some(interests.join(" "));
        }
        Ok(())
    }

    /// A `response` or `sub-article`: a text of its own that is printed with the paper.
    pub(super) fn reply(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>, number: u32) -> Read {
        self.category = Some(Passage::BACK.to_owned());
        self.path.push(format!("Reply {number}"));
        while let Some(part) = cursor.child(element)? {
            match part.name() {
                "front" | "front-stub" => {
                    if let Some(title) = title_of(cursor, &part)? {
                        self.path.clear();
                        self.path.push(title);
                    }
                }
                "body" => self.blocks(cursor, &part)?,
                _ => {}
            }
        }
        self.path.clear();
        Ok(())
    }

    /// An abstract: its paragraphs under the titles of its sections.
    pub(super) fn abstract_in(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read {
        self.blocks(cursor, element)
    }

    /// The paragraphs, in order.
    pub(super) fn into_drafts(self) -> Vec<Draft> {
        self.drafts
    }

    fn blocks(&mut self, cursor: &mut Cursor<'_>, parent: &Element<'_>) -> Read {
        while let Some(child) = cursor.child(parent)? {
            self.block(cursor, &child)?;
        }
        Ok(())
    }

    fn block<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read {
        match element.local_name() {
            "p" | "disp-formula" | "preformat" | "code" | "array" | "chem-struct-wrap" | "verse-line" | "attrib" => {
                self.paragraph(cursor, element)
            }
            "sec" => self.section(cursor, element, None),
            "ack" => self.around(cursor, element, "Acknowledgements"),
            "glossary" => self.around(cursor, element, "Abbreviations"),
            "notes" => self.around(cursor, element, "Notes"),
            "app" => self.around(cursor, element, "Appendix"),
            "boxed-text" => self.boxed(cursor, element),
            "list" => self.list(cursor, element),
            "def-list" => self.definitions(cursor, element),
            "fig" => self.figure(cursor, element),
            "table-wrap" => tables::read(cursor, element, &self.path, &mut self.drafts),
            "supplementary-material" | "media" => self.supplement(cursor, element),
            "fn" => self.footnote(cursor, element),
            "ref-list" => references::list(cursor, element, &mut self.references),
            "fn-group" | "app-group" | "table-wrap-group" | "fig-group" | "alternatives" | "disp-quote"
            | "statement" | "verse-group" | "speech" | "disp-formula-group" | "floats-group" | "question"
            | "answer" => self.titled(cursor, element),
            _ => Ok(()),
        }
    }

    /// Blocks under a title, where there is one.
    fn titled<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read {
        let depth = self.path.len();
        while let Some(child) = cursor.child(element)? {
            if child.name() == "title" {
                let title = prose::plain(cursor, &child)?;
                self.path.truncate(depth);
                self.path.extend((!title.is_empty()).then_some(title));
            } else {
                self.block(cursor, &child)?;
            }
        }
        self.path.truncate(depth);
        Ok(())
    }

    fn section<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>, usual: Option<&str>) -> Read {
        let before = self.category.clone();
        let kind = element.attribute("sec-type")?;
        if self.category.as_deref() != Some(Passage::BACK) && self.category.as_deref() != Some(Passage::SUMMARY) {
            match kind.as_deref().and_then(category_of) {
                Some(Passage::BACK) => self.category = Some(Passage::BACK.to_owned()),
                // The outermost section tells what its parts are of.
                Some(category) if self.path.is_empty() => self.category = Some(category.to_owned()),
                _ => {}
            }
        }
        let depth = self.path.len();
        self.path.extend(usual.map(str::to_owned));
        self.titled_below(cursor, element, depth)?;
        self.category = before;
        Ok(())
    }

    /// As [`Text::titled`], where the path below `depth` has a title that the element's own replaces.
    fn titled_below<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>, depth: usize) -> Read {
        while let Some(child) = cursor.child(element)? {
            if child.name() == "title" {
                let title = prose::plain(cursor, &child)?;
                if !title.is_empty() {
                    self.path.truncate(depth);
                    self.path.push(title);
                }
            } else {
                self.block(cursor, &child)?;
            }
        }
        self.path.truncate(depth);
        Ok(())
    }

    /// What stands around the paper, under its own title or the usual one.
    fn around<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>, usual: &str) -> Read {
        let before = self.category.replace(Passage::BACK.to_owned());
        self.section(cursor, element, Some(usual))?;
        self.category = before;
        Ok(())
    }

    /// A box: what a reader in a hurry takes home.
    fn boxed<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read {
        let before = self.category.clone();
        if self.category.as_deref() != Some(Passage::BACK) {
            self.category = Some(Passage::SUMMARY.to_owned());
        }
        let depth = self.path.len();
        while let Some(child) = cursor.child(element)? {
            match child.name() {
                "caption" => {
                    if let Some(title) = title_of(cursor, &child)? {
                        self.path.truncate(depth);
                        self.path.push(title);
                    }
                }
                "title" => {
                    let title = prose::plain(cursor, &child)?;
                    self.path.truncate(depth);
                    self.path.extend((!title.is_empty()).then_some(title));
                }
                _ => self.block(cursor, &child)?,
            }
        }
        self.path.truncate(depth);
        self.category = before;
        Ok(())
    }

    /// A paragraph. A list within it parts it; tables and figures placed in it come behind it.
    fn paragraph<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read {
        let mut prose = Prose::default();
        let mut floats = Vec::new();
        prose.read(cursor, element, &mut |cursor, child, prose| self.within(cursor, child, prose, &mut floats))?;
        self.flush(&mut prose);
        self.drafts.append(&mut floats);
        Ok(())
    }

    fn within<'x>(
        &mut self,
        cursor: &mut Cursor<'x>,
        child: &Element<'x>,
        prose: &mut Prose,
        floats: &mut Vec<Draft>,
    ) -> Read {
        match child.local_name() {
            "list" | "def-list" | "disp-quote" | "statement" | "verse-group" | "speech" | "code" | "preformat"
            | "array" => {
                self.flush(prose);
                self.block(cursor, child)
            }
            "table-wrap"
            | "table-wrap-group"
            | "fig"
            | "fig-group"
            | "boxed-text"
            | "supplementary-material"
            | "media"
            | "fn"
            | "fn-group" => {
                let before = std::mem::take(&mut self.drafts);
                self.block(cursor, child)?;
                floats.append(&mut self.drafts);
                self.drafts = before;
                Ok(())
            }
            "ref-list" => references::list(cursor, child, &mut self.references),
            _ => {
                prose.blank();
                prose.read(cursor, child, &mut |cursor, child, prose| self.within(cursor, child, prose, floats))?;
                prose.blank();
                Ok(())
            }
        }
    }

    fn flush(&mut self, prose: &mut Prose) {
        let (text, marks) = prose.take();
        self.push(text, marks);
    }

    fn push(&mut self, text: String, marks: Vec<std::ops::Range<usize>>) {
        if !text.is_empty() {
            let section = if self.path.is_empty() { BODY.to_owned() } else { self.path.join("/") };
            self.drafts.push(Draft { section, category: self.category.clone(), text, marks });
        }
    }

    fn list<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read {
        while let Some(item) = cursor.child(element)? {
            match item.name() {
                "title" => self.paragraph(cursor, &item)?,
                "list-item" => {
                    // The label of an item stands before its first words.
                    let mut label = None;
                    while let Some(part) = cursor.child(&item)? {
                        match part.name() {
                            "label" => label = prose::some_plain(cursor, &part)?,
                            "p" if label.is_some() => {
                                let mut prose = Prose::default();
                                prose.push(&label.take().unwrap_or_default());
                                prose.blank();
                                let mut floats = Vec::new();
                                prose.read(cursor, &part, &mut |cursor, child, prose| {
                                    self.within(cursor, child, prose, &mut floats)
                                })?;
                                self.flush(&mut prose);
                                self.drafts.append(&mut floats);
                            }
                            _ => self.block(cursor, &part)?,
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Terms and what they mean, a paragraph each: `term: meaning`.
    fn definitions<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read {
        while let Some(item) = cursor.child(element)? {
            match item.name() {
                "def-list" => self.definitions(cursor, &item)?,
                "def-item" => {
                    let mut words: Vec<String> = Vec::new();
                    while let Some(part) = cursor.child(&item)? {
                        if matches!(part.name(), "term" | "def") {
                            words.extend(prose::some_plain(cursor, &part)?);
                        }
                    }
                    self.push(words.join(": "), Vec::new());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn figure<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read {
        let (label, text, marks) = caption(cursor, element)?;
        if !text.is_empty() {
            let section = path_with(&self.path, label.as_deref().unwrap_or("Figure"));
            self.drafts.push(Draft { section, category: Some(Passage::FIGURE.to_owned()), text, marks });
        }
        Ok(())
    }

    fn supplement<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read {
        let (label, text, marks) = caption(cursor, element)?;
        if !text.is_empty() {
            let section = path_with(&self.path, label.as_deref().unwrap_or("Supplement"));
            self.drafts.push(Draft { section, category: Some(Passage::BACK.to_owned()), text, marks });
        }
        Ok(())
    }

    /// A footnote: what it is about, where the source says so, and its paragraphs. It is no part of the running text.
    fn footnote<'x>(&mut self, cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read {
        let before = self.category.replace(Passage::BACK.to_owned());
        let depth = self.path.len();
        let kind = element.attribute("fn-type")?;
        self.path.extend(footnote_title(kind.as_deref()).map(str::to_owned));
        self.titled_below(cursor, element, self.path.len())?;
        self.path.truncate(depth);
        self.category = before;
        Ok(())
    }
}

/// Label, and title and text of the caption, of a figure or a supplement.
fn caption<'x>(
    cursor: &mut Cursor<'x>,
    element: &Element<'x>,
) -> Read<(Option<String>, String, Vec<std::ops::Range<usize>>)> {
    let (mut label, mut text, mut marks) = (None, String::new(), Vec::new());
    while let Some(part) = cursor.child(element)? {
        match part.name() {
            "label" => label = prose::some_plain(cursor, &part)?,
            "caption" if text.is_empty() => (text, marks) = prose::whole(cursor, &part)?,
            _ => {}
        }
    }
    Ok((label, text, marks))
}

/// The path with one more part: a label without its closing stop.
pub(super) fn path_with(path: &[String], label: &str) -> String {
    let label = label.trim_end_matches(['.', ':', ' ']);
    if path.is_empty() { label.to_owned() } else { format!("{}/{label}", path.join("/")) }
}

/// The first title within an element.
fn title_of(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read<Option<String>> {
    let mut found = None;
    while let Some(part) = cursor.child(element)? {
        let title = match part.name() {
            "title" | "article-title" => prose::some_plain(cursor, &part)?,
            "title-group" | "article-meta" => title_of(cursor, &part)?,
            _ => None,
        };
        found = found.or(title);
    }
    Ok(found)
}

/// What a `sec-type` says of a section, in the words of [`Passage::category`].
fn category_of(kind: &str) -> Option<&'static str> {
    // "materials|methods", "materials and methods": one that is known tells.
    let lower = kind.to_ascii_lowercase();
    let parts = lower.split(['|', ' ', '-', ',']);
    let told = |part: &str| match part {
        "intro" | "introduction" | "background" => Some("BACKGROUND"),
        "objective" | "objectives" | "aim" | "aims" => Some("OBJECTIVE"),
        "methods" | "method" | "materials" | "subjects" => Some("METHODS"),
        "results" | "findings" => Some("RESULTS"),
        "discussion" => Some("DISCUSSION"),
        "conclusion" | "conclusions" => Some("CONCLUSIONS"),
        "supplementary" | "coi" | "conflict" | "display" | "acknowledgement" | "acknowledgements" => {
            Some(Passage::BACK)
        }
        _ => None,
    };
    parts.filter_map(told).next()
}

fn footnote_title(kind: Option<&str>) -> Option<&'static str> {
    match kind? {
        "conflict" | "COI-statement" | "coi-statement" | "interest" => Some("Conflict of interest"),
        "con" => Some("Contributors"),
        "supported-by" | "financial-disclosure" | "funding" => Some("Funding"),
        _ => None,
    }
}

/// Whether a section declares interests.
fn of_interests(section: &str) -> bool {
    let lower = section.to_lowercase();
    [
        "competing interest",
        "conflict of interest",
        "conflicts of interest",
        "conflicting interest",
        "declaration of interest",
    ]
    .iter()
    .any(|words| lower.contains(words))
}
