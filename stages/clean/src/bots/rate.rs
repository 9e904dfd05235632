//! How fast each visitor acts: events within ten seconds, counted in bounded memory.

use super::signals;
use chrono::{DateTime, Utc};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// The span that is counted.
const WINDOW_SECONDS: i64 = 10;
/// Visitors who are remembered, two megabytes of them.
const MAX_VISITORS: usize = 65_536;

/// How fast visitors act. Time is that of the events, so that what was kept on a device and sent at once does not look fast.
///
/// Counted in steps of ten seconds: an event's rate is what its own step holds so far, and of the step before the part that
/// the last ten seconds still reach, as if it were spread evenly.
#[derive(Debug, Default)]
pub struct VisitorRates {
    visitors: FxHashMap<u64, Steps>,
}

/// One visitor.
#[derive(Debug, Clone, Copy, Default)]
struct Steps {
    step: i64,
    now: u32,
    before: u32,
}

/// How many events within ten seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(pub u32);

impl VisitorRates {
    /// Counts an event of a visitor and says how many there were in the ten seconds until then, itself included.
    pub fn observe(&mut self, visitor: &str, time: DateTime<Utc>) -> Rate {
        let key = key(visitor);
        let step = time.timestamp().div_euclid(WINDOW_SECONDS);
        if self.visitors.len() >= MAX_VISITORS && !self.visitors.contains_key(&key) {
            self.forget_the_quiet(step);
        }
        let steps = self.visitors.entry(key).or_default();
        steps.add(step);
        let passed =
            time.timestamp_millis().rem_euclid(WINDOW_SECONDS * 1_000) as f64 / (WINDOW_SECONDS * 1_000) as f64;
        let reached = (f64::from(steps.before) * (1.0 - passed)) as u32;
        Rate(if steps.step == step { steps.now.saturating_add(reached) } else { 1 })
    }

    /// Keeps those who acted in this step or the one before; nobody, where these are too many.
    fn forget_the_quiet(&mut self, step: i64) {
        self.visitors.retain(|_, steps| steps.step >= step - 1);
        if self.visitors.len() >= MAX_VISITORS {
            self.visitors.clear();
        }
    }
}

impl Steps {
    /// An event that comes late, from an earlier step, is not counted.
    fn add(&mut self, step: i64) {
        if step > self.step {
            let before = if step == self.step + 1 { self.now } else { 0 };
            *self = Self { step, now: 0, before };
        }
        if step == self.step {
            self.now = self.now.saturating_add(1);
        }
    }
}

impl Rate {
    pub(super) const fn weight(self) -> f64 {
        match self.0 {
            signals::IMPOSSIBLY_FAST.. => signals::IMPOSSIBLY_FAST_VISITOR,
            signals::FAST.. => signals::FAST_VISITOR,
            _ => 0.0,
        }
    }
}

fn key(visitor: &str) -> u64 {
    let mut hasher = FxHasher::default();
    visitor.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_767_225_600_000 + millis).unwrap()
    }

    fn rate_after(times: impl IntoIterator<Item = i64>) -> u32 {
        let mut rates = VisitorRates::default();
        times.into_iter().map(|millis| rates.observe("v", at(millis)).0).last().unwrap()
    }

    #[test]
    fn events_of_the_last_ten_seconds_are_counted() {
        assert_eq!(rate_after([0]), 1);
        assert_eq!(rate_after((0..100).map(|n| n * 10)), 100);
        assert_eq!(rate_after((0..100).map(|n| n * 1_000)), 10, "one a second");
        // Over the border of a step.
        assert_eq!(rate_after((0..60).map(|n| 9_700 + n * 10)), 59);
        // Long after, and from before.
        assert_eq!(rate_after((0..60).chain([60_000])), 1);
        assert_eq!(rate_after((0..60).chain([-60_000])), 1);
    }

    #[test]
    fn visitors_are_counted_apart_and_not_without_end() {
        let mut rates = VisitorRates::default();
        for number in 0..MAX_VISITORS * 2 {
            assert_eq!(rates.observe(&number.to_string(), at(number as i64)), Rate(1));
            assert!(rates.visitors.len() <= MAX_VISITORS);
        }
        // Who acts now is still known when others are forgotten.
        let mut rates = VisitorRates::default();
        for number in 0..MAX_VISITORS - 1 {
            rates.observe(&number.to_string(), at(0));
        }
        for _ in 0..50 {
            rates.observe("fast", at(60_000));
        }
        assert_eq!(rates.observe("new", at(60_000)), Rate(1));
        assert_eq!(rates.observe("fast", at(60_001)), Rate(51));
        assert!(rates.visitors.len() < 10);
    }
}
