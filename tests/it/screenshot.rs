//! What the page of an evidence map looks like: a screenshot in headless Chromium, compared with the one kept in `tests/golden/map.txt` as the mean colours
//! of a coarse grid. The map is invented and the same everywhere; so that fonts hardly matter, its text is set in a fixed-width one.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use litmine::lookup::{Coverage, EvidenceMap, Filters, MapCell, MapTotal, StudyMark, StudyVote, Tally, Term};
use litmine::model::{ConceptId, EvidenceLevel};
use litmine::report::formats::by_name;
use litmine::report::{Canvas, MapPage};
use serde_json::{Value, json};

use crate::browser::Browser;

/// Pixels of the window, and the cells that they are cut into.
const WINDOW: (usize, usize) = (1000, 1200);
const CELLS: (usize, usize) = (20, 24);
/// A mean colour may differ by so much of 255 on each channel, in so many cells of a hundred: fonts differ in weight and width.
const NEAR: u8 = 10;
const FEW: usize = 4;

/// Three conditions and four treatments with every way that studies can point.
fn map() -> EvidenceMap {
    let term = |name: &str, number: usize| Term {
        asked: name.to_owned(),
        concept: ConceptId::new(format!("TEST:{number}")),
        name: name.to_owned(),
        alternatives: Vec::new(),
        together: Vec::new(),
        apart: Vec::new(),
        answers: Vec::new(),
    };
    let terms = |names: &[&str]| -> Vec<Term> { names.iter().enumerate().map(|(n, name)| term(name, n)).collect() };
    let votes = [
        (0, 0, StudyVote::Decreased, 9),
        (0, 1, StudyVote::Increased, 4),
        (1, 1, StudyVote::NoDifference, 2),
        (1, 2, StudyVote::Mixed, 6),
        (2, 3, StudyVote::NotStated, 1),
    ];
    let cell = |(row, column, vote, studies): (usize, usize, StudyVote, usize)| {
        let mark = StudyMark { year: Some(2020), level: Some(EvidenceLevel::L1b), vote, retracted: false };
        let mut tally = Tally::default();
        *match vote {
            StudyVote::Decreased => &mut tally.decreased,
            StudyVote::Increased => &mut tally.increased,
            StudyVote::NoDifference => &mut tally.no_difference,
            StudyVote::Mixed => &mut tally.mixed,
            StudyVote::NotStated => &mut tally.not_stated,
        } = studies;
        MapCell {
            row,
            column,
            studies,
            levels: vec![(Some(EvidenceLevel::L1b), studies)],
            votes: tally,
            marks: vec![mark; studies],
            ..MapCell::default()
        }
    };
    EvidenceMap {
        condition: None,
        treatment: None,
        filters: Filters::default(),
        rows: terms(&["Wheeze", "Hiccups", "Vertigo"]),
        columns: terms(&["Marbles", "Feathers", "Whistling", "Hot water"]),
        conditions: 3,
        treatments: 4,
        cells: votes.into_iter().map(cell).collect(),
        total: MapTotal {
            studies: 22,
            documents: 22,
            years: vec![(2018, 3), (2019, 7), (2020, 12)],
            ..MapTotal::default()
        },
        coverage: Coverage {
            complete: true,
            documents: 22,
            as_of: Some("2024-05-06T07:08:09Z".to_owned()),
            ..Coverage::default()
        },
    }
}

/// The mean colour of each cell of a screenshot of the window, row by row; how many pixels have one of these colours exactly.
fn screenshot(browser: &mut Browser, colours: &[[u8; 3]]) -> (Vec<[u8; 3]>, Vec<u64>) {
    let taken = browser.call("Page.captureScreenshot", json!({"format": "png"}));
    let told = browser.value(&format!(
        "(async () => {{
            const bytes = Uint8Array.from(atob({}), c => c.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes], {{type: 'image/png'}}));
            const [width, height, columns, rows] = [image.width, image.height, {}, {}];
            const canvas = new OffscreenCanvas(width, height).getContext('2d');
            canvas.drawImage(image, 0, 0);
            const pixels = canvas.getImageData(0, 0, width, height).data;
            const sums = Array.from({{length: columns * rows}}, () => [0, 0, 0, 0]);
            const wanted = {}, counts = wanted.map(() => 0);
            for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {{
                const at = 4 * (y * width + x), sum = sums[Math.floor(y * rows / height) * columns + Math.floor(x * columns / width)];
                for (let n = 0; n < 3; n++) sum[n] += pixels[at + n];
                sum[3]++;
                wanted.forEach((one, k) => {{ if (one.every((c, n) => c === pixels[at + n])) counts[k]++; }});
            }}
            return {{width, height, means: sums.map(s => [0, 1, 2].map(n => Math.round(s[n] / s[3]))), counts}};
        }})()",
        taken["data"], CELLS.0, CELLS.1, json!(colours)
    ));
    assert_eq!((told["width"].as_u64(), told["height"].as_u64()), (Some(WINDOW.0 as u64), Some(WINDOW.1 as u64)));
    let number = |value: &Value| u8::try_from(value.as_u64().unwrap()).unwrap();
    let mean = |cell: &Value| [number(&cell[0]), number(&cell[1]), number(&cell[2])];
    let counts = told["counts"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap());
    (told["means"].as_array().unwrap().iter().map(mean).collect(), counts.collect())
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/map.txt")
}

