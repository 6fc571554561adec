//! How fast the nearest of many vectors are found: `bench-vectors FILE COUNT`.
//!
//! FILE is a vector file of real sentences; mixes of two of them with a noise of 0.1, of length 1, fill it up to COUNT. Every
//! fiftieth vector of FILE is kept out and asks. Prints, tab-separated: seconds to write the file, its bytes, queries, median and
//! 99th percentile in milliseconds, the same for the exact search, recall at 100 of the exact search.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use litmine::embed::{VectorFile, VectorFileWriter};

const NOISE: f32 = 0.1;
const NEAREST: usize = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [real, count] = arguments.as_slice() else { return Ok(()) };
    let real = VectorFile::open(Path::new(real))?;
    let rows: Vec<&[f32]> = real.iter().map(|(_, row)| row).collect();
    let queries: Vec<&[f32]> = rows.iter().copied().step_by(50).collect();
    let rows: Vec<&[f32]> = rows.iter().enumerate().filter(|(n, _)| n % 50 != 0).map(|(_, row)| *row).collect();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("vectors");
    let mut writer = VectorFileWriter::new(&path, real.model(), real.dimension());
    let mut dice = Dice(7);
    let count: usize = count.parse()?;
    for key in 0..count {
        let row = match rows.get(key) {
            Some(row) => row.to_vec(),
            None => mix(rows[dice.below(rows.len())], rows[dice.below(rows.len())], &mut dice),
        };
        writer.push(key as u64, &row)?;
    }
    let begun = Instant::now();
    writer.finish()?;
    let written = begun.elapsed().as_secs_f64();
    let file = VectorFile::open(&path)?;
    // The pages come into memory, as they are when a second question is asked.
    file.nearest_of_all(queries[0], 1);
    let (mut sketched, mut exact, mut found, mut wanted) = (Vec::new(), Vec::new(), 0, 0);
    for query in &queries {
        let begun = Instant::now();
        let near = file.nearest(query, NEAREST);
        sketched.push(begun.elapsed().as_secs_f64() * 1e3);
        let begun = Instant::now();
        let all = file.nearest_of_all(query, NEAREST);
        exact.push(begun.elapsed().as_secs_f64() * 1e3);
        let keys: std::collections::HashSet<u64> = near.iter().map(|neighbour| neighbour.key).collect();
        found += all.iter().filter(|neighbour| keys.contains(&neighbour.key)).count();
        wanted += all.len();
    }
    let part = |times: &mut Vec<f64>, share: f64| {
        times.sort_by(f64::total_cmp);
        times[((times.len() - 1) as f64 * share) as usize]
    };
    let bytes = std::fs::metadata(&path)?.len();
    writeln!(
        std::io::stdout(),
        "{written:.2}\t{bytes}\t{}\t{:.2}\t{:.2}\t{:.2}\t{:.2}\t{:.4}",
        queries.len(),
        part(&mut sketched, 0.5),
        part(&mut sketched, 0.99),
        part(&mut exact, 0.5),
        part(&mut exact, 0.99),
        found as f64 / wanted as f64
    )?;
    Ok(())
}

fn mix(a: &[f32], b: &[f32], dice: &mut Dice) -> Vec<f32> {
    let share = dice.unit();
    let noise: Vec<f32> = a.iter().map(|_| dice.unit() + dice.unit() + dice.unit() - 1.5).collect();
    let loud = NOISE / length(&noise);
    let mixed: Vec<f32> =
        a.iter().zip(b).zip(&noise).map(|((a, b), noise)| share * a + (1.0 - share) * b + loud * noise).collect();
    let length = length(&mixed);
    mixed.iter().map(|number| number / length).collect()
}

fn length(vector: &[f32]) -> f32 {
    vector.iter().map(|number| number * number).sum::<f32>().sqrt()
}

/// Numbers without a pattern, the same every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end
    }

    fn unit(&mut self) -> f32 {
        self.next() as f32 / (1_u64 << 31) as f32
    }
}
