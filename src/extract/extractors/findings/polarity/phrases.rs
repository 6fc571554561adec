//! Phrases in the normal form of names, looked for word by word.

use std::collections::HashMap;

use crate::vocab::normalize;

/// Phrases, by their first word.
#[derive(Debug, Default)]
pub struct Phrases(HashMap<String, Vec<Vec<String>>>);

impl Phrases {
    /// Phrases as they are written in a data file, in any spelling.
    pub fn of(phrases: &[String]) -> Self {
        let mut by_first: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for phrase in phrases {
            let normal = normalize(phrase);
            let mut words = normal.split(' ').map(str::to_owned);
            if let Some(first) = words.next().filter(|first| !first.is_empty()) {
                by_first.entry(first).or_default().push(words.collect());
            }
        }
        Self(by_first)
    }

    /// Every place at which a phrase begins. `words` are in the normal form of names.
    pub fn places(&self, words: &[&str]) -> impl Iterator<Item = usize> {
        let begins = |at: &usize| {
            let behind = &words[*at + 1..];
            let fits = |rest: &Vec<String>| rest.len() <= behind.len() && rest.iter().zip(behind).all(|(a, b)| a == b);
            self.0.get(words[*at]).is_some_and(|phrases| phrases.iter().any(fits))
        };
        (0..words.len()).filter(begins)
    }

    /// Whether a phrase stands anywhere.
    pub fn any(&self, words: &[&str]) -> bool {
        self.places(words).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_as_whole_words() {
        let phrases = Phrases::of(&["quality of life".to_owned(), "function".to_owned()]);
        let normal = normalize("Quality of life rose; the functions did not.");
        let words: Vec<&str> = normal.split(' ').collect();
        assert_eq!(phrases.places(&words).collect::<Vec<_>>(), [0, 5]);
        assert!(!phrases.any(&["quality", "of"]));
    }
}
