//! What changed, as a page.

use super::markup::Markup;
use super::{cited, finding, foot, head, standing};
use crate::lookup::{Change, ChangeKind, Changes, FindingEntry};
use crate::report::wording::{count, counts_changed, minute, particulars, pooled_words, study_counts};
use crate::report::{Canvas, DigestPage};

/// The title and the body of the page.
pub(super) fn body(page: &DigestPage, canvas: Canvas) -> (String, Markup) {
    let title = format!("What changed in {}", page.corpus);
    let mut body = Markup::default();
    head(&mut body, &title, &format!("{} against {}", minute(&page.until), minute(&page.since)));
    for one in &page.questions {
        body.open("section", &[("aria-label", &one.name)]);
        body.leaf("h2", &[], &one.name);
        question(&mut body, &one.changes, canvas);
        body.close();
    }
    foot(&mut body, &page.coverage, canvas);
    (title, body)
}

fn question(body: &mut Markup, found: &Changes, canvas: Canvas) {
    if found.is_nothing() {
        body.leaf("p", &[], &format!("Nothing changed: {}.", study_counts(&found.now)));
        return;
    }
    for kind in ChangeKind::ALL {
        for one in found.changes.iter().filter(|change| change.kind == kind) {
            change(body, one, canvas);
        }
    }
    body.open("ul", &[]);
    for line in counts_changed(found) {
        body.leaf("li", &[], &line);
    }
    if let Some((before, now)) = &found.pool {
        body.leaf("li", &[], &format!("pooled before: {}", pooled_words(before)));
        body.leaf("li", &[], &format!("pooled now: {}", pooled_words(now)));
    }
    body.close();
    if found.mined_otherwise {
        let text = "The corpus was mined anew in between: what is not new or revised comes of that.";
        body.leaf("p", &[("class", "soft")], text);
    }
}

fn change(body: &mut Markup, change: &Change, canvas: Canvas) {
    body.open("article", &[]);
    body.leaf("h3", &[], &change.document.title);
    let class = if matches!(change.kind, ChangeKind::Retracted | ChangeKind::OfConcern) { "grave" } else { "care" };
    body.open("p", &[]);
    body.leaf("strong", &[("class", class)], change.kind.label());
    if let Some(particulars) = particulars(change) {
        body.text(&format!(": {particulars}"));
    }
    body.close();
    cited(body, &change.document);
    standing(body, &change.document);
    findings(body, "New findings", &change.findings_new, canvas);
    findings(body, "Findings that are gone", &change.findings_gone, canvas);
    body.close();
}

fn findings(body: &mut Markup, heading: &str, all: &[FindingEntry], canvas: Canvas) {
    if all.is_empty() {
        return;
    }
    body.leaf("h4", &[], heading);
    for one in all.iter().take(canvas.findings) {
        finding(body, one);
    }
    if all.len() > canvas.findings {
        let more = count((all.len() - canvas.findings) as u64, "more finding", "more findings");
        body.leaf("p", &[("class", "soft")], &format!("and {more}: --findings shows more"));
    }
}
