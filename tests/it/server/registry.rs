//! ClinicalTrials.gov's API, version 2, as far as a harvest speaks to it.

use serde_json::{Value, json};

use super::{Asked, Reply};

/// Registrations, and what the registry says of its data.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    pub(crate) studies: u64,
    pub(crate) version: &'static str,
}

impl Registry {
    pub(crate) fn answer(&self, asked: &Asked) -> Reply {
        match asked.path.as_str() {
            "/version" => Reply::ok(json!({"apiVersion": "2.0.3", "dataTimestamp": self.version}).to_string()),
            "/studies" => self.page(asked),
            _ => Reply::status(404),
        }
    }

    fn page(&self, asked: &Asked) -> Reply {
        let size: u64 = asked.field("pageSize").unwrap().parse().unwrap();
        let start: u64 =
            asked.field("pageToken").map_or(0, |token| token.trim_start_matches("after-").parse().unwrap());
        let end = (start + size).min(self.studies);
        let studies: Vec<Value> = (start..end).map(study).collect();
        let mut page = json!({"totalCount": self.studies, "studies": studies});
        if end < self.studies {
            page["nextPageToken"] = json!(format!("after-{end}"));
        }
        Reply::ok(page.to_string())
    }
}

fn study(number: u64) -> Value {
    json!({"protocolSection": {
        "identificationModule": {"nctId": format!("NCT{:08}", 90_000_000 + number), "briefTitle": format!("Marbles, part {number}")},
        "statusModule": {"overallStatus": "COMPLETED", "lastUpdatePostDateStruct": {"date": "2026-01-02"}},
        "conditionsModule": {"conditions": ["Wheeze"]}
    }})
}
