//! Recommendations: which model serves and why, and everybody's lists.

pub mod lists;
pub mod overview;
