//! Which effect of a study enters, and why none does.

use std::sync::LazyLock;

use regex::Regex;

use super::statistics::{Estimate, normal_half_width};
use super::{Bounded, Input, is_randomised};
use crate::lookup::answer::{FindingEntry, StudyEntry};
use crate::lookup::question::Understood;
use crate::model::{Effect, Measure};
use crate::vocab::normalize;

/// An effect that enters.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) estimate: Estimate,
    pub(super) measure: Measure,
    pub(super) unit: Option<String>,
    pub(super) comparator: String,
    /// Whether the comparator is told from another place than the sentence.
    pub(super) comparator_elsewhere: bool,
    pub(super) randomised: bool,
    pub(super) input: Input,
}

/// A finding that fits worse is not surely about the question.
const ABOUT: f32 = 0.6;

/// The effect of a study that enters, or why none does.
pub(super) fn effect_of(study: &StudyEntry, understood: &Understood) -> Result<Chosen, String> {
    let lead = study.lead().ok_or("it has no document")?;
    if study.retracted {
        return Err("it is retracted".to_owned());
    }
    let Some(randomised) = is_randomised(lead.design) else {
        return Err(match lead.design {
            Some(design) => format!("its design is {}", design.label()),
            None => "its design is not known".to_owned(),
        });
    };
    let mut why = "none of its findings gives an estimate of a comparison with an interval".to_owned();
    for finding in study.findings.iter().filter(|finding| !finding.as_comparator && finding.relevance >= ABOUT) {
        match effect_in(finding) {
            Ok(None) => {}
            Err(reason) => why = reason,
            Ok(Some((effect, level, estimate))) => {
                let Some((comparator, elsewhere)) = comparator(study, finding, understood) else {
                    return Err("it does not say what the treatment is compared with".to_owned());
                };
                let place = finding.effects.iter().position(|other| other == effect);
                let (Some(value), Some(ci)) = (effect.value, effect.ci) else { continue };
                let author = lead.authors.as_deref().unwrap_or("");
                let year = lead.year.map(|year| year.to_string()).unwrap_or_default();
                return Ok(Chosen {
                    estimate,
                    measure: effect.measure,
                    unit: effect.unit.clone(),
                    comparator,
                    comparator_elsewhere: elsewhere,
                    randomised,
                    input: Input {
                        document: finding.document.clone(),
                        label: format!("{author} {year}").trim().to_owned(),
                        effect: Bounded { value, low: ci.low, high: ci.high },
                        level,
                        numbers: place.and_then(|at| finding.numbers.get(at)).cloned().unwrap_or_default(),
                        quote: finding.quote.clone(),
                        section: finding.section.clone(),
                        span: finding.span,
                        days: days(&finding.quote),
                        weight_fixed: 0.0,
                        weight_random: None,
                    },
                });
            }
        }
    }
    Err(why)
}

/// The one effect of a sentence that can enter, with the level of its interval and its estimate on the scale of analysis.
fn effect_in(finding: &FindingEntry) -> Result<Option<(&Effect, f64, Estimate)>, String> {
    let compares = |effect: &&Effect| {
        (effect.measure.is_ratio() || matches!(effect.measure, Measure::MD | Measure::SMD | Measure::RD))
            && effect.value.is_some()
            && effect.ci.is_some()
    };
    let effects: Vec<&Effect> = finding.effects.iter().filter(compares).collect();
    let [effect] = effects.as_slice() else {
        return if effects.is_empty() { Ok(None) } else { Err("its sentence gives several estimates".to_owned()) };
    };
    if effect.consistent != Some(true) {
        return Err("its numbers do not agree, or cannot be checked".to_owned());
    }
    if is_of_subgroup(&finding.quote) {
        return Err("its sentence speaks of a subgroup".to_owned());
    }
    let (Some(value), Some(ci)) = (effect.value, effect.ci) else { return Ok(None) };
    let Some(level) = ci.level else { return Err("the level of its interval is not stated".to_owned()) };
    let half = normal_half_width(level).ok_or("the level of its interval is none")?;
    let scale = |x: f64| if effect.measure.is_ratio() { x.ln() } else { x };
    let error = (scale(ci.high) - scale(ci.low)) / (2.0 * half);
    let estimate = Estimate { value: scale(value), error };
    if !(estimate.value.is_finite() && error.is_finite() && error > 0.0) {
        return Err("its interval has no width, or reaches nil".to_owned());
    }
    Ok(Some((effect, level, estimate)))
}

