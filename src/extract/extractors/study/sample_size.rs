//! How many took part.
//!
//! Grammar over sentences, not learned: a number beside a word for participants, in a phrase that says what was done with
//! them. Numbers of arms, centres, people screened, ages, doses and years have other phrases around them and are not taken.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::extract::Input;
use crate::model::{Annotation, SampleSize, SampleSizeKind, SentenceRole, StudyDesign};

/// A number in digits (thousands parted by commas, thin or plain blanks), or in words.
const NUMBER: &str = r"(?P<n>\d{1,3}(?:[, \u{2009}\u{202f}\u{a0}]\d{3})+|\d+|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:and )?(?:hundred|thousand|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety))*)";
/// Words for those who take part.
const PEOPLE: &str = r"(?P<who>patients|participants|subjects|adults|children|women|men|people|persons|individuals|volunteers|outpatients|inpatients|infants|adolescents|residents|survivors|girls|boys|mothers|veterans|students|neonates|newborns|males|females|athletes|nurses|physicians|clinicians|practitioners|workers|employees|caregivers|smokers|couples|respondents)";
/// Up to five words that may stand between the number and the people.
const BETWEEN: &str = r"(?:[\w'’/()≥≤<>-]+,? ){0,5}?";
/// What the people have, up to the verb.
const WITH: &str =
    r"(?: (?:with|who|aged|from|in|undergoing|having|at|hospitali[sz]ed|admitted|receiving|suffering) [^.;:]{1,120}?)?";
/// What was done with those who were randomised; enrolled first, perhaps.
const RANDOMISED: &str = r"(?:were|was) (?:(?:then|subsequently|enrolled|recruited|included|selected|equally) )*(?:and )?(?:then )?(?:randomly (?:assigned|allocated|divided|distributed)|randomi[sz]ed|(?:assigned|allocated) randomly|assigned|allocated)";

struct Grammar {
    kind: SampleSizeKind,
    form: Regex,
}

static GRAMMAR: LazyLock<Vec<Grammar>> = LazyLock::new(|| {
    use SampleSizeKind::{Analysed, Enrolled, Randomised};
    let forms: [(SampleSizeKind, String); 13] = [
        (Randomised, format!(r"(?i)\b{NUMBER} {BETWEEN}{PEOPLE}{WITH} {RANDOMISED}\b")),
        // "Patients with asthma (n = 120) were randomised": the people stand before their number.
        (
            Randomised,
            format!(r"(?i)\b{PEOPLE}(?: [^.;:()]{{1,120}}?)? ?\(n ?= ?{NUMBER}\)(?: [^.;:()]{{1,60}}?)? {RANDOMISED}\b"),
        ),
        (
            Randomised,
            format!(
                r"(?i)\b(?:randomly assigned|randomi[sz]ed|randomly allocated|randomly divided) (?:a total of )?{NUMBER} {BETWEEN}{PEOPLE}\b"
            ),
        ),
        (Randomised, format!(r"(?i)\brandomi[sz]ation of {NUMBER} {BETWEEN}{PEOPLE}\b")),
        (Randomised, format!(r"(?i)\b(?:among|of) (?:the )?{NUMBER} (?:randomi[sz]ed|randomly assigned) {BETWEEN}{PEOPLE}\b")),
        (Enrolled, format!(r"(?i)\b(?:a|in) total of {NUMBER} {BETWEEN}{PEOPLE}\b")),
        (
            Enrolled,
            format!(
                r"(?i)\b(?:enrolled|recruited|included|studied|followed|involved) (?:a total of )?{NUMBER} {BETWEEN}{PEOPLE}\b"
            ),
        ),
        (
            Enrolled,
            format!(
                r"(?i)\b{NUMBER} {BETWEEN}{PEOPLE}{WITH} (?:(?:were|was) (?:prospectively |consecutively )?(?:enrolled|recruited|included|studied)|participated|took part|entered)\b"
            ),
        ),
        (
            Enrolled,
            format!(r"(?i)\b{PEOPLE}(?: [^.;:()]{{1,120}}?)? ?\(n ?= ?{NUMBER}\) (?:were|was) (?:enrolled|recruited|included|studied)\b"),
        ),
        // "This trial was carried out on 60 children", "a cohort study of 21 560 patients", "a sample of 80 adolescents".
        (
            Enrolled,
            format!(
                r"(?i)\b(?:trial|study|survey|analysis|cohort|sample)(?: (?:was |were )?(?:carried out|conducted|performed|undertaken|carried))? (?:of|in|on|with|involving|among|comprising) (?:a total of )?{NUMBER} {BETWEEN}{PEOPLE}\b"
            ),
        ),
        // "We compared one drug with another in 6815 patients".
        (Enrolled, format!(r"(?i)\bcompared [^.;:]{{1,160}}? (?:in|among) {NUMBER} {BETWEEN}{PEOPLE}\b")),
        (
            Analysed,
            format!(
                r"(?i)\b(?:involving|comprising|with|including|analy[sz]ed|in) (?:data from |a total of )?{NUMBER} {BETWEEN}(?P<who>patients|participants|subjects|women|men|adults|children)\b"
            ),
        ),
        (Analysed, r"(?i)\b(?:trials|studies|RCTs) \((?:n ?= ?)?(?P<n>\d{1,3}(?:[, \u{2009}\u{202f}\u{a0}]\d{3})+|\d+) (?P<who>patients|participants|subjects|women|men|adults|children)\)".to_owned()),
    ];
    forms.into_iter().filter_map(|(kind, form)| Some(Grammar { kind, form: Regex::new(&form).ok()? })).collect()
});

