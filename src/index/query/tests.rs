//! How queries are read.

use proptest::prelude::*;

use super::parse;

fn golden() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("golden.tsv").lines().filter(|line| !line.starts_with("# ")).filter_map(|line| line.split_once('\t'))
}

#[test]
fn queries_are_read_as_the_golden_file_says() {
    assert!(golden().count() >= 60);
    for (query, expected) in golden() {
        let read = match parse(query) {
            Ok(node) => node.to_string(),
            Err(error) => format!("! {}", error.to_string().lines().next().unwrap_or_default()),
        };
        assert_eq!(read, expected, "{query}");
    }
}

#[test]
fn what_is_printed_reads_the_same() {
    for (query, _) in golden() {
        if let Ok(node) = parse(query) {
            assert_eq!(parse(&node.to_string()).as_ref(), Ok(&node), "{query}");
        }
    }
}

proptest! {
    #[test]
    fn no_input_panics(query in "\\PC{0,80}") {
        let _ = parse(&query);
    }

    #[test]
    fn every_parse_prints_back_to_an_equal_parse(parts in prop::collection::vec(
        prop::sample::select(vec![
            "asthma", "heart failure", "\"heart failure\"", "hospitali*", "AND", "OR", "NOT", "(", ")", "[tiab]", "[mh]",
            "[mh:noexp]", "[dp]", "2015", ":", "2024", "hasabstract", "\"", "[", "]", "/", "β", "-",
        ]), 0..14))
    {
        let query = parts.join(" ");
        if let Ok(node) = parse(&query) {
            prop_assert_eq!(parse(&node.to_string()), Ok(node), "{}", query);
        }
    }
}
