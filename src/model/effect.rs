//! Effects: the numbers of a finding.

use serde::{Deserialize, Serialize};

use super::Span;

/// What an estimate measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the abbreviations are the field's own")]
pub enum Measure {
    HR,
    RR,
    OR,
    IRR,
    MD,
    SMD,
    RD,
    ARR,
    NNT,
    #[serde(rename = "proportion")]
    Proportion,
    #[serde(rename = "mean")]
    Mean,
    #[serde(rename = "median")]
    Median,
    #[serde(rename = "sensitivity")]
    Sensitivity,
    #[serde(rename = "specificity")]
    Specificity,
    PPV,
    NPV,
    AUC,
    #[serde(rename = "LR+")]
    PositiveLikelihoodRatio,
    #[serde(rename = "LR-")]
    NegativeLikelihoodRatio,
    #[serde(rename = "r")]
    Correlation,
    #[serde(rename = "other")]
    Other,
    /// A p-value with no estimate of its own.
    #[serde(rename = "p-only")]
    POnly,
}

impl Measure {
    /// The name as printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HR => "HR",
            Self::RR => "RR",
            Self::OR => "OR",
            Self::IRR => "IRR",
            Self::MD => "MD",
            Self::SMD => "SMD",
            Self::RD => "RD",
            Self::ARR => "ARR",
            Self::NNT => "NNT",
            Self::Proportion => "proportion",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Sensitivity => "sensitivity",
            Self::Specificity => "specificity",
            Self::PPV => "PPV",
            Self::NPV => "NPV",
            Self::AUC => "AUC",
            Self::PositiveLikelihoodRatio => "LR+",
            Self::NegativeLikelihoodRatio => "LR-",
            Self::Correlation => "r",
            Self::Other => "other",
            Self::POnly => "p-only",
        }
    }

    /// Whether the estimate is a ratio of two arms, whose null value is 1 and whose scale is logarithmic.
    pub const fn is_ratio(self) -> bool {
        matches!(self, Self::HR | Self::RR | Self::OR | Self::IRR)
    }

    /// Whether the estimate is a difference of two arms, whose null value is 0.
    pub const fn is_difference(self) -> bool {
        matches!(self, Self::MD | Self::SMD | Self::RD | Self::ARR)
    }
}

/// A confidence (or credible) interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The level in per cent: 95, 99, 90; none where the text does not say.
    pub level: Option<f64>,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// How a p-value is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PValueOperator {
    /// Below.
    #[serde(rename = "<")]
    Less,
    /// Below or equal.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// Equal.
    #[serde(rename = "=")]
    Equal,
    /// Above.
    #[serde(rename = ">")]
    Greater,
    /// Above or equal.
    #[serde(rename = ">=")]
    GreaterOrEqual,
}

impl PValueOperator {
    /// The sign as printed.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "≤",
            Self::Equal => "=",
            Self::Greater => ">",
            Self::GreaterOrEqual => "≥",
        }
    }
}

/// A p-value with its operator.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PValue {
    /// How it is bounded.
    pub op: PValueOperator,
    /// The number, 0 to 1.
    pub value: f64,
}

impl PValue {
    /// Whether it shows significance at 0.05; none where the bound leaves it open (`p < 0.1`).
    pub fn significant(self) -> Option<bool> {
        use PValueOperator as Op;
        match self.op {
            Op::Equal => Some(self.value < 0.05),
            Op::Less if self.value <= 0.05 => Some(true),
            Op::LessOrEqual if self.value < 0.05 => Some(true),
            Op::Greater | Op::GreaterOrEqual if self.value >= 0.05 => Some(false),
            _ => None,
        }
    }
}

/// One reported number with what surrounds it. Nothing in it is computed: every part stands in the text at `span`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// What is measured.
    pub measure: Measure,
    /// The estimate; none for [`Measure::POnly`].
    #[serde(default)]
    pub value: Option<f64>,
    /// The unit as written (`%`, `mmol/L`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The interval, where reported.
    #[serde(default)]
    pub ci: Option<Interval>,
    /// The p-value, where reported.
    #[serde(default)]
    pub p: Option<PValue>,
    /// Whether the numbers agree with each other; none where that cannot be told.
    #[serde(default)]
    pub consistent: Option<bool>,
    /// Why they do not, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inconsistency: Option<String>,
    /// Where all of it stands.
    pub span: Span,
}

impl Effect {
    /// Of what is measured, and where that stands, before any number is known.
    pub fn blank(measure: Measure, span: Span) -> Self {
        Self { measure, value: None, unit: None, ci: None, p: None, consistent: None, inconsistency: None, span }
    }

    /// Whether the numbers show a difference: by the interval where there is one for a measure with a null value, else by p.
    pub fn significant(&self) -> Option<bool> {
        let null = if self.measure.is_ratio() {
            Some(1.0)
        } else if self.measure.is_difference() {
            Some(0.0)
        } else {
            None
        };
        let by_interval = match (null, self.ci) {
            (Some(null), Some(ci)) => Some(ci.low > null || ci.high < null),
            _ => None,
        };
        by_interval.or_else(|| self.p.and_then(PValue::significant))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(op: PValueOperator, value: f64) -> Option<bool> {
        PValue { op, value }.significant()
    }

    #[test]
    fn a_bound_that_leaves_it_open_says_nothing() {
        use PValueOperator as Op;
        assert_eq!(p(Op::Less, 0.05), Some(true));
        assert_eq!(p(Op::Less, 0.1), None);
        assert_eq!(p(Op::Greater, 0.05), Some(false));
        assert_eq!(p(Op::Greater, 0.01), None);
        assert_eq!(p(Op::Equal, 0.05), Some(false));
    }

    #[test]
    fn an_interval_speaks_before_p() {
        let effect = Effect {
            value: Some(0.9),
            ci: Some(Interval { level: Some(95.0), low: 0.7, high: 1.1 }),
            ..Effect::blank(Measure::HR, Span::new(0, 1))
        };
        assert_eq!(effect.significant(), Some(false));
    }
}