/// What a number of participants is not: people looked at before the study, or another thing counted with them.
static NOT_THE_SAMPLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:will|completed|finished|screened|assessed for eligibility|approached|invited|eligible|excluded|withdrew|dropped out|died|lost to follow)\b").ok()
});
/// A second number that goes to another arm: then the first is an arm too.
static ARMS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)\bto\b.*(?:\band|\bor|,|;) (?:the (?:other|remaining) )?{NUMBER} (?:[\w-]+ ){{0,4}}?to\b"
    ))
    .ok()
});

pub(super) fn find(input: &Input<'_>, annotation: &Annotation, design: Option<StudyDesign>) -> Option<SampleSize> {
    if matches!(
        design,
        Some(StudyDesign::Preclinical | StudyDesign::Guideline | StudyDesign::Other | StudyDesign::RctProtocol)
    ) {
        return None;
    }
    // The abstract says it of the whole study; a full text counts many parts of it.
    let mut found = sizes(input, annotation, design, true);
    if found.is_empty() {
        found = sizes(input, annotation, design, false);
    }
    // The strongest kind that occurs; two different numbers of it compete, and neither is shown.
    let kind = [SampleSizeKind::Randomised, SampleSizeKind::Enrolled, SampleSizeKind::Analysed]
        .into_iter()
        .find(|kind| found.iter().any(|size| size.kind == *kind))?;
    found.retain(|size| size.kind == kind);
    let first = *found.first()?;
    found.iter().all(|size| size.value == first.value).then_some(first)
}

/// Every size that is told, in the abstract or in the full text.
fn sizes(
    input: &Input<'_>,
    annotation: &Annotation,
    design: Option<StudyDesign>,
    of_abstract: bool,
) -> Vec<SampleSize> {
    let mut found: Vec<SampleSize> = Vec::new();
    for sentence in &annotation.sentences {
        if !input.states(sentence) || input.in_abstract(sentence.passage) != of_abstract {
            continue;
        }
        let told = matches!(
            sentence.role,
            None | Some(SentenceRole::Methods | SentenceRole::Results | SentenceRole::Objective)
        );
        // The title says it of the study; background and conclusions may speak of others.
        if !told {
            continue;
        }
        let bytes = input.text.bytes(sentence.span);
        let text = &input.text.text()[bytes.clone()];
        for grammar in GRAMMAR.iter() {
            // In a trial "in 12 patients" is a part of it; a review counts people so.
            if grammar.kind == SampleSizeKind::Analysed && design != Some(StudyDesign::SystematicReviewOrMetaAnalysis) {
                continue;
            }
            let mut from = 0;
            while let Some(captures) = grammar.form.captures_at(text, from) {
                let Some(number) = captures.name("n") else { break };
                // A number that is not it may stand right before the one that is: "in 31 hospitals, 607 patients".
                from = number.end();
                found.extend(read(&captures, text).map(|(place, value)| SampleSize {
                    value,
                    kind: grammar.kind,
                    span: input.text.span(bytes.start + place.start..bytes.start + place.end),
                    confidence: if grammar.kind == SampleSizeKind::Randomised { 0.95 } else { 0.85 },
                }));
            }
        }
    }
    found
}

