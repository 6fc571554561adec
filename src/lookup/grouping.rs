//! One study, one vote: documents that report the same study.

use std::collections::HashMap;

use super::answer::StudyVote;
use super::gather::{Candidate, Found};
use super::judged::Judged;
use crate::model::{Card, DocumentId, EvidenceLevel, FindingCard, Place, SentenceRole, StudyDesign};

/// A document with more registrations than this reports on several trials rather than on one.
const MOST_REGISTRATIONS: usize = 3;

/// A finding that fits worse than the best of its study by more than this has no say in the vote.
const SAY: f32 = 0.25;

/// The same of findings that were found by their words, whose fits lie closer together: the first reach within which a finding tells a
/// direction.
const SAY_BY_WORDS: [f32; 4] = [0.005, 0.03, 0.06, 0.12];

/// A study: the documents that report it, the one that stands for it first.
#[derive(Debug, Clone)]
pub(super) struct Study {
    pub(super) members: Vec<Candidate>,
    /// Why the documents are one study, in words.
    pub(super) grouped_by: Vec<String>,
    pub(super) vote: StudyVote,
    /// What was told by asking its document, where that is its vote.
    pub(super) judged: Option<Judged>,
    pub(super) retracted: bool,
}

impl Study {
    fn lead(&self) -> Option<&Candidate> {
        self.members.first()
    }

    pub(super) fn id(&self) -> Option<&DocumentId> {
        self.lead().map(|lead| &lead.id)
    }

    pub(super) fn design(&self) -> Option<StudyDesign> {
        self.lead()?.card.design
    }

    pub(super) fn level(&self) -> Option<EvidenceLevel> {
        self.lead()?.card.level
    }

    pub(super) fn year(&self) -> Option<u16> {
        self.lead()?.card.year
    }

    /// The most that a document of it says took part.
    pub(super) fn participants(&self) -> Option<u64> {
        self.members.iter().filter_map(|member| member.card.participants).max()
    }

    pub(super) fn relevance(&self) -> f32 {
        self.members.iter().map(Candidate::relevance).fold(0.0, f32::max)
    }

    /// Whether its document is asked which way it went: it was found by its words, or none of its findings tells though one may vote.
    pub(super) fn is_to_be_judged(&self) -> bool {
        let mut findings = self.members.iter().flat_map(|member| &member.findings);
        let may_vote = |found: &Found| !found.as_comparator && !found.composite && !found.aside;
        self.is_by_words() || self.vote == StudyVote::NotStated && findings.any(may_vote)
    }

    /// Whether it was found by its words.
    pub(super) fn is_by_words(&self) -> bool {
        self.members.iter().flat_map(|member| &member.findings).any(|found| found.by_words)
    }
}

/// Groups documents by registration and by the ties of preprint, update and paper.
pub(super) fn studies(candidates: Vec<Candidate>) -> Vec<Study> {
    let mut groups = Groups::new(candidates.len());
    // Few documents tell of other versions: only where one does are all of them looked up by name.
    let tied = candidates.iter().any(|one| !one.card.versions.is_empty());
    let named = candidates.iter().enumerate().filter(|_| tied);
    let by_id: HashMap<&DocumentId, usize> = named.map(|(n, one)| (&one.id, n)).collect();
    let mut by_registration: HashMap<&str, usize> = HashMap::new();
    for (n, one) in candidates.iter().enumerate() {
        for registration in own_registrations(&one.card) {
            match by_registration.get(registration) {
                None => {
                    by_registration.insert(registration, n);
                }
                Some(&other) => groups.unite(n, other, format!("registration {registration}")),
            }
        }
        for other in &one.card.versions {
            if let Some(&m) = by_id.get(other) {
                groups.unite(n, m, format!("{} and {other} are versions of one paper", one.id));
            }
        }
    }
    let mut reasons = groups.reasons();
    // The root of a group is its first document.
    let mut members: Vec<Vec<Candidate>> = std::iter::repeat_with(Vec::new).take(candidates.len()).collect();
    for (n, candidate) in candidates.into_iter().enumerate() {
        if let Some(group) = members.get_mut(groups.root(n)) {
            group.push(candidate);
        }
    }
    let of_group = |(root, members)| study(members, reasons.remove(&root).unwrap_or_default());
    members.into_iter().enumerate().filter(|(_, members)| !members.is_empty()).map(of_group).collect()
}

