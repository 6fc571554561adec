//! What changed in the answer to a question between two states of a corpus.
//!
//! Both answers are made in full and compared, so that a change is never more than the difference of two answers that can each be asked
//! for again (`--as-of`). What litmine itself reads otherwise than before is told apart from what the literature says otherwise.

mod trials;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::answer::{Answer, CitedDocument, FindingEntry, StudyEntry, StudyVote, Summary};
use super::question::{Question, Understood};
use super::{Coverage, Lookup, LookupError, Pooling};
use crate::model::{DocumentId, FlagKind, Span};
use crate::vocab::normalize;

/// What happened. Orders what a reader must know first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A source now says that it is retracted: it no longer counts.
    Retracted,
    /// A source now says that its publisher doubts it.
    OfConcern,
    /// No source says any more that it is retracted: it counts again.
    Reinstated,
    /// A source now names a correction.
    Corrected,
    /// A study votes another way.
    DirectionChanged,
    /// A study that was not in the corpus.
    NewStudy,
    /// A further document of a study that was there.
    NewDocument,
    /// The registry now has the results of a registered trial.
    ResultsPosted,
    /// A paper of the corpus now reports a registered trial that none did.
    NowReported,
    /// A registered trial is further on, or was stopped.
    StatusChanged,
    /// A trial that was not registered here.
    NewRegistration,
    /// The record of a document changed, and what it finds with it.
    Revised,
    /// A document was withdrawn by its source.
    Withdrawn,
    /// The record is the same, and this litmine reads it otherwise than the one before.
    ReadAnew,
}

impl ChangeKind {
    /// Every kind, in order.
    pub const ALL: [Self; 14] = [
        Self::Retracted,
        Self::OfConcern,
        Self::Reinstated,
        Self::Corrected,
        Self::DirectionChanged,
        Self::NewStudy,
        Self::NewDocument,
        Self::ResultsPosted,
        Self::NowReported,
        Self::StatusChanged,
        Self::NewRegistration,
        Self::Revised,
        Self::Withdrawn,
        Self::ReadAnew,
    ];

    /// The words for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Retracted => "RETRACTED",
            Self::OfConcern => "EXPRESSION OF CONCERN",
            Self::Reinstated => "reinstated",
            Self::Corrected => "corrected",
            Self::DirectionChanged => "direction changed",
            Self::NewStudy => "new study",
            Self::NewDocument => "further report of a study",
            Self::ResultsPosted => "registered trial: results posted",
            Self::NowReported => "registered trial: now reported",
            Self::StatusChanged => "registered trial: status changed",
            Self::NewRegistration => "newly registered trial",
            Self::Revised => "revised",
            Self::Withdrawn => "withdrawn",
            Self::ReadAnew => "read otherwise by this litmine",
        }
    }
}

/// One change, of one document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The document, as it is now; as it was, where it is gone.
    pub document: CitedDocument,
    /// The vote of its study before; none where there was no such study.
    pub vote_before: Option<StudyVote>,
    /// The vote of its study now; none where there is none.
    pub vote_now: Option<StudyVote>,
    /// Findings that answer now and did not.
    pub findings_new: Vec<FindingEntry>,
    /// Findings that answered and do not any more.
    pub findings_gone: Vec<FindingEntry>,
    /// What a registered trial was and is; none of any other document.
    pub trial: Option<TrialChange>,
}

/// A registered trial before and now.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TrialChange {
    /// How far it was, in the registry's word (`RECRUITING`); none where it was not known, or that was not said.
    pub status_before: Option<String>,
    /// How far it is; none where that is not said.
    pub status_now: Option<String>,
    /// The papers that report it now.
    pub reported_by: Vec<DocumentId>,
}

/// A question, its answer before and now.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The question as it is understood now.
    pub understood: Understood,
    /// What happened, gravest first.
    pub changes: Vec<Change>,
    /// The counts before.
    pub before: Summary,
    /// The counts now.
    pub now: Summary,
    /// Registered trials on the question that nothing is known to report, before and now.
    pub registered: (usize, usize),
    /// The pooled effect before and now, where one was asked for and it moved.
    pub pool: Option<(Pooling, Pooling)>,
    /// Whether the corpus was mined otherwise before: by another program, vocabulary or model.
    pub mined_otherwise: bool,
    /// What was read, and what was not.
    pub coverage: Coverage,
}

