//! The lines of OBO.

/// How near a synonym is to its term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Exact,
    Other,
}

/// The value of a `synonym` line: `"text" SCOPE TYPE [references]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Synonym {
    pub(super) text: String,
    pub(super) scope: Scope,
    pub(super) abbreviation: bool,
    pub(super) deprecated: bool,
}

/// A line's tag and its value.
pub(super) fn tag(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    (!name.is_empty() && !name.contains(char::is_whitespace)).then(|| (name, value.trim()))
}

/// The first word of a value: an id without the comment and the qualifiers behind it.
pub(super) fn plain(value: &str) -> &str {
    value.split_whitespace().next().unwrap_or_default()
}

/// Whether a cross-reference means the same thing: one whose source is given must say so.
pub(super) fn is_equivalent(value: &str) -> bool {
    match value.split_once('{') {
        Some((_, qualifiers)) if qualifiers.contains("MONDO:") => qualifiers.contains("MONDO:equivalentTo"),
        _ => true,
    }
}

/// A text without its escapes.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 't' | 'W') => plain.push(' '),
                Some(other) => plain.push(other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain.trim().to_owned()
}

/// The id of OMIM that a reference names: `OMIM:312080`.
pub(super) fn omim(reference: &str) -> Option<String> {
    let number = reference.strip_prefix("OMIM:").or_else(|| reference.strip_prefix("MIM:"))?;
    (number.len() == 6 && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("OMIM:{number}"))
}

impl Synonym {
    /// Reads the value; the error says what is wrong with it.
    pub(super) fn read(value: &str) -> Result<Self, &'static str> {
        let quoted = value.strip_prefix('"').ok_or("a synonym without quotation marks")?;
        let end = closing(quoted).ok_or("a synonym whose quotation mark is not closed")?;
        let (text, rest) = (&quoted[..end], &quoted[end + 1..]);
        let words = rest.split('[').next().unwrap_or_default().to_ascii_uppercase();
        let mut words = words.split_whitespace();
        let scope = match words.next() {
            Some("EXACT") => Scope::Exact,
            Some("RELATED" | "BROAD" | "NARROW") => Scope::Other,
            // Without a scope a synonym is a related one.
            None => Scope::Other,
            Some(_) => return Err("a synonym of a scope that does not exist"),
        };
        let kind = words.next().unwrap_or_default();
        Ok(Self {
            text: unescape(text),
            scope,
            abbreviation: kind.contains("ABBREVIATION") || kind.contains("ACRONYM"),
            deprecated: kind.contains("DEPRECATED"),
        })
    }
}

/// Where the quotation mark stands that closes a text.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_in_every_dialect() {
        let read = |value| Synonym::read(value).unwrap();
        let doid = read("\"cardiac failure \" EXACT [SNOMEDCT_2005_07_31:84114007]");
        assert_eq!((doid.text.as_str(), doid.scope, doid.abbreviation), ("cardiac failure", Scope::Exact, false));
        assert!(read("\"HF\" EXACT ABBREVIATION [DOID:6000]").abbreviation);
        assert!(read("\"HF\" EXACT abbreviation []").abbreviation);
        assert!(read("\"old\" EXACT DEPRECATED []").deprecated);
        assert_eq!(read("\"weak heart\" EXACT layperson []").scope, Scope::Exact);
        assert_eq!(read("\"heart trouble\" RELATED []").scope, Scope::Other);
        assert_eq!(read("\"say \\\"ah\\\" sign\" EXACT []").text, "say \"ah\" sign");
        assert!(Synonym::read("cardiac failure EXACT []").is_err());
        assert!(Synonym::read("\"cardiac failure EXACT []").is_err());
        assert!(Synonym::read("\"cardiac failure\" NEARLY []").is_err());
    }

    #[test]
    fn references_to_omim_are_known() {
        assert_eq!(omim("OMIM:312080").as_deref(), Some("OMIM:312080"));
        assert_eq!(omim("OMIM:PS300000"), None);
        assert_eq!(omim("MSH:D006333"), None);
    }

    #[test]
    fn a_reference_with_a_source_must_say_that_it_is_equivalent() {
        assert!(is_equivalent("MSH:D006333"));
        assert!(is_equivalent("MESH:D006333 {source=\"DOID:6000\", source=\"MONDO:equivalentTo\"}"));
        assert!(!is_equivalent("MESH:D006333 {source=\"MONDO:relatedTo\"}"));
    }
}
