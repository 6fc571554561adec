//! PubTator's text: `PMID|t|title`, `PMID|a|abstract`, then lines of annotations, a blank line between documents.
//!
//! The text is kept to the letter, so that the offsets of the annotations hold in `model::Document::text`: title, one newline,
//! abstract. The annotations themselves are gold for `eval` and no part of the document.

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::model::{Document, Identifiers, Passage};
use crate::parse::{Item, ParseError, Record, RecordParser, Rejection};

/// PubTator's text format.
pub(super) struct PubTator;

/// The longest line.
const LONGEST: u64 = 64 << 20;

impl RecordParser for PubTator {
    fn name(&self) -> &'static str {
        "pubtator"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let start = head.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(head.len());
        let head = &head[start..];
        let digits = head.iter().take_while(|b| b.is_ascii_digit()).count();
        digits > 0 && head[digits..].starts_with(b"|t|")
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        let mut position = 0;
        let mut block = Block::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = input
                .by_ref_take(LONGEST)
                .read_until(b'\n', &mut line)
                .map_err(|source| ParseError::Read { position, source })? as u64;
            let blank = line.iter().all(u8::is_ascii_whitespace);
            if (read == 0 || blank) && !block.bytes.is_empty() && sink(block.finish()).is_break() {
                return Ok(());
            }
            if read == 0 {
                return Ok(());
            }
            if !blank {
                if block.bytes.is_empty() {
                    block.position = position;
                }
                block.bytes.extend_from_slice(&line);
            }
            position += read;
        }
    }
}

/// `Read::take` for a reader behind a pointer.
trait ByRefTake {
    fn by_ref_take(&mut self, limit: u64) -> std::io::Take<&mut Self>;
}

impl ByRefTake for dyn BufRead + '_ {
    fn by_ref_take(&mut self, limit: u64) -> std::io::Take<&mut Self> {
        std::io::Read::take(self, limit)
    }
}

/// The lines of one document.
#[derive(Default)]
struct Block {
    position: u64,
    bytes: Vec<u8>,
}

impl Block {
    /// What the lines say; the block is empty again.
    fn finish(&mut self) -> Item {
        let bytes = std::mem::take(&mut self.bytes);
        match read(&bytes) {
            Ok(document) => Item::Document(Box::new(Record { document, bytes, position: self.position })),
            Err(reason) => Item::Rejected(Rejection::new(self.position, reason, &bytes)),
        }
    }
}

fn read(bytes: &[u8]) -> Result<Document, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    let mut document = Document { version: 1, ..Document::default() };
    let mut pmid: Option<u64> = None;
    for line in text.lines() {
        let mut parts = line.splitn(3, '|');
        let (Some(number), Some(kind), Some(words)) = (parts.next(), parts.next(), parts.next()) else {
            // A line of an annotation or a relation: the number, then columns.
            if line.split('\t').next().is_some_and(|first| first.parse::<u64>().is_ok()) {
                continue;
            }
            return Err(format!(
                "a line is neither text nor annotation: {:?}",
                line.chars().take(40).collect::<String>()
            ));
        };
        let number: u64 = match number.parse() {
            Ok(number) => number,
            Err(_) if line.contains('\t') => continue,
            Err(_) => return Err(format!("“{number}” is no PMID")),
        };
        if pmid.is_some_and(|known| known != number) {
            return Err(format!("lines of two documents, {number} among those of {}", pmid.unwrap_or_default()));
        }
        pmid = Some(number);
        match kind {
            "t" if document.passages.is_empty() => document.set_title(words.to_owned()),
            "a" if document.passages.len() == 1 => document.passages.push(Passage {
                section: "ABSTRACT".to_owned(),
                category: None,
                text: words.to_owned(),
            }),
            "t" | "a" => return Err(format!("a second or misplaced |{kind}| line")),
            other => return Err(format!("a line of unknown kind |{other}|")),
        }
    }
    let pmid = pmid.ok_or_else(|| "no |t| line".to_owned())?;
    if document.passages.is_empty() {
        return Err("no |t| line".to_owned());
    }
    document.identifiers = Identifiers { pmid: Some(pmid), ..Identifiers::default() };
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vec<Item> {
        let mut items = Vec::new();
        let mut input = text.as_bytes();
        PubTator
            .parse(&mut input, &mut |item| {
                items.push(item);
                ControlFlow::Continue(())
            })
            .unwrap();
        items
    }

    #[test]
    fn offsets_of_the_format_hold() {
        let items = parse(
            "5|t|Ümlaut  title \n5|a|Abstract | with a bar.\n5\t0\t6\tÜmlaut\tDisease\tD1\n5\tCID\tD1\tD2\n\n6|t|B\n6|a|\n",
        );
        let [Item::Document(first), Item::Document(second)] = items.as_slice() else { panic!("{items:?}") };
        assert_eq!(first.document.text(), "Ümlaut  title \nAbstract | with a bar.");
        assert_eq!(second.document.text(), "B\n");
        assert_eq!(second.document.identifiers.pmid, Some(6));
    }

    #[test]
    fn a_broken_document_is_rejected_and_the_next_is_read() {
        let items = parse("5|t|A\n9|a|of another\n\n6|t|B\n");
        assert!(matches!(&items[0], Item::Rejected(r) if r.position == 0), "{items:?}");
        assert!(matches!(&items[1], Item::Document(_)));
    }
}
