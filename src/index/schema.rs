//! The fields of the index.
//!
//! Three kinds: text for exact searches (words in order, not stemmed), names (one normalised name a value), and text for
//! ranking (stems, no order). Dates are `YYYYMMDD` as a number, each as the first and the last day that it may be.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

use super::{analyzers, sentences};

/// The first and the last day that a date may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct DateFields {
    pub(super) from: Field,
    pub(super) to: Field,
}

/// Handles of the fields.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// The document's id, the only thing stored.
    pub(super) id: Field,
    /// A number by which documents of equal rank are put in order; see `document::tie`.
    pub(super) tie: Field,

    pub(super) title: Field,
    pub(super) r#abstract: Field,
    pub(super) full_text: Field,
    pub(super) vernacular_title: Field,
    pub(super) keywords: Field,
    /// The words of headings, their qualifiers and publication types.
    pub(super) heading_words: Field,
    pub(super) substance_words: Field,
    pub(super) author_words: Field,
    pub(super) investigator_words: Field,
    pub(super) collective_words: Field,
    pub(super) affiliations: Field,
    pub(super) conflict_of_interest: Field,
    /// The title of the book that the document is or stands in.
    pub(super) book: Field,
    pub(super) publisher: Field,

    /// Headings, by id and by name.
    pub(super) headings: Field,
    /// Headings that are, or have a qualifier that is, a main topic.
    pub(super) major_headings: Field,
    /// `heading/qualifier`, the heading by id and by name.
    pub(super) qualified_headings: Field,
    /// `heading/qualifier` where one of the two is a main topic.
    pub(super) major_qualified_headings: Field,
    pub(super) qualifiers: Field,
    /// Publication types, by id and by name.
    pub(super) publication_types: Field,
    /// Substances, by id and by name.
    pub(super) substances: Field,
    pub(super) registry_numbers: Field,
    /// Authors as `last name|initials`.
    pub(super) authors: Field,
    pub(super) first_author: Field,
    pub(super) last_author: Field,
    pub(super) investigators: Field,
    /// People whom the document is about, as `last name|initials`.
    pub(super) people: Field,
    pub(super) editors: Field,
    pub(super) author_identifiers: Field,
    /// Title, abbreviation, ISSN and NLM id of the journal.
    pub(super) journal: Field,
    /// The journal's abbreviation as written, else its title: one name a document, to be counted by.
    pub(super) journal_name: Field,
    /// Where the journal is published.
    pub(super) country: Field,
    pub(super) volume: Field,
    pub(super) issue: Field,
    pub(super) pages: Field,
    pub(super) languages: Field,
    /// DOI, PMCID and the like, in lower case.
    pub(super) identifiers: Field,
    /// Numbers of books, digits alone.
    pub(super) isbn: Field,
    /// Registrations and accessions: the number, and `bank/number`.
    pub(super) accessions: Field,
    pub(super) grants: Field,
    pub(super) subsets: Field,
    /// Flags, and what a record has: `has-abstract`, `has-headings`, `in-pmc`.
    pub(super) flags: Field,
    pub(super) design: Field,
    /// The level of evidence by its name.
    pub(super) level: Field,
    /// The level's rank, best 0, for sorting.
    pub(super) level_rank: Field,

    pub(super) published: DateFields,
    pub(super) published_electronically: DateFields,
    pub(super) entered: DateFields,
    pub(super) created: DateFields,
    pub(super) headings_given: DateFields,
    pub(super) revised: DateFields,
    pub(super) completed: DateFields,

    /// Where each sentence begins; see `sentences`.
    pub(super) sentences: Field,
    /// Title and abstract together.
    pub(super) ranking_text: Field,
    pub(super) ranking_title: Field,
    pub(super) ranking_headings: Field,
    /// The sections of the full text.
    pub(super) ranking_full_text: Field,
}

