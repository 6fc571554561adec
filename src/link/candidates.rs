//! Which concepts a finding may be about, and what in the document speaks for each.

use std::collections::HashMap;

use super::measures;
use super::weights::{Places, WEIGHTS};
use crate::model::{
    Annotation, ConceptId, ConceptType, Document, Finding, Heading, Indexing, LinkReason, LinkSide, MentionRole,
    SentenceRole, Slot, Span, SubstanceRole, TextIndex,
};
use crate::vocab::{Vocabulary, normalize};

/// A concept that a finding may be about.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The concept.
    pub concept: ConceptId,
    /// Whether as condition or as treatment.
    pub side: LinkSide,
    /// What the dictionary's evidence alone makes of it, 0 to 1.
    pub evidence: f32,
    /// What speaks for it.
    pub reasons: Vec<LinkReason>,
}

/// The candidates of every finding of a document, in the order of its findings.
pub fn candidates(document: &Document, annotation: &Annotation, vocabulary: &Vocabulary) -> Vec<Vec<Candidate>> {
    let meaning = |keyword: &str| vocabulary.find(keyword).into_iter().next();
    let type_of = |concept: &ConceptId| vocabulary.concept_type(concept);
    let current = |id: &ConceptId, name: &str| vocabulary.renumbered(id, name);
    gather(document, annotation, Names { type_of: &type_of, meaning: &meaning, current: &current })
}

/// What a vocabulary knows of names.
#[derive(Clone, Copy)]
pub(super) struct Names<'n> {
    /// The type of a concept.
    pub(super) type_of: &'n dyn Fn(&ConceptId) -> Option<ConceptType>,
    /// The concept that a keyword names.
    pub(super) meaning: &'n dyn Fn(&str) -> Option<ConceptId>,
    /// The id that a heading or a substance has by now, by its id and its name.
    pub(super) current: &'n dyn Fn(&ConceptId, &str) -> ConceptId,
}

/// The same, with names from anywhere.
pub(super) fn gather(document: &Document, annotation: &Annotation, names: Names<'_>) -> Vec<Vec<Candidate>> {
    if annotation.findings.is_empty() {
        return Vec::new();
    }
    let topics = topics(document, annotation, names);
    let text = document.text();
    let text = TextIndex::new(&text);
    // Only a document that names a condition with measures has its sentences searched for them.
    let measured = topics.iter().any(|topic| !measures::of(&topic.concept).is_empty());
    let words = |finding: &Finding| if measured { normalize(text.slice(finding.span)) } else { String::new() };
    annotation.findings.iter().map(|finding| of_finding(finding, &words(finding), &topics)).collect()
}

/// A concept that the document speaks of: everything that is known of it but the place of one finding.
#[derive(Debug)]
struct Topic {
    concept: ConceptId,
    side: LinkSide,
    mentions: Vec<Place>,
    in_title: bool,
    /// Whether a sentence that says what the study is for names it.
    in_objective: bool,
    /// The weight of its strongest heading, keyword or substance.
    heading: Option<f32>,
    /// Whether its heading says that it is measured and not given, or it mostly is.
    only_measured: bool,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    span: Span,
    role: Option<MentionRole>,
    confidence: f32,
    part: Part,
    sentence: Option<SentenceRole>,
}

/// The part of a document that a mention stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Title,
    Abstract,
    /// Methods and results of the full text.
    Body,
    /// Introduction and discussion of the full text, and what stands around it.
    Aside,
}

/// Tells the part and the role of the sentence that a span lies in. Spans are asked for in ascending order.
struct Parts<'a> {
    annotation: &'a Annotation,
    at: usize,
    title: Option<Span>,
    full_text: Option<u32>,
}

