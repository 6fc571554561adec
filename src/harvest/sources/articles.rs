//! Articles that are fetched one by one: what they are called, what is remembered of each, and what is said of those that are not to
//! be had.

use jiff::civil::Date;

use crate::model::Identifiers;

/// Articles in a row that fail before the others wait for the next run: a server that is down is not asked for each of them.
pub(super) const FAILURES: u32 = 3;
/// Articles that a note names.
const NAMED: usize = 20;

/// What is remembered of an article: its state, and the day on which it was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) state: String,
    pub(super) on: Date,
}

/// The state of an article that is not there.
pub(super) const ABSENT: &str = "absent";
/// The state of one that is not open access.
pub(super) const CLOSED: &str = "closed";
/// The state of one of which the text alone is stored as yet.
pub(super) const BEGUN: &str = "begun";
/// The state of one that was found and not yet fetched.
pub(super) const WANTED: &str = "wanted";
/// The state of one that the service refused when nothing told that it was up.
pub(super) const REFUSED: &str = "refused";

impl Held {
    pub(super) fn to_line(&self) -> String {
        format!("{}\t{}", self.on, self.state)
    }

    /// What [`Held::to_line`] wrote.
    pub(super) fn from_line(line: &str) -> Option<Self> {
        let (on, state) = line.split_once('\t')?;
        Some(Self { state: state.to_owned(), on: on.parse().ok()? })
    }

    /// Whether it was looked for to the end, whatever was found.
    pub(super) fn is_settled(&self) -> bool {
        ![BEGUN, WANTED, REFUSED].contains(&self.state.as_str())
    }

    /// Whether it is looked for again on a day.
    pub(super) fn is_due(&self, today: Date, again_days: u16) -> bool {
        let days = self.on.until(today).map_or(i32::MAX, |span| span.get_days());
        !self.is_settled() || days >= i32::from(again_days)
    }
}

/// A PMCID in its one form, `PMC123`; none if it is none.
pub(super) fn pmcid(written: &str) -> Option<String> {
    let mut identifiers = Identifiers::default();
    identifiers.set_pmcid(written);
    // A version, or zeros before the number, name the same article.
    let digits = identifiers.pmcid?.trim_start_matches("PMC").parse::<u64>().ok()?;
    Some(format!("PMC{digits}"))
}

/// What is said of articles that are not to be had; nothing if there are none.
pub(super) fn note(ids: &[String], what: &str) -> Option<String> {
    let first = ids.first()?;
    if ids.len() == 1 {
        return Some(format!("1 article is {what}: {first}"));
    }
    let named = ids.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = if ids.len() > NAMED { " …" } else { "" };
    Some(format!("{} articles are {what}: {named}{more}", ids.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_looked_for_again_after_some_days() {
        let held = Held { state: "1 abc".to_owned(), on: "2099-01-01".parse().unwrap() };
        assert_eq!(Held::from_line(&held.to_line()).as_ref(), Some(&held));
        let due = |day: &str| held.is_due(day.parse().unwrap(), 30);
        assert!(!due("2099-01-01") && !due("2099-01-30") && due("2099-01-31"));
        for unsettled in [BEGUN, WANTED, REFUSED] {
            let held = Held { state: unsettled.to_owned(), ..held.clone() };
            assert!(held.is_due("2099-01-01".parse().unwrap(), 30), "{unsettled}");
        }
    }
}
