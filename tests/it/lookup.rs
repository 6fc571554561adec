//! Questions in words, filters and pooling, on the demo corpus.

use serde_json::Value;

use crate::program::Workspace;

const WORDS: &str = "does empagliflozin reduce hospital admission in heart failure?";

fn ask(workspace: &Workspace, more: &[&str]) -> Value {
    let mut arguments = vec!["lookup", "demo", "--format", "json", "--limit", "100"];
    arguments.extend(more);
    workspace.run(&arguments).expect(0).json()
}

fn studies(answer: &Value) -> Vec<Value> {
    answer["studies"].as_array().unwrap().clone()
}

#[test]
fn a_question_in_words_is_understood_and_said_first() {
    let workspace = Workspace::with_refreshed_demo();
    let answer = ask(&workspace, &[WORDS]);
    let question = &answer["question"];
    assert_eq!(question["condition"]["concept"], "MESH:D006333");
    assert!(question["treatment"]["name"].as_str().unwrap().eq_ignore_ascii_case("empagliflozin"));
    assert_eq!((&question["kind"], &question["direction"]), (&"therapy".into(), &"decreased".into()));
    assert_eq!(question["outcome"]["asked"], "hospital admission");
    // The words and the names ask the same.
    let named = ["--condition", "heart failure", "--treatment", "empagliflozin", "--outcome", "hospital admission"];
    assert_eq!(ask(&workspace, &named)["studies"], answer["studies"]);
    assert!(!studies(&answer).is_empty());
    let shown = workspace.run(&["lookup", "demo", WORDS]).expect(0).out();
    assert!(
        shown.starts_with("Understood a question of therapy: whether “hospital admission” is decreased"),
        "{shown}"
    );
    // A flag counts before the words.
    let overruled = ask(&workspace, &[WORDS, "--treatment", "dapagliflozin"]);
    assert!(overruled["question"]["treatment"]["name"].as_str().unwrap().eq_ignore_ascii_case("dapagliflozin"));
}

#[test]
fn words_that_are_not_used_are_said_and_nothing_of_a_question_is_kept() {
    let workspace = Workspace::with_refreshed_demo();
    let words = "does empagliflozin reduce hospital admission in quagga owners with heart failure?";
    let shown = workspace.run(&["lookup", "demo", words, "-vv"]).expect(0);
    assert!(shown.out().contains("“quagga”") && shown.out().contains("does not depend on it"), "{}", shown.out());
    assert!(!shown.err().contains("quagga"));
    let mut folders = vec![workspace.path("")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                assert!(!bytes.windows(6).any(|window| window == b"quagga"), "{}", path.display());
            }
        }
    }
}

#[test]
fn a_question_that_is_not_understood_is_usage_and_says_why() {
    let workspace = Workspace::with_refreshed_demo();
    workspace.run(&["lookup", "demo", "what is the weather like?"]).expect(2).says(&["--condition"]);
    workspace.run(&["lookup", "demo", "does empaglifozin help heart failure?"]).expect(2).says(&["mpagliflozin"]);
    workspace.run(&["lookup", "demo", &"heart failure ".repeat(7000)]).expect(2).says(&["1000 characters"]);
}

