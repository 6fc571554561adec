//! `PubmedArticle`: an article of a journal.

use super::{RecordError, people, pmid};
use crate::model::{
    Document, Heading, Identifiers, Indexing, Journal, Passage, Qualifier, Reference, Relation, RelationKind,
    Substance, SubstanceRole, Term,
};
use crate::parse::dates;
use crate::parse::words::{some_words, without_brackets, words};
use crate::xml::{Cursor, Element, XmlError};

type Read<T = ()> = Result<T, XmlError>;

pub(super) fn read(cursor: &mut Cursor<'_>, root: &Element<'_>, document: &mut Document) -> Result<(), RecordError> {
    while let Some(part) = cursor.child(root)? {
        match part.name() {
            "MedlineCitation" => citation(cursor, &part, document)?,
            "PubmedData" => pubmed_data(cursor, &part, document)?,
            _ => {}
        }
    }
    Ok(())
}

fn citation(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Result<(), RecordError> {
    document.indexing = match element.attribute("IndexingMethod")?.as_deref() {
        Some("Automated") => Indexing::Automated,
        Some("Curated") => Indexing::Curated,
        _ => Indexing::Manual,
    };
    let mut other_abstracts = Vec::new();
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            // The record's own number stands here and nowhere else: others stand in references and corrections.
            "PMID" => set_pmid(cursor, &child, document)?,
            "DateCompleted" => document.completed = dates::read(cursor, &child)?.date,
            "DateRevised" => document.revised = dates::read(cursor, &child)?.date,
            "Article" => article(cursor, &child, document)?,
            "MedlineJournalInfo" => journal_info(cursor, &child, document)?,
            "ChemicalList" => chemicals(cursor, &child, document)?,
            "SupplMeshList" => supplementary(cursor, &child, document)?,
            "CitationSubset" => document.subsets.extend(some_words(cursor, &child)?),
            "CommentsCorrectionsList" => relations(cursor, &child, document)?,
            "GeneSymbolList" => each(cursor, &child, "GeneSymbol", &mut document.gene_symbols)?,
            "MeshHeadingList" => headings(cursor, &child, document)?,
            "OtherID" => {
                let source = child.attribute("Source")?.map_or_else(String::new, |s| s.to_lowercase());
                let id = words(cursor, &child)?;
                other_id(&source, &id, &mut document.identifiers);
            }
            "OtherAbstract" => {
                let language = child.attribute("Language")?.map(|l| l.into_owned()).unwrap_or_else(|| "eng".to_owned());
                let mut other = Document::default();
                abstract_into(cursor, &child, &mut other)?;
                other_abstracts.push((language, other));
            }
            "KeywordList" => keywords(cursor, &child, document)?,
            "InvestigatorList" => document.investigators = people::list(cursor, &child)?,
            "PersonalNameSubjectList" => document.people = people::list(cursor, &child)?,
            "CoiStatement" => document.conflict_of_interest = some_words(cursor, &child)?,
            _ => {}
        }
    }
    if document.body().next().is_none() {
        // An abstract may exist only here; an English one counts before others.
        other_abstracts.retain(|(_, other)| !other.passages.is_empty());
        let english = other_abstracts.iter().position(|(language, _)| language == "eng").unwrap_or(0);
        if english < other_abstracts.len() {
            let (language, other) = other_abstracts.swap_remove(english);
            document.passages.extend(other.passages);
            document.copyright = document.copyright.take().or(other.copyright);
            document.abstract_language = Some(language).filter(|language| language != "eng");
        }
    }
    Ok(())
}

pub(super) fn set_pmid(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    if let Some((number, version)) = pmid(cursor, element)? {
        document.identifiers.pmid = Some(number);
        document.version = version;
    }
    Ok(())
}

fn article(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "Journal" => journal(cursor, &child, document)?,
            "ArticleTitle" => {
                let title = words(cursor, &child)?;
                document.set_title(without_brackets(title));
            }
            "VernacularTitle" => document.vernacular_title = some_words(cursor, &child)?,
            "Pagination" => document.pages = pages(cursor, &child)?,
            "ELocationID" => location(cursor, &child, document)?,
            "Abstract" => abstract_into(cursor, &child, document)?,
            "AuthorList" => document.authors = people::list(cursor, &child)?,
            "Language" => language(cursor, &child, document)?,
            "DataBankList" => accessions(cursor, &child, document)?,
            "GrantList" => grants(cursor, &child, document)?,
            "PublicationTypeList" => {
                while let Some(kind) = cursor.child(&child)? {
                    publication_type(cursor, &kind, document)?;
                }
            }
            "ArticleDate" => {
                let electronic = child.attribute("DateType")?.is_none_or(|kind| kind == "Electronic");
                let date = dates::read(cursor, &child)?.date;
                if electronic {
                    document.published_electronically = date;
                }
            }
            _ => {}
        }
    }
    // Where the issue has no date, the electronic version has one.
    if document.published.is_none() {
        document.published = document.published_electronically;
    }
    Ok(())
}

