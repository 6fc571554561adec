//! The documents that an evaluation is limited to.

use std::collections::BTreeSet;
use std::path::Path;

use super::EvalError;

/// All documents, or those that a file lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids(Option<BTreeSet<String>>);

impl Ids {
    /// Reads a file of one id a line (empty lines and lines that begin with `#` are passed over); without a file every
    /// document counts.
    pub fn read(path: Option<&Path>) -> Result<Self, EvalError> {
        let Some(path) = path else { return Ok(Self(None)) };
        let text = std::fs::read_to_string(path).map_err(|source| EvalError::File { path: path.to_owned(), source })?;
        let ids: BTreeSet<String> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect();
        if ids.is_empty() {
            let reason = "it lists no document".to_owned();
            return Err(EvalError::Data { path: path.to_owned(), line: None, reason });
        }
        Ok(Self(Some(ids)))
    }

    /// Whether a document counts.
    pub fn contains(&self, id: &str) -> bool {
        self.0.as_ref().is_none_or(|ids| ids.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_limits_and_its_absence_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids");
        std::fs::write(&path, "# a set\n7\n\n 8 \n").unwrap();
        let ids = Ids::read(Some(&path)).unwrap();
        assert!(ids.contains("7") && ids.contains("8") && !ids.contains("9"));
        assert!(Ids::read(None).unwrap().contains("9"));
        std::fs::write(&path, "\n").unwrap();
        assert!(Ids::read(Some(&path)).is_err());
    }
}
