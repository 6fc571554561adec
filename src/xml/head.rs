//! What a document begins with.

/// The name of the first element of a document that begins with `head`, its declaration, comments and document type passed
/// over; none where the head ends before it, or is no XML. Nothing is checked.
pub fn first_element(head: &str) -> Option<&str> {
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    loop {
        rest = rest.trim_start().strip_prefix('<')?;
        let end = match rest.as_bytes().first()? {
            b'?' => rest.find("?>")? + 2,
            b'!' if rest.starts_with("!--") => rest.find("-->")? + 3,
            b'!' => super::scan::tag_end(rest.as_bytes(), 0)?,
            _ => {
                let end = rest.find(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace())?;
                return Some(&rest[..end]).filter(|name| !name.is_empty());
            }
        };
        rest = &rest[end..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_element_is_found_behind_what_precedes_it() {
        let whole = "\u{feff}<?xml version='1.0'?>\n<!-- <a> --><!DOCTYPE b PUBLIC \"-//x>\" \"y\">\n<article dtd='1'>";
        assert_eq!(first_element(whole), Some("article"));
        assert_eq!(first_element("<a/>"), Some("a"));
        for none in ["", "words", "<", "<a", "<!-- ", "<?xml", "<!DOCTYPE a ", "< a>", "<>"] {
            assert_eq!(first_element(none), None, "{none}");
        }
    }
}
