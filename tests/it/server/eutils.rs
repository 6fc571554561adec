//! NCBI's E-utilities, as far as a harvest speaks to them: searches by date of entry, histories, pages of records.

use std::sync::Mutex;

use super::records::{record, set};
use super::{Asked, Reply};

/// Records, each with the minute of its entry (`2026/01/02 03:04`).
#[derive(Debug, Default)]
pub(crate) struct Eutils {
    pub(crate) records: Vec<(u64, String)>,
    /// What each history holds, by its number.
    histories: Mutex<Vec<Vec<u64>>>,
}

impl Eutils {
    /// `count` records, an equal number entered on each day of January 2026.
    pub(crate) fn invented(count: u64) -> Self {
        let entered = |n: u64| format!("2026/01/{:02} {:02}:{:02}", 1 + n % 31, n / 31 % 24, n % 60);
        Self { records: (0..count).map(|n| (n + 1, entered(n))).collect(), histories: Mutex::default() }
    }

    pub(crate) fn answer(&self, asked: &Asked) -> Reply {
        match asked.path.as_str() {
            "/esearch.fcgi" => self.search(asked),
            "/efetch.fcgi" => self.fetch(asked),
            _ => Reply::status(404),
        }
    }

    fn search(&self, asked: &Asked) -> Reply {
        let term = asked.field("term").unwrap_or_default();
        let mut ids: Vec<u64> =
            self.records.iter().filter(|(_, entered)| matches(term, entered)).map(|(id, _)| *id).collect();
        let count = ids.len();
        ids.truncate(9_999);
        let mut histories = self.histories.lock().unwrap();
        histories.push(ids);
        Reply::ok(format!(
            "<?xml version=\"1.0\"?><eSearchResult><Count>{count}</Count><RetMax>0</RetMax><RetStart>0</RetStart>\
             <QueryKey>1</QueryKey><WebEnv>MCID_{}</WebEnv><IdList></IdList><TranslationStack><TermSet><Count>7</Count></TermSet>\
             </TranslationStack></eSearchResult>\n",
            histories.len() - 1
        ))
    }

    fn fetch(&self, asked: &Asked) -> Reply {
        let number = |name: &str| asked.field(name).and_then(|n| n.parse::<usize>().ok());
        let history = asked.field("WebEnv").and_then(|w| w.strip_prefix("MCID_")?.parse::<usize>().ok());
        let histories = self.histories.lock().unwrap();
        let Some(ids) = history.and_then(|n| histories.get(n)) else { return expired() };
        let page = ids.iter().skip(number("retstart").unwrap()).take(number("retmax").unwrap());
        Reply::ok(set(page.map(|id| record(*id, ""))))
    }
}

/// What the server says when it forgot a search.
pub(crate) fn expired() -> Reply {
    Reply::ok("<?xml version=\"1.0\"?><eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>")
}

/// Whether a record that entered then is within every range of entry that the term names.
fn matches(term: &str, entered: &str) -> bool {
    term.match_indices("\"[EDAT] : \"").all(|(at, between)| {
        let from = term[..at].rsplit('"').next().unwrap();
        let to = term[at + between.len()..].split('"').next().unwrap();
        let revised = term[at..].contains("[MDAT]");
        let after = entered[..from.len().min(entered.len())] >= *from;
        let before = to.len() == 4 || entered[..to.len().min(entered.len())] <= *to;
        // A window that also takes what was revised takes nothing here that was not entered in it.
        after && (before || revised)
    })
}
