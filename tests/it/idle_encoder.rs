//! The encoder that idles between questions: the real program, met over its socket.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use litmine::embed::protocol::{self, Kind};
use litmine::embed::runtime::is_same_user;

use crate::program::{Ran, Workspace};

const ENCODER: &str = env!("CARGO_BIN_EXE_litmine-encoder");
/// A word that nothing but the question holds.
const QUESTION: &str = "keeping quetzalcoatlus hearts out of hospital";

/// The demo corpus with vectors, and the folder where an encoder of this workspace is met.
fn with_vectors() -> Workspace {
    let workspace = Workspace::with_demo();
    workspace.run(&["refresh", "demo", "--encoder", ENCODER]).expect(0);
    workspace
}

fn question(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = workspace.command(&["search", "demo", QUESTION, "--encoder", ENCODER, "--format", "json"]);
    command.args(arguments).env("LITMINE_IDLE_ENCODER", "60");
    command
}

/// Asks, and returns the hits with their scores.
fn ask(workspace: &Workspace, arguments: &[&str]) -> serde_json::Value {
    let ran = Ran::of(question(workspace, arguments)).expect(0);
    let page = ran.json();
    assert_eq!(page["mode"], "hybrid", "{}", ran.err());
    page["hits"].clone()
}

/// The process ids of the encoders that idle in the folder.
fn idlers(folder: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let locks =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "lock"));
    locks.filter_map(|path| fs::read_to_string(path).ok()?.trim().parse().ok()).filter(|id| lives(*id)).collect()
}

/// Whether an encoder has this process id: one that has ended and was not waited for has no command line.
fn lives(id: u32) -> bool {
    fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| !line.is_empty())
}

/// Ends an encoder that a test left idling, whatever becomes of the test.
struct Left<'w>(&'w Workspace);

impl Left<'_> {
    fn folder(&self) -> PathBuf {
        self.0.path("litmine")
    }

    fn one(&self) -> u32 {
        let found = idlers(&self.folder());
        assert_eq!(found.len(), 1, "{found:?}");
        found[0]
    }
}

impl Drop for Left<'_> {
    fn drop(&mut self) {
        idlers(&self.folder()).into_iter().for_each(kill);
    }
}

fn kill(id: u32) {
    assert!(Command::new("kill").args(["-9", &id.to_string()]).status().unwrap().success());
    wait_until("it has ended", || !lives(id));
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn it_answers_as_a_child_does_outlives_who_asks_and_is_replaced_when_killed() {
    let workspace = with_vectors();
    let left = Left(&workspace);
    let expected = ask(&workspace, &["--no-idle-encoder"]);
    assert!(!left.folder().exists(), "none was wanted");

    // The end of both streams is waited for here: the encoder, which goes on, holds neither.
    assert_eq!(ask(&workspace, &[]), expected);
    let first = left.one();
    assert_eq!(ask(&workspace, &[]), expected);
    assert_eq!(left.one(), first, "the second question is answered by the one that the first one left");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&left.folder()), 0o700);

    kill(first);
    assert_eq!(ask(&workspace, &[]), expected);
    let second = left.one();
    assert_ne!(first, second);
    assert_eq!(fs::read_dir(left.folder()).unwrap().count(), 2, "a socket and its lock");

    // What was asked stands nowhere.
    let mut folders = vec![workspace.path("")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                let bytes = fs::read(&path).unwrap();
                let word = b"quetzalcoatlus";
                assert!(!bytes.windows(word.len()).any(|window| window == word), "{}", path.display());
            }
        }
    }
}

