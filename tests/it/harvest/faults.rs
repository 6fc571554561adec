//! Every source against every fault: `tests/it/harvest/faults.tsv` says what is expected of each; all of its cells run.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{names, settings_with_patience};
use crate::program::Workspace;
use crate::server::bulk::Shelf;
use crate::server::europe_pmc::EuropePmc;
use crate::server::eutils::{self, Eutils};
use crate::server::pmc::{self, Pmc};
use crate::server::preprints::Preprints;
use crate::server::records;
use crate::server::registry::Registry;
use crate::server::retraction_watch::{row, table};
use crate::server::{Asked, Manner, Reply, Server};

const TABLE: &str = include_str!("faults.tsv");

/// A source under test.
struct Subject {
    service: &'static str,
    definition: &'static str,
    /// What it should hold in the end.
    records: usize,
    /// Whether a question is one that faults are to hit: the answer to it holds records.
    bears_records: fn(&Asked) -> bool,
    answer: Box<dyn Fn(&Asked) -> Reply + Send + Sync>,
}

fn subject(name: &str) -> Subject {
    match name {
        "pubmed-bulk" => {
            let shelf = Shelf::invented();
            Subject {
                service: "pubmed-files",
                definition: "[[source]]\nkind = \"pubmed-bulk\"\n",
                records: 127,
                bears_records: |asked| asked.path == "/baseline/pubmed26n0002.xml.gz",
                answer: Box::new(move |asked| shelf.answer(asked)),
            }
        }
        "pubmed" => {
            let service = Eutils::invented(450);
            Subject {
                service: "ncbi",
                definition: "[[source]]\nkind = \"pubmed\"\nquery = \"wheeze\"\n",
                records: 450,
                bears_records: |asked| asked.path == "/efetch.fcgi" && asked.field("retstart") == Some("200"),
                answer: Box::new(move |asked| service.answer(asked)),
            }
        }
        "clinical-trials" => {
            let registry = Registry { studies: 250, version: "2026-11-20T09:00:05" };
            Subject {
                service: "clinical-trials",
                definition: "[[source]]\nkind = \"clinical-trials\"\ncondition = \"wheeze\"\n",
                records: 250,
                bears_records: |asked| asked.path == "/studies" && asked.field("pageToken") == Some("after-100"),
                answer: Box::new(move |asked| registry.answer(asked)),
            }
        }
        "europe-pmc" => Subject {
            service: "europe-pmc",
            definition: "[[source]]\nkind = \"europe-pmc\"\nquery = \"wheeze\"\n",
            records: 1_200,
            bears_records: |asked| asked.field("cursorMark") == Some("AoE500"),
            answer: Box::new(|asked| EuropePmc { records: 1_200, ..EuropePmc::default() }.answer(asked)),
        },
        "europe-pmc texts" => Subject {
            service: "europe-pmc",
            definition: "[[source]]\nkind = \"europe-pmc\"\nquery = \"wheeze\"\nfull_text = true\n",
            records: 5,
            bears_records: |asked| asked.path == "/PMC103/fullTextXML",
            answer: Box::new(|asked| EuropePmc { records: 7, open: 5, ..EuropePmc::default() }.answer(asked)),
        },
        "preprints" => {
            let service = Preprints::invented(250);
            Subject {
                service: "preprints",
                definition: "[[source]]\nkind = \"preprints\"\nserver = \"medrxiv\"\nfrom = \"2020-01-01\"\nto = \"2020-03-31\"\n",
                records: 250,
                bears_records: |asked| asked.path == "/details/medrxiv/2020-02-01/2020-02-29/30",
                answer: Box::new(move |asked| service.answer(asked)),
            }
        }
        "pmc-oa" | "pmc-oa lists" => {
            let pmc = Pmc::invented(5);
            let bears_records: fn(&Asked) -> bool = match name {
                "pmc-oa" => |asked| asked.path == "/PMC103.3/PMC103.3.xml",
                _ => |asked| {
                    asked.field("prefix") == Some("metadata/PMC103.") && asked.field("continuation-token") == Some("2")
                },
            };
            Subject {
                service: "pmc-files",
                definition: "[[source]]\nkind = \"pmc-oa\"\npmcids = [\"PMC101\", \"PMC102\", \"PMC103\", \"PMC104\", \"PMC105\"]\n",
                records: 5,
                bears_records,
                answer: Box::new(move |asked| pmc.files(asked)),
            }
        }
        "pmc-oa by oai" => {
            let pmc = Pmc::invented(150);
            Subject {
                service: "pmc-oai",
                definition: "[[source]]\nkind = \"pmc-oa\"\nway = \"oai\"\nfrom = \"2020-01-01\"\nuntil = \"2020-03-31\"\n",
                records: 150,
                bears_records: |asked| {
                    asked.field("resumptionToken").is_some_and(|token| token.starts_with("20!2020-02"))
                },
                answer: Box::new(move |asked| pmc.oai(asked)),
            }
        }
        "retraction-watch" => {
            let rows = (1..=60).map(|n| row(n, "1/31/2020", "unavailable", n, "Retraction"));
            let table = table(rows);
            Subject {
                service: "retraction-watch",
                definition: "[[source]]\nkind = \"retraction-watch\"\n[[source]]\nkind = \"files\"\npaths = [\"own.xml\"]\n",
                records: 60,
                bears_records: |asked| asked.path == "/retraction_watch.csv",
                answer: Box::new(move |asked| Reply::file(asked, table.as_bytes(), "\"v1\"")),
            }
        }
        other => panic!("the table names an unknown source {other}"),
    }
}

