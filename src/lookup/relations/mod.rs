//! What a treatment does to a condition: a property of the pair, told from its findings, with their counts.
//!
//! A finding says something by which way its outcome went, by what that outcome means to people ([`bearing()`]), and by the parts
//! that condition and treatment play in it: less of the condition itself is `prevents` where the sentence speaks of how often it comes
//! about and `treats` where of how bad it is; more of it is `harms`. Most findings that look-ups show say nothing of the pair. Guarantees:
//!
//! - what a full text concludes has no say, since it tells of others' work too; nor that one outcome of many went the
//!   wrong way or none;
//! - the treatment was under test, and nothing else with it: not the setting (patients undergoing surgery), nor what was added to,
//!   compared with or measured. As what something else was compared with it has a say only where both were found equally good;
//! - of a term that has very many kinds, only what is said of the term itself counts: what creatine does in COPD is not told of lung
//!   diseases;
//! - one study, one vote: of its findings those with the most say that say anything; good and harm at once are mixed;
//! - no difference from another treatment is no lack of effect, and getting better since before is nobody's doing;
//! - no relation is told unless more than half of the studies that say anything say it;
//! - what papers say in passing that a treatment is for (`uses.rs`) is counted apart, and tells a relation only where no finding says anything.

mod bearing;
mod uses;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

use super::gather::{Candidate, Found};
use super::grouping::Study;
use super::memory::Memory;
use super::question::{Term, Understood};
use crate::link;
use crate::model::{
    Bearing, Card, ConceptId, Direction, DocumentId, FindingCard, LinkSide, Place, SentenceRole, Span, StudyDesign,
    TextIndex, Use,
};
use crate::store::{Snapshot, Store, StoreError};

pub(super) use bearing::{bearing, is_of_occurrence, names_inactive};
pub(super) use uses::uses;

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
    /// Studies whose papers say in passing that the treatment is there to treat the condition, whatever their findings say.
    pub used_to_treat: usize,
    /// The same to prevent it.
    pub used_to_prevent: usize,
}

/// On what a relation rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// On what findings of studies say.
    Findings,
    /// On what papers say in passing that the treatment is for; no finding says anything.
    Uses,
}

impl Basis {
    /// The name as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Uses => "uses",
        }
    }
}

impl Relations {
    /// What more than half of the studies that say something say: good (treats or prevents, whichever more say), no effect, harm, or
    /// diagnosis. None where there is no such half. Where no study's findings say anything, what papers say that the treatment is for.
    pub fn relation(&self) -> Option<Relation> {
        self.told().map(|(relation, _)| relation)
    }

    /// The same, and on what it rests.
    pub fn told(&self) -> Option<(Relation, Basis)> {
        let good = self.treats + self.prevents;
        let good_kind = if self.prevents > self.treats { Relation::Prevents } else { Relation::Treats };
        let counts = [
            (good, good_kind),
            (self.no_effect, Relation::NoEffect),
            (self.harms, Relation::Harms),
            (self.diagnoses, Relation::Diagnoses),
        ];
        let speaking = self.mixed + counts.iter().map(|(count, _)| count).sum::<usize>();
        if speaking == 0 && self.used_to_treat + self.used_to_prevent > 0 {
            let prevents = self.used_to_prevent > self.used_to_treat;
            return Some((if prevents { Relation::Prevents } else { Relation::Treats }, Basis::Uses));
        }
        let told = counts.into_iter().find(|(count, _)| 2 * count > speaking);
        told.map(|(_, relation)| (relation, Basis::Findings))
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

/// Terms with more kinds than this are so wide that what is found of one kind is not told of them.
const WIDE: usize = 30;

/// What speaks for either side.
struct Asked {
    /// Concepts whose decrease is good.
    conditions: BTreeSet<ConceptId>,
    /// Concepts that are under test.
    treatments: BTreeSet<ConceptId>,
    /// Of a wide condition the findings that are about itself; of another none.
    own: Option<HashSet<At>>,
}

/// A finding: the row of its document's version, its ordinal there.
type At = (i64, u32);

impl Asked {
    /// The concepts that speak for a term: all that answer, or of a wide term those that are it.
    fn speaking(term: &Term) -> BTreeSet<ConceptId> {
        let itself = || std::iter::once(&term.concept).chain(term.together.iter().map(|(concept, _)| concept));
        let wide = term.narrower() > WIDE;
        if wide { itself().cloned().collect() } else { term.answers.iter().cloned().collect() }
    }

    /// Whether a concept that was done is what was asked for, and can be: what papers mostly measure was not given.
    fn is_under_test(&self, concept: &ConceptId) -> bool {
        self.treatments.contains(concept) && !link::is_mostly_measured(concept)
    }

    /// What a document says in passing that the treatment is for, as far as that is the condition.
    fn uses<'c>(&self, card: &'c Card) -> impl Iterator<Item = &'c Use> {
        let (human, asked) = (card.design != Some(StudyDesign::Preclinical), self);
        card.uses.iter().filter(move |one| {
            human
                && asked.is_under_test(&one.treatment)
                && one.conditions.iter().any(|condition| asked.conditions.contains(condition))
        })
    }

