//! Who took part, and who could: ages, sexes, criteria and the bounds in them.

mod ages;
mod criteria;
pub mod quantities;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use super::study::animals_only;
use crate::extract::{Extractor, Input, table};
use crate::model::{AgeRange, Annotation, Criterion, Document, Polarity, Population};

/// Tells who took part and who could.
#[derive(Debug, Clone, Copy)]
pub struct PopulationExtractor;

impl Extractor for PopulationExtractor {
    fn name(&self) -> &'static str {
        "population"
    }

    fn version(&self) -> u32 {
        1
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        let document = input.document;
        let criteria = criteria::find(input, annotation);
        let limits = Limits::of(input);
        annotation.study.population = Population {
            age_groups: AGE_GROUPS.iter().filter(|name| tagged(document, name)).map(|&name| name.to_owned()).collect(),
            sexes: limits.sexes.clone().unwrap_or_else(|| {
                ["Female", "Male"]
                    .iter()
                    .filter(|name| tagged(document, name))
                    .map(|name| name.to_lowercase())
                    .collect()
            }),
            animals_only: animals_only(document),
            ages: limits.ages.or_else(|| ages_of(input, &criteria)),
            criteria,
        };
    }
}

/// The check tags of age, youngest first.
const AGE_GROUPS: [&str; 10] = [
    "Infant, Newborn",
    "Infant",
    "Child, Preschool",
    "Child",
    "Adolescent",
    "Young Adult",
    "Adult",
    "Middle Aged",
    "Aged",
    "Aged, 80 and over",
];

fn tagged(document: &Document, name: &str) -> bool {
    document.headings.iter().any(|heading| heading.name == name)
}

/// Words that make a criterion one of some of those who have a condition.
pub fn qualities() -> &'static [&'static str] {
    static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| table::words(include_str!("qualities.txt")).collect());
    &WORDS
}

/// Words that may turn round what stands behind them in a criterion.
pub fn negations() -> &'static [&'static str] {
    static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| table::words(include_str!("negations.txt")).collect());
    &WORDS
}

/// The ages that the statements about who could take part agree on.
fn ages_of(input: &Input<'_>, criteria: &[Criterion]) -> Option<AgeRange> {
    let mut told: Option<ages::Ages> = None;
    for criterion in criteria.iter().filter(|criterion| criterion.polarity == Polarity::Inclusion) {
        let Some(mut ages) = ages::read(input.text.slice(criterion.span)) else { continue };
        let first = input.text.byte(criterion.span.start);
        ages.place = first + ages.place.start..first + ages.place.end;
        told = match told {
            None => Some(ages),
            Some(held) => Some(ages::joined(held, ages)?),
        };
    }
    told.map(|ages| AgeRange { least: ages.least, most: ages.most, span: input.text.span(ages.place) })
}

/// What a registration says in fields of its own.
#[derive(Debug, Default)]
struct Limits {
    ages: Option<AgeRange>,
    sexes: Option<Vec<String>>,
}

/// The section of a registration that has them.
const LIMITS: &str = "Eligibility/Limits";

impl Limits {
    fn of(input: &Input<'_>) -> Self {
        let mut limits = Self::default();
        let passages = input.document.passages.iter().zip(input.passages);
        let Some((passage, span)) = passages.clone().find(|(passage, _)| passage.section == LIMITS) else {
            return limits;
        };
        let mut ages = AgeRange { least: None, most: None, span: *span };
        for (name, value) in passage.text.split("; ").filter_map(|field| field.split_once(": ")) {
            match name {
                "minimum age" => ages.least = age(value),
                "maximum age" => ages.most = age(value),
                "sex" => limits.sexes = sexes(value),
                _ => {}
            }
        }
        limits.ages = (ages.least.is_some() || ages.most.is_some()).then_some(ages);
        limits
    }
}

/// `18 Years` or `6 Months`, in years.
fn age(value: &str) -> Option<f32> {
    let (number, unit) = value.split_once(' ')?;
    Some(ages::in_years(number.parse().ok()?, &unit.to_lowercase()))
}

fn sexes(value: &str) -> Option<Vec<String>> {
    let named = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    match value {
        "ALL" => named(&["female", "male"]),
        "FEMALE" => named(&["female"]),
        "MALE" => named(&["male"]),
        _ => None,
    }
}
