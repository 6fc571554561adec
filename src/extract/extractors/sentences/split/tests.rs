use proptest::prelude::*;

use super::*;

fn split(text: &str) -> Vec<&str> {
    sentences(text).into_iter().map(|range| &text[range]).collect()
}

/// A bar stands where a sentence ends.
fn check(marked: &str) {
    let expected: Vec<&str> = marked.split('|').map(str::trim).collect();
    let text = marked.replace('|', "");
    assert_eq!(split(&text), expected);
}

#[test]
fn abbreviations_end_nothing() {
    check("Drug A vs. placebo was tested, e.g. In mice. | It helped.");
    check("See Fig. 2 and ref. 12 for details. | Doses were approx. 5 mg i.v. in all.");
    check("Given 5 mg i.v. | Patients improved.");
    check("As Meyer et al. 2010 wrote. | As Meyer et al. (2010) wrote. | So did Weber et al. | The others did not.");
    check("Registered under no. 12 of that year. | Was there an effect? | The answer was no. | The end.");
    check("In the U.S. Navy it was tried. | It was tried in the U.S. | The rest followed.");
}

#[test]
fn numbers_stay_whole() {
    check("HR was 0.74 (P < .05). | HR was 0·74, p=.05 in all. | Next.");
    check("A ratio of 0. 65 was seen. | It rose from 3 to 4. | Then it fell.");
    check("There were 25. | 30 patients died.");
}

#[test]
fn names_keep_their_initials() {
    check("Infection with E. coli and S. aureus was seen. | It was treated by J. R. Miller in Bonn. | Done.");
    check("All had hepatitis B. | Patients with vitamin D. | Men in group A. | Nothing else.");
    check("They had chronic hepatitis C. | Interferon was given.");
}

#[test]
fn lists_are_not_cut_at_their_numbers() {
    check("1. To measure pain. | 2. To measure sleep.");
    check("Aims: 1. To measure (i) pain and (ii) sleep. | Done.");
}

#[test]
fn brackets_hold_together() {
    check("Pain fell (see above. Also below.) in all. | It lasted.");
    check("Pain (a fell. | It lasted.");
    check("a) Pain fell. | b) It lasted.");
}

#[test]
fn quotes_and_references_go_with_their_sentence() {
    check("He said \"it helps.\" | We agree.[12] | It was shown.3,4 | Others disagree.¹² | End.");
    check("Deaths were rare (3%).1 | They fell.");
}

#[test]
fn what_is_glued_is_parted() {
    check("Mortality was unchanged.|The drug was safe.|RESULTS: Pain fell.");
    check("Background|Heart failure is common. | Results|We saw none.");
    check("See www.Example.Org and Clinicaltrials.gov for more. | Mail a.name@Host.Example please.");
}

#[test]
fn small_letters_may_begin_a_sentence_in_names() {
    check("Levels rose. | mRNA was stable. | p53 was lost. | β-carotene rose. | α was low.");
}

#[test]
fn questions_and_other_scripts() {
    check("Does it help? | Yes! | 没有差异。|死亡率下降。");
}

proptest! {
    #[test]
    fn every_letter_is_in_exactly_one_sentence(text in "[ a-zA-Z0-9.,;:()\\[\\]?!·%<=\u{a0}βé。]{0,400}|\\PC{0,200}") {
        let found = sentences(&text);
        let mut at = 0;
        for range in &found {
            prop_assert!(range.start >= at && range.end > range.start);
            prop_assert!(text[at..range.start].trim().is_empty());
            prop_assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
            at = range.end;
        }
        prop_assert!(text[at..].trim().is_empty());
    }
}

#[test]
fn a_long_text_of_nothing_but_stops_takes_no_time() {
    for piece in [".", "a.", "(", "A. ", "(a. ", "xxx.Xx ", "1. "] {
        let text = piece.repeat(100_000);
        let begun = std::time::Instant::now();
        sentences(&text);
        assert!(begun.elapsed().as_secs() < 3, "{piece:?} took {:?}", begun.elapsed());
    }
}
