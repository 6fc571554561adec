//! Dates as queries write them, and stretches of time counted back from today.

use super::error::Fault;
use crate::model::PartialDate;

/// The year that PubMed's strategies write for “to this day and later”.
pub(super) const OPEN_END: &str = "3000/12/31";

/// `YYYY`, `YYYY/MM` or `YYYY/MM/DD`, with slashes, hyphens or points; a time of day behind it does not count.
pub(super) fn read(typed: &str) -> Result<PartialDate, Fault> {
    let fault = || Fault::NoDate(typed.to_owned());
    // PubMed's own search details give a time behind the day.
    let day = typed.trim();
    let day = day.split_once(' ').filter(|(_, time)| time.contains(':')).map_or(day, |(day, _)| day);
    let parts: Vec<&str> = day.split(['/', '-', '.']).map(str::trim).collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() > 3 || parts[0].len() != 4 || !parts.iter().all(digits) {
        return Err(fault());
    }
    let small = |n: usize| parts.get(n).map(|part| part.parse::<u8>()).transpose().map_err(|_| fault());
    PartialDate::new(parts[0].parse().map_err(|_| fault())?, small(1)?, small(2)?).ok_or_else(fault)
}

/// A stretch of time that ends today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Years(u16),
    Months(u16),
    Days(u16),
}

impl Last {
    /// Reads `last 5 years`, `last 1 month`, `last 90 days`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let mut words = lower.split_whitespace();
        let (Some("last"), Some(number), Some(unit), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return None;
        };
        let number = number.parse().ok()?;
        Some(match unit {
            "year" | "years" => Self::Years(number),
            "month" | "months" => Self::Months(number),
            "day" | "days" => Self::Days(number),
            _ => return None,
        })
    }

    /// The day on which it begins, `YYYY/MM/DD`; `today` is `YYYY-MM-DD`. None where that is before all calendars.
    pub(super) fn begins(self, today: jiff::civil::Date) -> Option<String> {
        let span = match self {
            Self::Years(n) => jiff::Span::new().try_years(n),
            Self::Months(n) => jiff::Span::new().try_months(n),
            Self::Days(n) => jiff::Span::new().try_days(n),
        };
        let begin = today.checked_sub(span.ok()?).ok().filter(|day| day.year() > 0)?;
        Some(format!("{:04}/{:02}/{:02}", begin.year(), begin.month(), begin.day()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_three_lengths() {
        for (typed, shown) in
            [("2019", "2019"), ("2019/3", "2019-03"), ("2019/03/07", "2019-03-07"), (" 2019-03 ", "2019-03")]
        {
            assert_eq!(read(typed).unwrap().to_string(), shown);
        }
        for typed in ["", "19", "20191", "2019/13", "2019/02/40", "2019/1/1/1", "2019/", "x", "２０１９"] {
            assert!(read(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_stretch_ends_today() {
        let today = jiff::civil::date(2024, 2, 29);
        let begins = |text: &str| Last::read(text).and_then(|last| last.begins(today));
        assert_eq!(begins("last 5 years").as_deref(), Some("2019/02/28"));
        assert_eq!(begins("Last 1 Month").as_deref(), Some("2024/01/29"));
        assert_eq!(begins("last 60 days").as_deref(), Some("2023/12/31"));
        assert_eq!((begins("last years"), begins("last 9000 years"), begins("first 2 years")), (None, None, None));
    }
}
