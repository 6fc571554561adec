//! What is looked at before a request is, and what every reply says.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::reply::{Form, refused};

/// The names under which this server may be asked for.
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    port: u16,
    /// Names that go with the port of this server.
    own: Vec<String>,
    /// Names that go with any port: those of a proxy.
    others: Vec<String>,
}

impl Hosts {
    pub(super) fn new(address: SocketAddr, others: &[String]) -> Self {
        let mut own = vec![literal(address)];
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            own.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        }
        let others = others.iter().map(|name| name.to_ascii_lowercase()).collect();
        Self { port: address.port(), own, others }
    }

    /// Whether a request with this host is meant for this server.
    fn admit(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host.as_str(), Some(80)),
        };
        let named = |names: &[String]| names.iter().any(|known| known == name);
        named(&self.others) || port == Some(self.port) && named(&self.own)
    }
}

/// An address as it stands in front of a port.
fn literal(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// Refuses what is not meant for this server or comes from a page of elsewhere; marks every reply.
pub(super) async fn guard(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let form = Form::wanted(request.headers());
    let mut response = match complaint(&hosts, &request) {
        Some((status, message)) => refused(form, status, message, None),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    let marks: [(HeaderName, &'static str); 5] = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        // A page has its own policy; that nobody frames it can only be said here.
        (CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in marks {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn complaint(hosts: &Hosts, request: &Request) -> Option<(StatusCode, &'static str)> {
    let Some(host) = host(request) else {
        return Some((StatusCode::BAD_REQUEST, "the request does not say one host that it is for"));
    };
    if !hosts.admit(&host) {
        let message = "this server does not answer under that name; --host NAME lets it";
        return Some((StatusCode::MISDIRECTED_REQUEST, message));
    }
    if request.method() == Method::POST && is_from_elsewhere(request.headers(), &host) {
        return Some((StatusCode::FORBIDDEN, "questions from pages of elsewhere are not answered"));
    }
    None
}

/// The one host that a request names, in its address and its head alike.
fn host(request: &Request) -> Option<String> {
    let mut named = request.headers().get_all(HOST).iter();
    let host = named.next()?.to_str().ok()?.to_owned();
    let same = request.uri().authority().is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(&host));
    (named.next().is_none() && same).then_some(host)
}

/// Whether a browser says that a page of another origin asks.
fn is_from_elsewhere(headers: &HeaderMap, host: &str) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let own = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    own.is_none_or(|(_, name)| !name.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_names_with_its_own_port_are_this_server() {
        let hosts = Hosts::new("127.0.0.1:8765".parse().unwrap(), &["Evidence.Example".to_owned()]);
        for host in [
            "127.0.0.1:8765",
            "localhost:8765",
            "LOCALHOST:8765",
            "[::1]:8765",
            "evidence.example",
            "evidence.example:443",
        ] {
            assert!(hosts.admit(host), "{host}");
        }
        for host in [
            "",
            "evil.example:8765",
            "localhost",
            "localhost:80",
            "127.0.0.1:8766",
            "localhost:8765.evil.example",
            "[::1]",
        ] {
            assert!(!hosts.admit(host), "{host}");
        }
        let sixth = Hosts::new("[fd00::7]:80".parse().unwrap(), &[]);
        assert!(sixth.admit("[fd00::7]") && sixth.admit("[fd00::7]:80") && !sixth.admit("localhost"));
    }

    #[test]
    fn a_page_of_elsewhere_is_told_by_its_origin() {
        let headers = |origin: &'static str| HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(origin))]);
        assert!(!is_from_elsewhere(&HeaderMap::new(), "localhost:8765"));
        assert!(!is_from_elsewhere(&headers("http://localhost:8765"), "localhost:8765"));
        assert!(is_from_elsewhere(&headers("http://evil.example"), "localhost:8765"));
        assert!(is_from_elsewhere(&headers("null"), "localhost:8765"));
    }
}
