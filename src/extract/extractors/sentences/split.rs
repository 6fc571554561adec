//! Where one sentence ends and the next begins.
//!
//! One pass over the text; what is looked at around a stop is bounded, so time is linear. Offsets are bytes here.

use std::ops::Range;

use super::rules::{RULES, Stop};

/// How far a bracket may reach and still hold its content together.
const BRACKET: usize = 600;
/// How far back the word before a stop, or ahead the word after it, is looked for.
const WORD: usize = 48;

/// The text without the blanks around it, if there is any.
pub(super) fn whole(text: &str) -> Option<Range<usize>> {
    trim(text, 0..text.len())
}

/// The sentences of a paragraph, in order, without the blanks around them. Together they cover everything but blanks.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let closed = closing_brackets(text);
    let mut held_until = 0;
    let mut found = Vec::new();
    let mut start = match heading_end(text, 0) {
        Some(end) => {
            found.extend(trim(text, 0..end));
            end
        }
        None => 0,
    };
    let mut closed = closed.into_iter().peekable();
    for (at, c) in text.char_indices() {
        while let Some((_, end)) = closed.next_if(|(open, _)| *open <= at) {
            held_until = held_until.max(end);
        }
        if at < start || at < held_until {
            continue;
        }
        let Some(end) = end_of_sentence(text, start, at, c) else { continue };
        found.extend(trim(text, start..end));
        start = end;
        let next = end + (text[end..].len() - text[end..].trim_start().len());
        if let Some(end) = heading_end(text, next) {
            found.extend(trim(text, start..end));
            start = end;
        }
    }
    found.extend(trim(text, start..text.len()));
    found
}

fn trim(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = &text[range.clone()];
    let left = part.len() - part.trim_start().len();
    let kept = part.trim();
    (!kept.is_empty()).then(|| range.start + left..range.start + left + kept.len())
}

/// Pairs of brackets that belong together, by their opening one, outermost only. A bracket that is not closed soon holds nothing.
fn closing_brackets(text: &str) -> Vec<(usize, usize)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut pairs = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' => open.push((at, ')')),
            '[' => open.push((at, ']')),
            ')' | ']' => {
                // An unclosed bracket within this pair is passed over; "a)" closes nothing.
                if let Some(place) = open.iter().rev().take(4).position(|(_, close)| *close == c) {
                    let place = open.len() - 1 - place;
                    let (from, _) = open[place];
                    open.truncate(place);
                    if at - from <= BRACKET {
                        pairs.push((from, at));
                    }
                }
            }
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The end of a heading that stands glued to the sentence after it ("ResultsWe found"), where one begins at `at`.
fn heading_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    RULES.headings.iter().find_map(|heading| {
        let mut after = rest.strip_prefix(heading)?.chars();
        let glued = after.next()?.is_uppercase() && after.next().is_some_and(char::is_lowercase);
        glued.then_some(at + heading.len())
    })
}

/// The end of the sentence, if the character `c` at `at` ends one that began at `start`.
fn end_of_sentence(text: &str, start: usize, at: usize, c: char) -> Option<usize> {
    let after = at + c.len_utf8();
    match c {
        '。' | '！' | '？' | '؟' | '।' => Some(after),
        '!' | '?' | '.' | '…' => {
            let end = after_closers(text, after);
            let rest = &text[end..];
            let next = rest.trim_start();
            if next.is_empty() {
                return None;
            }
            if next.len() == rest.len() {
                return if c == '.' { glued_stop(text, start, at, after) } else { None };
            }
            let begins = match c {
                '.' => stop_ends(text, start, at, next),
                _ => begins_sentence(next),
            };
            begins.then_some(end)
        }
        _ => None,
    }
}

/// Past closing quotes and brackets, and past references set close behind the stop (`.[12]`, `.¹²`).
fn after_closers(text: &str, mut at: usize) -> usize {
    let is_closer = |c: char| matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '}');
    let is_superscript = |c: char| matches!(c, '⁰' | '¹' | '²' | '³' | '⁴'..='⁹');
    at += text[at..].chars().take(4).take_while(|&c| is_closer(c)).map(char::len_utf8).sum::<usize>();
    at += text[at..].chars().take(8).take_while(|&c| is_superscript(c)).map(char::len_utf8).sum::<usize>();
    if let Some(rest) = text[at..].strip_prefix(['[', '(']) {
        let inside = rest.bytes().take(24).take_while(|b| b.is_ascii_digit() || b", -".contains(b)).count();
        if inside > 0 && rest[inside..].starts_with([']', ')']) {
            at += inside + 2;
        }
    }
    at
}

/// Whether the stop at `at`, with blanks and then `next` behind it, ends a sentence.
fn stop_ends(text: &str, start: usize, at: usize, next: &str) -> bool {
    if !begins_sentence(next) {
        return false;
    }
    let word = word_before(text, start, at);
    let begins_with_digit = next.starts_with(|c: char| c.is_ascii_digit());
    let opener = || RULES.openers.contains(word_after(next).to_lowercase().as_str());
    if word.is_empty() {
        // A stop after a closing bracket or a sign ends; a stop that begins the sentence (".05") does not.
        return text[start..at].trim().chars().next_back().is_some();
    }
    if word.bytes().all(|b| b.is_ascii_digit()) {
        return !(is_list_marker(text, start, at, word) || begins_with_digit && is_broken_decimal(word));
    }
    let lower = word.to_lowercase();
    match RULES.abbreviations.get(lower.as_str()) {
        Some(Stop::Never) => return false,
        Some(Stop::Number) => return !begins_with_digit,
        Some(Stop::Opener) => return opener(),
        None => {}
    }
    let mut letters = word.chars();
    let (first, second) = (letters.next(), letters.next());
    if second.is_none() && first.is_some_and(char::is_alphabetic) {
        let another = next.starts_with(|c: char| c.is_ascii_uppercase()) && next[1..].starts_with('.');
        return !another && (opener() || !is_initial(text, start, at, word));
    }
    // "i.v.", "b.i.d." may end a sentence; "U.N.", "J.R." rarely do.
    if is_dotted(word) && first.is_some_and(char::is_uppercase) {
        return opener();
    }
    true
}

