//! What is wrong with the input, what the program says of it, and that nothing stored is lost.

use std::fs;
use std::io::Write as _;

use crate::program::Workspace;

const GOOD: &str = "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version=\"1\">7</PMID><Article>\
    <ArticleTitle>Metformin in asthma.</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn documents(workspace: &Workspace, corpus: &str) -> u64 {
    let status = workspace.run(&["status", corpus, "--format", "json"]).expect(0).json();
    status["corpora"][0]["totals"]["documents"].as_u64().unwrap_or(0)
}

/// A bad file beside a good one: what it is, its bytes, words of the message.
fn bad_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let whole = gzip(GOOD.repeat(50).as_bytes());
    let entities = format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{GOOD}");
    let mut bomb = Vec::new();
    {
        let mut encoder = flate2::write::GzEncoder::new(&mut bomb, flate2::Compression::best());
        encoder.write_all(b"<PubmedArticleSet>").unwrap();
        for _ in 0..128 {
            encoder.write_all(&vec![b' '; 1 << 20]).unwrap();
        }
    }
    vec![
        ("truncated gzip", whole[..whole.len() / 2].to_vec(), "cut short"),
        ("broken XML", b"<PubmedArticleSet><PubmedArticle>".to_vec(), "cut short"),
        ("entities", entities.into_bytes(), "DOCTYPE"),
        ("gzip bomb", bomb, "grew to more than"),
        ("empty", Vec::new(), "empty"),
        ("no records", b"just some words".to_vec(), "no known format"),
        ("an error in place of records", b"<eFetchResult><ERROR>no</ERROR></eFetchResult>".to_vec(), "error"),
        ("UTF-16", b"\xff\xfe<\0x\0".to_vec(), "UTF-16"),
    ]
}

#[test]
fn a_bad_file_is_named_and_the_good_ones_are_read() {
    for (what, bytes, words) in bad_files() {
        let workspace = Workspace::new();
        workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"records\"]\n");
        fs::create_dir(workspace.path("corpora/records")).unwrap();
        fs::write(workspace.path("corpora/records/1-good.xml"), GOOD).unwrap();
        workspace.run(&["refresh", "c"]).expect(0);
        fs::write(workspace.path("corpora/records/2-bad.xml"), bytes).unwrap();
        fs::write(workspace.path("corpora/records/3-good.xml"), GOOD.replace(">7<", ">8<")).unwrap();
        workspace.run(&["refresh", "c"]).expect(3).says(&["2-bad.xml", words]);
        assert!(documents(&workspace, "c") >= 2, "{what}");
        // What failed is tried again, and said again.
        workspace.run(&["refresh", "c"]).expect(3).says(&["2-bad.xml", words]);
        fs::remove_file(workspace.path("corpora/records/2-bad.xml")).unwrap();
        workspace.run(&["refresh", "c"]).expect(0);
    }
}

#[test]
fn a_bad_record_is_kept_with_its_place_and_the_next_is_read() {
    let workspace = Workspace::new();
    let bad = GOOD.replace("<PMID Version=\"1\">7</PMID>", "");
    let file = GOOD.replace("</PubmedArticleSet>", "") + &bad.replace("<PubmedArticleSet>", "");
    workspace.define_with_file("c", "r.xml", file.as_bytes());
    workspace.run(&["refresh", "c"]).expect(3).says(&["rejected", "r.xml byte", "no PMID"]);
    let status = workspace.run(&["status", "c", "--rejected", "--format", "json"]).expect(0).json();
    let rejected = status["corpora"][0]["rejected"].as_array().unwrap();
    assert_eq!(rejected.len(), 1);
    assert!(rejected[0]["place"].as_str().unwrap().starts_with("r.xml byte"));
    // It was reported and is listed; a search of what was read is complete.
    workspace.run(&["search", "c", "metformin"]).expect(0);
}

#[test]
fn missing_and_unreadable_paths_are_named() {
    let workspace = Workspace::new();
    workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"none.xml\"]\n");
    workspace.run(&["refresh", "c"]).expect(3).says(&["none.xml"]);
    workspace.run(&["annotate", "none.xml"]).expect(1).says(&["none.xml"]);
    fs::create_dir(workspace.path("corpora/empty")).unwrap();
    workspace.define("e", "[[source]]\nkind = \"files\"\npaths = [\"empty\"]\n");
    workspace.run(&["refresh", "e"]).expect(3).says(&["no file of records"]);
}

