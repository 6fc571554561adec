//! From findings to the conditions and treatments that they are about.
//!
//! Candidates come from the dictionary alone: what the finding's own sentence names, what the title names, what the rest of
//! the document and its headings name. Each is weighed by place and by the part it plays (`weights.toml`); the cosine of
//! finding and concept then moves that weight up or down. Guarantees:
//!
//! - a link never crosses types: a condition is linked as condition, what can treat as treatment, a test as neither;
//! - without evidence of the dictionary there is no link, however near the vectors lie;
//! - what the sentence names stands above what only the title names, and that above what stands elsewhere;
//! - below a threshold nothing is linked.

mod candidates;
mod measures;
mod subjects;
mod weights;

use std::collections::BTreeSet;

use self::weights::WEIGHTS;
use crate::model::{Annotation, Concept, ConceptId, Link, LinkReason, LinkSide};

pub use candidates::{Candidate, candidates};
pub use subjects::subjects;

/// Raised whenever the links may change: documents are then linked again.
pub const VERSION: u32 = 6;

/// How many synonyms are embedded with a name.
const SYNONYMS: usize = 3;

/// The concepts whose vectors the links of these candidates need, each once, in order.
pub fn wanted(candidates: &[Vec<Candidate>]) -> Vec<ConceptId> {
    let unique: BTreeSet<&ConceptId> = candidates.iter().flatten().map(|candidate| &candidate.concept).collect();
    unique.into_iter().cloned().collect()
}

/// What is embedded for a concept: its name and a few synonyms.
pub fn embedded_text(concept: &Concept) -> String {
    let mut text = concept.name.clone();
    let mut said = vec![concept.name.to_lowercase()];
    for synonym in &concept.synonyms {
        let folded = synonym.to_lowercase();
        // Inverted forms ("Failure, Heart") and plurals say nothing new.
        if said.len() > SYNONYMS || synonym.contains(", ") || said.iter().any(|s| same(s, &folded)) {
            continue;
        }
        text.push_str("; ");
        text.push_str(synonym);
        said.push(folded);
    }
    text
}

fn same(a: &str, b: &str) -> bool {
    a == b || a.strip_suffix('s') == Some(b) || b.strip_suffix('s') == Some(a)
}

/// Links the findings of `annotation` to the best of their candidates, best first. `cosines` gives the cosine of a finding
/// (by its position) and a concept where both are embedded; without any, the dictionary's evidence ranks alone.
pub fn link(
    annotation: &mut Annotation,
    candidates: &[Vec<Candidate>],
    cosines: &dyn Fn(usize, &ConceptId) -> Option<f32>,
) {
    for (at, finding) in annotation.findings.iter_mut().enumerate() {
        let of_finding = candidates.get(at).map_or(&[][..], Vec::as_slice);
        let mut links: Vec<Link> = of_finding
            .iter()
            .map(|candidate| weigh(candidate, cosines(at, &candidate.concept)))
            .filter(|link| link.confidence >= WEIGHTS.limits.confidence)
            .collect();
        links.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.concept.cmp(&b.concept)));
        let mut taken = [0; 2];
        links.retain(|link| {
            let count = &mut taken[usize::from(link.side == LinkSide::Treatment)];
            *count += 1;
            *count <= WEIGHTS.limits.links
        });
        finding.links = links;
    }
}

/// Whether papers measure a concept and seldom give it to anybody, as cholesterol (`weights.toml`).
pub fn is_mostly_measured(concept: &ConceptId) -> bool {
    WEIGHTS.measured.concepts.binary_search(concept).is_ok()
}

/// The dictionary's evidence, moved by the cosine: not at all where it is nil or certain, most in between.
fn weigh(candidate: &Candidate, cosine: Option<f32>) -> Link {
    let evidence = candidate.evidence;
    let mut reasons = candidate.reasons.clone();
    let mut confidence = evidence;
    if let Some(cosine) = cosine {
        let voice = WEIGHTS.cosine.voice(cosine);
        confidence += WEIGHTS.cosine.weight * voice * evidence * (1.0 - evidence);
        if voice > 0.0 {
            reasons.push(LinkReason::Cosine);
        }
    }
    let confidence = confidence.clamp(0.0, 1.0);
    Link { concept: candidate.concept.clone(), side: candidate.side, confidence, reasons, cosine }
}

#[cfg(test)]
mod tests;
