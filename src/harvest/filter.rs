//! What is kept of a source that delivers more than a topic.

use std::fmt;

use serde::Deserialize;

use crate::model::Document;

/// Conditions that a document must meet: of each list that is not empty it must have one. Case does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Subject headings, by name.
    pub headings: Vec<String>,
    /// Publication types, by name.
    pub publication_types: Vec<String>,
    /// Words or phrases of title or abstract.
    pub words: Vec<String>,
    /// A query in PubMed's language, which an index must be asked: [`Filter::keeps`] knows nothing of it.
    pub query: Option<String>,
}

impl Filter {
    /// Whether it keeps everything.
    pub fn is_empty(&self) -> bool {
        self.headings.is_empty() && self.publication_types.is_empty() && self.words.is_empty() && self.query.is_none()
    }

    /// Whether a document meets the conditions, the query apart.
    pub fn keeps(&self, document: &Document) -> bool {
        let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
        let any = |wanted: &[String], has: &dyn Fn(&str) -> bool| wanted.is_empty() || wanted.iter().any(|w| has(w));
        any(&self.headings, &|wanted| document.headings.iter().any(|heading| same(&heading.name, wanted)))
            && any(&self.publication_types, &|wanted| {
                document.publication_types.iter().any(|kind| same(&kind.name, wanted))
            })
            && (self.words.is_empty() || {
                let text = document.text().to_lowercase();
                self.words.iter().any(|word| contains_word(&text, &word.to_lowercase()))
            })
    }
}

/// Whether a phrase stands in a text between word boundaries; both in lower case.
fn contains_word(text: &str, phrase: &str) -> bool {
    !phrase.is_empty()
        && text.match_indices(phrase).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + phrase.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> =
            [("headings", &self.headings), ("publication types", &self.publication_types), ("words", &self.words)]
                .into_iter()
                .filter(|(_, list)| !list.is_empty())
                .map(|(name, list)| format!("{name} {}", list.join("|")))
                .chain(self.query.iter().map(|query| format!("query {query}")))
                .collect();
        f.write_str(&parts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Heading, Term};

    #[test]
    fn each_list_must_be_met_and_any_of_its_entries_does() {
        let mut document = Document::default();
        document.set_title("Marbles in asthmatic wheeze".to_owned());
        document.headings.push(Heading { name: "Asthma".to_owned(), ..Heading::default() });
        document.publication_types.push(Term { id: None, name: "Review".to_owned() });
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let keeps = |headings: &[&str], types: &[&str], words: &[&str]| {
            Filter { headings: list(headings), publication_types: list(types), words: list(words), query: None }
                .keeps(&document)
        };
        assert!(keeps(&[], &[], &[]));
        assert!(keeps(&["asthma", "stroke"], &["REVIEW"], &["wheeze"]));
        assert!(!keeps(&["asthma"], &["Meta-Analysis"], &[]));
        assert!(!keeps(&[], &[], &["asthma"]), "a part of a word is no word");
        assert!(keeps(&[], &[], &["asthmatic wheeze"]));
    }
}
