//! From a question to an answer that can be checked.
//!
//! Guarantees:
//!
//! - every quote is a span of a stored document, and says which; every number in a summary is a count of what is listed or a
//!   number that stands in a quote;
//! - one study, one vote: papers, preprints and registrations of one study are grouped before anything is counted ([`grouping`]);
//! - a retracted study is shown, flagged, and never counted;
//! - every answer carries its [`Coverage`]: silence is not evidence;
//! - the same question on the same snapshot gives the same answer.

pub mod accuracy;
mod answer;
mod apart;
mod by_words;
mod card;
mod changes;
mod coverage;
mod filters;
mod gaps;
mod gather;
mod grouping;
mod harms;
mod hydrate;
mod id_lines;
mod judged;
mod map;
mod memory;
mod occurrence;
mod patient;
pub mod pooling;
mod question;
mod radar;
mod ranking;
mod registered;
mod relations;
mod summary;
#[cfg(test)]
mod tests;
mod together;
mod told;
mod words;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use self::grouping::Study;
use crate::index::{IndexError, Searcher};
use crate::model::{Annotation, Document, DocumentId};
use crate::store::{Snapshot, Store, StoreError, StoredDocument};
use crate::vocab::Vocabulary;

pub use answer::{
    Answer, CitedDocument, FindingEntry, FlagEntry, LinkEntry, Registered, RegisteredEntry, Repeat, StudyEntry,
    StudyVote, Summary, Tally,
};
pub use card::{VERSION as CARD_VERSION, card};
pub use changes::{Change, ChangeKind, Changes, TrialChange, changes};
pub use coverage::{Coverage, SourceCoverage};
pub use filters::{Filters, Order};
pub use gaps::Gaps;
pub use harms::{HarmEntry, Harms};
pub use judged::Judged;
pub use map::{EvidenceMap, MapCell, MapRequest, MapStudy, MapTotal, StudyMark};
pub use memory::Memory;
pub use occurrence::{Occurrence, Related};
pub use patient::{FactFit, Fit, FitFilter, FitQuote, Patient, PatientSummary, Verdict};
pub use pooling::{PooledEffect, Pooling};
pub use question::{Comparator, OutcomeWords, Question, SoughtAs, SoughtName, Term, Understood};
pub use radar::{NewPhrase, Radar, RadarRequest, Source as RadarSource};
pub use relations::{Basis, Relation, Relations, UseSentence};
pub use told::{Judgement, Told, told};
pub use words::QuestionKind;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// No vocabulary has the name.
    #[error("no vocabulary of this corpus knows “{name}” as a {what}{}", near_names(near))]
    UnknownName {
        /// What was asked for.
        name: String,
        /// `condition` or `treatment`.
        what: &'static str,
        /// Names that look like it.
        near: Vec<String>,
    },
    /// Nothing was mined yet.
    #[error("the corpus “{corpus}” was never mined; `litmine refresh {corpus}` does that")]
    NotMined {
        /// Which.
        corpus: String,
    },
    /// What is there was mined by a program that knew no cards.
    #[error("the corpus “{corpus}” was mined by an older litmine; `litmine refresh {corpus}` brings it up to date")]
    Outdated {
        /// Which.
        corpus: String,
    },
    /// Nothing was published by then.
    #[error("the corpus “{corpus}” had nothing to show on {instant}")]
    NothingThen {
        /// Which.
        corpus: String,
        /// The instant asked for.
        instant: String,
    },
    /// Neither a condition nor a treatment could be made out.
    #[error("no condition and no treatment was understood; name one with --condition or --treatment")]
    NothingNamed,
    /// The question in words is too long.
    #[error("a question in words has at most {most} characters")]
    TooLong {
        /// How many it may have.
        most: usize,
    },
    /// Nothing in the description of a patient can be compared.
    #[error(
        "nothing of the patient was understood; what is compared: age, sex, conditions and treatments that a vocabulary knows, measured \
         values (eGFR 45, HbA1c 8 %), markers (BRCA1)"
    )]
    NobodyDescribed,
    /// The description of a patient is too long.
    #[error("the description of a patient has at most {most} characters")]
    DescriptionTooLong {
        /// How many it may have.
        most: usize,
    },
    /// The index, in which words are looked for, cannot be read.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn near_names(near: &[String]) -> String {
    if near.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", near.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", "))
    }
}