impl Parts<'_> {
    fn of(&mut self, span: Span) -> (Part, Option<SentenceRole>) {
        let sentences = &self.annotation.sentences;
        while sentences.get(self.at).is_some_and(|sentence| sentence.span.end <= span.start) {
            self.at += 1;
        }
        let role = sentences.get(self.at).filter(|sentence| sentence.span.overlaps(span)).and_then(|s| s.role);
        let part = if self.title.is_some_and(|title| title.contains(span)) {
            Part::Title
        } else if self.full_text.is_none_or(|from| span.start < from) {
            Part::Abstract
        } else if matches!(role, Some(SentenceRole::Methods | SentenceRole::Results)) {
            Part::Body
        } else {
            Part::Aside
        };
        (part, role)
    }
}

fn topics(document: &Document, annotation: &Annotation, names: Names<'_>) -> Vec<Topic> {
    let type_of = names.type_of;
    let title = document.passages.iter().position(|p| p.section == "TITLE");
    let passages = document.passage_spans();
    let title = title.and_then(|at| passages.get(at).copied());
    let full_text = document.full_text_from.and_then(|at| passages.get(at as usize)).map(|span| span.start);
    let mut parts = Parts { annotation, at: 0, title, full_text };
    let mut topics: Vec<Topic> = Vec::new();
    let mut known: HashMap<(ConceptId, LinkSide), usize> = HashMap::new();
    let mut topic = |concept: &ConceptId, side: LinkSide, topics: &mut Vec<Topic>| {
        *known.entry((concept.clone(), side)).or_insert_with(|| {
            topics.push(Topic {
                concept: concept.clone(),
                side,
                mentions: Vec::new(),
                in_title: false,
                in_objective: false,
                heading: None,
                only_measured: WEIGHTS.measured.concepts.binary_search(concept).is_ok(),
            });
            topics.len() - 1
        })
    };
    for mention in &annotation.mentions {
        let (part, sentence) = parts.of(mention.span);
        for concept in &mention.concepts {
            // A mention and its concept must be of one kind: a link never crosses types.
            let by_mention = side(Some(mention.mention_type));
            let by_concept = type_of(concept).map_or(by_mention, |kind| side(Some(kind)));
            let Some(side) = by_mention.filter(|_| by_mention == by_concept && !is_generic(concept)) else { continue };
            let at = topic(concept, side, &mut topics);
            let place =
                Place { span: mention.span, role: mention.role, confidence: mention.confidence, part, sentence };
            topics[at].in_title |= part == Part::Title;
            topics[at].in_objective |= sentence == Some(SentenceRole::Objective);
            topics[at].mentions.push(place);
        }
    }
    let trust = if document.indexing == Indexing::Automated { WEIGHTS.indexing.automated } else { 1.0 };
    let headings = document.headings.iter().filter_map(|h| Some((h.id.as_deref()?, h.name.as_str(), Some(h))));
    let substances = document.substances.iter().filter(|s| s.role == SubstanceRole::Chemical);
    let substances = substances.filter_map(|s| Some((s.id.as_deref()?, s.name.as_str(), None)));
    for (id, name, heading) in headings.chain(substances) {
        let concept = (names.current)(&ConceptId::mesh(id), name);
        // Check tags, places and animals have no type, and tests are neither condition nor treatment.
        let Some(side) = side(type_of(&concept)).filter(|_| !is_generic(&concept)) else { continue };
        let places = places(side);
        let weight = trust
            * match heading.map(Heading::is_major_topic) {
                Some(true) => places.heading_major,
                Some(false) => places.heading,
                None => places.substance,
            };
        let at = topic(&concept, side, &mut topics);
        topics[at].heading = Some(topics[at].heading.map_or(weight, |other| other.max(weight)));
        topics[at].only_measured |= heading.is_some_and(|heading| WEIGHTS.qualifiers.only_measured(heading));
    }
    for concept in document.keywords.iter().filter_map(|keyword| (names.meaning)(keyword)) {
        let Some(side) = side(type_of(&concept)).filter(|_| !is_generic(&concept)) else { continue };
        let at = topic(&concept, side, &mut topics);
        let weight = places(side).keyword;
        topics[at].heading = Some(topics[at].heading.map_or(weight, |other| other.max(weight)));
    }
    topics
}