impl Changes {
    /// Whether the answer is the same.
    pub fn is_nothing(&self) -> bool {
        let same_counts = self.before == self.now && self.registered.0 == self.registered.1;
        self.changes.is_empty() && self.pool.is_none() && same_counts
    }
}

/// What changed in the answer to a question from one state of a corpus to a later one.
pub fn changes(before: &Lookup<'_>, now: &Lookup<'_>, question: &Question) -> Result<Changes, LookupError> {
    let question = Question { limit: usize::MAX, ..question.clone() };
    let (old, new) = (before.answer(&question)?, now.answer(&question)?);
    let mut changes = Vec::new();
    let held: BTreeMap<&DocumentId, &StudyEntry> = by_document(&old);
    let holding: BTreeMap<&DocumentId, &StudyEntry> = by_document(&new);
    for study in &new.studies {
        changes.extend(of_study(study, &held, before)?);
    }
    for study in &old.studies {
        for document in study.documents.iter().filter(|document| !holding.contains_key(&document.id)) {
            changes.push(Change {
                kind: match now.version(&document.id)? {
                    None => ChangeKind::Withdrawn,
                    Some(version) if version == version_of(document) => ChangeKind::ReadAnew,
                    Some(_) => ChangeKind::Revised,
                },
                document: document.clone(),
                vote_before: Some(study.vote),
                vote_now: None,
                findings_new: Vec::new(),
                findings_gone: study.findings.iter().filter(|one| one.document == document.id).cloned().collect(),
                trial: None,
            });
        }
    }
    trials::compare(&mut changes, (before, now), &question)?;
    changes.sort_by(|a, b| (a.kind, &a.document.id).cmp(&(b.kind, &b.document.id)));
    let pool = match (old.pool, new.pool) {
        (Some(old), Some(new)) if moved(&old, &new) => Some((old, new)),
        _ => None,
    };
    Ok(Changes {
        understood: new.understood,
        changes,
        before: old.summary,
        now: new.summary,
        registered: (old.registered.trials, new.registered.trials),
        pool,
        mined_otherwise: !before.snapshot.is_mined_as(&now.snapshot),
        coverage: new.coverage,
    })
}

fn by_document(answer: &Answer) -> BTreeMap<&DocumentId, &StudyEntry> {
    let mut found = BTreeMap::new();
    for study in &answer.studies {
        found.extend(study.documents.iter().map(|document| (&document.id, study)));
    }
    found
}

/// What tells one version of a document from another: when and from where it was stored.
fn version_of(document: &CitedDocument) -> (String, String) {
    (document.stored_at.clone(), document.origin.clone())
}

