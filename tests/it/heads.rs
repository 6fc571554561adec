//! Trained heads: tiny ones, made here, applied by the real program to the real model.

use std::path::PathBuf;

use litmine::embed::{
    Encoder, EncoderError, EncoderSettings, Head, HeadInput, HeadKind, Mark, ProcessEncoder, Scores, TokenScores,
};
use serde_json::json;

const SENTENCES: [&str; 5] = [
    "Pain fell by 12·5 points in naïve adults.",
    "It rose.",
    "β-blockers were given to 212 of 1604 participants (13.2%), and placebo to the others.",
    "",
    "No difference was shown (hazard ratio 1.02, 95% CI 0.82–1.26; P = 0.88).",
];
/// What the model's hidden states are made of.
const WIDTH: usize = 384;

fn start() -> ProcessEncoder {
    let settings = EncoderSettings {
        program: Some(PathBuf::from(env!("CARGO_BIN_EXE_litmine-encoder"))),
        model: std::env::var_os("LITMINE_MODEL").map(PathBuf::from),
        dtype: Some("fp32".to_owned()),
        ..EncoderSettings::default()
    };
    ProcessEncoder::start(&settings).unwrap()
}

/// A tensor of a head: its name, shape and numbers.
type Part = (&'static str, Vec<usize>, Vec<f32>);

/// The file of a head with these keys, over or beside the usual ones.
fn file(encoder: &ProcessEncoder, keys: &[(&str, &str)], parts: &[Part]) -> Vec<u8> {
    let model = encoder.model().rsplit_once('/').unwrap().0;
    let mut metadata = json!({"litmine.head": "1", "model": model, "kind": "sentence", "layers": "[6]", "labels": "[\"yes\", \"no\"]"});
    for (key, value) in keys {
        metadata[key] = json!(value);
    }
    let mut header = json!({"__metadata__": metadata});
    let mut data = Vec::new();
    for (name, shape, numbers) in parts {
        let start = data.len();
        data.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        header[name] = json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]});
    }
    let header = header.to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// Weights without a pattern, the same every time.
fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|n| ((n * 7919 + 13) % 1009) as f32 / 1009.0 - 0.5).collect()
}

fn rows(scores: Scores) -> Vec<Vec<f32>> {
    match scores {
        Scores::Sentences(rows) => rows,
        Scores::Tokens(_) => panic!("scores of tokens"),
    }
}

fn pieces(scores: Scores) -> Vec<Vec<TokenScores>> {
    match scores {
        Scores::Tokens(texts) => texts,
        Scores::Sentences(_) => panic!("scores of sentences"),
    }
}

fn softmax(row: &[f32]) -> Vec<f32> {
    let sum: f32 = row.iter().map(|x| x.exp()).sum();
    row.iter().map(|x| x.exp() / sum).collect()
}

fn close(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-4)
}

fn dense(weight: &[f32], bias: &[f32], input: &[f32]) -> Vec<f32> {
    let rows = weight.chunks_exact(input.len()).zip(bias);
    rows.map(|(row, bias)| bias + row.iter().zip(input).map(|(w, x)| w * x).sum::<f32>()).collect()
}

