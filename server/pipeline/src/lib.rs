//! The data's way: what has arrived in the inbox becomes clean events, people, and files of the Lake.
//!
//! A crate of its own because everything here runs for every event, and is optimised accordingly; what starts it and what
//! configures it is in the binary.

mod ahead;
mod branches;
mod brought;
mod catalogue;
mod cleaners;
pub mod faults;
mod feedback;
mod hook_mappings;
mod people;
mod pipeline;
mod plan;
mod roller;

pub use ahead::missing;
pub use branches::Branches;
pub use brought::Brought;
pub use cleaners::{Cleaned, Cleaners};
pub use feedback::{Ledger, Receiver, Receivers, StoreLedger};
pub use pipeline::{Committed, Pipeline, Road, Watcher};
pub use plan::Violation;