/// Answers questions on one snapshot of one corpus.
pub struct Lookup<'c> {
    store: &'c Store,
    snapshot: Snapshot,
    vocabulary: &'c Vocabulary,
    sources: Vec<String>,
    memory: Arc<Memory>,
    index: Option<Index<'c>>,
}

/// How the index of the corpus is opened, which is done when a question needs it.
type Open<'c> = dyn Fn() -> Result<Arc<Searcher>, IndexError> + 'c;

/// The index in which words are looked for.
#[derive(Clone)]
struct Index<'c>(Rc<Open<'c>>);

impl Index<'_> {
    fn searcher(&self) -> Result<Arc<Searcher>, IndexError> {
        (self.0)()
    }
}

impl<'c> Lookup<'c> {
    /// Answers from the newest snapshot, or from the newest that was published by an instant (a date, or RFC 3339 in UTC).
    /// `sources` are the names of the sources that the corpus is defined by.
    pub fn new(
        corpus: &str,
        store: &'c Store,
        vocabulary: &'c Vocabulary,
        sources: Vec<String>,
        as_of: Option<&str>,
    ) -> Result<Self, LookupError> {
        let named = || corpus.to_owned();
        let snapshot = match as_of {
            None => store.snapshot()?.ok_or_else(|| LookupError::NotMined { corpus: named() })?,
            Some(instant) => store
                .snapshot_as_of(instant)?
                .ok_or_else(|| LookupError::NothingThen { corpus: named(), instant: instant.to_owned() })?,
        };
        Self::from_snapshot(corpus, store, vocabulary, sources, snapshot)
    }

    /// Answers from this snapshot.
    pub fn from_snapshot(
        corpus: &str,
        store: &'c Store,
        vocabulary: &'c Vocabulary,
        sources: Vec<String>,
        snapshot: Snapshot,
    ) -> Result<Self, LookupError> {
        if !store.has_cards(&snapshot)? {
            return Err(LookupError::Outdated { corpus: corpus.to_owned() });
        }
        Ok(Self { store, snapshot, vocabulary, sources, memory: Arc::default(), index: None })
    }

    /// The same, with what was read for earlier answers from the same store.
    pub fn remembering(self, memory: Arc<Memory>) -> Self {
        Self { memory, ..self }
    }

    /// The same, with an index in which names are looked for by their words that no vocabulary knows. The index must be of the newest
    /// snapshot, and this look-up too: an index knows no earlier state.
    pub fn searching(self, open: impl Fn() -> Result<Arc<Searcher>, IndexError> + 'c) -> Self {
        Self { index: Some(Index(Rc::new(open))), ..self }
    }

    /// When what it answers from was published.
    pub fn published_at(&self) -> &str {
        &self.snapshot.stored_at
    }

    /// When the version of a document that it answers from was stored, and from where; none if it shows none.
    fn version(&self, id: &DocumentId) -> Result<Option<(String, String)>, LookupError> {
        Ok(self.store.document(&self.snapshot, id)?.map(|stored| (stored.stored_at, stored.origin)))
    }

    /// What the corpus rests on.
    pub fn coverage(&self) -> Result<Coverage, LookupError> {
        Ok(Coverage::of(self.store, Some(&self.snapshot), &self.sources)?)
    }

    /// A document, asked for by any of its identifiers, with its citation and what was mined from it; none if the snapshot does not
    /// show it.
    pub fn document(&self, id: &DocumentId) -> Result<Option<(CitedDocument, Document, Annotation)>, LookupError> {
        let stored = match self.store.document(&self.snapshot, id)? {
            None => self.store.document(&self.snapshot, &self.store.name_of(id)?)?,
            found => found,
        };
        let Some(stored) = stored else { return Ok(None) };
        let annotation = self.store.annotation(&self.snapshot, stored.version)?.unwrap_or_default();
        let citation = hydrate::cite(self.store, &self.snapshot, &stored, &annotation)?;
        Ok(Some((citation, stored.document, annotation)))
    }

