//! `labels`: design, sample size and effects of abstracts against labels made by careful reading (`tests/labels/README.md`).
//!
//! The articles are cut to title and abstract before the extractors see them, because only these are labelled. A number counts
//! as right where it is printed at the labelled place with the labelled value; an estimate needs its measure too, an interval both
//! bounds and its level, a p-value its operator. Whether a p-value was taken for that of an estimate or for one alone makes no difference.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use serde::Deserialize;
use serde_json::json;

use crate::eval::counts::share;
use crate::eval::{EvalError, Figures, Ids, Request, Setting, Task, rounded};
use crate::extract;
use crate::model::{
    Annotation, Document, Effect, Interval, Measure, PValue, Passage, SampleSizeKind, Span, StudyDesign, TextIndex,
};
use crate::parse::{Item, each_stream, formats};
use crate::vocab::{Dictionary, Vocabulary};

/// The task.
pub(super) struct Labels;

impl Task for Labels {
    fn name(&self) -> &'static str {
        "labels"
    }

    fn usage(&self) -> &'static str {
        "FILE --articles TAR"
    }

    fn options(&self) -> &'static [&'static str] {
        &["articles"]
    }

    fn run(&self, request: &Request<'_>, _setting: Setting<'_>) -> Result<Figures, EvalError> {
        let labels = read(request.only_data()?, &Ids::read(request.ids)?)?;
        let articles = request.articles.ok_or_else(|| EvalError::Usage("--articles is missing".to_owned()))?;
        let dictionary = Dictionary::build(&Vocabulary::starter());
        let mut counts = Counts::default();
        let mut missing = labels;
        abstracts(articles, &mut |document| {
            let Some(label) = document.identifiers.pmcid.as_ref().and_then(|id| missing.remove(id)) else {
                return Ok(!missing.is_empty());
            };
            let text = document.text();
            label.check(&TextIndex::new(&text)).map_err(|reason| data(request.data, &reason))?;
            counts.add(&label, &extract::annotate(document, &dictionary));
            Ok(!missing.is_empty())
        })?;
        if let Some(id) = missing.keys().next() {
            let reason = format!("{} of the labelled articles are not in it, {id} among them", missing.len());
            return Err(EvalError::Data { path: articles.to_owned(), line: None, reason });
        }
        Ok(counts.figures())
    }
}

fn data(files: &[std::path::PathBuf], reason: &str) -> EvalError {
    EvalError::Data { path: files.first().cloned().unwrap_or_default(), line: None, reason: reason.to_owned() }
}

/// The labels of one abstract.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    id: String,
    design: Option<StudyDesign>,
    sample_size: Option<SizeLabel>,
    effects: Vec<EffectLabel>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeLabel {
    value: u64,
    kind: SampleSizeKind,
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct EffectLabel {
    measure: Measure,
    value: Option<f64>,
    ci: Option<Interval>,
    p: Option<PValue>,
    start: u32,
    end: u32,
}

fn read(path: &Path, ids: &Ids) -> Result<BTreeMap<String, Label>, EvalError> {
    let text = std::fs::read_to_string(path).map_err(|source| EvalError::File { path: path.to_owned(), source })?;
    let mut labels = BTreeMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |reason: String| EvalError::Data { path: path.to_owned(), line: Some(number + 1), reason };
        let label: Label = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        if ids.contains(&label.id) && labels.insert(label.id.clone(), label).is_some() {
            return Err(wrong("its article was labelled before".to_owned()));
        }
    }
    if labels.is_empty() {
        let reason = "it labels no article that counts".to_owned();
        return Err(EvalError::Data { path: path.to_owned(), line: None, reason });
    }
    Ok(labels)
}

/// Hands over the articles of an archive (or a file) cut to title and abstract, until the sink has enough.
fn abstracts(path: &Path, sink: &mut dyn FnMut(&Document) -> Result<bool, EvalError>) -> Result<(), EvalError> {
    let file = std::fs::File::open(path).map_err(|source| EvalError::File { path: path.to_owned(), source })?;
    let mut failed = None;
    each_stream(Box::new(file), &mut |stream| {
        let Ok(mut input) = stream.input else { return ControlFlow::Continue(()) };
        let Some(parser) = formats::recognise(input.head()) else { return ControlFlow::Continue(()) };
        let mut more = ControlFlow::Continue(());
        // An article that cannot be read is missed below, where its label finds none.
        let _ = parser.parse(&mut input, &mut |item| {
            if let Item::Document(mut record) = item {
                cut(&mut record.document);
                match sink(&record.document) {
                    Ok(true) => {}
                    Ok(false) => more = ControlFlow::Break(()),
                    Err(error) => {
                        failed = Some(error);
                        more = ControlFlow::Break(());
                    }
                }
            }
            more
        });
        more
    })?;
    failed.map_or(Ok(()), Err)
}

