//! Windows of days, for sources that publish by date: what one partition covers, and what is remembered of it.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// A stretch of days, the first and the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: Date,
    pub(super) to: Date,
}

impl Window {
    /// The days between two in months of the calendar; none where there are none.
    pub(super) fn months(from: Date, to: Date) -> Vec<Self> {
        let mut months = Vec::new();
        let mut start = from;
        while start <= to {
            let end = start.last_of_month();
            months.push(Self { from: start, to: end.min(to) });
            match end.tomorrow() {
                Ok(next) => start = next,
                Err(_) => break,
            }
        }
        months
    }

    /// Without the days before this one; none where nothing is left.
    fn since(self, day: Date) -> Option<Self> {
        (day <= self.to).then(|| Self { from: self.from.max(day), ..self })
    }
}

/// What is remembered of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Position {
    /// It was read, up to this last day, on this day.
    Read { to: Date, on: Date },
    /// It is being read.
    Begun(Reading),
}

/// A window being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) window: Window,
    /// The day on which reading began.
    pub(super) on: Date,
    /// Records that are announced; 0 before the first page.
    pub(super) total: u64,
    /// Records that were delivered.
    pub(super) stored: u64,
    /// The service's own mark of the next page, where it has one.
    pub(super) next: Option<String>,
}

impl Reading {
    pub(super) fn new(window: Window, on: Date) -> Self {
        Self { window, on, total: 0, stored: 0, next: None }
    }
}

impl Position {
    pub(super) fn to_line(&self) -> String {
        match self {
            Self::Read { to, on } => format!("read\t{to}\t{on}"),
            Self::Begun(Reading { window, on, total, stored, next }) => {
                let next = next.as_deref().unwrap_or_default();
                format!("begun\t{}\t{}\t{on}\t{total}\t{stored}\t{next}", window.from, window.to)
            }
        }
    }

    /// What [`Position::to_line`] wrote.
    pub(super) fn from_line(line: &str) -> Option<Self> {
        match *line.split('\t').collect::<Vec<_>>().as_slice() {
            ["read", to, on] => Some(Self::Read { to: to.parse().ok()?, on: on.parse().ok()? }),
            ["begun", from, to, on, total, stored, next] => Some(Self::Begun(Reading {
                window: Window { from: from.parse().ok()?, to: to.parse().ok()? },
                on: on.parse().ok()?,
                total: total.parse().ok()?,
                stored: stored.parse().ok()?,
                next: Some(next.to_owned()).filter(|next| !next.is_empty()),
            })),
            _ => None,
        }
    }
}

/// What is to be read of a window on a day; none if all of it was read when its last days were past by more than `overlap` days,
/// within which versions are still posted under their dates. `since` reads again from that day on.
pub(super) fn due(
    window: Window,
    held: Option<Position>,
    today: Date,
    overlap: u16,
    since: Option<Date>,
) -> Option<Reading> {
    match held {
        None => Some(Reading::new(window, today)),
        Some(Position::Begun(reading)) => Some(reading),
        Some(Position::Read { to, on }) => {
            let settled = before(on, overlap);
            let open = (to < window.to || settled <= window.to).then_some(to.min(settled));
            let from = [open, since].into_iter().flatten().min()?;
            window.since(from).map(|window| Reading::new(window, today))
        }
    }
}

/// This day, as services count days.
pub(super) fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}

/// The day so many days before.
fn before(day: Date, days: u16) -> Date {
    day.checked_sub(i64::from(days).days()).unwrap_or(Date::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn window(from: &str, to: &str) -> Window {
        Window { from: day(from), to: day(to) }
    }

    #[test]
    fn months_meet_at_their_ends() {
        let months = Window::months(day("2099-01-15"), day("2099-03-10"));
        assert_eq!(
            months,
            [
                window("2099-01-15", "2099-01-31"),
                window("2099-02-01", "2099-02-28"),
                window("2099-03-01", "2099-03-10")
            ]
        );
        assert!(Window::months(day("2099-01-02"), day("2099-01-01")).is_empty());
    }

    #[test]
    fn a_month_is_read_again_until_it_is_past_by_the_overlap() {
        let january = window("2099-01-01", "2099-01-31");
        let at = |held, today: &str| due(january, held, day(today), 3, None).map(|reading| reading.window);
        assert_eq!(at(None, "2099-02-20"), Some(january));
        let read = |to: &str, on: &str| Some(Position::Read { to: day(to), on: day(on) });
        assert_eq!(at(read("2099-01-31", "2099-02-02"), "2099-02-20"), Some(window("2099-01-30", "2099-01-31")));
        assert_eq!(at(read("2099-01-31", "2099-02-04"), "2099-02-20"), None);
        // Read when it was not over.
        assert_eq!(at(read("2099-01-10", "2099-01-10"), "2099-02-20"), Some(window("2099-01-07", "2099-01-31")));
        let since =
            |held| due(january, held, day("2099-02-20"), 3, Some(day("2099-01-20"))).map(|reading| reading.window);
        assert_eq!(since(read("2099-01-31", "2099-02-04")), Some(window("2099-01-20", "2099-01-31")));
        assert_eq!(
            since(read("2099-01-10", "2099-01-10")),
            Some(window("2099-01-07", "2099-01-31")),
            "what is open is not left out"
        );
        assert_eq!(since(None), Some(january), "nor what was never read");
    }

    proptest! {
        #[test]
        fn positions_survive_a_checkpoint(from in 0_i64..40_000, length in 0_i64..40, total in any::<u64>(), stored in any::<u64>()) {
            let from = Date::constant(1990, 1, 1).checked_add(from.days()).unwrap();
            let to = from.checked_add(length.days()).unwrap();
            for position in [
                Position::Read { to, on: from },
                Position::Begun(Reading { window: Window { from, to }, on: to, total, stored, next: Some("a/b c".to_owned()) }),
            ] {
                prop_assert_eq!(Position::from_line(&position.to_line()), Some(position));
            }
        }

        #[test]
        fn no_day_is_in_two_months_and_none_in_no_month(start in 0_i64..4_000, length in 0_i64..900) {
            let from = Date::constant(2090, 1, 1).checked_add(start.days()).unwrap();
            let to = from.checked_add(length.days()).unwrap();
            let months = Window::months(from, to);
            prop_assert_eq!(months[0].from, from);
            prop_assert_eq!(months[months.len() - 1].to, to);
            for pair in months.windows(2) {
                prop_assert_eq!(pair[0].to.tomorrow().unwrap(), pair[1].from);
            }
        }
    }
}
