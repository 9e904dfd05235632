//! What a source brought, day by day.

use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

/// What one source brought on one day; what is added to the Store, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceActivity {
    /// The source's short name. Activity outlives its source.
    pub source: Arc<str>,
    /// The shop's day.
    pub day: NaiveDate,
    /// Events that were taken.
    pub events: u64,
    /// What was refused, or could not be used.
    pub rejected: u64,
    /// When the last event arrived.
    pub last_event_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<SourceError>,
}

/// What went wrong with something that a source sent. The later one is the greater; of two at once, the one whose message
/// comes later in the alphabet, so that sums do not depend on their order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceError {
    /// When.
    pub at: DateTime<Utc>,
    /// What was wrong, where, and what to do. The Store keeps [`SourceError::MAX`] characters.
    pub message: String,
}

impl SourceError {
    /// The most characters of a message that are kept.
    pub const MAX: usize = 500;
}

impl SourceActivity {
    /// Nothing yet, on this day.
    pub fn none(source: Arc<str>, day: NaiveDate) -> Self {
        Self { source, day, events: 0, rejected: 0, last_event_at: None, last_error: None }
    }

    /// Adds what else happened on the same day: counts add up, and the later moment stands, in whatever order they come.
    pub fn add(&mut self, other: &Self) {
        self.events = self.events.saturating_add(other.events);
        self.rejected = self.rejected.saturating_add(other.rejected);
        self.last_event_at = self.last_event_at.max(other.last_event_at);
        if other.last_error > self.last_error {
            self.last_error.clone_from(&other.last_error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn activity(events: u64, last: Option<i64>, error: Option<i64>) -> SourceActivity {
        let last_error = error.map(|seconds| SourceError { at: at(seconds), message: format!("at {seconds}") });
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        SourceActivity { events, last_event_at: last.map(at), last_error, ..SourceActivity::none("shop".into(), day) }
    }

    #[test]
    fn counts_add_up_and_the_later_moment_stands() {
        let parts = [activity(3, Some(9), Some(5)), activity(4, None, None), activity(1, Some(7), Some(8))];
        let sum = |order: [usize; 3]| {
            let mut sum = activity(0, None, None);
            order.iter().for_each(|part| sum.add(&parts[*part]));
            sum
        };
        let expected = activity(8, Some(9), Some(8));
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            assert_eq!(sum(order), expected, "{order:?}");
        }
    }
}
