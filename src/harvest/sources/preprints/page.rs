//! A page of an answer: asked for until it is whole, and reduced to the records that belong to the source.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::harvest::{HarvestError, Service};

/// How often a page that is not as it should be is asked for again.
const ATTEMPTS: u32 = 4;

/// A page.
pub(super) struct Page {
    /// The answer as it came.
    pub(super) bytes: Vec<u8>,
    /// Records that the whole window has.
    pub(super) total: u64,
    /// The records of this page.
    pub(super) records: Vec<Box<RawValue>>,
}

/// An answer, as far as a harvest looks into it.
#[derive(Deserialize)]
struct Answer {
    messages: Vec<Message>,
    collection: Vec<Box<RawValue>>,
}

/// What an answer says of itself. Numbers may be written as text.
#[derive(Deserialize)]
struct Message {
    status: String,
    total: Option<Number>,
    count: Option<Number>,
    cursor: Option<Number>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
enum Number {
    Plain(u64),
    Written(String),
}

impl Number {
    fn value(&self) -> Option<u64> {
        match self {
            Self::Plain(number) => Some(*number),
            Self::Written(text) => text.trim().parse().ok(),
        }
    }
}

/// Asks for the page behind `stored` records until it is whole, or as often as makes sense; with the page that came nearest, and
/// what is wrong with it.
pub(super) fn page(
    service: &Service,
    path: &str,
    category: Option<&str>,
    stored: u64,
) -> Result<(Page, Option<String>), HarvestError> {
    // The service takes a category with low lines for its blanks.
    let category = category.map(|category| category.replace(' ', "_"));
    let fields: Vec<(&str, &str)> = category.as_deref().map(|category| ("category", category)).into_iter().collect();
    let request = service.get(&format!("{path}/{stored}"), &fields)?;
    let (mut best, mut said): (Option<Page>, Option<String>) = (None, None);
    for _ in 0..ATTEMPTS {
        let bytes = service.network().fetch(&request)?.bytes;
        let (page, problem) = match read(bytes, stored) {
            Ok(found) => found,
            Err(reason) => {
                let address = service.address(path).map(|address| address.to_string()).unwrap_or_default();
                said = Some(format!("{address}: not a page of preprints: {reason}"));
                continue;
            }
        };
        if problem.is_none() {
            return Ok((page, None));
        }
        if best.as_ref().is_none_or(|held| page.records.len() > held.records.len()) {
            best = Some(page);
        }
        said = problem;
    }
    match best {
        Some(page) => Ok((page, said)),
        None => Err(HarvestError::Remote(said.unwrap_or_default())),
    }
}

/// Reads the answer to a question for what stands behind `stored` records; with what is wrong with it. An answer that is none is an
/// error.
fn read(bytes: Vec<u8>, stored: u64) -> Result<(Page, Option<String>), String> {
    let answer: Answer = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    let message = answer.messages.first().ok_or("it says nothing of itself")?;
    let number = |number: &Option<Number>| number.as_ref().and_then(Number::value);
    let delivered = answer.collection.len() as u64;
    let total = match number(&message.total) {
        Some(total) => total,
        // A day on which nothing was posted: “no posts found”, and no total.
        None if delivered == 0 && message.status.starts_with("no ") => 0,
        None => return Err(format!("its status is “{}”, and it has no total", message.status)),
    };
    // How many records a page has is the service's choice, which it announces.
    let count = number(&message.count);
    let expected = count.unwrap_or(delivered).min(total.saturating_sub(stored));
    let problem = if number(&message.cursor).is_some_and(|cursor| cursor != stored) {
        Some(format!("the page behind {stored} records was asked for, and another came"))
    } else if delivered < expected {
        Some(format!("{delivered} of {expected} announced records were delivered"))
    } else if delivered == 0 && stored < total {
        Some(format!("the pages end after {stored} of {total} records"))
    } else {
        None
    };
    Ok((Page { bytes, total, records: answer.collection }, problem))
}

/// What tells whether a record belongs to the source.
#[derive(Deserialize)]
pub(super) struct Mark {
    /// Its category, in a record of `details`.
    category: Option<String>,
    preprint_category: Option<String>,
    /// The day on which the preprint was posted, in a record of `pubs`.
    pub(super) preprint_date: Option<String>,
}

impl Mark {
    /// Of a record; none if it is none.
    pub(super) fn of(record: &RawValue) -> Option<Self> {
        serde_json::from_str(record.get()).ok()
    }

    pub(super) fn category(&self) -> &str {
        self.category.as_deref().or(self.preprint_category.as_deref()).unwrap_or_default()
    }

    /// Whether it is of a category, however that is written (`Cancer Biology`, `cancer_biology`).
    pub(super) fn is_of(&self, wanted: &str) -> bool {
        let plain = |name: &str| name.replace(['_', '-'], " ").trim().to_lowercase();
        plain(self.category()) == plain(wanted)
    }
}

impl Page {
    /// The answer with these of its records alone.
    pub(super) fn with(self, kept: &[bool]) -> Vec<u8> {
        if kept.iter().all(|kept| *kept) {
            return self.bytes;
        }
        let records: Vec<&str> =
            self.records.iter().zip(kept).filter(|(_, kept)| **kept).map(|(record, _)| record.get()).collect();
        format!("{{\"collection\":[{}]}}", records.join(",")).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(answer: &str, stored: u64) -> String {
        match read(answer.as_bytes().to_vec(), stored) {
            Ok((page, problem)) => format!("{} of {}; {}", page.records.len(), page.total, problem.unwrap_or_default()),
            Err(reason) => reason,
        }
    }

    #[test]
    fn an_answer_is_held_to_what_it_announces() {
        let page =
            |message: &str| format!(r#"{{"messages":[{{{message}}}],"collection":[{{"doi":"1"}},{{"doi":"2"}}]}}"#);
        assert_eq!(said(&page(r#""status":"ok","total":"4","count":2,"cursor":"2""#), 2), "2 of 4; ");
        assert!(said(&page(r#""status":"ok","total":9,"count":3,"cursor":2"#), 2).contains("2 of 3 announced"));
        assert!(said(&page(r#""status":"ok","total":9,"count":2,"cursor":0"#), 2).contains("another came"));
        assert!(said(&page(r#""status":"Error: too busy""#), 0).contains("too busy"));
        assert_eq!(said(r#"{"messages":[{"status":"no posts found"}],"collection":[]}"#, 0), "0 of 0; ");
        assert!(said(r#"{"messages":[{"status":"ok","total":7}],"collection":[]}"#, 5).contains("end after 5 of 7"));
        assert!(said(r#"{"messages":[],"collection":[]}"#, 0).contains("nothing of itself"));
        assert!(said(r#"{"version":"6.9"}"#, 0).contains("missing field"));
    }

    #[test]
    fn categories_are_one_however_they_are_written() {
        let mark = |text: &str| Mark::of(&RawValue::from_string(text.to_owned()).unwrap()).unwrap();
        assert!(mark(r#"{"category":"cancer biology"}"#).is_of("Cancer_Biology"));
        assert!(mark(r#"{"preprint_category":"Cancer Biology"}"#).is_of("cancer-biology"));
        assert!(!mark(r#"{"category":"zoology"}"#).is_of("cancer biology"));
    }
}
