//! `pub-date` in its ways.

use super::Read;
use super::prose::some_plain;
use crate::model::{Document, PartialDate};
use crate::xml::{Cursor, Element};

/// The dates of publication as they are found.
#[derive(Debug, Default)]
pub(super) struct Published {
    printed: Option<PartialDate>,
    printed_as_written: Option<String>,
    /// Of a collection: an electronic journal's issue, often a year alone.
    collected: Option<PartialDate>,
    electronic: Option<PartialDate>,
    other: Option<PartialDate>,
}

impl Published {
    pub(super) fn read(&mut self, cursor: &mut Cursor<'_>, element: &Element<'_>) -> Read {
        let kind = element.attribute("pub-type")?.or(element.attribute("date-type")?);
        let format = element.attribute("publication-format")?;
        let iso = element.attribute("iso-8601-date")?;
        let (mut year, mut month, mut day, mut season) = (None, None, None, None);
        while let Some(part) = cursor.child(element)? {
            let slot = match part.name() {
                "year" => &mut year,
                "month" => &mut month,
                "day" => &mut day,
                "season" => &mut season,
                _ => continue,
            };
            *slot = some_plain(cursor, &part)?;
        }
        let date = year
            .as_deref()
            .and_then(|year| crate::parse::dates::certain(year, month.as_deref(), day.as_deref()))
            .or_else(|| iso?.get(..10)?.parse().ok());
        let written = season.map(|season| format!("{} {season}", year.unwrap_or_default()).trim().to_owned());
        let electronic = format.as_deref().is_some_and(|format| format.starts_with("electronic") || format == "online");
        let slot = match (kind.as_deref(), electronic) {
            (Some("ppub"), _) | (Some("pub"), false) => {
                self.printed_as_written = self.printed_as_written.take().or(written);
                &mut self.printed
            }
            (Some("collection"), _) => {
                self.printed_as_written = self.printed_as_written.take().or(written);
                &mut self.collected
            }
            (Some("epub" | "epub-ppub" | "epreprint" | "epub-original"), _) | (Some("pub"), true) => {
                &mut self.electronic
            }
            // When it was submitted to an archive, or released there, is not when it was published.
            (
                Some(
                    "pmc-release" | "nihms-submitted" | "received" | "accepted" | "rev-recd" | "retracted"
                    | "corrected",
                ),
                _,
            ) => {
                return Ok(());
            }
            _ => &mut self.other,
        };
        *slot = slot.take().or(date);
        Ok(())
    }

    pub(super) fn finish(self, document: &mut Document) {
        // A collection's bare year says less than the day on which the paper appeared in that year.
        let collected = self.collected.map(|issue| match self.electronic {
            Some(electronic) if issue.month.is_none() && electronic.year == issue.year => electronic,
            _ => issue,
        });
        document.published = self.printed.or(collected).or(self.electronic).or(self.other);
        document.published_as_written = self.printed_as_written;
        document.published_electronically = self.electronic;
    }
}
