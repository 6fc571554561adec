//! The user's settings: a flag counts before an environment variable, that before the settings file, that before the default.
//!
//! The file is `litmine/settings.toml` in the user's configuration folder (`$XDG_CONFIG_HOME`, else `~/.config`), or
//! `$LITMINE_SETTINGS`. It never lies in a corpus: what it names is run and connected to.

use std::path::PathBuf;

use serde::Deserialize;

use super::args::{Format, Global};
use super::errors::Failure;
use crate::corpus::Workspace;
use crate::embed::EncoderSettings;

/// What the commands go by.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) workspace: Workspace,
    pub(super) format: Option<Format>,
    /// How to start the encoder; none when the user does without.
    pub(super) encoder: Option<EncoderSettings>,
}

/// The settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    workspace: Option<PathBuf>,
    model: Option<PathBuf>,
    encoder: Option<PathBuf>,
}

impl Settings {
    pub(super) fn gather(global: &Global) -> Result<Self, Failure> {
        let file = read_file()?;
        // clap has looked at the environment already.
        let root = global.workspace.clone().or(file.workspace).unwrap_or_else(|| PathBuf::from("."));
        let encoder = EncoderSettings {
            program: global.encoder.clone().or(file.encoder),
            model: global.model.clone().or(file.model),
            ..EncoderSettings::default()
        };
        Ok(Self {
            workspace: Workspace::new(root),
            format: global.format,
            encoder: (!global.no_vectors).then_some(encoder),
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
