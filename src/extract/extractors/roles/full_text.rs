//! Roles in the full text, where a section may be pages long and speaks of other studies too.
//!
//! The section tells, by the first title of its path or by what the source says it is. A discussion is about the study and
//! about everybody else's: only a sentence that says that it speaks of this study, and cites nobody, concludes.

use std::sync::LazyLock;

use super::{LABEL, Label, by_cue, label, read_label};
use crate::extract::table;
use crate::model::{Passage, SentenceRole};

/// How sure a sentence of a discussion is to conclude when it speaks of this study.
const OWN: f32 = 0.7;

static OWN_STUDY: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| table::rows(include_str!("own_study.tsv")).filter_map(|row| row.first().copied()).collect());

/// The role of a sentence of the full text, and how sure it is; `cited` says whether it refers to another work.
pub(super) fn role(passage: &Passage, sentence: &str, cited: bool) -> Option<(SentenceRole, f32)> {
    let own = || !cited && speaks_of_own_study(sentence);
    // "Discussion/Conclusions" concludes; "Results/Methods used" stays with the results.
    let last = passage.section.rsplit('/').next().unwrap_or_default();
    if is_conclusion(last) {
        return (!cited).then_some((SentenceRole::Conclusions, LABEL));
    }
    match label(passage) {
        Label::Role(SentenceRole::Conclusions) => own().then_some((SentenceRole::Conclusions, OWN)),
        Label::Role(role) => Some((role, LABEL)),
        Label::Either(parts) => {
            let told = by_cue(sentence, None).filter(|(role, _)| parts.contains(&Some(*role)))?;
            (told.0 != SentenceRole::Conclusions || own()).then_some(told)
        }
        Label::Title | Label::None if passage.section == "BODY" && !cited => by_cue(sentence, None),
        Label::Title | Label::None => None,
    }
}

/// Whether a title says that what follows is the conclusion and not a discussion.
fn is_conclusion(title: &str) -> bool {
    title.to_lowercase().contains("conclu") && read_label(title) == Label::Role(SentenceRole::Conclusions)
}

fn speaks_of_own_study(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    OWN_STUDY.iter().any(|words| lower.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(section: &str, category: Option<&str>, sentence: &str, cited: bool) -> Option<SentenceRole> {
        let passage =
            Passage { section: section.to_owned(), category: category.map(str::to_owned), text: sentence.to_owned() };
        role(&passage, sentence, cited).map(|(role, _)| role)
    }

    #[test]
    fn the_section_tells_whatever_its_parts_are_called() {
        use SentenceRole::{Background, Methods, Results};
        assert_eq!(told("2. Materials and methods/Outcomes", None, "We asked.", true), Some(Methods));
        assert_eq!(told("Results/Primary outcome", None, "It fell.", false), Some(Results));
        assert_eq!(told("III. RESULTS", None, "It fell.", false), Some(Results));
        assert_eq!(told("Introduction", None, "It fell in our study.", false), Some(Background));
        assert_eq!(told("What we did", Some("METHODS"), "We asked.", false), Some(Methods));
        let long = format!("Results/{}", "a long title ".repeat(20));
        assert_eq!(told(&long, None, "It fell.", false), Some(Results));
    }

    #[test]
    fn only_what_a_discussion_says_of_the_own_study_concludes() {
        use SentenceRole::Conclusions;
        assert_eq!(told("Discussion", None, "In this trial the drug reduced pain.", false), Some(Conclusions));
        assert_eq!(told("Discussion", None, "In this trial, as in others, it fell.", true), None);
        assert_eq!(told("Discussion", None, "The drug reduced pain in adults.", false), None);
        assert_eq!(told("Discussion/Conclusions", None, "The drug reduces pain.", false), Some(Conclusions));
        assert_eq!(told("Discussion", Some("DISCUSSION"), "The drug reduced pain.", false), None);
    }
}
