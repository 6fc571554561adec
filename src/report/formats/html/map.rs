//! The evidence map as a page: a table of cells, and behind each cell its studies.
//!
//! Everything stands in the page as elements: without a script a cell still leads to its studies (a link to a part of the page, which
//! the style shows when it is led to). The one script (`map.js`) filters, and reads only numbers and words of the program: no text of a
//! paper is in it or in what it reads.

use super::markup::Markup;
use super::timeline::timeline;
use super::{cited, finding, foot, head, pair, section, standing};
use crate::lookup::{EvidenceMap, MapCell, MapStudy, StudyMark, StudyVote, Term};
use crate::model::{EvidenceLevel, StudyDesign};
use crate::report::formats::table::answer::described;
use crate::report::wording::{
    MAP_RULE, SIGNS, cell_signs, count, leaning, level_counts, map_counts, minute, number, tally_words, vote_word,
};
use crate::report::{Canvas, MapPage};

/// The title and the body of the page.
pub(super) fn body(page: &MapPage, canvas: Canvas) -> (String, Markup) {
    let map = &page.map;
    let title = format!("Evidence map of {}", page.corpus);
    let mut body = Markup::default();
    let as_of = map.coverage.as_of.as_deref().map_or_else(String::new, |at| format!(", as of {}", minute(at)));
    head(&mut body, &title, &format!("{} documents{as_of}", number(map.coverage.documents)));
    what(&mut body, map);
    section(&mut body, "map-heading", "Conditions × treatments");
    if map.cells.is_empty() {
        let text = "No finding in this corpus is linked to both. That is no evidence of no effect: see the coverage.";
        body.leaf("p", &[], text);
    } else {
        filter(&mut body, map);
        table(&mut body, map);
    }
    body.close();
    section(&mut body, "cells-heading", "Studies of a cell");
    body.leaf("p", &[("class", "soft hint")], "Choose a number in the map: its studies are shown here.");
    for cell in &map.cells {
        studies(&mut body, page, cell);
    }
    body.close();
    section(&mut body, "timeline-heading", "Studies a year");
    timeline(&map.total, &mut body);
    body.close();
    foot(&mut body, &map.coverage, canvas);
    (title, body)
}

fn what(body: &mut Markup, map: &EvidenceMap) {
    section(body, "what-heading", "What is shown");
    body.open("dl", &[]);
    for (label, term) in [("Condition", &map.condition), ("Treatment", &map.treatment)] {
        if let Some(term) = term {
            pair(body, label, &described(term));
        }
    }
    let only = map.filters.words();
    if !only.is_empty() {
        pair(body, "Only", &only.join(" · "));
    }
    pair(body, "Map", &map_counts(map));
    pair(body, "Rule", MAP_RULE);
    body.close();
    if map.total.retracted > 0 {
        let retracted = count(map.total.retracted as u64, "retracted study is", "retracted studies are");
        body.leaf("p", &[("class", "grave")], &format!("{retracted} shown and not counted."));
    }
    body.close();
}

/// The boxes of the filter; the script shows them, without it they would do nothing.
fn filter(body: &mut Markup, map: &EvidenceMap) {
    body.open(
        "form",
        &[("class", "controls"), ("id", "filter"), ("hidden", "hidden"), ("aria-label", "Filter the map")],
    );
    for (id, label) in [("condition", "Condition"), ("treatment", "Treatment")] {
        body.open("label", &[]);
        body.text(label);
        body.void("input", &[("id", id), ("type", "search"), ("autocomplete", "off")]);
        body.close();
    }
    body.open("label", &[]);
    body.text("Level");
    body.open("select", &[("id", "level")]);
    body.leaf("option", &[("value", "")], "any");
    for level in EvidenceLevel::ALL {
        body.leaf("option", &[("value", level.name())], &format!("{level} or better"));
    }
    body.close();
    body.close();
    let years = map.cells.iter().flat_map(|cell| &cell.marks).filter_map(|mark| mark.year);
    let (first, last) = years.fold((u16::MAX, 0), |(first, last), year| (first.min(year), last.max(year)));
    let known = last > 0;
    let (first, last) = if known { (first.to_string(), last.to_string()) } else { Default::default() };
    for (id, label, hint) in [("from", "Year from", &first), ("to", "to", &last)] {
        body.open("label", &[]);
        body.text(label);
        body.void(
            "input",
            &[
                ("id", id),
                ("type", "number"),
                ("inputmode", "numeric"),
                ("min", "0"),
                ("max", "9999"),
                ("placeholder", hint),
            ],
        );
        body.close();
    }
    body.leaf("button", &[("type", "reset")], "Show all");
    body.leaf("output", &[("id", "shown"), ("role", "status")], "");
    body.close();
}

fn table(body: &mut Markup, map: &EvidenceMap) {
    body.leaf("p", &[("class", "soft")], &format!("{SIGNS} · – no study"));
    body.open(
        "div",
        &[("class", "wide map-part"), ("tabindex", "0"), ("role", "region"), ("aria-labelledby", "map-heading")],
    );
    body.open("table", &[("id", "map"), ("class", "map")]);
    body.leaf("caption", &[], "Studies of each treatment in each condition, and which way they point");
    body.open("thead", &[]);
    body.open("tr", &[]);
    body.leaf("th", &[("scope", "col")], "Condition");
    for column in &map.columns {
        body.open("th", &[("scope", "col"), ("class", "turned")]);
        body.leaf("span", &[], &column.name);
        body.close();
    }
    body.close();
    body.close();
    body.open("tbody", &[]);
    for (row, term) in map.rows.iter().enumerate() {
        body.open("tr", &[]);
        body.leaf("th", &[("scope", "row")], &term.name);
        for column in 0..map.columns.len() {
            match map.cell(row, column) {
                Some(cell) => self::cell(body, cell),
                None => body.leaf("td", &[], "–"),
            }
        }
        body.close();
    }
    body.close();
    body.close();
    body.close();
}

