//! The accuracy of tests for people: a line a study and test with its quote, a plot of letters, the pooled pair.

use super::text::{CARE, DIM, HEAD, field, fold, quote};
use crate::lookup::accuracy::{AccuracyEntry, PooledAccuracy, RULE, TestAccuracy};
use crate::report::plain;
use crate::report::wording::{accuracy_counts, share_words, summary_lines};

const INDENT: &str = "           ";

pub(super) fn render(accuracy: &TestAccuracy, width: usize) -> String {
    if accuracy.entries.is_empty() {
        let text =
            "no sensitivity or specificity was read in these studies; that says nothing of how accurate the test is";
        return field("Accuracy", text, width);
    }
    let mut out = match &accuracy.pooled {
        PooledAccuracy::Refused { reason } => {
            field("Accuracy", &format!("{CARE}not pooled{CARE:#}: {}", plain(reason)), width)
        }
        PooledAccuracy::Done { summary, inputs } => {
            let head = format!("{CARE}computed from automatically extracted counts; check each quote{CARE:#}");
            let mut out = field("Accuracy", &head, width);
            for (label, words) in summary_lines(summary, inputs.len()) {
                out.push_str(&fold(&format!("{label}: {words}"), width, INDENT));
            }
            out.push_str(&fold(&format!("rule: {RULE}"), width, INDENT));
            out
        }
    };
    out.push('\n');
    let pooled = match &accuracy.pooled {
        PooledAccuracy::Done { summary, .. } => Some((summary.specificity.value, summary.sensitivity.value)),
        PooledAccuracy::Refused { .. } => None,
    };
    out.push_str(&plot(&accuracy.entries, pooled, width));
    for (n, entry) in accuracy.entries.iter().enumerate() {
        let test = entry.test.as_deref().map_or_else(|| "test not named".to_owned(), plain);
        let kind = entry.modality.map(|kind| format!(" ({kind})")).unwrap_or_default();
        let shares = [("sensitivity", entry.sensitivity), ("specificity", entry.specificity)];
        let shares = shares.into_iter().filter_map(|(name, share)| Some(format!("{name} {}", share_words(&share?))));
        let mut parts: Vec<String> = shares.collect();
        parts.extend(entry.counts.map(|counts| accuracy_counts(&counts)));
        let head = format!(
            "{HEAD}{} {}{HEAD:#} {DIM}{}{DIM:#} · {test}{kind} · {}",
            letter(n),
            plain(&entry.label),
            entry.document,
            parts.join(" · ")
        );
        out.push_str(&fold(&head, width, INDENT));
        out.push_str(&fold(&quote(&entry.quote, &[]), width, "             "));
    }
    out
}

/// The mark of an entry in the plot; those beyond the letters share one.
fn letter(n: usize) -> char {
    u8::try_from(n).ok().filter(|n| *n < 26).map_or('+', |n| char::from(b'a' + n))
}

/// Rows and columns of the plot.
const ROWS: usize = 16;
const COLUMNS: usize = 48;

/// Sensitivity upwards against specificity, 1 at the left, as curves of accuracy are drawn; `◆` is the pooled pair.
fn plot(entries: &[AccuracyEntry], pooled: Option<(f64, f64)>, width: usize) -> String {
    let points: Vec<(f64, f64, char)> = entries
        .iter()
        .enumerate()
        .filter_map(|(n, entry)| Some((entry.specificity?.value, entry.sensitivity?.value, letter(n))))
        .collect();
    if points.is_empty() || width < INDENT.len() + COLUMNS + 8 {
        return String::new();
    }
    let mut cells = vec![vec![' '; COLUMNS]; ROWS];
    let place = |share: f64, of: usize| ((1.0 - share).clamp(0.0, 1.0) * (of - 1) as f64).round() as usize;
    for (specificity, sensitivity, mark) in points.into_iter().chain(pooled.map(|(x, y)| (x, y, '◆'))) {
        cells[place(sensitivity, ROWS)][place(specificity, COLUMNS)] = mark;
    }
    let mut out = format!("{INDENT}sensitivity\n");
    for (n, row) in cells.iter().enumerate() {
        let label = match n {
            0 => "1.0",
            n if n == ROWS - 1 => "0.0",
            _ => "   ",
        };
        let cells: String = row.iter().collect();
        out.push_str(format!("{INDENT}{label} │{cells}").trim_end());
        out.push('\n');
    }
    out.push_str(&format!("{INDENT}    └{}\n", "─".repeat(COLUMNS)));
    let gap = " ".repeat(COLUMNS - "1.0 specificity".len() - "0.0".len());
    out.push_str(&format!("{INDENT}     1.0 specificity{gap}0.0\n\n"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::accuracy::ReportedShare;
    use crate::model::{DocumentId, Span};

    #[test]
    fn marks_stand_where_the_shares_are() {
        let share = |value| Some(ReportedShare { value, interval: None, level: None, from_counts: false });
        let entry = |sensitivity, specificity| AccuracyEntry {
            document: DocumentId::pmid(1),
            label: "Doe".into(),
            test: None,
            modality: None,
            sensitivity: share(sensitivity),
            specificity: share(specificity),
            counts: None,
            quote: "q".into(),
            section: String::new(),
            span: Span::new(0, 1),
        };
        let shown = plot(&[entry(1.0, 1.0), entry(0.0, 0.0), entry(1.0, 0.0)], Some((1.0, 0.0)), 100);
        let rows: Vec<&str> = shown.lines().collect();
        let (first, last) = (rows[1], rows[ROWS]);
        assert!(first.contains("│a") && first.ends_with('c'), "{shown}");
        assert!(last.contains("│◆") && last.ends_with('b'), "{shown}");
        assert_eq!(plot(&[entry(1.0, 1.0)], None, 40), "");
    }
}
