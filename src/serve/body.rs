//! Bodies: read up to a bound, and told apart by their type.

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use serde::de::DeserializeOwned;

use super::requests::{from_form, from_json};

/// The largest body that is looked at, in bytes.
const LARGEST: usize = 64 * 1024;
/// The largest body that is read to its end before it is refused, so that who sends it hears why.
const DRAINED: usize = 1024 * 1024;

/// Why a body is no question: a status and the reason.
pub(super) type Complaint = (StatusCode, String);

/// Whether the body is a form that a page sent, by its type; none if it is neither that nor JSON.
fn is_form(headers: &HeaderMap) -> Option<bool> {
    let given = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    match given.split(';').next()?.trim().to_ascii_lowercase().as_str() {
        "application/json" => Some(false),
        "application/x-www-form-urlencoded" => Some(true),
        _ => None,
    }
}

/// The question that a body asks.
pub(super) async fn read<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Complaint> {
    let Some(is_form) = is_form(headers) else {
        let message = "a question comes as application/json or application/x-www-form-urlencoded";
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, message.to_owned()));
    };
    let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, format!("a question has at most {} KiB", LARGEST / 1024));
    let bytes = to_bytes(body, DRAINED).await.map_err(|_| too_large())?;
    if bytes.len() > LARGEST {
        return Err(too_large());
    }
    let read = if is_form { from_form(&bytes) } else { from_json(&bytes) };
    read.map_err(|reason| (StatusCode::BAD_REQUEST, format!("the question cannot be read: {reason}")))
}
