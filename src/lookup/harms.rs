//! Harms beside benefits: what the studies say of a treatment's adverse outcomes, counted apart from everything else.
//!
//! A harm is an outcome that `words/outcomes.toml` has as one. It is none where it is the condition asked about, and in a paper whose title
//! names it. A finding that names a harm has no say in a study's vote on benefit, unless its outcome was asked for by name. A harm is the
//! treatment's own only where the treatment makes the difference between the arms ([`Arms`]).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::answer::{FindingEntry, StudyVote, Tally};
use super::gather::{Candidate, Found};
use super::grouping::{self, Study};
use super::hydrate::{Page, Source};
use super::question::{Term, Understood};
use super::summary;
use super::words::{self, QuestionKind};
use crate::model::{Card, ConceptId, FindingCard};
use crate::store::StoreError;
use crate::vocab::normalize;

/// How many harms are listed.
const MOST: usize = 12;

/// What the studies of condition and treatment say of harms.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Harms {
    /// Studies of condition and treatment that count, whatever outcome was asked for.
    pub studies: usize,
    /// Those in which a finding on a harm was read.
    pub reporting: usize,
    /// The harms, those that the most studies report first.
    pub listed: Vec<HarmEntry>,
    /// How many more there are.
    pub more: usize,
}

/// A harm, and what studies say of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HarmEntry {
    /// What it is called.
    pub harm: String,
    /// Studies that report it.
    pub studies: usize,
    /// Their votes on it: `increased` is more of the harm.
    pub votes: Tally,
    /// A finding on it, of the study that comes first.
    pub example: Option<FindingEntry>,
}

/// Which findings have no say, because they are on harms where benefit is asked for, or the other way round.
#[derive(Debug, Clone, Default)]
pub(super) struct Aside {
    /// Whether a question is of no outcome by name, so that findings on all of them are told apart.
    pub(super) any_outcome: bool,
    /// Whether harms are asked for.
    pub(super) harms_asked: bool,
    /// Harms that are the condition asked about.
    pub(super) own: Vec<&'static str>,
}

impl Aside {
    pub(super) fn of(understood: &Understood) -> Self {
        Self {
            any_outcome: understood.outcome.is_none(),
            harms_asked: understood.kind == Some(QuestionKind::Harm),
            own: understood.condition.as_ref().map(|term| own(&[&term.name, &term.asked])).unwrap_or_default(),
        }
    }

    /// Whether a finding has no say.
    pub(super) fn holds(&self, finding: &FindingCard) -> bool {
        self.any_outcome && self.harms(finding).next().is_some() != self.harms_asked
    }

    fn harms<'f>(&self, finding: &'f FindingCard) -> impl Iterator<Item = &'f String> {
        finding.harms.iter().filter(|harm| !self.own.contains(&harm.as_str()))
    }
}

/// Which harms of a document are the treatment's own. What both arms were given, or one as what something else was compared with, did not
/// make the difference.
pub(super) struct Arms<'t> {
    asked: BTreeSet<&'t ConceptId>,
}

impl<'t> Arms<'t> {
    /// Of this treatment.
    pub(super) fn of(treatment: Option<&'t Term>) -> Option<Self> {
        Some(Self { asked: treatment?.answers.iter().collect() })
    }

    fn names(&self, slot: &[ConceptId]) -> bool {
        slot.iter().any(|concept| self.asked.contains(concept))
    }

    /// Whether some comparison of a document has the treatment on the side that is compared with, and none has it on the other alone.
    pub(super) fn only_compared_with(&self, card: &Card) -> bool {
        let tested = |finding: &FindingCard| self.names(&finding.intervention) && !self.names(&finding.comparator);
        card.findings.iter().any(|finding| self.names(&finding.comparator)) && !card.findings.iter().any(tested)
    }

    /// Whether a finding is on what the treatment did. Where its sentence names no arm, that hangs on the document.
    pub(super) fn are_told_apart(&self, finding: &FindingCard, only_compared_with: bool) -> bool {
        let tested =
            if finding.intervention.is_empty() { !only_compared_with } else { self.names(&finding.intervention) };
        tested && !self.names(&finding.comparator)
    }

