//! What has happened: events as Parquet files that any tool can read, and the questions that are asked of them.
//!
//! **Takes** clean events and the manifest's list of files. **Gives** them back as order history, daily sales, counts,
//! timelines and a digest; for the newest events, which are in no file yet, it has a [`Tail`]. **Promises**: a file is whole and on the disk when [`Lake::write_events`] returns, or not there
//! at all; the same id replaces a file in one step; answers do not depend on how events were divided into files.
//! **Never** rewrites an event, deletes a file that is on the list, or keeps the list: that is the Store's.
//!
//! The only crate that knows Parquet and DataFusion; neither's types leave it. `docs/lake.md` describes the files for
//! readers with other tools. Beside the Lake, [`read_parquet_table`] and [`write_parquet_table`] serve the
//! laboratory, and [`ParquetRows`] imports.

mod decode;
mod digest;
mod durable;
mod encode;
mod error;
mod history;
mod lake;
mod manifest;
mod queries;
mod scan;
mod schema;
mod table;
mod tail;

#[cfg(test)]
mod testing;

#[cfg(debug_assertions)]
pub use durable::write_carelessly;
pub use error::{Error, Result};
pub use lake::Lake;
pub use queries::{DailySales, EventCount, TimelineCursor};
pub use table::{Column, NamedColumn, ParquetRows, ParquetTable, read_parquet_table, write_parquet_table};
pub use tail::{BatchEvents, Tail, TailEvents};
