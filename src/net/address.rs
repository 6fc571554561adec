//! Addresses of services: TLS only, unless they are on this machine.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

use super::NetError;

/// The address of a service or of something it has. Printed without its query, which may hold a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// What lies at `path` below this address.
    pub fn join(&self, path: &str) -> Result<Self, NetError> {
        let mut base = self.0.clone();
        base.set_query(None);
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let joined = base
            .join(path)
            .map_err(|error| NetError::Address { address: path.to_owned(), reason: error.to_string() })?;
        // A path that comes from a server may hold a whole address; it must not lead elsewhere.
        if joined.host_str() != self.0.host_str() || joined.port_or_known_default() != self.0.port_or_known_default() {
            return Err(NetError::Address {
                address: Self(joined).to_string(),
                reason: format!("it leads away from {self}"),
            });
        }
        check(joined)
    }

    /// Host and port, by which requests are paced.
    pub(super) fn host(&self) -> String {
        format!("{}:{}", self.0.host_str().unwrap_or_default(), self.0.port_or_known_default().unwrap_or(0))
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    pub(super) fn with_query(&self, pairs: &[(String, String)]) -> Url {
        let mut url = self.0.clone();
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        url
    }

    /// Fields as a form's body.
    pub(super) fn form(&self, fields: &[(String, String)]) -> String {
        let mut url = self.0.clone();
        url.set_query(None);
        url.query_pairs_mut().extend_pairs(fields);
        url.query().unwrap_or_default().to_owned()
    }

    /// Whether it names a file that is compressed already.
    pub(super) fn names_compressed_file(&self) -> bool {
        self.0.path().ends_with(".gz")
    }

    /// Where a redirect from here leads, if it may be followed.
    pub(super) fn redirected(&self, location: &str) -> Result<Self, NetError> {
        let target = self.0.join(location).map_err(|error| NetError::Address {
            address: self.to_string(),
            reason: format!("it redirects to something that is no address: {error}"),
        })?;
        if target.host_str() != self.0.host_str() {
            return Err(NetError::Redirect {
                address: self.to_string(),
                target: target.host_str().unwrap_or_default().to_owned(),
            });
        }
        if target.port_or_known_default() != self.0.port_or_known_default() && target.scheme() != "https" {
            return Err(NetError::Redirect { address: self.to_string(), target: Self(target).host() });
        }
        check(target)
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn check(url: Url) -> Result<Address, NetError> {
    let address = Address(url);
    let refuse = |reason: &str| Err(NetError::Address { address: address.to_string(), reason: reason.to_owned() });
    match address.0.scheme() {
        "https" => Ok(address),
        "http" if is_loopback(&address.0) => Ok(address),
        "http" => refuse("it is not encrypted; only an address of this machine may be plain http"),
        _ => refuse("it is neither https nor http"),
    }
}

impl FromStr for Address {
    type Err = NetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text)
            .map_err(|error| NetError::Address { address: text.to_owned(), reason: error.to_string() })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NetError::Address {
                address: url.host_str().unwrap_or_default().to_owned(),
                reason: "a name or password does not belong into an address; use the key of the settings".to_owned(),
            });
        }
        check(url)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.0.port().map(|port| format!(":{port}")).unwrap_or_default();
        write!(f, "{}://{}{port}{}", self.0.scheme(), self.0.host_str().unwrap_or_default(), self.0.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Address, String> {
        text.parse::<Address>().map_err(|error| error.to_string())
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        assert!(read("https://example.org/x/").is_ok());
        for near in ["http://127.0.0.1:80/", "http://localhost:9/x", "http://[::1]:9/"] {
            assert!(read(near).is_ok(), "{near}");
        }
        for far in
            ["http://example.org/", "http://127.0.0.1.example.org/", "ftp://example.org/", "file:///etc/hosts", "x"]
        {
            assert!(read(far).is_err(), "{far}");
        }
    }

    #[test]
    fn joining_stays_on_the_host() {
        let base = read("https://example.org/rest").unwrap();
        assert_eq!(base.join("search").unwrap().to_string(), "https://example.org/rest/search");
        for away in ["https://example.net/x", "//example.net/x", "http://example.org/x"] {
            assert!(base.join(away).is_err(), "{away}");
        }
    }

    #[test]
    fn a_redirect_to_another_host_is_refused_by_name() {
        let base = read("https://example.org/a").unwrap();
        assert_eq!(base.redirected("/b").unwrap().to_string(), "https://example.org/b");
        let error = base.redirected("https://example.net/b").unwrap_err().to_string();
        assert!(error.contains("example.net"), "{error}");
        assert!(base.redirected("http://example.org/b").is_err(), "encryption must not be lost");
    }

    #[test]
    fn what_is_printed_has_no_query_and_no_password() {
        assert_eq!(read("https://example.org/x?api_key=abc").unwrap().to_string(), "https://example.org/x");
        let error = read("https://me:secret@example.org/").unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }
}
