//! The fields of a record.

use super::people::People;
use crate::model::{
    Document, DocumentKind, Heading, Journal, PartialDate, Passage, Qualifier, Relation, RelationKind, Substance,
    SubstanceRole, Term,
};
use crate::parse::dates;
use crate::parse::words::without_brackets;

/// The document that these fields describe; why not, in words.
pub(super) fn read(fields: &[(&str, String)]) -> Result<Document, String> {
    let mut document = Document { version: 1, ..Document::default() };
    let mut gathered = Gathered::default();
    for (tag, value) in fields {
        if !value.is_empty() {
            field(tag, value, &mut document, &mut gathered)?;
        }
    }
    if document.identifiers.pmid.is_none() {
        return Err("the record has no PMID".to_owned());
    }
    gathered.finish(&mut document);
    Ok(document)
}

/// What can be put into the document only when all fields are read.
#[derive(Default)]
struct Gathered {
    journal: Journal,
    authors: People,
    editors: People,
    people: People,
    investigators: People,
    /// Whether `AD` belongs to an investigator.
    in_investigators: bool,
    title: Option<String>,
    book_title: Option<String>,
    abstract_text: Option<String>,
    other_abstract: Option<String>,
    other_language: Option<String>,
}

fn field(tag: &str, value: &str, document: &mut Document, gathered: &mut Gathered) -> Result<(), String> {
    let text = || value.to_owned();
    match tag {
        "PMID" => {
            // A version may follow: "PMID- 20029614.2".
            let (number, version) = value.split_once('.').unwrap_or((value, "1"));
            document.identifiers.pmid = Some(number.parse().map_err(|_| format!("“{value}” is no PMID"))?);
            document.version = version.parse().unwrap_or(1);
        }
        "TI" => gathered.title = Some(text()),
        "BTI" => {
            document.kind = DocumentKind::Book;
            gathered.book_title = Some(text());
        }
        "TT" => document.vernacular_title = Some(text()),
        "AB" => gathered.abstract_text = Some(text()),
        "OAB" => gathered.other_abstract = gathered.other_abstract.take().or_else(|| Some(text())),
        "OABL" => gathered.other_language = gathered.other_language.take().or_else(|| Some(text())),
        "CI" => document.copyright = Some(text()),
        "COI" | "COIS" => document.conflict_of_interest = Some(text()),
        "FAU" => gathered.author().full(text()),
        "AU" => gathered.author().short(value),
        "CN" => gathered.author().group(text()),
        "FED" => gathered.editors.full(text()),
        "ED" => gathered.editors.short(value),
        "FIR" => gathered.investigator().full(text()),
        "IR" => gathered.investigator().short(value),
        "AD" if !gathered.in_investigators => gathered.authors.place(text()),
        "AD" | "IRAD" => gathered.investigators.place(text()),
        "AUID" => gathered.authors.identifier(value),
        "LA" => document.languages.push(text()),
        "PT" => document.publication_types.push(Term { id: None, name: text() }),
        "MH" => document.headings.extend(heading(value)),
        "RN" => document.substances.push(substance(value)),
        "NM" => supplementary(value, document),
        "OT" => document.keywords.push(value.trim_start_matches('*').to_owned()),
        "GS" => document.gene_symbols.push(text()),
        "SI" => {
            let (bank, number) = value.split_once('/').unwrap_or((value, ""));
            if !number.is_empty() {
                document.accessions.push((bank.to_owned(), number.to_owned()));
            }
        }
        "GR" => document.grants.push(grant(value)),
        "SB" => document.subsets.push(text()),
        "VI" => document.volume = Some(text()),
        "IP" => document.issue = Some(text()),
        "PG" => document.pages = Some(text()),
        "DP" => {
            document.published = dates::medline(value);
            document.published_as_written = Some(text()).filter(|_| !is_plain_date(value));
        }
        "DEP" => document.published_electronically = day(value),
        "DCOM" => document.completed = day(value),
        "LR" => document.revised = day(value),
        "EDAT" => document.entered = day(value),
        "CRDT" => document.created = day(value),
        "MHDA" => document.headings_given = day(value),
        "FPS" => gathered.people.full(text()),
        "PS" => gathered.people.short(value),
        "PB" => document.publisher = Some(text()),
        "PST" => document.publication_status = Some(text()),
        "TA" => gathered.journal.abbreviation = Some(text()),
        "JT" => gathered.journal.title = text(),
        "JID" => gathered.journal.nlm_id = Some(text()),
        "PL" => gathered.journal.country = Some(text()),
        "IS" => {
            let issn = value.split_whitespace().next().unwrap_or(value).to_owned();
            if !gathered.journal.issn.contains(&issn) {
                gathered.journal.issn.push(issn);
            }
        }
        "PMC" => document.identifiers.set_pmcid(value),
        "MID" => other_id("mid", value, document),
        "ISBN" => other_id("isbn", value.split_whitespace().next().unwrap_or(value), document),
        "OID" => match value.split_once(": ") {
            Some(("NLM", id)) if id.starts_with("PMC") => {
                document.identifiers.set_pmcid(id.split_whitespace().next().unwrap_or(id));
            }
            Some((source, id)) => other_id(&source.to_lowercase(), id, document),
            None => {}
        },
        "LID" | "AID" => location(value, document),
        _ => document.relations.extend(relation_kind(tag).map(|kind| relation(kind, value))),
    }
    Ok(())
}