    /// The answer, with at most `question.limit` studies listed; the summary counts all of them.
    pub fn answer(&self, question: &Question) -> Result<Answer, LookupError> {
        let mut understood = question::understand(question, self.vocabulary, self.index.is_some())?;
        let coverage = self.coverage()?;
        let (store, snapshot, memory) = (self.store, &self.snapshot, self.memory.as_ref());
        let gather::Gathered { candidates, registrations } = self.gathered(&mut understood)?;
        let mut registered =
            registered::unreported(store, snapshot, memory, &registrations, &candidates, question.limit)?;
        let mut studies = grouping::studies(candidates);
        let filters = &understood.filters;
        self.keep_admitted(&mut studies, filters)?;
        ranking::rank(&mut studies, filters.order);
        let (harms, gaps) = self.beside(&understood, &studies)?;
        judged::judge(&mut studies, &understood, store, snapshot)?;
        let mut patient = None;
        let mut fits = Vec::new();
        if let Some(description) = &question.patient {
            let described = self.described(description)?;
            let compared = patient::compare(&described, studies, question.fit, |version| self.mined(version))?;
            (studies, fits) = (compared.studies, compared.fits);
            patient = Some(PatientSummary { patient: described, studies: compared.counts, filter: question.fit });
        }
        let relations = relations::relations(&studies, &understood, store, snapshot, memory)?;
        let mentioned = match relations.and_then(|relations| relations.told()) {
            Some((_, Basis::Uses)) => relations::sentences(&studies, &understood, store)?,
            _ => Vec::new(),
        };
        let summary = summary::summarize(&studies, understood.outcome.is_some() && !understood.loosened);
        let source = hydrate::Source {
            store: self.store,
            snapshot: &self.snapshot,
            memory,
            vocabulary: self.vocabulary,
            understood: &understood,
        };
        let pool = match question.pool {
            false => None,
            true => {
                let all = studies.iter().map(|study| source.study(study)).collect::<Result<Vec<_>, _>>()?;
                Some(pooling::pool(&all, &understood))
            }
        };
        let ranked = studies;
        let shown = ranked.iter().take(question.limit).map(|study| source.study(study));
        let mut studies = shown.collect::<Result<Vec<_>, _>>()?;
        for (entry, fit) in studies.iter_mut().zip(fits) {
            entry.fit = Some(fit);
        }
        if let Some(patient) = &patient {
            for entry in &mut registered.listed {
                let document = self.store.document(&self.snapshot, &entry.document.id)?;
                let document = document.map(|stored| self.mined(stored.version)).transpose()?;
                entry.fit = document.map(|document| patient::fit(&patient.patient, &[document]));
            }
        }
        let accuracy = match understood.kind {
            Some(QuestionKind::Diagnosis) => Some(accuracy::accuracy(&ranked, &understood, source)?),
            _ => None,
        };
        Ok(Answer {
            understood,
            summary,
            relations,
            mentioned,
            pool,
            patient,
            accuracy,
            harms,
            gaps,
            studies,
            registered,
            coverage,
        })
    }

    /// Every registered trial on condition and treatment, whether or not a paper is known to report it.
    fn trials(&self, question: &Question) -> Result<Vec<registered::Trial>, LookupError> {
        let mut understood = question::understand(question, self.vocabulary, self.index.is_some())?;
        let registrations = self.gathered(&mut understood)?.registrations;
        registered::trials(self.store, &self.snapshot, &self.memory, &registrations)
    }

