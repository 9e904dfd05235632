//! Experiments: the list, and one with its honest numbers.

mod analysis;
pub mod list;
pub mod show;
