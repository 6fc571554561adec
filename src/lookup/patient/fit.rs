//! How a study fits a patient.

use super::{Fact, FactFit, FactKind, Fit, FitQuote, Patient, Verdict};
use crate::extract::extractors::population::{negations, qualities};
use crate::model::{
    Annotation, Bound, ConceptId, Criterion, DocumentId, Mention, MentionRole, Polarity, Sentence, SentenceRole, Span,
    TextIndex,
};
use crate::store::StoredDocument;

/// How the study that these documents report fits.
pub(in crate::lookup) fn fit(patient: &Patient, documents: &[(StoredDocument, Annotation)]) -> Fit {
    let facts = patient.facts.iter().map(|fact| {
        let told = documents.iter().map(|(stored, annotation)| {
            let text = stored.document.text();
            Page { stored, annotation, index: TextIndex::new(&text) }.fact(fact)
        });
        // What keeps the patient out counts, whichever document of the study says so; else what is known before what is not.
        told.min_by_key(|fit| fit.verdict.weight()).unwrap_or_else(|| not_reported(fact))
    });
    Fit::of(facts.collect())
}

fn not_reported(fact: &Fact) -> FactFit {
    FactFit { fact: fact.words.clone(), verdict: Verdict::NotReported, reason: String::new(), quote: None }
}

/// A document, ready to be compared.
struct Page<'p> {
    stored: &'p StoredDocument,
    annotation: &'p Annotation,
    index: TextIndex<'p>,
}

/// A verdict, what it was told from, and the words that say so.
type Told = (Verdict, String, Option<Span>);

