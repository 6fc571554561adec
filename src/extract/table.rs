//! Reads the data files beside the extractors: one entry a line, columns parted by a tab, `#` begins a comment line.

/// The rows of a data file, each as its columns.
pub(super) fn rows(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

/// The first column of every row.
pub(super) fn words(file: &'static str) -> impl Iterator<Item = &'static str> {
    rows(file).filter_map(|row| row.first().copied())
}
