//! The formats: one folder and one line of [`ALL`] each.

mod html;
mod json;
mod markdown;
mod table;

use super::Renderer;

/// Every format.
pub const ALL: &[&dyn Renderer] = &[&table::Table, &json::Json, &markdown::Markdown, &html::Html];

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Renderer> {
    ALL.iter().copied().find(|renderer| renderer.name() == name)
}
