//! MEDLINE's tagged text (`.nbib`), as PubMed hands it to reference managers.

use super::{Exported, Exporter, inverted, line};
use crate::model::{Author, DocumentKind, PartialDate};

/// A tag of four letters, a hyphen, a value; long values go on in lines that six blanks begin.
pub(super) struct Nbib;

/// The type of a paper that was retracted.
const RETRACTED: &str = "Retracted Publication";
/// Columns of a line.
const WIDTH: usize = 88;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Exporter for Nbib {
    fn name(&self) -> &'static str {
        "nbib"
    }

    fn read_by(&self) -> &'static str {
        "what reads PubMed's own files: EndNote, Covidence, litmine"
    }

    fn document(&self, exported: &Exported<'_>, _first: bool) -> String {
        let document = exported.document;
        let ids = &document.identifiers;
        let mut out = String::new();
        let mut put = |tag: &str, value: &str| {
            let value = line(value);
            if !value.is_empty() {
                out.push_str(&folded(tag, &value));
            }
        };
        put("PMID", &ids.pmid.map(|pmid| pmid.to_string()).unwrap_or_default());
        let journal = document.journal.as_ref();
        let book = document.kind == DocumentKind::Book;
        if let Some(issn) = journal.and_then(|journal| journal.issn.first()) {
            put("IS", issn);
        }
        put("VI", document.volume.as_deref().unwrap_or_default());
        put("IP", document.issue.as_deref().unwrap_or_default());
        put("DP", &document.published.map(date).unwrap_or_default());
        if !(book && exported.is_whole_book()) {
            put("TI", document.title());
        }
        if book {
            put("BTI", journal.map_or_else(|| document.title(), |journal| &journal.title));
            put("ISBN", exported.isbn().unwrap_or_default());
            put("PB", document.publisher.as_deref().unwrap_or_default());
        }
        put("PG", document.pages.as_deref().unwrap_or_default());
        if let Some(doi) = &ids.doi {
            put("LID", &format!("{doi} [doi]"));
        }
        put("AB", &exported.abstract_text());
        for author in &document.authors {
            if author.collective {
                put("CN", &author.last_name);
            } else {
                put("FAU", &inverted(author));
                put("AU", &short(author));
            }
        }
        for editor in &document.editors {
            put("FED", &inverted(editor));
            put("ED", &short(editor));
        }
        document.languages.iter().for_each(|language| put("LA", language));
        document.accessions.iter().for_each(|(bank, number)| put("SI", &format!("{bank}/{number}")));
        document.publication_types.iter().for_each(|kind| put("PT", &kind.name));
        // PubMed's own way to say so, where another source says it.
        if exported.cited.is_retracted() && !document.has_publication_type(RETRACTED) {
            put("PT", RETRACTED);
        }
        if let Some(journal) = journal.filter(|_| !book) {
            put("PL", journal.country.as_deref().unwrap_or_default());
            put("TA", journal.abbreviation.as_deref().unwrap_or_default());
            put("JT", &journal.title);
            put("JID", journal.nlm_id.as_deref().unwrap_or_default());
        }
        for heading in &document.headings {
            let star = |major: bool| if major { "*" } else { "" };
            let qualifiers: String =
                heading.qualifiers.iter().map(|q| format!("/{}{}", star(q.major), q.name)).collect();
            put("MH", &format!("{}{}{qualifiers}", star(heading.major), heading.name));
        }
        document.keywords.iter().for_each(|word| put("OT", word));
        put("PMC", ids.pmcid.as_deref().unwrap_or_default());
        out.push('\n');
        out
    }
}

fn date(date: PartialDate) -> String {
    let month = date.month.and_then(|month| MONTHS.get(usize::from(month).wrapping_sub(1)));
    let day = date.day.map(|day| day.to_string());
    [Some(date.year.to_string()), month.map(|month| (*month).to_owned()), day]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

/// `Last AB`, as PubMed has it.
fn short(author: &Author) -> String {
    let initials = author.initials.clone().unwrap_or_else(|| {
        let names = author.fore_name.as_deref().unwrap_or_default();
        names.split([' ', '-']).filter_map(|name| name.chars().next()).collect()
    });
    [author.last_name.as_str(), &initials, author.suffix.as_deref().unwrap_or_default()].join(" ")
}

/// The value behind its tag, folded between words.
fn folded(tag: &str, value: &str) -> String {
    let mut out = format!("{tag:<4}- ");
    let mut column = out.len();
    for (n, word) in value.split(' ').enumerate() {
        let width = word.chars().count();
        if n > 0 && column + 1 + width > WIDTH {
            out.push_str("\n      ");
            column = 6;
        } else if n > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
    out
}
