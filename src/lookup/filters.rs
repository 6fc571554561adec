//! Which studies and findings count, and in which order studies are listed.

use serde::Serialize;

use crate::model::{DocumentId, EvidenceLevel, StudyDesign};

/// In which order studies are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Best evidence first.
    #[default]
    Evidence,
    /// Best fit to the question first.
    Relevance,
    /// Newest first.
    Date,
    /// Most participants first.
    Size,
}

/// Which studies and findings count. What is not known passes no filter that asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Filters {
    /// Designs; empty for all.
    pub designs: Vec<StudyDesign>,
    /// This level of evidence or a better one.
    pub level: Option<EvidenceLevel>,
    /// The first year of publication.
    pub from_year: Option<u16>,
    /// The last year of publication.
    pub to_year: Option<u16>,
    /// The fewest participants.
    pub least_participants: Option<u64>,
    /// Only findings whose numbers agree with each other.
    pub consistent: bool,
    /// Documents that are left out, and with each its study.
    pub without: Vec<DocumentId>,
    /// In which order studies are listed.
    pub order: Order,
}

impl Filters {
    /// Whether a study with these marks counts.
    pub(super) fn admit(
        &self,
        design: Option<StudyDesign>,
        level: Option<EvidenceLevel>,
        year: Option<u16>,
        participants: Option<u64>,
    ) -> bool {
        let design = self.designs.is_empty() || design.is_some_and(|design| self.designs.contains(&design));
        let level = self.level.is_none_or(|least| level.is_some_and(|level| level <= least));
        let from = self.from_year.is_none_or(|from| year.is_some_and(|year| year >= from));
        let to = self.to_year.is_none_or(|to| year.is_some_and(|year| year <= to));
        let size = self.least_participants.is_none_or(|least| participants.is_some_and(|n| n >= least));
        design && level && from && to && size
    }

    /// What is filtered by, in words; empty where nothing is.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if !self.designs.is_empty() {
            words.push(self.designs.iter().map(|design| design.label()).collect::<Vec<_>>().join(" or "));
        }
        if let Some(level) = self.level {
            words.push(format!("level {level} or better"));
        }
        match (self.from_year, self.to_year) {
            (Some(from), Some(to)) if from == to => words.push(format!("published {from}")),
            (Some(from), Some(to)) => words.push(format!("published {from} to {to}")),
            (Some(from), None) => words.push(format!("published {from} or later")),
            (None, Some(to)) => words.push(format!("published {to} or earlier")),
            (None, None) => {}
        }
        if let Some(least) = self.least_participants {
            words.push(format!("at least {least} participants"));
        }
        if self.consistent {
            words.push("findings whose numbers agree".to_owned());
        }
        if !self.without.is_empty() {
            let ids: Vec<String> = self.without.iter().map(ToString::to_string).collect();
            words.push(format!("without the study of {}", ids.join(", ")));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_passes_no_filter() {
        let all = Filters::default();
        assert!(all.admit(None, None, None, None) && all.words().is_empty());
        let level = Filters { level: Some(EvidenceLevel::L2b), ..Filters::default() };
        assert!(level.admit(None, Some(EvidenceLevel::L1a), None, None));
        assert!(!level.admit(None, Some(EvidenceLevel::L4), None, None) && !level.admit(None, None, None, None));
        let years = Filters { from_year: Some(2010), to_year: Some(2012), ..Filters::default() };
        let admitted: Vec<u16> = (2008..2015).filter(|year| years.admit(None, None, Some(*year), None)).collect();
        assert_eq!(admitted, [2010, 2011, 2012]);
        assert!(!years.admit(None, None, None, None));
    }
}
