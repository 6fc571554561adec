//! What a folder of NLM's file server has: names of files, read off its page.

use std::collections::BTreeMap;

/// A file of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// `pubmed26n0001.xml.gz`, checked: nothing else of a page is ever used as a name.
    pub(super) name: String,
    /// Its number, 1 for `n0001`.
    pub(super) number: u32,
    /// Date and size as the page shows them, which change when the file does; empty where it shows none.
    pub(super) shown: String,
}

/// The files of the newest year on a page, by number, and that year (two digits).
pub(super) fn newest_year(page: &str) -> Option<(u32, Vec<Listed>)> {
    let mut years = by_year(page);
    let (year, files) = years.pop_last()?;
    Some((year, files.into_values().collect()))
}

/// The files of one year on a page, by number.
pub(super) fn of_year(page: &str, year: u32) -> Vec<Listed> {
    by_year(page).remove(&year).unwrap_or_default().into_values().collect()
}

fn by_year(page: &str) -> BTreeMap<u32, BTreeMap<u32, Listed>> {
    let mut years: BTreeMap<u32, BTreeMap<u32, Listed>> = BTreeMap::new();
    for (at, _) in page.match_indices("href=\"pubmed") {
        let rest = &page[at + "href=\"".len()..];
        let Some((name, after)) = rest.split_once('"') else { continue };
        let Some((year, number)) = read_name(name) else { continue };
        // `>pubmed26n0001.xml.gz</a>   2026-01-15 14:06   19M`
        let line = after.lines().next().unwrap_or_default();
        let shown = line.split_once("</a>").map_or("", |(_, shown)| shown);
        let shown: String =
            shown.split('<').next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let file = Listed { name: name.to_owned(), number, shown };
        years.entry(year).or_default().insert(number, file);
    }
    years
}

/// Year and number of `pubmedYYnNNNN.xml.gz`.
fn read_name(name: &str) -> Option<(u32, u32)> {
    let (year, number) = name.strip_prefix("pubmed")?.strip_suffix(".xml.gz")?.split_once('n')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (year.len() == 2 && (4..=6).contains(&number.len()) && digits(year) && digits(number))
        .then(|| Some((year.parse().ok()?, number.parse().ok()?)))?
}

/// The digest in `MD5(pubmed26n0001.xml.gz)= hex`, or in what `md5sum` writes; lower case.
pub(super) fn read_md5(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_hexdigit()).find(|word| word.len() == 32).map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<a href=\"/pubmed/\">Parent</a>\n\
        <a href=\"pubmed26n0002.xml.gz\">pubmed26n0002.xml.gz</a>     2026-01-15 14:06   19M  \n\
        <a href=\"pubmed26n0002.xml.gz.md5\">pubmed26n0002.xml.gz.md5</a> 2026-01-15 14:06   60 \n\
        <a href=\"pubmed26n0001.xml.gz\">pubmed26n0001.xml.gz</a>     2026-01-15 14:05   18M  \n\
        <a href=\"pubmed25n0003.xml.gz\">old</a>\n\
        <a href=\"pubmed26n../../etc.xml.gz\">x</a><a href=\"pubmed26n0009.xml.gz/../x\">x</a>\n";

    #[test]
    fn the_newest_year_is_read_in_order_and_nothing_else() {
        let (year, files) = newest_year(PAGE).unwrap();
        assert_eq!(year, 26);
        let names: Vec<_> = files.iter().map(|file| (file.number, file.name.as_str(), file.shown.as_str())).collect();
        assert_eq!(
            names,
            [(1, "pubmed26n0001.xml.gz", "2026-01-15 14:05 18M"), (2, "pubmed26n0002.xml.gz", "2026-01-15 14:06 19M")]
        );
        assert_eq!(of_year(PAGE, 25).len(), 1);
        assert!(newest_year("<html>maintenance</html>").is_none());
    }

    #[test]
    fn digests_are_read_as_nlm_and_md5sum_write_them() {
        let digest = "0123456789abcdef0123456789abcdef";
        for text in [format!("MD5(pubmed26n0001.xml.gz)= {digest}\n"), format!("{digest}  x"), digest.to_uppercase()] {
            assert_eq!(read_md5(&text).as_deref(), Some(digest), "{text}");
        }
        assert_eq!(read_md5("<html>not found</html>"), None);
    }
}
