//! What stands beside an answer: names that no vocabulary knows, harms, gaps, the accuracy of tests. All records are invented.

use serde_json::Value;

use crate::program::Workspace;

/// A PubMed record with a title and results.
fn record(pmid: u64, title: &str, results: &str) -> String {
    format!(
        "<PubmedArticle><MedlineCitation><PMID Version=\"1\">{pmid}</PMID><Article><Journal><JournalIssue><PubDate><Year>2020</Year></PubDate>\
         </JournalIssue></Journal><ArticleTitle>{title}</ArticleTitle><Abstract><AbstractText Label=\"RESULTS\">{results}</AbstractText></Abstract>\
         </Article></MedlineCitation></PubmedArticle>"
    )
}

fn corpus(records: &[String]) -> Workspace {
    let workspace = Workspace::new();
    let file = format!("<PubmedArticleSet>{}</PubmedArticleSet>", records.concat());
    workspace.define_with_file("c", "records.xml", file.as_bytes());
    workspace.run(&["refresh", "c", "--no-vectors"]).expect(0);
    workspace
}

fn ask(workspace: &Workspace, more: &[&str]) -> Value {
    workspace.run(&[&["lookup", "c", "--format", "json"], more].concat()).expect(0).json()
}

#[test]
fn a_name_that_no_vocabulary_knows_is_looked_for_by_its_words() {
    let workspace = corpus(&[
        record(
            99_100_001,
            "Quagga riding lessons and grip strength: a randomised trial",
            "Grip strength of the dominant hand was higher after quagga riding lessons than after swimming (P = 0.01). \
             Nausea did not differ between them (P = 0.60). Sleep was recorded. Nobody withdrew.",
        ),
        record(99_100_002, "Zebra watching in heart failure", "Anxiety was lower after zebra watching (P = 0.02)."),
        record(99_100_003, "Lessons in swimming", "Swimming time was shorter with lessons (P = 0.03)."),
    ]);
    let asked = [
        "--treatment",
        "lessons in quagga riding",
        "--comparator",
        "swimming",
        "--outcome",
        "grip strength of the hand",
    ];
    let answer = ask(&workspace, &asked);
    let by_words = &answer["question"]["by_words"][0];
    assert_eq!((&by_words["what"], &by_words["asked"]), (&"treatment".into(), &"lessons in quagga riding".into()));
    assert_eq!((&answer["question"]["treatment"], &answer["question"]["loosened"]), (&Value::Null, &true.into()));
    let first = &answer["studies"][0];
    assert_eq!((&first["documents"][0]["id"], &first["vote"]), (&"PMID:99100001".into(), &"increased".into()));
    assert_eq!(
        (&first["findings"][0]["by_words"], &answer["summary"]["votes"]["one_outcome"]),
        (&true.into(), &false.into())
    );
    // Asked the other way round, the direction is that of what was asked for.
    let turned = ask(
        &workspace,
        &["--treatment", "swimming lessons", "--comparator", "quagga riding", "--outcome", "grip strength"],
    );
    assert_eq!(turned["studies"][0]["documents"][0]["id"], "PMID:99100001");
    // It says what it was told from; without an outcome no document is asked.
    let judged = &first["judged"];
    assert_eq!((&judged["document"], &judged["direction"]), (&"PMID:99100001".into(), &"increased".into()));
    assert!((0.6..=1.0).contains(&judged["likely"].as_f64().unwrap()), "{judged:#}");
    assert!(judged["quotes"][0].as_str().unwrap().starts_with("Grip strength of the dominant hand"), "{judged:#}");
    let without = ask(&workspace, &["--treatment", "lessons in quagga riding"]);
    assert_eq!(without["studies"][0]["judged"], Value::Null);
    let shown = workspace.run(&[&["lookup", "c"][..], &asked].concat()).expect(0).out();
    assert!(shown.contains("no vocabulary knows it; looked for by its words"), "{shown}");
    assert!(shown.contains("likely by what PMID:99100001 says of the names asked for"), "{shown}");
    // What no document holds stays unknown, and effects found by words are not pooled.
    workspace.run(&["lookup", "c", "--treatment", "okapi grooming"]).expect(2).says(&["okapi grooming"]);
    workspace.run(&["lookup", "c", "--treatment", "quagga riding", "--as-of", "2999-01-01"]).expect(2);
    let pooled = ask(&workspace, &[&asked[..], &["--pool"]].concat());
    assert!(pooled["pool"]["refused"][0].as_str().unwrap().contains("words"), "{:#}", pooled["pool"]);
    // Words may be anything.
    workspace
        .run(&["lookup", "c", "--treatment", "quagga \u{1b} riding", "--outcome", "(grip*: \"strength AND #1"])
        .expect(0);
}

