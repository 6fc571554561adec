//! How many took part.
//!
//! Grammar over sentences (`sample_sizes.tsv`), not learned: a number beside a word for participants, in a phrase that says what
//! was done with them. Numbers of arms, centres, people screened, ages, doses and years have other phrases around them and are
//! not taken.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::extract::pattern::Pattern;
use crate::extract::{Input, marks_within, table};
use crate::model::{Annotation, SampleSize, SampleSizeKind, SentenceRole, StudyDesign};

/// A number in digits (thousands parted by commas, thin or plain blanks), or in words.
const NUMBER: &str = r"\d{1,3}(?:[, \u{2009}\u{202f}\u{a0}]\d{3})+|\d+|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:and )?(?:hundred|thousand|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety))*";
/// Words for those who take part.
const PEOPLE: &str = r"(?P<who>patients|participants|subjects|adults|children|women|men|people|persons|individuals|volunteers|outpatients|inpatients|infants|adolescents|residents|survivors|girls|boys|mothers|veterans|students|neonates|newborns|males|females|athletes|nurses|physicians|clinicians|practitioners|GPs|paramedics|workers|employees|caregivers|smokers|couples|respondents|parturients|schoolchildren|preschoolers|runners|players|cyclists|soldiers|pupils|teenagers|youths|elders|seniors|donors)";
/// Up to five words that may stand between the number and the people.
const BETWEEN: &str = r"(?:[\w'’/()≥≤<>-]+,? ){0,5}?";
/// Words that hold no number.
const WORDS: &str = r"(?:[a-zA-Z'’-]+,? )";
/// An aside behind the people: "(60 women)".
const ASIDE: &str = r"(?:/\w+)?(?: ?\([^()]{1,100}\))?";
/// What the people have, up to the verb.
const WITH: &str = r"(?:,? (?:with|who|aged|ages|from|in|undergoing|having|at|hospitali[sz]ed|admitted|including|that|whose|requiring|treated|without|receiving|suffering|diagnosed|scheduled|presenting|\d[\d–-]*|fulfilling|meeting|attending|referred|between|older|over|above|of|between) (?:[^.;:]|\.\d){1,160}?)?";
/// What was done with those who were randomised; enrolled first, perhaps.
const RANDOMISED: &str = r"(?:were|was|had been) (?:[a-zA-Z,'’-]+ ){0,8}?(?:randomly (?:assigned|allocated|divided|distributed)|randomi[sz]ed|(?:assigned|allocated|divided) randomly|assigned|allocated)";

/// Where a phrase tells the size of the study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// Wherever it stands.
    Anywhere,
    /// In an abstract: a full text says it of parts and of other studies too.
    Abstract,
    /// In the methods of an abstract, or a sentence of it without a role: among results it may tell of a part.
    Methods,
    /// The same, with the number at the head of the sentence or of its main clause.
    Head,
    /// In a review: in a trial "in 12 patients" is a part of it.
    Reviews,
}

struct Grammar {
    kind: SampleSizeKind,
    tells: Where,
    form: Pattern,
}

static GRAMMAR: LazyLock<Vec<Grammar>> =
    LazyLock::new(|| table::rows(include_str!("sample_sizes.tsv")).filter_map(|row| Grammar::read(&row)).collect());

impl Grammar {
    /// How sure a size of this form is: one that only heads the methods gives way to one that is told.
    fn confidence(&self) -> f32 {
        match (self.kind, self.tells) {
            (SampleSizeKind::Randomised, _) => 0.95,
            (_, Where::Methods | Where::Head) => 0.75,
            _ => 0.85,
        }
    }

