//! A pooled effect, only when asked for, from numbers that can be checked one by one.
//!
//! One effect a study enters, by a rule that is printed with the result. Where studies do not match, nothing is pooled and the
//! reason is given; a study that is left out is named with its reason.

mod choose;
pub mod statistics;

use std::collections::BTreeMap;

use serde::Serialize;

use self::statistics::{Estimate, Pooled};
use super::answer::StudyEntry;
use super::question::Understood;
use crate::model::{DocumentId, Measure, Span, StudyDesign};

/// The rule by which one effect of each study is taken.
pub const RULE: &str = "of each study the first effect on the outcome, as findings are listed: best fit, abstract before text, primary outcome first; \
    one estimate in its sentence, with an interval of stated level whose numbers agree; not of a subgroup";

/// What came of pooling.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// A pooled effect.
    Done(Box<PooledEffect>),
    /// None, for these reasons.
    Refused {
        /// Why.
        reasons: Vec<String>,
        /// The studies that could not enter, and why.
        left_out: Vec<LeftOut>,
    },
}

/// A study that did not enter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The document that stands for it.
    pub document: DocumentId,
    /// Why.
    pub reason: String,
}

/// An estimate with its interval, on the scale of the measure: ratios as ratios.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bounded {
    /// The estimate.
    pub value: f64,
    /// The lower bound, 95 %.
    pub low: f64,
    /// The upper bound, 95 %.
    pub high: f64,
}

/// A pooled effect and all it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PooledEffect {
    /// What is measured.
    pub measure: Measure,
    /// The unit, of a difference.
    pub unit: Option<String>,
    /// What the treatment was compared with.
    pub comparator: String,
    /// Whether the studies are randomised trials; observational ones otherwise.
    pub randomised: bool,
    /// One effect a study.
    pub inputs: Vec<Input>,
    /// Studies that did not enter.
    pub left_out: Vec<LeftOut>,
    /// The fixed-effect estimate.
    pub fixed: Bounded,
    /// The random-effects estimate of DerSimonian and Laird; from three studies on.
    pub random: Option<Bounded>,
    /// The same with the interval of Hartung and Knapp; from three studies on.
    pub hartung_knapp: Option<Bounded>,
    /// Where the effect in a further study would lie; from three studies on.
    pub prediction: Option<(f64, f64)>,
    /// Cochran's Q.
    pub q: f64,
    /// The variance between studies, on the scale of analysis; from three studies on.
    pub tau_squared: Option<f64>,
    /// The share of the variance that is between studies, in per cent; from three studies on.
    pub i_squared: Option<f64>,
    /// What must be known beside the numbers.
    pub notes: Vec<String>,
}

/// The effect of one study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Input {
    /// The document it stands in.
    pub document: DocumentId,
    /// First author and year.
    pub label: String,
    /// The effect as reported.
    pub effect: Bounded,
    /// The level of its own interval, in per cent.
    pub level: f64,
    /// The numbers as they stand in the text.
    pub numbers: String,
    /// The sentence.
    pub quote: String,
    /// The section it stands in.
    pub section: String,
    /// Where the sentence stands in the document's text, in code points.
    pub span: Span,
    /// The time that its sentence speaks of, in days, where it does.
    pub days: Option<f64>,
    /// Its share of the fixed-effect estimate, in per cent.
    pub weight_fixed: f64,
    /// Its share of the random-effects estimate, in per cent; from three studies on.
    pub weight_random: Option<f64>,
}

/// Windows that differ by more than this factor are not of one time.
const SAME_TIME: f64 = 2.0;

/// Pools the effects of studies, or says why not. Retracted studies do not enter.
pub(super) fn pool(studies: &[StudyEntry], understood: &Understood) -> Pooling {
    if understood.outcome.is_none() {
        let reasons =
            vec!["no outcome was named: effects on different outcomes are not one effect (--outcome)".to_owned()];
        return Pooling::Refused { reasons, left_out: Vec::new() };
    }
    if understood.loosened {
        let reasons = vec![
            "the studies were found by some of the words that were asked for: they need not be on one question"
                .to_owned(),
        ];
        return Pooling::Refused { reasons, left_out: Vec::new() };
    }
    let mut left_out = Vec::new();
    let mut chosen = Vec::new();
    for study in studies {
        let Some(lead) = study.lead() else { continue };
        match choose::effect_of(study, understood) {
            Ok(one) => chosen.push(one),
            Err(reason) => left_out.push(LeftOut { document: lead.id.clone(), reason }),
        }
    }
    let chosen = one_kind(
        chosen,
        &mut left_out,
        |one| one.randomised,
        |randomised| {
            format!(
                "it is {}, and these are pooled apart",
                if *randomised { "a randomised trial" } else { "observational" }
            )
        },
    );
    let chosen = one_kind(chosen, &mut left_out, |one| one.measure.name(), |measure| format!("it reports {measure}"));
    let comparators: BTreeMap<&str, usize> = chosen.iter().fold(BTreeMap::new(), |mut counts, one| {
        *counts.entry(one.comparator.as_str()).or_default() += 1;
        counts
    });
    let mut reasons = Vec::new();
    if comparators.len() > 1 {
        let named: Vec<String> = comparators.iter().map(|(name, count)| format!("“{name}” ({count})")).collect();
        reasons.push(format!("the comparators differ: {}; name one with --comparator", named.join(", ")));
    }
    let units: std::collections::BTreeSet<&Option<String>> = chosen.iter().map(|one| &one.unit).collect();
    if units.len() > 1 && chosen.first().is_some_and(|one| !one.measure.is_ratio()) {
        reasons.push("the units differ, or are not all stated".to_owned());
    }
    let days: Vec<f64> = chosen.iter().filter_map(|one| one.input.days).collect();
    let (shortest, longest) = (days.iter().copied().fold(f64::MAX, f64::min), days.iter().copied().fold(0.0, f64::max));
    if !days.is_empty() && longest > SAME_TIME * shortest {
        reasons.push(format!("the times differ: from {} to {}", time(shortest), time(longest)));
    }
    if chosen.len() < 2 {
        reasons.push(match chosen.len() {
            0 => "no study has an effect that can enter".to_owned(),
            _ => "one study alone has an effect that can enter".to_owned(),
        });
    }
    if !reasons.is_empty() {
        return Pooling::Refused { reasons, left_out };
    }
    Pooling::Done(Box::new(pooled(chosen, left_out)))
}

