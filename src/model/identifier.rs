//! What a document is called: by litmine, and by everyone else.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The name of a document within litmine: `SCHEME:VALUE`, for example `PMID:99000001`, `PMCID:PMC42`,
/// `DOI:10.5555/x` or `FILE:notes-7` for a document that brought no identifier of a registry.
///
/// A document is named by the first it has of PMID, PMCID, DOI; see [`Identifiers::primary`]. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentId(Arc<str>);

/// The schemes that a [`DocumentId`] may have. `RW` is a record of Retraction Watch, which speaks of papers and is never one itself.
const SCHEMES: [&str; 6] = ["PMID", "PMCID", "DOI", "NCT", "FILE", "RW"];

/// Why a text is no [`DocumentId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no document id; expected PMID:123, PMCID:PMC123, DOI:10.…, NCT:NCT01234567, FILE:name, or a bare PMID, PMCID or DOI"
)]
pub struct ParseDocumentIdError(String);

impl DocumentId {
    /// The id of the PubMed record `pmid`.
    pub fn pmid(pmid: u64) -> Self {
        Self(format!("PMID:{pmid}").into())
    }

    /// An id of a scheme that is not PubMed's. `scheme` must be one that [`FromStr`] reads.
    pub fn other(scheme: &str, value: &str) -> Result<Self, ParseDocumentIdError> {
        format!("{scheme}:{value}").parse()
    }

    /// The whole id, `SCHEME:VALUE`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the registration of a trial.
    pub fn is_registration(&self) -> bool {
        self.0.starts_with("NCT:")
    }

    /// The PMID, where this id is one.
    pub fn as_pmid(&self) -> Option<u64> {
        self.0.strip_prefix("PMID:")?.parse().ok()
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DocumentId {
    type Err = ParseDocumentIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseDocumentIdError(text.to_owned());
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            let pmid: u64 = text.parse().map_err(|_| refuse())?;
            return Ok(Self::pmid(pmid));
        }
        if let Some(bare) = bare(text) {
            return Ok(bare);
        }
        let (scheme, value) = text.split_once(':').ok_or_else(refuse)?;
        let scheme = scheme.to_ascii_uppercase();
        let value = value.trim();
        if value.is_empty() || value.chars().any(char::is_control) || !SCHEMES.contains(&scheme.as_str()) {
            return Err(refuse());
        }
        match scheme.as_str() {
            "PMID" => value.parse().map(Self::pmid).map_err(|_| refuse()),
            "PMCID" => Ok(Self(format!("PMCID:{}", normal_pmcid(value).ok_or_else(refuse)?).into())),
            "DOI" => Ok(Self(format!("DOI:{}", normal_doi(value)).into())),
            _ => Ok(Self(format!("{scheme}:{value}").into())),
        }
    }
}

impl TryFrom<String> for DocumentId {
    type Error = ParseDocumentIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DocumentId> for String {
    fn from(id: DocumentId) -> Self {
        id.0.as_ref().to_owned()
    }
}

/// Every identifier that a record gives for its own document. Identifiers of other documents (references,
/// corrections, comments) never come here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identifiers {
    /// PubMed's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pmid: Option<u64>,
    /// PubMed Central's id with its prefix, `PMC123`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pmcid: Option<String>,
    /// The DOI, lower case, without a resolver's address before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// Any other, as scheme (lower case) and value: `pii`, `mid`, `bookaccession` …
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<(String, String)>,
}

impl Identifiers {
    /// The name the document goes by: its PMID, else its PMCID, else its DOI, else the number of its
    /// registration.
    pub fn primary(&self) -> Option<DocumentId> {
        if let Some(pmid) = self.pmid {
            return Some(DocumentId::pmid(pmid));
        }
        if let Some(pmcid) = &self.pmcid {
            return Some(DocumentId(format!("PMCID:{pmcid}").into()));
        }
        if let Some(doi) = &self.doi {
            return Some(DocumentId(format!("DOI:{doi}").into()));
        }
        let (_, number) = self.other.iter().find(|(scheme, _)| scheme == "nct")?;
        Some(DocumentId(format!("NCT:{number}").into()))
    }

