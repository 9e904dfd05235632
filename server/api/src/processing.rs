//! How far the work behind the inbox has come: told by whoever does it, read by health, metrics and whoever waits.

use bellwether_domain::Offset;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{PoisonError, RwLock};

/// How far the work behind the inbox has come.
#[derive(Debug, Default)]
pub struct Processing(RwLock<State>);

#[derive(Debug, Clone, Default)]
struct State {
    applied: Offset,
    /// When the last batch that is applied arrived.
    received_at: Option<DateTime<Utc>>,
    failure: Option<String>,
}

impl Processing {
    /// The batches up to this one are true, the last of which arrived then.
    pub fn applied(&self, applied: Offset, received_at: DateTime<Utc>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) =
            State { applied, received_at: Some(received_at), failure: None };
    }

    /// The work begins, or begins again, behind this batch.
    pub fn continues_after(&self, applied: Offset) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        (state.applied, state.failure) = (applied, None);
    }

    /// The work cannot go on at the moment.
    pub fn failed(&self, why: String) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).failure = Some(why);
    }

    /// The last batch that is true.
    pub fn last_applied(&self) -> Offset {
        self.0.read().unwrap_or_else(PoisonError::into_inner).applied
    }

    /// Why the work cannot go on.
    pub fn failure(&self) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).failure.clone()
    }

    /// How long ago that arrived which became true last; nothing where all of the inbox is true.
    pub fn lag(&self, appended: Offset, now: DateTime<Utc>) -> TimeDelta {
        let state = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        match state.received_at {
            Some(received_at) if state.applied < appended => (now - received_at).max(TimeDelta::zero()),
            _ => TimeDelta::zero(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn lag_is_the_age_of_what_is_true_while_something_waits() {
        let processing = Processing::default();
        assert_eq!(processing.lag(Offset(9), at(100)), TimeDelta::zero());
        processing.applied(Offset(7), at(90));
        assert_eq!(processing.lag(Offset(9), at(100)), TimeDelta::seconds(10));
        assert_eq!(processing.lag(Offset(7), at(100)), TimeDelta::zero());
        // A clock that was put back.
        assert_eq!(processing.lag(Offset(9), at(80)), TimeDelta::zero());
    }

    #[test]
    fn a_failure_stands_until_the_work_goes_on() {
        let processing = Processing::default();
        processing.failed("the disk is full".to_owned());
        assert_eq!(processing.failure().as_deref(), Some("the disk is full"));
        processing.applied(Offset(1), at(0));
        assert_eq!((processing.failure(), processing.last_applied()), (None, Offset(1)));
    }
}
