//! `pico`: are the words of participants, interventions and outcomes found where annotators marked them (EBM-NLP)?
//!
//! Each abstract is annotated as `litmine annotate` does it; nothing was trained on this set. A word belongs to the class that its label names, and
//! is found for a class where a stretch of the annotation overlaps it: of participants who could take part, how many and with what
//! (criteria, ages, sample size, conditions studied); of interventions the treatments under test and those compared with; of outcomes what the trained head
//! or, without an encoder (`tagger` says whether), findings name. Annotators marked longer stretches (whole descriptions), so that recall is low by
//! construction.

use std::io::BufRead;
use std::path::Path;

use crate::embed::Encoder;
use crate::eval::counts::Matches;
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, heads_encoder};
use crate::extract;
use crate::model::{Annotation, ConceptType, Document, MentionRole, Passage, Polarity, Span};
use crate::parse::Input;
use crate::vocab::{Dictionary, Vocabulary};

/// Documents annotated together.
const BATCH: usize = 100;
/// The labels of the set, each with the name of its class.
const CLASSES: [(&str, &str); 3] = [("I-PAR", "participants"), ("I-INT", "interventions"), ("I-OUT", "outcomes")];
/// The label of other words.
const OUTSIDE: &str = "O";
/// Begins a document.
const DOCUMENT: &str = "-DOCSTART-";

/// The task.
pub(super) struct Pico;

impl Task for Pico {
    fn name(&self) -> &'static str {
        "pico"
    }

    fn usage(&self) -> &'static str {
        "FILE"
    }

    fn options(&self) -> &'static [&'static str] {
        &[]
    }

    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
        let marked = read(request.only_data()?, &Ids::read(request.ids)?)?;
        let dictionary = Dictionary::build(&Vocabulary::starter());
        let mut encoder = heads_encoder(setting)?;
        let task = setting.progress.task("annotating", Some(marked.len() as u64), "documents");
        let mut counts = [Matches::default(); CLASSES.len()];
        for batch in marked.chunks(BATCH) {
            let documents: Vec<Document> = batch.iter().map(Marked::document).collect();
            let documents: Vec<&Document> = documents.iter().collect();
            let tagging = encoder.as_deref_mut().map(|encoder| encoder as &mut dyn Encoder);
            let annotations = extract::annotate_all(&documents, &dictionary, tagging)?;
            for (one, annotation) in batch.iter().zip(&annotations) {
                let found = stretches(annotation, encoder.is_some());
                for (class, (count, found)) in counts.iter_mut().zip(&found).enumerate() {
                    count.add(words_of(one, class, found));
                }
            }
            task.advance(batch.len() as u64);
        }
        let mut figures = Figures::new();
        for ((_, name), count) in CLASSES.iter().zip(counts) {
            figures.insert((*name).to_owned(), count.figures().into());
        }
        figures.insert("documents".to_owned(), marked.len().into());
        figures.insert("tagger".to_owned(), encoder.is_some().into());
        Ok(figures)
    }
}

/// What of an annotation is of each class, in the order of [`CLASSES`].
fn stretches(annotation: &Annotation, tagged: bool) -> [Vec<Span>; CLASSES.len()] {
    let mentions = |fits: &dyn Fn(ConceptType, Option<MentionRole>) -> bool| -> Vec<Span> {
        let fitting = annotation.mentions.iter().filter(|mention| fits(mention.mention_type, mention.role));
        fitting.map(|mention| mention.span).collect()
    };
    let population = &annotation.study.population;
    let mut participants = mentions(&|kind, role| kind == ConceptType::Condition && role == Some(MentionRole::Studied));
    let inclusions = population.criteria.iter().filter(|criterion| criterion.polarity == Polarity::Inclusion);
    participants.extend(inclusions.map(|criterion| criterion.span));
    participants.extend(population.ages.as_ref().map(|ages| ages.span));
    participants.extend(annotation.study.sample_size.map(|size| size.span));
    let mut interventions = mentions(&|kind, role| {
        kind.can_treat() && matches!(role, Some(MentionRole::UnderTest | MentionRole::Comparator))
    });
    let slots = annotation.findings.iter().flat_map(|finding| [&finding.intervention, &finding.comparator]);
    interventions.extend(slots.flatten().map(|slot| slot.span));
    let outcomes = if tagged {
        annotation.outcomes.iter().map(|outcome| outcome.span).collect()
    } else {
        annotation.findings.iter().filter_map(|finding| finding.outcome.as_ref()).map(|slot| slot.span).collect()
    };
    [participants, interventions, outcomes]
}

/// An abstract, word by word, each with its class; the title is the first sentence.
#[derive(Debug, Clone, Default, PartialEq)]
struct Marked {
    sentences: Vec<Vec<(String, Option<usize>)>>,
}