#[test]
fn filters_leave_what_they_name() {
    let workspace = Workspace::with_refreshed_demo();
    let about = ["--condition", "heart failure"];
    let with = |more: &[&str]| studies(&ask(&workspace, &[&about, more].concat()));
    let all = with(&[]);
    let lead = |study: &Value, key: &str| study["documents"][0][key].clone();
    let trials = with(&["--design", "rct"]);
    assert!(!trials.is_empty() && trials.len() < all.len());
    assert!(trials.iter().all(|study| lead(study, "design") == "randomized-controlled-trial"));
    let recent = with(&["--year", "2022:"]);
    assert!(!recent.is_empty() && recent.iter().all(|study| lead(study, "year").as_u64().unwrap() >= 2022));
    let large = with(&["--min-n", "1000"]);
    assert!(!large.is_empty() && large.len() < all.len());
    let best = with(&["--level", "1b"]);
    assert!(best.iter().all(|study| ["1a", "1b"].contains(&lead(study, "level").as_str().unwrap())));
    let newest = with(&["--sort", "date"]);
    let years: Vec<u64> =
        newest.iter().filter(|s| s["retracted"] == false).map(|s| lead(s, "year").as_u64().unwrap()).collect();
    assert!(years.is_sorted_by(|a, b| a >= b), "{years:?}");
    let id = lead(&all[0], "id");
    let fewer = with(&["--without", id.as_str().unwrap()]);
    assert_eq!(fewer.len() + 1, all.len());
    let agreeing = with(&["--consistent"]);
    for finding in agreeing.iter().flat_map(|study| study["findings"].as_array().unwrap()) {
        assert!(finding["effects"].as_array().unwrap().iter().all(|effect| effect["consistent"] != false));
    }
    let compared = ask(&workspace, &["--treatment", "empagliflozin", "--comparator", "placebo"]);
    assert!(!studies(&compared).is_empty());
    for wrong in [["--year", "soon"], ["--as-of", "yesterday"], ["--design", "poem"], ["--level", "9"]] {
        workspace.run(&[&["lookup", "demo"], &about[..], &wrong[..]].concat()).expect(2);
    }
}

#[test]
fn an_earlier_state_answers_as_it_was() {
    let workspace = Workspace::with_refreshed_demo();
    let about = ["--condition", "heart failure"];
    workspace
        .run(&["lookup", "demo", "--condition", "heart failure", "--as-of", "2001-01-01"])
        .expect(2)
        .says(&["2001-01-01"]);
    let now = ask(&workspace, &about);
    assert_eq!(ask(&workspace, &[&about[..], &["--as-of", "2999-12-31"]].concat())["studies"], now["studies"]);
}

#[test]
fn a_pooled_effect_rests_on_quotes_and_never_on_a_retracted_study() {
    let workspace = Workspace::with_refreshed_demo();
    let about = ["--condition", "heart failure", "--treatment", "SGLT2 inhibitors"];
    let refused = ask(&workspace, &[&about[..], &["--pool"]].concat());
    assert!(refused["pool"]["refused"][0].as_str().unwrap().contains("no outcome"));
    let asked = [&about[..], &["--outcome", "hospitalisation", "--comparator", "placebo", "--pool"]].concat();
    let answer = ask(&workspace, &asked);
    let effect = &answer["pool"]["effect"];
    let inputs = effect["inputs"].as_array().unwrap_or_else(|| panic!("{:#}", answer["pool"]));
    assert!(inputs.len() >= 2);
    for input in inputs {
        assert_ne!(input["document"], "PMID:99000006", "a retracted study");
        assert!(input["quote"].as_str().unwrap().contains(input["numbers"].as_str().unwrap()));
        assert!(input["effect"]["low"].as_f64() < input["effect"]["value"].as_f64());
    }
    let (low, high) = (effect["fixed"]["low"].as_f64().unwrap(), effect["fixed"]["high"].as_f64().unwrap());
    assert!(low < effect["fixed"]["value"].as_f64().unwrap() && high < 1.5);
    let mut arguments = vec!["lookup", "demo"];
    arguments.extend(asked);
    let shown = workspace.run(&arguments).expect(0).out();
    assert!(shown.contains("check each quote") && shown.contains('■') && shown.contains('◆'), "{shown}");
}

