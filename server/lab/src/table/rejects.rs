//! Rows that could not be used, by reason; never a silent loss.

use std::collections::BTreeMap;

/// One row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RejectedRow {
    /// Line where the row starts, from 1 (record number for Parquet).
    pub line: u64,
    /// Stable code, for example `missing_customer`.
    pub reason: String,
    /// The cell or the text that was the trouble, cut to a readable length.
    pub detail: String,
}

/// Rows that could not be used.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rejects {
    counts: BTreeMap<String, u64>,
    rows: Vec<RejectedRow>,
}

impl Rejects {
    /// Counts a row and remembers its line.
    pub fn add(&mut self, line: u64, reason: impl Into<String>, detail: &str) {
        let reason = reason.into();
        *self.counts.entry(reason.clone()).or_insert(0) += 1;
        self.rows.push(RejectedRow { line, reason, detail: shorten(detail) });
    }

    /// How many rows in all.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many by reason.
    pub fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// Every row, by line.
    pub fn into_rows(mut self) -> Vec<RejectedRow> {
        self.rows.sort_by(|a, b| (a.line, &a.reason).cmp(&(b.line, &b.reason)));
        self.rows
    }
}

fn shorten(text: &str) -> String {
    const LIMIT: usize = 120;
    match text.char_indices().nth(LIMIT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
