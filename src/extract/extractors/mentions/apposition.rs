//! Short forms right behind a name that are no abbreviation letter by letter: `myotonic dystrophy (DM)`.

use std::ops::Range;

/// Letters that a short form may have.
const LETTERS: Range<usize> = 2..7;

/// The short form in brackets right behind a name, where its letters are the initials of the name's words in whatever order.
pub(super) fn short_form<'t>(text: &'t str, name: &Range<usize>) -> Option<&'t str> {
    let behind = text.get(name.end..)?.strip_prefix(" (")?;
    let short = behind.split([')', ';', ',']).next()?;
    if !LETTERS.contains(&short.len()) || !short.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let words = text.get(name.clone())?.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
    let mut initials: Vec<char> = words.filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect();
    let mut letters: Vec<char> = short.chars().collect();
    initials.sort_unstable();
    letters.sort_unstable();
    (initials == letters).then_some(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_in_another_order_are_a_short_form() {
        let short = |text: &'static str, name: &str| short_form(text, &(0..name.len()));
        assert_eq!(short("myotonic dystrophy (DM) is", "myotonic dystrophy"), Some("DM"));
        assert_eq!(short("myotonic dystrophy (DM; a disease)", "myotonic dystrophy"), Some("DM"));
        assert_eq!(short("myotonic dystrophy (Dm)", "myotonic dystrophy"), None);
        assert_eq!(short("heart failure (USA)", "heart failure"), None);
        assert_eq!(short("heart failure", "heart failure"), None);
    }
}
