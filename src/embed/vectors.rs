//! Vectors in a file, searched where they lie.
//!
//! The file: magic `LITVECT2`; dimension, u32; length of the model's name, u32; count, u64; the name; padding to 64 bytes; the
//! keys, u64 each; padding to 64 bytes; the sketches (`sketch`), as many u64 each as hold a bit a number; padding to 64 bytes; the
//! rows, 32-bit floats. All little-endian. Rows have length 1.
//!
//! Few rows are all looked at. Of many, the sketches choose those whose cosines are computed: at a million rows the hundred nearest
//! are found but for less than one in a hundred (`scripts/bench vectors`), the same ones each time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use rayon::prelude::*;

use super::sketch;

const MAGIC: &[u8; 8] = b"LITVECT2";
const HEADER: usize = 24;
/// Where keys and rows begin: at multiples of this.
const ALIGNMENT: usize = 64;
/// Rows that one thread looks at before it takes the next.
const BLOCK: usize = 4096;
/// Up to so many rows all are looked at: that takes a few milliseconds.
const FEW: usize = 40_000;
/// Of more rows, one in so many is looked at, and for each neighbour wanted so many.
const ONE_IN: usize = 64;
const FOR_EACH: usize = 8;

/// Why a vector file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VectorFileError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is not what it should be.
    #[error("{} is no vector file, or is damaged: {reason}", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
}

/// A vector that lies near another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Its key.
    pub key: u64,
    /// The cosine of the two.
    pub cosine: f32,
}

/// The cosine of two vectors of length 1: their dot product. Of different dimensions, the shorter counts.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    // Sixteen sums side by side, which the compiler keeps in one register.
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let (a_parts, b_parts) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = if a.len() == b.len() {
        a_parts.remainder().iter().zip(b_parts.remainder()).map(|(x, y)| x * y).sum()
    } else {
        return a.iter().zip(b).map(|(x, y)| x * y).sum();
    };
    for (x, y) in a_parts.zip(b_parts) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// Writes a vector file; it appears whole, or not at all.
pub struct VectorFileWriter {
    path: PathBuf,
    model: String,
    dimension: usize,
    keys: Vec<u64>,
    rows: Vec<f32>,
}

impl VectorFileWriter {
    /// A file at `path` for vectors of this model and dimension.
    pub fn new(path: &Path, model: &str, dimension: usize) -> Self {
        Self { path: path.to_owned(), model: model.to_owned(), dimension, keys: Vec::new(), rows: Vec::new() }
    }

    /// Adds a vector. Several may have one key, and keys never fall. One of another dimension is not taken, and that is said.
    pub fn push(&mut self, key: u64, vector: &[f32]) -> Result<(), VectorFileError> {
        if vector.len() != self.dimension {
            let reason = "a vector has another dimension than the file";
            return Err(VectorFileError::Damaged { path: self.path.clone(), reason });
        }
        if self.keys.last().is_some_and(|last| *last > key) {
            let reason = "its keys are not in order";
            return Err(VectorFileError::Damaged { path: self.path.clone(), reason });
        }
        self.keys.push(key);
        self.rows.extend_from_slice(vector);
        Ok(())
    }

    /// Writes the file under a passing name and gives it its own.
    pub fn finish(self) -> Result<(), VectorFileError> {
        let path = self.path.clone();
        self.write().map_err(|source| VectorFileError::Io { path, source })
    }

