//! Dates in all the ways in which records write them.

use crate::model::PartialDate;
use crate::xml::{Cursor, Element, XmlError};

/// A date as read: as far as it is certain, and as written where it is no plain date.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct WrittenDate {
    pub(super) date: Option<PartialDate>,
    pub(super) written: Option<String>,
}

/// Reads an element with `Year`, `Month`, `Day`, `Season` or `MedlineDate`.
pub(super) fn read(cursor: &mut Cursor<'_>, element: &Element<'_>) -> Result<WrittenDate, XmlError> {
    let (mut year, mut month, mut day, mut season) = (None, None, None, None);
    let mut free = None;
    while let Some(child) = cursor.child(element)? {
        let slot = match child.name() {
            "Year" => &mut year,
            "Month" => &mut month,
            "Day" => &mut day,
            "Season" => &mut season,
            "MedlineDate" => &mut free,
            _ => continue,
        };
        *slot = Some(cursor.text(&child)?.trim().to_owned()).filter(|text| !text.is_empty());
    }
    if let Some(written) = free {
        return Ok(WrittenDate { date: medline(&written), written: Some(written) });
    }
    let date = year.as_deref().and_then(|year| certain(year, month.as_deref(), day.as_deref()));
    let written = season.map(|season| format!("{} {season}", year.unwrap_or_default()).trim().to_owned());
    Ok(WrittenDate { date, written })
}

/// The date as far as its parts make sense: a month that is none leaves the year.
pub(super) fn certain(year: &str, month: Option<&str>, day: Option<&str>) -> Option<PartialDate> {
    let year: u16 = year.parse().ok()?;
    let month = month.and_then(month_number);
    let day = day.and_then(|day| day.parse().ok()).filter(|_| month.is_some());
    PartialDate::new(year, month, day)
        .or_else(|| PartialDate::new(year, month, None))
        .or_else(|| PartialDate::new(year, None, None))
}

/// A month by number (`3`, `03`) or English name, abbreviated or not.
fn month_number(month: &str) -> Option<u8> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if let Ok(number) = month.parse::<u8>() {
        return (1..=12).contains(&number).then_some(number);
    }
    let lower = month.to_lowercase();
    let letters = lower.chars().all(|c| c.is_ascii_alphabetic() || c == '.');
    NAMES
        .iter()
        .position(|name| letters && lower.starts_with(name) && lower.trim_end_matches('.').len() <= 9)
        .and_then(|place| u8::try_from(place + 1).ok())
}

/// The beginning of a free date: `1998 Dec-1999 Jan` is December 1998, `2000 Spring` is 2000, `2000 May 2-9` is 2 May.
pub(super) fn medline(written: &str) -> Option<PartialDate> {
    let words: Vec<&str> = written.split([' ', '-', '–', '/', ',']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))?;
    let year = words[at];
    // What stands behind the year, up to the next one; a month before the year ("Dec 1998") counts where none follows.
    let month = words.get(at + 1).copied().filter(|word| month_name(word));
    let day = month.and_then(|_| words.get(at + 2)).copied().filter(|word| word.len() <= 2);
    let before = at.checked_sub(1).and_then(|n| words.get(n)).copied().filter(|word| month_name(word));
    certain(year, month.or(before), day)
}

/// Whether a word of a free date is a month; a bare number may be anything.
fn month_name(word: &str) -> bool {
    word.parse::<u8>().is_err() && month_number(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(text: &str) -> String {
        medline(text).map(|date| date.to_string()).unwrap_or_default()
    }

    #[test]
    fn free_dates_are_read_as_far_as_they_are_certain() {
        assert_eq!(free("2000 Spring"), "2000");
        assert_eq!(free("1998 Dec-1999 Jan"), "1998-12");
        assert_eq!(free("2000 May 2-9"), "2000-05-02");
        assert_eq!(free("1976-1977"), "1976");
        assert_eq!(free("2001 Mar-Apr"), "2001-03");
        assert_eq!(free("Summer 1987"), "1987");
        assert_eq!(free("Dec 1998"), "1998-12");
        assert_eq!(free("2000 Oct-2001 Mar"), "2000-10");
        assert_eq!(free("undated"), "");
    }

    #[test]
    fn a_month_that_is_none_leaves_the_year() {
        assert_eq!(certain("2000", Some("0"), Some("1")), PartialDate::new(2000, None, None));
        assert_eq!(certain("2000", Some("02"), Some("30")), PartialDate::new(2000, Some(2), None));
        assert_eq!(certain("2000", Some("Sept"), None), PartialDate::new(2000, Some(9), None));
        assert_eq!(certain("2000", Some("Winter"), None), PartialDate::new(2000, None, None));
        assert_eq!(certain("20", None, None), None);
    }
}
