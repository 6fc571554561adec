//! What E-utilities answer: counts, histories, records, and errors that come as if all were well.

use memchr::memmem;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) count: u64,
    pub(super) web_env: String,
    pub(super) query_key: String,
}

/// Why an answer is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// The server forgot the search.
    Expired,
    /// It says what is wrong.
    Error(String),
    /// It is cut short, or something else altogether.
    Unreadable(String),
}

/// The most that is repeated of what a server says is wrong.
const SAID: usize = 200;

/// Reads the answer of ESearch in XML.
pub(super) fn read_search(body: &str) -> Result<Found, NoAnswer> {
    if let Some(error) = error_in(body) {
        return Err(error);
    }
    // The first count is that of the whole search; those of its parts follow.
    let count = element(body, "Count").and_then(|text| text.trim().parse().ok());
    let complete = body.trim_end().ends_with("</eSearchResult>");
    match (count, element(body, "WebEnv"), element(body, "QueryKey")) {
        (Some(count), Some(web_env), Some(query_key)) if complete => {
            Ok(Found { count, web_env: web_env.trim().to_owned(), query_key: query_key.trim().to_owned() })
        }
        _ => Err(NoAnswer::Unreadable("the answer to the search has no count or no history".to_owned())),
    }
}

/// Phrases that PubMed did not find or passed over: the search means less than it seems.
pub(super) fn passed_over(body: &str) -> Vec<String> {
    ["PhraseNotFound", "PhraseIgnored", "QuotedPhraseNotFound", "FieldNotFound"]
        .into_iter()
        .flat_map(|name| elements(body, name))
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

/// Counts the records of EFetch's answer; refuses one that is an error or is cut short.
pub(super) fn count_records(body: &[u8]) -> Result<u64, NoAnswer> {
    let head = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    if let Some(error) = error_in(&head) {
        return Err(error);
    }
    if !head.contains("<PubmedArticleSet") {
        return Err(NoAnswer::Unreadable("the answer holds no set of records".to_owned()));
    }
    if !body.trim_ascii_end().ends_with(b"</PubmedArticleSet>") && !head.contains("<PubmedArticleSet/>") {
        return Err(NoAnswer::Unreadable("the answer is cut short".to_owned()));
    }
    // Closing tags: an opening one may carry attributes.
    let count = |tag: &[u8]| memmem::find_iter(body, tag).count() as u64;
    Ok(count(b"</PubmedArticle>") + count(b"</PubmedBookArticle>"))
}

/// The error that an answer with status 200 holds, in whichever of the ways.
fn error_in(body: &str) -> Option<NoAnswer> {
    let start = body.trim_start();
    let said = if start.starts_with('{') {
        // JSON where XML was asked for is an error; it may hold a raw newline, so it is not parsed as JSON.
        let value = start.split_once("\"ERROR\"").or_else(|| start.split_once("\"error\""))?.1;
        value.split('"').nth(1).unwrap_or("an error without words").to_owned()
    } else {
        element(start, "ERROR")
            .or_else(|| start.contains("<eFetchResult").then_some("an error without words"))?
            .to_owned()
    };
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    if said.contains("Unable to obtain query") {
        return Some(NoAnswer::Expired);
    }
    Some(NoAnswer::Error(said.chars().take(SAID).collect()))
}

/// The text of the first element of this name.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    elements(text, name).next()
}

fn elements<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(&open)? + open.len();
        let end = start + rest[start..].find(&close)?;
        let found = &rest[start..end];
        rest = &rest[end + close.len()..];
        Some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_of_the_search_is_not_that_of_a_part() {
        let body = "<?xml version=\"1.0\"?><eSearchResult><Count>5</Count><RetMax>0</RetMax><QueryKey>1</QueryKey><WebEnv>MCID_x</WebEnv>\
            <TranslationStack><TermSet><Count>109831</Count></TermSet></TranslationStack></eSearchResult>\n";
        let found = read_search(body).unwrap();
        assert_eq!((found.count, found.web_env.as_str(), found.query_key.as_str()), (5, "MCID_x", "1"));
        assert!(matches!(read_search(&body[..body.len() - 20]), Err(NoAnswer::Unreadable(_))), "cut short");
    }

    #[test]
    fn errors_that_come_as_success_are_errors() {
        let raw_newline = "{\"header\":{},\"esearchresult\":{\"ERROR\":\"Search Backend failed:\nread timeout\"}}";
        assert_eq!(read_search(raw_newline), Err(NoAnswer::Error("Search Backend failed: read timeout".to_owned())));
        let expired = "<?xml version=\"1.0\"?><eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>";
        assert_eq!(count_records(expired.as_bytes()), Err(NoAnswer::Expired));
        assert!(matches!(
            read_search("<eSearchResult><ERROR>Empty term</ERROR></eSearchResult>"),
            Err(NoAnswer::Error(_))
        ));
        assert!(matches!(count_records(b"<html>busy</html>"), Err(NoAnswer::Unreadable(_))));
    }

    #[test]
    fn records_are_counted_whatever_they_are() {
        let body = "<PubmedArticleSet><PubmedArticle a=\"b\"><MedlineCitation/></PubmedArticle><PubmedBookArticle></PubmedBookArticle>\
            <DeleteCitation><PMID>1</PMID></DeleteCitation></PubmedArticleSet>\n";
        assert_eq!(count_records(body.as_bytes()), Ok(2));
        assert!(matches!(count_records(&body.as_bytes()[..body.len() - 12]), Err(NoAnswer::Unreadable(_))));
    }

    #[test]
    fn phrases_that_were_passed_over_are_named() {
        let body = "<eSearchResult><Count>0</Count><ErrorList><PhraseNotFound>wheezzze</PhraseNotFound></ErrorList></eSearchResult>";
        assert_eq!(passed_over(body), ["wheezzze"]);
    }
}
