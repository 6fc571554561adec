//! Words and numbers that all formats for people share, free of any format's own marks.

mod changes;

use crate::lookup::accuracy::{self, ReportedShare};
use crate::lookup::pooling::Bounded;
use crate::lookup::{
    Basis, CitedDocument, Coverage, EvidenceMap, Fit, FitFilter, FlagEntry, Gaps, HarmEntry, Harms, Judged, MapCell,
    Occurrence, OutcomeWords, PatientSummary, PooledEffect, Pooling, QuestionKind, RegisteredEntry, Relation,
    Relations, SoughtAs, SoughtName, StudyVote, Summary, Tally, Told, Understood, Verdict,
};
use crate::model::{AccuracyCounts, Direction, DocumentId, EvidenceLevel, Favours, FlagKind, StudyDesign};

use super::{ImpactExport, plain};

pub(crate) use changes::{count_changes, counts_changed, particulars};

/// A number with its thousands apart: 12,345.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: 1 study, 2 studies.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// Authors, journal, year, id.
pub(crate) fn citation(document: &CitedDocument) -> String {
    let mut parts = Vec::new();
    if let Some(authors) = &document.authors {
        parts.push(format!("{}.", plain(authors).trim_end_matches('.')));
    }
    if let Some(journal) = &document.journal {
        parts.push(plain(journal));
    }
    if let Some(year) = document.year {
        parts.push(year.to_string());
    }
    let mut out = parts.join(" ");
    out.push_str(&format!(" · {}", document.id));
    if let Some(doi) = &document.doi {
        out.push_str(&format!(" · doi:{}", plain(doi)));
    }
    out.trim_start_matches(" · ").to_owned()
}

/// An instant to the minute.
pub(crate) fn minute(instant: &str) -> String {
    let cut = instant.get(..16).unwrap_or(instant).replace('T', " ");
    format!("{cut} UTC")
}

/// A registry's word for how far a trial is (`ACTIVE_NOT_RECRUITING`), as words.
fn status_word(status: &str) -> String {
    plain(status).to_lowercase().replace('_', " ")
}

/// Whether the studies' directions say anything of what was asked: not of how accurate a test is.
pub(crate) fn tells_directions(understood: &Understood) -> bool {
    understood.kind != Some(QuestionKind::Diagnosis) || understood.outcome.is_some()
}

/// A study's vote, in words.
pub(crate) fn vote_word(vote: StudyVote) -> &'static str {
    match vote {
        StudyVote::Decreased => "↓ decreased",
        StudyVote::Increased => "↑ increased",
        StudyVote::NoDifference => "= no difference shown",
        StudyVote::Mixed => "± mixed",
        StudyVote::NotStated => "direction not stated",
    }
}

/// The names that no vocabulary knows, as label and words.
pub(crate) fn sought_lines(understood: &Understood) -> Vec<(&'static str, String)> {
    let line = |name: &SoughtName| {
        let label = match name.what {
            SoughtAs::Condition => "Condition",
            SoughtAs::Treatment => "Treatment",
            SoughtAs::Question => "Question",
        };
        let mut text = format!("“{}”: no vocabulary knows it; looked for by its words", plain(&name.asked));
        if !name.near.is_empty() {
            let near: Vec<String> = name.near.iter().map(|near| format!("“{}”", plain(near))).collect();
            text.push_str(&format!("; known names like it: {}", near.join(", ")));
        }
        (label, text)
    };
    understood.by_words.iter().map(line).collect()
}

/// How findings are matched with the outcome asked for.
pub(crate) fn outcome_rule(outcome: &OutcomeWords, understood: &Understood) -> String {
    let rule = if understood.loosened {
        "findings whose sentence holds the most of the words; read each, it may be about something else"
    } else {
        "findings whose sentence holds the words, or a synonym's"
    };
    format!("“{}”: {rule}", plain(&outcome.asked))
}