/// What a link to a cell's studies says to who hears it.
fn spoken(cell: &MapCell) -> String {
    let mut words = tally_words(cell.votes);
    if cell.retracted > 0 {
        words.push(format!("{} retracted, not counted", cell.retracted));
    }
    format!("{}: {}", count(cell.studies as u64, "study", "studies"), words.join(", "))
}

fn cell(body: &mut Markup, cell: &MapCell) {
    let data: Vec<String> = cell.marks.iter().map(coded).collect();
    body.open("td", &[("data-studies", &data.join(" "))]);
    let class = format!("cell {} {}", size(cell.studies), leaning(cell.votes));
    let href = format!("#{}", name(cell));
    body.open("a", &[("class", &class), ("href", &href), ("aria-label", &spoken(cell))]);
    body.leaf("b", &[], &number(cell.studies as u64));
    body.leaf("span", &[], &cell_signs(cell));
    body.close();
    body.close();
}

/// A study as the script reads it: year, level, vote, and whether it is retracted.
fn coded(mark: &StudyMark) -> String {
    let year = mark.year.map_or_else(String::new, |year| year.to_string());
    let level = mark.level.map_or("", EvidenceLevel::name);
    let vote = match mark.vote {
        StudyVote::Decreased => "d",
        StudyVote::Increased => "i",
        StudyVote::NoDifference => "n",
        StudyVote::Mixed => "m",
        StudyVote::NotStated => "u",
    };
    format!("{year}.{level}.{vote}{}", if mark.retracted { ".r" } else { "" })
}

/// The part of the page that holds a cell's studies.
fn name(cell: &MapCell) -> String {
    format!("cell-{}-{}", cell.row + 1, cell.column + 1)
}

/// How large a number is shown: a step for each doubling.
fn size(studies: usize) -> &'static str {
    match studies {
        0..=1 => "s1",
        2..=3 => "s2",
        4..=7 => "s3",
        8..=15 => "s4",
        _ => "s5",
    }
}

fn studies(body: &mut Markup, page: &MapPage, cell: &MapCell) {
    let map = &page.map;
    let term = |terms: &'_ [Term], at: usize| terms.get(at).map(|term| (term.name.clone(), term.concept.to_string()));
    let (Some((condition, condition_id)), Some((treatment, treatment_id))) =
        (term(&map.rows, cell.row), term(&map.columns, cell.column))
    else {
        return;
    };
    let name = name(cell);
    let heading = format!("{name}-heading");
    body.open("section", &[("id", &name), ("class", "studies"), ("tabindex", "-1"), ("aria-labelledby", &heading)]);
    body.leaf("h3", &[("id", &heading)], &format!("{treatment} in {condition}"));
    let levels = if cell.levels.is_empty() { String::new() } else { format!(" Level {}.", level_counts(&cell.levels)) };
    body.leaf("p", &[], &format!("{}.{levels}", spoken(cell)));
    body.open("p", &[("class", "soft")]);
    body.text("All of it: ");
    let command = format!("litmine lookup {} --condition {condition_id} --treatment {treatment_id}", page.corpus);
    body.leaf("code", &[], &command);
    body.text(" · ");
    body.leaf("a", &[("href", "#map-heading")], "Back to the map");
    body.close();
    body.open("ol", &[("class", "studies")]);
    for (mark, one) in cell.marks.iter().zip(&cell.listed) {
        study(body, mark, one);
    }
    body.close();
    if cell.listed.len() < cell.marks.len() {
        let text = format!("{} of {} studies listed; --studies lists more.", cell.listed.len(), cell.marks.len());
        body.leaf("p", &[("class", "soft")], &text);
    }
    body.close();
}

fn study(body: &mut Markup, mark: &StudyMark, study: &MapStudy) {
    let document = &study.document;
    body.open("li", &[("data-study", &coded(mark))]);
    body.open("article", &[]);
    body.leaf("h4", &[], &document.title);
    let level = document.level.map_or_else(|| "level not stated".to_owned(), |level| format!("level {level}"));
    let design = document.design.map_or("design not stated", StudyDesign::label);
    let reports = match study.documents {
        0 | 1 => String::new(),
        more => format!(" · reported in {more} documents"),
    };
    body.leaf("p", &[], &format!("{level} · {design} · {}{reports}", vote_word(study.vote)));
    cited(body, document);
    standing(body, document);
    if study.retracted && !document.is_retracted() {
        body.leaf("p", &[("class", "grave")], "A document of this study is RETRACTED: it is not counted.");
    }
    if let Some(one) = &study.finding {
        finding(body, one);
    }
    body.close();
    body.close();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_script_reads_is_numbers_and_words_of_the_program() {
        let mark =
            StudyMark { year: Some(2019), level: Some(EvidenceLevel::L1b), vote: StudyVote::Mixed, retracted: true };
        assert_eq!(coded(&mark), "2019.1b.m.r");
        let unknown = StudyMark { year: None, level: None, vote: StudyVote::NotStated, retracted: false };
        assert_eq!(coded(&unknown), "..u");
    }
}
