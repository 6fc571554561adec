//! Harvests over HTTP as a user runs them: every source against a server that speaks its protocol and misbehaves.

mod bulk;
mod clinical_trials;
mod europe_pmc;
mod faults;
mod mesh;
mod pmc_oa;
mod preprints;
mod pubmed;
mod retraction_watch;

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::program::Workspace;
use crate::server::Server;

/// Settings by which the program reads a service of the test's own, quickly. Silence is waited for long enough for a machine
/// that is busy.
pub(crate) fn settings(workspace: &Workspace, service: &str, server: &Server) {
    settings_with_patience(workspace, service, server, 10.0);
}

/// The same, giving up after so many seconds of silence.
pub(crate) fn settings_with_patience(workspace: &Workspace, service: &str, server: &Server, silence: f64) {
    let text = format!(
        "[services.{service}]\naddress = \"{}\"\nper_second = 2000\nkey = \"k3y-of-the-test\"\n\
         [network]\nconnect_timeout = 1.0\nsilence_timeout = {silence:?}\nattempts = 3\nfirst_pause = 0.005\nlongest_pause = 2.0\n",
        server.address()
    );
    fs::create_dir_all(workspace.path("litmine")).unwrap();
    fs::write(workspace.path("litmine/settings.toml"), text).unwrap();
}

/// Kills a harvest of the corpus `c` after a while, wherever it is then.
pub(crate) fn killed_after(workspace: &Workspace, moment: Duration) {
    let mut child = workspace.command(&["harvest", "c"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sleep(moment);
    let _ = child.kill();
    child.wait().unwrap();
}

/// The names of the documents that a corpus holds, in order.
pub(crate) fn names(workspace: &Workspace, corpus: &str) -> Vec<String> {
    use litmine::store::Store;
    let store = Store::open(&workspace.path(&format!("corpora/{corpus}.db"))).unwrap();
    let run = store.begin_run("mine", "test").unwrap();
    let stage = store.stage("test").unwrap();
    let snapshot = store.publish(run, stage, None).unwrap();
    let versions = store.visible_versions(&snapshot).unwrap();
    let mut names: Vec<String> =
        versions.into_iter().map(|version| store.document_version(version).unwrap().id.to_string()).collect();
    names.sort();
    names
}

/// The records that a corpus holds: PMID, title and words of the abstract, in order.
pub(crate) fn held(workspace: &Workspace, corpus: &str) -> Vec<(u64, String)> {
    use litmine::store::Store;
    let store = Store::open(&workspace.path(&format!("corpora/{corpus}.db"))).unwrap();
    let run = store.begin_run("mine", "test").unwrap();
    let stage = store.stage("test").unwrap();
    let snapshot = store.publish(run, stage, None).unwrap();
    let mut records: Vec<(u64, String)> = store
        .visible_versions(&snapshot)
        .unwrap()
        .into_iter()
        .map(|version| {
            let document = store.document_version(version).unwrap().document;
            (document.identifiers.pmid.unwrap(), document.text())
        })
        .collect();
    records.sort();
    records
}
