//! The last delivery of each web hook that was refused: whoever enters a secret wants to see why nothing comes.
//!
//! Kept in memory alone. Anybody can send what is not signed, and nobody but the sender must be able to make the server write.

use chrono::{DateTime, Utc};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// By the short names of sources that exist, so that there are few.
#[derive(Debug, Default)]
pub struct Refusals {
    last: Mutex<HashMap<Arc<str>, Refusal>>,
}

/// A delivery that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// When.
    pub at: DateTime<Utc>,
    /// Why, as the sender was told.
    pub why: String,
}

impl Refusals {
    /// Keeps it in place of the one before.
    pub fn note(&self, slug: &Arc<str>, at: DateTime<Utc>, why: &str) {
        let refusal = Refusal { at, why: why.to_owned() };
        self.last.lock().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(slug), refusal);
    }

    /// The last of a source since the server started.
    pub fn last(&self, slug: &str) -> Option<Refusal> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).get(slug).cloned()
    }

    /// A source that goes takes its own along; so does one that gets another secret.
    pub fn forget(&self, slug: &str) {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).remove(slug);
    }
}
