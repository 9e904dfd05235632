//! The import of a file by a mapping, whatever its rows become: batches of events and rejects, resumable at any batch.

mod dry_run;
mod importer;
pub(crate) mod record;

pub use dry_run::{DryRun, SampleRow};
pub use importer::{ImportBatch, Importer, SettledCurrency};
