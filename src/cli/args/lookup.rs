//! The arguments of `litmine lookup`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `litmine lookup`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("asked").args(["question", "condition", "treatment"]).multiple(true).required(true))]
pub struct Lookup {
    /// The corpus
    pub corpus: String,
    /// The question
    #[command(flatten)]
    pub asked: Asked,
    /// Answer from the corpus as it was known then (2026-03-01, or an instant as RFC 3339 in UTC)
    #[arg(long, value_name = "DATE", help_heading = "Which studies count")]
    pub as_of: Option<String>,
    /// In which order studies are listed
    #[arg(long, value_name = "ORDER", default_value = "evidence")]
    pub sort: Order,
    /// How many studies
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
    /// How many findings of each study
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub findings: usize,
    /// Write to a file, which appears whole or not at all [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Explain each line: place, links, score
    #[arg(long)]
    pub why: bool,
    /// Compare the studies with a patient: “72 F, CKD stage 3, type 2 diabetes, on warfarin”; @FILE reads the words from a file, - from
    /// standard input, so that they stay out of the shell's history. Nothing of it is written anywhere
    #[arg(long, value_name = "WORDS|@FILE|-", help_heading = "A patient")]
    pub patient: Option<String>,
    /// Which studies are listed by how the patient fits
    #[arg(long, value_name = "FIT", default_value = "all", requires = "patient", help_heading = "A patient")]
    pub fit: Fit,
    /// Exit with 0 though a source of the corpus is incomplete
    #[arg(long)]
    pub accept_incomplete: bool,
}

/// Which studies are listed by how a patient fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fit {
    /// All, those that fit best first.
    All,
    /// Those of which nothing is known that keeps the patient out or apart.
    Possible,
    /// Those that report all that is compared, and fit.
    Fits,
}

/// Which studies count, by what is known of each.
#[derive(Debug, Args)]
pub struct Which {
    /// Only studies of this design; may be given more than once
    #[arg(long, value_name = "DESIGN", value_delimiter = ',', help_heading = "Which studies count")]
    pub design: Vec<Design>,
    /// Only studies of this level of evidence (1a to 5) or a better one
    #[arg(long, value_name = "LEVEL", help_heading = "Which studies count")]
    pub level: Option<Level>,
    /// Only studies published then: 2019, 2015:2020, 2015: or :2020
    #[arg(long, value_name = "YEARS", help_heading = "Which studies count")]
    pub year: Option<String>,
}

/// A question, and which studies count for its answer.
#[derive(Debug, Args)]
pub struct Asked {
    /// The question in words; options count before what the words say
    #[arg(value_name = "QUESTION")]
    pub question: Option<String>,
    /// The condition: a name, a synonym or an id
    #[arg(long, value_name = "NAME")]
    pub condition: Option<String>,
    /// The treatment, or a class of treatments
    #[arg(long, value_name = "NAME")]
    pub treatment: Option<String>,
    /// What it is compared with: a name, or words such as “usual care”
    #[arg(long, value_name = "NAME")]
    pub comparator: Option<String>,
    /// The outcome: words that the finding is about
    #[arg(long, value_name = "WORDS")]
    pub outcome: Option<String>,
    /// The index test, of a question of diagnosis: words that name it
    #[arg(long, value_name = "NAME")]
    pub test: Option<String>,
    /// What kind of question it is
    #[arg(long, value_name = "KIND")]
    pub kind: Option<Kind>,
    /// By design, level and year
    #[command(flatten)]
    pub which: Which,
    /// Only studies that report at least so many participants
    #[arg(long, value_name = "N", help_heading = "Which studies count")]
    pub min_n: Option<u64>,
    /// Only findings whose numbers agree with each other
    #[arg(long, help_heading = "Which studies count")]
    pub consistent: bool,
    /// Leave out the study that this document reports; may be given more than once
    #[arg(long, value_name = "ID", value_delimiter = ',', help_heading = "Which studies count")]
    pub without: Vec<String>,
    /// Pool the effects of the studies on the outcome; refused, with the reason, where they do not match
    #[arg(long)]
    pub pool: bool,
}

/// `litmine diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// The corpus
    pub corpus: String,
    /// The question; without one, those that the corpus's definition watches
    #[command(flatten)]
    pub asked: Asked,
    /// Compare with the corpus as it was known then (2026-03-01, or an instant as RFC 3339 in UTC)
    #[arg(long, value_name = "DATE")]
    pub since: String,
    /// How many findings of each change
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub findings: usize,
    /// Write to a file, which appears whole or not at all [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Exit with 0 though a source of the corpus is incomplete
    #[arg(long)]
    pub accept_incomplete: bool,
}

/// `litmine map`
#[derive(Debug, Args)]
pub struct Map {
    /// The corpus
    pub corpus: String,
    /// Only this condition and its kinds
    #[arg(long, value_name = "NAME")]
    pub condition: Option<String>,
    /// Only this treatment, its kinds and members
    #[arg(long, value_name = "NAME")]
    pub treatment: Option<String>,
    /// By design, level and year
    #[command(flatten)]
    pub which: Which,
    /// Draw the corpus as it was known then (2026-03-01, or an instant as RFC 3339 in UTC)
    #[arg(long, value_name = "DATE", help_heading = "Which studies count")]
    pub as_of: Option<String>,
    /// How many conditions, and how many treatments
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=200))]
    pub limit: u16,
    /// How many studies of each cell are listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub studies: usize,
    /// Write to a file, which appears whole or not at all; a name in .html is a page [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Exit with 0 though a source of the corpus is incomplete
    #[arg(long)]
    pub accept_incomplete: bool,
}

/// What kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Whether a treatment helps.
    Therapy,
    /// Whether it harms.
    Harm,
    /// How well a test tells who is ill.
    Diagnosis,
    /// How an illness goes on.
    Prognosis,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Best evidence first.
    Evidence,
    /// Best fit first.
    Relevance,
    /// Newest first.
    Date,
    /// Most participants first.
    Size,
}

/// A study design, by the name it has in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names are the field's own")]
pub enum Design {
    #[value(alias = "systematic-review", alias = "meta-analysis")]
    SystematicReviewOrMetaAnalysis,
    #[value(alias = "rct")]
    RandomizedControlledTrial,
    RctProtocol,
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

/// A level of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the levels are the field's own")]
pub enum Level {
    #[value(name = "1a")]
    L1a,
    #[value(name = "1b")]
    L1b,
    #[value(name = "2a")]
    L2a,
    #[value(name = "2b")]
    L2b,
    #[value(name = "3a")]
    L3a,
    #[value(name = "3b")]
    L3b,
    #[value(name = "4")]
    L4,
    #[value(name = "5")]
    L5,
}
