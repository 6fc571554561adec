//! A pooled effect for people: the numbers, a forest plot, every input with its quote.

use super::text::{CARE, DIM, HEAD, count, field, fold, quote};
use crate::lookup::pooling::{Bounded, Input, LeftOut, RULE};
use crate::lookup::{PooledEffect, Pooling};
use crate::report::plain;
use crate::report::wording::figure as number;

pub(super) fn render(pooling: &Pooling, width: usize) -> String {
    match pooling {
        Pooling::Refused { reasons, left_out: others } => {
            let mut out = field("Pooled", &format!("{CARE}refused{CARE:#}: {}.", plain(&reasons.join("; "))), width);
            out.push_str(&left_out(others, width));
            out
        }
        Pooling::Done(effect) => pooled(effect, width),
    }
}

fn pooled(effect: &PooledEffect, width: usize) -> String {
    let name = effect.measure.name();
    let unit = effect.unit.as_deref().map(|unit| format!(" {}", plain(unit))).unwrap_or_default();
    let kind = if effect.randomised { "randomised trials" } else { "observational studies" };
    let head = format!(
        "{CARE}computed from automatically extracted numbers; check each quote{CARE:#}. {name}{unit}, {} {kind}, compared with {}.",
        effect.inputs.len(),
        plain(&effect.comparator)
    );
    let mut out = field("Pooled", &head, width);
    let line = |label: &str, b: &Bounded| {
        format!("{label}: {name} {} (95 % CI {} to {})", number(b.value), number(b.low), number(b.high))
    };
    let mut lines = vec![line("fixed effect", &effect.fixed)];
    if let Some(random) = &effect.random {
        lines.push(line("random effects, DerSimonian–Laird", random));
    }
    if let Some(random) = &effect.hartung_knapp {
        lines.push(line("random effects, Hartung–Knapp interval", random));
    }
    if let Some((low, high)) = effect.prediction {
        lines.push(format!("95 % prediction interval: {} to {}", number(low), number(high)));
    }
    if let (Some(tau), Some(share)) = (effect.tau_squared, effect.i_squared) {
        lines.push(format!(
            "heterogeneity: I² {share:.0} %, tau² {}, Q {:.2} on {}",
            number(tau),
            effect.q,
            effect.inputs.len() - 1
        ));
    }
    lines.extend(effect.notes.iter().map(|note| plain(note)));
    lines.push(format!("rule: {RULE}"));
    for text in lines {
        out.push_str(&fold(&text, width, INDENT));
    }
    out.push('\n');
    out.push_str(&forest(effect, width));
    for input in &effect.inputs {
        out.push_str(&fold(
            &format!("{HEAD}{}{HEAD:#} {DIM}{}{DIM:#}", plain(&input.label), input.document),
            width,
            INDENT,
        ));
        out.push_str(&fold(&quote(&input.quote, &[]), width, "             "));
    }
    out.push_str(&left_out(&effect.left_out, width));
    out
}

const INDENT: &str = "           ";

fn left_out(others: &[LeftOut], width: usize) -> String {
    if others.is_empty() {
        return String::new();
    }
    let mut out = fold(&format!("Left out: {}", count(others.len() as u64, "study", "studies")), width, INDENT);
    for one in others {
        out.push_str(&fold(&format!("{DIM}{}: {}{DIM:#}", one.document, plain(&one.reason)), width, "             "));
    }
    out
}

/// Columns of the names and of the numbers beside the plot.
const NAME: usize = 22;
const NUMBERS: usize = 24;

/// The effects as intervals on one axis, the pooled ones beneath; ratios on a logarithmic axis.
fn forest(effect: &PooledEffect, width: usize) -> String {
    let columns = width.saturating_sub(NAME + NUMBERS + 4);
    if columns < 20 {
        return String::new();
    }
    let scale = |x: f64| if effect.measure.is_ratio() { x.ln() } else { x };
    let pooled = [Some(("fixed effect", effect.fixed)), effect.random.map(|random| ("random effects", random))];
    let pooled: Vec<(&str, Bounded)> = pooled.into_iter().flatten().collect();
    let null = if effect.measure.is_ratio() { 1.0 } else { 0.0 };
    let bounds = effect.inputs.iter().map(|input| input.effect).chain(pooled.iter().map(|(_, b)| *b));
    let ends: Vec<f64> = bounds.flat_map(|b| [scale(b.low), scale(b.high)]).chain([scale(null)]).collect();
    let (low, high) = (ends.iter().copied().fold(f64::MAX, f64::min), ends.iter().copied().fold(f64::MIN, f64::max));
    let place = |x: f64| (((scale(x) - low) / (high - low).max(f64::EPSILON)) * (columns - 1) as f64).round() as usize;
    let row = |name: &str, b: &Bounded, mark: char, line: char| {
        let mut axis: Vec<char> = vec![' '; columns];
        let (from, to) = (place(b.low).min(columns - 1), place(b.high).min(columns - 1));
        axis[place(null).min(columns - 1)] = '│';
        axis[from..=to].fill(line);
        axis[place(b.value).min(columns - 1)] = mark;
        let name: String = plain(name).chars().take(NAME).collect();
        let numbers = format!("{} ({} to {})", number(b.value), number(b.low), number(b.high));
        format!("{name:NAME$} {} {numbers}", axis.into_iter().collect::<String>()).trim_end().to_owned()
    };
    let study = |input: &Input| row(&input.label, &input.effect, '■', '─');
    let mut lines: Vec<String> = effect.inputs.iter().map(study).collect();
    lines.extend(pooled.iter().map(|(name, b)| row(name, b, '◆', '═')));
    lines.push(String::new());
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DocumentId, Measure, Span};

    fn effect() -> PooledEffect {
        let input = |pmid, value, low, high| Input {
            document: DocumentId::pmid(pmid),
            label: format!("Doe {pmid}"),
            effect: Bounded { value, low, high },
            level: 95.0,
            numbers: String::new(),
            quote: "q".into(),
            section: String::new(),
            span: Span::new(0, 1),
            days: None,
            weight_fixed: 50.0,
            weight_random: None,
        };
        PooledEffect {
            measure: Measure::HR,
            unit: None,
            comparator: "placebo".into(),
            randomised: true,
            inputs: vec![input(1, 0.5, 0.25, 1.0), input(2, 2.0, 1.0, 4.0)],
            left_out: Vec::new(),
            fixed: Bounded { value: 1.0, low: 0.5, high: 2.0 },
            random: None,
            hartung_knapp: None,
            prediction: None,
            q: 1.0,
            tau_squared: None,
            i_squared: None,
            notes: Vec::new(),
        }
    }

    #[test]
    fn marks_stand_where_the_numbers_are() {
        let plot = forest(&effect(), 100);
        let rows: Vec<Vec<char>> = plot.lines().map(|line| line.chars().collect()).collect();
        let at = |row: usize, mark: char| rows[row].iter().position(|c| *c == mark).unwrap();
        // 0.5 and 2 lie as far from 1 on a logarithmic axis.
        let (left, middle, right) = (at(0, '■'), at(2, '◆'), at(1, '■'));
        assert!((middle - left).abs_diff(right - middle) <= 1, "{plot}");
        assert!(plot.contains("0.500 (0.250 to 1.00)"), "{plot}");
        assert_eq!(forest(&effect(), 40), "");
    }

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!([0.7432, 12.345, 0.012_345, 1234.5, 0.0].map(number), ["0.743", "12.3", "0.0123", "1234", "0"]);
    }
}
