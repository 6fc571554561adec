//! Open-access articles: the newest version of each, by files and by OAI-PMH, checked, resumed, and with their licence.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{held, killed_after, names, settings};
use crate::program::Workspace;
use crate::server::pmc::Pmc;
use crate::server::{Reply, Server};

fn files(pmc: Pmc) -> Server {
    Server::start(move |asked| pmc.files(asked))
}

fn oai(pmc: Pmc) -> Server {
    Server::start(move |asked| pmc.oai(asked))
}

fn workspace(server: &Server, service: &str, keys: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.define("c", &format!("[[source]]\nkind = \"pmc-oa\"\n{keys}\n"));
    settings(&workspace, service, server);
    workspace
}

#[test]
fn the_newest_version_is_fetched_once_and_what_is_not_to_be_had_is_a_note() {
    let mut pmc = Pmc::invented(3);
    pmc.articles[1].open = false;
    let server = files(pmc.clone());
    let workspace = workspace(&server, "pmc-files", "pmcids = [\"PMC101\", \"pmc102\", \"103\", \"PMC9\"]");
    let plan = workspace.run(&["harvest", "c", "--dry-run", "--format", "json"]).expect(0).json();
    assert_eq!((plan["sources"][0]["records"].as_u64(), plan["sources"][0]["requests"].as_u64()), (Some(4), Some(12)));
    assert!(server.asked().is_empty());
    workspace.run(&["harvest", "c"]).expect(0).says(&[
        "2 new",
        "1 article is not in PubMed Central's open-access files: PMC9",
        "1 article is not open access: PMC102",
    ]);
    let records = held(&workspace, "c");
    assert_eq!(records.len(), 2);
    assert!(records[0].1.contains("The whole of part 101, version 3."), "{records:?}");
    server.forget();
    workspace.run(&["harvest", "c"]).expect(0).says(&["nothing new"]);
    assert!(server.asked().is_empty(), "nothing is asked again so soon");
    // A later version, asked for at once.
    pmc.articles[0].version = 4;
    let server = files(pmc);
    settings(&workspace, "pmc-files", &server);
    workspace.run(&["harvest", "c", "--since", "2020-01-01"]).expect(0).says(&["revised"]);
    assert!(held(&workspace, "c")[0].1.contains("version 4."));
    let texts: Vec<String> =
        server.asked().into_iter().map(|asked| asked.path).filter(|path| path.ends_with(".xml")).collect();
    assert_eq!(texts, ["/PMC101.4/PMC101.4.xml"], "a text that is held is not fetched again");
}

#[test]
fn documents_of_the_corpus_get_their_full_text() {
    let server = files(Pmc::invented(3));
    let workspace = Workspace::new();
    let citation = |pmid: u64, pmcid: &str| {
        format!(
            "<PubmedArticle><MedlineCitation><PMID Version=\"1\">{pmid}</PMID><Article><ArticleTitle>Marbles, part {}</ArticleTitle></Article>\
             </MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType=\"pmc\">{pmcid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>",
            pmid - 99_000_000
        )
    };
    let citations = format!(
        "<PubmedArticleSet>{}{}</PubmedArticleSet>",
        citation(99_000_102, "PMC102"),
        citation(99_000_777, "PMC777")
    );
    fs::write(workspace.path("corpora/own.xml"), citations).unwrap();
    workspace.define(
        "c",
        "[[source]]\nkind = \"files\"\npaths = [\"own.xml\"]\n[[source]]\nkind = \"pmc-oa\"\nof = \"corpus\"\n",
    );
    settings(&workspace, "pmc-files", &server);
    workspace.run(&["harvest", "c"]).expect(0).says(&["PMC777"]);
    let records = held(&workspace, "c");
    assert_eq!(records.iter().map(|(pmid, _)| *pmid).collect::<Vec<_>>(), [99_000_102, 99_000_777]);
    assert!(records[0].1.contains("The whole of part 102"));
    server.forget();
    workspace.run(&["harvest", "c"]).expect(0);
    assert!(server.asked().is_empty());
}

