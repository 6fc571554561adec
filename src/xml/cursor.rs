//! Reading one record by pulling its elements.

use std::borrow::Cow;

use quick_xml::errors::Error as QuickXmlError;
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::XmlError;
use super::scan::{ends_name, tag_end};

/// A place in a record. It moves forward only: an element is asked for its children, or its text, when it is handed over.
///
/// ```
/// # use litmine::xml::{Cursor, XmlError};
/// # fn main() -> Result<(), XmlError> {
/// let mut cursor = Cursor::new(b"<Term Lang='eng'><UI>T1</UI><String>a &lt; b</String></Term>", 0)?;
/// let term = cursor.root()?;
/// assert_eq!(term.attribute("Lang")?.as_deref(), Some("eng"));
/// while let Some(child) = cursor.child(&term)? {
///     match child.name() {
///         "String" => assert_eq!(cursor.text(&child)?, "a < b"),
///         _ => {} // what is not read is passed over
///     }
/// }
/// cursor.finish()
/// # }
/// ```
pub struct Cursor<'x> {
    reader: Reader<&'x [u8]>,
    record: &'x str,
    /// Where in the stream the record begins.
    offset: u64,
    /// How many bytes were read without the reader.
    skipped: usize,
    /// The elements that are open, by name.
    open: Vec<&'x str>,
    /// Whether the reader stands right behind a tag.
    behind_tag: bool,
}

/// An element that a [`Cursor`] came to. It is read until the cursor is asked for a sibling of it or goes on elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'x> {
    /// The start tag without its angle brackets.
    tag: &'x str,
    name: &'x str,
    /// How many elements are open within it, itself among them.
    depth: usize,
    position: u64,
}

impl<'x> Element<'x> {
    /// Its name, prefix and all.
    pub fn name(&self) -> &'x str {
        self.name
    }

    /// Its name without a prefix.
    pub fn local_name(&self) -> &'x str {
        self.name.rsplit_once(':').map_or(self.name, |(_, local)| local)
    }

    /// Where it stands in the stream, in bytes.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The value of an attribute, its references resolved.
    pub fn attribute(&self, name: &str) -> Result<Option<Cow<'x, str>>, XmlError> {
        let mut attributes = Attributes::new(self.tag, self.name.len());
        for attribute in attributes.with_checks(false) {
            let attribute =
                attribute.map_err(|error| XmlError::Syntax { position: self.position, reason: error.to_string() })?;
            if attribute.key.as_ref() == name {
                return unescape(attribute.value, self.position).map(Some);
            }
        }
        Ok(None)
    }
}

