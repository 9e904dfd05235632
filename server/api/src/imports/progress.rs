//! How far imports are right now: told by the job, read by whoever asks. What has to outlive the process is the inbox's cursor.

use bellwether_domain::UploadId;
use chrono::{DateTime, Utc};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Imports under way, by upload.
#[derive(Debug, Default)]
pub struct LiveImports(Mutex<HashMap<UploadId, LiveImport>>);

/// One import under way in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveImport {
    /// Since when this process works on it.
    pub since: DateTime<Utc>,
    /// Rows that were in before.
    pub rows_before: u64,
    /// Rows that are in.
    pub rows: u64,
    /// Bytes of the file that were read.
    pub bytes: u64,
    /// Whether all is read, and what was read is still being processed.
    pub is_read: bool,
}

impl LiveImports {
    /// So far it is now.
    pub fn tell(&self, upload: UploadId, now: LiveImport) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(upload, now);
    }

    /// Nobody works on it any more.
    pub fn forget(&self, upload: UploadId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&upload);
    }

    /// How far it is.
    pub fn get(&self, upload: UploadId) -> Option<LiveImport> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&upload).copied()
    }
}

impl LiveImport {
    /// Rows a second since this process works on it.
    pub fn rows_per_second(&self, now: DateTime<Utc>) -> u64 {
        let milliseconds = (now - self.since).num_milliseconds().max(1).unsigned_abs();
        (self.rows - self.rows_before.min(self.rows)) * 1_000 / milliseconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_counts_what_this_process_has_read() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let live = LiveImport { since: at(0), rows_before: 1_000, rows: 5_000, bytes: 0, is_read: false };
        assert_eq!(live.rows_per_second(at(2)), 2_000);
        // A clock that was put back, and one that stands still.
        assert!(live.rows_per_second(at(-1)) > 0 && live.rows_per_second(at(0)) > 0);
        assert_eq!(LiveImport { rows: 500, ..live }.rows_per_second(at(1)), 0);
    }
}