/// The grids of the golden file by the name that stands above each.
fn kept(name: &str) -> Vec<[u8; 3]> {
    let text = fs::read_to_string(golden()).unwrap_or_default();
    let lines =
        text.lines().skip_while(|line| *line != format!("[{name}]")).skip(1).take_while(|line| !line.starts_with('['));
    let colour = |word: &str| [0, 2, 4].map(|at| u8::from_str_radix(&word[at..at + 2], 16).unwrap());
    lines.flat_map(str::split_whitespace).map(colour).collect()
}

fn written(name: &str, means: &[[u8; 3]]) -> String {
    let mut out = format!("[{name}]\n");
    for row in means.chunks(CELLS.0) {
        let words: Vec<String> = row.iter().map(|[r, g, b]| format!("{r:02x}{g:02x}{b:02x}")).collect();
        writeln!(out, "{}", words.join(" ")).unwrap();
    }
    out
}

/// Which cells are not as they were.
fn differing(means: &[[u8; 3]], kept: &[[u8; 3]]) -> Vec<usize> {
    assert_eq!(means.len(), kept.len(), "the golden file has another grid");
    let near = |a: &[u8; 3], b: &[u8; 3]| a.iter().zip(b).all(|(x, y)| x.abs_diff(*y) <= NEAR);
    (0..means.len()).filter(|n| !near(&means[*n], &kept[*n])).collect()
}

#[test]
fn the_map_looks_as_it_did_by_day_and_by_night() {
    let page = MapPage { corpus: "invented".to_owned(), map: map() };
    let canvas = Canvas { width: 100, why: false, findings: 3, command: None };
    let html = by_name("html").unwrap().map(&page, canvas).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("map.html");
    fs::write(&file, html).unwrap();
    let Some(mut browser) = Browser::open(&file) else { return };
    let size = json!({"width": WINDOW.0, "height": WINDOW.1, "deviceScaleFactor": 1, "mobile": false});
    browser.call("Emulation.setDeviceMetricsOverride", size);
    browser
        .value("for (const sheet of document.styleSheets) sheet.insertRule('*{font-family:monospace!important}', 0)");
    let mut grids = String::new();
    // The page's own colours of decreased and increased, as its style sheet has them.
    let themes = [
        ("light", [[0x1f, 0x5f, 0xa8], [0xa5, 0x46, 0x0f]], [255, 255, 255]),
        ("dark", [[0x8c, 0xbc, 0xf2], [0xf2, 0xa8, 0x78]], [0x15, 0x18, 0x1c]),
    ];
    for (theme, colours, paper) in themes {
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
        browser.call("Emulation.setEmulatedMedia", scheme);
        let (means, counts) = screenshot(&mut browser, &colours);
        assert!(counts.iter().all(|count| *count > 20), "{theme}: directions are told by colour: {counts:?}");
        assert_eq!(means.last(), Some(&paper), "{theme}");
        grids.push_str(&written(theme, &means));
        if std::env::var_os("LITMINE_GOLDEN").is_none() {
            let differing = differing(&means, &kept(theme));
            let most = means.len() * FEW / 100;
            assert!(
                differing.len() <= most,
                "{theme}: {} cells of {} look otherwise than in {} (LITMINE_GOLDEN=1 writes it anew): {differing:?}",
                differing.len(),
                means.len(),
                golden().display()
            );
        }
    }
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
    if std::env::var_os("LITMINE_GOLDEN").is_some() {
        fs::write(golden(), grids).unwrap();
    }
}

#[test]
fn a_page_that_looks_otherwise_is_seen() {
    let kept = kept("light");
    let near: Vec<[u8; 3]> = kept.iter().map(|cell| cell.map(|c| c.saturating_sub(NEAR))).collect();
    assert!(differing(&near, &kept).is_empty());
    // Night instead of day is seen everywhere, and so is a table that moved down by a row of cells.
    assert!(differing(&self::kept("dark"), &kept).len() > kept.len() * 9 / 10);
    let moved: Vec<[u8; 3]> = kept[..CELLS.0].iter().chain(&kept[..kept.len() - CELLS.0]).copied().collect();
    assert!(differing(&moved, &kept).len() > kept.len() * FEW / 100);
}