/// What happened to the documents of a study that answers now.
fn of_study(
    study: &StudyEntry,
    held: &BTreeMap<&DocumentId, &StudyEntry>,
    before: &Lookup<'_>,
) -> Result<Vec<Change>, LookupError> {
    let known: Vec<&StudyEntry> = study.documents.iter().filter_map(|one| held.get(&one.id).copied()).collect();
    let vote_before = known.first().map(|study| study.vote);
    let said: BTreeSet<String> = known.iter().flat_map(|study| &study.findings).map(key).collect();
    let says: BTreeSet<String> = study.findings.iter().map(key).collect();
    // A statement that two documents make is quoted from one of them, and that may change.
    let (repeated, repeats) = (repeats(known.iter().copied()), repeats([study]));
    let mut changes = Vec::new();
    for document in &study.documents {
        let of_document = |finding: &&FindingEntry| finding.document == document.id;
        let new: Vec<FindingEntry> = study
            .findings
            .iter()
            .filter(of_document)
            .filter(|one| !said.contains(&key(one)) && !repeated.contains(&(&one.document, one.span)))
            .cloned()
            .collect();
        let change = |kind| Change {
            kind,
            document: document.clone(),
            vote_before,
            vote_now: Some(study.vote),
            findings_new: new.clone(),
            findings_gone: Vec::new(),
            trial: None,
        };
        let Some(was) = held.get(&document.id) else {
            changes.push(match before.version(&document.id)? {
                None if known.is_empty() => change(ChangeKind::NewStudy),
                None => change(ChangeKind::NewDocument),
                Some(version) if version == version_of(document) => change(ChangeKind::ReadAnew),
                Some(_) => change(ChangeKind::Revised),
            });
            continue;
        };
        let Some(old) = was.documents.iter().find(|one| one.id == document.id) else { continue };
        for (kind, flag) in [
            (ChangeKind::Retracted, FlagKind::Retracted),
            (ChangeKind::OfConcern, FlagKind::OfConcern),
            (ChangeKind::Corrected, FlagKind::Corrected),
        ] {
            if document.has_flag(flag) && !old.has_flag(flag) {
                changes.push(Change { findings_new: Vec::new(), ..change(kind) });
            }
        }
        if old.is_retracted() && !document.is_retracted() {
            changes.push(Change { findings_new: Vec::new(), ..change(ChangeKind::Reinstated) });
        }
        let gone: Vec<FindingEntry> = was
            .findings
            .iter()
            .filter(of_document)
            .filter(|one| !says.contains(&key(one)) && !repeats.contains(&(&one.document, one.span)))
            .cloned()
            .collect();
        if !new.is_empty() || !gone.is_empty() || marks(old) != marks(document) {
            let anew = version_of(old) == version_of(document);
            let kind = if anew { ChangeKind::ReadAnew } else { ChangeKind::Revised };
            changes.push(Change { findings_gone: gone, ..change(kind) });
        }
    }
    // Where nothing but the reading changed, that is what is said, with both votes.
    let only_read_anew = !changes.is_empty() && changes.iter().all(|change| change.kind == ChangeKind::ReadAnew);
    if let (Some(was), Some(lead)) = (vote_before, study.lead())
        && was != study.vote
        && !only_read_anew
    {
        changes.push(Change {
            kind: ChangeKind::DirectionChanged,
            document: lead.clone(),
            vote_before,
            vote_now: Some(study.vote),
            findings_new: Vec::new(),
            findings_gone: Vec::new(),
            trial: None,
        });
    }
    Ok(changes)
}

/// Where studies say something once more.
fn repeats<'s>(studies: impl IntoIterator<Item = &'s StudyEntry>) -> BTreeSet<(&'s DocumentId, Span)> {
    let findings = studies.into_iter().flat_map(|study| &study.findings);
    findings.flat_map(|finding| &finding.repeats).map(|repeat| (&repeat.document, repeat.span)).collect()
}

/// What makes a finding the same one: its words, which way it points and whether its numbers were read alike.
fn key(finding: &FindingEntry) -> String {
    format!("{:?}|{}|{}", finding.direction, finding.numbers.join(";"), normalize(&finding.quote))
}

/// What is counted of a document besides its findings.
fn marks(document: &CitedDocument) -> impl PartialEq {
    (document.title.clone(), document.design, document.level, document.sample_size.map(|size| size.value))
}

/// Whether what is pooled differs by more than rounding, or can no longer, or only now, be pooled.
fn moved(old: &Pooling, new: &Pooling) -> bool {
    match (old, new) {
        (Pooling::Refused { .. }, Pooling::Refused { .. }) => false,
        (Pooling::Done(a), Pooling::Done(b)) => {
            let near = |x: f64, y: f64| (x - y).abs() <= 1e-9 * x.abs().max(y.abs());
            let ends = |x: &super::pooling::PooledEffect| {
                let random = x.random.unwrap_or(x.fixed);
                [x.fixed.value, x.fixed.low, x.fixed.high, random.value, random.low, random.high]
            };
            a.measure != b.measure || !ends(a).into_iter().zip(ends(b)).all(|(x, y)| near(x, y))
        }
        _ => true,
    }
}
