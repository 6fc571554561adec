//! The nouns of litmine, without any input or output: what a paper is, what it says, and how sure we are.
//!
//! Everything shown to a person is a [`Span`] of a [`Document`]'s text; everything derived from a
//! document hangs on one of its versions. All offsets count Unicode code points.

mod accuracy;
mod annotation;
mod card;
mod concept;
mod date;
mod document;
mod effect;
mod evidence;
mod finding;
mod flag;
mod identifier;
mod mention;
mod passage;
mod population;
mod span;
mod statement;
mod study;
mod union;

pub use accuracy::{Accuracy, AccuracyCounts};
pub use annotation::{Abbreviation, Annotation, Foreign, Outcome, Sentence, SentenceRole};
pub use card::{Bearing, Card, FindingCard, PeopleGroup, Place, Use};
pub use concept::{Concept, ConceptId, ConceptType};
pub use date::{ParseDateError, PartialDate};
pub use document::{
    Author, Document, DocumentKind, Heading, Indexing, Journal, Qualifier, Reference, Relation, RelationKind,
    Substance, SubstanceRole, Term,
};
pub use effect::{Effect, Interval, Measure, PValue, PValueOperator};
pub use evidence::{EvidenceLevel, StudyDesign};
pub use finding::{Direction, Favours, Finding, Link, LinkReason, LinkSide, Slot, Subject};
pub use flag::{Flag, FlagKind};
pub use identifier::{DocumentId, Identifiers, ParseDocumentIdError};
pub use mention::{Mention, MentionRole};
pub use passage::{CitationMark, Licence, Passage};
pub use population::{AgeRange, Bound, Criterion, Polarity, Population};
pub use span::{Span, TextIndex};
pub use statement::{Nature, Statement, in_force};
pub use study::{SampleSize, SampleSizeKind, Study};
pub use union::SourceRecord;
