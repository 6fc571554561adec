//! What is asked.

use std::fmt;

use super::Address;

/// A key. It is sent and never shown.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key itself, for a request.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Takes the key out of a text that may echo it.
    pub fn redact(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "[key]") }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

/// What tells whether something changed since it was last read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validator {
    /// The server's entity tag, as sent.
    pub etag: Option<String>,
    /// The date of its last change, as sent.
    pub modified: Option<String>,
}

impl Validator {
    /// Whether there is anything to compare.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.modified.is_none()
    }

    /// On one line, for a checkpoint.
    pub fn to_line(&self) -> String {
        format!("{}\t{}", self.etag.as_deref().unwrap_or_default(), self.modified.as_deref().unwrap_or_default())
    }

    /// What [`Validator::to_line`] wrote.
    pub fn from_line(line: &str) -> Self {
        let (etag, modified) = line.split_once('\t').unwrap_or((line, ""));
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self { etag: some(etag), modified: some(modified) }
    }

    /// What a piece of the rest may be asked by: a strong tag, else the date.
    pub(super) fn for_range(&self) -> Option<&str> {
        self.etag.as_deref().filter(|tag| !tag.starts_with("W/")).or(self.modified.as_deref())
    }
}

/// How the body of a request is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Payload {
    None,
    Form(Vec<(String, String)>),
    Json(Vec<u8>),
}

/// One question to a server.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) address: Address,
    pub(super) query: Vec<(String, String)>,
    pub(super) payload: Payload,
    pub(super) key: Option<(String, Secret)>,
    pub(super) bearer: Option<Secret>,
    pub(super) unless: Option<Validator>,
    pub(super) per_second: f64,
    pub(super) largest: u64,
}

/// The longest answer that is read unless a request says otherwise.
const LARGEST: u64 = 256 << 20;

impl Request {
    /// Asks for what is at an address.
    pub fn get(address: &Address, query: &[(&str, &str)]) -> Self {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self {
            address: address.clone(),
            query,
            payload: Payload::None,
            key: None,
            bearer: None,
            unless: None,
            per_second: 0.0,
            largest: LARGEST,
        }
    }

    /// Sends a form, for questions too long for an address.
    pub fn post_form(address: &Address, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { payload: Payload::Form(fields), ..Self::get(address, &[]) }
    }

    /// Sends JSON.
    pub fn post_json(address: &Address, body: Vec<u8>) -> Self {
        Self { payload: Payload::Json(body), ..Self::get(address, &[]) }
    }

    /// With a key as a parameter of this name, in the query or the form.
    #[must_use]
    pub fn key(mut self, name: &str, key: Option<&Secret>) -> Self {
        self.key = key.map(|key| (name.to_owned(), key.clone()));
        self
    }

    /// With a key in the header `Authorization`.
    #[must_use]
    pub fn bearer(mut self, key: Option<&Secret>) -> Self {
        self.bearer = key.cloned();
        self
    }

    /// Only if it changed.
    #[must_use]
    pub fn unless(mut self, validator: Validator) -> Self {
        self.unless = (!validator.is_empty()).then_some(validator);
        self
    }

    /// At most so many requests a second to this host; 0 for no bound.
    #[must_use]
    pub fn pace(mut self, per_second: f64) -> Self {
        self.per_second = per_second;
        self
    }

    /// Refuses an answer of more bytes, decompressed.
    #[must_use]
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.largest = bytes;
        self
    }

    /// Takes the keys out of a text.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for key in self.key.iter().map(|(_, key)| key).chain(&self.bearer) {
            text = key.redact(&text);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_never_shown() {
        let address: Address = "https://example.org/x".parse().unwrap();
        let key = Secret::new("abc123");
        let request = Request::get(&address, &[("a", "b")]).key("api_key", Some(&key)).bearer(Some(&key));
        assert!(!format!("{request:?} {key:?}").contains("abc123"));
        assert_eq!(request.redact("bad key abc123!"), "bad key [key]!");
    }

    #[test]
    fn validators_survive_a_checkpoint() {
        for validator in [
            Validator { etag: Some("\"x\"".to_owned()), modified: None },
            Validator { etag: None, modified: Some("Wed, 21 Oct 2026 07:28:00 GMT".to_owned()) },
            Validator::default(),
        ] {
            assert_eq!(Validator::from_line(&validator.to_line()), validator);
        }
        let weak = Validator { etag: Some("W/\"x\"".to_owned()), modified: Some("date".to_owned()) };
        assert_eq!(weak.for_range(), Some("date"), "a weak tag does not tell bytes apart");
    }
}
