//! Articles by the protocol for metadata harvesting of the Open Archives Initiative (OAI-PMH): one by its number, or all that changed
//! within a window of days, page by page.

use super::article::Article;
use crate::harvest::{HarvestError, Service};
use crate::xml::{Cursor, Element, XmlError};

/// How often an answer that is not as it should be is asked for again.
const ATTEMPTS: u32 = 4;
/// The largest answer that is taken; a page has some dozens of articles.
const LARGEST: u64 = 512 << 20;
/// The set of open-access articles.
const SET: &str = "pmc-open";
/// The form in which articles come: JATS.
const FORM: &str = "pmc";

/// A page of articles.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The answer as it came.
    pub(super) bytes: Vec<u8>,
    /// Articles in it.
    pub(super) articles: u64,
    /// Articles that it says are withdrawn, in their stead.
    pub(super) withdrawn: u64,
    /// What the next page is asked for by; none behind the last one.
    pub(super) next: Option<String>,
    /// How many the whole list has, where the service says so.
    pub(super) total: Option<u64>,
    /// How many stand before this page, where the service says so.
    pub(super) before: Option<u64>,
    /// The day of the last change of its last article.
    changed: Option<String>,
}

/// Why an answer is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoPage {
    /// The service says why: the protocol's code, and words.
    Refused(String, String),
    /// It is cut short, or something else.
    Unreadable(String),
}

/// Asks for one article; its text only if it is not of the state that is held.
pub(super) fn article(service: &Service, id: &str, held: Option<&str>) -> Result<Article, HarvestError> {
    let number = format!("oai:pubmedcentral.nih.gov:{}", id.trim_start_matches("PMC"));
    let fields = [("verb", "GetRecord"), ("identifier", number.as_str()), ("metadataPrefix", FORM)];
    let page = match ask(service, &fields)? {
        Ok(page) => page,
        Err(NoPage::Refused(code, _)) if code == "idDoesNotExist" => return Ok(Article::Absent),
        Err(NoPage::Refused(code, _)) if code == "cannotDisseminateFormat" => {
            return Ok(Article::Closed(String::new()));
        }
        Err(other) => return Err(HarvestError::Remote(other.to_string())),
    };
    if page.articles == 0 {
        return Ok(Article::Absent);
    }
    let state = format!("changed {}", page.changed.unwrap_or_default());
    let text = (held != Some(state.as_str())).then_some(page.bytes);
    Ok(Article::Open { metadata: None, text, state })
}

/// Asks for the page behind `stored` articles of what changed from one day to another (`2020-01-31`).
pub(super) fn page(
    service: &Service,
    (from, until): (&str, &str),
    token: Option<&str>,
    stored: u64,
) -> Result<Result<Page, NoPage>, HarvestError> {
    let fields = match token {
        // A token says everything, and must stand alone.
        Some(token) => vec![("verb", "ListRecords"), ("resumptionToken", token)],
        None => vec![("verb", "ListRecords"), ("metadataPrefix", FORM), ("set", SET), ("from", from), ("until", until)],
    };
    let mut said = NoPage::Unreadable(String::new());
    for _ in 0..ATTEMPTS {
        match ask(service, &fields)? {
            Ok(page) if page.next.is_some() && page.next.as_deref() == token => {
                said = NoPage::Unreadable("the page names itself as the next one".to_owned());
            }
            Ok(page) if page.before.is_some_and(|before| before != stored) => {
                let before = page.before.unwrap_or_default();
                said = NoPage::Unreadable(format!("{stored} articles came, where {before} stand before this page"));
            }
            // Nothing changed in these days.
            Err(NoPage::Refused(code, _)) if code == "noRecordsMatch" => return Ok(Ok(Page::default())),
            other => return Ok(other),
        }
    }
    Ok(Err(said))
}

/// Asks until the answer can be read, or as often as makes sense.
fn ask(service: &Service, fields: &[(&str, &str)]) -> Result<Result<Page, NoPage>, HarvestError> {
    let request = service.get("", fields)?.at_most(LARGEST);
    let mut said = NoPage::Unreadable(String::new());
    for _ in 0..ATTEMPTS {
        match read(service.network().fetch(&request)?.bytes) {
            Err(NoPage::Unreadable(reason)) => said = NoPage::Unreadable(reason),
            other => return Ok(other),
        }
    }
    Ok(Err(said))
}

