//! What a treatment does to a condition: a property of the pair, told from its findings, with their counts.
//!
//! A finding says something by which way its outcome went, by what that outcome means to people ([`bearing()`]), and by the parts
//! that condition and treatment play in it: less of the condition itself is `prevents` where the sentence speaks of how often it comes
//! about and `treats` where of how bad it is; more of it is `harms`. One in which the treatment is what something else was compared
//! with says nothing, unless both were found equally good. Guarantees:
//!
//! - one study, one vote: of its findings those with the most say that say anything; good and harm at once are mixed;
//! - no difference from another treatment is no lack of effect, and getting better since before is none of the treatment's doing where
//!   the study compares with placebo or the like;
//! - no relation is told where no study says one, or where as many studies say otherwise.

mod bearing;
mod words;

use std::collections::BTreeSet;

use serde::Serialize;

use super::gather::{Candidate, Found};
use super::grouping::Study;
use super::question::Understood;
use crate::model::{Bearing, Card, ConceptId, Direction, FindingCard, Place, SentenceRole, StudyDesign};

pub(super) use bearing::{bearing, is_of_occurrence, names_inactive};

/// What a treatment does to a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// People who have it fare better.
    Treats,
    /// Fewer people come to have it.
    Prevents,
    /// No difference from having no such treatment was shown.
    NoEffect,
    /// People fare worse, or more come to have it.
    Harms,
    /// It tells who has it.
    Diagnoses,
}

impl Relation {
    /// The name as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Treats => "treats",
            Self::Prevents => "prevents",
            Self::NoEffect => "no-effect",
            Self::Harms => "harms",
            Self::Diagnoses => "diagnoses",
        }
    }
}

/// How many studies say what of a condition and a treatment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Relations {
    /// Findings that are about both.
    pub findings: usize,
    /// Studies that say `treats`.
    pub treats: usize,
    /// Studies that say `prevents`.
    pub prevents: usize,
    /// Studies that say `no-effect`.
    pub no_effect: usize,
    /// Studies that say `harms`.
    pub harms: usize,
    /// Studies that say `diagnoses`.
    pub diagnoses: usize,
    /// Studies that tell of good and of harm.
    pub mixed: usize,
    /// Studies that say none of these.
    pub not_stated: usize,
}

impl Relations {
    /// What most studies that say something say: good (treats or prevents, whichever more say), no effect, harm, or diagnosis. None where
    /// none says something, or as many say something else.
    pub fn relation(&self) -> Option<Relation> {
        let good = self.treats + self.prevents;
        let good_kind = if self.prevents > self.treats { Relation::Prevents } else { Relation::Treats };
        let counts = [
            (good, good_kind),
            (self.no_effect, Relation::NoEffect),
            (self.harms, Relation::Harms),
            (self.diagnoses, Relation::Diagnoses),
        ];
        let most = counts.iter().map(|(count, _)| *count).max().filter(|most| *most > 0)?;
        let mut leading = counts.iter().filter(|(count, _)| *count == most);
        match (leading.next(), leading.next()) {
            (Some((_, relation)), None) => Some(*relation),
            _ => None,
        }
    }

    fn count(&mut self, said: Said) {
        *match said {
            Said::One(Relation::Treats) => &mut self.treats,
            Said::One(Relation::Prevents) => &mut self.prevents,
            Said::One(Relation::NoEffect) => &mut self.no_effect,
            Said::One(Relation::Harms) => &mut self.harms,
            Said::One(Relation::Diagnoses) => &mut self.diagnoses,
            Said::Mixed => &mut self.mixed,
            Said::Nothing => &mut self.not_stated,
        } += 1;
    }
}

/// What a study says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    One(Relation),
    Mixed,
    Nothing,
}

/// Everything that answers on either side.
struct Asked<'u> {
    conditions: BTreeSet<&'u ConceptId>,
    treatments: BTreeSet<&'u ConceptId>,
}

/// What the studies that stand say of a condition and a treatment; none unless both were asked for, and nothing narrower.
pub(super) fn relations(studies: &[Study], understood: &Understood) -> Option<Relations> {
    let (condition, treatment) = (understood.condition.as_ref()?, understood.treatment.as_ref()?);
    if understood.outcome.is_some() || understood.comparator.is_some() || understood.test.is_some() {
        return None;
    }
    let asked =
        Asked { conditions: condition.answers.iter().collect(), treatments: treatment.answers.iter().collect() };
    let mut relations = Relations::default();
    for study in studies.iter().filter(|study| !study.retracted) {
        relations.findings += study.members.iter().map(|member| member.findings.len()).sum::<usize>();
        relations.count(of_study(&study.members, &asked));
    }
    Some(relations)
}