impl Topic {
    /// Whether the paper only speaks of it in passing: a full text names much that neither its title, its abstract nor its
    /// headings do.
    fn in_passing(&self) -> bool {
        let named = |place: &Place| matches!(place.part, Part::Title | Part::Abstract);
        !self.in_objective && self.heading.is_none() && !self.mentions.iter().any(named)
    }
}

pub(super) fn is_generic(concept: &ConceptId) -> bool {
    WEIGHTS.generic.concepts.contains(concept)
}

fn side(kind: Option<ConceptType>) -> Option<LinkSide> {
    match kind? {
        ConceptType::Condition => Some(LinkSide::Condition),
        kind if kind.can_treat() => Some(LinkSide::Treatment),
        _ => None,
    }
}

fn places(side: LinkSide) -> &'static Places {
    match side {
        LinkSide::Condition => &WEIGHTS.condition,
        LinkSide::Treatment => &WEIGHTS.treatment,
    }
}

/// `words` are those of the finding's sentence in the normal form of names.
fn of_finding(finding: &Finding, words: &str, topics: &[Topic]) -> Vec<Candidate> {
    let mut found: Vec<(Candidate, bool)> =
        topics.iter().filter_map(|topic| candidate(finding, words, topic)).collect();
    // Once the sentence names what it is about, treatments that it does not name are about something else.
    let names_treatment = found.iter().any(|(candidate, under_test)| {
        candidate.side == LinkSide::Treatment && *under_test && candidate.reasons.contains(&LinkReason::Sentence)
    });
    for (candidate, _) in &mut found {
        if names_treatment
            && candidate.side == LinkSide::Treatment
            && !candidate.reasons.contains(&LinkReason::Sentence)
        {
            candidate.evidence *= WEIGHTS.treatment.elsewhere;
        }
    }
    found.into_iter().map(|(candidate, _)| candidate).collect()
}

/// What speaks for one concept, and whether it is (or may be) under test here.
fn candidate(finding: &Finding, words: &str, topic: &Topic) -> Option<(Candidate, bool)> {
    let places = places(topic.side);
    let here: Vec<&Place> = topic.mentions.iter().filter(|place| finding.span.contains(place.span)).collect();
    let role = role(finding, topic, &here);
    let share = match topic.side {
        LinkSide::Condition => WEIGHTS.condition_role(role),
        LinkSide::Treatment if topic.only_measured && role != Some(MentionRole::UnderTest) => {
            WEIGHTS.treatment_role(role) * WEIGHTS.qualifiers.only_measured
        }
        LinkSide::Treatment => WEIGHTS.treatment_role(role),
    };
    // A heading alone plays no part that could be known.
    let share = if topic.mentions.is_empty() && !topic.only_measured { 1.0 } else { share };
    let trust = topic.mentions.iter().map(|place| place.confidence).fold(0.0, f32::max).clamp(0.0, 1.0);
    let mut reasons = Vec::new();
    let mut against = 1.0;
    let passing = if topic.in_passing() { WEIGHTS.limits.passing } else { 1.0 };
    let mut speaks = |reason: LinkReason, weight: f32| {
        reasons.push(reason);
        against *= 1.0 - weight * passing;
    };
    if !here.is_empty() {
        // What a document names once, and neither in its title nor for its aim, it does not study.
        let once = topic.mentions.len() == 1 && !topic.in_title && !topic.in_objective && topic.heading.is_none();
        let share = if once && topic.side == LinkSide::Treatment && role.is_none() { WEIGHTS.limits.once } else { 1.0 };
        speaks(LinkReason::Sentence, places.sentence * trust * share);
    }
    if topic.in_title {
        speaks(LinkReason::Title, places.title * trust);
    }
    if topic.in_objective {
        speaks(LinkReason::Objective, places.objective * trust);
    }
    // Where a full text introduces or discusses, it speaks of what others did.
    let counts = |part: Part| topic.mentions.iter().filter(|place| place.part == part).count();
    let elsewhere = counts(Part::Abstract) + counts(Part::Body) / WEIGHTS.limits.body_mentions;
    let elsewhere = elsewhere.saturating_sub(here.iter().filter(|place| place.part == Part::Abstract).count());
    if elsewhere > 0 {
        let repeated = elsewhere + usize::from(topic.in_title) >= WEIGHTS.limits.repeated;
        let weight = if repeated { places.document_repeated } else { places.document };
        speaks(LinkReason::Document, weight * trust);
    }
    if let Some(weight) = topic.heading {
        speaks(LinkReason::Heading, weight);
    }
    // What the document never names is not measured here: its blood pressure may be anybody's.
    if here.is_empty() && measures::of(&topic.concept).iter().any(|name| measures::holds(words, name)) {
        speaks(LinkReason::Measure, WEIGHTS.measures.sentence);
    }
    // The part that it plays is the most that all of this can come to, however often it is named.
    let evidence = share * (1.0 - against);
    let under_test = !matches!(role, Some(MentionRole::Comparator | MentionRole::Background | MentionRole::Outcome));
    let candidate = Candidate { concept: topic.concept.clone(), side: topic.side, evidence, reasons };
    (evidence > 0.0).then_some((candidate, under_test))
}

