//! Data quality: what cleaning did, and what is in quarantine.

pub mod export;
pub mod reject;
pub mod reject_row;
pub mod rejects;
pub mod replay;
pub mod summary;
