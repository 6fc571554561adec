//! The answer of a look-up, to be kept beside other notes: everything that the terminal shows, each quote with its place.

use super::{cited, coverage, text};
use crate::lookup::accuracy::{PooledAccuracy, TestAccuracy};
use crate::lookup::{Answer, FindingEntry, Harms, Pooling, Registered, StudyEntry, Understood};
use crate::model::StudyDesign;
use crate::report::Canvas;
use crate::report::formats::table::answer::{described, sense};
use crate::report::wording::{
    accuracy_counts, bounded, count, design_counts, direction_word, fit_lines, gap_lines, harm_lines, judged_line,
    number, outcome_rule, patient_lines, pooled_words, registered_facts, relation_words, share_words, sought_lines,
    study_counts, summary_lines, tally_words, tells_directions, vote_word,
};

pub(super) fn render(answer: &Answer, canvas: Canvas) -> String {
    let understood = &answer.understood;
    let mut out = String::from("# Evidence\n\n");
    for (label, words) in question(understood) {
        out.push_str(&pair(label, &words));
    }
    if let Some(patient) = &answer.patient {
        patient_lines(patient).iter().for_each(|(label, words)| out.push_str(&pair(label, words)));
    }
    out.push_str(&summary(answer));
    if let Some(pooling) = &answer.pool {
        out.push_str(&pooled(pooling));
    }
    if let Some(accuracy) = &answer.accuracy {
        out.push_str(&self::accuracy(accuracy));
    }
    if let Some(harms) = &answer.harms {
        out.push_str(&self::harms(harms));
    }
    if !answer.studies.is_empty() {
        out.push_str("\n## Studies, best evidence first\n");
    }
    for (n, entry) in answer.studies.iter().enumerate() {
        out.push_str(&study(n + 1, entry, canvas.findings));
    }
    let found = answer.summary.studies + answer.summary.retracted;
    if answer.studies.len() < found {
        out.push_str(&format!("\n{} of {found} studies shown; `--limit` shows more.\n", answer.studies.len()));
    }
    if let Some(gaps) = answer.gaps.as_ref().filter(|gaps| !gaps.is_nothing()) {
        out.push_str("\n## Gaps\n\n");
        gap_lines(gaps).iter().for_each(|line| out.push_str(&format!("- {}\n", text(line))));
    }
    if answer.registered.trials > 0 {
        out.push_str(&registered(&answer.registered));
    }
    out.push_str(&coverage(&answer.coverage));
    out.push_str("\nQuotes and numbers are the papers' own, found by a program; check them before you act.\n");
    out
}

fn pair(label: &str, words: &str) -> String {
    format!("- **{label}**: {}\n", text(words))
}

/// What was understood, as label and words.
fn question(understood: &Understood) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if understood.in_words {
        lines.push(("Understood", sense(understood)));
    }
    let terms = [("Condition", &understood.condition), ("Treatment", &understood.treatment)];
    lines.extend(terms.into_iter().filter_map(|(label, term)| Some((label, described(term.as_ref()?)))));
    lines.extend(sought_lines(understood));
    if let Some(comparator) = &understood.comparator {
        let by_words = || format!("“{}”, by its words", comparator.asked);
        lines.push((
            "Comparator",
            comparator.concept.as_ref().map_or_else(by_words, |(id, name)| format!("{name} ({id})")),
        ));
    }
    lines.extend(understood.test.as_ref().map(|test| ("Test", format!("“{}”, by its words", test.asked))));
    lines.extend(understood.outcome.as_ref().map(|outcome| ("Outcome", outcome_rule(outcome, understood))));
    let filters = understood.filters.words();
    if !filters.is_empty() {
        lines.push(("Only", filters.join(" · ")));
    }
    if !understood.unused.is_empty() {
        lines.push(("Not used", format!("{}: the answer does not depend on it", understood.unused.join(", "))));
    }
    lines
}

fn summary(answer: &Answer) -> String {
    let Answer { summary, understood, .. } = answer;
    let mut out = String::from("\n## Summary\n\n");
    if summary.studies == 0 && summary.retracted == 0 {
        let nothing = "No finding in this corpus is linked to what was asked. That is no evidence of no effect: see the coverage.";
        return out + nothing + "\n";
    }
    out.push_str(&format!("{}. {}\n", study_counts(summary), design_counts(summary).join(" · ")));
    if tells_directions(understood) {
        let whose = match &understood.outcome {
            Some(outcome) if summary.one_outcome => format!("“{}”", outcome.asked),
            Some(_) => {
                "Each study's findings that hold the most of the words, which need not be on one outcome".to_owned()
            }
            None => "Each study's own outcomes: name an outcome to compare like with like".to_owned(),
        };
        out.push_str(&format!("\n{}; one vote a study: {}\n", text(&whose), tally_words(summary.votes).join(" · ")));
        if summary.one_outcome && summary.votes.is_conflict() {
            out.push_str("\n**The studies disagree.**\n");
        }
    }
    if let Some(relations) = answer.relations.as_ref().filter(|_| summary.studies > 0) {
        let (told, counts) = relation_words(relations);
        out.push_str(&format!("\nRelation: {told}; what each study's words say: {counts}.\n"));
    }
    if summary.retracted > 0 {
        let found = count(summary.retracted as u64, "retracted study was found", "retracted studies were found");
        out.push_str(&format!("\n**{found}, shown and not counted.**\n"));
    }
    out
}

