//! A line that is typed.

use super::view::Key;

/// The longest question that can be typed, in characters: as long as a look-up takes.
const LONGEST: usize = 1000;

/// A line of text with a cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Input {
    characters: Vec<char>,
    cursor: usize,
}

impl Input {
    /// A line with this text, the cursor behind it.
    pub(super) fn new(text: &str) -> Self {
        let characters: Vec<char> = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        Self { cursor: characters.len(), characters }
    }

    /// The text.
    pub(super) fn text(&self) -> String {
        self.characters.iter().collect()
    }

    /// The text before the cursor.
    pub(super) fn before(&self) -> String {
        self.characters[..self.cursor].iter().collect()
    }

    /// Takes a key; whether it was one for a line.
    pub(super) fn key(&mut self, key: Key) -> bool {
        match key {
            Key::Char(c) if !c.is_control() && self.characters.len() < LONGEST => {
                self.characters.insert(self.cursor, c);
                self.cursor += 1;
            }
            Key::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.characters.remove(self.cursor);
            }
            Key::Delete if self.cursor < self.characters.len() => {
                self.characters.remove(self.cursor);
            }
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = (self.cursor + 1).min(self.characters.len()),
            Key::Home | Key::Control('a') => self.cursor = 0,
            Key::End | Key::Control('e') => self.cursor = self.characters.len(),
            Key::Control('u') => {
                self.characters.drain(..self.cursor);
                self.cursor = 0;
            }
            Key::Control('w') => {
                let kept = self.characters[..self.cursor].iter().rposition(|c| !c.is_whitespace()).map_or(0, |last| {
                    self.characters[..=last].iter().rposition(|c| c.is_whitespace()).map_or(0, |blank| blank + 1)
                });
                self.characters.drain(kept..self.cursor);
                self.cursor = kept;
            }
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited_where_the_cursor_is() {
        let mut input = Input::new("gout and colchicine");
        for key in [Key::Control('w'), Key::Char('µ'), Key::Home, Key::Delete, Key::Char('G'), Key::Right, Key::Left] {
            assert!(input.key(key));
        }
        assert_eq!((input.text().as_str(), input.before().as_str()), ("Gout and µ", "G"));
        assert!(input.key(Key::End) && input.key(Key::Control('u')));
        assert_eq!(input.text(), "");
        assert!(!input.key(Key::Backspace) && !input.key(Key::Enter));
    }

    #[test]
    fn control_characters_are_no_part_of_a_question() {
        assert_eq!(Input::new("a\u{1b}[31m\nb").text(), "a[31mb");
        assert_eq!(Input::new(&"x".repeat(5000)).text().len(), LONGEST);
    }
}
