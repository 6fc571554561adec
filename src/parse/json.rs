//! Records in a JSON answer: the elements of one array, each as it stood, in memory bounded by the longest.

use std::io::{self, BufRead};

/// Finds the objects of the array under a key, wherever in the answer that key stands; or, where the answer itself is such an
/// object, that one.
pub(super) struct Elements<'r> {
    input: &'r mut dyn BufRead,
    key: &'static str,
    /// Bytes that were read.
    position: u64,
    state: State,
    longest: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Looking for the array.
    Before,
    /// In it, between objects.
    Within,
    /// Behind it; what follows is no record.
    Behind,
}

/// An object, as it stood.
pub(super) struct Element {
    pub(super) bytes: Vec<u8>,
    pub(super) position: u64,
}

/// Keeps track of strings and brackets.
#[derive(Default)]
struct Scanner {
    in_string: bool,
    escaped: bool,
    depth: u32,
}

impl Scanner {
    /// Takes the next byte; says whether it is outside of strings.
    fn take(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        true
    }
}

/// The longest record; a registration with all its results has a few megabytes.
const LONGEST: usize = 64 << 20;

impl<'r> Elements<'r> {
    /// The objects of the array under `key`.
    pub(super) fn new(input: &'r mut dyn BufRead, key: &'static str) -> Self {
        Self { input, key, position: 0, state: State::Before, longest: LONGEST }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let Some(byte) = self.input.fill_buf()?.first().copied() else { return Ok(None) };
        self.input.consume(1);
        self.position += 1;
        Ok(Some(byte))
    }

    /// The next object; none when the answer ended as it should.
    pub(super) fn next(&mut self) -> io::Result<Option<Element>> {
        if self.state == State::Before && !self.find_array()? {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it has no “{}”", self.key)));
        }
        if self.state == State::Behind {
            return Ok(None);
        }
        loop {
            match self.byte()? {
                None => return Err(cut()),
                Some(b'{') => return self.object().map(Some),
                Some(b']') => {
                    self.state = State::Behind;
                    self.finish()?;
                    return Ok(None);
                }
                Some(byte) if byte == b',' || byte.is_ascii_whitespace() => {}
                Some(byte) => {
                    let reason = format!("“{}” where a record should begin", char::from(byte));
                    return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
                }
            }
        }
    }

    /// Reads on to the array under the key.
    fn find_array(&mut self) -> io::Result<bool> {
        let (mut scanner, mut string, mut is_key) = (Scanner::default(), Vec::new(), false);
        while let Some(byte) = self.byte()? {
            let was_in_string = scanner.in_string;
            let outside = scanner.take(byte);
            if was_in_string {
                if scanner.in_string {
                    string.push(byte);
                    // No key is longer; a text need not be kept.
                    string.truncate(self.key.len() + 1);
                } else {
                    is_key = string == self.key.as_bytes();
                }
            } else if scanner.in_string {
                string.clear();
            } else if outside && is_key {
                match byte {
                    b'[' => {
                        self.state = State::Within;
                        return Ok(true);
                    }
                    b':' => {}
                    _ if byte.is_ascii_whitespace() => {}
                    _ => is_key = false,
                }
            }
        }
        Ok(false)
    }

    /// The object whose opening brace was read.
    fn object(&mut self) -> io::Result<Element> {
        let position = self.position - 1;
        let (mut scanner, mut bytes) = (Scanner { depth: 1, ..Scanner::default() }, vec![b'{']);
        loop {
            let (used, done) = {
                let buffer = self.input.fill_buf()?;
                if buffer.is_empty() {
                    return Err(cut());
                }
                let mut used = 0;
                let mut done = false;
                for byte in buffer {
                    used += 1;
                    if scanner.take(*byte) && scanner.depth == 0 {
                        done = true;
                        break;
                    }
                }
                bytes.extend_from_slice(&buffer[..used]);
                (used, done)
            };
            self.input.consume(used);
            self.position += used as u64;
            if done {
                return Ok(Element { bytes, position });
            }
            if bytes.len() > self.longest {
                let reason = format!("a record of more than {} bytes", self.longest);
                return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
            }
        }
    }

    /// Reads the rest: an answer that is cut short behind its records is cut short all the same.
    fn finish(&mut self) -> io::Result<()> {
        let mut last = b' ';
        while let Some(byte) = self.byte()? {
            if !byte.is_ascii_whitespace() {
                last = byte;
            }
        }
        if last == b'}' { Ok(()) } else { Err(cut()) }
    }
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the answer is cut short")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (Vec<String>, Result<(), String>) {
        let mut input = text.as_bytes();
        let mut elements = Elements::new(&mut input, "studies");
        let mut found = Vec::new();
        loop {
            match elements.next() {
                Ok(Some(element)) => {
                    let at = element.position as usize;
                    assert!(text.as_bytes()[at..].starts_with(&element.bytes), "the place must be right");
                    found.push(String::from_utf8(element.bytes).unwrap());
                }
                Ok(None) => return (found, Ok(())),
                Err(error) => return (found, Err(error.to_string())),
            }
        }
    }

    #[test]
    fn objects_are_found_whatever_stands_around_and_in_them() {
        let text = r#"{"totalCount":2,"note":"\"studies\": [{","studies" : [ {"a":"}]\"{","b":[{}]} , {"studies":[{}]}], "next":"x"}"#;
        let (found, ended) = read(text);
        assert_eq!(found, [r#"{"a":"}]\"{","b":[{}]}"#, r#"{"studies":[{}]}"#]);
        assert_eq!(ended, Ok(()));
        assert_eq!(read(r#"{"studies":[]}"#), (Vec::new(), Ok(())));
    }

    #[test]
    fn what_is_cut_short_or_something_else_says_so() {
        let text = r#"{"studies":[{"a":1},{"b":2}],"n":1}"#;
        for end in 1..text.len() {
            assert!(read(&text[..end]).1.is_err(), "{}", &text[..end]);
        }
        assert!(read(r#"{"error":"studies"}"#).1.unwrap_err().contains("studies"));
        assert!(read(r#"{"studies":[7]}"#).1.is_err());
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[\\[\\]{}\",:\\\\a ]{0,40}") {
            let _ = read(&format!("{{\"studies\":[{text}"));
        }
    }
}
