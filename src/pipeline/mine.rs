//! Store → extract, embed, link → store.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{PROGRAM, PipelineError, Workshop, imported, outcome_of};
use crate::corpus::Vectors;
use crate::embed::{self, Encoder, EncoderError, Purpose, cosine};
use crate::extract;
use crate::link::{self, Candidate};
use crate::lookup;
use crate::model::{Annotation, ConceptId, Document, TextIndex};
use crate::store::{Mined, Pending, RunId, Store};
use crate::vocab::{Dictionary, Learned, Vocabulary};

/// Documents that are mined and stored together.
const BATCH: usize = 200;

/// Raised when other texts of a document are embedded.
const TEXTS: u32 = 2;

/// What mining did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MineReport {
    /// Documents that were mined.
    pub documents: u64,
    /// Findings in them.
    pub findings: u64,
    /// Concepts that records carry and the vocabularies lacked, or lacked a name of.
    pub learned: u64,
    /// Texts that were embedded.
    pub embedded: u64,
    /// What is missing, in words.
    pub problems: Vec<String>,
}

pub(super) fn run(workshop: Workshop<'_>, store: &mut Store) -> Result<MineReport, PipelineError> {
    let mut report = MineReport::default();
    let vocabulary = learn(workshop, store, &mut report)?;
    let mut encoder = start_encoder(workshop, &mut report)?;
    let stage = store.stage(&stage_version(&vocabulary, encoder.as_deref(), workshop.corpus.definition.vectors))?;
    let run = store.begin_run("mine", PROGRAM)?;
    let waiting = store.count_pending(stage)?;
    tracing::info!(stage, waiting, encoder = encoder.as_deref().map(Encoder::model), "mining");
    if waiting > 0 {
        // Nothing to mine needs no dictionary, which takes a moment to build.
        let dictionary = Dictionary::build(&vocabulary);
        let task = workshop.progress.task("mining", Some(waiting), "documents");
        let mut after = 0;
        loop {
            let pending = store.pending(stage, after, BATCH)?;
            let Some(last) = pending.last() else { break };
            after = last.version;
            let done = pending.len() as u64;
            let miner = Miner { workshop, vocabulary: &vocabulary, dictionary: &dictionary };
            miner.mine(store, run, stage, pending, encoder.as_deref_mut(), &mut report)?;
            task.advance(done);
        }
    }
    store.publish(run, stage, encoder.as_deref().map(Encoder::model))?;
    store.finish_run(run, outcome_of(&report.problems))?;
    Ok(report)
}

/// The vocabulary of the corpus, with the names that records stored since the last time carry.
fn learn(workshop: Workshop<'_>, store: &Store, report: &mut MineReport) -> Result<Vocabulary, PipelineError> {
    let (corpus, path) = (workshop.corpus, workshop.corpus.learned_path());
    let imported = imported(corpus)?;
    let mut learned = Learned::open(&path)?;
    let (before, from) = (learned.len(), learned.through());
    loop {
        let records = store.versions_after(learned.through(), BATCH)?;
        if records.is_empty() {
            break;
        }
        for Pending { version, document } in &records {
            learned.read(*version, document, &imported);
        }
    }
    if learned.through() > from {
        learned.save(&path)?;
    }
    report.learned = (learned.len() - before) as u64;
    Ok(imported.with_learned(&path)?)
}

