//! How far the work behind the inbox has come: told by whoever does it, read by health, metrics and whoever waits.

use bellwether_domain::Offset;
use std::sync::{PoisonError, RwLock};

/// How far the work behind the inbox has come.
#[derive(Debug, Default)]
pub struct Processing(RwLock<State>);

#[derive(Debug, Clone, Default)]
struct State {
    applied: Offset,
    failure: Option<String>,
}

impl Processing {
    /// The batches up to this one are true.
    pub fn applied(&self, applied: Offset) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = State { applied, failure: None };
    }

    /// The work begins, or begins again, behind this batch. Why it could not go on before stands until it does.
    pub fn continues_after(&self, applied: Offset) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).applied = applied;
    }

    /// Nothing waits any more, so nothing can fail.
    pub fn is_through(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).failure = None;
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_stands_until_the_work_goes_on() {
        let processing = Processing::default();
        processing.failed("the disk is full".to_owned());
        assert_eq!(processing.failure().as_deref(), Some("the disk is full"));
        processing.continues_after(Offset(0));
        assert!(processing.failure().is_some(), "an attempt that has only begun has not gone on");
        processing.applied(Offset(1));
        assert_eq!((processing.failure(), processing.last_applied()), (None, Offset(1)));
    }
}
