use super::candidates::{Names, gather};
use super::*;
use crate::model::{
    ConceptType, Document, Finding, Heading, Indexing, Mention, MentionRole, Passage, Qualifier, Sentence,
    SentenceRole, Slot, Span, TextIndex,
};

/// A document with a title and one sentence, which is its finding; mentions are given by their words.
struct Case {
    document: Document,
    annotation: Annotation,
}

const KINDS: [(&str, ConceptType); 6] = [
    ("heart failure", ConceptType::Condition),
    ("asthma", ConceptType::Condition),
    ("zelmarin", ConceptType::Chemical),
    ("oxotril", ConceptType::Chemical),
    ("walking", ConceptType::Behaviour),
    ("spirometry", ConceptType::Test),
];

fn id(words: &str) -> ConceptId {
    ConceptId::new(format!("MESH:{}", words.replace(' ', "_")))
}

fn type_of(concept: &ConceptId) -> Option<ConceptType> {
    KINDS.iter().find(|(words, _)| id(words) == *concept).map(|(_, kind)| *kind)
}

fn meaning(keyword: &str) -> Option<ConceptId> {
    KINDS.iter().find(|(words, _)| *words == keyword).map(|(words, _)| id(words))
}

fn names() -> Names<'static> {
    Names { type_of: &type_of, meaning: &meaning, current: &|id, _| id.clone() }
}

fn case(title: &str, before: &str, sentence: &str, roles: &[(&str, MentionRole)]) -> Case {
    let mut document = Document::default();
    document.set_title(title.to_owned());
    let text = format!("{before} {sentence}");
    document.passages.push(Passage { section: "ABSTRACT".into(), category: None, text });
    let whole = document.text();
    let index = TextIndex::new(&whole);
    let mut annotation = Annotation::default();
    for (words, kind) in KINDS {
        for (at, found) in whole.to_lowercase().match_indices(words) {
            annotation.mentions.push(Mention {
                span: index.span(at..at + found.len()),
                mention_type: kind,
                role: roles.iter().find(|(name, _)| *name == words).map(|(_, role)| *role),
                concepts: vec![id(words)],
                name: Some(words.to_owned()),
                abbreviation_of: None,
                confidence: 1.0,
            });
        }
    }
    let span = Span::new(index.len() - sentence.chars().count() as u32, index.len());
    annotation.findings.push(Finding {
        span,
        role: SentenceRole::Results,
        intervention: None,
        comparator: None,
        outcome: None,
        direction: None,
        favours: None,
        significant: None,
        effects: Vec::new(),
        links: Vec::new(),
        confidence: 0.9,
    });
    Case { document, annotation }
}

impl Case {
    fn linked(mut self, cosine: Option<f32>) -> Vec<Link> {
        let candidates = gather(&self.document, &self.annotation, names());
        link(&mut self.annotation, &candidates, &|_, _| cosine);
        self.annotation.findings.remove(0).links
    }

    fn with_heading(mut self, words: &str, major: bool) -> Self {
        let ui = id(words).as_str().trim_start_matches("MESH:").to_owned();
        self.document.headings.push(Heading { id: Some(ui), name: words.to_owned(), major, qualifiers: Vec::new() });
        self
    }
}

fn confidence(links: &[Link], words: &str) -> f32 {
    links.iter().find(|link| link.concept == id(words)).map_or(0.0, |link| link.confidence)
}

#[test]
fn what_the_sentence_names_beats_the_title_and_that_the_rest() {
    let tested = [("zelmarin", MentionRole::UnderTest), ("oxotril", MentionRole::UnderTest)];
    let in_sentence = case("A trial", "", "Zelmarin reduced deaths.", &tested).linked(None);
    let in_title = case("Zelmarin: a trial", "", "The treatment group had fewer deaths.", &[]).linked(None);
    let elsewhere = case("A trial", "Zelmarin, zelmarin, zelmarin.", "Deaths fell.", &[]).linked(None);
    let (a, b, c) =
        (confidence(&in_sentence, "zelmarin"), confidence(&in_title, "zelmarin"), confidence(&elsewhere, "zelmarin"));
    assert!(a > b && b > c && c > 0.0, "{a} {b} {c}");
    assert_eq!(in_sentence[0].reasons, [LinkReason::Sentence]);
    assert_eq!(in_title[0].reasons, [LinkReason::Title]);
    assert_eq!(elsewhere[0].reasons, [LinkReason::Document]);
}

