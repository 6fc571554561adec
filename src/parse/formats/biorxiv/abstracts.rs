//! Abstracts as bioRxiv's interface gives them: paragraphs on lines, headings run into the text behind them (`MethodsWe …`) or
//! between marks (`O_ST_ABS … C_ST_ABS`), marks of lists, small capitals and figures left in.

use crate::parse::markup::words;

/// A paragraph of an abstract, with its heading where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) heading: Option<String>,
    pub(super) text: String,
}

/// Marks around a heading.
const HEADING: (&str, &str) = ("O_ST_ABS", "C_ST_ABS");
/// Marks around what is no text: figures and tables with the words of their buttons.
const PICTURES: [(&str, &str); 2] = [("O_FIG", "C_FIG"), ("O_TBL", "C_TBL")];
/// Marks that part words.
const BETWEEN_WORDS: [&str; 4] = ["O_LI", "C_LI", "O_TEXTBOX", "C_TEXTBOX"];
/// Marks within words.
const WITHIN_WORDS: [&str; 4] = ["O_SCPLOW", "C_SCPLOW", "O_SCPCAP", "C_SCPCAP"];

/// Headings that are known where they are run into their text; of two that fit the longer one counts.
const RUN_IN: [&str; 38] = [
    "Aim",
    "Aims",
    "Background",
    "Background and Aims",
    "Background and Objectives",
    "Background and Purpose",
    "Conclusion",
    "Conclusions",
    "Conclusions and Relevance",
    "Data Sources",
    "Design",
    "Design, Setting, and Participants",
    "Discussion",
    "Exposures",
    "Findings",
    "Funding",
    "Importance",
    "Interpretation",
    "Intervention",
    "Interventions",
    "Introduction",
    "Main Outcome Measures",
    "Main Outcomes and Measures",
    "Materials and Methods",
    "Method",
    "Methods",
    "Methods and Results",
    "Objective",
    "Objectives",
    "Participants",
    "Patients and Methods",
    "Purpose",
    "Rationale",
    "Results",
    "Setting",
    "Study Design",
    "Trial Registration",
    "Significance",
];

/// An abstract in paragraphs.
pub(super) fn paragraphs(written: &str) -> Vec<Paragraph> {
    let written = without_pictures(written);
    let mut found = Vec::new();
    let mut heading = None;
    for line in written.lines() {
        let mut rest = line;
        while let Some((before, behind)) = rest.split_once(HEADING.0) {
            add(&mut found, &mut heading, before);
            let (title, text) = behind.split_once(HEADING.1).unwrap_or(("", behind));
            heading = Some(plain(title).trim_end_matches([':', '.']).to_owned()).filter(|title| !title.is_empty());
            rest = text;
        }
        add(&mut found, &mut heading, rest);
    }
    found
}

/// Adds a stretch of text, if it holds any, under its heading.
fn add(found: &mut Vec<Paragraph>, heading: &mut Option<String>, marked: &str) {
    let text = plain(marked);
    if text.is_empty() {
        return;
    }
    let paragraph = match (heading.take(), run_in(&text)) {
        (Some(heading), _) => Paragraph { heading: Some(heading), text },
        (None, Some(end)) => Paragraph { heading: Some(text[..end].to_owned()), text: text[end..].to_owned() },
        (None, None) => Paragraph { heading: None, text },
    };
    found.push(paragraph);
}

/// Where a heading ends that is run into its text, in bytes.
fn run_in(text: &str) -> Option<usize> {
    let fits = |heading: &&str| {
        let Some(start) = text.get(..heading.len()) else { return false };
        let mut behind = text[start.len()..].chars();
        let (next, second) = (behind.next(), behind.next());
        // “METHODSWe” begins a sentence, “METHODS” in a word of capitals does not.
        let in_capitals = start.chars().all(|c| !c.is_lowercase()) && second.is_some_and(char::is_uppercase);
        start.eq_ignore_ascii_case(heading)
            && start.starts_with(char::is_uppercase)
            && next.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
            && !in_capitals
    };
    RUN_IN.iter().filter(|heading| fits(heading)).map(|heading| heading.len()).max()
}

fn without_pictures(written: &str) -> String {
    let mut text = written.to_owned();
    for (open, close) in PICTURES {
        while let Some(start) = text.find(open) {
            // A mark without its end takes nothing with it.
            let end = text[start..].find(close).map_or(start + open.len(), |at| start + at + close.len());
            text.replace_range(start..end, " ");
        }
    }
    text
}

/// The words without marks.
fn plain(marked: &str) -> String {
    let mut text = marked.to_owned();
    for mark in BETWEEN_WORDS {
        text = text.replace(mark, " ");
    }
    for mark in WITHIN_WORDS {
        text = text.replace(mark, "");
    }
    words(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(written: &str) -> Vec<(Option<String>, String)> {
        paragraphs(written).into_iter().map(|p| (p.heading, p.text)).collect()
    }

    fn under(heading: &str, text: &str) -> (Option<String>, String) {
        (Some(heading).filter(|h| !h.is_empty()).map(str::to_owned), text.to_owned())
    }

    #[test]
    fn headings_are_told_from_the_text_that_they_are_run_into() {
        let written = "O_ST_ABSBackgroundC_ST_ABSOtters wheeze.\n\nMethodsWe rolled marbles.\n\nResults12 of 20 rolled.\n\nMethodsology is none.";
        assert_eq!(
            shown(written),
            [
                under("Background", "Otters wheeze."),
                under("Methods", "We rolled marbles."),
                under("Results", "12 of 20 rolled."),
                under("", "Methodsology is none."),
            ]
        );
        assert_eq!(shown("Materials and MethodsWe did."), [under("Materials and Methods", "We did.")]);
        assert_eq!(shown("METHODSWe did."), [under("METHODS", "We did.")]);
        assert_eq!(shown("Methods were old. resultsWe"), [under("", "Methods were old. resultsWe")]);
    }

    #[test]
    fn marks_go_and_pictures_with_them() {
        let written =
            "Of O_SCPLOWDC_SCPLOW-marbles, p < 0.05: O_LIoneC_LIO_LItwoC_LI O_FIG View larger version C_FIG done.";
        assert_eq!(shown(written), [under("", "Of D-marbles, p < 0.05: one two done.")]);
        assert_eq!(shown("O_FIG and on"), [under("", "and on")]);
        assert_eq!(
            shown("HighlightsO_ST_ABSWhat is newC_ST_ABSThis."),
            [under("", "Highlights"), under("What is new", "This.")]
        );
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "(O_|C_|ST_ABS|FIG|LI|Results|[ \nA<&é;]){0,24}") {
            for paragraph in paragraphs(&text) {
                prop_assert!(!paragraph.text.is_empty() && !paragraph.text.contains('\n'));
            }
        }
    }
}