#[test]
fn harms_are_counted_apart_and_what_is_not_reported_is_a_gap() {
    let benefit = "Mortality was lower with empagliflozin than with placebo (HR 0.74, 95% CI 0.65 to 0.85).";
    let workspace = corpus(&[
        record(
            99_100_011,
            "Empagliflozin in heart failure",
            &format!("{benefit} Genital infection was more frequent with empagliflozin than with placebo (P = 0.01)."),
        ),
        record(
            99_100_012,
            "Empagliflozin in adults with heart failure",
            &format!(
                "{benefit} Adverse events did not differ between empagliflozin and placebo (P = 0.60). Elevated liver enzymes and \
                 headache (n = 1) occurred in two patients of the empagliflozin group."
            ),
        ),
        record(
            99_100_013,
            "Carvedilol in heart failure",
            "Quality of life was higher with carvedilol than with placebo (P = 0.01).",
        ),
        record(
            99_100_014,
            "Bisoprolol in heart failure",
            "Quality of life was higher with bisoprolol than with placebo (P = 0.02).",
        ),
    ]);
    let about = ["--condition", "heart failure", "--treatment", "empagliflozin"];
    let answer = ask(&workspace, &about);
    // More of a harm is no vote on benefit.
    assert_eq!(
        (&answer["summary"]["votes"]["decreased"], &answer["summary"]["votes"]["increased"]),
        (&2.into(), &0.into())
    );
    let harms = &answer["harms"];
    assert_eq!((&harms["studies"], &harms["reporting"]), (&2.into(), &2.into()));
    let harm = |name: &str| harms["listed"].as_array().unwrap().iter().find(|one| one["harm"] == name).unwrap().clone();
    assert_eq!(harm("genital infection")["votes"]["increased"], 1);
    assert_eq!(harm("adverse events")["votes"]["no_difference"], 1);
    // What occurred in some is no more of it than in others.
    assert_eq!(harm("headache")["votes"]["not_stated"], 1);
    assert!(harm("genital infection")["example"]["quote"].as_str().unwrap().starts_with("Genital infection"));
    let gap = &answer["gaps"]["outcomes"][0];
    assert_eq!((&gap["outcome"], &gap["other_studies"]), (&"quality of life".into(), &2.into()));
    // An outcome that was asked for changes neither.
    let narrowed = ask(&workspace, &[&about[..], &["--outcome", "mortality"]].concat());
    assert_eq!((&narrowed["harms"], &narrowed["gaps"]), (&answer["harms"], &answer["gaps"]));
    // Asked for, harms have the votes.
    let asked = ask(&workspace, &[&about[..], &["--kind", "harm"]].concat());
    assert_eq!(
        (&asked["summary"]["votes"]["increased"], &asked["summary"]["votes"]["decreased"]),
        (&1.into(), &0.into())
    );
    let shown = workspace.run(&[&["lookup", "c"][..], &about].concat()).expect(0).out();
    assert!(
        shown.contains("Harms      2 of 2 studies report harms") && shown.contains("not shown to have no effect"),
        "{shown}"
    );
    let page = workspace.run(&[&["lookup", "c", "--format", "html"][..], &about].concat()).expect(0).out();
    assert!(page.contains(">Harms</h2>") && page.contains(">Gaps</h2>"));
}