fn journal(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    let mut journal = document.journal.take().unwrap_or_default();
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "ISSN" => add_new(&mut journal.issn, words(cursor, &child)?),
            "Title" => journal.title = words(cursor, &child)?,
            "ISOAbbreviation" => {
                let iso = some_words(cursor, &child)?;
                journal.abbreviation = journal.abbreviation.or(iso);
            }
            "JournalIssue" => {
                while let Some(part) = cursor.child(&child)? {
                    match part.name() {
                        "Volume" => document.volume = some_words(cursor, &part)?,
                        "Issue" => document.issue = some_words(cursor, &part)?,
                        "PubDate" => {
                            let date = dates::read(cursor, &part)?;
                            (document.published, document.published_as_written) = (date.date, date.written);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    document.journal = Some(journal);
    Ok(())
}

fn journal_info(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    let journal = document.journal.get_or_insert_with(Journal::default);
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "Country" => journal.country = some_words(cursor, &child)?,
            // MEDLINE's abbreviation counts before the ISO one.
            "MedlineTA" => journal.abbreviation = some_words(cursor, &child)?.or(journal.abbreviation.take()),
            "NlmUniqueID" => journal.nlm_id = some_words(cursor, &child)?,
            "ISSNLinking" => add_new(&mut journal.issn, words(cursor, &child)?),
            _ => {}
        }
    }
    if journal.title.is_empty() {
        journal.title = journal.abbreviation.clone().unwrap_or_default();
    }
    Ok(())
}

pub(super) fn pages(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read<Option<String>> {
    let (mut start, mut end, mut whole) = (None, None, None);
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "StartPage" => start = some_words(cursor, &child)?,
            "EndPage" => end = some_words(cursor, &child)?,
            "MedlinePgn" => whole = some_words(cursor, &child)?,
            _ => {}
        }
    }
    Ok(whole.or_else(|| match (start, end) {
        (Some(start), Some(end)) if start != end => Some(format!("{start}-{end}")),
        (start, _) => start,
    }))
}

pub(super) fn location(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    let valid = element.attribute("ValidYN")?.is_none_or(|valid| valid != "N");
    let kind = element.attribute("EIdType")?;
    let value = words(cursor, element)?;
    if !valid || value.is_empty() {
        return Ok(());
    }
    match kind.as_deref() {
        Some("doi") => document.identifiers.set_doi(&value),
        Some(kind) => add_other(&mut document.identifiers, kind, value),
        None => {}
    }
    Ok(())
}

pub(super) fn language(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    document.languages.extend(some_words(cursor, element)?);
    Ok(())
}

/// The paragraphs of an abstract, each with its label. One without a label, or with an empty or meaningless one, is of the
/// section `ABSTRACT`.
pub(super) fn abstract_into(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "AbstractText" => {
                let said = |name| -> Read<Option<String>> {
                    let value = child.attribute(name)?.map(|value| value.trim().to_owned());
                    Ok(value.filter(|value| !value.is_empty() && !value.eq_ignore_ascii_case("UNASSIGNED")))
                };
                let (label, category) = (said("Label")?, said("NlmCategory")?);
                let text = words(cursor, &child)?;
                if !text.is_empty() {
                    let section = label.unwrap_or_else(|| "ABSTRACT".to_owned());
                    document.passages.push(Passage { section, category, text });
                }
            }
            "CopyrightInformation" => document.copyright = some_words(cursor, &child)?,
            _ => {}
        }
    }
    Ok(())
}

fn accessions(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(bank) = cursor.child(element)? {
        let mut name = String::new();
        let mut numbers = Vec::new();
        while let Some(child) = cursor.child(&bank)? {
            match child.name() {
                "DataBankName" => name = words(cursor, &child)?,
                "AccessionNumberList" => each(cursor, &child, "AccessionNumber", &mut numbers)?,
                _ => {}
            }
        }
        document.accessions.extend(numbers.into_iter().map(|number| (name.clone(), number)));
    }
    Ok(())
}

