//! What one document says of a comparison that a reader names.

pub use crate::extract::extractors::findings::comparison::Judgement;
use crate::extract::extractors::findings::comparison::{Asked, Evidence, judge_ranked};
use crate::model::{Annotation, Direction, Document, Span, TextIndex};

/// How many sentences are shown for it.
const SHOWN: usize = 3;
/// What is less likely than this is not said.
const LEAST: f32 = 0.6;

/// What was asked of a document, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What was asked: outcome, and the two arms where they were named.
    pub outcome: String,
    /// The arm under test.
    pub treatment: Option<String>,
    /// The arm compared with.
    pub comparator: Option<String>,
    /// Which way the outcome went; none where the document does not name it, or says nothing clear.
    pub direction: Option<Direction>,
    /// How likely each way is by the words; none where the document does not name the outcome.
    pub judgement: Option<Judgement>,
    /// The sentences and table rows on which that rests, the likeliest first.
    pub evidence: Vec<Span>,
}

/// Asks a document.
pub fn told(document: &Document, annotation: &Annotation, asked: &Asked<'_>) -> Told {
    let text = document.text();
    let index = TextIndex::new(&text);
    let mut ranked = Evidence::of(document, &index, annotation).ranked(asked);
    ranked.retain(|candidate| candidate.names_outcome);
    let judgement = (!ranked.is_empty()).then(|| judge_ranked(&index, &ranked, asked));
    let likeliest = judgement.map(|judgement| judgement.likeliest());
    let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
    Told {
        outcome: asked.outcome.to_owned(),
        treatment: named(asked.intervention),
        comparator: named(asked.comparator),
        direction: likeliest.filter(|(_, sure)| *sure >= LEAST).map(|(direction, _)| direction),
        judgement,
        evidence: ranked.iter().take(SHOWN).map(|candidate| candidate.span).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::annotate;
    use crate::model::Passage;
    use crate::vocab::Dictionary;

    fn said(outcome: &str) -> (Told, Vec<String>) {
        let mut document = Document::default();
        document.set_title("Zelmarin or oxotril for back pain".to_owned());
        let text = "Pain at rest was significantly lower with zelmarin than with oxotril (P = 0.01). Nausea did not differ between the \
                    groups (P = 0.6). Sleep was recorded.";
        document.passages.push(Passage { section: "RESULTS".into(), category: None, text: text.into() });
        let annotation = annotate(&document, &Dictionary::default());
        let told = told(&document, &annotation, &Asked { intervention: "zelmarin", comparator: "oxotril", outcome });
        let text = document.text();
        let index = TextIndex::new(&text);
        let quotes = told.evidence.iter().map(|span| index.slice(*span).to_owned()).collect();
        (told, quotes)
    }

    #[test]
    fn each_outcome_is_told_from_its_own_sentence() {
        let (pain, quotes) = said("pain at rest");
        assert_eq!(pain.direction, Some(Direction::Decreased));
        assert!(quotes[0].starts_with("Pain at rest"), "{quotes:?}");
        let (nausea, quotes) = said("nausea");
        assert_eq!(nausea.direction, Some(Direction::NoDifference));
        assert!(quotes[0].starts_with("Nausea") && quotes.len() == 1, "{quotes:?}");
    }

    #[test]
    fn what_the_document_does_not_name_is_not_told() {
        let (death, quotes) = said("mortality");
        assert_eq!((death.direction, death.judgement), (None, None));
        assert!(quotes.is_empty());
    }
}
