//! Bounds on what is measured in people: “eGFR below 30 mL/min”, “HbA1c 7.0–10.5 %”.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::extract::pattern::Pattern;
use crate::extract::table;

/// A quantity, in one of its units.
struct Unit {
    quantity: &'static str,
    unit: &'static str,
    written: Regex,
    range: (f64, f64),
}

/// The ways in which a quantity is named, with a bound.
struct Named {
    quantity: &'static str,
    form: Pattern,
}

/// A bound as read; places in bytes of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// What is measured, by its one name.
    pub quantity: &'static str,
    /// The least value, and whether it is meant itself.
    pub least: Option<(f64, bool)>,
    /// The greatest value, and whether it is meant itself.
    pub most: Option<(f64, bool)>,
    /// The unit, by its one name.
    pub unit: &'static str,
    /// Where it stands.
    pub place: Range<usize>,
}

impl Read {
    /// The value, where one was given and no bound: the least and the greatest that it may be, which differ only for stage 3.
    pub fn value(&self) -> Option<(f64, f64)> {
        match (self.least, self.most) {
            (Some((least, true)), Some((most, true))) if least == most => Some((least, most)),
            (Some((least, true)), Some((most, true))) if (least, most) == (PARTED.floor(), PARTED) => {
                Some((least, most))
            }
            _ => None,
        }
    }
}

const NUMBER: &str = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:[.·]\d+)?[ab]?|(?:IV|I{1,3}|V)\b)";
/// What stands before a number, the longer forms first; whether it is a bound below, and whether the number itself is meant.
const OPERATORS: [(&str, bool, bool); 39] = [
    ("greater than or equal to", true, true),
    ("more than or equal to", true, true),
    ("equal to or greater than", true, true),
    ("equal to or more than", true, true),
    ("equal to or higher than", true, true),
    ("less than or equal to", false, true),
    ("lower than or equal to", false, true),
    ("equal to or less than", false, true),
    ("equal to or lower than", false, true),
    ("no less than", true, true),
    ("not less than", true, true),
    ("not lower than", true, true),
    ("no more than", false, true),
    ("not more than", false, true),
    ("not higher than", false, true),
    ("greater than", true, false),
    ("more than", true, false),
    ("higher than", true, false),
    ("less than", false, false),
    ("lower than", false, false),
    ("exceeding", true, false),
    ("at least", true, true),
    ("at most", false, true),
    ("up to", false, true),
    ("above", true, false),
    ("below", false, false),
    ("under", false, false),
    ("over", true, false),
    ("from", true, true),
    (">=", true, true),
    ("<=", false, true),
    ("> =", true, true),
    ("< =", false, true),
    ("≥", true, true),
    ("≤", false, true),
    ("⩾", true, true),
    ("⩽", false, true),
    (">", true, false),
    ("<", false, false),
];

/// All of them, as a regular expression.
fn operators() -> String {
    OPERATORS.map(|(words, ..)| words).join("|")
}

static ROWS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| table::rows(include_str!("quantities.tsv")).collect());

static UNITS: LazyLock<Vec<Unit>> = LazyLock::new(|| {
    let unit = |row: &Vec<&'static str>| {
        let [quantity, _, unit, written, low, high] = row.as_slice() else { return None };
        let written = Regex::new(&format!("(?i)^ ?(?:{written})")).ok()?;
        Some(Unit { quantity, unit, written, range: (low.parse().ok()?, high.parse().ok()?) })
    };
    ROWS.iter().filter_map(unit).collect()
});

