//! Where a text names conditions, treatments and tests.

mod apposition;
#[cfg(test)]
mod golden;
mod merge;
mod roles;
pub(in crate::extract) mod tagger;

use std::collections::HashMap;
use std::ops::Range;

use crate::extract::{Extractor, Input};
use crate::model::{Annotation, ConceptId, ConceptType, Mention, Span};
use crate::vocab::Hit;

/// Finds mentions through the dictionary and the document's own abbreviations.
#[derive(Debug, Clone, Copy)]
pub struct Mentions;

/// How sure a name of the dictionary is, by what kind of name it is.
const WHOLE_NAME: f32 = 0.95;
const ADJECTIVE: f32 = 0.85;
const AMBIGUOUS: f32 = 0.6;
const BARE_ABBREVIATION: f32 = 0.7;
/// An abbreviation that the document explains is as sure as its long form, nearly.
const EXPLAINED: f32 = 0.95;

impl Extractor for Mentions {
    fn name(&self) -> &'static str {
        "mentions"
    }

    fn version(&self) -> u32 {
        6
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        let mut explained = Explained::of(input, annotation);
        let text = input.text.text();
        let read = input.passages.iter().enumerate().filter(|(at, _)| annotation.foreign_language(*at).is_none());
        let scanned: Vec<(Range<usize>, Vec<Hit<'_>>)> = read
            .map(|(_, passage)| {
                let bytes = input.text.bytes(*passage);
                let hits = input.dictionary.scan(&text[bytes.clone()]);
                (bytes, hits)
            })
            .collect();
        for (bytes, _) in &scanned {
            explained.add_appositions(input, &text[bytes.clone()]);
        }
        let mut found: Vec<(Range<usize>, Mention)> = Vec::new();
        for (bytes, hits) in scanned {
            for hit in hits {
                let place = bytes.start + hit.bytes.start..bytes.start + hit.bytes.end;
                // What the document says of its own abbreviation counts before what the letters usually mean.
                if explained.meanings.contains_key(&text[place.clone()]) {
                    continue;
                }
                let confidence = match (hit.ambiguous, hit.abbreviation) {
                    (true, _) => AMBIGUOUS,
                    (false, true) => BARE_ABBREVIATION,
                    (false, false) if hit.adjective => ADJECTIVE,
                    (false, false) => WHOLE_NAME,
                };
                let mention = Mention {
                    span: input.text.span(place.clone()),
                    mention_type: hit.concept_type,
                    role: None,
                    // The likeliest alone: a mention of several concepts is a composite one.
                    concepts: hit.concepts.first().cloned().into_iter().chain(hit.also).collect(),
                    name: Some(hit.name.to_owned()),
                    abbreviation_of: None,
                    confidence,
                };
                found.push((place, mention));
            }
            found.extend(explained.mentions(input, bytes));
        }
        // The longer of two that overlap; of equally long ones the first.
        found.sort_by(|(a, _), (b, _)| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
        let mut kept: Vec<(Range<usize>, Mention)> = Vec::new();
        for (place, mention) in found {
            match kept.last() {
                Some((last, _)) if place.start < last.end => {
                    if place.len() > last.len() {
                        kept.pop();
                        kept.push((place, mention));
                    }
                }
                _ => kept.push((place, mention)),
            }
        }
        annotation.mentions = kept.into_iter().map(|(_, mention)| mention).collect();
        roles::assign(input, annotation);
    }
}

/// What an explained abbreviation stands for.
struct Meaning {
    long: String,
    /// None where the long form is no name of the dictionary: then the letters mean nothing that is known here.
    concept: Option<(ConceptId, ConceptType, String, f32)>,
}

/// The abbreviations of a document by their letters.
struct Explained {
    meanings: HashMap<String, Meaning>,
}

impl Explained {
    fn of(input: &Input<'_>, annotation: &Annotation) -> Self {
        let mut meanings = HashMap::new();
        for abbreviation in &annotation.abbreviations {
            let long = input.text.slice(abbreviation.long);
            let concept = Self::concept_of(input, long);
            let short = input.text.slice(abbreviation.short).to_owned();
            meanings.entry(short).or_insert(Meaning { long: long.to_owned(), concept });
        }
        Self { meanings }
    }

    /// What a long form names.
    fn concept_of(input: &Input<'_>, long: &str) -> Option<(ConceptId, ConceptType, String, f32)> {
        let hits = input.dictionary.scan(long);
        // The last words carry the meaning ("chronic heart failure" is a heart failure); all of them carry it surely.
        let hit = hits.iter().filter(|hit| hit.bytes.end == long.len()).max_by_key(|hit| hit.bytes.len())?;
        let sure = match (hit.ambiguous, hit.bytes.start) {
            (true, _) => AMBIGUOUS,
            (false, 0) => EXPLAINED,
            (false, _) => BARE_ABBREVIATION,
        };
        Some((hit.concepts.first()?.clone(), hit.concept_type, hit.name.to_owned(), sure))
    }

    /// Adds the short forms of a passage that have the initials of the words before them, where the document explains them
    /// nowhere else.
    fn add_appositions(&mut self, input: &Input<'_>, passage: &str) {
        for (short, long) in apposition::short_forms(passage) {
            let long = &passage[long];
            let meaning = || Meaning { long: long.to_owned(), concept: Self::concept_of(input, long) };
            self.meanings.entry(short.to_owned()).or_insert_with(meaning);
        }
    }

    /// Every place in these bytes of the text where an explained abbreviation stands as a word.
    fn mentions(&self, input: &Input<'_>, bytes: Range<usize>) -> Vec<(Range<usize>, Mention)> {
        let text = input.text.text();
        let mut found = Vec::new();
        for (short, meaning) in &self.meanings {
            let Some((concept, kind, name, confidence)) = &meaning.concept else { continue };
            for (at, _) in text[bytes.clone()].match_indices(short.as_str()) {
                let place = bytes.start + at..bytes.start + at + short.len();
                if !is_word(text, &place) {
                    continue;
                }
                let mention = Mention {
                    span: input.text.span(place.clone()),
                    mention_type: *kind,
                    role: None,
                    concepts: vec![concept.clone()],
                    name: Some(name.clone()),
                    abbreviation_of: Some(meaning.long.clone()),
                    confidence: *confidence,
                };
                found.push((place, mention));
            }
        }
        found
    }
}

/// Whether nothing of a word stands right before or behind; the plural's `s` may.
fn is_word(text: &str, place: &Range<usize>) -> bool {
    let before = text[..place.start].chars().next_back();
    let mut after = text[place.end..].chars();
    let next = after.next();
    let open = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    open(before) && (open(next) || (next == Some('s') && open(after.next())))
}

/// The span of the title, if the document has one.
fn title_span(input: &Input<'_>) -> Option<Span> {
    let at = input.document.passages.iter().position(|passage| passage.section == "TITLE")?;
    input.passages.get(at).copied()
}

#[cfg(test)]
mod tests {
    use crate::extract::annotate;
    use crate::model::{Annotation, Document, Identifiers, MentionRole, Passage, TextIndex};
    use crate::vocab::{Dictionary, Vocabulary};

    fn mine(title: &str, text: &str) -> (String, Annotation) {
        let mut document = Document { identifiers: Identifiers::default(), ..Document::default() };
        document.passages.push(Passage { section: "ABSTRACT".into(), category: None, text: text.into() });
        document.set_title(title.into());
        let annotation = annotate(&document, &Dictionary::build(&Vocabulary::starter()));
        (document.text(), annotation)
    }

    fn named(title: &str, text: &str) -> Vec<(String, String, Option<MentionRole>)> {
        let (text, annotation) = mine(title, text);
        let index = TextIndex::new(&text);
        annotation
            .mentions
            .iter()
            .map(|m| (index.slice(m.span).to_owned(), m.name.clone().unwrap_or_default(), m.role))
            .collect()
    }

    #[test]
    fn an_abbreviation_stands_for_its_long_form_everywhere() {
        let found = named("A trial.", "We studied heart failure (HtF). In HtF, nothing changed.");
        let short: Vec<_> = found.iter().filter(|(words, _, _)| words == "HtF").collect();
        assert_eq!(short.len(), 2, "{found:?}");
        assert!(short.iter().all(|(_, name, _)| name.eq_ignore_ascii_case("heart failure")));
    }

    #[test]
    fn the_documents_own_meaning_overrules_the_dictionary() {
        let found = named("A trial.", "The hospital file (HF) was read. The HF was long.");
        assert!(found.iter().all(|(words, _, _)| words != "HF"), "{found:?}");
    }

    #[test]
    fn parts_are_told_by_the_words_before_and_otherwise_by_the_title() {
        let found = named(
            "Empagliflozin in heart failure.",
            "Patients with heart failure received metformin compared with warfarin. Those without asthma stayed.",
        );
        let role =
            |name: &str| found.iter().find(|(w, _, _)| w.eq_ignore_ascii_case(name)).and_then(|(_, _, role)| *role);
        assert_eq!(role("Empagliflozin"), Some(MentionRole::UnderTest));
        assert_eq!(role("heart failure"), Some(MentionRole::Studied));
        assert_eq!(role("warfarin"), Some(MentionRole::Comparator));
        assert_eq!(role("metformin"), None);
        assert_eq!(role("asthma"), Some(MentionRole::Exclusion));
        let found = named(
            "Dapagliflozin added to metformin.",
            "The six-minute walking distance, and exercise performance, rose.",
        );
        let role =
            |name: &str| found.iter().find(|(w, _, _)| w.eq_ignore_ascii_case(name)).and_then(|(_, _, role)| *role);
        assert_eq!(role("metformin"), Some(MentionRole::Background));
        assert_eq!(role("exercise"), Some(MentionRole::Outcome));
    }

    #[test]
    fn what_the_people_of_a_study_are_on_is_not_what_it_tests() {
        let role = |title: &str, text: &str, name: &str| {
            let found = named(title, text);
            found.iter().find(|(w, _, _)| w.eq_ignore_ascii_case(name)).and_then(|(_, _, role)| *role)
        };
        let background = Some(MentionRole::Background);
        assert_eq!(role("Peer support for persons living with HIV on warfarin.", "", "warfarin"), background);
        assert_eq!(role("Insulin in adults with asthma receiving daily warfarin.", "", "warfarin"), background);
        assert_eq!(
            role("Insulin in adults with asthma receiving daily warfarin.", "", "insulin"),
            Some(MentionRole::UnderTest)
        );
        assert_eq!(role("A trial.", "They all received insulin and warfarin.", "warfarin"), background);
        assert_eq!(role("A trial.", "Warfarin adherence rose.", "warfarin"), background);
        assert_eq!(role("A trial.", "On background therapy, warfarin helped.", "warfarin"), None);
        // In an arm, what people receive is what is tested.
        assert_eq!(role("A trial.", "Patients receiving warfarin bled less.", "warfarin"), None);
        assert_eq!(role("A trial.", "Oxygen uptake during exercise fell.", "exercise"), Some(MentionRole::Outcome));
    }
}