fn grants(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(grant) = cursor.child(element)? {
        let (mut number, mut agency) = (String::new(), String::new());
        while let Some(child) = cursor.child(&grant)? {
            match child.name() {
                "GrantID" => number = words(cursor, &child)?,
                "Agency" => agency = words(cursor, &child)?,
                _ => {}
            }
        }
        if !(number.is_empty() && agency.is_empty()) {
            document.grants.push((number, agency));
        }
    }
    Ok(())
}

pub(super) fn publication_type(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    let id = attribute(element, "UI")?;
    if let Some(name) = some_words(cursor, element)? {
        document.publication_types.push(Term { id, name });
    }
    Ok(())
}

fn chemicals(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(chemical) = cursor.child(element)? {
        let mut substance = Substance::default();
        while let Some(child) = cursor.child(&chemical)? {
            match child.name() {
                "RegistryNumber" => substance.registry = some_words(cursor, &child)?.filter(|number| number != "0"),
                "NameOfSubstance" => {
                    substance.id = attribute(&child, "UI")?;
                    substance.name = words(cursor, &child)?;
                }
                _ => {}
            }
        }
        if !substance.name.is_empty() {
            document.substances.push(substance);
        }
    }
    Ok(())
}

fn supplementary(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(child) = cursor.child(element)? {
        let role = match child.attribute("Type")?.as_deref() {
            Some("Disease") => SubstanceRole::Disease,
            Some("Protocol") => SubstanceRole::Protocol,
            Some("Organism") => SubstanceRole::Organism,
            Some("Population") => SubstanceRole::Population,
            Some("Anatomy") => SubstanceRole::Anatomy,
            _ => SubstanceRole::Chemical,
        };
        let id = attribute(&child, "UI")?;
        if let Some(name) = some_words(cursor, &child)? {
            document.substances.push(Substance { id, name, registry: None, role });
        }
    }
    Ok(())
}

fn headings(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(heading) = cursor.child(element)? {
        let mut found = Heading::default();
        while let Some(child) = cursor.child(&heading)? {
            let id = attribute(&child, "UI")?;
            let major = child.attribute("MajorTopicYN")?.as_deref() == Some("Y");
            let named = child.name();
            let name = words(cursor, &child)?;
            match named {
                "DescriptorName" => (found.id, found.name, found.major) = (id, name, major),
                "QualifierName" => found.qualifiers.push(Qualifier { id, name, major }),
                _ => {}
            }
        }
        if !found.name.is_empty() {
            document.headings.push(found);
        }
    }
    Ok(())
}

pub(super) fn keywords(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    each(cursor, element, "Keyword", &mut document.keywords)
}

fn relations(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(child) = cursor.child(element)? {
        let kind = child.attribute("RefType")?.map_or(RelationKind::Other, |name| relation_kind(&name));
        let mut relation = Relation { kind, pmid: None, doi: None, citation: None, note: None };
        while let Some(part) = cursor.child(&child)? {
            match part.name() {
                "PMID" => relation.pmid = pmid(cursor, &part)?.map(|(number, _)| number),
                "RefSource" => relation.citation = some_words(cursor, &part)?,
                "Note" => relation.note = some_words(cursor, &part)?,
                _ => {}
            }
        }
        document.relations.push(relation);
    }
    Ok(())
}

fn relation_kind(name: &str) -> RelationKind {
    use RelationKind as R;
    match name {
        "AssociatedDataset" => R::AssociatedDataset,
        "AssociatedPublication" => R::AssociatedPublication,
        "CommentIn" => R::CommentIn,
        "CommentOn" => R::CommentOn,
        "CorrectedandRepublishedIn" => R::CorrectedAndRepublishedIn,
        "CorrectedandRepublishedFrom" => R::CorrectedAndRepublishedFrom,
        "ErratumIn" => R::ErratumIn,
        "ErratumFor" => R::ErratumFor,
        "ExpressionOfConcernIn" => R::ExpressionOfConcernIn,
        "ExpressionOfConcernFor" => R::ExpressionOfConcernFor,
        "OriginalReportIn" => R::OriginalReportIn,
        "ReprintIn" => R::ReprintIn,
        "ReprintOf" => R::ReprintOf,
        "RepublishedIn" => R::RepublishedIn,
        "RepublishedFrom" => R::RepublishedFrom,
        "RetractedandRepublishedIn" => R::RetractedAndRepublishedIn,
        "RetractedandRepublishedFrom" => R::RetractedAndRepublishedFrom,
        "RetractionIn" => R::RetractionIn,
        "RetractionOf" => R::RetractionOf,
        "SummaryForPatientsIn" => R::SummaryForPatientsIn,
        "UpdateIn" => R::UpdateIn,
        "UpdateOf" => R::UpdateOf,
        "Cites" => R::Cites,
        _ => R::Other,
    }
}

