//! What has arrived and is acknowledged: an append log with offsets.
//!
//! **Takes** batches of records (events that were read, rows that could not be, requests as they came) and the cursor of
//! the import that made them. **Gives** them back in order, by offset. **Promises**: when [`Inbox::append`] returns, its batches and its
//! cursor survive a crash of the process and of the machine, both or neither; offsets count up from 1 without a gap and
//! never restart, even when everything was dropped. **Never** looks into a record, and never drops one that it was not told to.
//!
//! One SQLite file in WAL mode with `synchronous=FULL`; one row is one group-committed batch, its body a zstd frame of
//! JSON lines. Calls block: callers bring their own thread. One thread can append while another reads. For many callers
//! with a few records each there is the [`Appender`], which has a thread of its own and does not block. Batches of an import
//! are large, so whoever writes and reads many of them can have the same memory again ([`Inbox::spare_body`], [`Inbox::recycle`]).

mod appender;
mod batch;
mod cursors;
mod database;
mod error;
mod inbox;
mod memory;
mod record;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod testing;

pub use appender::{Appender, AppenderLimits};
pub use batch::{ImportCursor, NewBatch, StoredBatch};
pub use error::{Error, Result};
pub use inbox::Inbox;
pub use record::{
    BatchBuilder, Record, Records, decode_records, encode_call, encode_event, encode_hook, encode_reject,
};
