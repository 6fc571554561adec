//! Counts over the studies found.

use std::collections::BTreeMap;

use super::answer::{StudyVote, Summary, Tally};
use super::grouping::Study;
use crate::model::StudyDesign;

/// Counts all studies that stand.
pub(super) fn summarize(studies: &[Study], one_outcome: bool) -> Summary {
    let mut summary = Summary { one_outcome, ..Summary::default() };
    let mut designs = BTreeMap::new();
    for study in studies {
        if study.retracted {
            summary.retracted += 1;
            continue;
        }
        summary.studies += 1;
        summary.documents += study.members.len();
        let design = study.design();
        // Those of a review are those of its studies, which may be here too.
        let of_others = design == Some(StudyDesign::SystematicReviewOrMetaAnalysis);
        if let Some(participants) = study.participants().filter(|_| !of_others) {
            summary.participants += participants;
            summary.studies_with_participants += 1;
        }
        *designs.entry((design.is_none(), design)).or_insert(0) += 1;
        count(&mut summary.votes, study.vote);
    }
    summary.by_design = designs.into_iter().map(|((_, design), count)| (design, count)).collect();
    summary
}

/// Adds a vote.
pub(super) fn count(tally: &mut Tally, vote: StudyVote) {
    *match vote {
        StudyVote::Decreased => &mut tally.decreased,
        StudyVote::Increased => &mut tally.increased,
        StudyVote::NoDifference => &mut tally.no_difference,
        StudyVote::Mixed => &mut tally.mixed,
        StudyVote::NotStated => &mut tally.not_stated,
    } += 1;
}
