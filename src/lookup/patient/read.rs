//! From the words of a patient to facts.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Fact, FactKind, Patient};
use crate::extract::extractors::population::quantities;
use crate::model::{ConceptId, ConceptType};
use crate::vocab::Vocabulary;

/// Words by what they are for.
static WORDS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let lines = include_str!("words.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.trim_end().split_once('\t')).collect()
});

fn is(kind: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    WORDS.iter().any(|(known, listed)| *known == kind && *listed == word)
}

/// Ways to give an age, the plainest first. The last two count only where the piece names the sex too, and where it has nothing else.
static AGES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\b(?P<n>\d{1,3})[- ]?(?:(?P<months>months?|mo)|years?|yrs?|y/?o|yo|y)?[- ]?(?:old|of age)\b",
        r"\b(?P<n>\d{1,3}) ?[FM]\b",
        r"\b[FM] ?(?P<n>\d{2,3})\b",
        r"(?i)\baged?:? ?(?P<n>\d{1,3})(?: ?(?P<months>months?))?\b",
        r"(?i)\b(?P<n>\d{1,3})[- ]?(?:y/?o|yo)\b",
        r"(?i)\b(?P<n>\d{1,3})[- ]?(?:(?P<months>months?)|years?|yrs?|y)\b",
        r"^\s*(?P<n>\d{1,3})\s*$",
    ]
    .iter()
    .filter_map(|form| Regex::new(form).ok())
    .collect()
});

/// The form of [`AGES`] that needs the sex beside it.
const WITH_SEX: usize = 5;

/// The name of a marker: capitals with digits or more capitals.
static MARKER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b[A-Z][A-Z0-9]*[A-Z0-9](?:[-*:][A-Z0-9]+(?:[*:]\d+)*)*(?:[*:]\d+)*").ok());

/// The most words of a name.
const LONGEST_NAME: usize = 8;

/// From one value to another, both included.
type Interval = (f64, f64);

/// The kidney's function by stage of its chronic disease: the stage, of which 3 is 3a (3) or 3b (3.5), and eGFR in mL/min/1.73 m²
/// (KDIGO 2012).
const STAGES: [(Interval, Interval); 7] = [
    ((1.0, 1.0), (90.0, 200.0)),
    ((2.0, 2.0), (60.0, 89.0)),
    ((3.0, 3.5), (30.0, 59.0)),
    ((3.0, 3.0), (45.0, 59.0)),
    ((3.5, 3.5), (30.0, 44.0)),
    ((4.0, 4.0), (15.0, 29.0)),
    ((5.0, 5.0), (0.0, 14.0)),
];

/// What is known of a patient, and what was not understood.
pub(in crate::lookup) fn read(description: &str, vocabulary: &Vocabulary) -> Patient {
    let mut patient = Patient::default();
    for piece in pieces(description) {
        Piece { text: piece, covered: Vec::new() }.read(vocabulary, &mut patient);
    }
    stage_as_function(&mut patient);
    patient
}

/// Parts of a description: between commas, semicolons and line ends, and sentences.
fn pieces(description: &str) -> impl Iterator<Item = &str> {
    description
        .split([',', ';', '\n', '\r', '•'])
        .flat_map(|part| part.split(". "))
        .map(|part| part.trim().trim_end_matches('.'))
        .filter(|part| !part.is_empty())
}

/// A piece of a description, and which of its bytes were understood.
struct Piece<'p> {
    text: &'p str,
    covered: Vec<Range<usize>>,
}