#[test]
fn a_full_text_that_may_not_be_handed_on_is_not_exported() {
    let mut pmc = Pmc::invented(3);
    pmc.articles[1].licence = "NO-CC CODE";
    (pmc.articles[2].open, pmc.articles[2].licence) = (false, "TDM");
    let server = files(pmc);
    let workspace = workspace(&server, "pmc-files", "ids = \"ids.txt\"\nmanuscripts = true");
    fs::write(workspace.path("corpora/ids.txt"), "# three\nPMC101\nPMC102\nPMC103\n").unwrap();
    workspace.run(&["refresh", "c", "--no-vectors"]).expect(0);
    let out = workspace.run(&["export", "c", "--as", "jsonl"]).expect(0).out();
    let mut told: Vec<(String, String, bool, bool)> = out
        .lines()
        .map(|line| {
            let object: Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| object[key].as_str().unwrap().to_owned();
            let withheld = object["full_text_withheld"].as_bool().unwrap();
            (text("pmcid"), text("licence"), withheld, line.contains("The whole of part"))
        })
        .collect();
    told.sort();
    let expected =
        [("PMC101", "CC BY", false, true), ("PMC102", "NO-CC CODE", true, false), ("PMC103", "TDM", true, false)];
    assert_eq!(told, expected.map(|(id, licence, withheld, text)| (id.to_owned(), licence.to_owned(), withheld, text)));
    assert!(out.contains("Marbles changed nothing."), "abstracts stay");
}

#[test]
fn words_of_the_text_keep_an_article_and_its_record() {
    let server = files(Pmc::invented(3));
    let keys = "pmcids = [\"PMC101\", \"PMC102\", \"PMC103\"]\nwords = [\"whole of part 102\"]";
    let workspace = workspace(&server, "pmc-files", keys);
    workspace.run(&["refresh", "c", "--no-vectors"]).expect(0).says(&["1 new", "1 revised", "4 not of the topic"]);
    let out = workspace.run(&["export", "c", "--as", "jsonl"]).expect(0).out();
    assert!(out.lines().count() == 1 && out.contains("\"licence\":\"CC BY\"") && out.contains("PMC102"), "{out}");
}

#[test]
fn the_record_of_a_retracted_article_flags_it() {
    let mut pmc = Pmc::invented(2);
    pmc.articles[0].retracted = true;
    let server = files(pmc);
    let workspace = workspace(&server, "pmc-files", "pmcids = [\"PMC101\", \"PMC102\"]");
    workspace.run(&["refresh", "c", "--no-vectors"]).expect(0);
    let out = workspace.run(&["export", "c", "--as", "jsonl"]).expect(0).out();
    let retracted: Vec<&str> = out.lines().filter(|line| line.contains("\"retracted\"")).collect();
    assert!(retracted.len() == 1 && retracted[0].contains("PMC101"), "{out}");
}

#[test]
fn what_changed_is_read_by_months_and_pages() {
    let mut pmc = Pmc::invented(90);
    pmc.articles[3].open = false;
    let server = oai(pmc);
    let workspace = workspace(&server, "pmc-oai", "way = \"oai\"\nfrom = \"2020-01-01\"\nuntil = \"2020-04-30\"");
    let plan = workspace.run(&["harvest", "c", "--dry-run", "--format", "json"]).expect(0).json();
    assert_eq!(plan["sources"][0]["records"].as_u64(), Some(89));
    workspace.run(&["harvest", "c"]).expect(0).says(&["89 new"]);
    assert_eq!(names(&workspace, "c").len(), 89);
    server.forget();
    workspace.run(&["harvest", "c"]).expect(0).says(&["nothing new"]);
    assert!(server.asked().is_empty(), "months that are over are not asked for again");
}

