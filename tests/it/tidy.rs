//! House rules: who may import whom, which crate has one user, what a file may look like.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module of the library may import of ours, besides itself. ARCHITECTURE.md has the same table.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("progress", &[]),
    ("net", &["model", "progress"]),
    ("xml", &["model", "progress"]),
    ("harvest", &["model", "progress", "net", "xml"]),
    ("corpus", &["model", "harvest"]),
    ("parse", &["model", "progress", "xml"]),
    ("vocab", &["model", "progress", "xml"]),
    ("store", &["model", "progress"]),
    ("embed", &["model", "progress", "net"]),
    ("extract", &["model", "progress", "vocab", "embed"]),
    ("link", &["model", "progress", "vocab", "embed"]),
    ("index", &["model", "progress", "store", "vocab", "embed"]),
    ("lookup", &["model", "progress", "store", "vocab", "embed", "extract", "link", "index"]),
    ("report", &["model", "lookup"]),
    ("serve", &["model", "lookup", "report"]),
    (
        "pipeline",
        &[
            "model", "progress", "net", "xml", "harvest", "corpus", "parse", "vocab", "store", "embed", "extract",
            "link", "index", "lookup",
        ],
    ),
    ("browse", &["model", "lookup", "report"]),
    (
        "eval",
        &[
            "model", "progress", "xml", "harvest", "corpus", "parse", "vocab", "store", "embed", "extract", "link",
            "index", "lookup", "pipeline",
        ],
    ),
    (
        "cli",
        &[
            "model", "progress", "net", "xml", "harvest", "corpus", "parse", "vocab", "store", "embed", "extract",
            "link", "index", "lookup", "report", "serve", "browse", "pipeline", "eval",
        ],
    ),
];

/// Heavy crates and the one place that may use each.
const ONE_USER: &[(&str, &str)] = &[
    ("reqwest", "src/net/"),
    ("rustls", "src/net/"),
    ("quick_xml", "src/xml/"),
    ("rusqlite", "src/store/"),
    ("tar", "src/parse/input/"),
    ("tantivy", "src/index/"),
    ("frostem", "src/index/"),
    ("indicatif", "src/cli/bars.rs"),
    ("clap", "src/cli/"),
    ("clap_complete", "src/cli/"),
    ("clap_mangen", "src/cli/"),
    ("axum", "src/serve/"),
    ("hyper", "src/serve/"),
    ("hyper_util", "src/serve/"),
    ("tokio", "src/serve/"),
    ("comfy_table", "src/report/"),
    ("parquet", "src/report/exports/"),
    ("ratatui", "src/browse/"),
    ("rust_bert", "src/bin/litmine-encoder/"),
    ("tch", "src/bin/litmine-encoder/"),
];

/// The longest file that is taken to hold one thing.
const LONGEST: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_below(&path, ending, found);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    files_below(&root().join("src"), "rs", &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(path).unwrap();
            (name, text)
        })
        .collect()
}

/// The module of the library that a file belongs to; none for the programs.
fn module(file: &str) -> Option<&str> {
    let inner = file.strip_prefix("src/")?;
    if inner.starts_with("bin/") || inner == "main.rs" || inner == "lib.rs" {
        return None;
    }
    Some(inner.split('/').next()?.trim_end_matches(".rs"))
}

/// The modules that a source text names after `crate::`, braces included.
fn imports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut word = String::new();
            let mut at_start = true;
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 1 && c == ',' {
                    at_start = true;
                } else if at_start && (c.is_alphanumeric() || c == '_') {
                    word.push(c);
                    continue;
                } else if at_start && c.is_whitespace() && word.is_empty() {
                    continue;
                } else {
                    at_start = false;
                }
                if !word.is_empty() {
                    found.insert(std::mem::take(&mut word));
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.insert(word);
        }
    }
    found
}

#[test]
fn imports_are_read_in_every_form() {
    let text = "use crate::model::X; use crate::{store::Store, vocab::{A, B}, embed};\ncrate::net::f();";
    let expected: BTreeSet<String> = ["model", "store", "vocab", "embed", "net"].map(str::to_owned).into();
    assert_eq!(imports(text), expected);
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let allowed: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let Some(module) = module(&file) else { continue };
        let Some(may) = allowed.get(module) else {
            wrong.push(format!("{file}: the module {module} is not in the table"));
            continue;
        };
        for import in imports(&text) {
            if allowed.contains_key(import.as_str()) && import != module && !may.contains(&import.as_str()) {
                wrong.push(format!("{file} imports {import}, which {module} may not"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_table_exists_and_is_in_the_library() {
    let library = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for (module, _) in MAY_IMPORT {
        assert!(library.contains(&format!("pub mod {module};")), "{module} is not in src/lib.rs");
    }
}

#[test]
fn each_heavy_crate_has_one_user() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (name, place) in ONE_USER {
            let used = text.lines().any(|line| {
                let code = line.split("//").next().unwrap_or_default();
                code.match_indices(&format!("{name}::"))
                    .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
            });
            if used && !file.starts_with(place) {
                wrong.push(format!("{file} uses {name}, which is for {place}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_hold_one_thing() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| format!("{file} has {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_file_is_named_for_nothing() {
    for (file, _) in sources() {
        let stem = Path::new(&file).file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(!["utils", "util", "helpers", "common", "misc"].contains(&stem.as_str()), "{file}");
    }
}

#[test]
fn folders_of_data_explain_their_form() {
    let mut tables = Vec::new();
    for ending in ["tsv", "toml", "txt"] {
        files_below(&root().join("src"), ending, &mut tables);
    }
    for table in tables {
        let folder = table.parent().unwrap();
        let explained = folder.join("README.md").exists() || folder.parent().unwrap().join("README.md").exists();
        let commented = fs::read_to_string(&table).unwrap().starts_with('#');
        assert!(explained || commented, "{} has neither a README beside it nor a comment at its head", table.display());
    }
}

#[test]
fn the_tree_names_no_machine() {
    let mut paths = Vec::new();
    for folder in ["src", "tests", "corpora", "scripts", ".ci", "indexes"] {
        for ending in ["rs", "md", "toml", "tsv", "xml", "py", "sh", "txt"] {
            files_below(&root().join(folder), ending, &mut paths);
        }
    }
    // Put together here, so that this file does not hold what it looks for.
    let private: Vec<String> = ["tmp", "work", "root", "home"].iter().map(|folder| format!(" /{folder}/")).collect();
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for place in &private {
            assert!(!text.contains(place.as_str()), "{} holds a path of one machine: {place}", path.display());
        }
    }
}
