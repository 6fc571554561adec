//! The answers on a full screen: a question, its studies, and each study down to the document.
//!
//! What is shown is a [`view::View`], which keys change and which [`draw`] puts on the screen; it asks for what it lacks through
//! [`Answers`], from whoever opens the corpus. Questions are neither stored nor logged; control characters of papers never reach the
//! terminal.

mod draw;
mod input;
mod lines;
mod view;

use std::io;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};

use crate::lookup::{Answer, Question};
use crate::model::DocumentId;
use crate::report::DocumentPage;
use view::{Key, View, Wish};

/// What is browsed.
pub trait Answers {
    /// The name of the corpus.
    fn corpus(&self) -> &str;

    /// The evidence, or in words why there is none.
    fn answer(&self, question: &Question) -> Result<Answer, String>;

    /// A document with its findings, or in words why there is none.
    fn document(&self, id: &DocumentId) -> Result<DocumentPage, String>;
}

/// Takes the screen until the reader leaves, and gives it back as it was, in case of a panic too.
///
/// # Errors
/// Where the terminal cannot be written or read.
pub fn browse(answers: &dyn Answers, question: Question) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let mut view = View::new(answers.corpus().to_owned(), question);
    let done = run(&mut terminal, answers, &mut view);
    ratatui::try_restore()?;
    done
}

fn run(terminal: &mut ratatui::DefaultTerminal, answers: &dyn Answers, view: &mut View) -> io::Result<()> {
    let mut wish = view.first_wish();
    loop {
        terminal.draw(|frame| draw::draw(frame, view))?;
        match wish {
            Wish::Leave => return Ok(()),
            Wish::Ask => {
                let answer = answers.answer(view.question());
                view.answered(answer);
                wish = Wish::Nothing;
                continue;
            }
            Wish::Open(id) => {
                let page = answers.document(&id);
                view.opened(page);
                wish = Wish::Nothing;
                continue;
            }
            Wish::Nothing => {}
        }
        wish = match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => match known(key.code, key.modifiers) {
                Some(key) => view.key(key),
                None => Wish::Nothing,
            },
            Event::Paste(text) => text.chars().map(|c| view.key(Key::Char(c))).last().unwrap_or(Wish::Nothing),
            _ => Wish::Nothing,
        };
    }
}

/// A key that means something here.
fn known(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
    Some(match code {
        KeyCode::Char(c) if modifiers.contains(KeyModifiers::CONTROL) => Key::Control(c),
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Tab | KeyCode::BackTab => Key::Tab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    })
}
