//! PubMed Central's open articles, as files with lists of them and by OAI-PMH, as far as a harvest asks for them.

use serde_json::json;

use super::records::md5;
use super::{Asked, Reply};

/// Articles.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pmc {
    pub(crate) articles: Vec<Article>,
}

/// An article of the number `PMC{number}`, with versions 1 to `version`.
#[derive(Debug, Clone)]
pub(crate) struct Article {
    pub(crate) number: u64,
    pub(crate) version: u32,
    pub(crate) licence: &'static str,
    pub(crate) open: bool,
    pub(crate) retracted: bool,
    /// The day of its last change.
    pub(crate) changed: String,
}

/// Files on a page of a list: few, so that there are several pages.
const FILES: usize = 2;
/// Articles on a page of records.
const ARTICLES: usize = 20;

impl Pmc {
    /// So many articles from PMC101 on, of three versions each, changed in the first three months of 2020.
    pub(crate) fn invented(count: u64) -> Self {
        let articles = (0..count)
            .map(|n| Article {
                number: 101 + n,
                version: 3,
                licence: "CC BY",
                open: true,
                retracted: false,
                changed: format!("2020-{:02}-{:02}", 1 + n * 3 / count, 1 + n % 28),
            })
            .collect();
        Self { articles }
    }

    /// Answers as the file server does.
    pub(crate) fn files(&self, asked: &Asked) -> Reply {
        let path = asked.path.trim_start_matches('/');
        if path.is_empty() {
            return self.list(asked);
        }
        let find = |name: &str| -> Option<(&Article, u32)> {
            let (number, version) = name.strip_prefix("PMC")?.split_once('.')?;
            let (number, version) = (number.parse::<u64>().ok()?, version.parse::<u32>().ok()?);
            let article = self.articles.iter().find(|article| article.number == number)?;
            (1..=article.version).contains(&version).then_some((article, version))
        };
        if let Some(name) = path.strip_prefix("metadata/").and_then(|path| path.strip_suffix(".json")) {
            return find(name).map_or(Reply::status(404), |(article, version)| Reply::ok(article.record(version)));
        }
        let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".xml");
        find(name).map_or(Reply::status(404), |(article, version)| Reply::ok(article.text(version)))
    }

    fn list(&self, asked: &Asked) -> Reply {
        let prefix = asked.field("prefix").unwrap();
        let keys: Vec<String> = self
            .articles
            .iter()
            .flat_map(|article| (1..=article.version).map(|v| format!("metadata/PMC{}.{v}.json", article.number)))
            .filter(|key| key.starts_with(prefix))
            .collect();
        let start: usize = asked.field("continuation-token").map_or(0, |token| token.parse().unwrap());
        let page: String =
            keys.iter().skip(start).take(FILES).map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
        let cut = start + FILES < keys.len();
        let next = if cut {
            format!("<NextContinuationToken>{}</NextContinuationToken>", start + FILES)
        } else {
            String::new()
        };
        Reply::ok(format!(
            "<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Prefix>{prefix}</Prefix>\
             <IsTruncated>{cut}</IsTruncated>{page}{next}</ListBucketResult>"
        ))
    }

    /// Answers as the service of OAI-PMH does.
    pub(crate) fn oai(&self, asked: &Asked) -> Reply {
        if asked.field("verb") == Some("GetRecord") {
            let number = asked.field("identifier").unwrap().rsplit(':').next().unwrap().parse::<u64>().unwrap();
            return match self.articles.iter().find(|article| article.number == number) {
                None => refuse("idDoesNotExist", "no such article"),
                Some(article) if !article.open => refuse("cannotDisseminateFormat", "not open access"),
                Some(article) => envelope(&format!("<GetRecord>{}</GetRecord>", article.oai_record())),
            };
        }
        let (start, from, until) = match asked.field("resumptionToken") {
            Some(token) => {
                let parts: Vec<&str> = token.split('!').collect();
                let [start, from, until] = parts.as_slice() else { return refuse("badResumptionToken", "unknown") };
                (start.parse::<usize>().unwrap(), (*from).to_owned(), (*until).to_owned())
            }
            None => (0, asked.field("from").unwrap().to_owned(), asked.field("until").unwrap().to_owned()),
        };
        let found: Vec<&Article> = self
            .articles
            .iter()
            .filter(|article| article.open && from <= article.changed && article.changed <= until)
            .collect();
        if found.is_empty() {
            return refuse("noRecordsMatch", "none");
        }
        let page: String = found.iter().skip(start).take(ARTICLES).map(|article| article.oai_record()).collect();
        let end = start + ARTICLES;
        let next = if end < found.len() { format!("{end}!{from}!{until}") } else { String::new() };
        let token = format!(
            "<resumptionToken completeListSize=\"{}\" cursor=\"{start}\">{next}</resumptionToken>",
            found.len()
        );
        envelope(&format!("<ListRecords>{page}{token}</ListRecords>"))
    }
}

fn envelope(inner: &str) -> Reply {
    Reply::ok(format!(
        "<?xml version=\"1.0\"?>\n<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">{inner}</OAI-PMH>\n"
    ))
}

/// An error of the protocol, which comes as a success.
pub(crate) fn refuse(code: &str, words: &str) -> Reply {
    envelope(&format!("<error code=\"{code}\">{words}</error>"))
}

impl Article {
    fn record(&self, version: u32) -> String {
        let name = format!("PMC{}.{version}", self.number);
        json!({"pmcid": format!("PMC{}", self.number), "version": version, "pmid": 99_000_000 + self.number, "doi": format!("10.5555/{}", self.number),
               "mid": null, "title": format!("Marbles, part {}", self.number), "is_pmc_openaccess": self.open, "is_manuscript": !self.open,
               "is_retracted": self.retracted, "license_code": self.licence,
               "xml_url": format!("s3://pmc-oa-opendata/{name}/{name}.xml?md5={}", md5(self.text(version).as_bytes()))})
        .to_string()
    }

    fn text(&self, version: u32) -> String {
        format!("<?xml version=\"1.0\"?>\n{}", self.jats(version))
    }

    fn jats(&self, version: u32) -> String {
        format!(
            "<article article-type=\"research-article\"><front><article-meta><article-id pub-id-type=\"pmcid\">PMC{n}</article-id>\
             <article-id pub-id-type=\"pmid\">{pmid}</article-id><title-group><article-title>Marbles, part {n}</article-title></title-group>\
             <abstract><p>Marbles changed nothing.</p></abstract></article-meta></front>\
             <body><sec><title>Results</title><p>The whole of part {n}, version {version}.</p></sec></body></article>\n",
            n = self.number,
            pmid = 99_000_000 + self.number
        )
    }

    fn oai_record(&self) -> String {
        format!(
            "<record><header><identifier>oai:pubmedcentral.nih.gov:{}</identifier><datestamp>{}</datestamp><setSpec>pmc-open</setSpec></header>\
             <metadata>{}</metadata></record>\n",
            self.number,
            self.changed,
            self.jats(self.version)
        )
    }
}
