//! PubMed's query language: text to tokens (`lexer`), to a syntax tree (`parser`, `syntax`), to a query of the index
//! (`translate`).
//!
//! How a query is read:
//!
//! - `AND`, `OR`, `NOT` in upper case are applied from left to right; two terms with nothing between are joined by AND;
//! - `"…"` is a phrase; words before a tag are one phrase too: `heart failure[tiab]` is `"heart failure"[tiab]`;
//! - `word*` stands for every word of the index that begins so; the expansion is complete, or an error that says the limit;
//! - `[mh]` counts narrower headings too, `[mh:noexp]` does not;
//! - untagged words in a row are each looked for in all fields, and each must be there. A mapping of terms to headings
//!   belongs where [`Expression::Words`] is translated;
//! - dates in `[dp]` and its like are `YYYY`, `YYYY/MM` or `YYYY/MM/DD`, or two of them with a colon between. A document
//!   whose date is known only to the month or the year is found wherever its date may lie.

mod error;
mod expand;
mod fields;
mod headings;
mod lexer;
mod parser;
mod ranking;
mod syntax;
mod translate;

pub use error::{Fault, QueryError};
pub use fields::{Field, Filter};
pub use headings::{Headings, NoHeadings};
pub use parser::parse;
pub use syntax::{Expression, Node, Operator, Range, Tag, Term, Word};
pub(super) use translate::Translator;

#[cfg(test)]
mod tests;
