//! `vocab update mesh`: the newest year, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{settings, settings_with_patience};
use crate::program::Workspace;
use crate::server::records::gzip;
use crate::server::{Manner, Reply, Server};

const DESCRIPTORS: &str = "<?xml version=\"1.0\"?><DescriptorRecordSet LanguageCode=\"eng\"><DescriptorRecord DescriptorClass=\"1\">\
    <DescriptorUI>D999001</DescriptorUI><DescriptorName><String>Marble Therapy</String></DescriptorName>\
    <TreeNumberList><TreeNumber>E02.999</TreeNumber></TreeNumberList>\
    <ConceptList><Concept PreferredConceptYN=\"Y\"><ConceptUI>M1</ConceptUI><ConceptName><String>Marble Therapy</String></ConceptName>\
    <TermList><Term><TermUI>T1</TermUI><String>Marble Therapy</String></Term></TermList></Concept></ConceptList>\
    </DescriptorRecord></DescriptorRecordSet>";

const SUPPLEMENTARY: &str = "<?xml version=\"1.0\"?><SupplementalRecordSet LanguageCode=\"eng\"><SupplementalRecord SCRClass=\"1\">\
    <SupplementalRecordUI>C999001</SupplementalRecordUI><SupplementalRecordName><String>marblumab</String></SupplementalRecordName>\
    <ConceptList><Concept PreferredConceptYN=\"Y\"><ConceptUI>M2</ConceptUI><ConceptName><String>marblumab</String></ConceptName>\
    <TermList><Term><TermUI>T2</TermUI><String>marblumab</String></Term></TermList></Concept></ConceptList>\
    </SupplementalRecord></SupplementalRecordSet>";

#[test]
fn supplementary_concepts_come_with_it_and_are_fetched_when_they_change() {
    let edition = Arc::new(AtomicUsize::new(1));
    let now = Arc::clone(&edition);
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/" => Reply::ok("<a href=\"desc2026.gz\">x</a> <a href=\"supp2026.gz\">x</a> <a href=\"supp2025.gz\">x</a>"),
        "/desc2026.gz" => Reply::file(asked, &gzip(DESCRIPTORS.as_bytes()), "\"v1\""),
        "/supp2026.gz" => {
            let edition = now.load(Ordering::Relaxed);
            let text = SUPPLEMENTARY.replace("marblumab", &format!("marblumab{edition}"));
            Reply::file(asked, &gzip(text.as_bytes()), &format!("\"s{edition}\""))
        }
        _ => Reply::status(404),
    });
    let workspace = Workspace::new();
    settings(&workspace, "mesh", &server);
    let ran = workspace.run(&["vocab", "update", "mesh"]).expect(0);
    assert!(ran.out().contains("2 concepts"), "{}", ran.out());
    workspace.run(&["vocab", "find", "marblumab1"]).expect(0);
    server.forget();
    workspace.run(&["vocab", "update", "mesh"]).expect(0).says(&["newest"]);
    assert!(server.asked().iter().skip(1).all(|asked| asked.header("if-none-match").is_some()));
    edition.store(2, Ordering::Relaxed);
    workspace.run(&["vocab", "update", "mesh"]).expect(0);
    workspace.run(&["vocab", "find", "marblumab2"]).expect(0);
    workspace.run(&["vocab", "find", "marble therapy"]).expect(0);
}

#[test]
fn the_newest_edition_is_fetched_once() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/" => Reply::ok("<a href=\"desc2025.gz\">desc2025.gz</a> <a href=\"desc2026.gz\">desc2026.gz</a>"),
        "/desc2026.gz" => {
            let reply = Reply::file(asked, &gzip(DESCRIPTORS.as_bytes()), "\"v1\"");
            if asked.header("range").is_none() { reply.sent(Manner::CutAt(60)) } else { reply }
        }
        _ => Reply::status(404),
    });
    let workspace = Workspace::new();
    settings(&workspace, "mesh", &server);
    let ran = workspace.run(&["vocab", "update", "mesh"]).expect(0);
    assert!(ran.out().contains("mesh2026") && ran.out().contains("1 concepts"), "{}", ran.out());
    let found = workspace.run(&["vocab", "find", "marble therapy"]).expect(0);
    assert!(found.out().contains("D999001"), "{}", found.out());
    server.forget();
    workspace.run(&["vocab", "update", "mesh"]).expect(0).says(&["newest"]);
    assert_eq!(server.asked().len(), 2, "the listing, and whether it changed");
}

