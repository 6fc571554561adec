//! How the documents of a query are spread over years, journals, publication types, headings, designs and levels.

use std::collections::HashMap;

use super::query::{self, Known, Unit};
use super::searcher::Searcher;
use super::{IndexError, SearchRequest};
use crate::model::ConceptId;

/// What documents are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// The year of publication.
    Year,
    /// The journal, by its abbreviation where it has one.
    Journal,
    /// The publication type.
    PublicationType,
    /// The heading.
    Mesh,
    /// The design of the study.
    Design,
    /// The level of evidence.
    Level,
}

impl Facet {
    /// Every facet.
    pub const ALL: [Self; 6] =
        [Self::Year, Self::Journal, Self::PublicationType, Self::Mesh, Self::Design, Self::Level];

    /// The name as typed and as printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Journal => "journal",
            Self::PublicationType => "pt",
            Self::Mesh => "mesh",
            Self::Design => "design",
            Self::Level => "level",
        }
    }

    /// The facet of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.name() == name)
    }
}

/// A value and how many documents have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// How many.
    pub count: u64,
}

impl Searcher {
    /// The values of a facet among the documents of a query, the commonest first; years from the latest on. A document
    /// without a value counts nowhere, one with several everywhere.
    ///
    /// # Errors
    /// Those of [`Searcher::search`].
    pub fn facet(&self, request: &SearchRequest<'_>, facet: Facet) -> Result<Vec<FacetCount>, IndexError> {
        let request = SearchRequest { unit: Unit::Document, ..*request };
        let reading = self.read(&query::parse(request.query)?, &request)?;
        let known = query::evaluate(&self.searcher, &self.fields, &reading.plan, Unit::Document)?;
        let fields = &self.fields;
        let counts = match facet {
            Facet::Year => return self.years(&known),
            Facet::Journal => self.frequencies(fields.journal_name, &known, |_| true)?,
            Facet::PublicationType => self.named(fields.publication_types, &known, &request)?,
            Facet::Mesh => self.named(fields.headings, &known, &request)?,
            Facet::Design => self.frequencies(fields.design, &known, |_| true)?,
            Facet::Level => self.frequencies(fields.level, &known, |_| true)?,
        };
        let mut counts: Vec<FacetCount> =
            counts.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
        counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        Ok(counts)
    }

    /// Controlled terms by the names that the vocabulary gives them; those without an id by their own.
    fn named(
        &self,
        field: tantivy::schema::Field,
        known: &Known,
        request: &SearchRequest<'_>,
    ) -> Result<HashMap<String, u64>, IndexError> {
        let is_id = |term: &str| {
            term.len() > 6 && term.starts_with(['d', 'c']) && term.bytes().skip(1).all(|b| b.is_ascii_digit())
        };
        let counts = self.frequencies(field, known, |term| is_id(term) || term.starts_with('='))?;
        let mut named: HashMap<String, u64> = HashMap::new();
        for (key, count) in counts {
            let name = match key.strip_prefix('=') {
                Some(name) => name.to_owned(),
                None => {
                    let id = ConceptId::mesh(&key.to_uppercase());
                    request.headings.name(&id).map_or_else(|| key.to_uppercase(), |name| name.to_lowercase())
                }
            };
            *named.entry(name).or_default() += count;
        }
        Ok(named)
    }

    fn years(&self, known: &Known) -> Result<Vec<FacetCount>, IndexError> {
        let mut counts: HashMap<u64, u64> = HashMap::new();
        for reader in self.searcher.segment_readers() {
            let Some((_, set)) = known.sets.iter().find(|(id, _)| *id == reader.segment_id()) else { continue };
            let columns = reader.fast_fields();
            let name = |field| reader.schema().get_field_name(field);
            let issue = columns.column_opt::<u64>(name(self.fields.published.from))?;
            let electronic = columns.column_opt::<u64>(name(self.fields.published_electronically.from))?;
            for document in set.iter() {
                let first =
                    |column: &Option<tantivy::columnar::Column<u64>>| column.as_ref().and_then(|c| c.first(document));
                if let Some(day) = first(&issue).or_else(|| first(&electronic)) {
                    *counts.entry(day / 10_000).or_default() += 1;
                }
            }
        }
        let mut counts: Vec<(u64, u64)> = counts.into_iter().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        Ok(counts.into_iter().map(|(year, count)| FacetCount { value: year.to_string(), count }).collect())
    }
}