static SUBGROUP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:subgroups?|sub-group|interaction|per-protocol|post hoc|sensitivity analys[ie]s)\b").ok()
});
static TIME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(\d+(?:\.\d+)?)[- ]?(days?|weeks?|months?|years?)\b").ok());

fn is_of_subgroup(quote: &str) -> bool {
    SUBGROUP.as_ref().is_some_and(|form| form.is_match(quote))
}

/// The time that a sentence speaks of, in days: the only one, or none where it names several.
fn days(quote: &str) -> Option<f64> {
    let mut times = TIME.as_ref()?.captures_iter(quote).filter_map(|found| {
        let number: f64 = found.get(1)?.as_str().parse().ok()?;
        let unit = found.get(2)?.as_str().to_lowercase();
        let length = match unit.chars().next()? {
            'd' => 1.0,
            'w' => 7.0,
            'm' => 30.4375,
            _ => 365.25,
        };
        Some(number * length)
    });
    let first = times.next()?;
    times.all(|other| other == first).then_some(first)
}

/// Words for comparators that are no drug, and the one name that they are counted under.
const COMMON: [(&str, &str); 12] = [
    ("placebo", "placebo"),
    ("sham", "sham"),
    ("usual care", "usual care"),
    ("standard care", "usual care"),
    ("standard of care", "usual care"),
    ("treatment as usual", "usual care"),
    ("routine care", "usual care"),
    ("waiting list", "waiting list"),
    ("wait list", "waiting list"),
    ("no treatment", "no treatment"),
    ("no intervention", "no treatment"),
    ("untreated", "no treatment"),
];

/// What the treatment is compared with, and whether that is told from elsewhere than the sentence.
fn comparator(study: &StudyEntry, finding: &FindingEntry, understood: &Understood) -> Option<(String, bool)> {
    if let Some(asked) = &understood.comparator {
        return Some((asked.asked.clone(), false));
    }
    let own = finding.comparator.as_deref().map(named).or_else(|| common(&finding.quote).map(str::to_owned));
    if let Some(own) = own {
        return Some((own, false));
    }
    let mut others: Vec<String> = study
        .findings
        .iter()
        .filter(|other| !other.as_comparator)
        .filter_map(|other| other.comparator.as_deref().map(named).or_else(|| common(&other.quote).map(str::to_owned)))
        .chain(study.documents.iter().filter_map(|document| common(&document.title)).map(str::to_owned))
        .collect();
    others.sort();
    others.dedup();
    match others.as_slice() {
        [one] => Some((one.clone(), true)),
        _ => None,
    }
}

fn common(text: &str) -> Option<&'static str> {
    let normal = normalize(text);
    let padded = format!(" {normal} ");
    COMMON.iter().find(|(words, _)| padded.contains(&format!(" {} ", normalize(words)))).map(|(_, name)| *name)
}

fn named(slot: &str) -> String {
    common(slot).map_or_else(|| normalize(slot), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_where_there_is_one() {
        assert_eq!(days("at 12 weeks"), Some(84.0));
        assert_eq!(days("the 2-year risk"), Some(730.5));
        assert_eq!(days("at 12 weeks and at 1 year"), None);
        assert_eq!(days("in 12 patients"), None);
    }

    #[test]
    fn comparators_have_one_name() {
        assert_eq!(named("the placebo group"), "placebo");
        assert_eq!(named("standard of care"), "usual care");
        assert_eq!(named("Metformin"), "metformin");
        assert!(is_of_subgroup("in the subgroup of women") && !is_of_subgroup("in women"));
    }
}
