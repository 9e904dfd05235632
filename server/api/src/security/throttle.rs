//! Guessing passwords takes long: ten wrong ones a minute, from wherever they come, then nobody can sign in for a while.

use chrono::{DateTime, Duration, Utc};
use std::sync::{Mutex, PoisonError};

const ATTEMPTS: usize = 10;
const WITHIN: Duration = Duration::minutes(1);

/// Remembers wrong passwords.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<Vec<DateTime<Utc>>>);

impl Throttle {
    /// Whether another password may be tried now.
    pub fn allows(&self, now: DateTime<Utc>) -> bool {
        let mut wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.retain(|at| now - *at < WITHIN);
        wrong.len() < ATTEMPTS
    }

    /// A wrong password was tried.
    pub fn record(&self, now: DateTime<Utc>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_guess_within_a_minute_is_refused_and_a_minute_later_allowed() {
        let throttle = Throttle::default();
        let start = DateTime::UNIX_EPOCH;
        for second in 0..10 {
            assert!(throttle.allows(start + Duration::seconds(second)));
            throttle.record(start + Duration::seconds(second));
        }
        assert!(!throttle.allows(start + Duration::seconds(59)));
        assert!(throttle.allows(start + Duration::seconds(60)));
    }
}
