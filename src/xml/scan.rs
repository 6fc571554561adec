//! Finding where things end, on bytes alone.

use memchr::{memchr, memchr3, memmem};

/// The end of a piece of markup that begins at the start of `bytes`, one past its last byte; none if it is not in `bytes`.
pub(super) fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        match bytes[at] {
            b'>' => return Some(at + 1),
            quote => at += 2 + memchr(quote, bytes.get(at + 1..)?)?,
        }
    }
}

/// One past `needle` at or after `from`.
pub(super) fn after(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    memmem::find(bytes.get(from..)?, needle).map(|at| from + at + needle.len())
}

/// Whether an element name that ends before `next` is complete there.
pub(super) fn ends_name(next: u8) -> bool {
    matches!(next, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')
}

/// Where a record ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Behind this many bytes.
    At(usize),
    /// Nowhere: after this many bytes the next record begins.
    Missing(usize),
    /// Not within the bytes at hand.
    Unknown,
}

/// The search for the end of a record. It goes on where it stopped when more bytes are at hand.
#[derive(Debug)]
pub(super) struct RecordScan {
    name: memmem::Finder<'static>,
    /// Everything before was looked at.
    from: usize,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// In the start tag, perhaps within a value in these quotes.
    StartTag(Option<u8>),
    Content,
    /// In a comment or a CDATA section, which ends with these bytes.
    Hidden(&'static [u8]),
}

impl RecordScan {
    /// A search in bytes that begin with `<name`.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name: memmem::Finder::new(name), from: 0, state: State::StartTag(None) }
    }

    /// How many bytes, from the start, need not be kept for the search to go on.
    pub(super) fn done(&self) -> usize {
        self.from
    }

    /// Says that so many bytes were taken away from the start.
    pub(super) fn dropped(&mut self, bytes: usize) {
        self.from -= bytes;
    }

    /// Looks through `bytes`, which begin with the record, or with what [`RecordScan::dropped`] left of it.
    pub(super) fn look(&mut self, bytes: &[u8]) -> End {
        loop {
            match self.state {
                State::StartTag(Some(quote)) => {
                    let Some(at) = memchr(quote, &bytes[self.from..]) else {
                        self.from = bytes.len();
                        return End::Unknown;
                    };
                    self.from += at + 1;
                    self.state = State::StartTag(None);
                }
                State::StartTag(None) => {
                    let Some(at) = memchr3(b'>', b'"', b'\'', &bytes[self.from..]) else {
                        // The last byte may be the slash of an empty element.
                        self.from = self.from.max(bytes.len().saturating_sub(1));
                        return End::Unknown;
                    };
                    let found = bytes[self.from + at];
                    self.from += at + 1;
                    self.state = State::StartTag(Some(found));
                    if found == b'>' {
                        self.state = State::Content;
                        if bytes[..self.from].ends_with(b"/>") {
                            return End::At(self.from);
                        }
                    }
                }
                State::Hidden(end) => match after(bytes, self.from, end) {
                    Some(at) => {
                        self.from = at;
                        self.state = State::Content;
                    }
                    None => {
                        self.from = self.from.max(bytes.len().saturating_sub(end.len() - 1));
                        return End::Unknown;
                    }
                },
                State::Content => match self.content(bytes) {
                    Some(end) => return end,
                    None => continue,
                },
            }
        }
    }

    /// Looks for the next tag with the record's name; none when a comment or a CDATA section comes first.
    fn content(&mut self, bytes: &[u8]) -> Option<End> {
        let name_len = self.name.needle().len();
        let mut from = self.from;
        let (tag, end) = loop {
            let Some(found) = self.name.find(&bytes[from..]).map(|at| from + at) else {
                // A tag, or the opening of a comment, may be cut by the end of the bytes.
                let safe = bytes.len().saturating_sub(name_len.max(CDATA.len()) + 2);
                return self.hidden(bytes, bytes.len()).then_some(End::Unknown).inspect(|_| {
                    self.from = self.from.max(safe);
                });
            };
            from = found + name_len;
            let before = &bytes[self.from..found];
            let Some(&next) = bytes.get(from) else {
                return self.hidden(bytes, found).then_some(End::Unknown);
            };
            if before.ends_with(b"</") {
                let spaces = bytes[from..].iter().take(MOST_SPACES).take_while(|b| b.is_ascii_whitespace()).count();
                match bytes.get(from + spaces) {
                    Some(b'>') => break (found - 2, End::At(from + spaces + 1)),
                    None => return self.hidden(bytes, found).then_some(End::Unknown),
                    Some(_) => {}
                }
            } else if before.ends_with(b"<") && ends_name(next) {
                break (found - 1, End::Missing(found - 1));
            }
        };
        self.hidden(bytes, tag).then_some(end)
    }

    /// Looks whether a comment or a CDATA section opens before `until`, and goes into it. True when none does.
    fn hidden(&mut self, bytes: &[u8], until: usize) -> bool {
        let mut from = self.from;
        while let Some(at) = memmem::find(&bytes[from..until], b"<!").map(|at| from + at) {
            let rest = &bytes[at..];
            for (open, close) in [(COMMENT, b"-->".as_slice()), (CDATA, b"]]>".as_slice())] {
                if rest.starts_with(open) {
                    self.from = at + open.len();
                    self.state = State::Hidden(close);
                    return false;
                }
            }
            from = at + 2;
        }
        true
    }
}

/// Within an end tag; with more it is none.
const MOST_SPACES: usize = 1024;
const COMMENT: &[u8] = b"<!--";
const CDATA: &[u8] = b"<![CDATA[";

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> End {
        RecordScan::new("R").look(text.as_bytes())
    }

    #[test]
    fn the_end_is_the_end_tag_and_nothing_that_looks_like_it() {
        assert_eq!(whole("<R></R>"), End::At(7));
        assert_eq!(whole("<R/>"), End::At(4));
        assert_eq!(whole("<R a='>' b=\"/>\"></R >x"), End::At(21));
        assert_eq!(whole("<R><!-- </R> --><![CDATA[</R>]]></Rs><Rs></R>"), End::At(45));
        assert_eq!(whole("<R>R</R"), End::Unknown);
        assert_eq!(whole("<R>a<R>b</R>"), End::Missing(4));
        assert_eq!(whole("<R>a<R"), End::Unknown);
    }

    #[test]
    fn bytes_that_come_one_by_one_give_the_same_end() {
        for text in [
            "<R></R>",
            "<R a='>' b=\"/>\"></R >",
            "<R><!-- </R> --><![CDATA[</R>]]></Rs><Rs>< /R></R\n>",
            "<R>a<R>b</R>",
            "<R><!x></R>",
        ] {
            let mut scan = RecordScan::new("R");
            let mut ends = (1..=text.len()).map(|n| scan.look(&text.as_bytes()[..n]));
            let end = ends.find(|end| *end != End::Unknown);
            assert_eq!(end, Some(whole(text)), "{text}");
        }
    }

    #[test]
    fn bytes_already_looked_at_can_go() {
        let text = "<R><!-- </R> --> some words that are not needed any more <b>x</b></R>";
        let mut scan = RecordScan::new("R");
        let mut gone = 0;
        for n in 1..=text.len() {
            let end = scan.look(&text.as_bytes()[gone..n]);
            if let End::At(at) = end {
                assert_eq!(gone + at, text.len());
                return;
            }
            let done = scan.done();
            scan.dropped(done);
            gone += done;
        }
        panic!("no end found");
    }
}