impl Page<'_> {
    fn fact(&self, fact: &Fact) -> FactFit {
        let told = match &fact.kind {
            FactKind::Age { years } => self.age(*years),
            FactKind::Sex { sex } => self.sex(sex),
            FactKind::Concept { present: true, covered_by, kinds, .. } => self.present(covered_by, kinds),
            FactKind::Concept { present: false, id, covered_by, kinds, .. } => self.absent(id, covered_by, kinds),
            FactKind::Measure { quantity, least, most, unit } => self.measure(quantity, *least, *most, unit),
            FactKind::Marker { marker, present } => self.marker(marker, *present),
        };
        let Some((verdict, reason, span)) = told else { return not_reported(fact) };
        let quote = span.map(|span| FitQuote {
            document: self.stored.id.clone(),
            section: self.section(span),
            span,
            quote: self.index.slice(span).to_owned(),
        });
        FactFit { fact: fact.words.clone(), verdict, reason, quote }
    }

    fn id(&self) -> &DocumentId {
        &self.stored.id
    }

    fn section(&self, span: Span) -> String {
        let document = &self.stored.document;
        let at = document.passage_spans().iter().position(|passage| passage.contains(span));
        at.map_or_else(String::new, |at| document.passages[at].section.clone())
    }

    fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.annotation.study.population.criteria.iter()
    }

    fn age(&self, years: f32) -> Option<Told> {
        let population = &self.annotation.study.population;
        if population.animals_only == Some(true) {
            return Some((Verdict::Differs, "a study of animals".to_owned(), None));
        }
        if let Some(ages) = &population.ages {
            let (verdict, reason) = match ages.admits(years) {
                true => (Verdict::Fits, "the ages that could take part"),
                false => (Verdict::Excluded, "the ages that could take part"),
            };
            return Some((verdict, reason.to_owned(), Some(ages.span)));
        }
        if population.age_groups.is_empty() {
            return None;
        }
        let fits = population.age_groups.iter().any(|group| is_of_age(group, years));
        let verdict = if fits { Verdict::Fits } else { Verdict::Differs };
        Some((verdict, format!("check tags of {}: {}", self.id(), population.age_groups.join("; ")), None))
    }

    fn sex(&self, sex: &str) -> Option<Told> {
        let sexes = &self.annotation.study.population.sexes;
        if sexes.is_empty() {
            return None;
        }
        let verdict = if sexes.iter().any(|known| known == sex) { Verdict::Fits } else { Verdict::Differs };
        Some((verdict, format!("the record of {} says {}", self.id(), sexes.join(" and ")), None))
    }

    /// Of something that the patient has.
    fn present(&self, covered_by: &[ConceptId], kinds: &[ConceptId]) -> Option<Told> {
        let mut told: Option<Told> = None;
        for criterion in self.criteria() {
            for mention in self.criterial(criterion) {
                let whole = names(mention, covered_by);
                if !whole && !names(mention, kinds) {
                    continue;
                }
                let clause = self.clause(mention.span, criterion.span);
                let of_some = !whole
                    || self.has_quality(clause, mention.span)
                    || self.is_limited(mention.span, criterion.span)
                    || criterion.polarity == Polarity::Exclusion
                        && self.goes_with_more(clause, mention.span, criterion);
                let (verdict, reason) = match (criterion.polarity, of_some) {
                    _ if self.is_turned(mention.span, criterion.span) => TURNED,
                    (Polarity::Exclusion, false) => (Verdict::Excluded, "kept out"),
                    (Polarity::Exclusion, true) => (Verdict::Unclear, "some who have it were kept out"),
                    (Polarity::Inclusion, false) => (Verdict::Fits, "let in"),
                    (Polarity::Inclusion, true) => (Verdict::Unclear, "some who have it were let in"),
                };
                keep(&mut told, (verdict, reason.to_owned(), Some(clause)));
            }
        }
        if told.is_some() {
            return told;
        }
        for (mention, sentence) in self.mentions_of_whom() {
            let whole = names(mention, covered_by);
            if !whole && !names(mention, kinds) {
                continue;
            }
            let found = match (mention.role, whole) {
                (Some(MentionRole::Studied), true) => (Verdict::Fits, "the condition that is studied"),
                (Some(MentionRole::Studied), false) => (Verdict::Unclear, "a kind of it is studied"),
                (Some(MentionRole::Exclusion), _) => (Verdict::Unclear, "named as a reason not to take part"),
                _ => continue,
            };
            keep(&mut told, (found.0, found.1.to_owned(), Some(sentence)));
        }
        told
    }

    /// Of something that the patient has not.
    fn absent(&self, id: &ConceptId, covered_by: &[ConceptId], kinds: &[ConceptId]) -> Option<Told> {
        let mut told: Option<Told> = None;
        for criterion in self.criteria() {
            for mention in self.criterial(criterion) {
                let itself = mention.concepts.contains(id) || names(mention, kinds);
                let clause = self.clause(mention.span, criterion.span);
                match criterion.polarity {
                    _ if !itself && !names(mention, covered_by) => {}
                    _ if self.is_turned(mention.span, criterion.span) => {
                        keep(&mut told, (TURNED.0, TURNED.1.to_owned(), Some(clause)));
                    }
                    Polarity::Exclusion => {
                        keep(&mut told, (Verdict::Fits, "those who have it were kept out".to_owned(), Some(clause)));
                    }
                    Polarity::Inclusion if itself => {
                        keep(&mut told, (Verdict::Differs, "of people who have it".to_owned(), Some(clause)));
                    }
                    Polarity::Inclusion => {}
                }
            }
        }
        if told.is_some() {
            return told;
        }
        let (_, sentence) = self.mentions_of_whom().find(|(mention, _)| {
            mention.role == Some(MentionRole::Studied) && (mention.concepts.contains(id) || names(mention, kinds))
        })?;
        Some((Verdict::Differs, "of people who have it".to_owned(), Some(sentence)))
    }

    fn measure(&self, quantity: &str, least: f64, most: f64, unit: &str) -> Option<Told> {
        let mut told: Option<Told> = None;
        for criterion in self.criteria() {
            let bounds = || criterion.bounds.iter().filter(|bound| bound.quantity == quantity && bound.unit == unit);
            // One of several on the same is enough to be let in; and of alternatives another may let in.
            let another = bounds().count() > 1 && bounds().any(|bound| holds(bound, least, most) == Some(true))
                || self.has_alternatives(criterion.span);
            for bound in criterion.bounds.iter().filter(|bound| bound.quantity == quantity) {
                let clause = self.clause(bound.span, criterion.span);
                let (verdict, reason) = match (criterion.polarity, holds(bound, least, most)) {
                    _ if bound.unit != unit => (Verdict::Unclear, "in another unit"),
                    _ if self.is_turned(bound.span, criterion.span) => TURNED,
                    (_, None) => (Verdict::Unclear, "the bound lies within the range of the patient"),
                    (Polarity::Exclusion, Some(true)) if self.goes_with_more(clause, bound.span, criterion) => {
                        (Verdict::Unclear, "kept out together with something else")
                    }
                    (Polarity::Exclusion, Some(true)) => (Verdict::Excluded, "kept out"),
                    (Polarity::Exclusion, Some(false)) => (Verdict::Fits, "beyond what kept people out"),
                    (Polarity::Inclusion, Some(true)) => (Verdict::Fits, "let in"),
                    (Polarity::Inclusion, Some(false)) if another => {
                        (Verdict::Unclear, "beyond one of the reasons that let people in")
                    }
                    (Polarity::Inclusion, Some(false)) => (Verdict::Excluded, "beyond what let people in"),
                };
                keep(&mut told, (verdict, reason.to_owned(), Some(clause)));
            }
        }
        told
    }

    fn marker(&self, marker: &str, present: bool) -> Option<Told> {
        let mut told: Option<Told> = None;
        for criterion in self.criteria() {
            let words = self.index.slice(criterion.span);
            for at in places(words, marker) {
                let byte = self.index.byte(criterion.span.start) + at;
                let place = self.index.span(byte..byte + marker.len());
                let (verdict, reason) = match (criterion.polarity, present) {
                    (Polarity::Exclusion, true) => (Verdict::Excluded, "kept out"),
                    (Polarity::Exclusion, false) => (Verdict::Fits, "those who have it were kept out"),
                    (Polarity::Inclusion, true) => (Verdict::Fits, "let in"),
                    (Polarity::Inclusion, false) => (Verdict::Differs, "of people who have it"),
                };
                // Of “wild-type” and “negative” the words around it would have to be understood.
                let clause = self.clause(place, criterion.span);
                let around = self.index.slice(clause).to_lowercase();
                // A minus behind a marker is a sign, and no hyphen of a word.
                let signed = {
                    let mut behind = words[at + marker.len()..].chars();
                    matches!(behind.next(), Some('-' | '−' | '–' | '+'))
                        && !behind.next().is_some_and(char::is_alphanumeric)
                };
                let plain = !signed && !["wild", "negative"].iter().any(|word| around.contains(word));
                let turned = !plain || self.is_turned(place, criterion.span);
                let (verdict, reason) = if turned { TURNED } else { (verdict, reason) };
                keep(&mut told, (verdict, reason.to_owned(), Some(clause)));
            }
        }
        if told.is_some() {
            return told;
        }
        let named = self.annotation.sentences.iter().find(|sentence| {
            !self.stored.document.is_full_text(sentence.passage)
                && places(self.index.slice(sentence.span), marker).next().is_some()
        })?;
        Some((Verdict::Unclear, "named, and not as a reason to take part or not".to_owned(), Some(named.span)))
    }

    /// What a criterion names, without the treatments that are compared: they are what was done, and no reason to take part.
    fn criterial(&self, criterion: &Criterion) -> impl Iterator<Item = &Mention> {
        let polarity = criterion.polarity;
        self.mentions_in(criterion.span).filter(move |mention| {
            polarity == Polarity::Exclusion
                || !matches!(mention.role, Some(MentionRole::UnderTest | MentionRole::Comparator))
        })
    }

    /// Whether a criterion gives reasons of which one is enough.
    fn has_alternatives(&self, criterion: Span) -> bool {
        let words = format!(" {} ", self.index.slice(criterion).to_lowercase());
        [" or ", " either ", " at least one ", " any of ", " one of "].iter().any(|word| words.contains(word))
    }

    /// Whether a clause names something else besides, joined with “and” or “with”: perhaps only both together kept out.
    fn goes_with_more(&self, clause: Span, named: Span, criterion: &Criterion) -> bool {
        let words = format!(" {} ", self.index.slice(clause).to_lowercase());
        let joined = words.contains(" and ") || words.contains(" who ") || words.matches(" with ").count() > 1;
        let others = self.mentions_in(clause).any(|mention| !mention.span.overlaps(named))
            || criterion.bounds.iter().any(|bound| clause.contains(bound.span) && !bound.span.overlaps(named));
        joined && others
    }

    /// Whether words behind something named, in its criterion, limit it: for some time only, or but for some.
    fn is_limited(&self, named: Span, criterion: Span) -> bool {
        let (from, to) = (self.index.byte(named.end), self.index.byte(criterion.end));
        let behind = self.index.text()[from..to.max(from)].to_lowercase();
        let behind = behind.split([';', '•']).next().unwrap_or_default();
        let behind = behind.split(". ").next().unwrap_or_default();
        [" within ", " unless ", " except ", " in the past ", " in the last ", " in the previous ", " during the "]
            .iter()
            .any(|word| behind.contains(word))
    }

    fn mentions_in(&self, span: Span) -> impl Iterator<Item = &Mention> {
        self.annotation.mentions.iter().filter(move |mention| span.contains(mention.span))
    }

    /// Mentions where a paper says whom it is about, with their sentences: its title, and what its abstract says of aim and methods.
    /// What is known of a condition in general stands elsewhere.
    fn mentions_of_whom(&self) -> impl Iterator<Item = (&Mention, Span)> {
        let says_whom = move |sentence: &&Sentence| {
            !self.stored.document.is_full_text(sentence.passage)
                && matches!(
                    sentence.role,
                    Some(SentenceRole::Title | SentenceRole::Objective | SentenceRole::Methods) | None
                )
        };
        self.annotation.sentences.iter().filter(says_whom).flat_map(move |sentence| {
            let borne = move |mention: &&Mention| !self.is_prevented(mention.span, sentence.span);
            self.mentions_in(sentence.span).filter(borne).map(move |mention| (mention, sentence.span))
        })
    }

    /// Whether something named is what is to be prevented, and not what people have.
    fn is_prevented(&self, named: Span, sentence: Span) -> bool {
        let (from, to) = (self.index.byte(sentence.start), self.index.byte(named.start));
        let before = self.index.text()[from..to.max(from)].to_lowercase();
        let near: Vec<&str> = before.split_whitespace().rev().take(PREVENTED_WITHIN).collect();
        near.iter().any(|word| ["prevent", "prophyla", "risk", "reduc"].iter().any(|stem| word.starts_with(stem)))
    }

    /// The part of a criterion around something named in it: up to the nearest semicolon, number of a list, or comma.
    fn clause(&self, place: Span, criterion: Span) -> Span {
        let bytes = self.index.bytes(criterion);
        let place = self.index.bytes(place);
        let text = self.index.text();
        let ends = |c: char| ";,•".contains(c);
        // A comma within a number or a name parts nothing: blanks stand behind the others.
        let parts = |at: usize, c: char| ends(c) && text[at + c.len_utf8()..].starts_with(char::is_whitespace);
        let start = text[bytes.start..place.start]
            .char_indices()
            .rev()
            .map(|(at, c)| (bytes.start + at, c))
            .find(|(at, c)| parts(*at, *c))
            .map_or(bytes.start, |(at, c)| at + c.len_utf8());
        let end = text[place.end..bytes.end]
            .char_indices()
            .map(|(at, c)| (place.end + at, c))
            .find(|(at, c)| parts(*at, *c))
            .map_or(bytes.end, |(at, _)| at);
        let start = start + text[start..end].len() - text[start..end].trim_start().len();
        self.index.span(start..end)
    }

    /// Whether a word before something named in a criterion may turn it round; its own list, condition or number only.
    fn is_turned(&self, place: Span, criterion: Span) -> bool {
        let (from, to) = (self.index.byte(criterion.start), self.index.byte(place.start));
        let before = self.index.text()[from..to.max(from)].to_lowercase();
        let begins = [";", ":", " if ", " because ", ". ", "•"].iter().filter_map(|mark| before.rfind(mark)).max();
        let before = format!(" {} ", &before[begins.unwrap_or(0)..]);
        let words: String = before.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = format!(" {words} ");
        negations().iter().any(|negation| words.contains(&format!(" {negation} ")))
    }

    /// Whether words of a clause, outside of what is named in it, make it one of some only.
    fn has_quality(&self, clause: Span, mention: Span) -> bool {
        let (clause, mention) = (self.index.bytes(clause), self.index.bytes(mention));
        let text = self.index.text();
        let around =
            [&text[clause.start..mention.start.max(clause.start)], &text[mention.end.min(clause.end)..clause.end]];
        let around = format!(" {} ", around.join(" ").to_lowercase());
        let words: String = around.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { ' ' }).collect();
        qualities().iter().any(|quality| words.contains(&format!(" {quality} ")))
    }
}