/// What was understood of a patient and how the studies fit, as label and words.
pub(crate) fn patient_lines(summary: &PatientSummary) -> Vec<(&'static str, String)> {
    let facts: Vec<String> = summary.patient.facts.iter().map(|fact| plain(&fact.words)).collect();
    let mut lines = vec![("Patient", facts.join(" · "))];
    if !summary.patient.unread.is_empty() {
        let words: Vec<String> = summary.patient.unread.iter().map(|words| format!("“{}”", plain(words))).collect();
        lines.push(("Not read", format!("{}: compared with nothing", words.join(", "))));
    }
    let counts: Vec<String> = summary
        .studies
        .iter()
        .map(|(verdict, n)| {
            let words = match verdict {
                Verdict::Fits => "fit in all that is compared",
                Verdict::Unclear => "leave something open",
                Verdict::NotReported => "report nothing of it",
                Verdict::Differs => "were of others",
                Verdict::Excluded => "kept such patients out",
            };
            format!("{n} {words}")
        })
        .collect();
    let filter = match summary.filter {
        FitFilter::All => "",
        FitFilter::Possible => "; only those that may fit are listed and counted below",
        FitFilter::Fits => "; only those that fit are listed and counted below",
    };
    if !counts.is_empty() {
        lines.push(("Fit", format!("of the studies, {}{filter}", counts.join(" · "))));
    }
    lines
}

/// How a study fits a patient: the verdict, and what it rests on, a line each; what weighs most first.
pub(crate) fn fit_lines(fit: &Fit) -> Vec<(Verdict, String)> {
    let mut lines = Vec::new();
    for verdict in [Verdict::Excluded, Verdict::Differs, Verdict::Unclear, Verdict::Fits] {
        for fact in fit.facts.iter().filter(|fact| fact.verdict == verdict) {
            let mut line = format!("{}: {} — {}", verdict.label(), plain(&fact.fact), plain(&fact.reason));
            if let Some(quote) = &fact.quote {
                line.push_str(&format!(": “{}” ({})", plain(&quote.quote), quote.document));
            }
            lines.push((verdict, line));
        }
    }
    let silent: Vec<String> =
        fit.facts.iter().filter(|fact| fact.verdict == Verdict::NotReported).map(|fact| plain(&fact.fact)).collect();
    if !silent.is_empty() {
        lines.push((Verdict::NotReported, format!("{}: {}", Verdict::NotReported.label(), silent.join(", "))));
    }
    lines
}

/// What the studies say of harms: how many report any, and a line each.
pub(crate) fn harm_lines(harms: &Harms) -> (String, Vec<String>) {
    let head = match harms.reporting {
        0 => format!(
            "no finding on a harm was read in {}; that is no evidence that there is none",
            count(harms.studies as u64, "study", "studies")
        ),
        some => format!(
            "{some} of {} report harms; counted apart from all else, one vote a study for each harm; ↑ is more of the harm",
            count(harms.studies as u64, "study", "studies")
        ),
    };
    let line = |entry: &HarmEntry| {
        let studies = count(entry.studies as u64, "study", "studies");
        format!("{}: {studies}: {}", plain(&entry.harm), tally_words(entry.votes).join(" · "))
    };
    (head, harms.listed.iter().map(line).collect())
}

/// What no study reports, a line each.
pub(crate) fn gap_lines(gaps: &Gaps) -> Vec<String> {
    let studies = match gaps.studies {
        1 => "the one study here".to_owned(),
        n => format!("any of the {n} studies here"),
    };
    let mut lines = Vec::new();
    if let Some(others) = gaps.others {
        let named = |(name, n): (&str, usize)| format!("{} ({n})", plain(name));
        let outcomes: Vec<String> = gaps.outcomes.iter().map(|(name, n)| named((name, *n))).collect();
        let comorbidities: Vec<String> = gaps.comorbidities.iter().map(|(_, name, n)| named((name, *n))).collect();
        let other = count(others as u64, "other study", "other studies");
        for (what, names) in [("outcomes", outcomes), ("comorbidities", comorbidities)] {
            if !names.is_empty() {
                lines.push(format!(
                    "{what} that were read in {other} of the condition in this corpus (how many), and not in {studies}: {}",
                    names.join(", ")
                ));
            }
        }
    }
    if !gaps.groups.is_empty() {
        let names: Vec<&str> = gaps.groups.iter().map(|group| group.label()).collect();
        lines.push(format!("not read in {studies} that they took part or could: {}", names.join(", ")));
    }
    if !lines.is_empty() {
        lines.push("what was not read was not shown to have no effect: it may stand where nothing was read".to_owned());
    }
    lines
}