impl Gathered {
    fn author(&mut self) -> &mut People {
        self.in_investigators = false;
        &mut self.authors
    }

    fn investigator(&mut self) -> &mut People {
        self.in_investigators = true;
        &mut self.investigators
    }

    fn finish(self, document: &mut Document) {
        document.authors = self.authors.finish();
        document.people = self.people.finish();
        document.editors = self.editors.finish();
        // The editors of a book whose chapters name nobody.
        if document.authors.is_empty() {
            document.authors.clone_from(&document.editors);
        }
        document.investigators = self.investigators.finish();
        let mut journal = self.journal;
        if document.kind == DocumentKind::Book {
            journal.title = self.book_title.clone().unwrap_or_default();
        } else if journal.title.is_empty() {
            journal.title = journal.abbreviation.clone().unwrap_or_default();
        }
        document.journal = Some(journal).filter(|journal| *journal != Journal::default());
        if let Some(title) = self.title.or(self.book_title) {
            document.set_title(without_brackets(title));
        }
        if document.published.is_none() {
            document.published = document.published_electronically;
        }
        match (self.abstract_text, self.other_abstract) {
            (Some(text), _) => abstract_into(document, &text),
            (None, Some(text)) => {
                abstract_into(document, &text);
                document.abstract_language = self.other_language.filter(|language| language != "eng");
            }
            (None, None) => {}
        }
    }
}

/// The abstract, cut at its labels where it begins with one: `BACKGROUND: … METHODS: …`.
fn abstract_into(document: &mut Document, text: &str) {
    let mut rest = text;
    let mut section = "ABSTRACT".to_owned();
    if let Some((label, after)) = label(rest) {
        (section, rest) = (label.to_owned(), after);
        while let Some((at, label, after)) = next_label(rest) {
            push(document, section, &rest[..at]);
            (section, rest) = (label.to_owned(), after);
        }
    }
    push(document, section, rest);
}

fn push(document: &mut Document, section: String, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        document.passages.push(Passage { section, category: None, text: text.to_owned() });
    }
}

/// The label that a text begins with, and what follows it: capitals, a colon, a blank.
fn label(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take(80).position(|b| b == b':')?;
    let (label, rest) = (text.get(..end)?, text.get(end + 1..)?);
    let letters = label.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = label.chars().all(|c| !c.is_lowercase() && !matches!(c, '.' | ';' | '=' | '<' | '>'));
    (letters >= 3 && capitals && label.starts_with(char::is_alphabetic) && rest.starts_with(' '))
        .then(|| (label, rest.trim_start()))
}

/// The next label that begins a sentence: where it stands, and what follows it.
fn next_label(text: &str) -> Option<(usize, &str, &str)> {
    text.match_indices(' ')
        .filter(|(at, _)| text[..*at].ends_with(['.', '?', '!', ')']))
        .find_map(|(at, _)| label(&text[at + 1..]).map(|(label, after)| (at + 1, label, after)))
}

/// `Sewage/*drug effects/analysis`, `*Sewage`: an asterisk marks a main topic.
fn heading(value: &str) -> Option<Heading> {
    let mut parts = value.split('/').map(str::trim);
    let starred = |part: &str| match part.strip_prefix('*') {
        Some(name) => (name.to_owned(), true),
        None => (part.to_owned(), false),
    };
    let (name, major) = starred(parts.next()?);
    let qualifiers = parts
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, major) = starred(part);
            Qualifier { id: None, name, major }
        })
        .collect();
    (!name.is_empty()).then_some(Heading { id: None, name, major, qualifiers })
}

