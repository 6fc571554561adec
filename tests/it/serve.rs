//! `litmine serve`, asked over loopback by a client that can also be rude.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::{Ran, Workspace};

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is gone when the test ends.
pub(crate) struct Served {
    child: Child,
    /// Kept open: the program owns it as long as it runs.
    _out: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Served {
    pub(crate) fn of(workspace: &Workspace, more: &[&str]) -> Self {
        let arguments = [&["serve", "--listen", "127.0.0.1:0", "--no-vectors"], more].concat();
        let mut command = workspace.command(&arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").and_then(|rest| rest.strip_suffix('/')).unwrap().parse();
        Self { child, _out: out, address: address.unwrap() }
    }

    /// Sends these bytes and reads the one reply.
    fn send(&self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request).unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).unwrap();
        Reply::read(&reply)
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head.push_str(&format!("Host: {}\r\n", self.address));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if method == "POST" {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        self.send(&[head.as_bytes(), b"\r\n", body].concat())
    }

    fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[], b"")
    }

    fn post(&self, path: &str, body: &Value) -> Reply {
        self.ask("POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// Tells the program to stop and says how it ended and what it had said.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let told = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let until = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (status.code(), said)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Reply {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Reply {
    fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no reply: {text:?}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Self { status, headers: lines.filter_map(header).collect(), body: body.to_owned() }
    }

    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn says(self, words: &str) -> Self {
        let error = self.json();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(error["schema"] == 1 && message.contains(words), "no “{words}” in {message}");
        self
    }
}

const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn its_json_is_that_of_the_commands() {
    let workspace = Workspace::with_refreshed_demo();
    let served = Served::of(&workspace, &[]);
    let printed = |arguments: &[&str]| {
        workspace.run(&[arguments, &["--format", "json", "--no-vectors"]].concat()).expect(0).out()
    };
    let named = json!({"corpus": "demo", "condition": "heart failure", "treatment": "SGLT2 inhibitors",
        "outcome": "hospitalisation", "comparator": "placebo", "pool": true, "limit": 50});
    let arguments = ["lookup", "demo", "--condition", "heart failure", "--treatment", "SGLT2 inhibitors"];
    let more = ["--outcome", "hospitalisation", "--comparator", "placebo", "--pool", "--limit", "50"];
    let reply = served.post("/lookup", &named).expect(200);
    assert_eq!(reply.body, printed(&[&arguments[..], &more].concat()));
    assert_eq!(reply.headers["content-type"], "application/json");
    let words = "do SGLT2 inhibitors reduce hospitalisation in heart failure?";
    let asked = json!({"corpus": "demo", "question": words, "design": ["rct"], "year": "2015:", "sort": "date"});
    let arguments = ["lookup", "demo", words, "--design", "rct", "--year", "2015:", "--sort", "date"];
    assert_eq!(served.post("/lookup", &asked).expect(200).body, printed(&arguments));
    let then = json!({"corpus": "demo", "condition": "asthma", "as_of": "2999-12-31"});
    let arguments = ["lookup", "demo", "--condition", "asthma", "--as-of", "2999-12-31"];
    assert_eq!(served.post("/lookup", &then).expect(200).body, printed(&arguments));
    let query = "empagliflozin AND randomized controlled trial[pt]";
    let asked = json!({"corpus": "demo", "query": query, "facet": ["year"], "explain": true});
    let arguments = ["search", "demo", query, "--facet", "year", "--explain"];
    assert_eq!(served.post("/search", &asked).expect(200).body, printed(&arguments));
    let shown = printed(&["show", "demo", "PMID:99000004"]);
    assert_eq!(served.get("/documents/PMID:99000004").expect(200).body, shown);
    assert_eq!(served.get("/documents/99000004?corpus=demo").expect(200).body, shown);
    assert_eq!(served.get("/status/demo").expect(200).body, printed(&["status", "demo"]));
    let map = served.get("/map/demo").expect(200).body;
    assert_eq!(map, printed(&["map", "demo"]));
    assert_eq!(served.get("/map/demo").expect(200).body, map, "the second time it is kept");
    assert_eq!(served.get("/corpora").expect(200).json()["corpora"][0]["corpus"], "demo");
    assert_eq!(served.get("/health").expect(200).json()["status"], "ok");
    assert_eq!(served.get("/openapi.json").expect(200).json()["openapi"], "3.1.0");
}

