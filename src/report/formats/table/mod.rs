//! `--format table`: text for people, folded to the width of the terminal. A colour never says what a word does not.

mod answer;
mod hits;
mod pages;
mod pool;
mod text;

use crate::lookup::Answer;
use crate::report::{Canvas, ConceptPage, CorpusPage, DocumentPage, HitPage, Renderer};

/// Text for people.
pub(super) struct Table;

impl Renderer for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn answer(&self, answer: &Answer, canvas: Canvas) -> String {
        answer::render(answer, canvas)
    }

    fn hits(&self, page: &HitPage, canvas: Canvas) -> String {
        hits::hits(page, canvas)
    }

    fn status(&self, pages: &[CorpusPage], canvas: Canvas) -> String {
        pages::status(pages, canvas)
    }

    fn document(&self, page: &DocumentPage, canvas: Canvas) -> String {
        pages::document(page, canvas)
    }

    fn concepts(&self, pages: &[ConceptPage], canvas: Canvas) -> String {
        pages::concepts(pages, canvas)
    }
}