fn read(bytes: Vec<u8>) -> Result<Page, NoPage> {
    let read = || -> Result<Result<Page, NoPage>, XmlError> {
        let mut cursor = Cursor::new(&bytes, 0)?;
        let root = cursor.root()?;
        let (mut page, mut refused, mut is_list) = (Page::default(), None, false);
        if root.local_name() != "OAI-PMH" {
            return Ok(Err(NoPage::Unreadable("another document".to_owned())));
        }
        while let Some(part) = cursor.child(&root)? {
            match part.local_name() {
                "error" => {
                    let code = part.attribute("code")?.unwrap_or_default().into_owned();
                    refused = Some(NoPage::Refused(code, cursor.text(&part)?.trim().to_owned()));
                }
                "ListRecords" | "GetRecord" => {
                    is_list = true;
                    list(&mut cursor, &part, &mut page)?;
                }
                _ => {}
            }
        }
        cursor.finish()?;
        Ok(match refused {
            Some(refused) => Err(refused),
            None if !is_list => Err(NoPage::Unreadable("it holds neither articles nor an error".to_owned())),
            None => Ok(page),
        })
    };
    let found = read().map_err(|error| NoPage::Unreadable(error.to_string()))??;
    Ok(Page { bytes, ..found })
}

fn list<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>, page: &mut Page) -> Result<(), XmlError> {
    while let Some(part) = cursor.child(element)? {
        match part.local_name() {
            "record" => {
                let mut withdrawn = false;
                while let Some(half) = cursor.child(&part)? {
                    if half.local_name() == "header" {
                        withdrawn = half.attribute("status")?.as_deref() == Some("deleted");
                        while let Some(field) = cursor.child(&half)? {
                            if field.local_name() == "datestamp" {
                                page.changed = Some(cursor.text(&field)?.trim().to_owned());
                            }
                        }
                    }
                }
                *(if withdrawn { &mut page.withdrawn } else { &mut page.articles }) += 1;
            }
            "resumptionToken" => {
                let number = |name: &str| -> Result<Option<u64>, XmlError> {
                    Ok(part.attribute(name)?.and_then(|number| number.trim().parse().ok()))
                };
                page.total = number("completeListSize")?;
                page.before = number("cursor")?;
                page.next = Some(cursor.text(&part)?.trim().to_owned()).filter(|token| !token.is_empty());
            }
            _ => {}
        }
    }
    Ok(())
}

impl std::fmt::Display for NoPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(code, words) => write!(f, "the service answers with the error {code}: {words}"),
            Self::Unreadable(reason) => write!(f, "not an answer of the protocol: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "<OAI-PMH xmlns=\"x\"><responseDate>d</responseDate><ListRecords><record><header><identifier>oai:x:1</identifier>\
        <datestamp>2099-01-02</datestamp></header><metadata><article><front/></article></metadata></record>\
        <record><header status=\"deleted\"><identifier>oai:x:2</identifier></header></record>\
        <resumptionToken completeListSize=\"5\" cursor=\"3\">a&amp;b</resumptionToken></ListRecords></OAI-PMH>";

    #[test]
    fn a_page_says_what_it_holds_and_what_follows() {
        let page = read(LIST.as_bytes().to_vec()).unwrap();
        assert_eq!((page.articles, page.withdrawn, page.total, page.before), (1, 1, Some(5), Some(3)));
        assert_eq!((page.next.as_deref(), page.changed.as_deref()), (Some("a&b"), Some("2099-01-02")));
        let last = read(LIST.replace("a&amp;b", "").into_bytes()).unwrap();
        assert_eq!(last.next, None);
    }

    #[test]
    fn refusals_and_what_is_no_answer_are_told_apart() {
        let refused = "<OAI-PMH><error code=\"badResumptionToken\">it has expired</error></OAI-PMH>";
        let expected = NoPage::Refused("badResumptionToken".to_owned(), "it has expired".to_owned());
        assert_eq!(read(refused.as_bytes().to_vec()).unwrap_err(), expected);
        for other in [&LIST[..LIST.len() - 20], "<html/>", "<OAI-PMH/>", "{}"] {
            assert!(matches!(read(other.as_bytes().to_vec()), Err(NoPage::Unreadable(_))), "{other}");
        }
    }
}
