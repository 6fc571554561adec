//! The hits of a search, and what was asked for besides.

use super::text::{CARE, DIM, HEAD, citation, count, coverage, field, fold, number, quote, standing};
use crate::model::StudyDesign;
use crate::report::{Canvas, ClauseLine, ExplainPage, HitPage, SearchDetails, plain};

/// How many branches of a clause are shown.
const BRANCHES: usize = 12;

pub(super) fn hits(page: &HitPage, canvas: Canvas) -> String {
    let width = canvas.width;
    let mut out = strategy(&page.details, width);
    out.push_str(&field("Query", &plain(&page.query), width));
    let shown = match page.hits.len() {
        0 => String::new(),
        n => format!(", {} to {} shown", page.offset + 1, page.offset + n),
    };
    let many = format!("{}s", page.unit);
    let found = count(page.total, page.unit, &many);
    let order = match page.sort {
        "date" => "newest first".to_owned(),
        "level" => "best level of evidence first".to_owned(),
        _ => format!("ranked by {}", page.mode),
    };
    out.push_str(&field("Found", &format!("{found}{shown}, {order}"), width));
    for note in &page.notes {
        out.push_str(&fold(&plain(note), width, "           "));
    }
    out.push_str(&loosened(&page.details, width));
    if let Some(explanation) = &page.details.explanation {
        out.push_str(&explained(explanation, width));
    }
    for facet in &page.details.facets {
        let values: Vec<String> =
            facet.values.iter().map(|line| format!("{} {}", plain(&line.value), number(line.count))).collect();
        let more = if facet.more > 0 { format!(" · {} more", number(facet.more as u64)) } else { String::new() };
        out.push_str(&field(facet.facet, &format!("{}{more}", values.join(" · ")), width));
    }
    for (n, hit) in page.hits.iter().enumerate() {
        let document = &hit.document;
        let design = document.design.map(|design| format!(" · {}", StudyDesign::label(design))).unwrap_or_default();
        let level = document.level.map(|level| format!("level {level}")).unwrap_or_else(|| "level –".to_owned());
        out.push_str(&format!(
            "\n{HEAD}{:>3}{HEAD:#}  {}\n",
            page.offset + n + 1,
            fold(&plain(&document.title), width, "     ").trim()
        ));
        if let Some(line) = &hit.quote {
            out.push_str(&fold(&quote(&line.text, &[]), width, "     "));
            let role = line.role.map(|role| format!(" · {role}")).unwrap_or_default();
            let finding = line.finding.map(|n| format!(" · finding {n}")).unwrap_or_default();
            let place = format!("{}{role}{finding} · {} to {}", plain(&line.section), line.span.start, line.span.end);
            out.push_str(&fold(&format!("{DIM}{place}{DIM:#}"), width, "     "));
        }
        out.push_str(&fold(&format!("{DIM}{}{DIM:#}", citation(document)), width, "     "));
        out.push_str(&fold(&format!("{DIM}{level}{design}, score {:.3}{DIM:#}", hit.score), width, "     "));
        for line in standing(document) {
            out.push_str(&fold(&line, width, "     "));
        }
    }
    out.push('\n');
    out.push_str(&coverage(&page.coverage, width));
    out
}

/// Number, query and count, a line each, as reviewers publish them.
fn strategy(details: &SearchDetails, width: usize) -> String {
    let Some(last) = details.strategy.last() else { return String::new() };
    let digits = last.number.to_string().len() + 1;
    let counts: Vec<String> = details.strategy.iter().map(|line| number(line.count)).collect();
    let column = counts.iter().map(String::len).max().unwrap_or(0);
    let mut out = String::new();
    for (line, count) in details.strategy.iter().zip(counts) {
        let label = format!("#{}", line.number);
        let start = format!("{label:<digits$}  {count:>column$}  ");
        let indent = " ".repeat(start.len());
        let folded = fold(&plain(&line.query), width, &indent);
        out.push_str(&start);
        out.push_str(folded.get(indent.len()..).unwrap_or_default());
        for note in &line.notes {
            out.push_str(&fold(&format!("{DIM}{}{DIM:#}", plain(note)), width, &indent));
        }
    }
    out.push('\n');
    out
}

fn loosened(details: &SearchDetails, width: usize) -> String {
    let mut out = String::new();
    for (n, line) in details.loosened.iter().enumerate() {
        let text = format!("{} — {} found by {}", plain(&line.step), number(line.count), plain(&line.query));
        out.push_str(&field(if n == 0 { "Loosened" } else { "" }, &text, width));
    }
    out
}

fn explained(page: &ExplainPage, width: usize) -> String {
    let mut out = field("Read as", &plain(&page.translation), width);
    out.push('\n');
    let column = number(page.clause.count).len().max(largest(&page.clause));
    clause(&page.clause, 0, column, width, &mut out);
    out.push('\n');
    for (n, cost) in page.costs.iter().enumerate() {
        let adds = if cost.adds == 0 { "nothing".to_owned() } else { number(cost.adds) };
        let text = format!("{}: without it {} ({adds} more)", plain(&cost.clause), number(cost.without));
        out.push_str(&field(if n == 0 { "Costs" } else { "" }, &text, width));
    }
    for line in &page.unmatched {
        let near = match line.nearest.as_slice() {
            [] => String::new(),
            near => format!("; near it: {}", near.iter().map(|term| plain(term)).collect::<Vec<_>>().join(", ")),
        };
        let text = format!("{CARE}finds nothing{CARE:#}{near}");
        out.push_str(&field("Unmatched", &format!("{}: {text}", plain(&line.term)), width));
    }
    out
}

/// How many columns the largest count of a tree needs.
fn largest(clause: &ClauseLine) -> usize {
    let branches = clause.branches.iter().map(|branch| number(branch.count).len());
    let operands = clause.operands.iter().map(largest);
    branches.chain(operands).max().unwrap_or(0).max(number(clause.count).len())
}

/// A clause with its count in a column of its own, its parts beneath it.
fn clause(line: &ClauseLine, depth: usize, column: usize, width: usize, out: &mut String) {
    let operator = line.operator.as_deref().map(|operator| format!("{operator} ")).unwrap_or_default();
    let own = if line.operands.is_empty() { plain(&line.query) } else { format!("{} parts", line.operands.len()) };
    row(&format!("{operator}{own}"), line.count, depth, column, width, out);
    for branch in line.branches.iter().take(BRANCHES) {
        row(&format!("{DIM}{}{DIM:#}", plain(&branch.name)), branch.count, depth + 1, column, width, out);
    }
    if line.stands_for > 1 {
        let listed = line.branches.len().min(BRANCHES);
        let text = format!("{DIM}… {listed} of the {} that it stands for{DIM:#}", number(line.stands_for as u64));
        out.push_str(&fold(&text, width, &" ".repeat(column + 4 + 2 * depth)));
    }
    for operand in &line.operands {
        clause(operand, depth + 1, column, width, out);
    }
}

fn row(text: &str, hits: u64, depth: usize, column: usize, width: usize, out: &mut String) {
    let indent = " ".repeat(column + 2 + 2 * depth);
    let folded = fold(text, width, &indent);
    out.push_str(&format!("{:>column$}", number(hits)));
    out.push_str(folded.get(column..).unwrap_or_default());
}
