//! From a stranger's file or request to events: the mapping language, delimited and JSON files of every sort, orders and
//! experiments, single records (web hooks, rows of queries), and the Segment tracking API.
//!
//! **Takes** a file (plain, gzip or zstd) and a [`Mapping`] that says which column means what; or the body of a request.
//! **Gives** batches of `RawEvent`s and `Reject`s in the inbox's form ([`Importer`]), or an experiment's summaries
//! ([`read_experiment`]); for a single record its events or one reject
//! ([`EventMapping::apply`]); for a request its events one by one ([`segment`]); for a delivery of a web hook whether it is from
//! whom it says, and its events ([`hooks`]).
//! **Promises** that every line of an order, and every event of a request, is in exactly one event or reject, and that every
//! other record is in one or more events, or in one reject, or left out by a rule that says so, whatever the file holds; that memory stays bounded; that the same file and mapping give the same bytes, wherever batches end and
//! wherever a reader takes up again.
//! **Never** writes, waits for a network, reads a clock, or judges what a row means: that is cleaning's part.

mod binding;
mod cast;
mod error;
mod events;
mod experiment;
mod guess;
pub mod hooks;
mod import;
pub mod mapping;
mod nearest;
mod number;
mod orders;
mod read;
mod ready;
pub mod segment;
mod time;

pub use error::{Error, MappingError, Result};
pub use events::{MappedEvent, Receipt, Record, RecordError};
pub use experiment::{CovariateSummary, ExperimentData, read_experiment};
pub use guess::{Look, LookColumn, TextForm, guess, guess_from_reader, guess_from_rows, look_at, look_at_rows};
pub use import::{DryRun, ImportBatch, Importer, SampleRow, SettledCurrency};
pub use mapping::{EventMapping, ExperimentMapping, Mapping, OrderMapping, RowMapping};
pub use read::{Packing, RowIds, TypedRows, file_digest, files_of};
pub use ready::{ReadyMapping, ready_mappings};
pub use time::{TimeFormat, WallTime, Zone};