#[test]
fn a_head_over_sentences_is_a_net_over_their_vectors() {
    let mut encoder = start();
    let vectors = encoder.embed(&SENTENCES).unwrap();
    // The sentence before, itself, the sentence behind, two numbers besides; three in the middle, two labels.
    let input = 3 * WIDTH + 2;
    let (first, second) = (numbers(3 * input), numbers(6));
    let parts: Vec<Part> = vec![
        ("0.weight", vec![3, input], first.clone()),
        ("0.bias", vec![3], vec![0.1, -0.2, 0.3]),
        ("1.weight", vec![2, 3], second.clone()),
        ("1.bias", vec![2], vec![0.0, 0.5]),
    ];
    let keys = [("neighbours", "1"), ("features", "2"), ("hidden", "relu")];
    let head = Head::new(file(&encoder, &keys, &parts));
    let description = encoder.describe(&head).unwrap();
    assert_eq!((description.kind, description.features), (HeadKind::Sentence, 2));
    assert_eq!(description.labels, ["yes", "no"]);

    let features: Vec<Vec<f32>> = (0..5).map(|n| vec![n as f32 / 4.0, -1.0]).collect();
    // Two documents: of three sentences and of two.
    let asked = HeadInput { texts: &SENTENCES, groups: &[3, 2], features: &features, marks: &[] };
    let scores = rows(encoder.apply(&head, &asked).unwrap());
    let nothing = vec![0.0; WIDTH];
    let beside = |n: usize| match n {
        0 => [&nothing, &vectors[0], &vectors[1]],
        1 => [&vectors[0], &vectors[1], &vectors[2]],
        2 => [&vectors[1], &vectors[2], &nothing],
        3 => [&nothing, &vectors[3], &vectors[4]],
        _ => [&vectors[3], &vectors[4], &nothing],
    };
    for n in 0..5 {
        let mut input: Vec<f32> = beside(n).into_iter().flatten().copied().collect();
        input.extend(&features[n]);
        let inner: Vec<f32> = dense(&first, &[0.1, -0.2, 0.3], &input).into_iter().map(|x| x.max(0.0)).collect();
        let expected = softmax(&dense(&second, &[0.0, 0.5], &inner));
        assert!(close(&scores[n], &expected), "{n}: {:?}, not {expected:?}", scores[n]);
    }

    for wrong in [
        HeadInput { texts: &SENTENCES, groups: &[], features: &[], marks: &[] },
        HeadInput { texts: &SENTENCES, groups: &[4], features: &features, marks: &[] },
        HeadInput { texts: &SENTENCES[..1], groups: &[], features: &[vec![1.0]], marks: &[] },
    ] {
        assert!(matches!(encoder.apply(&head, &wrong), Err(EncoderError::Failed(_))));
    }
    // It goes on after a refusal.
    assert!(close(&rows(encoder.apply(&head, &asked).unwrap())[4], &scores[4]));
}

#[test]
fn marks_are_seen_by_the_pieces_under_them() {
    let mut encoder = start();
    let keys = [("litmine.head", "2"), ("kind", "token"), ("scores", "sigmoid"), ("marks", "2")];
    // The first label fires where a mark of the second kind begins, the second where one lies over a piece.
    let inner = WIDTH + 4;
    let mut weight = vec![0.0; 2 * inner];
    weight[WIDTH + 2] = 20.0;
    weight[inner + WIDTH + 3] = 20.0;
    let parts: Vec<Part> = vec![("0.weight", vec![2, inner], weight), ("0.bias", vec![2], vec![-10.0, -10.0])];
    let head = Head::new(file(&encoder, &keys, &parts));
    assert_eq!(encoder.describe(&head).unwrap().marks, 2);
    let texts = ["It rose again."];
    let marks = [vec![Mark { start: 3, end: 13, kind: 1 }, Mark { start: 0, end: 2, kind: 0 }]];
    let asked = HeadInput { texts: &texts, marks: &marks, ..HeadInput::default() };
    let found = pieces(encoder.apply(&head, &asked).unwrap());
    let fired: Vec<(u32, bool, bool)> =
        found[0].iter().map(|piece| (piece.span.start, piece.scores[0] > 0.5, piece.scores[1] > 0.5)).collect();
    assert_eq!(fired, [(0, false, false), (3, true, true), (8, false, true), (13, false, false)]);
    for wrong in [vec![], vec![vec![Mark { start: 0, end: 2, kind: 2 }]], vec![vec![], vec![]]] {
        let asked = HeadInput { texts: &texts, marks: &wrong, ..HeadInput::default() };
        assert!(matches!(encoder.apply(&head, &asked), Err(EncoderError::Failed(_))), "{wrong:?}");
    }
    // The first form knows no marks.
    let old = Head::new(file(&encoder, &[("kind", "token"), ("marks", "2")], &parts));
    assert!(matches!(encoder.describe(&old), Err(EncoderError::Failed(_))));
}

