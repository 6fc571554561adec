//! Markdown: a list to be read, pasted and printed.

use super::{Exported, ExportedFinding, Exporter, inverted, line};

/// A list of citations, or of quotes with their citations (CommonMark).
pub(super) struct Markdown;

/// Authors that are named before "et al.".
const NAMED: usize = 6;

impl Exporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn read_by(&self) -> &'static str {
        "people: notes, wikis, Pandoc"
    }

    fn document(&self, exported: &Exported<'_>, _first: bool) -> String {
        format!("- {}\n", citation(exported))
    }

    fn has_findings(&self) -> bool {
        true
    }

    fn finding(&self, exported: &Exported<'_>, given: &ExportedFinding<'_>, _first: bool) -> String {
        format!("> {}\n>\n> — {}\n\n", escaped(&line(given.quote)), citation(exported))
    }
}

fn citation(exported: &Exported<'_>) -> String {
    let document = exported.document;
    let mut parts = Vec::new();
    if let Some(note) = exported.note() {
        parts.push(format!("**{}**", escaped(&note)));
    }
    let names: Vec<String> = document.authors.iter().take(NAMED).map(|author| escaped(&inverted(author))).collect();
    if !names.is_empty() {
        let more = if document.authors.len() > NAMED { ", et al." } else { "." };
        parts.push(format!("{}{more}", names.join("; ")));
    }
    parts.push(format!("**{}**", escaped(&line(document.title()))));
    let journal = document.journal.as_ref().map(|journal| format!("*{}*", escaped(&line(&journal.title))));
    let year = document.year().map(|year| year.to_string());
    let place: Vec<String> = [journal, year].into_iter().flatten().collect();
    if !place.is_empty() {
        let of = |text: &Option<String>| text.as_deref().map(|text| escaped(&line(text)));
        let volume = of(&document.volume).map(|volume| format!(";{volume}")).unwrap_or_default();
        let issue = of(&document.issue).map(|issue| format!("({issue})")).unwrap_or_default();
        let pages = of(&document.pages).map(|pages| format!(":{pages}")).unwrap_or_default();
        parts.push(format!("{}{volume}{issue}{pages}.", place.join(" ")));
    }
    parts.push(match (document.identifiers.pmid, &document.identifiers.doi) {
        (Some(pmid), _) => format!("[{}](https://pubmed.ncbi.nlm.nih.gov/{pmid}/)", exported.cited.id),
        (None, Some(doi)) => format!("[{}](<https://doi.org/{doi}>)", escaped(exported.cited.id.as_str())),
        (None, None) => escaped(exported.cited.id.as_str()),
    });
    if let (Some(_), Some(doi)) = (document.identifiers.pmid, &document.identifiers.doi) {
        parts.push(format!("doi:{}", escaped(doi)));
    }
    parts.join(" ")
}

/// What Markdown would take for its own, and what HTML would, is shown as it is.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