#[test]
fn a_server_that_has_none_or_is_down_is_an_error() {
    let server = Server::start(|_| Reply::ok("<html>maintenance</html>"));
    let workspace = Workspace::new();
    settings(&workspace, "mesh", &server);
    workspace.run(&["vocab", "update", "mesh"]).expect(1).says(&["lists no file"]);
    let server = Server::start(|_| Reply::status(500));
    settings(&workspace, "mesh", &server);
    workspace.run(&["vocab", "update", "mesh"]).expect(1).says(&["500"]);
}

/// A fault of the file server, and what it makes of an answer.
type Fault = (&'static str, fn(Reply, &str) -> Reply);

const FAULTS: [Fault; 7] = [
    ("429", |_, _| Reply::status(429)),
    ("429 and Retry-After", |_, _| Reply::status(429).with("Retry-After", "0")),
    ("500", |_, _| Reply::status(500)),
    ("cut mid-body", |reply, _| reply.sent(Manner::CutAt(40))),
    ("silence", |reply, _| reply.sent(Manner::Silent(None))),
    ("redirect to another host", |_, port| Reply::status(302).with("Location", &format!("http://localhost:{port}/x"))),
    ("truncated body", |reply, _| {
        let half = reply.body.len() / 2;
        Reply::ok(&reply.body[..half])
    }),
];

/// Faults that asking again does not mend: the answer is what the server means.
const FINAL: [&str; 2] = ["redirect to another host", "truncated body"];

#[test]
fn a_fault_is_survived_or_said_and_what_was_imported_stays() {
    for (name, fault) in FAULTS {
        for for_ever in [false, true] {
            // Asked for the second edition, which never came before.
            let edition = Arc::new(AtomicUsize::new(2025));
            let faults = Arc::new(AtomicUsize::new(0));
            let (now, met) = (Arc::clone(&edition), Arc::clone(&faults));
            let server = Server::start(move |asked| {
                let year = now.load(Ordering::Relaxed);
                match asked.path.strip_prefix('/').unwrap_or_default() {
                    "" => Reply::ok(format!("<a href=\"desc{year}.gz\">x</a>")),
                    path if path == format!("desc{year}.gz") => {
                        let text = DESCRIPTORS.replace("Marble", &format!("Marble{year}"));
                        let reply = Reply::file(asked, &gzip(text.as_bytes()), &format!("\"{year}\""));
                        let faulty = year == 2026 && (for_ever || met.fetch_add(1, Ordering::Relaxed) == 0);
                        let port = asked.header("host").and_then(|host| host.rsplit(':').next()).unwrap_or_default();
                        if faulty { fault(reply, port) } else { reply }
                    }
                    _ => Reply::status(404),
                }
            });
            let workspace = Workspace::new();
            settings_with_patience(&workspace, "mesh", &server, 0.4);
            workspace.run(&["vocab", "update", "mesh"]).expect(0);
            edition.store(2026, Ordering::Relaxed);
            // A connection that breaks again and again is taken up where it stopped, and comes to the end.
            let survived = !FINAL.contains(&name) && (!for_ever || name == "cut mid-body");
            let ran = workspace.run(&["vocab", "update", "mesh"]).expect(if survived { 0 } else { 1 });
            assert_eq!(ran.out().contains("mesh2026"), survived, "{name}: {}", ran.err());
            if !survived {
                assert!(ran.err().contains("2026") || ran.err().contains("another host"), "{name}: {}", ran.err());
                let again = workspace.run(&["vocab", "list"]).expect(0).out();
                assert!(again.contains("mesh2025") && !again.contains("mesh2026"), "{name}: {again}");
            }
            workspace.run(&["vocab", "find", "marble2025 therapy"]).expect(0);
        }
    }
}
