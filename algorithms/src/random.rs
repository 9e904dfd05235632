//! Generators that are the same everywhere, today and next year.
//!
//! ChaCha8 is specified bit for bit, unlike a library's standard generator, which may change between versions. Parallel
//! parts never share a generator: [`fork`] draws one seed for each part, in order, and each part makes its own.

use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The generator that a seed stands for.
///
/// ```
/// use rand::RngCore;
/// use bellwether_algorithms::random::seeded;
/// assert_eq!(seeded(7).next_u64(), seeded(7).next_u64());
/// ```
pub fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Independent generators for `parts` pieces of work, drawn from one.
pub fn fork<R: RngCore + ?Sized>(rng: &mut R, parts: usize) -> Vec<ChaCha8Rng> {
    (0..parts).map(|_| seeded(rng.next_u64())).collect()
}

/// `count` different numbers below `size` in increasing order, each set equally likely (Floyd's method).
///
/// # Panics
/// If `count > size`.
pub fn sample_indices<R: Rng + ?Sized>(rng: &mut R, size: usize, count: usize) -> Vec<usize> {
    assert!(count <= size, "cannot choose {count} of {size}");
    let mut chosen = std::collections::BTreeSet::new();
    for upper in size - count..size {
        let candidate = rng.random_range(0..=upper);
        if !chosen.insert(candidate) {
            chosen.insert(upper);
        }
    }
    chosen.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_wanted_size_and_no_repeats() {
        let sample = sample_indices(&mut seeded(1), 50, 20);
        assert_eq!(sample.len(), 20);
        assert!(sample.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(sample_indices(&mut seeded(1), 5, 5), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn forks_differ_from_each_other_and_repeat_with_the_seed() {
        let draw = |seed| fork(&mut seeded(seed), 3).iter_mut().map(RngCore::next_u64).collect::<Vec<_>>();
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1)[0], draw(1)[1]);
        assert_ne!(draw(1), draw(2));
    }
}