#[test]
fn one_article_comes_by_its_number_too() {
    let mut pmc = Pmc::invented(2);
    pmc.articles[1].open = false;
    let server = oai(pmc);
    let workspace = workspace(&server, "pmc-oai", "way = \"oai\"\npmcids = [\"PMC101\", \"PMC102\", \"PMC9\"]");
    workspace.run(&["harvest", "c"]).expect(0).says(&["1 new", "not open access: PMC102", "PMC9"]);
    assert_eq!(names(&workspace, "c"), ["PMID:99000101"]);
    workspace.run(&["harvest", "c", "--since", "2020-01-01"]).expect(0).says(&["nothing new"]);
}

#[test]
fn killed_at_any_moment_it_goes_on() {
    for (service, keys) in [
        ("pmc-files", "ids = \"ids.txt\""),
        ("pmc-oai", "way = \"oai\"\nfrom = \"2020-01-01\"\nuntil = \"2020-04-30\""),
    ] {
        let pmc = Pmc::invented(150);
        let server = if service == "pmc-oai" { oai(pmc) } else { files(pmc) };
        let workspace = workspace(&server, service, keys);
        let ids: String = (101..251).map(|n| format!("{n}\n")).collect();
        fs::write(workspace.path("corpora/ids.txt"), ids).unwrap();
        for moment in 0..8 {
            killed_after(&workspace, Duration::from_millis(20 + moment * 11));
        }
        workspace.run(&["harvest", "c"]).expect(0);
        let records = held(&workspace, "c");
        assert_eq!(records.len(), 150, "{service}");
        assert!(records.iter().all(|(_, text)| text.contains("The whole of part")), "{service}");
    }
}

#[test]
fn a_server_that_is_down_is_not_asked_for_every_article() {
    let server = Server::start(|_| Reply::status(500));
    let workspace = workspace(&server, "pmc-files", "ids = \"ids.txt\"");
    fs::write(workspace.path("corpora/ids.txt"), "1\n2\n3\n4\n5\nsix\n").unwrap();
    workspace.run(&["harvest", "c"]).expect(3).says(&["500", "line 6: “six”", "2 further articles wait"]);
}

#[test]
fn keys_that_make_no_sense_are_refused() {
    for (keys, said) in [
        ("", "needs pmcids"),
        ("pmcids = [\"12x\"]", "“12x” is no PMCID"),
        ("of = \"everything\"", "of is “corpus”"),
        ("from = \"2020-01-01\"", "go with way"),
        ("way = \"oai\"\nuntil = \"2020-01-01\"", "until needs a from"),
        ("way = \"ftp\"", "unknown variant"),
    ] {
        let workspace = Workspace::new();
        workspace.define("c", &format!("[[source]]\nkind = \"pmc-oa\"\n{keys}\n"));
        workspace.run(&["harvest", "c"]).expect(1).says(&[said]);
    }
}

#[test]
fn recorded_answers_are_read() {
    let data = std::env::var_os("LITMINE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), std::path::PathBuf::from);
    let recorded = data.join("api/recorded/pmc_oa");
    if !recorded.exists() {
        eprintln!("skipped: {} is not there", recorded.display());
        return;
    }
    let server = Server::start(move |asked| {
        // The list was recorded folder by folder; the record and the text lie under the names of the article.
        if asked.path == "/" {
            let id = asked.field("prefix").unwrap().trim_start_matches("metadata/").trim_end_matches('.').to_owned();
            return Reply::ok(format!(
                "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>metadata/{id}.1.json</Key></Contents></ListBucketResult>"
            ));
        }
        let name = asked.path.rsplit('/').next().unwrap().to_lowercase();
        fs::read(recorded.join(name)).map_or(Reply::status(404), Reply::ok)
    });
    let workspace = workspace(&server, "pmc-files", "pmcids = [\"PMC3040717\"]");
    workspace.run(&["harvest", "c"]).expect(0).says(&["not open access: PMC3040717"]);
    workspace.define("c", "[[source]]\nkind = \"pmc-oa\"\npmcids = [\"PMC3040717\"]\nmanuscripts = true\n");
    let ran = workspace.run(&["harvest", "c", "--since", "2020-01-01"]);
    assert_eq!(names(&workspace, "c"), ["PMID:20516115"], "{}", ran.err());
}
