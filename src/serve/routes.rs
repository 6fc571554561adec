//! What is answered under which address.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{HeaderMap, HeaderValue, VARY};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use tokio::sync::Semaphore;

use super::reply::{Form, refused, rendered, said};
use super::requests::{LookupRequest, SearchRequest};
use super::{Answers, Refusal, RefusalKind, ServeSettings, body, guard};

/// The description of all this for programs.
const OPENAPI: &str = include_str!("openapi.json");

/// How many answers may wait for their turn, for each that is being made.
const WAITING: usize = 16;

/// What every reply is made with.
#[derive(Clone)]
struct Desk {
    answers: Arc<dyn Answers>,
    /// Places for answers that are being made or wait.
    places: Arc<Semaphore>,
    time: Duration,
}

/// Every address.
pub(super) fn router(answers: Arc<dyn Answers>, settings: &ServeSettings, address: SocketAddr) -> Router {
    let places = settings.at_once.get() * (1 + WAITING);
    let desk = Desk { answers, places: Arc::new(Semaphore::new(places)), time: settings.time };
    let hosts = Arc::new(guard::Hosts::new(address, &settings.hosts));
    Router::new()
        .route("/", get(entrance))
        .route("/corpora", get(corpora))
        .route("/status/{corpus}", get(status))
        .route("/lookup", post(lookup))
        .route("/search", post(search))
        .route("/documents/{*id}", get(document))
        .route("/map/{corpus}", get(map))
        .route("/openapi.json", get(|| async { said(Form::Json, StatusCode::OK, OPENAPI.to_owned()) }))
        .route("/health", get(health))
        .fallback(nothing_here)
        .method_not_allowed_fallback(another_method)
        .with_state(desk)
        .layer(axum::middleware::from_fn_with_state(hosts, guard::guard))
}

