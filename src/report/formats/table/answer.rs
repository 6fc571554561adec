//! The answer of a look-up for people.

use super::text::{CARE, DIM, GRAVE, HEAD, citation, count, coverage, field, fold, number, quote, standing};
use crate::lookup::{
    Answer, FindingEntry, Fit, Harms, LinkEntry, QuestionKind, Registered, StudyEntry, Summary, Term, Understood,
    Verdict,
};
use crate::model::{Direction, StudyDesign};
use crate::report::wording::{
    design_counts, direction_word, favours_words, fit_lines, gap_lines, harm_lines, judged_line, outcome_rule,
    patient_lines, registered_facts, relation_words, sought_lines, study_counts, tally_words, tells_directions,
    vote_word,
};
use crate::report::{Canvas, plain};

pub(super) fn render(answer: &Answer, canvas: Canvas) -> String {
    let mut out = question(&answer.understood, canvas.width);
    if let Some(patient) = &answer.patient {
        for (label, text) in patient_lines(patient) {
            out.push_str(&field(label, &text, canvas.width));
        }
    }
    out.push('\n');
    out.push_str(&summary(&answer.summary, &answer.understood, canvas.width));
    if let Some(relations) = answer.relations.filter(|_| answer.summary.studies > 0) {
        let (told, counts) = relation_words(&relations);
        out.push_str(&field(
            "Relation",
            &format!("{HEAD}{told}{HEAD:#}; what each study's words say: {counts}"),
            canvas.width,
        ));
        for one in &answer.mentioned {
            out.push_str(&field("", &format!("{}: {}", one.document, quote(&one.quote, &[])), canvas.width));
        }
    }
    if let Some(pooling) = &answer.pool {
        out.push('\n');
        out.push_str(&super::pool::render(pooling, canvas.width));
    }
    if let Some(accuracy) = &answer.accuracy {
        out.push('\n');
        out.push_str(&super::accuracy::render(accuracy, canvas.width));
    }
    if let Some(harms) = &answer.harms {
        out.push('\n');
        out.push_str(&self::harms(harms, canvas.width));
    }
    for (n, entry) in answer.studies.iter().enumerate() {
        out.push('\n');
        out.push_str(&study(n + 1, entry, canvas));
    }
    let found = answer.summary.studies + answer.summary.retracted;
    if answer.studies.len() < found {
        let more = format!("{DIM}{} of {found} studies shown; --limit shows more{DIM:#}", answer.studies.len());
        out.push_str(&format!("\n{}", fold(&more, canvas.width, "")));
    }
    if let Some(gaps) = answer.gaps.as_ref().filter(|gaps| !gaps.is_nothing()) {
        out.push('\n');
        for (n, line) in gap_lines(gaps).iter().enumerate() {
            out.push_str(&if n == 0 {
                field("Gaps", line, canvas.width)
            } else {
                fold(line, canvas.width, "           ")
            });
        }
    }
    if answer.registered.trials > 0 {
        out.push('\n');
        out.push_str(&registered(&answer.registered, canvas.width));
    }
    out.push('\n');
    out.push_str(&coverage(&answer.coverage, canvas.width));
    out.push_str(&fold(
        &format!("{DIM}Quotes and numbers are the papers' own, found by a program; check them before you act.{DIM:#}"),
        canvas.width,
        "           ",
    ));
    out
}

/// Harms beside benefits, each with a finding on it.
fn harms(harms: &Harms, width: usize) -> String {
    let (head, lines) = harm_lines(harms);
    let mut out = field("Harms", &head, width);
    let mut shown = Vec::new();
    for (line, entry) in lines.iter().zip(&harms.listed) {
        out.push_str(&fold(line, width, "           "));
        let Some(example) = &entry.example else { continue };
        let place = (&example.document, example.span);
        let words = if shown.contains(&place) {
            "the sentence quoted above".to_owned()
        } else {
            quote(&example.quote, &example.marks)
        };
        shown.push(place);
        out.push_str(&fold(&format!("{DIM}{}:{DIM:#} {words}", example.document), width, "             "));
    }
    if harms.more > 0 {
        out.push_str(&fold(&format!("{DIM}and {} more{DIM:#}", harms.more), width, "           "));
    }
    out
}

