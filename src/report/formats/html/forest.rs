//! A forest plot as a picture of lines and words (SVG), read out as a picture with a description; the numbers stand in the table beside it.

use super::markup::Markup;
use crate::lookup::PooledEffect;
use crate::lookup::pooling::Bounded;
use crate::report::wording::figure;

/// The picture's columns, in its own units: names, plot, numbers.
const NAMES: f64 = 210.0;
const PLOT: f64 = 360.0;
const NUMBERS: f64 = 170.0;
const ROW: f64 = 26.0;
/// Letters of a name that fit its column.
const LETTERS: usize = 30;

pub(super) fn forest(effect: &PooledEffect, body: &mut Markup) {
    let axis = Axis::of(effect);
    let mut rows: Vec<(String, Bounded, Shape)> = Vec::new();
    for input in &effect.inputs {
        let share = input.weight_random.unwrap_or(input.weight_fixed) / 100.0;
        rows.push((input.label.clone(), input.effect, Shape::Box(4.0 + 12.0 * share.clamp(0.0, 1.0).sqrt())));
    }
    rows.push(("fixed effect".to_owned(), effect.fixed, Shape::Diamond));
    if let Some(random) = effect.hartung_knapp.or(effect.random) {
        rows.push(("random effects".to_owned(), random, Shape::Diamond));
        if let Some((low, high)) = effect.prediction {
            rows.push(("prediction interval".to_owned(), Bounded { value: random.value, low, high }, Shape::Line));
        }
    }
    let height = ROW * (rows.len() as f64 + 1.5);
    let view = format!("0 0 {} {height}", NAMES + PLOT + NUMBERS);
    let described = [
        ("class", "forest"),
        ("viewBox", view.as_str()),
        ("role", "img"),
        ("aria-labelledby", "forest-title forest-words"),
    ];
    body.open("svg", &described);
    body.leaf("title", &[("id", "forest-title")], "Forest plot");
    let words = format!(
        "{} of {} studies on a{} axis; {} lies at no effect. The numbers stand in the table that follows.",
        effect.measure.name(),
        effect.inputs.len(),
        if effect.measure.is_ratio() { " logarithmic" } else { " linear" },
        figure(axis.null)
    );
    body.leaf("desc", &[("id", "forest-words")], &words);
    let foot = ROW * (rows.len() as f64 + 0.25);
    for tick in axis.ticks() {
        let x = axis.place(tick);
        line(body, "axis", x, foot, x, foot + 5.0);
        line(body, "grid", x, 4.0, x, foot);
        words_at(body, x, foot + 19.0, "middle", &trimmed(tick));
    }
    line(body, "axis", NAMES, foot, NAMES + PLOT, foot);
    line(body, "null", axis.place(axis.null), 4.0, axis.place(axis.null), foot);
    for (n, (name, bounds, shape)) in rows.iter().enumerate() {
        let y = ROW * (n as f64 + 0.5);
        let short: String = name.chars().take(LETTERS).collect();
        words_at(body, 0.0, y + 5.0, "start", &short);
        let (low, high) = (axis.place(bounds.low), axis.place(bounds.high));
        let x = axis.place(bounds.value);
        match shape {
            Shape::Box(side) => {
                line(body, "interval", low, y, high, y);
                let corner = [number(x - side / 2.0), number(y - side / 2.0), number(*side)];
                let [left, top, side] = &corner;
                body.leaf("rect", &[("class", "box"), ("x", left), ("y", top), ("width", side), ("height", side)], "");
            }
            Shape::Diamond => {
                let points = format!(
                    "{},{} {},{} {},{} {},{}",
                    number(low),
                    number(y),
                    number(x),
                    number(y - 7.0),
                    number(high),
                    number(y),
                    number(x),
                    number(y + 7.0)
                );
                body.leaf("polygon", &[("class", "pooled"), ("points", &points)], "");
            }
            Shape::Line => line(body, "prediction", low, y, high, y),
        }
        let numbers = match shape {
            Shape::Line => format!("{} to {}", figure(bounds.low), figure(bounds.high)),
            _ => format!("{} ({} to {})", figure(bounds.value), figure(bounds.low), figure(bounds.high)),
        };
        words_at(body, NAMES + PLOT + NUMBERS, y + 5.0, "end", &numbers);
    }
    body.close();
}

enum Shape {
    Box(f64),
    Diamond,
    Line,
}

/// Where values lie across the plot.
struct Axis {
    ratio: bool,
    null: f64,
    low: f64,
    high: f64,
}

