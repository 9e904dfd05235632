//! Work in chunks of a fixed size, results in their order: the same answer on any number of threads.

use rayon::prelude::*;
use std::ops::Range;

/// Rows in one piece of work. Large enough that scheduling costs nothing, small enough that its working set (a few
/// dozen columns of `f32`) stays in the second-level cache.
pub(crate) const CHUNK_ROWS: usize = 4096;

/// Applies `work` to consecutive ranges of `chunk` numbers below `len`; the results come in the order of the ranges.
pub(crate) fn map_ranges<T: Send>(len: usize, chunk: usize, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    (0..len.div_ceil(chunk)).into_par_iter().map(|index| work(index * chunk..((index + 1) * chunk).min(len))).collect()
}

/// The sum of `term` over all numbers below `len`, added up in the same order whatever the number of threads.
pub(crate) fn sum(len: usize, term: impl Fn(usize) -> f64 + Sync) -> f64 {
    map_ranges(len, CHUNK_ROWS, |range| range.map(&term).sum::<f64>()).into_iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_everything_once_and_in_order() {
        assert_eq!(map_ranges(10, 4, |range| range), [0..4, 4..8, 8..10]);
        assert_eq!(map_ranges(0, 4, |range| range), []);
    }

    #[test]
    fn the_sum_has_the_same_bits_on_one_thread_and_on_many() {
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| sum(100_000, |index| 1.0 / (index + 1) as f64).to_bits())
        };
        assert_eq!(on(1), on(3));
    }
}
