//! The cells.

use std::collections::{BTreeMap, HashMap};

use super::super::answer::{FindingEntry, StudyVote};
use super::super::gather::{Candidate, Found as FoundFinding, is_comparator};
use super::super::grouping::{self, Study};
use super::super::harms::{Aside, own};
use super::super::hydrate::{self, Page, Source};
use super::super::question::{Term, Understood};
use super::super::{Lookup, Order, ranking, summary};
use super::links::{Both, Found, Link};
use super::{EvidenceMap, MapCell, MapStudy, StudyMark};
use crate::model::{ConceptId, FindingCard};
use crate::store::StoreError;

/// Which lines of a side stand for which concepts.
type LinesOf<'t> = HashMap<&'t ConceptId, Vec<usize>>;

/// A finding in a cell, before documents are grouped.
#[derive(Debug, Clone, Copy)]
struct Placed {
    version: i64,
    found: FoundFinding,
}

/// Fills the cells of a map whose rows and columns are known; lists `most` studies of each.
pub(super) fn fill(map: &mut EvidenceMap, found: &Found, lookup: &Lookup<'_>, most: usize) -> Result<(), StoreError> {
    let (rows, columns) = (lines_of(&map.rows), lines_of(&map.columns));
    let mut placed: BTreeMap<(usize, usize), Vec<Placed>> = BTreeMap::new();
    let by_row: Vec<&[usize]> = found.conditions.concepts.iter().map(|id| at(&rows, id)).collect();
    let by_column: Vec<&[usize]> = found.treatments.concepts.iter().map(|id| at(&columns, id)).collect();
    let aside = |row: &Term| Aside { any_outcome: true, harms_asked: false, own: own(&[&row.name, &row.asked]) };
    let asides: Vec<Aside> = map.rows.iter().map(aside).collect();
    for finding in &found.findings {
        let Some(card) = card_of(found, finding) else { continue };
        let conditions = best(&found.conditions.links[finding.conditions.clone()], &by_row);
        let treatments = best(&found.treatments.links[finding.treatments.clone()], &by_column);
        for (row, of_condition) in &conditions {
            for (column, of_treatment) in &treatments {
                let one = FoundFinding {
                    as_comparator: is_comparator(card, |concept| at(&columns, concept).contains(column)),
                    aside: asides[*row].holds(card),
                    direction: card.direction,
                    ..FoundFinding::of(finding.ordinal, of_condition.min(*of_treatment))
                };
                let version = finding.version;
                placed.entry((*row, *column)).or_default().push(Placed { version, found: one });
            }
        }
    }
    let mut listed: Listed = BTreeMap::new();
    let mut cells = Vec::with_capacity(placed.len());
    for ((row, column), placed) in placed {
        let mut studies = grouping::studies(candidates(found, &placed));
        studies.retain(|study| map.filters.admit(study.design(), study.level(), study.year(), study.participants()));
        if studies.is_empty() {
            continue;
        }
        ranking::rank(&mut studies, Order::Evidence);
        for (place, study) in studies.iter().take(most).enumerate() {
            let Some(lead) = study.members.first() else { continue };
            let one = Waiting { cell: cells.len(), place, documents: study.members.len(), study: mark(study) };
            listed.entry(lead.version).or_default().push((one, lead.findings.clone()));
        }
        cells.push(cell(row, column, &studies));
    }
    map.cells = cells;
    list(map, listed, lookup)
}

fn lines_of(terms: &[Term]) -> LinesOf<'_> {
    let mut lines = LinesOf::new();
    for (n, term) in terms.iter().enumerate() {
        for id in &term.answers {
            lines.entry(id).or_default().push(n);
        }
    }
    lines
}

fn at<'l>(lines: &'l LinesOf<'_>, concept: &ConceptId) -> &'l [usize] {
    lines.get(concept).map_or(&[], Vec::as_slice)
}

fn card_of<'f>(found: &'f Found, finding: &Both) -> Option<&'f FindingCard> {
    found.documents.get(&finding.version)?.card.findings.get(finding.ordinal as usize)
}