#[test]
fn every_reply_is_kept_nowhere_and_framed_nowhere() {
    let workspace = Workspace::with_refreshed_demo();
    let served = Served::of(&workspace, &[]);
    let asked = json!({"corpus": "demo", "condition": "asthma"});
    for reply in [served.get("/"), served.post("/lookup", &asked), served.get("/nothing"), served.get("/lookup")] {
        assert_eq!(reply.headers["cache-control"], "no-store");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        assert_eq!(reply.headers["content-security-policy"], "frame-ancestors 'none'");
        assert!(
            !reply.headers.contains_key("access-control-allow-origin") && !reply.headers.contains_key("set-cookie")
        );
    }
}

#[test]
fn a_request_that_is_meant_for_another_host_is_refused() {
    let workspace = Workspace::with_refreshed_demo();
    let served = Served::of(&workspace, &["--host", "evidence.example"]);
    let port = served.address.port();
    let asked = json!({"corpus": "demo", "condition": "asthma"}).to_string();
    let from = |host: &str, headers: &[(&str, &str)]| {
        served.ask("POST", "/lookup", &[&[("Host", host), JSON], headers].concat(), asked.as_bytes())
    };
    for host in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), "evidence.example".to_owned()] {
        from(&host, &[]).expect(200);
    }
    for host in ["evil.example".to_owned(), format!("evil.example:{port}"), "localhost:1".to_owned(), String::new()] {
        from(&host, &[]).expect(421).says("--host NAME");
    }
    let own = format!("localhost:{port}");
    from(&own, &[("Origin", &format!("http://{own}"))]).expect(200);
    from(&own, &[("Origin", "http://evil.example")]).expect(403).says("pages of elsewhere");
    from(&own, &[("Origin", "null")]).expect(403);
    served.ask("GET", "/corpora", &[("Host", "evil.example")], b"").expect(421);
    served.ask("GET", "/corpora", &[("Host", &own), ("host", "evil.example")], b"").expect(400);
    served.ask("GET", "http://evil.example/corpora", &[("Host", &own)], b"").expect(400);
    served.send(b"GET /corpora HTTP/1.0\r\n\r\n").expect(400);
}

#[test]
fn what_cannot_be_answered_says_why() {
    let workspace = Workspace::with_refreshed_demo();
    workspace.define("empty", "[[source]]\nkind = \"files\"\npaths = [\"nothing.xml\"]\n");
    let served = Served::of(&workspace, &[]);
    let long = |n: usize| json!({"corpus": "demo", "question": "heart failure ".repeat(n)});
    served.post("/lookup", &long(7200)).expect(413).says("64 KiB");
    served.post("/lookup", &long(200)).expect(422).says("1000 characters");
    let body = br#"{"corpus": "demo", "condition": "asthma"}"#;
    for kind in ["text/plain", "multipart/form-data", ""] {
        served.ask("POST", "/lookup", &[("Content-Type", kind)], body).expect(415).says("application/json");
    }
    served.ask("POST", "/lookup", &[], body).expect(415);
    served.ask("POST", "/lookup", &[JSON], b"{\"corpus\": ").expect(400).says("cannot be read");
    served.ask("POST", "/search", &[JSON], b"\xff\xfe").expect(400);
    served.post("/lookup", &json!({"corpus": "demo", "patient": "72 F"})).expect(400).says("patient");
    served.post("/lookup", &json!({"corpus": "demo"})).expect(422);
    served.post("/lookup", &json!({"corpus": "demo", "condition": "hart failure"})).expect(422).says("Heart Failure");
    served.post("/lookup", &json!({"corpus": "demo", "condition": "asthma", "level": "9"})).expect(422).says("1a, 1b");
    served.post("/lookup", &json!({"corpus": "demo", "condition": "asthma", "limit": 100_000})).expect(422);
    served.post("/search", &json!({"corpus": "demo", "query": "(heart AND"})).expect(422);
    for corpus in ["nowhere", "../demo", "", "demo\u{0}"] {
        served.post("/lookup", &json!({"corpus": corpus, "condition": "asthma"})).expect(404).says("no corpus");
    }
    for path in ["/status/nowhere", "/map/nowhere", "/map/..%2Fdemo", "/documents/PMID:1", "/nothing", "/documents/"] {
        let reply = served.get(path).expect(404);
        assert!(!reply.body.contains(workspace.path("").to_str().unwrap()), "{}", reply.body);
    }
    served.get("/documents/poem").expect(422);
    served.get("/lookup").expect(405).says("POST");
    served.post("/map/demo", &json!({})).expect(405);
    served.post("/lookup", &json!({"corpus": "empty", "condition": "asthma"})).expect(503).says("never harvested");
    served.get("/map/empty").expect(503);
    std::fs::remove_dir_all(workspace.path("indexes/demo")).unwrap();
    served.post("/search", &json!({"corpus": "demo", "query": "asthma"})).expect(503).says("litmine index demo");
    served.post("/lookup", &json!({"corpus": "demo", "condition": "asthma"})).expect(200);
}