/// How many words before a condition may say that it is to be prevented.
const PREVENTED_WITHIN: usize = 6;

/// Of what is named behind a negation.
const TURNED: (Verdict, &str) = (Verdict::Unclear, "named behind a negation");

/// Keeps the verdict that weighs more: what keeps out, then what lets in, then what leaves it open; of equals the first.
fn keep(told: &mut Option<Told>, next: Told) {
    if told.as_ref().is_none_or(|held| next.0.weight() < held.0.weight()) {
        *told = Some(next);
    }
}

fn names(mention: &Mention, concepts: &[ConceptId]) -> bool {
    mention.concepts.iter().any(|concept| concepts.contains(concept))
}

/// Whether a bound holds for every value of a range, or for none; none where it holds for some.
fn holds(bound: &Bound, least: f64, most: f64) -> Option<bool> {
    let (low, high) = (bound.holds(least), bound.holds(most));
    if low != high {
        return None;
    }
    // Both ends outside, and the bound between them.
    let between = |end: Option<f64>| end.is_some_and(|end| least < end && end < most);
    (low || !between(bound.least) && !between(bound.most)).then_some(low)
}

/// Where a marker stands as a word of its own.
fn places<'t>(text: &'t str, marker: &'t str) -> impl Iterator<Item = usize> + 't {
    let bounded = move |at: usize| {
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        edge(text[..at].chars().next_back()) && edge(text[at + marker.len()..].chars().next())
    };
    text.match_indices(marker).map(|(at, _)| at).filter(move |at| bounded(*at))
}

/// Whether somebody of this age, in years, is of an age group of MeSH's check tags.
fn is_of_age(group: &str, years: f32) -> bool {
    let (from, to) = match group {
        "Infant, Newborn" => (0.0, 1.0 / 12.0),
        "Infant" => (1.0 / 12.0, 2.0),
        "Child, Preschool" => (2.0, 6.0),
        "Child" => (6.0, 13.0),
        "Adolescent" => (13.0, 19.0),
        "Young Adult" => (19.0, 25.0),
        "Adult" => (19.0, 45.0),
        "Middle Aged" => (45.0, 65.0),
        "Aged" => (65.0, 200.0),
        "Aged, 80 and over" => (80.0, 200.0),
        _ => return false,
    };
    years >= from && years < to
}

#[cfg(test)]
mod tests;
