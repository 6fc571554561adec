//! The bivariate model of diagnostic accuracy: Reitsma JB, Glas AS, Rutjes AWS, Scholten RJPM, Bossuyt PM, Zwinderman AH. Bivariate analysis of
//! sensitivity and specificity produces informative summary measures in diagnostic reviews. J Clin Epidemiol 2005;58:982–990.
//!
//! The logits of sensitivity and specificity of a study are normal around its true ones, with variances 1/TP + 1/FN and 1/TN + 1/FP (the normal
//! approximation of the paper; Chu and Cole 2006 have the binomial one); the true ones are bivariate normal around the means. Where a cell of a
//! study is nil, one half is added to its four. Restricted maximum likelihood: the means are those of generalised least squares, the
//! variances and the correlation are found by direct search (Hooke and Jeeves, J ACM 1961;8:212–229) among all neighbours at a distance
//! that is halved where none is better.

use serde::Serialize;

use crate::lookup::pooling::statistics::normal_95;
use crate::model::AccuracyCounts;

/// The fewest studies from which five parameters are estimated.
pub const FEWEST: usize = 4;

/// A share from 0 to 1 with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// The share.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

/// What the model gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    /// The mean sensitivity: of the logits, brought back.
    pub sensitivity: Share,
    /// The mean specificity, likewise.
    pub specificity: Share,
    /// The variances between studies of the logits of sensitivity and specificity.
    pub variances: [f64; 2],
    /// Their correlation between studies.
    pub correlation: f64,
    /// The logits' means, sensitivity first.
    pub logits: [f64; 2],
    /// The variances of the means and their covariance: of sensitivity, of both, of specificity.
    pub covariance: [f64; 3],
    /// The logarithm of the restricted likelihood, without a constant.
    pub log_likelihood: f64,
    /// Whether a variance is nil or the correlation one, as far as can be told: the studies are too few to say how they differ.
    pub at_bound: bool,
}

/// Why the model gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSummary {
    /// Too few studies.
    #[error("studies that give all four counts: {0}, and the bivariate model asks for {FEWEST}")]
    TooFew(usize),
    /// A study without anybody who is ill, or without anybody who is not.
    #[error("a study has nobody with the condition, or nobody without")]
    Empty,
    /// The likelihood has no top that was found.
    #[error("the bivariate model does not converge on these studies")]
    NotConverged,
}

/// Logits of a study with their variances.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pair {
    logits: [f64; 2],
    variances: [f64; 2],
}

impl Pair {
    fn of(counts: &AccuracyCounts) -> Self {
        let cells = [counts.true_positive, counts.false_negative, counts.true_negative, counts.false_positive];
        let add = if cells.contains(&0) { 0.5 } else { 0.0 };
        let [tp, fnn, tn, fp] = cells.map(|n| n as f64 + add);
        Self { logits: [(tp / fnn).ln(), (tn / fp).ln()], variances: [1.0 / tp + 1.0 / fnn, 1.0 / tn + 1.0 / fp] }
    }
}

/// Standard deviations between studies as logarithms, and Fisher's transform of their correlation: each may be any number.
type Parameters = [f64; 3];

/// The distance at which neighbours are first looked at, and at last.
const FIRST_STEP: f64 = 0.5;
const LAST_STEP: f64 = 1e-7;
/// Steps after which the search has lost its way.
const STEPS: usize = 20_000;
/// Beyond these a variance is nil, or a correlation one.
const LEAST_DEVIATION: f64 = 1e-3;
const MOST_CORRELATION: f64 = 0.9995;

