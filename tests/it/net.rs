//! The network as sources use it, against a server that misbehaves.

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};
use litmine::net::{Address, Answer, Fetched, NetError, Network, NetworkSettings, Request, Secret, Validator};

use crate::server::{Asked, Manner, Reply, Server};

/// Quick to give up, so that tests are.
fn network() -> Network {
    Network::new(NetworkSettings {
        connect: Duration::from_millis(500),
        silence: Duration::from_millis(300),
        attempts: 4,
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_secs(2),
        contact: Some("tester@example.org".to_owned()),
    })
    .unwrap()
}

fn at(server: &Server, path: &str) -> Address {
    server.address().parse::<Address>().unwrap().join(path).unwrap()
}

fn fetch(server: &Server) -> Result<Vec<u8>, NetError> {
    network().fetch(&Request::get(&at(server, "x"), &[])).map(|fetched| fetched.bytes)
}

/// Misbehaves so many times and is well afterwards.
fn at_first(times: usize, bad: impl Fn() -> Reply + Send + Sync + 'static) -> Server {
    let seen = AtomicUsize::new(0);
    Server::start(move |_| if seen.fetch_add(1, Ordering::Relaxed) < times { bad() } else { Reply::ok("well") })
}

#[test]
fn what_passes_is_waited_for() {
    let faults: [fn() -> Reply; 6] = [
        || Reply::status(429),
        || Reply::status(500),
        || Reply::status(503),
        || Reply::ok("broken off").sent(Manner::CutAt(3)),
        || Reply::ok("x").sent(Manner::Silent(None)),
        || Reply::ok("silent half-way").sent(Manner::Silent(Some(5))),
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        let server = at_first(2, fault);
        assert_eq!(fetch(&server).unwrap(), b"well", "fault {n}");
        assert_eq!(server.asked().len(), 3, "fault {n}");
    }
}

#[test]
fn what_does_not_pass_ends_in_an_error_that_names_it() {
    type Expect = fn(&NetError) -> bool;
    type Case = (fn() -> Reply, Expect, usize);
    let faults: [Case; 6] = [
        (|| Reply::status(500), |e| matches!(e, NetError::Status { status: 500, .. }), 4),
        (|| Reply::status(404), |e| matches!(e, NetError::Status { status: 404, .. }), 1),
        (|| Reply::ok("broken off").sent(Manner::CutAt(3)), |e| matches!(e, NetError::Cut { received: 3, .. }), 4),
        (|| Reply::ok("x").sent(Manner::Silent(None)), |e| matches!(e, NetError::Silent { .. }), 4),
        (|| Reply::ok("xyz").sent(Manner::Silent(Some(1))), |e| matches!(e, NetError::Silent { .. }), 4),
        (
            || Reply::status(302).with("Location", "http://localhost:1/y"),
            |e| matches!(e, NetError::Redirect { target, .. } if target == "localhost"),
            1,
        ),
    ];
    for (n, (fault, expected, asked)) in faults.into_iter().enumerate() {
        let server = at_first(usize::MAX, fault);
        let error = fetch(&server).unwrap_err();
        assert!(expected(&error), "fault {n}: {error}");
        assert_eq!(server.asked().len(), asked, "fault {n}");
    }
}

#[test]
fn retry_after_is_kept_to_by_every_thread_and_not_for_ever() {
    let server = at_first(1, || Reply::status(429).with("Retry-After", "1"));
    let start = Instant::now();
    assert_eq!(fetch(&server).unwrap(), b"well");
    assert!(start.elapsed() >= Duration::from_secs(1));
    let server = at_first(usize::MAX, || Reply::status(503).with("Retry-After", "3600"));
    let error = fetch(&server).unwrap_err();
    assert!(matches!(error, NetError::Wait { seconds: 3600, .. }), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_redirect_on_the_host_is_followed() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/x" => Reply::status(301).with("Location", "/y"),
        _ => Reply::ok(asked.path.clone()),
    });
    assert_eq!(fetch(&server).unwrap(), b"/y");
    let circle = Server::start(|_| Reply::status(301).with("Location", "/x"));
    assert!(fetch(&circle).unwrap_err().to_string().contains("redirects"));
}

#[test]
fn nobody_there_is_an_error_without_the_query() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address: Address = format!("http://127.0.0.1:{port}/x").parse().unwrap();
    let request = Request::get(&address, &[("term", "query words")]).key("api_key", Some(&Secret::new("k3y")));
    let error = network().fetch(&request).unwrap_err().to_string();
    assert!(error.contains("127.0.0.1") && !error.contains("k3y") && !error.contains("query"), "{error}");
}

#[test]
fn a_rate_is_kept_and_connections_are_used_again() {
    let server = Server::start(|_| Reply::ok("x"));
    let network = network();
    let request = Request::get(&at(&server, "x"), &[]).pace(50.0);
    let began = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..4).for_each(|_| drop(network.fetch(&request).unwrap())));
        }
    });
    let asked = server.asked();
    // Not from the first one's arrival, which a busy machine may put off.
    let last = asked.iter().map(|a| a.at).max().unwrap() - began;
    assert!(last >= Duration::from_millis(210), "12 requests at 50 a second took {last:?}");
    let connections = asked.iter().map(|a| a.connection).max().unwrap() + 1;
    assert!(connections <= 4, "{connections} connections for 3 threads");
    assert!(asked[0].header("user-agent").unwrap().contains("litmine/"));
    assert!(asked[0].header("user-agent").unwrap().contains("tester@example.org"));
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let server = Server::start(|asked| Reply::file(asked, b"content", "\"v1\""));
    let network = network();
    let request = Request::get(&at(&server, "x"), &[]);
    let Fetched { bytes, validator } = network.fetch(&request).unwrap();
    assert_eq!(bytes, b"content");
    assert_eq!(network.fetch_changed(&request.clone().unless(validator)).unwrap(), Answer::Unchanged);
    let other = Validator { etag: Some("\"v0\"".to_owned()), modified: None };
    assert!(matches!(network.fetch_changed(&request.unless(other)).unwrap(), Answer::Whole(_)));
}

