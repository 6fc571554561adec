//! How fast records are parsed: `bench-parse FILE…`, on one thread.
//!
//! A line a file, tab-separated: seconds to decompress it and do nothing, seconds to decompress and parse it with every field
//! of every document filled, documents, and bytes of records. Each time is the best of three.

use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use litmine::parse::{Item, each_stream, formats};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout();
    for file in std::env::args().skip(1) {
        let file = Path::new(&file);
        let mut read = f64::INFINITY;
        let mut parsed = f64::INFINITY;
        let (mut documents, mut bytes) = (0, 0);
        for _ in 0..3 {
            let begun = Instant::now();
            decompress(file)?;
            read = read.min(begun.elapsed().as_secs_f64());
            let begun = Instant::now();
            (documents, bytes) = parse(file)?;
            parsed = parsed.min(begun.elapsed().as_secs_f64());
        }
        writeln!(out, "{}\t{read:.4}\t{parsed:.4}\t{documents}\t{bytes}", file.display())?;
    }
    Ok(())
}

fn decompress(file: &Path) -> Result<u64, Box<dyn std::error::Error>> {
    let mut total = 0;
    let mut buffer = vec![0; 256 << 10];
    each_stream(Box::new(std::fs::File::open(file)?), &mut |stream| {
        if let Ok(mut input) = stream.input {
            while let Ok(n @ 1..) = input.read(&mut buffer) {
                total += n as u64;
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(total)
}

fn parse(file: &Path) -> Result<(u64, u64), Box<dyn std::error::Error>> {
    let (mut documents, mut bytes) = (0, 0);
    let mut problem = None;
    each_stream(Box::new(std::fs::File::open(file)?), &mut |stream| {
        let Ok(mut input) = stream.input else { return ControlFlow::Continue(()) };
        let Some(parser) = formats::recognise(input.head()) else { return ControlFlow::Continue(()) };
        let ended = parser.parse(&mut input, &mut |item| {
            if let Item::Document(record) = item {
                documents += 1;
                bytes += record.bytes.len() as u64;
            }
            ControlFlow::Continue(())
        });
        problem = problem.take().or(ended.err());
        ControlFlow::Continue(())
    })?;
    match problem {
        Some(problem) => Err(problem.into()),
        None => Ok((documents, bytes)),
    }
}