/// A finding that fits worse than the best of its study by more than this has no say.
const SAY: f32 = 0.5;
/// Nor has one that fits worse than this, though it is shown: what is true of a finding that may be about something else is not told of the
/// pair.
const LEAST: f32 = 0.5;

/// How much say a finding has, the greatest first: what the abstract says of the primary outcome, what it concludes, its other results,
/// then the same of the full text.
fn say(card: &FindingCard) -> (bool, u8) {
    let rank = match card.role {
        _ if card.primary => 0,
        SentenceRole::Conclusions => 1,
        _ => 2,
    };
    (card.place != Place::Abstract, rank)
}

fn of_study(members: &[Candidate], asked: &Asked<'_>) -> Said {
    let best = members.iter().map(Candidate::relevance).fold(0.0, f32::max);
    let mut said: Vec<((bool, u8), Relation)> = Vec::new();
    for member in members {
        let document = Compared::of(&member.card);
        let findings = member.findings.iter().filter(|found| found.relevance >= LEAST.max(best - SAY));
        for (found, card) in findings.filter_map(|found| Some((found, member.card_of(found)?))) {
            if let Some(relation) = of_finding(found, card, &document, asked) {
                said.push((say(card), relation));
            }
        }
    }
    let Some(first) = said.iter().map(|(say, _)| *say).min() else { return Said::Nothing };
    let heard: Vec<Relation> =
        said.into_iter().filter(|(say, _)| *say == first).map(|(_, relation)| relation).collect();
    let holds = |relation| heard.contains(&relation);
    let good = holds(Relation::Treats) || holds(Relation::Prevents);
    match () {
        () if good && holds(Relation::Harms) => Said::Mixed,
        () if good => {
            let prevents = heard.iter().filter(|one| **one == Relation::Prevents).count();
            let treats = heard.iter().filter(|one| **one == Relation::Treats).count();
            Said::One(if prevents > treats { Relation::Prevents } else { Relation::Treats })
        }
        () if holds(Relation::Harms) => Said::One(Relation::Harms),
        // Of several outcomes one that went no way takes nothing from one that did.
        () if holds(Relation::NoEffect) => Said::One(Relation::NoEffect),
        () => Said::One(Relation::Diagnoses),
    }
}

/// What a document compares with.
struct Compared {
    accuracy: bool,
    /// Something that may work.
    active: bool,
    /// No treatment of the condition.
    inactive: bool,
}

impl Compared {
    fn of(card: &Card) -> Self {
        Self {
            accuracy: card.design == Some(StudyDesign::DiagnosticAccuracy),
            active: card.findings.iter().any(|finding| !finding.comparator.is_empty() && !finding.inactive),
            inactive: card.findings.iter().any(|finding| finding.inactive),
        }
    }

    /// Whether a finding compares with no treatment: its sentence says so, or it is one of an abstract in which nothing else is
    /// compared with.
    fn against_nothing(&self, card: &FindingCard) -> bool {
        let only_one = self.inactive && !self.active && card.comparator.is_empty();
        card.inactive || only_one && card.place == Place::Abstract
    }
}

/// What one finding says.
fn of_finding(found: &Found, card: &FindingCard, document: &Compared, asked: &Asked<'_>) -> Option<Relation> {
    if card.accuracy {
        return (document.accuracy && !found.as_comparator).then_some(Relation::Diagnoses);
    }
    // Two that are equally good are so whichever is named first.
    if found.as_comparator && card.bearing != Some(Bearing::Equal) {
        return None;
    }
    let is_outcome = card.outcome.iter().any(|concept| asked.conditions.contains(concept));
    let bearing = card.bearing.or_else(|| {
        // What the words do not know the meaning of is the condition itself.
        let direction = card.direction.filter(|_| is_outcome)?;
        Some(match direction {
            Direction::Decreased => Bearing::Benefit,
            Direction::Increased => Bearing::Harm,
            Direction::NoDifference => Bearing::NoBenefit,
        })
    })?;
    let good = if is_outcome && card.occurrence { Relation::Prevents } else { Relation::Treats };
    match bearing {
        Bearing::Benefit => Some(good),
        // What gets better with placebo too tells nothing of the treatment, and what is as good as placebo is no good.
        Bearing::Improved | Bearing::Equal => (!document.inactive).then_some(good),
        // Worse than what works is no harm, and of which of the things that a sentence may speak of it was the harm must be clear.
        Bearing::Harm => {
            let named = card.intervention.iter().any(|concept| asked.treatments.contains(concept));
            (named && document.against_nothing(card)).then_some(Relation::Harms)
        }
        Bearing::NoBenefit => document.against_nothing(card).then_some(Relation::NoEffect),
    }
}

#[cfg(test)]
mod tests;
