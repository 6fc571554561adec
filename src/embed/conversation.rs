//! One end of the conversation with `litmine-encoder`, over whatever carries it.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::EncoderError;
use super::head::{Head, HeadDescription, HeadInput, HeadRequest, Scores};
use super::protocol::{self, Frame, Hello, Kind};

/// How long the encoder may take to load its model.
pub(super) const START: Duration = Duration::from_secs(120);
/// How long it may take over one request.
const ANSWER: Duration = Duration::from_secs(600);
/// Texts sent in one request: enough for batches of like length, few enough for progress.
const REQUEST: usize = 512;
/// Bytes of a text beyond which no model's window reaches.
const LONGEST_TEXT: usize = 16 << 10;

/// A conversation after its greeting. A stream that ends or breaks is [`EncoderError::Io`].
pub(super) struct Conversation<W> {
    output: W,
    answers: Receiver<io::Result<Option<Frame>>>,
    hello: Hello,
    /// The heads that the encoder has been given, by digest.
    heads: HashMap<String, HeadDescription>,
}

impl<W: Write> Conversation<W> {
    /// Waits for the greeting.
    pub(super) fn begin(input: impl Read + Send + 'static, output: W) -> Result<Self, EncoderError> {
        let hello = Hello { version: 0, model: String::new(), dimension: 0 };
        let mut conversation = Self { output, answers: listen(input), hello, heads: HashMap::new() };
        let frame = conversation.receive(START)?;
        let hello: Hello = match frame.kind {
            Kind::Hello => parse(&frame.body)?,
            Kind::Refusal => return Err(refusal(&frame.body)),
            other => return Err(EncoderError::Protocol(format!("{other:?} before a greeting"))),
        };
        if hello.version != protocol::VERSION || hello.dimension == 0 {
            return Err(EncoderError::Protocol(format!(
                "it speaks version {} of the protocol, litmine version {}: build both from one source",
                hello.version,
                protocol::VERSION
            )));
        }
        conversation.hello = hello;
        Ok(conversation)
    }

    pub(super) fn hello(&self) -> &Hello {
        &self.hello
    }

    /// See [`super::Encoder::embed`].
    pub(super) fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EncoderError> {
        let mut rows = Vec::with_capacity(texts.len());
        for part in texts.chunks(REQUEST) {
            let texts: Vec<&str> = part.iter().map(|text| start_of(text, LONGEST_TEXT)).collect();
            let body = self.ask(Kind::Embed, &json(&texts)?, Kind::Vectors)?;
            rows.extend(numbers(&body, self.hello.dimension, part.len())?);
        }
        Ok(rows)
    }

    /// See [`super::Encoder::apply`].
    pub(super) fn apply(&mut self, head: &Head, input: &HeadInput<'_>) -> Result<Scores, EncoderError> {
        let labels = self.describe(head)?.labels.len();
        input.check().map_err(EncoderError::Failed)?;
        let request = HeadRequest {
            head: head.digest().to_owned(),
            texts: input.texts.iter().map(|text| start_of(text, LONGEST_TEXT)).collect(),
            groups: input.groups.to_vec(),
            features: input.features.to_vec(),
            marks: input.marks.to_vec(),
        };
        let body = self.ask(Kind::Apply, &json(&request)?, Kind::Scores)?;
        Scores::unpack(&body, labels, input.texts.len())
            .ok_or_else(|| EncoderError::Protocol("scores that are none".to_owned()))
    }

    /// What the encoder says of a head, which is given to it where it does not have it.
    pub(super) fn describe(&mut self, head: &Head) -> Result<HeadDescription, EncoderError> {
        if let Some(known) = self.heads.get(head.digest()) {
            return Ok(known.clone());
        }
        let body = self.ask(Kind::Head, head.bytes(), Kind::Description)?;
        let description: HeadDescription = parse(&body)?;
        self.heads.insert(head.digest().to_owned(), description.clone());
        Ok(description)
    }

    /// Sends a request and waits for the answer to it.
    fn ask(&mut self, kind: Kind, body: &[u8], wanted: Kind) -> Result<Vec<u8>, EncoderError> {
        protocol::write(&mut self.output, kind, body)?;
        let frame = self.receive(ANSWER)?;
        match frame.kind {
            found if found == wanted => Ok(frame.body),
            Kind::Refusal => Err(refusal(&frame.body)),
            other => Err(EncoderError::Protocol(format!("{other:?} where {wanted:?} was expected"))),
        }
    }

