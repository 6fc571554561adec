//! Short forms in brackets that are no abbreviation letter by letter of what stands before them, but have its initials in another order:
//! `myotonic dystrophy (DM)`.

use std::ops::Range;

/// Letters that a short form may have.
const LETTERS: Range<usize> = 2..7;

/// Every short form in a text and the words before its bracket whose initials it has.
pub(super) fn short_forms(text: &str) -> Vec<(&str, Range<usize>)> {
    let bracketed = text.match_indices(" (").filter_map(|(at, opening)| {
        let behind = &text[at + opening.len()..];
        // Looked for no further than the longest short form reaches, however long the text goes on without an end of brackets.
        let end = behind.bytes().take(LETTERS.end).position(|byte| matches!(byte, b')' | b';' | b','))?;
        let short = behind.get(..end)?;
        let fits = LETTERS.contains(&short.len()) && short.bytes().all(|byte| byte.is_ascii_uppercase());
        fits.then(|| Some((short, long_form(text, at, short)?))).flatten()
    });
    bracketed.collect()
}

/// The words that end at a byte, as many as a short form has letters, where they have its letters for initials.
fn long_form(text: &str, end: usize, short: &str) -> Option<Range<usize>> {
    let mut wanted: Vec<char> = short.chars().collect();
    let mut start = end;
    while !wanted.is_empty() {
        let before = text[..start].trim_end_matches([' ', '-']);
        if before.len() == start && start != end {
            return None;
        }
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().filter(|word| word.len() > 2)?;
        let initial = word.chars().next()?.to_ascii_uppercase();
        let at = wanted.iter().position(|letter| *letter == initial)?;
        wanted.swap_remove(at);
        start = before.len() - word.len();
    }
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_in_another_order_are_a_short_form() {
        let found = |text: &'static str| -> Vec<(&str, &str)> {
            short_forms(text).into_iter().map(|(short, long)| (short, &text[long])).collect()
        };
        assert_eq!(found("In myotonic dystrophy (DM) it is"), [("DM", "myotonic dystrophy")]);
        assert_eq!(found("In myotonic dystrophy (DM; a disease)"), [("DM", "myotonic dystrophy")]);
        for text in
            ["myotonic dystrophy (Dm)", "heart failure (USA)", "heart failure", "(DM)", "é (DM)", "a, dystrophy (DM)"]
        {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