/// The answer as the fault has it.
fn spoil(fault: &str, asked: &Asked, reply: Reply) -> Reply {
    let half = reply.body.len() / 2;
    match fault {
        "429" | "429 for ever" => Reply::status(429),
        "429 and Retry-After" => Reply::status(429).with("Retry-After", "1"),
        "500 once" | "500 for ever" => Reply::status(500),
        "cut mid-body" | "cut mid-body for ever" => reply.sent(Manner::CutAt(half)),
        "silence" | "silence for ever" => reply.sent(Manner::Silent(Some(half))),
        "redirect to another host" => Reply::status(302).with("Location", "http://localhost:1/x"),
        "truncated body" | "truncated body for ever" => Reply { body: reply.body[..half].to_vec(), ..reply },
        "success that is an error" | "success that is an error for ever" => {
            Reply::ok("{\"esearchresult\":{\"ERROR\":\"Search Backend\nfailed for k3y-of-the-test\"}}")
        }
        "a version and nothing else" | "a version and nothing else for ever" => Reply::ok("{\"version\":\"6.9\"}"),
        "expired history" => eutils::expired(),
        "expired token" | "expired token for ever" => pmc::refuse("badResumptionToken", "it has expired"),
        "one record short" | "one record short for ever" => {
            let text = String::from_utf8(reply.body.clone()).unwrap();
            if let Ok(mut page) = serde_json::from_str::<serde_json::Value>(&text) {
                list_of(&mut page).as_array_mut().unwrap().remove(7);
                return Reply { body: page.to_string().into_bytes(), ..reply };
            }
            let name = if text.contains("<OAI-PMH") { "record" } else { "PubmedArticle" };
            let close = format!("</{name}>\n");
            let end = text.find(&close).unwrap() + close.len();
            let start = text.find(&format!("<{name}>")).unwrap();
            Reply { body: format!("{}{}", &text[..start], &text[end..]).into_bytes(), ..reply }
        }
        "a byte differs" | "a byte differs for ever" => {
            let mut body = reply.body.clone();
            body[half] ^= 1;
            // Another tag too: as another file it is never taken for a part of the right one.
            Reply { body, headers: vec![("ETag".to_owned(), format!("\"{}\"", asked.path))], ..reply }
        }
        "repeated cursor" | "repeated cursor for ever" | "a count that shrinks" if reply.body.starts_with(b"<") => {
            let text = String::from_utf8(reply.body.clone()).unwrap();
            let text = if fault == "a count that shrinks" {
                text.replace("completeListSize=\"50\"", "completeListSize=\"40\"")
            } else if let Some(token) = asked.field("resumptionToken") {
                text.replace(&token.replacen("20", "40", 1), token)
            } else {
                let next = "<IsTruncated>true</IsTruncated><NextContinuationToken>2</NextContinuationToken>";
                text.replace("<IsTruncated>false</IsTruncated>", next)
            };
            assert!(text.as_bytes() != reply.body, "{fault}: {text}");
            Reply { body: text.into_bytes(), ..reply }
        }
        "repeated cursor" | "repeated cursor for ever" | "a count that shrinks" => {
            let mut page: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            if fault == "a count that shrinks" {
                let count = count_of(&mut page);
                let number = count.as_u64().or_else(|| count.as_str()?.parse().ok()).unwrap() - 10;
                *count = if count.is_string() { number.to_string().into() } else { number.into() };
            } else if !page["messages"].is_null() {
                page["messages"][0]["cursor"] = "0".into();
            } else if page["nextPageToken"].is_null() {
                page["nextCursorMark"] = asked.field("cursorMark").unwrap().into();
            } else {
                page["nextPageToken"] = asked.field("pageToken").unwrap().into();
            }
            Reply { body: page.to_string().into_bytes(), ..reply }
        }
        other => panic!("the table names an unknown fault {other}"),
    }
}

