//! The user's settings: a flag counts before an environment variable, that before the settings file, that before the default.
//!
//! The file is `litmine/settings.toml` in the user's configuration folder (`$XDG_CONFIG_HOME`, else `~/.config`), or
//! `$LITMINE_SETTINGS`. It never lies in a corpus: what it names is run and connected to.
//! Keys may also come from the environment: `NCBI_API_KEY`, `LITMINE_ENCODER_KEY`; so may `LITMINE_CONTACT`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::args::{Format, Global};
use super::errors::Failure;
use crate::corpus::Workspace;
use crate::embed::{EncoderSettings, RemoteKind, RemoteSettings};
use crate::harvest::{Access, ServiceSettings};
use crate::net::{NetworkSettings, Secret};

/// What the commands go by.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) workspace: Workspace,
    pub(super) format: Option<Format>,
    /// How to start the encoder; none when the user does without.
    pub(super) encoder: Option<EncoderSettings>,
    /// How services are reached.
    pub(super) access: Access,
    /// The program that digests are handed to, with its arguments; none to leave them in their folder.
    pub(super) watch_command: Option<Vec<String>>,
}

/// The settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    workspace: Option<PathBuf>,
    model: Option<PathBuf>,
    encoder: Option<PathBuf>,
    idle_encoder: Option<u64>,
    remote_encoder: Option<RemoteEncoder>,
    network: NetworkFile,
    services: BTreeMap<String, ServiceSettings>,
    watch: WatchFile,
}

/// `[watch]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WatchFile {
    /// A program and its arguments, run without a shell.
    command: Option<Vec<String>>,
}

/// `[remote_encoder]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoteEncoder {
    address: String,
    kind: RemoteKind,
    model: Option<String>,
    key: Option<Secret>,
    dimension: Option<usize>,
    /// Texts in a request.
    batch: Option<usize>,
    /// Requests at once.
    parallel: Option<usize>,
}

/// `[network]`; times in seconds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NetworkFile {
    /// An address of electronic mail that servers are told.
    contact: Option<String>,
    connect_timeout: Option<f64>,
    silence_timeout: Option<f64>,
    attempts: Option<u32>,
    first_pause: Option<f64>,
    longest_pause: Option<f64>,
}

/// Texts in a request to a remote encoder, and requests at once, unless the settings say otherwise.
const REMOTE_BATCH: usize = 32;
const REMOTE_PARALLEL: usize = 4;

impl NetworkFile {
    fn settings(&self) -> Result<NetworkSettings, Failure> {
        let usual = NetworkSettings::default();
        let time = |name: &str, given: Option<f64>, usual: Duration| match given {
            None => Ok(usual),
            Some(seconds) => Duration::try_from_secs_f64(seconds)
                .ok()
                .filter(|time| !time.is_zero())
                .ok_or_else(|| Failure::other(format!("the settings file: {name} = {seconds} is no time"))),
        };
        Ok(NetworkSettings {
            connect: time("connect_timeout", self.connect_timeout, usual.connect)?,
            silence: time("silence_timeout", self.silence_timeout, usual.silence)?,
            attempts: self.attempts.unwrap_or(usual.attempts),
            first_pause: time("first_pause", self.first_pause, usual.first_pause)?,
            longest_pause: time("longest_pause", self.longest_pause, usual.longest_pause)?,
            contact: variable("LITMINE_CONTACT").or_else(|| self.contact.clone()),
        })
    }
}

impl RemoteEncoder {
    fn settings(self, network: &NetworkSettings) -> RemoteSettings {
        RemoteSettings {
            address: self.address,
            kind: self.kind,
            model: self.model,
            key: variable("LITMINE_ENCODER_KEY").map(Secret::new).or(self.key),
            dimension: self.dimension,
            batch: self.batch.unwrap_or(REMOTE_BATCH),
            parallel: self.parallel.unwrap_or(REMOTE_PARALLEL),
            network: network.clone(),
        }
    }
}

/// An environment variable that says something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// How long an encoder waits for the next question, in seconds.
const IDLE: u64 = 300;
/// The longest that it may: a day.
const LONGEST_IDLE: u64 = 86_400;

impl Settings {
    pub(super) fn gather(global: &Global) -> Result<Self, Failure> {
        let file = read_file()?;
        // clap has looked at the environment already.
        let root = global.workspace.clone().or(file.workspace).unwrap_or_else(|| PathBuf::from("."));
        let network = file.network.settings()?;
        let mut services = file.services;
        if let Some(key) = variable("NCBI_API_KEY") {
            services.entry("ncbi".to_owned()).or_default().key = Some(Secret::new(key));
        }
        let idle = if global.no_idle_encoder { Some(0) } else { global.idle_encoder.or(file.idle_encoder) };
        let encoder = EncoderSettings {
            program: global.encoder.clone().or(file.encoder),
            model: global.model.clone().or(file.model),
            remote: file.remote_encoder.map(|remote| remote.settings(&network)),
            remote_questions: global.remote_questions,
            idle: Some(idle.unwrap_or(IDLE).min(LONGEST_IDLE)).filter(|seconds| *seconds > 0).map(Duration::from_secs),
            ..EncoderSettings::default()
        };
        let access =
            Access::new(network, services).map_err(|reason| Failure::other(format!("the settings file: {reason}")))?;
        Ok(Self {
            workspace: Workspace::new(root),
            format: global.format,
            encoder: (!global.no_vectors).then_some(encoder),
            access,
            watch_command: file.watch.command.filter(|command| !command.is_empty()),
        })
    }

    /// Whether the answer is for a program.
    pub(super) fn is_json(&self) -> bool {
        self.format == Some(Format::Json)
    }
}

fn read_file() -> Result<File, Failure> {
    let named = std::env::var_os("LITMINE_SETTINGS").map(PathBuf::from);
    let usual = || {
        let folder = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
        let folder = folder.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
        Some(folder.join("litmine").join("settings.toml"))
    };
    let Some(path) = named.clone().or_else(usual) else { return Ok(File::default()) };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => return Ok(File::default()),
        Err(error) => return Err(Failure::other(format!("the settings file {}: {error}", path.display()))),
    };
    toml::from_str(&text).map_err(|error| Failure::other(format!("the settings file {}: {error}", path.display())))
}
