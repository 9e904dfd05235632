//! Which events were there before: exact, on the disk, in bounded memory.
//!
//! **Takes** the ids of events when they are counted. **Gives** those of a batch that had been there. **Promises**: an event
//! that came over HTTP is known for as long as the window says (a day more, at the most), one from a file for ever; neither
//! the number of events nor their rate makes more memory of it than [`FILTER_MEMORY`], 16 bytes for every 1,024 ids that are
//! kept, and the ids that no run holds yet. **Never** decides what is true: which runs count says the Store, in the
//! transaction that says which files of the Lake count.
//!
//! Ids lie in runs: files of sorted ids that are never changed, each with a Bloom filter that answers for nearly all ids that
//! are new. A run is written together with each file of the Lake, from the same events; small ones are merged then, and those
//! whose time is over are left out. What no run holds yet is what no file of the Lake holds, and is read again from the inbox
//! after a crash.
//!
//! A table of the Store did this at first, by random inserts into one tree: with the look-ups half of what SQLite had to do
//! for an event.

mod choose;
mod error;
mod filter;
mod run;
mod seen;
mod write;

#[cfg(test)]
mod tests;

pub use error::{Error, Result};
pub use filter::FILTER_MEMORY;
pub use seen::{Seal, Seen};
#[cfg(debug_assertions)]
pub use write::write_carelessly;
