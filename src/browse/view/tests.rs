//! Keys, and what is on the screen then.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::browse::draw;
use crate::lookup::{CitedDocument, Coverage, FindingEntry, StudyVote};
use crate::model::{Annotation, Direction, Document, Passage, Place, SentenceRole, Span};

fn cited(pmid: u64, title: &str) -> CitedDocument {
    CitedDocument {
        id: DocumentId::pmid(pmid),
        doi: None,
        title: title.to_owned(),
        authors: None,
        journal: None,
        year: Some(2020),
        design: None,
        design_reason: None,
        level: None,
        sample_size: None,
        registrations: Vec::new(),
        flags: Vec::new(),
        origin: "a.xml".to_owned(),
        stored_at: "2026-01-01T00:00:00Z".to_owned(),
    }
}

fn study(pmid: u64, title: &str) -> StudyEntry {
    let finding = FindingEntry {
        document: DocumentId::pmid(pmid),
        section: "RESULTS".to_owned(),
        place: Place::Abstract,
        span: Span::new(10, 40),
        quote: "Colchicine reduced flares of gout.".to_owned(),
        marks: vec![Span::new(0, 10)],
        role: SentenceRole::Results,
        primary: false,
        direction: Some(Direction::Decreased),
        favours: None,
        significant: Some(true),
        effects: Vec::new(),
        numbers: Vec::new(),
        outcome: None,
        comparator: None,
        condition: None,
        treatment: None,
        as_comparator: false,
        by_words: false,
        relevance: 1.0,
        repeats: Vec::new(),
    };
    StudyEntry {
        documents: vec![cited(pmid, title), cited(pmid + 100, "A second paper of it")],
        grouped_by: Vec::new(),
        findings: vec![finding],
        vote: StudyVote::Decreased,
        judged: None,
        retracted: false,
        fit: None,
    }
}

fn answer(studies: Vec<StudyEntry>) -> Answer {
    let mut answer = Answer {
        understood: crate::lookup::Understood::default(),
        summary: crate::lookup::Summary { studies: studies.len(), ..Default::default() },
        relations: None,
        mentioned: Vec::new(),
        pool: None,
        patient: None,
        accuracy: None,
        harms: None,
        gaps: None,
        studies,
        registered: crate::lookup::Registered::default(),
        coverage: Coverage::default(),
    };
    answer.summary.votes.decreased = answer.studies.len();
    answer
}

fn page(pmid: u64) -> DocumentPage {
    let mut document = Document::default();
    document.set_title("Gout and colchicine".to_owned());
    let text = "A hostile \u{1b}[2J passage. ".repeat(200);
    document.passages.push(Passage { section: "RESULTS".to_owned(), category: None, text });
    DocumentPage {
        citation: cited(pmid, "Gout and colchicine"),
        document,
        annotation: Annotation::default(),
        names: Default::default(),
        told: None,
    }
}

/// The screen as text.
fn screen(view: &mut View, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw::draw(frame, view)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let rows = (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>());
    rows.collect::<Vec<_>>().join("\n")
}

fn type_in(view: &mut View, text: &str) {
    for c in text.chars() {
        assert_eq!(view.key(Key::Char(c)), Wish::Nothing);
    }
}

#[test]
fn a_question_leads_to_its_studies_and_down_to_a_document_and_back() {
    let mut view = View::new("demo".to_owned(), Question::default());
    assert_eq!(view.first_wish(), Wish::Nothing);
    assert_eq!(view.key(Key::Enter), Wish::Nothing);
    assert!(view.message.is_some(), "an empty line is no question");
    type_in(&mut view, "colchicine in gout? q");
    assert_eq!(view.key(Key::Enter), Wish::Ask);
    assert_eq!(view.question().words.as_deref(), Some("colchicine in gout? q"));
    assert!(screen(&mut view, 100, 30).contains("looking …"));
    view.answered(Ok(answer(vec![study(1, "First trial"), study(2, "Second trial")])));
    let shown = screen(&mut view, 120, 30);
    for words in ["First trial", "Second trial", "2 studies", "Colchicine reduced flares", "Coverage", "? keys"] {
        assert!(shown.contains(words), "{words} in\n{shown}");
    }
    view.key(Key::Down);
    view.key(Key::Down);
    assert_eq!(view.chosen, 1, "there is no third");
    view.key(Key::Enter);
    assert_eq!(view.key(Key::Enter), Wish::Open(DocumentId::pmid(2)));
    view.opened(Ok(page(2)));
    let shown = screen(&mut view, 80, 20);
    assert!(shown.contains("PMID:2") && shown.contains("hostile [2J"), "{shown}");
    view.key(Key::End);
    let end = view.scroll;
    assert!(end > 0);
    view.key(Key::Down);
    assert_eq!(view.scroll, end, "no further than the end");
    assert_eq!(view.key(Key::Char('n')), Wish::Open(DocumentId::pmid(102)));
    assert_eq!(view.key(Key::Escape), Wish::Nothing);
    assert_eq!(view.focus, Focus::Study);
    view.key(Key::Escape);
    assert_eq!(view.key(Key::Char('q')), Wish::Leave);
}

#[test]
fn filters_ask_again_and_what_fails_is_said() {
    let question = Question { words: Some("gout".to_owned()), ..Question::default() };
    let mut view = View::new("demo".to_owned(), question);
    assert_eq!(view.first_wish(), Wish::Ask);
    view.answered(Ok(answer(vec![study(1, "First trial")])));
    assert_eq!(view.key(Key::Char('l')), Wish::Ask);
    assert_eq!(view.question().filters.level, Some(EvidenceLevel::L1b));
    view.answered(Err("the index is \u{1b}[31mdamaged".to_owned()));
    assert!(screen(&mut view, 60, 12).contains("the index is [31mdamaged"));
    assert_eq!(view.focus, Focus::Question);
    type_in(&mut view, "s");
    assert_eq!(view.key(Key::Enter), Wish::Ask);
    assert_eq!(view.question().filters.level, Some(EvidenceLevel::L1b), "filters stay");
}

#[test]
fn no_size_of_the_screen_and_no_key_makes_it_fail() {
    let mut view = View::new("demo".to_owned(), Question::default());
    view.answered(Ok(answer(vec![study(1, "First trial")])));
    let keys = [
        Key::Char('?'),
        Key::Escape,
        Key::Tab,
        Key::Enter,
        Key::Char('9'),
        Key::Char('2'),
        Key::PageDown,
        Key::PageUp,
        Key::Home,
        Key::Backspace,
        Key::Left,
        Key::Right,
        Key::Char('/'),
        Key::Char('ß'),
        Key::Delete,
        Key::Tab,
    ];
    for (n, key) in keys.into_iter().cycle().take(200).enumerate() {
        if let Wish::Open(_) = view.key(key) {
            view.opened(Ok(page(1)));
        }
        let _ = screen(&mut view, [20, 1, 200, 7][n % 4], [5, 1, 60, 3][n % 4]);
    }
}
