//! What changed, and what rests on a document, for people.

use super::text::{CARE, DIM, GRAVE, HEAD, citation, count, coverage, field, fold, minute, quote, standing};
use crate::lookup::{Change, ChangeKind, Changes, FindingEntry};
use crate::report::wording::{
    count_changes, counts_changed, export_line, particulars, pooled_words, study_counts, tally_words,
};
use crate::report::{Canvas, DigestPage, ImpactPage, plain};

const INDENT: &str = "     ";

pub(super) fn digest(page: &DigestPage, canvas: Canvas) -> String {
    let span = format!("{}: {} against {}", plain(&page.corpus), minute(&page.until), minute(&page.since));
    let mut out = field("Changes", &span, canvas.width);
    for question in &page.questions {
        out.push_str(&format!("\n{HEAD}{}{HEAD:#}\n", plain(&question.name)));
        out.push_str(&self::question(&question.changes, canvas));
    }
    out.push('\n');
    out.push_str(&coverage(&page.coverage, canvas.width));
    out
}

fn question(found: &Changes, canvas: Canvas) -> String {
    if found.is_nothing() {
        return fold(&format!("nothing changed: {}", study_counts(&found.now)), canvas.width, INDENT);
    }
    let mut out = String::new();
    for kind in ChangeKind::ALL {
        for change in found.changes.iter().filter(|change| change.kind == kind) {
            out.push_str(&self::change(change, canvas));
        }
    }
    for line in counts_changed(found) {
        out.push_str(&fold(&line, canvas.width, INDENT));
    }
    if let Some((before, now)) = &found.pool {
        out.push_str(&fold(&format!("{CARE}pooled before{CARE:#}: {}", pooled_words(before)), canvas.width, INDENT));
        out.push_str(&fold(&format!("{CARE}pooled now{CARE:#}: {}", pooled_words(now)), canvas.width, INDENT));
    }
    if found.mined_otherwise {
        let text = "The corpus was mined anew in between, by another program, vocabulary or model: what is not new or revised comes of that.";
        out.push_str(&fold(&format!("{DIM}{text}{DIM:#}"), canvas.width, INDENT));
    }
    out
}

fn change(change: &Change, canvas: Canvas) -> String {
    let style = if matches!(change.kind, ChangeKind::Retracted | ChangeKind::OfConcern) { GRAVE } else { CARE };
    let mut head = format!("{style}{}{style:#}", change.kind.label());
    if let Some(particulars) = particulars(change) {
        head.push_str(&format!(": {particulars}"));
    }
    let mut out = fold(&head, canvas.width, "  ");
    out.push_str(&fold(&plain(&change.document.title), canvas.width, INDENT));
    out.push_str(&fold(&format!("{DIM}{}{DIM:#}", citation(&change.document)), canvas.width, INDENT));
    for line in standing(&change.document) {
        out.push_str(&fold(&line, canvas.width, INDENT));
    }
    out.push_str(&findings("+", &change.findings_new, canvas));
    out.push_str(&findings("−", &change.findings_gone, canvas));
    out
}

fn findings(sign: &str, findings: &[FindingEntry], canvas: Canvas) -> String {
    let mut out = String::new();
    for finding in findings.iter().take(canvas.findings) {
        out.push_str(&fold(&format!("{sign} {}", quote(&finding.quote, &finding.marks)), canvas.width, INDENT));
    }
    if findings.len() > canvas.findings {
        let more = count((findings.len() - canvas.findings) as u64, "more finding", "more findings");
        out.push_str(&format!("{INDENT}{DIM}{sign} {more}: --findings shows more{DIM:#}\n"));
    }
    out
}

pub(super) fn impact(page: &ImpactPage, canvas: Canvas) -> String {
    let mut out = String::new();
    for (corpus, cited) in &page.documents {
        out.push_str(&format!("{HEAD}{}{HEAD:#}\n", plain(corpus)));
        out.push_str(&fold(&plain(&cited.title), canvas.width, INDENT));
        out.push_str(&fold(&format!("{DIM}{}{DIM:#}", citation(cited)), canvas.width, INDENT));
        for line in standing(cited) {
            out.push_str(&fold(&line, canvas.width, INDENT));
        }
    }
    let mined = count(page.findings as u64, "finding was", "findings were");
    let watched = count(page.watched as u64, "watched question", "watched questions");
    let holding = count(page.lines.len() as u64, "answer holds", "answers hold");
    out.push_str(&field("Impact", &format!("{mined} mined from it; of {watched}, {holding} it"), canvas.width));
    for line in &page.lines {
        out.push_str(&format!("\n{HEAD}{}{HEAD:#} · {}\n", plain(&line.name), plain(&line.corpus)));
        let shown = count(line.findings as u64, "finding of it is", "findings of it are");
        out.push_str(&fold(&format!("{shown} shown"), canvas.width, INDENT));
        if !line.counted {
            let text = "its study is retracted and not counted: nothing depends on it";
            out.push_str(&fold(text, canvas.width, INDENT));
            continue;
        }
        let votes = tally_words(line.before.votes).join(" · ");
        out.push_str(&fold(&format!("now: {}; {votes}", study_counts(&line.before)), canvas.width, INDENT));
        let changes = count_changes(&line.before, &line.after);
        out.push_str(&fold(&format!("{CARE}if retracted{CARE:#}: {}", changes.join("; ")), canvas.width, INDENT));
        if let Some((before, after)) = &line.pool {
            out.push_str(&fold(&format!("pooled now: {}", pooled_words(before)), canvas.width, INDENT));
            out.push_str(&fold(&format!("pooled without it: {}", pooled_words(after)), canvas.width, INDENT));
        }
    }
    if !page.digests.is_empty() {
        out.push('\n');
        out.push_str(&field("Digests", &plain(&page.digests.join(", ")), canvas.width));
    }
    for (n, export) in page.exports.iter().enumerate() {
        let label = if n == 0 { "\n" } else { "" };
        out.push_str(label);
        out.push_str(&field("Exported", &export_line(export), canvas.width));
    }
    out
}