/// Where a page has its records.
fn list_of(page: &mut serde_json::Value) -> &mut serde_json::Value {
    let list = ["/studies", "/collection", "/resultList/result"].into_iter().find(|list| page.pointer(list).is_some());
    page.pointer_mut(list.unwrap()).unwrap()
}

/// Where a page says how many records there are in all.
fn count_of(page: &mut serde_json::Value) -> &mut serde_json::Value {
    let counts = ["/totalCount", "/hitCount", "/messages/0/total"];
    let count = counts.into_iter().find(|count| page.pointer(count).is_some());
    page.pointer_mut(count.unwrap()).unwrap()
}

/// A cell: exit status of the run that meets the fault, records held after it (`all`, or `less`), words that are said.
struct Expected {
    status: i32,
    all: bool,
    says: Vec<String>,
}

fn expected(cell: &str) -> Expected {
    let mut words = cell.split("; ");
    let status = words.next().unwrap().parse().unwrap();
    let all = match words.next().unwrap() {
        "all" => true,
        "less" => false,
        other => panic!("{other}"),
    };
    Expected { status, all, says: words.map(str::to_owned).collect() }
}

/// What a source brought: documents, their full texts, or what is said of them.
fn held(source: &str, workspace: &Workspace) -> usize {
    if source == "europe-pmc texts" {
        let held = super::held(workspace, "c");
        return held.iter().filter(|(_, text)| text.contains("The whole of part")).count();
    }
    let documents = names(workspace, "c").len();
    if source != "retraction-watch" {
        return documents;
    }
    let store = litmine::store::Store::open_read_only(&workspace.path("corpora/c.db")).unwrap();
    usize::try_from(store.totals().unwrap().retracted).unwrap()
}

fn run_cell(source: &str, fault: &str, cell: &str) {
    let expected = expected(cell);
    let place = format!("{source} × {fault}");
    let Subject { service, definition, records, bears_records, answer } = subject(source);
    let (lasting, hit) = (fault.ends_with("for ever"), AtomicUsize::new(0));
    let fault_ = fault.to_owned();
    let passing = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let over = std::sync::Arc::clone(&passing);
    let redirect = fault == "redirect to another host";
    let server = Server::start(move |asked| {
        let reply = answer(asked);
        let spoiled = bears_records(asked)
            && !over.load(Ordering::Relaxed)
            && (hit.fetch_add(1, Ordering::Relaxed) == 0 || lasting || redirect);
        if spoiled { spoil(&fault_, asked, reply) } else { reply }
    });
    let workspace = Workspace::new();
    workspace.define("c", definition);
    let own = records::set((1..=60).map(|pmid| records::record(pmid, "")));
    std::fs::write(workspace.path("corpora/own.xml"), own).unwrap();
    settings_with_patience(&workspace, service, &server, 1.5);
    let start = Instant::now();
    let ran = workspace.run(&["harvest", "c"]);
    assert!(start.elapsed() < Duration::from_secs(60), "{place} took {:?}", start.elapsed());
    assert!(!ran.err().contains("k3y-of-the-test"), "{place} shows the key: {}", ran.err());
    let says: Vec<&str> = expected.says.iter().map(String::as_str).collect();
    ran.expect(expected.status).says(&says);
    let found = held(source, &workspace);
    assert_eq!(found == records, expected.all, "{place}: {found} of {records}");
    // The next run finds all well, makes up for what was missed, and a third has nothing to do.
    passing.store(true, Ordering::Relaxed);
    workspace.run(&["harvest", "c"]).expect(0);
    assert_eq!(held(source, &workspace), records, "{place}: after another run");
    let third = workspace.run(&["harvest", "c"]).expect(0).err().replace("nothing new", "");
    assert!(!third.contains(" new"), "{place}: {third}");
}

#[test]
fn every_source_meets_every_fault_as_the_table_says() {
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let sources: Vec<&str> = lines.next().unwrap().split('\t').skip(1).collect();
    let mut cells = Vec::new();
    for line in lines {
        let mut columns = line.split('\t');
        let fault = columns.next().unwrap();
        let row: Vec<&str> = columns.collect();
        assert_eq!(row.len(), sources.len(), "{fault}: a cell for each source");
        cells.extend(sources.iter().zip(row).filter(|(_, cell)| *cell != "–").map(|(s, cell)| (*s, fault, cell)));
    }
    // Most of the time is spent waiting.
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    while let Some((source, fault, cell)) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                        run_cell(source, fault, cell);
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.join().unwrap();
        }
    });
}
