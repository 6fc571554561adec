//! `related-article` and `related-object`: what the paper corrects, retracts or comments on; where its trial is registered.

use super::Read;
use super::prose::whole;
use crate::model::{Document, Identifiers, Relation, RelationKind};
use crate::xml::{Cursor, Element};

/// What a `related-article-type` says the *other* article is to this one.
fn relation_kind(kind: &str, article_type: Option<&str>) -> RelationKind {
    use RelationKind as R;
    match kind {
        "corrected-article" => R::ErratumFor,
        "correction-forward" | "correction" => R::ErratumIn,
        "retracted-article" | "partial-retraction" => R::RetractionOf,
        "retraction-forward" | "retraction" => R::RetractionIn,
        "object-of-concern" => R::ExpressionOfConcernFor,
        "concern-forward" | "expression-of-concern" => R::ExpressionOfConcernIn,
        "commentary-article" | "commented-article" | "peer-reviewed-article" | "letter" => R::CommentOn,
        "commentary" | "article-commentary" | "reply" => R::CommentIn,
        "republished-article" => R::RepublishedFrom,
        "updated-article" | "addended-article" => R::UpdateOf,
        "update" | "addendum" => R::UpdateIn,
        "companion" | "article-reference" | "alt-language" | "companion-paper" => R::AssociatedPublication,
        _ => match article_type {
            Some("correction") => R::ErratumFor,
            Some("retraction") => R::RetractionOf,
            Some("expression-of-concern") => R::ExpressionOfConcernFor,
            _ => R::Other,
        },
    }
}

pub(super) fn article<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>, document: &mut Document) -> Read {
    let kind = element.attribute("related-article-type")?.unwrap_or_default();
    let link = element.attribute("ext-link-type")?.unwrap_or_default();
    let address = element.attribute("xlink:href")?.unwrap_or_default().into_owned();
    let (volume, page) = (element.attribute("vol")?, element.attribute("page")?);
    let known = matches!(
        &*kind,
        "corrected-article" | "retracted-article" | "companion" | "article-reference" | "peer-reviewed-article"
    );
    let article_type = document.article_type.as_deref().filter(|_| !known);
    let mut relation =
        Relation { kind: relation_kind(&kind, article_type), pmid: None, doi: None, citation: None, note: None };
    let words = whole(cursor, element)?.0;
    let mut ids = Identifiers::default();
    match &*link {
        "pubmed" | "pmid" => relation.pmid = address.parse().ok(),
        _ => ids.set_doi(&address),
    }
    relation.doi = ids.doi;
    let place = match (volume, page) {
        (Some(volume), Some(page)) => Some(format!("{volume}:{page}")),
        (one, other) => one.or(other).map(|place| place.into_owned()),
    };
    let written = Some(words).filter(|words| !words.is_empty()).or(place);
    relation.citation = written.or_else(|| Some(address.clone()).filter(|address| !address.is_empty()));
    document.relations.push(relation);
    Ok(())
}

/// A registration of the trial, or a data set.
pub(super) fn object<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>, document: &mut Document) -> Read {
    let registry = element.attribute("source-type")?.is_some_and(|kind| kind.contains("registr"))
        || element.attribute("document-id-type")?.is_some_and(|kind| kind.contains("trial"))
        || element.attribute("content-type")?.is_some_and(|kind| kind.contains("trial"));
    let named = element.attribute("source-id")?.map(|bank| bank.into_owned());
    let given = element.attribute("document-id")?.or(element.attribute("object-id")?).map(|id| id.into_owned());
    let words = whole(cursor, element)?.0;
    let number = given.unwrap_or(words);
    if registry && !number.is_empty() {
        let bank = named.unwrap_or_else(|| bank_of(&number).to_owned());
        document.accessions.push((bank, number));
    }
    Ok(())
}

/// The registry of a number, by its form.
fn bank_of(number: &str) -> &'static str {
    if number.starts_with("NCT") {
        "ClinicalTrials.gov"
    } else if number.starts_with("ISRCTN") {
        "ISRCTN"
    } else {
        "clinical trial registry"
    }
}
