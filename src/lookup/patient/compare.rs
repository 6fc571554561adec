//! All studies of an answer, compared with a patient.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Fit, FitFilter, Patient, Verdict, fit};
use crate::lookup::grouping::Study;
use crate::model::Annotation;
use crate::store::{StoreError, StoredDocument};

/// Studies with how they fit.
pub(in crate::lookup) struct Compared {
    /// Those that the filter lets pass, best fit first, of equal fit in the order that they had; retracted ones last.
    pub(in crate::lookup) studies: Vec<Study>,
    /// How each of them fits.
    pub(in crate::lookup) fits: Vec<Fit>,
    /// How many fit how, whether or not they pass; retracted ones are not counted.
    pub(in crate::lookup) counts: Vec<(Verdict, usize)>,
}

/// Compares studies with a patient. `load` gives a document by the row of its version.
pub(in crate::lookup) fn compare(
    patient: &Patient,
    studies: Vec<Study>,
    filter: FitFilter,
    load: impl Fn(i64) -> Result<(StoredDocument, Annotation), StoreError>,
) -> Result<Compared, StoreError> {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut passing = Vec::new();
    for study in studies {
        let documents = study.members.iter().map(|member| load(member.version)).collect::<Result<Vec<_>, _>>()?;
        let fit = fit(patient, &documents);
        if !study.retracted {
            *counts.entry(fit.verdict).or_default() += 1;
        }
        if fit.passes(filter) {
            passing.push((study, fit));
        }
    }
    passing.sort_by_key(|(study, fit)| (study.retracted, fit.verdict, Reverse(fit.fitting())));
    let (studies, fits) = passing.into_iter().unzip();
    Ok(Compared { studies, fits, counts: counts.into_iter().collect() })
}
