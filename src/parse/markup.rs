//! Titles and abstracts with the markup that a source of JSON leaves in them: `<i>`, `<sub>`, headings as `<h4>`, character references.

/// A paragraph of an abstract, with its heading where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) heading: Option<String>,
    pub(super) text: String,
}

/// The words of a title or a paragraph: no tags, references resolved, white space as single blanks.
pub(super) fn words(marked: &str) -> String {
    let mut plain = String::with_capacity(marked.len());
    let mut rest = marked;
    while let Some(at) = rest.find(['<', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((tag, after)) = tag(rest) {
            // A block ends a word, an inline element does not.
            if ["p", "br", "h4", "div", "li"].contains(&tag.trim_start_matches('/').trim_end_matches('/').trim()) {
                plain.push(' ');
            }
            rest = after;
        } else if let Some((character, after)) = reference(rest) {
            plain.push(character);
            rest = after;
        } else {
            // “p < 0.05” is no tag.
            plain.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An abstract in paragraphs: `<h4>Methods</h4>…` begins one.
pub(super) fn paragraphs(marked: &str) -> Vec<Paragraph> {
    let mut found = Vec::new();
    let (mut heading, mut rest) = (None, marked);
    loop {
        let next = rest.find("<h4>");
        let body = words(&rest[..next.unwrap_or(rest.len())]);
        if !body.is_empty() {
            found.push(Paragraph { heading: heading.take(), text: body });
        }
        let Some(at) = next else { return found };
        let after = &rest[at + "<h4>".len()..];
        let (title, body) = after.split_once("</h4>").unwrap_or((after, ""));
        let title = words(title);
        heading = Some(title.trim_end_matches([':', '.']).to_owned()).filter(|title| !title.is_empty());
        rest = body;
    }
}

/// The name of the tag that a text begins with, and what follows it.
fn tag(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('<')?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(())?;
    let (tag, after) = inner.split_once('>')?;
    // A tag of these texts is short and holds no other.
    (tag.len() < 200 && !tag.contains('<')).then(|| (tag.split(' ').next().unwrap_or(tag), after))
}

/// The character that a reference stands for.
fn reference(text: &str) -> Option<(char, &str)> {
    let (name, after) = text.strip_prefix('&')?.split_once(';')?;
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())?
        }
    };
    Some((character, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_go_and_comparisons_stay() {
        assert_eq!(
            words("<i>In vitro</i> H<sub>2</sub>O, p < 0.05 and p &lt; 0.01 &amp; &#945;"),
            "In vitro H2O, p < 0.05 and p < 0.01 & α"
        );
        assert_eq!(words("One.<br/>Two <p class=\"x\">three"), "One. Two three");
        assert_eq!(words("a <b and c&d; <"), "a <b and c&d; <");
    }

    #[test]
    fn headings_begin_paragraphs() {
        let found = paragraphs("Before. <h4>Methods:</h4>We <b>did</b>. <h4>Results</h4> It was.");
        let shown: Vec<_> = found.iter().map(|p| (p.heading.as_deref(), p.text.as_str())).collect();
        assert_eq!(shown, [(None, "Before."), (Some("Methods"), "We did."), (Some("Results"), "It was.")]);
        assert!(paragraphs("").is_empty());
    }

    proptest! {
        #[test]
        fn no_markup_is_too_strange(text in "[<>/&;#h4a1 é]{0,40}") {
            let _ = paragraphs(&text);
        }
    }
}
