//! One study, one vote: documents that report the same study.

use std::collections::BTreeMap;

use super::answer::{CitedDocument, FindingEntry, StudyEntry, StudyVote};
use super::gather::Gathered;
use crate::model::{Direction, FlagKind, SentenceRole, StudyDesign};

/// A document with more registrations than this reports on several trials rather than on one.
const MOST_REGISTRATIONS: usize = 3;

/// Groups documents by registration and by the ties of preprint, update and paper.
pub(super) fn studies(gathered: Vec<Gathered>) -> Vec<StudyEntry> {
    let mut groups = Groups::new(gathered.len());
    let by_id: BTreeMap<_, _> = gathered.iter().enumerate().map(|(n, one)| (&one.document.id, n)).collect();
    let mut by_registration: BTreeMap<&str, usize> = BTreeMap::new();
    for (n, one) in gathered.iter().enumerate() {
        for registration in own_registrations(&one.document) {
            match by_registration.get(registration) {
                None => {
                    by_registration.insert(registration, n);
                }
                Some(&other) => groups.unite(n, other, format!("registration {registration}")),
            }
        }
        for other in &one.document.versions_of_it {
            if let Some(&m) = by_id.get(other) {
                groups.unite(n, m, format!("{} and {other} are versions of one paper", one.document.id));
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for n in 0..gathered.len() {
        members.entry(groups.root(n)).or_default().push(n);
    }
    let mut gathered: Vec<Option<Gathered>> = gathered.into_iter().map(Some).collect();
    members
        .into_iter()
        .map(|(root, members)| {
            let reasons = groups.reasons(root);
            let documents = members.into_iter().filter_map(|n| gathered[n].take()).collect();
            study(documents, reasons)
        })
        .collect()
}

/// Registrations under which the document reports its own trial; a review names those of others.
fn own_registrations(document: &CitedDocument) -> impl Iterator<Item = &str> {
    let of_others =
        matches!(document.design, Some(StudyDesign::SystematicReviewOrMetaAnalysis | StudyDesign::Guideline))
            || document.registrations.len() > MOST_REGISTRATIONS;
    document.registrations.iter().filter(move |_| !of_others).map(String::as_str)
}

fn study(mut members: Vec<Gathered>, grouped_by: Vec<String>) -> StudyEntry {
    // The paper stands for the study before its preprint, the first report before those that follow it up.
    members.sort_by(|a, b| {
        let key = |g: &Gathered| {
            (g.document.has_flag(FlagKind::Preprint), g.document.level, g.document.year, g.document.id.clone())
        };
        let (a, b) = (key(a), key(b));
        a.0.cmp(&b.0)
            .then(a.1.is_none().cmp(&b.1.is_none()))
            .then(a.1.cmp(&b.1))
            .then(a.2.is_none().cmp(&b.2.is_none()))
            .then(a.2.cmp(&b.2))
            .then(a.3.cmp(&b.3))
    });
    let retracted = members.iter().any(|member| member.document.is_retracted());
    let mut documents = Vec::new();
    let mut findings = Vec::new();
    for member in members {
        documents.push(member.document);
        findings.extend(member.findings);
    }
    let lead = documents.first().map(|document| document.id.clone());
    let vote = vote(findings.iter().filter(|finding| Some(&finding.document) == lead.as_ref()))
        .or_else(|| vote(findings.iter()))
        .unwrap_or(StudyVote::NotStated);
    // A finding with numbers says more than one without; then the better link; then the order of reading.
    findings.sort_by(|a, b| {
        let numbers = |f: &FindingEntry| f.effects.iter().any(|effect| effect.value.is_some());
        b.relevance.total_cmp(&a.relevance).then(numbers(b).cmp(&numbers(a))).then(a.span.cmp(&b.span))
    });
    StudyEntry { documents, grouped_by, findings, vote, retracted }
}

/// The vote of a study: of its results, else of its conclusions; none if no finding says which way. A finding in which the
/// treatment asked for is the comparator does not vote: its direction is the other's.
fn vote<'f>(findings: impl Iterator<Item = &'f FindingEntry> + Clone) -> Option<StudyVote> {
    let of_role = |role: SentenceRole| {
        let mut directions: Vec<Direction> = findings
            .clone()
            .filter(|finding| finding.role == role && !finding.as_comparator)
            .filter_map(|finding| finding.direction)
            .collect();
        directions.sort();
        directions.dedup();
        match directions.as_slice() {
            [] => None,
            [one] => Some(StudyVote::from(*one)),
            _ => Some(StudyVote::Mixed),
        }
    };
    of_role(SentenceRole::Results).or_else(|| of_role(SentenceRole::Conclusions))
}

/// A union-find over documents, with the reasons for each union.
struct Groups {
    parents: Vec<usize>,
    reasons: Vec<(usize, String)>,
}

impl Groups {
    fn new(size: usize) -> Self {
        Self { parents: (0..size).collect(), reasons: Vec::new() }
    }

    fn root(&self, mut n: usize) -> usize {
        while self.parents[n] != n {
            n = self.parents[n];
        }
        n
    }

    fn unite(&mut self, a: usize, b: usize, reason: String) {
        if a == b {
            return;
        }
        self.reasons.push((a, reason));
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.parents[high] = low;
    }

    /// Why the documents of a group are one study.
    fn reasons(&self, root: usize) -> Vec<String> {
        let mut reasons: Vec<String> =
            self.reasons.iter().filter(|(n, _)| self.root(*n) == root).map(|(_, reason)| reason.clone()).collect();
        reasons.sort();
        reasons.dedup();
        reasons
    }
}
