//! Invented records in NLM's form, as files and as answers.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use md5::{Digest, Md5};

/// A record whose words depend on its PMID and on `words`.
pub(crate) fn record(pmid: u64, words: &str) -> String {
    format!(
        "<PubmedArticle><MedlineCitation><PMID Version=\"1\">{pmid}</PMID><Article><ArticleTitle>Marbles in wheeze, part {pmid}.</ArticleTitle>\
         <Abstract><AbstractText>Marbles changed nothing. {words}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\n"
    )
}

/// A set of records.
pub(crate) fn set(records: impl IntoIterator<Item = String>) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<PubmedArticleSet>\n{}</PubmedArticleSet>\n",
        records.into_iter().collect::<String>()
    )
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn md5(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
