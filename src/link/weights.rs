//! The weights (`weights.toml`).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::{ConceptId, Heading, MentionRole};

const DATA: &str = include_str!("weights.toml");

/// The weights that are compiled in. A test sees to it that the file can be read.
pub(super) static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Weights {
    pub(super) condition: Places,
    pub(super) treatment: Places,
    condition_roles: Roles,
    treatment_roles: Roles,
    pub(super) indexing: Indexing,
    pub(super) cosine: Cosine,
    pub(super) limits: Limits,
    pub(super) measures: Measures,
    pub(super) qualifiers: Qualifiers,
    pub(super) generic: Concepts,
    pub(super) measured: Concepts,
}

/// What a mention or a heading is worth by where it stands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Places {
    pub(super) sentence: f32,
    pub(super) title: f32,
    pub(super) objective: f32,
    pub(super) keyword: f32,
    pub(super) heading_major: f32,
    pub(super) heading: f32,
    pub(super) substance: f32,
    pub(super) document: f32,
    pub(super) document_repeated: f32,
    #[serde(default)]
    pub(super) elsewhere: f32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Roles {
    #[serde(default)]
    studied: f32,
    #[serde(default)]
    under_test: f32,
    #[serde(default)]
    comorbidity: f32,
    #[serde(default)]
    exclusion: f32,
    #[serde(default)]
    comparator: f32,
    unknown: f32,
    cause_of_harm: f32,
    background: f32,
    outcome: f32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Indexing {
    pub(super) automated: f32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cosine {
    pub(super) low: f32,
    pub(super) high: f32,
    pub(super) weight: f32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measures {
    pub(super) sentence: f32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) confidence: f32,
    pub(super) links: usize,
    pub(super) repeated: usize,
    pub(super) body_mentions: usize,
    pub(super) passing: f32,
    pub(super) once: f32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Qualifiers {
    pub(super) given: Vec<String>,
    pub(super) measured: Vec<String>,
    pub(super) only_measured: f32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Concepts {
    pub(super) concepts: Vec<ConceptId>,
}

impl Qualifiers {
    /// Whether a heading with these subheadings is of something that is measured and not given; nothing follows from none.
    pub(super) fn only_measured(&self, heading: &Heading) -> bool {
        let under = |list: &[String]| heading.qualifiers.iter().any(|q| list.contains(&q.name));
        under(&self.measured) && !under(&self.given)
    }
}

impl Weights {
    /// What the part that a condition plays leaves of its evidence.
    pub(super) fn condition_role(&self, role: Option<MentionRole>) -> f32 {
        of(&self.condition_roles, role)
    }

    /// What the part that a treatment plays leaves of its evidence.
    pub(super) fn treatment_role(&self, role: Option<MentionRole>) -> f32 {
        of(&self.treatment_roles, role)
    }
}

fn of(roles: &Roles, role: Option<MentionRole>) -> f32 {
    match role {
        None => roles.unknown,
        Some(MentionRole::Studied) => roles.studied,
        Some(MentionRole::UnderTest) => roles.under_test,
        Some(MentionRole::Comparator) => roles.comparator,
        Some(MentionRole::Background) => roles.background,
        Some(MentionRole::Outcome) => roles.outcome,
        Some(MentionRole::Comorbidity) => roles.comorbidity,
        Some(MentionRole::Exclusion) => roles.exclusion,
        Some(MentionRole::CauseOfHarm) => roles.cause_of_harm,
    }
}

impl Cosine {
    /// How loudly a cosine speaks for a link: -1 against it, 1 for it.
    pub(super) fn voice(&self, cosine: f32) -> f32 {
        2.0 * ((cosine - self.low) / (self.high - self.low)).clamp(0.0, 1.0) - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_read_and_stand_in_order() {
        let weights: Weights = toml::from_str(DATA).unwrap();
        for places in [&weights.condition, &weights.treatment] {
            assert!(places.sentence > places.title && places.title > places.objective);
            assert!(places.objective > places.document_repeated);
            assert!(places.document_repeated > places.document && places.heading_major > places.heading);
        }
        let comparator = weights.treatment_role(Some(MentionRole::Comparator));
        assert!(comparator < 0.6 * weights.treatment_role(Some(MentionRole::UnderTest)));
        assert!(weights.measured.concepts.is_sorted_by(|a, b| a < b), "in order, each once: it is searched so");
        assert!(weights.cosine.voice(0.0) < -0.99 && weights.cosine.voice(0.9) > 0.99);
    }
}
