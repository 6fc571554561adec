//! One core record.

use serde_json::Value;

use crate::model::{
    Author, Document, Heading, Identifiers, Journal, PartialDate, Passage, Qualifier, Relation, RelationKind,
    Substance, Term,
};
use crate::parse::markup::{paragraphs, words};

/// The section of an abstract without headings.
const ABSTRACT: &str = "ABSTRACT";

/// What a record says; or why it is none.
pub(super) fn document(result: &Value) -> Result<Document, String> {
    let source = text(&result["source"]).unwrap_or_default();
    let id = text(&result["id"]).unwrap_or_default();
    let mut identifiers =
        Identifiers { pmid: text(&result["pmid"]).and_then(|pmid| pmid.parse().ok()), ..Identifiers::default() };
    if let Some(pmcid) = text(&result["pmcid"]) {
        identifiers.set_pmcid(&pmcid);
    }
    if let Some(doi) = text(&result["doi"]) {
        identifiers.set_doi(&doi);
    }
    if !source.is_empty() && !id.is_empty() {
        identifiers.other.push((format!("europe-pmc-{}", source.to_lowercase()), id));
    }
    if identifiers.primary().is_none() {
        return Err("it has no PMID, PMCID or DOI".to_owned());
    }
    let info = &result["journalInfo"];
    let mut document = Document {
        identifiers,
        version: 1,
        journal: journal(&info["journal"]),
        volume: text(&info["volume"]),
        issue: text(&info["issue"]),
        pages: text(&result["pageInfo"]),
        published: published(result),
        published_as_written: text(&info["dateOfPublication"]).filter(|written| !is_plain(written)),
        published_electronically: date(&result["electronicPublicationDate"]),
        entered: date(&result["firstIndexDate"]).or_else(|| date(&result["dateOfCreation"])),
        revised: date(&result["dateOfRevision"]),
        completed: date(&result["dateOfCompletion"]),
        publication_status: text(&result["publicationStatus"]),
        languages: text(&result["language"]).into_iter().collect(),
        ..Document::default()
    };
    document.set_title(text(&result["title"]).map(|title| words(&title)).unwrap_or_default());
    for paragraph in paragraphs(result["abstractText"].as_str().unwrap_or_default()) {
        let section = paragraph.heading.map_or_else(|| ABSTRACT.to_owned(), |heading| heading.to_uppercase());
        document.passages.push(Passage { section, category: None, text: paragraph.text });
    }
    document.authors = list(&result["authorList"]["author"]).iter().filter_map(author).collect();
    for name in texts(&result["pubTypeList"]["pubType"]) {
        document.publication_types.push(Term { id: None, name: cased(&name) });
    }
    document.headings = list(&result["meshHeadingList"]["meshHeading"]).iter().filter_map(heading).collect();
    for chemical in list(&result["chemicalList"]["chemical"]) {
        if let Some(name) = text(&chemical["name"]) {
            let registry = text(&chemical["registryNumber"]).filter(|number| number != "0");
            document.substances.push(Substance { name, registry, ..Substance::default() });
        }
    }
    document.keywords = texts(&result["keywordList"]["keyword"]).map(|word| words(&word)).collect();
    for grant in list(&result["grantsList"]["grant"]) {
        if let Some(agency) = text(&grant["agency"]) {
            document.grants.push((text(&grant["grantId"]).unwrap_or_default(), agency));
        }
    }
    document.relations =
        list(&result["commentCorrectionList"]["commentCorrection"]).iter().filter_map(relation).collect();
    document.subsets = list(&result["subsetList"]["subset"]).iter().filter_map(|s| text(&s["code"])).collect();
    Ok(document)
}

/// The date of the issue, as precisely as it is written; else the first date of all.
fn published(result: &Value) -> Option<PartialDate> {
    let info = &result["journalInfo"];
    let year =
        number(&info["yearOfPublication"]).or_else(|| number(&result["pubYear"])).and_then(|y| u16::try_from(y).ok());
    let month = number(&info["monthOfPublication"]).and_then(|m| u8::try_from(m).ok()).filter(|m| *m > 0);
    // A season is written in words; its month is the source's guess.
    let plain = text(&info["dateOfPublication"]).is_none_or(|written| is_plain(&written));
    let month = month.filter(|_| plain);
    year.and_then(|year| PartialDate::new(year, month, None)).or_else(|| date(&result["firstPublicationDate"]))
}

/// Whether a date is a year, with a month or a day at most: “2021 Jun 3”.
fn is_plain(written: &str) -> bool {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = written.split_whitespace().collect();
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [year] => digits(year),
        [year, month] => digits(year) && MONTHS.contains(month),
        [year, month, day] => digits(year) && MONTHS.contains(month) && digits(day),
        _ => false,
    }
}

