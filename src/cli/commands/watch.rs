//! The digest of watched questions that a refresh leaves behind, and the user's own command that it is handed to.
//!
//! The folder of digests has the snapshot that was last told of. It is written last: whoever is killed before tells again, and nothing
//! goes untold.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::diff;
use super::open;
use crate::cli::errors::Failure;
use crate::cli::output::write_whole;
use crate::cli::printer::Printer;
use crate::cli::settings::Settings;
use crate::pipeline;
use crate::report::formats::by_name;
use crate::report::{Canvas, DigestPage};
use crate::store::{Snapshot, Store};

/// The file that names the snapshot last told of.
const TOLD: &str = "told.json";
/// The formats of a digest, by ending.
const FORMS: [(&str, &str); 2] = [("md", "markdown"), ("json", "json")];
/// Findings of each change in a digest.
const FINDINGS: usize = 3;
/// Columns; no format of a digest folds.
const WIDTH: usize = 100;

/// What came of the watched questions.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The digest, where something changed.
    pub(super) digest: Option<PathBuf>,
    /// What went wrong.
    pub(super) problems: Vec<String>,
}

/// The newest snapshot of a corpus before it is refreshed; none where there is none.
pub(super) fn snapshot(name: &str, settings: &Settings) -> Result<Option<i64>, Failure> {
    let corpus = settings.workspace.corpus(name)?;
    if corpus.definition.watches.is_empty() || !corpus.store_path().exists() {
        return Ok(None);
    }
    // A store of an earlier schema is brought up to date by the refresh, and has nothing to compare before.
    Ok(Store::open_read_only(&corpus.store_path()).ok().and_then(|store| store.snapshot().ok()?).map(|one| one.id))
}

/// Compares the newest snapshot with the one last told of, or with the one before the refresh, and tells what changed.
pub(super) fn tell(name: &str, before: Option<i64>, settings: &Settings, printer: &Printer) -> Result<Told, Failure> {
    let (corpus, store) = open(&settings.workspace, name)?;
    if corpus.definition.watches.is_empty() {
        return Ok(Told::default());
    }
    let folder = corpus.digests_path();
    let Some(now) = store.snapshot()? else { return Ok(Told::default()) };
    let last = last_told(&folder).or(before);
    let old = last.map(|id| store.snapshot_numbered(id)).transpose()?.flatten();
    let comparable = |one: &Snapshot| one.id != now.id && store.has_cards(one).unwrap_or(false);
    let Some(old) = old.filter(comparable) else {
        // The first state of a corpus is no change.
        if last != Some(now.id) {
            keep_told(&folder, now.id)?;
        }
        return Ok(Told::default());
    };
    let vocabulary = pipeline::vocabulary(&corpus)?;
    let id = now.id;
    let (page, mut problems) = diff::between(&corpus, &store, &vocabulary, (old, now))?;
    if page.is_nothing() {
        if problems.is_empty() {
            keep_told(&folder, id)?;
        }
        return Ok(Told { digest: None, problems });
    }
    let path = write(&page, &folder)?;
    printer.note(&format!("answers changed: {}", path.display()));
    if let Some(command) = &settings.watch_command
        && let Err(problem) = hand_over(command, name, &path)
    {
        problems.push(problem);
    }
    if problems.is_empty() {
        keep_told(&folder, id)?;
    }
    Ok(Told { digest: Some(path), problems })
}

fn last_told(folder: &Path) -> Option<i64> {
    let text = fs::read_to_string(folder.join(TOLD)).ok()?;
    serde_json::from_str::<serde_json::Value>(&text).ok()?.get("snapshot")?.as_i64()
}

fn keep_told(folder: &Path, snapshot: i64) -> Result<(), Failure> {
    put(folder, TOLD, &format!("{}\n", serde_json::json!({"schema": 1, "snapshot": snapshot})))
}

/// Writes the digest in each form, named by the instant of the state it tells of: telling again writes the same files.
fn write(page: &DigestPage, folder: &Path) -> Result<PathBuf, Failure> {
    let instant: String = page.until.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let canvas = Canvas { width: WIDTH, why: false, findings: FINDINGS, command: None };
    for (ending, name) in FORMS {
        let text = by_name(name).and_then(|form| form.digest(page, canvas));
        let text = text.ok_or_else(|| Failure::other(format!("no digest as {name}")))?;
        put(folder, &format!("{instant}.{ending}"), &text)?;
    }
    Ok(folder.join(format!("{instant}.{}", FORMS[0].0)))
}

fn put(folder: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::other(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    write_whole(&folder.join(name), text)
}

/// Runs the user's command, without a shell: the digest as Markdown on its standard input, its files in the environment.
fn hand_over(command: &[String], corpus: &str, digest: &Path) -> Result<(), String> {
    let [program, arguments @ ..] = command else { return Ok(()) };
    let wrong = |error: std::io::Error| format!("the command {program} of the settings file: {error}");
    let status = Command::new(program)
        .args(arguments)
        .env("LITMINE_CORPUS", corpus)
        .env("LITMINE_DIGEST", digest)
        .stdin(Stdio::from(fs::File::open(digest).map_err(wrong)?))
        .stdout(Stdio::null())
        .status()
        .map_err(wrong)?;
    if status.success() { Ok(()) } else { Err(format!("the command {program} of the settings file: {status}")) }
}