fn registered(registered: &Registered, width: usize) -> String {
    let trials = count(registered.trials as u64, "trial", "trials");
    let mut out =
        field("Registered", &format!("{trials} on this that no paper of this corpus is known to report"), width);
    for entry in &registered.listed {
        let facts = registered_facts(entry);
        let line = format!("{} · {facts} · {}", entry.document.id, plain(&entry.document.title));
        out.push_str(&fold(&line, width, "           "));
        if let Some(fit) = &entry.fit {
            out.push_str(&fitting(fit, width, "             "));
        }
    }
    let others = registered.trials - registered.listed.len();
    if others > 0 {
        out.push_str(&fold(&format!("{DIM}and {others} more: --limit shows more{DIM:#}"), width, "           "));
    }
    out
}

fn question(understood: &Understood, width: usize) -> String {
    let mut out = String::new();
    if understood.in_words {
        out.push_str(&field("Understood", &sense(understood), width));
    }
    for (label, term) in [("Condition", &understood.condition), ("Treatment", &understood.treatment)] {
        if let Some(term) = term {
            out.push_str(&field(label, &described(term), width));
        }
    }
    for (label, text) in sought_lines(understood) {
        out.push_str(&field(label, &text, width));
    }
    if let Some(comparator) = &understood.comparator {
        let by_concept = match &comparator.concept {
            Some((id, name)) => format!("{} ({id})", plain(name)),
            None => format!("“{}”, by its words", plain(&comparator.asked)),
        };
        out.push_str(&field("Comparator", &by_concept, width));
    }
    if let Some(test) = &understood.test {
        out.push_str(&field("Test", &format!("“{}”, by its words", plain(&test.asked)), width));
    }
    if let Some(outcome) = &understood.outcome {
        out.push_str(&field("Outcome", &outcome_rule(outcome, understood), width));
    }
    let filters = understood.filters.words();
    if !filters.is_empty() {
        out.push_str(&field("Only", &filters.join(" · "), width));
    }
    if !understood.unused.is_empty() {
        let words: Vec<String> = understood.unused.iter().map(|word| format!("“{}”", plain(word))).collect();
        let text = format!("{CARE}{}{CARE:#}: the answer does not depend on it", words.join(", "));
        out.push_str(&field("Not used", &text, width));
    }
    out
}

/// What a question in words was taken to ask.
pub(in crate::report::formats) fn sense(understood: &Understood) -> String {
    let kind = understood.kind.map_or("names alone, no form of question that is known", |kind| match kind {
        QuestionKind::Therapy => "a question of therapy",
        QuestionKind::Harm => "a question of harm",
        QuestionKind::Diagnosis => "a question of diagnosis",
        QuestionKind::Prognosis => "a question of prognosis",
    });
    match (understood.direction, &understood.outcome) {
        (Some(direction), Some(outcome)) => {
            let way = match direction {
                Direction::Decreased => "decreased",
                Direction::Increased => "increased",
                Direction::NoDifference => "unchanged",
            };
            format!("{kind}: whether “{}” is {way}", plain(&outcome.asked))
        }
        _ => kind.to_owned(),
    }
}

pub(in crate::report::formats) fn described(term: &Term) -> String {
    let mut text = format!("{} ({})", plain(&term.name), term.concept);
    if !term.name.eq_ignore_ascii_case(term.asked.trim()) {
        text.push_str(&format!(", asked as “{}”", plain(&term.asked)));
    }
    match term.narrower() {
        0 => {}
        1 => text.push_str(", with 1 kind or member of it"),
        n => text.push_str(&format!(", with {n} kinds or members of it")),
    }
    if !term.together.is_empty() {
        let names: Vec<String> = term.together.iter().map(|(id, name)| format!("{} ({id})", plain(name))).collect();
        text.push_str(&format!("; together with {}", names.join(", ")));
    }
    if !term.apart.is_empty() {
        let names: Vec<String> = term.apart.iter().map(|(_, name)| plain(name)).collect();
        text.push_str(&format!("; not meant, ask by name: {}", names.join("; ")));
    }
    if !term.alternatives.is_empty() {
        let names: Vec<String> =
            term.alternatives.iter().take(3).map(|(id, name)| format!("{} ({id})", plain(name))).collect();
        text.push_str(&format!("; the name also stands for {}", names.join(", ")));
    }
    text
}

