//! `litmine search` on the demo corpus: the query language, explained, over documents, findings and sentences.

use std::fs;

use serde_json::Value;

use crate::program::Workspace;

fn search(workspace: &Workspace, arguments: &[&str]) -> Value {
    let mut all = vec!["search", "demo", "--no-vectors", "--format", "json"];
    all.extend(arguments);
    workspace.run(&all).expect(0).json()
}

fn total(workspace: &Workspace, query: &str) -> u64 {
    search(workspace, &[query])["total"].as_u64().unwrap()
}

#[test]
fn an_explanation_has_counts_that_are_those_of_the_parts() {
    let workspace = Workspace::with_refreshed_demo();
    let page = search(&workspace, &["heart failure AND mortality[tiab] NOT review[pt]", "--explain"]);
    let explanation = &page["explanation"];
    assert!(explanation["translation"].as_str().unwrap().contains("\"heart failure\"[MeSH Terms]"), "{explanation:#}");
    assert_eq!(explanation["clause"]["count"], page["total"]);
    for operand in explanation["clause"]["operands"].as_array().unwrap() {
        assert_eq!(
            operand["count"].as_u64().unwrap(),
            total(&workspace, operand["query"].as_str().unwrap()),
            "{operand}"
        );
    }
    let translation = explanation["translation"].as_str().unwrap();
    assert_eq!(page["total"].as_u64().unwrap(), total(&workspace, translation), "the translation finds the same");
    let costs = explanation["costs"].as_array().unwrap();
    assert_eq!(costs.len(), 3);
    assert!(costs[0]["adds"].as_u64() >= costs[1]["adds"].as_u64());
    let shown =
        workspace.run(&["search", "demo", "heart failure AND mortality[tiab]", "--explain", "--no-vectors"]).expect(0);
    assert!(shown.out().contains("Read as") && shown.out().contains("Costs"), "{}", shown.out());
}

#[test]
fn a_strategy_is_printed_line_by_line_as_reviewers_publish_it() {
    let workspace = Workspace::with_refreshed_demo();
    let file = workspace.path("strategy.txt");
    fs::write(&file, "# population\n#1 heart failure[mh]\n#2 randomized controlled trial[pt]\n#3 #1 AND #2\n").unwrap();
    let file = file.to_str().unwrap();
    let page = search(&workspace, &["--strategy", file]);
    let lines = page["strategy"].as_array().unwrap();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[2]["count"], page["total"]);
    assert_eq!(lines[2]["query"], "#1 AND #2");
    assert_eq!(
        page["total"].as_u64().unwrap(),
        total(&workspace, "heart failure[mh] AND randomized controlled trial[pt]")
    );
    let page = search(&workspace, &["--strategy", file, "#1 NOT #3"]);
    let counts: Vec<u64> = lines.iter().map(|line| line["count"].as_u64().unwrap()).collect();
    assert_eq!(page["total"].as_u64().unwrap(), counts[0] - counts[2]);
    fs::write(workspace.path("strategy.txt"), "heart failure[mh]\n#1 AND #7\n").unwrap();
    let ran = workspace.run(&["search", "demo", "--no-vectors", "--strategy", file]);
    ran.expect(2).says(&["line #2", "#7", "^^"]);
}

#[test]
fn findings_and_sentences_are_verbatim_and_say_where_they_stand() {
    let workspace = Workspace::with_refreshed_demo();
    for unit in ["sentence", "finding"] {
        let page = search(&workspace, &["mortality[tiab] AND 2000:2100[dp]", "--unit", unit, "--limit", "500"]);
        assert_eq!(page["unit"], unit);
        let hits = page["hits"].as_array().unwrap();
        assert!(!hits.is_empty());
        assert_eq!(page["total"].as_u64().unwrap() as usize, hits.len());
        for hit in hits.iter().take(8) {
            let quote = &hit["quote"];
            let id = hit["document"]["id"].as_str().unwrap();
            let shown = workspace.run(&["show", "demo", id, "--format", "json"]).expect(0).json();
            let text: Vec<char> = shown["annotation"]["text"].as_str().unwrap().chars().collect();
            let at = |key: &str| quote[key].as_u64().unwrap() as usize;
            let words: String = text[at("start")..at("end")].iter().collect();
            assert_eq!(words, quote["text"].as_str().unwrap());
            assert!(words.to_lowercase().contains("mortality"), "{words}");
            if unit == "finding" {
                let finding = &shown["annotation"]["findings"][quote["finding"].as_u64().unwrap() as usize - 1];
                let start = finding["start"].as_u64().unwrap() as usize;
                assert!((at("start")..at("end")).contains(&start), "{finding}");
            }
        }
    }
}

#[test]
fn facets_count_every_hit_and_not_only_those_shown() {
    let workspace = Workspace::with_refreshed_demo();
    let page = search(&workspace, &["heart failure", "--facet", "year,design,pt,mesh,journal,level", "--limit", "1"]);
    let facets = page["facets"].as_array().unwrap();
    assert_eq!(facets.len(), 6);
    let sum: u64 = facets[0]["values"].as_array().unwrap().iter().map(|line| line["count"].as_u64().unwrap()).sum();
    assert_eq!(sum, page["total"].as_u64().unwrap(), "every demo record has a year");
    assert!(facets.iter().all(|facet| !facet["values"].as_array().unwrap().is_empty()), "{facets:#?}");
}

#[test]
fn the_order_that_was_asked_for_is_the_one_that_is_said() {
    let workspace = Workspace::with_refreshed_demo();
    for (sort, said) in
        [("relevance", "ranked by bm25"), ("date", "newest first"), ("level", "best level of evidence first")]
    {
        let asked = ["search", "demo", "heart AND failure", "--sort", sort];
        let out = workspace.run(&asked).expect(0).out();
        assert!(out.contains(said), "{out}");
        assert_eq!(search(&workspace, &asked[2..])["sort"], sort);
    }
}

#[test]
fn nothing_is_loosened_unless_asked_and_then_each_step_is_said() {
    let workspace = Workspace::with_refreshed_demo();
    let query = "heart failure[majr] AND \"mortality hospitalisation nowhere\"[ti]";
    let page = search(&workspace, &[query]);
    assert_eq!((page["total"].as_u64(), page.get("loosened")), (Some(0), None));
    let page = search(&workspace, &[query, "--loosen"]);
    assert!(page["total"].as_u64().unwrap() > 0);
    let steps = page["loosened"].as_array().unwrap();
    assert_eq!(steps.last().unwrap()["count"], page["total"]);
    assert!(page["notes"].to_string().contains("as typed finds nothing"));
}

#[test]
fn a_fault_is_marked_where_it_stands_and_the_nearest_is_named() {
    let workspace = Workspace::with_refreshed_demo();
    for (query, words) in [
        ("cancer[tiabb]", ["[tiab]", "^^^^^^^"]),
        ("asthma AND brood therapy[filter]", ["is no filter", "^"]),
        ("cancer[dso]", ["cannot be searched here", "^^^^^"]),
        ("\"a b*\"[tiab:~2]", ["proximity", "^"]),
    ] {
        workspace.run(&["search", "demo", query, "--no-vectors"]).expect(2).says(&words);
    }
}
