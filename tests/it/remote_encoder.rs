//! An encoder that is a server: what goes there, and what does not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use litmine::embed::{self, EncoderError, EncoderSettings, Purpose, RemoteKind, RemoteSettings};
use litmine::net::{NetworkSettings, Secret};
use serde_json::{Value, json};

use crate::program::Workspace;
use crate::server::{Asked, Reply, Server};

const WORDS: [&str; 5] = ["wheeze", "a much longer text about wheeze in asthma", "fever", "", "ünïcode"];

/// A vector that depends on the text alone, of length 1.
fn vector(text: &str) -> Vec<f32> {
    let row: Vec<f32> = (0..4).map(|n| 1.0 + text.bytes().map(|b| f32::from(b % (n + 2))).sum::<f32>()).collect();
    let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
    row.into_iter().map(|x| x / length).collect()
}

fn texts(asked: &Asked, field: &str) -> Vec<String> {
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    body[field].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Text Embeddings Inference, with at most three texts in a request.
fn inference(asked: &Asked) -> Reply {
    match asked.path.as_str() {
        "/info" => {
            Reply::ok(json!({"model_id": "test/model", "model_sha": "abc", "max_client_batch_size": 3}).to_string())
        }
        "/embed" => {
            let texts = texts(asked, "inputs");
            if texts.len() > 3 {
                return Reply::status(413);
            }
            Reply::ok(json!(texts.iter().map(|text| vector(text)).collect::<Vec<_>>()).to_string())
        }
        _ => Reply::status(404),
    }
}

/// OpenAI's interface; the rows come in reverse and are twice as long as they should be.
fn openai(asked: &Asked) -> Reply {
    if asked.path != "/v1/embeddings" {
        return Reply::status(404);
    }
    let rows: Vec<Value> = texts(asked, "input")
        .iter()
        .enumerate()
        .map(|(n, text)| json!({"index": n, "embedding": vector(text).iter().map(|x| x * 2.0).collect::<Vec<_>>()}))
        .rev()
        .collect();
    Reply::ok(json!({"data": rows}).to_string())
}

fn settings(server: &Server, kind: RemoteKind) -> EncoderSettings {
    EncoderSettings {
        remote: Some(RemoteSettings {
            address: server.address(),
            kind,
            model: (kind == RemoteKind::OpenAi).then(|| "test-embedding".to_owned()),
            key: Some(Secret::new("k3y")),
            dimension: None,
            batch: 32,
            parallel: 3,
            network: NetworkSettings {
                silence: Duration::from_secs(2),
                attempts: 3,
                first_pause: Duration::from_millis(5),
                ..NetworkSettings::default()
            },
        }),
        ..EncoderSettings::default()
    }
}

#[test]
fn both_interfaces_give_the_same_vectors_in_order() {
    for (kind, server, model) in [
        (RemoteKind::TextEmbeddingsInference, Server::start(inference), "test/model@abc"),
        (RemoteKind::OpenAi, Server::start(openai), "test-embedding"),
    ] {
        let mut encoder = embed::start(&settings(&server, kind), Purpose::Published).unwrap();
        assert_eq!((encoder.model(), encoder.dimension()), (model, 4));
        let many: Vec<&str> = WORDS.iter().copied().cycle().take(23).collect();
        let rows = encoder.embed(&many).unwrap();
        assert_eq!(rows.len(), 23);
        for (text, row) in many.iter().zip(&rows) {
            let off = vector(text).iter().zip(row).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off < 1e-6, "{kind:?} {text}: {off}");
        }
        assert!(encoder.embed(&[]).unwrap().is_empty());
        assert!(server.asked().iter().all(|asked| asked.header("authorization") == Some("Bearer k3y")));
    }
}

