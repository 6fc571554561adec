//! One article: what was found of it, and what is remembered.

use jiff::civil::Date;

/// What a service has of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Article {
    /// Nothing under this number.
    Absent,
    /// It, but not for everyone; why, in words.
    Closed(String),
    /// It.
    Open {
        /// The service's record beside it, where there is one.
        metadata: Option<Vec<u8>>,
        /// Its full text; none where the one that is held is the same.
        text: Option<Vec<u8>>,
        /// What tells it from another version of it.
        state: String,
    },
}

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

impl Held {
    pub(super) fn to_line(&self) -> String {
        format!("{}\t{}", self.on, self.state)
    }

    /// What [`Held::to_line`] wrote.
    pub(super) fn from_line(line: &str) -> Option<Self> {
        let (on, state) = line.split_once('\t')?;
        Some(Self { state: state.to_owned(), on: on.parse().ok()? })
    }

    /// Whether it is looked for again on a day.
    pub(super) fn is_due(&self, today: Date, again_days: u16) -> bool {
        let days = self.on.until(today).map_or(i32::MAX, |span| span.get_days());
        self.state == BEGUN || days >= i32::from(again_days)
    }
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
        assert!(Held { state: BEGUN.to_owned(), ..held }.is_due("2099-01-01".parse().unwrap(), 30));
    }
}