#[test]
fn a_head_over_tokens_says_where_each_stands() {
    let mut encoder = start();
    let keys = [("kind", "token"), ("layers", "[3, 6]"), ("scores", "sigmoid")];
    let weight = numbers(2 * 2 * WIDTH);
    let plain: Vec<Part> = vec![("0.weight", vec![2, 2 * WIDTH], weight.clone()), ("0.bias", vec![2], vec![0.0, 0.1])];
    let plain = Head::new(file(&encoder, &keys, &plain));
    let together = pieces(encoder.apply(&plain, &HeadInput { texts: &SENTENCES, ..HeadInput::default() }).unwrap());
    assert!(together[3].is_empty(), "an empty text has no pieces");
    for (text, found) in SENTENCES.iter().zip(&together) {
        let characters: Vec<char> = text.chars().collect();
        let mut end = 0;
        for piece in found {
            let (start, stop) = (piece.span.start as usize, piece.span.end as usize);
            assert!(start >= end && stop > start, "{text}: {piece:?}");
            assert!(characters[end..start].iter().all(|c| c.is_whitespace()), "{text}: left out before {start}");
            assert!(piece.scores.iter().all(|score| (0.0..=1.0).contains(score)));
            end = stop;
        }
        assert_eq!(end, characters.len(), "{text}");
        let alone = encoder.apply(&plain, &HeadInput { texts: &[text], ..HeadInput::default() }).unwrap();
        for (a, b) in pieces(alone)[0].iter().zip(found) {
            assert!(a.span == b.span && close(&a.scores, &b.scores), "{text}: {a:?}, {b:?}");
        }
    }

    // A convolution that looks at the piece itself alone is the projection; one that looks at the piece before gives its scores.
    let spread = |place: usize| -> Vec<f32> {
        weight.iter().flat_map(|&w| (0..3).map(move |n| if n == place { w } else { 0.0 })).collect()
    };
    for (place, back) in [(1, 0), (0, 1)] {
        let parts: Vec<Part> =
            vec![("0.weight", vec![2, 2 * WIDTH, 3], spread(place)), ("0.bias", vec![2], vec![0.0, 0.1])];
        let head = Head::new(file(&encoder, &keys, &parts));
        let scores = pieces(encoder.apply(&head, &HeadInput { texts: &SENTENCES, ..HeadInput::default() }).unwrap());
        for (shifted, usual) in scores.iter().zip(&together) {
            for (a, b) in shifted.iter().skip(back).zip(usual) {
                assert!(close(&a.scores, &b.scores), "{place}: {a:?}, {b:?}");
            }
        }
    }
}

#[test]
fn damaged_and_foreign_heads_are_refused_with_the_reason() {
    let mut encoder = start();
    let parts: Vec<Part> = vec![("0.weight", vec![2, WIDTH], numbers(2 * WIDTH)), ("0.bias", vec![2], vec![0.0; 2])];
    let good = file(&encoder, &[], &parts);
    assert!(encoder.describe(&Head::new(good.clone())).is_ok());
    let mut wrong: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "damaged"),
        (good[..good.len() / 2].to_vec(), "damaged"),
        (b"some words that are no head at all".to_vec(), "damaged"),
        (file(&encoder, &[("litmine.head", "3")], &parts), "litmine.head"),
        (file(&encoder, &[("model", "all-MiniLM-L6-v2@000000000000")], &parts), "trained on"),
        (file(&encoder, &[("kind", "paragraph")], &parts), "kind"),
        (file(&encoder, &[("layers", "[7]")], &parts), "layers"),
        (file(&encoder, &[("layers", "six")], &parts), "layers"),
        (file(&encoder, &[("labels", "[]")], &parts), "labels"),
        (file(&encoder, &[("labels", "[\"one\"]")], &parts), "labels"),
        (file(&encoder, &[("neighbours", "99")], &parts), "neighbours"),
        (file(&encoder, &[("neighbours", "1")], &parts), "0.weight"),
        (file(&encoder, &[("colour", "red")], &parts), "colour"),
        (file(&encoder, &[("kind", "token"), ("features", "1")], &parts), "features"),
        (file(&encoder, &[], &parts[..1]), "0.bias"),
        (file(&encoder, &[], &[]), "last layer"),
    ];
    let mut more = parts.clone();
    more.push(("2.weight", vec![1], vec![0.0]));
    wrong.push((file(&encoder, &[], &more), "2.weight"));
    let mut infinite = parts.clone();
    infinite[1].2[0] = f32::INFINITY;
    wrong.push((file(&encoder, &[], &infinite), "no number"));
    for (bytes, words) in wrong {
        match encoder.describe(&Head::new(bytes)) {
            Err(EncoderError::Failed(reason)) => assert!(reason.contains(words), "{reason} has no “{words}”"),
            other => panic!("{words}: {other:?}"),
        }
    }
    assert!(encoder.describe(&Head::new(good)).is_ok(), "it goes on after refusals");
}
