//! Every finding that is linked to a condition and to a treatment, and the cards of its documents.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::super::gather::{Found as FoundFinding, LEAST_CONFIDENCE};
use super::super::memory::Known;
use super::super::question::{Term, resolve};
use super::super::{Filters, Lookup, grouping};
use super::{MapRequest, MapTotal};
use crate::model::{ConceptId, LinkSide};
use crate::store::{Snapshot, Store, StoreError, WHOLE};
use crate::vocab::Vocabulary;

/// A link of a finding to a concept of its side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    pub(super) version: i64,
    pub(super) ordinal: u32,
    /// Its place among the concepts of the side.
    pub(super) concept: usize,
    pub(super) confidence: f32,
}

impl Link {
    fn finding(&self) -> (i64, u32) {
        (self.version, self.ordinal)
    }
}

/// One side: its concepts, and the links to them, by finding.
pub(super) struct Side {
    pub(super) concepts: Vec<ConceptId>,
    /// Whether a concept may be a row or a column.
    in_scope: Vec<bool>,
    pub(super) links: Vec<Link>,
}

impl Side {
    fn read(store: &Store, snapshot: &Snapshot, side: LinkSide, scope: Option<&Term>) -> Result<Self, StoreError> {
        let (mut concepts, mut links) = (Vec::new(), Vec::new());
        for (id, postings) in store.every_posting(snapshot, side)? {
            let concept = concepts.len();
            let sure = postings.iter().filter(|one| one.confidence >= LEAST_CONFIDENCE && one.ordinal != WHOLE);
            links.extend(sure.map(|one| Link {
                version: one.version,
                ordinal: one.ordinal,
                concept,
                confidence: one.confidence,
            }));
            concepts.push(id);
        }
        links.sort_unstable_by_key(|link| (link.version, link.ordinal, link.concept));
        let within: Option<BTreeSet<&ConceptId>> = scope.map(|term| term.answers.iter().collect());
        let in_scope = concepts.iter().map(|id| within.as_ref().is_none_or(|within| within.contains(id))).collect();
        Ok(Self { concepts, in_scope, links })
    }

    /// The links of a finding to concepts in scope.
    fn scoped(&self, range: &Range<usize>) -> impl Iterator<Item = &Link> {
        self.links[range.clone()].iter().filter(|link| self.in_scope[link.concept])
    }
}

/// A finding that is linked on both sides.
#[derive(Debug, Clone)]
pub(super) struct Both {
    pub(super) version: i64,
    pub(super) ordinal: u32,
    /// Its links to conditions.
    pub(super) conditions: Range<usize>,
    /// Its links to treatments.
    pub(super) treatments: Range<usize>,
}

/// Everything the map is drawn of.
pub(super) struct Found {
    pub(super) conditions: Side,
    pub(super) treatments: Side,
    /// Findings of documents that the snapshot shows, in the order of documents.
    pub(super) findings: Vec<Both>,
    pub(super) documents: HashMap<i64, Known>,
}

impl Found {
    pub(super) fn read(
        lookup: &Lookup<'_>,
        condition: Option<&Term>,
        treatment: Option<&Term>,
    ) -> Result<Self, StoreError> {
        let (store, snapshot) = (lookup.store, &lookup.snapshot);
        let conditions = Side::read(store, snapshot, LinkSide::Condition, condition)?;
        let treatments = Side::read(store, snapshot, LinkSide::Treatment, treatment)?;
        let mut findings = joined(&conditions.links, &treatments.links);
        let versions: BTreeSet<i64> = findings.iter().map(|finding| finding.version).collect();
        let spoken_of = store.spoken_of()?;
        let mut documents = HashMap::with_capacity(versions.len());
        for (version, id, card) in store.cards(snapshot, |version| versions.contains(&version))? {
            documents.insert(version, Known::new(store, snapshot, &spoken_of, id, card)?);
        }
        findings.retain(|finding| {
            let document: Option<&Known> = documents.get(&finding.version);
            document.is_some_and(|document| (finding.ordinal as usize) < document.card.findings.len())
        });
        Ok(Self { conditions, treatments, findings, documents })
    }

    fn side(&self, side: LinkSide) -> &Side {
        match side {
            LinkSide::Condition => &self.conditions,
            LinkSide::Treatment => &self.treatments,
        }
    }

    /// How many documents that count name each concept of a side, of those in scope, in a finding with something in scope on the other.
    fn named(&self, side: LinkSide, filters: &Filters) -> Vec<usize> {
        let mut counts = vec![0; self.side(side).concepts.len()];
        let mut last = vec![None; counts.len()];
        for finding in &self.findings {
            let Some(document) = self.documents.get(&finding.version) else { continue };
            let card = &document.card;
            if document.retracted || !filters.admit(card.design, card.level, card.year, card.participants) {
                continue;
            }
            let here = |side| match side {
                LinkSide::Condition => self.conditions.scoped(&finding.conditions).collect::<Vec<_>>(),
                LinkSide::Treatment => self.treatments.scoped(&finding.treatments).collect::<Vec<_>>(),
            };
            let (conditions, treatments) = (here(LinkSide::Condition), here(LinkSide::Treatment));
            if conditions.is_empty() || treatments.is_empty() {
                continue;
            }
            for link in if side == LinkSide::Condition { conditions } else { treatments } {
                if last[link.concept].replace(finding.version) != Some(finding.version) {
                    counts[link.concept] += 1;
                }
            }
        }
        counts
    }

