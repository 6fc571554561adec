//! The ages at which one could take part.

use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::pattern::Pattern;

/// Ages as read: in years, both ends included.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ages {
    pub(super) least: Option<f32>,
    pub(super) most: Option<f32>,
    /// Where the statement says so, in bytes; of several places the first.
    pub(super) place: Range<usize>,
}

/// A form of words, and what the numbers in it are.
struct Form {
    form: Pattern,
    lower: Option<&'static str>,
    upper: Option<&'static str>,
    /// Whether the upper number itself is too old.
    below: bool,
}

const NUMBER: &str = r"\d{1,3}(?:\.\d)?";
const UNIT: &str = r"(?P<unit>years?|yrs?|y\.?o\.?|months?|weeks?|days?)";
/// How a range is joined.
const JOINED: &str = r" ?-? ?(?P<first>years?|yrs?|months?|weeks?|days?)? ?(?:to|–|-|−|and|through) ?";

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let age = r"(?:aged|ages?|years of age)";
    let older =
        r"(?:≥|⩾|>=|>|at least|of at least|over|above|older than|more than|greater than or equal to|greater than|from)";
    let younger = r"(?:<|below|under|younger than|less than)";
    let at_most = r"(?:≤|⩽|<=|up to|at most|no older than|not older than)";
    let of_age = r"(?:[- ](?:of age|old|olds|in age))";
    [
        (format!(r"\b{age}(?: range(?:d|s)?)?,? ?(?:were |was |being |is )?(?:from |between |of |: ?)?(?P<a>{NUMBER}){JOINED}(?P<b>{NUMBER})(?: ?{UNIT})?\b"), true, true, false),
        (format!(r"\b(?P<a>{NUMBER}){JOINED}(?P<b>{NUMBER})[- ]?{UNIT}{of_age}"), true, true, false),
        (format!(r"\b{age},? ?(?:{older}) ?(?P<a>{NUMBER}) ?{UNIT}?(?: and|,)? ?(?:{younger}) ?(?P<b>{NUMBER})"), true, true, true),
        (format!(r"\b{age},? ?(?:{older}) ?(?P<a>{NUMBER}) ?{UNIT}?(?: and|,)? ?(?:{at_most}) ?(?P<b>{NUMBER})"), true, true, false),
        (format!(r"\b{age},? ?(?:of )?(?:{older}) ?(?P<a>{NUMBER})(?: ?{UNIT})?"), true, false, false),
        (format!(r"\b{age},? ?(?P<a>{NUMBER}) ?(?:{UNIT})?,? (?:or|and) (?:older|over|above)\b"), true, false, false),
        (format!(r"\b(?P<a>{NUMBER}) ?{UNIT}(?: of age| old)?,? (?:or|and) older\b"), true, false, false),
        (format!(r"\b(?P<a>{NUMBER}) ?{UNIT}{of_age},? (?:or|and) (?:over|above)\b"), true, false, false),
        (format!(r"(?:{older}) ?(?:the age of )?(?P<a>{NUMBER}) ?{UNIT}{of_age}"), true, false, false),
        (format!(r"\b{age},? ?(?:of )?(?:{younger}) ?(?P<b>{NUMBER})(?: ?{UNIT})?"), false, true, true),
        (format!(r"(?:{younger}) ?(?:the age of )?(?P<b>{NUMBER}) ?{UNIT}{of_age}"), false, true, true),
        (format!(r"\b{age},? ?(?:of )?(?:{at_most}) ?(?P<b>{NUMBER})(?: ?{UNIT})?"), false, true, false),
        (format!(r"\b(?P<b>{NUMBER}) ?{UNIT}(?: of age| old)?,? (?:or|and) (?:younger|under|below)\b"), false, true, false),
    ]
    .into_iter()
    .filter_map(|(form, lower, upper, below)| {
        let form = Pattern::new(&format!("(?i){form}")).ok()?;
        Some(Form { form, lower: lower.then_some("a"), upper: upper.then_some("b"), below })
    })
    .collect()
});

/// Words before an age that make it a measure of those who took part, or another age than that of a person, or that turn it round.
const OTHERWISE: [&str; 12] =
    ["mean", "median", "average", "sd", "range", "±", "gestational", "bone", "postmenstrual", "corrected", "no", "not"];

/// How far before an age such a word stands, in bytes.
const NEAR: usize = 24;