fn pooled(pooling: &Pooling) -> String {
    let mut out = String::from("\n## Pooled effect\n\n");
    let left_out = match pooling {
        Pooling::Refused { left_out, .. } => {
            out.push_str(&format!("{}\n", text(&pooled_words(pooling))));
            left_out
        }
        Pooling::Done(effect) => {
            out.push_str("**Computed from automatically extracted numbers; check each quote.**\n\n");
            out.push_str(&format!("{}\n\n", text(&pooled_words(pooling))));
            for input in &effect.inputs {
                let (study, effect) = (text(&input.label), bounded(&input.effect));
                out.push_str(&format!("- {study} ({}): {effect}: “{}”\n", input.document, text(&input.quote)));
            }
            &effect.left_out
        }
    };
    if !left_out.is_empty() {
        out.push_str(&format!("\nLeft out: {}\n", count(left_out.len() as u64, "study", "studies")));
    }
    out
}

fn accuracy(accuracy: &TestAccuracy) -> String {
    let mut out = String::from("\n## Accuracy of tests\n\n");
    if accuracy.entries.is_empty() {
        let nothing =
            "No sensitivity or specificity was read in these studies; that says nothing of how accurate the test is.";
        return out + nothing + "\n";
    }
    match &accuracy.pooled {
        PooledAccuracy::Refused { reason } => out.push_str(&format!("Not pooled: {}.\n\n", text(reason))),
        PooledAccuracy::Done { summary, inputs } => {
            out.push_str("**Computed from automatically extracted counts; check each quote.**\n\n");
            let lines = summary_lines(summary, inputs.len());
            lines.iter().for_each(|(label, words)| out.push_str(&pair(label, words)));
            out.push('\n');
        }
    }
    for entry in &accuracy.entries {
        let share = |share: Option<_>| share.as_ref().map_or_else(|| "not given".to_owned(), share_words);
        let counts = entry.counts.as_ref().map(|counts| format!("; {}", accuracy_counts(counts))).unwrap_or_default();
        out.push_str(&format!(
            "- {} ({}), {}: sensitivity {}, specificity {}{counts}: “{}”\n",
            text(&entry.label),
            entry.document,
            text(entry.test.as_deref().unwrap_or("test not named")),
            share(entry.sensitivity),
            share(entry.specificity),
            text(&entry.quote)
        ));
    }
    out
}

fn harms(harms: &Harms) -> String {
    let (head, lines) = harm_lines(harms);
    let mut out = format!("\n## Harms\n\n{}\n", text(&head));
    for (n, (line, entry)) in lines.iter().zip(&harms.listed).enumerate() {
        out.push_str(if n == 0 { "\n" } else { "" });
        out.push_str(&format!("- {}\n", text(line)));
        if let Some(example) = &entry.example {
            out.push_str(&format!("  - {}\n", quoted(example)));
        }
    }
    if harms.more > 0 {
        out.push_str(&format!("- and {} more\n", harms.more));
    }
    out
}

fn study(place: usize, study: &StudyEntry, most: usize) -> String {
    let Some(lead) = study.lead() else { return String::new() };
    let level = lead.level.map_or_else(|| "level not stated".to_owned(), |level| format!("level {level}"));
    let design = lead.design.map_or("design not stated", StudyDesign::label);
    let size = lead.sample_size.map_or_else(|| "n not stated".to_owned(), |n| format!("n = {}", number(n.value)));
    let mut out =
        format!("\n### {place}. {}\n\n{level} · {design} · {size} · {}\n\n", text(&lead.title), vote_word(study.vote));
    study.documents.iter().for_each(|document| out.push_str(&format!("- {}\n", cited(document))));
    for reason in &study.grouped_by {
        out.push_str(&format!("- one study by {}\n", text(reason)));
    }
    if let Some(fit) = &study.fit {
        fit_lines(fit).iter().for_each(|(_, words)| out.push_str(&format!("- {}\n", text(words))));
    }
    if let Some(judged) = &study.judged {
        out.push_str(&format!("- {}\n", text(&judged_line(judged))));
    }
    study.findings.iter().take(most).for_each(|finding| out.push_str(&format!("- {}\n", quoted(finding))));
    if study.findings.len() > most {
        let more = count((study.findings.len() - most) as u64, "more finding", "more findings");
        out.push_str(&format!("- and {more}: `--findings` shows more\n"));
    }
    out
}

/// A finding with its direction and where it stands.
fn quoted(finding: &FindingEntry) -> String {
    let (sign, word) = direction_word(finding.direction);
    let place = format!("{} {}", finding.document, finding.section);
    let (start, end) = (finding.span.start, finding.span.end);
    format!("{sign} {word}: “{}” ({}, code points {start}–{end})", text(&finding.quote), text(&place))
}

fn registered(registered: &Registered) -> String {
    let trials = count(registered.trials as u64, "trial", "trials");
    let mut out = format!("\n## Registered\n\n{trials} on this that no paper of this corpus is known to report\n\n");
    for entry in &registered.listed {
        out.push_str(&format!("- {} ({})\n", cited(&entry.document), text(&registered_facts(entry))));
    }
    out
}
