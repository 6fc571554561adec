//! What `litmine` and `litmine-encoder` say to each other, over the encoder's standard input and output or over its socket.
//!
//! A frame is a kind (one byte), a length (u32, little-endian) and so many bytes. The encoder begins with [`Hello`]; then each
//! request has one answer, in order.
//!
//! | request | bytes | answer |
//! |---|---|---|
//! | `E` embed | JSON array of texts | `V`: 32-bit floats, little-endian, a row a text |
//! | `D` take a head | a head's file | `d`: JSON, what it is ([`super::HeadDescription`]) |
//! | `A` apply a head | JSON, see [`super::HeadRequest`] | `S`: see [`super::Scores::pack`] |
//! | any other | | `X`: why not, UTF-8 |
//!
//! Heads are known by the SHA-256 of their files for as long as the conversation lasts. An end of input ends it.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

/// Raised when a frame changes its meaning.
pub const VERSION: u32 = 2;

/// The longest frame that is taken, in bytes.
pub const LONGEST: u32 = 256 << 20;

/// The kinds of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The encoder's greeting.
    Hello,
    /// Please embed.
    Embed,
    /// Vectors.
    Vectors,
    /// Please take this head.
    Head,
    /// What the head is.
    Description,
    /// Please apply a head.
    Apply,
    /// Scores.
    Scores,
    /// It cannot be done.
    Refusal,
    /// Anything else: a later program speaks.
    Unknown(u8),
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Hello => b'H',
            Self::Embed => b'E',
            Self::Vectors => b'V',
            Self::Head => b'D',
            Self::Description => b'd',
            Self::Apply => b'A',
            Self::Scores => b'S',
            Self::Refusal => b'X',
            Self::Unknown(byte) => byte,
        }
    }

    const fn of(byte: u8) -> Self {
        match byte {
            b'H' => Self::Hello,
            b'E' => Self::Embed,
            b'V' => Self::Vectors,
            b'D' => Self::Head,
            b'd' => Self::Description,
            b'A' => Self::Apply,
            b'S' => Self::Scores,
            b'X' => Self::Refusal,
            other => Self::Unknown(other),
        }
    }
}

/// What the encoder says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`] of the encoder.
    pub version: u32,
    /// The model's name, a digest of its weights and the numbers it computes with: the key of its vectors.
    pub model: String,
    /// How many numbers a vector has.
    pub dimension: usize,
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub kind: Kind,
    /// What it holds.
    pub body: Vec<u8>,
}

/// Writes a frame and flushes.
pub fn write(output: &mut impl Write, kind: Kind, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= LONGEST);
    let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a frame is too long"))?;
    let mut head = [kind.byte(), 0, 0, 0, 0];
    head[1..].copy_from_slice(&length.to_le_bytes());
    output.write_all(&head)?;
    output.write_all(body)?;
    output.flush()
}

/// Reads a frame; none at a clean end of input.
pub fn read(input: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut head = [0; 5];
    let mut filled = 0;
    while filled < head.len() {
        match input.read(&mut head[filled..])? {
            0 if filled == 0 => return Ok(None),
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => filled += n,
        }
    }
    let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
    if length > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes is too long")));
    }
    // Read as it comes: a length that promises more than is sent takes no memory.
    let mut body = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut body)?;
    if body.len() < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(Frame { kind: Kind::of(head[0]), body }))
}

/// Rows of numbers as bytes.
pub fn pack(rows: &[Vec<f32>]) -> Vec<u8> {
    rows.iter().flatten().flat_map(|number| number.to_le_bytes()).collect()
}

/// Bytes as rows of `dimension` numbers; none where they do not come out even.
pub fn unpack(bytes: &[u8], dimension: usize) -> Option<Vec<Vec<f32>>> {
    let row = dimension.checked_mul(4).filter(|row| *row > 0)?;
    bytes.len().is_multiple_of(row).then(|| {
        let number = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        bytes.chunks_exact(row).map(|row| row.chunks_exact(4).map(number).collect()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_frame_comes_back(byte: u8, body in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut sent = Vec::new();
            write(&mut sent, Kind::of(byte), &body).unwrap();
            let mut input = sent.as_slice();
            prop_assert_eq!(read(&mut input).unwrap(), Some(Frame { kind: Kind::of(byte), body }));
            prop_assert_eq!(read(&mut input).unwrap(), None);
        }

        #[test]
        fn any_bytes_are_a_frame_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&mut bytes.as_slice());
        }

        #[test]
        fn rows_come_back(rows in prop::collection::vec(prop::collection::vec(-1e6f32..1e6, 3), 0..9)) {
            prop_assert_eq!(unpack(&pack(&rows), 3), Some(rows));
        }
    }

    #[test]
    fn what_is_cut_short_is_an_error() {
        let mut sent = Vec::new();
        write(&mut sent, Kind::Embed, b"abc").unwrap();
        for end in 1..sent.len() {
            assert!(read(&mut &sent[..end]).is_err(), "{end}");
        }
        assert_eq!(unpack(&[0; 7], 1), None);
        assert_eq!(unpack(&[], 0), None);
    }
}
