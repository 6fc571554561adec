//! Names newer than the vocabularies: those that records carry are known, those that nobody knows are told, and what is told of a pair.

use crate::program::Workspace;

/// A paper on an invented drug: its substance is in no vocabulary.
fn paper(pmid: u64, month: &str, substances: &str, abstract_text: &str) -> String {
    format!(
        "<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><Journal><JournalIssue><PubDate><Year>2030</Year><Month>{month}</Month>\
         </PubDate></JournalIssue></Journal><ArticleTitle>A drug for gout, paper {pmid}.</ArticleTitle>\
         <Abstract><AbstractText Label=\"METHODS\">A randomised controlled trial in patients with gout against placebo.</AbstractText>\
         <AbstractText Label=\"RESULTS\">{abstract_text}</AbstractText></Abstract>\
         <PublicationTypeList><PublicationType UI=\"D016449\">Randomized Controlled Trial</PublicationType></PublicationTypeList>\
         </Article>{substances}</MedlineCitation></PubmedArticle>"
    )
}

fn set(papers: &[String]) -> String {
    format!("<?xml version=\"1.0\"?><PubmedArticleSet>{}</PubmedArticleSet>", papers.concat())
}

const SUBSTANCE: &str = "<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber>\
                         <NameOfSubstance UI=\"C999991\">quaggalin</NameOfSubstance></Chemical></ChemicalList>";

fn workspace() -> Workspace {
    let text = "Gout attacks were less frequent with quaggalin than with placebo (P = 0.001).";
    let other = "Zebrolimab (ZB-1234) was given to patients with zebroid foot syndrome and gout.";
    let papers = [paper(1, "Jan", SUBSTANCE, text), paper(2, "Mar", "", other), paper(3, "May", "", other)];
    let workspace = Workspace::new();
    workspace.define_with_file("gout", "papers.xml", set(&papers).as_bytes());
    workspace
}

#[test]
fn a_drug_that_only_records_name_is_known_the_day_it_is_indexed() {
    let workspace = workspace();
    let asked = ["lookup", "gout", "--condition", "gout", "--treatment", "quaggalin"];
    workspace.run(&["refresh", "gout"]).expect(0).says(&["learned names of 1 concept"]);
    let answer = workspace.run(&[&asked[..], &["--format", "json"]].concat()).expect(0).json();
    assert_eq!(answer["question"]["treatment"]["concept"], "MESH:C999991");
    assert_eq!(answer["summary"]["studies"], 1);
    assert_eq!((&answer["relation"]["told"], &answer["relation"]["findings"]), (&"treats".into(), &1.into()));
    let shown = workspace.run(&asked).expect(0).out();
    assert!(shown.contains("Relation   said to help"), "{shown}");
    // Nothing new: nothing is learned or mined again.
    let again = workspace.run(&["mine", "gout"]).expect(0).err();
    assert!(!again.contains("learned") && !again.contains("mined"), "{again}");
    // Without a treatment there is no pair.
    let alone = workspace.run(&["lookup", "gout", "--condition", "gout", "--format", "json"]).expect(0).json();
    assert_eq!(alone["relation"], serde_json::Value::Null);
}

#[test]
fn phrases_that_no_vocabulary_knows_are_told_with_papers_a_month() {
    let workspace = workspace();
    workspace.run(&["refresh", "gout"]).expect(0);
    let radar = workspace.run(&["vocab", "new", "gout", "--least", "2", "--format", "json"]).expect(0).json();
    let phrases: Vec<_> =
        radar["phrases"].as_array().unwrap().iter().map(|one| one["phrase"].as_str().unwrap()).collect();
    assert_eq!(phrases, ["ZB-1234", "Zebrolimab", "zebroid foot syndrome"]);
    let first = &radar["phrases"][1];
    assert_eq!((&first["papers"], &first["last_twelve_months"]), (&2.into(), &2.into()));
    assert_eq!(
        first["months"],
        serde_json::json!([{"month": "2030-03", "papers": 1}, {"month": "2030-05", "papers": 1}])
    );
    assert_eq!(first["examples"], serde_json::json!(["PMID:3", "PMID:2"]));
    assert_eq!((&radar["documents"], &radar["newest_month"]), (&3.into(), &"2030-05".into()));
    let shown = workspace.run(&["vocab", "new", "gout", "--least", "3"]).expect(0).out();
    assert!(shown.contains("none that the vocabularies do not know") && shown.contains("Coverage"), "{shown}");
    workspace.run(&["vocab", "new", "gout", "--least", "0"]).expect(2);
    workspace.run(&["vocab", "new", "nowhere"]).expect(1);
}

#[test]
fn indications_are_measured_on_a_corpus() {
    let workspace = workspace();
    workspace.run(&["refresh", "gout"]).expect(0);
    let pairs = "doid_id\tdrugbank_id\tdisease\tdrug\tcategory\nDOID:1\tDB1\tgout\tquaggalin\tSYM\nDOID:1\tDB2\tgout\tunheard of\tNOT\n";
    std::fs::write(workspace.path("pairs.tsv"), pairs).unwrap();
    let file = workspace.path("pairs.tsv");
    let file = file.to_str().unwrap();
    let figures =
        workspace.run(&["eval", "indications", file, "--corpus", "gout", "--format", "json"]).expect(0).json();
    // One finding is too few to judge by.
    assert_eq!(
        (&figures["symptomatic"]["judged"], &figures["indications"]["share_shown"]),
        (&0.into(), &serde_json::Value::Null)
    );
    assert_eq!(figures["non_indications"]["unknown_to_vocabularies"], 1);
    workspace.run(&["eval", "indications", file]).expect(2).says(&["--corpus"]);
}

#[test]
fn a_concept_is_shown_with_what_a_corpus_has_on_it() {
    let workspace = Workspace::new();
    let mention = "Allopurinol is widely used to treat gout. Serum urate was measured in patients with gout on allopurinol (P = 0.4).";
    workspace.define_with_file("gout", "papers.xml", set(&[paper(1, "Jan", "", mention)]).as_bytes());
    workspace.run(&["refresh", "gout"]).expect(0);
    let shown = workspace.run(&["vocab", "show", "gout", "--corpus", "gout", "--format", "json"]).expect(0).json();
    let corpus = &shown["concepts"][0]["corpus"];
    assert_eq!((&corpus["name"], &corpus["studies"], &corpus["documents"]), (&"gout".into(), &1.into(), &1.into()));
    assert_eq!(corpus["looked_at"], 1);
    let relation = &corpus["relations"][0]["relation"];
    assert_eq!((&relation["told"], &relation["basis"]), (&"treats".into(), &"uses".into()));
    // The look-up of the pair says the same, and quotes the sentence.
    let pair = ["lookup", "gout", "--condition", "gout", "--treatment", "allopurinol"];
    let answer = workspace.run(&[&pair[..], &["--format", "json"]].concat()).expect(0).json();
    assert_eq!(answer["relation"]["basis"], "uses");
    assert_eq!(answer["relation"]["mentioned"][0]["quote"], "Allopurinol is widely used to treat gout.");
    let text = workspace.run(&["vocab", "show", "allopurinol", "--corpus", "gout"]).expect(0).out();
    assert!(text.contains("Used for") && text.contains("Coverage"), "{text}");
    // Without a corpus nothing is said of one; one that is not there is an error.
    let alone = workspace.run(&["vocab", "show", "gout", "--format", "json"]).expect(0).json();
    assert_eq!(alone["concepts"][0]["corpus"], serde_json::Value::Null);
    workspace.run(&["vocab", "show", "gout", "--corpus", "nowhere"]).expect(1);
}