static NAMED: LazyLock<Vec<Named>> = LazyLock::new(|| {
    let written: Vec<&str> = ROWS.iter().filter_map(|row| row.get(3).copied()).collect();
    let unit = format!("(?: ?(?:{}))", written.join("|"));
    let operators = format!("{}|between|of|=", operators());
    // Of classes “III or IV” and “III/IV” are all of them; of what is measured “or” parts the line (see [`OR_ELSE`]).
    let bound = |either: &str| {
        format!(
            r"(?P<op>{operators})? ?(?P<n>{NUMBER})(?P<unit>{unit})?(?: ?(?P<to>–|-|−|to|through|and|but|, ?{either}) ?(?P<op2>{operators})? ?(?P<n2>{NUMBER})(?P<unit2>{unit})?)?(?P<suffix>,? (?:or|and) (?:less|lower|below|under|more|higher|greater|above|over)\b)?"
        )
    };
    let link = r"(?: levels?| values?| scores?)?(?: at (?:baseline|screening|entry|enrol?ment))?,? ?(?:was|were|is|of|:|,)? ?\(?";
    let mut named: Vec<Named> = Vec::new();
    for row in ROWS.iter() {
        let [quantity, names, unit_of, ..] = row.as_slice() else { continue };
        if named.iter().any(|known| known.quantity == *quantity) {
            continue;
        }
        // A group can be named once: a form with the bound in another place is a form of its own.
        let forms: Vec<String> = match names.contains("{bound}") {
            true => names.split('|').fold(Vec::<String>::new(), |mut forms, part| {
                // Alternatives within brackets stay together.
                match forms.last_mut().filter(|last| last.matches('(').count() > last.matches(')').count()) {
                    Some(last) => *last = format!("{last}|{part}"),
                    None => forms.push(part.to_owned()),
                }
                forms
            }),
            false => vec![format!("(?:{names}){link}{{bound}}")],
        };
        for form in forms {
            let bound = bound(if *unit_of == "class" { "|or|/" } else { "" });
            let form = Pattern::new(&format!(r"(?i)\b{}", form.replace("{bound}", &bound)));
            named.extend(form.ok().map(|form| Named { quantity, form }));
        }
    }
    named
});

/// Another bound on the same: “or above 60”.
static OR_ELSE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)^,? or ?(?P<op>{}) ?(?P<n>{NUMBER})", operators())).ok());

/// Whether a text may hold a bound at all: most sentences do not, and cost no more than this.
fn may_hold(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) || text.contains("class") || text.contains("stage")
}

/// Every bound, and every value, in a text. What cannot be told (a number without a unit that fits two) is passed over.
pub fn read(text: &str) -> Vec<Read> {
    let mut found: Vec<Read> = Vec::new();
    if !may_hold(text) {
        return found;
    }
    for named in NAMED.iter() {
        for captures in named.form.captures_iter(text) {
            let Some(whole) = captures.get(0) else { continue };
            // “creatinine clearance” is not “creatinine”: the quantity that was read first has the longer name.
            if found.iter().any(|read| read.place.start < whole.end() && whole.start() < read.place.end) {
                continue;
            }
            // “albumin:creatinine” is a ratio.
            if text[..whole.start()].ends_with([':', '/', '-']) {
                continue;
            }
            let Some(read) = interpret(named.quantity, &captures, text) else {
                continue;
            };
            let other = or_else(&read, text);
            found.push(read);
            found.extend(other);
        }
    }
    found.sort_by_key(|read| read.place.start);
    found
}

/// The second of two bounds that leave out what lies between them.
fn or_else(first: &Read, text: &str) -> Option<Read> {
    let rest = first.place.end;
    let captures = OR_ELSE.as_ref()?.captures(&text[rest..])?;
    let (least, most) = bound(side(&captures["op"])?, number(first.quantity, &captures["n"])?.0);
    let place = rest..rest + captures.get(0)?.end();
    Some(Read { least, most, place, ..first.clone() })
}

/// Of an operator: whether it is a bound below, and whether the number itself is meant. None: it says neither.
fn side(operator: &str) -> Option<(bool, bool)> {
    let known = OPERATORS.iter().find(|(words, ..)| operator.eq_ignore_ascii_case(words))?;
    Some((known.1, known.2))
}

/// A value, and whether it is meant itself.
type End = Option<(f64, bool)>;

fn bound((lower, with): (bool, bool), value: f64) -> (End, End) {
    if lower { (Some((value, with)), None) } else { (None, Some((value, with))) }
}

/// The quantity whose third step is parted in two.
const STAGED: &str = "CKD stage";
/// Where its second part begins: stage 3b.
const PARTED: f64 = 3.5;

/// The least and the greatest value that a number may mean: stage 3 is 3a or 3b.
fn number(quantity: &str, text: &str) -> Option<(f64, f64)> {
    let roman = ["I", "II", "III", "IV", "V"].iter().position(|roman| text.eq_ignore_ascii_case(roman));
    let plain = text.trim_end_matches(['a', 'b']);
    let value: f64 = match roman {
        Some(at) => (at + 1) as f64,
        None => plain.replace(',', "").replace('·', ".").parse().ok()?,
    };
    Some(match (quantity == STAGED && value == PARTED.floor(), text.chars().last()) {
        (true, Some('a')) => (value, value),
        (true, Some('b')) => (PARTED, PARTED),
        (true, _) => (value, PARTED),
        (false, _) => (value, value),
    })
}

