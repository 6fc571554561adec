//! Where an answer goes: to standard output, or into a file.

use std::io::Write;
use std::path::Path;

use super::errors::Failure;
use super::printer::Printer;

/// Standard output, or a file that appears whole or not at all.
pub(super) struct Output<'p> {
    printer: &'p mut Printer,
    file: Option<WholeFile<'p>>,
}

impl<'p> Output<'p> {
    /// Where the answer goes: to this file, else to standard output.
    pub(super) fn new(path: Option<&'p Path>, printer: &'p mut Printer) -> Result<Self, Failure> {
        Ok(Self { printer, file: path.map(WholeFile::new).transpose()? })
    }

    /// Writes a part of the answer. A file has no colours.
    pub(super) fn put(&mut self, text: &str) -> Result<(), Failure> {
        match &mut self.file {
            Some(file) => file.put(&anstream::adapter::strip_str(text).to_string()),
            None => {
                self.printer.answer(text);
                Ok(())
            }
        }
    }

    /// Writes a part of an answer that is no text.
    pub(super) fn put_bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match &mut self.file {
            Some(file) => file.put_bytes(bytes),
            None => {
                self.printer.bytes(bytes);
                Ok(())
            }
        }
    }

    /// The printer, for what is no part of the answer.
    pub(super) fn printer(&self) -> &Printer {
        self.printer
    }

    /// Whether nobody reads any more.
    pub(super) fn is_closed(&self) -> bool {
        self.printer.is_closed()
    }

    /// Puts the file in its place.
    pub(super) fn finish(self) -> Result<&'p mut Printer, Failure> {
        if let Some(file) = self.file {
            file.finish()?;
        }
        Ok(self.printer)
    }
}

/// Writes a file that a reader sees whole, or as it was.
pub(super) fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = WholeFile::new(path)?;
    file.put(text)?;
    file.finish()
}

/// A file that takes its place when it is finished.
struct WholeFile<'p> {
    file: tempfile::NamedTempFile,
    path: &'p Path,
}

impl<'p> WholeFile<'p> {
    fn new(path: &'p Path) -> Result<Self, Failure> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new();
        // As any file that the user makes, less what their mask takes; by itself a temporary one is for nobody else.
        #[cfg(unix)]
        file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = file.tempfile_in(folder).map_err(|error| unwritten(path, &error))?;
        Ok(Self { file, path })
    }

    fn put(&mut self, text: &str) -> Result<(), Failure> {
        self.put_bytes(text.as_bytes())
    }

    fn put_bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|error| unwritten(self.path, &error))
    }

    fn finish(self) -> Result<(), Failure> {
        self.file.as_file().sync_all().map_err(|error| unwritten(self.path, &error))?;
        self.file.persist(self.path).map_err(|error| unwritten(self.path, &error.error))?;
        Ok(())
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::other(format!("{} cannot be written: {error}", path.display()))
}
