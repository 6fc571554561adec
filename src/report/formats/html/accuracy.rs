//! The accuracy of tests: sensitivity against specificity as a picture of points (SVG), and the numbers in a table with their quotes.

use super::forest::{line, number, words_at};
use super::markup::Markup;
use super::{pair, quote, section};
use crate::lookup::accuracy::bivariate::Summary;
use crate::lookup::accuracy::{AccuracyEntry, PooledAccuracy, RULE, TestAccuracy};
use crate::report::wording::{accuracy_counts, share_words, summary_lines};

/// Side of the square of the plot, and the room around it.
const SIDE: f64 = 320.0;
const MARGIN: f64 = 56.0;
/// Half the side of a mark.
const MARK: f64 = 4.0;
/// Corners of an ellipse.
const CORNERS: usize = 72;
/// The 95 % point of chi-squared with two degrees of freedom: -2 ln 0.05.
const CHI_SQUARED: f64 = 5.991_464_547_107_98;

pub(super) fn accuracy(body: &mut Markup, accuracy: &TestAccuracy) {
    section(body, "accuracy", "Accuracy of tests");
    if accuracy.entries.is_empty() {
        body.leaf(
            "p",
            &[],
            "No sensitivity or specificity was read in these studies; that says nothing of how accurate the test is.",
        );
        body.close();
        return;
    }
    match &accuracy.pooled {
        PooledAccuracy::Refused { reason } => body.leaf("p", &[("class", "care")], &format!("Not pooled: {reason}.")),
        PooledAccuracy::Done { summary, inputs } => {
            body.leaf("p", &[("class", "care")], "Computed from automatically extracted counts; check each quote.");
            body.open("dl", &[]);
            for (label, words) in summary_lines(summary, inputs.len()) {
                pair(body, label, &words);
            }
            pair(body, "Rule", RULE);
            body.close();
        }
    }
    body.open("div", &[("class", "wide")]);
    let pooled = match &accuracy.pooled {
        PooledAccuracy::Done { summary, .. } => Some(summary),
        PooledAccuracy::Refused { .. } => None,
    };
    plot(body, &accuracy.entries, pooled);
    table(body, &accuracy.entries);
    body.close();
    body.close();
}

fn plot(body: &mut Markup, entries: &[AccuracyEntry], pooled: Option<&Summary>) {
    let size = SIDE + 2.0 * MARGIN;
    let view = format!("0 0 {size} {size}");
    let described = [
        ("class", "square"),
        ("viewBox", &view),
        ("role", "img"),
        ("aria-labelledby", "accuracy-title accuracy-words"),
    ];
    body.open("svg", &described);
    body.leaf("title", &[("id", "accuracy-title")], "Sensitivity against specificity");
    let points: Vec<(f64, f64)> = entries.iter().filter_map(point).collect();
    let words = format!(
        "{} pairs of sensitivity (upwards) and specificity (to the left); the best place is the upper left corner. The numbers stand in the table that follows.",
        points.len()
    );
    body.leaf("desc", &[("id", "accuracy-words")], &words);
    for step in 0..=5_u8 {
        let share = f64::from(step) / 5.0;
        line(body, "grid", across(share), MARGIN, across(share), MARGIN + SIDE);
        line(body, "grid", MARGIN, down(share), MARGIN + SIDE, down(share));
        words_at(body, across(share), MARGIN + SIDE + 18.0, "middle", &format!("{share:.1}"));
        words_at(body, MARGIN - 8.0, down(share) + 4.0, "end", &format!("{share:.1}"));
    }
    words_at(body, MARGIN + SIDE / 2.0, MARGIN + SIDE + 40.0, "middle", "specificity (1 at the left)");
    words_at(body, MARGIN, MARGIN - 16.0, "start", "sensitivity");
    for (specificity, sensitivity) in points {
        mark(body, "box", specificity, sensitivity);
    }
    if let Some(summary) = pooled {
        let corners: Vec<String> = ellipse(summary)
            .into_iter()
            .map(|(specificity, sensitivity)| format!("{},{}", number(across(specificity)), number(down(sensitivity))))
            .collect();
        body.leaf("polygon", &[("class", "region"), ("points", &corners.join(" "))], "");
        mark(body, "pooled", summary.specificity.value, summary.sensitivity.value);
    }
    body.close();
}

