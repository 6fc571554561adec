//! Archives of files of records: tar, compressed or not.
//!
//! Members are read one after the other as they stand in the stream, and nothing is ever written, so that no name can reach out
//! of a folder. All the same a name that points out of the archive, a link or a device is no file of records and is said, since
//! an archive that holds one was not made for reading papers.

use std::io::{self, Read};
use std::ops::ControlFlow;

use tar::EntryType;

use super::{Input, InputError};

/// One stream of records: a whole file, or a member of an archive.
pub struct Stream<'a> {
    /// The member's name within the archive; none for a file that is none.
    pub member: Option<String>,
    /// Its bytes, or why they cannot be read.
    pub input: Result<Input<'a>, String>,
}

/// The longest name of a member, in bytes.
const LONGEST_NAME: u64 = 64 << 10;

/// Hands over the streams of records that `reader` holds: itself, or the members of an archive, until `sink` breaks. Folders
/// and empty files are passed over; a member that cannot be read is handed over with the reason, and the next is read.
///
/// # Errors
///
/// The stream itself cannot be read (cut short, corrupt, empty); everything before was handed over.
pub fn each_stream<'a>(
    reader: Box<dyn Read + 'a>,
    sink: &mut dyn FnMut(Stream<'_>) -> ControlFlow<()>,
) -> Result<(), InputError> {
    let input = Input::from_reader(reader)?;
    if is_archive(input.head()) {
        members(input, sink)?;
    } else {
        let _ = sink(Stream { member: None, input: Ok(input) });
    }
    Ok(())
}

/// Whether a stream begins with the header of a tar's member: 512 bytes that hold their own sum. Zeros alone are no archive.
fn is_archive(head: &[u8]) -> bool {
    let Some(block) = head.get(..512) else { return false };
    let field = &block[148..156];
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum::<u32>()
        - field.iter().map(|&b| u32::from(b)).sum::<u32>()
        + 8 * u32::from(b' ');
    let digits = field.iter().skip_while(|b| **b == b' ').take_while(|b| (b'0'..=b'7').contains(b));
    let written = digits.fold(None, |n: Option<u32>, b| Some(n.unwrap_or(0).wrapping_mul(8) + u32::from(b - b'0')));
    block[0] != 0 && written == Some(sum)
}

fn members(input: Input<'_>, sink: &mut dyn FnMut(Stream<'_>) -> ControlFlow<()>) -> io::Result<()> {
    let mut archive = tar::Archive::new(input);
    // Long names are read here and not by the crate, which would take one of any length into memory.
    let mut long_name: Option<String> = None;
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName => {
                long_name = Some(text_of(&mut entry)?.trim_end_matches('\0').to_owned());
                continue;
            }
            EntryType::XHeader => {
                long_name = path_record(&text_of(&mut entry)?).or(long_name);
                continue;
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => continue,
            _ => {}
        }
        let name = long_name.take().unwrap_or_else(|| String::from_utf8_lossy(&entry.path_bytes()).into_owned());
        let refused = match kind {
            EntryType::Directory => continue,
            EntryType::Regular | EntryType::Continuous => refused(&name),
            EntryType::Link | EntryType::Symlink => Some("it is a link, which is not followed"),
            EntryType::GNUSparse => Some("it is a sparse file"),
            _ => Some("it is no regular file"),
        };
        let member = Some(shown(&name));
        let input = match refused {
            Some(reason) => Err(reason.to_owned()),
            None => match Input::from_reader(Box::new(entry)) {
                Err(InputError::Empty) => continue,
                opened => opened.map_err(|error| error.to_string()),
            },
        };
        if sink(Stream { member, input }).is_break() {
            break;
        }
    }
    Ok(())
}

