//! What somebody else than its own record says of a paper: that it was retracted, corrected, doubted.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{DocumentId, Flag, FlagKind, PartialDate};

/// What a statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// The paper was retracted.
    Retraction,
    /// A retraction of it was taken back.
    Reinstatement,
    /// Its publisher doubts it.
    ExpressionOfConcern,
    /// It was corrected.
    Correction,
}

/// A statement about a paper, which the corpus may hold, or may come to hold later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Who says it: the record of a register (`RW:123`).
    pub said_by: DocumentId,
    /// The paper, by its PMID.
    pub pmid: Option<u64>,
    /// The paper, by its DOI in its one form.
    pub doi: Option<String>,
    /// What is said.
    pub nature: Nature,
    /// The day of the notice.
    pub dated: PartialDate,
    /// The notice, where it has an id that is not the paper's own.
    pub notice: Option<DocumentId>,
    /// The reasons that are given.
    pub reasons: Option<String>,
}

impl Statement {
    /// The flags that it raises, of this kind: one for each identifier of the paper, which a document may carry alone.
    pub fn flags(&self, kind: FlagKind) -> Vec<Flag> {
        let by_doi = self.doi.as_deref().and_then(|doi| DocumentId::other("DOI", doi).ok());
        let citation = match &self.reasons {
            Some(reasons) => format!("{}: {reasons}", self.dated),
            None => self.dated.to_string(),
        };
        let flag = |target: DocumentId| Flag {
            target,
            kind,
            said_by: self.said_by.clone(),
            notice: self.notice.clone(),
            citation: Some(citation.clone()),
        };
        self.pmid.map(DocumentId::pmid).into_iter().chain(by_doi).map(flag).collect()
    }
}

/// Which flag each statement raises, all of them considered: of the retractions and reinstatements of a paper the newest decides,
/// and a retraction on the day of a reinstatement stands. None: it raises none.
pub fn in_force(statements: &[Statement]) -> Vec<Option<FlagKind>> {
    let papers = papers(statements);
    let mut reinstated: HashMap<usize, PartialDate> = HashMap::new();
    for (statement, paper) in statements.iter().zip(&papers) {
        if statement.nature == Nature::Reinstatement {
            let newest = reinstated.entry(*paper).or_insert(statement.dated);
            *newest = statement.dated.max(*newest);
        }
    }
    let kind = |(statement, paper): (&Statement, &usize)| match statement.nature {
        Nature::Retraction => {
            let overruled = reinstated.get(paper).is_some_and(|reinstated| *reinstated > statement.dated);
            (!overruled).then_some(FlagKind::Retracted)
        }
        Nature::Reinstatement => None,
        Nature::ExpressionOfConcern => Some(FlagKind::OfConcern),
        Nature::Correction => Some(FlagKind::Corrected),
    };
    statements.iter().zip(&papers).map(kind).collect()
}

/// For each statement a number that it shares with all that speak of the same paper: by PMID, by DOI, or by a third that has both.
fn papers(statements: &[Statement]) -> Vec<usize> {
    fn root(parents: &mut [usize], mut n: usize) -> usize {
        while parents[n] != n {
            parents[n] = parents[parents[n]];
            n = parents[n];
        }
        n
    }
    let mut parents: Vec<usize> = (0..statements.len()).collect();
    let (mut by_pmid, mut by_doi) = (HashMap::new(), HashMap::new());
    for (n, statement) in statements.iter().enumerate() {
        let first = statement.pmid.map(|pmid| *by_pmid.entry(pmid).or_insert(n));
        let other = statement.doi.as_deref().map(|doi| *by_doi.entry(doi).or_insert(n));
        for known in first.into_iter().chain(other) {
            let (a, b) = (root(&mut parents, known), root(&mut parents, n));
            parents[a.max(b)] = a.min(b);
        }
    }
    (0..statements.len()).map(|n| root(&mut parents, n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(pmid: Option<u64>, doi: Option<&str>, nature: Nature, dated: &str) -> Statement {
        Statement {
            said_by: "RW:1".parse().unwrap(),
            pmid,
            doi: doi.map(str::to_owned),
            nature,
            dated: dated.parse().unwrap(),
            notice: None,
            reasons: Some("Marbles".to_owned()),
        }
    }

    #[test]
    fn the_newest_retraction_or_reinstatement_decides() {
        let says = |natures: &[(Nature, &str)]| {
            let all: Vec<Statement> = natures.iter().map(|(n, day)| statement(Some(7), None, *n, day)).collect();
            in_force(&all).contains(&Some(FlagKind::Retracted))
        };
        use Nature::{Reinstatement, Retraction};
        assert!(says(&[(Retraction, "2020-01-01")]));
        assert!(!says(&[(Retraction, "2020-01-01"), (Reinstatement, "2020-02-01")]));
        assert!(!says(&[(Reinstatement, "2020-02-01"), (Retraction, "2020-01-01")]), "whatever their order");
        assert!(says(&[(Retraction, "2020-01-01"), (Reinstatement, "2020-02-01"), (Retraction, "2021-01-01")]));
        assert!(says(&[(Retraction, "2020-01-01"), (Reinstatement, "2020-01-01")]), "on one day the retraction stands");
    }

    #[test]
    fn a_paper_is_one_whichever_of_its_ids_a_statement_has() {
        let all = [
            statement(None, Some("10.5555/a"), Nature::Retraction, "2020-01-01"),
            statement(Some(7), None, Nature::Reinstatement, "2020-03-01"),
            statement(Some(7), Some("10.5555/a"), Nature::Correction, "2020-02-01"),
            statement(Some(8), Some("10.5555/b"), Nature::Retraction, "2020-01-01"),
            statement(None, None, Nature::Retraction, "2020-01-01"),
        ];
        let kinds = in_force(&all);
        assert_eq!(
            kinds,
            [None, None, Some(FlagKind::Corrected), Some(FlagKind::Retracted), Some(FlagKind::Retracted)],
            "and what has no id at all is a paper of its own"
        );
    }

    #[test]
    fn a_flag_is_raised_for_each_id() {
        let flags = statement(Some(7), Some("10.5555/a"), Nature::Retraction, "2020-01-01").flags(FlagKind::Retracted);
        let targets: Vec<&str> = flags.iter().map(|flag| flag.target.as_str()).collect();
        assert_eq!(targets, ["PMID:7", "DOI:10.5555/a"]);
        assert_eq!(flags[0].citation.as_deref(), Some("2020-01-01: Marbles"));
    }
}
