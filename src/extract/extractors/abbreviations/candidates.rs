//! Where a short form may stand beside its long form.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::align::align;
use crate::extract::table::words;

static NOT_SHORT: LazyLock<HashSet<&str>> = LazyLock::new(|| words(include_str!("not_short.tsv")).collect());
static LEAD_INS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut lead_ins: Vec<_> = words(include_str!("lead_ins.tsv")).collect();
    lead_ins.sort_by_key(|words| std::cmp::Reverse(words.len()));
    lead_ins
});

/// The most letters and digits that a short form has.
const LONGEST_SHORT: usize = 10;
/// How many characters before a bracket are searched for a long form.
const WINDOW: usize = 130;
/// The highest cost for each letter at which a pair is believed: "long (SHORT)", where order speaks for it, …
const BEHIND: f32 = 0.8;
/// … "SHORT (long)", where brackets hold anything, …
const BEFORE: f32 = 0.5;
/// … and with a short form of one or two letters, or without capitals, where chance matches are many.
const WEAK: f32 = 0.5;
/// … and with one that is usually something else (NO, SE, CI), whose letters must begin words.
const DOUBTFUL: f32 = 0.1;

/// The longest bracket that is looked into, in bytes.
const LONGEST_BRACKET: usize = 400;

/// A pair of short and long form, as bytes of the text.
type Pair = (Range<usize>, Range<usize>);

/// The pairs explained in a sentence, in order.
pub(super) fn pairs(text: &str) -> Vec<Pair> {
    let mut found = Vec::new();
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' => open.push((at, ')')),
            '[' => open.push((at, ']')),
            ')' | ']' => {
                if let Some((from, _)) = open.pop().filter(|(from, close)| *close == c && at - from <= LONGEST_BRACKET)
                {
                    found.extend(in_bracket(text, from, from + 1..at));
                }
            }
            _ => {}
        }
    }
    found.sort_unstable_by_key(|(short, _)| short.start);
    found
}

fn in_bracket(text: &str, open: usize, inner: Range<usize>) -> Option<Pair> {
    let before = text[..open].trim_end();
    let head = head_of(text, inner.clone());
    if let Some(short) = short_form(text, head.clone())
        && let Some(long) = long_before(before, &text[short.clone()])
    {
        return Some((short, long));
    }
    equation(text, inner.clone()).or_else(|| long_inside(text, before, head)).or_else(|| both_inside(text, inner))
}

/// What stands in the bracket up to the first comma or semicolon, without quotes and words that lead in.
fn head_of(text: &str, inner: Range<usize>) -> Range<usize> {
    let part = &text[inner.clone()];
    let lower = part.to_ascii_lowercase();
    let skipped = LEAD_INS
        .iter()
        .find_map(|words| {
            let rest = lower.trim_start().strip_prefix(words)?;
            let rest = rest.strip_prefix([' ', ','])?;
            Some(lower.len() - rest.len())
        })
        .unwrap_or(0);
    // "Fru-2,6-P" is one word.
    let whole = !part[skipped..].trim().contains(char::is_whitespace);
    let end = part[skipped..].find([';', ',']).filter(|_| !whole).map_or(part.len(), |at| skipped + at);
    trimmed(text, inner.start + skipped..inner.start + end)
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”' | '\'' | '‘' | '’' | '*');
    let part = &text[range.clone()];
    let left = part.len() - part.trim_start_matches(is_edge).len();
    let kept = part.trim_matches(is_edge).len();
    range.start + left..range.start + left + kept
}

/// The range, if what it holds can be a short form.
fn short_form(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let short = &text[range.clone()];
    let letters = short.chars().filter(|c| c.is_alphanumeric()).count();
    let possible = short.starts_with(char::is_alphanumeric)
        && (2..=LONGEST_SHORT).contains(&letters)
        && short.chars().count() <= LONGEST_SHORT + 4
        && short.chars().any(char::is_alphabetic)
        && short.split_whitespace().count() <= 2
        && !short.contains(['=', '<', '>', '%', '±', '≥', '≤', ':'])
        && (!short.contains(' ') || short.chars().any(char::is_uppercase));
    let doubtful = is_doubtful(short) && !short.chars().all(char::is_uppercase);
    (possible && !doubtful).then_some(range)
}

fn is_doubtful(short: &str) -> bool {
    NOT_SHORT.contains(short.to_lowercase().trim_end_matches('.'))
}

/// The highest cost at which `short` is believed, where `usual` holds for an ordinary one.
fn limit(short: &str, usual: f32) -> f32 {
    let letters = short.chars().filter(|c| c.is_alphanumeric()).count();
    if is_doubtful(short) {
        DOUBTFUL
    } else if letters <= 2 || !short.chars().any(char::is_uppercase) {
        usual.min(WEAK)
    } else {
        usual
    }
}

