//! Times the dictionary over text, and a plain Aho-Corasick automaton over the same names and text. Written for scripts/benches/dictionary.
//!
//! Arguments: the folder of vocabularies, the vocabulary's name, a file of text with a document a line.

use std::path::Path;
use std::time::Instant;

use aho_corasick::{AhoCorasick, MatchKind};
use litmine::vocab::{Dictionary, Vocabulary};

/// Each is timed as often; the fastest counts.
const ROUNDS: usize = 5;

/// Seconds that this thread has had a processor, so that other work on the machine does not count; of the clock where the
/// system does not say.
fn seconds(begun: Instant) -> f64 {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = schedule.split_whitespace().next().and_then(|field| field.parse::<f64>().ok());
    nanoseconds.map_or_else(|| begun.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, name, file] = arguments.as_slice() else { return Err("FOLDER NAME FILE".into()) };
    let text = std::fs::read_to_string(file)?;
    let documents: Vec<&str> = text.lines().collect();
    let bytes: usize = documents.iter().map(|document| document.len()).sum();

    let begun = Instant::now();
    let start = seconds(begun);
    let vocabulary = Vocabulary::open(Path::new(folder), &[name.clone()])?;
    println!("open\t{}", seconds(begun) - start);
    let start = seconds(begun);
    let dictionary = Dictionary::build(&vocabulary);
    println!("build\t{}", seconds(begun) - start);

    let mut names: Vec<String> =
        vocabulary.concepts().flat_map(|concept| concept.synonyms.into_iter().chain([concept.name])).collect();
    names.sort();
    names.dedup();
    let start = seconds(begun);
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(&names)?;
    println!("automaton\t{}", seconds(begun) - start);
    println!("names\t{}", names.len());

    let rate = |scan: &dyn Fn(&str) -> usize| {
        let fastest = (0..ROUNDS)
            .map(|_| {
                let start = seconds(begun);
                let hits: usize = documents.iter().map(|document| scan(document)).sum();
                (seconds(begun) - start, hits)
            })
            .min_by(|one, other| one.0.total_cmp(&other.0));
        fastest.map_or((0.0, 0), |(seconds, hits)| (bytes as f64 / 1e6 / seconds, hits))
    };
    let (speed, hits) = rate(&|document| dictionary.scan(document).len());
    println!("dictionary\t{speed}\t{hits}");
    let (speed, hits) = rate(&|document| automaton.find_iter(document).count());
    println!("plain\t{speed}\t{hits}");
    Ok(())
}
