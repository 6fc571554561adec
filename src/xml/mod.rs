//! XML as the literature's registries write it: long files of short records.
//!
//! Two halves. [`RecordSplitter`] walks a stream of any length and hands over one record at a time, as the bytes it stood
//! in; [`Cursor`] reads one such record by pulling its elements. Only this module knows quick-xml.
//!
//! What both guarantee: memory is bounded by the longest record allowed; entities are never expanded beyond the five
//! predefined ones and character references, and a document type with an internal subset, where others could be declared,
//! is refused; nothing within text is trimmed or lost (`p &lt; 0.05` reads `p < 0.05`); every error has its place.

mod cursor;
mod error;
mod head;
mod scan;
mod splitter;

pub use cursor::{Cursor, Element, Node, Piece};
pub use error::XmlError;
pub use head::first_element;
pub use splitter::{Limits, Part, RecordSplitter};