#[test]
fn of_several_started_at_once_one_stays_and_answers_all() {
    let workspace = with_vectors();
    let left = Left(&workspace);
    let expected = ask(&workspace, &["--no-idle-encoder"]);
    let asked: Vec<_> = (0..6)
        .map(|_| question(&workspace, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    for child in asked {
        let output = child.wait_with_output().unwrap();
        let page: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(page["hits"], expected, "{}", String::from_utf8_lossy(&output.stderr));
    }
    let one = left.one();
    let folder = left.folder();
    let folder = folder.to_str().unwrap();
    let others = || {
        let all = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let ours = |id: &u32| {
            let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(folder)
        };
        all.filter(|id| *id != one).filter(ours).count()
    };
    wait_until("the others have ended", || others() == 0);
}

#[test]
fn it_ends_by_itself_and_leaves_nothing() {
    let workspace = with_vectors();
    let left = Left(&workspace);
    assert!(
        Ran::of({
            let mut command = question(&workspace, &[]);
            command.env("LITMINE_IDLE_ENCODER", "2");
            command
        })
        .expect(0)
        .out()
        .contains("hybrid")
    );
    let id = left.one();
    wait_until("it has ended", || !lives(id));
    wait_until("its folder is gone", || !left.folder().exists());
}

#[test]
fn settings_say_whether_and_a_folder_that_is_not_safe_is_not_used() {
    let workspace = with_vectors();
    let left = Left(&workspace);
    fs::create_dir(left.folder()).unwrap();
    fs::write(left.folder().join("settings.toml"), "idle_encoder = 0\n").unwrap();
    let mut command = question(&workspace, &[]);
    command.env_remove("LITMINE_IDLE_ENCODER");
    assert!(Ran::of(command).expect(0).out().contains("hybrid"));
    assert!(idlers(&left.folder()).is_empty());

    // Others may look in: the question goes to a child.
    fs::set_permissions(left.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    ask(&workspace, &[]);
    assert_eq!(fs::read_dir(left.folder()).unwrap().count(), 1);
}

/// An encoder at a socket of its own, ended when dropped.
struct AtSocket {
    child: std::process::Child,
    folder: tempfile::TempDir,
}

impl AtSocket {
    fn start(model: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(ENCODER);
        command.arg("--model").arg(model).arg("--socket").arg(folder.path().join("s.sock")).args(["--idle", "60"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { child, folder }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("s.sock")
    }

    fn connect(&self) -> UnixStream {
        let mut stream = None;
        wait_until("it listens", || {
            stream = UnixStream::connect(self.socket()).ok();
            stream.is_some()
        });
        stream.unwrap()
    }
}

impl Drop for AtSocket {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn model() -> PathBuf {
    litmine::embed::EncoderSettings {
        model: std::env::var_os("LITMINE_MODEL").map(PathBuf::from),
        ..Default::default()
    }
    .model_path()
    .unwrap()
}

#[test]
fn one_who_talks_nonsense_or_stops_half_way_disturbs_nobody() {
    let encoder = AtSocket::start(&model());
    let mut silent = encoder.connect();
    assert_eq!(protocol::read(&mut silent).unwrap().unwrap().kind, Kind::Hello);
    let mut cut = encoder.connect();
    cut.write_all(b"E\xff\xff").unwrap();
    drop(cut);
    let mut wrong = encoder.connect();
    wrong.write_all(b"E\x03\0\0\0abcQ\0\0\0\0").unwrap();
    for kind in [Kind::Hello, Kind::Refusal, Kind::Refusal] {
        assert_eq!(protocol::read(&mut wrong).unwrap().unwrap().kind, kind);
    }
    protocol::write(&mut silent, Kind::Embed, b"[\"pain fell\"]").unwrap();
    assert_eq!(protocol::read(&mut silent).unwrap().unwrap().kind, Kind::Vectors);
}

#[test]
fn a_model_that_cannot_be_loaded_is_told_to_who_connected() {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = AtSocket::start(folder.path());
    // It may have ended before anybody could connect; then its status says so.
    let stream = UnixStream::connect(encoder.socket());
    if let Ok(mut stream) = stream {
        let frame = protocol::read(&mut stream).unwrap().unwrap();
        assert_eq!(frame.kind, Kind::Refusal);
        assert!(String::from_utf8_lossy(&frame.body).contains("config.json"));
    }
    assert_eq!(encoder.child.wait().unwrap().code(), Some(1));
    assert!(!encoder.folder.path().exists(), "nothing is left, not even the folder, which was empty");
}

/// Does something as another user, on a thread of its own; none where this process may not.
#[allow(unsafe_code, reason = "a call of the kernel, for this thread alone")]
fn as_another_user<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    const NOBODY: libc::uid_t = 65_534;
    std::thread::scope(|scope| {
        let work = || {
            // SAFETY: the raw call changes the credentials of the calling thread only, which ends right after.
            let changed = unsafe { libc::syscall(libc::SYS_setresuid, -1, NOBODY, -1) } == 0;
            changed.then(work)
        };
        scope.spawn(work).join().unwrap()
    })
}

#[test]
fn another_user_is_not_answered_nor_asked() {
    let encoder = AtSocket::start(&model());
    assert_eq!(protocol::read(&mut encoder.connect()).unwrap().unwrap().kind, Kind::Hello);
    // As if the folder had been opened to all by mistake.
    fs::set_permissions(encoder.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(encoder.socket(), fs::Permissions::from_mode(0o777)).unwrap();
    let greeting = as_another_user(|| {
        let mut stream = UnixStream::connect(encoder.socket()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        protocol::read(&mut stream).unwrap()
    });
    let Some(greeting) = greeting else {
        eprintln!("skipped: only root can be another user");
        return;
    };
    assert_eq!(greeting, None, "another user was greeted");

    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let socket = folder.path().join("theirs.sock");
    let _listener = as_another_user(|| UnixListener::bind(&socket).unwrap()).unwrap();
    assert!(!is_same_user(&UnixStream::connect(&socket).unwrap()));
}
