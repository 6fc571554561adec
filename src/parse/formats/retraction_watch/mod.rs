//! Retraction Watch's table, as Crossref publishes it: a row a notice, each a statement about a paper and no document of its own.
//!
//! A PMID is written `0` and a DOI `unavailable` where there is none; dates are `M/D/YYYY`, with an hour that means nothing. Columns go
//! by their names. The table ends with a line break: one that does not is cut short.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;

use csv::{ByteRecord, ReaderBuilder};

use crate::model::{DocumentId, Identifiers, Nature, PartialDate, Statement};
use crate::parse::{Item, ParseError, RecordParser, Rejection, Told};

/// Retraction Watch's table.
pub(super) struct RetractionWatch;

const NAME: &str = "retraction-watch";

impl RecordParser for RetractionWatch {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recognises(&self, head: &[u8]) -> bool {
        let head = String::from_utf8_lossy(head);
        let first = head.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
        first.starts_with("Record ID,") && first.contains("RetractionNature")
    }

    fn parse(&self, input: &mut dyn BufRead, sink: &mut dyn FnMut(Item) -> ControlFlow<()>) -> Result<(), ParseError> {
        let mut tail = Tail { input, last: b'\n' };
        // Some rows end with a comma more than others.
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(&mut tail);
        let stopped = |position: u64, error: csv::Error| ParseError::Read { position, source: error.into() };
        let columns = reader.byte_headers().map_err(|error| stopped(0, error))?;
        let columns =
            Columns::of(columns).map_err(|reason| ParseError::Malformed { format: NAME, position: 0, reason })?;
        let mut row = ByteRecord::new();
        loop {
            let (position, line) = (reader.position().byte(), reader.position().line());
            match reader.read_byte_record(&mut row) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return Err(stopped(position, error)),
            }
            let item = match columns.statement(&row) {
                Ok(statement) => Item::Statement(Box::new(Told { statement, position })),
                Err(reason) => {
                    let fields: Vec<String> =
                        row.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
                    Item::Rejected(Rejection::new(
                        position,
                        format!("line {line}: {reason}"),
                        fields.join(",").as_bytes(),
                    ))
                }
            };
            if sink(item).is_break() {
                return Ok(());
            }
        }
        let position = reader.position().byte();
        if tail.last != b'\n' {
            let reason = "the table is cut short: its last line has no end".to_owned();
            return Err(ParseError::Malformed { format: NAME, position, reason });
        }
        Ok(())
    }
}

/// Remembers the last byte that was read.
struct Tail<'r> {
    input: &'r mut dyn BufRead,
    last: u8,
}

impl Read for Tail<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        if let Some(last) = buffer[..n].last() {
            self.last = *last;
        }
        Ok(n)
    }
}

/// Where the columns stand that are read.
struct Columns {
    record: usize,
    nature: usize,
    dated: usize,
    paper_doi: usize,
    paper_pmid: usize,
    notice_doi: usize,
    notice_pmid: usize,
    reasons: usize,
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, String> {
        let find = |name: &str| {
            let named = |field: &[u8]| String::from_utf8_lossy(field).trim_start_matches('\u{feff}').trim() == name;
            header.iter().position(named).ok_or_else(|| format!("it has no column “{name}”"))
        };
        Ok(Self {
            record: find("Record ID")?,
            nature: find("RetractionNature")?,
            dated: find("RetractionDate")?,
            paper_doi: find("OriginalPaperDOI")?,
            paper_pmid: find("OriginalPaperPubMedID")?,
            notice_doi: find("RetractionDOI")?,
            notice_pmid: find("RetractionPubMedID")?,
            reasons: find("Reason")?,
        })
    }

    fn statement(&self, row: &ByteRecord) -> Result<Statement, String> {
        let field = |at: usize| row.get(at).map(|field| String::from_utf8_lossy(field).trim().to_owned());
        let needed =
            |at: usize, what: &str| field(at).ok_or_else(|| format!("it has {} fields and no {what}", row.len()));
        let written = needed(self.record, "record id")?;
        let record: u64 = written.parse().map_err(|_| format!("“{written}” is no number of a record"))?;
        let written = needed(self.nature, "nature")?;
        let nature = nature(&written).ok_or_else(|| format!("“{written}” is no nature of a notice that is known"))?;
        let written = needed(self.dated, "date")?;
        let dated = date(&written).ok_or_else(|| format!("“{written}” is no date"))?;
        let (pmid, doi) =
            (pmid(&needed(self.paper_pmid, "PMID of the paper")?)?, doi(&needed(self.paper_doi, "DOI of the paper")?));
        let notice = doi_of_notice(field(self.notice_doi), doi.as_deref()).or_else(|| {
            self::pmid(&field(self.notice_pmid)?).ok()?.filter(|id| Some(*id) != pmid).map(DocumentId::pmid)
        });
        Ok(Statement {
            said_by: DocumentId::other("RW", &record.to_string()).map_err(|error| error.to_string())?,
            pmid,
            doi,
            nature,
            dated,
            notice,
            reasons: field(self.reasons).and_then(|written| reasons(&written)),
        })
    }
}

fn nature(written: &str) -> Option<Nature> {
    match written.to_ascii_lowercase().as_str() {
        "retraction" => Some(Nature::Retraction),
        "reinstatement" => Some(Nature::Reinstatement),
        "expression of concern" => Some(Nature::ExpressionOfConcern),
        "correction" => Some(Nature::Correction),
        _ => None,
    }
}

/// `1/24/2020 0:00`, month first.
fn date(written: &str) -> Option<PartialDate> {
    let day = written.split_whitespace().next()?;
    let parts: Vec<&str> = day.split('/').collect();
    let [month, day, year] = parts.as_slice() else { return None };
    PartialDate::new(year.parse().ok()?, Some(month.parse().ok()?), Some(day.parse().ok()?))
}

/// None where the table has `0`, or nothing.
fn pmid(written: &str) -> Result<Option<u64>, String> {
    if written.is_empty() || written.eq_ignore_ascii_case("unavailable") {
        return Ok(None);
    }
    let number: u64 = written.parse().map_err(|_| format!("“{written}” is no PMID"))?;
    Ok(Some(number).filter(|number| *number > 0))
}

/// None where the table has `unavailable`, or anything else that is no DOI.
fn doi(written: &str) -> Option<String> {
    let mut identifiers = Identifiers::default();
    identifiers.set_doi(written);
    identifiers.doi
}

/// The DOI of the notice, unless that is the paper's own, under which some publishers put the notice.
fn doi_of_notice(written: Option<String>, paper: Option<&str>) -> Option<DocumentId> {
    let notice = doi(&written?).filter(|notice| Some(notice.as_str()) != paper)?;
    DocumentId::other("DOI", &notice).ok()
}

/// `+Error in Data;+Unreliable Results;` in plain words.
fn reasons(written: &str) -> Option<String> {
    let reasons: Vec<&str> = written
        .split(';')
        .map(|reason| reason.trim().trim_start_matches('+').trim())
        .filter(|r| !r.is_empty())
        .collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

#[cfg(test)]
mod tests;