/// The part that a concept plays: what its sentence says in words, then what the finding's slots say, then what the document says.
/// What the document has for background stays that, though it be the only treatment that a sentence names.
fn role(finding: &Finding, topic: &Topic, here: &[&Place]) -> Option<MentionRole> {
    let names = |slot: &Option<Slot>| slot.as_ref().is_some_and(|slot| slot.concepts.contains(&topic.concept));
    let treatment = topic.side == LinkSide::Treatment;
    if treatment && names(&finding.outcome) && !names(&finding.intervention) {
        return Some(MentionRole::Outcome);
    }
    let strongest = |places: &mut dyn Iterator<Item = &Place>| {
        let weight = |role: Option<MentionRole>| match topic.side {
            LinkSide::Condition => WEIGHTS.condition_role(role),
            LinkSide::Treatment => WEIGHTS.treatment_role(role),
        };
        places.filter_map(|place| place.role).max_by(|a, b| weight(Some(*a)).total_cmp(&weight(Some(*b))))
    };
    let of_part = |part: Part| topic.mentions.iter().filter(move |place| place.part == part);
    // What a paper studies it goes on studying where a sentence counts it among the outcomes.
    let studied = Some(MentionRole::Studied);
    if !treatment && strongest(&mut of_part(Part::Title)) == studied {
        return studied;
    }
    let tested = Some(MentionRole::UnderTest);
    if treatment && names(&finding.intervention) && strongest(&mut of_part(Part::Title)) == tested {
        return tested;
    }
    if let Some(said) = strongest(&mut here.iter().copied()) {
        return Some(said);
    }
    let objective = |place: &&Place| place.sentence == Some(SentenceRole::Objective);
    // What was known before the study is no part of it.
    let own = |place: &&Place| place.sentence != Some(SentenceRole::Background);
    // The title, then what the study is for, then the abstract, then the rest.
    let of_document = strongest(&mut of_part(Part::Title))
        .or_else(|| strongest(&mut of_part(Part::Abstract).filter(objective)))
        .or_else(|| strongest(&mut of_part(Part::Abstract).filter(own)))
        .or_else(|| strongest(&mut of_part(Part::Body)));
    match of_document {
        Some(MentionRole::Background) => of_document,
        _ if treatment && names(&finding.intervention) => tested,
        _ if treatment && names(&finding.comparator) => Some(MentionRole::Comparator),
        _ => of_document,
    }
}
