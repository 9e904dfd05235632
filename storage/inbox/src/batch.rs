//! What goes in and what comes out.

use crate::record::{Records, decode_records};
use bellwether_domain::{ImportId, Offset};
use chrono::{DateTime, Utc};

/// Records that become durable together. [`BatchBuilder`](crate::BatchBuilder) makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBatch {
    /// How many records; checked against the body.
    pub records: u32,
    /// JSON lines, one record each, not compressed.
    pub body: Vec<u8>,
}

/// A batch as it was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBatch {
    /// Its place in the order of all batches.
    pub offset: Offset,
    /// How many records.
    pub records: u32,
    /// When it was appended, as the caller said, to the microsecond.
    pub received_at: DateTime<Utc>,
    /// JSON lines, one record each, not compressed.
    pub body: Vec<u8>,
}

impl StoredBatch {
    /// The records in order; they borrow from the body.
    pub fn decode(&self) -> Records<'_> {
        decode_records(&self.body)
    }
}

/// How far an import has come. Written in the same transaction as the batches that it made, so that a crash can neither
/// repeat nor skip a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCursor {
    /// Which import.
    pub import: ImportId,
    /// The source's name.
    pub source: String,
    /// The file's name.
    pub file: String,
    /// A digest of what the file is read by, as the caller makes it; empty where an older version did not say.
    pub mapping: String,
    /// Where to go on; what it counts is the importer's affair.
    pub position: u64,
    /// Rows read so far.
    pub rows: u64,
    /// Events made of them.
    pub events: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// Whether the end was reached.
    pub complete: bool,
}