/// A share as a number from 0 to 1, with its interval where one is reported.
pub(crate) fn share_words(share: &ReportedShare) -> String {
    let value = format!("{:.3}", share.value);
    let level = share.level.map_or_else(|| "CI".to_owned(), |level| format!("{level} % CI"));
    match share.interval {
        Some((low, high)) => format!("{value} ({level} {low:.3} to {high:.3})"),
        None if share.from_counts => format!("{value} (from the counts)"),
        None => value,
    }
}

/// The four counts.
pub(crate) fn accuracy_counts(counts: &AccuracyCounts) -> String {
    let AccuracyCounts { true_positive, false_positive, false_negative, true_negative } = counts;
    format!("TP {true_positive} · FP {false_positive} · FN {false_negative} · TN {true_negative}")
}

/// What the bivariate model gives, as label and words.
pub(crate) fn summary_lines(summary: &accuracy::bivariate::Summary, studies: usize) -> Vec<(&'static str, String)> {
    let share = |share: &accuracy::bivariate::Share| {
        format!("{:.3} (95 % CI {:.3} to {:.3})", share.value, share.low, share.high)
    };
    let mut lines = vec![
        ("Pooled sensitivity", format!("{}, {studies} studies", share(&summary.sensitivity))),
        ("Pooled specificity", share(&summary.specificity)),
        (
            "Between studies",
            format!(
                "variance of the logits of sensitivity {}, of specificity {}, correlation {:.2}",
                figure(summary.variances[0]),
                figure(summary.variances[1]),
                summary.correlation
            ),
        ),
    ];
    if summary.at_bound {
        let text = "a variance is nil or the correlation one: these studies are too few, or too alike, to say how far studies differ";
        lines.push(("Note", text.to_owned()));
    }
    lines
}

/// How far a registered trial is, how many it means to have, and since when it is registered.
pub(crate) fn registered_facts(entry: &RegisteredEntry) -> String {
    let status = entry.status.as_deref().map(status_word);
    let planned = entry.document.sample_size.map(|size| format!("n = {}", number(size.value)));
    let posted = entry.posted.map(|date| format!("first posted {date}"));
    [status, planned, posted].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// To three digits that mean something.
pub(crate) fn figure(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let digits = (2 - x.abs().log10().floor() as i32).clamp(0, 6) as usize;
    format!("{x:.digits$}")
}

/// Which way a finding points, as a sign and in words.
pub(crate) fn direction_word(direction: Option<Direction>) -> (&'static str, &'static str) {
    match direction {
        Some(Direction::Decreased) => ("↓", "decreased"),
        Some(Direction::Increased) => ("↑", "increased"),
        Some(Direction::NoDifference) => ("=", "no difference shown"),
        None => ("·", "direction not stated"),
    }
}

/// Whom a finding favours, in words; none where that is not told, or is neither: then its direction has said so.
pub(crate) fn favours_words(favours: Option<Favours>) -> Option<&'static str> {
    match favours? {
        Favours::Intervention => Some("favours the intervention"),
        Favours::Comparator => Some("favours the comparator"),
        Favours::Neither => None,
    }
}

/// How the vote of a study was told that its findings do not tell, and the likeliest sentence behind it.
pub(crate) fn judged_line(judged: &Judged) -> String {
    let (_, word) = direction_word(Some(judged.direction));
    let quote = judged.quotes.first().map_or_else(String::new, |quote| format!(": “{}”", plain(quote)));
    format!(
        "“{word}” is {:.0} % likely by what {} says of the names asked for{quote}",
        judged.likely * 100.0,
        judged.document
    )
}

/// A file that a corpus was exported to.
pub(crate) fn export_line(export: &ImpactExport) -> String {
    let gone = if export.is_there { "" } else { "; no file of that name is there now" };
    let documents = count(export.documents as u64, "document", "documents");
    format!("{} ({}, {}, {documents}{gone})", plain(&export.path), plain(&export.corpus), minute(&export.at))
}

