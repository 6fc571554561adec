//! A whole effect: the name of a measure, its number, unit and interval, and the p-value beside it.

use super::after::{After, after_number};
use super::consistency::{Numbers, check};
use super::interval::{Bounds, bounds, label, labelled};
use super::measure::{Needs, Sentence, WORDS};
use super::number::Kind;
use super::pvalue::{FoundP, pvalue};
use super::signed::{Signed, signed};
use super::spread::is_given;
use super::{Reading, blank, bytes};
use crate::model::{Effect, Measure};

/// How many tokens may stand between the name of a measure and its number.
const REACH: usize = 28;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Estimate {
    pub(super) measure: Measure,
    pub(super) number: Signed,
    pub(super) unit: Option<std::ops::Range<usize>>,
    pub(super) interval: Option<(Option<f64>, Bounds)>,
    pub(super) p: Option<FoundP>,
    pub(super) at: usize,
    pub(super) next: usize,
}

impl Estimate {
    /// The measure, if the estimate has an interval: what follows in the same form is of the same measure.
    pub(super) fn measure_of_intervals(&self) -> Option<Measure> {
        self.interval.is_some().then_some(self.measure)
    }

    pub(super) fn into_reading(self, s: &Sentence<'_>) -> Reading {
        let percent = self.unit.as_ref().is_some_and(|unit| s.text[unit.clone()].starts_with('%'));
        // "98.2% (95% CI 0.96 to 1.00)": right, but on two scales.
        let two_scales = |bounds: &Bounds| percent && !bounds.percent && self.number.value > 1.0 && bounds.within_one();
        let checked = self.interval.filter(|(_, bounds)| !two_scales(bounds)).map(|(level, bounds)| {
            let p = self.p.map(|found| found.p);
            check(&Numbers { measure: self.measure, estimate: self.number, level, bounds, p })
        });
        let effect = Effect {
            value: Some(self.number.value),
            unit: self.unit.map(|unit| s.text[unit].to_owned()),
            ci: self.interval.map(|(level, bounds)| bounds.interval(level)),
            p: self.p.map(|found| found.p),
            consistent: checked.as_ref().map(Result::is_ok),
            inconsistency: checked.and_then(Result::err),
            ..blank(self.measure)
        };
        let next = self.p.map_or(self.next, |p| p.next);
        Reading { effect, bytes: bytes(s, self.at, next), tests_difference: true }
    }
}

/// Reads the estimate of the measure whose name has `len` tokens at `at`.
pub(super) fn estimate(s: &Sentence<'_>, at: usize, len: usize, measure: Measure, needs: Needs) -> Option<Estimate> {
    let after_name = at + len;
    let (announced, after_brackets) = brackets(s, after_name);
    let (number, near) = number_of(s, after_brackets, measure)?;
    let mut read = after_number(s, number, measure, announced)?;
    let central = matches!(measure, Measure::Mean | Measure::Median);
    if is_change(s, number, measure, read.next) {
        return None;
    }
    // Far from its name, a number is believed only with an interval around it, or right behind "was" (words only between).
    let strong = read.labelled || announced.is_some() && read.interval.is_some();
    let believable = near || strong || central || behind_verb(s, number);
    if !believable {
        return None;
    }
    // "the median of the cohort of 19 patients was …"
    if central && s.is(number.next, &WORDS.proportion.persons) {
        return None;
    }
    if central && describes_participants(s, at, after_brackets, read.next, number) {
        return None;
    }
    let sign = matches!(s.kind(after_brackets), Some(Kind::Equal | Kind::Colon));
    let believed = match needs {
        Needs::Nothing => true,
        Needs::Interval => read.interval.is_some() && (strong || sign || measure.is_ratio()),
        Needs::Equals => s.kind(after_brackets) == Some(Kind::Equal),
        Needs::Evidence => sign || read.interval.is_some() || p_after(s, read.next).is_some(),
    };
    if !believed || !plausible(measure, &read) {
        return None;
    }
    // A ratio read without its interval must look like one.
    if measure.is_ratio()
        && read.interval.is_none()
        && !(number.decimal || number.value < 30.0 && needs == Needs::Nothing)
    {
        return None;
    }
    read.interval = read.interval.filter(|_| !central || read.labelled);
    // A difference in a unit is one of means; one in per cent may be of shares.
    let in_unit = read.unit.is_some() && !read.percent;
    let of_means = measure == Measure::Other && in_unit && (at..at + len).any(|n| s.word(n).starts_with("difference"));
    let measure = if of_means { Measure::MD } else { measure };
    Some(Estimate { measure, number, unit: read.unit, interval: read.interval, p: None, at, next: read.next })
}