#[test]
fn accuracy_is_told_by_study_and_pooled_where_counts_are_given() {
    let counted = [(45, 5, 6, 120), (80, 30, 22, 210), (33, 4, 9, 77), (60, 25, 4, 95), (27, 9, 10, 140)];
    let mut records: Vec<String> = (99_100_021..)
        .zip(counted)
        .map(|(pmid, (tp, fp, fn_, tn))| {
            let counts = format!(
                "There were {tp} true positives, {fp} false positives, {fn_} false negatives and {tn} true negatives"
            );
            let share = format!(
                "sensitivity {:.1}% and specificity {:.1}%",
                100.0 * f64::from(tp) / f64::from(tp + fn_),
                100.0 * f64::from(tn) / f64::from(tn + fp)
            );
            record(
                pmid,
                "Ultrasound to diagnose appendicitis: diagnostic accuracy",
                &format!("{counts} for ultrasound ({share})."),
            )
        })
        .collect();
    records.push(record(
        99_100_031,
        "Imaging in appendicitis",
        "Ultrasound had a sensitivity of 99.0% (10/48) and a specificity of 96.0% (120/125) for appendicitis.",
    ));
    let workspace = corpus(&records);
    let answer = ask(&workspace, &["--condition", "appendicitis", "--test", "ultrasound"]);
    let accuracy = &answer["accuracy"];
    assert_eq!(
        (&answer["question"]["kind"], &answer["question"]["test"]["asked"]),
        (&"diagnosis".into(), &"ultrasound".into())
    );
    let entries = accuracy["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 6, "{accuracy:#}");
    let of = |id: &str| entries.iter().find(|entry| entry["document"] == id).unwrap();
    assert_eq!(of("PMID:99100021")["counts"]["true_positive"], 45);
    assert_eq!(of("PMID:99100021")["modality"], "imaging");
    // Numbers that do not agree with each other are no counts.
    assert_eq!(of("PMID:99100031")["counts"], Value::Null);
    let summary = &accuracy["pooled"]["summary"];
    assert_eq!(accuracy["pooled"]["inputs"].as_array().unwrap().len(), 5);
    let sensitivity = summary["sensitivity"]["value"].as_f64().unwrap();
    assert!((0.7..0.95).contains(&sensitivity) && summary["sensitivity"]["low"].as_f64().unwrap() < sensitivity);
    let shown = workspace.run(&["lookup", "c", "--condition", "appendicitis", "--test", "ultrasound"]).expect(0).out();
    assert!(shown.contains("Pooled sensitivity") && shown.contains('◆') && shown.contains("TP 45"), "{shown}");
    let page = workspace
        .run(&["lookup", "c", "--condition", "appendicitis", "--test", "ultrasound", "--format", "html"])
        .expect(0)
        .out();
    assert!(page.contains("class=\"region\"") && page.contains("Accuracy by study and test"));
    let unnamed = ask(&workspace, &["--condition", "appendicitis", "--kind", "diagnosis"]);
    assert!(unnamed["accuracy"]["pooled"]["refused"].as_str().unwrap().contains("--test"));
    let fewer = ask(
        &workspace,
        &["--condition", "appendicitis", "--test", "ultrasound", "--without", "PMID:99100021,PMID:99100022"],
    );
    assert!(fewer["accuracy"]["pooled"]["refused"].as_str().unwrap().contains("asks for 4"));
}

#[test]
fn answers_to_prompts_are_measured() {
    let workspace = Workspace::new();
    let article = |pmcid: &str, title: &str, results: &str| {
        format!(
            "<article><front><article-meta><article-id pub-id-type=\"pmc\">{pmcid}</article-id><title-group><article-title>{title}</article-title>\
             </title-group><abstract><sec><title>Results</title><p>{results}</p></sec></abstract></article-meta></front></article>"
        )
    };
    let first = article(
        "PMC99000901",
        "Quagga riding lessons: a randomised trial",
        "Grip strength was higher after quagga riding lessons than after swimming (P = 0.01).",
    );
    let second = article(
        "PMC99000902",
        "Zebra watching: a randomised trial",
        "Anxiety was lower after zebra watching than after rest (P = 0.02).",
    );
    std::fs::write(workspace.path("corpora/a.nxml"), first).unwrap();
    std::fs::write(workspace.path("corpora/b.nxml"), second).unwrap();
    workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"a.nxml\", \"b.nxml\"]\n");
    workspace.run(&["refresh", "c", "--no-vectors"]).expect(0);
    let rows = [
        "1\t99000901\tTrue\tsignificantly increased\tgrip strength\tquagga riding lessons\tswimming\t",
        // Labelled otherwise than the study says.
        "2\t99000902\tTrue\tsignificantly increased\tanxiety\tzebra watching\trest\t",
        // Its article is about something else, and nobody knows what is asked.
        "3\t99000902\tTrue\tsignificantly increased\tpain\tokapi grooming\trest\t",
        // Nobody says validly which way it went: not asked.
        "4\t99000902\tFalse\tsignificantly increased\tpain\tzebra watching\trest\t",
    ];
    let head = "PromptID\tPMCID\tValid Label\tLabel\tOutcome\tIntervention\tComparator\tAnnotations";
    let file = workspace.path("prompts.tsv");
    std::fs::write(&file, format!("{head}\n{}\n", rows.join("\n"))).unwrap();
    let file = file.to_str().unwrap();
    let figures = workspace.run(&["eval", "answers", file, "--corpus", "c", "--format", "json"]).expect(0).json();
    assert_eq!(
        (&figures["prompts"], &figures["found"], &figures["not_understood"]),
        (&3.into(), &2.into(), &1.into()),
        "{figures:#}"
    );
    assert_eq!((&figures["found_in_5"], &figures["direction_right"]), (&0.666_667.into(), &0.5.into()));
    assert_eq!((&figures["missed"][0], &figures["otherwise"][0]["prompt"]), (&"3".into(), &"2".into()));
    assert_eq!(figures["in_words"]["prompts"], 3);
    workspace.run(&["eval", "answers", file]).expect(2).says(&["--corpus"]);
    std::fs::write(workspace.path("prompts.tsv"), format!("{head}\n{}\n", rows[0].replace("99000901", "7"))).unwrap();
    workspace.run(&["eval", "answers", file, "--corpus", "c"]).expect(1).says(&["PMC7"]);
}

/// A trial of stroke, which is invented.
fn trial(pmid: u32, title: &str, results: &str) -> String {
    format!(
        "PMID- {pmid}\nOWN - NLM\nDP  - 2023\nTI  - {title}\nAB  - METHODS: We randomly assigned 900 adults with stroke. RESULTS: {results}\n\
         JT  - Journal [Synthetic demonstration record]\nPT  - Randomized Controlled Trial\n\n"
    )
}

#[test]
fn a_harm_is_that_of_the_treatment_that_makes_the_difference() {
    let workspace = Workspace::new();
    let both = trial(
        99000301,
        "Aspirin plus clopidogrel versus aspirin plus placebo after stroke: a randomised controlled trial",
        "Nausea was more common in the clopidogrel group (P = 0.01). Falls were more common than with placebo (P = 0.02). \
         Stroke recurred less often with aspirin plus clopidogrel than with aspirin plus placebo (P = 0.01).",
    );
    let alone = trial(
        99000302,
        "Aspirin versus placebo after stroke: a randomised controlled trial",
        "Hypotension was more common with aspirin than with placebo (P = 0.01). Headache was more common (P = 0.02).",
    );
    workspace.define_with_file("stroke", "trials.txt", format!("{both}{alone}").as_bytes());
    workspace.run(&["refresh", "stroke"]).expect(0);
    let harms = |treatment: &str| {
        let question = ["lookup", "stroke", "--condition", "stroke", "--treatment", treatment, "--format", "json"];
        let answer = workspace.run(&question).expect(0).json();
        let listed = answer["harms"]["listed"].as_array().unwrap().clone();
        let mut named: Vec<String> = listed.iter().map(|one| one["harm"].as_str().unwrap().to_owned()).collect();
        named.sort();
        named
    };
    // Aspirin was given in both arms of the first.
    assert_eq!(harms("aspirin"), ["headache", "hypotension"]);
    assert_eq!(harms("clopidogrel"), ["falls", "nausea"]);
    // And where harms are asked for, those of another treatment have no say.
    let question = ["lookup", "stroke", "--condition", "stroke", "--treatment", "aspirin", "--kind", "harm"];
    let answer = workspace.run(&[&question[..], &["--format", "json"]].concat()).expect(0).json();
    let votes = &answer["summary"]["votes"];
    assert_eq!((&votes["increased"], &votes["not_stated"]), (&1.into(), &1.into()), "{votes}");
}