/// A pair, specificity first; none where one is missing.
fn point(entry: &AccuracyEntry) -> Option<(f64, f64)> {
    Some((entry.specificity?.value, entry.sensitivity?.value))
}

fn across(specificity: f64) -> f64 {
    MARGIN + SIDE * (1.0 - specificity)
}

fn down(sensitivity: f64) -> f64 {
    MARGIN + SIDE * (1.0 - sensitivity)
}

fn mark(body: &mut Markup, class: &'static str, specificity: f64, sensitivity: f64) {
    let [x, y, side] = [across(specificity) - MARK, down(sensitivity) - MARK, 2.0 * MARK].map(number);
    body.leaf("rect", &[("class", class), ("x", &x), ("y", &y), ("width", &side), ("height", &side)], "");
}

/// The 95 % confidence region of the means: an ellipse of the logits, brought back; specificity first.
fn ellipse(summary: &Summary) -> Vec<(f64, f64)> {
    let [a, b, c] = summary.covariance;
    // The Cholesky factor of the covariance turns a circle into the ellipse.
    let first = a.max(0.0).sqrt();
    let cross = if first > 0.0 { b / first } else { 0.0 };
    let second = (c - cross * cross).max(0.0).sqrt();
    let radius = CHI_SQUARED.sqrt();
    let back = |x: f64| 1.0 / (1.0 + (-x).exp());
    let corner = |n: usize| {
        let angle = std::f64::consts::TAU * n as f64 / CORNERS as f64;
        let (x, y) = (radius * angle.cos(), radius * angle.sin());
        let [sensitivity, specificity] = summary.logits;
        (back(specificity + cross * x + second * y), back(sensitivity + first * x))
    };
    (0..CORNERS).map(corner).collect()
}

fn table(body: &mut Markup, entries: &[AccuracyEntry]) {
    body.open("table", &[]);
    body.leaf("caption", &[], "Accuracy by study and test");
    body.open("tr", &[]);
    for heading in ["Study", "Test", "Kind", "Sensitivity", "Specificity", "Counts", "Quote"] {
        body.leaf("th", &[("scope", "col")], heading);
    }
    body.close();
    for entry in entries {
        body.open("tr", &[]);
        body.open("th", &[("scope", "row"), ("class", "name")]);
        body.text(&format!("{} ", entry.label));
        body.document(&entry.document);
        body.close();
        body.leaf("td", &[], entry.test.as_deref().unwrap_or("not named"));
        body.leaf("td", &[], entry.modality.unwrap_or("–"));
        for share in [entry.sensitivity, entry.specificity] {
            body.leaf("td", &[("class", "share")], &share.map_or_else(|| "–".to_owned(), |share| share_words(&share)));
        }
        body.leaf("td", &[], &entry.counts.map_or_else(|| "not given".to_owned(), |counts| accuracy_counts(&counts)));
        body.open("td", &[("class", "quote")]);
        body.text("“");
        quote(body, &entry.quote, &[]);
        body.text("”");
        body.close();
        body.close();
    }
    body.close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::accuracy::bivariate::Share;

    #[test]
    fn the_region_lies_around_the_means() {
        let share = Share { value: 0.8, low: 0.7, high: 0.9 };
        let summary = Summary {
            sensitivity: share,
            specificity: share,
            variances: [0.1, 0.1],
            correlation: 0.0,
            logits: [4_f64.ln(), 4_f64.ln()],
            covariance: [0.04, 0.01, 0.09],
            log_likelihood: 0.0,
            at_bound: false,
        };
        let region = ellipse(&summary);
        let widest = |side: &dyn Fn(&(f64, f64)) -> f64| region.iter().map(side).fold(0.0, f64::max);
        let logit = |share: f64| (share / (1.0 - share)).ln();
        let reach = |x: f64, error: f64| (logit(x) - 4_f64.ln()) / error;
        // The farthest corner of each side lies the 95 % distance away.
        assert!((reach(widest(&|corner| corner.1), 0.2) - CHI_SQUARED.sqrt()).abs() < 0.01);
        assert!((reach(widest(&|corner| corner.0), 0.3) - CHI_SQUARED.sqrt()).abs() < 0.01);
    }
}
