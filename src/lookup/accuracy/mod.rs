//! How well tests tell who has a condition, study by study, and pooled where the counts are given.

pub mod bivariate;

use std::sync::LazyLock;

use serde::Serialize;

use super::grouping::Study;
use super::hydrate::Source;
use super::question::Understood;
use crate::model::{Accuracy, AccuracyCounts, Document, DocumentId, Effect, Span, TextIndex};
use crate::store::StoreError;
use crate::vocab::normalize;

use bivariate::{NoSummary, Summary};

/// The accuracy of tests in the studies of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TestAccuracy {
    /// A line a study and test, in the order of the studies.
    pub entries: Vec<AccuracyEntry>,
    /// The pooled accuracy, or why there is none.
    pub pooled: PooledAccuracy,
}

/// What one study says of one test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccuracyEntry {
    /// The document.
    pub document: DocumentId,
    /// First author and year.
    pub label: String,
    /// The test as the sentence names it; none where it names none, or several.
    pub test: Option<String>,
    /// What kind of test that is, where its name tells.
    pub modality: Option<&'static str>,
    /// The sensitivity.
    pub sensitivity: Option<ReportedShare>,
    /// The specificity.
    pub specificity: Option<ReportedShare>,
    /// The four counts, where they are given.
    pub counts: Option<AccuracyCounts>,
    /// The sentence.
    pub quote: String,
    /// The section it stands in.
    pub section: String,
    /// Where it stands in the document's text, in code points.
    pub span: Span,
}

/// A share from 0 to 1, as reported.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReportedShare {
    /// The share.
    pub value: f64,
    /// The reported interval.
    pub interval: Option<(f64, f64)>,
    /// The level of the interval in per cent, where it is said.
    pub level: Option<f64>,
    /// Whether it was worked out from the counts, because only these are printed.
    pub from_counts: bool,
}

/// The pooled accuracy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PooledAccuracy {
    /// There is none, and why.
    Refused {
        /// Why.
        reason: String,
    },
    /// The bivariate model's.
    Done {
        /// What it gives.
        summary: Summary,
        /// The documents whose counts entered, one a study.
        inputs: Vec<DocumentId>,
    },
}

impl Default for PooledAccuracy {
    fn default() -> Self {
        Self::Refused { reason: String::new() }
    }
}

/// What is pooled, in words.
pub const RULE: &str = "one set of counts a study, the first that its findings give; restricted maximum likelihood on logits with the normal approximation (Reitsma 2005), one half added to the cells of a study with an empty one";

/// The accuracy that these studies report; retracted ones do not enter.
pub(super) fn accuracy(
    studies: &[Study],
    understood: &Understood,
    source: Source<'_>,
) -> Result<TestAccuracy, StoreError> {
    let mut entries = Vec::new();
    let mut chosen: Vec<(DocumentId, AccuracyCounts)> = Vec::new();
    for study in studies.iter().filter(|study| !study.retracted) {
        let mut of_study: Vec<AccuracyEntry> = Vec::new();
        for member in &study.members {
            let whole = source.memory.whole(source.store, source.snapshot, member.version)?;
            let (stored, annotation) = &*whole;
            let text = stored.document.text();
            let index = TextIndex::new(&text);
            let found = |one: &&Accuracy| {
                let finding = |ordinal: u32| annotation.findings.get(ordinal as usize);
                member
                    .findings
                    .iter()
                    .filter_map(|found| finding(found.ordinal))
                    .any(|finding| finding.span == one.span)
            };
            for one in annotation.accuracies.iter().filter(found) {
                if is_of_test(one, &stored.document, &index, understood) {
                    of_study.push(entry(one, stored.id.clone(), &stored.document, &index));
                }
            }
        }
        // The counts first; otherwise as they are read, the abstract first.
        of_study.sort_by_key(|entry| entry.counts.is_none());
        let mut tests: Vec<String> = Vec::new();
        of_study.retain(|entry| {
            let test = normalize(entry.test.as_deref().unwrap_or_default());
            let first = !tests.contains(&test);
            tests.push(test);
            first
        });
        chosen.extend(of_study.first().and_then(|entry| Some((entry.document.clone(), entry.counts?))));
        entries.extend(of_study);
    }
    Ok(TestAccuracy { pooled: pooled(&chosen, understood), entries })
}

/// Whether a sentence is on the test asked for: it names it, or names none in a paper whose title does.
fn is_of_test(one: &Accuracy, document: &Document, text: &TextIndex<'_>, understood: &Understood) -> bool {
    understood
        .test
        .as_ref()
        .is_none_or(|test| test.matches(text.slice(one.span)) || one.test.is_none() && test.matches(document.title()))
}

