//! Results in the tables of full texts, and whom a finding favours, as programs and people see them.

use serde_json::Value;

use crate::program::Workspace;

/// An article on zoledronic acid, invented, with one table of results and one of who took part.
const ARTICLE: &str = "<article><front><article-meta><article-id pub-id-type=\"pmid\">99000951</article-id><title-group>\
    <article-title>Zoledronic acid for osteoporosis: a randomised trial</article-title></title-group><abstract><sec><title>Results</title>\
    <p>Mortality was lower with zoledronic acid than with placebo (HR 0.74, 95% CI 0.65 to 0.85).</p></sec></abstract></article-meta></front>\
    <body><sec sec-type=\"results\"><title>Results</title><p>Outcomes are listed.</p>\
    <table-wrap><label>Table 1</label><caption><p>Baseline characteristics</p></caption><table><thead><tr><th></th>\
    <th>Zoledronic acid (n = 120)</th><th>Placebo (n = 118)</th><th>P</th></tr></thead><tbody>\
    <tr><td>Diabetes, n (%)</td><td>12 (10.0)</td><td>25 (21.2)</td><td>0.02</td></tr></tbody></table></table-wrap>\
    <table-wrap><label>Table 2</label><caption><p>Outcomes at two years</p></caption><table><thead><tr><th></th>\
    <th>Zoledronic acid (n = 120)</th><th>Placebo (n = 118)</th><th>Odds ratio (95% CI)</th><th>P</th></tr></thead><tbody>\
    <tr><td>Hip fracture, n (%)</td><td>12 (10.0)</td><td>25 (21.2)</td><td>0.41 (0.20–0.87)</td><td>0.02</td></tr>\
    <tr><td>Headache, n (%)</td><td>12 (40.0)</td><td>25 (21.2)</td><td>0.41 (0.20–0.87)</td><td>0.02</td></tr></tbody></table></table-wrap>\
    </sec></body></article>";

#[test]
fn a_row_of_a_table_is_a_finding_and_says_whom_it_favours() {
    let workspace = Workspace::new();
    std::fs::write(workspace.path("corpora/a.nxml"), ARTICLE).unwrap();
    let file = workspace.path("corpora/a.nxml");
    let annotated = workspace.run(&["annotate", file.to_str().unwrap()]).expect(0).json();
    let text: Vec<char> = annotated["text"].as_str().unwrap().chars().collect();
    let words = |part: &Value| -> String {
        let at = |name: &str| part[name].as_u64().unwrap() as usize;
        text[at("start")..at("end")].iter().collect()
    };
    let findings = annotated["findings"].as_array().unwrap();
    // The sentence of the abstract, and one row: Table 1 says who took part, and the shares of the second row do not agree with its counts, so
    // that only its estimate is left.
    let quotes: Vec<String> = findings.iter().map(words).collect();
    assert_eq!(findings.len(), 3, "{quotes:#?}");
    assert_eq!(findings[0]["favours"], "intervention");
    let row = &findings[1];
    assert!(quotes[1].starts_with("Hip fracture, n (%) — Zoledronic acid (n = 120): 12 (10.0); "), "{}", quotes[1]);
    assert_eq!(
        (&row["direction"], &row["favours"], &row["significant"]),
        (&"decreased".into(), &"intervention".into(), &true.into())
    );
    assert_eq!((&row["outcome"]["text"], &row["comparator"]["text"]), (&"Hip fracture".into(), &"Placebo".into()));
    let effects = row["effects"].as_array().unwrap();
    assert_eq!(
        effects.iter().map(|one| one["measure"].as_str().unwrap()).collect::<Vec<_>>(),
        ["proportion", "proportion", "OR"]
    );
    assert_eq!(effects.iter().map(|one| one["value"].as_f64().unwrap()).collect::<Vec<_>>(), [10.0, 21.2, 0.41]);
    assert_eq!((&effects[2]["p"]["value"], &effects[2]["consistent"]), (&0.02.into(), &true.into()));
    assert_eq!(words(&effects[2]), "Odds ratio (95% CI): 0.41 (0.20–0.87); P: 0.02");
    assert_eq!(findings[2]["effects"].as_array().unwrap().len(), 1);

    workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"a.nxml\"]\n");
    workspace.run(&["refresh", "c", "--no-vectors"]).expect(0);
    let ask = ["lookup", "c", "--treatment", "zoledronic acid", "--condition", "osteoporosis"];
    let answer = workspace.run(&[&ask[..], &["--format", "json"]].concat()).expect(0).json();
    let told = answer["studies"][0]["findings"].as_array().unwrap();
    assert!(told.iter().any(|finding| finding["favours"] == "intervention"), "{told:#?}");
    let out = |arguments: &[&str]| workspace.run(arguments).expect(0).out();
    let why = out(&[&ask[..], &["--why"]].concat());
    assert!(why.contains("told: favours the intervention, by what “Mortality” means"), "{why}");
    let page = out(&[&ask[..], &["--format", "html"]].concat());
    assert!(page.contains("decreased, favours the intervention: "), "{page}");
    let shown = out(&["show", "c", "PMID:99000951"]);
    assert!(shown.contains(" · decreased · favours the intervention"), "{shown}");
    let rows = out(&["export", "c", "--findings", "--as", "csv"]);
    assert!(rows.lines().next().is_some_and(|head| head.contains("direction,favours,significant")), "{rows}");
}
