//! Asking, and asking again.

use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::{self, HeaderMap};

use super::body::{self, Body};
use super::pace::Pace;
use super::request::Payload;
use super::{Address, NetError, Request, Validator};

/// How the network is used.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkSettings {
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How long a server may say nothing.
    pub silence: Duration,
    /// How often a request is made before it is given up.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles with each.
    pub first_pause: Duration,
    /// The longest pause, also when the server asks for it.
    pub longest_pause: Duration,
    /// An address of electronic mail, told to servers so that they can complain.
    pub contact: Option<String>,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            silence: Duration::from_secs(60),
            attempts: 6,
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(600),
            contact: None,
        }
    }
}

/// The way out. Cloning shares connections and rates.
#[derive(Debug, Clone)]
pub struct Network {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    settings: NetworkSettings,
    pace: Pace,
}

/// Redirects that are followed before a server is taken to go in circles.
const REDIRECTS: u32 = 5;

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The body, decompressed.
    pub bytes: Vec<u8>,
    /// What to ask with next time.
    pub validator: Validator,
}

/// What came of a question that may be answered with “unchanged”.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has not changed.
    Unchanged,
    /// It has; this is it.
    Whole(Fetched),
}

/// How much is asked for, and how it will be read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'v> {
    /// All of it, at once.
    Whole,
    /// All of it, as a stream that may have to be taken up again.
    Stream,
    /// From this byte on, if it is still the same.
    Rest(u64, &'v Validator),
}

/// An attempt that failed.
pub(super) enum Failed {
    /// Trying again would not help.
    Finally(NetError),
    /// It may help, after what the server asks to wait.
    Again(NetError, Option<Duration>),
}

impl Network {
    /// Sets up the client. Proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY` …).
    pub fn new(settings: NetworkSettings) -> Result<Self, NetError> {
        // Another part of the program may have chosen already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let contact = settings.contact.as_deref().map(|contact| format!(" (mailto:{contact})")).unwrap_or_default();
        let client = Client::builder()
            .user_agent(format!("litmine/{}{contact}", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.connect)
            // With the blocking client this bounds each wait: for the head of the answer, and for each piece of its body.
            .timeout(settings.silence)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .build()
            .map_err(|error| NetError::Setup(chain(&error)))?;
        Ok(Self { shared: Arc::new(Shared { client, settings, pace: Pace::default() }) })
    }

    /// How it is used.
    pub fn settings(&self) -> &NetworkSettings {
        &self.shared.settings
    }

    /// Asks, and reads the whole answer. A connection that breaks in the middle is tried again from the beginning.
    pub fn fetch(&self, request: &Request) -> Result<Fetched, NetError> {
        match self.fetch_changed(request)? {
            Answer::Whole(fetched) => Ok(fetched),
            Answer::Unchanged => Err(unasked(request)),
        }
    }

    /// Asks, and reads the whole answer if it changed since the request's validator.
    pub fn fetch_changed(&self, request: &Request) -> Result<Answer, NetError> {
        self.persist(request, || {
            let Some(response) = self.ask(request, Piece::Whole)? else { return Ok(Answer::Unchanged) };
            let mut body = Body::of(response, request, self.settings());
            let validator = body.validator().clone();
            let mut bytes = Vec::with_capacity(body.length().map_or(0, |n| n.min(8 << 20)) as usize);
            match body.read_to_end(&mut bytes) {
                Ok(_) => Ok(Answer::Whole(Fetched { bytes, validator })),
                Err(error) => Err(body::failed(request, error)),
            }
        })
    }

    /// Asks, and hands over the stream of the answer. Where the server can, a stream that breaks goes on where it stopped.
    pub fn open(&self, request: &Request) -> Result<Body, NetError> {
        self.open_changed(request)?.ok_or_else(|| unasked(request))
    }

    /// Asks, and hands over the stream of the answer if it changed since the request's validator; none: it did not.
    pub fn open_changed(&self, request: &Request) -> Result<Option<Body>, NetError> {
        self.persist(request, || {
            let response = self.ask(request, Piece::Stream)?;
            Ok(response.map(|response| Body::of(response, request, self.settings()).resuming(self.clone())))
        })
    }

    /// Makes attempts until one succeeds or there is no point in another.
    pub(super) fn persist<T>(
        &self,
        request: &Request,
        mut attempt: impl FnMut() -> Result<T, Failed>,
    ) -> Result<T, NetError> {
        let settings = &self.shared.settings;
        let mut made = 0;
        loop {
            made += 1;
            let (error, asked) = match attempt() {
                Ok(done) => return Ok(done),
                Err(Failed::Finally(error)) => return Err(error),
                Err(Failed::Again(error, asked)) => (error, asked),
            };
            if made >= settings.attempts.max(1) {
                return Err(error);
            }
            let pause = match asked {
                Some(asked) if asked > settings.longest_pause => {
                    return Err(NetError::Wait {
                        address: request.address.to_string(),
                        seconds: asked.as_secs(),
                        patience: settings.longest_pause.as_secs(),
                    });
                }
                Some(asked) => asked,
                None => pause(settings, made),
            };
            tracing::debug!(%error, attempt = made, pause = ?pause, "trying again");
            if asked.is_some() {
                // What one thread was told holds for all of them.
                self.shared.pace.hold(&request.address.host(), pause);
            }
            thread::sleep(pause);
        }
    }

    /// One attempt: the head of the answer, or none if it is unchanged.
    pub(super) fn ask(&self, request: &Request, piece: Piece<'_>) -> Result<Option<Response>, Failed> {
        let mut address = request.address.clone();
        for _ in 0..=REDIRECTS {
            let response = self.send(request, &address, piece)?;
            let status = response.status();
            if status == StatusCode::NOT_MODIFIED {
                return Ok(None);
            }
            if status.is_redirection() {
                let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                let Some(location) = location else { return Err(Failed::Finally(refusal(request, &response))) };
                // A form is not sent anywhere but where it was meant for.
                if request.payload != Payload::None {
                    return Err(Failed::Finally(refusal(request, &response)));
                }
                address = address.redirected(location).map_err(Failed::Finally)?;
                continue;
            }
            if status.is_success() {
                return Ok(Some(response));
            }
            let error = refusal(request, &response);
            let passing = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED;
            return Err(if passing || matches!(status.as_u16(), 408 | 425 | 429) {
                Failed::Again(error, retry_after(response.headers(), Timestamp::now()))
            } else {
                Failed::Finally(error)
            });
        }
        Err(Failed::Finally(NetError::Unreachable {
            address: request.address.to_string(),
            reason: format!("more than {REDIRECTS} redirects"),
        }))
    }

    fn send(&self, request: &Request, address: &Address, piece: Piece<'_>) -> Result<Response, Failed> {
        self.shared.pace.wait(&address.host(), request.per_second);
        let started = Instant::now();
        let sent = self.prepare(request, address, piece).send();
        tracing::trace!(%address, took = ?started.elapsed(), status = ?sent.as_ref().map(Response::status).ok(), "asked");
        sent.map_err(|error| {
            let name = request.address.to_string();
            if error.is_builder() {
                return Failed::Finally(NetError::Setup(request.redact(&chain(&error.without_url()))));
            }
            let error = if error.is_timeout() && !error.is_connect() {
                NetError::Silent { address: name, milliseconds: self.shared.settings.silence.as_millis() as u64 }
            } else {
                NetError::Unreachable { address: name, reason: request.redact(&chain(&error.without_url())) }
            };
            Failed::Again(error, None)
        })
    }

    fn prepare(&self, request: &Request, address: &Address, piece: Piece<'_>) -> RequestBuilder {
        let client = &self.shared.client;
        let keyed = request.key.as_ref().map(|(name, key)| (name.clone(), key.reveal().to_owned()));
        let mut builder = match &request.payload {
            Payload::None => {
                let query: Vec<_> = request.query.iter().cloned().chain(keyed).collect();
                client.get(address.with_query(&query))
            }
            Payload::Form(fields) => {
                let fields = fields.iter().cloned().chain(keyed);
                let body = address.form(&fields.collect::<Vec<_>>());
                client
                    .post(address.with_query(&request.query))
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(body)
            }
            Payload::Json(body) => client
                .post(address.with_query(&request.query))
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.clone()),
        };
        if let Some(key) = &request.bearer {
            builder = builder.bearer_auth(key.reveal());
        }
        if let Some(validator) = &request.unless {
            if let Some(etag) = &validator.etag {
                builder = builder.header(header::IF_NONE_MATCH, etag);
            }
            if let Some(modified) = &validator.modified {
                builder = builder.header(header::IF_MODIFIED_SINCE, modified);
            }
        }
        // Positions count the bytes of the file, not those of a compression on the way.
        let plain = !matches!(piece, Piece::Whole) || request.address.names_compressed_file();
        builder = builder.header(header::ACCEPT_ENCODING, if plain { "identity" } else { "gzip" });
        if let Piece::Rest(byte, validator) = piece {
            builder = builder.header(header::RANGE, format!("bytes={byte}-"));
            if let Some(unchanged) = validator.for_range() {
                builder = builder.header(header::IF_RANGE, unchanged);
            }
        }
        builder
    }
}