/// Words that may stand behind a number without a unit. Behind any other it has a unit that is not known here: “1.5 times the upper
/// limit”, “95th percentile”.
const BEHIND: [&str; 15] =
    ["and", "or", "but", "were", "was", "are", "at", "who", "with", "if", "despite", "on", "not", "in", "heart"];

fn begins_with_number(rest: &str) -> bool {
    rest.trim_start().starts_with(|c: char| c.is_ascii_digit())
}

fn has_other_unit(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}', '\u{2009}']);
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
    match rest.chars().next() {
        None => false,
        Some(c) if c.is_alphanumeric() => !BEHIND.contains(&word.to_lowercase().as_str()),
        Some(c) => !".,;:)]!?".contains(c),
    }
}

/// Another number behind a bound: “II, III or IV”.
static AND_MORE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)^,? ?(?:or|and|/|–|-|−) ?{NUMBER}\b|^, ?{NUMBER}\b")).ok());

fn interpret(quantity: &'static str, captures: &Captures<'_>, whole_text: &str) -> Option<Read> {
    let text = |name: &str| captures.name(name).map(|found| found.as_str());
    let mut place = captures.get(0)?.range();
    // “below 18.5 or above 35”: what looks like the end of the first begins the second.
    let suffix = captures.name("suffix").filter(|suffix| !begins_with_number(&whole_text[suffix.end()..]));
    if let (Some(begun), None) = (captures.name("suffix"), suffix) {
        place.end = begun.start();
    }
    let suffix = suffix.map(|suffix| suffix.as_str().to_lowercase());
    let rest = &whole_text[place.end..];
    let (first, first_most) = number(quantity, text("n")?)?;
    let second = text("n2").and_then(|text| number(quantity, text));
    let second_most = second.map(|(_, most)| most);
    let second = second.map(|(least, _)| least);
    let written = text("unit").or(text("unit2"));
    let unit = unit(quantity, written, &[Some(first), second])?;
    // What follows a name with its number in front (“stage 3 CKD”) is no unit.
    let ends_with_number = captures.name("n2").or(captures.name("n")).is_some_and(|last| last.end() == place.end);
    let is_other = written.is_none() && unit != "class" && has_other_unit(rest);
    let goes_on = AND_MORE.as_ref().is_some_and(|form| form.is_match(rest));
    if ends_with_number && (is_other || goes_on) {
        return None;
    }
    let (one, two) = (text("op").and_then(side), text("op2").and_then(side));
    // Of classes “III or IV” is a range; of what is measured two numbers with “or” part the line, and are read by [`or_else`].
    let either = matches!(text("to").map(str::trim), Some("or" | "/" | "and" | ",")) && unit == "class";
    let joined =
        matches!(text("to"), Some("–" | "-" | "−" | "to" | "through")) || text("op") == Some("between") || either;
    let (least, most) = match (one, second, two, suffix) {
        (None, None, _, Some(suffix)) => {
            let lower = ["more", "higher", "greater", "above", "over"].iter().any(|word| suffix.ends_with(word));
            bound((lower, true), if lower { first } else { first_most })
        }
        (None, Some(second), None, None) if joined && first <= second => {
            (Some((first, true)), second_most.map(|most| (most, true)))
        }
        (Some((true, with)), Some(second), None, None) if joined && !either && first < second => {
            (Some((first, with)), Some((second, true)))
        }
        (Some(one), Some(second), Some(two), None) if one.0 != two.0 => {
            let (a, b) = (bound(one, first), bound(two, second));
            (a.0.or(b.0), a.1.or(b.1))
        }
        (Some(one), None, _, None) => {
            bound(one, if one == (false, true) || one == (true, false) { first_most } else { first })
        }
        (None, None, None, None) if text("op").is_none_or(|op| op == "=" || op == "of") => {
            (Some((first, true)), Some((first_most, true)))
        }
        _ => return None,
    };
    Some(Read { quantity, least, most, unit, place })
}

