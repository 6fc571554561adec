//! What a row finds.

use std::collections::HashSet;
use std::ops::Range;

use super::columns::{Arms, Heads, Kind, arms, name};
use super::layout::Row;
use super::words::{WORDS, normal_words};
use crate::extract::extractors::effects::Reading;
use crate::extract::extractors::effects::cells::{self, Behind};
use crate::extract::extractors::findings::polarity;
use crate::model::{
    ConceptType, Direction, Effect, Finding, Measure, Mention, PValue, SentenceRole, Slot, Span, TextIndex,
};
use crate::vocab::normalize;

/// How sure a row is a finding: with an estimate, and with values of arms alone.
const BY_ESTIMATE: f32 = 0.8;
const BY_ARMS: f32 = 0.7;
/// How much a share may differ from count and size beyond its rounding, in per cent.
const SLACK: f64 = 0.051;

/// What holds for a whole table.
pub(super) struct Context<'a, 't> {
    pub(super) text: &'a TextIndex<'t>,
    pub(super) mentions: &'a [Mention],
    /// Whether the labels are what predicts, and where the caption names what is predicted.
    pub(super) predicts: bool,
    pub(super) predicted: Option<Span>,
    /// The heads of its columns.
    pub(super) heads: HashSet<&'t str>,
    /// What caption and footnotes say of the form of numbers.
    pub(super) told: Form,
}

impl Context<'_, '_> {
    /// What is named within a span.
    fn named(&self, span: Span) -> impl Iterator<Item = &Mention> {
        let from = self.mentions.partition_point(|mention| mention.span.start < span.start);
        let rest = self.mentions[from..].iter().take_while(move |mention| mention.span.start < span.end);
        rest.filter(move |mention| span.contains(mention.span))
    }
}

/// What words say of the form of numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Form {
    mean: bool,
    median: bool,
    percent: bool,
    change: bool,
}

impl Form {
    pub(super) fn of(text: &str) -> Self {
        let lower = text.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        Self {
            mean: has(&["mean", "average", "±"]),
            median: has(&["median"]),
            percent: has(&["%", "percent", "per cent"]),
            change: has(&["change", "reduction", "increase", "decrease", "difference", "improvement", "loss", "gain"]),
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            mean: self.mean || other.mean,
            median: self.median || other.median,
            percent: self.percent || other.percent,
            change: self.change || other.change,
        }
    }
}

/// Reads a row.
pub(super) fn finding<'t>(row: &Row<'t>, heads: &mut Heads<'t>, context: &Context<'_, '_>) -> Option<Finding> {
    let kinds: Vec<Kind> = row.cells.iter().map(|cell| heads.kind(&row.text[cell.head.clone()])).collect();
    let estimates = estimates(row, &kinds)?;
    let arms = if context.predicts { None } else { arms(row, heads) };
    let values = arms.as_ref().and_then(|arms| values(row, arms, context));
    let ps: Vec<usize> = (0..kinds.len()).filter(|at| kinds[*at] == Kind::P).collect();
    // One p-value, of arms that stand side by side; several may be of anything.
    let p = match ps.as_slice() {
        [only] if values.is_some() => Some((*only, cells::p_value(&row.text[row.cells[*only].value.clone()])?)),
        _ => None,
    };
    let p = p.filter(|(at, _)| !estimates.iter().any(|estimate| estimate.p == Some(*at)));
    let tested = !estimates.is_empty() || p.is_some();
    if !tested && !values.as_ref().is_some_and(|values| values.checked) {
        return None;
    }
    let (outcome, treatment) = if context.predicts {
        (slot(context, context.predicted?), predictor(row, context)?)
    } else {
        (slot(context, outcome(row, context)?), None)
    };
    let mut effects: Vec<Effect> = estimates.iter().map(|one| placed(row, &one.reading, one.from, context)).collect();
    if let (Some(arms), Some(values)) = (&arms, &values) {
        for (arm, value) in arms.arms.iter().zip(&values.values) {
            let bytes = arm.cell.head.start..arm.cell.value.end;
            effects.push(Effect {
                value: Some(*value),
                unit: values.unit(row, arm.cell.value.clone()),
                ..Effect::blank(values.measure, place(row, bytes, context))
            });
        }
    }
    if let Some((at, p)) = p {
        let cell = &row.cells[at];
        let span = place(row, cell.head.start..cell.value.end, context);
        effects.push(Effect { p: Some(p), ..Effect::blank(Measure::POnly, span) });
    }
    effects.sort_by_key(|effect| effect.span);
    let significant = significant(estimates.iter().map(|one| &one.reading.effect), p.map(|(_, p)| p));
    let compared = arms.as_ref().filter(|arms| arms.arms.len() == 2).and_then(|arms| compared(row, arms, context));
    let direction = direction(significant, compared.zip(values.as_ref()), &estimates);
    let part = |at: usize| {
        let arm = arms.as_ref()?.arms.get(at)?;
        Some(slot(context, place(row, arm.name.clone(), context)))
    };
    let favours = polarity::favours(direction, Some(context.text.slice(outcome.span)));
    Some(Finding {
        span: row.span,
        role: SentenceRole::Results,
        intervention: treatment.or_else(|| compared.and_then(|(tested, _)| part(tested))),
        comparator: compared.and_then(|(_, control)| part(control)),
        outcome: Some(outcome),
        direction,
        favours,
        significant,
        effects,
        links: Vec::new(),
        confidence: if estimates.is_empty() { BY_ARMS } else { BY_ESTIMATE },
    })
}

