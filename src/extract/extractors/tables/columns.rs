//! What the columns of a row hold.

use std::collections::HashMap;
use std::ops::Range;

use super::layout::{Cell, Row};
use super::words::{WORDS, normal_words};
use crate::extract::extractors::effects::cells::{is_unit, measures_named};
use crate::model::Measure;
use crate::vocab::normalize;

/// What parts the heads that stand above each other over a column.
const ABOVE: &str = " / ";
/// More arms are several times or doses, or no arms.
const MOST_ARMS: usize = 6;

/// What a column holds by its head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// P-values of a difference.
    P,
    /// P-values of something else.
    OtherP,
    /// Estimates.
    Estimate(Measure),
    /// Intervals of what stands in the column before.
    Interval,
    /// An arm, or anything else.
    Other,
}

/// What heads say, each read once.
#[derive(Debug, Default)]
pub(super) struct Heads<'t>(HashMap<&'t str, Kind>);

impl<'t> Heads<'t> {
    pub(super) fn kind(&mut self, head: &'t str) -> Kind {
        *self.0.entry(head).or_insert_with(|| kind(head))
    }
}

fn kind(head: &str) -> Kind {
    let last = head.rsplit(ABOVE).next().unwrap_or(head).trim_end_matches(['*', '†', '‡', '§', '#', '¶', ' ']);
    let normal = normalize(last);
    // "P (Fisher's exact test)"
    let bare = last.split_once(" (").filter(|(_, test)| {
        normal_words(&normalize(test)).iter().all(|word| WORDS.p_tests.iter().any(|known| known == word))
    });
    if WORDS.p_values.contains(&bare.map_or_else(|| normal.clone(), |(bare, _)| normalize(bare))) {
        return Kind::P;
    }
    let words = normal_words(&normal);
    if words.iter().any(|word| *word == "p" || *word == "pvalue")
        || words.first().is_some_and(|word| word.starts_with("ptrend"))
    {
        return Kind::OtherP;
    }
    // "95% CI for OR"
    let of_level = ["95", "99", "90", "ci", "confidence"].iter().any(|first| words.first() == Some(first));
    if of_level && (words.contains(&"ci") || normal.contains("confidence interval")) {
        return Kind::Interval;
    }
    let compares = |measure: &Measure| measure.is_ratio() || measure.is_difference();
    let named = measures_named(head);
    match named.as_slice() {
        [measure] if compares(measure) && told_between(head, *measure) => Kind::Estimate(*measure),

        _ => Kind::Other,
    }
}

/// Whether a difference is one between arms: under another head it may be a change within one.
fn told_between(head: &str, measure: Measure) -> bool {
    let above = head.contains(ABOVE);
    measure.is_ratio() || !above || WORDS.between.any(&normal_words(&normalize(head)))
}

/// An arm, by its column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arm {
    /// Its cell.
    pub(super) cell: Cell,
    /// Its name, in bytes of the row.
    pub(super) name: Range<usize>,
    /// How many people it has, where its head says.
    pub(super) size: Option<f64>,
    /// Whether its name says that it is compared with.
    pub(super) comparator: bool,
}

/// The arms of a row, and what the heads say of all of them.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Arms {
    pub(super) arms: Vec<Arm>,
    pub(super) of_all: String,
}

/// The arms of a row; none where columns stand for times or anything else as well.
pub(super) fn arms<'t>(row: &Row<'t>, heads: &mut Heads<'t>) -> Option<Arms> {
    let text = row.text;
    let others: Vec<&Cell> =
        row.cells.iter().filter(|cell| heads.kind(&text[cell.head.clone()]) == Kind::Other).collect();
    if others.len() < 2 || others.len() > MOST_ARMS + 2 {
        return None;
    }
    let parts: Vec<Vec<Range<usize>>> = others.iter().map(|cell| parts(text, cell.head.clone())).collect();
    let (depth, words) = (parts[0].len(), |range: &Range<usize>| &text[range.clone()]);
    if depth > 2 || parts.iter().any(|one| one.len() != depth) {
        return None;
    }
    let same = |at: usize| parts.iter().all(|one| words(&one[at]) == words(&parts[0][at]));
    let own = match (depth, depth == 2 && same(0), depth == 2 && same(1)) {
        (1, ..) | (2, false, true) => 0,
        (2, true, false) => 1,
        _ => return None,
    };
    let of_all = if depth == 2 { words(&parts[0][1 - own]).to_owned() } else { String::new() };
    let mut found: Vec<Arm> = Vec::new();
    for (cell, parts) in others.into_iter().zip(&parts) {
        let name = named(text, parts[own].clone());
        let normal = normalize(&text[name.clone()]);
        let words = normal_words(&normal);
        let of_all = words.first().is_some_and(|first| WORDS.of_all.iter().any(|known| known == first));
        if WORDS.never_arms.contains(&normal) || of_all {
            continue;
        }
        // The same people at several times, or no name at all.
        if WORDS.times.any(&words) || !text[name.clone()].chars().any(char::is_alphabetic) {
            return None;
        }
        if found.iter().any(|arm| text[arm.name.clone()] == text[name.clone()]) {
            return None;
        }
        let comparator = WORDS.comparators.any(&words);
        found.push(Arm { cell: cell.clone(), size: size(&text[parts[own].clone()]), name, comparator });
    }
    (2..=MOST_ARMS).contains(&found.len()).then_some(Arms { arms: found, of_all })
}

