//! bioRxiv's interface, as far as a harvest speaks to it: preprints by the day of their posting, and which of them became papers.

use serde_json::{Value, json};

use super::{Asked, Reply};

/// Preprints, one after the other on the days from [`FIRST`] on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Preprints {
    pub(crate) preprints: Vec<Preprint>,
}

/// A version of a preprint.
#[derive(Debug, Clone)]
pub(crate) struct Preprint {
    pub(crate) number: u64,
    pub(crate) version: u32,
    pub(crate) posted: String,
    pub(crate) category: &'static str,
    /// The DOI of the paper and the day of its publication.
    pub(crate) paper: Option<(String, String)>,
}

/// Records of a page.
const PAGE: usize = 30;

impl Preprints {
    /// So many preprints, spread over the first three months of 2020.
    pub(crate) fn invented(count: u64) -> Self {
        let preprints = (0..count)
            .map(|number| Preprint {
                number,
                version: 1,
                posted: format!("2020-{:02}-{:02}", 1 + number * 3 / count, 1 + number % 28),
                category: if number % 4 == 0 { "epidemiology" } else { "respiratory medicine" },
                paper: None,
            })
            .collect();
        Self { preprints }
    }

    pub(crate) fn answer(&self, asked: &Asked) -> Reply {
        let parts: Vec<&str> = asked.path.trim_start_matches('/').split('/').collect();
        let [part, "medrxiv", from, to, cursor] = parts.as_slice() else { return Reply::status(404) };
        let category = asked.field("category").map(|category| category.replace('_', " "));
        let known = category.filter(|category| self.preprints.iter().any(|p| p.category == *category));
        let within = |day: &str| *from <= day && day <= *to;
        let found: Vec<&Preprint> = self
            .preprints
            .iter()
            .filter(|preprint| match *part {
                "details" => {
                    within(&preprint.posted) && known.as_ref().is_none_or(|wanted| preprint.category == wanted)
                }
                _ => preprint.paper.as_ref().is_some_and(|(_, published)| within(published)),
            })
            .collect();
        if found.is_empty() {
            return Reply::ok(json!({"messages": [{"status": "no posts found"}], "collection": []}).to_string());
        }
        let start: usize = cursor.parse().unwrap();
        let page: Vec<Value> = found.iter().skip(start).take(PAGE).map(|p| p.record(part)).collect();
        // As the service does, some numbers are written as text.
        let message = json!({"status": "ok", "interval": format!("{from}:{to}"), "cursor": start.to_string(),
                             "count": page.len(), "total": found.len().to_string()});
        Reply::ok(json!({"messages": [message], "collection": page}).to_string())
    }
}

impl Preprint {
    fn doi(&self) -> String {
        format!("10.1101/2020.01.01.{:08}", 90_000_000 + self.number)
    }

    fn record(&self, part: &str) -> Value {
        let (title, text) =
            (format!("Marbles, part {}", self.number), "BackgroundWheeze.\n\nResultsMarbles changed nothing.");
        let paper = self.paper.as_ref().map_or("NA", |(doi, _)| doi);
        if part == "details" {
            json!({"doi": self.doi(), "title": title, "authors": "Otter, O.; Badger, B.", "date": self.posted,
                   "version": self.version.to_string(), "type": "new results", "license": "cc_by", "category": self.category,
                   "abstract": text, "published": paper, "server": "medRxiv"})
        } else {
            json!({"preprint_doi": self.doi(), "published_doi": paper, "published_journal": "Invented Journal",
                   "preprint_platform": "medRxiv", "preprint_title": title, "preprint_authors": "Otter, O.; Badger, B.",
                   "preprint_category": self.category, "preprint_date": self.posted,
                   "published_date": self.paper.as_ref().map(|(_, day)| day), "preprint_abstract": text})
        }
    }
}
