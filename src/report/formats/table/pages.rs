//! Search hits, status, documents and concepts for people.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::text::{CARE, DIM, HEAD, citation, coverage, field, fold, number, quote, standing};
use crate::lookup::Told;
use crate::model::{Document, LinkSide, StudyDesign, TextIndex};
use crate::report::wording::{favours_words, occurrence_lines, told_lines};
use crate::report::{Canvas, ConceptPage, CorpusPage, DocumentPage, plain};

pub(super) fn grid(canvas: Canvas) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(canvas.width).unwrap_or(u16::MAX));
    table
}

pub(super) fn status(pages: &[CorpusPage], canvas: Canvas) -> String {
    let mut out = String::new();
    for (n, page) in pages.iter().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        out.push_str(&field("Corpus", &format!("{}: {}", page.name, plain(&page.title)), canvas.width));
        let totals: Vec<String> = page.totals.iter().map(|(label, n)| format!("{} {label}", number(*n))).collect();
        out.push_str(&field("Holds", &totals.join(" · "), canvas.width));
        out.push_str(&field("Words", &page.vocabularies.join(", "), canvas.width));
        let encoder = page.encoder.as_deref().unwrap_or("none: links and ranking go by words alone");
        out.push_str(&field("Vectors", encoder, canvas.width));
        out.push_str(&field("Index", &page.index, canvas.width));
        if !page.last_run.is_empty() {
            let mut table = grid(canvas);
            let labels =
                page.last_run.first().map(|(_, counts)| counts.iter().map(|(label, _)| *label).collect::<Vec<_>>());
            table.set_header(std::iter::once("Last run").chain(labels.unwrap_or_default()));
            for (source, counts) in &page.last_run {
                table.add_row(std::iter::once(plain(source)).chain(counts.iter().map(|(_, n)| number(*n))));
            }
            for column in table.column_iter_mut().skip(1) {
                column.set_cell_alignment(CellAlignment::Right);
            }
            for line in table.lines() {
                out.push_str(line.trim_end());
                out.push('\n');
            }
        }
        out.push_str(&coverage(&page.coverage, canvas.width));
        for (place, reason) in &page.rejected {
            out.push_str(&fold(
                &format!("{CARE}rejected{CARE:#} {}: {}", plain(place), plain(reason)),
                canvas.width,
                "",
            ));
        }
    }
    out
}

pub(super) fn document(page: &DocumentPage, canvas: Canvas) -> String {
    let document = &page.document;
    let mut out = fold(&format!("{HEAD}{}{HEAD:#}", plain(document.title())), canvas.width, "");
    out.push_str(&fold(&format!("{DIM}{}{DIM:#}", citation(&page.citation)), canvas.width, ""));
    for line in standing(&page.citation) {
        out.push_str(&fold(&line, canvas.width, ""));
    }
    let study = &page.annotation.study;
    let design = study.design.map_or("design not stated", StudyDesign::label);
    let level = study.level.map_or_else(|| "level –".to_owned(), |level| format!("level {level}"));
    let size = study.sample_size.map_or_else(|| "n not stated".to_owned(), |n| format!("n = {}", number(n.value)));
    out.push_str(&field("Study", &format!("{level} · {design} · {size}"), canvas.width));
    if !study.registrations.is_empty() {
        out.push_str(&field("Registered", &study.registrations.join(", "), canvas.width));
    }
    if let Some(told) = &page.told {
        out.push_str(&comparison(told, document, canvas));
    }
    for passage in document.body() {
        out.push('\n');
        out.push_str(&fold(&format!("{HEAD}{}{HEAD:#}", plain(&passage.section)), canvas.width, ""));
        out.push_str(&fold(&plain(&passage.text), canvas.width, ""));
    }
    let text = document.text();
    let index = TextIndex::new(&text);
    let name = |id: &crate::model::ConceptId| page.names.get(id).map_or_else(|| id.to_string(), |name| plain(name));
    for (n, finding) in page.annotation.findings.iter().enumerate() {
        out.push_str(&format!("\n{HEAD}Finding {}{HEAD:#} {}", n + 1, finding.role.name()));
        if let Some(direction) = finding.direction {
            out.push_str(&format!(" · {}", direction.name()));
        }
        if let Some(words) = favours_words(finding.favours) {
            out.push_str(&format!(" · {words}"));
        }
        out.push('\n');
        out.push_str(&fold(&quote(index.slice(finding.span), &[]), canvas.width, "  "));
        for effect in &finding.effects {
            let agree = match effect.consistent {
                Some(true) => ", numbers agree",
                Some(false) => ", NUMBERS DISAGREE",
                None => "",
            };
            let line = format!("{}: {}{agree}", effect.measure.name(), plain(index.slice(effect.span)));
            out.push_str(&fold(&line, canvas.width, "  "));
        }
        for side in [LinkSide::Condition, LinkSide::Treatment] {
            let links: Vec<String> = finding
                .links
                .iter()
                .filter(|link| link.side == side)
                .map(|link| format!("{} {:.2}", name(&link.concept), link.confidence))
                .collect();
            if !links.is_empty() {
                out.push_str(&fold(&format!("{DIM}{}: {}{DIM:#}", side.name(), links.join(", ")), canvas.width, "  "));
            }
        }
    }
    out.push('\n');
    let stored = format!("{} from {}", page.citation.stored_at, plain(&page.citation.origin));
    out.push_str(&field("Stored", &stored, canvas.width));
    out
}

/// What a document says of the comparison that was asked for.
fn comparison(told: &Told, document: &Document, canvas: Canvas) -> String {
    let text = document.text();
    let index = TextIndex::new(&text);
    let (asked, answer) = told_lines(told);
    let mut out = format!("\n{}", field("Asked", &plain(&asked), canvas.width));
    out.push_str(&field("Told", &answer, canvas.width));
    for span in &told.evidence {
        out.push_str(&fold(&quote(index.slice(*span), &[]), canvas.width, "  "));
    }
    out
}

pub(super) fn concepts(pages: &[ConceptPage], canvas: Canvas) -> String {
    let mut out = String::new();
    for (n, page) in pages.iter().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        let concept = &page.concept;
        let kind = concept.concept_type.map_or("neither condition nor treatment", |kind| kind.name());
        out.push_str(&field("Concept", &format!("{} ({}), {kind}", plain(&concept.name), concept.id), canvas.width));
        out.push_str(&field("From", &concept.vocabulary, canvas.width));
        let kin = |pairs: &[(crate::model::ConceptId, String)]| {
            pairs.iter().map(|(id, name)| format!("{} ({id})", plain(name))).collect::<Vec<_>>().join("; ")
        };
        let names: Vec<String> = concept.synonyms.iter().map(|name| plain(name)).collect();
        let lists = [
            ("Also", names.join("; ")),
            ("Tree", concept.tree_numbers.join(", ")),
            ("Broader", kin(&page.broader)),
            ("Narrower", kin(&page.narrower)),
        ];
        for (label, text) in lists.iter().filter(|(_, text)| !text.is_empty()) {
            out.push_str(&field(label, text, canvas.width));
        }
        if let Some((corpus, occurrence, read)) = &page.corpus {
            for (label, text) in occurrence_lines(corpus, occurrence) {
                out.push_str(&field(label, &plain(&text), canvas.width));
            }
            out.push_str(&coverage(read, canvas.width));
        }
    }
    out
}
