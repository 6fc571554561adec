//! A stream of records, opened: decompressed where it is compressed, guarded, its head known; an archive taken apart.

mod archive;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

pub use archive::{Stream, each_stream};

/// How much of the beginning is looked at to tell the format.
const HEAD: usize = 4096;
/// How much is read at a time.
const CHUNK: usize = 64 << 10;
/// A compressed stream may always grow to this many bytes …
const FREE: u64 = 64 << 20;
/// … and beyond that to so many times its compressed size. XML of real papers shrinks to about a tenth.
const RATIO: u64 = 500;

/// Why a stream could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file cannot be opened or read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder where a file is needed.
    #[error("{} is a folder", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
    },
    /// Reading failed at the very beginning.
    #[error("{0}")]
    Read(#[from] io::Error),
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is UTF-16.
    #[error("it is encoded as UTF-16; convert it first (iconv -t UTF-8)")]
    Utf16,
}

/// A stream of records, decompressed.
pub struct Input<'a> {
    reader: Box<dyn BufRead + 'a>,
    head: Vec<u8>,
    /// How much of the head was handed over.
    used: usize,
}

impl<'a> Input<'a> {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, InputError> {
        let place = |source| InputError::File { path: path.to_owned(), source };
        let file = File::open(path).map_err(place)?;
        if file.metadata().map_err(place)?.is_dir() {
            return Err(InputError::Folder { path: path.to_owned() });
        }
        Self::from_reader(Box::new(file)).map_err(|error| match error {
            InputError::Read(source) => place(source),
            InputError::Empty => place(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty")),
            InputError::Utf16 => place(io::Error::new(io::ErrorKind::InvalidData, InputError::Utf16.to_string())),
            other => other,
        })
    }

    /// Takes over a stream that is open.
    pub fn from_reader(input: Box<dyn Read + 'a>) -> Result<Self, InputError> {
        let mut raw = BufReader::with_capacity(CHUNK, input);
        let compressed = raw.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let mut reader: Box<dyn BufRead + 'a> = if compressed {
            let counted = Counted { input: raw, bytes: 0 };
            let decoder = MultiGzDecoder::new(counted);
            Box::new(BufReader::with_capacity(CHUNK, Guarded { decoder, bytes: 0 }))
        } else {
            Box::new(raw)
        };
        let mut head = Vec::with_capacity(HEAD);
        reader.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        if head.is_empty() {
            return Err(InputError::Empty);
        }
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(InputError::Utf16);
        }
        // The mark is no part of the text; leaving it out keeps positions those of what is read.
        let used = if head.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
        Ok(Self { reader, head, used })
    }

    /// How it begins: up to 4 KiB.
    pub fn head(&self) -> &[u8] {
        self.head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(&self.head)
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = &self.head[self.used..];
        if head.is_empty() {
            return self.reader.read(buffer);
        }
        let n = head.len().min(buffer.len());
        buffer[..n].copy_from_slice(&head[..n]);
        self.used += n;
        Ok(n)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used < self.head.len() { Ok(&self.head[self.used..]) } else { self.reader.fill_buf() }
    }

    fn consume(&mut self, n: usize) {
        if self.used < self.head.len() {
            self.used += n;
        } else {
            self.reader.consume(n);
        }
    }
}

/// Counts the compressed bytes that were used.
struct Counted<R> {
    input: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        self.bytes += n as u64;
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.bytes += n as u64;
        self.input.consume(n);
    }
}

/// Stops when the stream grows beyond reason.
struct Guarded<R> {
    decoder: MultiGzDecoder<Counted<R>>,
    bytes: u64,
}

impl<R: BufRead> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.decoder.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), "the compressed file is cut short"),
            _ => error,
        })?;
        self.bytes += n as u64;
        let compressed = self.decoder.get_ref().bytes;
        if self.bytes > FREE && self.bytes / RATIO > compressed {
            let reason =
                format!("{compressed} compressed bytes grew to more than {}, which no record does", self.bytes);
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>) -> Result<String, String> {
        let mut input = Input::from_reader(Box::new(io::Cursor::new(bytes))).map_err(|e| e.to_string())?;
        let mut text = String::new();
        input.read_to_string(&mut text).map_err(|e| e.to_string())?;
        Ok(text)
    }

    #[test]
    fn plain_and_compressed_read_the_same() {
        let text = "line\n".repeat(5000);
        assert_eq!(read(text.clone().into_bytes()).unwrap(), text);
        assert_eq!(read(gzip(text.as_bytes())).unwrap(), text);
        let mut two = gzip(b"one ");
        two.extend(gzip(b"two"));
        assert_eq!(read(two).unwrap(), "one two", "members follow each other");
    }

    #[test]
    fn a_mark_at_the_beginning_is_no_text() {
        assert_eq!(read(b"\xef\xbb\xbfabc".to_vec()).unwrap(), "abc");
        assert!(read(b"\xff\xfea\0".to_vec()).unwrap_err().contains("UTF-16"));
    }

    #[test]
    fn what_is_cut_short_or_empty_says_so() {
        let whole = gzip("some words to compress ".repeat(1000).as_bytes());
        assert!(read(whole[..whole.len() / 2].to_vec()).unwrap_err().contains("cut short"));
        assert!(read(Vec::new()).unwrap_err().contains("empty"));
        assert!(read(gzip(b"")).unwrap_err().contains("empty"));
    }

    #[test]
    fn a_bomb_is_stopped() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let zeros = vec![b' '; 1 << 20];
        for _ in 0..128 {
            encoder.write_all(&zeros).unwrap();
        }
        assert!(read(encoder.finish().unwrap()).unwrap_err().contains("grew to more than"));
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Input::open(folder.path()), Err(InputError::Folder { .. })));
        let error = Input::open(&folder.path().join("none")).err().unwrap();
        assert!(error.to_string().contains("none"));
    }
}
