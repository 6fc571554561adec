//! How well a test tells who has a condition: sensitivity and specificity of one sentence as a pair, with the four counts where they are printed.
//!
//! What is said of several tests in one sentence is left alone: which number is whose cannot be told.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::{Extractor, Input};
use crate::model::{
    Accuracy, AccuracyCounts, Annotation, ConceptId, ConceptType, Effect, Finding, Measure, Mention, Slot, Span,
    TextIndex,
};

/// Reads accuracy.
pub(super) struct Diagnosis;

impl Extractor for Diagnosis {
    fn name(&self) -> &'static str {
        "diagnosis"
    }

    fn version(&self) -> u32 {
        1
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        let of = |finding| accuracies(input.text, finding, &annotation.mentions);
        annotation.accuracies = annotation.findings.iter().flat_map(of).collect();
    }
}

/// What a sentence says: of one test, or of several where each has its pair in brackets behind it.
fn accuracies(text: &TextIndex<'_>, finding: &Finding, mentions: &[Mention]) -> Vec<Accuracy> {
    let of = |measure: Measure| {
        let is_one = move |effect: &&Effect| effect.measure == measure && effect.value.is_some();
        finding.effects.iter().filter(is_one).collect::<Vec<_>>()
    };
    let (sensitivities, specificities) = (of(Measure::Sensitivity), of(Measure::Specificity));
    match (sensitivities.as_slice(), specificities.as_slice()) {
        ([] | [_], [] | [_]) => {
            let (sensitivity, specificity) = (sensitivities.first().copied(), specificities.first().copied());
            accuracy(text, finding, mentions, sensitivity, specificity).into_iter().collect()
        }
        _ => in_brackets(text, finding, mentions, &sensitivities, &specificities),
    }
}

/// Pairs that stand in brackets of their own, each behind the one test that is named since the brackets before.
fn in_brackets(
    text: &TextIndex<'_>,
    finding: &Finding,
    mentions: &[Mention],
    sensitivities: &[&Effect],
    specificities: &[&Effect],
) -> Vec<Accuracy> {
    let words = text.slice(finding.span);
    let from = text.bytes(finding.span).start;
    let mut found = Vec::new();
    let mut behind = finding.span.start;
    for brackets in BRACKETS.iter().flat_map(|form| form.find_iter(words)) {
        let span = text.span(from + brackets.start()..from + brackets.end());
        let within = |effects: &[&Effect]| {
            let mut inside = effects.iter().filter(|effect| span.contains(effect.span));
            inside.next().filter(|_| inside.next().is_none()).map(|effect| (*effect).clone())
        };
        if let (Some(sensitivity), Some(specificity)) = (within(sensitivities), within(specificities))
            && let Some(test) = test(Span::new(behind, span.start), mentions)
        {
            let (sensitivity, specificity) = (Some(sensitivity), Some(specificity));
            let (test, counts) = (Some(test), None);
            found.push(Accuracy { span: finding.span, test, sensitivity, specificity, counts, counted: Vec::new() });
        }
        behind = span.end;
    }
    found
}

static BRACKETS: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"\([^()]*\)"));

fn accuracy(
    text: &TextIndex<'_>,
    finding: &Finding,
    mentions: &[Mention],
    sensitivity: Option<&Effect>,
    specificity: Option<&Effect>,
) -> Option<Accuracy> {
    let words = text.slice(finding.span);
    let counted = counts(words).filter(|(counts, _)| {
        agrees(sensitivity, counts.true_positive, counts.false_negative)
            && agrees(specificity, counts.true_negative, counts.false_positive)
    });
    if counted.is_none() && sensitivity.is_none() && specificity.is_none() {
        return None;
    }
    let from = text.bytes(finding.span).start;
    let (counts, counted) = match counted {
        Some((counts, places)) => {
            (Some(counts), places.into_iter().map(|place| text.span(from + place.start..from + place.end)).collect())
        }
        None => (None, Vec::new()),
    };
    let test = test(finding.span, mentions);
    let (sensitivity, specificity) = (sensitivity.cloned(), specificity.cloned());
    Some(Accuracy { span: finding.span, test, sensitivity, specificity, counts, counted })
}