    /// Whether a finding is about the condition, and not only about one of very many kinds of it.
    fn is_about(&self, at: At) -> bool {
        self.own.as_ref().is_none_or(|own| own.contains(&at))
    }
}

/// The findings that are surely about one of these conditions.
fn about(
    store: &Store,
    snapshot: &Snapshot,
    memory: &Memory,
    conditions: &BTreeSet<ConceptId>,
) -> Result<HashSet<At>, StoreError> {
    let concepts: Vec<ConceptId> = conditions.iter().cloned().collect();
    let postings = memory.postings(store, snapshot, LinkSide::Condition, &concepts)?;
    let fitting = postings.iter().filter(|posting| posting.confidence >= LEAST);
    Ok(fitting.map(|posting| (posting.version, posting.ordinal)).collect())
}

/// What the studies that stand say of a condition and a treatment; none unless both were asked for, and nothing narrower.
pub(super) fn relations(
    studies: &[Study],
    understood: &Understood,
    store: &Store,
    snapshot: &Snapshot,
    memory: &Memory,
) -> Result<Option<Relations>, StoreError> {
    let (Some(condition), Some(treatment)) = (&understood.condition, &understood.treatment) else { return Ok(None) };
    if understood.outcome.is_some() || understood.comparator.is_some() || understood.test.is_some() {
        return Ok(None);
    }
    let (conditions, treatments) = (Asked::speaking(condition), Asked::speaking(treatment));
    let own = match condition.narrower() > WIDE {
        false => None,
        true => Some(about(store, snapshot, memory, &conditions)?),
    };
    let asked = Asked { conditions, treatments, own };
    let mut relations = Relations::default();
    for study in studies.iter().filter(|study| !study.retracted) {
        relations.findings += study.members.iter().map(|member| member.findings.len()).sum::<usize>();
        relations.count(of_study(&study.members, &asked));
        let uses: Vec<&Use> = study.members.iter().flat_map(|member| asked.uses(&member.card)).collect();
        relations.used_to_treat += usize::from(uses.iter().any(|one| !one.prevents));
        relations.used_to_prevent += usize::from(!uses.is_empty() && uses.iter().all(|one| one.prevents));
    }
    Ok(Some(relations))
}

/// A finding that fits worse than this has no say, though it is shown: both sides must be named in its sentence and again elsewhere,
/// or in the title. What is true of a finding that may be about something else is not told of the pair.
const LEAST: f32 = 0.7;

/// A sentence that says what a treatment is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UseSentence {
    /// The document.
    pub document: DocumentId,
    /// Where it stands there.
    #[serde(flatten)]
    pub span: Span,
    /// The sentence, verbatim.
    pub quote: String,
}

/// How many such sentences are quoted, each of another document.
const QUOTED: usize = 3;

/// The sentences on which a relation rests that papers mention and no finding tells, of the studies that come first.
pub(super) fn sentences(
    studies: &[Study],
    understood: &Understood,
    store: &Store,
) -> Result<Vec<UseSentence>, StoreError> {
    let (Some(condition), Some(treatment)) = (&understood.condition, &understood.treatment) else {
        return Ok(Vec::new());
    };
    let (conditions, treatments) = (Asked::speaking(condition), Asked::speaking(treatment));
    let asked = Asked { conditions, treatments, own: None };
    let members = studies.iter().filter(|study| !study.retracted).flat_map(|study| &study.members);
    let using = members.filter_map(|member| Some((member, asked.uses(&member.card).next()?)));
    using
        .take(QUOTED)
        .map(|(member, one)| {
            let text = store.document_version(member.version)?.document.text();
            let quote = TextIndex::new(&text).slice(one.span).to_owned();
            Ok(UseSentence { document: member.id.clone(), span: one.span, quote })
        })
        .collect()
}

