//! RIS, as reference managers read it (Zotero, EndNote, Rayyan, Covidence).

use super::{Exported, Exporter, inverted, line};
use crate::model::DocumentKind;

/// The RIS format of 2011: a tag a line, records end with `ER`.
pub(super) struct Ris;

impl Exporter for Ris {
    fn name(&self) -> &'static str {
        "ris"
    }

    fn read_by(&self) -> &'static str {
        "reference managers and screening tools: Zotero, EndNote, Rayyan, Covidence"
    }

    fn document(&self, exported: &Exported<'_>, _first: bool) -> String {
        let document = exported.document;
        let mut out = String::new();
        let mut put = |tag: &str, value: &str| {
            let value = line(value);
            if !value.is_empty() {
                out.push_str(&format!("{tag}  - {value}\r\n"));
            }
        };
        put(
            "TY",
            match document.kind {
                DocumentKind::Article => "JOUR",
                DocumentKind::Book if exported.is_whole_book() => "BOOK",
                DocumentKind::Book => "CHAP",
                DocumentKind::Registration => "GEN",
            },
        );
        put("ID", exported.cited.id.as_str());
        document.authors.iter().for_each(|author| put("AU", &inverted(author)));
        put("TI", document.title());
        if let Some(journal) = &document.journal {
            put("T2", &journal.title);
            put("J2", journal.abbreviation.as_deref().unwrap_or_default());
            put("SN", journal.issn.first().map_or("", String::as_str));
        }
        if let Some(date) = document.published.or(document.published_electronically) {
            put("PY", &date.year.to_string());
            let part = |part: Option<u8>| part.map(|number| format!("{number:02}")).unwrap_or_default();
            put("DA", &format!("{}/{}/{}", date.year, part(date.month), part(date.day)));
        }
        put("VL", document.volume.as_deref().unwrap_or_default());
        put("IS", document.issue.as_deref().unwrap_or_default());
        if let Some((first, last)) = exported.pages() {
            put("SP", &first);
            put("EP", last.as_deref().unwrap_or_default());
        }
        let ids = &document.identifiers;
        put("DO", ids.doi.as_deref().unwrap_or_default());
        put("AN", &ids.pmid.map(|pmid| pmid.to_string()).unwrap_or_default());
        put("C2", ids.pmcid.as_deref().unwrap_or_default());
        put("SN", exported.isbn().unwrap_or_default());
        put("PB", document.publisher.as_deref().unwrap_or_default());
        document.editors.iter().for_each(|editor| put("ED", &inverted(editor)));
        put("LA", &document.languages.join(", "));
        put("AB", &exported.abstract_text());
        exported.keywords().iter().for_each(|word| put("KW", word));
        put("N1", &exported.note().unwrap_or_default());
        if let Some(pmid) = ids.pmid {
            put("UR", &format!("https://pubmed.ncbi.nlm.nih.gov/{pmid}/"));
        }
        out.push_str("ER  - \r\n\r\n");
        out
    }
}
