//! How long queries take, warm: opens an index once, runs every query of a file twice, and prints the times of the second
//! run in microseconds, a line a query: time, hits, query.
//!
//! usage: bench-search INDEX VOCABULARIES NAME[,NAME…] QUERIES

use std::path::Path;
use std::time::Instant;

use litmine::index::{SearchRequest, Searcher};
use litmine::vocab::Vocabulary;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [index, vocabularies, names, queries] = arguments.as_slice() else {
        return Err("usage: bench-search INDEX VOCABULARIES NAME[,NAME…] QUERIES".into());
    };
    let searcher = Searcher::open(Path::new(index))?;
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
    let vocabulary = Vocabulary::open(Path::new(vocabularies), &names)?;
    let queries = std::fs::read_to_string(queries)?;
    let mut out = String::new();
    for round in 0..2 {
        for query in queries.lines().filter(|line| !line.is_empty()) {
            let request = SearchRequest { headings: &vocabulary, limit: 20, ..SearchRequest::new(query) };
            let start = Instant::now();
            let answer = searcher.search(&request).map_err(|error| format!("{query}: {error}"))?;
            let taken = start.elapsed().as_micros();
            if round == 1 {
                out.push_str(&format!("{taken}\t{}\t{query}\n", answer.total));
            }
        }
    }
    std::io::Write::write_all(&mut std::io::stdout().lock(), out.as_bytes())?;
    Ok(())
}