    /// How many concepts of a side are in scope and have findings with something in scope on the other.
    pub(super) fn concepts(&self, side: LinkSide) -> usize {
        self.named(side, &Filters::default()).into_iter().filter(|count| *count > 0).count()
    }

    /// The rows or the columns: concepts that the most documents name first. A concept that stands for the same as one before it is
    /// none of its own.
    pub(super) fn lines(&self, side: LinkSide, request: &MapRequest, vocabulary: &Vocabulary) -> Vec<Term> {
        let concepts = &self.side(side).concepts;
        let counts = self.named(side, &request.filters);
        let mut order: Vec<usize> = (0..concepts.len()).filter(|concept| counts[*concept] > 0).collect();
        order.sort_by_key(|concept| (Reverse(counts[*concept]), &concepts[*concept]));
        let mut lines: Vec<Term> = Vec::new();
        let mut known: BTreeSet<Vec<ConceptId>> = BTreeSet::new();
        for concept in order {
            if lines.len() == request.limit {
                break;
            }
            // What the vocabulary has no longer, a look-up could not be asked about.
            let Ok(term) = resolve(concepts[concept].as_str(), side, vocabulary) else { continue };
            let mut answers = term.answers.clone();
            answers.sort();
            if known.insert(answers) {
                lines.push(term);
            }
        }
        lines
    }

    /// Counts over all studies with a finding that has something in scope on both sides.
    pub(super) fn total(&self, filters: &Filters) -> MapTotal {
        let mut candidates = Vec::new();
        for findings in self.findings.chunk_by(|a, b| a.version == b.version) {
            let Some(version) = findings.first().map(|finding| finding.version) else { continue };
            let Some(document) = self.documents.get(&version) else { continue };
            let best = |side: &Side, range: &Range<usize>| {
                side.scoped(range).map(|link| link.confidence).max_by(f32::total_cmp)
            };
            let found = |finding: &Both| {
                let condition = best(&self.conditions, &finding.conditions)?;
                let treatment = best(&self.treatments, &finding.treatments)?;
                let relevance = condition.min(treatment);
                // Studies are counted here and not their votes.
                Some(FoundFinding::of(finding.ordinal, relevance))
            };
            let found: Vec<FoundFinding> = findings.iter().filter_map(found).collect();
            if !found.is_empty() {
                candidates.push(document.candidate(version, found));
            }
        }
        let mut total = MapTotal::default();
        let mut years: BTreeMap<u16, usize> = BTreeMap::new();
        for study in grouping::studies(candidates) {
            if !filters.admit(study.design(), study.level(), study.year(), study.participants()) {
                continue;
            }
            if study.retracted {
                total.retracted += 1;
                continue;
            }
            total.studies += 1;
            total.documents += study.members.len();
            match study.year() {
                Some(year) => *years.entry(year).or_default() += 1,
                None => total.undated += 1,
            }
        }
        total.years = years.into_iter().collect();
        total
    }
}

/// Findings with links on both sides, of two lists that are ordered by finding.
fn joined(conditions: &[Link], treatments: &[Link]) -> Vec<Both> {
    let (mut found, mut at, mut other) = (Vec::new(), 0, 0);
    while let Some(first) = conditions.get(at) {
        let finding = first.finding();
        let end = at + conditions[at..].partition_point(|link| link.finding() == finding);
        other += treatments[other..].partition_point(|link| link.finding() < finding);
        let until = other + treatments[other..].partition_point(|link| link.finding() == finding);
        if until > other {
            let (version, ordinal) = finding;
            found.push(Both { version, ordinal, conditions: at..end, treatments: other..until });
        }
        (at, other) = (end, until);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(version: i64, ordinal: u32, concept: usize) -> Link {
        Link { version, ordinal, concept, confidence: 0.9 }
    }

    #[test]
    fn findings_with_both_sides_are_joined_with_all_their_links() {
        let conditions = [link(1, 0, 0), link(1, 0, 1), link(1, 2, 0), link(3, 0, 0)];
        let treatments = [link(1, 0, 4), link(1, 1, 4), link(2, 0, 4), link(3, 0, 4), link(3, 0, 5)];
        let found = joined(&conditions, &treatments);
        let shown: Vec<_> =
            found.iter().map(|f| (f.version, f.ordinal, f.conditions.clone(), f.treatments.clone())).collect();
        assert_eq!(shown, [(1, 0, 0..2, 0..1), (3, 0, 3..4, 3..5)]);
        assert!(joined(&conditions, &[]).is_empty() && joined(&[], &treatments).is_empty());
    }
}