impl Marked {
    /// Words with blanks between them.
    fn document(&self) -> Document {
        let words = |sentence: &Vec<(String, Option<usize>)>| {
            sentence.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ")
        };
        let mut sentences = self.sentences.iter().map(words);
        let mut document = Document::default();
        document.set_title(sentences.next().unwrap_or_default());
        let text = sentences.collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            document.passages.push(Passage { section: "ABSTRACT".to_owned(), category: None, text });
        }
        document
    }

    /// Each word's place in the text of the document, and its class.
    fn words(&self) -> impl Iterator<Item = (Span, Option<usize>)> {
        let mut at = 0;
        self.sentences.iter().flatten().map(move |(word, class)| {
            let length = word.chars().count() as u32;
            let span = Span::new(at, at + length);
            // A blank or, behind the title, a line break.
            at += length + 1;
            (span, *class)
        })
    }
}

/// The words of a document that were found, that are marked with a class, and both.
fn words_of(one: &Marked, class: usize, found: &[Span]) -> Matches {
    let mut count = Matches::default();
    for (word, marked) in one.words() {
        let here = found.iter().any(|stretch| stretch.overlaps(word));
        let there = marked == Some(class);
        count.add(Matches { found: here.into(), marked: there.into(), both: (here && there).into() });
    }
    count
}

/// The documents that count. A line has a word and its label, apart by blanks, with anything between; an empty line ends a sentence.
fn read(path: &Path, ids: &Ids) -> Result<Vec<Marked>, EvalError> {
    let mut read: Vec<Marked> = Vec::new();
    let mut counts = false;
    let mut begun = false;
    let mut fresh = true;
    for (number, line) in Input::open(path)?.lines().enumerate() {
        let line = line.map_err(|source| EvalError::File { path: path.to_owned(), source })?;
        let wrong = |reason: String| EvalError::Data { path: path.to_owned(), line: Some(number + 1), reason };
        let mut fields = line.split_whitespace();
        let Some(word) = fields.next() else {
            fresh = true;
            continue;
        };
        if word == DOCUMENT {
            let id = fields.next().unwrap_or_default();
            counts = ids.contains(id.trim_matches(['(', ')']));
            begun = true;
            fresh = true;
            if counts {
                read.push(Marked::default());
            }
            continue;
        }
        let label = fields.next_back().ok_or_else(|| wrong("a word without a label".to_owned()))?;
        let class = CLASSES.iter().position(|(known, _)| *known == label);
        if class.is_none() && label != OUTSIDE {
            let known: Vec<&str> = CLASSES.iter().map(|(known, _)| *known).collect();
            return Err(wrong(format!("“{label}” is none of {}, {OUTSIDE}", known.join(", "))));
        }
        if !begun {
            return Err(wrong(format!("a word before the first {DOCUMENT}")));
        }
        let Some(document) = read.last_mut().filter(|_| counts) else { continue };
        if std::mem::take(&mut fresh) || document.sentences.is_empty() {
            document.sentences.push(Vec::new());
        }
        if let Some(sentence) = document.sentences.last_mut() {
            sentence.push((word.to_owned(), class));
        }
    }
    read.retain(|one| !one.sentences.is_empty());
    if read.is_empty() {
        let reason = "it has no document that counts".to_owned();
        return Err(EvalError::Data { path: path.to_owned(), line: None, reason });
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::tasks::figures_of;

    const SET: &str = "-DOCSTART- (7)\n\nMetformin NN O I-INT\nin NN O O\nasthma NN O I-PAR\n. NN O O\n\n\
                       Pain NN O I-OUT\nfell NN O O\n. NN O O\n";

    #[test]
    fn words_stand_in_the_text_where_the_set_has_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set");
        std::fs::write(&path, SET).unwrap();
        let marked = read(&path, &Ids::default()).unwrap().remove(0);
        let text = marked.document().text();
        assert_eq!(text, "Metformin in asthma .\nPain fell .");
        let index = crate::model::TextIndex::new(&text);
        let words: Vec<&str> = marked.words().map(|(span, _)| index.slice(span)).collect();
        assert_eq!(words, ["Metformin", "in", "asthma", ".", "Pain", "fell", "."]);
        assert_eq!(words_of(&marked, 2, &[Span::new(22, 31)]), Matches { found: 2, marked: 1, both: 1 });
    }

    #[test]
    fn treatments_and_conditions_of_the_title_are_interventions_and_participants() {
        let figures = figures_of(&Pico, SET).unwrap();
        assert_eq!((&figures["interventions"]["f1"], &figures["participants"]["f1"]), (&1.0.into(), &1.0.into()));
        assert_eq!((&figures["documents"], &figures["tagger"]), (&1.into(), &false.into()));
    }

    #[test]
    fn what_is_broken_gives_no_figures() {
        for text in
            ["", "a NN O O\n", "-DOCSTART- (7)\n\nword\n", "-DOCSTART- (7)\n\nword NN O I-XYZ\n", "-DOCSTART- (7)\n"]
        {
            assert!(figures_of(&Pico, text).is_err(), "{text:?}");
        }
    }
}