/// Whether `next` can begin a sentence: a capital, a number, an opening sign, or a name such as mRNA, p53, β-carotene.
fn begins_sentence(next: &str) -> bool {
    let mut chars = next.chars().skip_while(|c| matches!(c, '"' | '\'' | '“' | '‘' | '«' | '(' | '[' | '¿' | '¡'));
    let Some(first) = chars.next() else { return false };
    if !first.is_lowercase() {
        return !matches!(first, ',' | ';' | ':' | ')' | ']' | '.' | '%' | '=' | '<' | '>' | '/' | '*');
    }
    let second = chars.clone().next();
    // "b) To measure …" is an item of a list.
    !first.is_ascii()
        || second == Some(')')
        || chars
            .take(WORD)
            .take_while(|c| c.is_alphanumeric() || *c == '-')
            .any(|c| c.is_uppercase() || c.is_ascii_digit())
}

/// The word right before the stop: letters, digits and inner stops. Empty after a sign.
fn word_before(text: &str, start: usize, at: usize) -> &str {
    let before = &text[start..at];
    let length: usize = before
        .chars()
        .rev()
        .take(WORD)
        .take_while(|c| c.is_alphanumeric() || *c == '.' || *c == '-')
        .map(char::len_utf8)
        .sum();
    let word = &before[before.len() - length..];
    // "placebo-controlled" counts by its last part, but the first part keeps "Child-Pugh" from being an initial.
    word.rsplit('-').next().unwrap_or(word).trim_start_matches('.')
}

fn word_after(next: &str) -> &str {
    let next = next.trim_start_matches(|c: char| !c.is_alphanumeric());
    let length = next.chars().take(WORD).take_while(|c| c.is_alphanumeric() || *c == '-').map(char::len_utf8).sum();
    &next[..length]
}

/// "1." at the head of a sentence or behind a colon numbers an item.
fn is_list_marker(text: &str, start: usize, at: usize, word: &str) -> bool {
    word.len() <= 2
        && text[start..at - word.len()].trim_end().chars().next_back().is_none_or(|c| matches!(c, ':' | ';'))
}

/// "0. 05": a decimal that was broken in typesetting.
fn is_broken_decimal(word: &str) -> bool {
    word == "0"
}

/// "b.i.d", "U.S": single letters parted by stops.
fn is_dotted(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.chars().count() <= 1)
}

/// Whether a single letter before a stop is an initial or a genus ("J. Smith", "E. Coli"), and no label ("vitamin D.").
fn is_initial(text: &str, start: usize, at: usize, letter: &str) -> bool {
    if !letter.starts_with(char::is_uppercase) {
        return false;
    }
    let before = text[start..at - letter.len()].trim_end_matches([' ', '-', '\u{a0}']);
    let length: usize =
        before.chars().rev().take(WORD).take_while(|c| c.is_alphanumeric() || *c == '-').map(char::len_utf8).sum();
    let previous = &before[before.len() - length..];
    if previous.is_empty() {
        return true;
    }
    let lower = previous.to_lowercase();
    let label = RULES.labelled_letters.contains(lower.as_str());
    // A label follows a plain word more often than an initial does; an initial follows a name, or another initial.
    !label && (previous == "by" || previous.starts_with(char::is_uppercase))
}

/// The end of a sentence whose stop has no blank behind it: "improved.The", "risk.RESULTS:", "patients.12 The".
fn glued_stop(text: &str, start: usize, at: usize, after: usize) -> Option<usize> {
    let before = &text[start..at];
    let plain = before.chars().rev().take_while(|c| c.is_ascii_lowercase()).take(3).count();
    let closed = before.ends_with([')', ']', '%']);
    if plain < 3 && !closed {
        return None;
    }
    let token_start = before.rmatch_indices(char::is_whitespace).next().map_or(0, |(at, blank)| at + blank.len());
    let token = before.get(token_start.max(before.len().saturating_sub(200))..).unwrap_or("");
    if token.contains(['@', '/']) || token.starts_with("www.") {
        return None;
    }
    if RULES.abbreviations.get(word_before(text, start, at).to_lowercase().as_str()) == Some(&Stop::Never) {
        return None;
    }
    let rest = &text[after..];
    let digits = rest.bytes().take(24).take_while(|b| b.is_ascii_digit() || b",-".contains(b)).count();
    if digits > 0 {
        let reference = rest.as_bytes()[0].is_ascii_digit() && rest[digits..].starts_with(char::is_whitespace);
        let next = rest[digits..].trim_start();
        return (reference && next.starts_with(char::is_uppercase)).then_some(after + digits);
    }
    let word = word_after(rest);
    if !rest.starts_with(char::is_uppercase) || word.chars().count() < 2 {
        return None;
    }
    let all_capitals = word.chars().all(char::is_uppercase);
    let heads = rest[word.len()..].trim_start().starts_with(':');
    // "clinicaltrials.Gov" and the like have no blank behind the word either.
    let spoken = rest[word.len()..].starts_with([' ', ',', ':', '\u{a0}']);
    ((all_capitals && heads) || (!all_capitals && spoken)).then_some(after)
}

#[cfg(test)]
mod tests;
