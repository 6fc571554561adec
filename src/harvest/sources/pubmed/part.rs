//! A search in parts: each a range of days, or of minutes of a day, of entry into PubMed.

use jiff::civil::{Date, DateTime};
use jiff::{ToSpan, Unit};

/// An inclusive range of minutes of entry (`[EDAT]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    from: DateTime,
    to: DateTime,
}

impl Part {
    /// All that entered until the end of a day.
    pub(super) fn until(last: Date) -> Self {
        // PubMed's oldest dates of entry lie in the 1960s, a few before.
        Self { from: Date::constant(1900, 1, 1).at(0, 0, 0, 0), to: last.at(23, 59, 0, 0) }
    }

    /// Two halves, in order; none for a single minute. Days are kept whole as long as there are several.
    pub(super) fn halves(self) -> Option<(Self, Self)> {
        let minutes = self.from.until((Unit::Minute, self.to)).ok()?.get_minutes();
        if minutes < 1 {
            return None;
        }
        let middle = self.from.checked_add((minutes / 2).minutes()).ok()?;
        let end = if self.from.date() == self.to.date() {
            middle
        } else {
            // The first half ends with a day, and not with the last one.
            let day = if middle.date() < self.to.date() { middle.date() } else { self.from.date() };
            day.at(23, 59, 0, 0)
        };
        let next = end.checked_add(1.minute()).ok()?;
        Some((Self { to: end, ..self }, Self { from: next, ..self }))
    }

    /// The part in PubMed's language.
    pub(super) fn clause(self) -> String {
        let whole_days =
            self.from.time() == jiff::civil::time(0, 0, 0, 0) && self.to.time() == jiff::civil::time(23, 59, 0, 0);
        let form = if whole_days { "%Y/%m/%d" } else { "%Y/%m/%d %H:%M" };
        format!("\"{}\"[EDAT] : \"{}\"[EDAT]", self.from.strftime(form), self.to.strftime(form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_meet_and_do_not_overlap_down_to_the_minute() {
        let mut part = Part::until("2026-11-24".parse().unwrap());
        let mut steps = 0;
        while let Some((early, late)) = part.halves() {
            assert_eq!((early.from, late.to), (part.from, part.to));
            assert_eq!(early.to.checked_add(1.minute()).unwrap(), late.from);
            assert!(early.from <= early.to && late.from <= late.to);
            part = if steps % 2 == 0 { late } else { early };
            steps += 1;
        }
        assert_eq!(part.from, part.to);
        assert!(steps < 60, "{steps}");
    }

    #[test]
    fn clauses_name_minutes_only_within_a_day() {
        let all = Part::until("2026-11-24".parse().unwrap());
        assert_eq!(all.clause(), "\"1900/01/01\"[EDAT] : \"2026/11/24\"[EDAT]");
        let day =
            Part { from: Date::constant(2026, 1, 2).at(0, 0, 0, 0), to: Date::constant(2026, 1, 2).at(23, 59, 0, 0) };
        let (morning, evening) = day.halves().unwrap();
        assert_eq!(morning.clause(), "\"2026/01/02 00:00\"[EDAT] : \"2026/01/02 11:59\"[EDAT]");
        assert_eq!(evening.clause(), "\"2026/01/02 12:00\"[EDAT] : \"2026/01/02 23:59\"[EDAT]");
    }
}
