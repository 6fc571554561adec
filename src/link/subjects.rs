//! What a registration is about as a whole. A trial that has reported nothing has no finding that could be linked, and is worth
//! knowing of all the same.

use std::collections::BTreeMap;

use super::candidates::is_generic;
use crate::model::{Annotation, ConceptId, ConceptType, Document, DocumentKind, LinkSide, Subject, TextIndex};
use crate::vocab::Vocabulary;

/// How sure each kind of evidence is: terms that the registry itself gave, conditions as registered, what title and interventions
/// name.
const TERM: f32 = 0.95;
const KEYWORD: f32 = 0.9;
const MENTION: f32 = 0.85;

/// The section of a registration in which each passage is one intervention.
const INTERVENTIONS: &str = "Interventions";

/// The conditions and treatments of a registration, each once, in order; of any other document none.
pub fn subjects(document: &Document, annotation: &Annotation, vocabulary: &Vocabulary) -> Vec<Subject> {
    if document.kind != DocumentKind::Registration {
        return Vec::new();
    }
    let mut found: BTreeMap<(LinkSide, ConceptId), f32> = BTreeMap::new();
    let mut add = |concept: ConceptId, sides: &[LinkSide], confidence: f32| {
        let Some(side) = vocabulary.concept_type(&concept).and_then(side_of).filter(|side| sides.contains(side)) else {
            return;
        };
        if !is_generic(&concept) {
            let known = found.entry((side, concept)).or_default();
            *known = known.max(confidence);
        }
    };
    let both = [LinkSide::Condition, LinkSide::Treatment];
    for id in document.headings.iter().filter_map(|heading| heading.id.as_deref()) {
        add(ConceptId::mesh(id), &both, TERM);
    }
    for keyword in &document.keywords {
        // A name of several meanings tells none.
        if let [concept] = vocabulary.find(keyword).as_slice() {
            add(concept.clone(), &[LinkSide::Condition], KEYWORD);
        }
    }
    let text = document.text();
    let index = TextIndex::new(&text);
    for (passage, span) in document.passages.iter().zip(document.passage_spans()) {
        let sides = match passage.section.as_str() {
            "TITLE" => both.as_slice(),
            // The name of an intervention stands before the colon; what it is said of may be anything.
            INTERVENTIONS => &both[1..],
            _ => continue,
        };
        let named = index.slice(span).split(':').next().map_or(0, |name| name.chars().count() as u32);
        let end = if passage.section == INTERVENTIONS { span.start + named } else { span.end };
        let within =
            annotation.mentions.iter().filter(|mention| span.start <= mention.span.start && mention.span.end <= end);
        for concept in within.flat_map(|mention| &mention.concepts) {
            add(concept.clone(), sides, MENTION);
        }
    }
    found.into_iter().map(|((side, concept), confidence)| Subject { side, concept, confidence }).collect()
}

fn side_of(kind: ConceptType) -> Option<LinkSide> {
    match kind {
        ConceptType::Condition => Some(LinkSide::Condition),
        kind => kind.can_treat().then_some(LinkSide::Treatment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Heading, Mention, Passage};

    fn registration() -> Document {
        let mut document = Document { kind: DocumentKind::Registration, ..Document::default() };
        document.set_title("Metformin in people with asthma".to_owned());
        document.keywords = vec!["Asthma".to_owned(), "breathing".to_owned()];
        document.headings.push(Heading {
            id: Some("D008687".to_owned()),
            name: "Metformin".to_owned(),
            ..Heading::default()
        });
        for text in ["Placebo and aspirin: instead of warfarin", "Exercise"] {
            let section = INTERVENTIONS.to_owned();
            document.passages.push(Passage { section, category: None, text: text.to_owned() });
        }
        document
    }

    fn told(document: &Document) -> Vec<(LinkSide, String, f32)> {
        let vocabulary = Vocabulary::starter();
        let (text, mut annotation) = (document.text(), Annotation::default());
        let index = TextIndex::new(&text);
        for name in ["Metformin", "asthma", "aspirin", "warfarin", "Exercise"] {
            let concepts = vocabulary.find(name);
            annotation.mentions.extend(text.match_indices(name).map(|(at, _)| Mention {
                span: index.span(at..at + name.len()),
                mention_type: vocabulary.concept_type(&concepts[0]).unwrap(),
                role: None,
                concepts: concepts.clone(),
                name: None,
                abbreviation_of: None,
                confidence: 1.0,
            }));
        }
        let subjects = subjects(document, &annotation, &vocabulary);
        subjects.into_iter().map(|s| (s.side, vocabulary.name(&s.concept).unwrap_or_default(), s.confidence)).collect()
    }

    #[test]
    fn a_registration_is_about_its_conditions_and_interventions() {
        let found = told(&registration());
        let has = |side, name: &str, sure: f32| found.iter().any(|one| *one == (side, name.to_owned(), sure));
        assert!(has(LinkSide::Condition, "Asthma", KEYWORD), "{found:?}");
        assert!(has(LinkSide::Treatment, "Metformin", TERM), "{found:?}");
        assert!(
            has(LinkSide::Treatment, "Aspirin", MENTION) && has(LinkSide::Treatment, "Exercise", MENTION),
            "{found:?}"
        );
        assert!(found.iter().all(|(_, name, _)| name != "Warfarin"), "what it stands in place of is not tested");
    }

    #[test]
    fn a_paper_is_known_by_its_findings_alone() {
        let paper = Document { kind: DocumentKind::Article, ..registration() };
        assert!(told(&paper).is_empty());
    }
}
