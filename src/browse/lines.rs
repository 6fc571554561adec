//! Studies and documents as lines of text.

use std::collections::BTreeSet;

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use crate::lookup::{Answer, CitedDocument, FindingEntry, StudyEntry, Verdict};
use crate::model::{FlagKind, StudyDesign, TextIndex};
use crate::report::wording::{
    citation, coverage_words, design_counts, direction_word, favours_words, fit_lines, judged_line, number,
    patient_lines, relation_words, standing_words, study_counts, tally_words, vote_word,
};
use crate::report::{DocumentPage, plain};

pub(super) const HEAD: Style = Style::new().add_modifier(Modifier::BOLD);
pub(super) const DIM: Style = Style::new().add_modifier(Modifier::DIM);
pub(super) const GRAVE: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
pub(super) const CARE: Style = Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD);
const MARK: Style = Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD);

fn styled(text: impl Into<String>, style: Style) -> Line<'static> {
    Line::from(Span::styled(text.into(), style))
}

/// What was understood and what was counted.
pub(super) fn summary(answer: &Answer) -> Vec<Line<'static>> {
    let understood = &answer.understood;
    let name = |term: &Option<crate::lookup::Term>| term.as_ref().map(|term| plain(&term.name));
    let mut parts: Vec<String> =
        [name(&understood.treatment), name(&understood.condition)].into_iter().flatten().collect();
    parts.extend(understood.outcome.as_ref().map(|outcome| format!("“{}”", plain(&outcome.asked))));
    let mut asked = vec![Span::styled(parts.join(" · "), HEAD)];
    if !understood.unused.is_empty() {
        let words: Vec<String> = understood.unused.iter().map(|word| plain(word)).collect();
        asked.push(Span::styled(format!("  not used: {}", words.join(", ")), CARE));
    }
    let mut lines = vec![Line::from(asked)];
    let summary = &answer.summary;
    if summary.studies == 0 && summary.retracted == 0 {
        lines.push(Line::from(
            "No finding in this corpus is linked to what was asked. That is no evidence of no effect: see the coverage.",
        ));
    } else {
        lines.push(Line::from(format!("{}. {}", study_counts(summary), design_counts(summary).join(" · "))));
        let mut votes = vec![Span::raw(format!("One vote a study: {}", tally_words(summary.votes).join(" · ")))];
        if summary.one_outcome && summary.votes.is_conflict() {
            votes.push(Span::styled(" — the studies disagree", CARE));
        }
        if summary.retracted > 0 {
            votes.push(Span::styled(format!(" · {} retracted, not counted", summary.retracted), GRAVE));
        }
        lines.push(Line::from(votes));
        if let Some(relations) = &answer.relations {
            let (told, counts) = relation_words(relations);
            lines.push(Line::from(format!("Relation: {told} ({counts})")));
        }
    }
    if let Some(patient) = &answer.patient {
        lines.extend(patient_lines(patient).into_iter().map(|(label, words)| Line::from(format!("{label}: {words}"))));
    }
    lines
}

/// What the answer rests on.
pub(super) fn coverage(answer: &Answer) -> Vec<Line<'static>> {
    let (head, sources) = coverage_words(&answer.coverage);
    let style = if answer.coverage.complete { DIM } else { CARE };
    let mut lines = vec![styled(format!("Coverage: {head}"), style)];
    if !answer.coverage.complete {
        lines.extend(sources.into_iter().map(|(line, _)| styled(plain(&line), CARE)));
    }
    lines
}

/// A study in the list: two lines.
pub(super) fn entry(place: usize, study: &StudyEntry) -> Vec<Line<'static>> {
    let Some(lead) = study.lead() else { return Vec::new() };
    let level = lead.level.map_or_else(|| "–".to_owned(), |level| level.to_string());
    let size = lead.sample_size.map_or_else(String::new, |n| format!(" · n = {}", number(n.value)));
    let design = lead.design.map_or("design not stated", StudyDesign::label);
    let mut head = vec![Span::styled(format!("{place:>3} {level} {design}{size} · {}", vote_word(study.vote)), HEAD)];
    if study.retracted {
        head.push(Span::styled(" RETRACTED", GRAVE));
    }
    if let Some(fit) = &study.fit {
        let style = if fit.verdict >= Verdict::Differs { GRAVE } else { DIM };
        head.push(Span::styled(format!(" · {}", fit.verdict.label()), style));
    }
    let year = lead.year.map_or_else(String::new, |year| format!("{year} "));
    vec![Line::from(head), styled(format!("    {year}{}", plain(&lead.title)), DIM)]
}