/// “Unchanged” where nobody asked whether it is.
fn unasked(request: &Request) -> NetError {
    NetError::Status { address: request.address.to_string(), status: 304, reason: None }
}

fn refusal(request: &Request, response: &Response) -> NetError {
    let status = response.status();
    NetError::Status {
        address: request.address.to_string(),
        status: status.as_u16(),
        reason: status.canonical_reason().map(str::to_owned),
    }
}

/// The pause after so many attempts: doubling, between half of that and all of it by chance, so that clients do not come in step.
fn pause(settings: &NetworkSettings, made: u32) -> Duration {
    let doubled = settings.first_pause.saturating_mul(2_u32.saturating_pow(made.saturating_sub(1).min(16)));
    let chance = (RandomState::new().hash_one(made) >> 11) as f64 / (1_u64 << 53) as f64;
    doubled.min(settings.longest_pause).mul_f64(0.5 + 0.5 * chance)
}

/// What the server asks to wait: a number of seconds, or a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// An error with what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_read_as_seconds_and_as_dates() {
        let now: Timestamp = "2026-10-21T07:28:00Z".parse().unwrap();
        let asked = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("Wed, 21 Oct 2026 07:28:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(asked("Wed, 21 Oct 2026 07:00:00 GMT"), Some(Duration::ZERO), "a date that is past");
        assert_eq!(asked("soon"), None);
    }

    #[test]
    fn pauses_grow_vary_and_end() {
        let settings = NetworkSettings {
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(1),
            ..NetworkSettings::default()
        };
        for (made, longest) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (60, 1000)] {
            for _ in 0..20 {
                let found = pause(&settings, made).as_millis();
                assert!((longest / 2..=longest).contains(&found), "{made}: {found}");
            }
        }
        let some: Vec<_> = (0..20).map(|_| pause(&settings, 5)).collect();
        assert!(some.iter().any(|p| p != &some[0]), "all the same");
    }
}