pub(super) fn pubmed_data(
    cursor: &mut Cursor<'_>,
    element: &Element<'_>,
    document: &mut Document,
) -> Result<(), RecordError> {
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "History" => {
                while let Some(entry) = cursor.child(&child)? {
                    let status = entry.attribute("PubStatus")?.map(|status| status.into_owned());
                    let date = dates::read(cursor, &entry)?.date;
                    match status.as_deref() {
                        Some("pubmed") => document.entered = date,
                        Some("entrez") => document.created = date,
                        Some("medline") => document.headings_given = date,
                        _ => {}
                    }
                }
            }
            "PublicationStatus" => document.publication_status = some_words(cursor, &child)?,
            "ArticleIdList" => article_ids(cursor, &child, &mut document.identifiers)?,
            "ReferenceList" => references(cursor, &child, document)?,
            _ => {}
        }
    }
    Ok(())
}

/// The ids of an `ArticleIdList`. The PMID is left to its own element: here it is a copy, and at times a wrong one.
pub(super) fn article_ids(cursor: &mut Cursor<'_>, element: &Element<'_>, ids: &mut Identifiers) -> Read {
    while let Some(child) = cursor.child(element)? {
        let kind = child.attribute("IdType")?.map_or_else(|| "pubmed".to_owned(), |kind| kind.to_lowercase());
        let value = words(cursor, &child)?;
        if !value.is_empty() {
            match kind.as_str() {
                "pubmed" => {}
                "doi" => ids.set_doi(&value),
                "pmc" => ids.set_pmcid(&value),
                _ => add_other(ids, &kind, value),
            }
        }
    }
    Ok(())
}

/// A reference list, with lists inside it.
fn references(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(child) = cursor.child(element)? {
        match child.name() {
            "Reference" => {
                let mut reference = Reference::default();
                while let Some(part) = cursor.child(&child)? {
                    match part.name() {
                        "Citation" => reference.citation = words(cursor, &part)?,
                        "ArticleIdList" => {
                            let ids = &mut reference.identifiers;
                            while let Some(id) = cursor.child(&part)? {
                                let kind = id.attribute("IdType")?.map_or_else(String::new, |kind| kind.to_lowercase());
                                let value = words(cursor, &id)?;
                                match kind.as_str() {
                                    "pubmed" => ids.pmid = value.parse().ok(),
                                    "doi" => ids.set_doi(&value),
                                    "pmc" => ids.set_pmcid(&value),
                                    _ if value.is_empty() => {}
                                    _ => add_other(ids, &kind, value),
                                }
                            }
                        }
                        _ => {}
                    }
                }
                document.references.push(reference);
            }
            "ReferenceList" => references(cursor, &child, document)?,
            _ => {}
        }
    }
    Ok(())
}

fn other_id(source: &str, id: &str, ids: &mut Identifiers) {
    // NLM writes PMC numbers here too: "PMC123" or "PMC123 [Available on 01/01/30]".
    if source == "nlm" && id.starts_with("PMC") {
        ids.set_pmcid(id.split_whitespace().next().unwrap_or(id));
    } else if !id.is_empty() {
        add_other(ids, source, id.to_owned());
    }
}

fn add_other(ids: &mut Identifiers, kind: &str, value: String) {
    let pair = (kind.to_lowercase(), value);
    if !ids.other.contains(&pair) {
        ids.other.push(pair);
    }
}

fn attribute(element: &Element<'_>, name: &str) -> Read<Option<String>> {
    Ok(element.attribute(name)?.map(|value| value.into_owned()).filter(|value| !value.is_empty()))
}

/// Adds the words of every child of this name.
fn each(cursor: &mut Cursor<'_>, element: &Element<'_>, name: &str, list: &mut Vec<String>) -> Read {
    while let Some(child) = cursor.child(element)? {
        if child.name() == name {
            list.extend(some_words(cursor, &child)?);
        }
    }
    Ok(())
}

fn add_new(list: &mut Vec<String>, value: String) {
    if !value.is_empty() && !list.contains(&value) {
        list.push(value);
    }
}
