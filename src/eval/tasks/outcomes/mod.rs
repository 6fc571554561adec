//! `outcomes`: are the outcomes of abstracts found where annotators marked them (evidence_outcomes)?
//!
//! Each abstract is annotated as `litmine annotate` does it. A stretch counts as right where it overlaps a marked one, and a marked one as
//! found where one overlaps it; precision, recall and F1 are over all abstracts together. Without an encoder that applies heads (`tagger`
//! says whether) the outcomes that findings name are compared.

mod abstracts;

use crate::eval::counts::share;
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, heads_encoder, rounded};
use crate::extract;
use crate::model::{Annotation, Document, Span};
use crate::vocab::{Dictionary, Vocabulary};

/// Documents annotated together.
const BATCH: usize = 100;

/// The task.
pub(super) struct Outcomes;

impl Task for Outcomes {
    fn name(&self) -> &'static str {
        "outcomes"
    }

    fn usage(&self) -> &'static str {
        "FILE"
    }

    fn options(&self) -> &'static [&'static str] {
        &[]
    }

    fn run(&self, request: &Request<'_>, setting: Setting<'_>) -> Result<Figures, EvalError> {
        let marked = abstracts::read(request.only_data()?, &Ids::read(request.ids)?)?;
        let dictionary = Dictionary::build(&Vocabulary::starter());
        let mut encoder = heads_encoder(setting)?;
        let task = setting.progress.task("annotating", Some(marked.len() as u64), "documents");
        let mut counts = Counts::default();
        for batch in marked.chunks(BATCH) {
            let documents: Vec<&Document> = batch.iter().map(|one| &one.document).collect();
            let tagging = encoder.as_deref_mut().map(|encoder| encoder as &mut dyn crate::embed::Encoder);
            let annotations = extract::annotate_all(&documents, &dictionary, tagging)?;
            for (one, annotation) in batch.iter().zip(&annotations) {
                counts.add(&found(annotation, encoder.is_some()), &one.outcomes, one.elsewhere);
            }
            task.advance(batch.len() as u64);
        }
        let mut figures = counts.figures();
        figures.insert("documents".to_owned(), marked.len().into());
        figures.insert("tagger".to_owned(), encoder.is_some().into());
        Ok(figures)
    }
}

fn found(annotation: &Annotation, tagged: bool) -> Vec<Span> {
    if tagged {
        annotation.outcomes.iter().map(|outcome| outcome.span).collect()
    } else {
        annotation.findings.iter().filter_map(|finding| finding.outcome.as_ref()).map(|slot| slot.span).collect()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    found: usize,
    right: usize,
    marked: usize,
    met: usize,
}

impl Counts {
    /// Adds an abstract; `elsewhere` of what is marked in it lies in no passage, and cannot be found.
    fn add(&mut self, found: &[Span], marked: &[Span], elsewhere: usize) {
        let meets = |one: &&Span, others: &[Span]| others.iter().any(|other| other.overlaps(**one));
        self.found += found.len();
        self.right += found.iter().filter(|one| meets(one, marked)).count();
        self.marked += marked.len() + elsewhere;
        self.met += marked.iter().filter(|one| meets(one, found)).count();
    }

    fn figures(self) -> Figures {
        let (p, r) = (share(self.right, self.found), share(self.met, self.marked));
        let f1 = if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
        let mut figures = Figures::new();
        for (name, value) in [("p", p), ("r", r), ("f1", f1)] {
            figures.insert(name.to_owned(), rounded(value));
        }
        figures.insert("found".to_owned(), self.found.into());
        figures.insert("marked".to_owned(), self.marked.into());
        figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::tasks::figures_of;

    #[test]
    fn overlap_is_counted_from_both_sides() {
        let mut counts = Counts::default();
        // Two found within one marked; one found that meets nothing; of the marked one is missed and one lies elsewhere.
        let found = [Span::new(0, 4), Span::new(5, 9), Span::new(20, 25)];
        counts.add(&found, &[Span::new(2, 8), Span::new(30, 33)], 1);
        assert_eq!(counts, Counts { found: 3, right: 2, marked: 3, met: 1 });
        let figures = counts.figures();
        assert_eq!((&figures["p"], &figures["r"]), (&0.666667.into(), &0.333333.into()));
        assert_eq!(figures["f1"], 0.444444);
    }

    #[test]
    fn without_an_encoder_what_findings_name_is_compared() {
        let text = "A trial.\\n\\nRESULTS : Mortality was lower with metformin (RR 0.7, 95% CI 0.6 to 0.8).";
        let line = format!("{{\"pmid\":\"7\",\"text\":\"{text}\",\"ann\":\"T1\\tOutcome 20 29\\tMortality\\n\"}}\n");
        let figures = figures_of(&Outcomes, &line).unwrap();
        assert_eq!(
            (&figures["tagger"], &figures["documents"], &figures["marked"]),
            (&false.into(), &1.into(), &1.into())
        );
        assert_eq!(figures["f1"], 1.0);
    }
}