/// What [`Cursor::node`] comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node<'x> {
    /// Words, with every reference resolved. Words that stand together may come in pieces.
    Text(Cow<'x, str>),
    /// An element, which may be read before the next node is asked for.
    Element(Element<'x>),
}

/// What [`Cursor::walk`] comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'p> {
    /// Words, with every reference resolved.
    Text(&'p str),
    /// An element within begins.
    Open(&'p str),
    /// An element within ends.
    Close(&'p str),
}

/// What [`Cursor::tag`] reads.
enum Tag<'x> {
    Start(Element<'x>),
    End,
}

/// How deep elements may be nested within a record.
const DEPTH: usize = 256;

impl<'x> Cursor<'x> {
    /// A cursor before the one element of `record`, which begins at byte `position` of its stream.
    pub fn new(record: &'x [u8], position: u64) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(record)
            .map_err(|error| XmlError::NotUtf8 { position: position + error.valid_up_to() as u64 })?;
        let mut reader = Reader::from_str(text);
        // End tags are checked here, because not all tags pass through the reader.
        let config = reader.config_mut();
        (config.check_end_names, config.allow_unmatched_ends) = (false, true);
        Ok(Self { reader, record: text, offset: position, skipped: 0, open: Vec::new(), behind_tag: false })
    }

    /// The record's own element.
    pub fn root(&mut self) -> Result<Element<'x>, XmlError> {
        loop {
            match self.next()? {
                Event::Start(start) => return self.open(&start),
                Event::Empty(start) => return Ok(self.empty(&start)),
                Event::Eof => return Err(XmlError::NoElement { position: self.position() }),
                _ => {}
            }
        }
    }

    /// The next child of `parent`; none behind the last. Text between children is passed over, and so is what was not read
    /// of the child before.
    pub fn child(&mut self, parent: &Element<'_>) -> Result<Option<Element<'x>>, XmlError> {
        self.leave(parent.depth)?;
        while self.open.len() == parent.depth {
            match self.tag()? {
                Some(Tag::Start(child)) => return Ok(Some(child)),
                Some(Tag::End) => continue,
                None => {}
            }
            match self.next()? {
                Event::Start(start) => return self.open(&start).map(Some),
                Event::Empty(start) => return Ok(Some(self.empty(&start))),
                Event::End(end) => self.close(&end)?,
                Event::Eof => return Err(self.cut()),
                _ => {}
            }
        }
        Ok(None)
    }

    /// The next child of `parent` or words between its children, in the order in which they stand; none behind the last.
    /// What was not read of the child before is passed over, and so are comments and processing instructions.
    pub fn node(&mut self, parent: &Element<'_>) -> Result<Option<Node<'x>>, XmlError> {
        self.leave(parent.depth)?;
        while self.open.len() == parent.depth {
            match self.next()? {
                Event::Start(start) => return self.open(&start).map(|child| Some(Node::Element(child))),
                Event::Empty(start) => return Ok(Some(Node::Element(self.empty(&start)))),
                Event::End(end) => self.close(&end)?,
                Event::Text(words) => return Ok(Some(Node::Text(words.into_inner()))),
                Event::CData(words) => return Ok(Some(Node::Text(words.into_inner()))),
                Event::GeneralRef(reference) => {
                    return self.resolve(&reference).map(|c| Some(Node::Text(Cow::Owned(c.to_string()))));
                }
                Event::Eof => return Err(self.cut()),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Everything that is written within `element`, inline markup left out, as it stands: nothing is trimmed.
    pub fn text(&mut self, element: &Element<'_>) -> Result<Cow<'x, str>, XmlError> {
        if let Some(text) = self.leaf(element) {
            return Ok(Cow::Borrowed(text));
        }
        let mut text = Cow::Borrowed("");
        while self.open.len() >= element.depth {
            match self.next()? {
                Event::Text(words) => push(&mut text, words.into_inner()),
                Event::CData(words) => push(&mut text, words.into_inner()),
                Event::GeneralRef(reference) => text.to_mut().push(self.resolve(&reference)?),
                Event::Start(start) => {
                    self.open(&start)?;
                }
                Event::End(end) => self.close(&end)?,
                Event::Eof => return Err(self.cut()),
                _ => {}
            }
        }
        Ok(text)
    }

    /// Everything within `element` in the order in which it stands, for text whose inline markup means something. Comments
    /// and processing instructions are left out; an empty element opens and closes.
    pub fn walk(&mut self, element: &Element<'_>, mut visit: impl FnMut(Piece<'_>)) -> Result<(), XmlError> {
        if let Some(text) = self.leaf(element) {
            if !text.is_empty() {
                visit(Piece::Text(text));
            }
            return Ok(());
        }
        while self.open.len() >= element.depth {
            match self.next()? {
                Event::Text(words) => visit(Piece::Text(&words)),
                Event::CData(words) => visit(Piece::Text(&words)),
                Event::GeneralRef(reference) => {
                    let character = self.resolve(&reference)?;
                    visit(Piece::Text(character.encode_utf8(&mut [0; 4])));
                }
                Event::Start(start) => visit(Piece::Open(self.open(&start)?.name)),
                Event::Empty(start) => {
                    visit(Piece::Open(start.name().as_ref()));
                    visit(Piece::Close(start.name().as_ref()));
                }
                Event::End(end) => {
                    self.close(&end)?;
                    if self.open.len() >= element.depth {
                        visit(Piece::Close(end.name().as_ref()));
                    }
                }
                Event::Eof => return Err(self.cut()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads to the end of the record, so that what was not asked for is known to be well formed too.
    pub fn finish(mut self) -> Result<(), XmlError> {
        self.leave(0)?;
        loop {
            match self.next()? {
                Event::Eof => return Ok(()),
                Event::Start(_) | Event::Empty(_) => {
                    return Err(self.syntax("a second element after the record's own"));
                }
                _ => {}
            }
        }
    }

    /// Passes over everything deeper than `depth`.
    fn leave(&mut self, depth: usize) -> Result<(), XmlError> {
        while self.open.len() > depth {
            match self.next()? {
                Event::Start(start) => {
                    self.open(&start)?;
                }
                Event::End(end) => self.close(&end)?,
                Event::GeneralRef(reference) => {
                    self.resolve(&reference)?;
                }
                Event::Eof => return Err(self.cut()),
                _ => {}
            }
        }
        Ok(())
    }

    /// What the reader has not read yet, where it stands right behind a tag, so that going on from elsewhere is the same to it.
    fn rest(&self) -> Option<&'x [u8]> {
        self.behind_tag.then(|| *self.reader.get_ref())
    }

    /// Goes on behind the end of `rest`, past the reader.
    fn skip_to(&mut self, rest: &'x [u8]) {
        self.skipped += self.reader.get_ref().len() - rest.len();
        *self.reader.get_mut() = rest;
    }

    /// Reads what most elements are, words without references and an end tag, in one step, of which the reader would make
    /// two events. None where `element` was not just come to or is something else; nothing is read then.
    fn leaf(&mut self, element: &Element<'_>) -> Option<&'x str> {
        let rest = self.rest().filter(|_| self.open.len() == element.depth)?;
        let end = memchr::memchr2(b'<', b'&', rest)?;
        let after = rest[end..].strip_prefix(b"</")?.strip_prefix(element.name.as_bytes())?.strip_prefix(b">")?;
        let start = self.record.len() - rest.len();
        self.skip_to(after);
        self.open.pop();
        Some(&self.record[start..start + end])
    }

    /// Reads the tag that stands here, perhaps behind white space, for which the reader would need two events. None where
    /// something else stands here, or a tag that needs a closer look; nothing is read then.
    fn tag(&mut self) -> Result<Option<Tag<'x>>, XmlError> {
        let Some(rest) = self.rest().map(<[u8]>::trim_ascii_start) else { return Ok(None) };
        match rest {
            [b'<', b'/', end @ ..] => {
                let open = self.open.last().map_or("", |name| name).as_bytes();
                let Some(after) = end.strip_prefix(open).and_then(|end| end.strip_prefix(b">")) else {
                    return Ok(None);
                };
                self.skip_to(after);
                self.open.pop();
                Ok(Some(Tag::End))
            }
            [b'<', b'A'..=b'Z' | b'a'..=b'z', ..] => {
                let Some(length) = tag_end(rest, 1).filter(|&end| rest[end - 2] != b'/') else { return Ok(None) };
                let start = self.record.len() - rest.len() + 1;
                let tag = &self.record[start..start + length - "<>".len()];
                let name = &tag[..tag.bytes().position(ends_name).unwrap_or(tag.len())];
                self.skip_to(&rest[length..]);
                let position = self.offset + (start - 1) as u64;
                self.enter(Element { tag, name, depth: self.open.len() + 1, position })
                    .map(|child| Some(Tag::Start(child)))
            }
            _ => Ok(None),
        }
    }

    fn next(&mut self) -> Result<Event<'x>, XmlError> {
        let event = self.reader.read_event().map_err(|error| self.broken(&error))?;
        self.behind_tag = matches!(event, Event::Start(_) | Event::End(_) | Event::Empty(_));
        Ok(event)
    }

    fn open(&mut self, start: &BytesStart<'x>) -> Result<Element<'x>, XmlError> {
        self.enter(self.element(start, self.open.len() + 1, ">".len()))
    }

    fn enter(&mut self, element: Element<'x>) -> Result<Element<'x>, XmlError> {
        if element.depth > DEPTH {
            return Err(XmlError::TooDeep { position: self.position(), limit: DEPTH });
        }
        self.open.push(element.name);
        Ok(element)
    }

    fn close(&mut self, end: &BytesEnd<'_>) -> Result<(), XmlError> {
        let name = end.name();
        match self.open.pop() {
            Some(open) if open == name.as_ref() => Ok(()),
            Some(open) => Err(self.syntax(&format!("</{}> closes <{open}>", name.as_ref()))),
            None => Err(self.syntax(&format!("</{}> closes nothing that is open", name.as_ref()))),
        }
    }

    fn empty(&self, start: &BytesStart<'x>) -> Element<'x> {
        self.element(start, self.open.len() + 1, "/>".len())
    }

    /// The element whose start tag, with a closing bracket of so many bytes, was just read.
    fn element(&self, start: &BytesStart<'x>, depth: usize, bracket: usize) -> Element<'x> {
        let end = self.record.len() - self.reader.get_ref().len() - bracket;
        let tag = &self.record[end - start.len()..end];
        let name = &tag[..start.name().as_ref().len()];
        Element { tag, name, depth, position: self.offset + (end - tag.len() - 1) as u64 }
    }

    fn resolve(&self, reference: &BytesRef<'_>) -> Result<char, XmlError> {
        resolve(reference, self.position() - reference.len() as u64 - 2)
    }

    fn position(&self) -> u64 {
        self.offset + (self.record.len() - self.reader.get_ref().len()) as u64
    }

    fn cut(&self) -> XmlError {
        XmlError::Truncated { position: self.position(), inside: "record".to_owned() }
    }

    fn syntax(&self, reason: &str) -> XmlError {
        XmlError::Syntax { position: self.position(), reason: reason.to_owned() }
    }

    fn broken(&self, error: &QuickXmlError) -> XmlError {
        XmlError::Syntax {
            position: self.offset + self.skipped as u64 + self.reader.error_position(),
            reason: error.to_string(),
        }
    }
}

fn push<'x>(text: &mut Cow<'x, str>, words: Cow<'x, str>) {
    if text.is_empty() {
        *text = words;
    } else {
        text.to_mut().push_str(&words);
    }
}

fn resolve(reference: &str, position: u64) -> Result<char, XmlError> {
    match reference {
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "amp" => return Ok('&'),
        "apos" => return Ok('\''),
        "quot" => return Ok('"'),
        _ => {}
    }
    let unknown = || XmlError::UnknownEntity { position, name: reference.to_owned() };
    let number = reference.strip_prefix('#').ok_or_else(unknown)?;
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    // A sign is no digit, whatever the parser of numbers thinks.
    let code = digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, radix).ok()).flatten();
    code.filter(|&code| code != 0).and_then(char::from_u32).ok_or_else(unknown)
}

fn unescape(value: Cow<'_, str>, position: u64) -> Result<Cow<'_, str>, XmlError> {
    if memchr::memchr(b'&', value.as_bytes()).is_none() {
        return Ok(value);
    }
    let mut plain = String::with_capacity(value.len());
    let mut rest: &str = &value;
    while let Some((before, after)) = rest.split_once('&') {
        let (reference, after) = after.split_once(';').ok_or_else(|| XmlError::Syntax {
            position,
            reason: "a “&” in an attribute that begins no reference".to_owned(),
        })?;
        plain.push_str(before);
        plain.push(resolve(reference, position)?);
        rest = after;
    }
    plain.push_str(rest);
    Ok(Cow::Owned(plain))
}

#[cfg(test)]
mod tests;
