//! `concepts`: are conditions and chemicals found where annotators marked them, and are they the right concepts?
//!
//! Each document is annotated as `litmine annotate` does it, with the tagger where there is an encoder (`tagger` says whether). A
//! mention counts as right where type, begin and end are those that were marked; a concept where it was marked anywhere in the
//! document. Precision, recall and F1 are over all documents together.
//!
//! Ids are compared in MeSH: a concept that MeSH does not have counts as the nearest broader one that it has.
//!
//! Classes of drugs by what they do (`antihypertensive agents`) are treatments here, while the guidelines of these sets have annotators
//! mark substances only, with exceptions. A class found counts as any other mention, and as wrong where none was marked; how many were found is said
//! (`classes`), and what the figures of chemicals are where no class counts as found, though marked ones then count as missed (`without_classes`).

mod gold;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

use crate::embed::Encoder;
use crate::eval::counts::Matches;
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, heads_encoder};
use crate::extract;
use crate::model::{Annotation, ConceptId, ConceptType, Document, Mention, Span};
use crate::parse::{Input, Item, formats};
use crate::vocab::{Dictionary, Vocabulary};

use gold::Gold;

/// The format that the sets are in.
const FORMAT: &str = "pubtator";
/// Documents annotated together.
const BATCH: usize = 100;

/// The task.
pub(super) struct Concepts;

impl Task for Concepts {
    fn name(&self) -> &'static str {
        "concepts"
    }

    fn usage(&self) -> &'static str {
        "FILE… [--vocabularies NAME,…]"
    }

    fn options(&self) -> &'static [&'static str] {
        &["vocabularies"]
    }

    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
        if request.data.is_empty() {
            return Err(EvalError::Usage("give a file".to_owned()));
        }
        let vocabulary = Vocabulary::open_or_all(&setting.workspace.vocabularies(), request.vocabularies)?;
        let ids = Ids::read(request.ids)?;
        let mut marked = Vec::new();
        for file in request.data {
            marked.extend(read(file, &ids, &vocabulary)?);
        }
        if marked.iter().all(|(_, gold)| gold.mentions.is_empty()) {
            let reason = "no condition and no chemical is marked in it".to_owned();
            return Err(EvalError::Data { path: request.data[0].clone(), line: None, reason });
        }
        let dictionary = Dictionary::build(&vocabulary);
        let task = setting.progress.task("annotating", Some(marked.len() as u64), "documents");
        let mut encoder = heads_encoder(setting)?;
        let mut counts = Counts::default();
        for batch in marked.chunks(BATCH) {
            let documents: Vec<&Document> = batch.iter().map(|(document, _)| document).collect();
            let annotations = extract::annotate_all(&documents, &dictionary, as_encoder(&mut encoder))?;
            for ((_, gold), annotation) in batch.iter().zip(&annotations) {
                counts = counts.with(compare(annotation, gold, &vocabulary));
            }
            task.advance(batch.len() as u64);
        }
        let mut figures = figures(&counts, marked.len(), &vocabulary);
        figures.insert("tagger".to_owned(), encoder.is_some().into());
        Ok(figures)
    }
}

fn as_encoder(encoder: &mut Option<Box<dyn Encoder>>) -> Option<&mut dyn Encoder> {
    match encoder {
        Some(encoder) => Some(encoder.as_mut()),
        None => None,
    }
}

