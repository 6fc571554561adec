//! Meta-analysis by inverse variance.
//!
//! Everything works on the scale on which estimates are normal: ratios as natural logarithms, differences as they are. Two
//! studies or more are asked of every function; callers refuse fewer.

use distrs::{Normal, StudentsT};

/// An estimate with its standard error, on the scale of analysis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error, above nil.
    pub error: f64,
}

/// A pooled estimate with its 95 % interval, on the scale of analysis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// The lower bound of the interval.
    pub low: f64,
    /// The upper bound of the interval.
    pub high: f64,
}

/// How far the studies differ by more than chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heterogeneity {
    /// Cochran's Q.
    pub q: f64,
    /// The variance between studies, by DerSimonian and Laird; nil at least.
    pub tau_squared: f64,
    /// The share of the variance that is between studies, in per cent (Higgins and Thompson 2002).
    pub i_squared: f64,
}

/// The half width of a two-sided 95 % interval of a standard normal.
pub fn normal_95() -> f64 {
    Normal::ppf(0.975, 0.0, 1.0)
}

/// The half width, in standard errors, of a two-sided interval of `level` per cent; none for a level that is none.
pub fn normal_half_width(level: f64) -> Option<f64> {
    (level > 0.0 && level < 100.0).then(|| Normal::ppf(0.5 + level / 200.0, 0.0, 1.0))
}

/// The 97.5 % point of Student's t.
fn t_95(degrees_of_freedom: usize) -> f64 {
    StudentsT::ppf(0.975, degrees_of_freedom as f64)
}

/// The weighted mean: weights, value and standard error.
fn mean(estimates: &[Estimate], tau_squared: f64) -> (Vec<f64>, f64, f64) {
    let weights: Vec<f64> =
        estimates.iter().map(|estimate| 1.0 / (estimate.error * estimate.error + tau_squared)).collect();
    let sum: f64 = weights.iter().sum();
    let value = weights.iter().zip(estimates).map(|(weight, estimate)| weight * estimate.value).sum::<f64>() / sum;
    (weights, value, (1.0 / sum).sqrt())
}

fn within(value: f64, error: f64, half_width: f64) -> Pooled {
    Pooled { value, error, low: value - half_width * error, high: value + half_width * error }
}

/// The fixed-effect (common-effect) estimate.
pub fn fixed(estimates: &[Estimate]) -> Pooled {
    let (_, value, error) = mean(estimates, 0.0);
    within(value, error, normal_95())
}

/// Q, tau² and I². DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials 1986;7:177–188.
pub fn heterogeneity(estimates: &[Estimate]) -> Heterogeneity {
    let (weights, value, _) = mean(estimates, 0.0);
    let q: f64 = weights.iter().zip(estimates).map(|(w, e)| w * (e.value - value) * (e.value - value)).sum();
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    let freedom = estimates.len() as f64 - 1.0;
    let tau_squared = ((q - freedom) / (sum - squares / sum)).max(0.0);
    let i_squared = if q > 0.0 { (100.0 * (q - freedom) / q).max(0.0) } else { 0.0 };
    Heterogeneity { q, tau_squared, i_squared }
}

/// The random-effects estimate of DerSimonian and Laird, with an interval of the normal distribution.
pub fn random(estimates: &[Estimate], tau_squared: f64) -> Pooled {
    let (_, value, error) = mean(estimates, tau_squared);
    within(value, error, normal_95())
}

/// The random-effects estimate with the interval of Hartung and Knapp (Stat Med 2001;20:3875–3889), which follows Student's t
/// with one degree of freedom less than there are studies.
pub fn hartung_knapp(estimates: &[Estimate], tau_squared: f64) -> Option<Pooled> {
    let (weights, value, _) = mean(estimates, tau_squared);
    let freedom = estimates.len().checked_sub(1).filter(|n| *n > 0)?;
    let sum: f64 = weights.iter().sum();
    let spread: f64 = weights.iter().zip(estimates).map(|(w, e)| w * (e.value - value) * (e.value - value)).sum();
    let error = (spread / (freedom as f64 * sum)).sqrt();
    Some(within(value, error, t_95(freedom)))
}

/// Where the effect in a further study would lie, 95 %, as bounds: Student's t with two degrees of freedom less than there are
/// studies (Higgins, Thompson and Spiegelhalter, J R Stat Soc A 2009;172:137–159). None for fewer than three.
pub fn prediction(random: &Pooled, studies: usize, tau_squared: f64) -> Option<(f64, f64)> {
    let half = t_95(studies.checked_sub(2).filter(|n| *n > 0)?) * (tau_squared + random.error * random.error).sqrt();
    Some((random.value - half, random.value + half))
}

