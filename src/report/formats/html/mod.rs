//! `--format html`: one page that holds all it needs and reads nothing from elsewhere; for screen, paper and screen reader. Only the map
//! runs a script, its own, and is whole without it.

mod accuracy;
mod answer;
mod digest;
mod entrance;
mod forest;
mod map;
mod markup;
mod timeline;

use crate::lookup::{Answer, CitedDocument, Coverage, FindingEntry};
use crate::model::{FlagKind, Span};
use crate::report::wording::{citation, coverage_words, direction_word, favours_words, standing_words};
use crate::report::{Canvas, DigestPage, EntrancePage, MapPage, RefusalPage, Renderer, plain};
use markup::{Markup, Page};

/// Pages for a browser.
pub(super) struct Html;

const STYLE: &str = include_str!("style.css");
const MAP_SCRIPT: &str = include_str!("map.js");

impl Renderer for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn answer(&self, answer: &Answer, canvas: Canvas) -> Option<String> {
        let (title, body) = answer::body(answer, canvas);
        Some(Page { style: STYLE, script: None, asks: false }.finish(&title, body))
    }

    fn map(&self, page: &MapPage, canvas: Canvas) -> Option<String> {
        let (title, body) = map::body(page, canvas);
        Some(Page { style: STYLE, script: Some(MAP_SCRIPT), asks: false }.finish(&title, body))
    }

    fn digest(&self, page: &DigestPage, canvas: Canvas) -> Option<String> {
        let (title, body) = digest::body(page, canvas);
        Some(Page { style: STYLE, script: None, asks: false }.finish(&title, body))
    }

    fn entrance(&self, page: &EntrancePage, _canvas: Canvas) -> Option<String> {
        let (title, body) = entrance::body(page);
        Some(Page { style: STYLE, script: None, asks: true }.finish(title, body))
    }

    fn refusal(&self, page: &RefusalPage, _canvas: Canvas) -> Option<String> {
        let (title, body) = entrance::refusal(page);
        Some(Page { style: STYLE, script: None, asks: false }.finish(title, body))
    }
}

/// A section with its heading, which names it to a screen reader.
fn section(body: &mut Markup, id: &'static str, heading: &str) {
    body.open("section", &[("aria-labelledby", id)]);
    body.leaf("h2", &[("id", id)], heading);
}

/// A term and what it stands for.
fn pair(body: &mut Markup, term: &str, words: &str) {
    body.leaf("dt", &[], term);
    body.leaf("dd", &[], words);
}

/// What a reader must know of a document's standing, in words; a colour stands beside them.
fn standing(body: &mut Markup, document: &CitedDocument) {
    for (kind, word, says) in standing_words(document) {
        let class = if matches!(kind, FlagKind::Retracted | FlagKind::OfConcern) { "grave" } else { "care" };
        body.open("p", &[]);
        body.leaf("strong", &[("class", class)], word);
        body.text(&format!(" {says}"));
        body.close();
    }
}

/// Authors, journal and year, with a link to the document.
fn cited(body: &mut Markup, document: &CitedDocument) {
    body.open("p", &[("class", "meta")]);
    body.text(&format!("{} · read it at ", citation(document)));
    body.document(&document.id);
    body.close();
}

/// A finding: which way it points, its words with those asked for marked, and where it stands.
fn finding(body: &mut Markup, finding: &FindingEntry) {
    let (sign, word) = direction_word(finding.direction);
    let class = match word {
        "decreased" | "increased" => word,
        _ => "none",
    };
    body.open("blockquote", &[("class", class)]);
    body.open("p", &[]);
    let favours = favours_words(finding.favours).map_or_else(String::new, |words| format!(", {words}"));
    body.leaf("span", &[("class", "soft")], &format!("{sign} {word}{favours}: "));
    body.text("“");
    quote(body, &finding.quote, &finding.marks);
    body.text("”");
    if finding.as_comparator {
        body.leaf("span", &[("class", "care")], " [here the treatment is the comparator]");
    }
    for effect in finding.effects.iter().filter(|effect| effect.consistent == Some(false)) {
        let reason = effect.inconsistency.as_deref().unwrap_or("they do not agree with each other");
        body.leaf("span", &[("class", "care")], &format!(" [numbers disagree: {reason}]"));
    }
    body.close();
    let place = format!(
        "{} {} ({}), code points {}–{}",
        finding.document,
        finding.section,
        finding.place.name(),
        finding.span.start,
        finding.span.end
    );
    body.leaf("footer", &[], &place);
    body.close();
}

/// A quote with its marks, which are spans of it in code points.
fn quote(body: &mut Markup, words: &str, marks: &[Span]) {
    let is_marked = |n: usize| marks.iter().any(|mark| (mark.start as usize) <= n && n < mark.end as usize);
    let letters: Vec<(bool, char)> = words.chars().enumerate().map(|(n, c)| (is_marked(n), c)).collect();
    for run in letters.chunk_by(|a, b| a.0 == b.0) {
        let text: String = run.iter().map(|(_, c)| c).collect();
        match run.first() {
            Some((true, _)) => body.leaf("mark", &[], &text),
            _ => body.text(&text),
        }
    }
}

/// What was read, what was not, and the command that made the page.
fn foot(body: &mut Markup, coverage: &Coverage, canvas: Canvas) {
    section(body, "coverage", "Coverage");
    let (head, sources) = coverage_words(coverage);
    body.leaf("p", &[], &head);
    body.open("ul", &[]);
    for (line, problems) in sources {
        body.open("li", &[]);
        body.text(&line);
        if !problems.is_empty() {
            body.leaf("span", &[("class", "care")], &format!(" — {}", plain(&problems.join("; "))));
        }
        body.close();
    }
    body.close();
    if !coverage.complete {
        body.leaf("p", &[("class", "care")], "Not every source was read: what is missing here may exist.");
    }
    body.leaf("p", &[], "Quotes and numbers are the papers' own, found by a program; check them before you act.");
    if let Some(command) = canvas.command {
        body.open("p", &[]);
        body.text("Made by ");
        body.leaf("code", &[], command);
        body.close();
    }
    body.close();
}

/// The skip link and the head of a page; what follows is its main part.
fn head(body: &mut Markup, heading: &str, beneath: &str) {
    body.leaf("a", &[("class", "skip"), ("href", "#main")], "Skip to the answer");
    body.open("header", &[]);
    body.leaf("h1", &[], heading);
    body.leaf("p", &[("class", "meta")], beneath);
    body.close();
    body.open("main", &[("id", "main")]);
}
