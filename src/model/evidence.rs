//! Study designs and levels of evidence.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a study was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the field's own")]
pub enum StudyDesign {
    SystematicReviewOrMetaAnalysis,
    RandomizedControlledTrial,
    RctProtocol,
    /// An analysis inside a trial's population that does not compare its arms.
    RctSecondaryObservational,
    NonRandomisedTrial,
    Cohort,
    CaseControl,
    CrossSectional,
    CaseReportOrSeries,
    DiagnosticAccuracy,
    PrognosticModel,
    Guideline,
    Preclinical,
    Other,
}

impl StudyDesign {
    /// Every design, best evidence about treatment first.
    pub const ALL: [Self; 14] = [
        Self::SystematicReviewOrMetaAnalysis,
        Self::RandomizedControlledTrial,
        Self::RctProtocol,
        Self::RctSecondaryObservational,
        Self::NonRandomisedTrial,
        Self::Cohort,
        Self::CaseControl,
        Self::CrossSectional,
        Self::CaseReportOrSeries,
        Self::DiagnosticAccuracy,
        Self::PrognosticModel,
        Self::Guideline,
        Self::Preclinical,
        Self::Other,
    ];

    /// The name as stored and as printed in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SystematicReviewOrMetaAnalysis => "systematic-review-or-meta-analysis",
            Self::RandomizedControlledTrial => "randomized-controlled-trial",
            Self::RctProtocol => "rct-protocol",
            Self::RctSecondaryObservational => "rct-secondary-observational",
            Self::NonRandomisedTrial => "non-randomised-trial",
            Self::Cohort => "cohort",
            Self::CaseControl => "case-control",
            Self::CrossSectional => "cross-sectional",
            Self::CaseReportOrSeries => "case-report-or-series",
            Self::DiagnosticAccuracy => "diagnostic-accuracy",
            Self::PrognosticModel => "prognostic-model",
            Self::Guideline => "guideline",
            Self::Preclinical => "preclinical",
            Self::Other => "other",
        }
    }

    /// The words for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SystematicReviewOrMetaAnalysis => "systematic review",
            Self::RandomizedControlledTrial => "randomised trial",
            Self::RctProtocol => "trial protocol",
            Self::RctSecondaryObservational => "observational analysis of a trial",
            Self::NonRandomisedTrial => "non-randomised trial",
            Self::Cohort => "cohort",
            Self::CaseControl => "case-control",
            Self::CrossSectional => "cross-sectional",
            Self::CaseReportOrSeries => "case report or series",
            Self::DiagnosticAccuracy => "diagnostic accuracy",
            Self::PrognosticModel => "prognostic model",
            Self::Guideline => "guideline",
            Self::Preclinical => "preclinical",
            Self::Other => "other design",
        }
    }
}

/// A level of evidence of the Oxford Centre for Evidence-Based Medicine, 2009 (questions of therapy, prevention, aetiology
/// and harm). Orders best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EvidenceLevel {
    /// Systematic review of randomised trials.
    #[serde(rename = "1a")]
    L1a,
    /// Single randomised trial.
    #[serde(rename = "1b")]
    L1b,
    /// Systematic review of cohort studies.
    #[serde(rename = "2a")]
    L2a,
    /// Single cohort study, or randomised trial of low quality.
    #[serde(rename = "2b")]
    L2b,
    /// Systematic review of case-control studies.
    #[serde(rename = "3a")]
    L3a,
    /// Single case-control study.
    #[serde(rename = "3b")]
    L3b,
    /// Case series.
    #[serde(rename = "4")]
    L4,
    /// Expert opinion, or bench research.
    #[serde(rename = "5")]
    L5,
}

impl EvidenceLevel {
    /// Every level, the best first.
    pub const ALL: [Self; 8] = [Self::L1a, Self::L1b, Self::L2a, Self::L2b, Self::L3a, Self::L3b, Self::L4, Self::L5];

    /// The level as written: `1a` to `5`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::L1a => "1a",
            Self::L1b => "1b",
            Self::L2a => "2a",
            Self::L2b => "2b",
            Self::L3a => "3a",
            Self::L3b => "3b",
            Self::L4 => "4",
            Self::L5 => "5",
        }
    }
}

impl fmt::Display for EvidenceLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