    /// Those findings of a document that are on what the treatment did.
    fn own<'c>(&self, member: &'c Candidate) -> impl Iterator<Item = (&'c Found, &'c FindingCard)> {
        let only_compared_with = self.only_compared_with(&member.card);
        let findings = member.findings.iter().filter(|found| !found.as_comparator);
        let carded = findings.filter_map(|found| Some((found, member.card_of(found)?)));
        carded.filter(move |(_, card)| self.are_told_apart(card, only_compared_with))
    }
}

/// The outcomes that a condition of one of these names is.
pub(super) fn own(names: &[&str]) -> Vec<&'static str> {
    names.iter().flat_map(|name| words::named_in(&normalize(name))).collect()
}

/// Counts the harms that studies of condition and treatment report; retracted studies do not count.
pub(super) fn harms(studies: &[Study], understood: &Understood, source: Source<'_>) -> Result<Harms, StoreError> {
    let aside = Aside { any_outcome: true, harms_asked: true, ..Aside::of(understood) };
    let arms = Arms::of(understood.treatment.as_ref()).unwrap_or(Arms { asked: BTreeSet::new() });
    let standing: Vec<&Study> = studies.iter().filter(|study| !study.retracted).collect();
    let mut by_harm: BTreeMap<&str, Vec<&Study>> = BTreeMap::new();
    let mut reporting = 0;
    for study in standing.iter().copied() {
        let findings = study.members.iter().flat_map(|member| arms.own(member));
        let mut named: Vec<&str> = findings.flat_map(|(_, card)| aside.harms(card)).map(String::as_str).collect();
        named.sort_unstable();
        named.dedup();
        reporting += usize::from(!named.is_empty());
        for harm in named {
            by_harm.entry(harm).or_default().push(study);
        }
    }
    let mut all: Vec<(&str, Vec<&Study>)> = by_harm.into_iter().collect();
    all.sort_by_key(|(harm, studies)| (std::cmp::Reverse(studies.len()), *harm));
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let entry = |(harm, studies): (&str, Vec<&Study>)| -> Result<HarmEntry, StoreError> {
        let studies: Vec<Vec<Candidate>> = studies.into_iter().map(|study| on(study, harm, &arms)).collect();
        let mut votes = Tally::default();
        for members in &studies {
            summary::count(&mut votes, grouping::vote(members).unwrap_or(StudyVote::NotStated));
        }
        let example = studies.first().map(|members| example(members, source)).transpose()?.flatten();
        Ok(HarmEntry { harm: harm.to_owned(), studies: studies.len(), votes, example })
    };
    let listed = all.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    Ok(Harms { studies: standing.len(), reporting, listed, more })
}

/// The documents of a study with their findings on a harm alone, which then have the say.
fn on(study: &Study, harm: &str, arms: &Arms<'_>) -> Vec<Candidate> {
    let of = |member: &Candidate| {
        // What occurred in some people is no more and no less than in others.
        let told = |card: &FindingCard| card.compared || card.significant.is_some();
        let findings = arms.own(member).filter(|(_, card)| card.harms.iter().any(|name| name == harm));
        let findings = findings.map(|(found, card)| Found {
            aside: false,
            direction: found.direction.filter(|_| told(card)),
            ..*found
        });
        Candidate { findings: findings.collect(), ..member.clone() }
    };
    study.members.iter().map(of).filter(|member| !member.findings.is_empty()).collect()
}

/// The finding that is shown first of a study.
fn example(members: &[Candidate], source: Source<'_>) -> Result<Option<FindingEntry>, StoreError> {
    let Some(member) = members.first() else { return Ok(None) };
    let whole = source.memory.whole(source.store, source.snapshot, member.version)?;
    let page = Page::of(&whole.0, &whole.1);
    let entries = member.findings.iter().filter_map(|found| page.entry(found, source));
    Ok(entries.min_by(|a, b| {
        let told = |entry: &FindingEntry| entry.direction.is_none();
        (told(a), super::hydrate::show_order(a))
            .partial_cmp(&(told(b), super::hydrate::show_order(b)))
            .unwrap_or(std::cmp::Ordering::Equal)
    }))
}