/// The unit that is written, or the one in whose range the numbers lie.
fn unit(quantity: &str, written: Option<&str>, numbers: &[Option<f64>]) -> Option<&'static str> {
    let fits = |unit: &&Unit| numbers.iter().flatten().all(|n| unit.range.0 <= *n && *n <= unit.range.1);
    let units = || UNITS.iter().filter(|unit| unit.quantity == quantity);
    match written {
        Some(written) => units().filter(|unit| unit.written.is_match(written)).find(fits).map(|unit| unit.unit),
        None => {
            let mut fitting = units().filter(fits);
            let first = fitting.next()?;
            fitting.next().is_none().then_some(first.unit)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_compile() {
        assert!(!NAMED.is_empty() && NAMED.iter().all(|named| named.form.is_sound()));
    }

    /// What is read, as `quantity [least, most] unit`, with round brackets for ends that are not meant.
    fn told(text: &str) -> Vec<String> {
        let end = |end: Option<(f64, bool)>, open: &str| match end {
            None => open.to_owned(),
            Some((value, true)) => format!("={value}"),
            Some((value, false)) => format!("{value}"),
        };
        read(text)
            .iter()
            .map(|read| format!("{} {}..{} {}", read.quantity, end(read.least, ""), end(read.most, ""), read.unit))
            .collect()
    }

    #[test]
    fn bounds_are_read_as_journals_write_them() {
        for (text, expected) in [
            ("eGFR <30 mL/min/1.73 m2", "eGFR ..30 mL/min"),
            ("an estimated glomerular filtration rate below 45 ml per minute", "eGFR ..45 mL/min"),
            ("HbA1c 7.0–10.5%", "HbA1c =7..=10.5 %"),
            ("HbA1c ≥7.0% and ≤10.5%", "HbA1c =7..=10.5 %"),
            ("glycated haemoglobin between 53 and 91 mmol/mol", "HbA1c =53..=91 mmol/mol"),
            ("a left ventricular ejection fraction of 40% or less", "LVEF ..=40 %"),
            ("BMI of at least 30 kg/m2", "BMI =30.. kg/m²"),
            ("body mass index >25", "BMI 25.. kg/m²"),
            ("NYHA class II-IV", "NYHA class =2..=4 class"),
            ("New York Heart Association class II to IV", "NYHA class =2..=4 class"),
            ("chronic kidney disease stage 4 or more", "CKD stage =4.. class"),
            ("stage 3 CKD", "CKD stage =3..=3.5 class"),
            ("CKD stage 3b", "CKD stage =3.5..=3.5 class"),
            ("CKD stage 3b or higher were excluded", "CKD stage =3.5.. class"),
            ("CKD stage 4 or 5 were excluded", "CKD stage =4..=5 class"),
            ("NYHA class III or IV heart failure", "NYHA class =3..=4 class"),
            ("NYHA class III/IV", "NYHA class =3..=4 class"),
            ("WHO performance status 0-2", "ECOG =0..=2 points"),
            ("creatinine clearance less than 30 mL/min", "creatinine clearance ..30 mL/min"),
            ("serum creatinine > 2.0 mg/dL", "creatinine 2.. mg/dL"),
            ("systolic blood pressure of 140 mmHg or higher", "systolic pressure =140.. mmHg"),
            ("eGFR 35", "eGFR =35..=35 mL/min"),
            ("HbA1c 8.2%", "HbA1c =8.2..=8.2 %"),
        ] {
            assert_eq!(told(text), [expected], "{text}");
        }
    }

    #[test]
    fn two_bounds_that_part_the_line_are_two() {
        assert_eq!(told("potassium <3.5 or >5.5 mmol/L"), ["potassium ..3.5 mmol/L", "potassium 5.5.. mmol/L"]);
    }

    #[test]
    fn what_cannot_be_told_is_passed_over() {
        for text in [
            "HbA1c was measured at 12 weeks",
            "creatinine 17",
            "eGFR 900 mL/min",
            "BMI and age",
            "the EFFECT 40 trial",
            "creatinine ≤1.5 times the upper limit of normal",
            "BMI ≥95th percentile",
            "albumin:creatinine >30 mg/g",
            "HbA1c 3 months ago",
            "NYHA class II, III or IV",
            "who were at least 3 months post partum",
        ] {
            assert!(told(text).is_empty(), "{text}: {:?}", told(text));
        }
    }
}