    fn write(self) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let file = tempfile::NamedTempFile::new_in(folder)?;
        let mut output = BufWriter::new(file);
        let mut written = 0;
        let mut put = |bytes: &[u8]| {
            written += bytes.len();
            output.write_all(bytes).map(|()| written)
        };
        put(MAGIC)?;
        put(&(self.dimension as u32).to_le_bytes())?;
        put(&(self.model.len() as u32).to_le_bytes())?;
        put(&(self.keys.len() as u64).to_le_bytes())?;
        let at = put(self.model.as_bytes())?;
        let at = put(&vec![0; at.next_multiple_of(ALIGNMENT) - at]).map(|_| at.next_multiple_of(ALIGNMENT))?;
        for key in &self.keys {
            put(&key.to_le_bytes())?;
        }
        let at = at + self.keys.len() * 8;
        let at = put(&vec![0; at.next_multiple_of(ALIGNMENT) - at]).map(|_| at.next_multiple_of(ALIGNMENT))?;
        let mut words = Vec::with_capacity(sketch::words(self.dimension));
        for row in self.rows.chunks_exact(self.dimension) {
            words.clear();
            sketch::push(row, &mut words);
            for word in &words {
                put(&word.to_le_bytes())?;
            }
        }
        let at = at + self.keys.len() * sketch::words(self.dimension) * 8;
        put(&vec![0; at.next_multiple_of(ALIGNMENT) - at])?;
        for number in &self.rows {
            put(&number.to_le_bytes())?;
        }
        let file = output.into_inner().map_err(|error| error.into_error())?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// A vector file, mapped.
pub struct VectorFile {
    map: Mmap,
    model: String,
    dimension: usize,
    count: usize,
    keys: usize,
    sketches: usize,
    rows: usize,
}

impl VectorFile {
    /// Opens a file and checks that it is whole.
    pub fn open(path: &Path) -> Result<Self, VectorFileError> {
        let place = |source| VectorFileError::Io { path: path.to_owned(), source };
        let damaged = |reason| VectorFileError::Damaged { path: path.to_owned(), reason };
        let file = File::open(path).map_err(place)?;
        #[expect(unsafe_code, reason = "files are written once under another name and never changed")]
        // SAFETY: nobody truncates or rewrites a file that has its final name; every access below is within checked bounds.
        let map = unsafe { Mmap::map(&file) }.map_err(place)?;
        if map.len() < HEADER || !map.starts_with(MAGIC) {
            return Err(damaged("it does not begin as one"));
        }
        let word = |at: usize| u32::from_le_bytes([map[at], map[at + 1], map[at + 2], map[at + 3]]);
        let (dimension, name) = (word(8) as usize, word(12) as usize);
        let count = usize::try_from(u64::from(word(16)) | u64::from(word(20)) << 32).ok();
        let layout = count.and_then(|count| {
            let keys = HEADER.checked_add(name)?.checked_next_multiple_of(ALIGNMENT)?;
            let sketches = keys.checked_add(count.checked_mul(8)?)?.checked_next_multiple_of(ALIGNMENT)?;
            let bytes = count.checked_mul(sketch::words(dimension))?.checked_mul(8)?;
            let rows = sketches.checked_add(bytes)?.checked_next_multiple_of(ALIGNMENT)?;
            let end = rows.checked_add(count.checked_mul(dimension)?.checked_mul(4)?)?;
            (end == map.len() && dimension > 0).then_some((count, keys, sketches, rows))
        });
        let (count, keys, sketches, rows) = layout.ok_or_else(|| damaged("its length is not what its head says"))?;
        let model = std::str::from_utf8(&map[HEADER..HEADER + name]).map_err(|_| damaged("its model has no name"))?;
        let file = Self { model: model.to_owned(), dimension, count, keys, sketches, rows, map };
        // Mapped pages are aligned, so the casts succeed; where they would not, the file is refused rather than misread.
        if file.numbers().is_none() || file.key_list().is_none() || file.sketch_list().is_none() {
            return Err(damaged("it cannot be mapped on this machine"));
        }
        Ok(file)
    }

    /// The model that made the vectors.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How many vectors there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many numbers a vector has.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    fn numbers(&self) -> Option<&[f32]> {
        bytemuck::try_cast_slice(&self.map[self.rows..]).ok()
    }

    fn key_list(&self) -> Option<&[u64]> {
        bytemuck::try_cast_slice(&self.map[self.keys..self.keys + 8 * self.count]).ok()
    }

    fn sketch_list(&self) -> Option<&[u64]> {
        let bytes = 8 * self.count * sketch::words(self.dimension);
        bytemuck::try_cast_slice(&self.map[self.sketches..self.sketches + bytes]).ok()
    }

    /// Every vector with its key, in the order written.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[f32])> {
        let rows = self.numbers().unwrap_or_default().chunks_exact(self.dimension);
        self.key_list().unwrap_or_default().iter().copied().zip(rows)
    }

    /// Of the vectors with this key the one nearest to the query; none where there is none.
    pub fn nearest_of(&self, key: u64, query: &[f32]) -> Option<&[f32]> {
        let (numbers, keys) = (self.numbers()?, self.key_list()?);
        let (first, end) = (keys.partition_point(|known| *known < key), keys.partition_point(|known| *known <= key));
        let rows = numbers[first * self.dimension..end * self.dimension].chunks_exact(self.dimension);
        rows.max_by(|a, b| cosine(query, a).total_cmp(&cosine(query, b)))
    }

    /// The `limit` nearest vectors, nearest first; of equal ones the smaller key first. Exact while there are few; of many, those
    /// that the sketches choose are looked at.
    pub fn nearest(&self, query: &[f32], limit: usize) -> Vec<Neighbour> {
        if self.count <= FEW {
            return self.nearest_of_all(query, limit);
        }
        self.nearest_by_sketch(query, limit, (self.count / ONE_IN).max(FOR_EACH * limit))
    }

    /// The same, with every row looked at however many there are.
    pub fn nearest_of_all(&self, query: &[f32], limit: usize) -> Vec<Neighbour> {
        let (Some(numbers), Some(keys)) = (self.numbers(), self.key_list()) else { return Vec::new() };
        if limit == 0 || query.len() != self.dimension {
            return Vec::new();
        }
        let block = |(keys, rows): (&[u64], &[f32])| {
            let rows = keys.iter().zip(rows.chunks_exact(self.dimension));
            best(rows.map(|(key, row)| Neighbour { key: *key, cosine: cosine(query, row) }), limit)
        };
        first(keys.par_chunks(BLOCK).zip(numbers.par_chunks(BLOCK * self.dimension)).flat_map_iter(block), limit)
    }

    /// The same, with at least `candidates` rows looked at: those whose sketches differ least from the query's.
    fn nearest_by_sketch(&self, query: &[f32], limit: usize, candidates: usize) -> Vec<Neighbour> {
        let (Some(numbers), Some(keys)) = (self.numbers(), self.key_list()) else { return Vec::new() };
        let Some(sketches) = self.sketch_list().filter(|_| limit > 0 && query.len() == self.dimension) else {
            return Vec::new();
        };
        let candidates = sketch::nearest(sketches, query, candidates);
        let row = |at: usize| &numbers[at * self.dimension..(at + 1) * self.dimension];
        let block = |rows: &[usize]| {
            best(rows.iter().map(|at| Neighbour { key: keys[*at], cosine: cosine(query, row(*at)) }), limit)
        };
        first(candidates.par_chunks(BLOCK / 8).flat_map_iter(block), limit)
    }
}

