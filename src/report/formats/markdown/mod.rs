//! `--format markdown`: digests for mail and notes (CommonMark).

mod answer;

use crate::lookup::{Answer, Change, ChangeKind, Changes, CitedDocument, Coverage, FindingEntry};
use crate::report::exports::markdown::escaped;
use crate::report::wording::{
    citation, count_changes, counts_changed, coverage_words, export_line, minute, particulars, pooled_words,
    standing_words, study_counts,
};
use crate::report::{Canvas, DigestPage, ImpactPage, Renderer, plain};

/// Markdown for people.
pub(super) struct Markdown;

impl Renderer for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn answer(&self, answer: &Answer, canvas: Canvas) -> Option<String> {
        Some(answer::render(answer, canvas))
    }

    fn digest(&self, page: &DigestPage, canvas: Canvas) -> Option<String> {
        let mut out = format!(
            "# What changed in {}\n\n{} against {}\n",
            text(&page.corpus),
            minute(&page.until),
            minute(&page.since)
        );
        for question in &page.questions {
            out.push_str(&format!("\n## {}\n\n{}", text(&question.name), self::question(&question.changes, canvas)));
        }
        out.push_str(&coverage(&page.coverage));
        Some(out)
    }

    fn impact(&self, page: &ImpactPage, _canvas: Canvas) -> Option<String> {
        let mut out = String::from("# What rests on a document\n\n");
        for (corpus, document) in &page.documents {
            out.push_str(&format!("- in {}: {}\n", text(corpus), cited(document)));
        }
        out.push_str(&format!(
            "\nFindings mined from it: {}. Watched questions: {}, of which {} hold it.\n",
            page.findings,
            page.watched,
            page.lines.len()
        ));
        for line in &page.lines {
            out.push_str(&format!("\n## {} ({})\n\n", text(&line.name), text(&line.corpus)));
            if !line.counted {
                out.push_str("- its study is retracted and not counted: nothing depends on it\n");
                continue;
            }
            out.push_str(&format!("- now: {}\n", study_counts(&line.before)));
            let changes = count_changes(&line.before, &line.after);
            out.extend(changes.iter().map(|change| format!("- if retracted: {}\n", text(change))));
            if let Some((before, after)) = &line.pool {
                out.push_str(&format!("- pooled now: {}\n", text(&pooled_words(before))));
                out.push_str(&format!("- pooled without it: {}\n", text(&pooled_words(after))));
            }
        }
        if !page.digests.is_empty() {
            out.push_str("\nDigests that name it:\n\n");
            out.extend(page.digests.iter().map(|digest| format!("- {}\n", text(digest))));
        }
        if !page.exports.is_empty() {
            out.push_str("\nExports that held it:\n\n");
            out.extend(page.exports.iter().map(|export| format!("- {}\n", text(&export_line(export)))));
        }
        Some(out)
    }
}

/// What was read, and what was not.
fn coverage(coverage: &Coverage) -> String {
    let (head, sources) = coverage_words(coverage);
    let mut out = format!("\n## Coverage\n\n{}\n\n", text(&head));
    for (line, problems) in sources {
        out.push_str(&format!("- {}\n", text(&line)));
        out.extend(problems.iter().map(|problem| format!("  - {}\n", text(problem))));
    }
    if !coverage.complete {
        out.push_str("\n**Not every source was read: what is missing here may exist.**\n");
    }
    out
}

fn text(words: &str) -> String {
    escaped(&plain(words))
}

fn question(found: &Changes, canvas: Canvas) -> String {
    if found.is_nothing() {
        return format!("Nothing changed: {}.\n", study_counts(&found.now));
    }
    let mut out = String::new();
    for kind in ChangeKind::ALL {
        for change in found.changes.iter().filter(|change| change.kind == kind) {
            out.push_str(&self::change(change, canvas));
        }
    }
    out.extend(counts_changed(found).iter().map(|line| format!("- {}\n", text(line))));
    if let Some((before, now)) = &found.pool {
        out.push_str(&format!("- pooled before: {}\n", text(&pooled_words(before))));
        out.push_str(&format!("- pooled now: {}\n", text(&pooled_words(now))));
    }
    if found.mined_otherwise {
        out.push_str("\nThe corpus was mined anew in between: what is not new or revised comes of that.\n");
    }
    out
}

fn change(change: &Change, canvas: Canvas) -> String {
    let mut out = format!("- **{}**", change.kind.label());
    if let Some(particulars) = particulars(change) {
        out.push_str(&format!(" ({particulars})"));
    }
    out.push_str(&format!(" {}\n", cited(&change.document)));
    for (sign, findings) in [("new", &change.findings_new), ("gone", &change.findings_gone)] {
        let quote = |finding: &FindingEntry| format!("  - {sign}: “{}”\n", text(&finding.quote));
        out.extend(findings.iter().take(canvas.findings).map(quote));
        if findings.len() > canvas.findings {
            out.push_str(&format!("  - {sign}: {} more\n", findings.len() - canvas.findings));
        }
    }
    out
}

fn cited(document: &CitedDocument) -> String {
    let mut out = format!("{} {}", text(&document.title), text(&citation(document)));
    for (_, word, says) in standing_words(document) {
        out.push_str(&format!(" — **{word}** {}", text(&says)));
    }
    out
}
