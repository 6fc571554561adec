//! `--format table`: text for people, folded to the width of the terminal. A colour never says what a word does not.

mod accuracy;
pub(super) mod answer;
mod digest;
mod hits;
mod map;
mod pages;
mod pool;
mod radar;
mod text;

use crate::lookup::{Answer, Radar};
use crate::report::{
    Canvas, ConceptPage, CorpusPage, DigestPage, DocumentPage, HitPage, ImpactPage, MapPage, Renderer,
};

/// Text for people.
pub(super) struct Table;

impl Renderer for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn answer(&self, answer: &Answer, canvas: Canvas) -> Option<String> {
        Some(answer::render(answer, canvas))
    }

    fn map(&self, page: &MapPage, canvas: Canvas) -> Option<String> {
        Some(map::map(page, canvas))
    }

    fn digest(&self, page: &DigestPage, canvas: Canvas) -> Option<String> {
        Some(digest::digest(page, canvas))
    }

    fn impact(&self, page: &ImpactPage, canvas: Canvas) -> Option<String> {
        Some(digest::impact(page, canvas))
    }

    fn hits(&self, page: &HitPage, canvas: Canvas) -> Option<String> {
        Some(hits::hits(page, canvas))
    }

    fn status(&self, pages: &[CorpusPage], canvas: Canvas) -> Option<String> {
        Some(pages::status(pages, canvas))
    }

    fn document(&self, page: &DocumentPage, canvas: Canvas) -> Option<String> {
        Some(pages::document(page, canvas))
    }

    fn radar(&self, radar: &Radar, canvas: Canvas) -> Option<String> {
        Some(radar::radar(radar, canvas))
    }

    fn concepts(&self, pages: &[ConceptPage], canvas: Canvas) -> Option<String> {
        Some(pages::concepts(pages, canvas))
    }
}