/// An estimate of a row.
struct Estimated {
    reading: Reading,
    /// Where the words begin that were read, in bytes of the row.
    from: usize,
    /// The cell of its p-value.
    p: Option<usize>,
}

/// The estimates of a row; none where one cannot be read that is announced with an interval.
fn estimates(row: &Row<'_>, kinds: &[Kind]) -> Option<Vec<Estimated>> {
    let mut found = Vec::new();
    for (at, kind) in kinds.iter().enumerate() {
        let Kind::Estimate(measure) = kind else { continue };
        let (head, value) = (row.cells[at].head.clone(), row.cells[at].value.clone());
        // An interval in a column of its own stands right behind.
        let apart = kinds.get(at + 1) == Some(&Kind::Interval);
        let last = at + usize::from(apart);
        let mut p = (kinds.get(last + 1) == Some(&Kind::P)).then_some(last + 1);
        let own = p.and_then(|p| cells::p_value(&row.text[row.cells[p].value.clone()]));
        // "1.00 (reference)", "–": there is none.
        let printed = &row.text[value.clone()];
        if !apart && !printed.contains(['(', '[', '–', '-', ',', ';'])
            || !printed.contains(|c: char| c.is_ascii_digit())
        {
            continue;
        }
        if own.is_none() {
            p = None;
        }
        let words = &row.text[head.start..row.cells[last].value.end];
        let Some(mut reading) = cells::estimate(words, value.start - head.start, own) else {
            // Numbers that do not agree: the row was not understood.
            if reads_as_reference(&row.text[value.start..row.cells[last].value.end]) {
                continue;
            }
            return None;
        };
        if reading.effect.measure != *measure {
            return None;
        }
        if let Some(p) = p {
            reading.bytes.end = row.cells[p].value.end - head.start;
        }
        found.push(Estimated { reading, from: head.start, p });
    }
    Some(found)
}

/// "1 (reference)", "1.00 (–)": what others are compared with has no interval, and so fewer than three numbers.
fn reads_as_reference(printed: &str) -> bool {
    let numbers = printed
        .split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '·'))
        .filter(|run| run.contains(|c: char| c.is_ascii_digit()));
    printed.to_lowercase().contains("ref") || numbers.count() < 3
}

/// The values of the arms of a row.
struct Values {
    measure: Measure,
    values: Vec<f64>,
    /// Whether shares agree with counts and sizes that are printed.
    checked: bool,
}

impl Values {
    /// The sign of per cent where it is printed beside the number.
    fn unit(&self, row: &Row<'_>, value: Range<usize>) -> Option<String> {
        (self.measure == Measure::Proportion)
            .then(|| if row.text[value].contains('%') { "%" } else { "" })
            .filter(|unit| !unit.is_empty())
            .map(str::to_owned)
    }
}

fn values(row: &Row<'_>, arms: &Arms, context: &Context<'_, '_>) -> Option<Values> {
    let near = Form::of(&row.text[row.label.clone()]).or(Form::of(&arms.of_all));
    let (mut measure, mut values, mut checked) = (None, Vec::new(), true);
    for arm in &arms.arms {
        let near = near.or(Form::of(&row.text[arm.cell.head.clone()]));
        let cell = cells::cell(&row.text[arm.cell.value.clone()])?;
        let (one, value, sure) = value(cell, arm.size, near, context.told)?;
        if measure.is_some_and(|measure| measure != one) {
            return None;
        }
        measure = Some(one);
        checked &= sure;
        values.push(value);
    }
    Some(Values { measure: measure?, values, checked })
}