#[test]
fn no_question_is_logged_or_stored_and_no_control_character_comes_back() {
    let workspace = Workspace::with_refreshed_demo();
    let files = || {
        let mut found = Vec::new();
        let mut folders = vec![workspace.path("")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else if !entry.path().to_string_lossy().contains(".db-") {
                    // SQLite's own index of its log, which readers share, is no part of what is stored.
                    found.push((entry.path(), std::fs::read(entry.path()).unwrap()));
                }
            }
        }
        found.sort();
        found
    };
    let before = files();
    let mut served = Served::of(&workspace, &["-v", "-v", "-v"]);
    let secret = "zyzzyvamycin";
    let question = format!("does {secret}\u{1b}[31m\u{9b}31m\u{7} help asthma?");
    let reply = served.post("/lookup", &json!({"corpus": "demo", "question": question}));
    assert!(reply.status == 200 || reply.status == 422, "{}", reply.body);
    let named = json!({"corpus": "demo", "condition": "asthma", "outcome": format!("{secret}\u{1b}[31m\u{7}")});
    let also = served.post("/lookup", &named).expect(200);
    let query = json!({"corpus": "demo", "query": format!("{secret}\u{1b} \u{7}asthma")});
    let found = served.post("/search", &query).expect(200);
    let unknown = served.get(&format!("/documents/{secret}%1B%5B31m%07")).expect(422);
    for reply in [&reply, &also, &found, &unknown] {
        let steers = |c: char| c.is_control() && c != '\n';
        assert!(!reply.body.contains(steers) && !reply.body.contains("\\u001b") && !reply.body.contains("\\u0007"));
    }
    assert_eq!(files(), before);
    let log = std::mem::replace(&mut served, Served::of(&workspace, &[])).stop("-TERM").1;
    assert!(!log.contains(secret) && !log.contains("/lookup") && !log.contains("/documents"), "{log}");
}

const RECORD: &str = "<PubmedArticle><MedlineCitation><PMID Version=\"1\">@</PMID><Article><Journal><JournalIssue>\
     <PubDate><Year>2020</Year></PubDate></JournalIssue></Journal><ArticleTitle>Zelmarin in asthma, trial @.</ArticleTitle>\
     <Abstract><AbstractText>Metformin reduced mortality in asthma (hazard ratio 0.74, 95% CI 0.65 to 0.85).</AbstractText>\
     </Abstract><Language>eng</Language></Article></MedlineCitation></PubmedArticle>";

#[test]
fn a_corpus_that_is_refreshed_meanwhile_answers_as_before_and_then_as_it_is() {
    let workspace = Workspace::new();
    let records = |n: u32| {
        let all: String = (1..=n).map(|id| RECORD.replace('@', &format!("{}", 99_001_000 + id))).collect();
        format!("<PubmedArticleSet>{all}</PubmedArticleSet>")
    };
    workspace.define_with_file("live", "live.xml", records(2).as_bytes());
    workspace.run(&["refresh", "live", "--no-vectors"]).expect(0);
    let served = Served::of(&workspace, &[]);
    let asked = json!({"corpus": "live", "condition": "asthma", "treatment": "metformin"});
    let studies = |served: &Served| served.post("/lookup", &asked).expect(200).json()["summary"]["studies"].clone();
    let query = json!({"corpus": "live", "query": "zelmarin[ti]"});
    let hits = |served: &Served| served.post("/search", &query).expect(200).json()["total"].clone();
    let drawn = |served: &Served| served.get("/map/live").expect(200).json()["total"]["studies"].clone();
    assert_eq!((studies(&served), hits(&served), drawn(&served)), (json!(2), json!(2), json!(2)));
    std::fs::write(workspace.path("corpora/live.xml"), records(300)).unwrap();
    let mut refresh = workspace.command(&["refresh", "live", "--no-vectors", "-q"]);
    let mut running = refresh.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let until = Instant::now() + PATIENCE;
    let mut asked_meanwhile = 0;
    while running.try_wait().unwrap().is_none() {
        let found = studies(&served);
        assert!(found == 2 || found == 300, "{found}");
        let found = hits(&served);
        assert!(found == 2 || found == 300, "{found}");
        asked_meanwhile += 1;
        assert!(Instant::now() < until);
    }
    assert!(running.wait().unwrap().success() && asked_meanwhile > 0);
    assert_eq!((studies(&served), hits(&served), drawn(&served)), (json!(300), json!(300), json!(300)));
    // Another corpus of the same name, made from nothing, is another.
    std::fs::write(workspace.path("corpora/live.xml"), records(1)).unwrap();
    for file in ["corpora/live.db", "corpora/live.db-wal", "corpora/live.db-shm"] {
        let _ = std::fs::remove_file(workspace.path(file));
    }
    std::fs::remove_dir_all(workspace.path("indexes/live")).unwrap();
    workspace.run(&["refresh", "live", "--no-vectors"]).expect(0);
    assert_eq!((studies(&served), hits(&served), drawn(&served)), (json!(1), json!(1), json!(1)));
}