#[test]
fn a_treatment_of_the_title_yields_to_one_of_the_sentence() {
    let tested = [("oxotril", MentionRole::UnderTest)];
    let links = case("Zelmarin: a trial", "", "Oxotril reduced deaths.", &tested).linked(None);
    assert!(confidence(&links, "oxotril") > 0.7);
    assert!(confidence(&links, "zelmarin") < 0.35);
}

#[test]
fn a_comparator_is_linked_with_clearly_less_confidence() {
    let roles = [("zelmarin", MentionRole::UnderTest), ("oxotril", MentionRole::Comparator)];
    let links = case("", "", "Zelmarin reduced deaths more than oxotril.", &roles).linked(None);
    let (tested, compared) = (confidence(&links, "zelmarin"), confidence(&links, "oxotril"));
    assert!(tested > compared + 0.3, "{tested} {compared}");
}

#[test]
fn the_slots_of_the_finding_tell_the_parts() {
    let mut case = case("", "", "Zelmarin reduced deaths more than oxotril.", &[]);
    let finding = &mut case.annotation.findings[0];
    let slot = |words: &str| Some(Slot { span: finding.span, concepts: vec![id(words)] });
    (finding.intervention, finding.comparator) = (slot("oxotril"), slot("zelmarin"));
    let links = case.linked(None);
    assert!(confidence(&links, "oxotril") > confidence(&links, "zelmarin") + 0.3);
}

#[test]
fn the_condition_of_title_or_heading_is_linked_to_every_finding() {
    let by_title = case("Zelmarin in heart failure", "", "Deaths were fewer.", &[]).linked(None);
    assert!(confidence(&by_title, "heart failure") > 0.5);
    let by_heading = case("A trial", "", "Deaths were fewer.", &[]).with_heading("heart failure", true).linked(None);
    assert_eq!(by_heading[0].reasons, [LinkReason::Heading]);
    let minor = case("A trial", "", "Deaths were fewer.", &[]).with_heading("heart failure", false).linked(None);
    assert!(confidence(&by_heading, "heart failure") > confidence(&minor, "heart failure"));
}

#[test]
fn automated_headings_weigh_less() {
    let mut automated = case("A trial", "", "Deaths were fewer.", &[]).with_heading("asthma", true);
    automated.document.indexing = Indexing::Automated;
    let manual = case("A trial", "", "Deaths were fewer.", &[]).with_heading("asthma", true).linked(None);
    assert!(confidence(&automated.linked(None), "asthma") < confidence(&manual, "asthma"));
}

#[test]
fn tests_and_untyped_headings_are_not_linked() {
    let links = case("Spirometry in asthma", "", "Spirometry improved.", &[]).with_heading("humans", true).linked(None);
    assert!(links.iter().all(|link| link.concept == id("asthma")), "{links:?}");
}

#[test]
fn a_link_never_crosses_types() {
    let mut case = case("", "", "Zelmarin helped in asthma.", &[]);
    for mention in &mut case.annotation.mentions {
        // A recogniser that takes a drug for a disease, and the other way round.
        mention.mention_type =
            if mention.mention_type == ConceptType::Condition { ConceptType::Chemical } else { ConceptType::Condition };
    }
    assert!(case.linked(Some(0.99)).is_empty());
}

#[test]
fn cosine_moves_a_link_and_makes_none() {
    let named = |cosine| case("Zelmarin: a trial", "", "Deaths fell.", &[]).linked(cosine);
    let (near, alone, far) = (named(Some(0.8)), named(None), named(Some(0.0)));
    assert!(confidence(&near, "zelmarin") > confidence(&alone, "zelmarin"));
    assert!(confidence(&alone, "zelmarin") > confidence(&far, "zelmarin"));
    assert_eq!(near[0].reasons, [LinkReason::Title, LinkReason::Cosine]);
    assert_eq!(near[0].cosine, Some(0.8));
    assert_eq!(far[0].reasons, [LinkReason::Title]);
    assert!(case("A trial", "", "Deaths fell.", &[]).linked(Some(1.0)).is_empty());
}