/// The lines that a finding is linked to, each with the best of its links.
fn best(links: &[Link], lines: &[&[usize]]) -> Vec<(usize, f32)> {
    let mut found: Vec<(usize, f32)> = Vec::new();
    for link in links {
        for line in lines[link.concept] {
            match found.iter_mut().find(|(known, _)| known == line) {
                Some((_, confidence)) => *confidence = confidence.max(link.confidence),
                None => found.push((*line, link.confidence)),
            }
        }
    }
    found
}

fn candidates(found: &Found, placed: &[Placed]) -> Vec<Candidate> {
    let of_one = placed.chunk_by(|a, b| a.version == b.version);
    let candidate = |findings: &[Placed]| {
        let version = findings.first()?.version;
        let document = found.documents.get(&version)?;
        Some(document.candidate(version, findings.iter().map(|one| one.found).collect()))
    };
    of_one.filter_map(candidate).collect()
}

fn mark(study: &Study) -> StudyMark {
    StudyMark { year: study.year(), level: study.level(), vote: study.vote, retracted: study.retracted }
}

fn cell(row: usize, column: usize, studies: &[Study]) -> MapCell {
    let mut cell = MapCell { row, column, marks: studies.iter().map(mark).collect(), ..MapCell::default() };
    let mut levels = BTreeMap::new();
    for mark in &cell.marks {
        if mark.retracted {
            cell.retracted += 1;
            continue;
        }
        cell.studies += 1;
        *levels.entry((mark.level.is_none(), mark.level)).or_insert(0) += 1;
        summary::count(&mut cell.votes, mark.vote);
    }
    cell.levels = levels.into_iter().map(|((_, level), count)| (level, count)).collect();
    cell
}

/// Studies to be listed, by the version of the document that stands for them: each document is unpacked once.
type Listed = BTreeMap<i64, Vec<(Waiting, Vec<FoundFinding>)>>;

/// A study that is to be listed.
struct Waiting {
    cell: usize,
    place: usize,
    documents: usize,
    study: StudyMark,
}

fn list(map: &mut EvidenceMap, listed: Listed, lookup: &Lookup<'_>) -> Result<(), StoreError> {
    let mut studies: Vec<(usize, usize, MapStudy)> = Vec::new();
    let mut asked: HashMap<usize, Understood> = HashMap::new();
    for (version, waiting) in listed {
        let stored = lookup.store.document_version(version)?;
        let annotation = lookup.store.annotation(&lookup.snapshot, version)?.unwrap_or_default();
        let cited = hydrate::cite(lookup.store, &lookup.snapshot, &stored, &annotation)?;
        let page = Page::of(&stored, &annotation);
        for (Waiting { cell, place, documents, study: StudyMark { vote, retracted, .. } }, found) in waiting {
            let understood = asked.entry(cell).or_insert_with(|| pair(map, cell));
            let source = Source {
                store: lookup.store,
                snapshot: &lookup.snapshot,
                memory: &lookup.memory,
                vocabulary: lookup.vocabulary,
                understood,
            };
            let entries = found.iter().filter_map(|found| page.entry(found, source));
            let finding = entries.min_by(|a, b| {
                let telling = says_otherwise(a, vote).cmp(&says_otherwise(b, vote));
                telling.then_with(|| hydrate::show_order(a).cmp(&hydrate::show_order(b)))
            });
            studies.push((cell, place, MapStudy { document: cited.clone(), documents, vote, retracted, finding }));
        }
    }
    studies.sort_by_key(|(cell, place, _)| (*cell, *place));
    for (cell, _, study) in studies {
        if let Some(cell) = map.cells.get_mut(cell) {
            cell.listed.push(study);
        }
    }
    Ok(())
}

/// The question that a cell answers.
fn pair(map: &EvidenceMap, cell: usize) -> Understood {
    let Some(cell) = map.cells.get(cell) else { return Understood::default() };
    let (condition, treatment) = (map.rows.get(cell.row).cloned(), map.columns.get(cell.column).cloned());
    Understood { condition, treatment, ..Understood::default() }
}

/// What says otherwise than its study is counted for is not shown for it, where something else is.
fn says_otherwise(finding: &FindingEntry, vote: StudyVote) -> bool {
    finding.direction.map(StudyVote::from) != Some(vote)
}
