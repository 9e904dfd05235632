//! What is true now: SQLite or PostgreSQL behind one seam.
//!
//! **Takes** change sets, definitions, decisions, messages and results in the domain's words. **Gives** them back, one
//! by one or in pages. **Promises**: every call that writes is one transaction, durable when it returns; a change set
//! is applied whole, once and in order; a message of the send ledger is reserved once and gets one outcome; a job is
//! held by one worker. Both databases pass the same suite (`tests/suite`), and give the same pages and the same digest
//! for the same content. **Never**: reads a clock, draws a random number, or shows a type of the SQL libraries.
//!
//! How it is built: `rows` has one file per table (row ↔ domain), `migrations` the schema, `bulk` the statements of
//! many rows; the other modules hold the methods of [`Store`], one file per subject. To add a table: a migration step,
//! a file in `rows`, a method beside its subject, a case in the suite, and a line in `digest`.

mod branches;
mod bulk;
mod campaigns;
mod catalogue;
mod connect;
mod convert;
mod customers;
mod decisions;
mod digest;
mod error;
mod experiments;
mod features;
mod jobs;
mod ledger;
mod manifest;
mod migrations;
mod models;
mod owner;
mod paging;
mod pipeline;
mod plan;
mod profiles;
mod quality;
mod quarantine;
mod rebuilt;
mod recommendations;
mod retention;
mod rows;
mod segments;
mod source_activity;
mod sources;
mod suppressions;

pub use branches::BranchTotal;
pub use catalogue::{ItemQuery, ItemSort};
pub use connect::{Store, StoreTarget};
pub use customers::{CustomerQuery, CustomerRow, CustomerSort, SegmentName};
pub use digest::IMPORT_JOB;
pub use error::{Error, Result, Source};
pub use ledger::MessageQuery;
pub use models::ModelRecord;
pub use paging::{MAX_PAGE_SIZE, Page};
pub use plan::{ACTIVITY_DAYS, MARK_DAYS};
pub use quarantine::{REJECTS_KEPT, RejectFilter, RejectQuery, StoredReject};
pub use source_activity::LastActivity;
