//! The front door: what was answered with 200 is true exactly once, whatever dies, and whatever is sent gets a right answer.

mod client;
mod crash;
mod disk;
mod feedback;
mod hooks;
mod imports;
mod load;
mod nasty;
mod plan;
mod plug;
mod postgres;
mod quarantine;
pub mod server;
mod truth;
mod watch;