/// The ages that a statement admits; none if it gives none, or two that differ.
pub(super) fn read(statement: &str) -> Option<Ages> {
    if !statement.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut told: Option<Ages> = None;
    let mut taken: Vec<Range<usize>> = Vec::new();
    for form in FORMS.iter() {
        for captures in form.form.captures_iter(statement) {
            let Some(whole) = captures.get(0) else { continue };
            if taken.iter().any(|range| range.start < whole.end() && whole.start() < range.end) {
                continue;
            }
            let before = statement[..whole.start()].char_indices().rev().take(NEAR).last().map_or(0, |(at, _)| at);
            let before = statement[before..whole.start()].to_lowercase();
            if OTHERWISE.iter().any(|word| before.split(|c: char| !c.is_alphanumeric() && c != '±').any(|w| w == *word))
            {
                taken.push(whole.range());
                continue;
            }
            let unit = captures.name("unit").map_or(String::new(), |unit| unit.as_str().to_lowercase());
            let first = captures.name("first").map_or(unit.clone(), |unit| unit.as_str().to_lowercase());
            let years = |name: Option<&str>, unit: &str| {
                let number: f32 = captures.name(name?)?.as_str().parse().ok()?;
                Some(in_years(number, unit))
            };
            let least = years(form.lower, &first);
            // Who is below 18 years is 17 at most; of months there is no such step.
            let step = if form.below && (unit.is_empty() || unit.starts_with('y')) { 1.0 } else { 0.0 };
            let most = years(form.upper, &unit).map(|most| most - step);
            let sensible = least.is_none_or(|least| (0.0..=110.0).contains(&least))
                && most.is_none_or(|most| (0.0..=120.0).contains(&most))
                && least.zip(most).is_none_or(|(least, most)| least < most);
            if !sensible {
                continue;
            }
            taken.push(whole.range());
            told = match told {
                None => Some(Ages { least, most, place: whole.range() }),
                Some(held) => Some(joined(held, Ages { least, most, place: whole.range() })?),
            };
        }
    }
    told
}

/// Two statements as one: the second may add what the first left open. None where they differ.
pub(super) fn joined(one: Ages, other: Ages) -> Option<Ages> {
    let end = |a: Option<f32>, b: Option<f32>| match (a, b) {
        (Some(a), Some(b)) if a != b => None,
        (a, b) => Some(a.or(b)),
    };
    Some(Ages { least: end(one.least, other.least)?, most: end(one.most, other.most)?, place: one.place })
}

/// An age in years.
pub(super) fn in_years(number: f32, unit: &str) -> f32 {
    match unit.chars().next() {
        Some('m') => number / 12.0,
        Some('w') => number * 7.0 / 365.25,
        Some('d') => number / 365.25,
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_compile() {
        assert!(!FORMS.is_empty() && FORMS.iter().all(|form| form.form.is_sound()));
    }

    #[test]
    fn ages_are_read_as_papers_write_them() {
        let ages = |least: f32, most: f32| Some(((least >= 0.0).then_some(least), (most >= 0.0).then_some(most)));
        for (text, expected) in [
            ("adults aged 18 to 75 years with asthma", ages(18.0, 75.0)),
            ("aged between 40 and 65", ages(40.0, 65.0)),
            ("patients 18–80 years of age", ages(18.0, 80.0)),
            ("women aged ≥ 50 years", ages(50.0, -1.0)),
            ("patients 65 years of age or older", ages(65.0, -1.0)),
            ("children under 5 years of age", ages(-1.0, 4.0)),
            ("aged at least 18 years", ages(18.0, -1.0)),
            ("age >18 and <70 years", ages(18.0, 69.0)),
            ("age 6 to 24 months", ages(0.5, 2.0)),
            ("older than 60 years of age", ages(60.0, -1.0)),
            ("people aged 75 years and over", ages(75.0, -1.0)),
            ("12- to 17-year-olds", ages(12.0, 17.0)),
            ("aged 6 months to 12 years", ages(0.5, 12.0)),
            ("younger than 18 months of age", ages(-1.0, 1.5)),
            ("aged 65 years and over", ages(65.0, -1.0)),
            ("no older than 75 years of age", None),
            ("not younger than 18 years of age", None),
            ("a gestational age of 24 to 34 weeks", None),
            ("a pain score of 40 or more", None),
            ("diabetes for 10 years or more", None),
            ("mean age 54 to 61 years", None),
            ("median age of 61 years or older arm", None),
            ("treated for at least 12 weeks", None),
            ("aged 18 to 65 years; in the second part aged 40 to 80 years", None),
        ] {
            assert_eq!(read(text).map(|ages| (ages.least, ages.most)), expected, "{text}");
        }
    }
}
