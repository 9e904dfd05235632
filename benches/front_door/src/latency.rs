//! How long requests took: every one is kept, so that percentiles are exact.

use std::time::Duration;

/// Times of requests, in microseconds.
#[derive(Debug, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// Adds one; above 71 minutes all are the same.
    pub fn add(&mut self, took: Duration) {
        self.0.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds those of another connection.
    pub fn merge(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The share `quantile` of all took at most this long, by the nearest rank; in milliseconds, for each of `quantiles`. The
    /// quantile 1 is the longest. Zero where there are none.
    pub fn milliseconds<const N: usize>(mut self, quantiles: [f64; N]) -> [f64; N] {
        self.0.sort_unstable();
        quantiles.map(|quantile| {
            let rank = (quantile * self.0.len() as f64).ceil() as usize;
            self.0.get(rank.saturating_sub(1)).map_or(0.0, |micros| f64::from(*micros) / 1e3)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let mut latencies = Latencies::default();
        (1..=1000).rev().for_each(|millis| latencies.add(Duration::from_millis(millis)));
        assert_eq!(latencies.milliseconds([0.5, 0.99, 0.999, 1.0]), [500.0, 990.0, 999.0, 1000.0]);
        assert_eq!(Latencies::default().milliseconds([0.5]), [0.0]);
    }
}
