//! The evidence map.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::program::Workspace;

fn map(workspace: &Workspace, more: &[&str]) -> Value {
    workspace.run(&[&["map", "demo", "--format", "json"], more].concat()).expect(0).json()
}

fn names(lines: &Value) -> Vec<&str> {
    lines.as_array().unwrap().iter().map(|line| line["name"].as_str().unwrap()).collect()
}

#[test]
fn a_cell_counts_what_a_look_up_of_its_pair_counts() {
    let workspace = Workspace::with_refreshed_demo();
    let filters = ["--level", "2b", "--year", "2005:"];
    let map = map(&workspace, &[&filters[..], &["--limit", "8"]].concat());
    assert_eq!(map["schema"], 1);
    let (mut asked, mut retracted) = (0, 0);
    let cell_of = |condition: &Value, treatment: &Value| {
        map["cells"].as_array().unwrap().iter().find(|c| c["condition"] == *condition && c["treatment"] == *treatment)
    };
    for row in map["rows"].as_array().unwrap() {
        for column in map["columns"].as_array().unwrap() {
            let (condition, treatment) = (&row["concept"], &column["concept"]);
            let names = ["--condition", condition.as_str().unwrap(), "--treatment", treatment.as_str().unwrap()];
            let question = [&["lookup", "demo", "--limit", "100", "--format", "json"], &names[..], &filters].concat();
            let answer = workspace.run(&question).expect(0).json();
            let summary = &answer["summary"];
            asked += 1;
            let Some(cell) = cell_of(condition, treatment) else {
                assert_eq!(summary["studies"], 0, "{condition} {treatment}");
                assert_eq!(summary["retracted_not_counted"], 0, "{condition} {treatment}");
                continue;
            };
            assert_eq!(cell["studies"], summary["studies"], "{condition} {treatment}");
            assert_eq!(cell["retracted_not_counted"], summary["retracted_not_counted"]);
            for way in ["decreased", "increased", "no_difference", "mixed", "not_stated"] {
                assert_eq!(cell["votes"][way], summary["votes"][way], "{condition} {treatment} {way}");
            }
            let of_level: u64 =
                cell["by_level"].as_array().unwrap().iter().map(|one| one["studies"].as_u64().unwrap()).sum();
            assert_eq!(cell["studies"], of_level);
            retracted += cell["retracted_not_counted"].as_u64().unwrap();
            // The studies are those of the answer, in its order, each with a finding of its own.
            let listed = cell["listed"].as_array().unwrap();
            for (study, shown) in answer["studies"].as_array().unwrap().iter().zip(listed) {
                assert_eq!(shown["document"], study["documents"][0]);
                assert_eq!((&shown["vote"], &shown["retracted"]), (&study["vote"], &study["retracted"]));
                let quotes: Vec<&Value> = study["findings"].as_array().unwrap().iter().map(|f| &f["quote"]).collect();
                assert!(quotes.contains(&&shown["finding"]["quote"]), "{}", shown["finding"]["quote"]);
            }
        }
    }
    assert!(asked >= 25 && retracted > 0, "{asked} pairs, {retracted} retracted");
}

