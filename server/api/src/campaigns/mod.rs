//! Campaigns: the list, one of them, its messages, a preview, and why somebody got one or not.

pub mod decision;
pub mod list;
pub mod messages;
pub mod preview;
pub mod show;
