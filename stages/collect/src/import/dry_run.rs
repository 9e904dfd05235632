//! What a mapping makes of the first rows, for people to look at.

use super::{importer::ImportBatch, record};
use bellwether_domain::Reject;

/// What a mapping makes of the first rows, for people to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct DryRun {
    /// How many rows were read.
    pub rows: u64,
    /// The form of dates in use; empty where there is none, or each rule has its own.
    pub time_format: String,
    /// The rows as they stand in the file.
    pub before: Vec<SampleRow>,
    /// The events, as JSON; `origin.line` is the line of the row.
    pub events: Vec<serde_json::Value>,
    /// The rows that cannot be used.
    pub rejects: Vec<Reject>,
    /// Rows that a rule leaves out on purpose.
    pub skipped: u64,
}

/// A row as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleRow {
    /// Its line, from 1.
    pub line: u64,
    /// Its values by name, in order; texts of a table, anything of JSON.
    pub values: Vec<(String, serde_json::Value)>,
}

impl DryRun {
    pub(super) fn of(batch: &ImportBatch, time_format: String, before: Vec<SampleRow>) -> serde_json::Result<Self> {
        let mut dry = Self {
            rows: batch.rows,
            time_format,
            before,
            events: Vec::new(),
            rejects: Vec::new(),
            skipped: batch.skipped,
        };
        for line in batch.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line)? {
                record::Written::Event(event) => dry.events.push(record::shown(&event)?),
                record::Written::Reject(reject) => dry.rejects.push(reject),
            }
        }
        Ok(dry)
    }
}
