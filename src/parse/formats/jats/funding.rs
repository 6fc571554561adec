//! `funding-group`: grants.

use super::Read;
use super::prose::{plain, whole};
use crate::model::Document;
use crate::xml::{Cursor, Element};

/// Adds each award as its number and its agency.
pub(super) fn group<'x>(cursor: &mut Cursor<'x>, element: &Element<'x>, document: &mut Document) -> Read {
    while let Some(part) = cursor.child(element)? {
        if part.name() != "award-group" {
            continue;
        }
        let (mut numbers, mut agencies) = (Vec::new(), Vec::new());
        while let Some(field) = cursor.child(&part)? {
            match field.name() {
                "award-id" => numbers.push(plain(cursor, &field)?),
                "funding-source" => agencies.push(whole(cursor, &field)?.0),
                _ => {}
            }
        }
        let agency = agencies.join("; ");
        if numbers.is_empty() {
            numbers.push(String::new());
        }
        for number in numbers {
            let grant = (number, agency.clone());
            if grant != (String::new(), String::new()) && !document.grants.contains(&grant) {
                document.grants.push(grant);
            }
        }
    }
    Ok(())
}
