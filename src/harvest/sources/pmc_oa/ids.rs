//! Which articles are wanted.

use std::collections::BTreeSet;
use std::path::Path;

use crate::harvest::sources::articles::pmcid;
use crate::harvest::{Checkpoints, HarvestError};

/// Articles by their PMCID, in the order of their numbers; and lines of the file that name none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) ids: Vec<String>,
    pub(super) problems: Vec<String>,
}

/// The articles of a list, of a file and of the corpus, each once. What was fetched for the corpus before stays wanted: there may be
/// a new version.
pub(super) fn wanted(
    list: &[String],
    file: Option<&Path>,
    of_corpus: bool,
    checkpoints: &Checkpoints,
) -> Result<Wanted, HarvestError> {
    let mut wanted = Wanted::default();
    let mut numbers: BTreeSet<u64> = BTreeSet::new();
    let mut add = |id: Option<String>| id.and_then(|id| id[3..].parse().ok()).map(|number| numbers.insert(number));
    for id in list {
        add(pmcid(id));
    }
    if let Some(path) = file {
        let place = |source| HarvestError::File { path: path.display().to_string(), source };
        let text = std::fs::read_to_string(path).map_err(place)?;
        for (n, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty() && add(pmcid(line)).is_none() {
                wanted.problems.push(format!("{} line {}: “{line}” is no PMCID", path.display(), n + 1));
            }
        }
    }
    if of_corpus {
        for id in checkpoints.without_full_text().iter().map(String::as_str).chain(checkpoints.partitions()) {
            if id.starts_with("PMC") {
                add(pmcid(id));
            }
        }
    }
    wanted.ids = numbers.into_iter().map(|number| format!("PMC{number}")).collect();
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_article_is_wanted_once_however_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ids.txt");
        std::fs::write(&file, "PMC12\n\n# a remark\npmc007  # why\n12\nPMCx\n").unwrap();
        let checkpoints = Checkpoints::default().lacking(vec!["PMC99".to_owned(), "PMC7".to_owned()]);
        let list = ["PMC12.2".to_owned()];
        let found = wanted(&list, Some(&file), true, &checkpoints).unwrap();
        assert_eq!(found.ids, ["PMC7", "PMC12", "PMC99"]);
        assert_eq!(found.problems.len(), 1);
        assert!(found.problems[0].ends_with("line 6: “PMCx” is no PMCID"));
        assert_eq!(wanted(&list, None, false, &checkpoints).unwrap().ids, ["PMC12"]);
        assert!(wanted(&list, Some(&folder.path().join("none")), false, &checkpoints).is_err());
    }
}
