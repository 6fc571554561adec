//! What is wrong with the input, what the program says of it, and that nothing stored is lost.
//!
//! | what | where |
//! |---|---|
//! | truncated gzip, broken XML, entities, a gzip bomb, an empty file, no records, an error in place of records, UTF-16 | `a_bad_file_is_named_and_the_good_ones_are_read` |
//! | a record without an id | `a_bad_record_is_kept_with_its_place_and_the_next_is_read` |
//! | a path that is missing, a folder without records | `missing_and_unreadable_paths_are_named` |
//! | a folder in place of a file | `a_folder_in_place_of_a_file_is_named` |
//! | a file that cannot be read | `a_file_that_cannot_be_read_is_named_and_the_good_ones_are_read` |
//! | a full disk | `a_full_disk_loses_nothing` |
//! | a model folder without weights | `encoder.rs`, `a_model_folder_without_weights_is_named` |
//! | a missing encoder, one that dies half-way | `a_missing_encoder_is_said_and_the_rest_is_done`, `an_encoder_that_dies_half_way_costs_its_vectors_only` |
//! | an unknown corpus, an unknown key, a wrong vocabulary, a source of no kind in a definition | `definitions_are_refused_with_place_and_neighbour` |
//! | an unknown key in the settings | `settings_are_refused_with_place_and_neighbour` |
//! | a corpus that was never harvested | `what_was_never_harvested_says_how` |
//! | a store or an index that is none | `a_store_that_is_none_is_left_alone`, `a_damaged_index_names_the_command_that_mends_it` |
//! | control characters in a record | `control_characters_of_a_title_never_reach_the_terminal` |
//! | `kill -9` at 20 random moments | `resume.rs`, `killed_at_any_moment_running_again_finishes_the_work` |
//! | two refreshes at once | `resume.rs`, `two_at_once_do_not_meet`, `a_second_refresh_is_turned_away` |
//! | reading while a refresh writes | `resume.rs`, `who_reads_during_a_refresh_sees_the_old_state_or_the_new_one` |
//!
//! Records and archives that are bad in other ways (attributes without end, paths out of an archive, …) are in `bad_records.rs`.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::program::{Ran, Workspace};

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

#[test]
fn a_folder_in_place_of_a_file_is_named() {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path("corpora/c.toml")).unwrap();
    workspace.run(&["refresh", "c"]).expect(1).says(&["c.toml", "directory"]);
    workspace.define_with_file("d", "r.xml", GOOD.as_bytes());
    fs::create_dir(workspace.path("corpora/d.db")).unwrap();
    workspace.run(&["refresh", "d"]).expect(1).says(&["d.db"]);
    fs::create_dir(workspace.path("terms.xml")).unwrap();
    let terms = workspace.path("terms.xml");
    workspace.run(&["vocab", "import", terms.to_str().unwrap()]).expect(1).says(&["terms.xml"]);
    let folder = workspace.path("corpora");
    let folder = folder.to_str().unwrap();
    let demo = Workspace::with_demo();
    demo.run(&["refresh", "demo", "--encoder", folder]).expect(3).says(&["no vectors", folder]);
    let mut command = workspace.command(&["status"]);
    command.env("LITMINE_SETTINGS", folder);
    Ran::of(command).expect(1).says(&["settings file", folder]);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_good_ones_are_read() {
    let workspace = Workspace::new();
    workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"records\"]\n");
    fs::create_dir(workspace.path("corpora/records")).unwrap();
    fs::write(workspace.path("corpora/records/1-good.xml"), GOOD).unwrap();
    let bad = workspace.path("corpora/records/2-bad.xml");
    fs::write(&bad, GOOD).unwrap();
    fs::set_permissions(&bad, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&bad).is_ok() {
        // Root may read everything but the memory at address 0.
        fs::remove_file(&bad).unwrap();
        std::os::unix::fs::symlink("/proc/self/mem", &bad).unwrap();
    }
    fs::write(workspace.path("corpora/records/3-good.xml"), GOOD.replace(">7<", ">8<")).unwrap();
    workspace.run(&["refresh", "c"]).expect(3).says(&["2-bad.xml"]);
    assert_eq!(documents(&workspace, "c"), 2);
    workspace.run(&["annotate", bad.to_str().unwrap()]).expect(3).says(&["2-bad.xml"]);
}

/// The command where no file may grow beyond so many blocks of 512 bytes: to whoever writes, the disk is full.
fn with_full_disk(workspace: &Workspace, arguments: &[&str], blocks: usize) -> Ran {
    let command = workspace.command(arguments);
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""));
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    Ran::of(shell)
}

