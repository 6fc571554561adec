//! Replies: the same value as JSON or as a page, or why there is none.

use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};

use super::{Refusal, RefusalKind};
use crate::report::formats::by_name;
use crate::report::{Canvas, RefusalPage, Renderer};

/// In which form an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// For programs.
    Json,
    /// For a browser.
    Page,
}

impl Form {
    /// A browser says that it takes pages; whoever does not say so is a program.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        let accepts = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.contains("text/html"));
        if headers.get_all(ACCEPT).iter().any(accepts) { Self::Page } else { Self::Json }
    }

    const fn format(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Page => "html",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Page => "text/html; charset=utf-8",
        }
    }
}

/// Findings of each study that a page shows.
const FINDINGS: usize = 3;

/// What pages are made for: nobody's terminal, no command.
const CANVAS: Canvas = Canvas { width: 100, why: false, findings: FINDINGS, command: None };

/// An answer in a form, as text that is ready to be sent.
pub(super) fn rendered(
    form: Form,
    render: impl FnOnce(&dyn Renderer, Canvas) -> Option<String>,
) -> Result<String, Refusal> {
    by_name(form.format()).and_then(|renderer| render(renderer, CANVAS)).ok_or_else(|| Refusal {
        kind: RefusalKind::Question,
        message: "there is no page of this; ask for application/json".to_owned(),
        hint: None,
    })
}

/// A reply with this text.
pub(super) fn said(form: Form, status: StatusCode, text: String) -> Response {
    (status, [(CONTENT_TYPE, HeaderValue::from_static(form.media_type()))], text).into_response()
}

/// A reply that says why there is no answer. A reason may repeat what was asked: control characters of it do not come back.
pub(super) fn refused(form: Form, status: StatusCode, message: &str, hint: Option<&str>) -> Response {
    let message = message.replace(|c: char| c.is_control() && c != '\n', " ");
    let page = RefusalPage { message, hint: hint.map(str::to_owned) };
    let text = by_name(form.format()).and_then(|renderer| renderer.refusal(&page, CANVAS));
    let mut response = said(form, status, text.unwrap_or_default());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

impl Refusal {
    /// The reply that says so.
    pub(super) fn reply(&self, form: Form) -> Response {
        let status = match self.kind {
            RefusalKind::Question => StatusCode::UNPROCESSABLE_ENTITY,
            RefusalKind::Unknown => StatusCode::NOT_FOUND,
            RefusalKind::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            RefusalKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        };
        refused(form, status, &self.message, self.hint.as_deref())
    }
}