    /// Sets the DOI from any of the ways in which records write one. An empty one is passed over; the first one stays.
    pub fn set_doi(&mut self, written: &str) {
        let doi = normal_doi(written);
        if self.doi.is_none() && doi.starts_with("10.") {
            self.doi = Some(doi);
        }
    }

    /// Sets the PMCID from `PMC123` or `123`. The first one stays.
    pub fn set_pmcid(&mut self, written: &str) {
        if self.pmcid.is_none() {
            self.pmcid = normal_pmcid(written);
        }
    }
}

/// A PMCID or a DOI without its scheme; a DOI may stand behind a resolver's address.
fn bare(text: &str) -> Option<DocumentId> {
    let begins = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if begins("PMC") && !begins("PMCID") {
        return normal_pmcid(text).map(|pmcid| DocumentId(format!("PMCID:{pmcid}").into()));
    }
    let of_resolver = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/"];
    if !begins("10.") && !of_resolver.into_iter().any(begins) {
        return None;
    }
    let doi = normal_doi(text);
    let (registrant, name) = doi.strip_prefix("10.")?.split_once('/')?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_doi = registrant.split('.').all(is_number)
        && !name.is_empty()
        && !name.contains(|c: char| c.is_whitespace() || c.is_control());
    is_doi.then(|| DocumentId(format!("DOI:{doi}").into()))
}

fn normal_doi(written: &str) -> String {
    let lower = written.trim().to_lowercase();
    let bare = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"))
        .map_or(lower.as_str(), |rest| rest.split_once('/').map_or(rest, |(_, doi)| doi));
    bare.strip_prefix("doi:").unwrap_or(bare).trim().to_owned()
}

fn normal_pmcid(written: &str) -> Option<String> {
    let upper = written.trim().to_ascii_uppercase();
    let digits = upper.strip_prefix("PMC").unwrap_or(&upper);
    // A version may follow: PMC123.1
    let digits = digits.split('.').next().unwrap_or(digits);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| format!("PMC{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_number_is_a_pmid() {
        assert_eq!("123".parse::<DocumentId>().unwrap(), DocumentId::pmid(123));
        assert_eq!("pmid:0123".parse::<DocumentId>().unwrap().as_str(), "PMID:123");
    }

    #[test]
    fn ids_are_written_in_one_way() {
        assert_eq!("pmcid:123".parse::<DocumentId>().unwrap().as_str(), "PMCID:PMC123");
        assert_eq!("doi:HTTPS://doi.org/10.1/AbC".parse::<DocumentId>().unwrap().as_str(), "DOI:10.1/abc");
    }

    #[test]
    fn a_bare_pmcid_and_a_bare_doi_are_known_by_their_form() {
        for (text, id) in [
            ("PMC42", "PMCID:PMC42"),
            (" pmc42.1 ", "PMCID:PMC42"),
            ("10.5555/AbC", "DOI:10.5555/abc"),
            ("10.1000.10/a:b(c)", "DOI:10.1000.10/a:b(c)"),
            ("https://doi.org/10.5555/x", "DOI:10.5555/x"),
        ] {
            assert_eq!(text.parse::<DocumentId>().unwrap().as_str(), id);
        }
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in [
            "PMC",
            "PMCx",
            "10.5555",
            "10.5555/",
            "10./x",
            "10.55a5/x",
            "10.5555/a b",
            "https://example.org/10.5555/x",
            "",
            "PMID:",
            "PMID:x",
            "ISBN:1",
            "PMCID:PMCx",
            "FILE:a\nb",
        ] {
            assert!(text.parse::<DocumentId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_first_doi_stays_and_nonsense_is_passed_over() {
        let mut ids = Identifiers::default();
        ids.set_doi("not a doi");
        ids.set_doi("doi:10.5555/A");
        ids.set_doi("10.5555/b");
        assert_eq!(ids.doi.as_deref(), Some("10.5555/a"));
    }
}