/// Leaves title and abstract of a document.
fn cut(document: &mut Document) {
    let around = |passage: &Passage| {
        let others = [Passage::SUMMARY, Passage::TABLE, Passage::FIGURE, Passage::BACK];
        passage.category.as_deref().is_some_and(|category| others.contains(&category))
    };
    let end = document.passages.iter().position(around).unwrap_or(document.passages.len());
    let end = document.full_text_from.take().map_or(end, |from| end.min(from as usize));
    document.passages.truncate(end);
    document.citation_marks.retain(|mark| (mark.passage as usize) < end);
}

impl Label {
    /// Whether every labelled number stands in the text where the label says.
    fn check(&self, text: &TextIndex<'_>) -> Result<(), String> {
        let size = self.sample_size.iter().map(|size| (size.value as f64, size.start, size.end));
        let effects = self.effects.iter().flat_map(|effect| {
            let bounds = effect.ci.iter().flat_map(|ci| [ci.low, ci.high]);
            let numbers = effect.value.into_iter().chain(bounds).chain(effect.p.map(|p| p.value));
            numbers.map(|number| (number, effect.start, effect.end))
        });
        for (number, start, end) in size.chain(effects) {
            let span = Span::new(start, end);
            if start >= end || end > text.len() {
                return Err(format!("{}: {start}–{end} is no place of its text", self.id));
            }
            let words = text.slice(span);
            // Numbers in words are taken on trust.
            if words.contains(|c: char| c.is_ascii_digit()) && !printed(words).any(|one| one == number.abs()) {
                return Err(format!("{}: {number} is not printed at {start}–{end}", self.id));
            }
        }
        Ok(())
    }
}

/// The numbers printed in a text, without signs; a comma between digits is read both ways.
fn printed(text: &str) -> impl Iterator<Item = f64> {
    text.split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '·' | ','))
        .flat_map(|run| {
            let run = run.trim_matches(['.', ',', '·']).replace('·', ".");
            let run = if text.contains(&format!(".{run}")) {
                [format!("0.{run}"), run]
            } else {
                [run.replace(',', ""), run.replace(',', ".")]
            };
            run.into_iter().filter_map(|run| run.parse().ok()).collect::<Vec<f64>>()
        })
        .collect::<Vec<_>>()
        .into_iter()
}

/// How one field fared.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Field {
    right: usize,
    given: usize,
    labelled: usize,
    /// Documents in which it is labelled, and those of them in which it is given.
    documents: (usize, usize),
}

impl Field {
    /// Adds one document: how many are given, labelled and right.
    fn add(&mut self, given: usize, labelled: usize, right: usize) {
        self.given += given;
        self.labelled += labelled;
        self.right += right;
        if labelled > 0 {
            self.documents.0 += 1;
            self.documents.1 += usize::from(given > 0);
        }
    }

    fn json(self) -> serde_json::Value {
        json!({
            "p": rounded(share(self.right, self.given)),
            "r": rounded(share(self.right, self.labelled)),
            "coverage": rounded(share(self.documents.1, self.documents.0)),
            "given": self.given,
            "labelled": self.labelled,
            "right": self.right,
        })
    }
}

#[derive(Debug, Default)]
struct Counts {
    documents: usize,
    design: Field,
    sample_size: Field,
    sample_size_kind: Field,
    estimates: Field,
    intervals: Field,
    p_values: Field,
    numbers: Field,
}

impl Counts {
    fn add(&mut self, label: &Label, annotation: &Annotation) {
        self.documents += 1;
        let study = &annotation.study;
        let same = study.design.is_some() && study.design == label.design;
        self.design.add(study.design.iter().len(), label.design.iter().len(), usize::from(same));
        let (given, labelled) = (study.sample_size, label.sample_size.as_ref());
        let right = given.zip(labelled).filter(|(given, labelled)| {
            given.value == labelled.value && given.span.overlaps(Span::new(labelled.start, labelled.end))
        });
        self.sample_size.add(given.iter().len(), labelled.iter().len(), right.iter().len());
        let kind = right.filter(|(given, labelled)| given.kind == labelled.kind);
        self.sample_size_kind.add(given.iter().len(), labelled.iter().len(), kind.iter().len());
        let effects: Vec<&Effect> = annotation.findings.iter().flat_map(|finding| &finding.effects).collect();
        let estimates = matched(
            effects.iter().filter_map(|e| Some(((e.measure, e.value?), e.span))),
            label.effects.iter().filter_map(|e| Some(((e.measure, e.value?), e.start, e.end))),
        );
        let bounds = |ci: Interval| (ci.level, ci.low, ci.high);
        let intervals = matched(
            effects.iter().filter_map(|e| Some((bounds(e.ci?), e.span))),
            label.effects.iter().filter_map(|e| Some((bounds(e.ci?), e.start, e.end))),
        );
        let p_values = matched(
            effects.iter().filter_map(|e| Some((e.p?, e.span))),
            label.effects.iter().filter_map(|e| Some((e.p?, e.start, e.end))),
        );
        for (field, (given, labelled, right)) in
            [(&mut self.estimates, estimates), (&mut self.intervals, intervals), (&mut self.p_values, p_values)]
        {
            field.add(given, labelled, right);
        }
        let parts = [estimates, intervals, p_values, (given.iter().len(), labelled.iter().len(), right.iter().len())];
        let sum = parts.iter().fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
        self.numbers.add(sum.0, sum.1, sum.2);
    }

