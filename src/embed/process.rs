//! The encoder as a child process.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::conversation::Conversation;
use super::head::{Head, HeadDescription, HeadInput, Scores};
use super::protocol::Hello;
use super::{Encoder, EncoderError};

/// How the encoder is found and started. What is not given is looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EncoderSettings {
    /// The program; otherwise `litmine-encoder` beside the program that runs.
    pub program: Option<PathBuf>,
    /// The model's folder; otherwise where set-up puts it (`$LITMINE_CACHE`, else the user's cache).
    pub model: Option<PathBuf>,
    /// `auto`, `bf16` or `fp32`; `auto` where not given.
    pub dtype: Option<String>,
    /// A server that embeds in place of the program.
    pub remote: Option<super::RemoteSettings>,
    /// Whether words of a question may go to that server.
    pub remote_questions: bool,
    /// How long an encoder that was started for a question waits for the next one; none: it ends with the question.
    pub idle: Option<Duration>,
}

/// The model that set-up brings.
const USUAL_MODEL: &str = "all-MiniLM-L6-v2";

impl EncoderSettings {
    /// The program that would be started.
    pub fn program_path(&self) -> Result<PathBuf, EncoderError> {
        if let Some(program) = &self.program {
            return if program.is_file() {
                Ok(program.clone())
            } else {
                Err(EncoderError::Missing(format!("the encoder {} is not there", program.display())))
            };
        }
        let here = std::env::current_exe()?;
        // Tests run one folder further down.
        let beside = here.ancestors().skip(1).take(2).map(|folder| folder.join("litmine-encoder"));
        beside.into_iter().find(|path| path.is_file()).ok_or_else(|| {
            EncoderError::Missing(
                "litmine-encoder is not beside litmine; build it (scripts/setup, then cargo build --features encoder), \
                 name it with --encoder, or do without with --no-vectors"
                    .to_owned(),
            )
        })
    }

    /// The folder of the model that would be loaded.
    pub fn model_path(&self) -> Result<PathBuf, EncoderError> {
        let folder = match &self.model {
            Some(folder) => folder.clone(),
            None => packaged_model().or_else(cached_model).ok_or_else(|| {
                EncoderError::Missing("no model; scripts/setup brings one, --model names one".to_owned())
            })?,
        };
        for file in ["config.json", "model.safetensors"] {
            if !folder.join(file).is_file() {
                return Err(EncoderError::Missing(format!(
                    "the model folder {} has no {file}; scripts/setup brings a model, --model names one",
                    folder.display()
                )));
            }
        }
        Ok(folder)
    }

    /// The kind of numbers.
    pub(super) fn dtype(&self) -> &str {
        self.dtype.as_deref().unwrap_or("auto")
    }

    /// The program with the model.
    pub(super) fn command(&self) -> Result<Command, EncoderError> {
        let mut command = Command::new(self.program_path()?);
        command.arg("--model").arg(self.model_path()?).args(["--dtype", self.dtype()]);
        Ok(command)
    }
}

/// Where a package has its model: beside the folder of the program.
fn packaged_model() -> Option<PathBuf> {
    let folder = std::env::current_exe().ok()?.parent()?.parent()?.join("share/litmine/models").join(USUAL_MODEL);
    folder.is_dir().then_some(folder)
}

fn cached_model() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = named("LITMINE_CACHE")
        .or_else(|| named("XDG_CACHE_HOME").map(|folder| folder.join("litmine")))
        .or_else(|| named("HOME").map(|home| home.join(".cache/litmine")))?;
    Some(cache.join("models").join(USUAL_MODEL))
}

/// `litmine-encoder` as a child of this process: it ends when this does.
pub struct ProcessEncoder {
    child: Child,
    /// None once it is to end.
    conversation: Option<Conversation<ChildStdin>>,
    complaints: Receiver<String>,
    hello: Hello,
}