    fn receive(&mut self, patience: Duration) -> Result<Frame, EncoderError> {
        match self.answers.recv_timeout(patience) {
            Ok(Ok(Some(frame))) => Ok(frame),
            Ok(Ok(None)) | Err(RecvTimeoutError::Disconnected) => {
                Err(EncoderError::Io(io::Error::new(io::ErrorKind::UnexpectedEof, "it ended")))
            }
            Ok(Err(error)) => Err(error.into()),
            Err(RecvTimeoutError::Timeout) => {
                Err(EncoderError::Failed(format!("no answer within {} seconds", patience.as_secs())))
            }
        }
    }
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, EncoderError> {
    serde_json::to_vec(value).map_err(|error| EncoderError::Protocol(error.to_string()))
}

fn parse<T: for<'d> serde::Deserialize<'d>>(body: &[u8]) -> Result<T, EncoderError> {
    serde_json::from_slice(body).map_err(|error| EncoderError::Protocol(error.to_string()))
}

fn refusal(body: &[u8]) -> EncoderError {
    EncoderError::Failed(String::from_utf8_lossy(body).into_owned())
}

/// So many rows of numbers, all of them finite.
fn numbers(body: &[u8], dimension: usize, rows: usize) -> Result<Vec<Vec<f32>>, EncoderError> {
    let found = protocol::unpack(body, dimension).filter(|found| found.len() == rows);
    let found = found.ok_or_else(|| EncoderError::Protocol(format!("{} bytes for {rows} texts", body.len())))?;
    if found.iter().flatten().any(|number| !number.is_finite()) {
        return Err(EncoderError::Protocol("a vector holds something that is no number".to_owned()));
    }
    Ok(found)
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
fn listen(input: impl Read + Send + 'static) -> Receiver<io::Result<Option<Frame>>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut input = BufReader::new(input);
        loop {
            let frame = protocol::read(&mut input);
            let last = !matches!(frame, Ok(Some(_)));
            if sender.send(frame).is_err() || last {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A conversation with one who says this and nothing else.
    fn with(frames: &[(Kind, &[u8])]) -> Result<Conversation<Vec<u8>>, EncoderError> {
        let mut said = Vec::new();
        for (kind, body) in frames {
            protocol::write(&mut said, *kind, body).unwrap();
        }
        Conversation::begin(io::Cursor::new(said), Vec::new())
    }

    fn hello(version: u32) -> Vec<u8> {
        serde_json::to_vec(&Hello { version, model: "m".to_owned(), dimension: 2 }).unwrap()
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(start_of("aβγ", 2), "a");
        assert_eq!(start_of("aβγ", 99), "aβγ");
    }

    #[test]
    fn another_version_and_another_greeting_are_refused() {
        assert!(matches!(with(&[(Kind::Hello, &hello(protocol::VERSION + 1))]), Err(EncoderError::Protocol(_))));
        assert!(matches!(with(&[(Kind::Vectors, b"")]), Err(EncoderError::Protocol(_))));
        assert!(
            matches!(with(&[(Kind::Refusal, b"no weights")]), Err(EncoderError::Failed(why)) if why == "no weights")
        );
        assert!(matches!(with(&[]), Err(EncoderError::Io(_))));
    }

    #[test]
    fn answers_that_are_none_are_errors() {
        let greeting = hello(protocol::VERSION);
        let not_a_number = protocol::pack(&[vec![f32::NAN, 0.0]]);
        let embed = |kind, body: &[u8]| with(&[(Kind::Hello, &greeting), (kind, body)]).unwrap().embed(&["a"]);
        assert_eq!(embed(Kind::Vectors, &protocol::pack(&[vec![0.6, 0.8]])).unwrap(), [[0.6, 0.8]]);
        assert!(matches!(embed(Kind::Vectors, &[0; 4]), Err(EncoderError::Protocol(_))));
        assert!(matches!(embed(Kind::Vectors, &[0; 16]), Err(EncoderError::Protocol(_))));
        assert!(matches!(embed(Kind::Vectors, &not_a_number), Err(EncoderError::Protocol(_))));
        assert!(matches!(embed(Kind::Hello, &greeting), Err(EncoderError::Protocol(_))));
        assert!(matches!(embed(Kind::Refusal, b"why"), Err(EncoderError::Failed(_))));
    }
}