fn summary(summary: &Summary, understood: &Understood, width: usize) -> String {
    let n = summary.studies as u64;
    if n == 0 && summary.retracted == 0 {
        let text = "No finding in this corpus is linked to what was asked. That is no evidence of no effect: see the coverage.";
        return field("Summary", text, width);
    }
    let mut text = study_counts(summary);
    let designs = design_counts(summary);
    if !designs.is_empty() {
        text.push_str(&format!(". {}", designs.join(" · ")));
    }
    let mut out = field("Summary", &text, width);
    if tells_directions(understood) {
        out.push_str(&fold(&votes(summary, understood), width, "           "));
    }
    if summary.retracted > 0 {
        let text = format!(
            "{GRAVE}{} found, shown and not counted.{GRAVE:#}",
            count(summary.retracted as u64, "retracted study was", "retracted studies were")
        );
        out.push_str(&fold(&text, width, "           "));
    }
    out
}

fn votes(summary: &Summary, understood: &Understood) -> String {
    let tally = summary.votes;
    let parts = tally_words(tally);
    match &understood.outcome {
        Some(outcome) if summary.one_outcome => {
            let verdict =
                if tally.is_conflict() { format!(" — {CARE}the studies disagree{CARE:#}") } else { String::new() };
            format!("“{}”, one vote a study: {}{verdict}", plain(&outcome.asked), parts.join(" · "))
        }
        Some(_) => format!(
            "Each study's findings that hold the most of the words, one vote a study: {} (they need not be on one outcome)",
            parts.join(" · ")
        ),
        None => format!(
            "Each study's own outcomes, one vote a study: {} (name an --outcome to compare like with like)",
            parts.join(" · ")
        ),
    }
}

fn study(place: usize, study: &StudyEntry, canvas: Canvas) -> String {
    let Some(lead) = study.lead() else { return String::new() };
    const INDENT: &str = "     ";
    let mut head = HEAD.to_string();
    head.push_str(&lead.level.map_or_else(|| "level –".to_owned(), |level| format!("level {level}")));
    head.push_str(&format!(" · {}", lead.design.map_or("design not stated", StudyDesign::label)));
    head.push_str(
        &lead.sample_size.map_or_else(|| " · n not stated".to_owned(), |n| format!(" · n = {}", number(n.value))),
    );
    head.push_str(&format!("{HEAD:#} · {}", vote_word(study.vote)));
    let head = fold(&head, canvas.width, INDENT);
    let mut out = format!("{HEAD}{place:>3}{HEAD:#}  {}", head.strip_prefix(INDENT).unwrap_or(&head));
    for (n, document) in study.documents.iter().enumerate() {
        if n == 0 {
            out.push_str(&fold(&plain(&document.title), canvas.width, INDENT));
        }
        let also = if n == 0 { "" } else { "also: " };
        out.push_str(&fold(&format!("{DIM}{also}{}{DIM:#}", citation(document)), canvas.width, INDENT));
        for line in standing(document) {
            out.push_str(&fold(&line, canvas.width, INDENT));
        }
    }
    if let Some(fit) = &study.fit {
        out.push_str(&fitting(fit, canvas.width, INDENT));
    }
    if let Some(judged) = &study.judged {
        out.push_str(&fold(&format!("{CARE}{}{CARE:#}", judged_line(judged)), canvas.width, INDENT));
    }
    for finding in study.findings.iter().take(canvas.findings) {
        out.push_str(&self::finding(finding, canvas));
    }
    if study.findings.len() > canvas.findings {
        let more = study.findings.len() - canvas.findings;
        let more =
            format!("{DIM}and {}: --findings shows more{DIM:#}", count(more as u64, "more finding", "more findings"));
        out.push_str(&fold(&more, canvas.width, INDENT));
    }
    if canvas.why {
        out.push_str(&why_study(study, canvas.width));
    }
    out
}