/// The long form that ends right before the bracket.
fn long_before(before: &str, short: &str) -> Option<Range<usize>> {
    let letters = short.chars().filter(|c| c.is_alphanumeric()).count();
    let most_words = (letters + 5).min(letters * 2);
    let mut words = 0;
    let mut in_word = false;
    let mut start = before.len();
    for (at, c) in before.char_indices().rev().take(WINDOW) {
        if c == ';' {
            break;
        }
        if c.is_whitespace() {
            in_word = false;
        } else if !in_word {
            in_word = true;
            words += 1;
            if words > most_words {
                break;
            }
        }
        start = at;
    }
    let window = before[start..].char_indices().collect::<Vec<_>>();
    let characters: Vec<char> = window.iter().map(|(_, c)| *c).collect();
    let found = align(short, &characters, false)?;
    let range = whole_word(before, with_locants(before, start + window.get(found.start)?.0), short)..before.len();
    let range = trimmed(before, range);
    (found.cost <= limit(short, BEHIND) && is_long_form(&before[range.clone()], short)).then_some(range)
}

/// The beginning of the word that a long form begins within: "C57BL/6" and not "BL/6", and with the "non-" that turns its meaning
/// round where the short form has an N for it.
fn whole_word(text: &str, start: usize, short: &str) -> usize {
    let before = &text[..start];
    let letters = before.chars().rev().take(16).take_while(|c| c.is_alphanumeric()).map(char::len_utf8).sum::<usize>();
    let start = start - letters;
    let negated = short.contains(['n', 'N']) && ends_with_non(&text[..start]);
    if negated { start - "non-".len() } else { start }
}

fn ends_with_non(text: &str) -> bool {
    let from = text.len().checked_sub("non-".len());
    from.and_then(|from| text.get(from..)).is_some_and(|end| end.eq_ignore_ascii_case("non-"))
}

/// The beginning of a chemical's name, whose numbers a short form may leave out ("6-chloro…").
fn with_locants(text: &str, start: usize) -> usize {
    let is_locant = |c: char| c.is_ascii_digit() || matches!(c, ',' | '-' | '\'' | '′');
    let locants = text[..start].chars().rev().take(16).take_while(|&c| is_locant(c)).map(char::len_utf8).sum::<usize>();
    let from = start - locants;
    let whole = text[..from].chars().next_back().is_none_or(char::is_whitespace);
    if whole && text[from..].starts_with(|c: char| c.is_ascii_digit()) { from } else { start }
}

/// "HF (heart failure)": the short form before the bracket.
fn long_inside(text: &str, before: &str, head: Range<usize>) -> Option<Pair> {
    let start = before.rmatch_indices(char::is_whitespace).next().map_or(0, |(at, blank)| at + blank.len());
    let start = start + before[start..].find(char::is_alphanumeric)?;
    let short = short_form(text, start..before.len())?;
    let capitals = text[short.clone()].chars().filter(|c| c.is_uppercase() || c.is_numeric()).count();
    if capitals < 2 {
        return None;
    }
    explained(text, short, head)
}

/// "(heart failure, HF)".
fn both_inside(text: &str, inner: Range<usize>) -> Option<Pair> {
    let (left, right) = text[inner.clone()].rsplit_once([',', ';'])?;
    let short = short_form(text, trimmed(text, inner.end - right.len()..inner.end))?;
    text[short.clone()].chars().all(|c| !c.is_lowercase()).then_some(())?;
    explained(text, short, trimmed(text, inner.start..inner.start + left.len()))
}

/// "(HF = heart failure)".
fn equation(text: &str, inner: Range<usize>) -> Option<Pair> {
    let (left, right) = text[inner.clone()].split_once('=')?;
    let short = short_form(text, trimmed(text, inner.start..inner.start + left.len()))?;
    let from = inner.end - right.len();
    let end = right.find([';', ',']).unwrap_or(right.len());
    explained(text, short, trimmed(text, from..from + end))
}

fn explained(text: &str, short: Range<usize>, long: Range<usize>) -> Option<Pair> {
    let words = &text[long.clone()];
    let characters: Vec<char> = words.chars().take(WINDOW + 1).collect();
    let letters = text[short.clone()].chars().filter(|c| c.is_alphanumeric()).count();
    let fits = characters.len() <= WINDOW && words.split_whitespace().count() <= (letters + 5).min(letters * 2);
    let found = fits.then(|| align(&text[short.clone()], &characters, true)).flatten()?;
    (found.cost <= limit(&text[short.clone()], BEFORE) && is_long_form(words, &text[short.clone()]))
        .then_some((short, long))
}

/// Whether words can be a long form of `short` at all: longer, and not holding the short form itself.
fn is_long_form(long: &str, short: &str) -> bool {
    long.chars().count() > short.chars().count()
        && !long.split(|c: char| c.is_whitespace() || c == '(').any(|word| word == short)
        && long.chars().filter(|c| *c == '(').count() == long.chars().filter(|c| *c == ')').count()
}