#[test]
fn the_map_is_of_the_kinds_that_were_asked_for() {
    let workspace = Workspace::with_refreshed_demo();
    let all = map(&workspace, &[]);
    let some = map(&workspace, &["--condition", "heart failure", "--treatment", "SGLT2 inhibitors"]);
    assert_eq!(some["condition"]["concept"], "MESH:D006333");
    let within = |key: &str, term: &Value| -> BTreeSet<String> {
        let narrower = term["narrower"].as_array().unwrap().iter().chain([&term["concept"]]);
        assert!(!some[key].as_array().unwrap().is_empty());
        narrower.map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    for (key, term) in [("rows", "condition"), ("columns", "treatment")] {
        let allowed = within(key, &some[term]);
        let lines = some[key].as_array().unwrap();
        assert!(lines.iter().all(|line| allowed.contains(line["concept"].as_str().unwrap())), "{key}");
        assert!(lines.len() < all[key].as_array().unwrap().len());
    }
    assert!(some["total"]["studies"].as_u64() < all["total"]["studies"].as_u64());
    let years = all["total"]["years"].as_array().unwrap();
    let dated: u64 = years.iter().map(|year| year["studies"].as_u64().unwrap()).sum();
    assert_eq!(dated + all["total"]["undated"].as_u64().unwrap(), all["total"]["studies"].as_u64().unwrap());
}

#[test]
fn rows_and_columns_are_limited_and_the_rest_is_said() {
    let workspace = Workspace::with_refreshed_demo();
    let few = map(&workspace, &["--limit", "2", "--studies", "1"]);
    assert_eq!((names(&few["rows"]).len(), names(&few["columns"]).len()), (2, 2));
    assert!(few["conditions"].as_u64().unwrap() > 2 && few["treatments"].as_u64().unwrap() > 2);
    assert_eq!(names(&few["rows"])[0], names(&map(&workspace, &[])["rows"])[0]);
    for cell in few["cells"].as_array().unwrap() {
        assert_eq!(cell["listed"].as_array().unwrap().len(), 1);
        assert!(!cell["marks"].as_array().unwrap().is_empty());
    }
    let shown = workspace.run(&["map", "demo", "--limit", "2"]).expect(0).out();
    for words in ["2 of ", "Heart Failure", "Coverage", "⊘ retracted,", "files demo/baseline"] {
        assert!(shown.contains(words), "no “{words}” in\n{shown}");
    }
}

#[test]
fn a_file_that_is_called_a_page_gets_one() {
    let workspace = Workspace::with_refreshed_demo();
    let (page, table) = (workspace.path("map.html"), workspace.path("map.txt"));
    workspace.run(&["map", "demo", "-o", page.to_str().unwrap()]).expect(0);
    workspace.run(&["map", "demo", "-o", table.to_str().unwrap()]).expect(0);
    assert!(fs::read_to_string(&page).unwrap().starts_with("<!DOCTYPE html>"));
    assert!(fs::read_to_string(&table).unwrap().starts_with("Map "));
    workspace.run(&["map", "demo", "--format", "json", "-o", page.to_str().unwrap()]).expect(0);
    assert!(fs::read_to_string(&page).unwrap().starts_with('{'));
    workspace.run(&["map", "demo", "--format", "markdown"]).expect(2).says(&["does not answer as markdown"]);
}

#[test]
fn a_map_without_studies_and_names_that_nobody_knows_are_said() {
    let workspace = Workspace::with_refreshed_demo();
    let nothing = ["map", "demo", "--condition", "malaria", "--treatment", "warfarin"];
    assert!(workspace.run(&nothing).expect(0).out().contains("0 studies"));
    let page = workspace.run(&[&nothing[..], &["--format", "html"]].concat()).expect(0).out();
    assert!(page.contains("no evidence of no effect") && page.contains("Coverage"));
    workspace.run(&["map", "demo", "--condition", "hart failure"]).expect(2).says(&["Heart Failure"]);
    workspace.run(&["map", "demo", "--limit", "0"]).expect(2);
    workspace.run(&["map", "demo", "--as-of", "1999-01-01"]).expect(2).says(&["had nothing to show"]);
}

#[test]
fn a_source_that_fails_is_said_of_a_map_too() {
    let workspace = Workspace::with_refreshed_demo();
    fs::rename(workspace.path("corpora/demo/updates"), workspace.path("corpora/demo/elsewhere")).unwrap();
    workspace.run(&["refresh", "demo", "--no-vectors"]).expect(3);
    let ran = workspace.run(&["map", "demo", "--format", "json"]).expect(3).says(&["incomplete"]);
    assert_eq!(ran.json()["coverage"]["complete"], false);
    workspace.run(&["map", "demo", "--accept-incomplete"]).expect(0);
}