impl Desk {
    /// Makes an answer where it may block, in its turn and in its time.
    async fn answer(
        self,
        form: Form,
        work: impl FnOnce(&dyn Answers) -> Result<String, Refusal> + Send + 'static,
    ) -> Response {
        let Ok(place) = self.places.try_acquire_owned() else {
            return refused(form, StatusCode::SERVICE_UNAVAILABLE, "too many answers are being made; ask again", None);
        };
        let answers = self.answers;
        let mut made = tokio::task::spawn_blocking(move || {
            // The place is held until the work is done, whether or not anyone still waits for it.
            let _place = place;
            work(answers.as_ref())
        });
        match tokio::time::timeout(self.time, &mut made).await {
            Ok(Ok(Ok(text))) => said(form, StatusCode::OK, text),
            Ok(Ok(Err(refusal))) => {
                if refusal.kind == RefusalKind::Failed {
                    tracing::warn!("an answer failed: {}", refusal.message);
                }
                refusal.reply(form)
            }
            Ok(Err(_)) => refused(form, StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be made", None),
            Err(_) => {
                // What has not begun never will.
                made.abort();
                let message = format!("the answer took longer than {} s", self.time.as_secs());
                refused(form, StatusCode::GATEWAY_TIMEOUT, &message, None)
            }
        }
    }
}

async fn entrance(State(desk): State<Desk>) -> Response {
    desk.answer(Form::Page, |answers| {
        let page = answers.corpora()?;
        rendered(Form::Page, |renderer, canvas| renderer.entrance(&page, canvas))
    })
    .await
}

async fn corpora(State(desk): State<Desk>) -> Response {
    desk.answer(Form::Json, |answers| {
        let page = answers.corpora()?;
        rendered(Form::Json, |renderer, canvas| renderer.entrance(&page, canvas))
    })
    .await
}

async fn status(State(desk): State<Desk>, Path(corpus): Path<String>) -> Response {
    desk.answer(Form::Json, move |answers| {
        let page = answers.status(&corpus)?;
        rendered(Form::Json, |renderer, canvas| renderer.status(std::slice::from_ref(&page), canvas))
    })
    .await
}

async fn lookup(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Response {
    let form = Form::wanted(&headers);
    let request: LookupRequest = match in_time(&desk, body::read(&headers, body)).await {
        Ok(request) => request,
        Err((status, reason)) => return refused(form, status, &reason, None),
    };
    desk.answer(form, move |answers| {
        let answer = answers.lookup(&request)?;
        rendered(form, |renderer, canvas| renderer.answer(&answer, canvas))
    })
    .await
}

async fn search(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Response {
    let request: SearchRequest = match in_time(&desk, body::read(&headers, body)).await {
        Ok(request) => request,
        Err((status, reason)) => return refused(Form::Json, status, &reason, None),
    };
    desk.answer(Form::Json, move |answers| {
        let page = answers.search(&request)?;
        rendered(Form::Json, |renderer, canvas| renderer.hits(&page, canvas))
    })
    .await
}

async fn document(State(desk): State<Desk>, Path(id): Path<String>, uri: Uri) -> Response {
    let query = uri.query().unwrap_or_default().as_bytes();
    let named = form_urlencoded::parse(query).find(|(key, _)| key == "corpus");
    let corpus = named.map(|(_, corpus)| corpus.into_owned());
    desk.answer(Form::Json, move |answers| {
        let page = answers.document(&id, corpus.as_deref())?;
        rendered(Form::Json, |renderer, canvas| renderer.document(&page, canvas))
    })
    .await
}

async fn map(State(desk): State<Desk>, Path(corpus): Path<String>, headers: HeaderMap) -> Response {
    let form = Form::wanted(&headers);
    let mut response = desk
        .answer(form, move |answers| {
            let page = answers.map(&corpus)?;
            rendered(form, |renderer, canvas| renderer.map(&page, canvas))
        })
        .await;
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    response
}

/// That the server takes requests; nothing is opened for it.
async fn health() -> Response {
    let version = env!("CARGO_PKG_VERSION");
    said(Form::Json, StatusCode::OK, format!("{{\"schema\": 1, \"status\": \"ok\", \"version\": \"{version}\"}}\n"))
}

async fn nothing_here(request: Request) -> Response {
    let form = Form::wanted(request.headers());
    refused(form, StatusCode::NOT_FOUND, "nothing is answered under this address; /openapi.json lists what is", None)
}

async fn another_method(request: Request) -> Response {
    let form = Form::wanted(request.headers());
    let message = "this address is asked in another way: questions are sent by POST, everything else is read by GET";
    refused(form, StatusCode::METHOD_NOT_ALLOWED, message, None)
}

/// A body that does not come in time is none.
async fn in_time<T>(desk: &Desk, read: impl Future<Output = Result<T, body::Complaint>>) -> Result<T, body::Complaint> {
    let late = || Err((StatusCode::REQUEST_TIMEOUT, "the question did not come in time".to_owned()));
    tokio::time::timeout(desk.time, read).await.unwrap_or_else(|_| late())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_lists_every_address_and_every_key() {
        let description: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let paths: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
        let mut expected = vec![
            "/",
            "/corpora",
            "/documents/{id}",
            "/health",
            "/lookup",
            "/map/{corpus}",
            "/openapi.json",
            "/search",
            "/status/{corpus}",
        ];
        expected.sort_unstable();
        assert_eq!(paths, expected);
        // What is described can be asked: no key is refused as unknown, whatever is said of its value.
        for (name, unknown) in [("LookupRequest", true), ("SearchRequest", false)] {
            let properties = description["components"]["schemas"][name]["properties"].as_object().unwrap();
            for key in properties.keys() {
                let body = format!("{{\"{key}\": {{}}}}");
                let error = match unknown {
                    true => super::super::requests::from_json::<LookupRequest>(body.as_bytes()).unwrap_err(),
                    false => super::super::requests::from_json::<SearchRequest>(body.as_bytes()).unwrap_err(),
                };
                assert!(error.contains("invalid type"), "{name} {key}: {error}");
            }
        }
    }
}
