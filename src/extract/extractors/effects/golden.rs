//! Invented phrases with the reading that is expected of each (`golden.tsv`), and properties that hold for every text.

use proptest::prelude::*;

use super::{Reading, read};

/// An effect in one line: `HR 0.74 [95: 0.65, 0.85] p<0.001 ok`.
fn line(reading: &Reading) -> String {
    let effect = &reading.effect;
    let mut parts = vec![effect.measure.name().to_owned()];
    if let Some(value) = effect.value {
        let unit = effect.unit.as_deref().map(|unit| format!("{{{unit}}}")).unwrap_or_default();
        parts.push(format!("{value}{unit}"));
    }
    if let Some(ci) = effect.ci {
        let level = ci.level.map_or("?".to_owned(), |level| level.to_string());
        parts.push(format!("[{level}: {}, {}]", ci.low, ci.high));
    }
    if let Some(p) = effect.p {
        let other = if reading.tests_difference { "" } else { "*" };
        parts.push(format!("p{other}{}{}", p.op.sign(), p.value));
    }
    match effect.consistent {
        Some(true) => parts.push("ok".to_owned()),
        Some(false) => parts.push("conflict".to_owned()),
        None => {}
    }
    parts.join(" ")
}

fn lines(text: &str) -> String {
    let all: Vec<String> = read(text).iter().map(line).collect();
    if all.is_empty() { "-".to_owned() } else { all.join(" | ") }
}

#[test]
fn every_golden_phrase_is_read_as_expected() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in include_str!("golden.tsv").lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
        let (phrase, expected) = row.split_once('\t').expect("a phrase, a tab, a reading");
        let got = lines(phrase);
        count += 1;
        if got != expected {
            wrong.push(format!("{phrase}\n   expected {expected}\n   read     {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} phrases are read wrongly:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 120, "only {count} golden phrases");
}

/// The digits of a number as they may be printed: without sign, leading zero and trailing zeros.
fn significant_digits(value: f64) -> String {
    let plain = format!("{}", value.abs());
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').trim_end_matches('0').to_owned()
}

/// Every number of `reading` stands in the text that its span covers.
fn stands_in_its_span(text: &str, reading: &Reading) -> bool {
    let Some(span) = text.get(reading.bytes.clone()) else { return false };
    let printed: String = span.chars().filter(char::is_ascii_digit).collect();
    let effect = &reading.effect;
    let p = effect.p.map(|p| p.value).filter(|value| *value >= 1e-7);
    let numbers = [effect.value, effect.ci.map(|ci| ci.low), effect.ci.map(|ci| ci.high), p];
    let unit = effect.unit.as_deref().is_none_or(|unit| span.contains(unit));
    unit && numbers.into_iter().flatten().all(|number| printed.contains(&significant_digits(number)))
}

#[test]
fn the_numbers_of_the_golden_phrases_stand_in_their_spans() {
    for row in include_str!("golden.tsv").lines().filter(|row| !row.is_empty() && !row.starts_with('#')) {
        let phrase = row.split('\t').next().unwrap_or_default();
        for reading in read(phrase) {
            assert!(stands_in_its_span(phrase, &reading), "{phrase}: {reading:?}");
        }
    }
}

/// Pieces of which sentences about numbers are made, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "HR",
        "OR",
        "hazard ratio",
        "mean difference",
        "sensitivity",
        "p",
        "P",
        "95%",
        "CI",
        "(",
        ")",
        "[",
        "]",
        ",",
        ";",
        ":",
        "=",
        "<",
        "-",
        "–",
        "−",
        "to",
        "of",
        "was",
        "0.74",
        ".65",
        "0·85",
        "1,234",
        "12",
        "-0.9",
        "%",
        "×10-8",
        "1.2.3",
        "vs",
        "patients",
        "mm Hg",
        ".",
        "/",
        "±",
        "and",
        "respectively",
        "for trend",
        "n",
        "median",
        "β",
        "I2",
    ]);
    prop::collection::vec((piece, prop::bool::ANY), 0..30).prop_map(|pieces| {
        pieces.into_iter().map(|(piece, blank)| if blank { format!("{piece} ") } else { piece.to_owned() }).collect()
    })
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let began = std::time::Instant::now();
    for piece in [
        "(HR 0.7 (95% CI 0.6-0.8; P for trend = 0.1 ",
        "hazard ratio for the risk of ",
        "p ",
        "12% of patients ",
        "1.2.",
        "-",
        "(",
        "[95% CI] ",
    ] {
        read(&piece.repeat(200_000 / piece.len()));
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

proptest! {
    #[test]
    fn every_number_read_stands_in_its_span(text in pieces()) {
        for reading in read(&text) {
            prop_assert!(stands_in_its_span(&text, &reading), "{:?}", reading);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn a_printed_ratio_is_read_back(
        estimate in 11_u32..300, width in 2_u32..10, dash in prop::sample::select(vec!["-", "–", " to ", ", ", "; ", "−", " - "]),
        point in prop::sample::select(vec![".", "·"]), name in prop::sample::select(vec!["HR", "odds ratio", "aOR", "Relative risk"]),
    ) {
        let number = |hundredths: u32| format!("{}{point}{:02}", hundredths / 100, hundredths % 100);
        let (low, high) = (estimate - width, estimate + width);
        let text = format!("{name} {} (95% CI {}{dash}{})", number(estimate), number(low), number(high));
        let readings = read(&text);
        prop_assert_eq!(readings.len(), 1);
        let ci = readings[0].effect.ci.unwrap();
        prop_assert_eq!(readings[0].effect.value, Some(f64::from(estimate) / 100.0));
        prop_assert_eq!((ci.low, ci.high), (f64::from(low) / 100.0, f64::from(high) / 100.0));
    }

    #[test]
    fn no_sign_is_lost(
        low in -400_i32..300, width in 2_i32..90, minus in prop::sample::select(vec!["-", "−", "–"]),
        separator in prop::sample::select(vec![" to ", ", ", "; ", "–", "-"]),
    ) {
        let number = |tenths: i32| {
            let sign = if tenths < 0 { minus } else { "" };
            format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
        };
        let (middle, high) = (low + width / 2, low + width);
        let text = format!("mean difference {} mm Hg (95% CI {}{separator}{})", number(middle), number(low), number(high));
        let readings = read(&text);
        prop_assert_eq!(readings.len(), 1, "{}", text);
        let effect = &readings[0].effect;
        let ci = effect.ci.unwrap();
        prop_assert_eq!(effect.value, Some(f64::from(middle) / 10.0), "{}", text);
        prop_assert_eq!((ci.low, ci.high), (f64::from(low) / 10.0, f64::from(high) / 10.0), "{}", text);
    }
}
