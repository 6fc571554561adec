//! Who took part in a study, and who could.

use serde::{Deserialize, Serialize};

use super::Span;

/// Who took part, as far as document and record tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Population {
    /// MeSH check tags of age (`Aged`, `Adult`, `Child`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub age_groups: Vec<String>,
    /// `female` and `male`, as the check tags or the registration say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sexes: Vec<String>,
    /// Whether the study is of animals and not of people; none where the record does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub animals_only: Option<bool>,
    /// The ages at which one could take part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ages: Option<AgeRange>,
    /// What the document says about who could take part and who could not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion>,
}

/// The ages at which one could take part, in years, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AgeRange {
    /// The youngest; none where no bound is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f32>,
    /// The oldest, to the end of that year of life; none where no bound is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<f32>,
    /// Where the document says so.
    pub span: Span,
}

impl AgeRange {
    /// Whether somebody of this many years could take part. Who is “75” is so until the next birthday; parts of years come of months,
    /// and are meant as they stand.
    pub fn admits(&self, years: f32) -> bool {
        let at_most = |most: f32| if most.fract() == 0.0 { years.floor() <= most } else { years <= most };
        self.least.is_none_or(|least| years >= least) && self.most.is_none_or(at_most)
    }
}

/// Whether a criterion lets people in or keeps them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Polarity {
    /// Who is so could take part.
    Inclusion,
    /// Who is so could not.
    Exclusion,
}

/// A statement about who could take part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Where it stands: a sentence, a part of one, or a line of a list.
    pub span: Span,
    /// Which way it works.
    pub polarity: Polarity,
    /// The bounds in it on what is measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<Bound>,
    /// How sure that it is one, 0 to 1.
    pub confidence: f32,
}

/// A bound on something measured: “eGFR below 30 mL/min”.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// What is measured, by its one name (`eGFR`, `HbA1c`).
    pub quantity: String,
    /// The least value; none: no bound below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// Whether the least value itself is meant.
    pub with_least: bool,
    /// The greatest value; none: no bound above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<f64>,
    /// Whether the greatest value itself is meant.
    pub with_most: bool,
    /// The unit, by its one name (`%`, `mmol/mol`).
    pub unit: String,
    /// Where it stands.
    pub span: Span,
}

impl Bound {
    /// Whether a value of the same unit lies within it.
    pub fn holds(&self, value: f64) -> bool {
        let above = self.least.is_none_or(|least| value > least || self.with_least && value == least);
        let below = self.most.is_none_or(|most| value < most || self.with_most && value == most);
        above && below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_those_of_birthdays() {
        let range = AgeRange { least: Some(18.0), most: Some(75.0), span: Span::new(0, 1) };
        assert!(range.admits(18.0) && range.admits(75.9) && !range.admits(76.0) && !range.admits(17.9));
        assert!(AgeRange { most: None, ..range }.admits(101.0));
        let infants = AgeRange { least: None, most: Some(0.5), ..range };
        assert!(infants.admits(0.4) && !infants.admits(0.9));
    }

    #[test]
    fn a_bound_has_its_ends_or_not() {
        let bound = Bound {
            quantity: "eGFR".to_owned(),
            least: None,
            with_least: false,
            most: Some(30.0),
            with_most: false,
            unit: "mL/min".to_owned(),
            span: Span::new(0, 1),
        };
        assert!(bound.holds(29.9) && !bound.holds(30.0));
        assert!(Bound { with_most: true, ..bound }.holds(30.0));
    }
}
