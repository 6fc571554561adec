//! The answer, as plain values. How it looks is the matter of `report`.

use serde::Serialize;

use super::accuracy::TestAccuracy;
use super::{Coverage, Fit, Gaps, Harms, Judged, PatientSummary, Pooling, Relations, Understood, UseSentence};
use crate::model::{
    ConceptId, Direction, DocumentId, Effect, EvidenceLevel, Favours, FlagKind, LinkReason, PartialDate, Place,
    SampleSize, SentenceRole, Span, StudyDesign,
};

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// What was understood.
    pub understood: Understood,
    /// Counts over all studies found.
    pub summary: Summary,
    /// What the studies say that the treatment does to the condition; only where both were asked for and nothing narrower.
    pub relations: Option<Relations>,
    /// The sentences on which the relation rests where papers mention it and no finding tells it; else none.
    pub mentioned: Vec<UseSentence>,
    /// The pooled effect, or why there is none; only where asked for.
    pub pool: Option<Pooling>,
    /// The patient whom the studies were compared with, where there is one.
    pub patient: Option<PatientSummary>,
    /// The accuracy of tests, of a question of diagnosis.
    pub accuracy: Option<TestAccuracy>,
    /// What the studies of condition and treatment say of harms, where a treatment was asked for; never part of the votes of the summary,
    /// unless harms were asked for.
    pub harms: Option<Harms>,
    /// What none of them reports, where a treatment was asked for.
    pub gaps: Option<Gaps>,
    /// The studies, best evidence first.
    pub studies: Vec<StudyEntry>,
    /// Registered trials on condition and treatment that no paper of the corpus is known to report.
    pub registered: Registered,
    /// What was read, and what was not.
    pub coverage: Coverage,
}

/// Counts, and nothing but counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Studies that count: retracted ones are left out.
    pub studies: usize,
    /// Documents of those studies.
    pub documents: usize,
    /// Participants of the studies that report how many they had; reviews, which count those of others, are left out.
    pub participants: u64,
    /// Studies, reviews apart, that report how many participants they had.
    pub studies_with_participants: usize,
    /// Studies by design, best evidence first; those of unknown design last.
    pub by_design: Vec<(Option<StudyDesign>, usize)>,
    /// The studies' votes.
    pub votes: Tally,
    /// Retracted studies that were found and not counted.
    pub retracted: usize,
    /// Whether the votes are about one outcome, which the question named.
    pub one_outcome: bool,
}

/// How many studies voted which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// The outcome was decreased.
    pub decreased: usize,
    /// The outcome was increased.
    pub increased: usize,
    /// No difference was shown.
    pub no_difference: usize,
    /// Findings of one study point different ways.
    pub mixed: usize,
    /// No finding says which way.
    pub not_stated: usize,
}

impl Tally {
    /// Whether studies point opposite ways, or some show a difference and others none.
    pub fn is_conflict(&self) -> bool {
        let ways = [self.decreased, self.increased, self.no_difference];
        ways.iter().filter(|count| **count > 0).count() > 1
    }
}

/// A study's one vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StudyVote {
    /// Its findings decreased the outcome.
    Decreased,
    /// Its findings increased the outcome.
    Increased,
    /// Its findings show no difference.
    NoDifference,
    /// Its findings point different ways.
    Mixed,
    /// None of its findings says which way.
    NotStated,
}

impl From<Direction> for StudyVote {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Decreased => Self::Decreased,
            Direction::Increased => Self::Increased,
            Direction::NoDifference => Self::NoDifference,
        }
    }
}

/// A study: one or more documents that report it, and what they found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StudyEntry {
    /// The documents, the one that stands for the study first.
    pub documents: Vec<CitedDocument>,
    /// Why the documents are one study, in words; empty for a single one.
    pub grouped_by: Vec<String>,
    /// The findings, most relevant first.
    pub findings: Vec<FindingEntry>,
    /// Its vote.
    pub vote: StudyVote,
    /// What its document says of the comparison asked for, where that is its vote: else its findings vote.
    pub judged: Option<Judged>,
    /// Whether a document of it is retracted: it is not counted.
    pub retracted: bool,
    /// How it fits the patient, where there is one.
    pub fit: Option<Fit>,
}

impl StudyEntry {
    /// The document that stands for the study.
    pub fn lead(&self) -> Option<&CitedDocument> {
        self.documents.first()
    }

    /// How well its best finding fits the question, 0 to 1.
    pub fn relevance(&self) -> f32 {
        self.findings.iter().map(|finding| finding.relevance).fold(0.0, f32::max)
    }
}

