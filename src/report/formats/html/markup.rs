//! Markup that no text can become.
//!
//! A tag, the name of an attribute and a style are words of the program (`&'static str`); everything else enters as text or as the
//! value of an attribute, and is escaped here and nowhere else. So a title that looks like markup is shown as it looks.

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use crate::model::DocumentId;
use crate::report::plain;

/// Attributes of an element: a word of the program, and its value.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Elements in the making.
#[derive(Debug, Default)]
pub(super) struct Markup {
    out: String,
    open: Vec<&'static str>,
}

impl Markup {
    /// Opens an element.
    pub(super) fn open(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.start(tag, attributes);
        self.open.push(tag);
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) {
        if let Some(tag) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(tag);
            self.out.push_str(">\n");
        }
    }

    /// An element without content.
    pub(super) fn void(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.start(tag, attributes);
    }

    /// An element that holds text alone.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) {
        self.start(tag, attributes);
        self.text(text);
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
    }

    /// Text, free of control characters and of marks that reorder it.
    pub(super) fn text(&mut self, text: &str) {
        escape(&plain(text), &mut self.out);
    }

    /// A link to where a document can be read, where its name tells that; else its name.
    pub(super) fn document(&mut self, id: &DocumentId) {
        match address(id) {
            Some(address) => self.leaf("a", &[("href", &address), ("rel", "noreferrer external")], id.as_str()),
            None => self.text(id.as_str()),
        }
    }

    /// What was made; whatever is open is closed.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn start(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(&plain(value), &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
    }
}

/// What a page is shown and worked with: words of the program.
pub(super) struct Page {
    /// Its style.
    pub(super) style: &'static str,
    /// Its script.
    pub(super) script: Option<&'static str>,
    /// Whether it has a form that sends a question to where the page came from.
    pub(super) asks: bool,
}

impl Page {
    /// The whole page: nothing but this style and this script is read or run, and nothing is sent but what its form asks.
    pub(super) fn finish(&self, title: &str, body: Markup) -> String {
        let (style, script) = (self.style, self.script);
        let script_policy = script.map_or_else(String::new, |script| format!("; script-src {}", digest(script)));
        // A form says which page it stands on, to its own server alone, so that questions from pages of elsewhere can be told apart.
        let (target, referrer) = if self.asks { ("'self'", "same-origin") } else { ("'none'", "no-referrer") };
        let policy = format!(
            "default-src 'none'; style-src {}{script_policy}; base-uri 'none'; form-action {target}",
            digest(style)
        );
        let mut head = Markup::default();
        head.void("meta", &[("charset", "utf-8")]);
        head.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
        head.void("meta", &[("name", "referrer"), ("content", referrer)]);
        head.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
        head.void("meta", &[("name", "generator"), ("content", concat!("litmine ", env!("CARGO_PKG_VERSION")))]);
        head.leaf("title", &[], title);
        let script = script.map_or_else(String::new, |script| format!("<script>{script}</script>\n"));
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n{}\n<style>{style}</style>\n</head>\n<body>\n{}{script}</body>\n</html>\n",
            head.finish(),
            body.finish()
        )
    }
}

/// What a policy calls a style or a script by.
fn digest(text: &str) -> String {
    format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

/// Where a document can be read.
pub(super) fn address(id: &DocumentId) -> Option<String> {
    let (scheme, value) = id.as_str().split_once(':')?;
    let mut encoded = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    match scheme {
        "PMID" => Some(format!("https://pubmed.ncbi.nlm.nih.gov/{encoded}/")),
        "PMCID" => Some(format!("https://pmc.ncbi.nlm.nih.gov/articles/{encoded}/")),
        "DOI" => Some(format!("https://doi.org/{encoded}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 6] = [
        "</title><script>alert(1)</script>",
        "\" onmouseover=\"alert(1)",
        "' autofocus onfocus='alert(1)",
        "</script><img src=x onerror=alert(1)>",
        "<!-- --><![CDATA[ ]]>&lt;b&gt;",
        "javascript:alert(1)\u{202e}\u{0}",
    ];

    #[test]
    fn no_text_becomes_markup() {
        for text in HOSTILE {
            let mut body = Markup::default();
            body.leaf("p", &[("title", text)], text);
            let shown = Page { style: "p{}", script: None, asks: false }.finish(text, body);
            let tags: Vec<&str> = shown.split('<').skip(1).filter_map(|rest| rest.split(['>', ' ']).next()).collect();
            let ours = ["!DOCTYPE", "html", "head", "meta", "title", "/title", "style", "/style", "/head", "body", "p"];
            let closing = ["/p", "/body", "/html"];
            for tag in &tags {
                let tag = tag.trim();
                assert!(ours.contains(&tag) || closing.contains(&tag), "{tag} from {text}");
            }
            let p = shown.split("<p title=\"").nth(1).unwrap();
            let (value, _) = p.split_once('"').unwrap();
            assert!(!value.contains('\'') && !value.contains('<'), "{value}");
        }
    }

    #[test]
    fn a_link_leads_nowhere_else() {
        let id: DocumentId = "DOI:10.1/x?y#z".parse().unwrap();
        assert_eq!(address(&id).unwrap(), "https://doi.org/10.1/x%3Fy%23z");
        assert_eq!(address(&DocumentId::pmid(7)).unwrap(), "https://pubmed.ncbi.nlm.nih.gov/7/");
    }
}
