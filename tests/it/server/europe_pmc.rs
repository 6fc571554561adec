//! Europe PMC's search and full texts, as far as a harvest speaks to it.

use serde_json::{Value, json};

use super::{Asked, Reply};

/// What it has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EuropePmc {
    /// How many records a search finds.
    pub(crate) records: u64,
    /// How many of them are open-access articles, PMC101 and on.
    pub(crate) open: u64,
    /// The number of an article whose text is refused all the same.
    pub(crate) refused: Option<u64>,
    /// The record that was updated since, for it was retracted.
    pub(crate) retracted: Option<u64>,
}

impl EuropePmc {
    pub(crate) fn answer(self, asked: &Asked) -> Reply {
        if let Some(id) = asked.path.strip_suffix("/fullTextXML") {
            return self.text(id.trim_start_matches("/PMC").parse().unwrap());
        }
        if asked.path != "/search" || asked.field("resultType") != Some("core") {
            return Reply::status(404);
        }
        // A window that looks back a few days finds nothing else here.
        let found: Vec<u64> = if asked.field("query").unwrap().contains("UPDATE_DATE") {
            self.retracted.into_iter().collect()
        } else {
            (0..self.records).collect()
        };
        let records = found.len();
        let size: usize = asked.field("pageSize").unwrap().parse().unwrap();
        let cursor = asked.field("cursorMark").unwrap();
        let start: usize = cursor.strip_prefix("AoE").map_or(0, |n| n.parse().unwrap());
        let end = (start + size).min(records);
        let results: Vec<Value> = found[start..end].iter().map(|number| self.result(*number)).collect();
        // As the service does, the last page names itself as the next.
        let next = if end < records { format!("AoE{end}") } else { cursor.to_owned() };
        Reply::ok(
            json!({"version": "6.9", "hitCount": records, "nextCursorMark": next, "resultList": {"result": results}})
                .to_string(),
        )
    }

    fn result(self, number: u64) -> Value {
        let pmid = 90_000_000 + number;
        let mut result = json!({"id": pmid.to_string(), "source": "MED", "pmid": pmid.to_string(), "isOpenAccess": "N",
            "title": format!("Marbles, part {number}."), "abstractText": "Marbles changed <i>nothing</i>."});
        if number < self.open {
            result["pmcid"] = json!(format!("PMC{}", 101 + number));
            result["isOpenAccess"] = json!("Y");
        }
        if self.retracted == Some(number) {
            result["commentCorrectionList"] = json!({"commentCorrection":
                [{"id": "90999999", "source": "MED", "reference": "Inv J. 2", "type": "Retraction in", "orderIn": 1}]});
        }
        result
    }

    fn text(self, pmcid: u64) -> Reply {
        if self.refused == Some(pmcid) || !(101..101 + self.open).contains(&pmcid) {
            return Reply { status: 500, ..Reply::ok("<errorBean><errCode>0</errCode></errorBean>") };
        }
        let number = pmcid - 101;
        Reply::ok(format!(
            "<?xml version=\"1.0\"?>\n<article article-type=\"research-article\"><front><article-meta>\
             <article-id pub-id-type=\"pmcid\">PMC{pmcid}</article-id><article-id pub-id-type=\"pmid\">{}</article-id>\
             <title-group><article-title>Marbles, part {number}.</article-title></title-group><permissions>\
             <license license-type=\"CC BY\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:href=\"https://creativecommons.org/licenses/by/4.0/\"/>\
             </permissions><abstract><p>Marbles changed nothing.</p></abstract></article-meta></front>\
             <body><sec><title>Results</title><p>The whole of part {number}.</p></sec></body></article>\n",
            90_000_000 + number
        ))
    }
}