/// A document, as cited.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CitedDocument {
    /// Its name.
    pub id: DocumentId,
    /// Its DOI.
    pub doi: Option<String>,
    /// Its title.
    pub title: String,
    /// First author, or group, with "et al." where there are more.
    pub authors: Option<String>,
    /// The journal, abbreviated where an abbreviation is known.
    pub journal: Option<String>,
    /// Year of publication.
    pub year: Option<u16>,
    /// How it was done.
    pub design: Option<StudyDesign>,
    /// What the design was told from.
    pub design_reason: Option<String>,
    /// Level of evidence.
    pub level: Option<EvidenceLevel>,
    /// Participants.
    pub sample_size: Option<SampleSize>,
    /// Registrations of the trial.
    pub registrations: Vec<String>,
    /// Its standing.
    pub flags: Vec<FlagEntry>,
    /// The file or answer it came from.
    pub origin: String,
    /// When this version was stored.
    pub stored_at: String,
}

impl CitedDocument {
    /// Whether a source says that it is retracted.
    pub fn is_retracted(&self) -> bool {
        self.has_flag(FlagKind::Retracted)
    }

    /// Whether a source says so of it.
    pub fn has_flag(&self, kind: FlagKind) -> bool {
        self.flags.iter().any(|flag| flag.kind == kind)
    }
}

/// Registered trials of which no paper is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Registered {
    /// How many there are.
    pub trials: usize,
    /// As many as studies are listed, the newest first.
    pub listed: Vec<RegisteredEntry>,
}

/// A registered trial of which no paper is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RegisteredEntry {
    /// The registration.
    pub document: CitedDocument,
    /// How far the trial is, in the registry's word (`RECRUITING`).
    pub status: Option<String>,
    /// When it was first posted.
    pub posted: Option<PartialDate>,
    /// How well it fits: the weaker of its links, 0 to 1.
    pub relevance: f32,
    /// How it fits the patient, where there is one.
    pub fit: Option<Fit>,
}

/// A flag, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlagEntry {
    /// What is said.
    pub kind: FlagKind,
    /// The record that says so.
    pub said_by: DocumentId,
    /// The source of that record.
    pub source: String,
    /// The notice, by id or as cited.
    pub notice: Option<String>,
}

/// A finding that answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingEntry {
    /// The document it stands in.
    pub document: DocumentId,
    /// The section it stands in.
    pub section: String,
    /// In which part of the document that is.
    pub place: Place,
    /// Where it stands in the document's text, in code points.
    pub span: Span,
    /// Its words, verbatim.
    pub quote: String,
    /// The parts of the quote that name what was asked for, in code points of the quote.
    pub marks: Vec<Span>,
    /// Whether it reports or concludes.
    pub role: SentenceRole,
    /// Whether its sentence speaks of the primary outcome.
    pub primary: bool,
    /// Which way the outcome moved.
    pub direction: Option<Direction>,
    /// Whom that favours.
    pub favours: Option<Favours>,
    /// Whether a difference was shown.
    pub significant: Option<bool>,
    /// Its numbers.
    pub effects: Vec<Effect>,
    /// The numbers as they stand in the text, one string an effect.
    pub numbers: Vec<String>,
    /// The outcome, as named in the quote.
    pub outcome: Option<String>,
    /// The comparator, as named in the quote.
    pub comparator: Option<String>,
    /// The link to the condition, where one was asked for.
    pub condition: Option<LinkEntry>,
    /// The link to the treatment, where one was asked for.
    pub treatment: Option<LinkEntry>,
    /// Whether the treatment asked for is here what something else was compared with: then it does not vote.
    pub as_comparator: bool,
    /// How well it fits the question, 0 to 1: the weaker of its links; where it was found by its words, by how many of those asked for document and
    /// sentence hold.
    pub relevance: f32,
    /// Whether it was found by its words, and not by its links.
    pub by_words: bool,
    /// Where else the document, or another of the study, says the same.
    pub repeats: Vec<Repeat>,
}

/// Where a statement stands once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repeat {
    /// The document it stands in.
    pub document: DocumentId,
    /// The section it stands in.
    pub section: String,
    /// Where it stands in the document's text, in code points.
    pub span: Span,
}

/// Why a finding is linked to a concept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkEntry {
    /// The concept.
    pub concept: ConceptId,
    /// Its name.
    pub name: String,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// What speaks for it.
    pub reasons: Vec<LinkReason>,
    /// The cosine of finding and concept.
    pub cosine: Option<f32>,
}
