//! NLM's file server: a baseline and updates, with their digests.

use std::collections::BTreeMap;

use super::records::{gzip, md5, record, set};
use super::{Asked, Reply};

/// Files by path, and the pages that list them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Shelf {
    /// Three files of 40 records and two updates that revise, add and delete.
    pub(crate) fn invented() -> Self {
        let mut shelf = Self::default();
        for file in 0..3_u64 {
            let records = (0..40).map(|n| record(1 + file * 40 + n, ""));
            shelf.put(&format!("baseline/pubmed26n{:04}.xml.gz", file + 1), &set(records));
        }
        let gone = "<DeleteCitation><PMID Version=\"1\">3</PMID><PMID Version=\"1\">77</PMID></DeleteCitation>\n";
        let first = (1..20).map(|n| record(n * 6, "First.")).chain((121..130).map(|n| record(n, "")));
        shelf.put("updatefiles/pubmed26n0004.xml.gz", &set(first.chain([gone.to_owned()])));
        shelf.put("updatefiles/pubmed26n0005.xml.gz", &set((1..10).map(|n| record(n * 12, "Second."))));
        shelf
    }

    pub(crate) fn put(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), gzip(text.as_bytes()));
    }

    /// Answers as NLM's server does.
    pub(crate) fn answer(&self, asked: &Asked) -> Reply {
        let path = asked.path.trim_start_matches('/');
        if path.ends_with('/') {
            return Reply::ok(self.page(path));
        }
        if let Some(file) = path.strip_suffix(".md5") {
            let name = file.rsplit('/').next().unwrap();
            return self
                .files
                .get(file)
                .map_or(Reply::status(404), |bytes| Reply::ok(format!("MD5({name})= {}\n", md5(bytes))));
        }
        self.files
            .get(path)
            .map_or(Reply::status(404), |bytes| Reply::file(asked, bytes, &format!("\"{}\"", md5(bytes))))
    }

    fn page(&self, folder: &str) -> String {
        let mut page = "<html><pre><a href=\"/pubmed/\">Parent Directory</a>\n".to_owned();
        for (path, bytes) in &self.files {
            if let Some(name) = path.strip_prefix(folder) {
                page.push_str(&format!("<a href=\"{name}\">{name}</a>   2026-01-15 14:06  {}\n", bytes.len()));
                page.push_str(&format!("<a href=\"{name}.md5\">{name}.md5</a>   2026-01-15 14:06  60\n"));
            }
        }
        page + "</pre></html>\n"
    }
}
