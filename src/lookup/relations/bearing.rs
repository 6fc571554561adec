//! What one finding's words say of the good of what was done.

use super::words::WORDS;
use crate::extract::extractors::findings::polarity::more_is_good;
use crate::model::{Bearing, Direction};

/// What a sentence, in the normal form of names, says of the good of what was done. `outcome` are the words of its outcome in the same
/// form, where it names one. None where the words do not say, or say several things.
pub(in crate::lookup) fn bearing(
    sentence: &str,
    outcome: Option<&str>,
    direction: Option<Direction>,
) -> Option<Bearing> {
    let words: Vec<&str> = sentence.split(' ').collect();
    if WORDS.hedge.any(&words) || WORDS.aside.any(&words) {
        return None;
    }
    let of_outcome: Option<Vec<&str>> = outcome.map(|outcome| outcome.split(' ').collect());
    // How a treatment is borne is no outcome of the condition; of a whole sentence what stands before that counts.
    let measured = of_outcome.as_deref().unwrap_or(&words);
    let measured = match WORDS.tolerability.places(measured).next() {
        Some(_) if of_outcome.is_some() => return None,
        Some(at) => &measured[..at],
        None => measured,
    };
    if WORDS.equal.any(&words) {
        // As good as nothing is no good.
        return Some(if WORDS.inactive.any(&words) { Bearing::NoBenefit } else { Bearing::Equal });
    }
    let more_is_good = more_is_good(measured);
    let both_arms = WORDS.both_arms.any(&words);
    if both_arms || WORDS.since.any(&words) && !WORDS.compared.any(&words) {
        return since(&words, more_is_good);
    }
    let by_direction = direction.zip(more_is_good).and_then(|(direction, more_is_good)| match direction {
        Direction::NoDifference => Some(Bearing::NoBenefit),
        Direction::Increased if more_is_good => Some(Bearing::Benefit),
        Direction::Decreased if !more_is_good => Some(Bearing::Benefit),
        // A harm must be known to be of the outcome and not of another word of the sentence.
        Direction::Increased | Direction::Decreased => of_outcome.is_some().then_some(Bearing::Harm),
    });
    match (by_direction, outright(&words)) {
        (Some(one), Some(other)) => (one == other).then_some(one),
        (one, other) => one.or(other),
    }
}

/// Whether a sentence in its normal form speaks of how often something comes about.
pub(in crate::lookup) fn is_of_occurrence(sentence: &str) -> bool {
    WORDS.occurrence.any(&sentence.split(' ').collect::<Vec<_>>())
}

/// Whether a sentence in its normal form names what is no treatment of the condition.
pub(in crate::lookup) fn names_inactive(sentence: &str) -> bool {
    WORDS.inactive.any(&sentence.split(' ').collect::<Vec<_>>())
}

/// What is said of a change since before: that people fared better, or nothing.
fn since(words: &[&str], more_is_good: Option<bool>) -> Option<Bearing> {
    if WORDS.negation.any(words) {
        return None;
    }
    let improved = WORDS.benefit.any(words)
        || match (WORDS.fell.any(words), WORDS.rose.any(words)) {
            (true, false) => more_is_good == Some(false),
            (false, true) => more_is_good == Some(true),
            _ => false,
        };
    improved.then_some(Bearing::Improved)
}

/// What is said outright.
fn outright(words: &[&str]) -> Option<Bearing> {
    if WORDS.ineffective.any(words) {
        return Some(Bearing::NoBenefit);
    }
    let mut said: Option<Bearing> = WORDS.harm.any(words).then_some(Bearing::Harm);
    for at in WORDS.benefit.places(words) {
        let before = &words[at.saturating_sub(WORDS.reach)..at];
        let one = if WORDS.negation.any(before) { Bearing::NoBenefit } else { Bearing::Benefit };
        if said.is_some_and(|other| other != one) {
            return None;
        }
        said = Some(one);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::normalize;
    use Bearing::{Benefit, Equal, Harm, Improved, NoBenefit};
    use Direction::{Decreased, Increased, NoDifference};

    #[test]
    fn what_an_outcome_means_turns_a_direction_into_good_or_harm() {
        for (sentence, outcome, direction, expected) in [
            ("Mortality was lower with zelmarin.", Some("Mortality"), Some(Decreased), Some(Benefit)),
            ("Mortality was higher with zelmarin.", Some("Mortality"), Some(Increased), Some(Harm)),
            (
                "Remission of depression was more frequent.",
                Some("Remission of depression"),
                Some(Increased),
                Some(Benefit),
            ),
            ("Quality of life was lower.", Some("Quality of life"), Some(Decreased), Some(Harm)),
            ("Seizures did not differ.", Some("Seizures"), Some(NoDifference), Some(NoBenefit)),
            ("Mortality was higher with zelmarin.", None, Some(Increased), None),
            ("Adverse events were fewer.", Some("Adverse events"), Some(Decreased), None),
            ("Zelmarin reduced pain without the side effects of oxotril.", None, Some(Decreased), Some(Benefit)),
            ("Side effects were fewer, and so was pain.", None, Some(Decreased), None),
            ("Serum oxotril was higher.", Some("Serum oxotril"), Some(Increased), None),
            ("Pain and function were lower.", Some("Pain and function"), Some(Decreased), None),
            ("Zelmarin reduced the pain of gout.", None, Some(Decreased), Some(Benefit)),
        ] {
            let found = bearing(&normalize(sentence), outcome.map(normalize).as_deref(), direction);
            assert_eq!(found, expected, "{sentence}");
        }
    }

    #[test]
    fn good_that_is_said_outright_counts_unless_denied_or_supposed() {
        for (sentence, expected) in [
            ("Zelmarin is effective in gout.", Some(Benefit)),
            ("Zelmarin significantly improved walking.", Some(Benefit)),
            ("Zelmarin was not effective in gout.", Some(NoBenefit)),
            ("Zelmarin failed to improve walking.", Some(NoBenefit)),
            ("Zelmarin had no effect on gout.", Some(NoBenefit)),
            ("Zelmarin may be effective in gout.", None),
            ("Whether zelmarin is effective remains open.", None),
            ("Walking improved in both groups.", Some(Improved)),
            ("Pain was reduced from baseline with zelmarin.", Some(Improved)),
            ("Pain was reduced from baseline more than with placebo.", None),
            ("Walking did not improve from baseline.", None),
            ("Zelmarin was non-inferior to oxotril.", Some(Equal)),
            ("Zelmarin was as effective as placebo.", Some(NoBenefit)),
            ("Baseline characteristics were improved.", None),
            ("Walking improved, but zelmarin was not superior.", None),
            ("Zelmarin worsened gout.", Some(Harm)),
            ("Zelmarin was effective and well tolerated.", Some(Benefit)),
            ("Zelmarin was given daily.", None),
        ] {
            assert_eq!(bearing(&normalize(sentence), None, None), expected, "{sentence}");
        }
    }
}
