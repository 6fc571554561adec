//! A small HTTP server of this machine for the tests, which keeps what it was asked and can misbehave.

pub(crate) mod bulk;
pub(crate) mod europe_pmc;
pub(crate) mod eutils;
pub(crate) mod pmc;
pub(crate) mod preprints;
pub(crate) mod records;
pub(crate) mod registry;
pub(crate) mod retraction_watch;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A question as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    /// The fields of the query, and of a form in the body.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
    /// The number of the connection that it came over.
    pub(crate) connection: usize,
}

impl Asked {
    /// A field of the query or form.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// How an answer is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should be.
    Whole,
    /// The connection closes after so many bytes of the body.
    CutAt(usize),
    /// Nothing is sent for longer than anybody waits, after so many bytes of the body; none: not even a head.
    Silent(Option<usize>),
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) manner: Manner,
}

impl Reply {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into(), manner: Manner::Whole }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::ok("") }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn sent(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// A file with a tag: asked for by `Range` and `If-Range`, or only if it changed.
    pub(crate) fn file(asked: &Asked, body: &[u8], tag: &str) -> Self {
        if asked.header("if-none-match") == Some(tag) {
            return Self::status(304).with("ETag", tag);
        }
        let same = asked.header("if-range").is_none_or(|wanted| wanted == tag);
        let from =
            asked.header("range").and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        match from {
            Some(from) if same && from <= body.len() => Self {
                status: 206,
                ..Self::ok(&body[from..])
                    .with("Content-Range", &format!("bytes {from}-{}/{}", body.len().saturating_sub(1), body.len()))
            },
            _ => Self::ok(body),
        }
        .with("ETag", tag)
        .with("Accept-Ranges", "bytes")
    }
}

type Handler = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A server that ends with the test.
pub(crate) struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// Listens on a free port of this machine and answers as `handler` says.
    pub(crate) fn start(handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let handler: Arc<Handler> = Arc::new(handler);
        let (log, stopped) = (Arc::clone(&asked), Arc::clone(&stop));
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (handler, log, stopped) = (Arc::clone(&handler), Arc::clone(&log), Arc::clone(&stopped));
                thread::spawn(move || serve(stream, number, &*handler, &log, &stopped));
            }
        });
        Self { port, asked, stop }
    }

    /// Its address, ending with `/`.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// What it was asked so far, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Forgets what it was asked.
    pub(crate) fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(stream: TcpStream, connection: usize, handler: &Handler, log: &Mutex<Vec<Asked>>, stop: &AtomicBool) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let _ = stream.set_nodelay(true);
    let Ok(mut writer) = stream.try_clone() else { return };
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader, connection) {
        log.lock().unwrap().push(asked.clone());
        let reply = handler(&asked);
        if send(&mut writer, &reply, stop).is_none() {
            return;
        }
    }
}

/// Reads one question; none when the other side has gone.
fn read(reader: &mut BufReader<TcpStream>, connection: usize) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, n)| n.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut fields = fields_of(query);
    if headers.iter().any(|(name, value)| name == "content-type" && value.contains("form-urlencoded")) {
        fields.extend(fields_of(&String::from_utf8_lossy(&body)));
    }
    Some(Asked { method, path: decode(path), fields, headers, body, at: Instant::now(), connection })
}

fn fields_of(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

fn decode(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap()
}

/// Sends an answer; none when the connection is not to be used again.
fn send(writer: &mut TcpStream, reply: &Reply, stop: &AtomicBool) -> Option<()> {
    if reply.manner == Manner::Silent(None) {
        be_silent(stop);
        return None;
    }
    let mut head = format!("HTTP/1.1 {} x\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    writer.write_all(head.as_bytes()).ok()?;
    let part = match reply.manner {
        Manner::CutAt(bytes) | Manner::Silent(Some(bytes)) => bytes.min(reply.body.len()),
        _ => reply.body.len(),
    };
    writer.write_all(&reply.body[..part]).ok()?;
    writer.flush().ok()?;
    match reply.manner {
        Manner::Whole => Some(()),
        Manner::Silent(_) => {
            be_silent(stop);
            None
        }
        Manner::CutAt(_) => {
            let _ = writer.shutdown(std::net::Shutdown::Both);
            None
        }
    }
}

/// Longer than any patience of the tests.
fn be_silent(stop: &AtomicBool) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) && !stop.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(20));
    }
}
