//! A file on its way: checked against its digest before anything of it is believed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use md5::{Digest, Md5};

use super::listing::read_md5;
use crate::harvest::{HarvestError, Service};
use crate::net::NetError;

/// How often a file whose digest is wrong is fetched again.
const ATTEMPTS: u32 = 3;
/// The largest file that is taken; NLM's are under 100 MB.
const LARGEST: u64 = 2 << 30;

/// A file that is here and as its publisher meant it.
pub(super) struct Downloaded {
    /// Without a name, so that nothing is left of it when the process ends.
    pub(super) file: File,
    pub(super) bytes: u64,
    /// Hexadecimal.
    pub(super) md5: String,
}

/// Why a file is not here.
pub(super) enum NotHere {
    /// This file cannot be had; what to say of it.
    Problem(String),
    /// Nothing can.
    Fatal(HarvestError),
}

impl From<NetError> for NotHere {
    fn from(error: NetError) -> Self {
        Self::Problem(error.to_string())
    }
}

/// Fetches `path` and checks it against `path.md5`. `folder` is where there is room for it.
pub(super) fn download(service: &Service, path: &str, folder: &Path) -> Result<Downloaded, NotHere> {
    let mut said = String::new();
    for attempt in 0..ATTEMPTS {
        let digest = service.network().fetch(&service.get(&format!("{path}.md5"), &[])?.at_most(4096))?;
        let Some(expected) = read_md5(&String::from_utf8_lossy(&digest.bytes)) else {
            said = format!("{path}.md5 holds no digest");
            continue;
        };
        let Downloaded { file, bytes, md5 } = fetch(service, path, folder)?;
        if md5 == expected {
            return Ok(Downloaded { file, bytes, md5 });
        }
        tracing::debug!(path, attempt, "the digest is wrong");
        said = format!("its MD5 is {md5}, where {expected} was announced");
    }
    Err(NotHere::Problem(said))
}

fn fetch(service: &Service, path: &str, folder: &Path) -> Result<Downloaded, NotHere> {
    let here = |source: io::Error| NotHere::Fatal(HarvestError::File { path: folder.display().to_string(), source });
    let mut body = service.network().open(&service.get(path, &[])?.at_most(LARGEST))?;
    let mut file = tempfile::tempfile_in(folder).map_err(here)?;
    let (mut digest, mut bytes, mut buffer) = (Md5::new(), 0, vec![0; 256 << 10]);
    loop {
        let n = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) => return Err(NotHere::Problem(error.to_string())),
        };
        digest.update(&buffer[..n]);
        file.write_all(&buffer[..n]).map_err(here)?;
        bytes += n as u64;
    }
    file.seek(SeekFrom::Start(0)).map_err(here)?;
    let md5 = digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok(Downloaded { file, bytes, md5 })
}