impl Fields {
    pub(super) fn new() -> Self {
        let mut builder = Schema::builder();
        let b = &mut builder;
        let number = || NumericOptions::default().set_fast();
        let id = b.add_text_field("id", STRING | STORED);
        let tie = b.add_u64_field("tie", number());
        let fields = Self {
            id,
            tie,
            title: text(b, "title"),
            r#abstract: text(b, "abstract"),
            full_text: text(b, "full_text"),
            vernacular_title: text(b, "vernacular_title"),
            keywords: text(b, "keywords"),
            heading_words: text(b, "heading_words"),
            substance_words: text(b, "substance_words"),
            author_words: text(b, "author_words"),
            investigator_words: text(b, "investigator_words"),
            collective_words: text(b, "collective_words"),
            affiliations: text(b, "affiliations"),
            conflict_of_interest: text(b, "conflict_of_interest"),
            book: text(b, "book"),
            publisher: text(b, "publisher"),
            headings: name(b, "headings"),
            major_headings: name(b, "major_headings"),
            qualified_headings: name(b, "qualified_headings"),
            major_qualified_headings: name(b, "major_qualified_headings"),
            qualifiers: name(b, "qualifiers"),
            publication_types: name(b, "publication_types"),
            substances: name(b, "substances"),
            registry_numbers: name(b, "registry_numbers"),
            authors: name(b, "authors"),
            first_author: name(b, "first_author"),
            last_author: name(b, "last_author"),
            investigators: name(b, "investigators"),
            people: name(b, "people"),
            editors: name(b, "editors"),
            author_identifiers: name(b, "author_identifiers"),
            journal: name(b, "journal"),
            journal_name: name(b, "journal_name"),
            country: name(b, "country"),
            volume: name(b, "volume"),
            issue: name(b, "issue"),
            pages: name(b, "pages"),
            languages: name(b, "languages"),
            identifiers: name(b, "identifiers"),
            isbn: name(b, "isbn"),
            accessions: name(b, "accessions"),
            grants: name(b, "grants"),
            subsets: name(b, "subsets"),
            flags: name(b, "flags"),
            design: name(b, "design"),
            level: name(b, "level"),
            level_rank: b.add_u64_field("level_rank", number()),
            published: dates(b, "published"),
            published_electronically: dates(b, "published_electronically"),
            entered: dates(b, "entered"),
            created: dates(b, "created"),
            headings_given: dates(b, "headings_given"),
            revised: dates(b, "revised"),
            completed: dates(b, "completed"),
            sentences: b.add_u64_field(sentences::COLUMN, number()),
            ranking_text: ranking(b, "ranking_text"),
            ranking_title: ranking(b, "ranking_title"),
            ranking_headings: ranking(b, "ranking_headings"),
            ranking_full_text: ranking(b, "ranking_full_text"),
            schema: SchemaBuilder::default().build(),
        };
        Self { schema: builder.build(), ..fields }
    }

    /// The fields of `[tw]`.
    pub(super) fn text_words(&self) -> [Field; 7] {
        [
            self.title,
            self.r#abstract,
            self.full_text,
            self.vernacular_title,
            self.keywords,
            self.heading_words,
            self.substance_words,
        ]
    }

    /// The fields of `[all]` that hold running text.
    pub(super) fn all_words(&self) -> [Field; 10] {
        let [a, b, c, d, e, f, g] = self.text_words();
        [a, b, c, d, e, f, g, self.author_words, self.collective_words, self.affiliations]
    }

    /// The dates that `[dp]` means: of the issue and of the electronic version.
    pub(super) fn publication_dates(&self) -> [DateFields; 2] {
        [self.published, self.published_electronically]
    }
}

fn text(builder: &mut SchemaBuilder, name: &str) -> Field {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(analyzers::EXACT)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions)
        .set_fieldnorms(false);
    builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

fn ranking(builder: &mut SchemaBuilder, name: &str) -> Field {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(analyzers::RANKING)
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

fn name(builder: &mut SchemaBuilder, name: &str) -> Field {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

fn dates(builder: &mut SchemaBuilder, name: &str) -> DateFields {
    let number = || NumericOptions::default().set_fast();
    DateFields {
        from: builder.add_u64_field(&format!("{name}_from"), number()),
        to: builder.add_u64_field(&format!("{name}_to"), number()),
    }
}
