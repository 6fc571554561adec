//! The encoder that idles between questions, met over its socket.
//!
//! Loading the model takes most of the time that a question costs, so the first question starts an encoder that outlives it and
//! ends by itself when none has come for a while. Where it is met, and by whom, is in `runtime.rs`. Whoever asks starts one when
//! nobody listens; of several that are started at once, one takes the place and the others end, and all askers meet that one.
//! One that ends or is killed while somebody talks to it is replaced once; the question is asked again.

use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::conversation::{Conversation, START};
use super::head::{Head, HeadDescription, HeadInput, Scores};
use super::protocol::Hello;
use super::runtime::{self, Meeting};
use super::{Encoder, EncoderError, EncoderSettings};

/// Encoders that are started before it is given up.
const STARTS: usize = 3;
/// How often it is looked whether one that was started listens.
const LOOK: Duration = Duration::from_millis(5);

/// The encoder that idles between questions.
pub struct IdleEncoder {
    settings: EncoderSettings,
    idle: Duration,
    connection: Connection,
}

/// A conversation over a socket, which ends when it is dropped.
struct Connection {
    stream: UnixStream,
    conversation: Conversation<UnixStream>,
}

impl IdleEncoder {
    /// Meets the idling encoder of this program, model and kind of numbers, and starts one that waits for `idle` after each
    /// question where nobody listens.
    ///
    /// # Errors
    /// [`EncoderError::Missing`] where the program or the model is not there; others where it cannot be met.
    pub fn meet(settings: &EncoderSettings, idle: Duration) -> Result<Self, EncoderError> {
        Ok(Self { settings: settings.clone(), idle, connection: connect(settings, idle)? })
    }

    /// Asks; asks another one, once, where the first has ended.
    fn converse<T>(
        &mut self,
        ask: impl Fn(&mut Conversation<UnixStream>) -> Result<T, EncoderError>,
    ) -> Result<T, EncoderError> {
        match ask(&mut self.connection.conversation) {
            Err(EncoderError::Io(_)) => {}
            answer => return answer,
        }
        let model = self.connection.conversation.hello().model.clone();
        self.connection = connect(&self.settings, self.idle)?;
        if self.connection.conversation.hello().model != model {
            return Err(EncoderError::Failed("the model was replaced meanwhile".to_owned()));
        }
        ask(&mut self.connection.conversation)
    }

    fn hello(&self) -> &Hello {
        self.connection.conversation.hello()
    }
}

impl Encoder for IdleEncoder {
    fn model(&self) -> &str {
        &self.hello().model
    }

    fn dimension(&self) -> usize {
        self.hello().dimension
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

impl Connection {
    /// Greets over a socket whose other end is this user's.
    fn greet(stream: UnixStream) -> Result<Self, EncoderError> {
        if !runtime::is_same_user(&stream) {
            return Err(EncoderError::Protocol("somebody else listens at the encoder's socket".to_owned()));
        }
        let conversation = Conversation::begin(stream.try_clone()?, stream.try_clone()?)?;
        Ok(Self { stream, conversation })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Ends the thread that listens.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

fn connect(settings: &EncoderSettings, idle: Duration) -> Result<Connection, EncoderError> {
    let (program, model) = (settings.program_path()?, settings.model_path()?);
    let mut last = None;
    for _ in 0..STARTS {
        // Made anew each time: one that has just ended takes it away.
        let folder = runtime::folder()?;
        let meeting = Meeting::of(&folder, &program, &model, settings.dtype())?;
        let connected = match UnixStream::connect(meeting.socket()) {
            Ok(stream) => Ok(stream),
            Err(error) if nobody_listens(&error) => {
                runtime::sweep(&folder);
                start(settings, &meeting, idle).and_then(|child| wait(&meeting, child))
            }
            Err(error) => Err(error),
        };
        // Whoever ends between being met and greeting had waited long enough: the next one is asked.
        match connected.map_err(EncoderError::Io).and_then(Connection::greet) {
            Err(EncoderError::Io(error)) => last = Some(error),
            greeted => return greeted,
        }
    }
    Err(EncoderError::Io(last.unwrap_or_else(|| io::ErrorKind::NotConnected.into())))
}

fn nobody_listens(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

/// Starts an encoder that has nothing of this process: no stream, no terminal, no folder.
fn start(settings: &EncoderSettings, meeting: &Meeting, idle: Duration) -> io::Result<Child> {
    let mut command = settings.command().map_err(io::Error::other)?;
    command.arg("--socket").arg(meeting.socket()).arg("--idle").arg(idle.as_secs().max(1).to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

/// Waits until somebody listens: the one that was started, or the one that was faster.
fn wait(meeting: &Meeting, mut child: Child) -> io::Result<UnixStream> {
    let end = Instant::now() + START;
    let mut ended = None;
    loop {
        match UnixStream::connect(meeting.socket()) {
            Err(error) if nobody_listens(&error) && Instant::now() < end => {}
            connected => {
                // It outlives this call, and this process; while this process lives it must be waited for.
                thread::spawn(move || child.wait());
                return connected;
            }
        }
        if ended.is_none()
            && let Some(status) = child.try_wait()?
        {
            if !status.success() {
                return Err(io::Error::other(format!("the encoder that was to idle ended with {status}")));
            }
            ended = Some(Instant::now());
        }
        // Another had the place, but nobody listens: it was about to end.
        if ended.is_some_and(|ended| ended.elapsed() > Duration::from_secs(1)) {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        thread::sleep(LOOK);
    }
}
