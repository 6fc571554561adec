//! The program as a user runs it, in a workspace of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A workspace that is gone when the test ends.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("corpora")).unwrap();
        Self { folder }
    }

    /// One with a copy of the demo corpus's definition and records.
    pub(crate) fn with_demo() -> Self {
        let workspace = Self::new();
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora");
        fs::copy(corpora.join("demo.toml"), workspace.path("corpora/demo.toml")).unwrap();
        for part in ["demo/baseline", "demo/updates", "demo/fulltext", "demo/registrations"] {
            let to = workspace.path("corpora").join(part);
            fs::create_dir_all(&to).unwrap();
            for entry in fs::read_dir(corpora.join(part)).unwrap().flatten() {
                fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
        workspace
    }

    /// One whose demo corpus was refreshed, without vectors.
    pub(crate) fn with_refreshed_demo() -> Self {
        let workspace = Self::with_demo();
        workspace.run(&["refresh", "demo", "--no-vectors"]).expect(0);
        workspace
    }

    pub(crate) fn path(&self, inner: &str) -> PathBuf {
        self.folder.path().join(inner)
    }

    /// A corpus of local files with this definition besides its head.
    pub(crate) fn define(&self, name: &str, rest: &str) {
        let text = format!("schema = 1\ntitle = \"{name}\"\nvectors = \"none\"\n{rest}");
        fs::write(self.path(&format!("corpora/{name}.toml")), text).unwrap();
    }

    /// A corpus of one file with these bytes.
    pub(crate) fn define_with_file(&self, name: &str, file: &str, bytes: &[u8]) {
        fs::write(self.path(&format!("corpora/{file}")), bytes).unwrap();
        self.define(name, &format!("[[source]]\nkind = \"files\"\npaths = [\"{file}\"]\n"));
    }

    /// The command, not yet run; nothing of the tester's own settings reaches it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_litmine"));
        command.args(arguments).env("LITMINE_WORKSPACE", self.folder.path()).env("XDG_CONFIG_HOME", self.folder.path());
        // An encoder that idles is met in this workspace alone, and left behind by the tests of it alone.
        command.env("XDG_RUNTIME_DIR", self.folder.path()).env("LITMINE_IDLE_ENCODER", "0");
        for name in [
            "LITMINE_SETTINGS",
            "LITMINE_ENCODER",
            "LITMINE_LOG",
            "NO_COLOR",
            "CLICOLOR_FORCE",
            "NCBI_API_KEY",
            "LITMINE_CONTACT",
            "LITMINE_ENCODER_KEY",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments))
    }
}

/// A command that has ended.
pub(crate) struct Ran {
    arguments: String,
    output: Output,
}

impl Ran {
    /// Runs a command to its end.
    pub(crate) fn of(mut command: Command) -> Self {
        let output = command.output().unwrap();
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
        Self { arguments: arguments.join(" "), output }
    }

    pub(crate) fn out(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).unwrap()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out()).unwrap_or_else(|error| panic!("{error}: {}", self.out()))
    }

    pub(crate) fn succeeded(&self) -> bool {
        self.output.status.success()
    }

    /// Asserts the exit status.
    pub(crate) fn expect(self, status: i32) -> Self {
        let found = self.output.status.code();
        assert_eq!(found, Some(status), "litmine {}\n{}\n{}", self.arguments, self.out(), self.err());
        self
    }

    /// Asserts that standard error says all of these.
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err().contains(word), "litmine {}: no “{word}” in\n{}", self.arguments, self.err());
        }
        self
    }
}

#[test]
fn browse_needs_a_terminal_and_says_what_does_without() {
    let workspace = Workspace::with_demo();
    workspace.run(&["browse", "demo"]).expect(2).says(&["terminal", "litmine lookup demo"]);
}
