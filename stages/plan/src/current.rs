//! The plan in force, for whoever checks events while somebody else changes it.

use crate::TrackingPlan;
use std::sync::{Arc, PoisonError, RwLock};

/// Holds the plan in force. Whoever checks takes it once for all that belongs together, so that one plan decides about it.
#[derive(Debug, Default)]
pub struct CurrentPlan(RwLock<Arc<TrackingPlan>>);

impl CurrentPlan {
    /// The plan that is in force now.
    pub fn get(&self) -> Arc<TrackingPlan> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another one into force. One that is older than what is in force stays away: two may have been read at once.
    pub fn put(&self, plan: Arc<TrackingPlan>) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if plan.version() >= current.version() {
            *current = plan;
        }
    }
}