/// How many tokens may stand between an estimate and the next of the same measure.
const AGAIN: usize = 16;

/// Reads another estimate of a measure that was named before: "HR 0.73 (0.56–0.94) in women *and 0.88 (0.73–1.06) in men*". It has
/// an interval that holds it, right behind it.
pub(super) fn again(s: &Sentence<'_>, from: usize, measure: Measure) -> Option<Estimate> {
    let mut at = from;
    while at < from + AGAIN {
        let joined = at.checked_sub(1).is_some_and(|before| {
            matches!(s.word(before), "and" | "or" | "versus" | "vs") || s.kind(before) == Some(Kind::Comma)
        });
        if joined && let Some(number) = signed(s, at) {
            let unit = s.unit(number.next).or((s.kind(number.next) == Some(Kind::Percent)).then_some(1));
            if s.kind(number.next + unit.unwrap_or(0)) == Some(Kind::Open) {
                let read = after_number(s, number, measure, None)?;
                let holds = read.interval.as_ref().is_some_and(|(_, bounds)| bounds.hold(number));
                // "…, 12 (10–14) events": a count with a range of its own.
                let alike = number.decimal || read.labelled;
                let interval = read.interval.filter(|_| holds && alike && plausible(measure, &read))?;
                let (at, next) = (number.at, read.next);
                return Some(Estimate {
                    measure,
                    number,
                    unit: read.unit,
                    interval: Some(interval),
                    p: None,
                    at,
                    next,
                });
            }
        }
        let passes = matches!(
            s.kind(at),
            Some(Kind::Word | Kind::Comma | Kind::Close | Kind::Number(_) | Kind::GreaterOrEqual | Kind::Less)
        );
        if !passes || s.measure(at).is_some() || s.is(at, &WORDS.p.names) {
            return None;
        }
        at += 1;
    }
    None
}

/// Whether the number says how much the measure changed: "+2%", "40% greater", "mean 14.5 mm reduction".
fn is_change(s: &Sentence<'_>, number: Signed, measure: Measure, next: usize) -> bool {
    let central = matches!(measure, Measure::Mean | Measure::Median);
    let from = if central { number.next } else { next };
    let signed = s.printed(number.at) == "+" && !measure.is_difference();
    signed || (from..next + 2).any(|n| s.is(n, &WORDS.estimate.changes))
}

/// Reads a percentage that stands before its name: "76.1% sensitivity".
pub(super) fn before_name(s: &Sentence<'_>, at: usize, len: usize, measure: Measure) -> Option<Estimate> {
    use Measure as M;
    if !matches!(measure, M::Sensitivity | M::Specificity | M::PPV | M::NPV)
        || s.kind(at.checked_sub(1)?) != Some(Kind::Percent)
    {
        return None;
    }
    let number = signed(s, at.checked_sub(2)?)?;
    let free = at
        .checked_sub(3)
        .is_none_or(|n| !matches!(s.kind(n), Some(Kind::Dash | Kind::Slash | Kind::PlusMinus | Kind::Number(_))));
    (free && (0.0..=100.0).contains(&number.value)).then(|| Estimate {
        measure,
        number,
        unit: Some(bytes(s, at - 1, at)),
        interval: None,
        p: None,
        at: number.at,
        next: at + len,
    })
}

/// Whether a mean or a median says who took part, for how long, or where they began, rather than what was found.
fn describes_participants(s: &Sentence<'_>, at: usize, after_name: usize, next: usize, number: Signed) -> bool {
    let named = (after_name..number.at).any(|n| s.is(n, &WORDS.central.excluded));
    let mut around = (at.saturating_sub(8)..at).chain(next..next + 8);
    named || around.any(|n| s.is(n, &WORDS.central.elsewhere)) || is_given(s, at)
}

