//! Paragraphs of a document, what they refer to, and on what terms they may be used.

use serde::{Deserialize, Serialize};

/// One paragraph of a document's text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// `TITLE`, `ABSTRACT`, the label of a structured abstract as printed (`MAIN OUTCOME MEASURES`), or a section path of
    /// the full text (`Results/Primary outcome`, `Results/Table 2`).
    pub section: String,
    /// The source's own category for the label, where given: BACKGROUND, OBJECTIVE, METHODS, RESULTS or CONCLUSIONS
    /// (`NlmCategory`, JATS `sec-type`); or what the passage is besides running text: [`Passage::TABLE`] and its like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The words, on one line, without markup.
    pub text: String,
}

impl Passage {
    /// [`Passage::category`] of a caption, a row or a footnote of a table.
    pub const TABLE: &str = "TABLE";
    /// [`Passage::category`] of a figure's caption.
    pub const FIGURE: &str = "FIGURE";
    /// [`Passage::category`] of an abstract beside the main one: for editors, in plain language, translated.
    pub const SUMMARY: &str = "SUMMARY";
    /// How [`Passage::section`] begins where a registry posted the results of a trial.
    pub const POSTED_RESULTS: &str = "Results/";
    /// [`Passage::category`] of what stands around the paper: acknowledgements, interests, supplements, appendices, replies.
    pub const BACK: &str = "BACK";

    /// Whether it is running text of the paper itself: what it says is said of the study, once.
    pub fn is_running_text(&self) -> bool {
        ![Self::TABLE, Self::FIGURE, Self::SUMMARY, Self::BACK].map(Some).contains(&self.category.as_deref())
    }
}

/// A place in a passage where it refers to a cited work or a footnote. Its digits are no numbers of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitationMark {
    /// The passage, by position.
    pub passage: u32,
    /// Where the mark begins, in code points of the passage's text.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// The terms under which a full text may be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Licence {
    /// Its short name (`CC BY-NC 4.0`), where its address is one of Creative Commons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its words, as the record gives them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Licence {
    /// Whether a full text under it may be handed on: what Creative Commons' licences have in common, and what is in the public
    /// domain. Terms that are not known are taken to allow nothing, and so are those for text mining alone.
    pub fn allows_sharing(&self) -> bool {
        let free = |code: &str| ["CC BY", "CC0", "Public domain"].iter().any(|known| code.starts_with(known));
        self.code.as_deref().is_some_and(free)
    }
}
