//! The guarantees of every extractor, on texts that break things.

use std::time::{Duration, Instant};

use super::annotate;
use crate::model::{Annotation, Document, Passage, TextIndex};
use crate::vocab::{Dictionary, Vocabulary};

fn dictionary() -> Dictionary {
    Dictionary::build(&Vocabulary::starter())
}

fn document(title: &str, passages: &[(&str, &str)]) -> Document {
    let mut document = Document::default();
    for (section, text) in passages {
        document.passages.push(Passage { section: (*section).into(), category: None, text: (*text).into() });
    }
    document.set_title(title.into());
    document
}

/// Annotates, and sees to it that every span lies within one passage and that every number stands in its span.
fn checked(document: &Document, dictionary: &Dictionary) -> Annotation {
    let annotation = annotate(document, dictionary);
    let text = document.text();
    let index = TextIndex::new(&text);
    let passages = document.passage_spans();
    let spans = annotation
        .sentences
        .iter()
        .map(|sentence| sentence.span)
        .chain(annotation.mentions.iter().map(|mention| mention.span))
        .chain(annotation.findings.iter().map(|finding| finding.span))
        .chain(annotation.findings.iter().flat_map(|finding| finding.effects.iter().map(|effect| effect.span)))
        .chain(annotation.accuracies.iter().flat_map(|one| one.counted.iter().copied().chain([one.span])))
        .chain(annotation.study.sample_size.map(|size| size.span));
    for span in spans {
        assert!(passages.iter().any(|passage| passage.contains(span)), "{span:?}");
        assert!(!index.slice(span).is_empty());
    }
    annotation
}

#[test]
fn odd_texts_are_read_without_harm() {
    let dictionary = dictionary();
    for text in [
        "",
        " ",
        "Nothing.",
        "5",
        "P",
        "%",
        "1.2.3",
        "10^-8",
        "HR (95% CI",
        "HR 0.74 (95% CI 0.65–",
        "± ± ±",
        "5 ± ± 3 vs",
        "vs. 5 ± 3",
        "n = ",
        "(n = 99999999999999999999) patients were randomised.",
        "99999999999999999999 patients were randomised.",
        "قلل الدواء الألم (HR 0.74, 95% CI 0.65–0.85; P<0.001) مقارنة بالدواء الوهمي.",
        "\u{202e}HR 0.74 (95% CI 0.65–0.85)\u{202c} was lower.",
        "∀x∈ℝ: ∫₀^∞ e^{−x²}dx = √π/2 ≈ 0.886, P < 10^-8.",
        "a\u{301}\u{301}\u{301} 5\u{20e3} patients 👩‍⚕️ were randomised to 👍🏽 (p = 0.05).",
        "\u{feff}\u{200b}HR\u{a0}0.74\u{2009}(95\u{202f}%\u{a0}CI 0.65–0.85)",
    ] {
        for section in ["ABSTRACT", "METHODS", "RESULTS"] {
            checked(&document(text, &[(section, text)]), &dictionary);
        }
    }
}

#[test]
fn no_number_loses_its_sign_or_its_decimal_point() {
    let dictionary = dictionary();
    let numbers = |text: &str| -> Vec<f64> {
        let annotation = checked(&document("A pill.", &[("RESULTS", text)]), &dictionary);
        let effects = annotation.findings.iter().flat_map(|finding| &finding.effects);
        effects
            .flat_map(|e| e.value.into_iter().chain(e.ci.into_iter().flat_map(|ci| [ci.low, ci.high])))
            .chain(annotation.findings.iter().flat_map(|f| &f.effects).filter_map(|e| e.p.map(|p| p.value)))
            .collect()
    };
    // Every sign that is used as a minus, and every blank.
    for minus in ["-", "−", "–", "‐", "‑", "﹣", "－"] {
        for blank in [" ", "\u{a0}", "\u{2009}", "\u{202f}", "\u{200a}", "\u{3000}"] {
            let text = format!(
                "Pain was lower:{blank}mean difference{blank}{minus}0.5{blank}(95%{blank}CI {minus}0.9{blank}to{blank}{minus}0.1)."
            );
            assert_eq!(numbers(&text), [-0.5, -0.9, -0.1], "{text}");
        }
    }
    for (text, expected) in [
        ("Pain was lower (P = 1.2 × 10^-8).", vec![1.2e-8]),
        ("Pain was lower (P < 10^-8).", vec![1e-8]),
        ("Pain was lower (P < 10−8).", vec![1e-8]),
        ("Pain was lower (HR 0·74, 95% CI 0·65–0·85).", vec![0.74, 0.65, 0.85]),
        ("Pain was lower with version 1.2.3 (HR 1.2.3).", vec![]),
        ("Pain was lower (HR 0,74; 95% CI 0,65–0,85).", vec![]),
    ] {
        assert_eq!(numbers(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_english_is_marked_and_not_mined() {
    let spanish = "La metformina redujo la mortalidad de los pacientes con diabetes (HR 0.74, 95% CI 0.65–0.85) y el estudio incluyó 120 patients.";
    let english = "Metformin reduced mortality (HR 0.80, 95% CI 0.70–0.91).";
    let found =
        checked(&document("Metformin in diabetes.", &[("RESULTADOS", spanish), ("RESULTS", english)]), &dictionary());
    assert_eq!(found.foreign_language(1), Some("spa"));
    assert_eq!((found.foreign_language(0), found.foreign_language(2)), (None, None));
    let values: Vec<f64> = found.findings.iter().flat_map(|f| &f.effects).filter_map(|e| e.value).collect();
    assert_eq!(values, [0.8]);
    assert_eq!(found.study.sample_size, None);
    assert!(found.sentences.iter().all(|sentence| sentence.passage != 1));
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let dictionary = dictionary();
    let time = |piece: &str, bytes: usize| -> Duration {
        let text = piece.repeat(bytes / piece.len());
        let document = document("A pill: a randomised trial.", &[("RESULTS", &text)]);
        let began = Instant::now();
        annotate(&document, &dictionary);
        began.elapsed()
    };
    for piece in [
        "120 patients were randomised to metformin and 118 patients to placebo ",
        "metformin was lower than placebo (HR 0.74, 95% CI 0.65–0.85; P<.001), ",
        "73.2 ± 15.6 vs 82.8 ± 20.3, ",
        "12% of patients and 15% vs ",
        "0.74 (0.65–0.85) and ",
        "12.5\t13.1\t0.74 ",
        "(((((((((( ",
        "a ",
        "\u{644}\u{627} ",
    ] {
        let (short, long) = (time(piece, 12_500), time(piece, 100_000));
        // Eight times the text: linear time is eight times as long, quadratic time sixty-four.
        assert!(long < short * 24 + Duration::from_secs(2), "{piece:?}: {short:?}, then {long:?}");
    }
}