/// The encoder, if the corpus wants vectors. One that is missing is a problem of the report, not an end.
fn start_encoder(workshop: Workshop<'_>, report: &mut MineReport) -> Result<Option<Box<dyn Encoder>>, PipelineError> {
    let Some(settings) = workshop.encoder.filter(|_| workshop.corpus.definition.vectors != Vectors::None) else {
        return Ok(None);
    };
    match embed::start(settings, Purpose::Published) {
        Ok(mut encoder) => {
            if !extract::takes_heads(encoder.as_mut())? {
                let model = encoder.model();
                tracing::warn!(
                    model,
                    "no trained heads for this encoder: mentions are found by the dictionary alone, roles by cues"
                );
            }
            Ok(Some(encoder))
        }
        Err(EncoderError::Missing(what)) => {
            report.problems.push(format!("no vectors, so links go by words alone: {what}"));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Everything that the outcome of mining depends on besides the document.
fn stage_version(vocabulary: &Vocabulary, encoder: Option<&dyn Encoder>, wanted: Vectors) -> String {
    format!(
        "{};link={};card={};vocabulary={};encoder={};texts={TEXTS} {wanted:?}",
        extract::version(),
        link::VERSION,
        lookup::CARD_VERSION,
        vocabulary.fingerprint(),
        encoder.map_or("none", Encoder::model)
    )
}

/// A document half mined: annotated, its links still to be ranked.
struct Draft {
    version: i64,
    document: Document,
    annotation: Annotation,
    candidates: Vec<Vec<Candidate>>,
}

struct Miner<'m> {
    workshop: Workshop<'m>,
    vocabulary: &'m Vocabulary,
    dictionary: &'m Dictionary,
}

impl Miner<'_> {
    fn mine(
        &self,
        store: &mut Store,
        run: RunId,
        stage: i64,
        pending: Vec<Pending>,
        mut encoder: Option<&mut (dyn Encoder + 'static)>,
        report: &mut MineReport,
    ) -> Result<(), PipelineError> {
        let documents: Vec<&Document> = pending.iter().map(|pending| &pending.document).collect();
        let tagging = encoder.as_deref_mut().map(|encoder| encoder as &mut dyn Encoder);
        let annotations = extract::annotate_all(&documents, self.dictionary, tagging)?;
        let mut drafts: Vec<Draft> = pending
            .into_par_iter()
            .zip(annotations)
            .map(|(Pending { version, document }, annotation)| {
                let candidates = link::candidates(&document, &annotation, self.vocabulary);
                Draft { version, document, annotation, candidates }
            })
            .collect();
        let vectors = match encoder {
            None => BTreeMap::new(),
            Some(encoder) => self.embed(store, encoder, &drafts, report)?,
        };
        drafts.par_iter_mut().for_each(|draft| {
            let text = draft.document.text();
            let quotes = quotes(&text, &draft.annotation);
            let likeness = |finding: usize, concept: &ConceptId| {
                let finding = vectors.get(quotes.get(finding)?)?;
                let concept = vectors.get(&self.concept_text(concept)?)?;
                Some(cosine(finding, concept))
            };
            link::link(&mut draft.annotation, &draft.candidates, &likeness);
        });
        let mined: Vec<Mined> = drafts
            .into_par_iter()
            .map(|draft| {
                let (card, wording) = lookup::card(&draft.document, &draft.annotation);
                let subjects = link::subjects(&draft.document, &draft.annotation, self.vocabulary);
                Mined { version: draft.version, annotation: draft.annotation, card, wording, subjects }
            })
            .collect();
        report.documents += mined.len() as u64;
        report.findings += mined.iter().map(|mined| mined.annotation.findings.len() as u64).sum::<u64>();
        store.record_mined(run, stage, &mined)?;
        Ok(())
    }

    /// What is embedded for a concept.
    fn concept_text(&self, id: &ConceptId) -> Option<String> {
        self.vocabulary.concept(id).map(|concept| link::embedded_text(&concept))
    }

    /// The vectors of everything in these drafts that links, and later search, need: those held already, and new ones, which
    /// are kept.
    fn embed(
        &self,
        store: &mut Store,
        encoder: &mut dyn Encoder,
        drafts: &[Draft],
        report: &mut MineReport,
    ) -> Result<BTreeMap<String, Vec<f32>>, PipelineError> {
        let mut texts: BTreeMap<String, Option<Vec<f32>>> = BTreeMap::new();
        for draft in drafts {
            let text = draft.document.text();
            texts.extend(quotes(&text, &draft.annotation).into_iter().map(|quote| (quote, None)));
            let concepts = link::wanted(&draft.candidates);
            texts.extend(concepts.iter().filter_map(|id| self.concept_text(id)).map(|text| (text, None)));
            let wanted = self.workshop.corpus.definition.vectors;
            if wanted >= Vectors::All {
                let sentences = sentences(&text, &draft.document, &draft.annotation);
                texts.extend(sentences.into_iter().map(|sentence| (sentence, None)));
            }
            if wanted >= Vectors::FindingsAndDocuments {
                // Its beginning, as far as the model reads: measured better than its findings, or its end, in place of it.
                texts.insert(text, None);
            }
        }
        let model = encoder.model().to_owned();
        let keys: Vec<String> = texts.keys().cloned().collect();
        let refs: Vec<&str> = keys.iter().map(String::as_str).collect();
        for (key, held) in keys.iter().zip(store.vectors(&model, &refs)?) {
            texts.insert(key.clone(), held);
        }
        let missing: Vec<&str> =
            texts.iter().filter(|(_, vector)| vector.is_none()).map(|(text, _)| text.as_str()).collect();
        let fresh = encoder.embed(&missing)?;
        report.embedded += fresh.len() as u64;
        let fresh: Vec<(&str, Vec<f32>)> = missing.into_iter().zip(fresh).collect();
        store.keep_vectors(&model, &fresh)?;
        let fresh: Vec<(String, Vec<f32>)> =
            fresh.into_iter().map(|(text, vector)| (text.to_owned(), vector)).collect();
        texts.extend(fresh.into_iter().map(|(text, vector)| (text, Some(vector))));
        Ok(texts.into_iter().filter_map(|(text, vector)| Some((text, vector?))).collect())
    }
}

/// The words of each finding, in order: what is embedded of it.
pub(super) fn quotes(text: &str, annotation: &Annotation) -> Vec<String> {
    let index = TextIndex::new(text);
    annotation.findings.iter().map(|finding| index.slice(finding.span).to_owned()).collect()
}

/// The words of each sentence of title and abstract, in order.
pub(super) fn sentences(text: &str, document: &Document, annotation: &Annotation) -> Vec<String> {
    let index = TextIndex::new(text);
    let sentences = annotation.sentences.iter().filter(|sentence| !document.is_full_text(sentence.passage));
    sentences.map(|sentence| index.slice(sentence.span).to_owned()).collect()
}