/// The documents of a file with what was marked in them.
fn read(path: &Path, ids: &Ids, vocabulary: &Vocabulary) -> Result<Vec<(Document, Gold)>, EvalError> {
    let wrong = |reason: String| EvalError::Data { path: path.to_owned(), line: None, reason };
    let parser = formats::by_name(FORMAT).ok_or_else(|| wrong(format!("{FORMAT} cannot be read")))?;
    let mut input = Input::open(path)?;
    let mut read = Vec::new();
    let mut broken = None;
    let parsed = parser.parse(&mut input, &mut |item| {
        let problem = match item {
            Item::Document(record) => {
                let id = record.document.identifiers.pmid.unwrap_or_default().to_string();
                match Gold::read(&String::from_utf8_lossy(&record.bytes), vocabulary) {
                    Ok(gold) if ids.contains(&id) => read.push((record.document, gold)),
                    Ok(_) => {}
                    Err(reason) => broken = Some(format!("document {id}: {reason}")),
                }
                broken.is_some()
            }
            Item::Deletion(_) | Item::Statement(_) => false,
            Item::Rejected(rejection) => {
                broken = Some(format!("byte {}: {}", rejection.position, rejection.reason));
                true
            }
        };
        if problem { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    parsed.map_err(|error| wrong(error.to_string()))?;
    broken.map_or(Ok(read), |reason| Err(wrong(reason)))
}

fn matches<T: Ord>(found: &BTreeSet<T>, marked: &BTreeSet<T>) -> Matches {
    Matches { found: found.len(), marked: marked.len(), both: found.intersection(marked).count() }
}

/// The counts of mentions and of ids, by type.
#[derive(Debug, Default)]
struct Counts {
    by_type: BTreeMap<ConceptType, [Matches; 2]>,
    /// Of chemicals, with no class among what was found.
    without_classes: [Matches; 2],
    classes: usize,
}

impl Counts {
    fn with(mut self, other: Self) -> Self {
        let add = |known: &mut [Matches; 2], counts: [Matches; 2]| {
            known.iter_mut().zip(counts).for_each(|(known, count)| known.add(count));
        };
        self.classes += other.classes;
        add(&mut self.without_classes, other.without_classes);
        for (kind, counts) in other.by_type {
            add(self.by_type.entry(kind).or_default(), counts);
        }
        self
    }
}

fn compare(annotation: &Annotation, gold: &Gold, vocabulary: &Vocabulary) -> Counts {
    let mut counts = Counts::default();
    // As annotators do, who had MeSH alone: what it does not have is the nearest that it has.
    let in_mesh = |id: &ConceptId| vocabulary.in_mesh(id).unwrap_or_else(|| id.clone());
    for kind in [ConceptType::Condition, ConceptType::Chemical] {
        let found: Vec<&Mention> = annotation.mentions.iter().filter(|mention| mention.mention_type == kind).collect();
        let marked: BTreeSet<Span> =
            gold.mentions.iter().filter(|(marked, _)| *marked == kind).map(|(_, span)| *span).collect();
        let marked_ids: BTreeSet<ConceptId> =
            gold.ids.iter().filter(|(marked, _)| *marked == kind).map(|(_, id)| id.clone()).collect();
        let count = |found: &[&Mention]| {
            let places: BTreeSet<Span> = found.iter().map(|mention| mention.span).collect();
            let ids: BTreeSet<ConceptId> = found.iter().flat_map(|mention| &mention.concepts).map(in_mesh).collect();
            [matches(&places, &marked), matches(&ids, &marked_ids)]
        };
        counts.by_type.insert(kind, count(&found));
        if kind == ConceptType::Chemical {
            let is_class = |mention: &Mention| mention.concepts.first().is_some_and(|id| vocabulary.is_action(id));
            let (classes, others): (Vec<&Mention>, Vec<&Mention>) = found.iter().partition(|mention| is_class(mention));
            counts.classes += classes.len();
            counts.without_classes = count(&others);
        }
    }
    counts
}

/// The figures of the types that are marked in the set.
fn figures(counts: &Counts, documents: usize, vocabulary: &Vocabulary) -> Figures {
    let mut figures = Figures::new();
    for (kind, [mentions, ids]) in counts.by_type.iter().filter(|(_, [mentions, _])| mentions.marked > 0) {
        let pair = |[mentions, ids]: [Matches; 2]| {
            let mut pair = Figures::new();
            pair.insert("mentions".to_owned(), mentions.figures().into());
            pair.insert("ids".to_owned(), ids.figures().into());
            pair
        };
        let mut of_type = pair([*mentions, *ids]);
        if *kind == ConceptType::Chemical {
            of_type.insert("without_classes".to_owned(), pair(counts.without_classes).into());
        }
        figures.insert(kind.name().to_owned(), of_type.into());
    }
    figures.insert("documents".to_owned(), documents.into());
    figures.insert("classes".to_owned(), counts.classes.into());
    let names: Vec<&str> = vocabulary.layers().map(|layer| layer.name).collect();
    figures.insert("vocabularies".to_owned(), names.join(", ").into());
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::tasks::figures_of;

    fn measure(text: &str) -> Result<Figures, EvalError> {
        figures_of(&Concepts, text)
    }

    #[test]
    fn a_set_that_can_be_counted_by_hand() {
        // Found: asthma twice, gout, fever; marked: asthma once, gout in other words, and metformin, which is found.
        let figures = measure(
            "7|t|Asthma and gout.\n7|a|Asthma, fever and metformin.\n7\t0\t6\tAsthma\tDisease\tD001249\n\
             7\t7\t15\tand gout\tDisease\tD006073\n7\t35\t44\tmetformin\tChemical\tD008687\n",
        )
        .unwrap();
        let condition = &figures["condition"];
        assert_eq!(condition["mentions"]["p"], 0.25);
        assert_eq!(condition["mentions"]["r"], 0.5);
        assert_eq!(condition["mentions"]["f1"], 0.333333);
        assert_eq!(condition["ids"]["r"], 1.0);
        assert_eq!(condition["ids"]["p"], 0.666667);
        assert_eq!(figures["chemical"]["mentions"]["f1"], 1.0);
        assert_eq!(figures["documents"], 1);
    }

    #[test]
    fn a_class_that_nobody_marked_is_wrong_and_counted_apart() {
        let figures =
            measure("7|t|Metformin.\n7|a|Antihypertensive agents helped.\n7\t0\t9\tMetformin\tChemical\tD008687\n")
                .unwrap();
        let chemical = &figures["chemical"];
        assert_eq!((&figures["classes"], &chemical["mentions"]["p"]), (&1.into(), &0.5.into()));
        assert_eq!(chemical["without_classes"]["mentions"]["p"], 1.0);
    }

    #[test]
    fn what_is_broken_gives_no_figures() {
        for text in ["", "7|t|Asthma.\n7|a|\n", "7|t|A.\n9|a|B.\n", "7|t|A.\n7|a|B.\n7\t3\t1\tx\tDisease\tD1\n"] {
            assert!(measure(text).is_err(), "{text:?}");
        }
    }
}