fn read_stream(server: &Server) -> std::io::Result<Vec<u8>> {
    let mut body = network().open(&Request::get(&at(server, "file.gz"), &[])).unwrap();
    let mut bytes = Vec::new();
    body.read_to_end(&mut bytes).map(|_| bytes)
}

#[test]
fn a_stream_goes_on_where_it_stopped() {
    let content: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let expected = content.clone();
    // Each answer breaks off, or falls silent, after a while.
    let seen = AtomicUsize::new(0);
    let server = Server::start(move |asked| {
        let manner = match seen.fetch_add(1, Ordering::Relaxed) {
            0 => Manner::CutAt(70_000),
            1 => Manner::Silent(Some(130_000)),
            _ => Manner::Whole,
        };
        Reply::file(asked, &content, "\"v1\"").sent(manner)
    });
    assert_eq!(read_stream(&server).unwrap(), expected);
    let ranges: Vec<Option<String>> = server.asked().iter().map(|a| a.header("range").map(str::to_owned)).collect();
    assert_eq!(ranges[0], None);
    assert_eq!(ranges.len(), 3);
    assert!(ranges[2].as_deref().unwrap().starts_with("bytes="), "{ranges:?}");
}

#[test]
fn a_stream_that_changed_half_way_is_not_patched_together() {
    let seen = AtomicUsize::new(0);
    let server = Server::start(move |asked| match seen.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::file(asked, &[b'a'; 90_000], "\"v1\"").sent(Manner::CutAt(50_000)),
        _ => Reply::file(asked, &[b'b'; 90_000], "\"v2\""),
    });
    assert!(read_stream(&server).unwrap_err().to_string().contains("changed"));
}

#[test]
fn a_server_without_ranges_sends_the_whole_again() {
    let seen = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let manner = if seen.fetch_add(1, Ordering::Relaxed) == 0 { Manner::CutAt(5_000) } else { Manner::Whole };
        Reply::ok(vec![b'a'; 9_000]).with("Last-Modified", "Wed, 21 Oct 2026 07:28:00 GMT").sent(manner)
    });
    assert_eq!(read_stream(&server).unwrap().len(), 9_000);
}

#[test]
fn a_stream_that_never_gets_further_ends() {
    let server = Server::start(|asked| Reply::file(asked, &[b'a'; 9_000], "\"v1\"").sent(Manner::CutAt(0)));
    assert!(read_stream(&server).is_err());
    assert!(server.asked().len() < 30, "{}", server.asked().len());
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_answers_are_read_and_bombs_are_not() {
    let packed = |asked: &Asked, bytes: &[u8]| {
        assert_eq!(asked.header("accept-encoding"), Some("gzip"));
        Reply::ok(gzip(bytes)).with("Content-Encoding", "gzip")
    };
    let server = Server::start(move |asked| packed(asked, b"words"));
    assert_eq!(fetch(&server).unwrap(), b"words");
    let server = Server::start(|_| {
        let whole = gzip(&b"many words, ".repeat(500));
        Reply::ok(&whole[..whole.len() - 9]).with("Content-Encoding", "gzip")
    });
    assert!(matches!(fetch(&server).unwrap_err(), NetError::Cut { .. }));
    let bomb = gzip(&vec![b' '; 100 << 20]);
    let server = Server::start(move |_| Reply::ok(bomb.clone()).with("Content-Encoding", "gzip"));
    assert!(matches!(fetch(&server).unwrap_err(), NetError::Bomb { .. }));
    let server = Server::start(|_| Reply::ok(vec![b'x'; 5000]));
    let small = Request::get(&at(&server, "x"), &[]).at_most(4000);
    assert!(matches!(network().fetch(&small).unwrap_err(), NetError::TooLarge { limit: 4000, .. }));
    assert_eq!(server.asked().len(), 1, "it would be as large again");
}

#[test]
fn forms_carry_their_key_in_the_body() {
    let server = Server::start(|asked| Reply::ok(format!("{} {}", asked.method, asked.field("id").unwrap_or("none"))));
    let key = Secret::new("k3y");
    let request = Request::post_form(&at(&server, "x"), &[("id", "1,2 & 3")]).key("api_key", Some(&key));
    assert_eq!(network().fetch(&request).unwrap().bytes, b"POST 1,2 & 3");
    let asked = server.asked();
    assert_eq!(asked[0].field("api_key"), Some("k3y"));
    assert!(String::from_utf8_lossy(&asked[0].body).contains("api_key=k3y"));
    server.forget();
    network().fetch(&Request::get(&at(&server, "x"), &[("id", "7")]).bearer(Some(&key))).unwrap();
    assert_eq!(server.asked()[0].header("authorization"), Some("Bearer k3y"));
}