/// Fits the model.
///
/// # Errors
/// [`NoSummary`] says why there is none.
pub fn fit(studies: &[AccuracyCounts]) -> Result<Summary, NoSummary> {
    if studies.len() < FEWEST {
        return Err(NoSummary::TooFew(studies.len()));
    }
    let without = |one: &AccuracyCounts| {
        one.true_positive + one.false_negative == 0 || one.true_negative + one.false_positive == 0
    };
    if studies.iter().any(without) {
        return Err(NoSummary::Empty);
    }
    let pairs: Vec<Pair> = studies.iter().map(Pair::of).collect();
    let (parameters, log_likelihood) = top(&pairs).ok_or(NoSummary::NotConverged)?;
    let (logits, covariance) = means(&pairs, parameters).ok_or(NoSummary::NotConverged)?;
    let [deviations @ .., _] = parameters.map(f64::exp);
    let correlation = parameters[2].tanh();
    let share = |logit: f64, variance: f64| {
        let half = normal_95() * variance.sqrt();
        let back = |x: f64| 1.0 / (1.0 + (-x).exp());
        Share { value: back(logit), low: back(logit - half), high: back(logit + half) }
    };
    Ok(Summary {
        sensitivity: share(logits[0], covariance[0]),
        specificity: share(logits[1], covariance[2]),
        variances: deviations.map(|deviation| deviation * deviation),
        correlation,
        logits,
        covariance,
        log_likelihood,
        at_bound: deviations.iter().any(|one| *one < LEAST_DEVIATION) || correlation.abs() > MOST_CORRELATION,
    })
}

/// The variance matrix of a study's logits: between studies and its own; as `[a, b, c]` of `(a b; b c)`.
fn variance(pair: &Pair, [log_a, log_b, fisher]: Parameters) -> [f64; 3] {
    let (a, b) = (log_a.exp(), log_b.exp());
    [a * a + pair.variances[0], a * b * fisher.tanh(), b * b + pair.variances[1]]
}

/// The inverse of a symmetric matrix and its determinant.
fn inverse([a, b, c]: [f64; 3]) -> Option<([f64; 3], f64)> {
    let determinant = a * c - b * b;
    (determinant > 0.0 && determinant.is_finite())
        .then(|| ([c / determinant, -b / determinant, a / determinant], determinant))
}

fn times([a, b, c]: [f64; 3], [x, y]: [f64; 2]) -> [f64; 2] {
    [a * x + b * y, b * x + c * y]
}

/// The means by generalised least squares, with their variances and covariance.
fn means(pairs: &[Pair], parameters: Parameters) -> Option<([f64; 2], [f64; 3])> {
    let mut weights = [0.0; 3];
    let mut sums = [0.0; 2];
    for pair in pairs {
        let (weight, _) = inverse(variance(pair, parameters))?;
        weights.iter_mut().zip(weight).for_each(|(sum, part)| *sum += part);
        sums.iter_mut().zip(times(weight, pair.logits)).for_each(|(sum, part)| *sum += part);
    }
    let (covariance, _) = inverse(weights)?;
    Some((times(covariance, sums), covariance))
}

/// The logarithm of the restricted likelihood, without a constant; none where it is not defined.
fn restricted(pairs: &[Pair], parameters: Parameters) -> Option<f64> {
    let (mean, covariance) = means(pairs, parameters)?;
    let mut sum = 0.0;
    for pair in pairs {
        let (weight, determinant) = inverse(variance(pair, parameters))?;
        let rest = [pair.logits[0] - mean[0], pair.logits[1] - mean[1]];
        let weighted = times(weight, rest);
        sum += determinant.ln() + rest[0] * weighted[0] + rest[1] * weighted[1];
    }
    let (_, determinant) = inverse(covariance)?;
    let value = -0.5 * (sum - determinant.ln());
    value.is_finite().then_some(value)
}