/// Passes over brackets that hold no estimate: "(HR)", "[95% CI]". Returns the level that they announce, if they announce an
/// interval.
fn brackets(s: &Sentence<'_>, mut at: usize) -> (Option<Option<f64>>, usize) {
    let mut announced = None;
    for _ in 0..3 {
        // "HR, 95% CI: 0.74 (0.65–0.85)"
        let from = at + usize::from(s.kind(at) == Some(Kind::Comma));
        if let Some(found) = label(s, from)
            && matches!(s.kind(found.next), Some(Kind::Colon | Kind::Equal))
            && bounds(s, found.next + 1).is_none()
        {
            return (Some(found.level), found.next);
        }
        if s.kind(at) != Some(Kind::Open) {
            break;
        }
        let Some(close) = (at + 1..at + 14).find(|n| s.kind(*n) == Some(Kind::Close)) else { break };
        let mut inner = at + 1;
        let mut level = None;
        while inner < close {
            if let Some(found) = label(s, inner).filter(|found| found.next <= close) {
                level = Some(found.level);
                inner = found.next;
            } else if matches!(
                s.kind(inner),
                Some(Kind::Word | Kind::Comma | Kind::Semicolon | Kind::Slash | Kind::Dash)
            ) {
                inner += 1;
            } else {
                return (announced, at);
            }
        }
        announced = announced.or(level);
        at = close + 1;
    }
    (announced, at)
}

/// Finds the number that belongs to a name that ends before `at`, and whether it stands right behind it.
fn number_of(s: &Sentence<'_>, at: usize, measure: Measure) -> Option<(Signed, bool)> {
    let words = &WORDS.estimate;
    let mut next = at;
    // Right behind: "HR 0.74", "HR = 0.74", "hazard ratio, 0.74", "hazard ratio of 0.74", "odds ratio (1.2; …"
    let mut open = false;
    while next < at + 5 {
        let punctuation = matches!(s.kind(next), Some(Kind::Comma | Kind::Colon | Kind::Equal))
            || s.kind(next) == Some(Kind::Open) && !std::mem::replace(&mut open, true);
        let by = measure == Measure::ARR && s.word(next) == "by";
        if !punctuation && !by && !s.is(next, &words.links) {
            break;
        }
        next += 1;
    }
    if let Some(number) = signed(s, next) {
        return Some((number, true));
    }
    // Further on: "the hazard ratio for death from any cause was 0.74"
    let central = matches!(measure, Measure::Mean | Measure::Median);
    let reach = if central { 10 } else { REACH };
    let mut next = at;
    while next < at + reach {
        match s.kind(next)? {
            Kind::Semicolon | Kind::Stop | Kind::Less | Kind::Greater | Kind::LessOrEqual | Kind::GreaterOrEqual => {
                return None;
            }
            Kind::PlusMinus | Kind::Malformed => return None,
            Kind::Open | Kind::Close | Kind::Comma | Kind::Percent if central => return None,
            _ => {}
        }
        if next > at && (s.measure(next).is_some() || s.is(next, &words.stops) || label(s, next).is_some()) {
            // "hazard ratio for death was …": a stop word ends it; so does another measure.
            return None;
        }
        if let Some(number) = signed(s, next) {
            let before = next.checked_sub(1)?;
            let announced = s.is(before, &words.announces) || matches!(s.kind(before), Some(Kind::Equal | Kind::Colon));
            let aside = s.kind(before) == Some(Kind::Comma);
            let closed = interval_right_after(s, number);
            if (announced || aside) && closed {
                return Some((number, false));
            }
            if announced && behind_words_only(s, at, next) {
                return Some((number, false));
            }
            return if announced || central { None } else { skip_number(s, at, number.next, reach) };
        }
        next += 1;
    }
    None
}

