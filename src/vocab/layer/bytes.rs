//! The bytes of a layer: a mapped file, a part of the program, or memory.

use std::fs::File;
use std::io;
use std::ops::Deref;

use memmap2::Mmap;

/// Bytes that do not change while they are held.
#[derive(Debug)]
pub(in crate::vocab) enum Bytes {
    Mapped(Mmap),
    Built(&'static [u8]),
    Held(Vec<u8>),
}

impl Bytes {
    /// Maps a file.
    #[expect(unsafe_code, reason = "mapping a file is unsafe where others may change it in place")]
    pub(in crate::vocab) fn map(file: &File) -> io::Result<Self> {
        if file.metadata()?.len() == 0 {
            // An empty file cannot be mapped everywhere.
            return Ok(Self::default());
        }
        // SAFETY: compiled vocabularies are never changed in place: a new one is written beside the old and renamed over
        // it, which leaves this mapping on the old content. Everything read from it is bounds-checked and checked UTF-8.
        Ok(Self::Mapped(unsafe { Mmap::map(file)? }))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Built(bytes) => bytes,
            Self::Held(bytes) => bytes,
        }
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self::Built(&[])
    }
}