/// The nearest of these, in no order.
fn best(neighbours: impl Iterator<Item = Neighbour>, limit: usize) -> BinaryHeap<Furthest> {
    let mut best = BinaryHeap::new();
    for neighbour in neighbours {
        best.push(Furthest(neighbour));
        if best.len() > limit {
            best.pop();
        }
    }
    best
}

/// The nearest of what the threads found, in order.
fn first(found: impl ParallelIterator<Item = Furthest>, limit: usize) -> Vec<Neighbour> {
    let mut found: Vec<Furthest> = found.collect();
    found.sort();
    found.truncate(limit);
    found.into_iter().map(|Furthest(neighbour)| neighbour).collect()
}

/// Orders neighbours nearest first, so that the top of a heap is the furthest.
#[derive(PartialEq)]
struct Furthest(Neighbour);

impl Eq for Furthest {}

impl PartialOrd for Furthest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Furthest {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.cosine.total_cmp(&self.0.cosine).then(self.0.key.cmp(&other.0.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(rows: &[Vec<f32>], dimension: usize) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v");
        let mut writer = VectorFileWriter::new(&path, "a model", dimension);
        for (key, row) in rows.iter().enumerate() {
            writer.push(key as u64 / 2, row).unwrap();
        }
        writer.finish().unwrap();
        (folder, path)
    }

    proptest! {
        #[test]
        fn the_nearest_are_those_of_a_naive_scan(
            rows in prop::collection::vec(prop::collection::vec(-1.0f32..1.0, 19), 0..40),
            query in prop::collection::vec(-1.0f32..1.0, 19),
            limit in 0_usize..12,
        ) {
            let (_folder, path) = file(&rows, 19);
            let opened = VectorFile::open(&path).unwrap();
            prop_assert_eq!(opened.len(), rows.len());
            let mut naive: Vec<(f32, u64)> =
                rows.iter().enumerate().map(|(n, row)| (cosine(&query, row), n as u64 / 2)).collect();
            naive.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            naive.truncate(limit);
            let pairs = |found: Vec<Neighbour>| found.iter().map(|n| (n.cosine, n.key)).collect::<Vec<_>>();
            prop_assert_eq!(&pairs(opened.nearest(&query, limit)), &naive);
            prop_assert_eq!(&pairs(opened.nearest_by_sketch(&query, limit, rows.len())), &naive);
            // Of what a few sketches choose, the nearest come in the same order.
            let few = pairs(opened.nearest_by_sketch(&query, limit, limit));
            let all = pairs(opened.nearest_of_all(&query, rows.len()));
            let mut rest = all.iter();
            prop_assert!(few.len() == limit.min(rows.len()) && few.iter().all(|one| rest.any(|other| other == one)));
            for key in 0..4 {
                let of_key = rows.iter().skip(2 * key as usize).take(2).map(|row| cosine(&query, row));
                let found = opened.nearest_of(key, &query).map(|row| cosine(&query, row));
                prop_assert_eq!(found, of_key.max_by(f32::total_cmp));
            }
        }

        #[test]
        fn the_cosine_is_the_sum_of_products(a in prop::collection::vec(-1.0f32..1.0, 0..50)) {
            let exact: f64 = a.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
            prop_assert!((f64::from(cosine(&a, &a)) - exact).abs() < 1e-4);
        }
    }

    #[test]
    fn a_file_that_is_cut_or_changed_is_refused() {
        let (_folder, path) = file(&[vec![1.0; 3], vec![0.5; 3]], 3);
        let whole = std::fs::read(&path).unwrap();
        for end in [0, 5, HEADER, whole.len() - 1] {
            std::fs::write(&path, &whole[..end]).unwrap();
            assert!(VectorFile::open(&path).is_err(), "{end}");
        }
        let mut longer = whole.clone();
        longer[16] = 200;
        std::fs::write(&path, longer).unwrap();
        assert!(matches!(VectorFile::open(&path), Err(VectorFileError::Damaged { .. })));
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(VectorFile::open(&path).unwrap().model(), "a model");
    }

    #[test]
    fn a_vector_of_another_dimension_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(VectorFileWriter::new(&folder.path().join("v"), "m", 3).push(1, &[1.0]).is_err());
    }
}