/// Where the restricted likelihood is highest; none where no top is found.
fn top(pairs: &[Pair]) -> Option<(Parameters, f64)> {
    // The spread of the logits without the studies' own variances is where the search begins.
    let spread = |side: usize| {
        let n = pairs.len() as f64;
        let mean = pairs.iter().map(|pair| pair.logits[side]).sum::<f64>() / n;
        let all = pairs.iter().map(|pair| (pair.logits[side] - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let own = pairs.iter().map(|pair| pair.variances[side]).sum::<f64>() / n;
        (all - own).max(0.01).sqrt().ln()
    };
    let begin = [spread(0), spread(1)];
    let tops = [-0.8, 0.0, 0.8].map(|fisher| climb(pairs, [begin[0], begin[1], fisher]));
    tops.into_iter().flatten().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The top that is reached from a place; none where the search loses its way.
fn climb(pairs: &[Pair], from: Parameters) -> Option<(Parameters, f64)> {
    // Far out nothing changes any more; the bounds keep the search from running away along a ridge.
    let bounded = |at: Parameters| [at[0].clamp(-12.0, 6.0), at[1].clamp(-12.0, 6.0), at[2].clamp(-6.0, 6.0)];
    let mut at = from;
    let mut height = restricted(pairs, at)?;
    let mut step = FIRST_STEP;
    for _ in 0..STEPS {
        if step < LAST_STEP {
            return Some((at, height));
        }
        let neighbour = |n: i32| {
            bounded([
                at[0] + step * f64::from(n % 3 - 1),
                at[1] + step * f64::from(n / 3 % 3 - 1),
                at[2] + step * f64::from(n / 9 - 1),
            ])
        };
        let heights = (0..27).filter_map(|n| Some((neighbour(n), restricted(pairs, neighbour(n))?)));
        match heights.max_by(|a, b| a.1.total_cmp(&b.1)) {
            Some(higher) if higher.1 > height => (at, height) = higher,
            _ => step *= 0.5,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: &[[u64; 4]]) -> Vec<AccuracyCounts> {
        let one = |[true_positive, false_positive, false_negative, true_negative]: &[u64; 4]| AccuracyCounts {
            true_positive: *true_positive,
            false_positive: *false_positive,
            false_negative: *false_negative,
            true_negative: *true_negative,
        };
        rows.iter().map(one).collect()
    }

    const STUDIES: [[u64; 4]; 10] = [
        [95, 60, 5, 140],
        [60, 10, 40, 190],
        [85, 40, 15, 160],
        [75, 50, 25, 150],
        [90, 30, 10, 170],
        [50, 20, 50, 180],
        [80, 70, 20, 130],
        [70, 8, 30, 192],
        [92, 80, 8, 120],
        [65, 24, 35, 176],
    ];

    /// Solves a system by elimination with pivots; gives the logarithm of the determinant too. Nothing of the code above is used.
    fn solved(mut matrix: Vec<Vec<f64>>, mut sides: Vec<Vec<f64>>) -> (Vec<Vec<f64>>, f64) {
        let n = matrix.len();
        let mut log = 0.0;
        for at in 0..n {
            let pivot = (at..n).max_by(|a, b| matrix[*a][at].abs().total_cmp(&matrix[*b][at].abs())).unwrap();
            matrix.swap(at, pivot);
            sides.swap(at, pivot);
            log += matrix[at][at].abs().ln();
            let (above, behind) = (matrix[at].clone(), sides[at].clone());
            for row in (0..n).filter(|row| *row != at) {
                let factor = matrix[row][at] / above[at];
                matrix[row].iter_mut().zip(&above).for_each(|(value, pivot)| *value -= factor * pivot);
                sides[row].iter_mut().zip(&behind).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
        for (at, row) in sides.iter_mut().enumerate() {
            row.iter_mut().for_each(|value| *value /= matrix[at][at]);
        }
        (sides, log)
    }

    /// The restricted likelihood of all logits as one vector with one large variance matrix, and the means; by deviations and correlation.
    fn whole(studies: &[AccuracyCounts], [a, b, rho]: [f64; 3]) -> (f64, [f64; 2]) {
        let n = 2 * studies.len();
        let (mut variance, mut values, mut design) = (vec![vec![0.0; n]; n], vec![0.0; n], vec![vec![0.0; 2]; n]);
        for (k, one) in studies.iter().enumerate() {
            let [tp, fp, fnn, tn] =
                [one.true_positive, one.false_positive, one.false_negative, one.true_negative].map(|n| n as f64);
            let (i, j) = (2 * k, 2 * k + 1);
            (values[i], values[j]) = ((tp / fnn).ln(), (tn / fp).ln());
            (design[i][0], design[j][1]) = (1.0, 1.0);
            variance[i][i] = a * a + 1.0 / tp + 1.0 / fnn;
            variance[j][j] = b * b + 1.0 / tn + 1.0 / fp;
            (variance[i][j], variance[j][i]) = (a * b * rho, a * b * rho);
        }
        let sides: Vec<Vec<f64>> = (0..n).map(|i| vec![design[i][0], design[i][1], values[i]]).collect();
        let (solved_sides, log) = solved(variance, sides);
        let dot = |x: &dyn Fn(usize) -> f64, column: usize| (0..n).map(|i| x(i) * solved_sides[i][column]).sum::<f64>();
        let cross: Vec<Vec<f64>> =
            (0..2).map(|side| (0..2).map(|column| dot(&|i| design[i][side], column)).collect()).collect();
        let right: Vec<Vec<f64>> = (0..2).map(|side| vec![dot(&|i| design[i][side], 2)]).collect();
        let (mean, log_cross) = solved(cross, right.clone());
        let spread = dot(&|i| values[i], 2) - mean[0][0] * right[0][0] - mean[1][0] * right[1][0];
        (-0.5 * (log + log_cross + spread), [mean[0][0], mean[1][0]])
    }

    /// The top of the same by a grid that grows finer.
    fn by_grid(studies: &[AccuracyCounts]) -> ([f64; 3], f64, [f64; 2]) {
        let (mut centre, mut step) = ([0.6, 0.6, 0.0], [0.55, 0.55, 0.9]);
        let mut best = whole(studies, centre);
        while step[0] > 1e-5 {
            let around = centre;
            for i in -4..=4 {
                for j in -4..=4 {
                    for k in -4..=4 {
                        let place: [f64; 3] =
                            std::array::from_fn(|side| around[side] + step[side] * f64::from([i, j, k][side]) / 4.0);
                        if place[0] > 0.0 && place[1] > 0.0 && place[2].abs() < 1.0 {
                            let found = whole(studies, place);
                            if found.0 > best.0 {
                                (best, centre) = (found, place);
                            }
                        }
                    }
                }
            }
            step = step.map(|width| width * 0.5);
        }
        (centre, best.0, best.1)
    }

    #[test]
    fn the_top_is_that_of_another_method() {
        let studies = counts(&STUDIES);
        let fitted = fit(&studies).unwrap();
        let ([a, b, rho], height, mean) = by_grid(&studies);
        let near = |x: f64, y: f64, within: f64| assert!((x - y).abs() < within, "{x} and {y}");
        near(fitted.log_likelihood, height, 1e-6);
        near(fitted.logits[0], mean[0], 1e-4);
        near(fitted.logits[1], mean[1], 1e-4);
        near(fitted.variances[0].sqrt(), a, 1e-3);
        near(fitted.variances[1].sqrt(), b, 1e-3);
        near(fitted.correlation, rho, 3e-3);
        assert!(!fitted.at_bound);
        let Share { value, low, high } = fitted.sensitivity;
        near(value, 1.0 / (1.0 + (-mean[0]).exp()), 1e-4);
        assert!(low < value && value < high);
    }

    #[test]
    fn studies_alike_leave_the_variances_at_their_bound() {
        let fitted = fit(&counts(&[[40, 10, 10, 90]; 6])).unwrap();
        assert!(fitted.at_bound);
        assert!((fitted.sensitivity.value - 0.8).abs() < 1e-6 && (fitted.specificity.value - 0.9).abs() < 1e-6);
        // Six studies of 50 and 100 people say as much as one of 300 and 600.
        let half = normal_95() * (1.0_f64 / 240.0 + 1.0 / 60.0).sqrt();
        let low = 1.0 / (1.0 + (-(4.0_f64.ln() - half)).exp());
        assert!((fitted.sensitivity.low - low).abs() < 1e-4, "{:?}", fitted.sensitivity);
    }

    #[test]
    fn too_few_studies_and_empty_ones_are_refused_and_an_empty_cell_is_not() {
        assert_eq!(fit(&counts(&STUDIES[..3])), Err(NoSummary::TooFew(3)));
        let mut rows = STUDIES;
        rows[0] = [0, 12, 0, 130];
        assert_eq!(fit(&counts(&rows)), Err(NoSummary::Empty));
        rows[0] = [45, 0, 5, 142];
        let fitted = fit(&counts(&rows)).unwrap();
        assert!(fitted.specificity.value > 0.8 && fitted.specificity.high < 1.0);
    }
}