fn journal(journal: &Value) -> Option<Journal> {
    let title = text(&journal["title"])?;
    let issn = [
        text(&journal["ISSN"]).or_else(|| text(&journal["issn"])),
        text(&journal["ESSN"]).or_else(|| text(&journal["essn"])),
    ];
    Some(Journal {
        title,
        abbreviation: text(&journal["medlineAbbreviation"])
            .or_else(|| text(&journal["ISOAbbreviation"]))
            .or_else(|| text(&journal["isoabbreviation"])),
        issn: issn.into_iter().flatten().collect(),
        nlm_id: text(&journal["NLMid"]).or_else(|| text(&journal["nlmid"])),
        country: None,
    })
}

fn author(author: &Value) -> Option<Author> {
    if let Some(group) = text(&author["collectiveName"]) {
        return Some(Author { last_name: group, collective: true, ..Author::default() });
    }
    let last_name = text(&author["lastName"]).or_else(|| text(&author["fullName"]))?;
    let id = &author["authorId"];
    let kind = text(&id["type"]).or_else(|| text(&id["@type"]));
    let value = text(&id["value"]).or_else(|| text(&id["#text"]));
    Some(Author {
        last_name,
        fore_name: text(&author["firstName"]),
        initials: text(&author["initials"]),
        identifiers: kind.zip(value).into_iter().collect(),
        affiliations: list(&author["authorAffiliationDetailsList"]["authorAffiliation"])
            .iter()
            .filter_map(|affiliation| text(&affiliation["affiliation"]))
            .collect(),
        ..Author::default()
    })
}

fn heading(heading: &Value) -> Option<Heading> {
    let is_major = |value: &Value| text(&value["majorTopic_YN"]).as_deref() == Some("Y");
    Some(Heading {
        id: None,
        name: text(&heading["descriptorName"])?,
        major: is_major(heading),
        qualifiers: list(&heading["meshQualifierList"]["meshQualifier"])
            .iter()
            .filter_map(|qualifier| {
                Some(Qualifier { id: None, name: text(&qualifier["qualifierName"])?, major: is_major(qualifier) })
            })
            .collect(),
    })
}

/// A link to a notice, or from one to its paper: in words PubMed's kinds (`Retraction in`). Others are left to other sources: what
/// they mean is documented nowhere.
fn relation(link: &Value) -> Option<Relation> {
    use RelationKind as R;
    let kind = match text(&link["type"])?.to_lowercase().as_str() {
        "retraction in" => R::RetractionIn,
        "retraction of" => R::RetractionOf,
        "retracted and republished in" => R::RetractedAndRepublishedIn,
        "retracted and republished from" => R::RetractedAndRepublishedFrom,
        "expression of concern in" => R::ExpressionOfConcernIn,
        "expression of concern for" => R::ExpressionOfConcernFor,
        "erratum in" => R::ErratumIn,
        "erratum for" => R::ErratumFor,
        "corrected and republished in" => R::CorrectedAndRepublishedIn,
        "corrected and republished from" => R::CorrectedAndRepublishedFrom,
        "republished in" => R::RepublishedIn,
        "republished from" => R::RepublishedFrom,
        "update in" => R::UpdateIn,
        "update of" => R::UpdateOf,
        "comment in" => R::CommentIn,
        "comment on" => R::CommentOn,
        _ => return None,
    };
    let in_pubmed = text(&link["source"]).as_deref() == Some("MED");
    let pmid = text(&link["id"]).filter(|_| in_pubmed).and_then(|id| id.parse().ok());
    Some(Relation { kind, pmid, doi: None, citation: text(&link["reference"]), note: text(&link["note"]) })
}

/// PubMed's spelling of a publication type: here they may come in lower case.
fn cased(name: &str) -> String {
    if name.chars().any(char::is_uppercase) {
        return name.to_owned();
    }
    const SMALL: [&str; 5] = ["as", "of", "non", "and", "in"];
    name.split(' ')
        .map(|word| {
            let mut letters = word.chars();
            match letters.next() {
                Some(first) if !SMALL.contains(&word) => first.to_uppercase().chain(letters).collect(),
                _ => word.to_owned(),
            }
        })
        .collect::<Vec<String>>()
        .join(" ")
}

/// Entries of a list, or the one that stands in its place.
fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(entries) => entries,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

fn text(value: &Value) -> Option<String> {
    let words = match value {
        Value::String(words) => words.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!words.is_empty()).then_some(words)
}

fn texts(value: &Value) -> impl Iterator<Item = String> {
    list(value).iter().filter_map(text)
}

fn number(value: &Value) -> Option<u64> {
    text(value)?.parse().ok()
}

fn date(value: &Value) -> Option<PartialDate> {
    text(value)?.parse().ok()
}