/// What was asked of a document, and what it says.
pub(crate) fn told_lines(told: &Told) -> (String, String) {
    let mut asked = told.outcome.clone();
    if let Some(treatment) = &told.treatment {
        asked.push_str(&format!(" under {treatment}"));
    }
    if let Some(comparator) = &told.comparator {
        asked.push_str(&format!(" against {comparator}"));
    }
    let Some(judgement) = told.judgement else {
        return (asked, "the document does not name this outcome".to_owned());
    };
    let (likeliest, sure) = judgement.likeliest();
    let (sign, word) = direction_word(Some(likeliest));
    let answer = match told.direction {
        Some(_) => {
            format!("{sign} {word}, {:.0} % likely by the words of the document; check the quotes", sure * 100.0)
        }
        None => format!("not clear; the likeliest is “{word}”, {:.0} %", sure * 100.0),
    };
    (asked, answer)
}

/// The parts of a tally that are not nothing.
pub(crate) fn tally_words(tally: Tally) -> Vec<String> {
    tally_parts(tally).into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect()
}

/// Each way to vote with its number of studies.
pub(crate) fn tally_parts(tally: Tally) -> [(usize, &'static str); 5] {
    [
        (tally.decreased, "decreased"),
        (tally.increased, "increased"),
        (tally.no_difference, "no difference shown"),
        (tally.mixed, "mixed"),
        (tally.not_stated, "direction not stated"),
    ]
}

/// The studies of a cell as signs and numbers, without what is nothing: ↓4 =1. [`SIGNS`] says what they mean.
pub(crate) fn cell_signs(cell: &MapCell) -> String {
    let parts = ["↓", "↑", "=", "±", "?"].into_iter().zip(tally_parts(cell.votes).map(|(n, _)| n));
    let all = parts.chain([("⊘", cell.retracted)]);
    all.filter(|(_, n)| *n > 0).map(|(sign, n)| format!("{sign}{n}")).collect::<Vec<_>>().join(" ")
}

/// What the signs of a cell mean.
pub(crate) const SIGNS: &str =
    "↓ decreased · ↑ increased · = no difference shown · ± mixed · ? direction not stated · ⊘ retracted, not counted";

/// Where most of the studies that say a direction point: one of `decreased`, `increased`, `none` (no difference), else `mixed`;
/// `unstated` where none says.
pub(crate) fn leaning(tally: Tally) -> &'static str {
    let ways = [(tally.decreased, "decreased"), (tally.increased, "increased"), (tally.no_difference, "none")];
    let said = ways.iter().map(|(n, _)| n).sum::<usize>() + tally.mixed;
    match ways.into_iter().find(|(n, _)| 2 * n > said) {
        Some((_, word)) => word,
        None if said == 0 => "unstated",
        None => "mixed",
    }
}

/// Each level with its number of studies.
pub(crate) fn level_counts(levels: &[(Option<EvidenceLevel>, usize)]) -> String {
    let word = |level: &Option<EvidenceLevel>| level.map_or_else(|| "not stated".to_owned(), |level| level.to_string());
    levels.iter().map(|(level, n)| format!("{}: {n}", word(level))).collect::<Vec<_>>().join(" · ")
}

/// What a map is of: its studies, and how much of it is shown.
pub(crate) fn map_counts(map: &EvidenceMap) -> String {
    let total = &map.total;
    let mut text = count(total.studies as u64, "study", "studies");
    if total.documents != total.studies {
        text.push_str(&format!(" in {}", count(total.documents as u64, "document", "documents")));
    }
    let shown = |shown: usize, all: usize, one, many| {
        let all = count(all as u64, one, many);
        if all.split(' ').next() == Some(number(shown as u64).as_str()) { all } else { format!("{shown} of {all}") }
    };
    text.push_str(&format!(
        "; {} × {}, those that the most documents name first",
        shown(map.rows.len(), map.conditions, "condition", "conditions"),
        shown(map.columns.len(), map.treatments, "treatment", "treatments")
    ));
    text
}

/// What a cell of a map counts.
pub(crate) const MAP_RULE: &str = "A cell counts the studies that a look-up of its condition and its treatment counts, one vote a study: a name stands for its kinds and members, so that a study may stand in several cells. Directions are those of each study's own outcomes, and less is not always better: ask a look-up with an outcome to compare like with like.";

