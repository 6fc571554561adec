//! Dates as the literature gives them: often only a month, a season or a year.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A date known to the year, the month or the day. Written `2019`, `2019-03` or `2019-03-07`; it orders by what is known,
/// the less precise first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    /// The year, four digits.
    pub year: u16,
    /// The month, 1 to 12, where known.
    pub month: Option<u8>,
    /// The day of the month, where known; never without a month.
    pub day: Option<u8>,
}

/// Why a text is no [`PartialDate`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no date; expected YYYY, YYYY-MM or YYYY-MM-DD")]
pub struct ParseDateError(String);

impl PartialDate {
    /// A date of the given precision, or none where a number is out of range (the day is checked against the month).
    pub fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let valid = (1000..=9999).contains(&year)
            && match (month, day) {
                (None, None) => true,
                (None, Some(_)) => false,
                (Some(month), None) => (1..=12).contains(&month),
                (Some(month), Some(day)) => jiff::civil::Date::new(year as i16, month as i8, day as i8).is_ok(),
            };
        valid.then_some(Self { year, month, day })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || ParseDateError(text.to_owned());
        let mut parts = text.split('-');
        let year = parts.next().and_then(|p| p.parse().ok()).ok_or_else(refuse)?;
        let mut next = || parts.next().map(|p| p.parse::<u8>().map_err(|_| refuse())).transpose();
        let (month, day) = (next()?, next()?);
        if parts.next().is_some() {
            return Err(refuse());
        }
        Self::new(year, month, day).ok_or_else(refuse)
    }
}

impl TryFrom<String> for PartialDate {
    type Error = ParseDateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_survives_the_round_trip() {
        for text in ["2019", "2019-03", "2020-02-29"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn dates_that_never_were_are_refused() {
        for text in ["", "19", "2019-13", "2019-02-29", "2019-1-1-1", "Summer", "2019-00"] {
            assert!(text.parse::<PartialDate>().is_err(), "{text:?}");
        }
    }
}
