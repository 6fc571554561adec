//! What is on the screen, and what keys do to it.

use super::input::Input;
use crate::lookup::{Answer, Order, Question, StudyEntry};
use crate::model::{DocumentId, EvidenceLevel};
use crate::report::DocumentPage;

/// A key, as far as it means something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Control(char),
    Enter,
    Escape,
    Tab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
}

/// What the view needs before it can go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// The next key.
    Nothing,
    /// The answer to its question.
    Ask,
    /// A document.
    Open(DocumentId),
    /// The end.
    Leave,
}

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    /// The line of the question.
    Question,
    /// The list of studies.
    Studies,
    /// The study that is chosen.
    Study,
    /// A document of it.
    Document,
    /// The list of keys.
    Help,
}

/// Lines that a page key moves by.
const PAGE: usize = 10;

/// How many studies are listed.
const STUDIES: usize = 500;

/// What is on the screen.
#[derive(Debug)]
pub(super) struct View {
    pub(super) corpus: String,
    question: Question,
    pub(super) input: Input,
    pub(super) focus: Focus,
    pub(super) answer: Option<Answer>,
    /// Why there is no answer, or no document.
    pub(super) message: Option<String>,
    /// Whether something is being looked up.
    pub(super) busy: bool,
    pub(super) chosen: usize,
    /// Which document of the study is open, or would be.
    document_at: usize,
    pub(super) document: Option<DocumentPage>,
    /// Lines that the study, or the document, is scrolled by.
    pub(super) scroll: usize,
    /// The last line that it can be scrolled to; the drawing tells.
    pub(super) last_line: usize,
}

impl View {
    /// A view that begins with a question, or with an empty line for one.
    pub(super) fn new(corpus: String, question: Question) -> Self {
        let asked = question.words.is_some() || question.condition.is_some() || question.treatment.is_some();
        Self {
            corpus,
            input: Input::new(question.words.as_deref().unwrap_or_default()),
            question: Question { limit: STUDIES, ..question },
            focus: if asked { Focus::Studies } else { Focus::Question },
            answer: None,
            message: None,
            busy: asked,
            chosen: 0,
            document_at: 0,
            document: None,
            scroll: 0,
            last_line: 0,
        }
    }

    /// What is needed before the first key.
    pub(super) fn first_wish(&self) -> Wish {
        if self.busy { Wish::Ask } else { Wish::Nothing }
    }

    /// The question that is to be answered.
    pub(super) fn question(&self) -> &Question {
        &self.question
    }

    /// Takes an answer, or why there is none.
    pub(super) fn answered(&mut self, answer: Result<Answer, String>) {
        self.busy = false;
        (self.chosen, self.scroll, self.document_at) = (0, 0, 0);
        match answer {
            Ok(answer) => {
                (self.answer, self.message) = (Some(answer), None);
                self.focus = Focus::Studies;
            }
            Err(message) => {
                (self.answer, self.message) = (None, Some(message));
                self.focus = Focus::Question;
            }
        }
    }

    /// Takes a document, or why there is none.
    pub(super) fn opened(&mut self, page: Result<DocumentPage, String>) {
        self.busy = false;
        match page {
            Ok(page) => {
                (self.document, self.message) = (Some(page), None);
                (self.focus, self.scroll) = (Focus::Document, 0);
            }
            Err(message) => self.message = Some(message),
        }
    }

    /// The studies listed.
    pub(super) fn studies(&self) -> &[StudyEntry] {
        self.answer.as_ref().map_or(&[], |answer| &answer.studies)
    }

