//! What is counted of a document, taken from what was mined.

use super::{relations, words};
use crate::model::{
    Annotation, Card, ConceptId, Document, DocumentId, Finding, FindingCard, Heading, Measure, MentionRole, Passage,
    PeopleGroup, Place, Population, RelationKind, SentenceRole, Slot, TextIndex,
};
use crate::vocab::normalize;

/// Raised whenever a card may change: documents are then mined again.
pub const VERSION: u32 = 7;

/// Normal forms by which a sentence says that it speaks of the primary outcome.
const PRIMARY: [&str; 6] = [
    "primary outcome",
    "primary end point",
    "primary endpoint",
    "primary efficacy",
    "primary composite",
    "primary measure",
];

/// Words of comparison, in their normal form: without one, "elevated in two patients of the group" describes people and is no difference
/// between arms.
const COMPARING: [&str; 16] = [
    "than",
    "compared",
    "comparison",
    "versus",
    "vs",
    "similar",
    "comparable",
    "difference",
    "differ",
    "differed",
    "more",
    "fewer",
    "less",
    "higher",
    "lower",
    "greater",
];

/// The card of a document, and the sentences of its findings in their normal form, a line each.
pub fn card(document: &Document, annotation: &Annotation) -> (Card, String) {
    let text = document.text();
    let index = TextIndex::new(&text);
    let passages = document.passage_spans();
    let title = normalize(document.title());
    let mut wording = String::new();
    let mut findings = Vec::with_capacity(annotation.findings.len());
    for finding in &annotation.findings {
        let normal = normalize(index.slice(finding.span));
        let passage = passages.iter().position(|passage| passage.contains(finding.span));
        let outcome = finding.outcome.as_ref().map(|slot| normalize(index.slice(slot.span)));
        findings.push(finding_card(finding, &normal, &title, outcome.as_deref(), place(document, passage)));
        if !wording.is_empty() || findings.len() > 1 {
            wording.push('\n');
        }
        wording.push_str(&normal);
    }
    let study = &annotation.study;
    let card = Card {
        year: document.year(),
        design: study.design,
        level: study.level,
        participants: study.sample_size.map(|size| size.value),
        registrations: study.registrations.clone(),
        versions: versions(document),
        groups: groups(document, &study.population),
        comorbidities: comorbidities(annotation),
        uses: relations::uses(annotation, &index),
        findings,
    };
    (card, wording)
}

/// In which part of the document a passage stands.
pub(super) fn place(document: &Document, passage: Option<usize>) -> Place {
    let Some(at) = passage.filter(|at| document.is_full_text(*at as u32)) else { return Place::Abstract };
    let running = document.passages.get(at).is_some_and(Passage::is_running_text);
    if running { Place::Text } else { Place::Table }
}

/// Whether a sentence in its normal form speaks of the primary outcome.
pub(super) fn speaks_of_primary(normal: &str) -> bool {
    PRIMARY.iter().any(|words| normal.contains(words))
}

/// Other documents that a record ties to its own as versions of one paper: by PMID, else by DOI.
fn versions(document: &Document) -> Vec<DocumentId> {
    let tied = |kind| matches!(kind, RelationKind::UpdateIn | RelationKind::UpdateOf);
    let relations = document.relations.iter().filter(|relation| tied(relation.kind));
    relations
        .filter_map(|relation| {
            let by_doi = || DocumentId::other("DOI", relation.doi.as_deref()?).ok();
            relation.pmid.map(DocumentId::pmid).or_else(by_doi)
        })
        .collect()
}

/// The youngest and oldest ages, in years, at which somebody is of a group for sure.
const CHILD: f32 = 12.0;
const ADULT: f32 = 40.0;
const OLDER: f32 = 70.0;

/// Groups of people of whom a document says that some took part, by check tags, or that they could, by the ages it admits.
fn groups(document: &Document, population: &Population) -> Vec<PeopleGroup> {
    let tagged =
        |words: &[&str]| population.age_groups.iter().any(|tag| words.iter().any(|word| tag.starts_with(word)));
    let admits = |years| population.ages.is_some_and(|ages| ages.admits(years));
    let sex = |word: &str| population.sexes.iter().any(|sex| sex == word);
    let pregnant = |heading: &Heading| ["Pregnancy", "Pregnant Women"].contains(&heading.name.as_str());
    let of = |group: &PeopleGroup| match group {
        PeopleGroup::Children => tagged(&["Infant", "Child", "Adolescent"]) || admits(CHILD),
        PeopleGroup::Adults => tagged(&["Adult", "Young Adult", "Middle Aged", "Aged"]) || admits(ADULT),
        PeopleGroup::Older => tagged(&["Aged"]) || admits(OLDER),
        PeopleGroup::Female => sex("female"),
        PeopleGroup::Male => sex("male"),
        PeopleGroup::Pregnant => document.headings.iter().any(pregnant),
    };
    PeopleGroup::ALL.into_iter().filter(of).collect()
}

/// Conditions that participants had besides the one studied.
fn comorbidities(annotation: &Annotation) -> Vec<ConceptId> {
    let mentions = annotation.mentions.iter().filter(|mention| mention.role == Some(MentionRole::Comorbidity));
    let mut found: Vec<ConceptId> = mentions.flat_map(|mention| mention.concepts.iter().cloned()).collect();
    found.sort();
    found.dedup();
    found
}

fn finding_card(finding: &Finding, normal: &str, title: &str, outcome: Option<&str>, place: Place) -> FindingCard {
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let concepts =
        |slot: &Option<Slot>| -> Vec<ConceptId> { slot.as_ref().map(|slot| slot.concepts.clone()).unwrap_or_default() };
    let consistent: Vec<bool> = finding.effects.iter().filter_map(|effect| effect.consistent).collect();
    FindingCard {
        role: finding.role,
        place,
        direction: finding.direction,
        significant: finding.significant,
        compared: normal.split(' ').any(|word| COMPARING.contains(&word)),
        outcomes: owned(words::named_in(normal)),
        harms: owned(words::harms_in(normal, title)),
        estimated: finding.effects.iter().any(|effect| effect.value.is_some()),
        primary: finding.role == SentenceRole::Results && speaks_of_primary(normal),
        consistent: (!consistent.is_empty()).then(|| consistent.iter().all(|agree| *agree)),
        accuracy: finding.effects.iter().any(|effect| is_accuracy(effect.measure)),
        intervention: concepts(&finding.intervention),
        comparator: concepts(&finding.comparator),
        outcome: concepts(&finding.outcome),
        bearing: relations::bearing(normal, outcome, finding.direction),
        occurrence: relations::is_of_occurrence(normal),
        inactive: relations::names_inactive(normal),
    }
}

fn is_accuracy(measure: Measure) -> bool {
    use Measure as M;
    matches!(
        measure,
        M::Sensitivity
            | M::Specificity
            | M::PPV
            | M::NPV
            | M::AUC
            | M::PositiveLikelihoodRatio
            | M::NegativeLikelihoodRatio
    )
}
