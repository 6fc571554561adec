//! PubMed's query language: text to tokens (`lexer`), to a syntax tree (`parser`, `syntax`), to the same language with every
//! term tagged (`translate`), to a plan of what to read in the index (`compile`, `plan`), to sets (`evaluate`).
//!
//! How a query is read, after PubMed's user guide (pubmed.ncbi.nlm.nih.gov/help):
//!
//! - `AND`, `OR`, `NOT` in upper case are applied from left to right; two terms with nothing between are joined by AND. In
//!   lower case they are operators only among untagged words, outside what is recognised as a name, and a note says so;
//! - `"…"` is a phrase; words before a tag are one phrase too: `heart failure[tiab]` is `"heart failure"[tiab]`. A phrase is
//!   its words side by side: there is no list of phrases that could lack it;
//! - `word*` stands for every word of the index that begins so; the expansion is complete, or an error that says the limit;
//! - `"a b"[tiab:~3]` finds the words in any order with at most three others between;
//! - `[mh]` counts narrower headings too, `[mh:noexp]` does not; subheadings have a tree of their own (`subheadings.txt`);
//! - untagged words are mapped: see `translate`;
//! - dates in `[dp]` and its like are `YYYY`, `YYYY/MM` or `YYYY/MM/DD`, two of them with a colon between, or `last 5 years`.
//!   A document whose date is known only to the month or the year is found wherever its date may lie;
//! - a name before `[filter]` stands for a set or for a published query (`filters.tsv`);
//! - `#1` is what the first line of a strategy found (`strategy`).

mod bits;
mod compile;
mod dates;
mod error;
mod evaluate;
mod expand;
mod explain;
mod fields;
mod filters;
mod headings;
mod lexer;
mod loosen;
mod parser;
pub(super) mod plan;
pub(super) mod positions;
mod ranking;
mod strategy;
mod subheadings;
mod syntax;
mod translate;

pub(super) use bits::Known;
pub(super) use compile::Compiler;
pub use error::{Fault, QueryError};
pub use evaluate::Unit;
pub(super) use evaluate::evaluate;
pub(super) use explain::Explainer;
pub use explain::{Branch, Clause, Cost, Explanation, Unmatched};
pub use fields::Field;
pub use filters::{Filter, NamedQuery};
pub use headings::{Headings, NoHeadings};
pub use loosen::{Step, steps};
pub use parser::parse;
pub(super) use ranking::{any_of, asked_words, stems};
pub use strategy::{Line, StrategyError, read_strategy};
pub use syntax::{Expression, Node, Operator, Range, Tag, Term, Word};
pub(super) use translate::{Names, Translator};

#[cfg(test)]
mod tests;
