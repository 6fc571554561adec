//! Reading one record by pulling its elements.

use std::borrow::Cow;

use quick_xml::errors::Error as QuickXmlError;
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::XmlError;

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
    /// How many elements are open.
    depth: usize,
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

/// How deep elements may be nested within a record.
const DEPTH: usize = 256;

impl<'x> Cursor<'x> {
    /// A cursor before the one element of `record`, which begins at byte `position` of its stream.
    pub fn new(record: &'x [u8], position: u64) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(record)
            .map_err(|error| XmlError::NotUtf8 { position: position + error.valid_up_to() as u64 })?;
        Ok(Self { reader: Reader::from_str(text), record: text, offset: position, depth: 0 })
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
        while self.depth == parent.depth {
            match self.next()? {
                Event::Start(start) => return self.open(&start).map(Some),
                Event::Empty(start) => return Ok(Some(self.empty(&start))),
                Event::End(_) => self.depth -= 1,
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
        while self.depth == parent.depth {
            match self.next()? {
                Event::Start(start) => return self.open(&start).map(|child| Some(Node::Element(child))),
                Event::Empty(start) => return Ok(Some(Node::Element(self.empty(&start)))),
                Event::End(_) => self.depth -= 1,
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
        let mut text = Cow::Borrowed("");
        while self.depth >= element.depth {
            match self.next()? {
                Event::Text(words) => push(&mut text, words.into_inner()),
                Event::CData(words) => push(&mut text, words.into_inner()),
                Event::GeneralRef(reference) => text.to_mut().push(self.resolve(&reference)?),
                Event::Start(_) => self.deeper()?,
                Event::End(_) => self.depth -= 1,
                Event::Eof => return Err(self.cut()),
                _ => {}
            }
        }
        Ok(text)
    }

    /// Everything within `element` in the order in which it stands, for text whose inline markup means something. Comments
    /// and processing instructions are left out; an empty element opens and closes.
    pub fn walk(&mut self, element: &Element<'_>, mut visit: impl FnMut(Piece<'_>)) -> Result<(), XmlError> {
        while self.depth >= element.depth {
            match self.next()? {
                Event::Text(words) => visit(Piece::Text(&words)),
                Event::CData(words) => visit(Piece::Text(&words)),
                Event::GeneralRef(reference) => {
                    let character = self.resolve(&reference)?;
                    visit(Piece::Text(character.encode_utf8(&mut [0; 4])));
                }
                Event::Start(start) => {
                    self.deeper()?;
                    visit(Piece::Open(start.name().as_ref()));
                }
                Event::Empty(start) => {
                    visit(Piece::Open(start.name().as_ref()));
                    visit(Piece::Close(start.name().as_ref()));
                }
                Event::End(end) => {
                    self.depth -= 1;
                    if self.depth >= element.depth {
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
        while self.depth > depth {
            match self.next()? {
                Event::Start(_) => self.deeper()?,
                Event::End(_) => self.depth -= 1,
                Event::GeneralRef(reference) => {
                    self.resolve(&reference)?;
                }
                Event::Eof => return Err(self.cut()),
                _ => {}
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Event<'x>, XmlError> {
        self.reader.read_event().map_err(|error| self.broken(&error))
    }

    fn open(&mut self, start: &BytesStart<'x>) -> Result<Element<'x>, XmlError> {
        self.deeper()?;
        Ok(self.element(start, self.depth, ">".len()))
    }

    fn empty(&self, start: &BytesStart<'x>) -> Element<'x> {
        self.element(start, self.depth + 1, "/>".len())
    }

    /// The element whose start tag, with a closing bracket of so many bytes, was just read.
    fn element(&self, start: &BytesStart<'x>, depth: usize, bracket: usize) -> Element<'x> {
        let end = self.reader.buffer_position() as usize - bracket;
        let tag = &self.record[end - start.len()..end];
        let name = &tag[..start.name().as_ref().len()];
        Element { tag, name, depth, position: self.offset + (end - tag.len() - 1) as u64 }
    }

    fn deeper(&mut self) -> Result<(), XmlError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(XmlError::TooDeep { position: self.position(), limit: DEPTH });
        }
        Ok(())
    }

    fn resolve(&self, reference: &BytesRef<'_>) -> Result<char, XmlError> {
        resolve(reference, self.position() - reference.len() as u64 - 2)
    }

    fn position(&self) -> u64 {
        self.offset + self.reader.buffer_position()
    }

    fn cut(&self) -> XmlError {
        XmlError::Truncated { position: self.position(), inside: "record".to_owned() }
    }

    fn syntax(&self, reason: &str) -> XmlError {
        XmlError::Syntax { position: self.position(), reason: reason.to_owned() }
    }

    fn broken(&self, error: &QuickXmlError) -> XmlError {
        XmlError::Syntax { position: self.offset + self.reader.error_position(), reason: error.to_string() }
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