#[test]
fn weak_evidence_is_not_linked() {
    assert!(case("A trial", "A cousin had asthma.", "Deaths fell.", &[]).linked(None).is_empty());
    let excluded = [("asthma", MentionRole::Exclusion)];
    assert!(case("A trial", "No asthma, asthma, asthma.", "Deaths fell.", &excluded).linked(None).is_empty());
    let outcome = [("zelmarin", MentionRole::Outcome)];
    assert!(case("A trial", "", "Zelmarin fell.", &outcome).linked(None).is_empty());
}

#[test]
fn a_substance_that_is_only_measured_is_no_treatment() {
    let with = |qualifier: &str| {
        let mut case = case("Zelmarin and pain", "", "Zelmarin was higher.", &[]).with_heading("zelmarin", true);
        case.document.headings[0].qualifiers.push(Qualifier { id: None, name: qualifier.into(), major: false });
        case.linked(None)
    };
    assert!(confidence(&with("therapeutic use"), "zelmarin") > 0.8);
    assert!(confidence(&with("blood"), "zelmarin") < 0.5);
}

#[test]
fn what_papers_measure_and_seldom_give_is_no_treatment() {
    let with = |concept: ConceptId| {
        let mut case = case("Zelmarin and pain", "", "Zelmarin was higher.", &[]);
        case.annotation.mentions.iter_mut().for_each(|mention| mention.concepts = vec![concept.clone()]);
        let linked = case.linked(None);
        linked.iter().filter(|link| link.side == LinkSide::Treatment).map(|link| link.confidence).fold(0.0, f32::max)
    };
    let given = with(ConceptId::mesh("D008687"));
    let measured = with(ConceptId::mesh("D001786"));
    assert!(given > 0.8 && measured < 0.5, "{given} {measured}");
}

#[test]
fn what_the_outcome_names_is_no_treatment() {
    let mut case = case("", "", "Zelmarin levels were lower.", &[]);
    let finding = &mut case.annotation.findings[0];
    finding.outcome = Some(Slot { span: finding.span, concepts: vec![id("zelmarin")] });
    assert!(case.linked(None).is_empty());
}

#[test]
fn a_concept_is_wanted_once_and_embedded_with_its_synonyms() {
    let case = case("Zelmarin in asthma", "", "Zelmarin helped in asthma.", &[]);
    let candidates = gather(&case.document, &case.annotation, names());
    assert_eq!(wanted(&candidates), [id("asthma"), id("zelmarin")]);
    let concept = Concept {
        id: id("heart failure"),
        name: "Heart Failure".into(),
        concept_type: Some(ConceptType::Condition),
        synonyms: [
            "Failure, Heart",
            "heart failures",
            "Cardiac Failure",
            "Heart Decompensation",
            "Cardiac Insufficiency",
            "HF",
        ]
        .map(String::from)
        .to_vec(),
        tree_numbers: Vec::new(),
        parents: Vec::new(),
        classes: Vec::new(),
        vocabulary: "starter".into(),
    };
    assert_eq!(embedded_text(&concept), "Heart Failure; Cardiac Failure; Heart Decompensation; Cardiac Insufficiency");
}

#[test]
fn a_keyword_and_an_objective_speak_for_a_link() {
    let mut by_keyword = case("A trial", "", "Deaths were fewer.", &[]);
    by_keyword.document.keywords.push("asthma".into());
    assert_eq!(by_keyword.linked(None)[0].reasons, [LinkReason::Heading]);
    let mut by_objective = case("A trial", "We aimed to test zelmarin in asthma.", "Deaths were fewer.", &[]);
    by_objective.annotation.sentences.push(Sentence {
        span: Span::new(8, 44),
        passage: 1,
        role: Some(SentenceRole::Objective),
        confidence: 1.0,
    });
    let links = by_objective.linked(None);
    assert!(confidence(&links, "asthma") > 0.6 && confidence(&links, "zelmarin") > 0.5, "{links:?}");
    assert!(links[0].reasons.contains(&LinkReason::Objective));
}

