//! Where words that annotators marked stand in an article as litmine reads it.

use crate::model::Span;

/// Fewer letters and digits than these are found too often to be a place.
const FEWEST: usize = 20;

/// The letters and digits of a text, each with its place.
pub(super) struct Located {
    letters: String,
    /// The code point of the text at which each byte of `letters` stands.
    places: Vec<u32>,
}

impl Located {
    pub(super) fn of(text: &str) -> Self {
        let mut located = Self { letters: String::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
        for (at, c) in text.chars().enumerate().filter(|(_, c)| c.is_alphanumeric()) {
            for c in c.to_lowercase() {
                located.letters.push(c);
                located.places.resize(located.letters.len(), at as u32);
            }
        }
        located
    }

    /// Where the words stand, whatever lies between their letters. Words that were marked across what litmine sets apart, such as the cells
    /// of a table, are found by their first part that is long enough.
    pub(super) fn span(&self, words: &str) -> Option<Span> {
        let letters = Self::of(words).letters;
        self.place(&letters).or_else(|| {
            let parts = words.split(['.', ';', '\n']).map(|part| Self::of(part).letters);
            parts.filter(|part| part.len() >= FEWEST).find_map(|part| self.place(&part))
        })
    }

    fn place(&self, letters: &str) -> Option<Span> {
        if letters.len() < FEWEST {
            return None;
        }
        let at = self.letters.find(letters)?;
        Some(Span::new(self.places[at], self.places[at + letters.len() - 1] + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_signs_between_letters_do_not_count() {
        let text = "Ä. The mean value was 3·5 (P < 0.01), lower than before in all groups.";
        let located = Located::of(text);
        let span = located.span("the MEAN value was\n3.5 (p<0.01)").unwrap();
        let found: String = text.chars().skip(span.start as usize).take(span.len() as usize).collect();
        assert_eq!(found, "The mean value was 3·5 (P < 0.01");
        assert_eq!(located.span("mean value"), None);
        assert_eq!(located.span("something else that stands nowhere"), None);
        assert!(located.span("not in it; lower than before in all groups").is_some());
    }
}
