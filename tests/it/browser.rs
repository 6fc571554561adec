//! Pages in a real browser: headless Chromium, where there is one (`$LITMINE_CHROMIUM`, or on the path); without it the tests say that
//! they skip. It is spoken to over pipes in its DevTools protocol, so that nothing listens anywhere.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::Workspace;
use crate::serve::Served;

/// The longest that the browser may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("LITMINE_CHROMIUM") {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name))).find(|file| file.is_file())
}

/// A browser with one page, gone when it is dropped.
pub(crate) struct Browser {
    child: Child,
    commands: File,
    answers: Receiver<Value>,
    session: Option<String>,
    sent: u64,
    /// What the page complained of.
    pub(crate) complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Opens a file; none where there is no browser.
    pub(crate) fn open(page: &Path) -> Option<Self> {
        Self::visit(&format!("file://{}", page.display()))
    }

    /// Opens an address; none where there is no browser.
    pub(crate) fn visit(address: &str) -> Option<Self> {
        let Some(program) = chromium() else {
            let told = "skipped: there is no Chromium; name one in LITMINE_CHROMIUM";
            std::io::stderr().write_all(format!("{told}\n").as_bytes()).unwrap();
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let (to, from) = (profile.path().join("to"), profile.path().join("from"));
        assert!(Command::new("mkfifo").args([&to, &from]).status().unwrap().success());
        // The browser reads its commands at descriptor 3 and answers at 4. It opens one page of ours, and needs no sandbox for it.
        let child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<"$TO" 4>"$FROM""#])
            .arg(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .arg("about:blank")
            .env("TO", &to)
            .env("FROM", &from)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = File::options().write(true).open(&to).unwrap();
        let mut reader = BufReader::new(File::open(&from).unwrap());
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            loop {
                let mut message = Vec::new();
                match reader.read_until(0, &mut message) {
                    Ok(n) if n > 1 => {}
                    _ => break,
                }
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else { break };
                if sender.send(value).is_err() {
                    break;
                }
            }
        });
        let (session, sent, complaints) = (None, 0, Vec::new());
        let mut browser = Self { child, commands, answers, session, sent, complaints, _profile: profile };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Runtime.enable", "Log.enable", "Page.enable"] {
            browser.call(domain, json!({}));
        }
        browser.call("Page.navigate", json!({"url": address}));
        browser.wait("document.readyState === 'complete' && document.title !== ''");
        Some(browser)
    }

    /// Sends a command and waits for its answer; complaints on the way are kept.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let answer = self.answers.recv_timeout(PATIENCE).unwrap();
            if answer["id"] == self.sent {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            let complains = match answer["method"].as_str() {
                Some("Runtime.exceptionThrown" | "Log.entryAdded") => true,
                Some("Runtime.consoleAPICalled") => answer["params"]["type"] == "error",
                _ => false,
            };
            if complains {
                self.complaints.push(answer["params"].to_string());
            }
        }
    }

    /// The value of an expression in the page. The page's own policy does not bind who looks at it.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    pub(crate) fn wait(&mut self, expression: &str) {
        let until = std::time::Instant::now() + PATIENCE;
        while self.value(expression) != true {
            assert!(std::time::Instant::now() < until, "{expression} never came true");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Types into a box of the filter, as a person does.
    fn fill(&mut self, id: &str, words: &str) {
        self.value(&format!("document.getElementById({id:?}).focus(), document.getElementById({id:?}).select?.()"));
        self.call("Input.insertText", json!({"text": words}));
    }

    fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" && key == "Enter" { "\r" } else { "" };
            let event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
            self.call("Input.dispatchKeyEvent", event);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const ROWS: &str =
    "[...document.querySelectorAll('#map tbody tr')].filter(r => !r.hidden).map(r => r.cells[0].textContent)";
const CELLS: &str = "[...document.querySelectorAll('#map a.cell')].map(a => a.parentNode.outerHTML)";
const COUNTED: &str = "[...document.querySelectorAll('#map a.cell')].filter(a => a.checkVisibility())\
     .reduce((sum, a) => sum + Number(a.querySelector('b').textContent), 0)";

#[test]
fn the_map_filters_and_a_cell_leads_to_its_findings() {
    let workspace = Workspace::with_refreshed_demo();
    let page = workspace.path("map.html");
    workspace.run(&["map", "demo", "-o", page.to_str().unwrap()]).expect(0);
    let written = std::fs::read_to_string(&page).unwrap();
    let Some(mut browser) = Browser::open(&page) else { return };
    // Without a filter the script shows what the program wrote.
    let cells = browser.value(CELLS);
    assert!(cells.as_array().unwrap().len() > 20);
    let start = written.find("<tbody>").unwrap();
    browser.value(&format!("window.before = {}", json!(&written[start..])));
    let original = "[...new DOMParser().parseFromString('<table>' + window.before, 'text/html')\
         .querySelectorAll('a.cell')].map(a => a.parentNode.outerHTML)";
    assert_eq!(cells, browser.value(original));

    let all = browser.value(COUNTED).as_u64().unwrap();
    browser.fill("condition", "heart");
    let rows = browser.value(ROWS);
    let rows: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row.as_str().unwrap()).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.to_lowercase().contains("heart")), "{rows:?}");
    assert!(
        browser.value("document.getElementById('shown').textContent").as_str().unwrap().contains(" of 20 conditions")
    );
    browser.value("document.querySelector('#filter button').click()");
    browser.wait(&format!("{COUNTED} === {all}"));
    browser.fill("from", "2020");
    let later = browser.value(COUNTED).as_u64().unwrap();
    browser.value("document.querySelector('#filter button').click()");
    browser.wait(&format!("{COUNTED} === {all}"));
    browser.fill("to", "2019");
    let earlier = browser.value(COUNTED).as_u64().unwrap();
    assert!(later > 0 && earlier > 0 && later + earlier == all, "{later} and {earlier} of {all}");
    browser.value("document.querySelector('#filter button').click()");
    browser.wait(&format!("{COUNTED} === {all}"));
    browser.value("const box = document.getElementById('level'); box.value = '1a'; box.dispatchEvent(new Event('input', {bubbles: true}))");
    let best = browser.value(COUNTED).as_u64().unwrap();
    assert!(best > 0 && best < later + earlier, "{best}");
    browser.value("document.querySelector('#filter button').click()");
    browser.wait(&format!("{COUNTED} === {all}"));

    // By the keyboard alone: a cell, its studies, their source.
    browser.value("document.querySelector('#map a.cell').focus()");
    browser.press("Enter", 13);
    browser.wait("document.querySelectorAll('section.studies:target').length === 1");
    let open = "[...document.querySelectorAll('section.studies')].filter(s => s.checkVisibility())";
    assert_eq!(browser.value(&format!("{open}.length")), 1);
    let listed = browser.value(&format!("{open}[0].querySelectorAll('li blockquote').length")).as_u64().unwrap();
    let counted = browser.value("Number(document.querySelector('#map a.cell b').textContent)").as_u64().unwrap();
    assert!(listed > 0 && listed >= counted.min(10), "{listed} of {counted}");
    let sources = browser.value(&format!("[...{open}[0].querySelectorAll('article a')].map(a => a.href)"));
    assert!(sources.as_array().unwrap().iter().all(|link| link.as_str().unwrap().starts_with("https://")), "{sources}");
    assert_eq!(browser.value("document.querySelectorAll('svg rect.bar').length > 3"), true);
    let wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
    assert_eq!(browser.value(wide), true, "only the table scrolls sideways");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn an_answer_opens_without_complaint_and_its_plot_has_ticks() {
    let workspace = Workspace::with_refreshed_demo();
    let page = workspace.path("answer.html");
    let question = ["lookup", "demo", "--condition", "heart failure", "--treatment", "SGLT2 inhibitors"];
    let more = ["--outcome", "hospitalisation", "--comparator", "placebo", "--pool", "--format", "html"];
    workspace.run(&[&question[..], &more, &["-o", page.to_str().unwrap()]].concat()).expect(0);
    let Some(mut browser) = Browser::open(&page) else { return };
    assert!(browser.value("document.querySelectorAll('article').length").as_u64().unwrap() > 3);
    // On a narrow screen too nothing but a table scrolls sideways, and no name or number of the table is broken into letters.
    for width in [1200, 400] {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        browser.call("Emulation.setDeviceMetricsOverride", metrics);
        let wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
        assert_eq!(browser.value(wide), true, "{width}");
        let narrowest = "Math.min(...[...document.querySelectorAll('td.quote, th.name')].map(c => c.clientWidth))";
        assert!(browser.value(narrowest).as_f64().unwrap() > 120.0, "{width}");
        let beside = "Math.min(...[...document.querySelectorAll('dd')].map(d => d.clientWidth))";
        assert!(browser.value(beside).as_f64().unwrap() > 200.0, "{width}");
    }
    let ticks = browser.value("[...document.querySelectorAll('svg text[text-anchor=middle]')].map(t => t.textContent)");
    assert!(ticks.as_array().unwrap().len() >= 3, "{ticks}");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn a_question_is_asked_and_answered_in_a_browser() {
    let workspace = Workspace::with_refreshed_demo();
    let served = Served::of(&workspace, &[]);
    let Some(mut browser) = Browser::visit(&format!("http://{}/", served.address)) else { return };
    browser.value("document.querySelector('input[name=question]').focus()");
    browser.call("Input.insertText", json!({"text": "do SGLT2 inhibitors reduce hospitalisation in heart failure?"}));
    browser.press("Enter", 13);
    browser.wait("document.readyState === 'complete' && document.title.includes('Heart Failure')");
    assert!(browser.value("document.querySelectorAll('article').length").as_u64().unwrap() > 3);
    // The question is not in the address, which a browser remembers.
    let address = browser.value("location.href");
    assert!(address.as_str().unwrap().ends_with("/lookup"), "{address}");
    browser.call("Page.navigate", json!({"url": format!("http://{}/map/demo", served.address)}));
    browser.wait("document.readyState === 'complete' && document.getElementById('filter')?.hidden === false");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}