/// The test that a sentence names; none where it names several.
fn test(sentence: Span, mentions: &[Mention]) -> Option<Slot> {
    let tests = || {
        mentions.iter().filter(|mention| mention.mention_type == ConceptType::Test && sentence.contains(mention.span))
    };
    let first = tests().next()?;
    let same = |mention: &Mention| mention.concepts == first.concepts && !first.concepts.is_empty();
    tests().skip(1).all(same).then(|| Slot { span: first.span, concepts: first.concepts.clone() as Vec<ConceptId> })
}

/// Whether a printed share is that of two counts, to the digits that it is printed with.
fn agrees(printed: Option<&Effect>, part: u64, others: u64) -> bool {
    let Some(effect) = printed else { return true };
    let Some(value) = effect.value else { return true };
    let whole = part + others;
    if whole == 0 {
        return false;
    }
    let share = part as f64 / whole as f64;
    let percent = effect.unit.as_deref() == Some("%") || value > 1.0;
    let (printed, unit) = if percent { (value, 0.01) } else { (value, 1.0) };
    // Half of the last digit, and a little for how it was rounded: of a per cent with a decimal, of a whole one, of a share of two digits.
    let half = if percent && printed.fract() != 0.0 { 0.0006 } else { 0.0051 };
    (share - printed * unit).abs() <= half
}

fn pattern(form: &str) -> Option<Regex> {
    Regex::new(form).ok()
}

/// A share behind its name: `sensitivity was 93.8% (45/48`. Group 1 is the share, 2 the part, 3 the whole.
static SENSITIVITY: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(&fraction("sensitivity")));
static SPECIFICITY: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(&fraction("specificity")));

fn fraction(name: &str) -> String {
    format!(
        r"(?i)\b{name}\b[^.;()0-9]{{0,40}}(\d{{1,3}}(?:[.·]\d+)?)\s*%?\s*[(\[]\s*(\d{{1,6}})\s*(?:/|of|out of)\s*(\d{{1,6}})\b"
    )
}

/// A count with its name before or behind it, for each of the four.
static NAMED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let named = [
        ("true", "positive", "TP"),
        ("false", "positive", "FP"),
        ("false", "negative", "FN"),
        ("true", "negative", "TN"),
    ];
    let form = |(truth, sign, short): (&str, &str, &str)| {
        let name =
            format!(r"(?:{truth}[- ]{sign}s?(?:\s+(?:results?|cases?|findings?|tests?|patients?))?|\b{short}s?\b)");
        let behind = r"\s*(?:\(\s*(?:n\s*=\s*)?|=\s*|:\s*|,\s*n\s*=\s*)";
        pattern(&format!(r"(?i)(?:\b(\d{{1,6}})\s+(?:were\s+|was\s+)?{name}|{name}{behind}(\d{{1,6}})\b)"))
    };
    named.into_iter().filter_map(form).collect()
});

/// A stretch of bytes of a sentence.
type Place = std::ops::Range<usize>;

/// The four counts of a sentence with where their numbers stand.
fn counts(words: &str) -> Option<(AccuracyCounts, Vec<Place>)> {
    // Most sentences hold none of these words, and the patterns are slow.
    let lower = words.to_ascii_lowercase();
    let any = |names: [&str; 2]| names.iter().any(|name| lower.contains(name));
    let named = any(["positive", "tp"]) && any(["negative", "tn"]) && any(["true", "tp"]) && any(["false", "fp"]);
    let shares = lower.contains("sensitivity") && lower.contains("specificity");
    let by_name = named.then(|| by_name(words)).flatten();
    by_name.or_else(|| shares.then(|| by_fraction(words)).flatten())
}

fn by_name(words: &str) -> Option<(AccuracyCounts, Vec<Place>)> {
    let mut found = Vec::with_capacity(4);
    for form in NAMED.iter() {
        let mut matches = form.captures_iter(words);
        let first = matches.next()?;
        // Counts of two tests.
        if matches.next().is_some() {
            return None;
        }
        let number = first.get(1).or_else(|| first.get(2))?;
        found.push((number.as_str().parse::<u64>().ok()?, number.range()));
    }
    let [(true_positive, a), (false_positive, b), (false_negative, c), (true_negative, d)] = found.try_into().ok()?;
    Some((AccuracyCounts { true_positive, false_positive, false_negative, true_negative }, vec![a, b, c, d]))
}