impl Piece<'_> {
    fn read(mut self, vocabulary: &Vocabulary, patient: &mut Patient) {
        self.age(patient);
        self.measures(patient);
        let words = self.words();
        self.sex(&words, patient);
        // What relatives had, and what is not borne, is no condition and no treatment of the patient.
        if !words.iter().any(|word| is("aside", &self.text[word.clone()])) {
            self.names(&words, vocabulary, patient);
            self.markers(patient);
        }
        let left: Vec<&str> = words
            .iter()
            .filter(|word| !self.is_covered(word))
            .map(|word| &self.text[(*word).clone()])
            .filter(|word| !["filler", "absent", "positive", "negative"].iter().any(|kind| is(kind, word)))
            .collect();
        if !left.is_empty() {
            patient.unread.push(left.join(" "));
        }
    }

    fn is_covered(&self, place: &Range<usize>) -> bool {
        self.covered.iter().any(|range| range.start < place.end && place.start < range.end)
    }

    /// The words, by their bytes; hyphens within them stay.
    fn words(&self) -> Vec<Range<usize>> {
        let mut words = Vec::new();
        let mut start = None;
        for (at, c) in self.text.char_indices().chain([(self.text.len(), ' ')]) {
            match (c.is_whitespace() || "()[]\"“”/".contains(c), start) {
                (false, None) => start = Some(at),
                (true, Some(from)) => {
                    words.push(from..at);
                    start = None;
                }
                _ => {}
            }
        }
        words
    }

    fn age(&mut self, patient: &mut Patient) {
        if patient.facts.iter().any(|fact| matches!(fact.kind, FactKind::Age { .. })) {
            return;
        }
        let names_sex = self.words().iter().any(|word| is_sex(&self.text[word.clone()]));
        let found = AGES.iter().enumerate().filter(|(n, _)| *n != WITH_SEX || names_sex).find_map(|(_, form)| {
            let captures = form.captures(self.text)?;
            let number = captures.name("n")?;
            // Behind a point it is a part of a number; behind “for” and “since” it is how long something lasts.
            let before = self.text[..number.start()].trim_end();
            let lasts = ["for", "since", "over", "x"].contains(&before.rsplit(' ').next().unwrap_or_default());
            (!before.ends_with('.') && !lasts).then(|| {
                let whole = captures.get(0).map_or(number.range(), |whole| whole.range());
                (number.range(), whole, captures.name("months").is_some())
            })
        });
        let Some((number, whole, months)) = found else { return };
        let Ok(written) = self.text[number.clone()].parse::<f32>() else { return };
        let years = if months { written / 12.0 } else { written };
        if years > 120.0 {
            return;
        }
        // The letter for the sex stands beside it, and is read for itself.
        let beside = self.text[whole.clone()].contains(['F', 'M']);
        self.covered.push(number);
        if !beside {
            self.covered.push(whole);
        }
        let words = if months { format!("{written} months old") } else { format!("{years} years old") };
        patient.facts.push(Fact { words, kind: FactKind::Age { years } });
    }

    fn measures(&mut self, patient: &mut Patient) {
        for read in quantities::read(self.text) {
            let Some((least, most)) = read.value() else { continue };
            let words = self.text[read.place.clone()].to_owned();
            let kind =
                FactKind::Measure { quantity: read.quantity.to_owned(), least, most, unit: read.unit.to_owned() };
            patient.facts.push(Fact { words, kind });
            // A stage is named with its condition, which is read for itself: only its number is done with.
            if read.unit != "class" {
                self.covered.push(read.place);
                continue;
            }
            let is_number = |word: &str| {
                word.starts_with(|c: char| c.is_ascii_digit()) || ["I", "II", "III", "IV", "V"].contains(&word)
            };
            let numbers =
                self.words().into_iter().filter(|word| read.place.start <= word.start && word.end <= read.place.end);
            let numbers: Vec<_> = numbers.filter(|word| is_number(&self.text[word.clone()])).collect();
            self.covered.extend(numbers);
        }
    }

    /// The names that a vocabulary knows, the longest first.
    fn names(&mut self, words: &[Range<usize>], vocabulary: &Vocabulary, patient: &mut Patient) {
        let mut at = 0;
        while at < words.len() {
            let name = (1..=LONGEST_NAME.min(words.len() - at)).rev().find_map(|length| {
                let place = words[at].start..words[at + length - 1].end;
                let text = self.text[place.clone()].trim_end_matches([':', '.']);
                if self.is_covered(&words[at]) || is("filler", text) || is_sex(text) {
                    return None;
                }
                let fits = |id: &ConceptId| {
                    vocabulary.concept_type(id).is_some_and(|kind| kind == ConceptType::Condition || kind.can_treat())
                        && !(vocabulary.is_abbreviation_of(text, id) && text != text.to_uppercase())
                };
                Some((length, place, vocabulary.find(text).into_iter().find(fits)?))
            });
            let Some((length, place, id)) = name else {
                at += 1;
                continue;
            };
            let absent = self.is_denied(&words[..at]);
            let negative = words.get(at + length).is_some_and(|word| is("negative", &self.text[word.clone()]));
            let present = !absent && !negative;
            let name = vocabulary.name(&id).unwrap_or_else(|| id.to_string());
            let known = patient
                .facts
                .iter()
                .any(|fact| matches!(&fact.kind, FactKind::Concept { id: held, .. } if *held == id));
            if !known {
                let mut covered_by = vec![id.clone()];
                covered_by.extend(vocabulary.broader(&id));
                let kinds = vocabulary.narrower(&id).into_iter().filter(|kind| *kind != id).collect();
                let words = if present { name.clone() } else { format!("no {name}") };
                patient.facts.push(Fact { words, kind: FactKind::Concept { id, name, present, covered_by, kinds } });
            }
            self.covered.push(place);
            at += length;
        }
    }

    /// Whether a word before denies what follows: up to one that begins anew (“no diabetes but heart failure”), and “never” only the next.
    fn is_denied(&self, before: &[Range<usize>]) -> bool {
        let mut denied = false;
        for (n, word) in before.iter().enumerate() {
            let word = self.text[word.clone()].trim_end_matches('-');
            if word.eq_ignore_ascii_case("never") {
                denied = n + 1 == before.len();
            } else if is("absent", word) {
                denied = true;
            } else if is("anew", word) {
                denied = false;
            }
        }
        denied
    }

    fn sex(&mut self, words: &[Range<usize>], patient: &mut Patient) {
        for word in words {
            let text = &self.text[word.clone()];
            // “72F” was read as the age, digits and all; “M0” is a stage of a tumour.
            let bare = text.trim_matches(|c: char| c.is_ascii_digit());
            let beside_age = bare.len() < text.len();
            if beside_age && text.len() < 3 || !beside_age && self.is_covered(word) {
                continue;
            }
            let Some(sex) = sex_of(bare.rsplit('-').next().unwrap_or(bare)) else { continue };
            self.covered.push(word.clone());
            if !patient.facts.iter().any(|fact| matches!(fact.kind, FactKind::Sex { .. })) {
                patient.facts.push(Fact { words: sex.to_owned(), kind: FactKind::Sex { sex } });
            }
        }
    }

    fn markers(&mut self, patient: &mut Patient) {
        let Some(form) = MARKER.as_ref() else { return };
        for place in form.find_iter(self.text).map(|found| found.range()).collect::<Vec<_>>() {
            if self.is_covered(&place) {
                continue;
            }
            let marker = self.text[place.clone()].to_owned();
            let behind = self.text[place.end..].split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
            // Letters alone are a marker where something is said of it; “BP” and “HR” stand before numbers.
            let is_told = behind.is_some_and(|word| is("negative", word) || is("positive", word));
            if !is_told && !marker.bytes().any(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let before = self.text[..place.start].split_whitespace().next_back();
            let absent =
                behind.is_some_and(|word| is("negative", word)) || before.is_some_and(|word| is("absent", word));
            let words = if absent { format!("{marker} negative") } else { marker.clone() };
            patient.facts.push(Fact { words, kind: FactKind::Marker { marker, present: !absent } });
            self.covered.push(place);
        }
    }
}

