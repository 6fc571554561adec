//! Retraction Watch's table, invented.

/// Its columns, as it is published: the last one has no name.
const HEADER: &str = "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,RetractionDOI,\
    RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes,\n";

/// A table of these rows.
pub(crate) fn table(rows: impl IntoIterator<Item = String>) -> String {
    format!("{HEADER}{}", rows.into_iter().collect::<String>())
}

/// A row: the number of the record, the day (`1/31/2020`), DOI (`unavailable`) and PMID (0) of the paper, and what is said.
pub(crate) fn row(record: u64, day: &str, doi: &str, pmid: u64, nature: &str) -> String {
    format!(
        "{record},\"Marbles, part {record}\",,,J,P,,A,,Research Article;,{day} 0:00,10.5555/notice.{record},0,1/1/2019 0:00,{doi},{pmid},{nature},\
         +Lost Marbles;,No,,\n"
    )
}
