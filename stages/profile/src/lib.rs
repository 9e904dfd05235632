//! Clean events to one profile per customer, and customers to features.
//!
//! **Takes** `CleanEvent`s in any order, or an `OrderHistory`. **Gives** profiles as they are now, and
//! `ProfileFeatures` as of a moment. **Promises** that order of arrival does not matter for sums, first and last
//! times and touches, and that features never see an event at or after their moment. **Never** reads a clock or a database.

mod acquisition;
mod apply;
mod features;
mod standardize;

pub use acquisition::{AcquisitionRules, AcquisitionRulesError};
pub use apply::{ProfileChanges, apply};
pub use features::{Categories, features};
pub use standardize::{MODEL_FEATURES, standardize};
