//! Whether the numbers of an effect agree with each other, as far as their printed digits let one tell.

use super::interval::Bounds;
use super::signed::Signed;
use crate::model::{Measure, PValue, PValueOperator};

/// How far from the middle of its interval an estimate may lie, in shares of the half width, beyond what rounding explains:
/// profile-likelihood, bootstrap and exact intervals are not symmetric.
const ASYMMETRY: f64 = 0.3;

/// P-values this close to 0.05 may disagree with an interval, as the two often come from different tests.
const BORDER: std::ops::Range<f64> = 0.03..0.08;

/// The numbers to check.
pub(super) struct Numbers {
    pub(super) measure: Measure,
    pub(super) estimate: Signed,
    pub(super) level: Option<f64>,
    pub(super) bounds: Bounds,
    pub(super) p: Option<PValue>,
}

/// `Ok` when the numbers agree, else what is wrong, in words.
pub(super) fn check(numbers: &Numbers) -> Result<(), String> {
    let (estimate, first, second) = (numbers.estimate, numbers.bounds.first, numbers.bounds.second);
    if first.value > second.value {
        return Err(format!("the interval runs downwards, from {} to {}", first.value, second.value));
    }
    if !numbers.bounds.hold(estimate) {
        return Err(format!(
            "the estimate {} lies outside its interval, {} to {}",
            estimate.value, first.value, second.value
        ));
    }
    if !symmetric(numbers) {
        let scale = if numbers.measure.is_ratio() { "logarithmic " } else { "" };
        return Err(format!(
            "the estimate {} is far from the middle of {} to {} on its {scale}scale",
            estimate.value, first.value, second.value
        ));
    }
    if let Some(conflict) = conflict_with_p(numbers) {
        return Err(conflict);
    }
    Ok(())
}

/// Whether the estimate lies near the middle of its interval, on the scale of its measure.
fn symmetric(numbers: &Numbers) -> bool {
    let measure = numbers.measure;
    let scale: fn(f64) -> f64 = if measure.is_ratio() {
        f64::ln
    } else if matches!(measure, Measure::MD | Measure::SMD) {
        |value| value
    } else {
        // Intervals of proportions, areas, correlations and their differences are not symmetric.
        return true;
    };
    let ends = |number: Signed| (number.value - number.rounding, number.value + number.rounding);
    let (estimate, first, second) = (ends(numbers.estimate), ends(numbers.bounds.first), ends(numbers.bounds.second));
    if measure.is_ratio() && (first.0 <= 0.0 || estimate.0 <= 0.0) {
        return true;
    }
    let (low, high) = (scale(first.0), scale(second.1));
    let half = (high - low) / 2.0;
    let slack = half * ASYMMETRY;
    let middle = ((low + scale(second.0)) / 2.0, (scale(first.1) + high) / 2.0);
    scale(estimate.1) >= middle.0.min(middle.1) - slack && scale(estimate.0) <= middle.1.max(middle.0) + slack
}

/// Says where interval and p clearly disagree on significance.
fn conflict_with_p(numbers: &Numbers) -> Option<String> {
    let p = numbers.p?;
    if numbers.level != Some(95.0) || border(p) {
        return None;
    }
    let by_p = p.significant()?;
    let null = null_value(numbers.measure)?;
    let (first, second) = (numbers.bounds.first, numbers.bounds.second);
    // A bound that rounds to the null value leaves it open.
    let beyond = first.value - first.rounding > null || second.value + second.rounding < null;
    let within = first.value + first.rounding < null && second.value - second.rounding > null;
    let sign = p.op.sign();
    if by_p && within {
        return Some(format!("p {sign} {} but the interval holds {null}", p.value));
    }
    if !by_p && beyond {
        return Some(format!("p {sign} {} but the interval does not hold {null}", p.value));
    }
    None
}

fn border(p: PValue) -> bool {
    p.op == PValueOperator::Equal && BORDER.contains(&p.value)
}

fn null_value(measure: Measure) -> Option<f64> {
    if measure.is_ratio() {
        Some(1.0)
    } else if measure.is_difference() {
        Some(0.0)
    } else {
        None
    }
}