#[test]
fn a_preprint_that_names_its_paper_by_doi_is_one_study_with_it() {
    let words = "In adults with heart failure, empagliflozin reduced hospitalization compared with placebo (HR 0.74, 95% CI 0.65 to 0.85).";
    let preprint = serde_json::json!({"messages": [{"status": "ok"}], "collection": [
        {"doi": "10.1101/2099.01.02.99000001", "title": "Empagliflozin in heart failure: a randomized trial", "version": "1",
         "date": "2099-01-02", "server": "medRxiv", "abstract": format!("Results{words}"), "published": "10.5555/PAPER"}]});
    let paper = format!(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version=\"1\">99000002</PMID><Article><ArticleTitle>Empagliflozin and \
         hospital stays in heart failure.</ArticleTitle><Abstract><AbstractText Label=\"RESULTS\">{words}</AbstractText></Abstract></Article>\
         </MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType=\"doi\">10.5555/paper</ArticleId></ArticleIdList></PubmedData>\
         </PubmedArticle></PubmedArticleSet>"
    );
    let workspace = Workspace::new();
    std::fs::write(workspace.path("corpora/preprint.json"), preprint.to_string()).unwrap();
    std::fs::write(workspace.path("corpora/paper.xml"), paper).unwrap();
    workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"preprint.json\", \"paper.xml\"]\n");
    workspace.run(&["refresh", "c", "--no-vectors"]).expect(0);
    let ran = workspace.run(&[
        "lookup",
        "c",
        "--condition",
        "heart failure",
        "--treatment",
        "empagliflozin",
        "--format",
        "json",
    ]);
    let answer = ran.expect(0).json();
    let [study] = studies(&answer).try_into().unwrap();
    let documents: Vec<&str> =
        study["documents"].as_array().unwrap().iter().map(|document| document["id"].as_str().unwrap()).collect();
    assert_eq!(documents, ["PMID:99000002", "DOI:10.1101/2099.01.02.99000001"], "the paper leads");
}

#[test]
fn an_answer_as_markdown_has_all_that_the_terminal_shows_and_no_markup_of_papers() {
    let workspace = Workspace::with_refreshed_demo();
    let question = ["lookup", "demo", "--condition", "heart failure", "--treatment", "SGLT2 inhibitors"];
    let ask = |more: &[&str]| workspace.run(&[&question[..], more, &["--format", "markdown"]].concat()).expect(0).out();
    let pooled = ask(&["--outcome", "hospitalisation", "--comparator", "placebo", "--pool"]);
    for part in [
        "# Evidence\n",
        "- **Condition**: Heart Failure",
        "## Pooled effect",
        "check each quote",
        "## Harms",
        "**The studies disagree.**",
    ] {
        assert!(pooled.contains(part), "no “{part}” in\n{pooled}");
    }
    assert!(
        pooled.contains("## Studies, best evidence first\n\n### 1. ") && pooled.contains("**RETRACTED**"),
        "{pooled}"
    );
    assert!(pooled.contains("## Coverage\n\n100 documents"), "{pooled}");
    // Every quote of the JSON answer is there.
    let json = workspace.run(&[&question[..], &["--format", "json"]].concat()).expect(0).json();
    let whole = ask(&["--findings", "100"]).replace('\\', "").replace("&lt;", "<");
    let studies = json["studies"].as_array().unwrap();
    assert!(studies.len() > 5);
    for finding in studies.iter().flat_map(|study| study["findings"].as_array().unwrap()) {
        let quote = finding["quote"].as_str().unwrap().replace('\\', "");
        assert!(whole.contains(&quote), "no “{quote}” in\n{whole}");
    }
    assert!(whole.contains("## Registered") && whole.contains("NCT:NCT99000105"), "{whole}");
    let test = ["lookup", "demo", "--kind", "diagnosis", "--condition", "heart failure", "--test", "lung ultrasound"];
    let accuracy = workspace.run(&[&test[..], &["--format", "markdown"]].concat()).expect(0).out();
    assert!(accuracy.contains("## Accuracy of tests") && accuracy.contains("sensitivity 0.902"), "{accuracy}");
    assert!(!accuracy.contains("one vote a study"), "{accuracy}");
}