/// A study with its findings.
pub(super) fn study(study: &StudyEntry) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (n, document) in study.documents.iter().enumerate() {
        lines.push(Line::from(vec![
            Span::styled(format!("[{}] ", n + 1), MARK),
            Span::styled(plain(&document.title), HEAD),
        ]));
        lines.push(styled(citation(document), DIM));
        lines.extend(standing(document));
    }
    lines.extend(study.grouped_by.iter().map(|reason| styled(format!("one study: {}", plain(reason)), DIM)));
    if let Some(fit) = &study.fit {
        lines.push(Line::default());
        for (verdict, line) in fit_lines(fit) {
            let style = match verdict {
                Verdict::Excluded => GRAVE,
                Verdict::Differs | Verdict::Unclear => CARE,
                Verdict::Fits | Verdict::NotReported => DIM,
            };
            lines.push(styled(line, style));
        }
    }
    if let Some(judged) = &study.judged {
        lines.push(Line::default());
        lines.push(styled(judged_line(judged), CARE));
    }
    for finding in &study.findings {
        lines.push(Line::default());
        lines.extend(self::finding(finding));
    }
    lines
}

fn standing(document: &CitedDocument) -> impl Iterator<Item = Line<'static>> {
    standing_words(document).into_iter().map(|(kind, word, says)| {
        let style = if matches!(kind, FlagKind::Retracted | FlagKind::OfConcern) { GRAVE } else { CARE };
        Line::from(vec![Span::styled(word, style), Span::raw(format!(" {says}"))])
    })
}

fn finding(finding: &FindingEntry) -> Vec<Line<'static>> {
    let (sign, words) = direction_word(finding.direction);
    let mut spans = vec![Span::styled(format!("{sign} "), HEAD), Span::raw("“")];
    let inside = |n: usize| finding.marks.iter().any(|mark| (mark.start as usize..mark.end as usize).contains(&n));
    spans.extend(runs(&finding.quote, |n| if inside(n) { MARK } else { Style::new() }));
    spans.push(Span::raw("”"));
    if finding.as_comparator {
        spans.push(Span::styled(" [here the treatment is the comparator]", CARE));
    }
    for effect in finding.effects.iter().filter(|effect| effect.consistent == Some(false)) {
        let reason = effect.inconsistency.as_deref().unwrap_or("they do not agree with each other");
        spans.push(Span::styled(format!(" [numbers disagree: {}]", plain(reason)), CARE));
    }
    let favours = favours_words(finding.favours).map_or_else(String::new, |words| format!(", {words}"));
    let place =
        format!("  {words}{favours} · {} {} · {}", finding.document, plain(&finding.section), finding.role.name());
    vec![Line::from(spans), styled(place, DIM)]
}

/// A text in runs of one style each; `style` is asked for the style of each code point.
fn runs(text: &str, style: impl Fn(usize) -> Style) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let (mut run, mut held) = (String::new(), Style::new());
    for (n, c) in text.chars().enumerate() {
        let next = style(n);
        if next != held && !run.is_empty() {
            spans.push(Span::styled(plain(&run), held));
            run.clear();
        }
        held = next;
        run.push(c);
    }
    if !run.is_empty() {
        spans.push(Span::styled(plain(&run), held));
    }
    spans
}

/// A document whole, its findings marked.
pub(super) fn document(page: &DocumentPage) -> Vec<Line<'static>> {
    let document = &page.document;
    let mut lines = vec![styled(plain(document.title()), HEAD), styled(citation(&page.citation), DIM)];
    lines.extend(standing(&page.citation));
    let text = document.text();
    let index = TextIndex::new(&text);
    let in_findings: BTreeSet<u32> = page.annotation.findings.iter().flat_map(|f| f.span.start..f.span.end).collect();
    for (passage, span) in document.passages.iter().zip(document.passage_spans()).skip(1) {
        lines.push(Line::default());
        lines.push(styled(plain(&passage.section), HEAD));
        let at = |n: usize| if in_findings.contains(&(span.start + n as u32)) { MARK } else { Style::new() };
        lines.push(Line::from(runs(index.slice(span), at)));
    }
    lines.push(Line::default());
    let stored = format!("Stored {} from {}", page.citation.stored_at, plain(&page.citation.origin));
    lines.push(styled(stored, DIM));
    lines
}
