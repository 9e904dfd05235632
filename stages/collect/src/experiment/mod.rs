//! A finished experiment, read into sums: who was compared with whom, and what came out.

mod read;
mod sums;

pub use read::{ExperimentData, read_experiment};
pub use sums::CovariateSummary;