/// The number of a match and its place, if it is one of participants of the whole study.
fn read(captures: &Captures<'_>, text: &str) -> Option<(std::ops::Range<usize>, u64)> {
    let (whole, number) = (captures.get(0)?, captures.name("n")?);
    let value = value(number.as_str())?;
    let before = &text[..number.start()];
    // A number that goes on behind what was read ("120 thousand people") is not the number that was read.
    let goes_on = text[number.end()..].trim_start_matches([' ', '-']).split([' ', '-']).next().is_some_and(|word| {
        let word = word.to_lowercase();
        matches!(word.as_str(), "and" | "hundred" | "thousand" | "million" | "to" | "or") || small(&word).is_some()
    });
    // "3 of 11 patients", "85 youths and 8 individuals", "5 trials with 900 participants": the people are not those counted.
    let people = captures.name("who").filter(|who| who.start() > number.end());
    let between = people.map_or("", |who| &text[number.end()..who.start()]);
    let others =
        between.contains(" of ") || between.contains(" and ") || between.contains(|c: char| c.is_ascii_digit());
    let listed = before.ends_with("and ") || before.ends_with("as well as ") || before.ends_with("plus ");
    // "of 500 patients", "3.5", "12/500", "n-500": parts of other statements, unless the form begins with the words.
    let part = before.ends_with("of ") && number.start() == whole.start();
    // "Grade 6 students", "16 to 20 sessions, subjects were".
    let named = before
        .trim_end()
        .rsplit(' ')
        .next()
        .is_some_and(|word| NAMED.contains(&word.trim_matches('(').to_lowercase().as_str()));
    let ranged = before.trim_end_matches(' ').ends_with(" to")
        && before.trim_end_matches(" to ").ends_with(|c: char| c.is_ascii_digit());
    let things = between.split([' ', ',']).any(|word| THINGS.contains(&word.to_lowercase().as_str()));
    let joined = before.ends_with(['.', ',', '/', '-', '–', '·', '%', '$', '€', '£'])
        || part && !before.ends_with("total of ") && !before.ends_with("tion of ");
    // What is looked at around a match is bounded, so that time grows with the text and no faster.
    let rest = &text[whole.end()..floor(text, whole.end() + NEAR)];
    let clause_end = rest.find([',', ';', '.', ':', '(']).map_or(whole.end() + rest.len(), |n| whole.end() + n);
    // What stands right before says it too: "we invited a total of 138 patients".
    let lead = floor(text, before.len().saturating_sub(24));
    let lead = before[lead..].rfind([',', ';', '.', ':']).map_or(lead, |at| lead + at);
    let other = NOT_THE_SAMPLE.as_ref().is_some_and(|form| form.is_match(&text[lead..clause_end]));
    let arm = ARMS.as_ref().is_some_and(|form| form.is_match(rest)) && !sums_to(rest, value);
    let year = (1900..=2100).contains(&value) && !number.as_str().contains(',') && before.ends_with("in ");
    let behind = captures.name("who").map_or("", |who| text[who.end()..].trim_start());
    let each = ["each", "in each", "per ", "from each"].iter().any(|words| behind.starts_with(words));
    (value > 0
        && !named
        && !ranged
        && !things
        && !goes_on
        && !others
        && !listed
        && !joined
        && !other
        && !arm
        && !year
        && !each)
        .then(|| (number.range(), value))
}

/// Words whose number is a name: "grade 6 students", "phase 2 patients".
const NAMED: [&str; 12] =
    ["grade", "grades", "year", "years", "phase", "stage", "class", "type", "level", "week", "day", "age"];

/// What is counted where it stands between a number and people: "20 sessions, subjects were randomised".
const THINGS: [&str; 30] = [
    "sessions",
    "weeks",
    "months",
    "days",
    "years",
    "hours",
    "minutes",
    "mg",
    "centres",
    "centers",
    "hospitals",
    "sites",
    "clinics",
    "schools",
    "practices",
    "trials",
    "studies",
    "villages",
    "clusters",
    "units",
    "groups",
    "arms",
    "pairs",
    "countries",
    "doses",
    "times",
    "year",
    "week",
    "month",
    "day",
];

/// How far behind a match its clause and its arms may go, in bytes.
const NEAR: usize = 400;

/// The last place at or before `at` where a character begins or the text ends.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Whether the first two numbers of people behind a total, its arms, add up to it: "(60 to the drug and 62 to placebo)".
fn sums_to(rest: &str, total: u64) -> bool {
    let numbers: Vec<u64> = NUMBERS
        .iter()
        .flat_map(|form| form.find_iter(rest))
        .filter_map(|found| value(found.as_str()))
        .filter(|number| *number < total)
        .take(12)
        .collect();
    let pairs = numbers.iter().enumerate().flat_map(|(n, a)| numbers[n + 1..].iter().map(move |b| a + b));
    pairs.into_iter().any(|sum| sum == total)
}

static NUMBERS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b\d{1,3}(?:[, \u{2009}\u{202f}\u{a0}]\d{3})+\b|\b\d+\b").ok());

/// The value of digits or words.
fn value(written: &str) -> Option<u64> {
    if written.starts_with(|c: char| c.is_ascii_digit()) {
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        return digits.parse().ok();
    }
    let (mut total, mut part) = (0, 0);
    for word in written.to_lowercase().split([' ', '-']).filter(|word| !word.is_empty() && *word != "and") {
        match word {
            "hundred" => part *= 100,
            "thousand" => {
                total += part * 1000;
                part = 0;
            }
            word => part += small(word)?,
        }
    }
    Some(total + part)
}

fn small(word: &str) -> Option<u64> {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let ones = ONES.iter().position(|known| *known == word).map(|n| n as u64);
    ones.or_else(|| TENS.iter().position(|known| *known == word).map(|n| 20 + 10 * n as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_compiles() {
        assert_eq!(GRAMMAR.len(), 13);
        assert!(NOT_THE_SAMPLE.is_some() && ARMS.is_some() && NUMBERS.is_some());
    }

    #[test]
    fn numbers_in_words_have_values() {
        assert_eq!(value("forty-two"), Some(42));
        assert_eq!(value("One hundred and twenty"), Some(120));
        assert_eq!(value("two thousand three hundred five"), Some(2305));
        assert_eq!(value("4,744"), Some(4744));
        assert_eq!(value("4\u{2009}744"), Some(4744));
    }
}