impl ProcessEncoder {
    /// Starts the encoder and waits until its model is loaded.
    pub fn start(settings: &EncoderSettings) -> Result<Self, EncoderError> {
        let program = settings.program_path()?;
        let mut command = settings.command()?;
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|error| {
                EncoderError::Missing(format!("the encoder {} cannot be started: {error}", program.display()))
            })?;
        let (Some(input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(EncoderError::Io(io::ErrorKind::BrokenPipe.into()));
        };
        let hello = Hello { version: 0, model: String::new(), dimension: 0 };
        let mut encoder = Self { child, conversation: None, complaints: collect(errors), hello };
        let conversation = Conversation::begin(output, input).map_err(|error| encoder.last_words(error))?;
        encoder.hello = conversation.hello().clone();
        encoder.conversation = Some(conversation);
        Ok(encoder)
    }

    /// What the encoder said before it went away, where it went away.
    fn last_words(&self, error: EncoderError) -> EncoderError {
        let EncoderError::Io(cause) = error else { return error };
        let said = self.complaints.recv_timeout(Duration::from_secs(2)).unwrap_or_default();
        let said = said.trim();
        EncoderError::Failed(if said.is_empty() { cause.to_string() } else { said.to_owned() })
    }

    fn converse<T>(
        &mut self,
        say: impl FnOnce(&mut Conversation<ChildStdin>) -> Result<T, EncoderError>,
    ) -> Result<T, EncoderError> {
        let said = match &mut self.conversation {
            Some(conversation) => say(conversation),
            None => Err(EncoderError::Io(io::ErrorKind::BrokenPipe.into())),
        };
        said.map_err(|error| self.last_words(error))
    }
}

impl Encoder for ProcessEncoder {
    fn model(&self) -> &str {
        &self.hello.model
    }

    fn dimension(&self) -> usize {
        self.hello.dimension
    }

    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncoderError> {
        self.converse(|conversation| conversation.embed(texts))
    }

    fn describe(&mut self, head: &Head) -> Result<HeadDescription, EncoderError> {
        self.converse(|conversation| conversation.describe(head))
    }

    fn apply(&mut self, head: &Head, input: &HeadInput<'_>) -> Result<Scores, EncoderError> {
        self.converse(|conversation| conversation.apply(head, input))
    }
}

impl Drop for ProcessEncoder {
    fn drop(&mut self) {
        // The end of its input ends it; one that does not listen is ended.
        drop(self.conversation.take());
        for _ in 0..20 {
            if let Ok(Some(_)) = self.child.try_wait() {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Collects the end of what is said on standard error until it closes.
fn collect(mut errors: impl Read + Send + 'static) -> Receiver<String> {
    const KEPT: usize = 8 << 10;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut said = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = errors.read(&mut buffer) {
            said.extend_from_slice(&buffer[..n]);
            if said.len() > 2 * KEPT {
                said.drain(..said.len() - KEPT);
            }
        }
        let _ = sender.send(String::from_utf8_lossy(&said).into_owned());
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_way_to_get_it() {
        let folder = tempfile::tempdir().unwrap();
        let settings = EncoderSettings {
            program: Some(folder.path().join("none")),
            model: Some(folder.path().to_owned()),
            ..EncoderSettings::default()
        };
        let error = settings.program_path().unwrap_err().to_string();
        assert!(error.contains("none"), "{error}");
        let error = settings.model_path().unwrap_err().to_string();
        assert!(error.contains("config.json") && error.contains("scripts/setup"), "{error}");
    }

    #[test]
    fn a_program_that_is_no_encoder_is_an_error_and_not_a_wait() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["config.json", "model.safetensors"] {
            std::fs::write(folder.path().join(file), "{}").unwrap();
        }
        let program = Some(PathBuf::from("/bin/false"));
        let settings = EncoderSettings { program, model: Some(folder.path().to_owned()), ..EncoderSettings::default() };
        assert!(matches!(ProcessEncoder::start(&settings), Err(EncoderError::Failed(_))));
    }
}
