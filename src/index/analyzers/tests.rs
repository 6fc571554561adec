//! The analysers on phrases, and on anything.

use proptest::prelude::*;

use super::cutter::{Cutter, MAX_WORD, Place};
use super::*;

fn forms_of(text: &str) -> Vec<String> {
    compounds(text).into_iter().flat_map(|c| c.forms).map(|form| form.join(" ")).collect()
}

#[test]
fn case_accents_and_compatibility_forms_do_not_matter() {
    assert_eq!(
        words("Sjögren SJO\u{308}GREN Ménière ﬁbre H₂O Łódź Straße"),
        ["sjogren", "sjogren", "meniere", "fibre", "h2o", "lodz", "strasse"]
    );
}

#[test]
fn greek_letters_go_by_name_and_greek_words_stay() {
    assert_eq!(
        words("TNFα β-blocker αβ 5 µg/mL μ-opioid καρδιά"),
        ["tnf", "alpha", "beta", "blocker", "alpha", "beta", "5", "ug", "ml", "mu", "opioid", "καρδια"]
    );
}

#[test]
fn possessives_go_and_other_apostrophes_join() {
    assert_eq!(words("Alzheimer’s patients' O'Brien 5'-end"), ["alzheimer", "patients", "obrien", "5", "end"]);
}

#[test]
fn points_part_words_but_not_numbers() {
    assert_eq!(words("HbA1c 7.5%. U.S. p<0.05.x"), ["hba1c", "7.5", "u", "s", "p", "0.05", "x"]);
}

#[test]
fn invisible_characters_neither_join_nor_part() {
    assert_eq!(words("hyper\u{AD}tension e\u{301}tude zero\u{200B}width"), ["hypertension", "etude", "zerowidth"]);
}

#[test]
fn a_compound_is_looked_for_in_its_usual_forms() {
    assert_eq!(forms_of("IL-6"), ["il 6", "il6"]);
    assert_eq!(forms_of("IL6"), ["il6", "il 6"]);
    assert_eq!(forms_of("beta-blocker"), ["beta blocker", "betablocker"]);
    assert_eq!(forms_of("2019-2020"), ["2019 2020"]);
    assert_eq!(forms_of("heart failure"), ["heart", "failure"]);
    assert_eq!(forms_of("TNFα"), ["tnf alpha", "tnfalpha"]);
    assert_eq!(forms_of("1-methyl-4-phenyl-1,2"), ["1 methyl 4 phenyl 1", "2"]);
}

/// The rows of `golden.tsv`.
fn golden() -> impl Iterator<Item = [&'static str; 3]> {
    include_str!("golden.tsv").lines().filter(|line| !line.starts_with('#')).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        columns.try_into().unwrap_or_else(|_| panic!("three columns expected: {line}"))
    })
}

#[test]
fn phrases_become_the_words_and_terms_of_the_golden_file() {
    for [phrase, exact, ranking] in golden() {
        assert_eq!(words(phrase).join(" "), exact, "the words of {phrase}");
        assert_eq!(ranking_words(phrase).join(" "), ranking, "the terms of {phrase}");
    }
}

#[test]
fn each_way_to_write_a_compound_finds_the_others() {
    // A name of a Greek letter that is written on to a word (TNFalpha) is one word; nothing tells where to cut it.
    for ways in [
        ["IL-6", "IL6", "il 6"],
        ["TNF-\u{3b1}", "TNF\u{3b1}", "tnf alpha"],
        ["beta-blocker", "\u{3b2}-blocker", "beta blocker"],
    ] {
        for one in ways {
            for other in ways {
                let terms = ranking_words(other);
                assert!(ranking_words(one).iter().any(|term| terms.contains(term)), "{one} {other}");
            }
        }
    }
}

#[test]
fn very_long_words_are_cut_alike_everywhere() {
    let long = "é".repeat(1000);
    let cut = words(&format!("{long} end"));
    assert_eq!((cut[0].len(), cut[1].as_str()), (MAX_WORD, "end"));
    assert_eq!(words(&"β".repeat(500))[0].len(), MAX_WORD);
}

proptest! {
    #[test]
    fn plain_words_are_read_as_any_others_are(text in "([a-zA-Z0-9]{1,6}|[ .,'\\-()]|[éβ\u{AD}’]){0,30}") {
        let read = |next: fn(&mut Cutter<'_>, &mut String) -> Option<Place>| {
            let (mut cutter, mut word, mut found) = (Cutter::new(&text), String::new(), Vec::new());
            while let Some(place) = next(&mut cutter, &mut word) {
                found.push((std::mem::take(&mut word), place.from, place.to, place.glued, place.chained));
            }
            found
        };
        let next = |cutter: &mut Cutter<'_>, word: &mut String| cutter.next(word);
        let any = |cutter: &mut Cutter<'_>, word: &mut String| cutter.any_word(word);
        prop_assert_eq!(read(next), read(any));
    }

    #[test]
    fn no_text_makes_it_panic_and_words_are_stable(text in "\\PC*") {
        let once = words(&text);
        prop_assert!(once.iter().all(|w| !w.is_empty() && w.len() <= MAX_WORD));
        let again = words(&once.join(" "));
        // A Greek word of one or two letters may be left over from a longer one; nothing else may change.
        if text.is_ascii() {
            prop_assert_eq!(again, once);
        }
        for compound in compounds(&text) {
            prop_assert!(compound.forms.iter().all(|form| !form.is_empty()));
        }
        for term in ranking_words(&text) {
            prop_assert!(!term.is_empty() && !is_stopword(&term));
        }
    }
}
