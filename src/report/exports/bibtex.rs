//! BibTeX, in Unicode, as biber and LaTeX of today read it.

use super::{Exported, Exporter, line};
use crate::model::{Author, DocumentKind};

/// BibTeX entries; the key is made of the id.
pub(super) struct BibTex;

impl Exporter for BibTex {
    fn name(&self) -> &'static str {
        "bibtex"
    }

    fn read_by(&self) -> &'static str {
        "LaTeX, Pandoc, JabRef"
    }

    fn document(&self, exported: &Exported<'_>, _first: bool) -> String {
        let document = exported.document;
        let kind = match document.kind {
            DocumentKind::Article => "article",
            DocumentKind::Book if exported.is_whole_book() => "book",
            DocumentKind::Book => "incollection",
            DocumentKind::Registration => "misc",
        };
        let mut out = format!("@{kind}{{{}", key(exported.cited.id.as_str()));
        let mut put = |name: &str, value: &str| {
            let value = line(value);
            if !value.is_empty() {
                out.push_str(&format!(",\n  {name} = {{{}}}", escaped(&value)));
            }
        };
        let container = if kind == "incollection" { "booktitle" } else { "journal" };
        if let Some(journal) = document.journal.as_ref().filter(|_| kind != "book") {
            put(container, &journal.title);
            put("issn", journal.issn.first().map_or("", String::as_str));
        }
        if let Some(date) = document.published.or(document.published_electronically) {
            put("year", &date.year.to_string());
            put("month", &date.month.map(|month| month.to_string()).unwrap_or_default());
        }
        put("volume", document.volume.as_deref().unwrap_or_default());
        put("number", document.issue.as_deref().unwrap_or_default());
        if let Some((first, last)) = exported.pages() {
            put("pages", &last.map_or(first.clone(), |last| format!("{first}--{last}")));
        }
        let ids = &document.identifiers;
        put("pmid", &ids.pmid.map(|pmid| pmid.to_string()).unwrap_or_default());
        put("pmcid", ids.pmcid.as_deref().unwrap_or_default());
        put("isbn", exported.isbn().unwrap_or_default());
        put("publisher", document.publisher.as_deref().unwrap_or_default());
        put("keywords", &exported.keywords().join(", "));
        put("abstract", &exported.abstract_text());
        put("note", &exported.note().unwrap_or_default());
        // Readers take a DOI as it stands: escaped it would be another one. A brace that has no partner would end the entry too early.
        if let Some(doi) = ids.doi.as_deref().map(line).filter(|doi| !doi.is_empty()) {
            out.push_str(&format!(",\n  doi = {{{}}}", doi.replace(['{', '}'], "")));
        }
        // Braces within keep the letters of a title, and the name of a group whole: they are no text to be escaped.
        for (name, people) in [("author", &document.authors), ("editor", &document.editors)] {
            if !people.is_empty() {
                let names = people.iter().map(person).collect::<Vec<_>>().join(" and ");
                out.push_str(&format!(",\n  {name} = {{{names}}}"));
            }
        }
        let title = line(document.title());
        if !title.is_empty() {
            out.push_str(&format!(",\n  title = {{{{{}}}}}", escaped(&title)));
        }
        out.push_str("\n}\n\n");
        out
    }
}

/// Letters, digits and hyphens: `PMID:1` becomes `pmid1`.
fn key(id: &str) -> String {
    let key = id.to_lowercase();
    key.chars().filter(|c| *c != ':').map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn person(author: &Author) -> String {
    let last = escaped(&line(&author.last_name));
    if author.collective {
        return format!("{{{last}}}");
    }
    let given = author.fore_name.as_deref().or(author.initials.as_deref()).map(|given| escaped(&line(given)));
    let suffix = author.suffix.as_deref().map(|suffix| escaped(&line(suffix)));
    [Some(last), suffix, given].into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// What TeX would obey is written so that it is printed.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '{' | '}' | '%' | '#' | '&' | '$' | '_' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
