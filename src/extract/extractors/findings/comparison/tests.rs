use super::*;

const ASKED: Asked<'_> = Asked { intervention: "zelmarin 20 mg", comparator: "oxotril", outcome: "pain at rest" };

fn likeliest(text: &str) -> Direction {
    judge(text, &ASKED).likeliest().0
}

#[test]
fn the_arm_spoken_of_decides_which_way_a_cue_points() {
    use Direction::{Decreased, Increased, NoDifference};
    for (text, expected) in [
        ("Pain at rest was significantly lower with zelmarin than with oxotril (P = 0.01).", Decreased),
        ("Pain at rest was significantly lower with oxotril than with zelmarin (P = 0.01).", Increased),
        ("Compared with oxotril, zelmarin significantly increased pain at rest (P < 0.001).", Increased),
        ("The oxotril group had significantly more pain at rest than the zelmarin group (P = 0.02).", Decreased),
        ("Pain at rest did not differ significantly between zelmarin and oxotril (P = 0.4).", NoDifference),
        ("Pain at rest was 2.1 with zelmarin versus 3.4 with oxotril (P = 0.003).", Decreased),
        ("Pain at rest was 3.4 ± 1.1 with zelmarin and 2.1 ± 0.9 with oxotril (P = 0.003).", Increased),
        ("Zelmarin improved pain at rest significantly compared with oxotril (P = 0.01).", Decreased),
    ] {
        assert_eq!(likeliest(text), expected, "{text} {:?}", votes(text, &ASKED));
    }
}

#[test]
fn of_two_outcomes_the_one_asked_for_counts() {
    let text = "Zelmarin significantly reduced pain at rest (P = 0.001) but nausea did not differ between the groups (P = 0.6).";
    let nausea = Asked { outcome: "nausea", ..ASKED };
    let (pain, nausea) = (judge(text, &ASKED), judge(text, &nausea));
    assert!(pain.no_difference < nausea.no_difference, "{pain:?} {nausea:?}");
    assert!(pain.decreased > nausea.decreased && nausea.likeliest().0 == Direction::NoDifference);
    let words = words(text);
    let found = |outcome: &str| {
        let at = text.find(outcome).unwrap();
        judge_found(&words, &[], &(at..at + outcome.len()), &effects::read(text)).likeliest().0
    };
    assert_eq!((found("pain at rest"), found("nausea")), (Direction::Decreased, Direction::NoDifference));
}

#[test]
fn exchanging_the_arms_turns_every_vote_on_an_arm() {
    let text = "Pain at rest was lower with zelmarin than with oxotril.";
    let turned = Asked { intervention: ASKED.comparator, comparator: ASKED.intervention, ..ASKED };
    let (one, other) = (votes(text, &ASKED), votes(text, &turned));
    let of = |votes: &Votes, name: &str| votes.sign.iter().find(|(vote, _)| vote == name).map(|(_, vote)| *vote);
    assert_eq!((of(&one, "first-than"), of(&other, "first-than")), (Some(-1.0), Some(1.0)));
    assert_eq!((of(&one, "first-arm-too"), of(&other, "first-arm-too")), (Some(-1.0), Some(1.0)));
    assert_eq!(of(&one, "first-bare"), of(&other, "first-bare"));
}

#[test]
fn probabilities_sum_to_one_whatever_is_asked() {
    let nothing = Asked { intervention: "", comparator: "", outcome: "" };
    for text in ["", "(((((", "%", "0.0.0.0 <<< ±", "Pain", "\u{202e}lower", "\u{1d465} 10\u{207b}\u{2078}"] {
        for asked in [ASKED, nothing] {
            let judgement = judge(text, &asked);
            let sum = judgement.increased + judgement.decreased + judgement.no_difference;
            assert!((sum - 1.0).abs() < 1e-5, "{text}: {judgement:?}");
        }
    }
}

#[test]
fn every_vote_with_a_weight_can_be_given() {
    let texts = [
        "Pain at rest did not differ significantly (P = 0.4); nausea was lower with zelmarin.",
        "Nausea did not differ; pain at rest was significantly lower (P = 0.4).",
        "Pain at rest was lower with zelmarin than with oxotril (RR 0.7, 95% CI 0.6 to 0.9; P = 0.01), but not significantly.",
        "Zelmarin improved pain.",
    ];
    let mut named: Vec<String> = Vec::new();
    for text in texts {
        let votes = votes(text, &ASKED);
        named.extend(votes.none.into_iter().map(|(name, _)| name));
    }
    let unknown: Vec<&String> = WEIGHTS.none.keys().filter(|name| !named.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(WEIGHTS.sign.contains_key("first-than") && WEIGHTS.sign.values().all(|weight| weight.is_finite()));
}

#[test]
fn long_texts_take_no_longer_than_their_length() {
    let began = std::time::Instant::now();
    for piece in ["pain lower zelmarin than oxotril 12 ", "(", "pain ", "12.5 versus ", "not significantly different "]
    {
        judge(&piece.repeat(100_000 / piece.len()), &ASKED);
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