/// How much say a finding has, the greatest first: what the abstract says of the primary outcome, what it concludes, its other results,
/// then the results of the full text.
fn say(card: &FindingCard) -> (bool, u8) {
    let rank = match card.role {
        _ if card.primary => 0,
        SentenceRole::Conclusions => 1,
        _ => 2,
    };
    (card.place != Place::Abstract, rank)
}

fn of_study(members: &[Candidate], asked: &Asked) -> Said {
    let mut said: Vec<((bool, u8), Relation)> = Vec::new();
    for member in members {
        let mut document: Option<Studied> = None;
        let about = |found: &&Found| found.relevance >= LEAST && asked.is_about((member.version, found.ordinal));
        let findings = member.findings.iter().filter(about);
        for (found, card) in findings.filter_map(|found| Some((found, member.card_of(found)?))) {
            let document = document.get_or_insert_with(|| Studied::of(&member.card, asked));
            if let Some(relation) = of_finding(found, card, document, asked) {
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

/// What a document tests and compares with.
struct Studied {
    accuracy: bool,
    /// Something that may work.
    active: bool,
    /// No treatment of the condition.
    inactive: bool,
    /// Whether its abstract names nothing else more often than what was asked for as what was done.
    tested: bool,
}

impl Studied {
    fn of(card: &Card, asked: &Asked) -> Self {
        let mut done: BTreeMap<&ConceptId, usize> = BTreeMap::new();
        let of_abstract = card.findings.iter().filter(|finding| finding.place == Place::Abstract);
        of_abstract
            .flat_map(|finding| &finding.intervention)
            .for_each(|concept| *done.entry(concept).or_default() += 1);
        let most = |ours: bool| {
            let counts = done.iter().filter(|(concept, _)| asked.is_under_test(concept) == ours);
            counts.map(|(_, count)| *count).max().unwrap_or_default()
        };
        Self {
            accuracy: card.design == Some(StudyDesign::DiagnosticAccuracy),
            active: card.findings.iter().any(|finding| !finding.comparator.is_empty() && !finding.inactive),
            inactive: card.findings.iter().any(|finding| finding.inactive),
            tested: most(true) > 0 && most(true) >= most(false),
        }
    }

    /// Whether a finding compares with no treatment: its sentence says so, or it is one of an abstract in which nothing else is
    /// compared with.
    fn against_nothing(&self, card: &FindingCard) -> bool {
        card.inactive || self.inactive && !self.active && card.comparator.is_empty()
    }

    /// Whether a finding is of what was asked for alone: its sentence tells that and nothing else as what was done, or tells nothing in
    /// a paper that tests it.
    fn tests(&self, card: &FindingCard, asked: &Asked) -> bool {
        if card.intervention.is_empty() {
            return self.tested && card.comparator.is_empty();
        }
        card.intervention.iter().all(|concept| asked.is_under_test(concept))
    }
}

/// What one finding says.
fn of_finding(found: &Found, card: &FindingCard, document: &Studied, asked: &Asked) -> Option<Relation> {
    if card.place != Place::Abstract && card.role != SentenceRole::Results {
        return None;
    }
    if card.accuracy {
        return (document.accuracy && !found.as_comparator).then_some(Relation::Diagnoses);
    }
    // Two that are equally good are so whichever is named first.
    let equal = card.bearing == Some(Bearing::Equal);
    if !equal && (found.as_comparator || !document.tests(card, asked)) {
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
    let verdict = card.primary || card.role == SentenceRole::Conclusions;
    let good = if is_outcome && card.occurrence { Relation::Prevents } else { Relation::Treats };
    match bearing {
        Bearing::Benefit => Some(good),
        // What gets better since before may get better by itself.
        Bearing::Improved => None,
        // What is as good as placebo is no good.
        Bearing::Equal => (!document.inactive).then_some(good),
        // Worse than what works is no harm, and of which of the things that a sentence may speak of it was the harm must be clear.
        Bearing::Harm => {
            let named = card.intervention.iter().any(|concept| asked.treatments.contains(concept));
            (verdict && named && document.against_nothing(card)).then_some(Relation::Harms)
        }
        Bearing::NoBenefit => (verdict && document.against_nothing(card)).then_some(Relation::NoEffect),
    }
}

#[cfg(test)]
mod tests;