/// Registrations under which the document reports its own trial; a review names those of others.
pub(super) fn own_registrations(card: &Card) -> impl Iterator<Item = &str> {
    let of_others = matches!(card.design, Some(StudyDesign::SystematicReviewOrMetaAnalysis | StudyDesign::Guideline))
        || card.registrations.len() > MOST_REGISTRATIONS;
    card.registrations.iter().filter(move |_| !of_others).map(String::as_str)
}

fn study(mut members: Vec<Candidate>, grouped_by: Vec<String>) -> Study {
    // The paper stands for the study before its preprint, the first report before those that follow it up.
    let place = |member: &Candidate| {
        let card = &member.card;
        (member.preprint, card.level.is_none(), card.level, card.year.is_none(), card.year)
    };
    members.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.id.cmp(&b.id)));
    let retracted = members.iter().any(|member| member.retracted);
    let vote = members.first().and_then(|lead| vote(std::slice::from_ref(lead))).or_else(|| vote(&members));
    Study { members, grouped_by, vote: vote.unwrap_or(StudyVote::NotStated), judged: None, retracted }
}

/// How much say a finding has, the greatest first: what the abstract says of the primary outcome, its results, its conclusions,
/// then the same of the full text.
fn say(card: &FindingCard) -> (Place, u8) {
    let place = if card.place == Place::Table { Place::Text } else { card.place };
    let rank = match card.role {
        SentenceRole::Conclusions => 2,
        _ if card.primary => 0,
        _ => 1,
    };
    (place, rank)
}

/// The vote of a study: of the findings with the most say that tell a direction; none if no finding does. A finding in which the
/// treatment asked for is the comparator does not vote: its direction is the other's. Nor does one on several outcomes as one, where one
/// of them was asked for; nor one on a harm where benefit is asked for. Of findings found by their words, those that fit best have the say; others only where none of those tells.
pub(super) fn vote(members: &[Candidate]) -> Option<StudyVote> {
    let best = members.iter().map(Candidate::relevance).fold(0.0, f32::max);
    let by_words = members.iter().flat_map(|member| &member.findings).any(|found| found.by_words);
    let reaches: &[f32] = if by_words { &SAY_BY_WORDS } else { &[SAY] };
    reaches.iter().find_map(|reach| vote_of(members, best - reach))
}

/// The vote of the findings that fit at least so well.
fn vote_of(members: &[Candidate], least: f32) -> Option<StudyVote> {
    let votes = |found: &&Found| !found.as_comparator && !found.composite && !found.aside && found.relevance >= least;
    let mut heard: Option<((Place, u8), StudyVote)> = None;
    for member in members {
        for found in member.findings.iter().filter(votes) {
            let (Some(card), Some(direction)) = (member.card_of(found), found.direction) else { continue };
            let (say, vote) = (say(card), StudyVote::from(direction));
            heard = match heard {
                Some((most, _)) if say > most => heard,
                Some((most, other)) if say == most && vote != other => Some((most, StudyVote::Mixed)),
                _ => Some((say, vote)),
            };
        }
    }
    heard.map(|(_, vote)| vote)
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

    /// Why the documents of each group are one study, by its root.
    fn reasons(&mut self) -> HashMap<usize, Vec<String>> {
        let mut by_root: HashMap<usize, Vec<String>> = HashMap::new();
        for (n, reason) in std::mem::take(&mut self.reasons) {
            by_root.entry(self.root(n)).or_default().push(reason);
        }
        for reasons in by_root.values_mut() {
            reasons.sort();
            reasons.dedup();
        }
        by_root
    }
}