/// The heads above each other.
fn parts(text: &str, head: Range<usize>) -> Vec<Range<usize>> {
    let mut at = head.start;
    text[head.clone()]
        .split(ABOVE)
        .map(|part| {
            let range = at..at + part.len();
            at = range.end + ABOVE.len();
            range
        })
        .collect()
}

/// The name of an arm, without how its numbers are given: "Zelmarin mean change".
fn named(text: &str, whole: Range<usize>) -> Range<usize> {
    let name = name(text, whole);
    let mut at = name.start;
    for word in text[name.clone()].split(' ') {
        if at > name.start && WORDS.forms.contains(&normalize(word)) {
            return name.start..at - 1;
        }
        at += word.len() + 1;
    }
    name
}

/// The name without its size, unit and marks: up to a bracket or comma.
pub(super) fn name(text: &str, whole: Range<usize>) -> Range<usize> {
    // "· Nausea", "- Nausea"
    let lead = text[whole.clone()].find(|c: char| c.is_alphanumeric() || matches!(c, '(' | '[')).unwrap_or(0);
    let whole = whole.start + lead..whole.end;
    let words = &text[whole.clone()];
    let end = words.find(['(', '[', ';', ':']).unwrap_or(words.len());
    // "Ferritin, µg/L", "Pain, mean": what follows the comma says how.
    let how = |rest: &str| {
        let normal = normalize(rest);
        rest.contains('/')
            || is_unit(rest.trim())
            || normal_words(&normal).iter().all(|word| WORDS.statistics.any(&[word]))
    };
    let end = words[..end].rfind(',').filter(|comma| how(&words[comma + 1..end])).unwrap_or(end);
    let words = &words[..end];
    // "Placebo n = 20"
    let cut = [" n =", " n=", " N =", " N="].iter().filter_map(|n| words.find(n)).min().unwrap_or(words.len());
    let trimmed = words[..cut].trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '%' && c != '+');
    whole.start..whole.start + trimmed.len()
}

/// "n = 1,572": the number.
fn size(head: &str) -> Option<f64> {
    let mut sizes = head.match_indices(['n', 'N']).filter_map(|(at, _)| {
        let before = head[..at].chars().next_back();
        let rest = head[at + 1..].trim_start().strip_prefix('=')?.trim_start();
        let digits: String =
            rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
        before.is_none_or(|c| !c.is_alphanumeric()).then(|| digits.parse().ok())?
    });
    let size = sizes.next().filter(|size| *size > 0.0);
    sizes.next().is_none().then_some(size)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_tell_what_columns_hold() {
        for (head, expected) in [
            ("P value", Kind::P),
            ("p-value*", Kind::P),
            ("All patients / P", Kind::P),
            ("P for trend", Kind::OtherP),
            ("P (time)", Kind::OtherP),
            ("Adjusted OR (95% CI)", Kind::Estimate(Measure::OR)),
            ("Mean difference (95% CI)", Kind::Estimate(Measure::MD)),
            // May be a change within the arm.
            ("Zelmarin / Mean difference (95% CI)", Kind::Other),
            ("95% CI", Kind::Interval),
            ("Zelmarin (n = 20)", Kind::Other),
        ] {
            assert_eq!(kind(head), expected, "{head}");
        }
    }

    #[test]
    fn names_and_sizes_of_arms_are_told_apart() {
        for (head, expected, n) in [
            ("Zelmarin (n = 1,572)", "Zelmarin", Some(1572.0)),
            ("Placebo N=20", "Placebo", Some(20.0)),
            ("Placebo, n (%)", "Placebo", None),
            ("Zelmarin 10 mg", "Zelmarin 10 mg", None),
            ("Zelmarin + oxotril*", "Zelmarin + oxotril", None),
            ("(n = 20)", "", Some(20.0)),
        ] {
            assert_eq!((&head[name(head, 0..head.len())], size(head)), (expected, n), "{head}");
        }
    }
}
