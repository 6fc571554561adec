//! `vocab update mesh`: the newest year, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::settings;
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
