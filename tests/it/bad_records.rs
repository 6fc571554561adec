//! Bad records, files and archives: each beside a good one. What is wrong is named with its place, the good one is read, the
//! exit status says that something is missing, and nothing that was stored is lost.

use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::program::Workspace;

const RECORD: &str = "<PubmedArticle><MedlineCitation><PMID Version=\"1\">7</PMID><Article>\
    <ArticleTitle>Metformin in asthma.</ArticleTitle></Article></MedlineCitation></PubmedArticle>";

fn set(records: &str) -> String {
    format!("<PubmedArticleSet>{records}</PubmedArticleSet>")
}

fn article(pmid: u32, body: &str) -> String {
    format!(
        "<article article-type=\"research-article\"><front><article-meta><article-id pub-id-type=\"pmid\">{pmid}</article-id><title-group>\
         <article-title>Metformin in asthma.</article-title></title-group></article-meta></front><body>{body}</body></article>"
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An archive of members by name, type and bytes.
fn tar(members: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, kind, bytes) in members {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = *kind;
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = header.iter().map(|&b| u32::from(b)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive.extend_from_slice(&header);
        archive.extend_from_slice(bytes);
        archive.resize(archive.len().div_ceil(512) * 512, 0);
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

const FILE: u8 = b'0';

/// What is wrong, the name of the file, its bytes, words that the message must have, and how many documents it holds all the
/// same.
type Row = (&'static str, &'static str, Vec<u8>, &'static [&'static str], u64);

fn rows() -> Vec<Row> {
    let good = article(8, "<p>Text.</p>");
    let with = |inner: &str| set(&RECORD.replace("Metformin in asthma.", inner)).into_bytes();
    let deep = |name: &str, levels: usize| {
        format!("{}x{}", format!("<{name}>").repeat(levels), format!("</{name}>").repeat(levels))
    };
    let lol = "<!DOCTYPE a [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    let mut cut = gzip(set(&RECORD.repeat(2000)).as_bytes());
    cut.truncate(cut.len() / 2);
    let mut cut_archive = gzip(&tar(&[
        ("a.xml", FILE, good.as_bytes()),
        ("b.xml", FILE, article(9, &"<p>x</p>".repeat(90_000)).as_bytes()),
    ]));
    cut_archive.truncate(cut_archive.len() - cut_archive.len() / 4);
    let outside = tar(&[
        ("../evil.xml", FILE, good.as_bytes()),
        ("/etc/evil.xml", FILE, good.as_bytes()),
        ("link.xml", b'2', b""),
        ("device.xml", b'3', b""),
        ("broken.xml", FILE, b"<article><front></body></article>"),
        ("words.xml", FILE, b"just words"),
        ("notes.txt", FILE, b"just words"),
        ("good.xml", FILE, good.as_bytes()),
    ]);
    vec![
        ("gzip cut short", "bad.xml.gz", cut, &["bad.xml.gz", "cut short"], 1),
        (
            "XML that never closes",
            "bad.xml",
            b"<PubmedArticleSet><PubmedArticle>".to_vec(),
            &["bad.xml", "cut short"],
            0,
        ),
        ("tags that cross", "bad.xml", with("<b><i>x</b></i>"), &["bad.xml byte 18", "at byte"], 0),
        ("an entity bomb", "bad.xml", format!("{lol}{}", set(RECORD)).into_bytes(), &["DOCTYPE", "byte 0"], 0),
        ("an unknown entity", "bad.xml", with("a &alpha; b"), &["&alpha;", "at byte"], 0),
        ("elements nested without end", "bad.xml", with(&deep("i", 100_000)), &["nested deeper than", "at byte"], 0),
        (
            "an article nested without end",
            "bad.nxml",
            article(8, &deep("sec", 100_000)).into_bytes(),
            &["nested deeper than"],
            0,
        ),
        (
            "bytes that are no UTF-8",
            "bad.xml",
            set(RECORD)
                .replace("asthma", "\u{1}\u{1}")
                .into_bytes()
                .iter()
                .map(|b| if *b == 1 { 0xff } else { *b })
                .collect(),
            &["not UTF-8, at byte"],
            0,
        ),
        ("a number that is none", "bad.xml", set(RECORD).replace(">7<", ">seven<").into_bytes(), &["no PMID"], 0),
        ("an article without a name", "bad.nxml", b"<article><front/></article>".to_vec(), &["neither a PMID"], 0),
        (
            "MEDLINE without a number",
            "bad.nbib",
            b"PMID- x\nTI  - A.\n\nPMID- 8\nTI  - B.\n".to_vec(),
            &["bad.nbib byte 0", "no PMID"],
            1,
        ),
        (
            "an archive with what is no paper",
            "bad.tar",
            outside.clone(),
            &[
                "../evil.xml",
                "points out",
                "/etc/evil.xml",
                "absolute",
                "link.xml",
                "device.xml",
                "broken.xml",
                "words.xml",
            ],
            1,
        ),
        ("the same, compressed", "bad.tar.gz", gzip(&outside), &["bad.tar.gz!link.xml"], 1),
        ("an archive cut short", "bad.tar.gz", cut_archive, &["bad.tar.gz", "cut short"], 1),
        (
            "an archive of nothing",
            "bad.tar",
            tar(&[("readme.txt", FILE, b"words")]),
            &["no file of records in the archive"],
            0,
        ),
        (
            "a bomb in an archive",
            "bad.tar",
            tar(&[("a.xml.gz", FILE, &bomb()), ("b.xml", FILE, good.as_bytes())]),
            &["bad.tar!a.xml.gz", "grew to more than"],
            1,
        ),
    ]
}

/// Compressed blanks without end.
fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(b"<article>").unwrap();
    for _ in 0..128 {
        encoder.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    encoder.finish().unwrap()
}

fn documents(workspace: &Workspace) -> u64 {
    let status = workspace.run(&["status", "c", "--format", "json"]).expect(0).json();
    status["corpora"][0]["totals"]["documents"].as_u64().unwrap_or(0)
}

#[test]
fn every_row_is_named_and_what_was_held_stays() {
    for (what, name, bytes, words, held) in rows() {
        let workspace = Workspace::new();
        workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"records\"]\n");
        fs::create_dir(workspace.path("corpora/records")).unwrap();
        fs::write(workspace.path("corpora/records/1-good.xml"), set(RECORD).replace(">7<", ">1<")).unwrap();
        workspace.run(&["refresh", "c"]).expect(0);
        fs::write(workspace.path("corpora/records").join(name), bytes).unwrap();
        let refreshed = workspace.run(&["refresh", "c"]).expect(3);
        for word in words {
            assert!(refreshed.err().contains(word), "{what}: no “{word}” in\n{}", refreshed.err());
        }
        assert_eq!(documents(&workspace), 1 + held, "{what}");
    }
}

#[test]
fn what_is_only_odd_is_read() {
    let odd = [
        ("CDATA", set(RECORD).replace("Metformin in asthma.", "<![CDATA[Metformin < in > asthma.]]>")),
        ("comments and instructions", set(RECORD).replace("in asthma", "<!-- </PubmedArticle> --> in <?x y?> asthma")),
        ("a NUL and a bell", set(RECORD).replace("in asthma", "\0in\u{7} asthma")),
        ("a mark at the beginning", format!("\u{feff}{}", set(RECORD))),
    ];
    for (what, xml) in odd {
        let workspace = Workspace::new();
        workspace.define_with_file("c", "r.xml", xml.as_bytes());
        workspace.run(&["refresh", "c"]).expect(0);
        let hits = workspace.run(&["search", "c", "metformin[ti]", "--format", "json"]).expect(0).json();
        assert_eq!(hits["hits"].as_array().unwrap().len(), 1, "{what}");
    }
}

#[test]
fn an_archive_is_read_once_and_its_members_are_its_origins() {
    let workspace = Workspace::new();
    let archive = gzip(&tar(&[
        ("x/1.nxml", FILE, article(1, "<p>A.</p>").as_bytes()),
        ("x/2.nxml.gz", FILE, &gzip(article(2, "").as_bytes())),
    ]));
    workspace.define_with_file("c", "papers.tar.gz", &archive);
    workspace.run(&["refresh", "c"]).expect(0);
    assert_eq!(documents(&workspace), 2);
    workspace.run(&["refresh", "c"]).expect(0);
    let shown = workspace.run(&["show", "c", "2", "--format", "json"]).expect(0).out();
    assert!(shown.contains("papers.tar.gz!x/2.nxml.gz"), "{shown}");
}

/// A reader of one attribute, or one tag, of 1 GB must not hold it.
#[test]
fn an_attribute_without_end_is_refused_in_bounded_memory() {
    let workspace = Workspace::new();
    let place = workspace.path("corpora/long.xml.gz");
    {
        // Words that differ, so that the guard against bombs does not see it first.
        let mut encoder = flate2::write::GzEncoder::new(fs::File::create(&place).unwrap(), flate2::Compression::fast());
        encoder.write_all(b"<PubmedArticleSet><PubmedArticle a=\"").unwrap();
        let mut word = 1_u32;
        let mut block = Vec::with_capacity(1 << 20);
        while block.len() < 1 << 20 {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            block.extend_from_slice(format!("{word:x} ").as_bytes());
        }
        for _ in 0..160 {
            encoder.write_all(&block).unwrap();
        }
        encoder.write_all(format!("\"/>{RECORD}</PubmedArticleSet>").as_bytes()).unwrap();
        encoder.finish().unwrap();
    }
    workspace.define("c", "[[source]]\nkind = \"files\"\npaths = [\"long.xml.gz\"]\n");
    let mut child = workspace.command(&["refresh", "c"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut peak = 0;
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let resident =
            status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|line| line.split_whitespace().next());
        peak = peak.max(resident.and_then(|kb| kb.parse().ok()).unwrap_or(0_u64));
        assert!(began.elapsed() < Duration::from_secs(300), "it did not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("longer than any record"), "{said}");
    assert!(peak < 400 << 10, "{peak} KiB");
    assert_eq!(documents(&workspace), 1);
}
