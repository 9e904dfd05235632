//! Data quality: what cleaning did, and what is in quarantine.

pub mod rejects;
pub mod summary;