#[test]
fn definitions_are_refused_with_place_and_neighbour() {
    let workspace = Workspace::new();
    workspace.define("c", "vocabulary = [\"starter\"]\n");
    workspace.run(&["refresh", "c"]).expect(1).says(&["c.toml line 4", "vocabularies"]);
    workspace.define("d", "[[source]]\nkind = \"filess\"\n");
    workspace.run(&["refresh", "d"]).expect(1).says(&["line 5", "files"]);
    workspace.define("e", "vocabularies = [\"mesh1999\"]\n");
    workspace.run(&["refresh", "e"]).expect(1).says(&["mesh1999", "vocab import"]);
    workspace.run(&["refresh", "cc"]).expect(1).says(&["there is no corpus"]);
    workspace.run(&["refresh", "../c"]).expect(2).says(&["cannot name a corpus"]);
    workspace.run(&["init", "c"]).expect(1).says(&["exists already"]);
}

#[test]
fn what_was_never_harvested_says_how() {
    let workspace = Workspace::new();
    workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"x\"]\n");
    workspace.run(&["lookup", "c", "--condition", "asthma"]).expect(1).says(&["never harvested", "litmine refresh c"]);
    workspace.run(&["search", "c", "asthma"]).expect(1).says(&["litmine refresh c"]);
    let status = workspace.run(&["status", "c"]).expect(0);
    assert!(status.out().contains("NEVER READ"), "{}", status.out());
}

#[test]
fn a_store_that_is_none_is_left_alone() {
    let workspace = Workspace::new();
    workspace.define_with_file("c", "r.xml", GOOD.as_bytes());
    let store = workspace.path("corpora/c.db");
    let words =
        "these are the notes of somebody, and no store at all; they are long enough to be looked at as one".repeat(3);
    fs::write(&store, &words).unwrap();
    workspace.run(&["refresh", "c"]).expect(1).says(&["not a litmine store"]);
    assert_eq!(fs::read_to_string(&store).unwrap(), words);
}

#[test]
fn a_damaged_index_names_the_command_that_mends_it() {
    let workspace = Workspace::with_refreshed_demo();
    let current = fs::read_to_string(workspace.path("indexes/demo/CURRENT")).unwrap();
    let generation = workspace.path("indexes/demo").join(current.trim());
    for entry in fs::read_dir(&generation).unwrap().flatten() {
        fs::write(entry.path(), b"xx").unwrap();
    }
    workspace.run(&["search", "demo", "asthma", "--no-vectors"]).expect(1).says(&["--rebuild"]);
    // Looking up needs no index.
    workspace.run(&["lookup", "demo", "--condition", "asthma"]).expect(0);
    workspace.run(&["index", "demo", "--rebuild"]).expect(0);
    workspace.run(&["search", "demo", "asthma", "--no-vectors"]).expect(0);
}

#[test]
fn a_missing_encoder_is_said_and_the_rest_is_done() {
    let workspace = Workspace::with_demo();
    let refresh = ["refresh", "demo", "--encoder", "none/litmine-encoder"];
    workspace.run(&refresh).expect(3).says(&["no vectors", "none/litmine-encoder"]);
    workspace.run(&["lookup", "demo", "--condition", "asthma"]).expect(0);
    workspace.run(&["search", "demo", "asthma", "--mode", "dense"]).expect(1).says(&["no vectors to rank"]);
}

#[test]
fn control_characters_of_a_title_never_reach_the_terminal() {
    let workspace = Workspace::new();
    let file = GOOD.replace("Metformin in asthma.", "Metformin &#x1b;[31m in &#x9b;31m asthma.");
    workspace.define_with_file("c", "r.xml", file.as_bytes());
    let _ = workspace.run(&["refresh", "c"]);
    let shown = workspace.run(&["search", "c", "metformin"]).out();
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{9b}'), "{shown:?}");
}
