//! Answers as text: for people, for programs.
//!
//! A [`Renderer`] turns the plain values of a stage into text and knows nothing of where they came from. Guarantees: what comes
//! from a paper is printed verbatim but for control characters, which never reach a terminal ([`plain`]); a number is printed as
//! it stands in the paper; nothing is counted here.
//!
//! To add a format: a folder in `formats/` with a type that implements [`Renderer`], a line in [`formats::ALL`].

mod annotation;
pub mod exports;
pub mod formats;
mod pages;
mod prisma;
mod search;
pub(crate) mod wording;

use crate::lookup::{Answer, Radar};

pub use annotation::annotation_json;
pub use pages::{
    ConceptPage, CorpusPage, DigestPage, DocumentPage, EntrancePage, HitLine, HitPage, ImpactExport, ImpactLine,
    ImpactPage, MapPage, RefusalPage, WatchedChanges,
};
pub use prisma::{PrismaFlow, PrismaSource};
pub use search::{
    BranchLine, ClauseLine, CostLine, ExplainPage, FacetLine, FacetTable, LoosenLine, QuoteLine, SearchDetails,
    StrategyLine, UnmatchedLine,
};

/// What a renderer may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Canvas {
    /// Columns of the terminal; text is folded to it.
    pub width: usize,
    /// Explain each line.
    pub why: bool,
    /// How many findings of each study are shown.
    pub findings: usize,
    /// The command that asked, for pages that are kept.
    pub command: Option<&'static str>,
}

impl Canvas {
    /// The same, with so many findings of each study.
    pub fn with_findings(self, findings: usize) -> Self {
        Self { findings, ..self }
    }
}

/// Writes answers in one format. None of what the format has no form for.
pub trait Renderer: Send + Sync {
    /// The one name of the format: folder, `--format`, documentation.
    fn name(&self) -> &'static str;

    /// The answer to a look-up.
    fn answer(&self, _answer: &Answer, _canvas: Canvas) -> Option<String> {
        None
    }

    /// An evidence map.
    fn map(&self, _page: &MapPage, _canvas: Canvas) -> Option<String> {
        None
    }

    /// What changed in the answers to questions.
    fn digest(&self, _page: &DigestPage, _canvas: Canvas) -> Option<String> {
        None
    }

    /// What rests on a document.
    fn impact(&self, _page: &ImpactPage, _canvas: Canvas) -> Option<String> {
        None
    }

    /// The hits of a search.
    fn hits(&self, _page: &HitPage, _canvas: Canvas) -> Option<String> {
        None
    }

    /// The state of corpora.
    fn status(&self, _pages: &[CorpusPage], _canvas: Canvas) -> Option<String> {
        None
    }

    /// A document with what was found in it.
    fn document(&self, _page: &DocumentPage, _canvas: Canvas) -> Option<String> {
        None
    }

    /// What can be asked.
    fn entrance(&self, _page: &EntrancePage, _canvas: Canvas) -> Option<String> {
        None
    }

    /// Why there is no answer.
    fn refusal(&self, _page: &RefusalPage, _canvas: Canvas) -> Option<String> {
        None
    }

    /// Phrases that no vocabulary knows.
    fn radar(&self, _radar: &Radar, _canvas: Canvas) -> Option<String> {
        None
    }

    /// Concepts of vocabularies.
    fn concepts(&self, _pages: &[ConceptPage], _canvas: Canvas) -> Option<String> {
        None
    }
}

/// Text that a terminal shows and does not obey: control characters and marks that reorder text are left out.
pub fn plain(text: &str) -> String {
    let steers = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| if c == '\t' || c == '\n' { ' ' } else { c })
        .filter(|c| !c.is_control() && !steers(*c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_title_does_not_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{7}\u{202e}c\nd\u{9b}e"), "a[31mbc de");
    }
}
