//! The encoder as a child process.

use std::io::{self, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::protocol::{self, Frame, Hello, Kind};
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

/// How long the encoder may take to load its model.
const START: Duration = Duration::from_secs(120);
/// How long it may take over one request.
const ANSWER: Duration = Duration::from_secs(600);
/// Texts sent in one request: enough for batches of like length, few enough for progress.
const REQUEST: usize = 512;
/// Bytes of a text beyond which no model's window reaches.
const LONGEST_TEXT: usize = 16 << 10;

/// `litmine-encoder`, running.
pub struct ProcessEncoder {
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<io::Result<Option<Frame>>>,
    complaints: Receiver<String>,
    hello: Hello,
}

impl ProcessEncoder {
    /// Starts the encoder and waits until its model is loaded.
    pub fn start(settings: &EncoderSettings) -> Result<Self, EncoderError> {
        let program = settings.program_path()?;
        let model = settings.model_path()?;
        let mut command = Command::new(&program);
        command.arg("--model").arg(&model);
        if let Some(dtype) = &settings.dtype {
            command.args(["--dtype", dtype]);
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|error| {
                EncoderError::Missing(format!("the encoder {} cannot be started: {error}", program.display()))
            })?;
        let input = child.stdin.take();
        let (Some(output), Some(errors)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(EncoderError::Io(io::ErrorKind::BrokenPipe.into()));
        };
        let mut encoder = Self {
            child,
            input,
            answers: listen(output),
            complaints: collect(errors),
            hello: Hello { version: 0, model: String::new(), dimension: 0 },
        };
        let frame = encoder.receive(START)?;
        let hello: Hello = match frame.kind {
            Kind::Hello => serde_json::from_slice(&frame.body).map_err(|e| EncoderError::Protocol(e.to_string()))?,
            other => return Err(EncoderError::Protocol(format!("{other:?} before a greeting"))),
        };
        if hello.version != protocol::VERSION || hello.dimension == 0 {
            return Err(EncoderError::Protocol(format!(
                "{} speaks version {} of the protocol, litmine version {}: build both from one source",
                program.display(),
                hello.version,
                protocol::VERSION
            )));
        }
        encoder.hello = hello;
        Ok(encoder)
    }

    /// The next frame, or what the encoder said before it went away.
    fn receive(&mut self, patience: Duration) -> Result<Frame, EncoderError> {
        match self.answers.recv_timeout(patience) {
            Ok(Ok(Some(frame))) => Ok(frame),
            Ok(Ok(None)) | Err(RecvTimeoutError::Disconnected) => Err(self.last_words("it ended")),
            Ok(Err(error)) => Err(self.last_words(&error.to_string())),
            Err(RecvTimeoutError::Timeout) => {
                Err(EncoderError::Failed(format!("no answer within {} seconds", patience.as_secs())))
            }
        }
    }

    fn last_words(&mut self, otherwise: &str) -> EncoderError {
        let said = self.complaints.recv_timeout(Duration::from_secs(2)).unwrap_or_default();
        let said = said.trim();
        EncoderError::Failed(if said.is_empty() { otherwise.to_owned() } else { said.to_owned() })
    }

    fn request(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncoderError> {
        let texts: Vec<&str> = texts.iter().map(|text| start_of(text, LONGEST_TEXT)).collect();
        let body = serde_json::to_vec(&texts).map_err(|error| EncoderError::Protocol(error.to_string()))?;
        let sent = match &mut self.input {
            Some(input) => protocol::write(input, Kind::Embed, &body),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        if let Err(error) = sent {
            return Err(self.last_words(&error.to_string()));
        }
        let frame = self.receive(ANSWER)?;
        match frame.kind {
            Kind::Vectors => {}
            Kind::Refusal => return Err(EncoderError::Failed(String::from_utf8_lossy(&frame.body).into_owned())),
            other => return Err(EncoderError::Protocol(format!("{other:?} where vectors were expected"))),
        }
        let rows = protocol::unpack(&frame.body, self.hello.dimension).filter(|rows| rows.len() == texts.len());
        let rows = rows
            .ok_or_else(|| EncoderError::Protocol(format!("{} bytes for {} texts", frame.body.len(), texts.len())))?;
        if rows.iter().flatten().any(|number| !number.is_finite()) {
            return Err(EncoderError::Protocol("a vector holds something that is no number".to_owned()));
        }
        Ok(rows)
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
        let mut rows = Vec::with_capacity(texts.len());
        for part in texts.chunks(REQUEST) {
            rows.extend(self.request(part)?);
        }
        Ok(rows)
    }
}

impl Drop for ProcessEncoder {
    fn drop(&mut self) {
        // The end of its input ends it; one that does not listen is ended.
        drop(self.input.take());
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

/// The beginning of a text, cut between characters.
pub(super) fn start_of(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Reads frames on a thread of their own, so that waiting for one can end.
fn listen(output: ChildStdout) -> Receiver<io::Result<Option<Frame>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        loop {
            let frame = protocol::read(&mut output);
            let last = !matches!(frame, Ok(Some(_)));
            if sender.send(frame).is_err() || last {
                return;
            }
        }
    });
    receiver
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

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(start_of("aβγ", 2), "a");
        assert_eq!(start_of("aβγ", 99), "aβγ");
    }
}