    fn read(row: &[&'static str]) -> Option<Self> {
        let [kind, form] = row else { return None };
        let (kind, tells) = match *kind {
            "randomised" => (SampleSizeKind::Randomised, Where::Anywhere),
            "enrolled" => (SampleSizeKind::Enrolled, Where::Anywhere),
            "enrolled in abstract" => (SampleSizeKind::Enrolled, Where::Abstract),
            "analysed in abstract" => (SampleSizeKind::Analysed, Where::Abstract),
            "enrolled in methods" => (SampleSizeKind::Enrolled, Where::Methods),
            "enrolled head" => (SampleSizeKind::Enrolled, Where::Head),
            "analysed" => (SampleSizeKind::Analysed, Where::Reviews),
            _ => return None,
        };
        let form = form
            .replace("{n}", &format!("(?P<n>{NUMBER})"))
            .replace("{between}", BETWEEN)
            .replace("{people}", PEOPLE)
            .replace("{aside}", ASIDE)
            .replace("{with}", WITH)
            .replace("{words}", WORDS)
            .replace("{randomised}", RANDOMISED);
        Some(Self { kind, tells, form: Pattern::new(&format!(r"(?i)\b{form}")).ok()? })
    }
}

/// A number, and people: what every size has.
static COUNTED: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let number = r"\d|(?i-u:\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b)";
    let people =
        format!("(?i){}|analy[sz]ed|included|randomi[sz]ed|assigned|allocated", PEOPLE.replace("?P<who>", "?:"));
    [number, &people].iter().filter_map(|form| Pattern::new(form).ok()).collect()
});

/// What a number of participants is not: people looked at before the study, or another thing counted with them.
static NOT_THE_SAMPLE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    Pattern::new(r"(?i)\b(?:will|would|planned|propose[ds]?|even if|assuming|completed|finished|screened|assessed for eligibility|approached|invited|eligible|excluded|withdrew|dropped out|died|lost to follow|(?:occurred|developed|arose|happened|seen|observed|present) in)\b").ok()
});
/// A second number that goes to another arm: then the first is an arm too.
static ARMS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    Pattern::new(&format!(
        r"(?i)\bto\b.*(?:\band|\bor|,|;) (?:the (?:other|remaining) )?(?:{NUMBER}) (?:[\w-]+ ){{0,4}}?to\b|\b(?:and|while|whereas) (?:the (?:other|remaining) )?(?:{NUMBER}) (?:[\w-]+ ){{0,3}}?(?:{PEOPLE}|controls|received|to|(?:were|was) given)\b"
    ))
    .ok()
});

/// Words before a size that make it one of several.
static ONE_OF_SEVERAL: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    Pattern::new(r"(?i)\b(?:each|half of|third of|quarter of|rest of|remaining|(?:study|experiment|part) (?:[1-4]|[AB]|I{1,3}|one|two|three))\b").ok()
});
/// Other people counted with them: "18 patients and 12 nurses".
static AND_MORE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    Pattern::new(&format!(r"(?i)^,? (?:and|plus) (?:{NUMBER}) [a-z]|^,? ?(?:and |plus |as well as )?(?:the )?(?:{NUMBER}) (?:[\w-]+ ){{0,3}}?{PEOPLE}")).ok()
});

/// Words behind a size that make it one of a group: "50 patients were included in the treated group".
static IN_A_GROUP: LazyLock<Option<Pattern>> =
    LazyLock::new(|| Pattern::new(r"(?i)^ (?:in|into) the (?:[\w-]+ ){0,4}?(?:group|arm)\b").ok());
/// The size of another group.
static OTHER_GROUP: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\bn ?= ?\d").ok());