/// What a cell gives, of how large an arm, by what label and heads (`near`) and caption and footnotes (`far`) say of its form; and whether a share
/// was proved by its count.
fn value(cell: cells::Cell, size: Option<f64>, near: Form, far: Form) -> Option<(Measure, f64, bool)> {
    match cell.behind {
        Behind::Spread => {
            (!near.median && (near.mean || !far.median || far.mean)).then_some((Measure::Mean, cell.value, false))
        }
        Behind::Range => {
            (near.median || far.median && !far.mean && !near.mean).then_some((Measure::Median, cell.value, false))
        }
        Behind::Percent => {
            let share =
                (0.0..=100.0).contains(&cell.value) && !near.change && !far.change && !near.mean && !near.median;
            share.then_some((Measure::Proportion, cell.value, false))
        }
        Behind::Brackets { value, rounding, percent, whole } => {
            let counted = !cell.decimal && cell.value >= 0.0 && (0.0..=100.0).contains(&value);
            let agrees = |size: f64| (100.0 * cell.value / size - value).abs() <= rounding + SLACK;
            // "12/120 (10)" is a share whatever else is said.
            if let Some(whole) = whole {
                return (counted && agrees(whole)).then_some((Measure::Proportion, value, true));
            }
            if near.median || near.mean && (near.percent || percent) {
                return None;
            }
            if near.mean {
                return Some((Measure::Mean, cell.value, false));
            }
            match size {
                // "n (%)": a share of the arm, or of some of it.
                Some(size) if counted && agrees(size) && cell.value > 0.0 => Some((Measure::Proportion, value, true)),
                // Of another number than the arm's: what it is a share of is not told.
                size if percent || near.percent => {
                    (counted && size.is_none()).then_some((Measure::Proportion, value, false))
                }
                _ => (far.mean && !far.percent && !far.median).then_some((Measure::Mean, cell.value, false)),
            }
        }
        Behind::Whole(_) | Behind::Nothing => None,
    }
}

/// The arm under test and the one it is compared with, of two.
fn compared(row: &Row<'_>, arms: &Arms, context: &Context<'_, '_>) -> Option<(usize, usize)> {
    let (tested, control) = match (arms.arms[0].comparator, arms.arms[1].comparator) {
        (false, true) => (0, 1),
        (true, false) => (1, 0),
        _ => return None,
    };
    // People with a disease are no arm of a trial.
    let name = place(row, arms.arms[tested].name.clone(), context);
    let ill = context.named(name).any(|mention| mention.mention_type == ConceptType::Condition)
        || WORDS.kinds.any(&normal_words(&normalize(context.text.slice(name))));
    (!ill).then_some((tested, control))
}

/// Whether a difference was shown, where interval and p-value do not differ.
fn significant<'e>(estimates: impl Iterator<Item = &'e Effect>, p: Option<PValue>) -> Option<bool> {
    let mut shown = estimates.map(Effect::significant).chain(p.map(PValue::significant)).map(|one| one.ok_or(()));
    let first = shown.next()?.ok()?;
    shown.all(|other| other == Ok(first)).then_some(first)
}

fn direction(
    significant: Option<bool>,
    compared: Option<((usize, usize), &Values)>,
    estimates: &[Estimated],
) -> Option<Direction> {
    if !significant? {
        // Without arms beside it, a row of one estimate compares what its table compares.
        return (compared.is_some() || estimates.len() == 1).then_some(Direction::NoDifference);
    }
    let ((tested, control), values) = compared?;
    let (tested, control) = (values.values.get(tested)?, values.values.get(control)?);
    match tested.total_cmp(control) {
        std::cmp::Ordering::Less => Some(Direction::Decreased),
        std::cmp::Ordering::Greater => Some(Direction::Increased),
        std::cmp::Ordering::Equal => None,
    }
}

