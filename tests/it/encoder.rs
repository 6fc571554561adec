//! The transformer, where it was built: the real program with the real model.

use std::path::Path;
use std::process::Command;

use crate::program::Workspace;

#[test]
fn litmine_itself_does_not_link_libtorch() {
    let output = Command::new("ldd").arg(env!("CARGO_BIN_EXE_litmine")).output().unwrap();
    let libraries = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(libraries.contains("libc.so"), "{libraries}");
    assert!(!libraries.contains("torch") && !libraries.contains("libc10"), "{libraries}");
    let bytes = std::fs::read(env!("CARGO_BIN_EXE_litmine")).unwrap();
    let name = b"libtorch_cpu.so";
    assert!(!bytes.windows(name.len()).any(|window| window == name));
}

#[test]
fn a_model_folder_without_weights_is_named() {
    let workspace = Workspace::with_demo();
    let folder = workspace.path("model");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("config.json"), "{}").unwrap();
    let model = folder.to_str().unwrap();
    let program = env!("CARGO_BIN_EXE_litmine");
    let refresh = ["refresh", "demo", "--model", model, "--encoder", program];
    workspace.run(&refresh).expect(3).says(&["model.safetensors", "scripts/setup"]);
}

#[cfg(feature = "encoder")]
mod real {
    use std::path::PathBuf;

    use litmine::embed::{Encoder, EncoderError, EncoderSettings, ProcessEncoder, cosine};

    use super::{Path, Workspace};

    const SENTENCES: [&str; 12] = [
        "Pain fell.",
        "The pill lowered blood pressure in adults with hypertension.",
        "In adults with high blood pressure, the tablet reduced pressure.",
        "A bicycle leaned against the wall of the old brewery.",
        "Hospitalisation for heart failure occurred in 212 of 1604 participants (13.2%) given the drug and in 291 of 1602 given placebo.",
        "β-blockers, ACE inhibitors and 5·2 mmol/L.",
        "No difference was shown between groups (hazard ratio 1.02, 95% CI 0.82–1.26; P = 0.88).",
        "x",
        "",
        "Sleep improved after cognitive behavioural therapy for insomnia, and the gain was kept at twelve months.",
        "Adverse events were rare.",
        "We randomly assigned 412 adults to exercise or to usual care and followed them for a year, measuring walking distance, mood, weight, grip, and quality of life at each of six visits to the clinic.",
    ];

    fn start(dtype: &str) -> ProcessEncoder {
        let settings = EncoderSettings {
            program: Some(PathBuf::from(env!("CARGO_BIN_EXE_litmine-encoder"))),
            dtype: Some(dtype.to_owned()),
            model: std::env::var_os("LITMINE_MODEL").map(PathBuf::from),
            ..EncoderSettings::default()
        };
        ProcessEncoder::start(&settings).unwrap()
    }

    #[test]
    fn a_batch_equals_its_singles() {
        for dtype in ["fp32", "bf16"] {
            let mut encoder = start(dtype);
            let together = encoder.embed(&SENTENCES).unwrap();
            for (sentence, row) in SENTENCES.iter().zip(&together) {
                let alone = encoder.embed(&[sentence]).unwrap();
                let likeness = cosine(row, &alone[0]);
                let least = if dtype == "fp32" { 0.99999 } else { 0.9999 };
                assert!(likeness > least, "{dtype}: {likeness} for {sentence:?}");
                assert!((cosine(row, row) - 1.0).abs() < 1e-3, "length 1");
            }
        }
    }

    #[test]
    fn sixteen_bits_lie_close_to_thirty_two() {
        let exact = start("fp32").embed(&SENTENCES).unwrap();
        let half = start("bf16").embed(&SENTENCES).unwrap();
        for ((sentence, a), b) in SENTENCES.iter().zip(&exact).zip(&half) {
            assert!(cosine(a, b) > 0.999, "{} for {sentence:?}", cosine(a, b));
        }
    }

    #[test]
    fn what_means_the_same_lies_near() {
        let rows = start("auto").embed(&SENTENCES).unwrap();
        assert!(cosine(&rows[1], &rows[2]) > 0.7, "{}", cosine(&rows[1], &rows[2]));
        assert!(cosine(&rows[1], &rows[3]) < 0.3, "{}", cosine(&rows[1], &rows[3]));
    }

    #[test]
    fn odd_texts_are_embedded_and_order_is_kept() {
        let long = "pressure ".repeat(200_000);
        let texts = [long.as_str(), "a\0b", "\u{202e}\u{fffd}🙂", "", "pressure"];
        let mut encoder = start("auto");
        assert_eq!(encoder.embed(&texts).unwrap().len(), 5);
        assert!(encoder.model().starts_with("all-MiniLM-L6-v2@"), "{}", encoder.model());
        assert_eq!(encoder.dimension(), 384);
        assert!(encoder.embed(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_folder_that_is_no_model_ends_with_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), "{\"model_type\": \"bert\"}").unwrap();
        std::fs::write(folder.path().join("model.safetensors"), "not weights").unwrap();
        let settings = EncoderSettings {
            program: Some(PathBuf::from(env!("CARGO_BIN_EXE_litmine-encoder"))),
            model: Some(folder.path().to_owned()),
            ..EncoderSettings::default()
        };
        match ProcessEncoder::start(&settings).err().unwrap() {
            EncoderError::Failed(reason) => assert!(reason.contains("vocab.txt"), "{reason}"),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn the_demo_is_refreshed_and_searched_with_vectors() {
        let workspace = Workspace::with_demo();
        let encoder = env!("CARGO_BIN_EXE_litmine-encoder");
        assert!(Path::new(encoder).exists());
        workspace.run(&["refresh", "demo", "--encoder", encoder]).expect(0).says(&["texts embedded", "vectors"]);
        workspace.run(&["refresh", "demo", "--encoder", encoder]).expect(0).says(&["nothing new"]);
        let query = [
            "search",
            "demo",
            "keeping people with weak hearts out of hospital",
            "--encoder",
            encoder,
            "--format",
            "json",
        ];
        let page = workspace.run(&query).expect(0).json();
        assert_eq!(page["mode"], "hybrid");
        let titles: Vec<String> =
            page["hits"].as_array().unwrap().iter().take(5).map(|hit| hit["document"]["title"].to_string()).collect();
        assert!(titles.iter().any(|title| title.to_lowercase().contains("heart failure")), "{titles:?}");
        let lookup =
            ["lookup", "demo", "--condition", "heart failure", "--treatment", "empagliflozin", "--format", "json"];
        let answer = workspace.run(&lookup).expect(0).json();
        let cosine = &answer["studies"][0]["findings"][0]["condition"]["cosine"];
        assert!(cosine.as_f64().is_some(), "{answer:#}");
    }
}
