//! Customers: the list, and everything about one.

pub mod list;
pub mod messages;
pub mod recommendations;
pub mod show;
pub mod timeline;
pub mod touch;