/// `7440-02-0 (Nickel)`, `0 (Metals, Heavy)`.
fn substance(value: &str) -> Substance {
    let (registry, name) = match value.split_once(" (") {
        Some((registry, name)) => (Some(registry), name.strip_suffix(')').unwrap_or(name)),
        None => (None, value),
    };
    let registry = registry.filter(|number| *number != "0").map(str::to_owned);
    Substance { id: None, name: name.to_owned(), registry, role: SubstanceRole::Chemical }
}

/// A supplementary concept. The format does not say of what kind; protocols say it in their names.
fn supplementary(value: &str, document: &mut Document) {
    if document.substances.iter().any(|held| held.name == value) {
        return;
    }
    let protocol = value.to_lowercase().contains("protocol");
    let role = if protocol { SubstanceRole::Protocol } else { SubstanceRole::Disease };
    document.substances.push(Substance { id: None, name: value.to_owned(), registry: None, role });
}

/// `number/acronym/agency/country`, where number, acronym and country may be missing.
fn grant(value: &str) -> (String, String) {
    let mut parts: Vec<&str> = value.split('/').map(str::trim).collect();
    let is_acronym = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase());
    // The acronym stands right before the agency; what follows the agency is the country.
    if let Some(at) = parts.iter().rposition(|part| is_acronym(part)).filter(|at| *at > 0 && at + 1 < parts.len()) {
        return (parts[..at].join("/"), parts[at + 1].to_owned());
    }
    if parts.len() > 1 {
        parts.pop();
    }
    let agency = parts.pop().unwrap_or_default().to_owned();
    (parts.join("/"), agency)
}

/// `10.5555/x [doi]`, `S0140 [pii]`.
fn location(value: &str, document: &mut Document) {
    let Some((id, kind)) = value.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")) else { return };
    match kind {
        "doi" => document.identifiers.set_doi(id),
        "pmc" => document.identifiers.set_pmcid(id),
        _ => other_id(kind, id, document),
    }
}

fn other_id(kind: &str, id: &str, document: &mut Document) {
    let pair = (kind.to_lowercase(), id.to_owned());
    if !document.identifiers.other.contains(&pair) {
        document.identifiers.other.push(pair);
    }
}

/// `Lancet. 2000 Oct;177:371. PMID: 11116784`.
fn relation(kind: RelationKind, value: &str) -> Relation {
    let (citation, pmid) = match value.rsplit_once("PMID: ") {
        Some((citation, number)) => {
            (citation.trim_end(), number.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()))
        }
        None => (value, None),
    };
    let citation = Some(citation.to_owned()).filter(|citation| !citation.is_empty());
    Relation { kind, pmid, doi: None, citation, note: None }
}

fn relation_kind(tag: &str) -> Option<RelationKind> {
    use RelationKind as R;
    Some(match tag {
        "CIN" => R::CommentIn,
        "CON" => R::CommentOn,
        "CRI" => R::CorrectedAndRepublishedIn,
        "CRF" => R::CorrectedAndRepublishedFrom,
        "DDIN" | "DRIN" => R::AssociatedPublication,
        "ECI" => R::ExpressionOfConcernIn,
        "ECF" => R::ExpressionOfConcernFor,
        "EFR" => R::ErratumFor,
        "EIN" => R::ErratumIn,
        "ORI" => R::OriginalReportIn,
        "RIN" => R::RetractionIn,
        "ROF" => R::RetractionOf,
        "RPF" => R::RepublishedFrom,
        "RPI" => R::RepublishedIn,
        "RRF" => R::RetractedAndRepublishedFrom,
        "RRI" => R::RetractedAndRepublishedIn,
        "SPIN" => R::SummaryForPatientsIn,
        "UIN" => R::UpdateIn,
        "UOF" => R::UpdateOf,
        "PRIN" | "PROF" => R::Other,
        _ => return None,
    })
}

/// `20060110`, `2006/01/13 09:00`.
fn day(value: &str) -> Option<PartialDate> {
    let digits: String = value.chars().filter(char::is_ascii_digit).take(8).collect();
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u16>().ok();
    let part = |range| number(range).and_then(|n| u8::try_from(n).ok());
    PartialDate::new(number(0..4)?, part(4..6), part(6..8))
}

/// Whether a date of publication is year, month and day at most.
fn is_plain_date(value: &str) -> bool {
    let parts: Vec<&str> = value.split(' ').collect();
    let month =
        |part: &str| part.len() == 3 && dates::certain("2000", Some(part), None).is_some_and(|d| d.month.is_some());
    match parts.as_slice() {
        [year] => year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()),
        [_, name] => month(name),
        [_, name, day] => month(name) && day.len() <= 2 && day.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}