/// Whether a text ends with these words, in any case.
fn ends_with(text: &str, words: &str) -> bool {
    text.len() >= words.len()
        && text.is_char_boundary(text.len() - words.len())
        && text[text.len() - words.len()..].eq_ignore_ascii_case(words)
}

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
    let surest = found.iter().map(|size| size.confidence).fold(0.0, f32::max);
    found.retain(|size| size.confidence >= surest);
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
    let marks = if of_abstract { Vec::new() } else { input.citation_marks() };
    for sentence in &annotation.sentences {
        if !input.states(sentence) || input.in_abstract(sentence.passage) != of_abstract {
            continue;
        }
        // The title says it of the study; background and conclusions may speak of others. So may a full text wherever it cites them
        // or its section is none of methods and results.
        let told = match sentence.role {
            Some(SentenceRole::Methods | SentenceRole::Results) => {
                of_abstract || marks_within(&marks, sentence.span).is_empty()
            }
            None | Some(SentenceRole::Objective) => of_abstract,
            _ => false,
        };
        if !told {
            continue;
        }
        let bytes = input.text.bytes(sentence.span);
        let text = &input.text.text()[bytes.clone()];
        // What is planned has not taken part.
        if text.contains(" will ") {
            continue;
        }
        // Most sentences have no number, or no people.
        let counts = COUNTED.iter().all(|form| form.is_match(text));
        for grammar in GRAMMAR.iter().filter(|_| counts) {
            let here = match grammar.tells {
                Where::Anywhere => true,
                Where::Abstract => of_abstract,
                Where::Methods | Where::Head => {
                    of_abstract && matches!(sentence.role, None | Some(SentenceRole::Methods))
                }
                Where::Reviews => design == Some(StudyDesign::SystematicReviewOrMetaAnalysis),
            };
            if !here {
                continue;
            }
            let mut from = 0;
            while let Some(captures) = grammar.form.captures_at(text, from) {
                let Some(number) = captures.name("n") else { break };
                // A number that is not it may stand right before the one that is: "in 31 hospitals, 607 patients".
                from = number.end();
                let whole = captures.get(0).map_or(0, |whole| whole.start());
                if grammar.tells == Where::Head && !at_head(&text[..whole]) {
                    continue;
                }
                // "One" and "two patients" of a full text are cases that it tells of.
                let read = read(&captures, text).filter(|(_, value)| of_abstract || *value >= FEWEST);
                found.extend(read.map(|(place, value)| SampleSize {
                    value,
                    kind: grammar.kind,
                    span: input.text.span(bytes.start + place.start..bytes.start + place.end),
                    confidence: grammar.confidence(),
                }));
            }
        }
    }
    found
}