#[test]
fn a_full_disk_loses_nothing() {
    let workspace = Workspace::new();
    workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"records\"]\n");
    fs::create_dir(workspace.path("corpora/records")).unwrap();
    fs::write(workspace.path("corpora/records/1.xml"), GOOD).unwrap();
    workspace.run(&["refresh", "c"]).expect(0);
    let record = |pmid: usize| {
        // Text that does not compress, so that it needs its room.
        let words: String = (0..200).map(|n| format!("w{:x} ", (pmid * 7919 + n * 104_729) % 1_000_003)).collect();
        let record = GOOD.replace(">7<", &format!(">{pmid}<")).replace("asthma", &format!("asthma {words}"));
        record.replace("<PubmedArticleSet>", "").replace("</PubmedArticleSet>", "")
    };
    let many: String = (100..700).map(record).collect();
    fs::write(workspace.path("corpora/records/2.xml"), format!("<PubmedArticleSet>{many}</PubmedArticleSet>")).unwrap();
    let store = fs::metadata(workspace.path("corpora/c.db")).unwrap().len() as usize / 512;
    let mut failed = 0;
    // Full at once, while records come in, while they are mined or indexed.
    for blocks in [store / 2, store, store + 200, store + 600, store + 1500, store + 2500] {
        let ran = with_full_disk(&workspace, &["refresh", "c"], blocks);
        if !ran.succeeded() {
            failed += 1;
            let ran = ran.expect(1);
            assert!(ran.err().contains("c.db") || ran.err().contains("indexes"), "{blocks}: {}", ran.err());
        }
        assert!(documents(&workspace, "c") >= 1);
        workspace.run(&["lookup", "c", "--condition", "asthma"]).expect(0);
    }
    assert!(failed > 2, "{failed} of the disks were full");
    workspace.run(&["refresh", "c"]).expect(0);
    assert_eq!(documents(&workspace, "c"), 601);
    let found = workspace.run(&["search", "c", "metformin[ti]", "--format", "json"]).expect(0).json();
    assert_eq!(found["total"], 601);
}

#[test]
fn an_encoder_that_dies_half_way_costs_its_vectors_only() {
    let workspace = Workspace::with_demo();
    let model = workspace.path("model");
    fs::create_dir(&model).unwrap();
    for file in ["config.json", "model.safetensors"] {
        fs::write(model.join(file), "{}").unwrap();
    }
    // It greets, takes the beginning of a request and is gone.
    let hello = format!("{{\"version\":{},\"model\":\"m@1/fp32\",\"dimension\":4}}", litmine::embed::protocol::VERSION);
    let encoder = workspace.path("encoder");
    let script = format!(
        "#!/bin/sh\nprintf 'H\\{:03o}\\000\\000\\000%s' '{hello}'\nhead -c 5 >/dev/null\necho 'out of luck' >&2\nexit 9\n",
        hello.len()
    );
    fs::write(&encoder, script).unwrap();
    fs::set_permissions(&encoder, fs::Permissions::from_mode(0o755)).unwrap();
    let names = [encoder.to_str().unwrap(), model.to_str().unwrap()];
    let refresh = ["refresh", "demo", "--encoder", names[0], "--model", names[1]];
    workspace.run(&refresh).expect(1).says(&["the encoder failed", "out of luck"]);
    workspace.run(&refresh).expect(1).says(&["out of luck"]);
    assert!(documents(&workspace, "demo") > 20, "what was harvested is kept");
    workspace.run(&["refresh", "demo", "--no-vectors"]).expect(0);
    workspace.run(&["lookup", "demo", "--condition", "asthma"]).expect(0);
}

#[test]
fn settings_are_refused_with_place_and_neighbour() {
    let workspace = Workspace::new();
    let path = workspace.path("settings.toml");
    for (text, words) in [
        ("model = \"m\"\nencodr = \"e\"\n", ["line 2", "encoder"]),
        ("idle_encoder = \"long\"\n", ["line 1", "idle_encoder"]),
        ("model = \n", ["line 1", "settings.toml"]),
    ] {
        fs::write(&path, text).unwrap();
        let mut command = workspace.command(&["status"]);
        command.env("LITMINE_SETTINGS", &path);
        Ran::of(command).expect(1).says(&words);
    }
    let mut command = workspace.command(&["status"]);
    command.env("LITMINE_SETTINGS", workspace.path("none.toml"));
    Ran::of(command).expect(1).says(&["none.toml"]);
}
