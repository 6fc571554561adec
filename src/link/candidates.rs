//! Which concepts a finding may be about, and what in the document speaks for each.

use std::collections::HashMap;

use super::weights::{Places, WEIGHTS};
use crate::model::{
    Annotation, ConceptId, ConceptType, Document, Finding, Heading, Indexing, LinkReason, LinkSide, MentionRole, Span,
    SubstanceRole,
};
use crate::vocab::Vocabulary;

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
    gather(document, annotation, &|concept| vocabulary.concept_type(concept))
}

/// The same, with the types of concepts from anywhere.
pub(super) fn gather(
    document: &Document,
    annotation: &Annotation,
    type_of: &dyn Fn(&ConceptId) -> Option<ConceptType>,
) -> Vec<Vec<Candidate>> {
    if annotation.findings.is_empty() {
        return Vec::new();
    }
    let topics = topics(document, annotation, type_of);
    annotation.findings.iter().map(|finding| of_finding(finding, &topics)).collect()
}

/// A concept that the document speaks of: everything that is known of it but the place of one finding.
#[derive(Debug)]
struct Topic {
    concept: ConceptId,
    side: LinkSide,
    mentions: Vec<Place>,
    in_title: bool,
    /// The weight of its strongest heading or substance.
    heading: Option<f32>,
    /// Whether its heading says that it is measured and not given.
    only_measured: bool,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    span: Span,
    role: Option<MentionRole>,
    confidence: f32,
}

fn topics(
    document: &Document,
    annotation: &Annotation,
    type_of: &dyn Fn(&ConceptId) -> Option<ConceptType>,
) -> Vec<Topic> {
    let title = document.passages.iter().position(|p| p.section == "TITLE");
    let title = title.and_then(|at| document.passage_spans().get(at).copied());
    let mut topics: Vec<Topic> = Vec::new();
    let mut known: HashMap<(ConceptId, LinkSide), usize> = HashMap::new();
    let mut topic = |concept: &ConceptId, side: LinkSide, topics: &mut Vec<Topic>| {
        *known.entry((concept.clone(), side)).or_insert_with(|| {
            topics.push(Topic {
                concept: concept.clone(),
                side,
                mentions: Vec::new(),
                in_title: false,
                heading: None,
                only_measured: false,
            });
            topics.len() - 1
        })
    };
    for mention in &annotation.mentions {
        for concept in &mention.concepts {
            // A mention and its concept must be of one kind: a link never crosses types.
            let by_mention = side(Some(mention.mention_type));
            let by_concept = type_of(concept).map_or(by_mention, |kind| side(Some(kind)));
            let Some(side) = by_mention.filter(|_| by_mention == by_concept && !is_generic(concept)) else { continue };
            let at = topic(concept, side, &mut topics);
            let place = Place { span: mention.span, role: mention.role, confidence: mention.confidence };
            topics[at].in_title |= title.is_some_and(|title| title.contains(mention.span));
            topics[at].mentions.push(place);
        }
    }
    let trust = if document.indexing == Indexing::Automated { WEIGHTS.indexing.automated } else { 1.0 };
    let headings = document.headings.iter().filter_map(|h| Some((h.id.as_deref()?, Some(h))));
    let substances = document.substances.iter().filter(|s| s.role == SubstanceRole::Chemical);
    let substances = substances.filter_map(|s| Some((s.id.as_deref()?, None)));
    for (id, heading) in headings.chain(substances) {
        let concept = ConceptId::mesh(id);
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
    topics
}

fn is_generic(concept: &ConceptId) -> bool {
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

fn of_finding(finding: &Finding, topics: &[Topic]) -> Vec<Candidate> {
    let mut found: Vec<(Candidate, bool)> = topics.iter().filter_map(|topic| candidate(finding, topic)).collect();
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
fn candidate(finding: &Finding, topic: &Topic) -> Option<(Candidate, bool)> {
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
    let trust = topic.mentions.iter().map(|place| place.confidence).fold(0.0, f32::max).clamp(0.0, 1.0);
    let mut reasons = Vec::new();
    let mut against = 1.0;
    let mut speaks = |reason: LinkReason, weight: f32| {
        reasons.push(reason);
        against *= 1.0 - weight;
    };
    if !here.is_empty() {
        speaks(LinkReason::Sentence, places.sentence * share * trust);
    }
    if topic.in_title {
        speaks(LinkReason::Title, places.title * share * trust);
    }
    let elsewhere = topic.mentions.len() - here.len();
    if elsewhere > usize::from(topic.in_title) {
        let repeated = elsewhere >= WEIGHTS.limits.repeated;
        let weight = if repeated { places.document_repeated } else { places.document };
        speaks(LinkReason::Document, weight * share * trust);
    }
    if let Some(weight) = topic.heading {
        // A heading alone plays no part that could be known.
        let share = if topic.mentions.is_empty() && !topic.only_measured { 1.0 } else { share };
        speaks(LinkReason::Heading, weight * share);
    }
    let evidence = 1.0 - against;
    let under_test = !matches!(role, Some(MentionRole::Comparator | MentionRole::Background | MentionRole::Outcome));
    let candidate = Candidate { concept: topic.concept.clone(), side: topic.side, evidence, reasons };
    (evidence > 0.0).then_some((candidate, under_test))
}

/// The part that a concept plays: in the finding's own slots, else in its sentence, else in the document.
fn role(finding: &Finding, topic: &Topic, here: &[&Place]) -> Option<MentionRole> {
    let names = |slot: &Option<crate::model::Slot>| slot.as_ref().is_some_and(|s| s.concepts.contains(&topic.concept));
    if topic.side == LinkSide::Treatment {
        if names(&finding.intervention) {
            return Some(MentionRole::UnderTest);
        }
        if names(&finding.outcome) {
            return Some(MentionRole::Outcome);
        }
        if names(&finding.comparator) {
            return Some(MentionRole::Comparator);
        }
    }
    let strongest = |places: &mut dyn Iterator<Item = Option<MentionRole>>| {
        let weight = |role: Option<MentionRole>| match topic.side {
            LinkSide::Condition => WEIGHTS.condition_role(role),
            LinkSide::Treatment => WEIGHTS.treatment_role(role),
        };
        places.flatten().max_by(|a, b| weight(Some(*a)).total_cmp(&weight(Some(*b))))
    };
    strongest(&mut here.iter().map(|place| place.role))
        .or_else(|| strongest(&mut topic.mentions.iter().map(|place| place.role)))
}