/// Studies, documents and participants, in a sentence.
pub(crate) fn study_counts(summary: &Summary) -> String {
    let mut text = count(summary.studies as u64, "study", "studies");
    if summary.documents != summary.studies {
        text.push_str(&format!(" in {}", count(summary.documents as u64, "document", "documents")));
    }
    if summary.studies_with_participants > 0 {
        let who = match summary.studies_with_participants {
            1 => "the 1 (reviews apart) that says how many".to_owned(),
            some => format!("the {some} (reviews apart) that say how many"),
        };
        text.push_str(&format!(", {} participants in {who}", number(summary.participants)));
    }
    text
}

/// What the studies say that a treatment does to a condition: the relation that is told, and how many say what.
pub(crate) fn relation_words(relations: &Relations) -> (&'static str, String) {
    let told = match relations.told() {
        Some((Relation::Prevents, Basis::Uses)) => "used to prevent, as papers mention; no finding says more",
        Some((_, Basis::Uses)) => "used to treat, as papers mention; no finding says more",
        Some((Relation::Treats, _)) => "said to help",
        Some((Relation::Prevents, _)) => "said to prevent",
        Some((Relation::NoEffect, _)) => "no effect shown",
        Some((Relation::Harms, _)) => "said to harm",
        Some((Relation::Diagnoses, _)) => "said to diagnose",
        None => "not told",
    };
    let parts = [
        (relations.treats, "helps"),
        (relations.prevents, "prevents"),
        (relations.no_effect, "no effect"),
        (relations.harms, "harms"),
        (relations.diagnoses, "diagnoses"),
        (relations.mixed, "both good and harm"),
        (relations.not_stated, "not said"),
        (relations.used_to_treat, "mention it as treatment"),
        (relations.used_to_prevent, "mention it as prevention"),
    ];
    let said = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
    (told, said.collect::<Vec<_>>().join(" · "))
}

/// What a corpus has on a concept, a line each with its label.
pub(crate) fn occurrence_lines(corpus: &str, occurrence: &Occurrence) -> Vec<(&'static str, String)> {
    let Occurrence { studies, documents, relations, looked_at } = occurrence;
    let mut lines = vec![("In", format!("{corpus}: studies {studies}, documents {documents}"))];
    for (kind, basis, label) in [
        (Relation::Treats, Basis::Findings, "Treats"),
        (Relation::Prevents, Basis::Findings, "Prevents"),
        (Relation::NoEffect, Basis::Findings, "No effect"),
        (Relation::Harms, Basis::Findings, "Harms"),
        (Relation::Diagnoses, Basis::Findings, "Diagnoses"),
        (Relation::Treats, Basis::Uses, "Used for"),
        (Relation::Prevents, Basis::Uses, "Used for"),
    ] {
        let told = relations.iter().filter(|one| (one.told, one.basis) == (kind, basis));
        let told: Vec<String> = told.map(|one| format!("{} ({})", one.name, one.id)).collect();
        if !told.is_empty() {
            lines.push((label, told.join("; ")));
        }
    }
    let told = relations.len();
    lines.push(("Told of", format!("{told} of the {looked_at} that most documents name with it")));
    lines
}

/// Each design with its number of studies.
pub(crate) fn design_counts(summary: &Summary) -> Vec<String> {
    let word = |design: &Option<StudyDesign>| design.map_or("design not stated", StudyDesign::label);
    summary.by_design.iter().map(|(design, n)| format!("{}: {n}", word(design))).collect()
}

/// An estimate with its interval.
pub(crate) fn bounded(b: &Bounded) -> String {
    format!("{} (95 % CI {} to {})", figure(b.value), figure(b.low), figure(b.high))
}

/// A pooled effect in a line, or why there is none.
pub(crate) fn pooled_words(pooling: &Pooling) -> String {
    match pooling {
        Pooling::Refused { reasons, .. } => format!("not pooled: {}", plain(&reasons.join("; "))),
        Pooling::Done(effect) => format!(
            "{} {}, {} studies, compared with {}",
            effect.measure.name(),
            bounded(best(effect)),
            effect.inputs.len(),
            plain(&effect.comparator)
        ),
    }
}

