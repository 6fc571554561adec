//! `permissions`: whose it is, and on what terms it may be used.

use super::Read;
use super::prose::{some_plain, whole};
use crate::model::{Document, Licence};
use crate::xml::{Cursor, Element, Node};

pub(super) fn permissions(cursor: &mut Cursor<'_>, element: &Element<'_>, document: &mut Document) -> Read {
    while let Some(part) = cursor.child(element)? {
        match part.local_name() {
            "copyright-statement" => document.copyright = some_plain(cursor, &part)?.or(document.copyright.take()),
            "license" => {
                let licence = licence(cursor, &part)?;
                // Of several, the one whose terms are known.
                let better = document.licence.as_ref().is_none_or(|held| held.code.is_none() && licence.code.is_some());
                if better && licence != Licence::default() {
                    document.licence = Some(licence);
                }
            }
            "license_ref" => {
                let url = some_plain(cursor, &part)?;
                if let Some(url) = url.filter(|_| document.licence.is_none()) {
                    document.licence = Some(Licence { code: code(&url), url: Some(url), text: None });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn licence<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>) -> Read<Licence> {
    let mut addresses: Vec<String> = element.attribute("xlink:href")?.map(|url| url.into_owned()).into_iter().collect();
    let mut text = String::new();
    while let Some(part) = cursor.child(element)? {
        if part.local_name() == "license_ref" {
            addresses.extend(some_plain(cursor, &part)?);
            continue;
        }
        addresses.extend(links(cursor, &part, &mut text)?);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let known = addresses.iter().position(|url| code(url).is_some());
    let url = known.or((!addresses.is_empty()).then_some(0)).map(|at| addresses.swap_remove(at));
    Ok(Licence { code: url.as_deref().and_then(code), url, text: Some(text).filter(|text| !text.is_empty()) })
}

/// Adds the words of a licence's paragraph to `text`, and gives the addresses it links to.
fn links<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>, text: &mut String) -> Read<Vec<String>> {
    let mut found = Vec::new();
    text.push(' ');
    while let Some(node) = cursor.node(element)? {
        match node {
            Node::Text(words) => text.push_str(&words),
            Node::Element(part) if matches!(part.name(), "ext-link" | "uri") => {
                let url = part.attribute("xlink:href")?.map(|url| url.into_owned());
                let words = whole(cursor, &part)?.0;
                text.push_str(&words);
                found.extend(url.or(Some(words)).filter(|url| url.starts_with("http")));
            }
            Node::Element(part) => found.extend(links(cursor, &part, text)?),
        }
    }
    Ok(found)
}

/// The short name of one of Creative Commons' licences, by its address.
fn code(url: &str) -> Option<String> {
    let lower = url.to_ascii_lowercase();
    let (_, path) = lower.split_once("creativecommons.org/")?;
    let mut parts = path.split(['/', '?', '#']).filter(|part| !part.is_empty());
    let (kind, name) = (parts.next()?, parts.next()?);
    let version = parts.next().filter(|version| version.starts_with(|c: char| c.is_ascii_digit()));
    let name = match (kind, name) {
        ("publicdomain", "zero") => "CC0".to_owned(),
        ("publicdomain", _) => "Public domain".to_owned(),
        ("licenses", name) if name.split('-').all(|part| matches!(part, "by" | "nc" | "nd" | "sa")) => {
            format!("CC {}", name.to_ascii_uppercase())
        }
        _ => return None,
    };
    Some(version.map_or_else(|| name.clone(), |version| format!("{name} {version}")))
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn addresses_of_creative_commons_name_their_licence() {
        let known = [
            ("http://creativecommons.org/licenses/by/2.0", "CC BY 2.0"),
            ("https://creativecommons.org/licenses/by-nc-nd/4.0/legalcode", "CC BY-NC-ND 4.0"),
            ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
            ("https://creativecommons.org/licenses/by/", "CC BY"),
        ];
        for (url, name) in known {
            assert_eq!(code(url).as_deref(), Some(name));
        }
        for url in [
            "https://example.org/licenses/by/4.0",
            "https://creativecommons.org/",
            "https://creativecommons.org/about/x",
        ] {
            assert_eq!(code(url), None, "{url}");
        }
    }
}
