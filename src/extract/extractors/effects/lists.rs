//! Further numbers of a measure that was named once: lists of one unit, and estimates behind a legend.

use super::estimate::Estimate;
use super::interval::{bounds, label};
use super::measure::{Sentence, WORDS};
use super::number::Kind;
use super::signed::signed;
use super::{Reading, blank, bytes};
use crate::model::{Effect, Measure};

/// How many tokens may stand between the numbers of a list.
const LISTED: usize = 10;

/// The further numbers of a list that `found` begins: "median 24.1 h with one drug, *31.9 h* with another and *24.0 h* with none",
/// "predictive values were 82.9%, *62.5%* and *79.2%*". They have the unit of the first, and nothing else between them.
pub(super) fn listed(s: &Sentence<'_>, found: &Estimate) -> Option<(Vec<Reading>, usize)> {
    use Measure as M;
    let central = matches!(found.measure, M::Mean | M::Median);
    let accuracy = matches!(found.measure, M::Sensitivity | M::Specificity | M::PPV | M::NPV);
    let unit = found.unit.clone().filter(|_| (central || accuracy) && found.interval.is_none())?;
    let printed = &s.text[unit];
    let (mut more, mut next) = (Vec::new(), found.next);
    let mut at = next;
    while at < next + LISTED {
        if let Some(number) = signed(s, at).filter(|number| !number.doubtful_sign) {
            let percent = (s.kind(number.next) == Some(Kind::Percent)).then_some(1);
            let Some(len) = s.unit(number.next).or(percent) else { break };
            let end = number.next + len;
            let same = &s.text[bytes(s, number.next, end)] == printed;
            let joined = at.checked_sub(1).is_some_and(|before| {
                matches!(s.word(before), "and" | "versus" | "vs") || s.kind(before) == Some(Kind::Comma)
            });
            let alone = matches!(
                s.kind(end),
                None | Some(Kind::Word | Kind::Comma | Kind::Close | Kind::Stop | Kind::Semicolon)
            );
            // "76% sensitivity and 83% specificity": the next has a name of its own.
            if !(same && joined && alone) || s.measure(end).is_some() {
                break;
            }
            let effect = Effect { value: Some(number.value), unit: Some(printed.to_owned()), ..blank(found.measure) };
            more.push(Reading { effect, bytes: bytes(s, number.at, end), tests_difference: true });
            (next, at) = (end, end);
            continue;
        }
        let passes = matches!(s.kind(at), Some(Kind::Word | Kind::Comma | Kind::Other));
        if !passes || s.measure(at).is_some() || s.is(at, &WORDS.p.names) || s.is(at, &WORDS.central.elsewhere) {
            break;
        }
        at += 1;
    }
    (!more.is_empty()).then_some((more, next))
}

/// Reads the estimates behind a legend: "(HR; 95% CI low dose: 0.87; 0.64 to 1.17; high dose: 0.79; 0.58 to 1.07)". `at` is behind the
/// name; each estimate has its interval right behind it.
pub(super) fn legend(s: &Sentence<'_>, at: usize, measure: Measure) -> Option<(Vec<Reading>, usize)> {
    let pause = |at: usize| matches!(s.kind(at), Some(Kind::Semicolon | Kind::Comma | Kind::Open));
    let named = label(s, at + usize::from(pause(at)))?;
    if bounds(s, named.next + usize::from(matches!(s.kind(named.next), Some(Kind::Colon | Kind::Equal)))).is_some() {
        return None;
    }
    let (mut found, mut end) = (Vec::new(), at);
    let mut next = named.next;
    while next < end.max(named.next) + LISTED {
        let estimate = signed(s, next).filter(|number| number.decimal && pause(number.next)).and_then(|number| {
            let bounds = bounds(s, number.next + 1).filter(|bounds| bounds.is_range(s) && bounds.hold(number))?;
            (number.value > 0.0 && bounds.first.value > 0.0 && !bounds.percent).then_some((number, bounds))
        });
        if let Some((number, bounds)) = estimate {
            let interval = Some((named.level, bounds));
            let (at, next_token) = (number.at, bounds.next);
            let estimate = Estimate { measure, number, unit: None, interval, p: None, at, next: next_token };
            found.push(estimate.into_reading(s));
            (end, next) = (bounds.next, bounds.next);
            continue;
        }
        let passes = matches!(
            s.kind(next),
            Some(
                Kind::Word
                    | Kind::Comma
                    | Kind::Semicolon
                    | Kind::Colon
                    | Kind::Number(_)
                    | Kind::Close
                    | Kind::Open
                    | Kind::Slash
            )
        );
        if !passes || s.measure(next).is_some() || s.is(next, &WORDS.p.names) {
            break;
        }
        next += 1;
    }
    (!found.is_empty()).then_some((found, end))
}