/// Whether what stands before a phrase is at most an introduction: "In this crossover study, ".
fn at_head(before: &str) -> bool {
    let before = before.trim_end();
    let introduced = before.ends_with(',') && !before.contains(|c: char| c.is_ascii_digit() || c == ';');
    // "Methods: ", "Male subjects"
    let short = before.len() < 24 && !before.contains(|c: char| c.is_ascii_digit());
    before.is_empty() || introduced || short
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
    let others = between.contains(" of ")
        || between.contains(" and ")
        || ["control", "matched"].iter().any(|word| between.to_lowercase().contains(word))
        || between.contains(|c: char| c.is_ascii_digit())
        // "601 (365 of the drug, 236 of usual care) patients": the number stands in an aside.
        || between.matches(')').count() > between.matches('(').count();
    let listed = [
        "and ",
        "as well as ",
        "plus ",
        "first ",
        "along with ",
        "compared with ",
        "compared to ",
        "versus ",
        "vs ",
        "vs. ",
    ]
    .iter()
    .any(|words| ends_with(before, words));
    // "of 500 patients", "3.5", "12/500", "n-500": parts of other statements, unless the form begins with the words.
    let part = ["of ", "of the ", "among ", "among the ", "data from "].iter().any(|words| ends_with(before, words))
        && number.start() == whole.start();
    // "The control group included 25 women": an arm.
    let lead_in = &text[floor(text, whole.start().saturating_sub(24))..whole.start()];
    // What is looked at around a match is bounded, so that time grows with the text and no faster.
    let rest = &text[whole.end()..floor(text, whole.end() + NEAR)];
    // "In each study", "in study 2": one of several.
    let lead_words = &text[floor(text, whole.start().saturating_sub(40))..whole.start()];
    let one_of_several = ONE_OF_SEVERAL.as_ref().is_some_and(|form| form.is_match(lead_words));
    let of_arm = number.start() > whole.start()
        && lead_in.rsplit([',', ';', '.', ':']).next().is_some_and(|words| {
            words.split([' ', '-']).any(|word| {
                ["group", "groups", "arm", "arms", "controls", "cohorts"].contains(&word.to_lowercase().as_str())
            })
        });
    // "Grade 6 students", "16 to 20 sessions, subjects were".
    let named = before
        .trim_end()
        .rsplit(' ')
        .next()
        .is_some_and(|word| NAMED.contains(&word.trim_matches('(').to_lowercase().as_str()));
    let ranged = before.trim_end_matches(' ').ends_with(" to")
        && before.trim_end_matches(" to ").ends_with(|c: char| c.is_ascii_digit());
    let things = between.split([' ', ',']).any(|word| THINGS.contains(&word.to_lowercase().as_str()));
    // "11 trials (47,872 participants)" is told in brackets; other numbers there are of parts.
    let aside = before.ends_with('(') && !ends_with(before, "trials (") && !ends_with(before, "studies (");
    let joined = aside
        || before.ends_with(['.', ',', '/', '-', '–', '·', '%', '$', '€', '£'])
        || part && !before.ends_with("total of ") && !before.ends_with("tion of ");
    let clause_end = rest.find([',', ';', '.', ':', '(']).map_or(whole.end() + rest.len(), |n| whole.end() + n);
    // What stands right before says it too: "we invited a total of 138 patients".
    let lead = floor(text, before.len().saturating_sub(24));
    let lead = before[lead..].rfind([',', ';', '.', ':']).map_or(lead, |at| lead + at);
    let other = NOT_THE_SAMPLE.as_ref().is_some_and(|form| form.is_match(&text[lead..clause_end]));
    let behind_people = captures
        .name("who")
        .filter(|who| who.start() > number.end())
        .map_or(rest, |who| &text[who.end()..floor(text, whole.end() + NEAR).max(who.end())]);
    let arm = ARMS.as_ref().is_some_and(|form| form.is_match(behind_people)) && !sums_to(behind_people, value);
    let year = (1900..=2100).contains(&value) && !number.as_str().contains(',') && before.ends_with("in ");
    let behind = captures.name("who").map_or("", |who| text[who.end()..].trim_start());
    let and_more =
        AND_MORE.as_ref().is_some_and(|form| form.is_match(rest) || form.is_match(&behind[..floor(behind, NEAR)]));
    // "Patients (n = 26) … controls (n = 26)": one of two groups.
    let in_brackets = before.trim_end().ends_with('=');
    let in_a_group = IN_A_GROUP.as_ref().is_some_and(|form| form.is_match(rest)) && !sums_to(rest, value);
    let of_two = in_brackets && OTHER_GROUP.as_ref().is_some_and(|form| form.find_iter(rest).count() == 1);
    let each = ["each", "in each", "per ", "from each"].iter().any(|words| behind.starts_with(words));
    (value > 0
        && !of_arm
        && !one_of_several
        && !and_more
        && !of_two
        && !in_a_group
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

/// The fewest participants that are believed of a full text.
const FEWEST: u64 = 4;

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
        assert_eq!(GRAMMAR.len(), table::rows(include_str!("sample_sizes.tsv")).count());
        assert!(GRAMMAR.iter().all(|grammar| grammar.form.is_sound()));
        let looked_at = [&NOT_THE_SAMPLE, &ARMS, &ONE_OF_SEVERAL, &AND_MORE, &IN_A_GROUP];
        assert!(looked_at.iter().all(|form| form.as_ref().is_some_and(Pattern::is_sound)));
        assert!(NUMBERS.is_some() && OTHER_GROUP.is_some());
        assert!(COUNTED.len() == 2 && COUNTED.iter().all(Pattern::is_sound));
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
