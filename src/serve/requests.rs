//! Questions as they come in bodies: JSON, or the boxes of a form. The keys are the names of the command's options.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// `POST /lookup`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "the keys are the options of litmine lookup, which describes them")]
pub struct LookupRequest {
    pub corpus: String,
    pub question: Option<String>,
    pub condition: Option<String>,
    pub treatment: Option<String>,
    pub comparator: Option<String>,
    pub outcome: Option<String>,
    pub test: Option<String>,
    pub kind: Option<String>,
    pub design: Vec<String>,
    pub level: Option<String>,
    pub year: Option<String>,
    pub min_n: Option<u64>,
    pub consistent: bool,
    pub without: Vec<String>,
    pub pool: bool,
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub as_of: Option<String>,
}

/// `POST /search`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs, reason = "the keys are the options of litmine search, which describes them")]
pub struct SearchRequest {
    pub corpus: String,
    pub query: String,
    pub unit: Option<String>,
    pub facet: Vec<String>,
    pub mode: Option<String>,
    pub sort: Option<String>,
    pub limit: Option<usize>,
    pub offset: usize,
    pub explain: bool,
    pub loosen: bool,
}

/// A request from JSON. What control characters there are in its words become spaces: nothing that is shown later obeys them.
pub(super) fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    clean(&mut value);
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// Boxes of a form that take several values, numbers, or a tick.
const LISTS: [&str; 3] = ["design", "without", "facet"];
const NUMBERS: [&str; 3] = ["min_n", "limit", "offset"];
const TICKS: [&str; 4] = ["consistent", "pool", "explain", "loosen"];

/// A request from the boxes of a form; empty ones say nothing.
pub(super) fn from_form<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut fields = Map::new();
    for (key, value) in form_urlencoded::parse(body).filter(|(_, value)| !value.trim().is_empty()) {
        let key = key.into_owned();
        let value = value.trim();
        if LISTS.contains(&key.as_str()) {
            let list = fields.entry(key).or_insert_with(|| Value::Array(Vec::new()));
            if let Some(list) = list.as_array_mut() {
                list.push(Value::from(value));
            }
        } else if NUMBERS.contains(&key.as_str()) {
            let number: u64 = value.parse().map_err(|_| format!("{key}: a whole number is needed"))?;
            fields.insert(key, Value::from(number));
        } else if TICKS.contains(&key.as_str()) {
            fields.insert(key, Value::from(true));
        } else {
            fields.insert(key, Value::from(value));
        }
    }
    let mut value = Value::Object(fields);
    clean(&mut value);
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn clean(value: &mut Value) {
    match value {
        Value::String(text) => *text = text.replace(char::is_control, " "),
        Value::Array(values) => values.iter_mut().for_each(clean),
        Value::Object(fields) => fields.values_mut().for_each(clean),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_asks_what_json_asks() {
        let json: LookupRequest = from_json(
            br#"{"corpus":"demo","condition":"heart failure","design":["rct","cohort"],"min_n":100,"pool":true}"#,
        )
        .unwrap();
        let form = "corpus=demo&question=&condition=heart+failure&design=rct&design=cohort&min_n=100&pool=on&level=";
        assert_eq!(from_form::<LookupRequest>(form.as_bytes()).unwrap(), json);
        assert!(from_form::<LookupRequest>(b"corpus=demo&limit=many").unwrap_err().contains("whole number"));
    }

    #[test]
    fn what_is_not_known_is_refused_and_named() {
        let error = from_json::<LookupRequest>(br#"{"corpus":"demo","patient":"72 F"}"#).unwrap_err();
        assert!(error.contains("patient"), "{error}");
        assert!(from_json::<SearchRequest>(b"[1]").is_err() && from_json::<SearchRequest>(b"{").is_err());
    }

    #[test]
    fn control_characters_go_no_further() {
        let asked: SearchRequest = from_json(br#"{"corpus":"demo","query":"heart\u001b[31m\u0007failure\n"}"#).unwrap();
        assert_eq!(asked.query, "heart [31m failure ");
    }
}