#[test]
fn many_ask_at_once_and_all_are_answered() {
    let workspace = Workspace::with_refreshed_demo();
    let served = Served::of(&workspace, &["--at-once", "2"]);
    let questions = [
        json!({"corpus": "demo", "condition": "heart failure", "treatment": "SGLT2 inhibitors"}),
        json!({"corpus": "demo", "condition": "asthma"}),
        json!({"corpus": "demo", "question": "does apixaban prevent stroke in atrial fibrillation?"}),
    ];
    let alone: Vec<String> =
        questions.iter().map(|question| served.post("/lookup", question).expect(200).body).collect();
    std::thread::scope(|scope| {
        for n in 0..16 {
            let (served, questions, alone) = (&served, &questions, &alone);
            scope.spawn(move || {
                for round in 0..6 {
                    let which = (n + round) % questions.len();
                    let reply = served.post("/lookup", &questions[which]).expect(200);
                    assert_eq!(reply.body, alone[which]);
                }
            });
        }
    });
}

#[test]
fn a_question_that_does_not_come_keeps_nobody() {
    let workspace = Workspace::with_refreshed_demo();
    let served = Served::of(&workspace, &["--time-limit", "1"]);
    let head = format!(
        "POST /lookup HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n",
        served.address
    );
    let started = Instant::now();
    let reply = served.send(format!("{head}Connection: close\r\n\r\n{{").as_bytes());
    assert_eq!(reply.status, 408);
    assert!(started.elapsed() < Duration::from_secs(20));
    // A connection that says nothing does not keep the program from ending.
    let idle = TcpStream::connect(served.address).unwrap();
    let (status, said) = served.stop("-TERM");
    assert_eq!(status, Some(0), "{said}");
    drop(idle);
}

#[test]
fn it_stops_when_told_and_says_when_it_cannot_begin() {
    let workspace = Workspace::with_refreshed_demo();
    let served = Served::of(&workspace, &[]);
    let address = served.address.to_string();
    let taken = workspace.run(&["serve", "--listen", &address]).expect(1);
    let taken: Ran = taken.says(&["is taken", "--listen"]);
    assert_eq!(taken.out(), "");
    workspace.run(&["serve", "--listen", "0.0.0.0:0"]).expect(2).says(&["--allow-remote", "other machines"]);
    workspace.run(&["serve", "--listen", "nonsense"]).expect(2);
    // A browser keeps its connection open.
    let mut kept = TcpStream::connect(served.address).unwrap();
    kept.write_all(format!("GET /health HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).unwrap();
    kept.read_exact(&mut [0; 12]).unwrap();
    let (status, said) = served.stop("-INT");
    assert_eq!(status, Some(0), "{said}");
    assert!(TcpStream::connect(address.parse::<SocketAddr>().unwrap()).is_err());
}

#[test]
fn a_browser_gets_pages() {
    let workspace = Workspace::with_refreshed_demo();
    let served = Served::of(&workspace, &[]);
    let entrance = served.get("/").expect(200);
    assert_eq!(entrance.headers["content-type"], "text/html; charset=utf-8");
    crate::pages::check(&entrance.body);
    for words in ["form-action &#39;self&#39;", "name=\"question\"", "href=\"/map/demo\"", "method=\"post\""] {
        assert!(entrance.body.contains(words), "no {words}");
    }
    let accept = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let form = [("Content-Type", "application/x-www-form-urlencoded"), accept];
    let boxes =
        b"corpus=demo&question=&condition=heart+failure&treatment=SGLT2+inhibitors&comparator=&outcome=hospitalisation";
    let answer = served.ask("POST", "/lookup", &form, boxes).expect(200);
    crate::pages::check(&answer.body);
    assert!(answer.body.contains("The studies disagree.") && answer.body.contains("Coverage"));
    let refused = served.ask("POST", "/lookup", &form, b"corpus=demo&condition=%3Cscript%3Ehart").expect(422);
    crate::pages::check(&refused.body);
    assert!(refused.body.contains("&lt;script&gt;hart"), "{}", refused.body);
    let map = served.ask("GET", "/map/demo", &[accept], b"").expect(200);
    assert!(map.body.contains("<table id=\"map\"") && map.headers["vary"] == "Accept");
}