/// The estimate further on, past a number that describes something else ("per 10 mg", "type 2 diabetes"): only one with an
/// interval right after it is believed.
fn skip_number(s: &Sentence<'_>, at: usize, mut next: usize, reach: usize) -> Option<(Signed, bool)> {
    while next < at + reach {
        match s.kind(next)? {
            Kind::Semicolon | Kind::Stop | Kind::Less | Kind::Greater | Kind::Malformed | Kind::Close => return None,
            _ => {}
        }
        if s.measure(next).is_some() || s.is(next, &WORDS.estimate.stops) || label(s, next).is_some() {
            return None;
        }
        if let Some(number) = signed(s, next) {
            let before = next.checked_sub(1)?;
            let announced =
                s.is(before, &WORDS.estimate.announces) || matches!(s.kind(before), Some(Kind::Equal | Kind::Colon));
            if announced {
                return interval_right_after(s, number).then_some((number, false));
            }
            next = number.next;
        } else {
            next += 1;
        }
    }
    None
}

fn behind_words_only(s: &Sentence<'_>, at: usize, number: usize) -> bool {
    (at..number).all(|n| matches!(s.kind(n), Some(Kind::Word | Kind::Equal)))
}

fn behind_verb(s: &Sentence<'_>, number: Signed) -> bool {
    number.at.checked_sub(1).is_some_and(|before| {
        s.is(before, &WORDS.estimate.announces) || matches!(s.kind(before), Some(Kind::Equal | Kind::Colon))
    })
}

fn interval_right_after(s: &Sentence<'_>, number: Signed) -> bool {
    let mut next = number.next;
    if s.kind(next) == Some(Kind::Percent) {
        next += 1;
    } else if let Some(len) = s.unit(next) {
        next += len;
    }
    if matches!(s.kind(next), Some(Kind::Open | Kind::Comma | Kind::Semicolon)) {
        next += 1;
    }
    labelled(s, next).is_some_and(|(_, bounds)| bounds.hold(number))
}

/// Whether the numbers can be what the measure says.
fn plausible(measure: Measure, after: &After) -> bool {
    use Measure as M;
    let number = after.number;
    let share = |value: f64| {
        if after.percent { (0.0..=100.0).contains(&value) } else { (0.0..=1.0).contains(&value) && number.decimal }
    };
    let bounds = after.interval.map(|(_, bounds)| (bounds.first.value, bounds.second.value));
    let all = |test: &dyn Fn(f64) -> bool| test(number.value) && bounds.is_none_or(|(a, b)| test(a) && test(b));
    match measure {
        M::HR | M::RR | M::OR | M::IRR => {
            number.value > 0.0 && all(&|value| value >= 0.0) && !after.percent && after.unit.is_none()
        }
        M::PositiveLikelihoodRatio | M::NegativeLikelihoodRatio => all(&|value| value >= 0.0) && !after.percent,
        // In per cent it may be a change of an area of another kind.
        M::AUC => !after.percent && all(&share),
        M::Sensitivity | M::Specificity | M::PPV | M::NPV => number.value >= 0.0 && share(number.value),
        M::Correlation => all(&|value| value.abs() <= 1.0) && number.decimal && after.unit.is_none(),
        M::SMD => all(&|value| value.abs() < 20.0) && !after.percent,
        M::ARR => after.percent || number.value.abs() < 1.0 && number.decimal,
        M::RD => number.value.abs() <= if after.percent { 100.0 } else { 1000.0 },
        M::NNT => number.value.abs() >= 1.0 && after.unit.is_none(),
        _ => true,
    }
}

/// The p-value right behind an estimate that ends before `at`.
pub(super) fn p_after(s: &Sentence<'_>, at: usize) -> Option<FoundP> {
    let mut next = at;
    while next < at + 9 {
        if let Some(p) = pvalue(s, next) {
            return Some(p);
        }
        let joins = matches!(s.kind(next), Some(Kind::Open | Kind::Close | Kind::Comma | Kind::Semicolon | Kind::Dash));
        if !joins && !s.is(next, &WORDS.p.joins) {
            return None;
        }
        next += 1;
    }
    None
}

/// Whether a p-value that stands behind an estimate is that estimate's own.
pub(super) fn bears_p(s: &Sentence<'_>, found: &Estimate, p: FoundP) -> bool {
    let of_one_arm = matches!(
        found.measure,
        Measure::Mean | Measure::Median | Measure::Sensitivity | Measure::Specificity | Measure::PPV | Measure::NPV
    );
    let listed = (p.next..p.next + 12).take_while(|n| s.kind(*n).is_some()).any(|n| s.word(n) == "respectively");
    !of_one_arm && !listed
}