fn entry(one: &Accuracy, id: DocumentId, document: &Document, text: &TextIndex<'_>) -> AccuracyEntry {
    let test = one.test.as_ref().map(|slot| text.slice(slot.span).to_owned());
    let counts = one.counts;
    let from = |part: u64, others: u64| {
        let value = part as f64 / (part + others) as f64;
        value.is_finite().then_some(ReportedShare { value, interval: None, level: None, from_counts: true })
    };
    let printed = |effect: &Option<Effect>| effect.as_ref().and_then(share);
    let passages = document.passage_spans();
    let passage = passages.iter().position(|passage| passage.contains(one.span));
    let author = document.authors.first().map_or("no author", |author| author.last_name.as_str());
    AccuracyEntry {
        document: id,
        label: document.year().map_or_else(|| author.to_owned(), |year| format!("{author} {year}")),
        modality: test.as_deref().and_then(modality),
        test,
        sensitivity: printed(&one.sensitivity).or_else(|| from(counts?.true_positive, counts?.false_negative)),
        specificity: printed(&one.specificity).or_else(|| from(counts?.true_negative, counts?.false_positive)),
        counts,
        quote: text.slice(one.span).to_owned(),
        section: passage.map_or_else(String::new, |at| document.passages[at].section.clone()),
        span: one.span,
    }
}

/// A printed share as a number from 0 to 1; none where it cannot be one.
fn share(effect: &Effect) -> Option<ReportedShare> {
    let percent = effect.unit.as_deref() == Some("%") || effect.value? > 1.0;
    let unit = if percent { 100.0 } else { 1.0 };
    let value = effect.value? / unit;
    // An interval is printed as its estimate is, or it is left out.
    let bounds =
        effect.ci.map(|ci| (ci.low / unit, ci.high / unit)).filter(|(low, high)| *low <= value && value <= *high);
    let level = bounds.and(effect.ci).and_then(|ci| ci.level);
    (0.0..=1.0).contains(&value).then_some(ReportedShare { value, interval: bounds, level, from_counts: false })
}

static MODALITIES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let lines = include_str!("modalities.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('\t'))
        .map(|(kind, words)| (kind, format!(" {} ", normalize(words))))
        .collect()
});

/// What kind of test has this name.
fn modality(name: &str) -> Option<&'static str> {
    let name = format!(" {} ", normalize(name));
    MODALITIES.iter().find(|(_, words)| name.contains(words.as_str())).map(|(kind, _)| *kind)
}

fn pooled(chosen: &[(DocumentId, AccuracyCounts)], understood: &Understood) -> PooledAccuracy {
    let refused = |reason: String| PooledAccuracy::Refused { reason };
    if understood.test.is_none() {
        return refused("no index test was named: the accuracy of different tests is not one (--test)".to_owned());
    }
    let counts: Vec<AccuracyCounts> = chosen.iter().map(|(_, counts)| *counts).collect();
    match bivariate::fit(&counts) {
        Ok(summary) => PooledAccuracy::Done { summary, inputs: chosen.iter().map(|(id, _)| id.clone()).collect() },
        Err(error @ (NoSummary::TooFew(_) | NoSummary::Empty | NoSummary::NotConverged)) => refused(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Interval, Measure};

    #[test]
    fn shares_are_from_0_to_1_however_they_are_printed() {
        let effect = |value: f64, unit: Option<&str>, low: f64, high: f64| Effect {
            value: Some(value),
            unit: unit.map(str::to_owned),
            ci: Some(Interval { level: Some(95.0), low, high }),
            ..Effect::blank(Measure::Sensitivity, Span::new(0, 1))
        };
        let read = |effect: Effect| share(&effect).map(|share| (share.value, share.interval));
        assert_eq!(read(effect(93.75, Some("%"), 87.5, 100.0)), Some((0.9375, Some((0.875, 1.0)))));
        assert_eq!(read(effect(0.75, None, 0.5, 1.0)), Some((0.75, Some((0.5, 1.0)))));
        // The interval is of something else.
        assert_eq!(read(effect(50.0, Some("%"), 0.25, 0.75)), Some((0.5, None)));
        assert_eq!(read(effect(150.0, Some("%"), 140.0, 160.0)), None);
    }

    #[test]
    fn a_name_tells_the_kind_of_test() {
        assert_eq!(modality("CT coronary angiography"), Some("imaging"));
        assert_eq!(modality("D-dimer"), Some("laboratory test"));
        assert_eq!(modality("rapid antigen tests"), Some("rapid test"));
        // A part of a word is no name.
        assert_eq!(modality("pulmonary function"), None);
    }
}