    /// Harms and gaps of the studies of condition and treatment, whatever outcome was asked for; none where no treatment was, or where studies
    /// were found by their words. `studies` are those of the answer.
    fn beside(&self, understood: &Understood, studies: &[Study]) -> Result<(Option<Harms>, Option<Gaps>), LookupError> {
        let asked = understood.treatment.is_some() && understood.by_words.is_empty();
        if !asked || understood.kind == Some(QuestionKind::Diagnosis) {
            return Ok((None, None));
        }
        let whole = Understood {
            condition: understood.condition.clone(),
            treatment: understood.treatment.clone(),
            filters: understood.filters.clone(),
            ..Understood::default()
        };
        let (store, snapshot, memory) = (self.store, &self.snapshot, self.memory.as_ref());
        let narrower = understood.outcome.is_some() || understood.comparator.is_some() || understood.test.is_some();
        let all = match narrower {
            false => None,
            true => {
                let mut all = grouping::studies(gather::gather(store, snapshot, memory, &whole)?.candidates);
                self.keep_admitted(&mut all, &whole.filters)?;
                ranking::rank(&mut all, whole.filters.order);
                Some(all)
            }
        };
        let studies = all.as_deref().unwrap_or(studies);
        if studies.iter().all(|study| study.retracted) {
            return Ok((None, None));
        }
        let source = hydrate::Source { store, snapshot, memory, vocabulary: self.vocabulary, understood: &whole };
        let harms = harms::harms(studies, &whole, source)?;
        let gaps = gaps::gaps(studies, &whole, store, snapshot, memory, self.vocabulary)?;
        Ok((Some(harms), Some(gaps)))
    }

    /// Leaves the studies that the filters admit.
    fn keep_admitted(&self, studies: &mut Vec<Study>, filters: &Filters) -> Result<(), StoreError> {
        // By the name that was given too: an earlier state may know the document by it.
        let named = filters.without.iter().map(|id| self.store.name_of(id));
        let mut without = named.collect::<Result<BTreeSet<_>, _>>()?;
        without.extend(filters.without.iter().cloned());
        studies.retain(|study| {
            let named = study.members.iter().any(|member| without.contains(&member.id));
            !named && filters.admit(study.design(), study.level(), study.year(), study.participants())
        });
        Ok(())
    }

    /// What is linked to everything that was asked for; by words, where a name is in no vocabulary or nothing else answers.
    fn gathered(&self, understood: &mut Understood) -> Result<gather::Gathered, LookupError> {
        let (store, snapshot, memory) = (self.store, &self.snapshot, self.memory.as_ref());
        let by_words = |understood: &Understood, index| by_words::gather(store, snapshot, memory, understood, index);
        if let Some(name) = understood.by_words.first() {
            let found = self.index.as_ref().map(|index| by_words(understood, index));
            return match found {
                Some(Ok(found)) if !found.candidates.is_empty() => Ok(found),
                // Without an index nobody knows the name, whatever documents hold.
                None | Some(Ok(_) | Err(LookupError::Index(IndexError::Missing { .. }))) => Err(name.clone().unknown()),
                Some(failed) => failed,
            };
        }
        let found = gather::gather(store, snapshot, memory, understood)?;
        let may_be_loosened = understood.outcome.is_some() || understood.comparator.is_some();
        let Some(index) = self.index.as_ref().filter(|_| may_be_loosened && found.candidates.is_empty()) else {
            return Ok(found);
        };
        let loose = Understood { loosened: true, ..understood.clone() };
        match by_words(&loose, index) {
            Ok(near) if !near.candidates.is_empty() => {
                *understood = loose;
                Ok(near)
            }
            Ok(_) | Err(LookupError::Index(IndexError::Missing { .. })) => Ok(found),
            Err(error) => Err(error),
        }
    }

    /// A version of a document with what was mined from it.
    fn mined(&self, version: i64) -> Result<(StoredDocument, Annotation), StoreError> {
        let stored = self.store.document_version(version)?;
        let annotation = self.store.annotation(&self.snapshot, version)?.unwrap_or_default();
        Ok((stored, annotation))
    }

    /// What is understood of a patient.
    fn described(&self, description: &str) -> Result<Patient, LookupError> {
        if description.chars().count() > patient::LONGEST_DESCRIPTION {
            return Err(LookupError::DescriptionTooLong { most: patient::LONGEST_DESCRIPTION });
        }
        let described = patient::read(description, self.vocabulary);
        if described.facts.is_empty() { Err(LookupError::NobodyDescribed) } else { Ok(described) }
    }
}