impl Axis {
    fn of(effect: &PooledEffect) -> Self {
        let ratio = effect.measure.is_ratio();
        let null = if ratio { 1.0 } else { 0.0 };
        let inputs = effect.inputs.iter().map(|input| input.effect);
        let pooled = [Some(effect.fixed), effect.random, effect.hartung_knapp].into_iter().flatten();
        let prediction = effect.prediction.map(|(low, high)| Bounded { value: low, low, high });
        let mut axis = Self { ratio, null, low: f64::MAX, high: f64::MIN };
        for bounds in inputs.chain(pooled).chain(prediction) {
            for x in [bounds.low, bounds.high, null] {
                let x = axis.scale(x);
                if x.is_finite() {
                    axis.low = axis.low.min(x);
                    axis.high = axis.high.max(x);
                }
            }
        }
        axis
    }

    fn scale(&self, x: f64) -> f64 {
        if self.ratio { x.ln() } else { x }
    }

    fn place(&self, x: f64) -> f64 {
        let span = (self.high - self.low).max(f64::EPSILON);
        NAMES + 8.0 + (PLOT - 16.0) * ((self.scale(x) - self.low) / span).clamp(0.0, 1.0)
    }

    /// Round values that lie on the axis, neither few nor many. A logarithmic axis has the coarsest steps that give enough of them: powers
    /// of ten, then halves and doubles, then finer ones; where it spans less than any, the steps are even.
    fn ticks(&self) -> Vec<f64> {
        if self.ratio {
            for steps in LADDERS {
                let values = (-6..=6).flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
                let ticks: Vec<f64> = values.filter(|x| self.holds(*x)).collect();
                if (ENOUGH..=MOST).contains(&ticks.len()) {
                    return ticks;
                }
            }
        }
        let (low, high) = if self.ratio { (self.low.exp(), self.high.exp()) } else { (self.low, self.high) };
        let rough = ((high - low) / 5.0).max(f64::EPSILON);
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|x| x * power).into_iter().find(|x| *x >= rough).unwrap_or(rough);
        let first = (low / step).ceil() as i64;
        (first..first + MOST as i64).map(|n| n as f64 * step).filter(|x| self.holds(*x)).collect()
    }

    fn holds(&self, x: f64) -> bool {
        let (x, rounding) = (self.scale(x), 1e-9 * (self.high - self.low));
        (self.low - rounding..=self.high + rounding).contains(&x)
    }
}

/// Fewer ticks tell little, more are hard to read.
const ENOUGH: usize = 3;
const MOST: usize = 8;

/// Steps within a power of ten, the coarsest first.
const LADDERS: [&[f64]; 5] = [
    &[1.0],
    &[1.0, 3.0],
    &[1.0, 2.0, 5.0],
    &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
    &[1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0],
];

pub(super) fn line(body: &mut Markup, class: &'static str, x1: f64, y1: f64, x2: f64, y2: f64) {
    let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(number);
    body.leaf("line", &[("class", class), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)], "");
}

pub(super) fn words_at(body: &mut Markup, x: f64, y: f64, anchor: &'static str, words: &str) {
    let [x, y] = [x, y].map(number);
    body.leaf("text", &[("x", &x), ("y", &y), ("text-anchor", anchor)], words);
}

pub(super) fn number(x: f64) -> String {
    format!("{x:.1}")
}

/// A tick without digits that say nothing.
fn trimmed(x: f64) -> String {
    let text = format!("{x:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_effect_lies_between_halved_and_doubled_on_a_logarithmic_axis() {
        let axis = Axis { ratio: true, null: 1.0, low: 0.5_f64.ln(), high: 2_f64.ln() };
        let (left, middle, right) = (axis.place(0.5), axis.place(1.0), axis.place(2.0));
        assert!((middle - left - (right - middle)).abs() < 1e-9);
        assert_eq!(axis.ticks(), [0.5, 1.0, 2.0]);
        let straight = Axis { ratio: false, null: 0.0, low: -3.0, high: 2.0 };
        assert_eq!(straight.ticks(), [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0]);
        assert_eq!(trimmed(0.5), "0.5");
    }

    #[test]
    fn every_axis_has_ticks_neither_few_nor_many() {
        let spans = [(0.6, 1.0), (0.65, 1.02), (0.93, 1.07), (0.3, 1.4), (0.05, 3.0), (1.0, 400.0), (0.0002, 900.0)];
        for (low, high) in spans {
            let axis = Axis { ratio: true, null: 1.0, low: f64::ln(low), high: f64::ln(high) };
            let ticks = axis.ticks();
            assert!((ENOUGH..=MOST).contains(&ticks.len()), "{low} to {high}: {ticks:?}");
            assert!(ticks.iter().all(|tick| axis.holds(*tick)) && ticks.windows(2).all(|pair| pair[0] < pair[1]));
            let labels: std::collections::BTreeSet<String> = ticks.iter().map(|tick| trimmed(*tick)).collect();
            assert_eq!(labels.len(), ticks.len(), "{labels:?}");
        }
    }
}