fn by_fraction(words: &str) -> Option<(AccuracyCounts, Vec<Place>)> {
    let one = |form: &LazyLock<Option<Regex>>, other: &str| -> Option<(u64, u64, Place)> {
        let mut matches = form.as_ref()?.captures_iter(words);
        let first = matches.next()?;
        if matches.next().is_some() {
            return None;
        }
        // "Sensitivity and specificity were 94% (45/48)": which is whose is not read.
        if first.get(0)?.as_str().to_lowercase().contains(other) {
            return None;
        }
        let [share, part, whole] = [1, 2, 3].map(|group| first.get(group));
        let (share, part, whole) = (share?, part?, whole?);
        let place = part.start()..whole.end();
        let printed = share.as_str().replace('·', ".");
        let digits = printed.split_once('.').map_or(0, |(_, behind)| behind.len() as i32);
        let printed: f64 = printed.parse().ok()?;
        let (part, whole): (u64, u64) = (part.as_str().parse().ok()?, whole.as_str().parse().ok()?);
        let exact = 100.0 * part as f64 / whole as f64;
        // Printed as a percentage or as a share of one; half of the last digit and a little for how it was rounded.
        let half = 0.51 * 10_f64.powi(-digits);
        let fits =
            (exact - printed).abs() <= half || (exact / 100.0 - printed).abs() <= half && printed <= 1.0 && digits > 1;
        (part <= whole && whole > 0 && fits).then_some((part, whole, place))
    };
    let (true_positive, ill, a) = one(&SENSITIVITY, "specificity")?;
    let (true_negative, well, b) = one(&SPECIFICITY, "sensitivity")?;
    let counts = AccuracyCounts {
        true_positive,
        false_positive: well - true_negative,
        false_negative: ill - true_positive,
        true_negative,
    };
    Some((counts, vec![a, b]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Option<[u64; 4]> {
        counts(words).map(|(c, _)| [c.true_positive, c.false_positive, c.false_negative, c.true_negative])
    }

    #[test]
    fn counts_are_read_where_all_four_can_be_told() {
        for (words, expected) in [
            (
                "There were 45 true positives, 5 false positives, 3 false negatives and 120 true negatives.",
                Some([45, 5, 3, 120]),
            ),
            ("The table gave TP = 45, FP = 5, FN = 3 and TN = 120.", Some([45, 5, 3, 120])),
            (
                "Results were true positive (n = 45), false-positive (n = 5), false negative (3) and true negative (120).",
                Some([45, 5, 3, 120]),
            ),
            ("Sensitivity was 93.8% (45/48) and specificity 96.0% (120/125).", Some([45, 5, 3, 120])),
            ("The sensitivity and specificity were 94% (45/48) and 96% (120/125).", None),
            ("Sensitivity was 0.94 (45 of 48); specificity was 0.96 (120 of 125).", Some([45, 5, 3, 120])),
            // The fraction is not of the percentage.
            ("Sensitivity was 83.8% (45/48) and specificity 96.0% (120/125).", None),
            ("Sensitivity was 93.8% (45/48).", None),
            ("There were 45 true positives and 5 false positives.", None),
            (
                "There were 4 true positives, 5 false positives, 3 false negatives and 1 true negative with A, and 6 true positives with B.",
                None,
            ),
            ("Sensitivity was 93.8% (48/45) and specificity 96.0% (120/125).", None),
        ] {
            assert_eq!(read(words), expected, "{words}");
        }
    }

    #[test]
    fn places_are_those_of_the_numbers() {
        let words = "Sensitivity was 93.8% (45/48) and specificity 96.0% (120/125).";
        let (_, places) = counts(words).unwrap();
        assert_eq!(places.into_iter().map(|place| &words[place]).collect::<Vec<_>>(), ["45/48", "120/125"]);
    }
}
