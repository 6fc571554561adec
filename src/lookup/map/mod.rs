//! The evidence map: conditions × treatments, and in each cell what a look-up of the two answers.
//!
//! Guarantees:
//!
//! - a cell counts the studies that a look-up of its condition and its treatment counts, with the same votes: a name stands for its kinds
//!   and members, documents are grouped into studies first, retracted ones are not counted;
//! - rows and columns are chosen by what the corpus names itself: a concept that only stands above those found is none;
//! - postings and cards are read; only the studies that a cell lists are unpacked.

mod chart;
mod links;

use serde::Serialize;

use super::answer::{CitedDocument, FindingEntry, StudyVote, Tally};
use super::question::{Term, resolve};
use super::{Coverage, Filters, Lookup, LookupError};
use crate::model::{EvidenceLevel, LinkSide};

/// What the map is drawn of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapRequest {
    /// Only this condition and its kinds.
    pub condition: Option<String>,
    /// Only this treatment, its kinds and members.
    pub treatment: Option<String>,
    /// Which studies count.
    pub filters: Filters,
    /// The most rows, and the most columns.
    pub limit: usize,
    /// How many studies of each cell are listed.
    pub studies: usize,
}

/// Conditions × treatments of a corpus.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceMap {
    /// The condition whose kinds the rows are, where one was named.
    pub condition: Option<Term>,
    /// The treatment whose kinds the columns are, where one was named.
    pub treatment: Option<Term>,
    /// Which studies count.
    pub filters: Filters,
    /// The rows: conditions, those named by the most documents first.
    pub rows: Vec<Term>,
    /// The columns: treatments, likewise.
    pub columns: Vec<Term>,
    /// How many conditions the corpus has findings on, rows or not.
    pub conditions: usize,
    /// How many treatments.
    pub treatments: usize,
    /// Cells with studies, by row and column.
    pub cells: Vec<MapCell>,
    /// All studies of a condition and a treatment, whether or not a row and a column show them.
    pub total: MapTotal,
    /// What was read, and what was not.
    pub coverage: Coverage,
}

impl EvidenceMap {
    /// The cell in this row and column, if it has studies.
    pub fn cell(&self, row: usize, column: usize) -> Option<&MapCell> {
        let at = self.cells.binary_search_by_key(&(row, column), |cell| (cell.row, cell.column)).ok()?;
        self.cells.get(at)
    }

    /// The cells with the most studies first.
    pub fn largest(&self) -> Vec<&MapCell> {
        let mut cells: Vec<&MapCell> = self.cells.iter().collect();
        cells.sort_by_key(|cell| (std::cmp::Reverse(cell.studies), cell.row, cell.column));
        cells
    }
}

/// Counts over all studies of the map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MapTotal {
    /// Studies that count.
    pub studies: usize,
    /// Documents of those studies.
    pub documents: usize,
    /// Retracted studies, which do not.
    pub retracted: usize,
    /// Studies that count by year of publication, the earliest first.
    pub years: Vec<(u16, usize)>,
    /// Studies that count and whose year is not known.
    pub undated: usize,
}

/// What the corpus holds on one condition and one treatment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct MapCell {
    /// Which row.
    pub row: usize,
    /// Which column.
    pub column: usize,
    /// Studies that count.
    pub studies: usize,
    /// Retracted studies, which do not.
    pub retracted: usize,
    /// Studies that count by level of evidence, the best first and what is not known last.
    pub levels: Vec<(Option<EvidenceLevel>, usize)>,
    /// Their votes.
    pub votes: Tally,
    /// Every study, retracted ones too, best evidence first.
    pub marks: Vec<StudyMark>,
    /// As many of them as were asked for, in the same order.
    pub listed: Vec<MapStudy>,
}

/// What a study is filtered and counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StudyMark {
    /// Year of publication.
    pub year: Option<u16>,
    /// Level of evidence.
    pub level: Option<EvidenceLevel>,
    /// Its vote.
    pub vote: StudyVote,
    /// Whether it is retracted.
    pub retracted: bool,
}

/// A study of a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MapStudy {
    /// The document that stands for it.
    pub document: CitedDocument,
    /// How many documents report it.
    pub documents: usize,
    /// Its vote.
    pub vote: StudyVote,
    /// Whether it is retracted.
    pub retracted: bool,
    /// The finding of that document that fits best.
    pub finding: Option<FindingEntry>,
}

impl Lookup<'_> {
    /// The evidence map.
    pub fn map(&self, request: &MapRequest) -> Result<EvidenceMap, LookupError> {
        let term = |asked: &Option<String>, side| {
            asked.as_deref().map(|asked| resolve(asked, side, self.vocabulary)).transpose()
        };
        let condition = term(&request.condition, LinkSide::Condition)?;
        let treatment = term(&request.treatment, LinkSide::Treatment)?;
        let coverage = self.coverage()?;
        let found = links::Found::read(self, condition.as_ref(), treatment.as_ref())?;
        let rows = found.lines(LinkSide::Condition, request, self.vocabulary);
        let columns = found.lines(LinkSide::Treatment, request, self.vocabulary);
        let mut map = EvidenceMap {
            condition,
            treatment,
            filters: request.filters.clone(),
            rows,
            columns,
            conditions: found.concepts(LinkSide::Condition),
            treatments: found.concepts(LinkSide::Treatment),
            cells: Vec::new(),
            total: found.total(&request.filters),
            coverage,
        };
        chart::fill(&mut map, &found, self, request.studies)?;
        Ok(map)
    }
}
