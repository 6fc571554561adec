//! Where an answer goes: to standard output, or into a file.

use std::io::Write;
use std::path::Path;

use super::errors::Failure;
use super::printer::Printer;

/// Standard output, or a file that appears whole or not at all.
pub(super) struct Output<'p> {
    printer: &'p mut Printer,
    file: Option<(tempfile::NamedTempFile, &'p Path)>,
}

impl<'p> Output<'p> {
    /// Where the answer goes: to this file, else to standard output.
    pub(super) fn new(path: Option<&'p Path>, printer: &'p mut Printer) -> Result<Self, Failure> {
        let file = match path {
            None => None,
            Some(path) => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                Some((tempfile::NamedTempFile::new_in(folder).map_err(|error| unwritten(path, &error))?, path))
            }
        };
        Ok(Self { printer, file })
    }

    /// Writes a part of the answer.
    pub(super) fn put(&mut self, text: &str) -> Result<(), Failure> {
        match &mut self.file {
            Some((file, path)) => file.write_all(text.as_bytes()).map_err(|error| unwritten(path, &error)),
            None => {
                self.printer.answer(text);
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
        if let Some((file, path)) = self.file {
            file.as_file().sync_all().map_err(|error| unwritten(path, &error))?;
            file.persist(path).map_err(|error| unwritten(path, &error.error))?;
        }
        Ok(self.printer)
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::other(format!("{} cannot be written: {error}", path.display()))
}