fn is_sex(word: &str) -> bool {
    sex_of(word).is_some()
}

fn sex_of(word: &str) -> Option<&'static str> {
    match word {
        "F" => Some("female"),
        "M" => Some("male"),
        _ if is("female", word) => Some("female"),
        _ if is("male", word) => Some("male"),
        _ => None,
    }
}

/// A stage of chronic kidney disease tells in which range the kidneys' function lies, where that itself is not given.
fn stage_as_function(patient: &mut Patient) {
    let measured = |name: &str| {
        patient.facts.iter().find_map(|fact| match &fact.kind {
            FactKind::Measure { quantity, least, most, .. } if quantity == name => Some((*least, *most)),
            _ => None,
        })
    };
    let (None, Some(stage)) = (measured("eGFR"), measured("CKD stage")) else { return };
    let Some((_, (least, most))) = STAGES.into_iter().find(|(known, _)| *known == stage) else { return };
    let words = format!("eGFR {least} to {most}, by the stage");
    let kind = FactKind::Measure { quantity: "eGFR".to_owned(), least, most, unit: "mL/min".to_owned() };
    patient.facts.push(Fact { words, kind });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(description: &str) -> (Vec<String>, Vec<String>) {
        let patient = read(description, &Vocabulary::starter());
        (patient.facts.into_iter().map(|fact| fact.words).collect(), patient.unread)
    }

    #[test]
    fn a_patient_is_read_as_clinicians_write() {
        let (facts, unread) = told("72 F, CKD stage 3, type 2 diabetes, on warfarin");
        assert_eq!(
            facts,
            [
                "72 years old",
                "female",
                "CKD stage 3",
                "Renal Insufficiency, Chronic",
                "Diabetes Mellitus, Type 2",
                "Warfarin",
                "eGFR 30 to 59, by the stage"
            ]
        );
        assert!(unread.is_empty(), "{unread:?}");
        let (facts, _) = told("8-month-old boy with asthma; eGFR 28 mL/min; no diabetes");
        assert_eq!(facts[..3], ["8 months old", "male", "Asthma"]);
        assert!(facts.contains(&"eGFR 28 mL/min".to_owned()), "{facts:?}");
        assert!(facts.iter().any(|fact| fact.starts_with("no Diabetes")), "{facts:?}");
        let (facts, _) = told("65M, BRCA1 positive, HLA-B*57:01 negative");
        assert_eq!(facts, ["65 years old", "male", "BRCA1", "HLA-B*57:01 negative"]);
    }

    #[test]
    fn words_are_not_taken_for_what_they_are_not() {
        let has = |description: &str, fact: &str| {
            let (facts, _) = told(description);
            facts.iter().any(|told| told == fact)
        };
        assert!(has("type 2 diabetes for 10 years, 72 F", "72 years old"));
        assert!(!has("type 2 diabetes for 10 years", "10 years old"));
        assert!(!has("T2 N1 M0, 61 F", "0 years old") && has("T2 N1 M0, 61 F", "female"));
        assert!(has("stage 3 CKD", "Renal Insufficiency, Chronic"));
        assert!(has("CKD stage 3b", "eGFR 30 to 44, by the stage"));
        assert!(has("no diabetes but heart failure", "Heart Failure"));
        assert!(!told("family history of breast cancer").0.iter().any(|fact| fact.contains("Breast")));
        assert!(!told("allergic to penicillin").0.iter().any(|fact| fact.contains("enicillin")));
        assert!(!has("BP 150/90", "BP"));
    }

    #[test]
    fn what_was_not_understood_is_said() {
        let (facts, unread) = told("woman aged 40, likes gardening");
        assert_eq!(facts, ["40 years old", "female"]);
        assert_eq!(unread, ["likes gardening"]);
    }

    proptest! {
        #[test]
        fn no_description_makes_it_fail(description in "\\PC{0,120}") {
            let _ = read(&description, &Vocabulary::starter());
        }
    }
}
