//! A patient, and how studies fit.
//!
//! What is compared are facts: age, sex, conditions and treatments, measured values, markers. Of each the fit says whether people like
//! that could take part, whether the study kept them out, with the words that say so, or that nothing is reported; what is not
//! reported never counts as a fit. The text of a patient is compared on this machine and kept nowhere.

mod compare;
mod fit;
mod read;

use serde::Serialize;

use crate::model::{ConceptId, DocumentId, Span};

pub(super) use compare::compare;
pub(super) use fit::fit;
pub(super) use read::read;

/// The longest description of a patient, in characters.
pub const LONGEST_DESCRIPTION: usize = 10_000;

/// Which studies are listed by how the patient fits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FitFilter {
    /// All, those that fit best first.
    #[default]
    All,
    /// Those of which nothing is known that keeps the patient out or apart.
    Possible,
    /// Those that report all that was compared, and fit.
    Fits,
}

/// What was understood of a patient.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Patient {
    /// What is compared.
    pub facts: Vec<Fact>,
    /// Words that were not understood, and are compared with nothing.
    pub unread: Vec<String>,
}

/// One thing known of a patient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fact {
    /// As it is shown.
    pub words: String,
    /// What it is.
    #[serde(flatten)]
    pub kind: FactKind,
}

/// What may be known of a patient.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FactKind {
    /// The age.
    Age {
        /// In years.
        years: f32,
    },
    /// The sex.
    Sex {
        /// `female` or `male`.
        sex: &'static str,
    },
    /// A condition or a treatment that the patient has, or has not.
    Concept {
        /// The concept.
        id: ConceptId,
        /// Its name.
        name: String,
        /// Whether the patient has it.
        present: bool,
        /// The concept and all that stands above it: a study of these is a study of it.
        #[serde(skip)]
        covered_by: Vec<ConceptId>,
        /// Its kinds: a study of these is one of some who have it.
        #[serde(skip)]
        kinds: Vec<ConceptId>,
    },
    /// A measured value, or the range that it is known to lie in.
    Measure {
        /// What is measured.
        quantity: String,
        /// The least that it can be.
        least: f64,
        /// The greatest that it can be.
        most: f64,
        /// The unit.
        unit: String,
    },
    /// A marker, by its letters and digits (`BRCA1`, `HLA-B*57:01`).
    Marker {
        /// The marker.
        marker: String,
        /// Whether it was found.
        present: bool,
    },
}

/// How a study fits in one respect, or as a whole. Orders from the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// People like this could take part.
    Fits,
    /// The document speaks of it, and leaves open whether it meant the patient.
    Unclear,
    /// The document says nothing of it.
    NotReported,
    /// The study was of others.
    Differs,
    /// The study kept people like this out.
    Excluded,
}

impl Verdict {
    /// What counts where a study says several things: what keeps out, then what lets in, then what leaves it open.
    const fn weight(self) -> u8 {
        match self {
            Self::Excluded => 0,
            Self::Differs => 1,
            Self::Fits => 2,
            Self::Unclear => 3,
            Self::NotReported => 4,
        }
    }

    /// The name as people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Unclear => "unclear",
            Self::NotReported => "not reported",
            Self::Differs => "differs",
            Self::Excluded => "excluded",
        }
    }
}

/// How a study fits a patient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// As a whole: excluded or different if it is so in one respect; fitting only if it is so in all.
    pub verdict: Verdict,
    /// In each respect, in the order of the patient's facts.
    pub facts: Vec<FactFit>,
}

impl Fit {
    /// The verdict on the whole, from those on the parts.
    pub(super) fn of(facts: Vec<FactFit>) -> Self {
        let worst = facts.iter().map(|fact| fact.verdict).max().unwrap_or(Verdict::NotReported);
        // Some respects fit and of others nothing is known: open, and no fit.
        let some_fit = facts.iter().any(|fact| fact.verdict == Verdict::Fits);
        let verdict = if worst == Verdict::NotReported && some_fit { Verdict::Unclear } else { worst };
        Self { verdict, facts }
    }

    /// How many respects fit.
    pub fn fitting(&self) -> usize {
        self.facts.iter().filter(|fact| fact.verdict == Verdict::Fits).count()
    }

    /// Whether a filter lets it pass.
    pub(super) fn passes(&self, filter: FitFilter) -> bool {
        match filter {
            FitFilter::All => true,
            FitFilter::Possible => self.verdict < Verdict::Differs,
            FitFilter::Fits => self.verdict == Verdict::Fits,
        }
    }
}

/// How a study fits in one respect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactFit {
    /// Which, by its words.
    pub fact: String,
    /// How.
    pub verdict: Verdict,
    /// What it was told from, in words; empty where nothing is reported.
    pub reason: String,
    /// Where the document says so.
    pub quote: Option<FitQuote>,
}

/// The words of a document that tell how a patient fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FitQuote {
    /// The document.
    pub document: DocumentId,
    /// The section.
    pub section: String,
    /// Where it stands in the document's text, in code points.
    pub span: Span,
    /// Its words, verbatim.
    pub quote: String,
}

/// A patient, and how many of the studies found fit how.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PatientSummary {
    /// What was understood.
    pub patient: Patient,
    /// Studies by how they fit, the best first; those that the filter leaves out among them.
    pub studies: Vec<(Verdict, usize)>,
    /// Which of them are listed.
    pub filter: FitFilter,
}
