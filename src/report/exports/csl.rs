//! CSL-JSON, what citation processors share.

use serde_json::{Map, Value, json};

use super::{Exported, Exporter, What, line};
use crate::model::{Author, DocumentKind};

/// An array of items after the schema of CSL 1.0.2.
pub(super) struct CslJson;

impl Exporter for CslJson {
    fn name(&self) -> &'static str {
        "csl"
    }

    fn read_by(&self) -> &'static str {
        "citation processors: Zotero, Pandoc, citeproc (CSL-JSON)"
    }

    fn head(&self, _what: What) -> String {
        "[".to_owned()
    }

    fn document(&self, exported: &Exported<'_>, first: bool) -> String {
        let document = exported.document;
        let ids = &document.identifiers;
        let mut item = Map::new();
        let mut put = |name: &str, value: Option<String>| {
            if let Some(value) = value.map(|value| line(&value)).filter(|value| !value.is_empty()) {
                item.insert(name.to_owned(), Value::String(value));
            }
        };
        put("id", Some(exported.cited.id.to_string()));
        put(
            "type",
            Some(
                match document.kind {
                    DocumentKind::Article => "article-journal",
                    DocumentKind::Book if exported.is_whole_book() => "book",
                    DocumentKind::Book => "chapter",
                    DocumentKind::Registration => "document",
                }
                .to_owned(),
            ),
        );
        put("title", Some(document.title().to_owned()));
        if let Some(journal) = &document.journal {
            put("container-title", Some(journal.title.clone()));
            put("container-title-short", journal.abbreviation.clone());
            put("ISSN", journal.issn.first().cloned());
        }
        put("volume", document.volume.clone());
        put("issue", document.issue.clone());
        put("page", exported.pages().map(|(first, last)| last.map_or(first.clone(), |last| format!("{first}-{last}"))));
        put("DOI", ids.doi.clone());
        put("PMID", ids.pmid.map(|pmid| pmid.to_string()));
        put("PMCID", ids.pmcid.clone());
        put("ISBN", exported.isbn().map(str::to_owned));
        put("publisher", document.publisher.clone());
        put("language", document.languages.first().cloned());
        put("abstract", Some(exported.abstract_text()));
        put("keyword", Some(exported.keywords().join(", ")));
        put("note", exported.note());
        for (name, people) in [("author", &document.authors), ("editor", &document.editors)] {
            if !people.is_empty() {
                item.insert(name.to_owned(), people.iter().map(person).collect());
            }
        }
        if let Some(date) = document.published.or(document.published_electronically) {
            let parts: Vec<u16> =
                [Some(date.year), date.month.map(u16::from), date.day.map(u16::from)].into_iter().flatten().collect();
            item.insert("issued".to_owned(), json!({ "date-parts": [parts] }));
        }
        format!("{}\n  {}", if first { "" } else { "," }, Value::Object(item))
    }

    fn tail(&self, none: bool) -> String {
        if none { "]\n".to_owned() } else { "\n]\n".to_owned() }
    }
}

fn person(author: &Author) -> Value {
    if author.collective {
        return json!({ "literal": line(&author.last_name) });
    }
    let mut person = Map::new();
    let given = author.fore_name.as_deref().or(author.initials.as_deref());
    for (name, part) in
        [("family", Some(author.last_name.as_str())), ("given", given), ("suffix", author.suffix.as_deref())]
    {
        if let Some(part) = part {
            person.insert(name.to_owned(), Value::String(line(part)));
        }
    }
    Value::Object(person)
}