#[test]
fn what_is_no_vector_is_refused() {
    let answers = [
        ("[[1,0,0,0]]", true),
        ("[[2,0,0,0]]", true),
        ("[]", false),
        ("[[1,0,0,0],[1,0,0,0]]", false),
        ("[[]]", false),
        ("[[0,0,0,0]]", false),
        ("[[1e30,1e30,0,0]]", false),
        ("{\"error\":\"overloaded\"}", false),
        ("[[1,null,0,0]]", false),
    ];
    for (answer, good) in answers {
        let server = Server::start(move |asked| match asked.path.as_str() {
            "/info" => Reply::ok(r#"{"model_id":"m"}"#),
            _ => Reply::ok(answer),
        });
        let started = embed::start(&settings(&server, RemoteKind::TextEmbeddingsInference), Purpose::Published);
        assert_eq!(started.is_ok(), good, "{answer}");
    }
    // A dimension that changes on the way.
    let seen = AtomicUsize::new(0);
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/info" => Reply::ok(r#"{"model_id":"m"}"#),
        _ if seen.fetch_add(1, Ordering::Relaxed) == 0 => Reply::ok("[[1,0,0]]"),
        _ => Reply::ok("[[1,0]]"),
    });
    let mut encoder =
        embed::start(&settings(&server, RemoteKind::TextEmbeddingsInference), Purpose::Published).unwrap();
    assert!(matches!(encoder.embed(&["x"]), Err(EncoderError::Protocol(_))));
    // Another dimension, or another model, than the settings say.
    let server = Server::start(inference);
    let mut wrong = settings(&server, RemoteKind::TextEmbeddingsInference);
    wrong.remote.as_mut().unwrap().dimension = Some(384);
    assert!(matches!(embed::start(&wrong, Purpose::Published), Err(EncoderError::Protocol(_))));
    wrong.remote.as_mut().unwrap().dimension = None;
    wrong.remote.as_mut().unwrap().model = Some("other/model".to_owned());
    assert!(matches!(embed::start(&wrong, Purpose::Published), Err(EncoderError::Missing(_))));
}

#[test]
fn an_overloaded_server_is_asked_again_and_a_refusing_one_is_not() {
    let seen = AtomicUsize::new(0);
    let server = Server::start(move |asked| match seen.fetch_add(1, Ordering::Relaxed) % 2 {
        0 => Reply::status(429),
        _ => inference(asked),
    });
    let mut encoder =
        embed::start(&settings(&server, RemoteKind::TextEmbeddingsInference), Purpose::Published).unwrap();
    let mut one = settings(&server, RemoteKind::TextEmbeddingsInference);
    one.remote.as_mut().unwrap().parallel = 1;
    assert_eq!(encoder.embed(&["x"]).unwrap().len(), 1);
    let server = Server::start(|_| Reply::status(401));
    let refused = embed::start(&settings(&server, RemoteKind::TextEmbeddingsInference), Purpose::Published);
    let error = refused.err().unwrap().to_string();
    assert!(error.contains("401") && !error.contains("k3y"), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn questions_stay_here_unless_allowed_and_patients_always() {
    let server = Server::start(inference);
    let mut settings = settings(&server, RemoteKind::TextEmbeddingsInference);
    for purpose in [Purpose::Question, Purpose::Patient] {
        assert!(matches!(embed::start(&settings, purpose), Err(EncoderError::Private(_))), "{purpose:?}");
    }
    settings.remote_questions = true;
    assert!(matches!(embed::start(&settings, Purpose::Patient), Err(EncoderError::Private(_))));
    assert!(server.asked().is_empty(), "nothing may have left");
    assert!(embed::start(&settings, Purpose::Question).is_ok());
}

#[test]
fn the_program_sends_documents_and_no_question() {
    let server = Server::start(inference);
    let workspace = Workspace::with_demo();
    let settings = format!(
        "[remote_encoder]\naddress = \"{}\"\nkind = \"text-embeddings-inference\"\n[network]\nattempts = 2\nfirst_pause = 0.01\n",
        server.address()
    );
    std::fs::create_dir_all(workspace.path("litmine")).unwrap();
    std::fs::write(workspace.path("litmine/settings.toml"), settings).unwrap();
    workspace.run(&["refresh", "demo"]).expect(0);
    assert!(server.asked().iter().any(|asked| asked.path == "/embed"), "documents are embedded there");
    server.forget();
    let question = "wheezing in children who swallowed marbles";
    let ran = workspace.run(&["search", "demo", question, "--format", "json"]).expect(0);
    assert!(server.asked().is_empty(), "a question left the machine");
    assert!(ran.out().contains("--remote-questions"), "{}", ran.out());
    workspace.run(&["search", "demo", question, "--remote-questions"]).expect(0);
    let sent: Vec<Asked> = server.asked();
    assert!(sent.iter().any(|asked| asked.path == "/embed" && texts(asked, "inputs") == [question]));
}