/// Those of the commonest kind, the first among equals; the others are left out.
fn one_kind<K: Ord + Clone>(
    chosen: Vec<choose::Chosen>,
    left_out: &mut Vec<LeftOut>,
    kind: impl Fn(&choose::Chosen) -> K,
    reason: impl Fn(&K) -> String,
) -> Vec<choose::Chosen> {
    let mut counts: BTreeMap<K, usize> = BTreeMap::new();
    for one in &chosen {
        *counts.entry(kind(one)).or_default() += 1;
    }
    // Randomised trials count before observational studies where there are as many.
    let Some(most) = counts.into_iter().max_by_key(|(kind, count)| (*count, kind.clone())).map(|(kind, _)| kind) else {
        return chosen;
    };
    let (kept, others): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|one| kind(one) == most);
    left_out
        .extend(others.iter().map(|one| LeftOut { document: one.input.document.clone(), reason: reason(&kind(one)) }));
    kept
}

/// The fewest studies of which a variance between studies is said.
const FEWEST_RANDOM: usize = 3;

fn pooled(mut chosen: Vec<choose::Chosen>, left_out: Vec<LeftOut>) -> PooledEffect {
    let estimates: Vec<Estimate> = chosen.iter().map(|one| one.estimate).collect();
    let ratio = chosen.first().is_some_and(|one| one.measure.is_ratio());
    let back = |x: f64| if ratio { x.exp() } else { x };
    let bounded = |p: Pooled| Bounded { value: back(p.value), low: back(p.low), high: back(p.high) };
    let many = estimates.len() >= FEWEST_RANDOM;
    let spread = statistics::heterogeneity(&estimates);
    let tau_squared = many.then_some(spread.tau_squared);
    let random = tau_squared.map(|tau_squared| statistics::random(&estimates, tau_squared));
    let fixed_weights = statistics::weights(&estimates, 0.0);
    let random_weights = tau_squared.map(|tau_squared| statistics::weights(&estimates, tau_squared));
    for (n, one) in chosen.iter_mut().enumerate() {
        one.input.weight_fixed = fixed_weights.get(n).copied().unwrap_or_default();
        one.input.weight_random = random_weights.as_ref().and_then(|weights| weights.get(n)).copied();
    }
    let mut notes = Vec::new();
    let untimed = chosen.iter().filter(|one| one.input.days.is_none()).count();
    if untimed > 0 {
        notes.push(format!("{untimed} of {} sentences do not say at what time", chosen.len()));
    }
    if !many {
        notes.push(
            "two studies say nothing of the variance between studies: the fixed effect alone is given".to_owned(),
        );
    }
    let elsewhere = chosen.iter().filter(|one| one.comparator_elsewhere).count();
    if elsewhere > 0 {
        notes.push(format!("{elsewhere} of {} comparators are told from elsewhere in the paper", chosen.len()));
    }
    let first = chosen.first();
    PooledEffect {
        measure: first.map_or(Measure::Other, |one| one.measure),
        unit: first.and_then(|one| one.unit.clone()),
        comparator: first.map(|one| one.comparator.clone()).unwrap_or_default(),
        randomised: first.is_some_and(|one| one.randomised),
        fixed: bounded(statistics::fixed(&estimates)),
        random: random.map(bounded),
        hartung_knapp: tau_squared
            .and_then(|tau_squared| statistics::hartung_knapp(&estimates, tau_squared))
            .map(bounded),
        prediction: random
            .and_then(|random| statistics::prediction(&random, estimates.len(), spread.tau_squared))
            .map(|(low, high)| (back(low), back(high))),
        q: spread.q,
        tau_squared,
        i_squared: many.then_some(spread.i_squared),
        inputs: chosen.into_iter().map(|one| one.input).collect(),
        left_out,
        notes,
    }
}

/// A time in the largest unit that it has at least two of.
fn time(days: f64) -> String {
    for (unit, length) in [("years", 365.25), ("months", 30.4375), ("weeks", 7.0)] {
        if days >= 2.0 * length {
            return format!("{:.0} {unit}", days / length);
        }
    }
    format!("{days:.0} days")
}

/// Whether a design compares treatments in people, and whether it does so by chance; none where its effects do not enter.
fn is_randomised(design: Option<StudyDesign>) -> Option<bool> {
    match design? {
        StudyDesign::RandomizedControlledTrial => Some(true),
        StudyDesign::Cohort
        | StudyDesign::CaseControl
        | StudyDesign::CrossSectional
        | StudyDesign::NonRandomisedTrial
        | StudyDesign::RctSecondaryObservational => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