/// The random-effects estimate, where there is one.
fn best(effect: &PooledEffect) -> &Bounded {
    effect.random.as_ref().unwrap_or(&effect.fixed)
}

/// Who says something: a register by its name, a record by its id.
fn speaker(id: &DocumentId) -> String {
    id.as_str()
        .strip_prefix("RW:")
        .map_or_else(|| id.to_string(), |record| format!("Retraction Watch, record {record}"))
}

/// What a reader must know of a document's standing: the kind, the word, and who says so.
pub(crate) fn standing_words(document: &CitedDocument) -> Vec<(FlagKind, &'static str, String)> {
    let mut kinds: Vec<FlagKind> = Vec::new();
    for flag in &document.flags {
        if !kinds.contains(&flag.kind) {
            kinds.push(flag.kind);
        }
    }
    let says = |flag: &FlagEntry| match &flag.notice {
        Some(notice) => format!("{} (notice {})", speaker(&flag.said_by), plain(notice)),
        None => speaker(&flag.said_by),
    };
    let said = |kind: FlagKind| {
        let all: Vec<String> = document.flags.iter().filter(|flag| flag.kind == kind).map(says).collect();
        format!("says {}", all.join(", "))
    };
    kinds
        .into_iter()
        .map(|kind| match kind {
            FlagKind::Retracted => (kind, "RETRACTED", said(kind)),
            FlagKind::OfConcern => (kind, "EXPRESSION OF CONCERN", said(kind)),
            FlagKind::Corrected => (kind, "corrected", said(kind)),
            FlagKind::Updated => (kind, "a newer version exists", said(kind)),
            FlagKind::Republished => (kind, "republished", said(kind)),
            FlagKind::Preprint => (kind, "preprint", "not peer reviewed".to_owned()),
        })
        .collect()
}

/// The coverage clause: its head, a line a source with its problems, and whether all was read.
pub(crate) fn coverage_words(coverage: &Coverage) -> (String, Vec<(String, &[String])>) {
    let as_of =
        coverage.as_of.as_deref().map_or_else(|| "never published".to_owned(), |at| format!("as of {}", minute(at)));
    let mut head = format!("{}, {as_of}.", count(coverage.documents, "document", "documents"));
    if coverage.waiting > 0 {
        let waiting = count(coverage.waiting, "newer version is", "newer versions are");
        head.push_str(&format!(" {waiting} not shown yet."));
    }
    if coverage.rejected > 0 {
        let rejected = count(coverage.rejected, "record", "records");
        head.push_str(&format!(" {rejected} could not be read (litmine status NAME --rejected)."));
    }
    let sources = coverage.sources.iter().map(|source| {
        let state = if source.state == "complete" { "complete".to_owned() } else { source.state.to_uppercase() };
        let mut line = format!("{}: {state}", plain(&source.source));
        match &source.complete_at {
            Some(at) => line.push_str(&format!(", read completely {}", minute(at))),
            None => line.push_str(", never read completely"),
        }
        if let Some(newest) = &source.newest_record {
            line.push_str(&format!(", newest record {newest}"));
        }
        (line, source.problems.as_slice())
    });
    (head, sources.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_leans_where_more_than_half_of_what_is_said_points() {
        let tally = |[decreased, increased, no_difference, mixed, not_stated]: [usize; 5]| Tally {
            decreased,
            increased,
            no_difference,
            mixed,
            not_stated,
        };
        assert_eq!(leaning(tally([3, 1, 1, 0, 9])), "decreased");
        assert_eq!(leaning(tally([1, 1, 0, 0, 0])), "mixed");
        assert_eq!(leaning(tally([0, 2, 0, 2, 0])), "mixed");
        assert_eq!(leaning(tally([0, 0, 1, 0, 0])), "none");
        assert_eq!(leaning(tally([0, 0, 0, 0, 4])), "unstated");
        let cell = MapCell { votes: tally([4, 0, 1, 0, 2]), retracted: 1, ..MapCell::default() };
        assert_eq!(cell_signs(&cell), "↓4 =1 ?2 ⊘1");
    }
}