    fn figures(&self) -> Figures {
        let mut figures = Figures::new();
        figures.insert("documents".to_owned(), self.documents.into());
        for (name, field) in [
            ("design", self.design),
            ("sample_size", self.sample_size),
            ("sample_size_kind", self.sample_size_kind),
            ("estimates", self.estimates),
            ("intervals", self.intervals),
            ("p_values", self.p_values),
            ("numbers", self.numbers),
        ] {
            figures.insert(name.to_owned(), field.json());
        }
        figures
    }
}

/// How many are given and labelled, and how many of the labelled are given with the same value at the same place, each once.
fn matched<T: PartialEq>(
    given: impl Iterator<Item = (T, Span)>,
    labelled: impl Iterator<Item = (T, u32, u32)>,
) -> (usize, usize, usize) {
    let given: Vec<(T, Span)> = given.collect();
    let mut taken = vec![false; given.len()];
    let (mut count, mut right) = (0, 0);
    for (value, start, end) in labelled {
        count += 1;
        let found = (0..given.len())
            .find(|n| !taken[*n] && given[*n].0 == value && given[*n].1.overlaps(Span::new(start, end)));
        if let Some(found) = found {
            taken[found] = true;
            right += 1;
        }
    }
    (given.len(), count, right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Workspace;
    use crate::progress::Silent;

    const ARTICLE: &str = r#"<article><front><article-meta><article-id pub-id-type="pmc">PMC7</article-id>
        <title-group><article-title>A pill: a randomised trial.</article-title></title-group>
        <abstract><sec><title>Methods</title><p>We randomised 120 adults.</p></sec>
        <sec><title>Results</title><p>Pain was lower (mean difference -2.0, 95% CI -3.0 to -1.0; p = 0.01).</p></sec></abstract>
        </article-meta></front><body><sec><title>Results</title><p>Death was rarer (HR 0.5; p = 0.02).</p></sec></body></article>"#;

    fn run(label: &str) -> Result<Figures, EvalError> {
        let folder = tempfile::tempdir().unwrap();
        let (labels, articles) = (folder.path().join("labels.jsonl"), folder.path().join("PMC7.nxml"));
        std::fs::write(&labels, label).unwrap();
        std::fs::write(&articles, ARTICLE).unwrap();
        let workspace = Workspace::new(folder.path());
        let setting = Setting { workspace: &workspace, encoder: None, progress: &Silent };
        let data = [labels];
        Labels.run(&Request { data: &data, articles: Some(&articles), ..Request::default() }, setting)
    }

    #[test]
    fn right_wrong_and_missing_are_counted() {
        let figures = run(
            r#"{"id":"PMC7","design":"randomized-controlled-trial","sample_size":{"value":120,"kind":"randomised","start":42,"end":45},
                "effects":[{"measure":"MD","value":-2.0,"ci":{"level":95,"low":-3,"high":-1},"start":85,"end":120}]}"#
                .replace('\n', " ")
                .as_str(),
        )
        .unwrap();
        let field = |name: &str| {
            let field = &figures[name];
            [&field["right"], &field["given"], &field["labelled"]].map(|n| n.as_u64().unwrap())
        };
        assert_eq!(figures["documents"], 1);
        assert_eq!([field("design"), field("sample_size"), field("estimates"), field("intervals")], [[1, 1, 1]; 4]);
        // The p-value is not labelled; nothing of the full text is looked at.
        assert_eq!((field("p_values"), field("numbers")), ([0, 1, 0], [3, 4, 3]));
    }

    #[test]
    fn labels_that_do_not_fit_the_text_are_refused() {
        let shifted = r#"{"id":"PMC7","design":null,"sample_size":{"value":120,"kind":"randomised","start":40,"end":44},"effects":[]}"#;
        assert!(run(shifted).unwrap_err().to_string().contains("not printed"));
        let unknown = r#"{"id":"PMC8","design":null,"sample_size":null,"effects":[]}"#;
        assert!(run(unknown).unwrap_err().to_string().contains("PMC8"));
        assert!(run("{}").unwrap_err().to_string().contains("line 1"));
    }

    #[test]
    fn numbers_are_read_as_printed() {
        let read = |text: &str| printed(text).collect::<Vec<_>>();
        assert!(read("P<.001").contains(&0.001) && read("0·71").contains(&0.71));
        assert!(read("2,815").contains(&2815.0) && read("5,24").contains(&5.24));
    }
}