/// What a member that holds a name says, in bounded memory.
fn text_of(entry: &mut impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    entry.take(LONGEST_NAME + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_NAME {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a name in the archive is longer than 64 KiB"));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The path in a pax header: lines of length, blank, key, `=`, value.
fn path_record(header: &str) -> Option<String> {
    header.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path=").map(str::to_owned))
}

/// Why a file of this name is not read.
fn refused(name: &str) -> Option<&'static str> {
    let parts = || name.split(['/', '\\']);
    if name.starts_with(['/', '\\']) || name.get(1..3).is_some_and(|drive| drive == ":\\") {
        Some("its name is an absolute path")
    } else if parts().any(|part| part == "..") {
        Some("its name points out of the archive")
    } else {
        None
    }
}

/// The name as it is shown and stored: without control characters, of bounded length.
fn shown(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(1024).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn header(name: &[u8], kind: EntryType, size: u64) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        header.set_cksum();
        header
    }

    fn archive(members: &[(&[u8], EntryType, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, kind, bytes) in members {
            builder.append(&header(name, *kind, bytes.len() as u64), *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    /// A member by name, and its text or why it cannot be read.
    type Member = (String, Result<String, String>);

    fn read(bytes: Vec<u8>) -> (Vec<Member>, Result<(), String>) {
        let mut seen = Vec::new();
        let ended = each_stream(Box::new(Cursor::new(bytes)), &mut |stream| {
            let text = stream.input.and_then(|mut input| {
                let mut text = String::new();
                input.read_to_string(&mut text).map(|_| text).map_err(|error| error.to_string())
            });
            seen.push((stream.member.unwrap_or_default(), text));
            ControlFlow::Continue(())
        });
        (seen, ended.map_err(|error| error.to_string()))
    }

    #[test]
    fn members_come_in_order_and_a_plain_file_is_one_stream() {
        let long = "long/".repeat(40) + "name.xml";
        let mut builder = tar::Builder::new(Vec::new());
        builder.append(&header(b"d/", EntryType::Directory, 0), &b""[..]).unwrap();
        builder.append_data(&mut header(b"", EntryType::Regular, 3), &long, &b"two"[..]).unwrap();
        builder.append(&header(b"a.xml", EntryType::Regular, 3), &b"one"[..]).unwrap();
        builder.append(&header(b"empty.xml", EntryType::Regular, 0), &b""[..]).unwrap();
        let (seen, ended) = read(builder.into_inner().unwrap());
        assert_eq!(seen, [(long, Ok("two".to_owned())), ("a.xml".to_owned(), Ok("one".to_owned()))]);
        assert!(ended.is_ok());
        assert_eq!(read(b"just words".to_vec()).0, [(String::new(), Ok("just words".to_owned()))]);
    }

    #[test]
    fn names_of_a_pax_header_count() {
        let record = "25 path=x/y/longer-one.xml\n";
        let bytes =
            archive(&[(b"pax", EntryType::XHeader, record.as_bytes()), (b"short.xml", EntryType::Regular, b"words")]);
        assert_eq!(read(bytes).0[0].0, "x/y/longer-one.xml");
    }

    #[test]
    fn what_is_no_plain_file_inside_is_said_and_the_rest_is_read() {
        let bytes = archive(&[
            (b"../../etc/a.xml", EntryType::Regular, b"x"),
            (b"/etc/b.xml", EntryType::Regular, b"x"),
            (b"c.xml", EntryType::Symlink, b""),
            (b"d.xml", EntryType::Link, b""),
            (b"e.xml", EntryType::Char, b""),
            (b"f\x1b.xml", EntryType::Regular, b"good"),
        ]);
        let (seen, ended) = read(bytes);
        let said: Vec<String> =
            seen.iter().map(|(name, text)| format!("{name}: {}", text.clone().unwrap_or_else(|e| e))).collect();
        for (line, words) in said.iter().zip(["points out", "absolute", "link", "link", "no regular file", "good"]) {
            assert!(line.contains(words), "{line}");
        }
        assert_eq!(seen.len(), 6);
        assert_eq!(seen[5].0, "f\u{fffd}.xml");
        assert!(ended.is_ok());
    }

    #[test]
    fn a_name_without_end_is_refused_in_bounded_memory() {
        let bytes = archive(&[(b"long", EntryType::GNULongName, &vec![b'a'; 1 << 20])]);
        assert!(read(bytes).1.unwrap_err().contains("longer than 64 KiB"));
    }

    #[test]
    fn an_archive_that_is_cut_short_hands_over_what_came_before() {
        let mut bytes =
            archive(&[(b"a.xml", EntryType::Regular, b"one"), (b"b.xml", EntryType::Regular, &[b'x'; 4000])]);
        bytes.truncate(1024 + 700);
        let (seen, ended) = read(bytes);
        assert_eq!(seen[0].1, Ok("one".to_owned()));
        assert!(ended.is_err());
    }

    #[test]
    fn what_only_looks_like_an_archive_is_none() {
        assert!(!is_archive(&[0; 1024]));
        assert!(!is_archive(&[b'<'; 1024]));
        assert!(!is_archive(b"short"));
    }
}