/// What a row is of, by its label: where.
fn outcome(row: &Row<'_>, context: &Context<'_, '_>) -> Option<Span> {
    let label = &row.text[row.label.clone()];
    let normal = normalize(label);
    // "Score > 20" may be the people of whom a row is; a row named as a column is of an arm.
    if WORDS.never_outcomes.any(&normal_words(&normal))
        || label.contains(['<', '>', '≤', '≥'])
        || context.heads.contains(label)
    {
        return None;
    }
    let bytes = name(row.text, row.label.clone());
    if names_something(&row.text[bytes.clone()]) {
        let span = place(row, bytes, context);
        // Under a line of its own a label may be a part of what that says: only one that is known by itself stands alone.
        let alone = row.under.is_none_or(|(_, line)| WORDS.general.any(&normal_words(&normalize(line))));
        return (alone || context.named(span).next().is_some()).then_some(span);
    }
    // "Mean (SD)", "Week 12": of what the line above says. "Number (%) with complications" says more than its first word.
    if names_something(label) {
        return None;
    }
    let (line, words) = row.under?;
    let bytes = name(words, 0..words.len());
    let normal = normalize(words);
    let own = normal_words(&normal);
    let told = names_something(&words[bytes.clone()]) && !WORDS.never_outcomes.any(&own) && !WORDS.people.any(&own);
    let offset = context.text.byte(line.start);
    told.then(|| context.text.span(offset + bytes.start..offset + bytes.end))
}

/// Whether words of a label say what was measured, and not only when or how.
fn names_something(label: &str) -> bool {
    let normal = normalize(label);
    let words = normal_words(&normal);
    let says = |word: &&str| {
        let alone = [*word];
        word.chars().any(char::is_alphabetic)
            && word.chars().count() > 1
            && !WORDS.statistics.any(&alone)
            && !WORDS.times.any(&alone)
    };
    // "1 h post surgery": a time, and not of what.
    let counts = words.first().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_digit()));
    !counts && words.len() <= 12 && words.iter().any(says)
}

/// The label of a row that predicts, where the vocabulary knows it; as what was done, where it can be a treatment.
fn predictor(row: &Row<'_>, context: &Context<'_, '_>) -> Option<Option<Slot>> {
    let span = place(row, name(row.text, row.label.clone()), context);
    let mut known = context.named(span);
    let first = known.next()?;
    let treatment = first.mention_type.can_treat() && known.next().is_none();
    Some(treatment.then(|| slot(context, span)))
}

/// What the caption says that rows predict: where.
pub(super) fn predicted(span: Span, caption: &str, text: &TextIndex<'_>) -> Option<Span> {
    let offset = text.byte(span.start);
    let words: Vec<Range<usize>> = words_of(caption);
    let normal: Vec<String> = words.iter().map(|word| normalize(&caption[word.clone()])).collect();
    let behind = (0..words.len()).find_map(|at| {
        let fits = |phrase: &&Vec<String>| {
            phrase.len() <= normal.len() - at && phrase.iter().zip(&normal[at..]).all(|(a, b)| a == b)
        };
        WORDS.predicts.iter().find(fits).map(|phrase| at + phrase.len())
    })?;
    let ends = |at: &usize| {
        let parted = at.checked_sub(1).filter(|before| *before >= behind).is_some_and(|before| {
            caption[words[before].end..words[*at].start].contains([',', ';', '.', '(', ':', '['])
        });
        parted || WORDS.ends.contains(&normal[*at])
    };
    let end = (behind..words.len()).find(ends).unwrap_or(words.len());
    let leads = |at: &usize| ["the", "a", "an", "of"].contains(&normal[*at].as_str());
    let start = (behind..end).find(|at| !leads(at))?;
    (end - start <= 8).then(|| text.span(offset + words[start].start..offset + words[end - 1].end))
}

fn words_of(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices() {
        if !(c.is_alphanumeric() || matches!(c, '-' | '‐' | '‑' | '\'' | '’')) {
            continue;
        }
        match words.last_mut().filter(|word| word.end == at) {
            Some(word) => word.end = at + c.len_utf8(),
            None => words.push(at..at + c.len_utf8()),
        }
    }
    words
}

fn slot(context: &Context<'_, '_>, span: Span) -> Slot {
    let mut concepts = Vec::new();
    for concept in context.named(span).flat_map(|mention| &mention.concepts) {
        if !concepts.contains(concept) {
            concepts.push(concept.clone());
        }
    }
    Slot { span, concepts }
}

/// Where bytes of a row stand in the document.
fn place(row: &Row<'_>, bytes: Range<usize>, context: &Context<'_, '_>) -> Span {
    let offset = context.text.byte(row.span.start);
    context.text.span(offset + bytes.start..offset + bytes.end)
}

fn placed(row: &Row<'_>, reading: &Reading, from: usize, context: &Context<'_, '_>) -> Effect {
    reading.placed(context.text, context.text.byte(row.span.start) + from)
}
