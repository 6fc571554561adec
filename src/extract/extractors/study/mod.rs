//! What kind of study it is, and how large.

mod design;
mod sample_size;

pub(super) use design::animals_only;

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::{Extractor, Input};
use crate::model::{Annotation, Passage, Study};

/// Tells design, level, sample size and registrations.
#[derive(Debug, Clone, Copy)]
pub struct StudyExtractor;

impl Extractor for StudyExtractor {
    fn name(&self) -> &'static str {
        "study"
    }

    fn version(&self) -> u32 {
        7
    }

    fn extract(&self, input: &Input<'_>, annotation: &mut Annotation) {
        let mut study = Study { registrations: registrations(input), ..Study::default() };
        if let Some(told) = design::tell(input, annotation) {
            study.level = design::level(told.design, input);
            study.design = Some(told.design);
            study.design_reason = Some(told.reason);
            study.design_confidence = told.confidence;
        }
        study.sample_size = sample_size::find(input, annotation, study.design);
        annotation.study = study;
    }
}

/// Registrations of trials, by their form.
static REGISTRATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(NCT\d{8}|ISRCTN\d{8}|20\d\d-\d{6}-\d\d|ACTRN\d{14}|ChiCTR-?[A-Z]{0,4}-?\d{8,10}|DRKS\d{8}|UMIN\d{9}|CTRI/\d{4}/\d{2,3}/\d{6}|PACTR\d{15,16}|IRCT\d{10,20}N?\d*|NTR\d{3,5}|jRCTs?\d{9,10}|KCT\d{7})\b",
    )
    .ok()
});

/// Those that the record lists, then those that the text names, each once.
fn registrations(input: &Input<'_>) -> Vec<String> {
    let listed = input.document.registrations().map(str::to_owned);
    // Elsewhere a full text names the registrations of other people's trials.
    let own = input.document.passages.iter().enumerate().filter(|(at, passage)| {
        let in_abstract = input.in_abstract(u32::try_from(*at).unwrap_or(u32::MAX));
        in_abstract || passage.category.as_deref() != Some(Passage::TABLE) && tells_of_registration(passage)
    });
    let named = own
        .flat_map(|(_, passage)| REGISTRATION.iter().flat_map(|form| form.find_iter(&passage.text)))
        .map(|m| m.as_str().to_owned());
    let mut all: Vec<String> = Vec::new();
    for number in listed.chain(named) {
        if !all.contains(&number) {
            all.push(number);
        }
    }
    all
}

/// Whether a section of the full text is one in which a paper tells where its own trial is registered.
fn tells_of_registration(passage: &Passage) -> bool {
    let section = passage.section.to_lowercase();
    let category = passage.category.as_deref();
    category == Some("METHODS")
        || ["method", "registr", "design", "patients", "participants", "ethic", "protocol"]
            .iter()
            .any(|word| section.contains(word))
}

#[cfg(test)]
mod tests;
