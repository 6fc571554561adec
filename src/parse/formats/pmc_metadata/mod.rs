//! The record that PubMed Central keeps beside each article of its open-access files: ids, terms of use, whether it was retracted.
//!
//! It stands beside the article as a record of its own, so that what it alone says is kept with where it was said. Several may follow
//! each other, as lines do.

use std::io::{BufRead, Read};
use std::ops::ControlFlow;

use serde_json::Value;

use crate::model::{Document, Identifiers, Licence, Relation, RelationKind};
use crate::parse::markup::words;
use crate::parse::{Item, ParseError, Record, RecordParser, Rejection};

/// PubMed Central's record of an article.
pub(super) struct PmcMetadata;

const NAME: &str = "pmc-metadata";
/// The most that is read of records one after the other; each has a few kilobytes.
const LONGEST: u64 = 64 << 20;

impl RecordParser for PmcMetadata {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        head.trim_start().starts_with('{') && head.contains("\"pmcid\"") && head.contains("\"is_pmc_openaccess\"")
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        let mut bytes = Vec::new();
        let read = input.take(LONGEST + 1).read_to_end(&mut bytes);
        read.map_err(|source| ParseError::Read { position: bytes.len() as u64, source })?;
        let malformed =
            |position: usize, reason: String| ParseError::Malformed { format: NAME, position: position as u64, reason };
        if bytes.len() as u64 > LONGEST {
            return Err(malformed(0, format!("records of more than {LONGEST} bytes")));
        }
        let mut records = serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>();
        loop {
            let start = records.byte_offset();
            let Some(value) = records.next() else { return Ok(()) };
            let value = value.map_err(|error| malformed(start, error.to_string()))?;
            let record = bytes[start..records.byte_offset()].trim_ascii_start();
            let position = (records.byte_offset() - record.len()) as u64;
            let item = match document(&value) {
                Ok(document) => Item::Document(Box::new(Record { document, bytes: record.to_vec(), position })),
                Err(reason) => Item::Rejected(Rejection::new(position, reason, record)),
            };
            if sink(item).is_break() {
                return Ok(());
            }
        }
    }
}

fn document(record: &Value) -> Result<Document, String> {
    let mut identifiers = Identifiers { pmid: number(&record["pmid"]), ..Identifiers::default() };
    identifiers.set_pmcid(record["pmcid"].as_str().unwrap_or_default());
    identifiers.set_doi(record["doi"].as_str().unwrap_or_default());
    if identifiers.pmcid.is_none() {
        return Err("it has no PMCID".to_owned());
    }
    let manuscript = record["mid"].as_str().filter(|id| !id.is_empty());
    identifiers.other.extend(manuscript.map(|id| ("mid".to_owned(), id.to_owned())));
    let mut document = Document {
        identifiers,
        version: number(&record["version"]).and_then(|version| u32::try_from(version).ok()).unwrap_or(1),
        licence: record["license_code"].as_str().filter(|code| !code.is_empty()).map(licence),
        ..Document::default()
    };
    document.set_title(record["title"].as_str().map(words).unwrap_or_default());
    if record["is_retracted"] == Value::Bool(true) {
        document.relations.push(Relation {
            kind: RelationKind::RetractionIn,
            pmid: None,
            doi: None,
            citation: Some("marked as retracted in PubMed Central".to_owned()),
            note: None,
        });
    }
    Ok(document)
}

/// The terms by PubMed Central's code: `CC BY-NC`, `CC0`, `TDM` (for text mining), `NO-CC CODE`.
fn licence(code: &str) -> Licence {
    let known = code == "CC0" || code.starts_with("CC BY");
    Licence { code: known.then(|| code.to_owned()), url: None, text: Some(code.to_owned()) }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FlagKind;

    fn read(text: &str) -> Result<Item, ParseError> {
        let mut found = None;
        PmcMetadata.parse(&mut text.as_bytes(), &mut |item| {
            found = Some(item);
            ControlFlow::Continue(())
        })?;
        Ok(found.unwrap())
    }

    fn document(text: &str) -> Document {
        match read(text).unwrap() {
            Item::Document(record) => record.document,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ids_terms_and_standing_are_read() {
        let record = r#"{"pmcid":"PMC99","version":2,"pmid":99000001,"doi":"10.5555/A","mid":null,"title":"Marbles <i>in</i> wheeze",
            "is_pmc_openaccess":true,"is_retracted":true,"license_code":"CC BY-NC-ND"}"#;
        let found = document(record);
        assert_eq!(found.identifiers.primary().unwrap().as_str(), "PMID:99000001");
        assert_eq!((found.version, found.title()), (2, "Marbles in wheeze"));
        assert!(found.licence.as_ref().unwrap().allows_sharing());
        let [flag] = &found.flags()[..] else { panic!() };
        assert_eq!((flag.kind, flag.target.as_str()), (FlagKind::Retracted, "PMID:99000001"));
        let mined = document(&record.replace("CC BY-NC-ND", "TDM").replace("true", "false"));
        assert!(mined.flags().is_empty() && !mined.licence.unwrap().allows_sharing());
    }

    #[test]
    fn what_is_no_record_says_so() {
        assert!(matches!(read(r#"{"pmcid":"x","is_pmc_openaccess":true}"#), Ok(Item::Rejected(_))));
        assert!(read(r#"{"pmcid":"PMC1""#).is_err());
    }
}
