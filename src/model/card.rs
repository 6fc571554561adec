//! Cards: what ranking, grouping and counting need of a document as mined, without its text.

use serde::{Deserialize, Serialize};

use super::{ConceptId, Direction, DocumentId, EvidenceLevel, SentenceRole, Span, StudyDesign};

/// A document, as far as it is counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// Year of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// The design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design: Option<StudyDesign>,
    /// The level of evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<EvidenceLevel>,
    /// How many took part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<u64>,
    /// Registrations of the trial.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub registrations: Vec<String>,
    /// Other documents that its record ties to it as versions of one paper.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<DocumentId>,
    /// Groups of people of whom it says that some took part, or could.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<PeopleGroup>,
    /// Conditions that its participants had besides the one studied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comorbidities: Vec<ConceptId>,
    /// What it says in passing that treatments are for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<Use>,
    /// Its findings, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingCard>,
}

/// That a sentence says what a treatment is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The treatment.
    #[serde(rename = "t")]
    pub treatment: ConceptId,
    /// The condition, or those that a composite names.
    #[serde(rename = "c")]
    pub conditions: Vec<ConceptId>,
    /// Whether to prevent it rather than to treat it.
    #[serde(rename = "p", default, skip_serializing_if = "is_default")]
    pub prevents: bool,
    /// The sentence.
    #[serde(rename = "s")]
    pub span: Span,
}

/// A group of people that studies often leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeopleGroup {
    /// Under 18 years.
    Children,
    /// From 18 years on.
    Adults,
    /// From 65 years on.
    Older,
    /// Women and girls.
    Female,
    /// Men and boys.
    Male,
    /// Pregnant people.
    Pregnant,
}

impl PeopleGroup {
    /// Every group.
    pub const ALL: [Self; 6] = [Self::Children, Self::Adults, Self::Older, Self::Female, Self::Male, Self::Pregnant];

    /// The words for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Children => "people under 18",
            Self::Adults => "adults",
            Self::Older => "people of 65 or older",
            Self::Female => "women",
            Self::Male => "men",
            Self::Pregnant => "pregnant women",
        }
    }
}

/// In which part of a document a finding stands. Orders from where an author says what matters most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The abstract.
    #[default]
    Abstract,
    /// Running text of the full text.
    Text,
    /// A table, or the caption of a figure.
    Table,
}

impl Place {
    /// The name as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Abstract => "abstract",
            Self::Text => "text",
            Self::Table => "table",
        }
    }
}

/// What a finding says of the good of what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Bearing {
    /// People fared better.
    #[serde(rename = "b")]
    Benefit,
    /// People fared better than before it.
    #[serde(rename = "i")]
    Improved,
    /// It was as good as another treatment.
    #[serde(rename = "e")]
    Equal,
    /// They did not fare better.
    #[serde(rename = "n")]
    NoBenefit,
    /// They fared worse.
    #[serde(rename = "h")]
    Harm,
}

/// A finding, as far as it is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingCard {
    /// Whether it reports or concludes.
    #[serde(rename = "r")]
    pub role: SentenceRole,
    /// Where it stands.
    #[serde(rename = "l", default, skip_serializing_if = "is_default")]
    pub place: Place,
    /// Which way the outcome moved.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Whether a difference was shown; none where that is not said.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub significant: Option<bool>,
    /// Whether its sentence has a word of comparison.
    #[serde(rename = "v", default, skip_serializing_if = "is_default")]
    pub compared: bool,
    /// Outcomes of the table that its sentence names.
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<String>,
    /// Those of them that are harms of a treatment.
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub harms: Vec<String>,
    /// Whether it has an estimate.
    #[serde(rename = "n", default, skip_serializing_if = "is_default")]
    pub estimated: bool,
    /// Whether its sentence speaks of the primary outcome.
    #[serde(rename = "p", default, skip_serializing_if = "is_default")]
    pub primary: bool,
    /// Whether its numbers agree with each other; none where that cannot be told of any.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub consistent: Option<bool>,
    /// Whether it gives the accuracy of a test.
    #[serde(rename = "t", default, skip_serializing_if = "is_default")]
    pub accuracy: bool,
    /// Concepts named as what was done.
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    pub intervention: Vec<ConceptId>,
    /// Concepts named as what it was compared with.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub comparator: Vec<ConceptId>,
    /// Concepts named as what was measured.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub outcome: Vec<ConceptId>,
    /// What it says of the good of what was done.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub bearing: Option<Bearing>,
    /// Whether its sentence speaks of how often something comes about.
    #[serde(rename = "f", default, skip_serializing_if = "is_default")]
    pub occurrence: bool,
    /// Whether its sentence names what is no treatment: placebo, usual care.
    #[serde(rename = "z", default, skip_serializing_if = "is_default")]
    pub inactive: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
