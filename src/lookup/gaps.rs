//! Gaps: what no study of an answer reports. Made of counts alone, and of what the corpus itself holds on the same condition; that nothing
//! was read is never said to be no effect.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::gather::{self, Candidate};
use super::grouping::{self, Study};
use super::memory::Memory;
use super::question::{Term, Understood};
use crate::model::{ConceptId, DocumentId, LinkSide, PeopleGroup};
use crate::store::{Snapshot, Store, StoreError};
use crate::vocab::Vocabulary;

/// An outcome or a comorbidity is a gap where at least so many other studies report it.
const LEAST: usize = 2;
/// How many of each are listed.
const MOST: usize = 8;
/// Of a condition on which more documents than this were found, the other studies are not looked at: an answer must not take long.
const MOST_DOCUMENTS: usize = 2000;

/// What no study of an answer reports.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Gaps {
    /// The studies of condition and treatment, whatever outcome was asked for.
    pub studies: usize,
    /// Other studies of the same condition, which it is compared with; none where there are too many to compare with, or no condition was asked for.
    pub others: Option<usize>,
    /// Outcomes that none of the studies reports, each with the number of others that do.
    pub outcomes: Vec<(String, usize)>,
    /// Comorbidities that none of the studies names, each with the number of others that do.
    pub comorbidities: Vec<(ConceptId, String, usize)>,
    /// Groups of people of whom no study says that they took part or could.
    pub groups: Vec<PeopleGroup>,
}

impl Gaps {
    /// Whether nothing is missing.
    pub fn is_nothing(&self) -> bool {
        self.outcomes.is_empty() && self.comorbidities.is_empty() && self.groups.is_empty()
    }
}

/// What these studies of condition and treatment do not report. Retracted studies report nothing.
pub(super) fn gaps(
    studies: &[Study],
    understood: &Understood,
    store: &Store,
    snapshot: &Snapshot,
    memory: &Memory,
    vocabulary: &Vocabulary,
) -> Result<Gaps, StoreError> {
    let standing: Vec<&Study> = studies.iter().filter(|study| !study.retracted).collect();
    let cards = || standing.iter().flat_map(|study| &study.members).map(|member| &member.card);
    let groups: BTreeSet<PeopleGroup> = cards().flat_map(|card| card.groups.iter().copied()).collect();
    let mut gaps = Gaps { studies: standing.len(), groups: missing(&groups), ..Gaps::default() };
    let Some(others) = others(studies, understood, store, snapshot, memory)? else { return Ok(gaps) };
    // Whatever any sentence of them is on, linked or not: what is reported somewhere is no gap.
    let outcomes: BTreeSet<&str> =
        cards().flat_map(|card| &card.findings).flat_map(|one| &one.outcomes).map(String::as_str).collect();
    let comorbidities: BTreeSet<&ConceptId> = cards().flat_map(|card| &card.comorbidities).collect();
    let mut other_outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut other_comorbidities: BTreeMap<&ConceptId, usize> = BTreeMap::new();
    for study in &others {
        let named: BTreeSet<&str> = study.members.iter().flat_map(outcomes_of).collect();
        for name in named.difference(&outcomes) {
            *other_outcomes.entry(name).or_default() += 1;
        }
        let had: BTreeSet<&ConceptId> = study.members.iter().flat_map(|member| &member.card.comorbidities).collect();
        for concept in had.difference(&comorbidities) {
            *other_comorbidities.entry(concept).or_default() += 1;
        }
    }
    // Neither the condition itself, its kinds, nor what it is a kind of.
    let asked = |concept: &ConceptId| {
        let of = |term: &Term| term.answers.contains(concept) || vocabulary.narrower(concept).contains(&term.concept);
        understood.condition.as_ref().is_some_and(of)
    };
    gaps.outcomes = most(other_outcomes, |_| true).into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    let name = |id: &ConceptId| vocabulary.name(id).unwrap_or_else(|| id.to_string());
    let told = most(other_comorbidities, |concept| !asked(concept));
    gaps.comorbidities = told.into_iter().map(|(id, n)| (id.clone(), name(id), n)).collect();
    gaps.others = Some(others.len());
    Ok(gaps)
}

/// The groups that are not among these. Of ages nothing is missing where no study tells any, nor of sexes.
fn missing(groups: &BTreeSet<PeopleGroup>) -> Vec<PeopleGroup> {
    use PeopleGroup as G;
    let told = |kinds: &[G]| kinds.iter().any(|group| groups.contains(group));
    let (ages, sexes) = (told(&[G::Children, G::Adults, G::Older]), told(&[G::Female, G::Male]));
    let is_missing = |group: &G| {
        let told = match group {
            G::Children | G::Adults | G::Older => ages,
            G::Female | G::Male => sexes,
            G::Pregnant => ages || sexes,
        };
        told && !groups.contains(group)
    };
    G::ALL.into_iter().filter(is_missing).collect()
}

/// The outcomes of the findings of a document that are linked to the condition.
fn outcomes_of(member: &Candidate) -> impl Iterator<Item = &str> {
    let cards = member.findings.iter().filter_map(|found| member.card_of(found));
    cards.flat_map(|card| &card.outcomes).map(String::as_str)
}

/// Those that enough studies report and that may be told, the most first.
fn most<T: Ord + Copy>(counts: BTreeMap<T, usize>, may_be_told: impl Fn(T) -> bool) -> Vec<(T, usize)> {
    let mut counts: Vec<(T, usize)> = counts.into_iter().filter(|(_, n)| *n >= LEAST).collect();
    counts.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
    counts.into_iter().filter(|(name, _)| may_be_told(*name)).take(MOST).collect()
}

/// Studies of the condition that stand and are none of these; none where there are too many, or no condition was asked for.
fn others(
    studies: &[Study],
    understood: &Understood,
    store: &Store,
    snapshot: &Snapshot,
    memory: &Memory,
) -> Result<Option<Vec<Study>>, StoreError> {
    let Some(condition) = &understood.condition else { return Ok(None) };
    let postings = memory.postings(store, snapshot, LinkSide::Condition, &condition.answers)?;
    if postings.chunk_by(|a, b| a.version == b.version).count() > MOST_DOCUMENTS {
        return Ok(None);
    }
    let of_condition = Understood { condition: Some(condition.clone()), ..Understood::default() };
    let found = gather::gather(store, snapshot, memory, &of_condition)?.candidates;
    let these: BTreeSet<&DocumentId> =
        studies.iter().flat_map(|study| &study.members).map(|member| &member.id).collect();
    let mut others = grouping::studies(found);
    others.retain(|study| !study.retracted && !study.members.iter().any(|member| these.contains(&member.id)));
    Ok(Some(others))
}

#[cfg(test)]
mod tests {
    use super::*;
    use PeopleGroup::{Adults, Children, Female, Male, Older, Pregnant};

    #[test]
    fn where_nothing_is_told_of_people_nobody_is_missing() {
        let of = |groups: &[PeopleGroup]| missing(&groups.iter().copied().collect());
        assert!(of(&[]).is_empty());
        assert_eq!(of(&[Adults]), [Children, Older, Pregnant]);
        assert_eq!(of(&[Adults, Older, Children, Female]), [Male, Pregnant]);
        assert!(of(&PeopleGroup::ALL).is_empty());
    }

    #[test]
    fn what_enough_others_report_comes_first() {
        let counts = BTreeMap::from([("a", 1), ("b", 3), ("c", 2), ("d", 3)]);
        assert_eq!(most(counts, |name| name != "d"), [("b", 3), ("c", 2)]);
    }
}
