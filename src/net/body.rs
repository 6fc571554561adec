//! The body of an answer, as a stream: bounded, decompressed, and taken up again where it broke off.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use reqwest::StatusCode;
use reqwest::blocking::Response;
use reqwest::header;

use super::network::{Failed, Piece};
use super::{NetError, Network, NetworkSettings, Request, Validator};

/// A compressed body may always grow to this many bytes …
const FREE: u64 = 64 << 20;
/// … and beyond that to so many times its compressed size.
const RATIO: u64 = 500;

/// A body, to be read. Reading fails with a [`NetError`] inside the [`io::Error`].
#[derive(Debug)]
pub struct Body {
    stream: Stream,
    validator: Validator,
    length: Option<u64>,
    largest: u64,
    given: u64,
}

#[derive(Debug)]
enum Stream {
    Plain(Box<Raw>),
    Gzip(Box<MultiGzDecoder<BufReader<Raw>>>),
}

/// Bytes as they come over the line.
#[derive(Debug)]
struct Raw {
    response: Response,
    request: Request,
    validator: Validator,
    received: u64,
    expected: Option<u64>,
    /// How long nothing may come, in milliseconds.
    silence: u64,
    /// By which a broken stream is taken up; none where it is not.
    network: Option<Network>,
    /// How often it was taken up since the last byte came.
    fruitless: u32,
}

impl Body {
    pub(super) fn of(response: Response, request: &Request, settings: &NetworkSettings) -> Self {
        let headers = response.headers();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let validator = Validator { etag: text(header::ETAG), modified: text(header::LAST_MODIFIED) };
        let compressed = text(header::CONTENT_ENCODING).is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
        let expected = response.content_length().or_else(|| text(header::CONTENT_LENGTH)?.parse().ok());
        let raw = Raw {
            response,
            request: request.clone(),
            validator: validator.clone(),
            received: 0,
            expected,
            silence: settings.silence.as_millis() as u64,
            network: None,
            fruitless: 0,
        };
        let stream = if compressed {
            Stream::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(64 << 10, raw))))
        } else {
            Stream::Plain(Box::new(raw))
        };
        Self { stream, validator, length: expected.filter(|_| !compressed), largest: request.largest, given: 0 }
    }

    /// Goes on where it stopped when the connection breaks, if the server can do that.
    pub(super) fn resuming(mut self, network: Network) -> Self {
        // Behind a compression the place in the file is not known.
        if let Stream::Plain(raw) = &mut self.stream {
            raw.network = Some(network);
        }
        self
    }

    /// What to ask with next time.
    pub fn validator(&self) -> &Validator {
        &self.validator
    }

    /// How many bytes are to come in all, where that is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    fn name(&self) -> String {
        match &self.stream {
            Stream::Plain(raw) => raw.request.address.to_string(),
            Stream::Gzip(decoder) => decoder.get_ref().get_ref().request.address.to_string(),
        }
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match &mut self.stream {
            Stream::Plain(raw) => raw.read(buffer)?,
            Stream::Gzip(decoder) => decoder.read(buffer).map_err(|error| {
                if error.get_ref().is_some_and(|inner| inner.is::<NetError>()) {
                    return error;
                }
                let raw = decoder.get_ref().get_ref();
                io::Error::other(NetError::Cut {
                    address: raw.request.address.to_string(),
                    received: raw.received,
                    expected: raw.expected,
                })
            })?,
        };
        self.given += n as u64;
        if self.given > self.largest {
            return Err(io::Error::other(NetError::TooLarge { address: self.name(), limit: self.largest }));
        }
        if let Stream::Gzip(decoder) = &self.stream {
            let compressed = decoder.get_ref().get_ref().received;
            if self.given > FREE && self.given / RATIO > compressed {
                return Err(io::Error::other(NetError::Bomb { address: self.name(), compressed, limit: self.given }));
            }
        }
        Ok(n)
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let problem = match self.response.read(buffer) {
                Ok(0) if self.expected.is_none_or(|expected| self.received >= expected) => return Ok(0),
                Ok(0) => self.cut(),
                Ok(n) => {
                    self.received += n as u64;
                    self.fruitless = 0;
                    return Ok(n);
                }
                Err(error) if is_timeout(&error) => {
                    NetError::Silent { address: self.request.address.to_string(), milliseconds: self.silence }
                }
                Err(_) => self.cut(),
            };
            let Some(network) = self.network.clone().filter(|_| self.validator.for_range().is_some()) else {
                return Err(io::Error::other(problem));
            };
            if self.fruitless >= network.settings().attempts {
                return Err(io::Error::other(problem));
            }
            self.fruitless += 1;
            tracing::debug!(%problem, received = self.received, "going on where it stopped");
            self.reopen(&network).map_err(io::Error::other)?;
        }
    }
}

impl Raw {
    fn cut(&self) -> NetError {
        NetError::Cut { address: self.request.address.to_string(), received: self.received, expected: self.expected }
    }

    /// Asks for the rest. What has come must not have changed.
    fn reopen(&mut self, network: &Network) -> Result<(), NetError> {
        let request = self.request.clone();
        let changed = || NetError::Changed { address: request.address.to_string() };
        let mut waited = false;
        let response = network.persist(&request, || {
            // A server that cuts every answer is not asked without pause.
            if !std::mem::replace(&mut waited, true) {
                return Err(Failed::Again(self.cut(), None));
            }
            network
                .ask(&request, Piece::Rest(self.received, &self.validator))?
                .ok_or_else(|| Failed::Finally(changed()))
        })?;
        if response.status() == StatusCode::PARTIAL_CONTENT {
            let range = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
            let start = range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse::<u64>().ok());
            if start != Some(self.received) {
                return Err(changed());
            }
            self.response = response;
            return Ok(());
        }
        // The whole again: it changed, or the server knows no ranges.
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let validator = Validator { etag: text(header::ETAG), modified: text(header::LAST_MODIFIED) };
        if validator != self.validator {
            return Err(changed());
        }
        self.response = response;
        let skipped = io::copy(&mut self.response.by_ref().take(self.received), &mut io::sink()).unwrap_or(0);
        if skipped == self.received { Ok(()) } else { Err(self.cut()) }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::TimedOut
        || error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<reqwest::Error>())
            .is_some_and(reqwest::Error::is_timeout)
}

/// What a failure to read a body means for the attempt.
pub(super) fn failed(request: &Request, error: io::Error) -> Failed {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<NetError>()) {
        Some(problem @ (NetError::TooLarge { .. } | NetError::Bomb { .. })) => Failed::Finally(problem.clone()),
        Some(problem) => Failed::Again(problem.clone(), None),
        None => Failed::Again(
            NetError::Unreachable { address: request.address.to_string(), reason: request.redact(&error.to_string()) },
            None,
        ),
    }
}