    /// The study that is chosen.
    pub(super) fn study(&self) -> Option<&StudyEntry> {
        self.studies().get(self.chosen)
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: Key) -> Wish {
        if self.answer.is_some() {
            // What was said was read by now, and would hide the answer.
            self.message = None;
        }
        match (self.focus, key) {
            (_, Key::Control('c' | 'q')) => Wish::Leave,
            (Focus::Question, Key::Enter) => self.ask_line(),
            (Focus::Question, Key::Escape | Key::Tab) => {
                if self.answer.is_some() {
                    self.focus = Focus::Studies;
                    Wish::Nothing
                } else if key == Key::Escape {
                    Wish::Leave
                } else {
                    Wish::Nothing
                }
            }
            (Focus::Question, key) => {
                self.input.key(key);
                Wish::Nothing
            }
            (Focus::Help, _) => {
                self.focus = Focus::Studies;
                Wish::Nothing
            }
            (_, Key::Char('q')) => Wish::Leave,
            (_, Key::Char('?')) => {
                self.focus = Focus::Help;
                Wish::Nothing
            }
            (_, Key::Char('/' | 'e')) => {
                self.focus = Focus::Question;
                Wish::Nothing
            }
            (Focus::Document, Key::Escape | Key::Backspace | Key::Left) => {
                (self.focus, self.scroll, self.document) = (Focus::Study, 0, None);
                Wish::Nothing
            }
            (Focus::Document, Key::Char('n')) => self.open(self.document_at + 1),
            (Focus::Document, Key::Char('p')) => self.open(self.document_at.wrapping_sub(1)),
            (Focus::Document | Focus::Study, _) if self.scrolled(key) => Wish::Nothing,
            (Focus::Study, Key::Escape | Key::Left | Key::Tab | Key::Backspace) => {
                self.focus = Focus::Studies;
                Wish::Nothing
            }
            (Focus::Study, Key::Enter | Key::Right) => self.open(0),
            (Focus::Study | Focus::Document, Key::Char(digit @ '1'..='9')) => self.open(digit as usize - '1' as usize),
            (Focus::Studies, Key::Enter | Key::Right | Key::Tab) => {
                if self.study().is_some() {
                    self.focus = Focus::Study;
                }
                Wish::Nothing
            }
            (Focus::Studies, Key::Escape) => {
                self.focus = Focus::Question;
                Wish::Nothing
            }
            (Focus::Studies, Key::Char('s')) => self.filtered(|question| {
                question.filters.order = match question.filters.order {
                    Order::Evidence => Order::Relevance,
                    Order::Relevance => Order::Date,
                    Order::Date => Order::Size,
                    Order::Size => Order::Evidence,
                };
            }),
            (Focus::Studies, Key::Char('l')) => self.filtered(|question| {
                question.filters.level = match question.filters.level {
                    None => Some(EvidenceLevel::L1b),
                    Some(EvidenceLevel::L1b) => Some(EvidenceLevel::L2b),
                    Some(_) => None,
                };
            }),
            (Focus::Studies, Key::Char('c')) => {
                self.filtered(|question| question.filters.consistent = !question.filters.consistent)
            }
            (Focus::Studies, key) => {
                self.choose(key);
                Wish::Nothing
            }
            _ => Wish::Nothing,
        }
    }

    /// Asks what was typed. What options named before counts no longer, filters do.
    fn ask_line(&mut self) -> Wish {
        let words = self.input.text();
        let words = words.trim();
        if !words.is_empty() {
            self.question = Question {
                words: Some(words.to_owned()),
                filters: self.question.filters.clone(),
                patient: self.question.patient.clone(),
                fit: self.question.fit,
                limit: STUDIES,
                ..Question::default()
            };
        } else if self.question.condition.is_none() && self.question.treatment.is_none() {
            self.message =
                Some("type a question, or a condition and a treatment: metformin in type 2 diabetes".to_owned());
            return Wish::Nothing;
        }
        (self.busy, self.message) = (true, None);
        Wish::Ask
    }

    fn filtered(&mut self, change: impl FnOnce(&mut Question)) -> Wish {
        change(&mut self.question);
        self.busy = true;
        Wish::Ask
    }

    fn open(&mut self, at: usize) -> Wish {
        let Some(document) = self.study().and_then(|study| study.documents.get(at)) else { return Wish::Nothing };
        let id = document.id.clone();
        (self.document_at, self.busy) = (at, true);
        Wish::Open(id)
    }

    /// Moves the choice of a study.
    fn choose(&mut self, key: Key) {
        let last = self.studies().len().saturating_sub(1);
        self.chosen = match key {
            Key::Up | Key::Char('k') => self.chosen.saturating_sub(1),
            Key::Down | Key::Char('j') => (self.chosen + 1).min(last),
            Key::PageUp => self.chosen.saturating_sub(PAGE),
            Key::PageDown | Key::Char(' ') => (self.chosen + PAGE).min(last),
            Key::Home | Key::Char('g') => 0,
            Key::End | Key::Char('G') => last,
            _ => return,
        };
        self.scroll = 0;
    }

    /// Scrolls; whether the key does that.
    fn scrolled(&mut self, key: Key) -> bool {
        self.scroll = match key {
            Key::Up | Key::Char('k') => self.scroll.saturating_sub(1),
            Key::Down | Key::Char('j') => self.scroll + 1,
            Key::PageUp => self.scroll.saturating_sub(PAGE),
            Key::PageDown | Key::Char(' ') => self.scroll + PAGE,
            Key::Home | Key::Char('g') => 0,
            Key::End | Key::Char('G') => self.last_line,
            _ => return false,
        }
        .min(self.last_line);
        true
    }

    /// The filters and the order, in words.
    pub(super) fn filter_words(&self) -> String {
        let mut words = self.question.filters.words();
        words.push(match self.question.filters.order {
            Order::Evidence => "best evidence first".to_owned(),
            Order::Relevance => "best fit first".to_owned(),
            Order::Date => "newest first".to_owned(),
            Order::Size => "largest first".to_owned(),
        });
        words.join(" · ")
    }
}

#[cfg(test)]
mod tests;
