//! What stands behind an estimate: its unit, its spread, its interval.

use super::bytes;
use super::interval::{Bounds, bounds, label, labelled};
use super::measure::{Sentence, WORDS};
use super::number::Kind;
use super::signed::{Signed, signed};
use crate::model::Measure;

/// What stands behind the number.
pub(super) struct After {
    pub(super) number: Signed,
    pub(super) unit: Option<std::ops::Range<usize>>,
    pub(super) percent: bool,
    pub(super) interval: Option<(Option<f64>, Bounds)>,
    pub(super) labelled: bool,
    pub(super) next: usize,
}

/// Reads unit, spread and interval behind a number. `None` where the number is one of several, or its interval unreadable.
pub(super) fn after_number(
    s: &Sentence<'_>,
    number: Signed,
    measure: Measure,
    announced: Option<Option<f64>>,
) -> Option<After> {
    let mut next = number.next;
    let mut unit = None;
    let mut percent = false;
    if s.kind(next) == Some(Kind::Percent) {
        percent = true;
        next += 1;
        // "% points"
        next += usize::from(matches!(s.word(next), "points" | "point"));
        unit = Some(bytes(s, number.next, next));
    } else if let Some(len) = s.unit(next) {
        percent = s.word(next).starts_with("percent") || s.word(next) == "per";
        next += len;
        unit = Some(bytes(s, number.next, next));
    } else if s.kind(next) == Some(Kind::Word) && s.tokens.get(next).is_some_and(|t| !t.spaced) {
        return None;
    }
    if is_one_of_several(s, next) {
        return None;
    }
    if s.kind(next) == Some(Kind::PlusMinus) {
        // The spread of the estimate, "2.3 ± 1.1".
        next = signed(s, next + 1)?.next;
        if let Some(len) = s.unit(next).or((s.kind(next) == Some(Kind::Percent)).then_some(1)) {
            percent |= s.kind(next) == Some(Kind::Percent);
            unit = unit.or(Some(bytes(s, next, next + len)));
            next += len;
        }
    }
    let mut after = After { number, unit, percent, interval: None, labelled: false, next };
    read_interval(s, &mut after, measure, announced)?;
    Some(after)
}

/// Whether the number is a bound, a factor or the first of several.
fn is_one_of_several(s: &Sentence<'_>, next: usize) -> bool {
    match s.kind(next) {
        Some(Kind::Number(_) | Kind::Malformed | Kind::Slash) => true,
        Some(Kind::Dash) => {
            !matches!(s.kind(next + 1), Some(Kind::Word)) || s.tokens.get(next).is_some_and(|t| !t.spaced)
        }
        Some(Kind::Word) => {
            let to_number = matches!(s.word(next), "to" | "or") && signed(s, next + 1).is_some();
            to_number || s.is(next, &WORDS.estimate.refuses)
        }
        _ => false,
    }
}

/// Reads the interval behind an estimate. `None` when one is announced that cannot be read: the estimate is then dropped.
fn read_interval(s: &Sentence<'_>, after: &mut After, measure: Measure, announced: Option<Option<f64>>) -> Option<()> {
    let mut at = after.next;
    for _ in 0..4 {
        let joins = matches!(s.kind(at), Some(Kind::Open | Kind::Comma | Kind::Semicolon | Kind::Colon | Kind::Close));
        if label(s, at).is_none() && (joins || s.is(at, &WORDS.interval.joins)) {
            at += 1;
        }
    }
    if label(s, at).is_some() {
        let (label, bounds) = labelled(s, at)?;
        // A sign that may be a dash is believed only if the interval agrees.
        if after.number.doubtful_sign && !bounds.hold(after.number) {
            return None;
        }
        return set(after, label.level, bounds, true);
    }
    // "0.74 (0.65–0.85)", "0.74 [0.65, 0.85]", "0.74, 0.65–0.85"
    let opened = s.kind(after.next) == Some(Kind::Open);
    if opened || matches!(s.kind(after.next), Some(Kind::Comma | Kind::Semicolon)) {
        // "0.74, [0.65 to 0.85]"
        let inner = after.next + 1 + usize::from(!opened && s.kind(after.next + 1) == Some(Kind::Open));
        let opened = opened || inner > after.next + 1;
        let found = bounds(s, inner).filter(|found| {
            let ends = matches!(s.kind(found.next), None | Some(Kind::Close | Kind::Comma | Kind::Semicolon));
            ends && (opened || announced.is_some() || found.is_range(s))
        });
        let bare = measure.is_ratio()
            || measure.is_difference()
            || matches!(
                measure,
                Measure::AUC | Measure::Sensitivity | Measure::Specificity | Measure::PPV | Measure::NPV
            );
        match (found, announced) {
            (Some(bounds), _) if !bounds.hold(after.number) => {
                return announced.is_none().then_some(()).filter(|()| !bare);
            }
            (Some(bounds), Some(level)) => return set(after, level, bounds, true),
            (Some(bounds), None) if bare => return set(after, None, bounds, false),
            (None, Some(_)) => return None,
            _ => {}
        }
    } else if announced.is_some() {
        return None;
    }
    // "1.96 for improvement (95% CI, 1.07–3.58)"
    far_interval(s, after)
}

/// An interval behind a few words that say what the estimate is of, or behind a unit we do not know.
fn far_interval(s: &Sentence<'_>, after: &mut After) -> Option<()> {
    let mut at = after.next;
    let mut found = None;
    while at < after.next + 14 && s.measure(at).is_none() && !s.is(at, &WORDS.p.names) {
        if matches!(s.word(at), "and" | "versus" | "vs") {
            break;
        }
        if label(s, at).is_some() {
            found = Some(at);
            break;
        }
        let pauses =
            matches!(s.kind(at), Some(Kind::Open | Kind::Comma | Kind::Semicolon)) && label(s, at + 1).is_some();
        if !pauses && !matches!(s.kind(at), Some(Kind::Word | Kind::Slash)) {
            break;
        }
        at += 1;
    }
    let Some(at) = found else { return (!after.number.doubtful_sign).then_some(()) };
    let (label, bounds) = labelled(s, at)?;
    if !bounds.hold(after.number) {
        return None;
    }
    set(after, label.level, bounds, true)
}

fn set(after: &mut After, level: Option<f64>, bounds: Bounds, labelled: bool) -> Option<()> {
    after.interval = Some((level, bounds));
    after.labelled = labelled;
    after.percent |= bounds.percent;
    after.next = bounds.next;
    Some(())
}