#[test]
fn the_title_tells_the_part_before_the_rest_does() {
    let mut case = case("Oxotril added to zelmarin", "The effect of zelmarin.", "Deaths were fewer.", &[]);
    for (mention, role) in case
        .annotation
        .mentions
        .iter_mut()
        .filter(|m| m.concepts == [id("zelmarin")])
        .zip([MentionRole::Background, MentionRole::UnderTest])
    {
        mention.role = Some(role);
    }
    assert!(confidence(&case.linked(None), "zelmarin") < 0.4);
}

#[test]
fn what_a_full_text_names_in_passing_counts_for_little() {
    let with_text = |abstracted: &str| {
        let mut case = case("A trial", abstracted, "Deaths with zelmarin fell.", &[]);
        let last = case.document.passages.remove(1);
        let (before, sentence) = last.text.split_at(abstracted.len() + 1);
        for text in [before.trim_end(), sentence] {
            case.document.passages.push(Passage { section: "Results".into(), category: None, text: text.to_owned() });
        }
        case.document.full_text_from = Some(2);
        case.linked(None)
    };
    let studied = confidence(&with_text("We gave zelmarin."), "zelmarin");
    let passing = confidence(&with_text("We gave something."), "zelmarin");
    assert!(studied > 0.7 && passing < 0.5, "{studied} {passing}");
}

#[test]
fn a_background_treatment_stays_one_however_often_it_is_named() {
    let roles = [("zelmarin", MentionRole::Background)];
    let often = case("Oxotril added to zelmarin", "Zelmarin, zelmarin, zelmarin.", "Zelmarin was kept.", &roles);
    assert!(confidence(&often.with_heading("zelmarin", true).linked(None), "zelmarin") < 0.35);
}

#[test]
fn a_sentence_on_what_a_condition_is_measured_by_is_about_it_where_the_document_names_it() {
    let with = |before: &str| {
        let mut case = case("A trial", before, "Systolic blood pressure fell.", &[]);
        for mention in &mut case.annotation.mentions {
            mention.concepts = vec![ConceptId::mesh("D006973")];
        }
        let hypertension = |link: &Link| link.concept == ConceptId::mesh("D006973");
        let links = gather(&case.document, &case.annotation, Names { type_of: &|_| None, ..names() });
        link(&mut case.annotation, &links, &|_, _| None);
        case.annotation.findings.remove(0).links.into_iter().find(hypertension)
    };
    let link = with("In asthma, asthma rose.").unwrap();
    assert_eq!(link.reasons, [LinkReason::Document, LinkReason::Measure]);
    assert!(link.confidence > 0.4, "{link:?}");
    assert!(with("Nothing is named.").is_none());
}

#[test]
fn what_is_named_once_in_passing_counts_for_less() {
    let once = case("A trial", "", "Some spoke of zelmarin.", &[]).linked(None);
    let twice = case("A trial", "We gave zelmarin.", "Some spoke of zelmarin.", &[]).linked(None);
    assert!(confidence(&once, "zelmarin") < 0.6 && confidence(&twice, "zelmarin") > 0.7, "{once:?} {twice:?}");
}

#[test]
fn what_the_title_studies_is_studied_where_it_is_an_outcome() {
    let mut case = case("Zelmarin in heart failure", "", "Stays for heart failure fell.", &[]);
    let roles = [Some(MentionRole::Studied), Some(MentionRole::Outcome)];
    let of_condition = case.annotation.mentions.iter_mut().filter(|m| m.mention_type == ConceptType::Condition);
    of_condition.zip(roles).for_each(|(mention, role)| mention.role = role);
    assert!(confidence(&case.linked(None), "heart failure") > 0.9);
}