/// The share of each estimate in the weighted mean, in per cent.
pub fn weights(estimates: &[Estimate], tau_squared: f64) -> Vec<f64> {
    let (weights, _, _) = mean(estimates, tau_squared);
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| 100.0 * weight / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To four digits behind the point.
    fn near(found: f64, published: f64) {
        assert!((found - published).abs() < 0.000_051, "{found} is not {published}");
    }

    /// Tuberculosis and the BCG vaccine, thirteen trials (Colditz et al. 1994): ill and well with the vaccine, ill and well
    /// without it, as log relative risks. The set that metafor documents as `dat.bcg`.
    fn bcg() -> Vec<Estimate> {
        [
            (4, 119, 11, 128),
            (6, 300, 29, 274),
            (3, 228, 11, 209),
            (62, 13536, 248, 12619),
            (33, 5036, 47, 5761),
            (180, 1361, 372, 1079),
            (8, 2537, 10, 619),
            (505, 87886, 499, 87892),
            (29, 7470, 45, 7232),
            (17, 1699, 65, 1600),
            (186, 50448, 141, 27197),
            (5, 2493, 3, 2338),
            (27, 16886, 29, 17825),
        ]
        .map(|(a, b, c, d)| {
            let [a, b, c, d] = [a, b, c, d].map(f64::from);
            let value = (a / (a + b) / (c / (c + d))).ln();
            Estimate { value, error: (1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d)).sqrt() }
        })
        .to_vec()
    }

    /// Six standardised mean differences: Borenstein, Hedges, Higgins and Rothstein, Introduction to Meta-Analysis (2009),
    /// dataset 1 of chapter 14, from the means, standard deviations and sizes of both groups as Hedges' g (chapter 4).
    fn borenstein() -> Vec<Estimate> {
        [
            ([94.0, 22.0, 60.0], [92.0, 20.0, 60.0]),
            ([98.0, 21.0, 65.0], [92.0, 22.0, 65.0]),
            ([98.0, 28.0, 40.0], [88.0, 26.0, 40.0]),
            ([94.0, 19.0, 200.0], [82.0, 17.0, 200.0]),
            ([98.0, 21.0, 50.0], [88.0, 22.0, 45.0]),
            ([96.0, 21.0, 85.0], [92.0, 22.0, 85.0]),
        ]
        .map(|([m1, s1, n1], [m2, s2, n2]): ([f64; 3], [f64; 3])| {
            let freedom = n1 + n2 - 2.0;
            let within = (((n1 - 1.0) * s1 * s1 + (n2 - 1.0) * s2 * s2) / freedom).sqrt();
            let d = (m1 - m2) / within;
            let variance = (n1 + n2) / (n1 * n2) + d * d / (2.0 * (n1 + n2));
            let correction = 1.0 - 3.0 / (4.0 * freedom - 1.0);
            Estimate { value: correction * d, error: correction * variance.sqrt() }
        })
        .to_vec()
    }

    #[test]
    fn bcg_is_as_metafor_documents_it() {
        let estimates = bcg();
        let fixed = fixed(&estimates);
        near(fixed.value, -0.4303);
        near(fixed.low, -0.5097);
        near(fixed.high, -0.3509);
        near(fixed.value / fixed.error, -10.6247);
        let spread = heterogeneity(&estimates);
        near(spread.q, 152.2330);
        near(spread.tau_squared, 0.3088);
        assert_eq!(format!("{:.2}", spread.i_squared), "92.12");
        let random = random(&estimates, spread.tau_squared);
        near(random.value, -0.7141);
        near(random.low, -1.0644);
        near(random.high, -0.3638);
    }

    #[test]
    fn the_textbook_example_comes_out_as_printed() {
        let estimates = borenstein();
        let fixed = fixed(&estimates);
        assert_eq!(format!("{:.3} {:.3}", fixed.value, fixed.error), "0.414 0.064");
        let spread = heterogeneity(&estimates);
        assert_eq!(format!("{:.1} {:.4}", spread.q, spread.tau_squared), "12.0 0.0373");
        assert_eq!(format!("{:.0}", spread.i_squared), "58");
        let random = random(&estimates, spread.tau_squared);
        assert_eq!(format!("{:.4} {:.3}", random.value, random.error), "0.3582 0.105");
        assert_eq!(format!("{:.3} {:.3}", random.low, random.high), "0.152 0.565");
        let (low, high) = prediction(&random, estimates.len(), spread.tau_squared).unwrap();
        assert_eq!(format!("{low:.2} {high:.2}"), "-0.25 0.97");
    }

    #[test]
    fn hartung_and_knapp_spread_by_what_the_studies_spread() {
        // Equal weights: the interval is then that of the plain mean of a sample (Hartung and Knapp 2001, section 2).
        let estimates = [1.0, 2.0, 3.0, 6.0].map(|value| Estimate { value, error: 0.5 });
        let spread = heterogeneity(&estimates);
        let pooled = hartung_knapp(&estimates, spread.tau_squared).unwrap();
        near(pooled.value, 3.0);
        // The sample's variance is 14/3; 14/3/4 is that of its mean; t(3) at 97.5 % is 3.1824.
        near(pooled.error, (14.0f64 / 12.0).sqrt());
        near(pooled.high, 3.0 + 3.182_446 * (14.0f64 / 12.0).sqrt());
        assert!(hartung_knapp(&estimates[..1], 0.0).is_none());
    }

    #[test]
    fn studies_that_agree_have_no_variance_between_them() {
        let estimates = [Estimate { value: 0.2, error: 0.1 }, Estimate { value: 0.2, error: 0.3 }];
        let spread = heterogeneity(&estimates);
        assert_eq!((spread.tau_squared, spread.i_squared), (0.0, 0.0));
        assert_eq!(fixed(&estimates), random(&estimates, 0.0));
        assert_eq!(prediction(&fixed(&estimates), 2, 0.0), None);
        near(weights(&estimates, 0.0)[0], 90.0);
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        near(normal_95(), 1.959_964);
        near(normal_half_width(99.0).unwrap(), 2.575_829);
        assert!(normal_half_width(100.0).is_none() && normal_half_width(0.0).is_none());
        for (freedom, point) in [(1, 12.706_205), (2, 4.302_653), (10, 2.228_139), (120, 1.979_930)] {
            near(t_95(freedom), point);
        }
    }
}