/// How a study fits the patient.
fn fitting(fit: &Fit, width: usize, indent: &str) -> String {
    let line = |(verdict, line): (Verdict, String)| {
        let style = match verdict {
            Verdict::Excluded => GRAVE,
            Verdict::Differs | Verdict::Unclear => CARE,
            Verdict::Fits | Verdict::NotReported => DIM,
        };
        fold(&format!("{style}{line}{style:#}"), width, indent)
    };
    fit_lines(fit).into_iter().map(line).collect()
}

fn finding(finding: &FindingEntry, canvas: Canvas) -> String {
    let (arrow, _) = direction_word(finding.direction);
    let mut text = format!("{arrow} {}", quote(&finding.quote, &finding.marks));
    if finding.as_comparator {
        text.push_str(&format!(" {CARE}[here the treatment is the comparator]{CARE:#}"));
    }
    for effect in finding.effects.iter().filter(|effect| effect.consistent == Some(false)) {
        let reason = effect.inconsistency.as_deref().unwrap_or("they do not agree with each other");
        text.push_str(&format!(" {CARE}[numbers disagree: {}]{CARE:#}", plain(reason)));
    }
    let mut out = fold(&text, canvas.width, "     ");
    if canvas.why {
        out.push_str(&why_finding(finding, canvas.width));
    }
    out
}

fn why_finding(finding: &FindingEntry, width: usize) -> String {
    const INDENT: &str = "       ";
    let mut lines = vec![format!(
        "where: {} {} ({}), code points {}–{}, read as {}",
        finding.document,
        plain(&finding.section),
        finding.place.name(),
        finding.span.start,
        finding.span.end,
        finding.role.name()
    )];
    for repeat in &finding.repeats {
        let place = format!("{} {}", repeat.document, plain(&repeat.section));
        lines.push(format!("again: {place}, code points {}–{}", repeat.span.start, repeat.span.end));
    }
    if let Some(words) = favours_words(finding.favours) {
        let outcome = finding
            .outcome
            .as_deref()
            .map_or_else(String::new, |outcome| format!(", by what “{}” means", plain(outcome)));
        lines.push(format!("told: {words}{outcome}"));
    }
    if !finding.numbers.is_empty() {
        let numbers: Vec<String> = finding.numbers.iter().map(|text| plain(text)).collect();
        lines.push(format!("numbers: {}", numbers.join(" | ")));
    }
    for (label, link) in [("condition", &finding.condition), ("treatment", &finding.treatment)] {
        if let Some(link) = link {
            lines.push(format!("{label}: {}", linked(link)));
        }
    }
    lines.iter().map(|line| fold(&format!("{DIM}{line}{DIM:#}"), width, INDENT)).collect()
}

fn linked(link: &LinkEntry) -> String {
    let reasons: Vec<&str> = link.reasons.iter().map(|reason| reason.name()).collect();
    let cosine = link.cosine.map(|cosine| format!(", cosine {cosine:.2}")).unwrap_or_default();
    format!("{} ({}) at {:.2}, by {}{cosine}", plain(&link.name), link.concept, link.confidence, reasons.join(" and "))
}

fn why_study(study: &StudyEntry, width: usize) -> String {
    let mut lines = Vec::new();
    if let Some(lead) = study.lead() {
        lines.push(match &lead.design_reason {
            Some(reason) => format!("design: told from {}", plain(reason)),
            None => "design: nothing in the record says".to_owned(),
        });
        lines.push(format!("stored: {} from {}", lead.stored_at, plain(&lead.origin)));
    }
    lines.push(format!(
        "place: {}fit {:.2}, {}; then level, year",
        if study.retracted { "retracted studies come last; " } else { "" },
        study.relevance(),
        if study.findings.iter().any(|finding| finding.by_words) {
            "by the share of the question's words that it holds"
        } else {
            "the weaker of its links"
        }
    ));
    lines.extend(study.grouped_by.iter().map(|reason| format!("one study: {reason}")));
    lines.iter().map(|line| fold(&format!("{DIM}{line}{DIM:#}"), width, "     ")).collect()
}
